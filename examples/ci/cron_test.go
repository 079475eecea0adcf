package ci_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// host is a machine with cron: a folder for each target, and rollcall in the PATH.
type host struct {
	live   instance
	folder string
	env    []string
}

func newHost(t *testing.T) host {
	t.Helper()
	needs(t, "sh", "flock")
	h := host{live: simulator(t), folder: t.TempDir()}
	target := filepath.Join(h.folder, "berlin")
	if err := os.MkdirAll(target, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"users.yaml": readFile(t, "../small-team/users.yaml"), "key": simKey,
		"env": "TESTRAIL_URL=" + h.live.url + "\nTESTRAIL_USER=" + simUser + "\nTESTRAIL_API_KEY_FILE=" + target + "/key\n",
	} {
		if err := os.WriteFile(filepath.Join(target, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	script, err := filepath.Abs("cron")
	if err != nil {
		t.Fatal(err)
	}
	h.env = []string{"PATH=" + script + ":" + filepath.Dir(rollcallBinary()) + ":" + os.Getenv("PATH"), "HOME=" + h.folder,
		"ROLLCALL_TARGETS=" + h.folder}
	return h
}

func (h host) run(t *testing.T, line string) (code int, said string) {
	t.Helper()
	return shell(t, h.folder, h.env, "sh", "-c", line)
}

func TestCron(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	var line string // of berlin, without its times and user
	for l := range strings.Lines(readFile(t, "cron/rollcall.cron")) {
		if fields := strings.SplitN(l, " ", 7); len(fields) == 7 && strings.Contains(fields[6], "berlin") {
			line = strings.TrimSpace(fields[6])
		}
	}
	if line == "" || strings.Contains(line, "%") {
		t.Fatalf("line %q: cron ends a command at a percent sign", line)
	}
	if _, said := h.run(t, line); !strings.Contains(said, "update group mobile-qa") {
		t.Errorf("drift is not mailed:\n%s", said)
	}
	if code, said := h.run(t, "rollcall-target berlin plan --out plan.json && rollcall-target berlin apply plan.json"); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	if code, said := h.run(t, line); code != 0 || said != "" {
		t.Errorf("in sync: exit code %d, and cron mails\n%s", code, said)
	}
	if code, said := h.run(t, "rollcall-target ../berlin drift"); code != 6 {
		t.Errorf("a target that is a path: exit code %d\n%s", code, said)
	}
}

// What systemd starts, with what it hands over.
func TestCron_service(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	text := readFile(t, "cron/rollcall-drift@.service")
	for _, setting := range []string{"EnvironmentFile=/etc/rollcall/%i/env", "LoadCredential=key:/etc/rollcall/%i/key", "Environment=TESTRAIL_API_KEY_FILE=%d/key"} {
		if !strings.Contains(text, "\n"+setting+"\n") {
			t.Errorf("the unit has no %s", setting)
		}
	}
	_, line, _ := strings.Cut(text, "\nExecStart=")
	line, _, _ = strings.Cut(line, "\n")
	line = strings.NewReplacer("/usr/local/bin/rollcall", rollcallBinary(), "/etc/rollcall/%i", h.folder+"/berlin").Replace(line)
	env := []string{"TESTRAIL_URL=" + h.live.url, "TESTRAIL_USER=" + simUser, "TESTRAIL_API_KEY_FILE=" + h.folder + "/berlin/key"}
	if code, said := shell(t, h.folder, env, strings.Fields(line)...); code != 2 {
		t.Errorf("%s: exit code %d\n%s", line, code, said)
	}
}

// Another run of the same target is under way: drift lets it be, does not ask the tool, and does not say that all is well.
func TestCron_oneRunATarget(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	before := h.live.requests(t)
	code, said := h.run(t, `exec 8<berlin && flock 8 && rollcall-target berlin drift`)
	if code != 1 || !strings.Contains(said, "another run is under way") {
		t.Errorf("exit code %d:\n%s", code, said)
	}
	if after := h.live.requests(t); after != before {
		t.Errorf("%d requests in the middle of another run", after-before)
	}
}

// A key that others can read, or an env that they can write and the shell runs, is not used.
func TestCron_filesOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	for name, mode := range map[string]os.FileMode{"key": 0o644, "env": 0o622, "users.yaml": 0o666} {
		file := filepath.Join(h.folder, "berlin", name)
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		if code, said := h.run(t, "rollcall-target berlin drift"); code != 6 || !strings.Contains(said, name) {
			t.Errorf("%s with the mode %o: exit code %d\n%s", name, mode, code, said)
		}
		if err := os.Chmod(file, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	if code, said := h.run(t, "rollcall-target berlin drift"); code != 2 {
		t.Errorf("exit code %d\n%s", code, said)
	}
	if n := h.live.requests(t); n == 0 {
		t.Error("the tool was not asked")
	}
}

func TestCron_unitsAreRightToSystemd(t *testing.T) {
	needs(t, "systemd-analyze")
	folder := t.TempDir()
	for _, name := range []string{"rollcall-drift@.service", "rollcall-drift@.timer"} {
		text := strings.ReplaceAll(readFile(t, "cron", name), "/usr/local/bin/rollcall", rollcallBinary()) // verify looks for it
		if err := os.WriteFile(filepath.Join(folder, strings.Replace(name, "@.", "@berlin.", 1)), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, unit := range []string{"rollcall-drift@berlin.service", "rollcall-drift@berlin.timer"} {
		out, err := exec.Command("systemd-analyze", "verify", "--man=no", filepath.Join(folder, unit)).CombinedOutput()
		if err != nil || strings.Contains(string(out), "rollcall-drift") {
			t.Errorf("%s: %v\n%s", unit, err, out)
		}
	}
}

func TestGitHook(t *testing.T) {
	t.Parallel()
	needs(t, "sh", "git")
	r := newRepository(t)
	r.commit(t, "a roster")
	r.write(t, ".git/hooks/pre-commit", readFile(t, "git-hook/pre-commit"))
	if err := os.Chmod(filepath.Join(r.folder, ".git/hooks/pre-commit"), 0o777); err != nil {
		t.Fatal(err)
	}
	commit := func() (int, string) {
		r.git(t, "add", "users.yaml")
		return shell(t, r.folder, []string{"PATH=" + filepath.Dir(rollcallBinary()) + ":" + os.Getenv("PATH"), "HOME=" + r.folder},
			"git", "-c", "user.name=Ines", "-c", "user.email=ines@acme.example", "commit", "--quiet", "--message", "a change")
	}
	r.edit(t, hanakosRole, hanakosNew)
	if code, said := commit(); code != 0 {
		t.Fatalf("a valid roster: exit code %d\n%s", code, said)
	}
	r.edit(t, hanakosNew, strings.Replace(hanakosNew, "role", "rule", 1))
	r.git(t, "add", "users.yaml")
	r.edit(t, "rule: Lead", "role: Lead") // what is committed counts, not what lies there
	code, said := shell(t, r.folder, []string{"PATH=" + filepath.Dir(rollcallBinary()) + ":" + os.Getenv("PATH"), "HOME=" + r.folder},
		"git", "-c", "user.name=Ines", "-c", "user.email=ines@acme.example", "commit", "--quiet", "--message", "a change")
	if code == 0 || !strings.Contains(said, "users.yaml:") || !strings.Contains(said, "rule") {
		t.Errorf("a wrong key: exit code %d\n%s", code, said)
	}
}
