package testrailsim

import (
	"fmt"
	"slices"
	"strings"
)

// groupNames returns distinct names: the site's own, then teams whose names look nested ("Payments / Mobile / QA").
func (g *generator) groupNames(total int) []string {
	names := siteGroupNames()
	if most := max(4, total/6); len(names) > most {
		names = names[:most]
	}
	if len(names) >= total {
		return names[:total]
	}
	areas := areaNames()
	g.rng.Shuffle(len(areas), func(i, j int) { areas[i], areas[j] = areas[j], areas[i] })
	areas = areas[:min(len(areas), 1+total/8)]
	teams := make([][]string, len(areas))
	for i, area := range areas {
		teams[i] = g.teamNames(area)
	}
	// Round by round over the areas, so that all have parents before any has many teams.
	for round := 0; len(names) < total; round++ {
		for _, t := range teams {
			if len(names) == total {
				break
			}
			name := t[round%len(t)]
			if again := round / len(t); again > 0 {
				name = fmt.Sprintf("%s (%d)", name, again+1)
			}
			names = append(names, name)
		}
	}
	return names
}

// teamNames returns an area, its platforms and their disciplines, in the order in which they are founded.
func (g *generator) teamNames(area string) []string {
	out := []string{area}
	platforms, disciplines := platformNames(), disciplineNames()
	g.rng.Shuffle(len(platforms), func(i, j int) { platforms[i], platforms[j] = platforms[j], platforms[i] })
	g.rng.Shuffle(len(disciplines), func(i, j int) { disciplines[i], disciplines[j] = disciplines[j], disciplines[i] })
	for _, p := range platforms {
		out = append(out, area+" / "+p)
		for _, d := range disciplines {
			out = append(out, area+" / "+p+" / "+d)
		}
	}
	return out
}

// groups forms the groups and puts people into them. Only the groups list members: the users' side is derived.
func (g *generator) groups(s *Snapshot, total int) {
	id := 0
	parents := map[string]int{}
	var teams []int // indexes of groups that are teams
	for i, name := range g.groupNames(total) {
		id++
		if g.chance(10) {
			id++ // a group that was deleted
		}
		s.Groups = append(s.Groups, Group{ID: id, Name: name, UserIDs: []int{}})
		if i >= min(4, len(siteGroupNames())) {
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
			join(1, u.ID)
			continue
		case u.Note == "contractor":
			join(0, u.ID)
		case u.RoleID == 6 && u.IsActive:
			join(2, u.ID)
		}
		if !u.IsActive && !g.chance(34) || len(teams) == 0 {
			continue // most leavers were taken out of their groups
		}
		for range 1 + g.rng.IntN(3)*g.rng.IntN(2) {
			team := pick(g, teams)
			join(team, u.ID)
			if area, _, nested := strings.Cut(s.Groups[team].Name, " / "); nested && g.chance(40) {
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
func (g *generator) projects(s *Snapshot, total int) {
	areas := areaNames()
	for i := range total {
		p := Project{ID: i + 1 + i/7, Name: areas[i%len(areas)], SuiteMode: 1 + g.rng.IntN(3)}
		if again := i / len(areas); again > 0 {
			p.Name = fmt.Sprintf("%s %d", p.Name, 2026-again)
		}
		if i > 2 && g.chance(20) {
			p.Name += " (archive)"
			p.IsCompleted = true
			p.CompletedOn = g.today.AddDate(0, 0, -g.rng.IntN(1500)).Unix()
		}
		if g.chance(15) {
			p.Announcement, p.ShowAnnouncement = "Regression window: see https://wiki.acme.example/qa", true
		}
		p.DefaultRoleID = pick(g, []int{0, 0, 0, 5, 5, 4})
		for range g.rng.IntN(4) {
			if len(s.Groups) > 0 {
				p.Groups = grant(p.Groups, pick(g, s.Groups).ID, pick(g, []int{0, 3, 2, 6}))
			}
		}
		for range g.rng.IntN(5) {
			p.Users = grant(p.Users, pick(g, s.Users).ID, pick(g, []int{1, 3, 4, 5}))
		}
		s.Projects = append(s.Projects, p)
	}
	if s.Switches.Edition != Enterprise || len(s.Projects) == 0 {
		return
	}
	// Project-level administrators need the role and the projects that they manage (DOC, PLA page).
	for i := range s.Users {
		if u := &s.Users[i]; u.IsActive && !u.IsAdmin && u.RoleID == 6 && g.chance(40) {
			u.RoleID = 11
			for range 1 + g.rng.IntN(2) {
				u.AssignedProjects = append(u.AssignedProjects, pick(g, s.Projects).ID)
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
