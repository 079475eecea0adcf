package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
	"rollcall/internal/sim/qtestsim"
	"rollcall/internal/sim/testrailsim"
)

// staffed serves a company and imports its roster.
func staffed(t testing.TB, p product, company snapshot) *desk {
	t.Helper()
	d := newDesk(p)
	d.begin(t, textOf(t, company))
	d.roster = filepath.Join(t.TempDir(), "users.yaml")
	if code, _, stderr := d.run("import", "--out", d.roster); code != 0 {
		t.Fatalf("import: exit code %d\n%s", code, stderr)
	}
	return d
}

// sent returns the requests since the last call: how many read and write, and the lines of the log in order.
func (d *desk) sent() (reads, writes int, all []string) {
	for _, r := range d.lines() {
		if r.http == "GET" {
			reads++
		} else {
			writes++
		}
		all = append(all, r.text)
	}
	d.ResetLog()
	slices.Sort(all)
	return reads, writes, all
}

// withoutProjects takes the projects of people out of a roster.
func withoutProjects(t testing.TB, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, regexp.MustCompile(`(?m)^    projects:\n(      .*\n)+`).ReplaceAll(text, nil), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A plan without changes takes what a complete look takes and nothing twice, and so does drift.
//
//	TestRail   who am I, roles, 2,000 accounts in pages of 250, 150 groups in one         1 + 1 + 8 + 1 = 11
//	qTest      who am I, all accounts at once, all groups with their members              1 + 1 + 1 = 3
//	           somebody signs on elsewhere: which names are a directory's                 + 1
//	           the roster names projects: who is in which, their names, the profiles      + 3
//
// qTest has no request that tells two of these: accounts come with groups and projects from one search alone, which may leave
// out people without a project and does not say how anybody signs on; the other search does, and knows no groups.
func TestRequests_noChange(t *testing.T) {
	const (
		who      = "GET /api/v3/re-evaluation 200"
		users    = "GET /api/v3/users/search?includeInactiveUsers=true&pagination=false 200"
		groups   = "GET /api/v3/groups 200"
		signOns  = "GET /api/v3/auth-systems 200"
		members  = "GET /api/v3/search/user?inactive=true&pagination=false 200"
		projects = "GET /api/v3/projects?assigned=false 200"
		profiles = "GET /api/v3/user-profiles?type=user 200"
	)
	site := func(elsewhere bool) snapshot {
		s := qtestsim.Generate(7, qtestsim.GenOptions{Users: 2000, Groups: 150, Projects: 150})
		for i := range s.Users {
			if !elsewhere {
				s.Users[i].AuthSystem, s.Users[i].ExternalName = 0, ""
			}
		}
		return s
	}
	pages := []string{"GET get_current_user 200", "GET get_groups 200", "GET get_roles 200", "GET get_users 200"}
	for offset := 250; offset < 2000; offset += 250 {
		pages = append(pages, fmt.Sprintf("GET get_users&limit=250&offset=%d 200", offset))
	}
	for _, tt := range []struct {
		name     string
		tool     product
		company  snapshot
		projects bool // the roster names some
		want     []string
	}{
		{"TestRail", testRail(), testRail().generate(2000, 150, 0), false, pages},
		{"qTest", qTest(), site(false), false, []string{who, users, groups}},
		{"qTest, some sign on elsewhere", qTest(), site(true), false, []string{who, users, groups, signOns}},
		{"qTest, with projects", qTest(), site(false), true, []string{who, users, groups, members, projects, profiles}},
		{"qTest, with projects, some sign on elsewhere", qTest(), site(true), true, []string{who, users, groups, signOns, members, projects, profiles}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := staffed(t, tt.tool, tt.company)
			if !tt.projects {
				withoutProjects(t, d.roster)
			}
			slices.Sort(tt.want)
			for _, args := range [][]string{{"plan", "--detailed-exitcode"}, {"drift"}} {
				d.ResetLog()
				d.rollcall(t, 0, args...)
				_, _, sent := d.sent()
				same(t, "requests of "+args[0], tt.want, sent)
			}
			t.Logf("requests: %s: %d", tt.name, len(tt.want))
		})
	}
}

