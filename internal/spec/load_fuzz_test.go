package spec_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"rollcall/internal/directory"
	"rollcall/internal/spec"
)

// FuzzLoad loads rosters of three files. Whatever they hold, problems have places inside of them; a desired state is
// sorted and complete.
func FuzzLoad(f *testing.F) {
	const scope = "include:\n  - {files: team.yaml, roles: [Tester], groups: [\"pay-*\"], domains: [a.example], projects: [\"p-*\"], profiles: [Lead], allow_keys: [was]}\n"
	for _, seed := range [][3]string{
		{"version: 1\nleavers: leavers.txt\n" + scope + "users:\n  - email: x@a.example\n    groups: [qa]\ngroups:\n  - name: qa\n    mode: exact\n    members:\n    - x@a.example\n",
			"users:\n- {email: y@a.example, role: Tester, groups: [pay-qa]}\ngroups:\n- {name: pay-qa, mode: at_least}\n", "z@a.example # left\n"},
		{"version: 1\nusers:\n  - email: x@a.example\n    note: |\n      - email: y\n  - &a {email: y@a.example}\ngroups: []\n", "", ""},
		{"version: 1\nusers:\n- email: \"x@a.example\n  \"\n- email: y@a.example\n...\n", "", ""},
		{"version: 1\nusers:\n- email: x@a.example\n- - a\nusers:\n  - b\n", "users: [a]\nguards: {}\n", "a\n#\n"},
		{"version: 1\nusers: # people\n  # first\n  - email: x@a.example\n\n # last\ngroups:\n", "", ""},
		{"%YAML 1.1\n---\nversion: 1\nusers:\n - email: x@a.example\n   was: [y@a.example, *x]\n", "", ""},
		{"version: 1\ndefaults: {user: {auth: {system: s}, projects: [{project: p}]}}\n" + scope + "users:\n  - email: x@a.example\n    given_name: X\n    projects: [&p {project: p-a, profile: Lead}]\n",
			"users:\n- email: y@a.example\n  projects:\n    - profile: Lead\n      project: p-a\n    - project: q\n  auth:\n    external_name: y\n", ""},
		{"---", "--- #x", ""},
		{"version: 1\ntimezone: 'a\nusers:\n- email: x@a.example\n'\n", "", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	// Not the working directory, in which a finding is kept.
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, root, team, leavers string) {
		if len(root)+len(team)+len(leavers) > 1<<16 {
			t.Skip("files of more than 64 KiB together only cost time")
		}
		texts := files{"users.yaml": root, "team.yaml": team, "leavers.txt": leavers}
		for name, text := range texts {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		checkLoad(t, folder, texts)
	})
}

// TestLoad_anyLines makes rosters of lines that are easily taken for something else.
func TestLoad_anyLines(t *testing.T) {
	lines := []string{
		"version: 1", "users:", "users: # people", "users:#", "groups:  #", "users: []", "groups:", "  - email: a@a.example", "  - email: b@a.example # b", "- email: c@a.example", "    - email: d@a.example",
		"  - {email: e@a.example, name: E}", "    name: A", "  name: A", "    role: 'it''s'", "    role: \"x", "  y\"", "    note: |", "     - email: f@a.example",
		"    note: >-", "      text", "      users:", "    groups: [qa]", "    groups: [qa,", "      qb]", "    groups:", "    - qa", "      - qb", "  - name: qa", "    mode: exact",
		"    mode: at_least", "    members: [a@a.example]", "    members:", "      - b@a.example", "", "# remark", "      # remark", " ", "---", "...", "    role: &r Lead",
		"    role: *r", "    ? name", "    : B", "  -", "  - ", "-", "    email: g@a.example", "    name:", "    name: multi", "     line", "timezone: UTC", "timezone: \"UTC", "\"", "\tname: T",
		"  - - a", "    until: 2027-01-31", "    id: 010", "    active: yes", "    name: Ünï - b: c", "    name: [", "]", "}", "    name: {", "leavers: [z@a.example]",
		"    given_name: A", "    family_name: B", "    projects:", "      - project: P", "        profile: Lead", "    projects: [{project: P}, {project: Q}]", "      - {project: P}", "    auth: {system: s}",
		"    auth:", "      system: s", "      external_name: a", "      profile: x",
	}
	t.Chdir(t.TempDir())
	rapid.Check(t, func(r *rapid.T) {
		chosen := rapid.SliceOfN(rapid.SampledFrom(lines), 1, 14).Draw(r, "lines")
		ending := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(r, "ending")
		text := "version: 1" + ending + "users:" + ending + strings.Join(chosen, ending)
		if rapid.Bool().Draw(r, "last line ends") {
			text += ending
		}
		texts := files{"users.yaml": text}
		if err := os.WriteFile("users.yaml", []byte(text), 0o600); err != nil {
			r.Fatal(err)
		}
		checkLoad(r, ".", texts)
	})
}

// failer is what the two kinds of test have in common.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// checkLoad loads the roster in a folder, which has these texts.
func checkLoad(t failer, folder string, texts files) {
	t.Helper()
	got, err := spec.Load(filepath.Join(folder, "users.yaml"), spec.Options{Tools: tools()})
	problems := listed(t, err)
	for i := range problems {
		problems[i].Pos.File = strings.TrimPrefix(problems[i].Pos.File, folder+string(filepath.Separator))
	}
	checkPlaces(t, texts, problems)
	if got != nil {
		checkDesired(t, got)
	}
}

func listed(t failer, err error) []directory.Problem {
	t.Helper()
	var problems *spec.ProblemsError
	if err != nil && (!errors.As(err, &problems) || len(problems.Problems) == 0) {
		t.Fatalf("Load: %v", err)
	}
	if problems == nil {
		return nil
	}
	return problems.Problems
}

func checkPlaces(t failer, texts files, problems []directory.Problem) {
	t.Helper()
	for _, p := range problems {
		text, known := texts[p.Pos.File]
		lines := strings.SplitAfter(strings.TrimPrefix(text, "\ufeff"), "\n")
		switch {
		case !known:
			t.Errorf("%s: %s: no such file", p.Pos, p.Text)
		case p.Pos.Line < 1 || p.Pos.Line > len(lines):
			t.Errorf("%s: %s: the file has %d lines", p.Pos, p.Text, len(lines))
		case p.Pos.Column < 1 || p.Pos.Column > utf8.RuneCountInString(lines[p.Pos.Line-1])+1:
			t.Errorf("%s: %s: the line is %q", p.Pos, p.Text, lines[p.Pos.Line-1])
		case p.Text == "" || strings.ContainsAny(p.Text+p.Hint, "\n\x1b"):
			t.Errorf("%s: text %q, hint %q", p.Pos, p.Text, p.Hint)
		}
	}
}

// checkDesired checks what the planner relies on.
func checkDesired(t failer, want *directory.Desired) {
	t.Helper()
	groups, users := make(map[directory.Name]bool), make(map[directory.EmailKey]*directory.WantUser)
	for i := range want.Groups {
		g := &want.Groups[i]
		if i > 0 && want.Groups[i-1].Name >= g.Name {
			t.Errorf("group %q is not in order", g.Name)
		}
		if g.Name.Canonical() != g.Name || g.Name == "" || !g.Mode.Set || (g.Mode.Value == directory.Exact && !g.Members.Set) {
			t.Errorf("group %+v", g)
		}
		groups[g.Name] = true
	}
	for i := range want.Users {
		u := &want.Users[i]
		key := u.Email.Key()
		if i > 0 && want.Users[i-1].Email.Key() >= key {
			t.Errorf("user %s is not in order", u.Email)
		}
		if !u.Email.Usable() || u.Leaver.Line != 0 && u.Active.Value && !u.Active.FromDefault {
			t.Errorf("user %+v", u)
		}
		if filepath.Base(u.Pos.File) == "team.yaml" && (u.Email.Domain() != "a.example" || u.Admin.Set || u.ID.Set || u.Role.Set && u.Role.Value != "Tester" && !u.Role.FromDefault) {
			t.Errorf("user of the team's file %+v", u)
		}
		projects := make(map[directory.Name]bool)
		for _, p := range u.Projects.Value {
			if projects[p.Project] || p.Project.Canonical() != p.Project || p.Profile == "" || p.Pos.Line == 0 || p.ProfilePos.Line == 0 && p.Profile != directory.DefaultProfile {
				t.Errorf("user %s has the project %+v", u.Email, p)
			}
			if filepath.Base(p.Pos.File) == "team.yaml" && (!strings.HasPrefix(string(p.Project), "p-") || p.Profile != "Lead") {
				t.Errorf("user %s of the team's file has the project %+v", u.Email, p)
			}
			projects[p.Project] = true
		}
		if u.Name.Set && (u.GivenName.Set || u.FamilyName.Set) || filepath.Base(u.SignOn.Pos.File) == "team.yaml" {
			t.Errorf("user %+v", u)
		}
		for _, g := range u.Groups {
			if !groups[g.Name] || filepath.Base(u.Pos.File) == "team.yaml" && !strings.HasPrefix(string(g.Name), "pay-") {
				t.Errorf("user %s is in %q", u.Email, g.Name)
			}
		}
		users[key] = u
	}
	for i := range want.Groups {
		for _, m := range want.Groups[i].Members.Value {
			if u := users[m.Email.Key()]; u == nil || u.OnlyLeaver() {
				t.Errorf("group %q has the member %s", want.Groups[i].Name, m.Email)
			}
		}
	}
	if len(want.Users) == 0 || len(want.Files) == 0 || want.Files[0].Path != "users.yaml" {
		t.Errorf("%d users, files %v", len(want.Users), want.Files)
	}
}
