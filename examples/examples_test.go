// Package examples_test runs every example: validated, planned and converged against the simulator. What the README shows of
// them is held by the tests of docs.
package examples_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall/internal/cli"
	"rollcall/internal/plan"
)

// rollcall runs a command in this process, in the current folder, on the day the examples were written for.
func rollcall(t *testing.T, code int, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	got := cli.Main(cli.Env{
		Args: args, Stdin: cli.Input{Reader: strings.NewReader("")}, Stdout: cli.Output{Writer: &stdout}, Stderr: cli.Output{Writer: &stderr},
		Getenv: func(string) string { return "" },
		Now:    func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) },
	})
	if got != code {
		t.Fatalf("rollcall %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, &stdout, &stderr)
	}
	return stdout.String()
}

// planned returns the plan for the example in the current folder and the copy of its instance.
func planned(t *testing.T, instance string) plan.Plan {
	t.Helper()
	var p plan.Plan
	if err := json.Unmarshal([]byte(rollcall(t, 0, "plan", "--sim", instance, "--format", "json")), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestExamples(t *testing.T) {
	either := map[plan.Kind]int{
		plan.CreateUser: 2, plan.UpdateUser: 3, plan.DeactivateUser: 2, plan.ReactivateUser: 1, plan.CreateGroup: 1, plan.UpdateGroup: 4,
	}
	tests := []struct {
		folder   string
		instance string
		want     map[plan.Kind]int
	}{
		{"small-team", "simulator.json", map[plan.Kind]int{plan.CreateUser: 1, plan.UpdateUser: 2, plan.DeactivateUser: 1, plan.UpdateGroup: 2}},
		{"three-teams", "simulator.json", map[plan.Kind]int{plan.CreateUser: 1, plan.UpdateUser: 1, plan.DeactivateUser: 1, plan.CreateGroup: 1, plan.UpdateGroup: 3}},
		{"three-teams-qtest", "simulator.json", map[plan.Kind]int{
			plan.CreateUser: 1, plan.UpdateUser: 1, plan.DeactivateUser: 1, plan.CreateGroup: 1, plan.UpdateGroup: 3,
			plan.AddToProject: 5, plan.RemoveFromProject: 1,
		}},
		{"leaver-audit", "simulator.json", map[plan.Kind]int{plan.DeactivateUser: 562}},
		{"both-tools", "testrail.json", either},
		{"both-tools", "qtest.json", either},
	}
	covered := make(map[string]bool)
	for _, tt := range tests {
		covered[tt.folder] = true
	}
	rosters, err := filepath.Glob("*/users.yaml")
	if err != nil || len(rosters) == 0 {
		t.Fatalf("no examples found: %v", err)
	}
	for _, roster := range rosters {
		if !covered[filepath.Dir(roster)] {
			t.Errorf("example %s is not in the table", roster)
		}
	}
	for _, tt := range tests {
		t.Run(tt.folder+" "+tt.instance, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.CopyFS(folder, os.DirFS(tt.folder)); err != nil {
				t.Fatal(err)
			}
			t.Chdir(folder)
			instance := tt.instance

			rollcall(t, 0, "validate")
			first := planned(t, instance)
			for _, kind := range plan.Kinds() {
				if first.Summary.ByKind[kind] != tt.want[kind] {
					t.Errorf("%s: %d, want %d", kind, first.Summary.ByKind[kind], tt.want[kind])
				}
			}
			rollcall(t, 0, "apply", "--yes", "--sim", instance)
			if again := planned(t, instance); !again.Empty() {
				t.Errorf("after the apply %d actions are left", again.Summary.Actions)
			}
			rollcall(t, 0, "drift", "--sim", instance)
		})
	}
}

// The audit is refused without its reviewed exception, and the line that the refusal prints is the exception.
func TestExamples_leaverAuditNeedsItsAllow(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("leaver-audit")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	roster, err := os.ReadFile("users.yaml")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(roster), "    - {guard: max_deactivations")
	_, after, ended := strings.Cut(rest, "\n")
	if !found || !ended {
		t.Fatal("the example has no exception any more")
	}
	write := func(exception string) {
		t.Helper()
		if err := os.WriteFile("users.yaml", []byte(before+exception+after), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	write("    []\n")
	refusal := rollcall(t, 3, "plan", "--sim", "simulator.json")
	_, line, found := strings.Cut(refusal, "- {guard: max_deactivations")
	line, _, _ = strings.Cut(line, "\n")
	if !found {
		t.Fatalf("the refusal prints nothing to paste:\n%.600s", refusal)
	}
	line = strings.Replace(line, "say why", "all who left before the audit", 1)
	write("    - {guard: max_deactivations" + line + "\n")
	rollcall(t, 0, "plan", "--sim", "simulator.json")
}
