package spec_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/spec"
)

func TestLoad_everyKey(t *testing.T) {
	roster := files{
		"users.yaml": `version: 1
target: {kind: testrail, url: "https://acme.testrail.io"}
timezone: Europe/Berlin
defaults:
  user: {role: Tester, active: true, admin: false, email_notifications: true, mfa_required: true, sso_enabled: false}
  group: {mode: exact}
unlisted: {users: deactivate, groups: ignore}
leavers: leavers.txt
guards:
  min_admins: 3
  protect: ["CI-*@acme.example"]
  domains: [ACME.example]
  max_removals: {percent: 5}
  allow:
    - {guard: max_deactivations, count: 600, reason: "2026 leaver audit", until: 2026-12-05}
seats: {limit: 420, reserve: 10}
include:
  - {files: "teams/*.yaml", roles: [Lead], groups: ["pay-*"], domains: [acme.example], allow_keys: [was]}
users:
  - email: Zoe@acme.example
    name: Zoë Ek
    role: Lead
    active: false
    admin: true
    email_notifications: false
    mfa_required: false
    sso_enabled: true
    assigned_projects: [Apollo]
    groups: [qa]
    until: 2027-01-31
    was: [z@acme.example]
    id: 7
    note: |
      two
      lines
groups:
  - name: qa
    was: [Old QA]
    id: 4
    members: [zoe@acme.example]
    note: all of them
`,
		"leavers.txt":     "gone@acme.example\n",
		"teams/pay.yaml":  "users:\n  - {email: bo@acme.example, was: [b@acme.example]}\n",
		"teams/risk.yaml": "groups:\n  - {name: pay-risk, mode: at_least}\n",
	}
	in := func(file string) func(line, column int) directory.Pos {
		return func(line, column int) directory.Pos { return directory.Pos{File: file, Line: line, Column: column} }
	}
	at, pay, risk := in("users.yaml"), in("teams/pay.yaml"), in("teams/risk.yaml")
	gone := directory.Pos{File: "leavers.txt", Line: 1, Column: 1}

	guards := directory.DefaultGuards()
	guards.MinAdmins = directory.At(3, at(10, 15))
	guards.Protect = []directory.Key[string]{directory.At("ci-*@acme.example", at(11, 13))}
	guards.Domains = []directory.Key[string]{directory.At("acme.example", at(12, 13))}
	removals := guards.Limits[directory.GuardMaxRemovals]
	removals.Percent, removals.Pos = directory.At(5, at(13, 27)), at(13, 17)
	guards.Limits[directory.GuardMaxRemovals] = removals
	guards.Allow = []directory.Allow{{Guard: directory.GuardMaxDeactivations, Count: 600, Cause: directory.AllowDeclared,
		Reason: "2026 leaver audit", Until: directory.Date{Year: 2026, Month: 12, Day: 5}, Pos: at(15, 7)}}

	scope := &directory.Scope{Entry: at(18, 5), Roles: []directory.Name{"Lead"}, Groups: []string{"pay-*"}, Domains: []string{"acme.example"}, Keys: []string{"was"}}
	want := &directory.Desired{
		Target:   directory.TargetAssertion{Kind: directory.At("testrail", at(2, 16)), URL: directory.At("https://acme.testrail.io", at(2, 31))},
		Timezone: "Europe/Berlin",
		Unlisted: directory.Unlisted{Users: directory.PolicyDeactivate, Groups: directory.PolicyIgnore, Pos: at(7, 11)},
		Guards:   guards,
		Seats:    directory.Seats{Limit: directory.At(420, at(16, 16)), Reserve: directory.At(10, at(16, 30))},
		Users: []directory.WantUser{
			{
				Email:              "bo@acme.example",
				Was:                []directory.Key[directory.Email]{directory.At[directory.Email]("b@acme.example", pay(2, 36))},
				Role:               fromDefault[directory.Name]("Tester", at(5, 16)),
				Active:             fromDefault(true, at(5, 32)),
				Admin:              fromDefault(false, at(5, 45)),
				EmailNotifications: fromDefault(true, at(5, 73)),
				MFARequired:        fromDefault(true, at(5, 93)),
				SSOEnabled:         fromDefault(false, at(5, 112)),
				Scope:              scope,
				Pos:                pay(2, 5),
			},
			{Email: "gone@acme.example", Pos: gone, Leaver: gone},
			{
				Email:              "Zoe@acme.example",
				Was:                []directory.Key[directory.Email]{directory.At[directory.Email]("z@acme.example", at(31, 11))},
				ID:                 directory.At[directory.UserID](7, at(32, 9)),
				Name:               directory.At("Zoë Ek", at(21, 11)),
				Role:               directory.At[directory.Name]("Lead", at(22, 11)),
				Active:             directory.At(false, at(23, 13)),
				Until:              directory.At(directory.Date{Year: 2027, Month: 1, Day: 31}, at(30, 12)),
				Admin:              directory.At(true, at(24, 12)),
				EmailNotifications: directory.At(false, at(25, 26)),
				MFARequired:        directory.At(false, at(26, 19)),
				SSOEnabled:         directory.At(true, at(27, 18)),
				AssignedProjects:   directory.At([]directory.Name{"Apollo"}, at(28, 24)),
				Groups:             []directory.GroupRef{{Name: "qa", Pos: at(29, 14)}},
				Note:               "two\nlines",
				Pos:                at(20, 5),
			},
		},
		Groups: []directory.WantGroup{
			{Name: "pay-risk", Mode: directory.At(directory.AtLeast, risk(2, 28)), Scope: scope, Pos: risk(2, 5)},
			{
				Name:    "qa",
				Was:     []directory.Key[directory.Name]{directory.At[directory.Name]("Old QA", at(38, 11))},
				ID:      directory.At[directory.GroupID](4, at(39, 9)),
				Mode:    fromDefault(directory.Exact, at(6, 17)),
				Members: directory.At([]directory.MemberRef{{Email: "zoe@acme.example", Pos: at(40, 15)}}, at(40, 14)),
				Note:    "all of them",
				Pos:     at(37, 5),
			},
		},
	}
	for _, name := range []string{"users.yaml", "leavers.txt", "teams/pay.yaml", "teams/risk.yaml"} {
		digest := sha256.Sum256([]byte(roster[name]))
		want.Files = append(want.Files, directory.File{Path: name, SHA256: hex.EncodeToString(digest[:])})
	}
	got := roster.load(t)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("desired state (-want +got):\n%s", diff)
	}
	for i := range got.Users {
		if only := got.Users[i].OnlyLeaver(); only != (got.Users[i].Email == "gone@acme.example") {
			t.Errorf("OnlyLeaver of %s is %v", got.Users[i].Email, only)
		}
	}
}

