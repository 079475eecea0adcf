//go:build unix

package cli_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"rollcall/internal/sim/testrailsim"
)

// mixed is a roster that leads from the company of the scripts to another by a write of each kind.
const mixed = `version: 1
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

// gallows serves a simulator and kills a process when its k-th write arrives: before that takes effect, or after, but never
// with an answer.
type gallows struct {
	*testrailsim.Server
	k      int
	effect bool

	mu      sync.Mutex
	process *os.Process
	writes  int
}

func (g *gallows) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		g.Server.ServeHTTP(w, r)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.writes++; g.writes != g.k {
		g.Server.ServeHTTP(w, r)
		return
	}
	if g.effect {
		g.Server.ServeHTTP(httptest.NewRecorder(), r)
	}
	_ = g.process.Kill() // its end says whether that worked
	panic(http.ErrAbortHandler)
}

// hang runs a process until it ends by itself or is killed, and returns its exit code, -1 for a kill, and what it printed.
func (g *gallows) hang(t *testing.T, p *exec.Cmd) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	p.Stdout, p.Stderr = &out, &out
	g.mu.Lock()
	err := p.Start()
	g.process = p.Process
	g.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	_ = p.Wait() // the exit code says it
	return p.ProcessState.ExitCode(), out.String()
}

// process returns rollcall as a process of its own that talks to a served instance.
func process(url string, args ...string) *exec.Cmd {
	c := exec.Command("rollcall", args...) // this test binary, which TestMain makes rollcall under that name
	c.Env = append(os.Environ(), "TESTRAIL_URL="+url, "TESTRAIL_USER="+testrailsim.DefaultAdmin, "TESTRAIL_API_KEY="+testrailsim.DefaultKey,
		"TESTRAIL_API_KEY_FILE=", "GORACE=atexit_sleep_ms=0")
	return c
}

// mixedCompany returns a simulator of the company of the scripts, its roster, and where its report shall be.
func mixedCompany(t *testing.T) (server *testrailsim.Server, roster, report string) {
	t.Helper()
	f, err := os.Open("testdata/company.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	snapshot, err := testrailsim.Load(f)
	if err != nil {
		t.Fatal(err)
	}
	snapshot.Users[0].APIKey = ""
	if server, err = testrailsim.New(snapshot); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	roster = filepath.Join(t.TempDir(), "users.yaml")
	if err := os.WriteFile(roster, []byte(mixed), 0o600); err != nil {
		t.Fatal(err)
	}
	return server, roster, filepath.Join(t.TempDir(), "report.json")
}

// TestProcess_killed ends the process with SIGKILL at each write of a mixed apply, as a machine does that runs out of memory.
// It leaves no report, and a file that says what it is; the next process, which knows nothing, converges.
func TestProcess_killed(t *testing.T) {
	server, roster, report := mixedCompany(t)
	g := &gallows{Server: server}
	web := httptest.NewServer(g)
	code, said := g.hang(t, process(web.URL, "apply", "--yes", "-f", roster, "--report", report))
	web.Close()
	if code != 0 {
		t.Fatalf("with nobody to kill it: exit code %d\n%s", code, said)
	}
	for _, route := range []string{"add_user", "update_user", "add_group", "update_group", "delete_group"} {
		if server.Count(route) == 0 {
			t.Errorf("the plan has no %s", route)
		}
	}
	for k := range g.writes {
		for _, effect := range []bool{false, true} {
			t.Run(fmt.Sprintf("at write %d, which took effect: %t", k+1, effect), func(t *testing.T) { killAt(t, k+1, effect) })
		}
	}
}

func killAt(t *testing.T, k int, effect bool) {
	server, roster, report := mixedCompany(t)
	g := &gallows{Server: server, k: k, effect: effect}
	web := httptest.NewServer(g)
	code, said := g.hang(t, process(web.URL, "apply", "--yes", "-f", roster, "--report", report))
	web.Close() // and with it what was under way
	if code != -1 {
		t.Fatalf("it was not killed: exit code %d\n%s", code, said)
	}
	left, err := os.ReadDir(filepath.Dir(report))
	if err != nil || len(left) != 1 || !strings.HasPrefix(left[0].Name(), ".report.json.") {
		t.Fatalf("it left %v, %v", left, err)
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(report), left[0].Name()))
	if err != nil || !strings.HasPrefix(string(text), "room that rollcall claimed") {
		t.Errorf("%s holds %.100q, %v", left[0].Name(), text, err)
	}

	c := serveCompany(t, server)
	c.run(t, 0, "apply", "--yes", "-f", roster, "--report", report)
	c.run(t, 0, "drift", "-f", roster)
	if _, err := os.Stat(report); err != nil {
		t.Errorf("the next run has no report: %v", err)
	}
	var names []string
	for _, u := range server.Snapshot().Users {
		names = append(names, strings.ToLower(u.Email))
	}
	for _, g := range server.Snapshot().Groups {
		names = append(names, "group "+g.Name)
	}
	slices.Sort(names)
	if distinct := slices.Compact(slices.Clone(names)); len(distinct) != len(names) {
		t.Errorf("somebody or something is there twice: %q", names)
	}
}
