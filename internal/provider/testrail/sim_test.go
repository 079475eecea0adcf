package testrail_test

import (
	"testing"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/provider/testrail"
	sim "rollcall/internal/sim/testrailsim"
)

var _ apply.Target = (*testrail.Writer)(nil)

// simConfig points at a simulator in process, under a sub-path.
func simConfig(srv *sim.Server) testrail.Config {
	return testrail.Config{
		URL:  "https://acme.example.test/qa/testrail",
		User: sim.DefaultAdmin,
		Key:  sim.DefaultKey,
		HTTP: httpx.Options{Transport: srv.Transport()},
	}
}

func newSim(t *testing.T, snapshot sim.Snapshot) *sim.Server {
	t.Helper()
	srv, err := sim.New(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	return srv
}

func newWriter(t *testing.T, srv *sim.Server) *testrail.Writer {
	t.Helper()
	w, err := testrail.NewWriter(simConfig(srv))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// routes returns what was sent, as METHOD route.
func routes(srv *sim.Server) []string {
	var out []string
	for _, r := range srv.Requests() {
		out = append(out, r.HTTP+" "+r.Route.Raw)
	}
	return out
}

func ptr[T any](v T) *T { return &v }

func TestRead_takesExactlyTheRequestsOfTheContract(t *testing.T) {
	tests := []struct {
		name     string
		users    int
		groups   int
		switches sim.Switches
		first    int // requests of the first read
		second   int
	}{
		{"2,000 users and 150 groups in pages of 250", 2000, 150, sim.Switches{}, 11, 9},
		{"one page of each", 250, 150, sim.Switches{}, 4, 2},
		{"251 users and 251 groups", 251, 251, sim.Switches{}, 6, 4},
		{"a bare array is complete", 600, 20, sim.Switches{UserList: sim.Array, OtherLists: sim.Array}, 4, 2},
		{"no groups before 7.5", 600, 20, sim.Switches{Version: sim.V73}, 4, 1},
		{"no roles before 7.3", 600, 20, sim.Switches{Version: sim.V66, UnknownMethod400: true}, 4, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := newSim(t, sim.Generate(1, sim.GenOptions{Users: tt.users, Groups: tt.groups, Switches: tt.switches}))
			w := newWriter(t, srv)
			for n, want := range []int{tt.first, tt.second} {
				srv.ResetLog()
				live, err := w.Read(t.Context(), false)
				if err != nil {
					t.Fatal(err)
				}
				if len(live.Users) != tt.users {
					t.Errorf("users = %d, want %d", len(live.Users), tt.users)
				}
				if got := srv.Count(""); got != want {
					t.Errorf("read %d: requests = %d, want %d: %v", n+1, got, want, routes(srv))
				}
			}
			if c := w.Requests(); c.Reads != tt.first+tt.second || c.Writes != 0 || c.Retries != 0 {
				t.Errorf("counts = %+v", c)
			}
		})
	}
}

func TestRead_takesProjectsOnce(t *testing.T) {
	srv := newSim(t, sim.Generate(1, sim.GenOptions{Users: 30, Projects: 7}))
	w := newWriter(t, srv)
	for n, projects := range []bool{false, true, false, true} {
		live, err := w.Read(t.Context(), projects)
		if err != nil {
			t.Fatal(err)
		}
		if known := n > 0; live.ProjectsRead != known || known != (len(live.Projects) == 7) {
			t.Errorf("read %d: projects read %v, %d", n+1, live.ProjectsRead, len(live.Projects))
		}
	}
	if got := srv.Count("get_projects"); got != 1 {
		t.Errorf("get_projects was sent %d times", got)
	}
}

func TestWriter_writesWhatItIsTold(t *testing.T) {
	srv := newSim(t, sim.Generate(1, sim.GenOptions{Users: 30, Groups: 8}))
	w := newWriter(t, srv)
	u, err := w.CreateUser(t.Context(), directory.UserChange{
		Email: ptr(directory.Email("lea+qa@acme.example")), Name: ptr("Lea <Trent>"), RoleID: ptr(directory.RoleID(3)),
	})
	if err != nil || !u.Active || u.ID == 0 {
		t.Fatalf("created %+v, %v", u, err)
	}
	found, ok, err := w.FindUser(t.Context(), "Lea+QA@acme.example")
	if err != nil || !ok || found.ID != u.ID {
		t.Errorf("found %+v, %v, %v", found, ok, err)
	}
	if _, ok, err := w.FindUser(t.Context(), "nobody@acme.example"); ok || err != nil {
		t.Errorf("found nobody: %v, %v", ok, err)
	}
	u, err = w.UpdateUser(t.Context(), u.ID, directory.UserChange{Active: ptr(false)})
	if err != nil || u.Active {
		t.Errorf("deactivated %+v, %v", u, err)
	}
	g, err := w.CreateGroup(t.Context(), "Payments", nil)
	if err != nil || len(g.Members) != 0 {
		t.Fatalf("created %+v, %v", g, err)
	}
	g, err = w.UpdateGroup(t.Context(), g.ID, "Payments QA", []directory.UserID{1, u.ID})
	if err != nil || len(g.Members) != 2 || g.Name != "Payments QA" {
		t.Errorf("updated %+v, %v", g, err)
	}
	if err := w.DeleteGroup(t.Context(), g.ID); err != nil {
		t.Error(err)
	}
	_, err = w.ReadGroup(t.Context(), g.ID)
	if e, ok := err.(interface{ NotFound() bool }); !ok || !e.NotFound() {
		t.Errorf("read of a deleted group: %v", err)
	}
}

func TestCaps_areDiscovered(t *testing.T) {
	for _, v := range []sim.Version{sim.V66, sim.V70, sim.V73, sim.V75, sim.V80, sim.V931, sim.Cloud2026} {
		srv := newSim(t, sim.Generate(1, sim.GenOptions{Users: 30, Groups: 8, Switches: sim.Switches{Version: v, Edition: sim.Enterprise}}))
		w := newWriter(t, srv)
		if _, err := w.Read(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		caps := w.Caps()
		writes, groups := v <= sim.V73, v <= sim.V75
		if caps.Kinds[plan.CreateUser] != writes || caps.Kinds[plan.UpdateGroup] != groups || caps.Reported[plan.FieldSSOEnabled] != writes {
			t.Errorf("version %d: %+v", v, caps)
		}
	}
}
