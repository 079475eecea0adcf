package conform_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"rollcall/internal/provider/conform"
)

// provider is a tool as the suites see it.
type provider struct {
	name string
	// profiles are small instances, one for each combination of what an instance may be.
	profiles []profile
	// whatever are instances that have one thing, which nobody knows of the tool, the other way.
	whatever []profile
	// simulations are for the suites that disturb a run: one for each combination of what nobody knows and a write
	// depends on. The first one is the tool as the documents have it, and so many of them are in the fault matrix.
	simulations []conform.Simulation
	inMatrix    int
}

// profile is an instance to tell the story to.
type profile struct {
	name string
	open func(*testing.T) conform.Instance
}

// providers is the table: whoever adds a tool adds a row, and every suite runs over it.
func providers() []provider {
	return []provider{
		testRail(),
		qTest(),
	}
}

// each runs a suite over every provider.
func each(t *testing.T, suite func(*testing.T, provider)) {
	t.Parallel()
	for _, p := range providers() {
		t.Run(p.name, func(t *testing.T) { suite(t, p) })
	}
}

// soak reports whether there is time for everything, as in `make soak`; otherwise the suites take samples. A value over 1
// is the seed of an earlier soak, to be repeated.
func soak() (seed uint64, yes bool) {
	value := os.Getenv("ROLLCALL_SOAK")
	seed, _ = strconv.ParseUint(value, 10, 64)
	return seed, value != ""
}

// sample returns one of the two: what there is time for.
func sample[T any](some, all T) T {
	if _, yes := soak(); yes {
		return all
	}
	return some
}

// oneIn says how large a sample is.
func oneIn(stride int) string {
	if stride == 1 {
		return "all"
	}
	return fmt.Sprintf("one in %d", stride)
}

func TestConform(t *testing.T) {
	each(t, func(t *testing.T, p provider) { tell(t, p.name, p.profiles) })
}

func TestConform_whateverTheServerDoes(t *testing.T) {
	each(t, func(t *testing.T, p provider) { tell(t, p.name, p.whatever) })
}

func tell(t *testing.T, tool string, profiles []profile) {
	steps := 0
	for _, profile := range profiles {
		t.Run(profile.name, func(t *testing.T) { steps += conform.Run(t, profile.open(t)) })
	}
	t.Logf("conformance: %s: %d profiles, %d steps", tool, len(profiles), steps)
}

// What a plan says that it costs is what it costs.
func TestRequests(t *testing.T) {
	each(t, func(t *testing.T, p provider) {
		for _, s := range p.simulations {
			t.Run(s.Name, func(t *testing.T) {
				apply, nothing := conform.Requests(t, s)
				t.Logf("requests: %s: a mixed apply %d reads and %d writes (exact: %t), without changes %d reads", p.name, apply.Reads, apply.Writes, !s.Unforeseen, nothing.Reads)
			})
		}
		for _, s := range p.simulations[:p.inMatrix] {
			t.Run(s.Name+", a large company", func(t *testing.T) {
				t.Logf("requests: %s: without changes in a large company %d reads", p.name, conform.RequestsOfMany(t, s).Reads)
			})
		}
	})
}

// A reading is the whole truth or an error, whatever goes wrong with whichever of its requests.
func TestReads(t *testing.T) {
	stride := sample(5, 1)
	each(t, func(t *testing.T, p provider) {
		for _, s := range p.simulations[:p.inMatrix] {
			t.Run(s.Name, func(t *testing.T) {
				cases, whole := conform.Reads(t, s, stride)
				t.Logf("readings: %s: %d cases, %s, of faults at requests of a reading; %d times the truth all the same", p.name, cases, oneIn(stride), whole)
			})
		}
	})
}

// What goes wrong at one request is mended by the runs after it, and never at the cost of a member.
func TestFaultMatrix(t *testing.T) {
	matrix := sample(conform.Matrix{Stride: 41, Spans: []int{0, conform.Stubborn, conform.Lasting}},
		conform.Matrix{Stride: 1, Spans: []int{0, 1, 2, 3, 4, 5, conform.Stubborn, conform.Lasting}})
	each(t, func(t *testing.T, p provider) {
		for _, s := range p.simulations[:p.inMatrix] {
			t.Run(s.Name, func(t *testing.T) {
				cases, runs := conform.FaultMatrix(t, s, matrix)
				t.Logf("fault matrix: %s: %d runs: %d cases, %s, of faults at requests of a mixed apply", p.name, runs, cases, oneIn(matrix.Stride))
			})
		}
	})
}

// A run can be taken back, whatever goes wrong on the way.
func TestUndo(t *testing.T) {
	stride := sample(11, 1)
	each(t, func(t *testing.T, p provider) {
		cases, runs := conform.Undo(t, p.simulations[0], stride)
		t.Logf("undo: %s: %d runs: %d cases, %s, of faults at requests of the undo of a mixed apply", p.name, runs, cases, oneIn(stride))
	})
}

// A process that dies leaves nothing behind that the next one can't finish.
func TestCrash(t *testing.T) {
	each(t, func(t *testing.T, p provider) {
		for _, s := range p.simulations[:sample(2, len(p.simulations))] {
			t.Run(s.Name, func(t *testing.T) {
				crashes, runs := conform.Crash(t, s)
				t.Logf("crashes: %s: %d, %d runs", p.name, crashes, runs)
			})
		}
	})
}

// Somebody else works on the instance at the same time.
func TestAdversary(t *testing.T) {
	seed := sample(1, uint64(time.Now().UnixNano()))
	if again, yes := soak(); yes && again > 1 {
		seed = again
	}
	each(t, func(t *testing.T, p provider) {
		t.Logf("foreign writer: %s: seed %d: %s", p.name, seed, conform.Adversary(t, p.simulations, sample(200, 12_000), seed))
	})
}
