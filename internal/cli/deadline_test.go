package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/cli"
)

// twoChanges writes the roster of the scripts with one account to create and, after it, one to update.
func twoChanges(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/users.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("name: Dana Kim\n"), []byte("name: Dana K.\n"), 1)
	text = bytes.Replace(text, []byte("users:\n"), []byte("users:\n  - {email: nia@acme.example, name: Nia, role: Tester}\n"), 1)
	path := filepath.Join(t.TempDir(), "users.yaml")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What is said of a run that ends at its deadline, and when.
func TestMain_deadlineBeforeAWrite(t *testing.T) {
	const late = "error: run took longer than --timeout 10s\n"
	for _, tt := range []struct {
		name  string
		fault string
		args  []string
		code  int
		took  time.Duration
		told  string
	}{
		{"plan, while it waits for an answer", "hang@get_users", []string{"plan"}, 1, 10 * time.Second, late},
		{"plan, while it waits for a window", "429:1m@get_users", []string{"plan"}, 1, 10 * time.Second, late},
		{"plan, while it waits between two tries", "500@get_users", []string{"plan"}, 1, 10 * time.Second, late},
		{"drift", "hang@get_users", []string{"drift"}, 1, 10 * time.Second, late},
		{"import", "hang@get_users", []string{"import"}, 1, 10 * time.Second, late},
		{"list", "hang@get_users", []string{"list", "users"}, 1, 10 * time.Second, late},
		{"doctor", "hang@get_users", []string{"doctor"}, 1, 10 * time.Second, late},
		{"apply, while it reads", "hang@get_users", []string{"apply", "--yes"}, 1, 10 * time.Second, late},
		{"-q says it as well", "hang@get_users", []string{"apply", "--yes", "-q"}, 1, 10 * time.Second, late},
		{"a run that is over in time is as it was", "429:9s@get_users#1", []string{"plan", "--detailed-exitcode"}, 2, 9 * time.Second, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file, roster := withSwitches(t, map[string]string{"fault": tt.fault}), twoChanges(t)
			before, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				args := append(tt.args, "--sim", file, "--timeout", "10s")
				if tt.args[0] != "import" && tt.args[0] != "doctor" {
					args = append(args, "-f", roster)
				}
				env, _, stderr := inMemory(args...)
				start := time.Now()
				if code := cli.Main(env); code != tt.code {
					t.Errorf("exit code %d, want %d\n%s", code, tt.code, stderr)
				}
				// A request that is not under way yet when the limit is named waits for its turn in the pace, beside the window.
				if took := time.Since(start); took < tt.took || took > tt.took+5*time.Second {
					t.Errorf("took %s, want %s", took, tt.took)
				}
				if !strings.Contains(stderr.String(), tt.told) {
					t.Errorf("standard error does not say %q:\n%s", tt.told, stderr)
				}
				if told := stderr.String(); tt.told == late && (!strings.Contains(told, "hint: nothing was written") || strings.Contains(told, "interrupted")) {
					t.Errorf("standard error says:\n%s", told)
				}
			})
			if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the instance was changed: %v", err)
			}
		})
	}
}

