package roster

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/edit"
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
// named. Admins is the name of the group that stands for administrators, "" for none: a roster refuses it in any case.
func teams(live *directory.Live, named []person, admins directory.Name) (list []team, left []leftOut) {
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
		if admins != "" && strings.EqualFold(string(name), string(admins.Canonical())) {
			left = append(left, leftOut{fmt.Sprintf("group %d: %s is the group of the administrators, which is no group here", g.ID, edit.Quoted(string(g.Name)))})
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