func fromDefault[T any](value T, pos directory.Pos) directory.Key[T] {
	return directory.Key[T]{Value: value, Set: true, FromDefault: true, Pos: pos}
}

func TestLoad_absentIsNotEmpty(t *testing.T) {
	want := people("  - email: a@acme.example\n    assigned_projects: []\n  - email: b@acme.example\n",
		"  - {name: a, mode: exact, members: []}\n  - {name: b, mode: at_least}\n").load(t)
	if a, b := want.Users[0], want.Users[1]; !a.AssignedProjects.Set || a.AssignedProjects.Value == nil || b.AssignedProjects.Set || b.Active.Set || b.Role.Set {
		t.Errorf("users: %+v and %+v", a, b)
	}
	if a, b := want.Groups[0], want.Groups[1]; !a.Members.Set || len(a.Members.Value) != 0 || b.Members.Set {
		t.Errorf("groups: %+v and %+v", a, b)
	}
}

func TestLoad_leaversOfEitherFormAreTheSamePeople(t *testing.T) {
	emails := func(want *directory.Desired) (list []directory.Email) {
		for _, u := range want.Users {
			list = append(list, u.Email)
		}
		return list
	}
	listed := files{"users.yaml": "version: 1\nleavers: [b@acme.example, a#1@acme.example]\n"}.load(t)
	inFile := files{
		"users.yaml":  "version: 1\nleavers: ./leavers.txt\n",
		"leavers.txt": "\ufeff# from the HR system\r\n\r\n  b@acme.example\t# May\r\na#1@acme.example",
	}.load(t)
	want := []directory.Email{"a#1@acme.example", "b@acme.example"}
	for _, got := range []*directory.Desired{listed, inFile} {
		if diff := cmp.Diff(want, emails(got)); diff != "" {
			t.Errorf("people (-want +got):\n%s", diff)
		}
	}
}

func TestLoad_leaverWithAnEntryKeepsIt(t *testing.T) {
	want := files{"users.yaml": "version: 1\nleavers: [ANA@acme.example]\nusers:\n  - {email: ana@acme.example, name: Ana}\n"}.load(t)
	if len(want.Users) != 1 {
		t.Fatalf("%d users, want 1", len(want.Users))
	}
	ana := want.Users[0]
	if ana.OnlyLeaver() || ana.Leaver.Line != 2 || ana.Name.Value != "Ana" {
		t.Errorf("user: %+v", ana)
	}
}

