package qtest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/provider/instance"
)

// snapshot is one reading: what came, and what join makes of it.
type snapshot struct {
	people     []userItem // of the search by name, by id
	peopleRead bool
	found      []userItem // of the search by project, by id
	foundRead  bool
	foundSize  int
	alone      []userItem // read one by one
	lonelyRead bool
	groups     []groupItem // by id
	groupsRead bool
	systems    []systemItem
	pages      plan.Pages

	users   []directory.User // by id
	members [][]directory.UserID
	admins  directory.GroupID // 0: there is no group of administrators
	tells   bool              // every account says how the person signs on
	remarks []string
}

// from returns the route of the list that the accounts are of.
func (s *snapshot) from() string {
	if s.peopleRead {
		return searchByName
	}
	return searchByProject
}

// list returns the accounts as they came.
func (s *snapshot) list() []userItem {
	if s.peopleRead {
		return s.people
	}
	return s.found
}

// signsOnElsewhere reports whether anybody does.
func (s *snapshot) signsOnElsewhere() bool {
	return slices.ContainsFunc(s.list(), func(u userItem) bool { return u.elsewhere() })
}

// filled reports whether the group has all its members with it: as many as it says to have. One that does not say is
// believed if it has a list at all.
func (g *groupItem) filled() bool {
	if !g.Total.Present {
		return g.Users != nil
	}
	return int64(len(g.Users)) == g.Total.Value
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

// lonely returns the accounts of which no list says in which groups they are, if groups lack members: by id.
func (s *snapshot) lonely() []directory.UserID {
	if s.lonelyRead || !s.foundRead || !s.groupsRead || !slices.ContainsFunc(s.groups, func(g groupItem) bool { return !g.filled() }) {
		return nil
	}
	count := make(map[int64]int64)
	var lonely []directory.UserID
	told := make(map[int64]bool, len(s.found))
	for i := range s.found {
		u := &s.found[i]
		told[u.number()] = u.GroupIDs.Known
		for _, id := range u.GroupIDs.List {
			count[id.Value]++
		}
	}
	short := false
	for i := range s.groups {
		g := &s.groups[i]
		short = short || !g.filled() && (!g.Total.Present || count[g.number()] < g.Total.Value)
	}
	if !short {
		return nil
	}
	for i := range s.list() {
		if id := s.list()[i].number(); !told[id] {
			lonely = append(lonely, directory.UserID(id))
		}
	}
	return lonely
}

// join makes users and members of what was read, or returns why it is no whole.
func (s *snapshot) join() error {
	s.remarks, s.admins, s.tells = nil, 0, true
	list := s.list()
	s.users = make([]directory.User, len(list))
	for i := range list {
		s.users[i] = list[i].user(s.systems)
		s.tells = s.tells && list[i].tellsSignOn()
	}
	if len(s.users) == 0 {
		return instance.Inconsistent(s.from(), "the list is empty")
	}
	for _, check := range []func() error{s.everybody, s.joinGroups, s.joinProjects} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// everybody holds the two lists of accounts against each other. Nobody knows whether the search by project lists people
// without a project (GUESS); the list itself can show that it does:
//
//	search by name     somebody active without a    whom the search by project lacks
//	                   project is listed by project
//	lists people       yes                          inconsistent, if active
//	lists people       no                           is in no project
//	lists nobody       yes                          nobody: that list is the list of people
//	lists nobody       no                           nobody knows: inconsistent
func (s *snapshot) everybody() error {
	if !s.foundRead {
		return nil
	}
	listsAll := slices.ContainsFunc(s.found, func(u userItem) bool {
		return u.Status.Value == statusActive && u.Projects.Known && len(u.Projects.List) == 0
	})
	if !s.peopleRead {
		if !listsAll {
			err := instance.Inconsistent(searchByProject, "it can't be told whether people without a project are listed")
			err.Hint = "take the account that asks out of all projects: if it is still listed, so is everybody"
			return err
		}
		return nil
	}
	listed := make(map[directory.UserID]bool, len(s.found))
	for i := range s.found {
		id := directory.UserID(s.found[i].number())
		if _, known := s.user(id); !known {
			return instance.Inconsistent(searchByProject, "%s does not list user %d", searchByName, id)
		}
		listed[id] = true
	}
	for i := range s.users {
		if u := &s.users[i]; listsAll && u.Active && !listed[u.ID] {
			return instance.Inconsistent(searchByProject, "user %d is missing, though people without a project are listed", u.ID)
		}
	}
	return nil
}

// side is what accounts tell of their groups.
type side struct {
	told   map[directory.UserID]bool // the account tells
	groups map[directory.GroupID][]directory.UserID
}

func (s *snapshot) side() side {
	told := side{make(map[directory.UserID]bool), make(map[directory.GroupID][]directory.UserID)}
	for _, list := range [][]userItem{s.found, s.alone} {
		for i := range list {
			u := &list[i]
			id := directory.UserID(u.number())
			if !u.GroupIDs.Known || told.told[id] {
				continue
			}
			told.told[id] = true
			for _, group := range u.GroupIDs.List {
				told.groups[directory.GroupID(group.Value)] = append(told.groups[directory.GroupID(group.Value)], id)
			}
		}
	}
	for id := range told.groups {
		slices.Sort(told.groups[id])
		told.groups[id] = slices.Compact(told.groups[id])
	}
	return told
}

// joinGroups holds the two sides of the membership relation against each other, where both are there, and makes their union
// the members of each group. It returns an error unless both sides say the same of every active account. Whether inactive
// members are shown is not documented, so what one side alone says of them is a remark.
//
//	membership is on          the account is     then
//	both sides                anything           fine
//	one side                  active             inconsistent
//	one side                  inactive           remark, the account is a member
//	the user's side, the      anything           fine: the group's list is not filled
//	  list is short
//	the group's side, the     anything           fine
//	  account does not tell
//	the group's side          not listed         inconsistent
//	the user's side, of a     active             inconsistent
//	  group not listed        inactive           remark
//
// A group whose own list is short has to have as many members in the end as it says, or as many active ones: which it counts
// is not documented.
func (s *snapshot) joinGroups() error {
	if !s.groupsRead {
		return nil
	}
	told := s.side()
	oneSided := 0
	s.members = make([][]directory.UserID, len(s.groups))
	for i := range s.groups {
		g := &s.groups[i]
		members, alone, err := s.joinGroup(g, told)
		if err != nil {
			return err
		}
		s.members[i] = members
		oneSided += alone
		delete(told.groups, directory.GroupID(g.number()))
		if g.administers() {
			s.admins = directory.GroupID(g.number())
			for _, id := range members {
				u, _ := s.user(id)
				u.Admin = true
			}
		}
	}
	for _, group := range slices.Sorted(maps.Keys(told.groups)) { // what is left of them
		for _, id := range told.groups[group] {
			if u, listed := s.user(id); !listed || u.Active {
				return instance.Inconsistent(searchByProject, "user %d says to be in group %d, which groups does not list", id, group)
			}
			oneSided++
		}
	}
	if oneSided > 0 {
		s.remarks = append(s.remarks, fmt.Sprintf("memberships of inactive accounts that only the user or only the group shows: %d; "+
			"they are taken for members", oneSided))
	}
	return nil
}

// joinGroup returns the members of one group, and how many of them only one side shows.
func (s *snapshot) joinGroup(g *groupItem, told side) (members []directory.UserID, oneSided int, err error) {
	id := directory.GroupID(g.number())
	own := told.groups[id]
	members = make([]directory.UserID, 0, max(len(g.Users), len(own)))
	for _, u := range g.Users {
		member := directory.UserID(u.number())
		account, listed := s.user(member)
		_, both := slices.BinarySearch(own, member)
		switch {
		case !listed:
			return nil, 0, instance.Inconsistent("groups", "group %d has a member that %s does not list, id %d", id, s.from(), member)
		case both, !told.told[member]:
		case account.Active:
			return nil, 0, instance.Inconsistent("groups", "group %d has user %d as a member, whose own groups lack it", id, member)
		default:
			oneSided++
		}
		members = append(members, member)
	}
	slices.Sort(members)
	if members = slices.Compact(members); len(members) < len(g.Users) {
		return nil, 0, instance.Inconsistent("groups", "group %d has a member twice", id)
	}
	listed := members
	for _, member := range own {
		account, known := s.user(member)
		_, both := slices.BinarySearch(listed, member)
		switch {
		case both:
			continue
		case !known:
			return nil, 0, instance.Inconsistent(searchByProject, "%s does not list user %d", s.from(), member)
		case !g.filled():
		case account.Active:
			return nil, 0, instance.Inconsistent(searchByProject, "user %d says to be in group %d, whose list lacks it", member, id)
		default:
			oneSided++
		}
		members = append(members, member)
	}
	slices.Sort(members)
	if g.filled() {
		return members, oneSided, nil
	}
	return members, oneSided, s.addsUp(g, members, told)
}

// addsUp returns an error unless the members are as many as the group says to have, or, if it does not say, everybody tells.
func (s *snapshot) addsUp(g *groupItem, members []directory.UserID, told side) error {
	if !g.Total.Present {
		for i := range s.users {
			if !told.told[s.users[i].ID] {
				return instance.Inconsistent("groups", "group %d does not say who is in it, and user %d not in which groups", g.number(), s.users[i].ID)
			}
		}
		return nil
	}
	active := 0
	for _, id := range members {
		if u, _ := s.user(id); u.Active {
			active++
		}
	}
	if total := g.Total.Value; total != int64(len(members)) && total != int64(active) {
		return instance.Inconsistent("groups", "group %d says to have %d members, and %d are known", g.number(), total, len(members))
	}
	return nil
}

// joinProjects gives the accounts their projects.
func (s *snapshot) joinProjects() error {
	for i := range s.found {
		u, known := s.user(directory.UserID(s.found[i].number()))
		if !known {
			continue // everybody has looked
		}
		for _, id := range s.found[i].Projects.List {
			u.Projects = append(u.Projects, directory.ProjectID(id.Value))
		}
		slices.Sort(u.Projects)
		u.Projects = slices.Compact(u.Projects)
	}
	return nil
}
