package qtest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/qtest"
	"rollcall/internal/sim/fault"
	sim "rollcall/internal/sim/qtestsim"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestLogin_exchangesThePasswordForAToken(t *testing.T) {
	const good = `{"access_token":"t0k3n-s3cret","token_type":"bearer","refresh_token":"r3fr3sh","agent":null}`
	const grant = "grant_type=password&password=p%26ss+w%C3%B6rd+s3cret&username=ines%40acme.example"
	tests := []struct {
		name    string
		answers []string
		basic   []string // users of the Basic headers
		wantErr string
		kind    httpx.Kind
	}{
		{"the header names the site", []string{good, `{"id":1}`}, []string{"acme"}, "", ""},
		{"a site that wants the login name there", []string{`401 {"error":"unauthorized"}`, good, `{"id":1}`}, []string{"acme", "ines@acme.example"}, "", ""},
		{"a site that says so as RFC 6749 does", []string{`400 {"error":"invalid_client"}`, good, `{"id":1}`}, []string{"acme", "ines@acme.example"}, "", ""},
		{
			"a wrong password is sent once, and is a matter of credentials", []string{`400 {"error":"invalid_grant","error_description":"Bad credentials"}`},
			[]string{"acme"}, "POST oauth/token: HTTP 400: invalid_grant: Bad credentials", httpx.Unauthorized,
		},
		{
			"a wrong password for a site that wants the login name", []string{`401 {}`, `400 {"error":"invalid_grant"}`},
			[]string{"acme", "ines@acme.example"}, "POST oauth/token: HTTP 400: invalid_grant", httpx.Unauthorized,
		},
		{"neither header", []string{`401 {"error":"unauthorized"}`}, []string{"acme", "ines@acme.example"}, "POST oauth/token: HTTP 401: unauthorized", httpx.Unauthorized},
		{"a grant that is not known", []string{`400 {"error":"unsupported_grant_type"}`}, []string{"acme"}, "POST oauth/token: HTTP 400: unsupported_grant_type", httpx.Rejected},
		{"no API", []string{`402 {"message":"upgrade"}`}, []string{"acme"}, "POST oauth/token: HTTP 402: upgrade", httpx.Rejected},
		{"an answer without a token", []string{`{"token_type":"bearer"}`}, []string{"acme", "acme", "acme"}, "POST oauth/token: answer can't be read: access_token is missing", httpx.Unreadable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &tape{answers: tt.answers}
				var basic []string
				w := connect(t, qtest.Config{
					URL: "https://acme.qtestnet.com", User: "ines@acme.example", Password: httpx.NewSecret("p&ss wörd s3cret"),
					HTTP: httpx.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
						if user, secret, ok := r.BasicAuth(); ok && r.URL.Path == "/oauth/token" {
							basic = append(basic, user+secret)
							if got := r.Header.Get("Content-Type"); got != "application/x-www-form-urlencoded" {
								t.Errorf("content type = %s", got)
							}
						} else if got := r.Header.Get("Authorization"); got != "Bearer t0k3n-s3cret" {
							t.Errorf("%s: authorization = %s", r.URL.Path, got)
						}
						return p.RoundTrip(r)
					})},
				})
				_, err := w.CurrentUser(t.Context())
				if errorText(err) != tt.wantErr {
					t.Errorf("error = %q, want %q", errorText(err), tt.wantErr)
				}
				var failed *httpx.Error
				if errors.As(err, &failed) && failed.Kind != tt.kind {
					t.Errorf("kind = %s, want %s", failed.Kind, tt.kind)
				}
				if diff := cmp.Diff(tt.basic, basic); diff != "" {
					t.Errorf("Basic headers (-want +got):\n%s", diff)
				}
				for _, asked := range p.asked {
					if strings.Contains(asked, "/oauth/token") && asked != "POST /oauth/token "+grant {
						t.Errorf("asked %s", asked)
					}
				}
			})
		})
	}
}

