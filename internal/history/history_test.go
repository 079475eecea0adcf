package history_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rollcall/internal/history"
)

// repository makes a repository and returns its folder and what runs git in there.
func repository(t *testing.T) (folder string, git func(args ...string) string) {
	t.Helper()
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_SYSTEM": os.DevNull, "GIT_AUTHOR_NAME": "Ana", "GIT_AUTHOR_EMAIL": "ana@acme.example",
		"GIT_COMMITTER_NAME": "Ana", "GIT_COMMITTER_EMAIL": "ana@acme.example", "GIT_DIR": "", "GIT_WORK_TREE": "", "GIT_INDEX_FILE": "",
	} {
		t.Setenv(name, value)
		if value == "" {
			os.Unsetenv(name) // a test that is run by a hook of git
		}
	}
	folder = t.TempDir()
	git = func(args ...string) string {
		t.Helper()
		out, err := exec.Command("git", append([]string{"-C", folder}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "-q", "-b", "main")
	return folder, git
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	path := filepath.Join(folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAt(t *testing.T) {
	folder, git := repository(t)
	write(t, folder, "conf/users.yaml", "before\n")
	write(t, folder, "conf/teams/a ünï.yaml", "team\n")
	write(t, folder, "conf/none.yaml", "")
	write(t, folder, "elsewhere.txt", "no part of it")
	if err := os.Symlink("teams/a ünï.yaml", filepath.Join(folder, "conf", "link.yaml")); err != nil {
		t.Fatal(err)
	}
	git("add", "-A")
	git("commit", "-qm", "first")
	fork := git("rev-parse", "HEAD")
	git("checkout", "-qb", "change")
	write(t, folder, "conf/users.yaml", "after\n")
	git("commit", "-qam", "the change")
	git("checkout", "-q", "main")
	write(t, folder, "conf/users.yaml", "of somebody else\n")
	git("commit", "-qam", "meanwhile")
	git("checkout", "-q", "change")
	write(t, folder, "conf/users.yaml", "not committed\n")
	status := git("status", "--porcelain")

	into := t.TempDir()
	file, commit, err := history.At(t.Context(), filepath.Join(folder, "conf", "users.yaml"), "main", into)
	if err != nil {
		t.Fatal(err)
	}
	if commit != fork {
		t.Errorf("commit %s, want %s, where the branches part", commit, fork)
	}
	if got := read(t, file); got != "before\n" || filepath.Dir(file) != into {
		t.Errorf("%s holds %q", file, got)
	}
	for name, want := range map[string]string{"teams/a ünï.yaml": "team\n", "link.yaml": "team\n", "none.yaml": ""} {
		if got := read(t, filepath.Join(into, name)); got != want {
			t.Errorf("%s holds %q", name, got)
		}
	}
	if _, err := os.Stat(filepath.Join(into, "..", "elsewhere.txt")); err == nil {
		t.Error("what is not in the folder of the roster was read")
	}
	if now := git("status", "--porcelain"); now != status {
		t.Errorf("the working tree was touched: %s", now)
	}
}

func TestAt_errors(t *testing.T) {
	folder, git := repository(t)
	write(t, folder, "other.txt", "x")
	git("add", "-A")
	git("commit", "-qm", "without a roster")
	write(t, folder, "users.yaml", "now\n")
	for _, revision := range []string{"nobody", "--output=/dev/null", "-h", "HEAD:other.txt", "HEAD~7", "main --all", "", "@{u}"} {
		if _, _, err := history.At(t.Context(), filepath.Join(folder, "users.yaml"), revision, t.TempDir()); !errors.Is(err, history.ErrNoRevision) {
			t.Errorf("%q: %v", revision, err)
		}
	}
	if _, _, err := history.At(t.Context(), filepath.Join(folder, "users.yaml"), "main", t.TempDir()); !errors.Is(err, history.ErrNotThere) {
		t.Errorf("before there was a roster: %v", err)
	}
	if _, _, err := history.At(t.Context(), filepath.Join(t.TempDir(), "users.yaml"), "main", t.TempDir()); err == nil || !strings.HasPrefix(err.Error(), "git rev-parse: ") {
		t.Errorf("outside of a repository: %v", err)
	}
}

// A repository can say that files are filtered, left out of archives or converted: none of that is looked at, or run.
func TestAt_runsNothingOfTheRepository(t *testing.T) {
	folder, git := repository(t)
	ran := filepath.Join(t.TempDir(), "ran")
	write(t, folder, ".gitattributes", "* export-ignore filter=evil diff=evil ident eol=crlf\n")
	write(t, folder, "users.yaml", "$Id$\n")
	git("add", "-A")
	git("commit", "-qm", "first")
	git("config", "filter.evil.smudge", "touch "+ran)
	git("config", "diff.evil.textconv", "touch "+ran)
	git("config", "core.fsmonitor", "touch "+ran)
	write(t, folder, ".git/hooks/post-checkout", "#!/bin/sh\ntouch "+ran+"\n")
	file, _, err := history.At(t.Context(), filepath.Join(folder, "users.yaml"), "HEAD", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got := read(t, file); got != "$Id$\n" {
		t.Errorf("it holds %q", got)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("something of the repository was run")
	}
}
