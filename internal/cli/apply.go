package cli

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
	"rollcall/internal/progress"
	"rollcall/internal/render"
)

func newApply(env Env, shared *common) *cobra.Command {
	c := newCommand(env, shared, "apply [plan.json] [flags]", "Carry out a plan, and report what became of each action",
		"Plans, shows the plan, asks, carries it out in batches, reads once more, and reports. Without a terminal it takes\n"+
			"a plan file or --yes.\n\n"+
			"With a plan file it plans again and carries out those approved actions that are still wanted. What is new since is\n"+
			"left alone. An approved action whose ground moved stops the run before the first write, with exit 4.\n\n"+
			"With --undo it takes back what a run did, as `rollcall undo` shows it; so does a plan file of that command, which\n"+
			"needs the report beside it.",
		"  rollcall apply\n  rollcall apply plan.json --report report.json --report report.txt\n  rollcall apply --yes --only group:mobile-qa\n  rollcall apply undo.json --undo report.json", 0, 1)
	c.argument = &c.o.planFile
	return c.with(rosterFlags, instanceFlags, scopeFlags, reportFlags, func(f *pflag.FlagSet, o *options) {
		f.BoolVar(&o.yes, "yes", false, "do not ask")
		f.BoolVar(&o.exactPlan, "exact-plan", false, "with a plan file: exit 4 if anything is new since it was made")
		f.StringVar(&o.reportFile, "undo", "", "take back what the run of `REPORT` did, in place of the roster")
		f.StringArrayVar(&o.labels, "label", nil, "`KEY=VALUE` for the report, such as who approved the run (repeatable)")
		f.IntVar(&o.concurrency, "concurrency", apply.DefaultConcurrency, "`N` actions at a time inside a batch")
		f.DurationVar(&o.grace, "grace", defaultGrace, "how `LONG` requests in flight may take after an interrupt or --timeout")
	}).in(render.Formats()...).does(runApply)
}

func runApply(ctx context.Context, r *run, args []string) error {
	if len(args) == 0 && !r.o.yes && !(r.env.Stdin.Terminal && r.env.Stderr.Terminal()) {
		return usage("give a plan file of `rollcall plan --out`, or --yes", "there is no terminal to ask on")
	}
	approved, ran, err := r.papers()
	if err != nil {
		return err
	}
	want, err := r.load()
	if err != nil {
		return err
	}
	i, err := r.instance(want.Target)
	if err != nil {
		return err
	}
	if approved != nil {
		if err := sameTarget(r.o.planFile, approved.Target, i.target); err != nil {
			return err
		}
	}
	if ran != nil {
		if err := sameTarget(r.o.reportFile, ran.target, i.target); err != nil {
			return err
		}
	}
	i.access.http.Stop = ctx.Done()
	reports, err := beginReports(r.o.reports)
	if err != nil {
		return err
	}
	defer reports.discard()
	to, err := r.openToWrite(i)
	if err != nil {
		return err
	}
	defer to.Close()
	ord := &order{in: advised{to, i.tool.advise}, to: to, want: want}
	if err := r.prepare(ctx, ord, i.target, approved, ran); err != nil {
		var stale *staleError
		if errors.As(err, &stale) {
			return errors.Join(errStale, r.finish(r.staleReport(ord, stale), reports))
		}
		return err
	}
	if len(ord.plan.Refused()) > 0 {
		return errors.Join(errRefused, r.refuse(ctx, ord, reports))
	}
	if err := reports.claim(r.unstarted(ord), r.o.fileText(render.ApplyCommand)); err != nil {
		return err
	}
	if err := r.agree(ctx, ord.plan, approved != nil); err != nil {
		return err
	}
	return r.carryOut(ctx, ord, i, reports)
}

// agree shows the plan and asks, unless --yes was said. A plan file was shown and agreed to before, and of an empty plan
// the report says enough, as it does with -q. With another format than text on standard output the plan is shown where the
// question is.
func (r *run) agree(ctx context.Context, p *plan.Plan, approved bool) error {
	if approved || p.Empty() {
		return nil
	}
	r.progress.rest()
	to := r.env.Stdout
	asks := !r.o.yes
	if r.o.format != formatText {
		to = r.env.Stderr
	}
	if asks || r.o.format == formatText && !r.o.quiet {
		if err := render.Plan(to, render.FormatText, p, r.o.text(r.env, to, render.ApplyCommand)); err != nil {
			return err
		}
	}
	if !asks {
		return nil
	}
	return r.confirm(ctx, p)
}

// carryOut runs the plan and reports. From here on something may have been written.
func (r *run) carryOut(ctx context.Context, ord *order, i *instance, reports reportFiles) error {
	r.progress.begin(progress.Applying, ord.plan.Summary.Actions)
	said := make(chan struct{})
	unhook := context.AfterFunc(ctx, func() {
		defer close(said)
		r.progress.say(r.ending(ctx))
	})
	in := r.input(ord)
	if r.o.format == string(render.FormatJSONL) {
		if r.env.OutlivePipes != nil {
			r.env.OutlivePipes()
		}
		r.events = beginEvents(r.env.Stdout, r.env.Now, in.Run, ord.plan)
		in.Observer = observers{r.progress, r.events}
	}
	report := apply.Run(ctx, in)
	if !unhook() {
		<-said // nothing else is said in the middle of it
	}
	wrote := report.Requests.Writes > 0
	var errs []error
	if i.sim != nil && wrote {
		errs = append(errs, writeFile(r.o.sim, private, i.sim.save))
	}
	errs = append(errs, r.finish(report, reports))
	errs = append(errs, cutShort(ctx, report))
	cause := errors.Join(errs...)
	switch {
	case report.Result == apply.Interrupted:
		return &afterWriteError{interrupted: true, cause: cause}
	case report.Result != apply.Converged, cause != nil && wrote:
		return &afterWriteError{cause: cause}
	}
	return cause
}

// input is what apply.Run needs of an order.
func (r *run) input(ord *order) apply.Input {
	return apply.Input{
		Plan: ord.plan, Live: ord.live, Caps: ord.in.Caps(), Target: ord.to, Replan: ord.replan, Settled: ord.settled,
		Run: r.runInfo(ord),
		Requests: func() apply.Requests {
			c := ord.to.Requests()
			return apply.Requests{Reads: c.Reads, Writes: c.Writes, Retries: c.Retries, WaitedSeconds: c.Waited.Seconds()}
		},
		Observer: r.progress, Now: r.env.Now, Concurrency: r.o.concurrency, Grace: grace(r.o.grace),
	}
}

// grace returns the grace period in the words of apply, where 0 stands for the default and none is negative.
func grace(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// finish writes a report everywhere it was asked for.
func (r *run) finish(report *apply.Report, reports reportFiles) error {
	r.progress.rest()
	err := reports.writeReport(report, r.o.fileText(render.ApplyCommand))
	if r.events != nil {
		return errors.Join(err, r.events.end(report)) // all but the end was told already
	}
	return errors.Join(err, render.Report(r.env.Stdout, render.Format(r.o.format), report, r.o.text(r.env, r.env.Stdout, render.ApplyCommand)))
}
