package spec_test

import (
	"errors"
	"testing"

	"rollcall/internal/spec"
)

func TestLoad_hintsOnValues(t *testing.T) {
	for _, tt := range []struct {
		name, entry, want string
	}{
		{"a number that is a name", "name: 123", `put it into quotes: "123"`},
		{"a flag that is a name", "name: true", `put it into quotes: "true"`},
		{"null in words", "name: null", "leave the key out to say nothing about it"},
		{"null as a sign", "name: ~", "leave the key out to say nothing about it"},
		{"a key without a value", "name:", "leave the key out to say nothing about it"},
		{"a flag in quotes", `active: "true"`, "take the quotes away"},
		{"a flag in other words", "active: yes", ""},
		{"a number in quotes", `id: "7"`, "take the quotes away"},
		{"a text where a number belongs", "id: seven", ""},
		{"a list where a flag belongs", "active: []", ""},
		{"a project without its key", "projects: [Checkout]", `write {project: "Checkout"}`},
		{"projects that are no list", "projects: Checkout", "put it into brackets: [...]"},
		{"a key below a key", "auth.system: Acme SSO", "a dot stands for a key below a key: write auth: and, indented below it, system:"},
		{"auth that says nothing", "auth: {}", "name system or external_name, or leave the key out"},
		{"a name in two ways", "given_name: Ana\n    name: Ana Ruiz", "write name, or given_name and family_name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files{"users.yaml": "version: 1\nusers:\n  - email: ana@acme.example\n    " + tt.entry + "\n"}.write(t)
			_, err := spec.Load("users.yaml", spec.Options{Tools: tools()})
			var wrong *spec.ProblemsError
			if !errors.As(err, &wrong) || len(wrong.Problems) != 1 {
				t.Fatalf("Load: %v, want one problem", err)
			}
			if got := wrong.Problems[0].Hint; got != tt.want {
				t.Errorf("hint of %q is %q, want %q", wrong.Problems[0].Text, got, tt.want)
			}
		})
	}
}

// Messages write `guards.allow`, and so may whoever reads them.
func TestLoad_hintsOnPaths(t *testing.T) {
	for _, tt := range []struct {
		name, root, want string
	}{
		{"a path of keys", "guards.allow: []", "a dot stands for a key below a key: write guards: and, indented below it, allow:"},
		{"a path from no key", "gaurds.allow: []", ""},
		{"a dot at the end", "guards.: []", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files{"users.yaml": "version: 1\nusers:\n  - email: ana@acme.example\n" + tt.root + "\n"}.write(t)
			_, err := spec.Load("users.yaml", spec.Options{Tools: tools()})
			var wrong *spec.ProblemsError
			if !errors.As(err, &wrong) || len(wrong.Problems) != 1 {
				t.Fatalf("Load: %v, want one problem", err)
			}
			if got := wrong.Problems[0].Hint; got != tt.want {
				t.Errorf("hint of %q is %q, want %q", wrong.Problems[0].Text, got, tt.want)
			}
		})
	}
}

func TestLoad_hintsOnFiles(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files files
		want  string
	}{
		{"a text that begins with @", files{"users.yaml": "version: 1\nusers:\n  - email: ana@acme.example\n    note: @ana\n"}, `put it into quotes: "@..."`},
		{"a roster without people", files{"users.yaml": "version: 1\n"}, "a roster names at least one person in users or leavers"},
		{"a roster whose people are missing from a team's file",
			files{"users.yaml": "version: 1\ninclude: [{files: \"teams/*.yaml\"}]\n", "teams/a.yaml": "", "teams/b.yaml": "# nobody yet\n"},
			"a roster names at least one person in users or leavers; none is in teams/a.yaml, teams/b.yaml either"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.files.write(t)
			_, err := spec.Load("users.yaml", spec.Options{Tools: tools()})
			var wrong *spec.ProblemsError
			if !errors.As(err, &wrong) || len(wrong.Problems) != 1 {
				t.Fatalf("Load: %v, want one problem", err)
			}
			if got := wrong.Problems[0].Hint; got != tt.want {
				t.Errorf("hint of %q is %q, want %q", wrong.Problems[0].Text, got, tt.want)
			}
		})
	}
}
