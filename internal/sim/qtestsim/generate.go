package qtestsim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"rollcall/internal/sim/people"
)

// GenOptions says how large a generated company is. 0 takes the default of a field, a negative number means none.
type GenOptions struct {
	Users    int // default 200; at least the administrator
	Groups   int // beside the system groups; default one for 14 users, at least 8
	Projects int // beside the sample project; default one for 40 users, at least 4
	Switches Switches
}

// Generate makes up a company: people with names in many scripts and ASCII addresses, signing on by password, SSO or
// LDAP; leavers, contractors at partner domains, service accounts, invitations that nobody took; teams that look nested
// and some that bring projects with them. The same seed and options give the same snapshot. The first account is
// DefaultAdmin. User.Note says what is special about a person.
func Generate(seed uint64, o GenOptions) Snapshot {
	o.Users = max(1, people.Size(o.Users, 200))
	g := generator{people.NewSource(seed)}
	s := EmptySnapshot()
	s.Switches = o.Switches
	s.AuthSystems = []AuthSystem{
		{ID: 12, Type: "SSO_SAML2", Name: "Acme SSO"},
		{ID: 14, Type: "LDAP", Name: "Acme Directory", People: []LDAPPerson{}},
	}
	g.people(&s, o.Users)
	g.projects(&s, people.Size(o.Projects, max(4, o.Users/40)))
	g.groups(&s, people.Size(o.Groups, max(8, o.Users/14)))
	for i := range s.Projects {
		p := &s.Projects[i]
		// A group may have brought somebody who was there already: the first profile stays.
		slices.SortStableFunc(p.Members, func(a, b Member) int { return cmp.Compare(a.User, b.User) })
		p.Members = slices.CompactFunc(p.Members, func(a, b Member) bool { return a.User == b.User })
	}
	return s
}

type generator struct{ *people.Source }

func (g generator) people(s *Snapshot, total int) {
	g.Take(DefaultAdmin)
	services := people.Services()
	id := 1
	for len(s.Users) < total {
		id++
		if g.Chance(4) {
			id += 1 + g.IntN(3)
		}
		u := User{ID: id, Status: StatusActive}
		// The first accounts make sure that a small company has one of each kind; above, chance decides.
		switch n := len(s.Users); {
		case n == 2 || n > 12 && n%250 == 0:
			what := services[n/250%len(services)]
			u.FirstName, u.LastName, u.Username = "CI", what, g.Address("ci-"+what, "", "acme.example")
			u.Note = "service account"
		default:
			g.colleague(s, &u, n)
		}
		s.Users = append(s.Users, u)
	}
	// The directory knows people who have no account yet.
	for range min(total/10, 40) {
		p := g.Person()
		mail := g.Address(p.Local, "", "acme.example")
		uid, _, _ := strings.Cut(mail, "@")
		s.AuthSystems[1].People = append(s.AuthSystems[1].People, LDAPPerson{UID: uid, FirstName: p.Given, LastName: p.Family, Mail: mail})
	}
}

func (g generator) colleague(s *Snapshot, u *User, n int) {
	p := g.Person()
	domain, tag, local := "acme.example", "", p.Local
	switch {
	case n == 3 || g.Chance(8):
		domain = people.Pick(g.Source, people.PartnerDomains())
		u.Note = "contractor"
	case g.Chance(12):
		domain = "mobile.acme.example"
	}
	if n == 4 || g.Chance(3) {
		tag = people.Pick(g.Source, []string{"+qa", "+qtest", "+e2e", "+2fa"})
	}
	if g.Chance(3) {
		local = strings.ToUpper(local[:1]) + local[1:] // spelled as somebody typed it
	}
	u.FirstName, u.LastName, u.Username = p.Given, p.Family, g.Address(local, tag, domain)
	switch {
	case n == 6 || n > 12 && g.Chance(9):
		u.Status, u.Note = StatusInactive, "leaver since "+g.Date()
	case n == 7 || n > 12 && g.Chance(3):
		u.Note = "active but gone since " + g.Date()
	case n == 8 || n > 12 && g.Chance(2):
		u.Status, u.Note = StatusNew, "invited, never came"
	case n == 1 || n > 12 && n%190 == 0:
		u.Note = ""
		s.Groups[0].UserIDs = append(s.Groups[0].UserIDs, u.ID)
	}
	name, _, _ := strings.Cut(u.Username, "@")
	switch {
	case domain != "acme.example" || tag != "":
	case n == 9 || g.Chance(15):
		u.AuthSystem, u.ExternalName = 14, name
		s.AuthSystems[1].People = append(s.AuthSystems[1].People, LDAPPerson{UID: name, FirstName: u.FirstName, LastName: u.LastName, Mail: u.Username})
	case n == 10 || g.Chance(70):
		u.AuthSystem, u.ExternalName = 12, name
	}
	if g.Chance(20) {
		u.Timezone = people.Pick(g.Source, []string{"+01:00", "+07:00", "-05:00", "+05:30"})
	}
}

