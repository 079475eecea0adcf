package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// checkUsers sorts the people by address, sees that each is declared once, and joins them with the leavers.
func (l *loader) checkUsers() {
	l.want.Users = sortedOnce(l.want.Users, func(u *directory.WantUser) directory.EmailKey { return u.Email.Key() },
		func(again, first *directory.WantUser) {
			l.twice(fmt.Sprintf("user %s", again.Email), again.Pos, first.Pos)
		})
	l.joinLeavers()
	former, pins := make(map[directory.EmailKey]directory.Pos), make(map[directory.UserID]directory.Pos)
	for i := range l.want.Users {
		u := &l.want.Users[i]
		label := "user " + string(u.Email)
		checkFormer(l, label, u.Was, u.Email, directory.Email.Key, former, func(key directory.EmailKey) (directory.Pos, bool) {
			if j, found := findUser(l.want.Users, key); found {
				return l.want.Users[j].Pos, true
			}
			return directory.Pos{}, false
		})
		checkPin(l, label, u.ID, pins)
		l.checkExternalName(u)
	}
}

// checkExternalName refuses the name of a person in another system where the person signs on with the tool's own.
func (l *loader) checkExternalName(u *directory.WantUser) {
	if u.ExternalName.Set && u.SignOn.Set && strings.EqualFold(string(u.SignOn.Value), string(directory.OwnSignOn)) {
		l.problems.add(u.ExternalName.Pos, "take one of the two out",
			fmt.Sprintf("user %s: external_name stands beside the system %q at %s, in which nobody has one", u.Email, u.SignOn.Value, u.SignOn.Pos))
	}
}

// findUser returns where a person stands among people who are sorted by address.
func findUser(users []directory.WantUser, key directory.EmailKey) (int, bool) {
	return slices.BinarySearchFunc(users, key, func(u directory.WantUser, key directory.EmailKey) int {
		return cmp.Compare(u.Email.Key(), key)
	})
}

// joinLeavers marks the people that `leavers` names, and adds those who have no entry of their own.
func (l *loader) joinLeavers() {
	declared := l.want.Users
	seen := make(map[directory.EmailKey]bool, len(l.leavers.list))
	for _, leaver := range l.leavers.list {
		key := leaver.Email.Key()
		if seen[key] {
			continue // named twice, which was reported
		}
		seen[key] = true
		i, found := findUser(declared, key)
		if !found {
			l.want.Users = append(l.want.Users, directory.WantUser{Email: leaver.Email, Pos: leaver.Pos, Leaver: leaver.Pos})
			continue
		}
		u := &l.want.Users[i]
		u.Leaver = leaver.Pos
		if active := u.Active; active.Set && active.Value && !active.FromDefault {
			l.problems.add(active.Pos, "take one of the two out",
				fmt.Sprintf("user %s is active: true here and a leaver at %s", u.Email, leaver.Pos))
		}
	}
	if len(l.want.Users) > len(declared) {
		slices.SortFunc(l.want.Users, func(a, b directory.WantUser) int { return cmp.Compare(a.Email.Key(), b.Email.Key()) })
	}
}

// checkGroups sorts the groups by name, sees that each is declared once and says what its list of members means.
func (l *loader) checkGroups() {
	l.want.Groups = sortedOnce(l.want.Groups, func(g *directory.WantGroup) directory.Name { return g.Name },
		func(again, first *directory.WantGroup) {
			l.twice(fmt.Sprintf("group %q", again.Name), again.Pos, first.Pos)
		})
	former, pins := make(map[directory.Name]directory.Pos), make(map[directory.GroupID]directory.Pos)
	for i := range l.want.Groups {
		g := &l.want.Groups[i]
		label := fmt.Sprintf("group %q", g.Name)
		checkFormer(l, label, g.Was, g.Name, directory.Name.Canonical, former, func(name directory.Name) (directory.Pos, bool) {
			j, found := slices.BinarySearchFunc(l.want.Groups, name, func(g directory.WantGroup, name directory.Name) int {
				return cmp.Compare(g.Name, name)
			})
			if !found {
				return directory.Pos{}, false
			}
			return l.want.Groups[j].Pos, true
		})
		checkPin(l, label, g.ID, pins)
		switch {
		case !g.Mode.Set:
			l.problems.add(g.Pos, "exact removes every member that the files do not list for the group, at_least leaves them; write it on the group or in defaults",
				label+" has no mode")
		case !g.Members.Set && g.Mode.Value == directory.Exact:
			l.problems.add(g.Pos, "list its members (members: [] empties it), or write mode: at_least",
				label+" is exact and has no members")
		}
	}
}

