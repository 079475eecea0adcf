package testrailsim_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	sim "rollcall/internal/sim/testrailsim"
)

func save(t testing.TB, s sim.Snapshot) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSnapshot_saveIsReadableAndStable(t *testing.T) {
	s := small()
	s.URL = "https://tests.acme.example/rail/"
	s.Switches = sim.Switches{Version: sim.V80, SeatLimit: 9}
	s.Users[1].APIKey = "sim-s3cret-omar"
	want := `{
"kind": "testrail-simulator",
"format_version": 1,
"url": "https://tests.acme.example/rail/",
"switches": {"version":"8.0","seat-limit":"9"},
"roles": [
  {"id":5,"name":"No Access","no_access":true},
  {"id":4,"name":"Read-only"},
  {"id":2,"name":"Designer"},
  {"id":3,"name":"Tester","is_default":true},
  {"id":1,"name":"Lead"}
],
"users": [
  {"id":1,"name":"Ines Root","email":"admin@acme.example","is_active":true,"role_id":1,"is_admin":true,"email_notifications":true},
  {"id":2,"name":"Omar Quill","email":"omar.q@acme.example","is_active":true,"role_id":3,"email_notifications":true,"api_key":"sim-s3cret-omar"},
  {"id":3,"name":"Pia Voß","email":"Pia.Voss+qa@acme.example","is_active":true,"role_id":2,"email_notifications":true,"mfa_required":true},
  {"id":4,"name":"Lea Trent","email":"lea.trent@acme.example","is_active":false,"role_id":3,"email_notifications":false},
  {"id":5,"name":"F1764000000001","email":"F1764000000001","is_active":false,"role_id":3,"email_notifications":false}
],
"groups": [
  {"id":2,"name":"Mobile QA","user_ids":[2,4]},
  {"id":5,"name":"Contractors / Web","user_ids":[]}
],
"projects": [
  {"id":1,"name":"Checkout","suite_mode":3,"default_role_id":5,"groups":[{"id":2,"role_id":4}],"users":[{"id":3,"role_id":0}]},
  {"id":2,"name":"Archive","is_completed":true,"completed_on":1760000000,"suite_mode":1}
]
}
`
	if diff := cmp.Diff(want, save(t, s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	back, err := sim.Load(strings.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, back, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("loaded (-want +got):\n%s", diff)
	}
	var again bytes.Buffer
	if err := serve(t, back).Save(&again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, again.String()); diff != "" {
		t.Errorf("through a server (-want +got):\n%s", diff)
	}
}

func TestLoad_refuses(t *testing.T) {
	good := save(t, small())
	for _, row := range []struct{ name, old, new, want string }{
		{"another kind", `"testrail-simulator"`, `"roster"`, `snapshot: kind is "roster", not "testrail-simulator"`},
		{"another version", `"format_version": 1`, `"format_version": 2`, `snapshot: format_version is 2, not 1`},
		{"an unknown key", `"switches"`, `"x"`, `snapshot: json: unknown field "x"`},
		{"an unknown switch", `"switches": {}`, `"switches": {"x":"1"}`, `snapshot: switch x: unknown name`},
		{"an unknown member", `"user_ids":[2,4]`, `"user_ids":[2,44]`, `snapshot: group 2: user 44 is unknown`},
		{"an unknown role", `"role_id":2,`, `"role_id":22,`, `snapshot: user 3: role 22 is unknown`},
		{"an id twice", `{"id":4,"name":"Lea`, `{"id":3,"name":"Lea`, `snapshot: user 3: id is taken`},
		{"an id of 0", `{"id":4,"name":"Lea`, `{"id":0,"name":"Lea`, `snapshot: user "lea.trent@acme.example": id is 0`},
		{"two default roles", `"name":"Lead"`, `"name":"Lead","is_default":true`, `snapshot: roles: 2 are the default, not 1`},
		{"project access for nobody", `"users":[{"id":3,`, `"users":[{"id":33,`, `snapshot: project 1: user 33 is unknown`},
		{"a key that may be real", `"is_admin":true`, `"is_admin":true,"api_key":"abc/def"`, `snapshot: user 1: api_key does not begin with "sim-"`},
		{"more text", "]\n}\n", "]\n}\n{}", `snapshot: text after the object`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if !strings.Contains(good, row.old) {
				t.Fatalf("%s is not in the snapshot", row.old)
			}
			_, err := sim.Load(strings.NewReader(strings.Replace(good, row.old, row.new, 1)))
			if err == nil || err.Error() != row.want {
				t.Errorf("error %v, want %s", err, row.want)
			}
		})
	}
}

func TestServer_doesNotShareTheSnapshot(t *testing.T) {
	s := small()
	s.Users[1].AssignedProjects = []int{1}
	srv := serve(t, s)
	s.Groups[0].UserIDs[0], s.Users[1].AssignedProjects[0], s.Roles[0].Name, s.Projects[0].Groups[0].ID = 99, 99, "x", 99
	want := small()
	want.Users[1].AssignedProjects = []int{1}
	if diff := cmp.Diff(want, srv.Snapshot(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the server sees the caller's edits (-want +got):\n%s", diff)
	}
}

func TestState_editsKeepReferences(t *testing.T) {
	srv := serve(t, small())
	for _, row := range []struct {
		name, want string
		edit       func(*sim.State) error
	}{
		{"a member that is unknown", "group 2: user 77 is unknown", func(st *sim.State) error { return st.SetMembers(2, 77) }},
		{"a group that is unknown", "group 7: unknown", func(st *sim.State) error { return st.AddMembers(7, 2) }},
		{"a role that is unknown", "user 2: role 77 is unknown", func(st *sim.State) error {
			u, _ := st.User(2)
			u.RoleID = 77
			return st.SetUser(u)
		}},
		{"a role in use that goes", "user 1: role 1 is unknown", func(st *sim.State) error { return st.SetRoles(st.Roles()[:4]) }},
		{"a user that is unknown", "user 77: unknown", func(st *sim.State) error { return st.SetUser(sim.User{ID: 77}) }},
		{"an id that is taken", "group 2: id is taken", func(st *sim.State) error { _, err := st.AddGroup(sim.Group{ID: 2}); return err }},
		{"a project's group that is unknown", "project 9: group 77 is unknown", func(st *sim.State) error {
			return st.SetProject(sim.Project{ID: 9, Groups: []sim.ProjectAccess{{ID: 77}}})
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := srv.Snapshot()
			if err := srv.Edit(row.edit); err == nil || err.Error() != row.want {
				t.Errorf("error %v, want %s", err, row.want)
			}
			if diff := cmp.Diff(before, srv.Snapshot()); diff != "" {
				t.Errorf("changed (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("what a foreign writer does shows on both sides", func(t *testing.T) {
		err := srv.Edit(func(st *sim.State) error {
			u, err := st.AddUser(sim.User{Name: "New", Email: "new@acme.example", IsActive: true, RoleID: 3})
			if err != nil {
				return err
			}
			g, err := st.AddGroup(sim.Group{Name: "Next", UserIDs: []int{u.ID, 2}})
			if err != nil {
				return err
			}
			if err := st.RenameGroup(g.ID, "Other"); err != nil {
				return err
			}
			if got, ok := st.GroupByName("Other"); !ok || got.ID != g.ID {
				t.Errorf("GroupByName: %v %v", got, ok)
			}
			if got, ok := st.UserByEmail("NEW@acme.example"); !ok || got.ID != u.ID {
				t.Errorf("UserByEmail: %v %v", got, ok)
			}
			if diff := cmp.Diff([]int{2, g.ID}, st.GroupIDs(2)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			return st.RemoveMembers(2, 2)
		})
		if err != nil {
			t.Fatal(err)
		}
		consistent(t, srv)
	})
}

// Two accounts whose addresses fold together are a state that a client must cope with: foreign writers can make it.
func TestState_twoAccountsMayFoldTogether(t *testing.T) {
	s := small()
	s.Users[3].Email = "OMAR.Q@acme.example"
	c := dial(t, serve(t, s))
	var exact, other user
	c.ok("get_user_by_email&email=OMAR.Q@acme.example", "", &exact)
	c.ok("get_user_by_email&email=Omar.Q@acme.example", "", &other)
	if exact.ID != 4 || other.ID != 2 {
		t.Errorf("exact spelling %d, another %d: want 4 and the elder, 2", exact.ID, other.ID)
	}
}

func TestEmptySnapshot_isValid(t *testing.T) {
	if _, err := sim.New(sim.EmptySnapshot()); err != nil {
		t.Fatal(err)
	}
}

// FuzzLoad holds that what loads can be served and saved, and that saving is a fixed point.
func FuzzLoad(f *testing.F) {
	// Short seeds: minimizing a long one takes the fuzzer longer than finding anything.
	f.Add(save(f, sim.EmptySnapshot()))
	f.Add(`{"kind":"testrail-simulator","format_version":1,"users":[{"id":1,"role_id":3}],"groups":[{"id":1,"user_ids":[1]}],"projects":[{"id":1}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := sim.Load(strings.NewReader(text))
		if err != nil {
			return
		}
		srv, err := sim.New(s)
		if err != nil {
			t.Fatalf("loads but is not served: %v", err)
		}
		one := save(t, srv.Snapshot())
		back, err := sim.Load(strings.NewReader(one))
		if err != nil {
			t.Fatalf("saved but does not load: %v\n%s", err, one)
		}
		srv, err = sim.New(back)
		if err != nil {
			t.Fatal(err)
		}
		if two := save(t, srv.Snapshot()); two != one {
			t.Fatalf("not a fixed point:\n%s", cmp.Diff(one, two))
		}
		if got := len(srv.Snapshot().Users); got != len(s.Users) {
			t.Fatalf("%d users became %d", len(s.Users), got)
		}
	})
}

// Every exported field of Switches is reachable by name: nothing that a test can set is hidden from flags.
func TestOptions_coverEveryField(t *testing.T) {
	// Seat status, headers and so on are fields of their own; the numbers must agree.
	if fields, options := reflect.TypeFor[sim.Switches]().NumField(), len(sim.Options()); fields != options {
		t.Errorf("%d fields, %d options", fields, options)
	}
}
