package roster_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/edit"
	"rollcall/internal/plan"
	"rollcall/internal/roster"
	"rollcall/internal/spec"
)

// everything are the abilities of an instance that reports and writes all there is.
func everything() plan.Caps {
	caps := plan.Caps{
		Membership: plan.OnGroup, Kinds: make(map[plan.Kind]bool), Reported: make(map[plan.Field]bool), Writable: make(map[plan.Field]bool),
		ReadsGroups: true, ReadsRoles: true,
	}
	for _, k := range plan.Kinds() {
		caps.Kinds[k] = true
	}
	for _, f := range []plan.Field{
		plan.FieldEmail, plan.FieldName, plan.FieldRole, plan.FieldActive, plan.FieldAdmin, plan.FieldEmailNotifications,
		plan.FieldMFARequired, plan.FieldSSOEnabled, plan.FieldAssignedProjects,
	} {
		caps.Reported[f], caps.Writable[f] = true, true
	}
	return caps
}

// write returns the roster of a live state.
func write(t testing.TB, live *directory.Live, caps plan.Caps) (string, roster.Result) {
	t.Helper()
	var out bytes.Buffer
	result, err := roster.Write(&out, live, caps, roster.Options{Target: plan.Target{Kind: "testrail", URL: "https://acme.example"}, Schema: "users.schema.json"})
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), result
}

// canonical holds a roster against the form that fmt gives it.
func canonical(t testing.TB, text string) {
	t.Helper()
	if formatted, err := edit.Format("users.yaml", text); err != nil || formatted != text {
		t.Errorf("the roster is not as fmt would write it, %v:\n%s\n---\n%s", err, text, formatted)
	}
}

// adopted loads a roster and plans it against the live state that it was written from.
func adopted(t testing.TB, text string, live *directory.Live, caps plan.Caps) *plan.Plan {
	t.Helper()
	path := filepath.Join(t.TempDir(), "users.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	want, err := spec.Load(path, spec.Options{Tools: []spec.Tool{{Kind: "testrail"}}})
	if err != nil {
		t.Fatalf("the loader refuses it: %v\n%s", err, text)
	}
	p, err := plan.Build(want, live, caps, plan.Options{Today: directory.Date{Year: 2026, Month: 11, Day: 22}})
	if err != nil {
		t.Fatalf("the planner refuses it: %v\n%s", err, text)
	}
	return p
}

// odd is a live state with much that a roster can't hold.
func odd() *directory.Live {
	return &directory.Live{
		Self: 1,
		Users: []directory.User{
			{ID: 1, Email: "admin@acme.example", Name: "Ines Root", Active: true, Role: "Lead", RoleID: 1, Admin: true},
			{ID: 2, Email: "Dana.Kim@acme.example", Name: "", Active: false, Role: "Tester", RoleID: 3},
			{ID: 3, Email: "dana.kim@ACME.example", Name: "Dana\u202eKim", Active: true, Role: "Tester", RoleID: 3, MFARequired: true},
			{ID: 4, Email: "F1764000000001", Name: "F1764000000001"},
			{ID: 5, Email: "true@acme.example", Name: "  yes ", Active: true, Role: "No Access", RoleID: 9},
			{ID: 6, Email: "o'brien+qa@acme.example", Name: "null", Active: true, Role: "Twice", RoleID: 4, AssignedProjects: []directory.ProjectID{7}},
			{ID: 7, Email: `"quoted"@acme.example`, Name: "a: b # c", Active: true, Role: "Lead", RoleID: 1, SSOEnabled: true, AssignedProjects: []directory.ProjectID{8}},
			{ID: 8, Email: "1e3@acme.example", Name: "2026-11-22", Active: true, Role: "Lead", RoleID: 1},
			{ID: 9, Email: "*star@acme.example", Name: "-", Active: true, Role: "Lead", RoleID: 1},
			{ID: 10, Email: " padded@acme.example\n", Name: "Pia", Active: true, Role: "Lead", RoleID: 1},
		},
		Groups: []directory.Group{
			{ID: 1, Name: "qa", Members: []directory.UserID{2, 4, 5, 10}},
			{ID: 2, Name: " qa ", Members: []directory.UserID{3}},
			{ID: 3, Name: "line\nbreak", Members: []directory.UserID{3}},
			{ID: 4, Name: "~", Members: []directory.UserID{}},
			{ID: 5, Name: "forgotten alone", Members: []directory.UserID{4}},
		},
		Roles:        []directory.Role{{ID: 1, Name: "Lead"}, {ID: 3, Name: "Tester"}, {ID: 4, Name: "Twice"}, {ID: 5, Name: "Twice "}},
		Projects:     []directory.Project{{ID: 8, Name: "Checkout, [old]"}},
		ProjectsRead: true,
	}
}

func TestWrite_oddCompany(t *testing.T) {
	live, caps := odd(), everything()
	text, result := write(t, live, caps)
	if p := adopted(t, text, live, caps); !p.Empty() {
		for _, a := range p.Actions() {
			t.Errorf("plan has %s: %+v %+v", a.ID, a.Fields, a.Members)
		}
		t.Log(text)
	}
	canonical(t, text)
	want := roster.Result{Users: 8, Groups: 3, LeftUsers: 2, LeftGroups: 2, Roles: 2, Names: 2, Projects: 1, AtLeast: 1}
	want.Names = 1 // of dana.kim@ACME.example; the account without a name is the one left out
	if result != want {
		t.Errorf("result %+v, want %+v\n%s", result, want, text)
	}
	for _, line := range []string{
		"    id: 3\n",
		"  - email: padded@acme.example\n",
		"      - padded@acme.example\n",
		`  # - account 2: "Dana.Kim@acme.example" is the address of account 3 as well`,
		`  # - account 4: "F1764000000001" is no address`,
		`    # name: "Dana\u202eKim" can't be held by a roster`,
		`    # role: "Twice", id 4: the name of 2`,
		`    # role: "No Access", id 9: the tool does not list it`,
		"    # assigned_projects: project 7 is not listed by the tool",
		"    assigned_projects:\n      - \"Checkout, [old]\"\n",
		`  # - group 2: " qa " is the name of group 1 as well`,
		`  # - group 3: a roster can't hold the name "line\nbreak"`,
		"    mode: at_least",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("roster lacks %q:\n%s", line, text)
		}
	}
}