func (l *loader) twice(label string, again, first directory.Pos) {
	l.problems.add(again, "", fmt.Sprintf("%s is declared twice, first at %s", label, first))
}

// checkFormer sees that each former name of an entry is nobody's present name and nobody else's former name.
func checkFormer[T, K ~string](l *loader, label string, was []directory.Key[T], own T, fold func(T) K,
	former map[K]directory.Pos, present func(K) (directory.Pos, bool)) {
	for _, old := range was {
		key := fold(old.Value)
		if key == fold(own) {
			l.problems.add(old.Pos, "", fmt.Sprintf("%s: was names what it is called now", label))
			continue
		}
		if other, found := present(key); found {
			l.problems.add(old.Pos, "one entry can't be both: take the old entry out, or the line here",
				fmt.Sprintf("%s: was %s is declared at %s", label, quote(string(old.Value)), other))
		}
		if first, found := former[key]; found {
			l.problems.add(old.Pos, "", fmt.Sprintf("%s: was %s is claimed twice, first at %s", label, quote(string(old.Value)), first))
			continue
		}
		former[key] = old.Pos
	}
}

// checkPin sees that an id is claimed once.
func checkPin[ID ~int64](l *loader, label string, id directory.Key[ID], pins map[ID]directory.Pos) {
	if !id.Set {
		return
	}
	if first, found := pins[id.Value]; found {
		l.problems.add(id.Pos, "", fmt.Sprintf("%s: id %d is claimed twice, first at %s", label, id.Value, first))
		return
	}
	pins[id.Value] = id.Pos
}

// checkNotEmpty refuses a roster that names nobody: with a policy for the unlisted it would be about everybody.
func (l *loader) checkNotEmpty() {
	top := directory.Pos{File: l.folder.shown(l.folder.name), Line: 1, Column: 1}
	switch {
	case l.unreadable:
	case l.listed == 0 && len(l.want.Users) == 0:
		hint := "a roster names at least one person in users or leavers"
		if included := l.want.Files[1:]; len(included) > 0 {
			names := make([]string, len(included))
			for i, f := range included {
				names[i] = f.Path
			}
			hint += "; none is in " + shorten(strings.Join(names, ", ")) + " either"
		}
		l.problems.add(top, hint, "roster has no users")
	case l.listed == 0 && l.want.Unlisted.Users == directory.PolicyDeactivate:
		l.problems.add(l.want.Unlisted.Pos, "", "unlisted users would be deactivated, and the roster lists nobody but leavers")
	}
}

// sortedOnce sorts entries by key and drops those whose key was there before, at an earlier place; each twice is told.
func sortedOnce[T any, K ~string](entries []T, key func(*T) K, twice func(again, first *T)) []T {
	type place struct {
		key   K
		index int
	}
	order := make([]place, len(entries))
	inOrder := true
	for i := range entries {
		order[i] = place{key(&entries[i]), i}
		inOrder = inOrder && (i == 0 || order[i-1].key < order[i].key)
	}
	if inOrder {
		return entries // as most rosters are; it spares a copy of them all
	}
	slices.SortFunc(order, func(a, b place) int {
		return cmp.Or(strings.Compare(string(a.key), string(b.key)), cmp.Compare(a.index, b.index))
	})
	sorted := make([]T, 0, len(entries))
	for i, p := range order {
		if i > 0 && order[i-1].key == p.key {
			twice(&entries[p.index], &sorted[len(sorted)-1])
			continue
		}
		sorted = append(sorted, entries[p.index])
	}
	return sorted
}
