package testrail_test

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

	"rollcall/internal/httpx"
	"rollcall/internal/provider/instance"
	"rollcall/internal/provider/testrail"
	sim "rollcall/internal/sim/testrailsim"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

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

func TestDiagnose_tellsTheFailuresApart(t *testing.T) {
	company := func(change func(*sim.Switches)) world {
		return func(t *testing.T) http.RoundTripper {
			s := sim.Generate(1, sim.GenOptions{Users: 20, Groups: 8})
			s.Users[1].Email, s.Users[1].IsActive, s.Users[1].IsAdmin, s.Users[1].APIKey = "tester@acme.example", true, false, ""
			if change != nil {
				change(&s.Switches)
			}
			return newSim(t, s).Transport()
		}
	}
	tests := []struct {
		name      string
		transport world
		user      string
		wrongKey  bool
		last      instance.Check // the last finding, which is the failing one
		failing   []instance.Check
		text      string // of the failing one
		hint      string
	}{
		{name: "all is well", transport: company(nil), last: testrail.CheckGroups},
		{name: "all is well on Enterprise", transport: company(func(s *sim.Switches) { s.Edition = sim.Enterprise }), last: testrail.CheckEnterprise},
		{
			name: "host not reachable", transport: nobody,
			last: testrail.CheckHost, failing: []instance.Check{testrail.CheckHost}, text: "does not answer", hint: "TESTRAIL_URL",
		},
		{
			name: "a certificate of nobody we know", transport: stranger,
			last: testrail.CheckHost, failing: []instance.Check{testrail.CheckHost}, text: "no safe connection", hint: "--ca-file",
		},
		{
			name: "a page of something else", transport: answers(200, "<html><title>Intranet</title>"),
			last: testrail.CheckTestRail, failing: []instance.Check{testrail.CheckTestRail}, text: `"Intranet"`, hint: "index.php",
		},
		{
			name: "JSON of something else", transport: answers(200, `{"hello":"world"}`),
			last: testrail.CheckTestRail, failing: []instance.Check{testrail.CheckTestRail}, text: "not a TestRail", hint: "index.php",
		},
		{
			name: "nothing at this path", transport: answers(404, "404 page not found"),
			last: testrail.CheckTestRail, failing: []instance.Check{testrail.CheckTestRail}, text: "not a TestRail", hint: "index.php",
		},
		{
			name: "a login elsewhere", transport: answers(302, ""),
			last: testrail.CheckTestRail, failing: []instance.Check{testrail.CheckTestRail}, text: "https://sso.example.test/login,", hint: "https://",
		},
		{
			name: "API switched off", transport: company(func(s *sim.Switches) { s.Authentication = sim.APIDisabled }),
			last: testrail.CheckAPI, failing: []instance.Check{testrail.CheckAPI}, text: "switched off", hint: "Site Settings > API",
		},
		{
			name: "wrong key", transport: company(nil), wrongKey: true,
			last: testrail.CheckCredentials, failing: []instance.Check{testrail.CheckCredentials}, text: "does not accept", hint: "Save Settings",
		},
		{
			name: "no administrator", transport: company(nil), user: "tester@acme.example",
			last: testrail.CheckAdministrator, failing: []instance.Check{testrail.CheckAdministrator}, text: "not a TestRail administrator", hint: "administrator",
		},
		{
			name: "maintenance", transport: company(func(s *sim.Switches) { s.Maintenance.Always = true }),
			last: testrail.CheckService, failing: []instance.Check{testrail.CheckService}, text: "maintenance", hint: "later",
		},
		{
			name: "a window that is too long to wait for", transport: company(func(s *sim.Switches) {
				s.Faults = []sim.FaultRule{{Fault: sim.Fault{Kind: sim.TooMany, Wait: time.Hour}}}
			}),
			last: testrail.CheckService, failing: []instance.Check{testrail.CheckService}, text: "no requests for 1h0m0s more", hint: "--max-wait",
		},
		{
			name: "a rate limit that stays used up", transport: company(func(s *sim.Switches) {
				s.Faults = []sim.FaultRule{{Fault: sim.Fault{Kind: sim.TooMany, Wait: time.Second}}}
			}),
			last: testrail.CheckService, failing: []instance.Check{testrail.CheckService}, text: "stays so", hint: "--rate",
		},
		{
			name: "a failure in the server's own words", transport: answers(500, `{"error":"An internal error occurred."}`),
			last: testrail.CheckService, failing: []instance.Check{testrail.CheckService}, text: "HTTP 500: An internal error occurred.", hint: "again",
		},
		{
			name: "lists that disagree", transport: company(func(s *sim.Switches) {
				s.Faults = []sim.FaultRule{{Fault: sim.Fault{Kind: sim.EmptyList}, Method: "get_users"}}
			}),
			last: testrail.CheckRead, failing: []instance.Check{testrail.CheckRead}, text: "the list is empty", hint: "again",
		},
		{
			name: "too old for groups", transport: company(func(s *sim.Switches) { s.Version = sim.V73 }),
			last: testrail.CheckGroups, failing: []instance.Check{testrail.CheckGroups}, text: "7.5", hint: "Users & Roles > Groups",
		},
		{
			name: "too old for writes and groups", transport: company(func(s *sim.Switches) { s.Version = sim.V66 }),
			last: testrail.CheckGroups, failing: []instance.Check{testrail.CheckUserWrites, testrail.CheckGroups}, text: "7.3", hint: "Users & Roles > Users",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := testrail.Config{URL: "https://acme.example.test/qa", User: sim.DefaultAdmin, Key: httpx.NewSecret(sim.DefaultKey)}
				cfg.HTTP = httpx.Options{Transport: tt.transport(t)}
				if tt.user != "" {
					cfg.User = tt.user
				}
				if tt.wrongKey {
					cfg.Key = httpx.NewSecret("wrong-s3cret")
				}
				r, err := testrail.NewReader(cfg)
				if err != nil {
					t.Fatal(err)
				}
				findings := r.Diagnose(t.Context())
				var failing []instance.Check
				for _, f := range findings {
					if !strings.HasSuffix(f.Text, ".") || strings.HasSuffix(f.Text, "..") {
						t.Errorf("no sentence: %q", f.Text)
					}
					if f.OK {
						if f.Hint != "" || f.Err != nil {
							t.Errorf("%s is OK, and yet: %s %v", f.Check, f.Hint, f.Err)
						}
						continue
					}
					if failing = append(failing, f.Check); len(failing) == 1 && (!strings.Contains(f.Text, tt.text) || !strings.Contains(f.Hint, tt.hint)) {
						t.Errorf("text %q, hint %q", f.Text, f.Hint)
					}
				}
				if diff := cmp.Diff(tt.failing, failing); diff != "" {
					t.Errorf("failing checks (-want +got):\n%s", diff)
				}
				if last := findings[len(findings)-1]; last.Check != tt.last {
					t.Errorf("last finding is %+v, want %s", last, tt.last)
				}
			})
		})
	}
}

func TestExplain_endOfTheRun(t *testing.T) {
	tests := []struct {
		name  string
		cause error
		text  string
		hint  string
	}{
		{"an interrupt", context.Canceled, "interrupted", "again"},
		{"a deadline", context.DeadlineExceeded, "no time left", "--timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := testrail.Explain(&httpx.Error{Kind: httpx.Canceled, Err: tt.cause})
			if got.OK || !strings.Contains(got.Text, tt.text) || !strings.Contains(got.Hint, tt.hint) {
				t.Errorf("%+v", got)
			}
		})
	}
}