// Whoever comes first gets the token for all, and a token that ended is renewed once for all who were refused with it.
func TestLogin_isOneForAllWorkers(t *testing.T) {
	srv := newServer(t, company(30, 8, 4, sim.Switches{}, true))
	w := connect(t, passwordConfig(srv))
	ask := func() {
		var workers sync.WaitGroup
		for range 8 {
			workers.Go(func() {
				if _, err := w.ReadAccount(t.Context(), 1); err != nil {
					t.Error(err)
				}
			})
		}
		workers.Wait()
	}
	ask()
	if got := srv.Count("oauth_token"); got != 1 {
		t.Errorf("%d tokens were asked for", got)
	}
	srv.Switches.TokenCalls = 8 // which the first token has had
	ask()
	if got := srv.Count("oauth_token"); got != 2 {
		t.Errorf("%d tokens were asked for", got)
	}
}

func TestLogin_renewsATokenThatEnded(t *testing.T) {
	everything := directory.Extent{Projects: true, SignOns: true}
	snapshot := company(30, 8, 4, sim.Switches{}, true)
	tests := []struct {
		name     string
		change   func(*sim.Switches, *qtest.Config)
		tokens   int
		wantKind httpx.Kind
	}{
		{"a token that ends after some calls", func(s *sim.Switches, _ *qtest.Config) { s.TokenCalls = 6 }, 2, ""},
		{"a token of the page that was revoked, with a password", func(_ *sim.Switches, c *qtest.Config) { c.Token = httpx.NewSecret("sim-token-77") }, 1, ""},
		{"a token of the page that was revoked, without", func(_ *sim.Switches, c *qtest.Config) {
			c.Token, c.User, c.Password = httpx.NewSecret("sim-token-77"), "", httpx.Secret{}
		}, 0, httpx.Unauthorized},
		{"a token that is good is not renewed", func(_ *sim.Switches, c *qtest.Config) { c.Token = httpx.NewSecret(sim.DefaultToken) }, 0, ""},
		{"tokens that are refused whatever they are", func(s *sim.Switches, _ *qtest.Config) {
			s.Faults = []fault.Rule{{Fault: fault.Fault{Kind: fault.Unauthorized}, Method: "reevaluate_token"}}
		}, 2, httpx.Unauthorized},
		{"nothing to log in with", func(_ *sim.Switches, c *qtest.Config) { c.Password = httpx.NewSecret("") }, 0, httpx.Unauthorized},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := newServer(t, snapshot)
			cfg := passwordConfig(srv)
			tt.change(&srv.Switches, &cfg)
			live, err := connect(t, cfg).Read(t.Context(), everything)
			if got := srv.Count("oauth_token"); got != tt.tokens {
				t.Errorf("%d tokens were asked for, want %d", got, tt.tokens)
			}
			if tt.wantKind == "" {
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(truth(snapshot, everything), live); diff != "" {
					t.Errorf("live state (-want +got):\n%s", diff)
				}
				return
			}
			var failed *httpx.Error
			if !errors.As(err, &failed) || failed.Kind != tt.wantKind {
				t.Errorf("error = %v", err)
			}
		})
	}
}

// Accounts may be locked after a few wrong passwords.
func TestLogin_sendsAWrongPasswordOnce(t *testing.T) {
	srv := newServer(t, company(30, 8, 4, sim.Switches{}, true))
	cfg := passwordConfig(srv)
	cfg.Password = httpx.NewSecret("wrong-s3cret")
	w := connect(t, cfg)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			_, err := w.ReadAccount(t.Context(), 1)
			var failed *httpx.Error
			if !errors.As(err, &failed) || failed.Kind != httpx.Unauthorized || failed.HTTPStatus() != 400 {
				t.Errorf("error = %v", err)
			}
		})
	}
	workers.Wait()
	if got := srv.Count(""); got != 1 {
		t.Errorf("%d requests: %v", got, routes(srv))
	}
}

