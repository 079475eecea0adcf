package cli_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"rollcall/internal/sim/testrailsim"
)

// built returns the path of the program, built as a release is.
func built(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "rollcall")
	build := exec.Command("go", "build", "-trimpath", "-o", program, "rollcall/cmd/rollcall")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return program
}

// measure runs the program once for each iteration and reports the processor seconds and the peak memory of a run. On
// Linux a process inherits the peak of whoever started it: this one has to stay small, and keeps no simulator.
func measure(b *testing.B, environment []string, program string, args ...string) {
	b.Helper()
	var cpu time.Duration
	var peak int64
	for b.Loop() {
		command := exec.Command(program, args...)
		command.Env = append(os.Environ(), environment...)
		if err := command.Run(); err != nil {
			b.Fatalf("%v: %v", args, err)
		}
		cpu += command.ProcessState.UserTime() + command.ProcessState.SystemTime()
		peak = max(peak, peakMemory(command.ProcessState))
	}
	b.ReportMetric(cpu.Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
}

// BenchmarkProcessVersion is what a start costs.
func BenchmarkProcessVersion(b *testing.B) { measure(b, nil, built(b), "version") }

// BenchmarkProcessPlan is the whole `plan` process against a served simulator, nothing to change.
func BenchmarkProcessPlan(b *testing.B) {
	program := built(b)
	for _, c := range []struct {
		name                    string
		kind                    string
		users, groups, projects int
	}{
		{"users=2000", "testrail", 2_000, 150, 0},
		{"users=10000", "testrail", 10_000, 750, 0},
		{"users=20000", "testrail", 20_000, 1_500, 0},
		{"users=50000", "testrail", 50_000, 2_000, 0},
		{"qtest/users=2000", "qtest", 2_000, 150, 150},
	} {
		b.Run(c.name, func(b *testing.B) {
			environment := serve(b, program, "--kind", c.kind, "--users", strconv.Itoa(c.users), "--groups", strconv.Itoa(c.groups), "--projects", strconv.Itoa(c.projects))
			roster := filepath.Join(b.TempDir(), "users.yaml")
			command := exec.Command(program, "import", "-q", "--out", roster)
			command.Env = append(os.Environ(), environment...)
			if out, err := command.CombinedOutput(); err != nil {
				b.Fatalf("import: %v\n%s", err, out)
			}
			measure(b, environment, program, "plan", "-f", roster, "-q")
		})
	}
}

// serve starts a simulator as a process of its own and returns the environment it asks for.
func serve(b *testing.B, program string, company ...string) []string {
	b.Helper()
	command := exec.Command(program, append([]string{"sim", "--listen", "127.0.0.1:0", "--seed", "7"}, company...)...)
	out, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	var environment []string
	ready := false
	lines := bufio.NewScanner(out)
	for !ready && lines.Scan() {
		if variable, found := strings.CutPrefix(strings.TrimSpace(lines.Text()), "export "); found {
			environment = append(environment, variable)
		}
		ready = strings.HasPrefix(lines.Text(), "Ctrl-C")
	}
	if !ready || len(environment) == 0 {
		b.Fatalf("the simulator did not say where it is: %v", lines.Err())
	}
	return environment
}

// BenchmarkApply is 100 changes on 250 users at 50 ms a request and 16 at a time, with every safety read.
func BenchmarkApply(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		c := newCompany(b, testrailsim.GenOptions{Users: 250, Groups: 25})
		roster, err := os.ReadFile(c.roster)
		if err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(c.roster, hundredChanges(b, string(roster)), 0o600); err != nil {
			b.Fatal(err)
		}
		c.Switches.Latency = 50 * time.Millisecond
		c.ResetLog()
		b.StartTimer()
		c.run(b, 0, "apply", "--yes", "-q", "--concurrency", "16", "-f", c.roster)
		b.StopTimer()
		reads, writes := c.sent()
		b.ReportMetric(float64(reads), "reads/op")
		b.ReportMetric(float64(writes), "writes/op")
		b.StartTimer()
	}
}

// hundredChanges makes 30 people join, 50 change their names, and 20 groups gain one of the new ones.
func hundredChanges(b *testing.B, roster string) []byte {
	var text strings.Builder
	joined, renamed, gained, inGroups := 0, 0, 0, false
	for line := range strings.Lines(roster) {
		switch {
		case line == "groups:\n":
			for ; joined < 30; joined++ {
				fmt.Fprintf(&text, "  - {email: joiner.%02d@acme.example, name: Joiner %d, role: Tester}\n", joined, joined)
			}
			inGroups = true
		case strings.HasPrefix(line, "    name: ") && renamed < 50:
			renamed++
			line = fmt.Sprintf("    name: Changed %d\n", renamed)
		case line == "    members:\n" && inGroups && gained < 20:
			line += fmt.Sprintf("      - joiner.%02d@acme.example\n", gained)
			gained++
		}
		text.WriteString(line)
	}
	if joined+renamed+gained != 100 {
		b.Fatalf("%d changes, not 100", joined+renamed+gained)
	}
	return []byte(text.String())
}
