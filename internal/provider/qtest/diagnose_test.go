package qtest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/instance"
	"rollcall/internal/provider/qtest"
	"rollcall/internal/sim/fault"
	sim "rollcall/internal/sim/qtestsim"
)

// world makes the transport of a test, inside its bubble.
type world func(*testing.T) http.RoundTripper

func answers(status int, body string) world {
	return func(*testing.T) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			return &http.Response{
				StatusCode: status, Header: http.Header{"Location": {"https://sso.example.test/login?x=y"}},
				Body: io.NopCloser(strings.NewReader(body)), Request: r,
			}, nil
		})
	}
}

func nobody(*testing.T) http.RoundTripper {
	return roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: errors.New("no such host")}
	})
}

func stranger(*testing.T) http.RoundTripper {
	return roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
	})
}

func site(change func(*sim.Snapshot)) world {
	return func(t *testing.T) http.RoundTripper {
		s := company(20, 8, 4, sim.Switches{}, true)
		s.Users[0].SiteAdmin = true
		if change != nil {
			change(&s)
		}
		return newServer(t, s).Transport()
	}
}

func switched(change func(*sim.Switches)) world {
	return site(func(s *sim.Snapshot) { change(&s.Switches) })
}

func TestDiagnose_tellsTheFailuresApart(t *testing.T) {
	password := func(key httpx.Secret) func(*qtest.Config) {
		return func(c *qtest.Config) { c.Token, c.User, c.Password = httpx.Secret{}, sim.DefaultAdmin, key }
	}
	token := func(key httpx.Secret) func(*qtest.Config) {
		return func(c *qtest.Config) { c.Token = key }
	}
	spent := roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: 429, Header: http.Header{"X-Ratelimit-Remaining-Month": {"0"}, "Retry-After": {"30"}},
			Body: io.NopCloser(strings.NewReader(`{"message":"API rate limit exceeded"}`)), Request: r,
		}, nil
	})
	tests := []struct {
		name      string
		transport world
		config    func(*qtest.Config)
		last      instance.Check // the last finding
		failing   []instance.Check
		text      string // of the first failing one, or of the one that is asked for
		hint      string
	}{
		{name: "all is well", transport: site(nil), last: qtest.CheckProjects},
		{name: "all is well with a password", transport: site(nil), config: password(httpx.NewSecret(sim.DefaultPassword)), last: qtest.CheckProjects},
		{
			name: "host not reachable", transport: nobody,
			last: qtest.CheckHost, failing: []instance.Check{qtest.CheckHost}, text: "does not answer", hint: "QTEST_URL",
		},
		{
			name: "a certificate of nobody we know", transport: stranger,
			last: qtest.CheckHost, failing: []instance.Check{qtest.CheckHost}, text: "no safe connection", hint: "--ca-file",
		},
		{
			name: "a page of something else", transport: answers(200, "<html><title>Intranet</title>"),
			last: qtest.CheckQTest, failing: []instance.Check{qtest.CheckQTest}, text: `"Intranet"`, hint: "https://SITE.qtestnet.com",
		},
		{
			name: "JSON of something else", transport: answers(200, `{"hello":"world"}`),
			last: qtest.CheckQTest, failing: []instance.Check{qtest.CheckQTest}, text: "not a qTest Manager", hint: "QTEST_URL",
		},
		{
			name: "nothing at this path", transport: answers(404, "404 page not found"),
			last: qtest.CheckQTest, failing: []instance.Check{qtest.CheckQTest}, text: "not a qTest Manager", hint: "QTEST_URL",
		},
		{
			name: "a login elsewhere", transport: answers(302, ""),
			last: qtest.CheckQTest, failing: []instance.Check{qtest.CheckQTest}, text: "https://sso.example.test/login,", hint: "https://",
		},
		{
			name: "an edition without the API", transport: switched(func(s *sim.Switches) { s.NoAPI = true }),
			last: qtest.CheckAPI, failing: []instance.Check{qtest.CheckAPI}, text: "no API", hint: "Elite",
		},
		{
			name: "an edition without the API, by password", transport: switched(func(s *sim.Switches) { s.NoAPI = true }), config: password(httpx.NewSecret("x-s3cret")),
			last: qtest.CheckAPI, failing: []instance.Check{qtest.CheckAPI}, text: "no API", hint: "Elite",
		},
		{
			name: "wrong token", transport: site(nil), config: token(httpx.NewSecret("nonsense-s3cret")),
			last: qtest.CheckCredentials, failing: []instance.Check{qtest.CheckCredentials}, text: "this token", hint: "API & SDK",
		},
		{
			name: "wrong password", transport: site(nil), config: password(httpx.NewSecret("nonsense-s3cret")),
			last: qtest.CheckCredentials, failing: []instance.Check{qtest.CheckCredentials}, text: "this user and password", hint: "QTEST_USER",
		},
		{
			name: "a token that ends soon and is renewed", transport: switched(func(s *sim.Switches) { s.TokenLife = 5 * time.Minute }),
			config: password(httpx.NewSecret(sim.DefaultPassword)), last: qtest.CheckProjects,
		},
		{
			name: "no administrator", transport: site(nil), config: token(httpx.NewSecret(sim.TokenPrefix + "4")),
			last: qtest.CheckAdministrator, failing: []instance.Check{qtest.CheckAdministrator},
			text: "lacks rights: Manage Client Users, Manage User Groups, List Project, View User Profiles", hint: "Administrators",
		},
		{
			name: "one right is missing", transport: site(func(s *sim.Snapshot) {
				s.Groups[1].Authorities = []string{"ROLE_USERADMIN", "ROLE_USERGROUPMANAGER", "ROLE_PROJECTVIEWER"}
				s.Groups[1].UserIDs = []int{4}
			}), config: func(c *qtest.Config) { c.Token = httpx.NewSecret(sim.TokenPrefix + "4") },
			last: qtest.CheckProjects, failing: []instance.Check{qtest.CheckAdministrator}, text: "lacks rights: View User Profiles", hint: "Administrators",
		},
		{
			name: "maintenance", transport: switched(func(s *sim.Switches) { s.Faults = []fault.Rule{{Fault: fault.Fault{Kind: fault.Error503}}} }),
			last: qtest.CheckService, failing: []instance.Check{qtest.CheckService}, text: "maintenance", hint: "later",
		},
		{
			name: "a window that is too long to wait for", transport: switched(func(s *sim.Switches) {
				s.Faults = []fault.Rule{{Fault: fault.Fault{Kind: fault.TooMany, Wait: time.Hour}}}
			}),
			last: qtest.CheckService, failing: []instance.Check{qtest.CheckService}, text: "no requests for 1h0m0s more", hint: "--max-wait",
		},
		{
			name: "a limit that stays", transport: switched(func(s *sim.Switches) { s.Faults = []fault.Rule{{Fault: fault.Fault{Kind: fault.TooManyBare}}} }),
			last: qtest.CheckService, failing: []instance.Check{qtest.CheckService}, text: "rate limit is used up", hint: "--rate",
		},
		{
			name: "the requests of the month are used up", transport: func(*testing.T) http.RoundTripper { return spent },
			last: qtest.CheckService, failing: []instance.Check{qtest.CheckService}, text: "requests of this month are used up", hint: "no sense in waiting",
		},
		{
			name: "a server that fails", transport: switched(func(s *sim.Switches) { s.Faults = []fault.Rule{{Fault: fault.Fault{Kind: fault.Error500}}} }),
			last: qtest.CheckService, failing: []instance.Check{qtest.CheckService}, text: "qTest fails", hint: "log",
		},
		{
			name: "lists that disagree", transport: switched(func(s *sim.Switches) {
				s.Faults = []fault.Rule{{Fault: fault.Fault{Kind: fault.PageSkips}, Method: "find_by_user_name_or_email"}}
			}),
			last: qtest.CheckRead, failing: []instance.Check{qtest.CheckRead}, text: "no consistent whole", hint: "nobody edits",
		},
		{
			name: "an old one", transport: switched(func(s *sim.Switches) { s.Generation = sim.Gen2018 }),
			last: qtest.CheckProjects, failing: []instance.Check{qtest.CheckUserWrites, qtest.CheckGroups, qtest.CheckProjects},
			text: "too old to change users", hint: "Administration > Licenses",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := qtest.Config{
					URL: "https://acme.example.test", Token: httpx.NewSecret(sim.DefaultToken), HTTP: httpx.Options{Transport: tt.transport(t)},
				}
				if tt.config != nil {
					tt.config(&cfg)
				}
				var failing []instance.Check
				var first instance.Finding
				findings := connect(t, cfg).Diagnose(t.Context())
				for _, f := range findings {
					if f.Text == "" || !strings.HasSuffix(f.Text, ".") || f.OK != (f.Hint == "") {
						t.Errorf("finding is not one sentence, and a hint if it fails: %+v", f)
					}
					if !f.OK {
						if failing = append(failing, f.Check); len(failing) == 1 {
							first = f
						}
					}
				}
				if last := findings[len(findings)-1].Check; last != tt.last {
					t.Errorf("last finding is %s, want %s", last, tt.last)
				}
				if diff := cmp.Diff(tt.failing, failing); diff != "" {
					t.Errorf("failing (-want +got):\n%s", diff)
				}
				if !strings.Contains(first.Text, tt.text) || !strings.Contains(first.Hint, tt.hint) {
					t.Errorf("finding = %+v, want text %q and hint %q", first, tt.text, tt.hint)
				}
			})
		})
	}
}

