package qtestsim_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	sim "rollcall/internal/sim/qtestsim"
)

// answer is what came back over the wire.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// client speaks the wire protocol by hand, as a reader of the vendor's pages would.
type client struct {
	t      *testing.T
	http   http.RoundTripper
	token  string
	header map[string]string
}

// dial returns a client of the server in process, with the token of its administrator.
func dial(t *testing.T, s *sim.Server) *client {
	t.Helper()
	return &client{t: t, http: s.Transport(), token: sim.DefaultToken}
}

// as returns the same client with another token.
func (c *client) as(token string) *client {
	other := *c
	other.token = token
	return &other
}

// tryIn sends "METHOD /path body".
func (c *client) tryIn(ctx context.Context, line string) (answer, error) {
	c.t.Helper()
	method, rest, _ := strings.Cut(line, " ")
	target, body, _ := strings.Cut(rest, " ")
	r, err := http.NewRequestWithContext(ctx, method, "https://acme.example.test"+target, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "bearer "+c.token)
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	resp, err := c.http.RoundTrip(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, string(text)}, err
}

// do sends a request that must be answered.
func (c *client) do(line string) answer {
	c.t.Helper()
	a, err := c.tryIn(c.t.Context(), line)
	if err != nil {
		c.t.Fatalf("%s: %v", line, err)
	}
	return a
}

// ok sends a request that must be answered 200, and decodes the answer if dst is not nil.
func (c *client) ok(line string, dst any) {
	c.t.Helper()
	a := c.do(line)
	if a.Status != http.StatusOK {
		c.t.Fatalf("%s: %d %s", line, a.Status, a.Body)
	}
	if dst == nil {
		return
	}
	if err := json.Unmarshal([]byte(a.Body), dst); err != nil {
		c.t.Fatalf("%s: %v in %s", line, err, a.Body)
	}
}

// who sends "WHO METHOD /path body": admin, none, or the id of an account.
func (c *client) who(line string) answer {
	c.t.Helper()
	who, request, _ := strings.Cut(line, " ")
	switch who {
	case "admin":
		return c.do(request)
	case "none":
		return c.as("").do(request)
	}
	return c.as(sim.TokenPrefix + who).do(request)
}

// login gets a token by password.
func (c *client) login(user, password string) answer {
	other := *c
	other.token = ""
	other.header = map[string]string{"Authorization": "Basic YWNtZTo=", "Content-Type": "application/x-www-form-urlencoded"}
	return other.do("POST /oauth/token grant_type=password&username=" + user + "&password=" + password)
}

// small is a site of six people: 2 works in a group and a project, 3 left, 4 was invited, 5 and 6 sign on elsewhere.
func small() sim.Snapshot {
	s := sim.EmptySnapshot()
	s.AuthSystems = []sim.AuthSystem{
		{ID: 12, Type: "SSO_SAML2", Name: "Acme SSO"},
		{ID: 14, Type: "LDAP", Name: "Acme Directory", People: []sim.LDAPPerson{
			{UID: "omar", FirstName: "Omar", LastName: "Quill", Mail: "omar@acme.example"},
			{UID: "ruth", FirstName: "Ruth", LastName: "Voss", Mail: "ruth@acme.example"},
		}},
	}
	s.Users = append(s.Users,
		sim.User{ID: 2, Username: "mira@acme.example", FirstName: "Mira", LastName: "Okafor", Status: 1},
		sim.User{ID: 3, Username: "jun@acme.example", FirstName: "Jun", LastName: "Tan", Status: 3, FormerProjects: []sim.Grant{{Project: 301, Profile: 6}}},
		sim.User{ID: 4, Username: "lea@acme.example", FirstName: "Lea", LastName: "Trent", Status: sim.StatusNew},
		sim.User{ID: 5, Username: "omar@acme.example", FirstName: "Omar", LastName: "Quill", Status: 1, AuthSystem: 14, ExternalName: "omar"},
		sim.User{ID: 6, Username: "Pia.Voss@acme.example", FirstName: "Pia", LastName: "Voß", Status: 1, AuthSystem: 12, ExternalName: "pvoss", Timezone: "+01:00"},
	)
	s.Groups = append(s.Groups,
		sim.Group{ID: 41, Name: "QA Payments", UserIDs: []int{2, 3}},
		sim.Group{ID: 44, Name: "Mobile", Description: "brings a project", Projects: []sim.Grant{{Project: 302, Profile: 6}}, UserIDs: []int{}},
	)
	s.Projects = append(s.Projects,
		sim.Project{ID: 301, Name: "Checkout", AdminIDs: []int{5}, UUID: "u-301", Members: []sim.Member{{User: 2, Profile: 5}, {User: 5, Profile: 2}}},
		sim.Project{ID: 302, Name: "Search", Members: []sim.Member{}},
	)
	return s
}

// serve starts a server on the snapshot with the switches that set names, as "name=value".
func serve(t *testing.T, s sim.Snapshot, set ...string) *sim.Server {
	t.Helper()
	for _, text := range set {
		name, value, _ := strings.Cut(text, "=")
		if err := s.Switches.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	srv, err := sim.New(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	return srv
}

// consistent holds that both sides of every membership agree and that counts are right: a state is always a snapshot.
func consistent(t *testing.T, srv *sim.Server) {
	t.Helper()
	s := srv.Snapshot()
	if _, err := sim.New(s); err != nil {
		t.Fatalf("the state is no snapshot any more: %v", err)
	}
	for _, g := range s.Groups {
		if !slices.IsSorted(g.UserIDs) {
			t.Errorf("group %d: members are not sorted: %v", g.ID, g.UserIDs)
		}
		for _, u := range s.Users {
			var ids []int
			_ = srv.Edit(func(st *sim.State) error { ids = st.GroupIDs(u.ID); return nil })
			if slices.Contains(g.UserIDs, u.ID) != slices.Contains(ids, g.ID) {
				t.Errorf("group %d and user %d disagree", g.ID, u.ID)
			}
		}
	}
}
