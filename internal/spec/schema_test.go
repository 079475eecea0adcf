package spec_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"
	"pgregory.net/rapid"

	"rollcall/internal/directory"
	"rollcall/internal/spec"
	"rollcall/schema"
)

// compile returns one of the published schemas. Nothing is fetched.
func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.LoadURL = func(url string) (io.ReadCloser, error) {
		return nil, errors.New("no such schema: " + url)
	}
	for file, content := range map[string][]byte{"users.schema.json": schema.Users(), "team.schema.json": schema.Team()} {
		if err := compiler.AddResource("https://rollcall.invalid/"+file, bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	compiled, err := compiler.Compile("https://rollcall.invalid/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// everything is a sound roster with every key, as JSON, which is YAML too.
const everything = `{
"version": 1, "target": {"kind": "testrail", "url": "https://acme.testrail.io"}, "timezone": "UTC",
"defaults": {"user": {"role": "Tester", "active": true, "admin": false, "email_notifications": true, "mfa_required": true, "sso_enabled": false,
  "projects": [{"project": "Apollo"}], "auth": {"system": "Acme SSO"}}, "group": {"mode": "exact"}},
"unlisted": {"users": "report", "groups": "ignore"}, "leavers": ["gone@acme.example"],
"guards": {"min_admins": 2, "protect": ["ci-*"], "domains": ["acme.example"], "max_removals": {"count": 1, "percent": 2, "min_size": 3}, "max_deactivations": {"count": 1},
  "max_removals_per_group": {"percent": 50}, "max_group_deletions": {"count": 1}, "max_demotions": {"count": 1}, "max_admin_grants": {"count": 1}, "max_role_changes": {"count": 1},
  "max_address_changes": {"count": 1}, "max_reactivations": {"count": 1},
  "allow": [{"guard": "max_removals", "count": 9, "reason": "x", "until": "2027-01-31", "cause": "declared"}]},
"seats": {"limit": 10, "reserve": 1},
"include": [{"files": "team.yaml", "roles": ["Lead"], "groups": ["pay-*"], "projects": ["Pay *"], "profiles": ["Tester"], "domains": ["acme.example"], "allow_keys": ["id"]}],
"users": [{"email": "ana@acme.example", "name": "Ana", "role": "Lead", "active": false, "groups": ["qa"], "until": "2027-01-31", "was": ["a@acme.example"], "id": 7,
  "admin": true, "email_notifications": true, "mfa_required": true, "sso_enabled": true, "assigned_projects": ["Apollo"], "note": "x"},
  {"email": "bo@acme.example", "given_name": "Bo", "family_name": "Lind", "projects": [{"project": "Apollo", "profile": "Tester"}, {"project": "Ledger"}], "auth": {"system": "LDAP", "external_name": "bo"}}],
"groups": [{"name": "qa", "mode": "exact", "members": ["ana@acme.example", "bo@acme.example"], "was": ["old"], "id": 4, "note": "x"}]}`

// semantic are the problems that a schema can't see: what one place has to do with another, and what a pattern would
// describe at great length. Every other problem of the loader is one of the schema as well.
var semantic = regexp.MustCompile(`is declared twice|is claimed twice|was names what|is declared at|is not a user of|is not under users|is not a group of|has no mode|has no members|` +
	`is active: true here|has no users|nobody but leavers|is more than the limit|stands beside the system|timezone .* is not known|listed twice|outside of what|matches no file|no such file|not a regular file|` +
	`leads out of|can't be used|is not an address|is not a date|url .* (is not|has a)|root file can't|included twice`)

func TestSchema_agreesWithTheLoader(t *testing.T) {
	compiled := compile(t, "users.schema.json")
	files{"team.yaml": ""}.write(t)
	values := []string{`null`, `true`, `false`, `0`, `1`, `-1`, `1.5`, `101`, `""`, `"x"`, `" x"`, `"x\u0007"`, `"a@b.example"`, `"2027-01-31"`, `"2027"`, `[]`, `{}`, `["x"]`, `["x", "x"]`,
		`[1]`, `{"x": 1}`, `[{}]`, `[{"project": "x"}]`, `"exact"`, `"delete"`, `"` + strings.Repeat("x", 251) + `"`, `"` + strings.Repeat("y", 2001) + `"`, `"é"`, `12345678901`}
	outcomes := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		var roster any
		if err := json.Unmarshal([]byte(everything), &roster); err != nil {
			r.Fatal(err)
		}
		for range rapid.IntRange(0, 2).Draw(r, "mutations") {
			var value any
			if err := json.Unmarshal([]byte(rapid.SampledFrom(values).Draw(r, "value")), &value); err != nil {
				r.Fatal(err)
			}
			mutate(r, roster, value)
		}
		text, err := json.Marshal(roster)
		if err != nil {
			r.Fatal(err)
		}
		if err := os.WriteFile("users.yaml", text, 0o600); err != nil {
			r.Fatal(err)
		}
		_, err = spec.Load("users.yaml", spec.Options{Tools: tools()})
		structural := ""
		for _, p := range listed(r, err) {
			if !semantic.MatchString(p.Text) {
				structural = p.Pos.String() + ": " + p.Text
			}
		}
		invalid := compiled.Validate(roster)
		switch {
		case invalid != nil && err == nil:
			r.Fatalf("the schema alone refuses %s: %#v", text, invalid)
		case invalid == nil && structural != "":
			r.Fatalf("the loader alone refuses %s: %s", text, structural)
		}
		outcomes[fmt.Sprintf("loaded %v, valid %v", err == nil, invalid == nil)]++
	})
	// The test would prove nothing if the rosters were all good or all bad.
	for _, outcome := range []string{"loaded true, valid true", "loaded false, valid false"} {
		if outcomes[outcome] == 0 {
			t.Errorf("no roster with the outcome %q among %v", outcome, outcomes)
		}
	}
}

// mutate changes one value somewhere: replaces it, takes it out, or adds another beside it.
func mutate(r *rapid.T, at, value any) {
	for {
		switch node := at.(type) {
		case map[string]any:
			keys := slices.Sorted(maps.Keys(node))
			if len(keys) == 0 || rapid.IntRange(0, 19).Draw(r, "add") == 0 {
				node[rapid.SampledFrom([]string{"x", "email", "admin", "count", "name", "profile"}).Draw(r, "new key")] = value
				return
			}
			key := rapid.SampledFrom(keys).Draw(r, "key")
			if child, deep := descend(r, node[key]); deep {
				at = child
				continue
			}
			if rapid.IntRange(0, 3).Draw(r, "remove") == 0 {
				delete(node, key)
			} else {
				node[key] = value
			}
			return
		case []any:
			i := rapid.IntRange(0, len(node)-1).Draw(r, "index")
			if child, deep := descend(r, node[i]); deep {
				at = child
				continue
			}
			node[i] = value
			return
		default:
			return
		}
	}
}

func descend(r *rapid.T, child any) (any, bool) {
	switch c := child.(type) {
	case map[string]any:
		return child, rapid.IntRange(0, 4).Draw(r, "descend") > 0
	case []any:
		return child, len(c) > 0 && rapid.IntRange(0, 4).Draw(r, "descend") > 0
	}
	return nil, false
}

func TestSchema_ofIncludedFiles(t *testing.T) {
	compiled := compile(t, "team.schema.json")
	for _, tt := range []struct {
		name, text string
		valid      bool
	}{
		{"users and groups", `{"users": [{"email": "ana@acme.example"}], "groups": [{"name": "qa"}]}`, true},
		{"nothing", `{}`, true},
		{"a key of the root file", `{"guards": {}}`, false},
		{"a name in parts, projects and a way to sign on", `{"users": [{"email": "ana@acme.example", "given_name": "Ana", "family_name": "Ruiz", "projects": [{"project": "Ledger"}], "auth": {"system": "LDAP"}}]}`, true},
		{"a name in one piece and a given one", `{"users": [{"email": "ana@acme.example", "name": "Ana Ruiz", "given_name": "Ana"}]}`, false},
		{"a name in one piece and a family name", `{"users": [{"email": "ana@acme.example", "name": "Ana Ruiz", "family_name": "Ruiz"}]}`, false},
		{"a way to sign on that says nothing", `{"users": [{"email": "ana@acme.example", "auth": {}}]}`, false},
		{"a user with an unknown key", `{"users": [{"email": "ana@acme.example", "rol": "Lead"}]}`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var value any
			if err := json.Unmarshal([]byte(tt.text), &value); err != nil {
				t.Fatal(err)
			}
			if err := compiled.Validate(value); (err == nil) != tt.valid {
				t.Errorf("Validate: %v", err)
			}
		})
	}
}

