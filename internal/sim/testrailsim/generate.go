package testrailsim

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
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
	o.Users = max(1, size(o.Users, 200))
	o.Groups = size(o.Groups, max(8, o.Users/14))
	o.Projects = size(o.Projects, max(4, o.Users/40))
	g := &generator{
		rng:      rand.New(rand.NewPCG(seed, 0x726f6c6c63616c6c)),
		cultures: cultures(),
		taken:    make(map[string]int, o.Users),
		today:    time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC),
	}
	for i, c := range g.cultures {
		for range c.weight {
			g.wheel = append(g.wheel, i)
		}
	}
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

func size(asked, fallback int) int {
	if asked < 0 {
		return 0
	}
	return cmp.Or(asked, fallback)
}

type generator struct {
	rng      *rand.Rand
	cultures []culture
	wheel    []int          // culture numbers by weight
	taken    map[string]int // local part and domain, folded, to the times it was wanted
	today    time.Time
}

// chance is true in percent of 100 cases.
func (g *generator) chance(percent int) bool { return g.rng.IntN(100) < percent }

func pick[T any](g *generator, from []T) T { return from[g.rng.IntN(len(from))] }

// person makes up a name and the local part of an address.
func (g *generator) person() (name, local string) {
	c := g.cultures[pick(g, g.wheel)]
	given, family := pick(g, c.given), pick(g, c.family)
	if c.doubles && g.chance(35) {
		second := pick(g, c.family)
		if second != family {
			family = spelling{family.native + "-" + second.native, family.ascii + "-" + second.ascii}
		}
	}
	first, last := given.native, family.native
	if c.familyFirst {
		first, last = last, first
	}
	return strings.ReplaceAll(first+c.separator+last, "_", " "), given.ascii + "." + family.ascii
}

// address makes the address unique, as a directory would: with a number.
func (g *generator) address(local, tag, domain string) string {
	key := strings.ToLower(local + tag + "@" + domain)
	g.taken[key]++
	if g.taken[key] == 1 {
		return local + tag + "@" + domain
	}
	for {
		numbered := fmt.Sprintf("%s%d%s@%s", local, g.taken[key], tag, domain)
		if folded := strings.ToLower(numbered); g.taken[folded] == 0 {
			g.taken[folded] = 1
			return numbered
		}
		g.taken[key]++
	}
}

func (g *generator) people(s *Snapshot, total int) {
	g.taken[DefaultAdmin] = 1
	services := []string{"payments", "nightly", "mobile", "import", "release", "performance", "smoke", "staging"}
	id := 1
	for len(s.Users) < total {
		id++
		if g.chance(4) {
			id += 1 + g.rng.IntN(3) // ids that never were: a registration that failed
		}
		u := User{ID: id, IsActive: true, RoleID: g.role(), EmailNotifications: !g.chance(15), MFARequired: g.chance(30)}
		// The first accounts make sure that a small company has one of each kind; above, chance decides.
		switch n := len(s.Users); {
		case n == 2 || n > 12 && n%250 == 0:
			g.service(&u, services[n/250%len(services)])
		case n == 5 || n > 12 && g.chance(1):
			g.forgotten(&u)
		default:
			g.colleague(&u, n)
		}
		s.Users = append(s.Users, u)
	}
}

func (g *generator) service(u *User, what string) {
	u.Name, u.Email = "CI "+what, g.address("ci-"+what, "", "acme.example")
	u.EmailNotifications, u.MFARequired, u.RoleID = false, false, 8
	u.Note = "service account"
}

// forgotten is what TestRail leaves of an account that a data protection request removed (DOC, Security page).
func (g *generator) forgotten(u *User) {
	at := g.today.AddDate(0, 0, -g.rng.IntN(900)).UnixMilli() + g.rng.Int64N(86_400_000)
	name := fmt.Sprintf("F%013d", at)
	for g.taken[name] > 0 {
		at++
		name = fmt.Sprintf("F%013d", at)
	}
	g.taken[name] = 1
	u.Name, u.Email, u.IsActive, u.EmailNotifications, u.MFARequired = name, name, false, false, false
	u.Note = "forgotten"
}

func (g *generator) colleague(u *User, n int) {
	name, local := g.person()
	domain, tag := "acme.example", ""
	switch {
	case n == 3 || g.chance(8):
		domain = pick(g, partnerDomains())
		u.Note = "contractor"
	case g.chance(12):
		domain = "mobile.acme.example"
	}
	if n == 4 || g.chance(3) {
		tag = pick(g, []string{"+qa", "+testrail", "+e2e", "+2fa"})
	}
	if g.chance(3) {
		local = strings.ToUpper(local[:1]) + local[1:] // spelled as somebody typed it
	}
	u.Name, u.Email = name, g.address(local, tag, domain)
	switch {
	case n == 6 || n > 12 && g.chance(9):
		u.IsActive = false
		u.Note = "leaver since " + g.date()
	case n == 7 || n > 12 && g.chance(3):
		u.Note = "active but gone since " + g.date()
	case n == 1 || n > 12 && n%190 == 0:
		u.IsAdmin, u.RoleID = true, 1
		u.Note = ""
	}
	u.SSOEnabled = domain != "acme.example" || g.chance(80)
}

func (g *generator) date() string {
	return g.today.AddDate(0, 0, -1-g.rng.IntN(700)).Format(time.DateOnly)
}

func (g *generator) role() int {
	return pick(g, []int{3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 4, 4, 1, 6, 8, 8, 9, 5})
}
