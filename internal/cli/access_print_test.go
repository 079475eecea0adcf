package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"rollcall/internal/sim/testrailsim"
)

// What a run holds of a key does not show it to whoever prints the run.
func TestAccess_isNotPrinted(t *testing.T) {
	const key = "s3cret-key"
	a, err := credentials(tools()[0], func(name string) string {
		return map[string]string{"TESTRAIL_URL": "https://acme.example.test", "TESTRAIL_USER": testrailsim.DefaultAdmin, "TESTRAIL_API_KEY": key}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	i := &instance{tool: tools()[0], access: a}
	in, err := i.tool.writer(i.access)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	config := testrailConfig(a)
	for name, value := range map[string]any{
		"access": a, "a pointer to access": &a, "an instance": i, "a configuration": config, "a pointer to a configuration": &config,
		"an embedded instance": &simulator{access: a}, "an order": &order{in: in}, "a client": in,
	} {
		t.Run(name, func(t *testing.T) {
			data, err := json.Marshal(config.Key)
			if err != nil {
				t.Fatal(err)
			}
			out := string(data)
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				out += fmt.Sprintf(verb, value)
			}
			for _, secret := range []string{key, "7333637265742d6b6579", "czNjcmV0", "MzY3Jld", "zM2NyZX"} {
				if i := strings.Index(out, secret); i >= 0 {
					t.Errorf("printed: %s", out[max(0, i-80):i+len(secret)])
				}
			}
		})
	}
}
