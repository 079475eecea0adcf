package cli_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"rollcall/internal/cli"
)

// screen is a terminal that standard output and standard error share.
type screen struct {
	mu  sync.Mutex
	raw strings.Builder
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.raw.Write(p)
}

// rows returns what stands there in the end, row by row: what was written over is gone.
func (s *screen) rows() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []string
	for line := range strings.SplitSeq(s.raw.String(), "\n") {
		var row []rune
		at := 0
		for _, r := range line {
			if r == '\r' {
				at = 0
				continue
			}
			if at == len(row) {
				row = append(row, ' ')
			}
			row[at] = r
			at++
		}
		rows = append(rows, strings.TrimRight(string(row), " "))
	}
	return rows
}

// answer is a person at the keyboard, who ends his word with a key that the terminal shows.
type answer struct {
	io.Reader
	screen *screen
}

func (a answer) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	_, _ = a.screen.Write(p[:n])
	return n, err
}

// noFault is one that no run of these tests runs into.
const noFault = "500@get_projects#9"

// TestMain_lineOfProgressGivesWay holds slow runs on a terminal to what fast ones print: the line is seen meanwhile, and
// nothing of it is left in the end, in no row of the result, of a remark, or of the question.
func TestMain_lineOfProgressGivesWay(t *testing.T) {
	for _, tt := range []struct {
		name  string
		args  []string
		fault string
		said  []string // the line, in this order
		rows  []string // of standard error and what is typed, in this order
	}{
		{"plan", []string{"plan"}, "500@get_groups#1", []string{"\rreading · ", "\rreading · trying again in ", "(500) · users 8"}, []string{"SIMULATOR: the instance"}},
		{"doctor", []string{"doctor"}, noFault, []string{"\rlooking · "}, []string{"SIMULATOR: the instance"}},
		{"list", []string{"list", "users"}, noFault, []string{"\rreading · "}, []string{"SIMULATOR: the instance"}},
		{"apply", []string{"apply"}, noFault, []string{"\rreading · ", "\rapplying 0 of 1 [", "\rlooking at the result · "},
			[]string{"SIMULATOR: the instance", "Carry out 1 action on the SIMULATOR? Only yes is taken for yes: yes"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := withSwitches(t, map[string]string{"latency": "1700ms", "fault": tt.fault})
			args := append(tt.args, "--sim", file, "--color=never")
			if tt.name == "plan" || tt.name == "apply" {
				args = append(args, "-f", rosterWith(t, "name: Dana Kim\n", "name: Dana K.\n"))
			}
			synctest.Test(t, func(t *testing.T) {
				env, stdout, _ := inMemory(args...)
				s := new(screen)
				env.Stdin = cli.Input{Reader: answer{strings.NewReader("yes\n"), s}, Terminal: true}
				env.Stdout = cli.Output{Writer: io.MultiWriter(stdout, s), Width: 80}
				env.Stderr = cli.Output{Writer: s, Width: 80}
				if code := cli.Main(env); code != 0 {
					t.Fatalf("exit code %d\n%s", code, s.raw.String())
				}
				inOrderIn(t, "what was written", s.raw.String(), tt.said)
				rows := s.rows()
				inOrderIn(t, "the screen", strings.Join(rows, "\n"), tt.rows)
				inOrderIn(t, "the screen", strings.Join(rows, "\n")+"\n", strings.SplitAfter(strings.TrimSuffix(stdout.String(), "\n"), "\n"))
				if n := strings.Count(stdout.String(), "\n") + len(tt.rows) + 1; len(rows) > n+1 { // the question begins a row
					t.Errorf("%d rows are on the screen, not %d:\n%s", len(rows), n, strings.Join(rows, "\n"))
				}
				for _, row := range rows {
					if strings.Contains(row, "reading · ") || strings.HasPrefix(row, "applying ") || strings.Contains(row, "looking · ") {
						t.Errorf("left on the screen: %q", row)
					}
				}
			})
		})
	}
}

