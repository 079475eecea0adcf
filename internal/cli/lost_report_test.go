package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/cli"
	"rollcall/internal/sim/testrailsim"
)

// The folder of one report is gone when the run is over: exit 5, although all is in place. Standard output has the report,
// the other file as well, and nothing else is left.
func TestApply_reportThatCanNotBeWrittenAfterAll(t *testing.T) {
	c := newCompany(t, testrailsim.GenOptions{Users: 20, Groups: 2})
	c.edit(t, `(?m)^    role: Tester\n`, "    role: Designer\n")
	gone, there := filepath.Join(t.TempDir(), "gone"), t.TempDir()
	if err := os.Mkdir(gone, 0o700); err != nil {
		t.Fatal(err)
	}
	c.Before = func(r testrailsim.RequestInfo, _ *testrailsim.State) {
		if r.Route.Method == "update_user" {
			if err := os.RemoveAll(gone); err != nil {
				t.Error(err)
			}
		}
	}
	lost, kept := filepath.Join(gone, "report.json"), filepath.Join(there, "report.json")
	var stdout, stderr bytes.Buffer
	code := cli.Main(cli.Env{
		Args:  []string{"apply", "--yes", "-f", c.roster, "--format", "json", "--report", lost, "--report", kept},
		Stdin: cli.Input{Reader: strings.NewReader("")}, Stdout: cli.Output{Writer: &stdout}, Stderr: cli.Output{Writer: &stderr},
		Getenv: c.getenv, Now: time.Now,
	})
	if code != 5 {
		t.Errorf("exit code %d, want 5", code)
	}
	if want := "error: --report " + lost + ": no such file or directory\n  hint: standard output has the report as well\n"; stderr.String() != want {
		t.Errorf("standard error\n got %swant %s", &stderr, want)
	}
	file, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{"standard output": stdout.Bytes(), "the other file": file} {
		var report apply.Report
		if err := json.Unmarshal(text, &report); err != nil || report.Result != apply.Converged || len(report.Outcomes) == 0 {
			t.Errorf("%s has no report: %v\n%.500s", name, err, text)
		}
	}
	if left, err := os.ReadDir(there); err != nil || len(left) != 1 {
		t.Errorf("left beside the report: %v, %v", left, err)
	}
}
