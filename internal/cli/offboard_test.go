package cli_test

import (
	"bytes"
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
