package testrail

import (
	"cmp"
	"fmt"
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/provider/instance"
)

// sortIDs brings the members of a group into the order of their ids, each once.
func sortIDs(g *directory.Group) {
	slices.Sort(g.Members)
	g.Members = slices.Compact(g.Members)
}

// user returns the account with an id.
func (s *snapshot) user(id directory.UserID) (*directory.User, bool) {
	i, found := slices.BinarySearchFunc(s.users, id, func(u directory.User, id directory.UserID) int {
		return cmp.Compare(u.ID, id)
	})
	if !found {
		return nil, false
	}
	return &s.users[i], true
}

// disagreement holds the two sides of the membership relation against each other, the users' group_ids and the groups'
// user_ids, and puts their union into the groups. It returns an error unless both sides say the same of every active
// account. Whether inactive members are shown is not documented, so what one side alone says of them is a remark.
//
//	membership is on         the account is     then
//	both sides               anything           fine
//	one side                 active             inconsistent
//	one side                 inactive           remark, the account stays in the list
//	the group's side         not in get_users   inconsistent
//	the user's side, of a    active             inconsistent
//	group that is not there  inactive           remark
//
// Without group_ids (before 7.3) or without groups (before 7.5) there is only one side.
func (s *snapshot) disagreement() error {
	s.remarks = nil
	if !s.readGroups {
		return nil
	}
	oneSided := 0
	byGroup, strays := s.byGroup()
	for _, m := range strays {
		if u, _ := s.user(m.User); u.Active {
			return instance.Inconsistent("get_users", "user %d says to be in group %d, which get_groups does not list", m.User, m.Group)
		}
		oneSided++
	}
	twoSided := s.has&hasGroupIDs != 0
	for i := range s.groups {
		g := &s.groups[i]
		if twoSided && slices.Equal(g.Members, byGroup[i]) {
			continue
		}
		for _, id := range g.Members {
			u, found := s.user(id)
			if !found {
				return instance.Inconsistent("get_groups", "group %d has a member that get_users does not list, id %d", g.ID, id)
			}
			if _, both := slices.BinarySearch(byGroup[i], id); !twoSided || both {
				continue
			}
			if u.Active {
				return instance.Inconsistent("get_groups", "group %d has user %d as a member, whose own group_ids lack it", g.ID, id)
			}
			oneSided++
		}
		listed := g.Members
		for _, id := range byGroup[i] {
			if _, both := slices.BinarySearch(listed, id); both {
				continue
			}
			if u, _ := s.user(id); u.Active {
				return instance.Inconsistent("get_users", "user %d says to be in group %d, whose user_ids lack it", id, g.ID)
			}
			g.Members = append(g.Members, id)
			oneSided++
		}
		sortIDs(g)
	}
	if oneSided > 0 {
		s.remarks = append(s.remarks, fmt.Sprintf("memberships of inactive accounts that only the user or only the group shows: %d; "+
			"they are taken for members", oneSided))
	}
	return nil
}

// byGroup returns the members of each group as the users tell it, sorted, and what they tell of groups that are not there.
func (s *snapshot) byGroup() (members [][]directory.UserID, strays []membership) {
	members = make([][]directory.UserID, len(s.groups))
	if s.has&hasGroupIDs == 0 {
		return members, nil
	}
	place := make(map[directory.GroupID]int, len(s.groups))
	for i := range s.groups {
		place[s.groups[i].ID] = i
		members[i] = make([]directory.UserID, 0, len(s.groups[i].Members))
	}
	for _, m := range s.members {
		if i, found := place[m.Group]; found {
			members[i] = append(members[i], m.User)
		} else {
			strays = append(strays, m)
		}
	}
	for i := range members {
		if !slices.IsSorted(members[i]) {
			slices.Sort(members[i])
		}
		members[i] = slices.Compact(members[i])
	}
	return members, strays
}

// live returns the live state of a consistent snapshot.
func (r *Reader) live(s *snapshot) *directory.Live {
	live := &directory.Live{
		Self:     r.self,
		Users:    s.users,
		Groups:   append([]directory.Group{}, s.groups...), // never nil: it is written to snapshots
		Roles:    append([]directory.Role{}, r.roles.list...),
		Projects: []directory.Project{},
		Remarks:  s.remarks,
	}
	if r.roles.presence == absent {
		live.Roles = borne(s.users)
	}
	r.addProjects(live)
	return live
}

// addProjects adds the projects to a live state, if they were read.
func (r *Reader) addProjects(live *directory.Live) {
	if r.projects.presence == present {
		live.Projects, live.ProjectsRead = append([]directory.Project{}, r.projects.list...), true
	}
}

// borne returns the roles that users bear, for an instance that does not list its roles.
func borne(users []directory.User) []directory.Role {
	seen := make(map[directory.RoleID]directory.Name)
	for i := range users {
		if u := &users[i]; u.RoleID != 0 && u.Role != "" {
			seen[u.RoleID] = u.Role
		}
	}
	roles := make([]directory.Role, 0, len(seen))
	for id, name := range seen {
		roles = append(roles, directory.Role{ID: id, Name: name})
	}
	slices.SortFunc(roles, func(a, b directory.Role) int { return cmp.Compare(a.ID, b.ID) })
	return roles
}
