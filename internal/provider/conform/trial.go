package conform

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// trial is one simulator and one roster, planned and applied again and again, each time by a process that knows nothing.
type trial struct {
	simulator Simulator
	want      *directory.Desired
	can       plan.Caps
	begun     *directory.Live // the instance before the first run
	ledger    *ledger
	runs      int
}

// newTrial opens a simulator that holds the company. The trial's ledger watches it from then on.
func newTrial(t *testing.T, s *Simulation, can plan.Caps, company *directory.Live, want *directory.Desired) *trial {
	t.Helper()
	tr := &trial{simulator: s.Open(t, company), want: want, can: can}
	tr.begun = tr.simulator.Live()
	tr.ledger = newLedger(tr.begun, want, s, can)
	tr.simulator.Watch(tr.ledger.before)
	return tr
}

// ending is how a run ended: without a plan (err), refused, or with a report.
type ending struct {
	err     error
	refused bool
	report  *apply.Report
}

func (e ending) converged() bool { return e.report != nil && e.report.Result == apply.Converged }

func (e ending) String() string {
	switch {
	case e.err != nil:
		return "no plan: " + e.err.Error()
	case e.refused:
		return "refused"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, final read %s %s", e.report.Result, e.report.FinalRead, e.report.FinalReadError)
	for _, o := range e.report.Outcomes {
		fmt.Fprintf(&b, "\n  %s %s: %s %s %s", o.Kind, o.Subject, o.Status, o.Error, strings.Join(o.Remarks, "; "))
	}
	for _, r := range e.report.Remaining {
		fmt.Fprintf(&b, "\n  remains: %s %s (%s)", r.Kind, r.Subject, r.By)
	}
	return b.String()
}

// run plans and applies once, as a new process. A run that converged must have left everything of the roster in place;
// the ledger notes it if not.
func (tr *trial) run(ctx context.Context, t *testing.T) ending {
	t.Helper()
	tr.runs++
	tr.ledger.log("-- run %d", tr.runs)
	clear(tr.ledger.inactive)
	tr.ledger.blinded = false
	sent := len(tr.ledger.requests)
	end := tr.attempt(ctx, t)
	now := tr.simulator.Live()
	tr.ledger.settle(now)
	if end.converged() {
		if wrote := slices.ContainsFunc(tr.ledger.requests[sent:], func(r Request) bool { return r.Write }); wrote && end.report.FinalRead != apply.FinalReadDone {
			tr.ledger.complain("run %d converged and did not look: final read %s", tr.runs, end.report.FinalRead)
		}
		for _, miss := range misses(tr.want, now) {
			if !tr.ledger.blinded {
				tr.ledger.complain("run %d converged, and yet %s", tr.runs, miss)
			}
		}
	}
	tr.ledger.log("-- %s", end)
	return end
}

func (tr *trial) attempt(ctx context.Context, t *testing.T) ending {
	client := tr.simulator.Connect(t)
	build := func(live *directory.Live) (*plan.Plan, error) {
		return plan.Build(tr.want, live, client.Caps(), plan.Options{Today: today()})
	}
	live, err := read(ctx, client, tr.want)
	if err != nil {
		return ending{err: err}
	}
	p, err := build(live)
	switch {
	case err != nil:
		return ending{err: err}
	case len(p.Refused()) > 0:
		return ending{refused: true}
	}
	tr.ledger.plans = append(tr.ledger.plans, p)
	return ending{report: apply.Run(ctx, apply.Input{
		Plan: p, Live: live, Caps: client.Caps(), Target: client, Replan: build, Observer: tr.ledger,
		Grace: -1, // who is killed has none
	})}
}

// today is the day of every plan.
func today() directory.Date { return directory.Date{Year: 2026, Month: time.November, Day: 22} }

// read reads what a plan of the roster needs, the little that only the reading can show to be needed after the rest.
func read(ctx context.Context, client Target, want *directory.Desired) (*directory.Live, error) {
	live, err := client.Read(ctx, plan.Needs(want, &directory.Live{}, plan.Caps{}))
	if err != nil {
		return nil, err
	}
	return client.ReadMore(ctx, live, plan.Needs(want, live, client.Caps()))
}

// within runs until a run converges, at most n times, and returns how the last one ended.
func (tr *trial) within(t *testing.T, n int) (end ending) {
	t.Helper()
	for range n {
		if end = tr.run(t.Context(), t); end.converged() {
			break
		}
	}
	return end
}

// verdict fails the test if the ledger has found something, with everything that was sent.
func (tr *trial) verdict(t *testing.T, name string) {
	t.Helper()
	if wrong := tr.ledger.wrong; len(wrong) > 0 {
		t.Errorf("%s:\n%s\n\n%s", name, strings.Join(wrong, "\n"), strings.Join(tr.ledger.lines, "\n"))
	}
}