// month is what happens to an imported roster in a month: people join, leave, and get other names or rights, in groups and
// projects old and new.
type month struct {
	name    string
	tool    product
	company snapshot
	edits   []string // of the roster: regular expressions, each with what stands in its place
	kinds   []plan.Kind
	rereads map[string][]string // reads, each as often as these writes
	final   int                 // requests of the last look at the result
}

// Both tools know what these two edits do: somebody joins the first group, and two people and a group come.
const (
	firstGroup = `(?m)^groups:\n  - name: (.*)\n    members:\n`
	joined     = "groups:\n  - {name: November, members: [joiner.two@acme.example]}\n  - name: $1\n    members:\n      - joiner.one@acme.example\n"
)

func months(t *testing.T) []month {
	kinds := []plan.Kind{plan.CreateUser, plan.UpdateUser, plan.DeactivateUser, plan.CreateGroup, plan.UpdateGroup}
	testRailMonth := func(name string, options testrailsim.GenOptions) month {
		company := testrailsim.Generate(7, options)
		company.Users[0].APIKey = adminKey
		return month{
			name: name, tool: testRail(), company: company, kinds: kinds,
			edits: []string{
				`(?m)^users:\n`, "users:\n" +
					"  - {email: joiner.one@acme.example, name: Joiner One, role: Tester, groups: [November]}\n" +
					"  - {email: joiner.two@acme.example, name: Joiner Two, role: Tester}\n",
				`(?m)^    role: Designer\n`, "    role: Lead\n",
				`(?m)^    role: Read-only\n`, "    role: Tester\n    until: 2026-11-01\n",
				firstGroup, joined,
			},
			rereads: map[string][]string{"get_group": {"update_group"}},
			final:   pagesOf(options.Users+2+joiners, options) + pagesOf(options.Groups+1, options),
		}
	}
	qTestMonth := func(name string, final int, projects bool, switches ...string) month {
		options := qtestsim.GenOptions{Users: 2000, Groups: 150, Projects: 150}
		if err := set(&options.Switches, switches); err != nil {
			t.Fatal(err)
		}
		m := month{
			name: name, tool: qTest(), company: qtestsim.Generate(7, options), kinds: kinds, final: final,
			edits: []string{
				`(?m)^users:\n`, "users:\n" +
					"  - {email: joiner.one@acme.example, name: Joiner One, groups: [November], auth: {system: Acme SSO, external_name: one}}\n" +
					"  - {email: joiner.two@acme.example, name: Joiner Two}\n",
				`(?m)^    name: Ines Root\n`, "    name: Ines Roots\n",
				`(?m)^(    name: .*\n)(  - email: .*\n    name: .*\n  - email: )`, "$1    until: 2026-11-01\n$2",
				firstGroup, joined,
			},
			rereads: map[string][]string{"get_user_by_id": {"update_user"}, "get_project_users": {"assign_users_to_project", "remove_users_from_projects"}},
		}
		if projects {
			m.kinds = append(slices.Clone(kinds), plan.AddToProject, plan.RemoveFromProject)
			m.edits = append(m.edits,
				`(?m)^      - project: Catalogue\n((?:      - project: .*\n)+)`, "$1",
				`(?m)^      - project: Payments\n`, "      - {project: Payments}\n      - {project: Checkout, profile: Quality Assurance}\n")
		}
		return m
	}
	return []month{
		testRailMonth("pages of 250, and one more at the end", testrailsim.GenOptions{Users: 2000, Groups: 150}),
		testRailMonth("lists that come whole", testrailsim.GenOptions{Users: 2000, Groups: 150, Switches: arrays(t)}),
		testRailMonth("groups on two pages", testrailsim.GenOptions{Users: 600, Groups: 251}),
		qTestMonth("accounts and groups", 2, false),
		qTestMonth("with projects", 3, true),
		qTestMonth("groups do not say who is in them", 3, false, "group-users=null"),
		qTestMonth("projects on two pages", 3, true, "projects-page=first"),
	}
}

