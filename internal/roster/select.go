package roster

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/edit"
	"rollcall/internal/plan"
)

// person is an account that the roster names.
type person struct {
	*directory.User
	address directory.Email // as the server spells it, without the white space that it may keep around it
	pinned  bool            // another account has the same address but for its spelling
}

// team is a group that the roster names, with those of its members who are named too.
type team struct {
	*directory.Group
	name    directory.Name
	pinned  bool // another group has the same name
	members []directory.Email
	kept    int // members whom an exact group would lose, because no entry can name them
}

// leftOut is what a roster can't name, and why.
type leftOut struct{ text string }

// people returns who can be named, by address, and who can't. Of several accounts that one address means the active one
// is named, or else the eldest: a person is declared once.
func people(live *directory.Live) (named []person, left []leftOut) {
	bearers := make(map[directory.EmailKey][]*directory.User)
	for i := range live.Users {
		u := &live.Users[i]
		if u.Untouchable() {
			left = append(left, leftOut{fmt.Sprintf("account %d: %s is no address", u.ID, edit.Quoted(string(u.Email)))})
			continue
		}
		bearers[u.Email.Key()] = append(bearers[u.Email.Key()], u)
	}
	for _, same := range bearers {
		slices.SortFunc(same, func(a, b *directory.User) int {
			if a.Active != b.Active {
				return cmp.Compare(flag(b.Active), flag(a.Active))
			}
			return cmp.Compare(a.ID, b.ID)
		})
		named = append(named, person{
			User: same[0], address: directory.Email(strings.TrimSpace(string(same[0].Email))), pinned: len(same) > 1,
		})
		for _, other := range same[1:] {
			left = append(left, leftOut{fmt.Sprintf("account %d: %s is the address of account %d as well",
				other.ID, edit.Quoted(string(other.Email)), same[0].ID)})
		}
	}
	slices.SortFunc(named, func(a, b person) int { return cmp.Compare(a.Email.Key(), b.Email.Key()) })
	slices.SortFunc(left, func(a, b leftOut) int { return cmp.Compare(a.text, b.text) })
	return named, left
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// teams returns the groups that can be named, by name, and those that can't. Of several groups of one name the eldest is
// named.
func teams(live *directory.Live, named []person) (list []team, left []leftOut) {
	listed := make(map[directory.UserID]directory.Email, len(named))
	for _, p := range named {
		listed[p.ID] = p.address
	}
	accounts := make(map[directory.UserID]*directory.User, len(live.Users))
	for i := range live.Users {
		accounts[live.Users[i].ID] = &live.Users[i]
	}
	bearers := make(map[directory.Name][]*directory.Group)
	for i := range live.Groups {
		g := &live.Groups[i]
		name := g.Name.Canonical()
		if !fits(string(name)) {
			left = append(left, leftOut{fmt.Sprintf("group %d: a roster can't hold the name %s", g.ID, edit.Quoted(string(g.Name)))})
			continue
		}
		bearers[name] = append(bearers[name], g)
	}
	for name, same := range bearers {
		slices.SortFunc(same, func(a, b *directory.Group) int { return cmp.Compare(a.ID, b.ID) })
		t := team{Group: same[0], name: name, pinned: len(same) > 1}
		for _, id := range same[0].Members {
			if email, ok := listed[id]; ok {
				t.members = append(t.members, email)
			} else if u := accounts[id]; u != nil && !u.Untouchable() {
				t.kept++
			}
		}
		slices.SortFunc(t.members, func(a, b directory.Email) int { return cmp.Compare(a.Key(), b.Key()) })
		list = append(list, t)
		for _, other := range same[1:] {
			left = append(left, leftOut{fmt.Sprintf("group %d: %s is the name of group %d as well",
				other.ID, edit.Quoted(string(other.Name)), same[0].ID)})
		}
	}
	slices.SortFunc(list, func(a, b team) int { return cmp.Compare(a.name, b.name) })
	slices.SortFunc(left, func(a, b leftOut) int { return cmp.Compare(a.text, b.text) })
	return list, left
}

// names knows which names of roles or projects mean one thing, so that a roster can hold them.
type names map[directory.Name]int

func roleNames(live *directory.Live) names {
	n := make(names)
	for i := range live.Roles {
		n[live.Roles[i].Name.Canonical()]++
	}
	return n
}

func projectNames(live *directory.Live) names {
	n := make(names)
	for i := range live.Projects {
		n[live.Projects[i].Name.Canonical()]++
	}
	return n
}

// refused returns why a roster can't hold a name, or "".
func (n names) refused(name directory.Name) string {
	switch {
	case !fits(string(name.Canonical())):
		return "a roster can't hold this name"
	case n[name.Canonical()] == 0:
		return "the tool does not list it"
	case n[name.Canonical()] > 1:
		return fmt.Sprintf("the name of %d", n[name.Canonical()])
	}
	return ""
}

// assigned returns the names of the projects that an account manages, or why they can't be written.
func assigned(u *directory.User, live *directory.Live, known names) (list []string, refused string) {
	for _, id := range u.AssignedProjects {
		at, ok := slices.BinarySearchFunc(live.Projects, id, func(p directory.Project, id directory.ProjectID) int {
			return cmp.Compare(p.ID, id)
		})
		if !ok {
			return nil, fmt.Sprintf("project %d is not listed by the tool", id)
		}
		name := live.Projects[at].Name.Canonical()
		if why := known.refused(name); why != "" {
			return nil, fmt.Sprintf("project %d, %s: %s", id, edit.Quoted(string(name)), why)
		}
		list = append(list, string(name))
	}
	slices.Sort(list)
	return list, ""
}

// Needs returns with what else Write can say more of this live state: projects, if an account manages some.
func Needs(live *directory.Live, caps plan.Caps) directory.Extent {
	return directory.Extent{Projects: caps.Reported[plan.FieldAssignedProjects] &&
		slices.ContainsFunc(live.Users, func(u directory.User) bool { return len(u.AssignedProjects) > 0 })}
}
