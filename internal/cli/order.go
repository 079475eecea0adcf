package cli

import (
	"context"
	"fmt"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/progress"
)

// order is what an apply is about to carry out, and on what ground.
type order struct {
	in      reader // the instance, to plan
	to      writer // the same, for apply
	want    *directory.Desired
	live    *directory.Live
	opts    plan.Options
	plan    *plan.Plan // what is to be carried out
	settled []apply.Outcome
	replan  func(*directory.Live) (*plan.Plan, error)
}

// takenBack is a run that is to be taken back.
type takenBack struct {
	plan.Ran
	target plan.Target
}

// papers reads the plan that was approved and the report of the run that is to be taken back, nil for each that was not
// given. The plan of an undo is believed only beside the report of the run that it takes back: a roster limits what any
// other plan can do, and the report what this one can.
func (r *run) papers() (*plan.Plan, *takenBack, error) {
	var approved *plan.Plan
	var ran *takenBack
	var err error
	if r.o.planFile != "" {
		if approved, err = readPlan(r.o.planFile); err != nil {
			return nil, nil, err
		}
	}
	if r.o.reportFile != "" {
		if ran, err = readRan(r.o.reportFile); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case approved == nil:
	case approved.Undoes != "" && ran == nil:
		return nil, nil, usage(fmt.Sprintf("rollcall apply %s --undo REPORT", shellQuoted(r.o.planFile)),
			"%s takes back the run %s: the report of that run has to stand beside it", r.o.planFile, approved.Undoes)
	case ran != nil && approved.Undoes != ran.ID:
		return nil, nil, usage("`rollcall undo REPORT --out FILE` makes the plan of a report",
			"%s does not take back the run %s, which is the one of %s", r.o.planFile, ran.ID, r.o.reportFile)
	}
	return approved, ran, nil
}

// readRan reads the report of a run that is to be taken back.
func readRan(path string) (*takenBack, error) {
	report, err := readReport(path)
	if err != nil {
		return nil, err
	}
	ran := &takenBack{target: report.Run.Target}
	ran.ID = report.Run.ID
	ran.Done, ran.Failed = report.Tried()
	return ran, nil
}

// sameTarget returns an error if a plan was made for another instance.
func sameTarget(path string, planned, actual plan.Target) error {
	switch {
	case planned.Simulator && !actual.Simulator:
		return usage("plan again, without --sim", "%s was made for a SIMULATOR and is not carried out on %s", path, actual.URL)
	case !planned.Simulator && actual.Simulator:
		return usage("plan again, with --sim", "%s was made for %s and is not carried out on a SIMULATOR", path, planned.URL)
	case planned.Kind != actual.Kind || planned.URL != actual.URL:
		return usage("", "%s was made for %s %s, and this is %s %s", path, planned.Kind, planned.URL, actual.Kind, actual.URL)
	}
	return nil
}

// prepare reads the live state and decides what is to be carried out: a plan of now, or what an approved one means now.
func (r *run) prepare(ctx context.Context, ord *order, target plan.Target, approved *plan.Plan, ran *takenBack) error {
	var err error
	if ord.opts, err = r.planOptions(ord.want, target); err != nil {
		return err
	}
	first := checkedBuild
	if ran != nil {
		if ord.live, err = ord.in.Read(ctx, ran.Needs()); err != nil {
			return err
		}
		roster := ord.want
		ord.opts.Undoes, ord.want = ran.ID, plan.TakeBack(ran.Ran, roster, ord.live, ord.in.Caps())
		first = func(_ *directory.Desired, live *directory.Live, caps plan.Caps, opts plan.Options) (*plan.Plan, error) {
			return plan.Undo(ran.Ran, roster, live, caps, opts)
		}
	} else if ord.live, err = readFor(ctx, ord.in, ord.want); err != nil {
		return err
	}
	r.progress.begin(progress.Planning, 0)
	ord.replan = func(live *directory.Live) (*plan.Plan, error) {
		return plan.Build(ord.want, live, ord.in.Caps(), ord.opts)
	}
	if approved == nil {
		ord.plan, err = first(ord.want, ord.live, ord.in.Caps(), ord.opts)
		return err
	}
	// The final read asks for everything: what was outside of the approved plan before is left out by its id, and what has
	// moved since is to be seen.
	ord.opts.Scope = approved.Scope
	c, err := plan.Approve(approved, ord.want, ord.live, ord.in.Caps(), ord.opts)
	if err != nil {
		return err
	}
	ord.plan, ord.settled = c.Plan, settled(c)
	if stale := staleness(c, r.o.exactPlan); len(stale) > 0 {
		return &staleError{approved: approved, actions: stale}
	}
	return nil
}
