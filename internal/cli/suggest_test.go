package cli_test

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rollcall/internal/cli"
)

// Each place where somebody can mistype a name, with a mistake and what rollcall asks back. A roster or a team's file that is
// not given is a sound one.
func TestMain_saysWhatMayHaveBeenMeant(t *testing.T) {
	const head = "version: 1\ndefaults: {user: {role: Tester}, group: {mode: exact}}\n"
	const people = "users:\n  - email: admin@acme.example\n    admin: true\n  - email: dana.kim@acme.example\n"
	const teams = "include:\n  - {files: \"teams/*.yaml\", roles: [Tester, Lead], groups: [\"pay-*\"], domains: [acme.example]}\n"
	const groups = "groups:\n  - {name: mobile-qa, members: [dana.kim@acme.example]}\n"
	const sound = head + people + groups
	rootKey := func(lines string) string { return head + lines + people + groups }
	user := func(lines string) string { return head + people + "    " + lines + "\n" + groups }
	allow := func(guard, cause string) string {
		return rootKey("guards: {allow: [{guard: " + guard + ", count: 9, reason: R, until: 2026-12-01, cause: " + cause + "}]}\n")
	}
	for _, tt := range []struct {
		name         string
		args         string
		roster, team string
		code         int // 0 stands for 6
		want         string
	}{
		// The command line.
		{name: "a command", args: "pln", want: "did you mean `rollcall plan`?"},
		{name: "a command to help with", args: "help aply", want: "did you mean `rollcall apply`?"},
		{name: "a flag", args: "plan --formt json", want: "did you mean --format?"},
		{name: "a form", args: "plan --format jsn", want: `did you mean "json"?`},
		{name: "a form of a list", args: "list users --format cvs", want: `did you mean "csv"?`},
		{name: "when to colour", args: "plan --color nevr", want: `did you mean "never"?`},
		{name: "a tool", args: "plan --target testrial", want: `did you mean "testrail"?`},
		{name: "the ending of a report", args: "plan --report out.jsn", want: `did you mean ".json"?`},
		{name: "a person to limit a run to", args: "plan --sim company.json --only user:dana.kin@acme.example", want: `did you mean "dana.kim@acme.example"?`},
		{name: "a group to limit a run to", args: "plan --sim company.json --only group:mobile-aq", want: `did you mean "mobile-qa"?`},
		{name: "the kind of a selector", args: "plan --only usr:ana@acme.example", want: `did you mean "user:ana@acme.example"?`},
		{name: "a person without a kind", args: "plan --only ana@acme.example", want: `did you mean "user:ana@acme.example"?`},
		{name: "a group without a kind", args: "plan --only mobile-qa", want: `did you mean "group:mobile-qa"?`},
		{name: "a list", args: "list usrs", want: "did you mean `rollcall list users`?"},
		{name: "a person in the tool", args: "list user dana.kin@acme.example --sim company.json", code: 1, want: "near: Dana.Kim@acme.example"},
		{name: "a group in the tool", args: "list users --group mobile-aq --sim company.json", want: `did you mean "mobile-qa"?`},
		{name: "a project in the tool", args: "list users --project Chekout --sim company.json", want: `did you mean "Checkout"?`},
		{name: "a person of the roster", args: "explain dana.kin@acme.example", want: `did you mean "dana.kim@acme.example"?`},
		{name: "a group of the roster", args: "explain mobile-aq", want: `did you mean "mobile-qa"?`},
		{name: "a part of a name", args: "explain dana", want: `did you mean "dana.kim@acme.example"?`},
		{name: "a key to explain", args: "explain dana.kim@acme.example actve", code: 1, want: "did you mean active?"},
		{name: "a group to explain", args: "explain dana.kim@acme.example mobile-aq", code: 1, want: "did you mean mobile-qa?"},
		{name: "a member to explain", args: "explain mobile-qa dana.kin@acme.example", code: 1, want: "did you mean dana.kim@acme.example?"},
		{name: "a schema", args: "schema rport", want: `did you mean "report"?`},
		{name: "a shell", args: "completion bsh", want: `did you mean "bash"?`},
		{name: "a switch of the simulator", args: "sim --user-lst array", want: "did you mean --user-list?"},
		{name: "a value of a switch", args: "sim --user-list aray", want: `did you mean "array"?`},
		{name: "a fault", args: "sim --fault 500,rest@4", want: `did you mean "reset"?`},

		// The root file.
		{name: "a key of the file", args: "validate", roster: rootKey("leavrs: []\n"), want: `did you mean "leavers"?`},
		{name: "a key of the target", args: "validate", roster: rootKey("target: {kin: testrail}\n"), want: `did you mean "kind"?`},
		{name: "a kind of tool", args: "validate", roster: rootKey("target: {kind: testrial}\n"), want: `did you mean "testrail"?`},
		{name: "a time zone", args: "validate", roster: rootKey("timezone: Europe/Berln\n"), want: `did you mean "Europe/Berlin"?`},
		{name: "a time zone without its continent", args: "validate", roster: rootKey("timezone: new york\n"), want: `did you mean "America/New_York"?`},
		{name: "a time zone on another continent", args: "validate", roster: rootKey("timezone: Asia/Sidney\n"), want: `did you mean "Australia/Sydney"?`},
		{name: "a key of the unlisted", args: "validate", roster: rootKey("unlisted: {user: report}\n"), want: `did you mean "users"?`},
		{name: "a policy", args: "validate", roster: rootKey("unlisted: {users: deactivat}\n"), want: `did you mean "deactivate"?`},
		{name: "a default", args: "validate", roster: "version: 1\ndefaults: {user: {rol: Tester}}\n" + people, want: `did you mean "role"?`},
		{name: "a guard", args: "validate", roster: rootKey("guards: {max_removal: {count: 1}}\n"), want: `did you mean "max_removals"?`},
		{name: "a key of a limit", args: "validate", roster: rootKey("guards: {max_removals: {cuont: 1}}\n"), want: `did you mean "count"?`},
		{name: "the guard of an exception", args: "validate", roster: allow("max_demotion", "declared"), want: `did you mean "max_demotions"?`},
		{name: "the cause of an exception", args: "validate", roster: allow("max_demotions", "unlistd"), want: `did you mean "unlisted"?`},
		{name: "a key of the seats", args: "validate", roster: rootKey("seats: {limt: 9}\n"), want: `did you mean "limit"?`},
		{name: "a key of an include entry", args: "validate", roster: rootKey("include: [{file: a.yaml}]\n"), want: `did you mean "files"?`},
		{name: "a key that a file may use", args: "validate", roster: rootKey("include: [{files: \"*.none\", allow_keys: [admn]}]\n"), want: `did you mean "admin"?`},

		// People and groups.
		{name: "a key of a person", args: "validate", roster: user("grops: []"), want: `did you mean "groups"?`},
		{name: "a group of a person", args: "validate", roster: user("groups: [mobile-aq]"), want: `did you mean "mobile-qa"?`},
		{name: "a key of a group", args: "validate", roster: head + people + "groups:\n  - {name: mobile-qa, membrs: []}\n", want: `did you mean "members"?`},
		{name: "a mode", args: "validate", roster: head + people + "groups:\n  - {name: mobile-qa, mode: at-least}\n", want: `did you mean "at_least"?`},
		{name: "a member", args: "validate", roster: head + people + "groups:\n  - {name: mobile-qa, members: [dana.kin@acme.example]}\n", want: "did you mean dana.kim@acme.example?"},
		{name: "the domain of a member", args: "validate", roster: head + people + "groups:\n  - {name: mobile-qa, members: [dana.kim@acme.exmaple]}\n", want: "did you mean dana.kim@acme.example?"},
		{name: "a role of the tool", args: "plan --sim company.json", roster: user("role: Testr"), want: `did you mean "Tester"?`},
		{name: "a project of the tool", args: "plan --sim company.json", roster: user("assigned_projects: [Chekout]"), want: `did you mean "Checkout"?`},

		// A team's file.
		{name: "a role of a scope", args: "validate", team: "users:\n  - {email: bo@acme.example, role: lead}\n", want: `did you mean "Lead"?`},
		{name: "a group of a scope", args: "validate", team: "groups:\n  - {name: pya-qa, members: []}\n", want: `did you mean "pay-qa"?`},
		{name: "a domain of a scope", args: "validate", team: "users:\n  - {email: bo@acme.exmaple}\n", want: `did you mean "bo@acme.example"?`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			company, err := os.ReadFile("testdata/company.json")
			if err != nil {
				t.Fatal(err)
			}
			company = bytes.Replace(company, []byte(`"switches": {}`), []byte(`"switches": {"edition": "enterprise"}`), 1) // which has projects to manage
			files := map[string]string{"company.json": string(company), "users.yaml": sound}
			if tt.roster != "" {
				files["users.yaml"] = tt.roster
			}
			if tt.team != "" {
				files["users.yaml"], files["teams/a.yaml"] = rootKey(teams), tt.team
			}
			t.Chdir(folderWith(t, files))
			env, stdout, stderr := inMemory(strings.Fields(tt.args)...)
			if code, want := cli.Main(env), cmp.Or(tt.code, 6); code != want {
				t.Errorf("exit code %d, want %d", code, want)
			}
			if said := stdout.String() + stderr.String(); !strings.Contains(said, tt.want) {
				t.Errorf("does not say %q:\n%s", tt.want, said)
			}
		})
	}
}

func folderWith(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}
