package qtest_test

import (
	"slices"

	"rollcall/internal/directory"
	sim "rollcall/internal/sim/qtestsim"
)

// truth is what a site holds, in the words of a live state.
func truth(s sim.Snapshot, more directory.Extent) *directory.Live {
	live := &directory.Live{Self: 1, Groups: []directory.Group{}, Roles: []directory.Role{}, Projects: []directory.Project{}}
	old := s.Switches.Generation == sim.Gen2018
	members := make(map[int][]directory.ProjectID)
	for _, p := range s.Projects {
		for _, m := range p.Members {
			members[m.User] = append(members[m.User], directory.ProjectID(p.ID))
		}
		if more.Projects {
			live.Projects = append(live.Projects, directory.Project{ID: directory.ProjectID(p.ID), Name: directory.Name(p.Name), Sample: p.Sample})
		}
	}
	systems := make(map[int]sim.AuthSystem)
	for _, a := range s.AuthSystems {
		systems[a.ID] = a
	}
	elsewhere := false
	for _, u := range s.Users {
		user := directory.User{
			ID: directory.UserID(u.ID), Email: directory.Email(u.Username), GivenName: u.FirstName, FamilyName: u.LastName,
			Name: directory.FullName(u.FirstName, u.LastName), Active: u.Status == sim.StatusActive,
			Pending: u.Status != sim.StatusActive && u.Status != sim.StatusInactive, SignOn: "Internal", ExternalName: u.ExternalName,
		}
		if u.AuthSystem != 0 {
			elsewhere = true
			user.SignOn = directory.Name(systems[u.AuthSystem].Name)
			user.NameFixed = systems[u.AuthSystem].Type == "LDAP" && !old
		}
		if more.Projects {
			user.Projects = members[u.ID]
		}
		live.Users = append(live.Users, user)
	}
	for _, g := range s.Groups {
		switch {
		case old:
		case g.Name == sim.Administrators:
			for i := range live.Users {
				live.Users[i].Admin = slices.Contains(g.UserIDs, int(live.Users[i].ID))
			}
		default:
			group := directory.Group{ID: directory.GroupID(g.ID), Name: directory.Name(g.Name), Rights: g.Authorities, System: g.System, Members: []directory.UserID{}}
			for _, id := range g.UserIDs {
				group.Members = append(group.Members, directory.UserID(id))
			}
			live.Groups = append(live.Groups, group)
		}
	}
	if more.Projects {
		live.ProjectsRead = true
		for _, p := range s.Profiles {
			live.Profiles = append(live.Profiles, directory.Profile{ID: directory.ProfileID(p.ID), Name: directory.Name(p.Name)})
		}
		slices.SortFunc(live.Profiles, func(a, b directory.Profile) int { return int(a.ID - b.ID) })
	}
	if more.SignOns || elsewhere {
		live.SignOnsRead, live.SignOns = true, []directory.SignOn{{ID: -1, Name: "Internal", Own: true}}
		for _, a := range s.AuthSystems {
			if !old {
				live.SignOns = append(live.SignOns, directory.SignOn{ID: directory.SignOnID(a.ID), Name: directory.Name(a.Name)})
			}
		}
	}
	return live
}

// doubts are the switches that concern a reading, each on its own and some together.
func doubts() map[string]sim.Switches {
	return map[string]sim.Switches{
		"nothing else":                        {},
		"an account hides its groups":         {UserHidesGroups: true},
		"groups hide their users":             {GroupsHideUsers: true},
		"both hide the other side":            {UserHidesGroups: true, GroupsHideUsers: true},
		"the search by name lists nobody":     {EmptySearchNobody: true},
		"it lists nobody and groups hide":     {EmptySearchNobody: true, GroupsHideUsers: true},
		"a search by name finds parts":        {SearchPart: true},
		"search by project needs one":         {SearchNeedsProject: true},
		"it needs one and groups hide":        {SearchNeedsProject: true, GroupsHideUsers: true},
		"inactive is true by default":         {InactiveShown: true},
		"an invited account has status 2":     {NewIsTwo: true},
		"texts are blank":                     {Empty: sim.BlankText},
		"texts are absent":                    {Empty: sim.AbsentText},
		"fields that nobody knows":            {ExtraFields: true},
		"projects come by the page":           {ProjectsFirstPage: true},
		"projects by the page, large refused": {ProjectsFirstPage: true, OversizeRefused: true},
	}
}
