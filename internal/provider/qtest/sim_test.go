package qtest_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/qtest"
	sim "rollcall/internal/sim/qtestsim"
)

var (
	_ apply.Target      = (*qtest.Writer)(nil)
	_ apply.UserSide    = (*qtest.Writer)(nil)
	_ apply.ProjectSide = (*qtest.Writer)(nil)
)

func newServer(t *testing.T, snapshot sim.Snapshot) *sim.Server {
	t.Helper()
	srv, err := sim.New(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	return srv
}

// tokenConfig points at a simulator in process.
func tokenConfig(srv *sim.Server) qtest.Config {
	return qtest.Config{
		URL:   "https://acme.example.test",
		Token: httpx.NewSecret(sim.DefaultToken),
		HTTP:  httpx.Options{Transport: srv.Transport()},
	}
}

func passwordConfig(srv *sim.Server) qtest.Config {
	return qtest.Config{
		URL:  "https://acme.example.test",
		User: sim.DefaultAdmin, Password: httpx.NewSecret(sim.DefaultPassword),
		HTTP: httpx.Options{Transport: srv.Transport()},
	}
}

func connect(t *testing.T, cfg qtest.Config) *qtest.Writer {
	t.Helper()
	w, err := qtest.NewWriter(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func newWriter(t *testing.T, srv *sim.Server) *qtest.Writer {
	t.Helper()
	return connect(t, tokenConfig(srv))
}

// read reads everything.
func read(t *testing.T, w *qtest.Writer) *directory.Live {
	t.Helper()
	live, err := w.Read(t.Context(), directory.Extent{Projects: true, SignOns: true})
	if err != nil {
		t.Fatal(err)
	}
	return live
}

// routes returns what was sent, as METHOD path?query, in an order that does not depend on who was first.
func routes(srv *sim.Server) []string {
	var out []string
	for _, r := range srv.Requests() {
		line := r.HTTP + " " + r.Path
		if r.Query != "" {
			line += "?" + r.Query
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

func ptr[T any](v T) *T { return &v }

// company is a made-up company whose people all sign on by the tool's own passwords, if there are no other ways.
func company(users, groups, projects int, switches sim.Switches, ownPasswords bool) sim.Snapshot {
	s := sim.Generate(1, sim.GenOptions{Users: users, Groups: groups, Projects: projects, Switches: switches})
	if ownPasswords {
		for i := range s.Users {
			s.Users[i].AuthSystem, s.Users[i].ExternalName = 0, ""
		}
	}
	return s
}

// What a reading takes is the least that the API allows: one request says who asks and one is enough for each list, since all
// of them can be asked for whole. With projects come who is in them (one list, in place of one a project), what they are
// called, and what one can be there.
func TestRead_takesExactlyTheRequestsOfTheContract(t *testing.T) {
	t.Parallel()
	const (
		token    = "POST /oauth/token"
		who      = "GET /api/v3/re-evaluation"
		users    = "GET /api/v3/users/search?includeInactiveUsers=true&pagination=false"
		groups   = "GET /api/v3/groups"
		members  = "GET /api/v3/search/user?inactive=true&pagination=false"
		projects = "GET /api/v3/projects?assigned=false"
		profiles = "GET /api/v3/user-profiles?type=user"
		systems  = "GET /api/v3/auth-systems"
	)
	everything := directory.Extent{Projects: true, SignOns: true}
	tests := []struct {
		name     string
		own      bool // everybody signs on by the tool's own password
		password bool // who asks has a password in place of a token
		switches sim.Switches
		more     directory.Extent
		first    []string
		second   []string
	}{
		{"users and groups", true, false, sim.Switches{}, directory.Extent{},
			[]string{who, users, groups}, []string{users, groups}},
		{"with projects", true, false, sim.Switches{}, directory.Extent{Projects: true},
			[]string{who, users, groups, members, projects, profiles}, []string{users, groups, members}},
		{"with a password", true, true, sim.Switches{}, directory.Extent{},
			[]string{token, who, users, groups}, []string{users, groups}},
		{"somebody signs on elsewhere, and a directory may rule over the name", false, false, sim.Switches{}, directory.Extent{},
			[]string{who, users, groups, systems}, []string{users, groups}},
		{"with everything", false, false, sim.Switches{}, everything,
			[]string{who, users, groups, members, projects, profiles, systems}, []string{users, groups, members}},
		{"groups do not tell their members", true, false, sim.Switches{GroupsHideUsers: true}, directory.Extent{},
			[]string{who, users, groups, members}, []string{users, groups, members}},
		{"the search by name lists nobody", true, false, sim.Switches{EmptySearchNobody: true}, directory.Extent{},
			[]string{who, users, groups, members}, []string{groups, members}},
		{"before 2023 there are no groups, which is asked once", true, false, sim.Switches{Generation: sim.Gen2018}, directory.Extent{},
			[]string{who, users, groups}, []string{users}},
		{"before 2023 there is no list of ways to sign on, which is asked once", true, false, sim.Switches{Generation: sim.Gen2018}, everything,
			[]string{who, users, groups, members, projects, profiles, systems}, []string{users, members}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			size := 200 // more than a page
			if tt.more == everything {
				size = 2000
			}
			srv := newServer(t, company(size, 150-4, 150-1, tt.switches, tt.own)) // beside four groups and a project of every site
			cfg := tokenConfig(srv)
			if tt.password {
				cfg = passwordConfig(srv)
			}
			w := connect(t, cfg)
			sent := 0
			for n, want := range [][]string{tt.first, tt.second} {
				srv.ResetLog()
				live, err := w.Read(t.Context(), tt.more)
				if err != nil {
					t.Fatal(err)
				}
				if len(live.Users) != size || tt.more.Projects && len(live.Projects) != 150 {
					t.Errorf("users = %d, projects = %d", len(live.Users), len(live.Projects))
				}
				slices.Sort(want)
				if diff := cmp.Diff(want, routes(srv)); diff != "" {
					t.Errorf("read %d: requests (-want +got):\n%s", n+1, diff)
				}
				sent += srv.Count("")
				if caps := w.Caps(); n == 0 {
					if told := caps.Once + caps.EachTime + caps.UserLists + 1 + len(extra(tt.more)); told != len(want) {
						t.Errorf("abilities tell of %d requests: %+v", told, caps)
					}
				} else if groups := min(1, count(want, groups)); caps.EachTime+caps.UserLists+groups != len(want) {
					t.Errorf("abilities tell of %d lists of users", caps.UserLists)
				}
			}
			if c := w.Requests(); c.Reads != sent || c.Writes != 0 || c.Retries != 0 {
				t.Errorf("counts = %+v, requests = %d", c, sent)
			}
		})
	}
}

// extra returns the lists of a reading beside those of users and groups.
func extra(more directory.Extent) []string {
	if more.Projects {
		return []string{"projects"}
	}
	return nil
}

func count(all []string, one string) int {
	n := 0
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}
