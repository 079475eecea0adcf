package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

func newDrift(env Env, shared *common) *cobra.Command {
	return newCommand(env, shared, "drift [flags]", "Say whether the tool is as the roster says",
		"Compares like plan and exits 2 if anything differs, 0 if nothing does. A difference that a guard would refuse\n"+
			"is drift like any other: the guard is named, and the exit code stays 2. Meant for cron.\n\n"+
			"With --notify it tells a webhook or Slack, once for each drift: --state keeps what was told. The address is in "+
			notifyURL+", or in the file that "+notifyURL+"_FILE names, and never in any output. A message that is not taken is an error "+
			"(exit 1), and the next run sends it again.",
		"  rollcall drift\n  rollcall drift >d.txt; [ $? -ne 2 ] || mail -s drift qa@acme.example <d.txt\n"+
			"  rollcall drift --notify slack --state drift-state.json", 0, 0).
		with(rosterFlags, instanceFlags, scopeFlags, reportFlags, notifyFlags, metricsFlags).in(render.Formats()...).does(drift)
}

func drift(ctx context.Context, r *run, _ []string) error {
	measured, err := r.beginMeasure()
	if err != nil {
		return err
	}
	defer measured.discard()
	seen := new(sighting)
	err = r.drift(ctx, seen)
	return errors.Join(err, measured.end(ctx, r, seen, err))
}

// sighting is what a run has seen of the instance, as far as it came.
type sighting struct {
	target plan.Target // zero: the run did not come to know
	in     reader      // nil: nothing was asked
	plan   *plan.Plan  // nil: there is none
}

// drift compares and tells. What can't be shown is told nevertheless; what could not be read is not.
func (r *run) drift(ctx context.Context, seen *sighting) error {
	n, err := r.beginNotify()
	if err != nil {
		return err
	}
	defer n.discard()
	seen.plan, err = r.planAndShow(ctx, render.DriftCommand, func(ctx context.Context, in reader, want *directory.Desired, target plan.Target) (*plan.Plan, error) {
		seen.target, seen.in = target, in
		if err := n.bind(r.o, want, target); err != nil {
			return nil, err
		}
		return r.planWith(ctx, in, want, target)
	})
	if seen.plan == nil {
		return err
	}
	err = errors.Join(err, n.tell(ctx, r, seen.plan))
	if !seen.plan.Empty() {
		err = errors.Join(err, errChanges)
	}
	return err
}
