package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"rollcall/internal/sim/qtestsim"
	"rollcall/internal/sim/testrailsim"
)

// product is a tool as the suites know it: all that they need to run over it.
type product struct {
	name     string
	kind     string              // as a roster names it
	prefix   string              // of its variables in the environment
	verdicts map[ability]verdict // of what it can't do

	snapshots string                                     // what the head of its simulator's snapshots says that they are
	begin     func(snapshot string) (simulator, error)   // its simulator
	hire      func(firm) snapshot                        // a company as its simulator takes it
	generate  func(users, groups, projects int) snapshot // a made-up one

	greeting    string                                                // what `doctor` says where all is well
	login       func(*testscript.TestScript, bool, []string)          // the command of scripts by which somebody asks
	who         string                                                // who asks in a script that says nothing of it
	environment func(url string, administrator int) map[string]string // by which the n-th administrator of a company reaches it
	strangers   map[string]map[string]string                          // what stands otherwise in the environment of those who may not ask

	file         string // of a small company
	mixed        string // a roster that leads from there to another state by a write of each kind
	twins        bool   // two groups may bear one name
	unverifiable bool   // something of that is written and can not be read back

	// Requests, as the simulator calls them:
	writes  []string // of mixed, one of each kind
	create  string   // the one that makes an account
	reread  string   // the last look before a membership is written
	whoAmI  string   // the first of a run
	lists   []string // of the reading for mixed
	spoiled []spoiled
}

// spoiled is a list of the reading for mixed and what can be wrong with it, so that anybody could tell.
type spoiled struct {
	list     string
	faults   []string
	switches []string // under which it can
}

// products is the table of tools.
func products() []product { return []product{testRail(), qTest()} }

// overProducts runs a test over every tool.
func overProducts(t *testing.T, test func(*testing.T, product)) {
	for _, p := range products() {
		t.Run(p.name, func(t *testing.T) { test(t, p) })
	}
}

// ability is what tools differ in.
type ability string

// The abilities.
const (
	roles       ability = "a role for the whole instance"
	addresses   ability = "another address of an account"
	deletions   ability = "a group that is deleted"
	memberships ability = "members of projects"
)

// verdict is what becomes of something.
type verdict int

// The verdicts: the API does it; a person does it, as a manual step; there is no such thing.
const (
	able verdict = iota
	byHand
	absent
)

// census counts the rows of a table that a suite took over a tool.
type census struct{ able, byHand, absent int }

// has counts a row, and reports whether the tool knows what it needs.
func (c *census) has(p product, n *needs) bool {
	switch {
	case n == nil || p.verdicts[n.ability] == able:
		c.able++
	case p.verdicts[n.ability] == byHand:
		c.byHand++
	default:
		c.absent++
		return false
	}
	return true
}

// String is the count in words.
func (c census) String() string {
	return fmt.Sprintf("%d by the tool, %d by hand, %d of what it has not", c.able, c.byHand, c.absent)
}

func testRail() product {
	return product{
		name: "TestRail", kind: "testrail", prefix: "TESTRAIL", login: cmdLogin, who: testrailsim.DefaultAdmin, snapshots: testrailsim.SnapshotKind,
		begin: newTestRail,
		hire:  func(f firm) snapshot { return f.testRail() },
		generate: func(users, groups, projects int) snapshot {
			s := testrailsim.Generate(7, testrailsim.GenOptions{Users: users, Groups: groups, Projects: projects})
			s.Users[0].APIKey = adminKey
			return s
		},
		verdicts: map[ability]verdict{memberships: absent},
		file:     "testdata/company.json", mixed: mixedTestRail,
		writes: []string{"add_user", "update_user", "add_group", "update_group", "delete_group"}, create: "add_user", twins: true,
		greeting: "ok   The API is switched on.",
		whoAmI:   "get_current_user", reread: "get_group",
		lists: []string{"get_users", "get_groups", "get_roles", "get_projects"},
		spoiled: []spoiled{
			{"get_users", []string{"page-repeats", "page-skips", "page-shrinks", "page-ends-early", "page-loops", "empty-list"}, nil},
			{"get_groups", []string{"page-repeats", "page-skips", "page-shrinks", "page-ends-early", "page-loops", "empty-list"}, nil},
			{"get_roles", []string{"page-repeats", "page-loops", "empty-list"}, nil},
			{"get_projects", []string{"page-repeats", "page-loops"}, nil},
		},
		strangers: map[string]map[string]string{
			"a wrong key":      {"TESTRAIL_API_KEY": wrongKey},
			"no administrator": {"TESTRAIL_USER": "li.wei@acme.example", "TESTRAIL_API_KEY": testrailsim.DefaultKey},
		},
		environment: func(url string, administrator int) map[string]string {
			return map[string]string{"TESTRAIL_URL": url, "TESTRAIL_USER": address("a" + strconv.Itoa(administrator)), "TESTRAIL_API_KEY": adminKey}
		},
	}
}

