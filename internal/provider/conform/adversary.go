package conform

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"rollcall/internal/directory"
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
	inBubbles(t, trials, func(t *testing.T, i int) int {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		s := &simulations[i%len(simulations)]
		company := randomCompany(rng, s.Empty())
		tr := newTrial(t, s, company, randomRoster(rng, company))
		others := &others{rng: rng, busy: rng.IntN(60)}
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

func randomCompany(rng *rand.Rand, empty *directory.Live) *directory.Live {
	company := *empty
	company.Users = slices.Clone(empty.Users)
	lead, tester := roles(empty)
	for i := range 3 + rng.IntN(6) {
		name := fmt.Sprintf("p%d", i)
		company.Users = append(company.Users, directory.User{
			ID: directory.UserID(len(company.Users) + 1), Email: address(name), Name: name,
			Active: rng.IntN(5) > 0, Role: pick(rng, lead, tester), Admin: rng.IntN(8) == 0, EmailNotifications: true,
		})
	}
	for i := range 2 + rng.IntN(4) {
		g := directory.Group{ID: directory.GroupID(i + 1), Name: directory.Name(fmt.Sprintf("g%d", i))}
		for _, u := range company.Users {
			if rng.IntN(2) == 0 {
				g.Members = append(g.Members, u.ID)
			}
		}
		company.Groups = append(company.Groups, g)
	}
	return &company
}

// randomRoster lists most of a company, and some who are new, as they are or as they shall become.
func randomRoster(rng *rand.Rand, company *directory.Live) *directory.Desired {
	want := lenient(1)
	want.Unlisted.Users = pick(rng, directory.PolicyReport, directory.PolicyReport, directory.PolicyDeactivate)
	want.Unlisted.Groups = pick(rng, directory.PolicyReport, directory.PolicyDelete)
	want.Users = append(want.Users, directory.WantUser{Email: company.Users[0].Email, Pos: here(1)})
	lead, tester := roles(company)
	var emails []directory.Email
	for i := range len(company.Users) + 2 { // the last ones are new
		name := fmt.Sprintf("p%d", i)
		if rng.IntN(5) == 0 {
			continue
		}
		u := directory.WantUser{Email: address(name), Name: set(pick(rng, name, name+" Renamed")), Pos: here(10 + i)}
		if rng.IntN(6) == 0 {
			u.Email, u.Was = address(name+".new"), []directory.Key[directory.Email]{set(u.Email)}
		}
		if rng.IntN(2) == 0 {
			u.Role = set(pick(rng, lead, tester))
		}
		if rng.IntN(3) == 0 {
			u.Active = set(rng.IntN(2) == 0)
		}
		if rng.IntN(6) == 0 {
			u.Admin = set(rng.IntN(2) == 0)
		}
		want.Users, emails = append(want.Users, u), append(emails, u.Email)
	}
	tidy(want)
	w := &state{roster: want}
	for i := range len(company.Groups) + 1 { // the last one is new
		if rng.IntN(4) == 0 {
			continue
		}
		var members []directory.Email
		for _, email := range emails {
			if rng.IntN(2) == 0 {
				members = append(members, email)
			}
		}
		name, old := directory.Name(fmt.Sprintf("g%d", i)), directory.Name(fmt.Sprintf("g%d", i))
		if rng.IntN(5) == 0 {
			name += " renamed"
		}
		w.form(name, members...)
		w.group(name).Mode = set(pick(rng, directory.Exact, directory.Exact, directory.AtLeast))
		w.group(name).Was = []directory.Key[directory.Name]{set(old)}
	}
	return want
}

func pick[T any](rng *rand.Rand, choices ...T) T { return choices[rng.IntN(len(choices))] }

// others are whoever else works on an instance. They never touch an administrator's account: accounts have no read before
// the write, so that nothing could keep two people from switching off the last two at the same time.
type others struct {
	rng  *rand.Rand
	busy int // percent of the requests before which they edit
	made int // names of their own, so that two of us never make the same thing
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
	switch op := o.rng.IntN(14); {
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
		user.ID, user.Email, user.Name, user.Active, user.Admin = 0, address(fresh), fresh, true, false
		err = hands.PutUser(user)
	case op > 10 && !user.Admin:
		switch op {
		case 11:
			user.Active = !user.Active
		case 12:
			user.Email = address(fresh)
		case 13:
			user.Name, user.Role = fresh, pick(o.rng, live.Roles...).Name
		}
		err = hands.PutUser(user)
	}
	if err != nil {
		o.made-- // what the tool itself does not allow is no edit
	}
}
