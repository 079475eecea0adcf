package cli

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"rollcall/internal/origin"
	"rollcall/internal/render"
)

func newExplain(env Env, shared *common) *cobra.Command {
	c := newCommand(env, shared, "explain WHO [WHAT] [flags]", "Say which line of the roster gives somebody what",
		"Reads the roster alone and shows for a person or a group each thing that it says with the file, line and column\n"+
			"that say it, what they rest on, and what is not managed. WHO is an address or the name of a group, present or former.\n\n"+
			"WHAT asks for one thing: a key such as admin, active or until, or the name of a role, group or project; of a\n"+
			"group, an address. If the roster does not give it, or only says false, the exit code is 1, and the answer says where it would have\n"+
			"to be written. user: and group: before WHO, and role:, group: and project: before WHAT, tell apart what has one name.",
		"  rollcall explain ines.ortega@acme.example\n  rollcall explain ines.ortega@acme.example admin\n"+
			"  rollcall explain mobile-qa --format json", 1, 2).
		with(rosterFlags).in(formatText, formatJSON)
	c.rules = func(args []string) error {
		if len(args) > 1 && args[1] == "" {
			return usage("leave it out to see everything, or look for a variable that is not set", "WHAT is empty")
		}
		return nil
	}
	return c.does(tell)
}

// errNotGiven is the outcome of an explanation of what the roster does not give.
var errNotGiven = errors.New("roster does not give it")

// tell says what the roster says of somebody.
func tell(_ context.Context, r *run, args []string) error {
	want, err := r.load()
	if err != nil {
		return err
	}
	day, err := today(r.env.Now(), want.Timezone)
	if err != nil {
		return err
	}
	what := ""
	if len(args) > 1 {
		what = args[1]
	}
	t, _ := find(tools(), cmp.Or(want.Target.Kind.Value, r.assumed())) // without one, any key may be advised
	answer, err := origin.Of(want, args[0], what, origin.Options{Root: filepath.ToSlash(filepath.Clean(r.o.file)), Today: day, Lacks: t.lacks})
	var unknown *origin.UnknownError
	if errors.As(err, &unknown) {
		hint := "`rollcall list user` looks for somebody in the tool"
		if unknown.Near != "" {
			hint = question(unknown.Near)
		}
		return usage(hint, "%v", err)
	} else if err != nil {
		return err
	}
	if err := r.showOrigin(answer); err != nil {
		return err
	}
	if !answer.Said {
		return errNotGiven
	}
	return nil
}

func (r *run) showOrigin(answer *origin.Answer) error {
	if r.o.format == formatJSON {
		return render.JSON(r.env.Stdout, answer)
	}
	next := ""
	if answer.Kind == origin.Person {
		next = "rollcall list user " + shellQuoted(answer.Subject)
	}
	return render.Origin(r.env.Stdout, answer, next, r.o.text(r.env, r.env.Stdout, ""))
}
