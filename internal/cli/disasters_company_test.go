package cli_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/sim/qtestsim"
	"rollcall/internal/sim/testrailsim"
)

// firm is a small company as a tool has it, and what its roster starts from. Its people have short names: a1, a2, ... are
// administrators, a1 the one whose credentials are used; u1, u2, ... are active people; off1, off2, ... inactive ones; inv1,
// inv2, ... were invited and never came.
type firm struct {
	admins, people, inactive, invited int
	groups                            []team
	projects                          []team   // with the people in them
	access                            []string // groups that a project names
	hidden                            bool     // the tool does not say which groups a project names
}

// team is a group or a project, in the tool and in a roster.
type team struct {
	name    string
	members []string
}

// ids are the short names of n people of a kind: a, u, off or inv.
func ids(kind string, n int) []string { return from(kind, 1, n) }

// from are the short names of the people of a kind from the first to the last.
func from(kind string, first, last int) []string {
	var names []string
	for i := first; i <= last; i++ {
		names = append(names, fmt.Sprintf("%s%d", kind, i))
	}
	return names
}

// address is the address of a short name. An address stays as it is.
func address(name string) string {
	switch {
	case strings.Contains(name, "@"):
		return name
	case name == "a1":
		return testrailsim.DefaultAdmin
	}
	return name + "@acme.example"
}

// staff is everybody, in the order of the ids, which begin with 1.
func (f firm) staff() []string {
	return slices.Concat(ids("a", f.admins), ids("u", f.people), ids("off", f.inactive), ids("inv", f.invited))
}

// numbers are the ids of people.
func (f firm) numbers(names []string) []int {
	all := f.staff()
	list := make([]int, len(names))
	for i, name := range names {
		list[i] = slices.Index(all, name) + 1
	}
	slices.Sort(list)
	return list
}

func isAdmin(name string) bool { return strings.HasPrefix(name, "a") }

func isActive(name string) bool { return isAdmin(name) || strings.HasPrefix(name, "u") }

// testRail is the company as a simulator of TestRail takes it.
func (f firm) testRail() testrailsim.Snapshot {
	s := testrailsim.EmptySnapshot()
	s.Users = nil
	for i, name := range f.staff() {
		u := testrailsim.User{ID: i + 1, Name: strings.ToUpper(name) + " Acme", Email: address(name), IsActive: isActive(name), RoleID: 3}
		if isAdmin(name) {
			u.RoleID, u.IsAdmin, u.APIKey = 1, true, adminKey
		}
		s.Users = append(s.Users, u)
	}
	p := testrailsim.Project{ID: 1, Name: "Checkout", SuiteMode: 1}
	for i, g := range f.groups {
		s.Groups = append(s.Groups, testrailsim.Group{ID: i + 1, Name: g.name, UserIDs: f.numbers(g.members)})
		if slices.Contains(f.access, g.name) {
			p.Groups = append(p.Groups, testrailsim.ProjectAccess{ID: i + 1, RoleID: 3})
		}
	}
	s.Projects = []testrailsim.Project{p}
	return s
}

// qTest is the company as a simulator of qTest takes it. Everybody in a project is a developer there.
func (f firm) qTest() qtestsim.Snapshot {
	s := qtestsim.EmptySnapshot()
	s.Users, s.Groups = nil, s.Groups[:1]
	for i, name := range f.staff() {
		status := qtestsim.StatusInactive
		switch {
		case isActive(name):
			status = qtestsim.StatusActive
		case strings.HasPrefix(name, "inv"):
			status = qtestsim.StatusNew
		}
		s.Users = append(s.Users, qtestsim.User{ID: i + 1, Username: address(name), FirstName: strings.ToUpper(name), LastName: "Acme", Status: status})
	}
	s.Groups[0].UserIDs = f.numbers(ids("a", f.admins))
	for i, g := range f.groups {
		s.Groups = append(s.Groups, qtestsim.Group{ID: 41 + i, Name: g.name, UserIDs: f.numbers(g.members)})
	}
	for i, p := range f.projects {
		project := qtestsim.Project{ID: 301 + i, Name: p.name, Members: []qtestsim.Member{}}
		for _, id := range f.numbers(p.members) {
			project.Members = append(project.Members, qtestsim.Member{User: id, Profile: 5})
		}
		s.Projects = append(s.Projects, project)
	}
	return s
}

// draft is a roster before it is written: a key, a person or a group a line.
type draft struct {
	root   []string
	people []line
	groups []line
	files  map[string]string // beside the roster
}

// line is an entry: the name it is known by here, its keys in their order, and the members if it is a group.
type line struct {
	name    string
	keys    []string
	members []string
}

func (l *line) String() string {
	keys := l.keys
	if l.members != nil {
		addresses := make([]string, len(l.members))
		for i, m := range l.members {
			addresses[i] = address(m)
		}
		keys = append(slices.Clone(keys), "members: ["+strings.Join(addresses, ", ")+"]")
	}
	return "  - {" + strings.Join(keys, ", ") + "}\n"
}

// set writes a key over one of the same name, or at the end.
func (l *line) set(pair string) {
	name, _, _ := strings.Cut(pair, ":")
	l.drop(name)
	l.keys = append(l.keys, pair)
}

func (l *line) drop(key string) {
	l.keys = slices.DeleteFunc(l.keys, func(k string) bool { return strings.HasPrefix(k, key+":") })
}

