package cli

import (
	"context"

	"github.com/spf13/cobra"

	"rollcall/internal/render"
)

func newDrift(env Env, shared *common) *cobra.Command {
	return newCommand(env, shared, "drift [flags]", "Say whether the tool is as the roster says",
		"Compares like plan and exits 2 if anything differs, 0 if nothing does. A difference that a guard would refuse\n"+
			"is drift like any other: the guard is named, and the exit code stays 2. Meant for cron.",
		"  rollcall drift\n  rollcall drift -q || mail -s 'who changed that?' admins@acme.example", 0, 0).
		with(rosterFlags, instanceFlags, scopeFlags, reportFlags).in(render.Formats()...).does(drift)
}

func drift(ctx context.Context, r *run, _ []string) error {
	p, err := r.planAndShow(ctx, render.DriftCommand, r.planWith)
	if err != nil {
		return err
	}
	if !p.Empty() {
		return errChanges
	}
	return nil
}
