//go:build linux || darwin

package cli_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/internal/cli"
)

// Of several that edit one roster at the same time each either is in it afterwards or says that it is not.
func TestOffboard_atTheSameTime(t *testing.T) {
	t.Chdir(t.TempDir())
	var roster strings.Builder
	roster.WriteString(good)
	for i := range 50 { // enough to write for the runs to meet
		fmt.Fprintf(&roster, "  - email: person%d@acme.example\n", i)
	}
	for range 4 {
		if err := os.WriteFile("users.yaml", []byte(roster.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		codes := make([]int, 8)
		var runs sync.WaitGroup
		for i := range codes {
			runs.Go(func() {
				codes[i] = cli.Main(cli.Env{Args: []string{"offboard", "-", "-q"}, Stdin: cli.Input{Reader: strings.NewReader(fmt.Sprintf("person%d@acme.example\n", i))},
					Stdout: cli.Output{Writer: io.Discard}, Stderr: cli.Output{Writer: io.Discard},
					Getenv: func(string) string { return "" }, Now: func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }})
			})
		}
		runs.Wait()
		text, err := os.ReadFile("users.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for i, code := range codes {
			if left := strings.Contains(string(text), fmt.Sprintf("\n  - person%d@acme.example\n", i)); left != (code == 0) {
				t.Errorf("run %d ended with %d, and its leaver is in the roster: %v", i, code, left)
			}
		}
	}
}
