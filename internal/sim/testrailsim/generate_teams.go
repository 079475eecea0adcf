package testrailsim

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/sim/people"
)

// groups forms the groups and puts people into them. Only the groups list members: the users' side is derived.
func (g generator) groups(s *Snapshot, total int) {
	id := 0
	parents := map[string]int{}
	var teams []int // indexes of groups that are teams
	for i, name := range g.GroupNames(total) {
		id++
		if g.Chance(10) {
			id++ // a group that was deleted
		}
		s.Groups = append(s.Groups, Group{ID: id, Name: name, UserIDs: []int{}})
		if i >= people.SiteGroups {
			teams = append(teams, i)
		}
		parents[name] = i
	}
	join := func(index, user int) {
		if index < len(s.Groups) {
			s.Groups[index].UserIDs = append(s.Groups[index].UserIDs, user)
		}
	}
	for _, u := range s.Users {
		switch {
		case u.Note == "service account":
			join(people.ServiceAccounts, u.ID)
			continue
		case u.Note == "contractor":
			join(people.Contractors, u.ID)
		case u.RoleID == 6 && u.IsActive:
			join(people.ReleaseManagers, u.ID)
		}
		if !u.IsActive && !g.Chance(34) || len(teams) == 0 {
			continue // most leavers were taken out of their groups
		}
		for range 1 + g.IntN(3)*g.IntN(2) {
			team := people.Pick(g.Source, teams)
			join(team, u.ID)
			if area, _, nested := strings.Cut(s.Groups[team].Name, " / "); nested && g.Chance(40) {
				if parent, ok := parents[area]; ok {
					join(parent, u.ID)
				}
			}
		}
	}
	for i := range s.Groups {
		slices.Sort(s.Groups[i].UserIDs)
		s.Groups[i].UserIDs = slices.Compact(s.Groups[i].UserIDs)
	}
}

// projects makes projects with access of groups and single users, some of them completed.
func (g generator) projects(s *Snapshot, total int) {
	areas := people.Areas()
	for i := range total {
		p := Project{ID: i + 1 + i/7, Name: areas[i%len(areas)], SuiteMode: 1 + g.IntN(3)}
		if again := i / len(areas); again > 0 {
			p.Name = fmt.Sprintf("%s %d", p.Name, 2026-again)
		}
		if i > 2 && g.Chance(20) {
			p.Name += " (archive)"
			p.IsCompleted = true
			p.CompletedOn = g.Ago(1500).Unix()
		}
		if g.Chance(15) {
			p.Announcement, p.ShowAnnouncement = "Regression window: see https://wiki.acme.example/qa", true
		}
		p.DefaultRoleID = people.Pick(g.Source, []int{0, 0, 0, 5, 5, 4})
		for range g.IntN(4) {
			if len(s.Groups) > 0 {
				p.Groups = grant(p.Groups, people.Pick(g.Source, s.Groups).ID, people.Pick(g.Source, []int{0, 3, 2, 6}))
			}
		}
		for range g.IntN(5) {
			p.Users = grant(p.Users, people.Pick(g.Source, s.Users).ID, people.Pick(g.Source, []int{1, 3, 4, 5}))
		}
		s.Projects = append(s.Projects, p)
	}
	if s.Switches.Edition != Enterprise || len(s.Projects) == 0 {
		return
	}
	// Project-level administrators need the role and the projects that they manage (DOC, PLA page).
	for i := range s.Users {
		if u := &s.Users[i]; u.IsActive && !u.IsAdmin && u.RoleID == 6 && g.Chance(40) {
			u.RoleID = 11
			for range 1 + g.IntN(2) {
				u.AssignedProjects = append(u.AssignedProjects, people.Pick(g.Source, s.Projects).ID)
			}
			slices.Sort(u.AssignedProjects)
			u.AssignedProjects = slices.Compact(u.AssignedProjects)
		}
	}
}

// grant keeps access lists by id, each once.
func grant(list []ProjectAccess, id, role int) []ProjectAccess {
	for _, a := range list {
		if a.ID == id {
			return list
		}
	}
	list = append(list, ProjectAccess{ID: id, RoleID: role})
	slices.SortFunc(list, func(a, b ProjectAccess) int { return a.ID - b.ID })
	return list
}
