package render

import (
	"io"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

// Plans and reports as lines of JSON: each line is an object whose "type" says what it is.
//
//	a plan   plan, action..., manual_step..., note..., guard..., summary
//	a run    run_started, manual_step..., note..., guard...,
//	         action_started and action_ended..., wait..., final_read_started, remaining..., run_finished
//
// The lines of a run are written while it goes on, by Events, in the order in which things happen. A file has them in the
// order of the report, and without the waits, which no report holds.

// PlanJSONL writes a plan as lines of JSON.
func PlanJSONL(w io.Writer, p *plan.Plan, _ TextOptions) error {
	sealed, err := p.Seal()
	if err != nil {
		return err
	}
	l := &jsonLines{w: w}
	put(l, "plan", planLine{FormatVersion: sealed.FormatVersion, ToolVersion: sealed.ToolVersion, Target: sealed.Target,
		Basis: sealed.Basis, Scope: sealed.Scope, Undoes: sealed.Undoes, Digest: sealed.Digest})
	for _, b := range sealed.Batches {
		for _, a := range b.Actions {
			put(l, "action", actionLine{Stage: b.Stage, Action: a})
		}
	}
	l.ground(sealed.Manual, sealed.Notes, sealed.Guards)
	put(l, "summary", summaryLine{Summary: sealed.Summary, Cost: sealed.Cost, Refused: len(sealed.Refused()) > 0})
	return l.err
}

// ReportJSONL writes a report as the lines of its run.
func ReportJSONL(w io.Writer, r *apply.Report, _ TextOptions) error {
	e := NewEvents(w)
	e.RunStarted(r.Run, r.Summary)
	e.Ground(r.Manual, r.Notes, r.Guards)
	for i := range r.Outcomes {
		o := &r.Outcomes[i]
		if !o.Started.IsZero() {
			e.ActionStarted(o.Action, o.Started)
		}
		e.ActionEnded(*o)
	}
	return e.RunFinished(r)
}

// Events writes what happens in a run, each event as one line in one write. It keeps the first error and writes nothing
// after it. It is not safe for concurrent use.
type Events struct{ lines jsonLines }

// NewEvents returns Events that write to w.
func NewEvents(w io.Writer) *Events { return &Events{jsonLines{w: w}} }

// RunStarted writes which run it is, and the summary of its plan.
func (e *Events) RunStarted(run apply.RunInfo, s plan.Summary) {
	put(&e.lines, "run_started", runStartedLine{FormatVersion: apply.ReportFormatVersion, Time: run.Started, ID: run.ID,
		ToolVersion: run.ToolVersion, Target: run.Target, Account: run.Account, Commit: run.Commit, Undoes: run.Undoes, Labels: run.Labels,
		Summary: s.Whole()})
}

// Ground writes what is known before a run and is no action.
func (e *Events) Ground(manual []plan.ManualStep, notes []plan.Note, guards []plan.GuardResult) {
	e.lines.ground(manual, notes, guards)
}

// ActionStarted writes that an action was begun.
func (e *Events) ActionStarted(a plan.Action, at time.Time) {
	put(&e.lines, "action_started", actionStartedLine{Time: at, ID: a.ID, Kind: a.Kind, Subject: a.Subject})
}

// ActionEnded writes what became of an action, also of one that was not begun.
func (e *Events) ActionEnded(o apply.Outcome) {
	o.Action = o.Whole()
	put(&e.lines, "action_ended", o)
}

// Waiting writes that the next request waits, for so many seconds.
func (e *Events) Waiting(at time.Time, seconds float64, why string) {
	put(&e.lines, "wait", waitLine{Time: at, Seconds: seconds, Why: why})
}

// FinalReadStarted writes that live is read again.
func (e *Events) FinalReadStarted(at time.Time) {
	put(&e.lines, "final_read_started", timeLine{Time: at})
}

// RunFinished writes what the final read found and how the run ended. It returns the first error of all lines.
func (e *Events) RunFinished(r *apply.Report) error {
	for _, left := range r.Remaining {
		left.Action = left.Whole()
		put(&e.lines, "remaining", left)
	}
	end := runFinishedLine{Time: r.Run.Finished, Result: r.Result, ExitCode: r.ExitCode, Statuses: make(map[apply.Status]int),
		Remaining: len(r.Remaining), Requests: r.Requests, FinalRead: r.FinalRead, FinalReadError: r.FinalReadError}
	for _, status := range []apply.Status{apply.Done, apply.Failed, apply.Blocked, apply.NotRun} {
		end.Statuses[status] = 0
	}
	for i := range r.Outcomes {
		end.Statuses[r.Outcomes[i].Status]++
	}
	put(&e.lines, "run_finished", end)
	return e.lines.err
}

type planLine struct {
	FormatVersion int         `json:"format_version"`
	ToolVersion   string      `json:"tool_version"`
	Target        plan.Target `json:"target"`
	Basis         plan.Basis  `json:"basis"`
	Scope         plan.Scope  `json:"scope"`
	Undoes        string      `json:"undoes,omitempty"`
	Digest        string      `json:"digest"`
}

type actionLine struct {
	Stage plan.Stage `json:"stage"`
	plan.Action
}

type summaryLine struct {
	Summary plan.Summary `json:"summary"`
	Cost    plan.Cost    `json:"cost"`
	Refused bool         `json:"refused"`
}

type runStartedLine struct {
	FormatVersion int               `json:"format_version"`
	Time          time.Time         `json:"time"`
	ID            string            `json:"id"`
	ToolVersion   string            `json:"tool_version"`
	Target        plan.Target       `json:"target"`
	Account       string            `json:"account"`
	Commit        string            `json:"commit,omitempty"`
	Undoes        string            `json:"undoes,omitempty"`
	Labels        map[string]string `json:"labels,omitempty"`
	Summary       plan.Summary      `json:"summary"`
}

type actionStartedLine struct {
	Time    time.Time `json:"time"`
	ID      string    `json:"id"`
	Kind    plan.Kind `json:"kind"`
	Subject string    `json:"subject"`
}

type waitLine struct {
	Time    time.Time `json:"time"`
	Seconds float64   `json:"seconds"`
	Why     string    `json:"why"`
}

type timeLine struct {
	Time time.Time `json:"time"`
}

type runFinishedLine struct {
	Time           time.Time            `json:"time"`
	Result         apply.Result         `json:"result"`
	ExitCode       int                  `json:"exit_code"`
	Statuses       map[apply.Status]int `json:"statuses"` // every status, also with 0
	Remaining      int                  `json:"remaining"`
	Requests       apply.Requests       `json:"requests"`
	FinalRead      apply.FinalRead      `json:"final_read"`
	FinalReadError string               `json:"final_read_error,omitempty"`
}

// jsonLines writes lines until one can't be written.
type jsonLines struct {
	w   io.Writer
	err error
}

// put writes a line: what it is of, then the fields of line, which is a struct that has some.
func put[T any](l *jsonLines, kind string, line T) {
	if l.err != nil {
		return
	}
	text, err := encodeJSON(line, "")
	if err == nil {
		_, err = l.w.Write(append([]byte(`{"type":"`+kind+`",`), text[len("{"):]...))
	}
	l.err = err
}

// ground writes what is no action.
func (l *jsonLines) ground(manual []plan.ManualStep, notes []plan.Note, guards []plan.GuardResult) {
	for _, m := range manual {
		m.Action = m.Whole()
		put(l, "manual_step", m)
	}
	for _, n := range notes {
		put(l, "note", n)
	}
	for _, g := range guards {
		put(l, "guard", g)
	}
}
