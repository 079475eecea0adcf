//go:build unix

package cli_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"

	"rollcall/internal/sim/testrailsim"
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
	for _, tt := range []struct {
		name      string
		hangs     string
		traceback string
		args      []string
	}{
		{"while it reads", "get_users", "all", []string{"plan"}},
		{"while it reads and says everything", "get_users", "system", []string{"plan", "-v"}},
		{"while it writes", "add_user", "all", []string{"apply", "--yes"}},
		{"while it writes and says everything", "add_user", "crash", []string{"apply", "--yes", "-v"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server, roster, _ := mixedCompany(t)
			hangs, end := make(chan struct{}, 64), make(chan struct{})
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.RawQuery, "/"+tt.hangs) {
					hangs <- struct{}{}
					<-end
					return
				}
				server.ServeHTTP(w, r)
			}))
			defer web.Close()
			defer close(end)
			var out bytes.Buffer
			p := process(web.URL, append(tt.args, "-f", roster)...)
			p.Env = append(p.Env, "TESTRAIL_API_KEY="+adminKey, "GOTRACEBACK="+tt.traceback)
			p.Stdout, p.Stderr = &out, &out
			if err := server.Edit(func(s *testrailsim.State) error {
				admin, _ := s.UserByEmail(testrailsim.DefaultAdmin)
				admin.APIKey = adminKey
				return s.SetUser(admin)
			}); err != nil {
				t.Fatal(err)
			}
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- p.Wait() }()
			select {
			case <-hangs:
			case err := <-ended:
				t.Fatalf("it ended before it hung: %v\n%s", err, &out)
			}
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
}
