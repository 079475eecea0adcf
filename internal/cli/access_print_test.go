package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// What a run holds of a key does not show it to whoever prints the run, whichever tool and whichever login it is of.
func TestAccess_isNotPrinted(t *testing.T) {
	const key = "s3cret-key"
	configs := map[string]func(access) any{
		"testrail": func(a access) any { return testrailConfig(a) },
		"qtest":    func(a access) any { return qtestConfig(a) },
	}
	for _, tool := range tools() {
		for _, l := range tool.logins {
			t.Run(tool.kind+" by "+l.noun, func(t *testing.T) {
				env := map[string]string{tool.prefix + "_URL": "https://acme.example.test", tool.prefix + "_" + l.secret: key}
				if l.user != "" {
					env[tool.prefix+"_"+l.user] = "admin@acme.example"
				}
				a, err := credentials(tool, func(name string) string { return env[name] })
				if err != nil {
					t.Fatal(err)
				}
				checkUnprinted(t, key, tool, a, configs[tool.kind](a))
			})
		}
	}
}

func checkUnprinted(t *testing.T, key string, of tool, a access, config any) {
	i := &instance{tool: of, access: a}
	in, err := i.tool.writer(i.access)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	for name, value := range map[string]any{
		"access": a, "a pointer to access": &a, "an instance": i, "a configuration": config, "a pointer to a configuration": &config,
		"an embedded instance": &simulator{access: a}, "an order": &order{to: in}, "a client": in, "a reader": advised{remote: in},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := json.Marshal(a.key)
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
