package cli

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/progress"
	"rollcall/internal/render"
)

func newPlan(env Env, shared *common) *cobra.Command {
	return newCommand(env, shared, "plan [flags]", "Show what would change; writes nothing to the tool",
		"Reads the roster and the live state, and prints the plan that leads from the one to the other.\n\n"+
			"With --out the plan is saved: `rollcall apply FILE` then carries out what was approved and nothing else.\n"+
			"With --live it is made against a saved read, without a network and without a key, as in a pull request.",
		"  rollcall plan\n  rollcall plan --out plan.json && rollcall apply plan.json\n"+
			"  rollcall plan --live live.json --detailed-exitcode\n  rollcall plan --only user:ines.ortega@acme.example", 0, 0).
		with(rosterFlags, instanceFlags, scopeFlags, planFlags, baseFlags, reportFlags).in(render.Formats()...).does(runPlan)
}

// planFlags are the flags of the commands that make a plan for apply.
func planFlags(f *pflag.FlagSet, o *options) {
	f.StringVar(&o.out, "out", "", "save the plan in `FILE`, for apply")
	f.BoolVar(&o.detailed, "detailed-exitcode", false, "exit 2 if changes are pending")
	f.StringVar(&o.live, "live", "", "plan against the live state saved in `FILE` by import --snapshot, and no network")
	f.DurationVar(&o.maxAge, "max-age", defaultMaxAge, "how `LONG` ago the live state may have been saved")
}

// baseFlags are the flags of a plan that a change of the roster is reviewed by.
func baseFlags(f *pflag.FlagSet, o *options) {
	f.StringVar(&o.base, "base", "", "say what the change since `REVISION` of git makes, and what is drift")
	f.BoolVar(&o.strict, "strict", false, "with --base: exit 3 if somebody is taken out of the roster and keeps access")
}

func runPlan(ctx context.Context, r *run, _ []string) error {
	return r.propose(ctx, render.PlanCommand, r.planWith)
}

// propose makes a plan for apply, and returns what its exit code says of it.
func (r *run) propose(ctx context.Context, command render.Command, make planner) error {
	p, err := r.planAndShow(ctx, command, make)
	if err != nil {
		return err
	}
	var outcome error
	if len(p.Refused()) > 0 {
		outcome = errRefused
	}
	if r.o.detailed && !p.Empty() {
		outcome = errors.Join(outcome, errChanges)
	}
	return outcome
}

// planner makes a plan of a live state that it reads itself.
type planner func(ctx context.Context, in reader, want *directory.Desired, target plan.Target) (*plan.Plan, error)

// planAndShow makes a plan, writes it where --out and --report say, and shows it. Whether it can be written is known
// before anything is read.
func (r *run) planAndShow(ctx context.Context, command render.Command, make planner) (*plan.Plan, error) {
	saved, err := beginOptional("--out", r.o.out, private)
	if err != nil {
		return nil, err
	}
	defer saved.discard()
	reports, err := beginReports(r.o.reports)
	if err != nil {
		return nil, err
	}
	defer reports.discard()
	p, err := r.makePlan(ctx, make)
	if err != nil {
		if command == render.PlanCommand {
			err = reports.whyNoPlan(err)
		}
		return nil, err
	}
	if saved != nil {
		if err := saved.write(func(w io.Writer) error { return render.PlanJSON(w, p) }); err != nil {
			return nil, err
		}
	}
	err = reports.write(func(w io.Writer, format render.Format) error { return render.Plan(w, format, p, r.o.fileText(command)) })
	return p, errors.Join(err, r.showPlan(p, command))
}

// makePlan loads the roster, finds the live state and plans, for commands that only look.
func (r *run) makePlan(ctx context.Context, make planner) (*plan.Plan, error) {
	want, err := r.load()
	if err != nil {
		return nil, err
	}
	if r.o.live != "" {
		s, err := r.saved(want.Target)
		if err != nil {
			return nil, err
		}
		return make(ctx, s, want, s.Target)
	}
	i, err := r.instance(want.Target)
	if err != nil {
		return nil, err
	}
	in, err := r.open(i)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return make(ctx, in, want, i.target)
}

func (r *run) planWith(ctx context.Context, in reader, want *directory.Desired, target plan.Target) (*plan.Plan, error) {
	opts, err := r.planOptions(want, target)
	if err != nil {
		return nil, err
	}
	if opts.Before, err = r.earlier(ctx); err != nil {
		return nil, err
	}
	opts.Strict = r.o.strict
	live, err := readFor(ctx, in, want)
	if err == nil && opts.Before != nil {
		live, err = in.ReadMore(ctx, live, plan.Needs(opts.Before, live, in.Caps()))
	}
	if err != nil {
		return nil, err
	}
	r.progress.begin(progress.Planning, 0)
	return checkedBuild(want, live, in.Caps(), opts)
}

// checkedBuild builds the first plan of a run, whose scope has to name somebody.
func checkedBuild(want *directory.Desired, live *directory.Live, caps plan.Caps, opts plan.Options) (*plan.Plan, error) {
	if err := plan.CheckScope(want, live, opts.Scope); err != nil {
		return nil, err
	}
	return plan.Build(want, live, caps, opts)
}

func (r *run) planOptions(want *directory.Desired, target plan.Target) (plan.Options, error) {
	day, err := today(r.env.Now(), want.Timezone)
	return plan.Options{Today: day, Target: target, ToolVersion: r.env.Version, Scope: r.o.scope()}, err
}

// showPlan writes a plan to standard output, in the format that was asked for.
func (r *run) showPlan(p *plan.Plan, command render.Command) error {
	r.progress.rest()
	return render.Plan(r.env.Stdout, render.Format(r.o.format), p, r.o.text(r.env, r.env.Stdout, command))
}
