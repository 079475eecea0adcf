package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/cli"
	"rollcall/internal/sim/testrailsim"
)

// patience is how long a test waits for what would otherwise never come.
const patience = 30 * time.Second

// gate is a writer that tells of a word, and that lets nothing through before it is open.
type gate struct {
	open chan struct{}
	word string
	seen chan struct{}

	mu   sync.Mutex
	text bytes.Buffer
}

func (g *gate) Write(p []byte) (int, error) {
	select {
	case <-g.open:
	case <-time.After(patience):
		return 0, errors.New("nobody reads")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	before := g.word != "" && bytes.Contains(g.text.Bytes(), []byte(g.word))
	g.text.Write(p)
	if !before && g.word != "" && bytes.Contains(p, []byte(g.word)) {
		close(g.seen)
	}
	return len(p), nil
}

// applyEvents applies a company's roster with events on standard output, and returns the exit code.
func applyEvents(c *company, stdout *gate, stderr *bytes.Buffer, more ...string) int {
	return cli.Main(cli.Env{
		Args:  append([]string{"apply", "--yes", "-f", c.roster, "--format", "jsonl", "--concurrency", "1"}, more...),
		Stdin: cli.Input{Reader: strings.NewReader("")}, Stdout: cli.Output{Writer: stdout}, Stderr: cli.Output{Writer: stderr},
		Getenv: c.getenv, Now: time.Now,
	})
}

// types returns the types of lines of JSON, each line parsed.
func types(t *testing.T, text string) []string {
	t.Helper()
	var list []string
	for line := range strings.Lines(text) {
		var l struct {
			Type string `json:"type"`
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil || l.Type == "" || !strings.HasSuffix(line, "\n") {
			t.Fatalf("line %q: %v", line, err)
		}
		list = append(list, l.Type)
	}
	return list
}

func TestApplyEvents_areToldWhileTheRunGoesOn(t *testing.T) {
	c := newCompany(t, testrailsim.GenOptions{Users: 60, Groups: 2})
	c.edit(t, `(?m)^    role: Tester\n`, "    role: Designer\n")
	c.edit(t, `(?m)^    role: Tester\n`, "    role: Designer\n")
	stdout := &gate{open: make(chan struct{}), word: `"type":"action_ended"`, seen: make(chan struct{})}
	close(stdout.open)
	writes := 0
	c.Before = func(r testrailsim.RequestInfo, _ *testrailsim.State) {
		if r.Route.Method != "update_user" {
			return
		}
		if writes++; writes == 2 {
			select {
			case <-stdout.seen:
			case <-time.After(patience):
				t.Error("the end of the first action is not told before the second is done")
			}
		}
	}
	var stderr bytes.Buffer
	if code := applyEvents(c, stdout, &stderr); code != 0 || writes < 2 {
		t.Fatalf("exit code %d after %d writes: %s", code, writes, &stderr)
	}
	got := types(t, stdout.text.String())
	if got[0] != "run_started" || got[len(got)-2] != "final_read_started" || got[len(got)-1] != "run_finished" {
		t.Errorf("events %q", got)
	}
}

// A pager that waits for a key, or a collector that is slow, stops no run half way.
func TestApplyEvents_doNotKeepTheRunWaiting(t *testing.T) {
	c := newCompany(t, testrailsim.GenOptions{Users: 60, Groups: 2})
	c.edit(t, `(?m)^    role: Tester\n`, "    role: Designer\n")
	stdout := &gate{open: make(chan struct{})}
	reads := 0
	c.Before = func(r testrailsim.RequestInfo, _ *testrailsim.State) {
		if r.Route.Method == "get_users" {
			if reads++; reads == 2 { // the final read: everything is done by then
				close(stdout.open)
			}
		}
	}
	var stderr bytes.Buffer
	if code := applyEvents(c, stdout, &stderr); code != 0 || reads != 2 {
		t.Fatalf("exit code %d after %d reads: %s", code, reads, &stderr)
	}
	if got := types(t, stdout.text.String()); got[len(got)-1] != "run_finished" {
		t.Errorf("events end with %s", got[len(got)-1])
	}
}

// Whoever watches the events sees why nothing happens for a while, and for how long.
func TestApplyEvents_tellOfLongWaits(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault string
		want  string // in the line; "": there is none
	}{
		{"a window that an answer opened", "429:30s@update_user#1", `"seconds":30,"why":"window"}`},
		{"nothing to wait for", "none", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file, roster := withSwitches(t, map[string]string{"fault": tt.fault}), twoChanges(t)
			synctest.Test(t, func(t *testing.T) {
				env, stdout, stderr := inMemory("apply", "--yes", "-q", "--format", "jsonl", "--concurrency", "1", "--sim", file, "-f", roster)
				if code := cli.Main(env); code != 0 {
					t.Fatalf("exit code %d: %s", code, stderr)
				}
				var waits []string
				for line := range strings.Lines(stdout.String()) {
					if strings.HasPrefix(line, `{"type":"wait"`) {
						waits = append(waits, line)
					}
				}
				if len(waits) > 1 || (len(waits) == 1) != (tt.want != "") || !strings.Contains(strings.Join(waits, ""), tt.want) {
					t.Errorf("waits %q, want %s", waits, tt.want)
				}
			})
		})
	}
}

// brokenWriter takes one line and then nothing.
type brokenWriter struct{ lines int }

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.lines++; w.lines > 1 {
		return 0, errors.New("broken pipe")
	}
	return len(p), nil
}

// Whoever stops reading loses the events, not the run nor its report: exit 5, since not all was told.
func TestApplyEvents_thatNobodyReadsAnyMore(t *testing.T) {
	c := newCompany(t, testrailsim.GenOptions{Users: 60, Groups: 2})
	c.edit(t, `(?m)^    role: Tester\n`, "    role: Designer\n")
	report := filepath.Join(t.TempDir(), "report.json")
	var stdout brokenWriter
	var stderr bytes.Buffer
	code := cli.Main(cli.Env{
		Args:  []string{"apply", "--yes", "-f", c.roster, "--format", "jsonl", "--report", report},
		Stdin: cli.Input{Reader: strings.NewReader("")}, Stdout: cli.Output{Writer: &stdout}, Stderr: cli.Output{Writer: &stderr},
		Getenv: c.getenv, Now: time.Now,
	})
	if code != 5 || stderr.String() != "error: broken pipe\n" {
		t.Errorf("exit code %d: %s", code, &stderr)
	}
	if stdout.lines != 2 {
		t.Errorf("%d lines after the first that failed", stdout.lines-2)
	}
	checkConverged(t, report)
}

// checkConverged fails unless a report says that everything is in place.
func checkConverged(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var report apply.Report
	if err := json.Unmarshal(text, &report); err != nil || report.Result != apply.Converged || len(report.Outcomes) == 0 {
		t.Errorf("report: %v\n%.500s", err, text)
	}
}
