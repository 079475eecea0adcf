package qtest

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
)

// live returns the live state of a snapshot that join took for whole.
func (r *Reader) live(s *snapshot) *directory.Live {
	live := &directory.Live{
		Self:     r.self,
		Users:    slices.Clone(s.users),
		Groups:   []directory.Group{}, // never nil: it is written to snapshots
		Roles:    []directory.Role{},
		Projects: []directory.Project{},
		Remarks:  slices.Clone(s.remarks),
	}
	for i := range s.groups {
		g := &s.groups[i]
		id := directory.GroupID(g.number())
		if id == s.admins {
			continue
		}
		group := directory.Group{ID: id, Name: directory.Name(g.Name.Value), Members: s.members[i], System: g.System.Value}
		for _, a := range g.Authorities {
			if a.Name.Value != "" {
				group.Rights = append(group.Rights, a.Name.Value)
			}
		}
		slices.Sort(group.Rights)
		live.Groups = append(live.Groups, group)
	}
	r.addProjects(live)
	if !r.known.signOnsUnknown() {
		live.SignOnsRead, live.SignOns = true, []directory.SignOn{{ID: internalID, Name: internal, Own: true}}
		for _, system := range s.systems {
			live.SignOns = append(live.SignOns, directory.SignOn{ID: directory.SignOnID(system.number()), Name: directory.Name(system.Name.Value)})
		}
	}
	return live
}

// addProjects adds the projects, if they were read, and takes memberships of others out: the list lacks those that are
// archived (GUESS), and nobody could name them.
func (r *Reader) addProjects(live *directory.Live) {
	if r.kept.projects != present {
		for i := range live.Users {
			live.Users[i].Projects = nil
		}
		return
	}
	live.ProjectsRead, live.Profiles = true, slices.Clone(r.kept.profiles)
	live.Projects = append(live.Projects, r.kept.list...)
	listed := make(map[directory.ProjectID]bool, len(live.Projects))
	for i := range live.Projects {
		listed[live.Projects[i].ID] = true
	}
	hidden := 0
	for i := range live.Users {
		u := &live.Users[i]
		all := len(u.Projects)
		u.Projects = slices.DeleteFunc(slices.Clone(u.Projects), func(id directory.ProjectID) bool { return !listed[id] })
		hidden += all - len(u.Projects)
		if len(u.Projects) == 0 {
			u.Projects = nil
		}
	}
	if hidden > 0 {
		live.Remarks = append(live.Remarks, fmt.Sprintf("memberships of projects that are not listed: %d; they are left alone", hidden))
	}
}
