package testrailsim_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	sim "rollcall/internal/sim/testrailsim"
)

func TestGenerate_sameSeedSameBytes(t *testing.T) {
	o := sim.GenOptions{Users: 2000, Groups: 150, Switches: sim.Switches{Edition: sim.Enterprise}}
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
		{"defaults", sim.GenOptions{}, 200, 14, 5},
		{"one person", sim.GenOptions{Users: 1, Groups: 1, Projects: 1}, 1, 1, 1},
		{"none of either", sim.GenOptions{Users: -1, Groups: -1, Projects: -1}, 1, 0, 0},
		{"few people, many groups", sim.GenOptions{Users: 3, Groups: 300}, 3, 300, 4},
		{"no groups", sim.GenOptions{Users: 300, Groups: -1}, 300, 0, 7},
		{"a large company", sim.GenOptions{Users: 50_000, Groups: 2_000}, 50_000, 2_000, 1250},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := sim.Generate(3, row.o)
			if len(s.Users) != row.users || len(s.Groups) != row.groups || len(s.Projects) != row.projects {
				t.Errorf("%d users, %d groups, %d projects", len(s.Users), len(s.Groups), len(s.Projects))
			}
			if _, err := sim.New(s); err != nil {
				t.Error(err)
			}
			names := map[string]bool{}
			for _, g := range s.Groups {
				if names[g.Name] {
					t.Errorf("two groups are called %q", g.Name)
				}
				names[g.Name] = true
			}
		})
	}
}

func TestGenerate_isABelievableCompany(t *testing.T) {
	s := sim.Generate(1, sim.GenOptions{Users: 2000, Groups: 150, Switches: sim.Switches{Edition: sim.Enterprise}})
	forgotten := regexp.MustCompile(`^F\d{13}$`)
	address := regexp.MustCompile(`^[A-Za-z0-9.+-]+@[a-z.-]+\.example$`)
	memberships := map[int]int{}
	for _, g := range s.Groups {
		for _, id := range g.UserIDs {
			memberships[id]++
		}
	}
	count := map[string]int{}
	folded := map[string]bool{}
	scripts := map[string]bool{}
	for _, u := range s.Users {
		if key := strings.ToLower(u.Email); folded[key] {
			t.Errorf("two accounts have the address %s", u.Email)
		} else {
			folded[key] = true
		}
		if forgotten.MatchString(u.Email) {
			count["forgotten"]++
			if u.IsActive || u.Name != u.Email {
				t.Errorf("forgotten user %+v", u)
			}
			continue
		}
		if !address.MatchString(u.Email) {
			t.Errorf("%q is no address in ASCII at an example domain", u.Email)
		}
		for name, table := range unicode.Scripts {
			if strings.IndexFunc(u.Name, func(r rune) bool { return unicode.Is(table, r) }) >= 0 {
				scripts[name] = true
			}
		}
		kind, _, _ := strings.Cut(u.Note, " since")
		count[kind]++
		switch {
		case u.IsAdmin:
			count["admin"]++
		case len(u.AssignedProjects) > 0:
			count["project administrator"]++
		}
		if strings.Contains(u.Email, "+") {
			count["plus"]++
		}
		if strings.HasPrefix(u.Email, "ci-") {
			count["ci"]++
		}
		if !u.IsActive && memberships[u.ID] > 0 {
			count["inactive in a group"]++
		}
	}
	for kind, least := range map[string]int{
		"forgotten": 10, "leaver": 100, "active but gone": 30, "contractor": 80, "service account": 5, "ci": 5,
		"admin": 5, "project administrator": 10, "plus": 30, "inactive in a group": 30,
	} {
		if count[kind] < least {
			t.Errorf("%s: %d, want at least %d", kind, count[kind], least)
		}
	}
	for _, script := range []string{"Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Han", "Hiragana", "Katakana", "Hangul", "Devanagari", "Tamil", "Thai", "Georgian", "Armenian"} {
		if !scripts[script] {
			t.Errorf("nobody's name is in %s", script)
		}
	}
	nested := slices.ContainsFunc(s.Groups, func(g sim.Group) bool { return strings.Count(g.Name, " / ") == 2 })
	if s.Users[0].Email != sim.DefaultAdmin || !s.Users[0].IsAdmin || !nested {
		t.Error("no administrator first, or no team that looks nested")
	}
	consistentSnapshot(t, s)
}

// consistentSnapshot checks that member lists are sorted and name accounts that exist.
func consistentSnapshot(t *testing.T, s sim.Snapshot) {
	t.Helper()
	for _, g := range s.Groups {
		if !slices.IsSorted(g.UserIDs) || len(slices.Compact(slices.Clone(g.UserIDs))) != len(g.UserIDs) {
			t.Errorf("group %d: members are not a sorted set", g.ID)
		}
	}
	if _, err := sim.New(s); err != nil {
		t.Error(err)
	}
}
