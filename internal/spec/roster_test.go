package spec_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/spec"
)

// files are a roster by name. The test runs in their folder, so that places are as short as in real life.
type files map[string]string

func (f files) write(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range f {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// load loads a roster that must be sound.
func (f files) load(t *testing.T) *directory.Desired {
	t.Helper()
	f.write(t)
	want, err := spec.Load("users.yaml", spec.Options{Tools: tools()})
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return want
}

// problemsOf loads the roster in the current folder and returns its problems as lines, hints left out.
func problemsOf(t *testing.T, opts spec.Options) []string {
	t.Helper()
	opts.Tools = tools()
	_, err := spec.Load("users.yaml", opts)
	var problems *spec.ProblemsError
	if err != nil && !errors.As(err, &problems) {
		t.Fatalf("Load: %v, want a *ProblemsError", err)
	}
	if problems == nil {
		return nil
	}
	var lines []string
	for _, p := range problems.Problems {
		lines = append(lines, p.Pos.String()+": "+p.Text)
	}
	return lines
}

// problemCase is a roster and everything that is wrong with it.
type problemCase struct {
	name  string
	files files
	want  []string
}

func checkProblems(t *testing.T, cases []problemCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			tt.files.write(t)
			got := problemsOf(t, spec.Options{Tools: tools()})
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// root returns a roster of one file: a version, one person, and the lines.
func root(lines string) files {
	return files{"users.yaml": "version: 1\nusers: [{email: ana@acme.example}]\n" + lines}
}

// people returns a roster of one file with entries under users and groups.
func people(users, groups string) files {
	return files{"users.yaml": "version: 1\nusers:\n" + users + "groups:\n" + groups}
}

// team returns a roster whose root file has Ana, the group core-qa and an include entry, and a team's file.
func team(entry, lines string) files {
	return files{
		"users.yaml": "version: 1\ninclude:\n  - {files: team.yaml, " + entry + "}\n" +
			"users:\n  - email: ana@acme.example\ngroups:\n  - name: core-qa\n    mode: at_least\n",
		"team.yaml": lines,
	}
}

// tools are those that the rosters of these tests may be for.
func tools() []spec.Tool { return []spec.Tool{{Kind: "testrail"}, {Kind: "qtest"}} }
