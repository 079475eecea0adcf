package conform

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// randomCompany returns some people in some groups, and in projects if the tool has members of those.
func randomCompany(rng *rand.Rand, g ground) *directory.Live {
	company := *g.Live
	company.Users = slices.Clone(g.Users)
	lead, tester := roles(&company)
	if joinsProjects(g.can) {
		company.Projects = []directory.Project{{ID: 1, Name: "r1"}, {ID: 2, Name: "r2"}, {ID: 3, Name: "samples", Sample: true}}
	}
	for i := range 3 + rng.IntN(6) {
		u := account(directory.UserID(len(company.Users)+1), fmt.Sprintf("p%d", i), pick(rng, lead, tester))
		u.Active, u.Admin = rng.IntN(5) > 0, rng.IntN(8) == 0
		u.Pending = g.invites && !u.Active && rng.IntN(3) == 0
		if len(company.SignOns) > 0 {
			if way := pick(rng, company.SignOns...); !way.Own {
				u.SignOn, u.ExternalName = way.Name, "x-"+u.GivenName
			}
		}
		for _, p := range company.Projects {
			if u.Active && rng.IntN(2) == 0 {
				u.Projects = append(u.Projects, p.ID)
			}
		}
		company.Users = append(company.Users, u)
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

// randomRoster lists most of a company, and some who are new, as they are or as they shall become. What the API can't do is
// left out: a roster that waits for a person does not converge.
func randomRoster(rng *rand.Rand, can plan.Caps, company *directory.Live) *directory.Desired {
	want := lenient(1)
	want.Unlisted.Users = pick(rng, directory.PolicyReport, directory.PolicyReport, directory.PolicyDeactivate)
	w := &state{roster: want, caps: can, begun: company}
	if w.can(plan.DeleteGroup, "") {
		want.Unlisted.Groups = pick(rng, directory.PolicyReport, directory.PolicyDelete)
	}
	want.Users = append(want.Users, directory.WantUser{Email: company.Users[0].Email, Pos: here(1)})
	var emails []directory.Email
	for i := range len(company.Users) + 2 { // the last ones are new
		if rng.IntN(5) == 0 {
			continue
		}
		u := w.randomUser(rng, fmt.Sprintf("p%d", i))
		u.Pos = here(10 + i)
		want.Users, emails = append(want.Users, u), append(emails, u.Email)
	}
	tidy(want)
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
		if w.can(plan.UpdateGroup, plan.FieldName) && rng.IntN(5) == 0 {
			name += " renamed"
		}
		w.form(name, members...)
		w.group(name).Mode = set(pick(rng, directory.Exact, directory.Exact, directory.AtLeast))
		w.group(name).Was = []directory.Key[directory.Name]{set(old)}
	}
	return want
}

// randomUser returns an entry for a person of that name.
func (s *state) randomUser(rng *rand.Rand, name string) directory.WantUser {
	u := directory.WantUser{Email: address(name), Name: set(fullName(pick(rng, name, name+"-renamed")))}
	if s.can(plan.UpdateUser, plan.FieldEmail) && rng.IntN(6) == 0 {
		u.Email, u.Was = address(name+".new"), []directory.Key[directory.Email]{set(u.Email)}
	}
	if lead, tester := roles(s.begun); lead != "" && rng.IntN(2) == 0 {
		u.Role = set(pick(rng, lead, tester))
	}
	if rng.IntN(3) == 0 {
		u.Active = set(rng.IntN(2) == 0)
	}
	if rng.IntN(6) == 0 {
		u.Admin = set(rng.IntN(2) == 0)
	}
	if len(s.begun.SignOns) > 0 && rng.IntN(4) == 0 {
		way := pick(rng, s.begun.SignOns...)
		if u.SignOn = set(way.Name); !way.Own {
			u.ExternalName = set("y-" + name)
		}
	}
	if joinsProjects(s.caps) && rng.IntN(2) == 0 {
		refs := []directory.ProjectRef{}
		for _, name := range s.projects() {
			if rng.IntN(2) == 0 {
				refs = append(refs, directory.ProjectRef{Project: name, Profile: pick(rng, directory.DefaultProfile, "Quality Assurance"), Pos: here(1)})
			}
		}
		u.Projects = set(refs)
	}
	return u
}

func pick[T any](rng *rand.Rand, choices ...T) T { return choices[rng.IntN(len(choices))] }
