package conform

import (
	"encoding/json"
	"testing"
	"testing/synctest"

	"rollcall/internal/directory"
)

// Reads lets each fault of the simulation happen at each request of a reading, once and whenever the same is asked again:
// what comes out is the whole truth, or an error and nothing else. It tries every stride-th case, and returns how many these
// were and how many of them ended with the truth.
func Reads(t *testing.T, s Simulation, stride int) (cases, whole int) {
	t.Helper()
	g := s.ground(t)
	company, want := mixed(g)
	var path []Request
	var truth string
	synctest.Test(t, func(t *testing.T) {
		tr := newTrial(t, &s, g.can, company, want)
		live, err := tr.readAll(t)
		if err != nil {
			t.Fatalf("without a fault: %v", err)
		}
		path, truth = tr.ledger.requests, asJSON(t, live)
	})
	var strikes []strike
	for _, span := range []int{0, Stubborn} {
		seen := make(map[string]int)
		for _, request := range path {
			seen[request.Name]++
			for _, fault := range s.Faults(request) {
				if !s.blind(request, fault) {
					strikes = append(strikes, strike{request, seen[request.Name], fault, span})
				}
			}
		}
	}
	chosen := every(stride, strikes)
	whole = inBubbles(t, len(chosen), func(t *testing.T, i int) int {
		tr := newTrial(t, &s, g.can, company, want)
		hit := chosen[i].arm(tr.ledger, &s)
		live, err := tr.readAll(t)
		switch {
		case !*hit:
			t.Errorf("%s: no such request was sent", chosen[i])
		case err != nil && live != nil:
			t.Errorf("%s: a live state beside the error %v", chosen[i], err)
		case err == nil && asJSON(t, live) != truth:
			t.Errorf("%s: the live state is wrong", chosen[i])
		case err == nil:
			return 1
		}
		return 0
	})
	return len(chosen), whole
}

func (tr *trial) readAll(t *testing.T) (*directory.Live, error) {
	return tr.simulator.Connect(t).Read(t.Context(), directory.Extent{Projects: true, SignOns: true})
}

// asJSON returns a live state without the remarks, which are about the reading.
func asJSON(t *testing.T, live *directory.Live) string {
	t.Helper()
	plain := *live
	plain.Remarks = nil
	data, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