func qTest() product {
	return product{
		name: "qTest", kind: "qtest", prefix: "QTEST", login: cmdQLogin, who: "token", snapshots: qtestsim.SnapshotKind,
		begin: newQTest,
		hire:  func(f firm) snapshot { return f.qTest() },
		generate: func(users, groups, projects int) snapshot {
			return qtestsim.Generate(7, qtestsim.GenOptions{Users: users, Groups: groups, Projects: projects})
		},
		verdicts: map[ability]verdict{roles: absent, addresses: byHand, deletions: byHand},
		file:     "testdata/site.json", mixed: mixedQTest,
		writes: []string{"create_user", "update_user", "create_group", "assign_users_to_project", "remove_users_from_projects"}, create: "create_user", unverifiable: true,
		lists:    []string{"find_by_user_name_or_email", "get_groups", "find_users_by_projects_name", "get_projects", "get_user_profiles", "get_auth_systems"},
		greeting: "ok   Its edition has the API.",
		whoAmI:   "reevaluate_token", reread: "get_user_by_id",
		spoiled: []spoiled{
			{"find_by_user_name_or_email", []string{"page-repeats", "page-skips", "page-shrinks", "page-ends-early", "size-lies"}, nil},
			{"get_groups", []string{"page-repeats", "page-skips", "page-shrinks", "page-ends-early", "empty-list", "groups-disagree"}, nil},
			{"find_users_by_projects_name", []string{"page-repeats", "page-skips", "page-shrinks", "page-ends-early", "size-lies", "empty-list"}, nil},
			{"get_projects", []string{"page-repeats", "empty-list"}, nil},
			{"get_projects", []string{"page-repeats", "page-skips", "page-shrinks", "empty-list"}, []string{"projects-page=first"}},
		},
		strangers: map[string]map[string]string{
			"a wrong token":    {"QTEST_TOKEN": wrongKey},
			"a wrong password": {"QTEST_TOKEN": "", "QTEST_USER": qtestsim.DefaultAdmin, "QTEST_PASSWORD": wrongKey},
			"no administrator": {"QTEST_TOKEN": qtestsim.TokenPrefix + "3"},
		},
		environment: func(url string, administrator int) map[string]string {
			return map[string]string{"QTEST_URL": url, "QTEST_TOKEN": qtestsim.TokenPrefix + strconv.Itoa(administrator)}
		},
	}
}

// example is the small company of the tool.
func (p product) example(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(p.file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// snapshot is a state of any simulator.
type snapshot interface{ Save(io.Writer) error }

// textOf returns a snapshot as its file.
func textOf(t testing.TB, s snapshot) string {
	t.Helper()
	var text bytes.Buffer
	if err := s.Save(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// mixedTestRail is a roster that leads from the company of the scripts to another by a write of each kind.
const mixedTestRail = `version: 1
target: {kind: testrail}
unlisted: {groups: delete}
defaults:
  user: {admin: false}
  group: {mode: exact}
users:
  - {email: admin@acme.example, name: Ines Root, role: Lead, admin: true}
  - {email: ben.okafor@acme.example, name: Ben Okafor, role: Lead, admin: true}
  - {email: ci-nightly@acme.example, name: CI nightly, role: Read-only}
  - {email: Dana.Kim@acme.example, active: false}
  - {email: li.wei@acme.example, name: Li Wei, role: Designer}
  - {email: omar.quill@acme.example, active: false}
  - {email: zoe.martin+qa@partner.example, role: Tester}
  - {email: nia@acme.example, name: Nia, role: Tester}
  - {email: noor@acme.example, name: Noor, role: Tester}
groups:
  - {name: mobile-qa, members: [li.wei@acme.example, noor@acme.example]}
  - {name: payments-qa, members: [omar.quill@acme.example, zoe.martin+qa@partner.example, nia@acme.example]}
  - {name: release-qa, members: [li.wei@acme.example, nia@acme.example]}
`

// mixedQTest is the same for the company of the scripts in qTest, with projects in place of a group that is deleted.
const mixedQTest = `version: 1
target: {kind: qtest}
defaults:
  user: {admin: false}
  group: {mode: exact}
users:
  - {email: admin@acme.example, name: Ines Root, admin: true}
  - {email: ben.okafor@acme.example, name: Ben Okafor, admin: true}
  - {email: Dana.Kim@acme.example, active: false}
  - {email: li.wei@acme.example, given_name: Wei, family_name: Li, projects: [{project: Ledger}]}
  - {email: omar.quill@acme.example, active: false}
  - {email: tom.lind@acme.example, projects: [{project: Checkout, profile: Quality Assurance}]}
  - {email: zoe.martin+qa@partner.example, projects: []}
  - {email: nia@acme.example, name: Nia Berg, projects: [{project: Ledger}]}
  - {email: noor@acme.example, name: Noor Aziz}
groups:
  - {name: mobile-qa, members: [li.wei@acme.example, noor@acme.example]}
  - {name: payments-qa, members: [omar.quill@acme.example, zoe.martin+qa@partner.example, nia@acme.example]}
  - {name: release-qa, members: [li.wei@acme.example, nia@acme.example]}
`