func TestExplain_hasAHintForEveryError(t *testing.T) {
	tests := []struct {
		name  string
		err   error
		check instance.Check
		hint  string
	}{
		{"the account is not in the project", &httpx.Error{Kind: httpx.Forbidden, Status: 403, Text: "User need to be assigned to project to performs this action!"},
			qtest.CheckAdministrator, "Administration > Projects"},
		{"no right", &httpx.Error{Kind: httpx.Forbidden, Status: 403, Text: "No permission"}, qtest.CheckAdministrator, "Administrators"},
		{"no time left", &httpx.Error{Kind: httpx.Canceled, Err: context.DeadlineExceeded}, qtest.CheckService, "--timeout"},
		{"a refusal", &httpx.Error{Kind: httpx.Rejected, Status: 400, Route: "users", Text: "no"}, qtest.CheckRead, "-v"},
		{"a 402 of a seat", &httpx.Error{Kind: httpx.Rejected, Status: 402, Route: "users", Text: "no seats"}, qtest.CheckRead, "-v"},
		{"an answer with something else", &instance.AnswerError{Route: "users", Text: "else"}, qtest.CheckRead, "Administration > Licenses"},
		{"a write that can't be said", &qtest.UnsentError{Route: "users", Text: "no name"}, qtest.CheckRead, "Administration > Licenses"},
		{"anything", errors.New("else"), qtest.CheckRead, "try again"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := qtest.Explain(tt.err)
			if f.Check != tt.check || !strings.Contains(f.Hint, tt.hint) || f.OK || f.Err == nil {
				t.Errorf("finding = %+v", f)
			}
		})
	}
}

// Once the requests of a month are used up, nothing is tried again, whoever asks.
func TestRead_doesNotWaitForTheNextMonth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := company(20, 8, 4, sim.Switches{RateMonth: 2}, true)
		srv := newServer(t, s)
		start := time.Now()
		_, err := newWriter(t, srv).Read(t.Context(), directory.Extent{})
		if !strings.Contains(qtest.Explain(err).Text, "of this month are used up") {
			t.Errorf("error = %v: %+v", err, qtest.Explain(err))
		}
		if got := srv.Count(""); got > 3 || time.Since(start) > 0 {
			t.Errorf("%d requests in %s", got, time.Since(start))
		}
		srv.Close()
	})
}
