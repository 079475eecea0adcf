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
	"strings"
	"sync"
	"testing"
)

// gallows serves a simulator and kills a process when its k-th write arrives: before that takes effect, or after, but never
// with an answer.
type gallows struct {
	http.Handler
	k      int
	effect bool

	mu      sync.Mutex
	process *os.Process
	writes  int
}

func (g *gallows) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		g.Handler.ServeHTTP(w, r)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.writes++; g.writes != g.k {
		g.Handler.ServeHTTP(w, r)
		return
	}
	if g.effect {
		g.Handler.ServeHTTP(httptest.NewRecorder(), r)
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

// process returns rollcall as a process of its own, with the environment of the desk.
func (d *desk) process(args ...string) *exec.Cmd {
	c := exec.Command("rollcall", args...) // this test binary, which TestMain makes rollcall under that name
	c.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	for name, value := range d.tool.environment(d.url, d.as) {
		c.Env = append(c.Env, name+"="+value)
	}
	return c
}

// TestProcess_killed ends the process with SIGKILL at each write of a mixed apply, as a machine does that runs out of memory.
// It leaves no report, and a file that says what it is; the next process, which knows nothing, converges.
func TestProcess_killed(t *testing.T) {
	overProducts(t, func(t *testing.T, p product) {
		d, report := mixedDesk(t, p)
		g := &gallows{Handler: d.simulator}
		d.serve(t, g)
		code, said := g.hang(t, d.process("apply", "--yes", "-f", d.roster, "--report", report))
		if code != 0 {
			t.Fatalf("with nobody to kill it: exit code %d\n%s", code, said)
		}
		for _, method := range p.writes {
			if d.Count(method) == 0 {
				t.Errorf("the plan has no %s", method)
			}
		}
		for k := range g.writes {
			for _, effect := range []bool{false, true} {
				t.Run(fmt.Sprintf("at write %d, which took effect: %t", k+1, effect), func(t *testing.T) { killAt(t, p, k+1, effect) })
			}
		}
		t.Logf("kills: %s: %d, before and after each of %d writes", p.name, 2*g.writes, g.writes)
	})
}

func killAt(t *testing.T, p product, k int, effect bool) {
	d, report := mixedDesk(t, p)
	g := &gallows{Handler: d.simulator, k: k, effect: effect}
	web := d.serve(t, g)
	code, said := g.hang(t, d.process("apply", "--yes", "-f", d.roster, "--report", report))
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

	d.serve(t, d.simulator)
	d.rollcall(t, 0, "apply", "--yes", "--report", report)
	d.rollcall(t, 0, "drift")
	if _, err := os.Stat(report); err != nil {
		t.Errorf("the next run has no report: %v", err)
	}
	d.onlyOnce(t)
}