// projects makes projects with members, each with a profile. The inactive are in none: deactivation took them out.
func (g generator) projects(s *Snapshot, total int) {
	areas := people.Areas()
	profiles := []int{5, 5, 5, 6, 6, 6, 6, 4, 3, 2}
	for i := range total {
		p := Project{ID: 300 + i + i/7, Name: areas[i%len(areas)], StartDate: g.Ago(1500).Format(time.RFC3339), Members: []Member{}}
		if again := i / len(areas); again > 0 {
			p.Name = fmt.Sprintf("%s %d", p.Name, 2026-again)
		}
		p.UUID = fmt.Sprintf("00000000-0000-4000-8000-%012d", p.ID)
		s.Projects = append(s.Projects, p)
	}
	if total == 0 {
		return
	}
	for i := range s.Users {
		u := &s.Users[i]
		var grants []Grant
		for range g.IntN(4) {
			grants = append(grants, Grant{people.Pick(g.Source, s.Projects[1:]).ID, people.Pick(g.Source, profiles)})
		}
		slices.SortStableFunc(grants, func(a, b Grant) int { return cmp.Compare(a.Project, b.Project) })
		grants = slices.CompactFunc(grants, func(a, b Grant) bool { return a.Project == b.Project })
		if u.Status == StatusInactive {
			u.FormerProjects = grants
			continue
		}
		for _, grant := range grants {
			s.enter(grant, u.ID)
		}
	}
}

func (s *Snapshot) enter(grant Grant, user int) {
	at, _ := slices.BinarySearchFunc(s.Projects, grant.Project, func(p Project, id int) int { return cmp.Compare(p.ID, id) })
	s.Projects[at].Members = append(s.Projects[at].Members, Member{User: user, Profile: grant.Profile})
}

// groups forms the teams and puts people into them. Every ninth team brings a project to its members.
func (g generator) groups(s *Snapshot, total int) {
	id := 40
	var teams []int // indexes of groups that are teams
	first := len(s.Groups)
	for i, name := range g.GroupNames(total) {
		id++
		if g.Chance(10) {
			id++
		}
		team := Group{ID: id, Name: name, UserIDs: []int{}}
		if i >= people.SiteGroups {
			teams = append(teams, first+i)
			if i%9 == 0 && len(s.Projects) > 1 {
				team.Projects = []Grant{{people.Pick(g.Source, s.Projects[1:]).ID, 6}}
			}
		}
		s.Groups = append(s.Groups, team)
	}
	join := func(index int, u User) {
		if index >= len(s.Groups) {
			return
		}
		team := &s.Groups[index]
		team.UserIDs = append(team.UserIDs, u.ID)
		if u.Status == StatusInactive {
			return
		}
		for _, grant := range team.Projects {
			s.enter(grant, u.ID)
		}
	}
	for _, u := range s.Users {
		switch u.Note {
		case "service account":
			join(first+people.ServiceAccounts, u)
			continue
		case "contractor":
			join(first+people.Contractors, u)
		}
		if u.Status == StatusInactive && !g.Chance(34) || len(teams) == 0 {
			continue // most leavers were taken out of their groups
		}
		for range 1 + g.IntN(3)*g.IntN(2) {
			join(people.Pick(g.Source, teams), u)
		}
	}
	for i := range s.Groups {
		slices.Sort(s.Groups[i].UserIDs)
		s.Groups[i].UserIDs = slices.Compact(s.Groups[i].UserIDs)
	}
}