func TestLoad_namesPlacesAsTheUserDoes(t *testing.T) {
	files{
		"conf/users.yaml":   "version: 1\ninclude: [{files: teams/a.yaml}]\nusers: [{email: ana@acme.example}]\nx: 1\n",
		"conf/teams/a.yaml": "y: 1\n",
	}.write(t)
	for _, tt := range []struct{ root, places string }{
		{"conf/users.yaml", "conf/teams/a.yaml:1:1 conf/users.yaml:4:1"},
		{"./conf/../conf/users.yaml", "conf/teams/a.yaml:1:1 conf/users.yaml:4:1"},
	} {
		_, err := spec.Load(tt.root, spec.Options{Tools: tools()})
		problems, ok := err.(*spec.ProblemsError)
		if !ok || len(problems.Problems) != 2 {
			t.Fatalf("Load(%q): %v", tt.root, err)
		}
		if got := problems.Problems[0].Pos.String() + " " + problems.Problems[1].Pos.String(); got != tt.places {
			t.Errorf("places of %q are %s, want %s", tt.root, got, tt.places)
		}
	}
}

func TestProblemsError_saysTheFirstAndHowManyMore(t *testing.T) {
	for _, tt := range []struct{ lines, want string }{
		{"x: 1\n", `users.yaml:3:1: unknown key "x"`},
		{"x: 1\ny: 1\n", `users.yaml:3:1: unknown key "x" (and 1 more problem)`},
		{"x: 1\ny: 1\nz: 1\n", `users.yaml:3:1: unknown key "x" (and 2 more problems)`},
	} {
		root(tt.lines).write(t)
		if _, err := spec.Load("users.yaml", spec.Options{Tools: tools()}); err == nil || err.Error() != tt.want {
			t.Errorf("Load: %v, want %s", err, tt.want)
		}
	}
}

// A person of a tool that holds names in parts, members of projects and ways to sign on.
func TestLoad_namesInPartsProjectsAndSigningOn(t *testing.T) {
	got := files{"users.yaml": `version: 1
defaults:
  user: {auth: {system: Acme SSO}, projects: [{project: Checkout}]}
include:
  - {files: team.yaml, domains: [acme.example], projects: ["pay-*"], profiles: [Tester], allow_keys: [auth]}
users:
  - email: ana@acme.example
    given_name: Ana
    family_name: Ruiz
    auth: {external_name: aruiz}
    projects:
      - project: Ledger
      - project: Vaults
        profile: Lead
  - email: bo@acme.example
    auth: {system: internal}
    projects: []
  - email: cy@acme.example
leavers: [di@acme.example]
`, "team.yaml": "users:\n  - {email: ed@acme.example, projects: [{project: pay-web, profile: Tester}]}\n"}.load(t)
	at := func(line, column int) directory.Pos {
		return directory.Pos{File: "users.yaml", Line: line, Column: column}
	}
	team := func(column int) directory.Pos { return directory.Pos{File: "team.yaml", Line: 2, Column: column} }
	system := fromDefault[directory.Name]("Acme SSO", at(3, 25))
	users := []directory.WantUser{
		{
			Email: "ana@acme.example", Pos: at(7, 5), GivenName: directory.At("Ana", at(8, 17)), FamilyName: directory.At("Ruiz", at(9, 18)),
			SignOn: system, ExternalName: directory.At("aruiz", at(10, 27)),
			Projects: directory.At([]directory.ProjectRef{
				{Project: "Ledger", Profile: directory.DefaultProfile, Pos: at(12, 18)},
				{Project: "Vaults", Profile: "Lead", Pos: at(13, 18), ProfilePos: at(14, 18)},
			}, at(12, 7)),
		},
		{
			Email: "bo@acme.example", Pos: at(15, 5), SignOn: directory.At[directory.Name]("internal", at(16, 20)),
			Projects: directory.At([]directory.ProjectRef{}, at(17, 15)),
		},
		{
			Email: "cy@acme.example", Pos: at(18, 5), SignOn: system,
			Projects: fromDefault([]directory.ProjectRef{{Project: "Checkout", Profile: directory.DefaultProfile, Pos: at(3, 57)}}, at(3, 46)),
		},
		{Email: "di@acme.example", Pos: at(19, 11), Leaver: at(19, 11)},
		{
			Email: "ed@acme.example", Pos: team(5), SignOn: system,
			Projects: directory.At([]directory.ProjectRef{{Project: "pay-web", Profile: "Tester", Pos: team(51), ProfilePos: team(69)}}, team(40)),
			Scope: &directory.Scope{Entry: at(5, 5), Domains: []string{"acme.example"}, Keys: []string{"auth"},
				Projects: []string{"pay-*"}, Profiles: []directory.Name{"Tester"}},
		},
	}
	if diff := cmp.Diff(users, got.Users); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
}
