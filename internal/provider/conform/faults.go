package conform

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
)

// Matrix says how much of the fault matrix is run.
type Matrix struct {
	Stride int // every how manieth case; 0 and 1: each
	// Spans are how long a fault lasts: 0 for one request, n for the n-th request after it as well, Lasting for the rest of
	// the run, Stubborn for each time that the same is asked in the run, whatever else goes well.
	Spans []int
}

// The spans that last.
const (
	Lasting  = -1
	Stubborn = -2
)

// strike is one case: a fault at the nth request of a name.
type strike struct {
	request Request
	nth     int
	fault   Fault
	span    int
}

func (s strike) String() string {
	text := fmt.Sprintf("%s at %s #%d", s.fault.Name, s.request.Name, s.nth)
	switch {
	case s.span == Lasting:
		return text + " and from there on"
	case s.span == Stubborn:
		return text + " and whenever it is sent again"
	case s.span > 0:
		return fmt.Sprintf("%s and %d later", text, s.span)
	}
	return text
}

// FaultMatrix lets each fault of the simulation happen at each request of a mixed apply. Within three runs, the first of
// which has the fault, the roster is in place; what must hold of every request on the way is the ledger's to say. It
// returns how many cases it tried and how many runs they took.
func FaultMatrix(t *testing.T, s Simulation, m Matrix) (cases, runs int) {
	t.Helper()
	g := s.ground(t)
	company, want := mixed(g)
	var path []Request
	synctest.Test(t, func(t *testing.T) {
		tr := newTrial(t, &s, g.can, company, want)
		if end := tr.run(t.Context(), t); !end.converged() {
			t.Fatalf("without a fault: %s", end)
		}
		path = tr.ledger.requests
		tr.verdict(t, "without a fault")
	})
	var strikes []strike
	for _, span := range m.Spans {
		seen := make(map[string]int)
		for _, request := range path {
			seen[request.Name]++
			for _, fault := range s.Faults(request) {
				strikes = append(strikes, strike{request, seen[request.Name], fault, span})
			}
		}
	}
	chosen := every(m.Stride, strikes)
	runs = inBubbles(t, len(chosen), func(t *testing.T, i int) int {
		tr := newTrial(t, &s, g.can, company, want)
		hit := chosen[i].arm(tr.ledger, &s)
		end := tr.run(t.Context(), t)
		tr.ledger.fault = nil
		if !*hit {
			t.Errorf("%s: no such request was sent", chosen[i])
		}
		if !end.converged() {
			end = tr.within(t, 2)
		}
		if !end.converged() {
			tr.ledger.complain("not converged after three runs")
		}
		tr.rest(t)
		tr.verdict(t, chosen[i].String())
		return tr.runs
	})
	return len(chosen), runs
}

// every returns every stride-th of the cases; 0 and 1 mean each.
func every(stride int, cases []strike) []strike {
	var chosen []strike
	for i := 0; i < len(cases); i += max(1, stride) {
		chosen = append(chosen, cases[i])
	}
	return chosen
}

// arm lets the strike happen to the requests that the ledger sees, as far as it is a fault of such a request. It returns
// whether it has happened.
func (s strike) arm(l *ledger, simulation *Simulation) *bool {
	hit := new(bool)
	seen, since := 0, 0
	l.fault = func(r Request) Fault {
		if *hit {
			since++
			lasts := s.span == Lasting || s.span == since || s.span == Stubborn && r.Name == s.request.Name
			if lasts && slices.Contains(simulation.Faults(r), s.fault) {
				return s.fault
			}
			return Fault{}
		}
		if r.Name != s.request.Name {
			return Fault{}
		}
		if seen++; seen < s.nth {
			return Fault{}
		}
		*hit = true
		return s.fault
	}
	return hit
}

// rest runs once more, after a run that converged: nothing may be left to do, also of what takes effect late.
func (tr *trial) rest(t *testing.T) {
	t.Helper()
	sent := len(tr.ledger.requests)
	if end := tr.run(t.Context(), t); !end.converged() {
		tr.ledger.complain("converged, and the next run did not: %s", end)
	}
	for _, r := range tr.ledger.requests[sent:] {
		if r.Write {
			tr.ledger.complain("converged, and the next run had to send %s", r.Name)
		}
	}
}

// shards is how many groups of cases run at the same time, as far as there are processors.
const shards = 8

// inBubbles runs cases under virtual time, several at once, and returns the sum of what they return.
func inBubbles(t *testing.T, cases int, run func(t *testing.T, i int) int) int {
	t.Helper()
	var sums [shards]int
	t.Run("cases", func(t *testing.T) {
		for shard := range shards {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				for i := shard; i < cases; i += shards {
					synctest.Test(t, func(t *testing.T) { sums[shard] += run(t, i) })
					if t.Failed() {
						return
					}
				}
			})
		}
	})
	sum := 0
	for _, n := range sums {
		sum += n
	}
	return sum
}
