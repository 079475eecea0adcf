package docs_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/provider/qtest"
	"rollcall/internal/provider/testrail"
	"rollcall/internal/sim/qtestsim"
	"rollcall/internal/sim/testrailsim"
	"rollcall/schema"
)

// column is an instance of a tool as the page of tools compares it.
type column struct {
	title string
	kind  string
	caps  plan.Caps
}

// reading is what a column asks a provider for.
type reading interface {
	Read(context.Context, directory.Extent) (*directory.Live, error)
	Caps() plan.Caps
}

// columns reads an instance of each kind and age.
func columns(t *testing.T) []column {
	t.Helper()
	abilities := func(r reading, err error) plan.Caps {
		if err == nil {
			_, err = r.Read(t.Context(), directory.Extent{Projects: true, SignOns: true})
		}
		if err != nil {
			t.Fatal(err)
		}
		return r.Caps()
	}
	rail := func(version, edition string) plan.Caps {
		s := testrailsim.Generate(1, testrailsim.GenOptions{Users: 20})
		set(t, &s.Switches, "version", version, "edition", edition)
		server, err := testrailsim.New(s)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = server.Close() })
		return abilities(testrail.NewReader(testrail.Config{
			URL: "https://acme.example.test", User: testrailsim.DefaultAdmin, Key: httpx.NewSecret(testrailsim.DefaultKey),
			HTTP: httpx.Options{Transport: server.Transport()},
		}))
	}
	manager := func(generation string) plan.Caps {
		s := qtestsim.Generate(1, qtestsim.GenOptions{Users: 20})
		set(t, &s.Switches, "generation", generation)
		server, err := qtestsim.New(s)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = server.Close() })
		return abilities(qtest.NewReader(qtest.Config{
			URL: "https://acme.example.test", Token: httpx.NewSecret(qtestsim.DefaultToken), HTTP: httpx.Options{Transport: server.Transport()},
		}))
	}
	return []column{
		{"TestRail 6.6", "testrail", rail("6.6", "professional")},
		{"7.3", "testrail", rail("7.3", "professional")},
		{"7.5, cloud", "testrail", rail("7.5", "professional")},
		{"7.5 Enterprise, cloud Enterprise", "testrail", rail("cloud-2026", "enterprise")},
		{"qTest before 2023", "qtest", manager("2018")},
		{"2023, cloud", "qtest", manager("2023")},
	}
}

func set(t *testing.T, switches interface {
	Set(name, value string) error
}, settings ...string) {
	t.Helper()
	for pair := range slices.Chunk(settings, 2) {
		if err := switches.Set(pair[0], pair[1]); err != nil {
			t.Fatal(err)
		}
	}
}

// What an instance can do about a key, in the words of the page.
const (
	compared   = "yes"    // read and written
	onCreation = "create" // written with a new account, then by hand
	writeOnly  = "write"  // written, and never read
	byHand     = "hand"   // read, and a manual step to change
	blind      = "blind"  // not read, and a manual step whenever it is in the file
	untold     = "–"      // neither: a note
	refused    = "error"  // a problem at its line
)

// of returns what the instance can do about a field of people.
func (c *column) of(f plan.Field) string {
	switch read, write := c.caps.Reported[f], c.caps.Writable[f]; {
	case read && write && c.caps.Kinds[plan.UpdateUser]:
		return compared
	case read && write && c.caps.Kinds[plan.CreateUser]:
		return onCreation
	case read:
		return byHand
	case write:
		return writeOnly
	}
	return untold
}

// does returns whether the instance does something itself, and what else happens where it can be read.
func does(yes, read bool) string {
	switch {
	case yes:
		return compared
	case read:
		return byHand
	}
	return blind
}

// row is a line of the page's table.
type row struct {
	title string
	key   string // of a user, which a tool may not hold; "": every tool holds it
	says  func(*column) string
}

func fieldRow(title, key string, f plan.Field) row {
	return row{title, key, func(c *column) string { return c.of(f) }}
}

