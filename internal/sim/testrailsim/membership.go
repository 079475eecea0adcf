package testrailsim

import (
	"cmp"
	"fmt"
	"slices"
)

// Groups returns all groups by id.
func (st *State) Groups() []Group {
	out := make([]Group, len(st.groups))
	for i, g := range st.groups {
		out[i] = copyGroup(g)
	}
	return out
}

// Group returns the group of that id.
func (st *State) Group(id int) (Group, bool) {
	if g := st.groupByID[id]; g != nil {
		return copyGroup(g), true
	}
	return Group{}, false
}

// GroupByName returns the group of exactly that name, the eldest if several bear it.
func (st *State) GroupByName(name string) (Group, bool) {
	for _, g := range st.groups {
		if g.Name == name {
			return copyGroup(g), true
		}
	}
	return Group{}, false
}

// AddGroup adds a group and returns it. An ID of 0 gets the next free one, never one that a deleted group bore.
func (st *State) AddGroup(g Group) (Group, error) {
	if g.ID == 0 {
		g.ID = st.nextGroup + 1
	}
	if st.groupByID[g.ID] != nil {
		return Group{}, fmt.Errorf("group %d: id is taken", g.ID)
	}
	if err := st.checkMembers(g.ID, g.UserIDs); err != nil {
		return Group{}, err
	}
	own := &Group{ID: g.ID, Name: g.Name}
	at, _ := slices.BinarySearchFunc(st.groups, g.ID, func(x *Group, id int) int { return cmp.Compare(x.ID, id) })
	st.groups = slices.Insert(st.groups, at, own)
	st.groupByID[g.ID] = own
	st.nextGroup = max(st.nextGroup, g.ID)
	st.setMembers(own, g.UserIDs)
	st.edits++
	return copyGroup(own), nil
}

// RenameGroup gives the group another name.
func (st *State) RenameGroup(id int, name string) error {
	g := st.groupByID[id]
	if g == nil {
		return fmt.Errorf("group %d: unknown", id)
	}
	g.Name = name
	st.edits++
	return nil
}

// SetMembers sets the group's members to exactly these accounts.
func (st *State) SetMembers(id int, userIDs ...int) error {
	g := st.groupByID[id]
	if g == nil {
		return fmt.Errorf("group %d: unknown", id)
	}
	if err := st.checkMembers(id, userIDs); err != nil {
		return err
	}
	st.setMembers(g, userIDs)
	return nil
}

// AddMembers adds these accounts to the group's members.
func (st *State) AddMembers(id int, userIDs ...int) error {
	g := st.groupByID[id]
	if g == nil {
		return fmt.Errorf("group %d: unknown", id)
	}
	return st.SetMembers(id, append(slices.Clone(g.UserIDs), userIDs...)...)
}

// RemoveMembers removes these accounts from the group's members.
func (st *State) RemoveMembers(id int, userIDs ...int) error {
	g := st.groupByID[id]
	if g == nil {
		return fmt.Errorf("group %d: unknown", id)
	}
	rest := slices.DeleteFunc(slices.Clone(g.UserIDs), func(u int) bool { return slices.Contains(userIDs, u) })
	return st.SetMembers(id, rest...)
}

// DeleteGroup removes the group, its memberships and its access to projects.
func (st *State) DeleteGroup(id int) error {
	g := st.groupByID[id]
	if g == nil {
		return fmt.Errorf("group %d: unknown", id)
	}
	st.setMembers(g, nil)
	delete(st.groupByID, id)
	st.groups = slices.DeleteFunc(st.groups, func(x *Group) bool { return x == g })
	for _, p := range st.projects {
		p.Groups = slices.DeleteFunc(p.Groups, func(a ProjectAccess) bool { return a.ID == id })
	}
	st.edits++
	return nil
}

func (st *State) checkMembers(group int, ids []int) error {
	for _, id := range ids {
		if st.byID[id] == nil {
			return fmt.Errorf("group %d: user %d is unknown", group, id)
		}
	}
	return nil
}

// setMembers is the only place that changes a membership: both sides move together.
func (st *State) setMembers(g *Group, ids []int) {
	want := slices.Clone(ids)
	slices.Sort(want)
	want = slices.Compact(want)
	old, i, j := g.UserIDs, 0, 0
	for i < len(old) || j < len(want) {
		switch {
		case j == len(want) || i < len(old) && old[i] < want[j]:
			u := st.byID[old[i]]
			if at, ok := slices.BinarySearch(u.groups, g.ID); ok {
				u.groups = slices.Delete(u.groups, at, at+1)
			}
			i++
		case i == len(old) || want[j] < old[i]:
			u := st.byID[want[j]]
			if at, ok := slices.BinarySearch(u.groups, g.ID); !ok {
				u.groups = slices.Insert(u.groups, at, g.ID)
			}
			j++
		default:
			i++
			j++
		}
	}
	g.UserIDs = want
	st.edits++
}

// setGroups sets the groups of one account to exactly these.
func (st *State) setGroups(u *account, ids []int) {
	for _, id := range slices.Clone(u.groups) {
		if !slices.Contains(ids, id) {
			g := st.groupByID[id]
			st.setMembers(g, slices.DeleteFunc(slices.Clone(g.UserIDs), func(m int) bool { return m == u.ID }))
		}
	}
	for _, id := range ids {
		if !slices.Contains(u.groups, id) {
			g := st.groupByID[id]
			st.setMembers(g, append(slices.Clone(g.UserIDs), u.ID))
		}
	}
}

func copyGroup(g *Group) Group {
	return Group{ID: g.ID, Name: g.Name, UserIDs: append([]int{}, g.UserIDs...)}
}

// Projects returns all projects by id.
func (st *State) Projects() []Project {
	out := make([]Project, len(st.projects))
	for i, p := range st.projects {
		out[i] = copyProject(p)
	}
	return out
}

// Project returns the project of that id.
func (st *State) Project(id int) (Project, bool) {
	if p := st.project(id); p != nil {
		return copyProject(p), true
	}
	return Project{}, false
}

// SetProject adds the project, or replaces the one of its id.
func (st *State) SetProject(p Project) error {
	if p.ID < 1 {
		return fmt.Errorf("project %q: id is %d", p.Name, p.ID)
	}
	for _, a := range p.Users {
		if st.byID[a.ID] == nil {
			return fmt.Errorf("project %d: user %d is unknown", p.ID, a.ID)
		}
	}
	for _, a := range p.Groups {
		if st.groupByID[a.ID] == nil {
			return fmt.Errorf("project %d: group %d is unknown", p.ID, a.ID)
		}
	}
	for _, a := range slices.Concat(p.Users, p.Groups, []ProjectAccess{{RoleID: p.DefaultRoleID}}) {
		if a.RoleID != 0 && st.role(a.RoleID) == nil {
			return fmt.Errorf("project %d: role %d is unknown", p.ID, a.RoleID)
		}
	}
	own := copyProject(&p)
	at, found := slices.BinarySearchFunc(st.projects, p.ID, func(x *Project, id int) int { return cmp.Compare(x.ID, id) })
	if found {
		st.projects[at] = &own
	} else {
		st.projects = slices.Insert(st.projects, at, &own)
	}
	st.edits++
	return nil
}

func (st *State) project(id int) *Project {
	at, found := slices.BinarySearchFunc(st.projects, id, func(x *Project, id int) int { return cmp.Compare(x.ID, id) })
	if !found {
		return nil
	}
	return st.projects[at]
}

func copyProject(p *Project) Project {
	c := *p
	c.Groups, c.Users = slices.Clone(p.Groups), slices.Clone(p.Users)
	return c
}
