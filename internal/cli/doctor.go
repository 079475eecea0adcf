package cli

import (
	"context"
	"errors"
	"os"

	"github.com/spf13/cobra"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/progress"
	"rollcall/internal/render"
)

func newDoctor(env Env, shared *common) *cobra.Command {
	return newCommand(env, shared, "doctor [flags]", "Say whether everything is in place, and what is not",
		"Looks at address, connection, API, credentials, rights and abilities, one after the other: one sentence each,\n"+
			"and one hint for what is not right. Exit 7 if it is about credentials or rights, 1 if anything else is broken.\n"+
			"A missing ability of an old version is said and is no failure: a plan then shows manual steps.",
		"  rollcall doctor\n  rollcall doctor --format json", 0, 0).
		with(instanceFlags).in(formatText, formatJSON).does(doctor)
}

// diagnosis is the result as JSON.
type diagnosis struct {
	FormatVersion int         `json:"format_version"`
	Target        plan.Target `json:"target"`
	OK            bool        `json:"ok"`
	Findings      []finding   `json:"findings"`
}

func doctor(ctx context.Context, r *run, _ []string) error {
	i, err := r.instance(directory.TargetAssertion{})
	if err != nil {
		return err
	}
	r.progress.begin(progress.Looking, 0)
	found, err := i.tool.diagnose(ctx, i.access)
	if err != nil {
		return unsafeAddress(i, err)
	}
	r.progress.rest()
	var broken error
	shown := make([]render.Finding, len(found))
	for n, f := range found {
		found[n].Note = !f.OK && f.err == nil
		shown[n] = found[n].Finding
		if f.err != nil {
			broken = &diagnosedError{f.err}
		}
	}
	if r.o.format == formatJSON {
		err = render.JSON(r.env.Stdout, diagnosis{FormatVersion: 1, Target: i.target, OK: broken == nil, Findings: found})
	} else {
		err = render.Findings(r.env.Stdout, shown, r.o.text(r.env, r.env.Stdout, ""))
	}
	if err != nil || broken != nil {
		return errors.Join(err, broken)
	}
	if _, err := os.Stat(defaultFile); err == nil {
		r.next("rollcall plan", r.o.where()...)
	} else {
		r.next("rollcall import --out "+defaultFile, r.o.where()...)
	}
	return nil
}

// errNotAdministrator is what stands behind a finding that no request ran into: the account may look and not act.
var errNotAdministrator = errors.New("account is not an administrator")

// diagnosedError is what a finding ran into. The finding has said it already, with better words.
type diagnosedError struct{ error }

func (e *diagnosedError) Unwrap() error { return e.error }