func rows() []row {
	can := func(kind plan.Kind, read func(*column) bool) func(*column) string {
		return func(c *column) string { return does(c.caps.Kinds[kind], read(c)) }
	}
	always := func(*column) bool { return true }
	groups := func(c *column) bool { return c.caps.ReadsGroups }
	return []row{
		{"a new person", "", can(plan.CreateUser, always)},
		fieldRow("`email` (by `was`)", "", plan.FieldEmail),
		fieldRow("`name`", "name", plan.FieldName),
		fieldRow("`given_name`", "given_name", plan.FieldGivenName),
		fieldRow("`family_name`", "family_name", plan.FieldFamilyName),
		{"`active: false`, `until`, `leavers`", "", can(plan.DeactivateUser, always)},
		{"`active: true`", "active", can(plan.ReactivateUser, always)},
		fieldRow("`admin`", "admin", plan.FieldAdmin),
		fieldRow("`role`", "role", plan.FieldRole),
		fieldRow("`email_notifications`", "email_notifications", plan.FieldEmailNotifications),
		fieldRow("`mfa_required`", "mfa_required", plan.FieldMFARequired),
		fieldRow("`sso_enabled`", "sso_enabled", plan.FieldSSOEnabled),
		fieldRow("`assigned_projects`", "assigned_projects", plan.FieldAssignedProjects),
		fieldRow("`auth.system`", "auth", plan.FieldSignOn),
		fieldRow("`auth.external_name`", "auth", plan.FieldExternalName),
		{"`projects`: to join", "projects", can(plan.AddToProject, always)},
		{"`projects`: to leave", "projects", can(plan.RemoveFromProject, always)},
		fieldRow("`projects`: `profile`", "projects", plan.FieldProfile),
		{"a new group", "", can(plan.CreateGroup, groups)},
		{"`members`, `groups`", "groups", can(plan.UpdateGroup, groups)},
		{"`name` of a group (by `was`)", "", func(c *column) string {
			return does(c.caps.Kinds[plan.UpdateGroup] && c.caps.RenamesGroups, groups(c))
		}},
		{"`unlisted.groups: delete`", "", func(c *column) string {
			if !groups(c) {
				return untold // nobody knows which there are
			}
			return does(c.caps.Kinds[plan.DeleteGroup], true)
		}},
	}
}

// lacks reports whether a key is an error for a kind of tool, as `rollcall validate` says.
func lacks(t *testing.T, kind, key string) bool {
	t.Helper()
	values := map[string]string{
		"name": "Ana Ruiz", "given_name": "Ana", "family_name": "Ruiz", "active": "true", "admin": "true", "role": "Tester",
		"email_notifications": "true", "mfa_required": "true", "sso_enabled": "true", "assigned_projects": "[]",
		"auth": "{system: internal}", "projects": "[]", "groups": "[]",
	}
	if values[key] == "" {
		t.Fatalf("no value for the key %s: write one here", key)
	}
	path := filepath.Join(t.TempDir(), "users.yaml")
	text := fmt.Sprintf("version: 1\ntarget: {kind: %s}\nusers:\n  - {email: ana@acme.example, %s: %s}\n", kind, key, values[key])
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	switch code, out := rollcall("validate", "-f", path); {
	case code == 0:
		return false
	case code == 6 && strings.Contains(out, fmt.Sprintf("key %q is nothing that %s can hold", key, kind)):
		return true
	default:
		t.Fatalf("%s with the kind %s: exit code %d\n%s", key, kind, code, out)
		return false
	}
}

// TestTools_isWhatTheProvidersCan: the table is generated from the abilities that providers find out, and from the keys that
// the commands refuse. Every key of a person is in it.
func TestTools_isWhatTheProvidersCan(t *testing.T) {
	all, known := columns(t), []string{"email", "id", "was", "until", "note"}
	var table strings.Builder
	table.WriteString("| |")
	for _, c := range all {
		table.WriteString(" " + c.title + " |")
	}
	table.WriteString("\n|---|" + strings.Repeat("---|", len(all)) + "\n")
	refuses := make(map[string]bool)
	for _, r := range rows() {
		known = append(known, r.key)
		table.WriteString("| " + r.title + " |")
		for i := range all {
			says := r.says(&all[i])
			if r.key != "" {
				at := all[i].kind + " " + r.key
				if _, asked := refuses[at]; !asked {
					refuses[at] = lacks(t, all[i].kind, r.key)
				}
				if refuses[at] {
					says = refused
				}
			}
			table.WriteString(" " + says + " |")
		}
		table.WriteString("\n")
	}
	user := decode(t, schema.Users()).Definitions["user"]
	if len(user.Properties) < 15 {
		t.Fatalf("the schema has %d keys of a person", len(user.Properties))
	}
	for _, p := range user.Properties {
		if !slices.Contains(known, p.name) {
			t.Errorf("the table has no row for the key %s", p.name)
		}
	}

	const path = "docs/tools.md"
	source, err := os.ReadFile("tools.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(source), "<!-- generated by `go test ./docs -update` -->\n")
	is, after, ended := strings.Cut(rest, "<!-- end -->\n")
	switch {
	case !begun || !ended:
		t.Fatalf("%s has no place for the table", path)
	case is == table.String():
	case *update:
		writePage(t, path, []byte(before+"<!-- generated by `go test ./docs -update` -->\n"+table.String()+"<!-- end -->\n"+after))
	default:
		t.Errorf("%s is not what the providers can: go test ./docs -update\n%s", path, table.String())
	}
}
