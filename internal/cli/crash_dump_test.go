//go:build unix

package cli_test

import (
	"bytes"
	"strings"
	"syscall"
	"testing"
)

// TestProcess_crashDumpHoldsNoKey ends a process as a support engineer does who wants to know where it hangs: with
// SIGQUIT, which prints all goroutines and, asked for it, leaves a core.
func TestProcess_crashDumpHoldsNoKey(t *testing.T) {
	var core syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &core); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{Cur: 0, Max: core.Max}); err != nil {
		t.Fatal(err) // the processes below inherit that they leave no core
	}
	t.Cleanup(func() { _ = syscall.Setrlimit(syscall.RLIMIT_CORE, &core) })
	overProducts(t, func(t *testing.T, tool product) {
		for _, tt := range []struct {
			name      string
			hangs     string
			traceback string
			args      []string
		}{
			{"while it reads", tool.lists[0], "all", []string{"plan"}},
			{"while it reads and says everything", tool.lists[0], "system", []string{"plan", "-v"}},
			{"while it writes", tool.create, "all", []string{"apply", "--yes"}},
			{"while it writes and says everything", tool.create, "crash", []string{"apply", "--yes", "-v"}},
		} {
			t.Run(tt.name, func(t *testing.T) {
				d, _ := mixedDesk(t, tool)
				hangs := d.hang(t, tt.hangs)
				var out bytes.Buffer
				p := d.process(append(tt.args, "-f", d.roster)...)
				p.Env = append(p.Env, "GOTRACEBACK="+tt.traceback)
				p.Stdout, p.Stderr = &out, &out
				ended := startUntil(t, p, hangs)
				if err := p.Process.Signal(syscall.SIGQUIT); err != nil {
					t.Fatal(err)
				}
				<-ended
				said := out.String()
				if !strings.Contains(said, "SIGQUIT") || strings.Count(said, "\ngoroutine ") < 2 || !strings.Contains(said, "rollcall/internal/httpx") {
					t.Errorf("that is no dump of the goroutines of a run:\n%s", said)
				}
				if line, found := secretIn(said); found {
					t.Errorf("the dump holds the key: %s", line)
				}
			})
		}
	})
}
