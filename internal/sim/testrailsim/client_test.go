package testrailsim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	sim "rollcall/internal/sim/testrailsim"
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
	base   string
	user   string
	secret string
	header map[string]string // "" removes a header
}

// dial returns a client of the server in process, as its administrator, below a sub-path.
func dial(t *testing.T, s *sim.Server) *client {
	t.Helper()
	return &client{t: t, http: s.Transport(), base: "https://acme.example.test/testrail/", user: sim.DefaultAdmin, secret: sim.DefaultKey}
}

// as returns the same client with another account.
func (c *client) as(email string) *client {
	other := *c
	other.user = email
	return &other
}

// with returns the same client with a header more, or with "" one less.
func (c *client) with(name, value string) *client {
	other := *c
	other.header = map[string]string{name: value}
	for k, v := range c.header {
		other.header[k] = v
	}
	return &other
}

// try sends a request; body "" is a GET, anything else a POST.
func (c *client) try(route, body string) (answer, error) {
	c.t.Helper()
	method := http.MethodGet
	var content io.Reader
	if body != "" {
		method, content = http.MethodPost, strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+"index.php", content)
	if err != nil {
		c.t.Fatal(err)
	}
	r.URL.RawQuery = "/api/v2/" + route
	if c.user != "" {
		r.SetBasicAuth(c.user, c.secret)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "test")
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
func (c *client) do(route, body string) answer {
	c.t.Helper()
	a, err := c.try(route, body)
	if err != nil {
		c.t.Fatalf("%s: %v", route, err)
	}
	return a
}

// ok sends a request that must be answered 200, and decodes the answer if dst is not nil.
func (c *client) ok(route, body string, dst any) {
	c.t.Helper()
	a := c.do(route, body)
	if a.Status != http.StatusOK {
		c.t.Fatalf("%s: %d %s", route, a.Status, a.Body)
	}
	if dst == nil {
		return
	}
	if err := json.Unmarshal([]byte(a.Body), dst); err != nil {
		c.t.Fatalf("%s: %v in %s", route, err, a.Body)
	}
}

// fails sends a request that must be refused with that status and text.
func (c *client) fails(route, body string, status int, text string) {
	c.t.Helper()
	a := c.do(route, body)
	var e struct{ Error string }
	if err := json.Unmarshal([]byte(a.Body), &e); err != nil {
		c.t.Fatalf("%s: %v in %q", route, err, a.Body)
	}
	if a.Status != status || e.Error != text {
		c.t.Errorf("%s: %d %q, want %d %q", route, a.Status, e.Error, status, text)
	}
}

// page is the envelope of any list.
type page struct {
	Offset, Limit, Size int
	Links               struct{ Next, Prev *string } `json:"_links"`
	Users               []user
	Groups              []group
	Roles               []map[string]any
	Projects            []map[string]any
}

type user struct {
	ID       int
	Name     string
	Email    string
	IsActive bool  `json:"is_active"`
	RoleID   int   `json:"role_id"`
	GroupIDs []int `json:"group_ids"`
	Role     string
}

type group struct {
	ID      int
	Name    string
	UserIDs []int `json:"user_ids"`
}

// small is an instance of five people and two groups: 1 is the administrator, 4 a leaver, 5 forgotten.
func small() sim.Snapshot {
	s := sim.EmptySnapshot()
	s.Users = append(s.Users,
		sim.User{ID: 2, Name: "Omar Quill", Email: "omar.q@acme.example", IsActive: true, RoleID: 3, EmailNotifications: true},
		sim.User{ID: 3, Name: "Pia Voß", Email: "Pia.Voss+qa@acme.example", IsActive: true, RoleID: 2, EmailNotifications: true, MFARequired: true},
		sim.User{ID: 4, Name: "Lea Trent", Email: "lea.trent@acme.example", RoleID: 3},
		sim.User{ID: 5, Name: "F1764000000001", Email: "F1764000000001", RoleID: 3},
	)
	s.Groups = []sim.Group{{ID: 2, Name: "Mobile QA", UserIDs: []int{2, 4}}, {ID: 5, Name: "Contractors / Web", UserIDs: []int{}}}
	s.Projects = []sim.Project{
		{ID: 1, Name: "Checkout", SuiteMode: 3, DefaultRoleID: 5, Groups: []sim.ProjectAccess{{ID: 2, RoleID: 4}}, Users: []sim.ProjectAccess{{ID: 3, RoleID: 0}}},
		{ID: 2, Name: "Archive", SuiteMode: 1, IsCompleted: true, CompletedOn: 1760000000},
	}
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