// The first write takes effect, and then there is no time left.
func TestMain_deadlineAfterAWrite(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fault  string
		args   []string
		took   time.Duration
		status apply.Status
		reason string
	}{
		{
			"a write that waits for a window is not sent", "429:1m@update_user", nil, 20 * time.Second,
			apply.NotRun, "run took longer than --timeout 20s before the write",
		},
		{
			"a write that waits between two tries is not sent again", "500@update_user", []string{"--timeout", "6s"}, 6 * time.Second,
			apply.Failed, "unclear whether it took effect: POST update_user/3: given up",
		},
		{
			"a write under way gets the grace period", "hang@update_user", nil, 25 * time.Second,
			apply.Failed, "unclear whether it took effect: POST update_user/3: given up",
		},
		{
			"as long as --grace says", "hang@update_user", []string{"--grace", "1s"}, 21 * time.Second,
			apply.Failed, "unclear whether it took effect: POST update_user/3: given up",
		},
		{"the final read is cut short", "hang@get_users#2", nil, 20 * time.Second, apply.Done, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file, roster := withSwitches(t, map[string]string{"fault": tt.fault}), twoChanges(t)
			saved := filepath.Join(t.TempDir(), "report.json")
			synctest.Test(t, func(t *testing.T) {
				args := []string{"apply", "--yes", "-f", roster, "--sim", file, "--report", saved, "--timeout", "20s"}
				env, stdout, stderr := inMemory(append(args, tt.args...)...)
				start := time.Now()
				if code := cli.Main(env); code != 5 {
					t.Errorf("exit code %d, want 5\n%s", code, stderr)
				}
				// A request that is not under way yet when the limit is named waits for its turn in the pace, beside the window.
				if took := time.Since(start); took < tt.took || took > tt.took+5*time.Second {
					t.Errorf("took %s, want %s", took, tt.took)
				}
				if told := stderr.String(); !strings.Contains(told, "error: run took longer than --timeout ") || strings.Contains(told, "nterrupted") {
					t.Errorf("standard error says:\n%s", told)
				}
				if !strings.Contains(stdout.String(), "final read: skipped: run took longer than --timeout ") {
					t.Errorf("standard output says:\n%s", stdout)
				}
			})
			report := readReport(t, saved)
			if report.Result != apply.NotConverged || report.ExitCode != 5 || report.FinalRead != apply.FinalReadSkipped {
				t.Errorf("result %s, exit code %d, final read %s", report.Result, report.ExitCode, report.FinalRead)
			}
			created, updated := report.Outcomes[0], report.Outcomes[1]
			if created.Status != apply.Done || updated.Status != tt.status || updated.Error != tt.reason {
				t.Errorf("create %s; update %s: %q", created.Status, updated.Status, updated.Error)
			}
		})
	}
}

// readReport reads a report that has to fit its schema.
func readReport(t *testing.T, path string) *apply.Report {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = fits("report", string(text))
	}
	var report apply.Report
	if err == nil {
		err = json.Unmarshal(text, &report)
	}
	if err != nil || len(report.Outcomes) != 2 {
		t.Fatalf("%s: %v, %d actions", path, err, len(report.Outcomes))
	}
	return &report
}

// Ctrl-C is an interrupt whether or not there is a deadline; one during the grace period of a deadline changes nothing.
func TestMain_interruptedWithADeadline(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault string
		after time.Duration
		code  int
	}{
		{"before a write", "hang@get_users#1", 5 * time.Second, 130},
		{"after a write", "hang@update_user", 5 * time.Second, 130},
		{"after a write and the deadline", "hang@update_user", 22 * time.Second, 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file, roster := withSwitches(t, map[string]string{"fault": tt.fault}), twoChanges(t)
			synctest.Test(t, func(t *testing.T) {
				env, _, stderr := inMemory("apply", "--yes", "-f", roster, "--sim", file, "--timeout", "20s")
				ctx, interrupt := context.WithCancel(t.Context())
				env.Interruptible = func() (context.Context, func()) { return ctx, interrupt }
				time.AfterFunc(tt.after, interrupt)
				if code := cli.Main(env); code != tt.code {
					t.Errorf("exit code %d, want %d\n%s", code, tt.code, stderr)
				}
			})
		})
	}
}

// A window is waited for as long as --max-wait says, and the error names the flag.
func TestMain_maxWait(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault string
		args  []string
		code  int
		took  time.Duration
	}{
		{"five minutes by default", "429:5m@get_users#1", nil, 0, 5 * time.Minute},
		{"and not longer", "429:301s@get_users#1", nil, 8, 0},
		{"more if it is asked for", "503:1h@get_users#1", []string{"--max-wait", "2h"}, 0, time.Hour},
		{"less if it is asked for", "503:1m@get_users#1", []string{"--max-wait", "30s"}, 8, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := withSwitches(t, map[string]string{"fault": tt.fault})
			synctest.Test(t, func(t *testing.T) {
				env, _, stderr := inMemory(append([]string{"plan", "-f", "testdata/users.yaml", "--sim", file}, tt.args...)...)
				start := time.Now()
				if code := cli.Main(env); code != tt.code {
					t.Errorf("exit code %d, want %d\n%s", code, tt.code, stderr)
				}
				// A request that is not under way yet when the limit is named waits for its turn in the pace, beside the window.
				if took := time.Since(start); took < tt.took || took > tt.took+5*time.Second {
					t.Errorf("took %s, want %s", took, tt.took)
				}
				for _, words := range []string{"host asks for no requests for ", "wait longer with --max-wait"} {
					if strings.Contains(stderr.String(), words) != (tt.code != 0) {
						t.Errorf("%q: standard error says:\n%s", words, stderr)
					}
				}
			})
		})
	}
}
