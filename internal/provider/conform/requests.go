package conform

import (
	"fmt"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// Requests holds what plans say that they cost against what a simulator counts: of a mixed apply, unless nobody could know
// that, and of the plan after it, which finds nothing to do. It returns both costs.
func Requests(t *testing.T, s Simulation) (apply, nothing plan.Cost) {
	t.Helper()
	g := s.ground(t)
	company, want := mixed(g)
	tr := newTrial(t, &s, g.can, company, want)
	apply = tr.counted(t, "mixed apply", !s.Unforeseen)
	nothing = tr.counted(t, "plan after it", true)
	if nothing.Writes != 0 {
		t.Errorf("a plan without changes writes %d times", nothing.Writes)
	}
	return apply, nothing
}

// RequestsOfMany does so for a large company that is as its roster wants it, which names everything that can make a plan
// read more.
func RequestsOfMany(t *testing.T, s Simulation) plan.Cost {
	t.Helper()
	g := s.ground(t)
	company := large(g)
	w := &state{roster: adopt(company)}
	for _, u := range company.Users[len(g.Users):] {
		if joinsProjects(g.can) {
			w.assign(u.Email, directory.DefaultProfile, company.Projects[u.Projects[0]-1].Name)
		}
		if len(g.SignOns) > 0 {
			w.user(u.Email).SignOn = set(own(company))
		}
	}
	cost := newTrial(t, &s, g.can, company, w.roster).counted(t, "plan for a large company", true)
	if cost.Writes != 0 {
		t.Errorf("a plan without changes writes %d times", cost.Writes)
	}
	return cost
}

// counted runs once and returns what the plan said that this costs, which it holds against what was sent if that is to be
// exact.
func (tr *trial) counted(t *testing.T, name string, exact bool) plan.Cost {
	t.Helper()
	sent := len(tr.ledger.requests)
	if end := tr.run(t.Context(), t); !end.converged() {
		t.Fatalf("%s: %s", name, end)
	}
	cost := tr.ledger.plans[len(tr.ledger.plans)-1].Cost
	reads, writes := 0, 0
	for _, r := range tr.ledger.requests[sent:] {
		if r.Write {
			writes++
		} else {
			reads++
		}
	}
	if exact && (cost.Reads != reads || cost.Writes != writes) {
		t.Errorf("%s: the plan said %d reads and %d writes, and there were %d and %d", name, cost.Reads, cost.Writes, reads, writes)
	}
	tr.verdict(t, name)
	return cost
}

// large returns a company of 2,000 people in 150 groups and 150 projects, each in one of both.
func large(g ground) *directory.Live {
	const people, teams, projects = 2000, 150, 150
	company := *g.Live
	_, tester := roles(&company)
	company.Users = append([]directory.User{}, g.Users...)
	for id := len(company.Users) + 1; id <= people; id++ {
		u := account(directory.UserID(id), fmt.Sprintf("p%d", id), tester)
		u.Projects = []directory.ProjectID{directory.ProjectID(id%projects + 1)}
		company.Users = append(company.Users, u)
	}
	for id := range teams {
		team := directory.Group{ID: directory.GroupID(id + 1), Name: directory.Name(fmt.Sprintf("g%d", id))}
		for i := id; i < people; i += teams {
			team.Members = append(team.Members, company.Users[i].ID)
		}
		company.Groups = append(company.Groups, team)
	}
	for id := range projects {
		company.Projects = append(company.Projects, directory.Project{ID: directory.ProjectID(id + 1), Name: directory.Name(fmt.Sprintf("r%d", id))})
	}
	return &company
}
