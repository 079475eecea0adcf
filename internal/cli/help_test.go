package cli_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"rollcall/internal/cli"
)

func TestMain_helpFitsATerminal(t *testing.T) {
	for _, command := range []string{"", "validate", "plan", "apply", "drift", "import", "list", "explain", "doctor", "sim", "schema", "completion", "version", "help"} {
		t.Run("help of "+command, func(t *testing.T) {
			env, stdout, stderr := inMemory(append(strings.Fields(command), "--help")...)
			if code := cli.Main(env); code != 0 || stdout.Len() == 0 {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			for line := range strings.SplitSeq(stdout.String(), "\n") {
				if n := utf8.RuneCountInString(line); n > 80 {
					t.Errorf("%d characters: %s", n, line)
				}
			}
		})
	}
}
