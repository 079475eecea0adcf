package spec_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/spec"
)

func TestLoad_rootFileThatCanNotBeRead(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("folder.yaml", 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := spec.Load("users.yaml", spec.Options{Tools: tools()})
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "users.yaml: ") {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := spec.Load("none/users.yaml", spec.Options{Tools: tools()}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	if _, err := spec.Load("folder.yaml", spec.Options{Tools: tools()}); err == nil || err.Error() != "folder.yaml: not a regular file" {
		t.Errorf("a folder: %v", err)
	}
}

func TestLoad_rootFileMayBeALinkToAnywhere(t *testing.T) {
	elsewhere := filepath.Join(t.TempDir(), "real.yaml")
	if err := os.WriteFile(elsewhere, []byte("version: 1\nusers: [{email: ana@acme.example}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	link(t, elsewhere, "users.yaml")
	if _, err := spec.Load("users.yaml", spec.Options{Tools: tools()}); err != nil {
		t.Errorf("Load: %v", err)
	}
}

func TestLoad_linksStayInTheFolder(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "a.yaml"), []byte("users: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	files{
		"users.yaml": "version: 1\nleavers: leavers.txt\ninclude:\n  - files: away/a.yaml\n  - files: teams/*.yaml\n  - files: inside.yaml\n  - files: loop.yaml\n" +
			"users: [{email: ana@acme.example}]\n",
		"real/inside.yaml": "users: []\n",
		"teams/b.yaml":     "users: []\n",
	}.write(t)
	link(t, outside, "away")
	link(t, filepath.Join(outside, "a.yaml"), "teams/a.yaml")
	link(t, "../../etc/hosts", "leavers.txt")
	link(t, "real/inside.yaml", "inside.yaml")
	link(t, "loop.yaml", "loop.yaml")
	want := []string{
		"users.yaml:2:10: file leavers.txt: leads out of the folder of the root file",
		"users.yaml:4:12: file away/a.yaml: leads out of the folder of the root file",
		"users.yaml:5:12: file teams/a.yaml: leads out of the folder of the root file",
	}
	got := problemsOf(t, spec.Options{Tools: tools()})
	if len(got) == 4 && strings.HasPrefix(got[3], "users.yaml:7:12: file loop.yaml: ") {
		got = got[:3] // the system's own words
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Skipf("no links here: %v", err)
	}
}

func TestLoad_limitHoldsForAllFilesTogether(t *testing.T) {
	roster := files{
		"users.yaml":  "version: 1\nleavers: leavers.txt\ninclude: [{files: a.yaml}]\nusers: [{email: ana@acme.example}]\n",
		"leavers.txt": "bo@acme.example\n",
		"a.yaml":      "users: []\n",
	}
	roster.write(t)
	all := int64(len(roster["users.yaml"]) + len(roster["leavers.txt"]) + len(roster["a.yaml"]))
	if got := problemsOf(t, spec.Options{MaxBytes: all}); got != nil {
		t.Errorf("at the limit: %v", got)
	}
	got := problemsOf(t, spec.Options{MaxBytes: all - 1})
	if len(got) != 1 || !strings.HasPrefix(got[0], "users.yaml:3:19: file a.yaml: the files of a roster may have ") {
		t.Errorf("above the limit: %v", got)
	}
	if _, err := spec.Load("users.yaml", spec.Options{MaxBytes: 10}); err == nil || err.Error() != "users.yaml:1:1: the files of a roster may have 10 bytes together" {
		t.Errorf("a root file above the limit: %v", err)
	}
}

func TestLoad_fileOfMoreThan32MiB(t *testing.T) {
	files{"users.yaml": ""}.write(t)
	if err := os.Truncate("users.yaml", spec.MaxBytes+1); err != nil {
		t.Fatal(err)
	}
	_, err := spec.Load("users.yaml", spec.Options{Tools: tools()})
	if err == nil || err.Error() != "users.yaml:1:1: the files of a roster may have 32 MiB together" {
		t.Errorf("Load: %v", err)
	}
}

func TestLoad_problemsAreBounded(t *testing.T) {
	root(strings.Repeat("x: 1\n", 50_000)).write(t)
	_, err := spec.Load("users.yaml", spec.Options{Tools: tools()})
	var problems *spec.ProblemsError
	if !errors.As(err, &problems) || len(problems.Problems) != 1000 || problems.More != 49_000 {
		t.Errorf("Load: %v", err)
	}
}

func TestLoad_limitOfEntries(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files files
		want  []string
	}{
		{"as many as may be", people("  - email: ana@acme.example\n  - email: bo@acme.example\n", "  - {name: a, mode: at_least}\n"), nil},
		{"more users", people("  - email: a@b.example\n  - email: b@b.example\n  - email: c@b.example\n  - email: d@b.example\n", "  []\n"),
			[]string{"users.yaml:6:5: roster has more than 3 users and groups"}},
		{"more groups", people("  - email: ana@acme.example\n  - email: bo@acme.example\n", "  - {name: a, mode: at_least}\n  - {name: b, mode: at_least}\n"),
			[]string{"users.yaml:7:5: roster has more than 3 users and groups"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.files.write(t)
			if diff := cmp.Diff(tt.want, problemsOf(t, spec.Options{MaxEntries: 3})); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
