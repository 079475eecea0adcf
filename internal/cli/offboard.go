package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/directory"
	"rollcall/internal/edit"
	"rollcall/internal/render"
	"rollcall/internal/spec"
)

func newOffboard(env Env, shared *common) *cobra.Command {
	var columns edit.Columns
	var dry bool
	c := newCommand(env, shared, "offboard FILE|- [flags]", "Put a list of leavers into the roster",
		"Reads a list of people who leave, as CSV with a column of addresses and, if there is one, of the last day\n"+
			"(YYYY-MM-DD), and edits the files of the roster; comments stay. Nothing is contacted: review the change and plan.\n\n"+
			"A last day that is not over becomes the `until` of the person. Everybody else becomes a leaver, and their entry and\n"+
			"memberships are taken out. Whoever the roster does not name becomes a leaver too.",
		"  rollcall offboard leavers.csv --dry-run\n  rollcall offboard leavers.csv --column \"Work Email\"\n  hr-export | rollcall offboard -", 1, 1).
		with(rosterFlags, func(f *pflag.FlagSet, _ *options) {
			f.StringVar(&columns.Address, "column", "", "`NAME` of the column of addresses")
			f.StringVar(&columns.LastDay, "last-day", "", "`NAME` of the column of last days")
			f.BoolVar(&dry, "dry-run", false, "say what would change, and write nothing")
		})
	return c.does(func(ctx context.Context, r *run, args []string) error { return r.offboard(ctx, args[0], columns, dry) })
}

func (r *run) offboard(ctx context.Context, path string, columns edit.Columns, dry bool) error {
	want, sources, err := r.loadSources()
	if err != nil {
		return err
	}
	day, err := today(r.env.Now(), want.Timezone)
	if err != nil {
		return err
	}
	shown := path
	if path == "-" {
		shown = stdinName
	}
	data, err := await(ctx, func() ([]byte, error) { return r.readList(path) })
	if err != nil {
		return err
	}
	list, err := edit.ReadLeavers(shown, data, columns, day)
	if err != nil {
		return err
	}
	done, err := edit.Offboard(want, sources, list.People, day)
	if err != nil {
		return err
	}
	after, err := r.loadChanged(done.Texts)
	var wrong *spec.ProblemsError
	switch {
	case errors.As(err, &wrong):
		return fmt.Errorf("roster would be wrong afterwards, nothing was written: %s: %s", wrong.Problems[0].Pos, wrong.Problems[0].Text)
	case err != nil:
		return err
	case !edit.Same(done.Want, after):
		return &hintedError{errors.New("roster can't be edited safely, nothing was written"), "write out what anchors and aliases stand for"}
	}
	if !dry {
		if err := rewrite(ctx, r.o.file, sources, done.Texts); err != nil {
			return err
		}
	}
	return r.tellOffboarded(shown, list, done, emptied(want, after), after, dry)
}

// readList returns what the list of leavers holds. What can't be read is a usage error.
func (r *run) readList(path string) ([]byte, error) {
	switch path {
	case "-":
		return r.readStdin()
	case "":
		return nil, usage("look for a variable that is not set", "name of the list is empty")
	}
	data, err := readFile(path, spec.MaxBytes)
	if err != nil {
		return nil, usage("", "%s: %v", path, cause(err))
	}
	return data, nil
}

