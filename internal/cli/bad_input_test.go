package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bad is a roster with something wrong in it, and where rollcall must say that it is.
type bad struct {
	name  string
	files map[string]string
	code  int
	says  []string // each must be in the output
	reads bool     // only the live state shows it, so that something was read
	only  string   // the kind of the one tool that it is about; "": every one
}

const good = "version: 1\nusers:\n  - email: admin@acme.example\n"

func root(text string) map[string]string { return map[string]string{"users.yaml": text} }

// Every kind of bad input of the file format, through the whole program and against a served simulator: the place is
// named, nothing is written, and what can be seen without the tool is said before anything is contacted.
func TestBadInput(t *testing.T) {
	people := func(entries string) map[string]string { return root("version: 1\nusers:\n" + entries) }
	groups := func(entries string) map[string]string { return root(good + "groups:\n" + entries) }
	team := func(entry, file string) map[string]string {
		return map[string]string{"users.yaml": good + "defaults:\n  group: {mode: exact}\ninclude:\n  - " + entry + "\n", "teams/a.yaml": file}
	}
	const scope = `{files: "teams/*.yaml", roles: [Tester], groups: ["a-*"], domains: [acme.example]}`
	tests := []bad{
		{name: "an unknown key", files: root(good + "gruops: []\n"), code: 6, says: []string{`users.yaml:4:1: unknown key "gruops", did you mean "groups"?`}},
		{name: "a duplicate key", files: root(good + "version: 1\n"), code: 6, says: []string{"users.yaml:4:1: ", "first at users.yaml:1:1"}},
		{name: "a wrong type", files: people("  - {email: admin@acme.example, admin: yes}\n"), code: 6, says: []string{"users.yaml:3:40: admin must be true or false"}},
		{name: "a second document", files: root(good + "---\nversion: 1\n"), code: 6, says: []string{"users.yaml:4:1: second YAML document"}},
		{name: "text that is not YAML", files: root(good + "  - email: [\n"), code: 6, says: []string{"users.yaml:4:"}},
		{name: "an alias bomb", files: root(bomb()), code: 6, says: []string{"users.yaml:", "aliases stand for more than"}},
		{name: "a file that is too large", files: root(good + "# " + strings.Repeat("x", 33<<20) + "\n"), code: 6, says: []string{"users.yaml:1:1: ", "32 MiB"}},
		{name: "a roster without users", files: root("version: 1\n"), code: 6, says: []string{"users.yaml:1:1: roster has no users"}},
		{name: "a person twice", files: people("  - email: admin@acme.example\n  - email: ADMIN@acme.example\n"), code: 6, says: []string{"users.yaml:4:", "users.yaml:3:"}},
		{name: "no address", files: people("  - email: nobody\n"), code: 6, says: []string{"users.yaml:3:12: "}},
		{name: "a group without a mode", files: groups("  - {name: qa, members: []}\n"), code: 6, says: []string{"users.yaml:5:5: "}},
		{name: "an exact group without members", files: groups("  - {name: qa, mode: exact}\n"), code: 6, says: []string{"users.yaml:5:"}},
		{name: "a member without an entry", files: groups("  - {name: qa, mode: exact, members: [admn@acme.example]}\n"), code: 6, says: []string{"users.yaml:5:39: ", "did you mean"}},
		{name: "a group without an entry", files: people("  - {email: admin@acme.example, groups: [qa]}\n"), code: 6, says: []string{"users.yaml:3:42: "}},
		{name: "a leaver who shall be active", files: root("version: 1\nleavers: [admin@acme.example]\nusers:\n  - {email: admin@acme.example, active: true}\n"), code: 6, says: []string{"users.yaml:4:", "users.yaml:2:11"}},
		{name: "a date that is none", files: people("  - {email: admin@acme.example, until: 2027-02-30}\n"), code: 6, says: []string{"users.yaml:3:40: "}},
		{name: "a time zone that is none", files: root("timezone: Mars/Olympus\n" + good), code: 6, says: []string{"users.yaml:1:11: "}},
		{name: "a guard that is none", files: root(good + "guards: {max_deactivation: {count: 1}}\n"), code: 6, says: []string{"users.yaml:4:10: ", "max_deactivations"}},
		{name: "an exception without a reason", files: root(good + "guards: {allow: [{guard: max_removals, count: 3, until: 2026-12-01}]}\n"), code: 6, says: []string{"users.yaml:4:"}},
		{name: "an include that matches nothing", files: root(good + "include:\n  - {files: \"teams/*.yaml\"}\n"), code: 6, says: []string{"users.yaml:5:13: "}},
		{name: "an include out of the folder", files: root(good + "include:\n  - {files: \"../*.yaml\"}\n"), code: 6, says: []string{"users.yaml:5:13: "}},
		{name: "an include that sets guards", files: team(scope, "guards: {min_admins: 0}\n"), code: 6, says: []string{"teams/a.yaml:1:1: "}},
		{only: "testrail", name: "a role outside the scope", files: team(scope, "users:\n  - {email: bo@acme.example, name: Bo, role: Lead}\n"), code: 6, says: []string{"teams/a.yaml:2:46: "}},
		{name: "a group outside the scope", files: team(scope, "groups:\n  - {name: b-qa, members: []}\n"), code: 6, says: []string{"teams/a.yaml:2:12: "}},
		{name: "a domain outside the scope", files: team(scope, "users:\n  - {email: bo@evil.example, name: Bo}\n"), code: 6, says: []string{"teams/a.yaml:2:13: "}},
		{name: "an admin outside the scope", files: team(scope, "users:\n  - {email: bo@acme.example, name: Bo, admin: true}\n"), code: 6, says: []string{"teams/a.yaml:2:40: "}},
		{name: "a list of leavers that is missing", files: root("leavers: gone.txt\n" + good), code: 6, says: []string{"users.yaml:1:10: "}},
		{name: "an address in the list of leavers", files: map[string]string{"users.yaml": "leavers: gone.txt\n" + good, "gone.txt": "# gone\nnobody\n"}, code: 6, says: []string{"gone.txt:2:1: "}},
		{name: "another target", files: root(good + "target: {url: \"https://acme.testrail.io\"}\n"), code: 6, says: []string{"users.yaml:4:", "https://acme.testrail.io"}},
		{name: "several at once", files: root("version: 1\nuser: []\nusers:\n  - {email: nobody}\n"), code: 6, says: []string{"users.yaml:2:1: ", "users.yaml:4:13: "}},

		{only: "testrail", name: "a role that is not live", files: people("  - {email: admin@acme.example, role: Leed}\n"), code: 6, says: []string{`users.yaml:3:39: role "Leed" does not exist`, `did you mean "Lead"?`}, reads: true},
		{name: "a person to create without a name", files: people("  - email: new@acme.example\n"), code: 6, says: []string{"users.yaml:3:5: ", "new@acme.example does not exist and has no `name`"}, reads: true},
		{only: "testrail", name: "a key of another tool", files: people("  - {email: admin@acme.example, projects: []}\n"), code: 6, says: []string{`users.yaml:3:33: key "projects" is nothing that testrail can hold`}},
		{only: "qtest", name: "a key of another tool", files: people("  - {email: admin@acme.example, role: Lead}\n"), code: 6, says: []string{`users.yaml:3:33: key "role" is nothing that qtest can hold`}},
		{only: "qtest", name: "a project that is not live", files: people("  - {email: admin@acme.example, projects: [{project: Chekout}]}\n"), code: 6, says: []string{`users.yaml:3:54: project "Chekout" does not exist`, `did you mean "Checkout"?`}, reads: true},
		{only: "qtest", name: "a profile that is not live", files: people("  - {email: admin@acme.example, projects: [{project: Checkout, profile: Devloper}]}\n"), code: 6, says: []string{`profile "Devloper" does not exist`, `did you mean "Developer"?`}, reads: true},
		{only: "qtest", name: "a project twice", files: people("  - {email: admin@acme.example, projects: [{project: Checkout}, {project: Checkout, profile: Developer}]}\n"), code: 6, says: []string{"users.yaml:3:", "Checkout"}},
		{only: "qtest", name: "a way to sign on that is not live", files: people("  - {email: admin@acme.example, auth: {system: Acme SOS}}\n"), code: 6, says: []string{`"Acme SOS" does not exist`, `did you mean "Acme SSO"?`}, reads: true},
		{only: "qtest", name: "a name in one piece and in parts", files: people("  - {email: admin@acme.example, name: Ines Root, given_name: Ines}\n"), code: 6, says: []string{"users.yaml:3:"}},
		{only: "qtest", name: "a name that nobody can split", files: people("  - {email: new@acme.example, name: Ana María Ruiz}\n"), code: 6, says: []string{`users.yaml:3:37: name "Ana María Ruiz" can't be split`, "given_name"}, reads: true},
		{only: "qtest", name: "the group of the administrators", files: groups("  - {name: Administrators, mode: exact, members: [admin@acme.example]}\n"), code: 6, says: []string{"users.yaml:5:5: ", "admin: true"}, reads: true},
		{name: "a pin of nothing", files: people("  - {email: admin@acme.example, id: 999999}\n"), code: 6, says: []string{"users.yaml:3:37: ", "999999"}, reads: true},
		{name: "a new name that is borne in the same plan", files: people("  - {email: admin@acme.example, name: Ines Root}\n  - {email: next@acme.example, name: Next One, was: [admin@acme.example]}\n"), code: 6, says: []string{"users.yaml:4:"}},
	}
	overProducts(t, func(t *testing.T, p product) {
		d := newDesk(p)
		d.begin(t, textOf(t, p.generate(20, 4, 4)))
		rows := 0
		for _, tt := range tests {
			if tt.only != "" && tt.only != p.kind {
				continue
			}
			rows++
			for _, args := range [][]string{{"plan"}, {"apply", "--yes"}} {
				t.Run(args[0]+"/"+tt.name, func(t *testing.T) { d.rejects(t, tt, args) })
			}
		}
		t.Logf("bad input: %s: %d rosters", p.name, rows)
	})
}

// rejects runs a command in a folder with bad input.
func (d *desk) rejects(t *testing.T, b bad, args []string) {
	t.Helper()
	folder := t.TempDir()
	for name, text := range b.files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(folder)
	d.ResetLog()
	code, stdout, stderr := d.run(args...)
	if code != b.code {
		t.Errorf("exit code %d, want %d", code, b.code)
	}
	for _, text := range b.says {
		if !strings.Contains(stdout+stderr, text) {
			t.Errorf("output does not say %q:\n%.2000s", text, stdout+stderr)
		}
	}
	for _, r := range d.lines() {
		if !b.reads || r.http != "GET" {
			t.Errorf("sent %s", r.text)
		}
	}
}

// bomb is a few lines that stand for a hundred million values.
func bomb() string {
	var s strings.Builder
	s.WriteString("version: 1\nusers:\n  - &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 9; i++ {
		s.WriteString("  - &a" + string(rune('0'+i)) + " [" + strings.TrimSuffix(strings.Repeat("*a"+string(rune('0'+i-1))+", ", 10), ", ") + "]\n")
	}
	return s.String()
}
