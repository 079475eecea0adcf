package cli

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

func newUndo(env Env, shared *common) *cobra.Command {
	c := newCommand(env, shared, "undo REPORT [flags]", "Plan to take back what a run did; writes nothing to the tool",
		"Reads the report of a run, as `rollcall apply --report FILE.json` wrote it, and the live state, and prints the plan that\n"+
			"takes the run back, as far as things are still as the run left them. What can't come back is named: an account\n"+
			"that was created can only be deactivated, a deleted group gets another id and no project access.\n\n"+
			"The guards of the roster hold for it. With --out the plan is saved: `rollcall apply FILE` carries it out like every\n"+
			"other. The roster is left as it is: take the change out of it too, or the next apply does it again.",
		"  rollcall undo report.json\n  rollcall undo report.json --out undo.json && rollcall apply undo.json\n"+
			"  rollcall undo report.json --only user:ines.ortega@acme.example", 1, 1).
		with(rosterFlags, instanceFlags, scopeFlags, planFlags, reportFlags)
	c.rules = func(args []string) error {
		if c.o.out != "" && filepath.Clean(c.o.out) == filepath.Clean(args[0]) {
			return usage("give it another name", "--out %s is the report as well", c.o.out)
		}
		return nil
	}
	return c.in(render.Formats()...).does(undo)
}

func undo(ctx context.Context, r *run, args []string) error {
	report, err := readReport(args[0])
	if err != nil {
		return err
	}
	ran := plan.Ran{ID: report.Run.ID}
	ran.Done, ran.Failed = report.Tried()
	r.o.reportFile = args[0]
	return r.propose(ctx, render.UndoCommand, func(ctx context.Context, in reader, want *directory.Desired, target plan.Target) (*plan.Plan, error) {
		if err := sameTarget(args[0], report.Run.Target, target); err != nil {
			return nil, err
		}
		opts, err := r.planOptions(want, target)
		if err != nil {
			return nil, err
		}
		live, err := in.Read(ctx, ran.NeedsProjects())
		if err != nil {
			return nil, err
		}
		return plan.Undo(ran, want, live, in.Caps(), opts)
	})
}
