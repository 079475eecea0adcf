package qtestsim

import (
	"cmp"
	"fmt"
	"slices"
)

// Groups returns all groups by id.
func (st *State) Groups() []Group {
	out := make([]Group, len(st.groups))
	for i, g := range st.groups {
		out[i] = copyGroup(*g)
	}
	return out
}

// GroupByName returns the group of exactly that name, the eldest if several bear it.
func (st *State) GroupByName(name string) (Group, bool) {
	if i := slices.IndexFunc(st.groups, func(g *Group) bool { return g.Name == name }); i >= 0 {
		return copyGroup(*st.groups[i]), true
	}
	return Group{}, false
}

// AddGroup adds a group and returns it. An ID of 0 gets the next free one. Its members do not get its projects: a
// snapshot says who is where.
func (st *State) AddGroup(g Group) (Group, error) {
	if g.ID == 0 {
		g.ID = st.lastGroup + 1
	}
	if st.group(g.ID) != nil {
		return Group{}, fmt.Errorf("group %d: id is taken", g.ID)
	}
	if err := st.checkUsers(g.UserIDs); err != nil {
		return Group{}, fmt.Errorf("group %d: %w", g.ID, err)
	}
	if err := st.checkGrants(g.Projects); err != nil {
		return Group{}, fmt.Errorf("group %d: %w", g.ID, err)
	}
	own := copyGroup(g)
	own.UserIDs = []int{}
	at, _ := slices.BinarySearchFunc(st.groups, g.ID, func(x *Group, id int) int { return cmp.Compare(x.ID, id) })
	st.groups = slices.Insert(st.groups, at, &own)
	st.lastGroup = max(st.lastGroup, g.ID)
	for _, id := range g.UserIDs {
		st.join(st.byID[id], &own)
	}
	return copyGroup(own), nil
}

// RenameGroup gives the group another name, which the pages can and the API can't.
func (st *State) RenameGroup(id int, name string) error {
	g := st.group(id)
	if g == nil {
		return fmt.Errorf("group %d: unknown", id)
	}
	g.Name = name
	return nil
}

// DeleteGroup removes the group and its memberships, which the pages can and the API can't. Its members stay in its
// projects.
func (st *State) DeleteGroup(id int) error {
	g := st.group(id)
	if g == nil {
		return fmt.Errorf("group %d: unknown", id)
	}
	for _, user := range slices.Clone(g.UserIDs) {
		st.leave(st.byID[user], g)
	}
	st.groups = slices.DeleteFunc(st.groups, func(x *Group) bool { return x == g })
	return nil
}

// SetMembers sets the group's members to exactly these accounts. Who is new gets the group's projects.
func (st *State) SetMembers(group int, users ...int) error {
	g := st.group(group)
	if g == nil {
		return fmt.Errorf("group %d: unknown", group)
	}
	if err := st.checkUsers(users); err != nil {
		return fmt.Errorf("group %d: %w", group, err)
	}
	for _, id := range slices.Clone(g.UserIDs) {
		if !slices.Contains(users, id) {
			st.leave(st.byID[id], g)
		}
	}
	for _, id := range users {
		st.enter(st.byID[id], g)
	}
	return nil
}

// enter puts the account into the group and into the group's projects, where it is no member yet (DOC). Leaving the
// group takes nothing back (GUESS).
func (st *State) enter(a *account, g *Group) {
	st.join(a, g)
	for _, grant := range g.Projects {
		if p := st.project(grant.Project); !p.has(a.ID) {
			st.assign(a, p, grant.Profile)
		}
	}
}

func (st *State) group(id int) *Group {
	at, ok := slices.BinarySearchFunc(st.groups, id, func(g *Group, id int) int { return cmp.Compare(g.ID, id) })
	if !ok {
		return nil
	}
	return st.groups[at]
}

func (st *State) checkUsers(ids []int) error {
	for _, id := range ids {
		if st.byID[id] == nil {
			return fmt.Errorf("user %d is unknown", id)
		}
	}
	return nil
}

func (st *State) checkGrants(grants []Grant) error {
	for _, g := range grants {
		if st.project(g.Project) == nil {
			return fmt.Errorf("project %d is unknown", g.Project)
		}
		if !st.hasProfile(g.Profile) {
			return fmt.Errorf("profile %d is unknown", g.Profile)
		}
	}
	return nil
}

