package cli

import (
	"context"

	"github.com/spf13/cobra"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/progress"
	"rollcall/internal/render"
)

func newUndo(env Env, shared *common) *cobra.Command {
	c := newCommand(env, shared, "undo REPORT [flags]", "Plan to take back what a run did; writes nothing to the tool",
		"Reads the report of a run, as `rollcall apply --report FILE.json` wrote it, and the live state, and prints the plan that\n"+
			"takes the run back, as far as things are still as the run left them. What can't come back is named: an account\n"+
			"that was created can only be deactivated, a deleted group gets another id and no project access.\n\n"+
			"The guards of the roster hold for it. `rollcall apply --undo REPORT` carries it out; so does, where it was approved\n"+
			"first, `rollcall apply FILE --undo REPORT` with the plan that --out saves. The roster is left as it is: take the change out of it too, or the next apply does it again.",
		"  rollcall undo report.json\n  rollcall undo report.json --out undo.json && rollcall apply undo.json --undo report.json\n"+
			"  rollcall undo report.json --only user:ines.ortega@acme.example", 1, 1).
		with(rosterFlags, instanceFlags, scopeFlags, planFlags, reportFlags)
	c.argument = &c.o.reportFile
	return c.in(render.Formats()...).does(undo)
}

func undo(ctx context.Context, r *run, _ []string) error {
	ran, err := readRan(r.o.reportFile)
	if err != nil {
		return err
	}
	return r.propose(ctx, render.UndoCommand, func(ctx context.Context, in reader, want *directory.Desired, target plan.Target) (*plan.Plan, error) {
		if err := sameTarget(r.o.reportFile, ran.target, target); err != nil {
			return nil, err
		}
		opts, err := r.planOptions(want, target)
		if err != nil {
			return nil, err
		}
		live, err := in.Read(ctx, ran.Needs())
		if err != nil {
			return nil, err
		}
		r.progress.begin(progress.Planning, 0)
		return plan.Undo(ran.Ran, want, live, in.Caps(), opts)
	})
}
