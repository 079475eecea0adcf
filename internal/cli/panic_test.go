package cli_test

import (
	"os/exec"
	"strings"
	"testing"

	"rollcall/internal/httpx"
	"rollcall/internal/sim/testrailsim"
)

// panicValues are what code could panic with while it holds a key.
func panicValues() map[string]any {
	secret, credential := httpx.NewSecret(adminKey), httpx.Basic(testrailsim.DefaultAdmin, httpx.NewSecret(adminKey))
	return map[string]any{
		"a secret":                        secret,
		"a pointer to a secret":           &secret,
		"a credential":                    credential,
		"a pointer to a credential":       &credential,
		"a struct that holds them":        struct{ Key, key any }{secret, credential},
		"options that hold a credential":  struct{ credential httpx.Credential }{credential},
		"an error that wraps what failed": &httpx.Error{Route: "get_users", Method: "GET"},
	}
}

// TestProcess_panicHoldsNoKey lets a process panic with what holds a key.
func TestProcess_panicHoldsNoKey(t *testing.T) {
	for name := range panicValues() {
		t.Run(name, func(t *testing.T) {
			p := exec.Command("panic-with", name)
			p.Env = append(p.Environ(), "GOTRACEBACK=all", "GORACE=atexit_sleep_ms=0")
			out, _ := p.CombinedOutput()
			if !strings.Contains(string(out), "panic: ") || !strings.Contains(string(out), "goroutine 1 [running]") {
				t.Errorf("it did not panic:\n%s", out)
			}
			if line, found := secretIn(string(out)); found {
				t.Errorf("the panic shows the key: %s", line)
			}
		})
	}
}