// join and leave are the only places that change who is in a group: both sides move together.
func (st *State) join(a *account, g *Group) {
	g.UserIDs = with(g.UserIDs, a.ID)
	a.groups = with(a.groups, g.ID)
}

func (st *State) leave(a *account, g *Group) {
	g.UserIDs = without(g.UserIDs, a.ID)
	a.groups = without(a.groups, g.ID)
}

// with returns the ascending ids and that one.
func with(ids []int, id int) []int {
	at, ok := slices.BinarySearch(ids, id)
	if ok {
		return ids
	}
	return slices.Insert(ids, at, id)
}

// without returns the ascending ids but that one.
func without(ids []int, id int) []int {
	at, ok := slices.BinarySearch(ids, id)
	if !ok {
		return ids
	}
	return slices.Delete(ids, at, at+1)
}

// Projects returns all projects by id.
func (st *State) Projects() []Project {
	out := make([]Project, len(st.projects))
	for i, p := range st.projects {
		out[i] = copyProject(*p)
	}
	return out
}

// SetProject adds the project, or replaces the one of that id, with its members.
func (st *State) SetProject(p Project) error {
	if p.ID < 1 {
		return fmt.Errorf("project %q: id is %d", p.Name, p.ID)
	}
	users := slices.Clone(p.AdminIDs)
	for _, m := range p.Members {
		users = append(users, m.User)
		if !st.hasProfile(m.Profile) {
			return fmt.Errorf("project %d: profile %d is unknown", p.ID, m.Profile)
		}
	}
	if err := st.checkUsers(users); err != nil {
		return fmt.Errorf("project %d: %w", p.ID, err)
	}
	own := copyProject(p)
	own.Members = []Member{}
	at, ok := slices.BinarySearchFunc(st.projects, p.ID, byProject)
	if ok {
		for _, m := range slices.Clone(st.projects[at].Members) {
			st.remove(st.byID[m.User], st.projects[at])
		}
		st.projects[at] = &own
	} else {
		st.projects = slices.Insert(st.projects, at, &own)
	}
	for _, m := range p.Members {
		st.assign(st.byID[m.User], &own, m.Profile)
	}
	return nil
}

// AddMember puts the account into the project with that profile, or changes its profile there.
func (st *State) AddMember(project, user, profile int) error {
	p, a := st.project(project), st.byID[user]
	if p == nil || a == nil || !st.hasProfile(profile) {
		return fmt.Errorf("project %d: user %d or profile %d is unknown, or the project", project, user, profile)
	}
	st.assign(a, p, profile)
	return nil
}

// RemoveMember takes the account out of the project, if it is in it.
func (st *State) RemoveMember(project, user int) error {
	p, a := st.project(project), st.byID[user]
	if p == nil || a == nil {
		return fmt.Errorf("project %d: user %d is unknown, or the project", project, user)
	}
	st.remove(a, p)
	return nil
}

func byProject(p *Project, id int) int { return cmp.Compare(p.ID, id) }

func byMember(m Member, id int) int { return cmp.Compare(m.User, id) }

func (st *State) project(id int) *Project {
	at, ok := slices.BinarySearchFunc(st.projects, id, byProject)
	if !ok {
		return nil
	}
	return st.projects[at]
}

// assign and remove are the only places that change who is in a project: both sides move together.
func (st *State) assign(a *account, p *Project, profile int) {
	at, ok := slices.BinarySearchFunc(p.Members, a.ID, byMember)
	if ok {
		p.Members[at].Profile = profile
		return
	}
	p.Members = slices.Insert(p.Members, at, Member{User: a.ID, Profile: profile})
	a.projects = with(a.projects, p.ID)
}

// remove returns the profile that the account had there, 0 if it was no member.
func (st *State) remove(a *account, p *Project) int {
	at, ok := slices.BinarySearchFunc(p.Members, a.ID, byMember)
	if !ok {
		return 0
	}
	profile := p.Members[at].Profile
	p.Members = slices.Delete(p.Members, at, at+1)
	a.projects = without(a.projects, p.ID)
	return profile
}

func (p *Project) has(user int) bool {
	_, ok := slices.BinarySearchFunc(p.Members, user, byMember)
	return ok
}
