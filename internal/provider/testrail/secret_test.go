package testrail_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/testrail"
	sim "rollcall/internal/sim/testrailsim"
)

const echoedKey = "Zx81s3cret/7vK+3mN0bTu=Hs"

// echo answers one method with the key and the header that came with it, and every other one as a TestRail does.
type echo struct {
	http.RoundTripper
	method string
	status int
	format string // of the answer; %s is the echo
	echoed atomic.Int64
}

func (e *echo) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.RawQuery, "/api/v2/"+e.method) {
		other := r.Clone(r.Context())
		other.SetBasicAuth(sim.DefaultAdmin, sim.DefaultKey)
		return e.RoundTripper.RoundTrip(other)
	}
	n := e.echoed.Add(1)
	secret := echoedKey
	if n%2 == 0 { // the second answer, to whatever is asked then
		secret = r.Header.Get("Authorization")
	}
	body := strings.ReplaceAll(e.format, "%s", strings.ReplaceAll(secret, "/", `\/`))
	return &http.Response{StatusCode: e.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// Whatever an answer holds and wherever, nothing that a Reader or Writer returns, logs or reports shows the key. Names and
// addresses are data and no part of this.
func TestKey_isNowhereInWhatIsSaid(t *testing.T) {
	user := func(field string) string {
		return `[{"id":1,"email":"a@acme.example","name":"A","is_active":true,` + field + `}]`
	}
	answers := []struct {
		name    string
		methods []string // nil: all
		status  int
		format  string
	}{
		{name: "an error of a 200", status: 200, format: `{"error":"not you: %s"}`},
		{name: "an error of a 200 with control characters", status: 200, format: `{"error":"not\u001b[31m\n\u202eyou: %s"}`},
		{name: "an error of a 400", status: 400, format: `{"error":"not you: %s"}`},
		{name: "an error of a 401", status: 401, format: `{"error":"not you: %s"}`},
		{name: "an error of a 403", status: 403, format: `{"error":"not you: %s"}`},
		{name: "an error of a 500", status: 500, format: `{"error":"not you: %s"}`},
		{name: "words across the cut", status: 400, format: strings.Repeat("x", 285) + "%s"},
		{name: "a page of a 200", status: 200, format: "<title>%s</title>"},
		{name: "a text for a whole answer", status: 200, format: `"%s"`},
		{name: "a text for an id", status: 200, format: `{"id":"%s"}`},
		{name: "a text for an id in a list", methods: []string{"get_users", "get_groups", "get_roles", "get_projects"}, status: 200, format: `[{"id":"%s"}]`},
		{name: "a text for a flag", methods: []string{"get_users"}, status: 200, format: user(`"is_admin":"%s"`)},
		{name: "a text for a list", methods: []string{"get_users"}, status: 200, format: user(`"group_ids":["%s"]`)},
		{name: "a text for a page", methods: []string{"get_users"}, status: 200, format: `{"offset":"%s","users":` + user(`"role":"x"`) + `}`},
		{name: "a link to the next page", methods: []string{"get_users"}, status: 200,
			format: `{"_links":{"next":"/api/v2/%s&offset=9%s"},"users":` + user(`"role":"x"`) + `}`},
	}
	company := sim.Generate(1, sim.GenOptions{Users: 20, Groups: 8})
	for _, a := range answers {
		methods := a.methods
		if methods == nil {
			methods = []string{
				"get_current_user", "get_users", "get_groups", "get_roles", "get_projects", "get_user_by_email", "get_group/",
				"add_user", "update_user/", "add_group", "update_group/", "delete_group/",
			}
		}
		for _, method := range methods {
			t.Run(a.name+" to "+method, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					srv := newSim(t, company)
					said := everythingSaid(t, &echo{RoundTripper: srv.Transport(), method: method, status: a.status, format: a.format})
					token := base64.StdEncoding.EncodeToString([]byte(sim.DefaultAdmin + ":" + echoedKey))
					for _, piece := range []string{echoedKey[:10], echoedKey[10:], token[:20], token[20:]} {
						if strings.Contains(said, piece) {
							t.Errorf("shown:\n%s", said)
							break
						}
					}
					if strings.ContainsAny(said, "\x1b\u202e") {
						t.Errorf("not safe to print: %q", said)
					}
					srv.Close()
				})
			})
		}
	}
}

// everythingSaid does all that can be done with an instance and returns the errors, findings, log lines and events of it.
func everythingSaid(t *testing.T, e *echo) string {
	t.Helper()
	var log, out bytes.Buffer
	var mu sync.Mutex // of out, which events reach from any goroutine
	tell := func(said any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(&out, "%v\n%+v\n%#v\n", said, said, said)
		err, _ := said.(error)
		for ; err != nil; err = errors.Unwrap(err) {
			fmt.Fprintf(&out, "%v\n%#v\n", err, err)
		}
	}
	w, err := testrail.NewWriter(testrail.Config{
		URL: "https://acme.example.test/", User: sim.DefaultAdmin, Key: httpx.NewSecret(echoedKey),
		HTTP: httpx.Options{
			Transport: e,
			Log:       slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			OnRequest: func(event httpx.Event) { tell(event.Err) },
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	_, err = w.Read(ctx, directory.Extent{Projects: true})
	tell(err)
	if err != nil {
		tell(testrail.Explain(err))
	}
	for _, finding := range w.Diagnose(ctx) {
		tell(finding)
		tell(finding.Err)
	}
	_, _, err = w.FindUser(ctx, "tom@acme.example")
	tell(err)
	_, err = w.ReadGroup(ctx, 1)
	tell(err)
	_, err = w.CreateUser(ctx, directory.UserChange{Email: ptr(directory.Email("lea@acme.example")), Name: ptr("Lea"), RoleID: ptr(directory.RoleID(3))})
	tell(err)
	_, err = w.UpdateUser(ctx, 2, directory.UserChange{Name: ptr("Tom")})
	tell(err)
	_, err = w.CreateGroup(ctx, "Payments", nil)
	tell(err)
	_, err = w.UpdateGroup(ctx, 1, "Payments", nil)
	tell(err)
	tell(w.DeleteGroup(ctx, 1))
	if e.echoed.Load() == 0 {
		t.Errorf("%s was never asked", e.method)
	}
	return log.String() + out.String()
}
