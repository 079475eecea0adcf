package conform

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

func usersByID(live *directory.Live) map[directory.UserID]directory.User {
	users := make(map[directory.UserID]directory.User, len(live.Users))
	for _, u := range live.Users {
		users[u.ID] = u
	}
	return users
}

func groupsByID(live *directory.Live) map[directory.GroupID]directory.Group {
	groups := make(map[directory.GroupID]directory.Group, len(live.Groups))
	for _, g := range live.Groups {
		groups[g.ID] = g
	}
	return groups
}

// lacking returns those of list whom other lacks.
func lacking(list, other []directory.UserID) []directory.UserID {
	var rest []directory.UserID
	for _, id := range list {
		if !slices.Contains(other, id) {
			rest = append(rest, id)
		}
	}
	return rest
}

func sameName(text string, name directory.Name) bool {
	return directory.Name(text).Canonical() == name.Canonical()
}

// folded returns a field's value in the form in which it is compared.
func folded(field plan.Field, v plan.Value) plan.Value {
	if text, is := v.AsText(); is && field == plan.FieldEmail {
		return plan.Text(string(directory.Email(text).Key()))
	}
	return v
}

// unlike returns the fields in which two accounts differ, with the new values.
func unlike(before, now directory.User) map[plan.Field]plan.Value {
	changed := make(map[plan.Field]plan.Value)
	text := func(field plan.Field, was, is string) {
		if was != is {
			changed[field] = plan.Text(is)
		}
	}
	flag := func(field plan.Field, was, is bool) {
		if was != is {
			changed[field] = plan.Flag(is)
		}
	}
	text(plan.FieldEmail, string(before.Email.Key()), string(now.Email.Key()))
	text(plan.FieldName, before.Name, now.Name)
	text(plan.FieldRole, string(before.Role), string(now.Role))
	flag(plan.FieldActive, before.Active, now.Active)
	flag(plan.FieldAdmin, before.Admin, now.Admin)
	flag(plan.FieldEmailNotifications, before.EmailNotifications, now.EmailNotifications)
	flag(plan.FieldMFARequired, before.MFARequired, now.MFARequired)
	return changed
}

// difference tells a reader what differs between two states.
func difference(before, now *directory.Live) string {
	var parts []string
	was := usersByID(before)
	for _, u := range now.Users {
		for field, value := range unlike(was[u.ID], u) {
			parts = append(parts, fmt.Sprintf("user %d %s=%s", u.ID, field, value))
		}
	}
	groups, still := groupsByID(before), groupsByID(now)
	for _, g := range before.Groups {
		if _, there := still[g.ID]; !there {
			parts = append(parts, fmt.Sprintf("group %d deleted", g.ID))
		}
	}
	for _, g := range now.Groups {
		if old := groups[g.ID]; old.Name != g.Name || !slices.Equal(old.Members, g.Members) {
			parts = append(parts, fmt.Sprintf("group %d %q %v, was %q %v", g.ID, g.Name, g.Members, old.Name, old.Members))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// misses returns what of a roster is not in place, from the roster and the instance alone. It does not ask the planner,
// whose mistakes it is there to find, and knows of the roster what the suites put into one.
func misses(want *directory.Desired, live *directory.Live) []string {
	var wrong []string
	miss := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	accounts := make(map[directory.EmailKey]*directory.User)
	for i := range live.Users {
		accounts[live.Users[i].Email.Key()] = &live.Users[i]
	}
	for i := range want.Users {
		w := &want.Users[i]
		for _, was := range w.Was {
			// Nobody asked for the account to come back: it keeps its former address.
			if old := accounts[was.Value.Key()]; accounts[w.Email.Key()] == nil && old != nil && !old.Active && !w.Active.Set {
				accounts[w.Email.Key()] = old
			}
		}
	}
	listed := make(map[directory.EmailKey]bool)
	for i := range want.Users {
		w := &want.Users[i]
		listed[w.Email.Key()] = true
		u, out := accounts[w.Email.Key()], w.Leaver.Line != 0 || w.Active.Set && !w.Active.Value
		switch {
		case u == nil && out:
		case u == nil:
			miss("%s has no account", w.Email)
		case out && u.Active:
			miss("%s is active", w.Email)
		case !out && !u.Active && w.Active.Set:
			miss("%s is inactive", w.Email)
		case !out && !u.Active: // left as he is
		case w.Name.Set && w.Name.Value != u.Name, w.Role.Set && w.Role.Value != u.Role, w.Admin.Set && w.Admin.Value != u.Admin:
			miss("%s is %+v", w.Email, u)
		}
	}
	for i := range live.Users {
		u := &live.Users[i]
		if want.Unlisted.Users == directory.PolicyDeactivate && !listed[u.Email.Key()] && u.Active && u.ID != live.Self && !u.Untouchable() {
			miss("%s is active and not listed", u.Email)
		}
	}
	return append(wrong, missesOfGroups(want, live, accounts)...)
}

func missesOfGroups(want *directory.Desired, live *directory.Live, accounts map[directory.EmailKey]*directory.User) []string {
	var wrong []string
	miss := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	users, declared := usersByID(live), want.Members()
	listed := make(map[directory.Name]bool)
	for i := range want.Groups {
		w := &want.Groups[i]
		listed[w.Name.Canonical()] = true
		at := slices.IndexFunc(live.Groups, func(g directory.Group) bool { return sameName(string(w.Name), g.Name) })
		if at < 0 {
			miss("there is no group %s", w.Name)
			continue
		}
		g := live.Groups[at]
		var members []directory.UserID
		for _, m := range declared[w.Name.Canonical()] {
			if u := accounts[m.Email.Key()]; u != nil {
				members = append(members, u.ID)
				if u.Active && !slices.Contains(g.Members, u.ID) {
					miss("%s is no member of %s", m.Email, w.Name)
				}
			}
		}
		for _, id := range lacking(g.Members, members) {
			if u := users[id]; w.Mode.Value == directory.Exact && !u.Untouchable() && id != live.Self {
				miss("%s is still a member of %s", u.Email, w.Name)
			}
		}
	}
	for _, g := range live.Groups {
		if want.Unlisted.Groups == directory.PolicyDelete && !listed[g.Name.Canonical()] && !slices.Contains(g.Members, live.Self) {
			miss("group %s is there and not listed", g.Name)
		}
	}
	return wrong
}