// tellOffboarded says what was changed, what somebody should look at, and what comes next.
func (r *run) tellOffboarded(path string, list *edit.Leavers, done *edit.Offboarding, groups []directory.Problem, after *directory.Desired, dry bool) error {
	if !r.o.quiet {
		remarks := slices.Concat(understood(path, list), offboardRemarks(done, after), groups)
		opts := render.ProblemOptions{Width: r.env.Stderr.Width, Color: r.o.colored(r.env, r.env.Stderr)}
		if err := render.Problems(r.env.Stderr, remarks, opts); err != nil {
			return err
		}
	}
	var places []directory.Problem
	for _, change := range done.Changes(after) {
		places = append(places, directory.Problem{Pos: change.Pos, Text: change.Text})
	}
	number := make(map[edit.Status]int)
	for _, p := range done.Persons {
		number[p.Status]++
	}
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{
		{number[edit.Left] + number[edit.Unlisted], "to leave"}, {number[edit.Dated], "with a last day"},
		{number[edit.Already], "done before"}, {number[edit.Waiting], "to come back to"},
	} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", count(part.n, "person", "people"), part.what))
		}
	}
	files := count(len(done.Texts), "file", "files")
	switch {
	case len(done.Texts) == 0:
		parts = append(parts, "no files have to be changed")
	case dry:
		parts = append(parts, files+" would be changed, nothing was written")
	default:
		parts = append(parts, files+" changed")
	}
	places = append(places, directory.Problem{Text: strings.Join(parts, " · ")})
	if len(done.Texts) > 0 && !dry {
		places = append(places, directory.Problem{Text: "next: " + strings.TrimSpace("rollcall plan "+r.o.again())})
	}
	return r.places(places)
}

// understood says how the list was read: a wrong column is seen here, and not in the review.
func understood(path string, list *edit.Leavers) []directory.Problem {
	text := "addresses without a header"
	if list.AddressColumn != "" {
		text = fmt.Sprintf("addresses from column %q", list.AddressColumn)
	}
	if list.DayColumn != "" {
		text += fmt.Sprintf(", last days from %q", list.DayColumn)
	} else {
		text += ", no last days: everybody on the list has left"
	}
	return []directory.Problem{{Pos: directory.Pos{File: path}, Text: text}}
}

// offboardRemarks says what a reviewer will hear of the plan, or should know before.
func offboardRemarks(done *edit.Offboarding, after *directory.Desired) []directory.Problem {
	var list []directory.Problem
	var stay []directory.Email // whom the list may have meant
	for i := range after.Users {
		if u := &after.Users[i]; u.Leaver.Line == 0 {
			stay = append(stay, u.Email)
		}
	}
	admins := false
	for _, p := range done.Persons {
		remark := func(format string, args ...any) {
			list = append(list, directory.Problem{Pos: p.Pos, Text: "remark: " + fmt.Sprintf(format, args...)})
		}
		switch p.Status {
		case edit.Unlisted:
			remark("%s is not in the roster: an account of that address, if there is one, will be deactivated", p.Email)
			if near, ok := directory.SuggestEmail(p.Email, stay); ok {
				list[len(list)-1].Hint = question(string(near))
			}
		case edit.Already:
			if u := p.User; u.Leaver.Line == 0 && u.Until.Set && u.Until.Value.Before(p.LastDay) {
				remark("%s keeps the last day %s, which is before that of the list", p.Email, u.Until.Value)
			}
		case edit.Waiting:
			remark("%s is not in the roster, and the last day %s is still to come: nothing was done", p.Email, p.LastDay)
		}
		if p.Status != edit.Left && p.Status != edit.Unlisted {
			continue
		}
		for _, pattern := range after.Guards.Protect {
			if directory.Glob(pattern.Value, string(p.Email.Key())) {
				remark("%s is protected by %q at %s: plan will refuse this", p.Email, pattern.Value, pattern.Pos)
				break
			}
		}
		admins = admins || p.User != nil && p.User.Admin.Value
	}
	if !admins {
		return list
	}
	left := 0
	for i := range after.Users {
		if u := &after.Users[i]; u.Admin.Value && u.Leaver.Line == 0 {
			left++
		}
	}
	if least := after.Guards.MinAdmins.Value; left < least {
		list = append(list, directory.Problem{Text: fmt.Sprintf("remark: the roster names %s after this, and min_admins asks for %d: plan may refuse this",
			count(left, "administrator", "administrators"), least)})
	}
	return list
}

// emptied tells of the groups that nobody is left in.
func emptied(before, after *directory.Desired) []directory.Problem {
	var list []directory.Problem
	was, is := before.Members(), after.Members()
	for i := range after.Groups {
		g := &after.Groups[i]
		if name := g.Name.Canonical(); len(was[name]) > 0 && len(is[name]) == 0 {
			list = append(list, directory.Problem{Pos: g.Pos, Text: fmt.Sprintf("remark: nobody is left in group %q: plan may refuse this", g.Name)})
		}
	}
	return list
}
