package plan

import (
	"cmp"
	"slices"

	"rollcall/internal/directory"
)

// index finds live things by id and by name. It is built from sorted lists, so that nothing depends on the order in
// which a tool reports.
type index struct {
	live     *directory.Live
	users    map[directory.UserID]*directory.User
	byKey    multi[directory.EmailKey, directory.UserID]
	groups   map[directory.GroupID]*directory.Group
	byName   multi[directory.Name, directory.GroupID]
	roles    multi[directory.Name, directory.RoleID]
	projects multi[directory.Name, directory.ProjectID]
	profiles multi[directory.Name, directory.ProfileID]
	fixing   map[string]bool // ways to sign on, folded, in which a directory service rules over names
}

// multi is a map from a name to the ids that bear it. Nearly every name has one bearer: only the others cost a slice of
// their own.
type multi[K comparable, ID ~int64] struct {
	place map[K]int // of the first bearer in ids
	ids   []ID
	more  map[K][]ID // all bearers, if there are several
}

func newMulti[K comparable, ID ~int64](size int) multi[K, ID] {
	return multi[K, ID]{place: make(map[K]int, size), ids: make([]ID, 0, size)}
}

func (m *multi[K, ID]) add(key K, id ID) {
	if _, taken := m.place[key]; !taken {
		m.place[key] = len(m.ids)
		m.ids = append(m.ids, id)
		return
	}
	if m.more == nil {
		m.more = make(map[K][]ID)
	}
	m.more[key] = append(slices.Clip(m.get(key)), id)
}

// get returns the ids that bear the name, lowest first. The caller must not change them.
func (m *multi[K, ID]) get(key K) []ID {
	if all, several := m.more[key]; several {
		return all
	}
	at, ok := m.place[key]
	if !ok {
		return nil
	}
	return m.ids[at : at+1 : at+1]
}

func newIndex(unsorted *directory.Live) *index {
	live := sorted(unsorted)
	ix := &index{
		live:     live,
		users:    make(map[directory.UserID]*directory.User, len(live.Users)),
		byKey:    newMulti[directory.EmailKey, directory.UserID](len(live.Users)),
		groups:   make(map[directory.GroupID]*directory.Group, len(live.Groups)),
		byName:   newMulti[directory.Name, directory.GroupID](len(live.Groups)),
		roles:    newMulti[directory.Name, directory.RoleID](len(live.Roles)),
		projects: newMulti[directory.Name, directory.ProjectID](len(live.Projects)),
		profiles: newMulti[directory.Name, directory.ProfileID](len(live.Profiles)),
		fixing:   make(map[string]bool),
	}
	for i := range live.Users {
		u := &live.Users[i]
		ix.users[u.ID] = u
		if u.NameFixed {
			ix.fixing[foldSignOn(u.SignOn)] = true
		}
		if !u.Untouchable() {
			ix.byKey.add(u.Email.Key(), u.ID)
		}
	}
	for i := range live.Groups {
		ix.groups[live.Groups[i].ID] = &live.Groups[i]
		ix.byName.add(live.Groups[i].Name.Canonical(), live.Groups[i].ID)
	}
	for _, s := range live.SignOns {
		if s.NameFixed {
			ix.fixing[foldSignOn(s.Name)] = true
		}
	}
	for _, r := range live.Roles {
		ix.roles.add(r.Name.Canonical(), r.ID)
	}
	for _, p := range live.Projects {
		ix.projects.add(p.Name.Canonical(), p.ID)
	}
	for _, p := range live.Profiles {
		ix.profiles.add(p.Name.Canonical(), p.ID)
	}
	return ix
}

// sorted returns live with every list by id, copying only the lists that are not.
func sorted(live *directory.Live) *directory.Live {
	s := *live
	s.Users = byID(live.Users, func(u directory.User) directory.UserID { return u.ID })
	s.Groups = byID(live.Groups, func(g directory.Group) directory.GroupID { return g.ID })
	s.Roles = byID(live.Roles, func(r directory.Role) directory.RoleID { return r.ID })
	s.Projects = byID(live.Projects, func(p directory.Project) directory.ProjectID { return p.ID })
	s.Profiles = byID(live.Profiles, func(p directory.Profile) directory.ProfileID { return p.ID })
	s.SignOns = byID(live.SignOns, func(o directory.SignOn) directory.SignOnID { return o.ID })
	s.Groups = within(s.Groups, func(g *directory.Group) *[]directory.UserID { return &g.Members })
	s.Projects = within(s.Projects, func(p *directory.Project) *[]directory.GroupID { return &p.Groups })
	s.Users = within(s.Users, func(u *directory.User) *[]directory.ProjectID { return &u.Projects })
	s.Remarks = slices.Sorted(slices.Values(live.Remarks))
	return &s
}

// within returns the items with the list inside of each sorted. It copies what it changes, and nothing if all are sorted.
func within[T any, ID cmp.Ordered](items []T, inner func(*T) *[]ID) []T {
	copied := false
	for i := range items {
		if slices.IsSorted(*inner(&items[i])) {
			continue
		}
		if !copied {
			items, copied = slices.Clone(items), true
		}
		own := inner(&items[i])
		*own = slices.Sorted(slices.Values(*own))
	}
	return items
}

func byID[T any, ID cmp.Ordered](list []T, id func(T) ID) []T {
	compare := func(a, b T) int { return cmp.Compare(id(a), id(b)) }
	if slices.IsSortedFunc(list, compare) {
		return list
	}
	list = slices.Clone(list)
	slices.SortFunc(list, compare)
	return list
}
