package conform

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

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
		case misnamed(w, u), w.Role.Set && w.Role.Value != u.Role, w.Admin.Set && w.Admin.Value != u.Admin,
			w.SignOn.Set && !strings.EqualFold(string(w.SignOn.Value), string(u.SignOn)),
			w.ExternalName.Set && w.ExternalName.Value != u.ExternalName:
			miss("%s is %+v", w.Email, u)
		case u.Active:
			wrong = append(wrong, missesOfProjects(w, u, live)...)
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

// misnamed reports whether a person has another name than the roster wants, where that has the say over names.
func misnamed(w *directory.WantUser, u *directory.User) bool {
	return !u.NameFixed && (w.Name.Set && w.Name.Value != u.Name ||
		w.GivenName.Set && w.GivenName.Value != u.GivenName || w.FamilyName.Set && w.FamilyName.Value != u.FamilyName)
}

// missesOfProjects holds the projects of somebody active against the roster. Who else is in a sample project is the tool's
// business.
func missesOfProjects(w *directory.WantUser, u *directory.User, live *directory.Live) []string {
	var wrong []string
	for _, p := range live.Projects {
		wanted := slices.ContainsFunc(w.Projects.Value, func(ref directory.ProjectRef) bool { return ref.Project == p.Name })
		switch is := slices.Contains(u.Projects, p.ID); {
		case !w.Projects.Set:
		case wanted && !is:
			wrong = append(wrong, fmt.Sprintf("%s is no member of project %s", w.Email, p.Name))
		case is && !wanted && !p.Sample:
			wrong = append(wrong, fmt.Sprintf("%s is still a member of project %s", w.Email, p.Name))
		}
	}
	return wrong
}
