package cli

import (
	"context"
	"errors"
	"strings"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// staleError says that the ground of an approved plan moved. Exit 4.
type staleError struct {
	approved *plan.Plan
	actions  []plan.StaleAction
}

func (e *staleError) Error() string {
	return "ground of " + count(len(e.actions), "approved action", "approved actions") + " moved"
}

// The reasons of actions that are settled before a run.
const (
	whyOutside = "outside the approved plan"
	whyDropped = "approved, and the roster does not want it any more"
	whyDone    = "approved, and somebody did it meanwhile"
	whyNew     = "new since the plan was approved, and --exact-plan allows nothing new"
	whyHalted  = "another approved action is stale"
)

// settled returns what a contract leaves out of a run.
func settled(c *plan.Contract) []apply.Outcome {
	var list []apply.Outcome
	for _, a := range c.AlreadyTrue {
		list = append(list, apply.Outcome{Action: a, Status: apply.Done, Remarks: []string{whyDone}})
	}
	for _, a := range c.Dropped {
		list = append(list, apply.Outcome{Action: a, Status: apply.NotRun, Error: whyDropped})
	}
	for _, a := range c.Outside {
		list = append(list, apply.Outcome{Action: a, Status: apply.NotRun, Error: whyOutside})
	}
	return list
}

// staleness returns the actions that stop an approved plan: those whose ground moved and, where the plan must be exact,
// those that are new.
func staleness(c *plan.Contract, exact bool) []plan.StaleAction {
	stale := c.Stale
	if exact {
		for _, a := range c.Outside {
			stale = append(stale, plan.StaleAction{Action: a, Reasons: []string{whyNew}})
		}
	}
	return stale
}

// staleReport is the report of a run that stopped before its first write because its ground moved: the actions that
// stopped it with what moved, then the others.
func (r *run) staleReport(ord *order, stale *staleError) *apply.Report {
	info := r.runInfo(ord)
	info.Started = r.env.Now()
	info.Finished = info.Started
	report := &apply.Report{
		FormatVersion: apply.ReportFormatVersion, Run: info,
		Result: apply.Stale, ExitCode: apply.ExitCode(apply.Stale), Requests: r.input(ord).Requests(),
		Summary: stale.approved.Summary, FinalRead: apply.FinalReadSkipped,
		Manual: ord.plan.Manual, Notes: ord.plan.Notes, Guards: ord.plan.Guards,
	}
	known := make(map[string]bool)
	add := func(o apply.Outcome) {
		if !known[o.ID] {
			known[o.ID] = true
			report.Outcomes = append(report.Outcomes, o)
		}
	}
	for _, s := range stale.actions {
		add(apply.Outcome{Action: s.Action, Status: apply.NotRun, Error: strings.Join(s.Reasons, "; ")})
	}
	for _, o := range ord.settled {
		add(o)
	}
	for _, a := range ord.plan.Actions() {
		add(apply.Outcome{Action: *a, Status: apply.NotRun, Error: whyHalted})
	}
	return report
}

// refuse shows a plan that a guard stops, in full, and reports that nothing was done.
func (r *run) refuse(ctx context.Context, ord *order, reports reportFiles) error {
	r.progress.rest()
	report := apply.Run(ctx, r.input(ord))
	if r.o.format != formatText {
		return r.finish(report, reports)
	}
	return errors.Join(
		reports.writeReport(report, r.o.fileText(render.ApplyCommand)),
		render.Plan(r.env.Stdout, render.FormatText, ord.plan, r.o.text(r.env, r.env.Stdout, render.ApplyCommand)),
	)
}
