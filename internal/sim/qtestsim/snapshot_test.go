package qtestsim_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	sim "rollcall/internal/sim/qtestsim"
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
	s.URL = "https://acme.qtest.example"
	s.Switches = sim.Switches{Generation: sim.Gen2023, SeatLimit: 9}
	text := save(t, s)
	for _, line := range []string{
		"{\n\"kind\": \"qtest-simulator\",\n\"format_version\": 1,\n\"url\": \"https://acme.qtest.example\",\n\"switches\": {\"generation\":\"2023\",\"seat-limit\":\"9\"},\n\"users\": [\n",
		"\n  {\"id\":6,\"username\":\"Pia.Voss@acme.example\",\"first_name\":\"Pia\",\"last_name\":\"Voß\",\"status\":1,\"auth_system\":12,\"external_name\":\"pvoss\",\"timezone\":\"+01:00\"}\n]",
		"\n  {\"id\":44,\"name\":\"Mobile\",\"description\":\"brings a project\",\"projects\":[{\"project\":302,\"profile\":6}],\"user_ids\":[]}\n]",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("%q is not in\n%s", line, text)
		}
	}
	back, err := sim.Load(strings.NewReader(text))
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
	if diff := cmp.Diff(text, again.String()); diff != "" {
		t.Errorf("through a server (-want +got):\n%s", diff)
	}
}

func TestLoad_refuses(t *testing.T) {
	good := save(t, small())
	for _, row := range []struct{ name, old, new, want string }{
		{"another kind", `"qtest-simulator"`, `"roster"`, `snapshot: kind is "roster", not "qtest-simulator"`},
		{"another version", `"format_version": 1`, `"format_version": 2`, `snapshot: format_version is 2, not 1`},
		{"an unknown key", `"switches"`, `"x"`, `snapshot: json: unknown field "x"`},
		{"an unknown member", `"user_ids":[2,3]`, `"user_ids":[2,44]`, `snapshot: group 41: user 44 is unknown`},
		{"an unknown profile", `{"user":2,"profile":5}`, `{"user":2,"profile":55}`, `snapshot: project 301: profile 55 is unknown`},
		{"an unknown admin", `"admin_ids":[5]`, `"admin_ids":[55]`, `snapshot: project 301: user 55 is unknown`},
		{"an unknown former project", `"former_projects":[{"project":301`, `"former_projects":[{"project":999`, `snapshot: user 3: project 999 is unknown`},
		{"a group's project", `"projects":[{"project":302`, `"projects":[{"project":999`, `snapshot: group 44: project 999 is unknown`},
		{"an unknown system", `"auth_system":12`, `"auth_system":13`, `snapshot: user 6: auth system 13 is unknown`},
		{"a type of system", `"SSO_SAML2"`, `"SAML"`, `snapshot: auth system 12: type is "SAML"`},
		{"no username", `"lea@acme.example"`, `""`, `snapshot: user 4: no username`},
		{"an id of 0", `{"id":4,`, `{"id":0,`, `snapshot: user: id 0 is not positive or not unique`},
		{"an id twice", `{"id":4,`, `{"id":3,`, `snapshot: user: id 3 is not positive or not unique`},
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

func TestServer_zeroValueIsTheEmptySite(t *testing.T) {
	var srv sim.Server
	if diff := cmp.Diff(sim.EmptySnapshot(), srv.Snapshot(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	dial(t, &srv).ok("GET /api/v3/re-evaluation", nil)
}

func TestServer_doesNotShareTheSnapshot(t *testing.T) {
	s := small()
	srv := serve(t, s)
	s.Groups[4].UserIDs[0], s.Users[2].FormerProjects[0].Project, s.Projects[1].Members[0].Profile, s.AuthSystems[1].People[0].UID = 99, 99, 99, "x"
	s.Projects[1].AdminIDs[0], s.Groups[5].Projects[0].Profile = 99, 99
	if diff := cmp.Diff(small(), srv.Snapshot(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the server sees the caller's edits (-want +got):\n%s", diff)
	}
}

func TestState_editsKeepReferences(t *testing.T) {
	srv := serve(t, small())
	for _, row := range []struct {
		name, want string
		edit       func(*sim.State) error
	}{
		{"a member that is unknown", "group 41: user 77 is unknown", func(st *sim.State) error { return st.SetMembers(41, 77) }},
		{"a group that is unknown", "group 7: unknown", func(st *sim.State) error { return st.SetMembers(7, 2) }},
		{"a user that is unknown", "user 77: unknown", func(st *sim.State) error { return st.SetUser(sim.User{ID: 77, Username: "x"}) }},
		{"an id that is taken", "group 41: id is taken", func(st *sim.State) error { _, err := st.AddGroup(sim.Group{ID: 41}); return err }},
		{"a project that is unknown", "project 9: user 2 or profile 5 is unknown, or the project", func(st *sim.State) error { return st.AddMember(9, 2, 5) }},
		{"a stranger", "project 301: user 77 is unknown, or the project", func(st *sim.State) error { return st.RemoveMember(301, 77) }},
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
		if err := srv.Edit(func(st *sim.State) error {
			u, err := st.AddUser(sim.User{Username: "new@acme.example", Status: 1})
			if err != nil {
				return err
			}
			g, err := st.AddGroup(sim.Group{Name: "Next", UserIDs: []int{u.ID, 2}})
			if err != nil {
				return err
			}
			if got, ok := st.GroupByName("Next"); !ok || got.ID != g.ID {
				t.Errorf("GroupByName: %v %v", got, ok)
			}
			if got, ok := st.UserByName("NEW@acme.example"); !ok || got.ID != u.ID {
				t.Errorf("UserByName: %v %v", got, ok)
			}
			if err := st.AddMember(302, u.ID, 6); err != nil {
				return err
			}
			return st.RemoveMember(301, 2)
		}); err != nil {
			t.Fatal(err)
		}
		consistent(t, srv)
		var p struct{ Total int }
		dial(t, srv).ok("GET /api/v3/search/user?projectName=Search", &p)
		if p.Total != 1 {
			t.Errorf("%d in the project", p.Total)
		}
	})
}

func TestServer_isSafeForConcurrentUse(t *testing.T) {
	srv := serve(t, sim.Generate(1, sim.GenOptions{Users: 200}))
	c := dial(t, srv)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 10 {
				c.do(fmt.Sprintf(`PUT /api/v3/users/%d {"first_name":"X"}`, 2+worker*10+i))
				c.ok("GET /api/v3/users/search?pageSize=5", nil)
				_ = srv.Edit(func(st *sim.State) error { return st.SetMembers(2, 1) })
				_, _, _ = srv.Requests(), srv.Count(""), srv.Snapshot()
			}
		})
	}
	wg.Wait()
	for i, r := range srv.Requests() {
		if r.Seq != i+1 {
			t.Fatalf("request %d has number %d", i+1, r.Seq)
		}
	}
	consistent(t, srv)
}
