package testrail_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

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
		Key:  httpx.NewSecret(sim.DefaultKey),
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
	const whoAmI, users, groups, roles = "get_current_user", "get_users", "get_groups", "get_roles"
	array := sim.Switches{UserList: sim.Array, OtherLists: sim.Array}
	tests := []struct {
		name     string
		users    int
		groups   int
		switches sim.Switches
		first    map[string]int // requests of the first read: 11 in the first row
		second   map[string]int
	}{
		{"2,000 users and 150 groups in pages of 250", 2000, 150, sim.Switches{},
			map[string]int{whoAmI: 1, roles: 1, users: 8, groups: 1}, map[string]int{users: 8, groups: 1}},
		{"one page of each", 250, 150, sim.Switches{},
			map[string]int{whoAmI: 1, roles: 1, users: 1, groups: 1}, map[string]int{users: 1, groups: 1}},
		{"251 users and 251 groups", 251, 251, sim.Switches{},
			map[string]int{whoAmI: 1, roles: 1, users: 2, groups: 2}, map[string]int{users: 2, groups: 2}},
		{"2,000 users and 150 groups in bare arrays", 2000, 150, array,
			map[string]int{whoAmI: 1, roles: 1, users: 1, groups: 1}, map[string]int{users: 1, groups: 1}},
		{"no groups before 7.5, which is asked once", 600, 20, sim.Switches{Version: sim.V73},
			map[string]int{whoAmI: 1, roles: 1, users: 1, groups: 1}, map[string]int{users: 1}},
		{"no groups on a 7.3 that pages its users", 600, 20, sim.Switches{Version: sim.V73, UserList: sim.Envelope},
			map[string]int{whoAmI: 1, roles: 1, users: 3, groups: 1}, map[string]int{users: 3}},
		{"no roles before 7.3, which is asked once", 600, 20, sim.Switches{Version: sim.V66, UnknownMethod400: true},
			map[string]int{whoAmI: 1, roles: 1, users: 1, groups: 1}, map[string]int{users: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := newSim(t, sim.Generate(1, sim.GenOptions{Users: tt.users, Groups: tt.groups, Switches: tt.switches}))
			w := newWriter(t, srv)
			sent := 0
			for n, want := range []map[string]int{tt.first, tt.second} {
				srv.ResetLog()
				live, err := w.Read(t.Context(), directory.Extent{})
				if err != nil {
					t.Fatal(err)
				}
				if len(live.Users) != tt.users {
					t.Errorf("users = %d, want %d", len(live.Users), tt.users)
				}
				got := make(map[string]int)
				for _, r := range srv.Requests() {
					got[r.Route.Method]++
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("read %d: requests (-want +got):\n%s", n+1, diff)
				}
				sent += srv.Count("")
			}
			if c := w.Requests(); c.Reads != sent || c.Writes != 0 || c.Retries != 0 {
				t.Errorf("counts = %+v, requests = %d", c, sent)
			}
		})
	}
}

// What a plan says of its cost relies on the pages that the lists told of themselves.
func TestCaps_tellThePagesOfEachList(t *testing.T) {
	tests := []struct {
		name     string
		switches sim.Switches
		want     plan.Pages
	}{
		{"envelopes", sim.Switches{}, plan.Pages{Users: 250, Groups: 250, Projects: 250}},
		{"bare arrays", sim.Switches{UserList: sim.Array, OtherLists: sim.Array}, plan.Pages{}},
		{"only the users in a bare array", sim.Switches{UserList: sim.Array}, plan.Pages{Groups: 250, Projects: 250}},
		{"only the users in an envelope", sim.Switches{OtherLists: sim.Array, UserList: sim.Envelope}, plan.Pages{Users: 250}},
		{"8.0, which came before the users were paged", sim.Switches{Version: sim.V80}, plan.Pages{Groups: 250, Projects: 250}},
		{"7.3, without groups", sim.Switches{Version: sim.V73}, plan.Pages{Projects: 250}},
		{"6.6", sim.Switches{Version: sim.V66}, plan.Pages{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := newSim(t, sim.Generate(1, sim.GenOptions{Users: 600, Groups: 300, Projects: 260, Switches: tt.switches}))
			w := newWriter(t, srv)
			if _, err := w.Read(t.Context(), directory.Extent{}); err != nil {
				t.Fatal(err)
			}
			if size := w.Caps().Pages.Projects; size != 0 {
				t.Errorf("projects were not asked for, and have pages of %d", size)
			}
			live, err := w.Read(t.Context(), directory.Extent{Projects: true})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, w.Caps().Pages); diff != "" {
				t.Errorf("pages (-want +got):\n%s", diff)
			}
			srv.ResetLog()
			if _, err := w.Read(t.Context(), directory.Extent{Projects: true}); err != nil {
				t.Fatal(err)
			}
			if got, want := srv.Count("get_users"), requests(len(live.Users), tt.want.Users); got != want {
				t.Errorf("get_users was sent %d times, want %d", got, want)
			}
			if got, want := srv.Count("get_groups"), requests(len(live.Groups), tt.want.Groups); len(live.Groups) > 0 && got != want {
				t.Errorf("get_groups was sent %d times, want %d", got, want)
			}
			if diff := cmp.Diff(tt.want, w.Caps().Pages); diff != "" {
				t.Errorf("pages after a read that kept the projects (-want +got):\n%s", diff)
			}
		})
	}
}

// requests returns how many requests a list takes.
func requests(items, pageSize int) int {
	if pageSize == 0 {
		return 1
	}
	return (items + pageSize - 1) / pageSize
}

func TestRead_takesProjectsOnce(t *testing.T) {
	srv := newSim(t, sim.Generate(1, sim.GenOptions{Users: 30, Projects: 7}))
	w := newWriter(t, srv)
	for n, projects := range []bool{false, true, false, true} {
		live, err := w.Read(t.Context(), directory.Extent{Projects: projects})
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
		if _, err := w.Read(t.Context(), directory.Extent{}); err != nil {
			t.Fatal(err)
		}
		caps := w.Caps()
		writes, groups := v <= sim.V73, v <= sim.V75
		if caps.Kinds[plan.CreateUser] != writes || caps.Kinds[plan.UpdateGroup] != groups || caps.Reported[plan.FieldSSOEnabled] != writes {
			t.Errorf("version %d: %+v", v, caps)
		}
	}
}