// TestSchema_helpsInEditors sees that each key has a title and a text to show when one points at it.
func TestSchema_helpsInEditors(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(schema.Users(), &root); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, node any)
	walk = func(path string, node any) {
		object, ok := node.(map[string]any)
		if !ok {
			return
		}
		for name, key := range asMap(object["properties"]) {
			described := asMap(key)
			if ref, ok := described["$ref"].(string); ok && described["description"] == nil {
				described = asMap(asMap(root["definitions"])[strings.TrimPrefix(ref, "#/definitions/")])
			}
			for _, text := range []string{"title", "description"} {
				if s, _ := described[text].(string); s == "" {
					t.Errorf("%s.%s has no %s", path, name, text)
				}
			}
			walk(path+"."+name, key)
		}
		for name, definition := range asMap(object["definitions"]) {
			walk(path+"#"+name, definition)
		}
		walk(path+"[]", object["items"])
	}
	walk("", root)
	guarded := asMap(asMap(asMap(asMap(asMap(asMap(root["properties"])["include"])["items"])["properties"])["allow_keys"])["items"])["enum"]
	want := make([]any, 0, len(directory.GuardedKeys()))
	for _, key := range directory.GuardedKeys() {
		want = append(want, key)
	}
	if diff := cmp.Diff(any(want), guarded); diff != "" {
		t.Errorf("allow_keys (-loader +schema):\n%s", diff)
	}
}

func asMap(value any) map[string]any {
	object, _ := value.(map[string]any)
	return object
}