// A write that is refused for its token has had no effect: it is sent again, and is one write.
func TestLogin_writesOnceWithANewToken(t *testing.T) {
	srv := newServer(t, company(30, 8, 4, sim.Switches{}, true))
	srv.Switches.Faults = []fault.Rule{{Fault: fault.Fault{Kind: fault.Unauthorized}, Method: "create_user", From: 1, To: 1}}
	w := connect(t, passwordConfig(srv))
	before := read(t, w)
	if _, err := w.CreateAccount(t.Context(), newcomer()); err != nil {
		t.Fatal(err)
	}
	if after := read(t, w); len(after.Users) != len(before.Users)+1 {
		t.Errorf("%d accounts, were %d", len(after.Users), len(before.Users))
	}
}

// A write that rests on a read is not sent again, though the token is new: somebody may have written since.
func TestLogin_asksForANewReadBeforeAWriteThatRestsOnOne(t *testing.T) {
	tests := []struct {
		name, operation string
		write           func(context.Context, *qtest.Writer) error
	}{
		{"an account with its groups", "update_user", func(ctx context.Context, w *qtest.Writer) error {
			now, err := w.ReadAccount(ctx, 2)
			if err != nil {
				return err
			}
			_, err = w.UpdateAccount(ctx, now, directory.UserChange{FamilyName: ptr("Trent")})
			return err
		}},
		{"members of a project", "assign_users_to_project", func(ctx context.Context, w *qtest.Writer) error {
			return w.AddToProject(ctx, 1, 5, []directory.UserID{2})
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := newServer(t, company(30, 8, 4, sim.Switches{}, true))
			srv.Switches.Faults = []fault.Rule{{Fault: fault.Fault{Kind: fault.Unauthorized}, Method: tt.operation, From: 1, To: 1}}
			w := connect(t, passwordConfig(srv))
			err := tt.write(t.Context(), w)
			var later interface {
				error
				Again() (time.Duration, bool)
			}
			if !errors.As(err, &later) {
				t.Fatalf("error = %v", err)
			}
			if wait, may := later.Again(); wait != 0 || !may || isUnclear(err) {
				t.Errorf("again after %v: %v, unclear %v", wait, may, isUnclear(err))
			}
			var refused interface{ HTTPStatus() int }
			if !errors.As(err, &refused) || refused.HTTPStatus() == http.StatusUnauthorized {
				t.Errorf("the credentials are said to be refused: %v", err)
			}
			if got := srv.Count(tt.operation); got != 1 {
				t.Errorf("%d writes were sent", got)
			}
			if err := tt.write(t.Context(), w); err != nil {
				t.Error(err)
			}
			if got := srv.Count("oauth_token"); got != 2 {
				t.Errorf("%d tokens were asked for", got)
			}
		})
	}
}

func newcomer() directory.UserChange {
	return directory.UserChange{Email: ptr(directory.Email("new@acme.example")), GivenName: ptr("New"), FamilyName: ptr("Comer")}
}

// Who waits for somebody else's log-in stops waiting when the run ends.
func TestLogin_stopsWaitingWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		w := connect(t, qtest.Config{
			URL: "https://acme.example.test", User: "ines@acme.example", Password: httpx.NewSecret("s3cret"),
			HTTP: httpx.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				select {
				case <-release:
				case <-r.Context().Done():
				}
				return nil, context.Canceled
			})},
		})
		ctx, cancel := context.WithCancel(t.Context())
		var workers sync.WaitGroup
		defer workers.Wait()
		for range 3 {
			workers.Go(func() {
				_, err := w.CurrentUser(ctx)
				var failed *httpx.Error
				if !errors.As(err, &failed) || failed.Kind != httpx.Canceled {
					t.Errorf("error = %v", err)
				}
			})
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(release)
	})
}