// joiners is how many people come in a busy month beside the two.
const joiners = 26

// busy lets a roster see more of a month: people who join a group each, leavers, people who leave a group or a project.
func busy(t *testing.T, file string, p product) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	people, groups, last := 0, 0, ""
	for line := range strings.Lines(string(text)) {
		drop := false
		switch {
		case line == "users:\n":
			for i := range joiners {
				keys := fmt.Sprintf("email: joiner.%02d@acme.example, name: Joiner %c", i, 'A'+i)
				if p.verdicts[roles] == able {
					keys += ", role: Tester"
				}
				line += "  - {" + keys + "}\n"
			}
		case strings.HasPrefix(line, "  - email: "):
			if people++; people%110 == 0 {
				line += "    until: 2026-11-01\n"
			}
		case line == "    members:\n":
			if groups++; groups <= joiners {
				line += fmt.Sprintf("      - joiner.%02d@acme.example\n", groups-1)
			}
		case strings.HasPrefix(line, "      - ") && strings.HasPrefix(last, "      - "):
			drop = people%45 == 0 && strings.Contains(line, "project: ") || groups%10 == 9 && strings.Contains(line, "@") && strings.Contains(last, "joiner.")
		}
		if last = line; !drop {
			b.WriteString(line)
		}
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// An apply costs its plan, one write a change, one last look at each thing that is there before it is written, and the lists
// at the end; and that is what its plan says.
func TestRequests_mixedMonth(t *testing.T) {
	for _, tt := range months(t) {
		t.Run(tt.tool.name+": "+tt.name, func(t *testing.T) {
			t.Parallel()
			d := staffed(t, tt.tool, tt.company)
			if !slices.Contains(tt.kinds, plan.AddToProject) {
				withoutProjects(t, d.roster)
			}
			rewrite(t, d.roster, tt.edits...)
			busy(t, d.roster, tt.tool)
			d.ResetLog()
			p := d.plan(t, 0, "plan")
			planned, _, _ := d.sent()
			for _, kind := range tt.kinds {
				if p.Summary.ByKind[kind] == 0 {
					t.Errorf("the month has no %s", kind)
				}
			}
			r := d.apply(t, 0, "--yes")
			wantReads, wantWrites := planned+tt.final, 0
			for read, writes := range tt.rereads {
				n := 0
				for _, write := range writes {
					n += d.Count(write)
				}
				if d.Count(read) != n {
					t.Errorf("%d times %s, want one for each of %v, %d", d.Count(read), read, writes, n)
				}
				wantReads += n
			}
			for _, line := range d.lines() {
				if line.write {
					wantWrites++
				}
			}
			reads, writes, _ := d.sent()
			if reads != wantReads || writes != wantWrites || tt.tool.kind == "testrail" && writes != p.Summary.Actions {
				t.Errorf("%d reads and %d writes, want %d and %d, for %d actions", reads, writes, wantReads, wantWrites, p.Summary.Actions)
			}
			if p.Cost.Reads != reads || p.Cost.Writes != writes {
				t.Errorf("the plan said %d reads and %d writes, and there were %d and %d", p.Cost.Reads, p.Cost.Writes, reads, writes)
			}
			if r.Result != apply.Converged || r.Requests.Reads != reads || r.Requests.Writes != writes || r.Requests.Retries != 0 {
				t.Errorf("the report says %s, %+v, and there were %d reads and %d writes", r.Result, r.Requests, reads, writes)
			}
			t.Logf("requests: %s, %s: %d reads and %d writes, %d actions", tt.tool.name, tt.name, reads, writes, p.Summary.Actions)
		})
	}
}