func TestWrite_sameBytesInAnyOrder(t *testing.T) {
	live := odd()
	first, _ := write(t, live, everything())
	slices.Reverse(live.Users)
	slices.Reverse(live.Groups)
	slices.Reverse(live.Roles)
	if second, _ := write(t, live, everything()); second != first {
		t.Errorf("another order, other bytes:\n%s\n%s", first, second)
	}
}

func TestWrite_withoutGroupsAndFields(t *testing.T) {
	live, caps := odd(), everything()
	caps.ReadsGroups, live.Groups = false, nil
	caps.Reported = map[plan.Field]bool{plan.FieldEmail: true, plan.FieldName: true, plan.FieldActive: true}
	text, _ := write(t, live, caps)
	for _, word := range []string{"groups:\n", "    admin:", "    role:", "    mfa_required:", "  user: {admin"} {
		if strings.Contains(text, word) {
			t.Errorf("roster has %q, which this instance does not report:\n%s", word, text)
		}
	}
	if p := adopted(t, text, live, caps); !p.Empty() {
		t.Errorf("plan is not empty: %+v", p.Actions())
	}
}

// FuzzWrite holds what an account and a group are called against the loader and the planner: whatever the server says,
// the roster loads and plans to nothing.
func FuzzWrite(f *testing.F) {
	for _, s := range []string{"Dana Kim", "", " ", "no", "~", "a: b", "- a", "\u202e", "\x00", "\xff", "李 伟", "'", `"`, `\`, "#", "{}", "2026-11-22", "0x1f", "é", "e\u0301", "\ufeff", "👩‍🔬", "a\u2028b", "F1764000000001"} {
		f.Add(s, s+"@acme.example", s)
		f.Add(s, s+"@acme.example"+s, s)
	}
	f.Fuzz(func(t *testing.T, name, email, group string) {
		live := &directory.Live{
			Self: 1,
			Users: []directory.User{
				{ID: 1, Email: "admin@acme.example", Name: "Ines Root", Active: true, Role: directory.Name(group), RoleID: 1, Admin: true},
				{ID: 2, Email: directory.Email(email), Name: name, Active: true, Role: "Tester", RoleID: 3},
				{ID: 3, Email: directory.Email(strings.ToUpper(email)), Name: name},
			},
			Groups: []directory.Group{
				{ID: 1, Name: directory.Name(group), Members: []directory.UserID{1, 2, 3}},
				{ID: 2, Name: directory.Name(name), Members: []directory.UserID{2}},
			},
			Roles: []directory.Role{{ID: 1, Name: directory.Name(group)}, {ID: 3, Name: "Tester"}},
		}
		caps := everything()
		text, _ := write(t, live, caps)
		canonical(t, text)
		if p := adopted(t, text, live, caps); !p.Empty() {
			t.Fatalf("plan is not empty: %+v\n%s", *p.Actions()[0], text)
		}
		for _, r := range text {
			if r < ' ' && r != '\n' || r == 0x7f || 0x202a <= r && r <= 0x202e {
				t.Fatalf("roster holds %U as it is:\n%s", r, text)
			}
		}
	})
}
