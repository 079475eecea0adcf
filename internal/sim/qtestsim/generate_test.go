package qtestsim_test

import (
	"regexp"
	"strings"
	"testing"

	sim "rollcall/internal/sim/qtestsim"
)

func TestGenerate_sameSeedSameBytes(t *testing.T) {
	o := sim.GenOptions{Users: 2000, Groups: 150, Projects: 150}
	one := save(t, sim.Generate(7, o))
	if one != save(t, sim.Generate(7, o)) {
		t.Error("the same seed gives other bytes")
	}
	if one == save(t, sim.Generate(8, o)) {
		t.Error("another seed gives the same bytes")
	}
}

func TestGenerate_sizes(t *testing.T) {
	for _, row := range []struct {
		name                    string
		o                       sim.GenOptions
		users, groups, projects int
	}{
		{"defaults", sim.GenOptions{}, 200, 14 + 4, 5 + 1},
		{"one person", sim.GenOptions{Users: 1, Groups: 1, Projects: 1}, 1, 1 + 4, 1 + 1},
		{"none of either", sim.GenOptions{Users: -1, Groups: -1, Projects: -1}, 1, 4, 1},
		{"few people, many groups", sim.GenOptions{Users: 3, Groups: 300}, 3, 300 + 4, 4 + 1},
		{"no projects", sim.GenOptions{Users: 300, Projects: -1}, 300, 21 + 4, 1},
		{"a large company", sim.GenOptions{Users: 50_000, Groups: 2_000}, 50_000, 2_000 + 4, 1250 + 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := sim.Generate(3, row.o)
			if len(s.Users) != row.users || len(s.Groups) != row.groups || len(s.Projects) != row.projects {
				t.Errorf("%d users, %d groups, %d projects", len(s.Users), len(s.Groups), len(s.Projects))
			}
			if _, err := sim.New(s); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestGenerate_isABelievableCompany(t *testing.T) {
	s := sim.Generate(1, sim.GenOptions{Users: 2000, Groups: 150})
	address := regexp.MustCompile(`^[A-Za-z0-9.+-]+@[a-z.-]+\.example$`)
	inactive, folded, count := map[int]bool{}, map[string]bool{}, map[string]int{}
	for _, u := range s.Users {
		key := strings.ToLower(u.Username)
		if folded[key] || !address.MatchString(u.Username) {
			t.Errorf("%q is no address of its own", u.Username)
		}
		folded[key] = true
		kind, _, _ := strings.Cut(u.Note, " since")
		count[kind]++
		switch u.AuthSystem {
		case 12:
			count["sso"]++
		case 14:
			count["ldap"]++
		}
		if u.Status == sim.StatusInactive {
			inactive[u.ID] = true
			if len(u.FormerProjects) > 0 {
				count["former projects"]++
			}
		}
		if u.FirstName == "" || u.LastName == "" {
			t.Errorf("user %d has no full name", u.ID)
		}
	}
	for _, p := range s.Projects {
		for _, m := range p.Members {
			count["member"]++
			if inactive[m.User] {
				t.Errorf("user %d is inactive and in project %d", m.User, p.ID)
			}
		}
	}
	count["administrator"] = len(s.Groups[0].UserIDs)
	for _, g := range s.Groups {
		if len(g.Projects) > 0 {
			count["group with a project"]++
		}
	}
	for kind, least := range map[string]int{
		"leaver": 100, "active but gone": 30, "contractor": 80, "service account": 5, "invited, never came": 20, "sso": 500, "ldap": 100,
		"former projects": 50, "member": 2000, "administrator": 5, "group with a project": 5,
	} {
		if count[kind] < least {
			t.Errorf("%s: %d, want at least %d", kind, count[kind], least)
		}
	}
}
