package conform

import (
	"context"
	"testing"
	"testing/synctest"
)

// Crash ends the process after each request of a mixed apply: what was sent took effect, nothing more is sent, and nobody
// reports. The next process, which knows nothing, converges. It returns how many times the process was killed and how many
// runs there were in all.
func Crash(t *testing.T, s Simulation) (crashes, runs int) {
	t.Helper()
	g := s.ground(t)
	company, want := mixed(g)
	total := 0
	synctest.Test(t, func(t *testing.T) {
		tr := newTrial(t, &s, g.can, company, want)
		if end := tr.run(t.Context(), t); !end.converged() {
			t.Fatalf("without a crash: %s", end)
		}
		total = len(tr.ledger.requests)
	})
	runs = inBubbles(t, total, func(t *testing.T, i int) int {
		tr := newTrial(t, &s, g.can, company, want)
		ctx, kill := context.WithCancel(t.Context())
		defer kill()
		survived := 0
		tr.ledger.fault = func(Request) Fault {
			if survived > i {
				return s.Hang
			}
			if survived++; survived > i {
				// This request is handled still. Its answer comes back at the same moment as the end.
				kill()
			}
			return Fault{}
		}
		tr.run(ctx, t)
		tr.ledger.fault, tr.ledger.quiet = nil, false
		if end := tr.run(t.Context(), t); !end.converged() {
			tr.ledger.complain("the run after the crash did not converge")
		}
		tr.rest(t)
		tr.verdict(t, "killed after "+tr.ledger.requests[i].Name)
		return tr.runs
	})
	return total, runs
}
