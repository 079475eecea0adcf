package testrailsim

import (
	"fmt"
	"strings"

	"rollcall/internal/sim/people"
)

// GenOptions says how large a generated company is. 0 takes the default of a field, a negative number means none.
type GenOptions struct {
	Users    int // default 200; at least the administrator
	Groups   int // default one for 14 users, at least 8
	Projects int // default one for 40 users, at least 4
	Switches Switches
}

// Generate makes up a company: people with names in many scripts and ASCII addresses, leavers, contractors at partner
// domains, service accounts, forgotten users, teams that look nested, projects with access. The same seed and options
// give the same snapshot. The first account is DefaultAdmin. User.Note says what is special about a person.
func Generate(seed uint64, o GenOptions) Snapshot {
	o.Users = max(1, people.Size(o.Users, 200))
	o.Groups = people.Size(o.Groups, max(8, o.Users/14))
	o.Projects = people.Size(o.Projects, max(4, o.Users/40))
	g := generator{people.NewSource(seed)}
	s := EmptySnapshot()
	s.Switches = o.Switches
	s.Roles = append(s.Roles,
		Role{ID: 6, Name: "Test Manager"},
		Role{ID: 8, Name: "Automation Engineer"},
		Role{ID: 9, Name: "Auditor (read-only)"},
		Role{ID: 11, Name: "Project Administrator", IsProjectAdmin: true},
	)
	g.people(&s, o.Users)
	g.groups(&s, o.Groups)
	g.projects(&s, o.Projects)
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
			id += 1 + g.IntN(3) // ids that never were: a registration that failed
		}
		u := User{ID: id, IsActive: true, RoleID: g.role(), EmailNotifications: !g.Chance(15), MFARequired: g.Chance(30)}
		// The first accounts make sure that a small company has one of each kind; above, chance decides.
		switch n := len(s.Users); {
		case n == 2 || n > 12 && n%250 == 0:
			g.service(&u, services[n/250%len(services)])
		case n == 5 || n > 12 && g.Chance(1):
			g.forgotten(&u)
		default:
			g.colleague(&u, n)
		}
		s.Users = append(s.Users, u)
	}
}

func (g generator) service(u *User, what string) {
	u.Name, u.Email = "CI "+what, g.Address("ci-"+what, "", "acme.example")
	u.EmailNotifications, u.MFARequired, u.RoleID = false, false, 8
	u.Note = "service account"
}

// forgotten is what TestRail leaves of an account that a data protection request removed (DOC, Security page).
func (g generator) forgotten(u *User) {
	at := g.Ago(900).UnixMilli() + int64(g.IntN(86_400_000))
	name := fmt.Sprintf("F%013d", at)
	for !g.Take(name) {
		at++
		name = fmt.Sprintf("F%013d", at)
	}
	u.Name, u.Email, u.IsActive, u.EmailNotifications, u.MFARequired = name, name, false, false, false
	u.Note = "forgotten"
}

func (g generator) colleague(u *User, n int) {
	person := g.Person()
	name, local := person.Name, person.Local
	domain, tag := "acme.example", ""
	switch {
	case n == 3 || g.Chance(8):
		domain = people.Pick(g.Source, people.PartnerDomains())
		u.Note = "contractor"
	case g.Chance(12):
		domain = "mobile.acme.example"
	}
	if n == 4 || g.Chance(3) {
		tag = people.Pick(g.Source, []string{"+qa", "+testrail", "+e2e", "+2fa"})
	}
	if g.Chance(3) {
		local = strings.ToUpper(local[:1]) + local[1:] // spelled as somebody typed it
	}
	u.Name, u.Email = name, g.Address(local, tag, domain)
	switch {
	case n == 6 || n > 12 && g.Chance(9):
		u.IsActive = false
		u.Note = "leaver since " + g.Date()
	case n == 7 || n > 12 && g.Chance(3):
		u.Note = "active but gone since " + g.Date()
	case n == 1 || n > 12 && n%190 == 0:
		u.IsAdmin, u.RoleID = true, 1
		u.Note = ""
	}
	u.SSOEnabled = domain != "acme.example" || g.Chance(80)
}

func (g generator) role() int {
	return people.Pick(g.Source, []int{3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 4, 4, 1, 6, 8, 8, 9, 5})
}