// inOrderIn fails unless all parts stand in a text, one after the other.
func inOrderIn(t *testing.T, name, text string, parts []string) {
	t.Helper()
	for _, part := range parts {
		_, after, found := strings.Cut(text, part)
		if !found {
			t.Fatalf("%s lacks %q, or has it too early:\n%q", name, part, text)
		}
		text = after
	}
}

func TestMain_lineOfProgressIsGoneOnCtrlC(t *testing.T) {
	file := withSwitches(t, map[string]string{"latency": "3s"})
	roster := rosterWith(t, "name: Dana Kim\n", "name: Dana K.\n")
	synctest.Test(t, func(t *testing.T) {
		env, _, _ := inMemory("apply", "--yes", "-q=false", "--sim", file, "-f", roster)
		s := new(screen)
		env.Stdout, env.Stderr = cli.Output{Writer: s, Width: 80}, cli.Output{Writer: s, Width: 80}
		ctx, interrupt := context.WithCancel(t.Context())
		env.Interruptible = func() (context.Context, func()) { return ctx, func() {} }
		env.Stderr.Writer = writerFunc(func(p []byte) (int, error) {
			if strings.Contains(string(p), "applying 0 of 1") && ctx.Err() == nil {
				interrupt()
			}
			return s.Write(p)
		})
		if code := cli.Main(env); code != 130 {
			t.Fatalf("exit code %d\n%s", code, s.raw.String())
		}
		for _, row := range s.rows() {
			if strings.Contains(row, "applying 0 of 1") || strings.HasPrefix(row, "reading") {
				t.Errorf("left on the screen: %q", row)
			}
		}
	})
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// Where a terminal can't take a line back, long waits are told as they are in a log.
func TestMain_writesNoLineThatCantChange(t *testing.T) {
	file := withSwitches(t, map[string]string{"fault": "429:30s@get_users#1"})
	synctest.Test(t, func(t *testing.T) {
		env, _, stderr := inMemory("plan", "-f", "testdata/users.yaml", "--sim", file)
		env.Stderr.Width = 80
		env.Getenv = func(name string) string { return map[string]string{"TERM": "dumb"}[name] }
		if code := cli.Main(env); code != 0 {
			t.Fatalf("exit code %d\n%s", code, stderr)
		}
		if got := stderr.String(); strings.Contains(got, "\r") || !strings.Contains(got, "waiting 30 s: the tool asks to be left alone (429)\n") {
			t.Errorf("standard error is %q", got)
		}
	})
}

// The pace is how a run is meant to go, and is told apart from a wait that the tool asks for.
func TestMain_tellsThePaceFromAWaitThatIsAskedFor(t *testing.T) {
	file := withSwitches(t, nil)
	synctest.Test(t, func(t *testing.T) {
		env, _, stderr := inMemory("plan", "-f", "testdata/users.yaml", "--sim", file, "--rate", "6/m")
		if code := cli.Main(env); code != 0 {
			t.Fatalf("exit code %d\n%s", code, stderr)
		}
		if got := stderr.String(); !strings.Contains(got, "waiting 10 s: requests keep to the pace of --rate\n") || strings.Contains(got, "left alone") {
			t.Errorf("standard error is %q", got)
		}
	})
}

var errGone = errors.New("terminal is gone")

// A terminal that is closed in the middle keeps nothing from being done.
func TestMain_outlivesItsTerminal(t *testing.T) {
	file := withSwitches(t, map[string]string{"latency": "2s"})
	synctest.Test(t, func(t *testing.T) {
		env, stdout, _ := inMemory("plan", "-f", "testdata/users.yaml", "--sim", file)
		env.Stderr = cli.Output{Writer: writerFunc(func([]byte) (int, error) { return 0, errGone }), Width: 80}
		if code := cli.Main(env); code != 0 || !strings.Contains(stdout.String(), "No changes.") {
			t.Errorf("exit code %d\n%s", code, stdout)
		}
	})
}

// rosterWith returns the name of a copy of the scripts' roster with one place replaced.
func rosterWith(t *testing.T, old, now string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/users.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), old) != 1 {
		t.Fatalf("%q does not stand in the roster once", old)
	}
	path := filepath.Join(t.TempDir(), "users.yaml")
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, now, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
