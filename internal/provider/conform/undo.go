package conform

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// Undo takes a mixed apply back, with each fault of the simulation at each request of the undo, every stride-th case.
// Within three undos, the first of which has the fault, everything is as it was but for what can't come back: accounts
// that were created stay, inactive, a group stays where none can be deleted, and a deleted one has another id. The ledger watches every request. It returns how
// many cases it tried and how many runs they took.
func Undo(t *testing.T, s Simulation, stride int) (cases, runs int) {
	t.Helper()
	g := s.ground(t)
	company, want := mixed(g)
	var path []Request
	synctest.Test(t, func(t *testing.T) {
		tr, ran := newTrial(t, &s, g.can, company, want).toTakeBack(t)
		sent := len(tr.ledger.requests)
		if end := tr.undo(t.Context(), t, ran); !end.converged() {
			t.Fatalf("without a fault: %s", end)
		}
		path = tr.ledger.requests[sent:]
		tr.asBefore()
		tr.verdict(t, "without a fault")
	})
	var strikes []strike
	seen := make(map[string]int)
	for _, request := range path {
		seen[request.Name]++
		for _, fault := range s.Faults(request) {
			if !fault.Late { // what takes effect later than the end can't be told from what somebody else does then
				strikes = append(strikes, strike{request: request, nth: seen[request.Name], fault: fault})
			}
		}
	}
	chosen := every(stride, strikes)
	runs = inBubbles(t, len(chosen), func(t *testing.T, i int) int {
		tr, ran := newTrial(t, &s, g.can, company, want).toTakeBack(t)
		hit := chosen[i].arm(tr.ledger, &s)
		end := tr.undo(t.Context(), t, ran)
		tr.ledger.fault = nil
		if !*hit {
			t.Errorf("%s: no such request was sent", chosen[i])
		}
		// Two more, even if the first one converged: what a list did not show was named as lost, and is found now.
		for range 2 {
			end = tr.undo(t.Context(), t, ran)
		}
		if !end.converged() {
			tr.ledger.complain("not taken back after three runs: %s", end)
		}
		tr.asBefore()
		tr.verdict(t, chosen[i].String())
		return tr.runs
	})
	return len(chosen), runs
}

// toTakeBack applies the roster and returns what the run did.
func (tr *trial) toTakeBack(t *testing.T) (*trial, plan.Ran) {
	t.Helper()
	end := tr.run(t.Context(), t)
	if !end.converged() {
		t.Fatalf("the run to take back: %s", end)
	}
	ran := plan.Ran{ID: "the run"}
	ran.Done, ran.Failed = end.report.Tried()
	return tr, ran
}

// undo plans to take a run back and applies that plan as an approved one, as a new process.
func (tr *trial) undo(ctx context.Context, t *testing.T, ran plan.Ran) ending {
	t.Helper()
	tr.runs++
	tr.ledger.log("-- undo %d", tr.runs)
	clear(tr.ledger.inactive)
	defer func() { tr.ledger.settle(tr.simulator.Live()) }()
	client := tr.simulator.Connect(t)
	live, err := client.Read(ctx, ran.Needs())
	if err != nil {
		return ending{err: err}
	}
	opts := plan.Options{Today: today()}
	approved, err := plan.Undo(ran, tr.want, live, client.Caps(), opts)
	if err != nil {
		return ending{err: err}
	}
	want := plan.TakeBack(ran, tr.want, live, client.Caps())
	c, err := plan.Approve(approved, want, live, client.Caps(), opts)
	switch {
	case err != nil:
		return ending{err: err}
	case len(c.Plan.Refused()) > 0:
		return ending{refused: true}
	case len(c.Stale)+len(c.Dropped)+len(c.Outside)+len(c.AlreadyTrue) > 0:
		return ending{err: fmt.Errorf("an undo that nobody got in the way of is approved in part: %+v", c)}
	}
	tr.ledger.plans, tr.ledger.want = append(tr.ledger.plans, c.Plan), want
	opts.Undoes = ran.ID
	end := ending{report: apply.Run(ctx, apply.Input{
		Plan: c.Plan, Live: live, Caps: client.Caps(), Target: client, Observer: tr.ledger, Grace: -1,
		Replan: func(live *directory.Live) (*plan.Plan, error) { return plan.Build(want, live, client.Caps(), opts) },
	})}
	tr.ledger.log("-- %s", end)
	return end
}

// asBefore notes what is not as it was before the run that was taken back.
func (tr *trial) asBefore() {
	before, now := tr.begun, tr.simulator.Live()
	old, users := usersByID(before), usersByID(now)
	for _, id := range slices.Sorted(maps.Keys(users)) {
		is := users[id]
		was, existed := old[id]
		switch {
		case !existed && is.Active:
			tr.ledger.complain("account %d (%s) was created and is active", id, is.Email)
		case existed && len(unlike(was, is)) > 0:
			tr.ledger.complain("account %d (%s) is not as it was: %v", id, is.Email, unlike(was, is))
		case existed && is.Active && len(lacking(was.Projects, is.Projects))+len(lacking(is.Projects, was.Projects)) > 0:
			tr.ledger.complain("account %d (%s) was a member of projects %v and is one of %v", id, is.Email, was.Projects, is.Projects)
		}
	}
	groups := make(map[directory.Name][]directory.UserID)
	for _, g := range now.Groups {
		if _, twice := groups[g.Name]; twice {
			tr.ledger.complain("group %q is there twice", g.Name)
		}
		groups[g.Name] = g.Members
	}
	for _, g := range before.Groups {
		members, exists := groups[g.Name]
		delete(groups, g.Name)
		if missing, more := lacking(g.Members, members), lacking(members, g.Members); !exists || len(missing)+len(more) > 0 {
			tr.ledger.complain("group %q is there: %t, lacks %v, has %v beyond", g.Name, exists, missing, more)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		if tr.can.Kinds[plan.DeleteGroup] {
			tr.ledger.complain("group %q was created and is there", name)
		}
	}
}
