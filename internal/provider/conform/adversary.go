package conform

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// Struggle is what a number of runs against somebody else came to.
type Struggle struct {
	Trials, Runs, Requests, Edits int
	Faulty                        int // trials in which requests went wrong as well
	Unmoved                       int // trials whose first run converged all the same
}

func (s Struggle) String() string {
	return fmt.Sprintf("%d trials (%d with faults), %d runs, %d requests, %d edits by others; %d trials converged all the same",
		s.Trials, s.Faulty, s.Runs, s.Requests, s.Edits, s.Unmoved)
}

// Adversary applies random rosters to random companies, one trial after the other on the given simulations in turn, while
// somebody else edits accounts and groups between any two requests; in every third trial requests go wrong as well. What
// must hold of every request is the ledger's to say. Once the others have gone, three runs are enough. The same seed gives
// the same companies and rosters; who comes between which requests also depends on how the workers take turns.
func Adversary(t *testing.T, simulations []Simulation, trials int, seed uint64) Struggle {
	t.Helper()
	results := make([]Struggle, trials)
	var grounds []ground
	for i := range simulations {
		grounds = append(grounds, simulations[i].ground(t))
	}
	inBubbles(t, trials, func(t *testing.T, i int) int {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		s, g := &simulations[i%len(simulations)], grounds[i%len(simulations)]
		company := randomCompany(rng, g)
		tr := newTrial(t, s, g.can, company, randomRoster(rng, g.can, company))
		others := &others{rng: rng, can: g.can, busy: rng.IntN(60)}
		tr.ledger.edit = others.edit
		result := &results[i]
		if i%3 == 2 {
			result.Faulty = 1
			tr.ledger.fault = randomFaults(rng, s)
		}
		if end := tr.run(t.Context(), t); end.converged() {
			result.Unmoved = 1
		}
		tr.ledger.edit, tr.ledger.fault = nil, nil
		if end := tr.within(t, 3); !end.converged() {
			tr.ledger.complain("not converged after three undisturbed runs")
		}
		tr.rest(t)
		result.Trials, result.Runs, result.Requests, result.Edits = 1, tr.runs, len(tr.ledger.requests), tr.ledger.edits
		tr.verdict(t, fmt.Sprintf("trial %d of seed %d, %s", i, seed, s.Name))
		return 0
	})
	var sum Struggle
	for _, r := range results {
		sum.Trials += r.Trials
		sum.Runs += r.Runs
		sum.Requests += r.Requests
		sum.Edits += r.Edits
		sum.Faulty += r.Faulty
		sum.Unmoved += r.Unmoved
	}
	return sum
}

// randomFaults lets one request in eight go wrong. Faults of lists are left to the matrix: they can hide things that
// nothing else refers to.
func randomFaults(rng *rand.Rand, s *Simulation) func(Request) Fault {
	return func(r Request) Fault {
		if rng.IntN(8) > 0 {
			return Fault{}
		}
		faults := slices.DeleteFunc(s.Faults(Request{Write: true, Name: r.Name}), func(f Fault) bool { return f.Late })
		return faults[rng.IntN(len(faults))]
	}
}

// others are whoever else works on an instance. They never touch an administrator's account: accounts have no read before
// the write, so that nothing could keep two people from switching off the last two at the same time.
type others struct {
	rng  *rand.Rand
	can  plan.Caps // of the tool; they can do more
	busy int       // percent of the requests before which they edit
	made int       // names of their own, so that two of us never make the same thing
}

func (o *others) edit(_ Request, hands Hands) {
	if o.rng.IntN(100) >= o.busy {
		return
	}
	live := hands.Live()
	user := pick(o.rng, live.Users...)
	var group directory.Group
	if len(live.Groups) > 0 {
		group = pick(o.rng, live.Groups...)
	}
	o.made++
	fresh := fmt.Sprintf("x%d", o.made)
	var err error
	ops := 14
	if joinsProjects(o.can) {
		ops = 17
	}
	switch op := o.rng.IntN(ops); {
	case op < 4 && group.ID != 0:
		if user.Active && !slices.Contains(group.Members, user.ID) {
			group.Members = append(group.Members, user.ID)
			err = hands.PutGroup(group)
		}
	case op < 7 && group.ID != 0:
		group.Members = slices.DeleteFunc(slices.Clone(group.Members), func(id directory.UserID) bool { return id == user.ID })
		err = hands.PutGroup(group)
	case op == 7 && group.ID != 0:
		group.Name = directory.Name(fresh)
		err = hands.PutGroup(group)
	case op == 8 && group.ID != 0:
		err = hands.DeleteGroup(group.ID)
	case op == 9:
		err = hands.PutGroup(directory.Group{Name: directory.Name(fresh), Members: []directory.UserID{user.ID}})
	case op == 10:
		user = account(0, fresh, user.Role)
		err = hands.PutUser(user)
	case op > 13:
		project := pick(o.rng, live.Projects...)
		err = hands.PutMember(project.ID, user.ID, user.Active && op < 16)
	case op > 10 && !user.Admin:
		switch op {
		case 11:
			user.Active = !user.Active
		case 12:
			user.Email = address(fresh)
		case 13:
			rename(&user, fullName(fresh))
			if len(live.Roles) > 0 {
				user.Role = pick(o.rng, live.Roles...).Name
			}
		}
		err = hands.PutUser(user)
	}
	if err != nil {
		o.made-- // what the tool itself does not allow is no edit
	}
}
