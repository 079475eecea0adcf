package qtest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/qtest"
	sim "rollcall/internal/sim/qtestsim"
)

// What nobody may be shown. The password has all that is written in another way in a form, in JSON or in a URL.
const (
	secretToken    = "Tk81s3cret-7vK3mN0bTuHs"
	secretPassword = `Zx81 s3cret/7v"K+3mN&0b=Tu`
)

// echo answers one operation with all secrets that it knows, and every other one as a qTest does.
type echo struct {
	http.RoundTripper
	path   string // of the operation, as it ends
	status int
	format string // of the answer; %s is the echo

	echoed atomic.Int64
	mu     sync.Mutex
	known  []string // passwords that were made so far
	issued bool     // the token is known to who asks
}

var inBody = regexp.MustCompile(`"password":"([^"]+)"`)

func (e *echo) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	e.mu.Lock()
	secrets := []string{secretPassword, url.QueryEscape(secretPassword), r.Header.Get("Authorization")}
	if e.issued {
		secrets = append(secrets, secretToken)
	}
	if m := inBody.FindSubmatch(body); m != nil {
		var made struct{ Password string }
		_ = json.Unmarshal(body, &made)
		e.known = append(e.known, made.Password)
		secrets = append(secrets, made.Password)
	}
	e.mu.Unlock()
	switch {
	case strings.HasSuffix(r.URL.Path, e.path):
		e.echoed.Add(1)
		said := strings.ReplaceAll(e.format, "%s", strings.Trim(strings.ReplaceAll(fmt.Sprintf("%q", strings.Join(secrets, " | ")), "/", `\/`), `"`))
		return &http.Response{StatusCode: e.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(said)), Request: r}, nil
	case r.URL.Path == "/oauth/token":
		e.mu.Lock()
		e.issued = true
		e.mu.Unlock()
		said := `{"access_token":"` + secretToken + `","refresh_token":"` + secretToken + `-r3fr3sh"}`
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(said)), Request: r}, nil
	}
	other := r.Clone(r.Context())
	other.Body = io.NopCloser(bytes.NewReader(body))
	other.Header.Set("Authorization", "Bearer "+sim.DefaultToken)
	return e.RoundTripper.RoundTrip(other)
}

// Whatever an answer holds and wherever, nothing that a Reader or Writer returns, logs, reports or traces shows a token, a
// password, or the header that says one.
func TestSecrets_areNowhereInWhatIsSaid(t *testing.T) {
	t.Parallel()
	answers := []struct {
		name   string
		status int
		format string
	}{
		{"an error of a 200", 200, `{"message":"not you: %s"}`},
		{"an error of a 400", 400, `{"message":"not you: %s"}`},
		{"an error of OAuth", 400, `{"error":"invalid_grant","error_description":"not %s"}`},
		{"an error of a 401", 401, `{"error":"%s","error_description":"%s"}`},
		{"an error of a 403", 403, `{"message":"not you: %s"}`},
		{"an error of a 500", 500, `{"message":"not you: %s"}`},
		{"words across the cut", 400, strings.Repeat("x", 285) + "%s"},
		{"a page of a 200", 200, "<title>%s</title>"},
		{"a text for a whole answer", 200, `"%s"`},
		{"a text for an id", 200, `{"id":"%s","access_token":["%s"]}`},
		{"a text for an id in a list", 200, `[{"id":"%s"}]`},
		{"a text for a page", 200, `{"page":"%s","page_size":"%s","total":"%s","items":[]}`},
		{"half of a token", 200, `{"access_token":"%s`},
	}
	const always = 3 // of the paths with every answer, the others with one in four
	paths := []string{
		"/oauth/token", "/users", "/users/search", "/oauth/status", "/re-evaluation", "/search/user", "/groups", "/projects", "/user-profiles",
		"/auth-systems", "/admin-profiles/current", "/users/projects", "/users/2", "/users/2/avatar", "/projects/1/users",
	}
	snapshot := company(20, 8, 4, sim.Switches{}, false)
	snapshot.Users[1].AuthSystem, snapshot.Users[1].ExternalName = snapshot.AuthSystems[0].ID, "otto" // who comes back below
	for i, a := range answers {
		for n, path := range paths {
			if n >= always && (i+n)%4 != 0 {
				continue
			}
			t.Run(a.name+" to "+path, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					srv := newServer(t, snapshot)
					e := &echo{RoundTripper: srv.Transport(), path: path, status: a.status, format: a.format}
					said := everythingSaid(t, e)
					basic := base64.StdEncoding.EncodeToString([]byte("acme:"))
					pieces := []string{secretToken[:10], secretToken[10:], secretPassword[:10], "3mN&0b", "7vK%22", "3mN%260b", basic, "r3fr3sh"}
					pieces = append(pieces, e.known...)
					for _, piece := range pieces {
						if at := strings.Index(said, piece); at >= 0 {
							t.Errorf("shown: %q in %s", piece, said[max(0, at-100):min(len(said), at+100)])
							break
						}
					}
					if len(e.known) == 0 && path != "/oauth/token" {
						t.Error("no password was made")
					}
					srv.Close()
				})
			})
		}
	}
}

// everythingSaid does all that can be done with an instance and returns the errors, findings, log lines, and events with
// their details.
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
	cfg := qtest.Config{
		URL: "https://acme.example.test/", User: sim.DefaultAdmin, Password: httpx.NewSecret(secretPassword),
		HTTP: httpx.Options{
			Transport: e, Details: true,
			Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			OnRequest: func(event httpx.Event) {
				tell(event.Err)
				tell(*event.Details)
			},
		},
	}
	w := connect(t, cfg)
	tell(cfg)
	tell(w)
	ctx := t.Context()
	_, err := w.Read(ctx, directory.Extent{Projects: true, SignOns: true})
	tell(err)
	if err != nil {
		tell(qtest.Explain(err))
	}
	for _, finding := range w.Diagnose(ctx) {
		tell(finding)
		tell(finding.Err)
	}
	_, _, err = w.FindUser(ctx, "tom@acme.example")
	tell(err)
	_, err = w.SearchMembers(ctx, "Payments")
	tell(err)
	now, err := w.ReadAccount(ctx, 2)
	tell(err)
	_, err = w.CreateAccount(ctx, newcomer())
	tell(err)
	now.ID = 2
	_, err = w.UpdateAccount(ctx, now, directory.UserChange{SignOn: ptr(directory.SignOnID(-1))})
	tell(err)
	_, err = w.CreateGroup(ctx, "Payments", nil)
	tell(err)
	_, err = w.ReadProject(ctx, 1)
	tell(err)
	tell(w.AddToProject(ctx, 1, 5, []directory.UserID{2}))
	tell(w.RemoveFromProject(ctx, 1, []directory.UserID{2}))
	_, err = w.Avatar(ctx, 2)
	tell(err)
	if e.echoed.Load() == 0 {
		t.Errorf("%s was never asked", e.path)
	}
	return log.String() + out.String()
}
