package cli_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"rollcall/internal/cli"
)

// Whatever a list of leavers holds, it gives no orders to a terminal or to a CI system.
func TestOffboard_hostileList(t *testing.T) {
	for _, tt := range []struct{ name, list string }{
		{"an address", "email\n\x1b[31m\u202eevil\n"},
		{"a column", "email,\x1b]0;x\a last day\nana@acme.example,x\n"},
		{"a column that is used", "e-mail,##vso[task.setvariable]x\nana@acme.example,x\n"},
		{"a day", "email,until\nana@acme.example,::add-mask::\u202e\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("users.yaml", []byte(good), 0o600); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			args := []string{"offboard", "-", "--dry-run"}
			for _, args := range [][]string{args, append(args, "--column", "nothing")} {
				cli.Main(cli.Env{Args: args, Stdin: cli.Input{Reader: strings.NewReader(tt.list)}, Stdout: cli.Output{Writer: &out}, Stderr: cli.Output{Writer: &out},
					Getenv: func(string) string { return "" }, Now: func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }})
			}
			if out.Len() == 0 || strings.ContainsAny(out.String(), "\x1b\a\u202e") || strings.Contains(out.String(), "##vso[") || strings.Contains(out.String(), "\n::") {
				t.Errorf("printed %q", &out)
			}
		})
	}
}

// Ctrl-C ends a command that waits for standard input, and one that has not written yet writes nothing.
func TestEdits_interrupted(t *testing.T) {
	never, end := io.Pipe()
	defer end.Close()
	for _, tt := range []struct {
		name  string
		stdin io.Reader
		args  []string
	}{
		{"fmt waits", never, []string{"fmt", "-"}},
		{"offboard waits", never, []string{"offboard", "-"}},
		{"fmt has not written", strings.NewReader(""), []string{"fmt"}},
		{"offboard has not written", strings.NewReader(""), []string{"offboard", "hr.csv"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			roster := strings.ReplaceAll(good, "  - ", "- ")
			for name, text := range map[string]string{"users.yaml": roster, "hr.csv": "ana@acme.example\n"} {
				if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out bytes.Buffer
			code := cli.Main(cli.Env{Args: tt.args, Stdin: cli.Input{Reader: tt.stdin}, Stdout: cli.Output{Writer: &out}, Stderr: cli.Output{Writer: &out},
				Getenv: func(string) string { return "" }, Now: func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) },
				Interruptible: func() (context.Context, func()) {
					ctx, stop := context.WithCancel(context.Background())
					stop()
					return ctx, stop
				}})
			if code != 130 {
				t.Errorf("exit code %d, want 130: %s", code, &out)
			}
			if text, err := os.ReadFile("users.yaml"); err != nil || string(text) != roster {
				t.Errorf("roster is now %q, %v", text, err)
			}
		})
	}
}