// draft is a roster that the company is in accord with in a tool: every active person and every group, with mode exact.
func (f firm) draft(p product) *draft {
	d := &draft{files: make(map[string]string)}
	for _, name := range f.staff() {
		if !isActive(name) {
			continue
		}
		keys := []string{"email: " + address(name), "name: " + strings.ToUpper(name) + " Acme", fmt.Sprintf("admin: %t", isAdmin(name))}
		if p.verdicts[roles] == able {
			keys = append(keys, "role: "+map[bool]string{true: "Lead", false: "Tester"}[isAdmin(name)])
		}
		if f.projects != nil {
			var mine []string
			for _, project := range f.projects {
				if slices.Contains(project.members, name) {
					mine = append(mine, "{project: "+project.name+"}")
				}
			}
			keys = append(keys, "projects: ["+strings.Join(mine, ", ")+"]")
		}
		d.people = append(d.people, line{name: name, keys: keys})
	}
	for _, g := range f.groups {
		d.groups = append(d.groups, line{name: g.name, keys: []string{"name: " + g.name, "mode: exact"}, members: slices.Clone(g.members)})
	}
	return d
}

// write writes the roster and the files beside it into a folder, and returns its path.
func (d *draft) write(t *testing.T, folder string) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("version: 1\n")
	for _, key := range d.root {
		text.WriteString(key + "\n")
	}
	writeEntries(&text, "users", d.people)
	writeEntries(&text, "groups", d.groups)
	files := map[string]string{"users.yaml": text.String()}
	for name, text := range d.files {
		files[name] = text
	}
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "users.yaml")
}

func writeEntries(text *strings.Builder, section string, entries []line) {
	if len(entries) == 0 {
		return
	}
	text.WriteString(section + ":\n")
	for i := range entries {
		text.WriteString(entries[i].String())
	}
}

// change is what somebody did to the roster.
type change func(*draft)

// atRoot writes a key of the root over one of the same name.
func atRoot(text string) change {
	name, _, _ := strings.Cut(text, ":")
	return func(d *draft) {
		d.root = slices.DeleteFunc(d.root, func(k string) bool { return strings.HasPrefix(k, name+":") })
		d.root = append(d.root, text)
	}
}

// leaverFile names people in a file of leavers, an address a line.
func leaverFile(names []string) change {
	var text strings.Builder
	for _, name := range names {
		text.WriteString(address(name) + "\n")
	}
	return func(d *draft) {
		d.files["leavers.txt"] = text.String()
		atRoot("leavers: leavers.txt")(d)
	}
}

// each writes a key into the entries of people. Who has none gets one.
func each(names []string, pair string) change {
	return func(d *draft) {
		for _, name := range names {
			d.person(name).set(pair)
		}
	}
}

// keyless takes a key out of the entries of people.
func keyless(names []string, key string) change {
	return func(d *draft) {
		for _, name := range names {
			d.person(name).drop(key)
		}
	}
}

func (d *draft) person(name string) *line {
	i := slices.IndexFunc(d.people, func(l line) bool { return l.name == name })
	if i < 0 {
		i = len(d.people)
		d.people = append(d.people, line{name: name, keys: []string{"email: " + address(name)}})
	}
	return &d.people[i]
}

// readdressed gives people other addresses at a domain.
func readdressed(names []string, domain string) change {
	return func(d *draft) {
		for _, name := range names {
			p := d.person(name)
			p.set("email: new." + name + "@" + domain)
			p.set("was: [" + address(name) + "]")
		}
	}
}

// lost takes people out of the roster, with all that names them.
func lost(names []string) change {
	gone := func(name string) bool { return slices.Contains(names, name) }
	return func(d *draft) {
		d.people = slices.DeleteFunc(d.people, func(l line) bool { return gone(l.name) })
		for i := range d.groups {
			d.groups[i].members = slices.DeleteFunc(d.groups[i].members, gone)
		}
	}
}

// cut leaves a group the first n members of its list.
func cut(group string, n int) change {
	return func(d *draft) { d.group(group).members = d.group(group).members[:n] }
}

func (d *draft) group(name string) *line {
	return &d.groups[slices.IndexFunc(d.groups, func(l line) bool { return l.name == name })]
}

// ungrouped takes groups out of the roster.
func ungrouped(names ...string) change {
	return func(d *draft) {
		d.groups = slices.DeleteFunc(d.groups, func(l line) bool { return slices.Contains(names, l.name) })
	}
}

// delegated moves the entries of people into a file of their team, which may hold Testers alone, and writes a key there.
func delegated(names []string, pair string) change {
	return func(d *draft) {
		var text strings.Builder
		var moved []line
		for _, name := range names {
			p := *d.person(name)
			p.drop("admin")
			p.set(pair)
			moved = append(moved, p)
		}
		d.people = slices.DeleteFunc(d.people, func(l line) bool { return slices.Contains(names, l.name) })
		writeEntries(&text, "users", moved)
		d.files["teams/mobile.yaml"] = text.String()
		d.root = append(d.root, `include: [{files: "teams/*.yaml", roles: [Tester], groups: ["mobile-*"], domains: [acme.example]}]`)
	}
}

// paste puts lines under guards.allow of a roster, as a person would, and takes out the lines whose places are named.
func paste(roster, lines string, replaced []int) string {
	rows := strings.SplitAfter(roster, "\n")
	slices.SortFunc(replaced, func(a, b int) int { return cmp.Compare(b, a) })
	for _, row := range replaced {
		rows = slices.Delete(rows, row-1, row)
	}
	var entries []string
	for text := range strings.Lines(lines + "\n") {
		entries = append(entries, "    "+text)
	}
	at := slices.Index(rows, "  allow:\n")
	if at < 0 {
		if at = slices.Index(rows, "guards:\n"); at < 0 {
			at = 1 // below the version
			rows = slices.Insert(rows, at, "guards:\n")
		}
		at++
		rows = slices.Insert(rows, at, "  allow:\n")
	}
	return strings.Join(slices.Insert(rows, at+1, entries...), "")
}
