package httpx_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/httpx"
)

// script is a transport that answers from a list, and keeps what it was sent and when.
type script struct {
	answers []answer // the last one is given for ever

	mu   sync.Mutex
	sent []*http.Request
	at   []time.Duration // since the first request
	body []string
	zero time.Time
}

// answer is one outcome of a round trip.
type answer struct {
	status int
	header http.Header
	body   string
	cut    bool // the body ends with an error
	err    error
	takes  time.Duration
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	if s.zero.IsZero() {
		s.zero = time.Now()
	}
	body, _ := io.ReadAll(r.Body)
	a := s.answers[min(len(s.sent), len(s.answers)-1)]
	s.sent, s.at, s.body = append(s.sent, r), append(s.at, time.Since(s.zero)), append(s.body, string(body))
	s.mu.Unlock()

	if a.takes > 0 {
		select {
		case <-time.After(a.takes):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	if a.err != nil {
		return nil, a.err
	}
	reader := io.Reader(strings.NewReader(a.body))
	if a.cut {
		reader = io.MultiReader(reader, errReader{})
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	return &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(reader), ContentLength: -1, Request: r}, nil
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func retryAfter(value string) http.Header { return http.Header{"Retry-After": {value}} }

var base = url.URL{Scheme: "https", Host: "acme.example.test", Path: "/qa/"}

func newClient(t *testing.T, s http.RoundTripper, change func(*httpx.Options)) *httpx.Client {
	t.Helper()
	return newPaced(t, s, httpx.Pace{}, change)
}

func newPaced(t *testing.T, s http.RoundTripper, pace httpx.Pace, change func(*httpx.Options)) *httpx.Client {
	t.Helper()
	opts := httpx.Options{Transport: s}
	if change != nil {
		change(&opts)
	}
	here := base
	c, err := httpx.New(&here, httpx.Basic("ines@acme.example", httpx.NewSecret("s3cret-key")), pace, opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func request(class httpx.Class) httpx.Request {
	r := httpx.Request{Method: http.MethodGet, Path: "index.php", RawQuery: "/api/v2/get_users&limit=2", Route: "get_users", Class: class}
	if class != httpx.Read {
		r.Method, r.Route, r.Body = http.MethodPost, "add_user", []byte(`{"name":"Lea"}`)
	}
	r.Decode = func(body []byte) error {
		var v map[string]string
		return json.Unmarshal(body, &v)
	}
	return r
}

var (
	good      = answer{status: 200, body: `{}`}
	refused   = answer{err: &net.OpError{Op: "dial", Err: errors.New("connection refused")}}
	reset     = answer{err: &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}}
	hang      = answer{takes: time.Hour}
	html      = answer{status: 200, body: "\n<!DOCTYPE html><html><head><title>Login\x1b[31m - TestRail</title>"}
	truncated = answer{status: 200, body: `{"a":`}
	cutOff    = answer{status: 200, body: `{"a":`, cut: true}
)

func status(code int) answer {
	return answer{status: code, body: fmt.Sprintf(`{"error":"status %d"}`, code)}
}

func TestDo_triesAgainAsTheClassAllows(t *testing.T) {
	tests := []struct {
		name      string
		class     httpx.Class
		first     answer
		wantTries int // with the first answer given for ever
		wantKind  httpx.Kind
		unclear   bool
	}{
		{"a read is repeated after 429", httpx.Read, status(429), 5, httpx.RateLimited, false},
		{"a read is repeated after 409", httpx.Read, status(409), 5, httpx.Maintenance, false},
		{"a read is repeated after 503", httpx.Read, status(503), 5, httpx.Maintenance, false},
		{"a read is repeated after 500", httpx.Read, status(500), 5, httpx.ServerFault, false},
		{"a read is repeated after a reset", httpx.Read, reset, 5, httpx.Cut, false},
		{"a read is repeated after half a body", httpx.Read, cutOff, 5, httpx.Cut, false},
		{"a read is repeated after half a JSON", httpx.Read, truncated, 3, httpx.Unreadable, false},
		{"a read of a host that is not there is repeated twice", httpx.Read, refused, 3, httpx.Unreachable, false},
		{"a page of HTML is reported at once if it is the first answer ever", httpx.Read, html, 1, httpx.NotJSON, false},
		{"a read that is refused is not repeated", httpx.Read, status(400), 1, httpx.Rejected, false},
		{"wrong credentials are not tried again", httpx.Read, status(401), 1, httpx.Unauthorized, false},
		{"a lack of permission is not tried again", httpx.Read, status(403), 1, httpx.Forbidden, false},
		{"an unknown method is not tried again", httpx.Read, status(404), 1, httpx.NotFound, false},

		{"an update is repeated after 429 and stays clear", httpx.Write, status(429), 5, httpx.RateLimited, false},
		{"an update is repeated after 503", httpx.Write, status(503), 5, httpx.Maintenance, true},
		{"an update is repeated after 500", httpx.Write, status(500), 5, httpx.ServerFault, true},
		{"an update is repeated after a reset", httpx.Write, reset, 5, httpx.Cut, true},
		{"an update is repeated after half a JSON", httpx.Write, truncated, 3, httpx.Unreadable, true},
		{"an update that could not be sent is clear", httpx.Write, refused, 3, httpx.Unreachable, false},
		{"an update that is refused is clear", httpx.Write, status(400), 1, httpx.Rejected, false},

		{"a create is repeated after 429", httpx.Create, status(429), 5, httpx.RateLimited, false},
		{"a create is repeated after 409", httpx.Create, status(409), 5, httpx.Maintenance, false},
		{"a create is not repeated after 503", httpx.Create, status(503), 1, httpx.Maintenance, true},
		{"a create is not repeated after 500", httpx.Create, status(500), 1, httpx.ServerFault, true},
		{"a create is not repeated after a reset", httpx.Create, reset, 1, httpx.Cut, true},
		{"a create is not repeated after half a body", httpx.Create, cutOff, 1, httpx.Cut, true},
		{"a create is not repeated after half a JSON", httpx.Create, truncated, 1, httpx.Unreadable, true},
		{"a create is not repeated after a page of HTML", httpx.Create, html, 1, httpx.NotJSON, true},
		{"a create is not repeated after silence", httpx.Create, hang, 1, httpx.Timeout, true},
		{"a create that could not be sent is clear", httpx.Create, refused, 1, httpx.Unreachable, false},
		{"a create that is refused is clear", httpx.Create, status(400), 1, httpx.Rejected, false},

		{"a list is not repeated after 429", httpx.List, status(429), 1, httpx.RateLimited, false},
		{"a list is not repeated after 500", httpx.List, status(500), 1, httpx.ServerFault, true},
		{"a list is not repeated after a reset", httpx.List, reset, 1, httpx.Cut, true},
		{"a list that could not be sent is clear", httpx.List, refused, 1, httpx.Unreachable, false},
		{"a list that is refused is clear", httpx.List, status(400), 1, httpx.Rejected, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []answer{tt.first}}
				c := newClient(t, s, nil)
				err := c.Do(t.Context(), request(tt.class))
				var failed *httpx.Error
				if !errors.As(err, &failed) {
					t.Fatalf("error = %v", err)
				}
				if failed.Kind != tt.wantKind || failed.Unclear() != tt.unclear || failed.HTTPStatus() != tt.first.status {
					t.Errorf("kind %s, unclear %v, status %d; want %s, %v, %d", failed.Kind, failed.Unclear(), failed.HTTPStatus(),
						tt.wantKind, tt.unclear, tt.first.status)
				}
				if len(s.sent) != tt.wantTries {
					t.Errorf("tries = %d, want %d", len(s.sent), tt.wantTries)
				}
				if n := c.Counts(); n.Reads+n.Writes != tt.wantTries || n.Retries != tt.wantTries-1 {
					t.Errorf("counts = %+v", n)
				}
			})
		})
	}
}

// What was made of a read is stale after a wait, so that the caller makes it anew.
func TestDo_saysWhetherAListMayBeMadeAndSentAgain(t *testing.T) {
	tests := []struct {
		name     string
		class    httpx.Class
		first    answer
		may      bool
		min, max time.Duration
	}{
		{"after a reset, when the host had a moment", httpx.List, reset, true, time.Second, 1250 * time.Millisecond},
		{"after 500", httpx.List, status(500), true, time.Second, 1250 * time.Millisecond},
		{"after silence", httpx.List, hang, true, time.Second, 1250 * time.Millisecond},
		{"after 429, where the gate keeps the next request waiting", httpx.List, status(429), true, 0, 0},
		{"after 503, likewise", httpx.List, status(503), true, 0, 0},
		{"not after a refusal", httpx.List, status(400), false, 0, 0},
		{"not after a lack of permission", httpx.List, status(403), false, 0, 0},
		{"not what was sent again already", httpx.Write, status(500), false, 0, 0},
		{"not what would make a second thing", httpx.Create, status(500), false, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, &script{answers: []answer{tt.first}}, nil)
				var failed *httpx.Error
				if err := c.Do(t.Context(), request(tt.class)); !errors.As(err, &failed) {
					t.Fatalf("error = %v", err)
				}
				if wait, may := failed.Again(); may != tt.may || wait < tt.min || wait > tt.max {
					t.Errorf("again %v after %v, want %v after %v to %v", may, wait, tt.may, tt.min, tt.max)
				}
			})
		})
	}
}

func TestDo_succeedsAtALaterTry(t *testing.T) {
	for _, first := range []answer{status(429), status(500), reset, cutOff, truncated} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{answers: []answer{first, good}}
			if err := newClient(t, s, nil).Do(t.Context(), request(httpx.Write)); err != nil {
				t.Error(err)
			}
			if len(s.sent) != 2 || s.body[1] != `{"name":"Lea"}` {
				t.Errorf("sent %d, second body %q", len(s.sent), s.body)
			}
		})
	}
}

func TestDo_triesAPageOfHTMLAgainOnceTheToolWasHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{good, html, good}}
		c := newClient(t, s, nil)
		for range 2 {
			if err := c.Do(t.Context(), request(httpx.Read)); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestDo_isUnclearAfterAnEarlierUnclearTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{reset, status(400)}}
		var failed *httpx.Error
		if err := newClient(t, s, nil).Do(t.Context(), request(httpx.Write)); !errors.As(err, &failed) {
			t.Fatal(err)
		}
		if failed.Status != 400 || !failed.EarlierUnclear || !failed.Unclear() {
			t.Errorf("%+v", failed)
		}
	})
}

func TestDo_endsWithItsContext(t *testing.T) {
	tests := []struct {
		name    string
		answers []answer
		unclear bool
	}{
		{"in the middle of a request", []answer{hang}, true},
		{"while it waits for a window", []answer{{status: 429, header: retryAfter("60")}}, false},
		{"while it waits after an unclear try", []answer{status(500)}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
				defer cancel()
				err := newClient(t, &script{answers: tt.answers}, nil).Do(ctx, request(httpx.Write))
				var failed *httpx.Error
				if !errors.As(err, &failed) || failed.Kind != httpx.Canceled || failed.Unclear() != tt.unclear {
					t.Errorf("%+v", failed)
				}
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v is not the context's error", err)
				}
			})
		})
	}
}

func TestDo_refusesAnAnswerThatIsTooLarge(t *testing.T) {
	s := &script{answers: []answer{{status: 200, body: `{"a":"` + strings.Repeat("x", 100) + `"}`}}}
	c := newClient(t, s, func(o *httpx.Options) { o.MaxBody = 50 })
	var failed *httpx.Error
	if err := c.Do(t.Context(), request(httpx.Read)); !errors.As(err, &failed) || failed.Kind != httpx.TooLarge || len(s.sent) != 1 {
		t.Errorf("%v after %d tries", failed, len(s.sent))
	}
}

func TestDo_sendsTheHeadersThatServersInsistOn(t *testing.T) {
	for _, class := range []httpx.Class{httpx.Read, httpx.Write, httpx.Create} {
		s := &script{answers: []answer{good}}
		if err := newClient(t, s, nil).Do(t.Context(), request(class)); err != nil {
			t.Fatal(err)
		}
		got := s.sent[0]
		want := http.Header{
			"User-Agent": {"rollcall"}, "Accept": {"application/json"}, "Content-Type": {"application/json"},
			"Authorization": {"Basic aW5lc0BhY21lLmV4YW1wbGU6czNjcmV0LWtleQ=="},
		}
		if diff := cmp.Diff(want, got.Header); diff != "" {
			t.Errorf("header (-want +got):\n%s", diff)
		}
		if got.URL.String() != "https://acme.example.test/qa/index.php?/api/v2/get_users&limit=2" {
			t.Errorf("url = %s", got.URL)
		}
	}
}

func TestDo_followsARedirectOnlyForAReadOnTheSameHost(t *testing.T) {
	const hiddenBody = "same host, with a password to send"
	tests := []struct {
		name     string
		class    httpx.Class
		location string
		follows  bool
	}{
		{"same host", httpx.Read, "/qa/v2/index.php?/api/v2/get_users", true},
		{hiddenBody, httpx.Read, "/qa/v2/index.php?/api/v2/get_users", false},
		{"same host and port in full", httpx.Read, "https://acme.example.test:443/index.php", true},
		{"another host", httpx.Read, "https://evil.example.test/index.php", false},
		{"a host that begins alike", httpx.Read, "https://acme.example.test.evil.test/", false},
		{"another port", httpx.Read, "https://acme.example.test:8443/index.php", false},
		{"another scheme", httpx.Read, "http://acme.example.test/qa/index.php", false},
		{"no location", httpx.Read, "", false},
		{"an update", httpx.Write, "/qa/v2/index.php", false},
		{"a create", httpx.Create, "/qa/v2/index.php", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			away := answer{status: 302, header: http.Header{"Location": {tt.location}}}
			s := &script{answers: []answer{away, good}}
			r := request(tt.class)
			if tt.name == hiddenBody {
				r.Body, r.Hidden = nil, httpx.NewSecret("password=s3cret")
			}
			err := newClient(t, s, nil).Do(t.Context(), r)
			if (err == nil) != tt.follows || (len(s.sent) == 2) != tt.follows {
				t.Errorf("%v after %d requests", err, len(s.sent))
			}
			var failed *httpx.Error
			if errors.As(err, &failed) && (failed.Kind != httpx.Redirected || failed.Unclear()) {
				t.Errorf("kind %s, unclear %v", failed.Kind, failed.Unclear())
			}
		})
	}
}

func TestDo_endsARedirectLoop(t *testing.T) {
	s := &script{answers: []answer{{status: 302, header: http.Header{"Location": {"/qa/index.php"}}}}}
	if err := newClient(t, s, nil).Do(t.Context(), request(httpx.Read)); err == nil || len(s.sent) != 4 {
		t.Errorf("%v after %d requests", err, len(s.sent))
	}
}

func TestNew_refusesPlacesThatAKeyMustNotGoTo(t *testing.T) {
	tests := []struct {
		url       string
		allowHTTP bool
		ok        bool
	}{
		{"https://acme.example.test/", false, true},
		{"http://acme.example.test/", false, false},
		{"http://acme.example.test/", true, true},
		{"http://localhost:8080/", false, true},
		{"http://127.0.0.1:8080/", false, true},
		{"http://127.9.9.9/", false, true},
		{"http://[::1]:8080/", false, true},
		{"http://localhost.evil.test/", false, false},
		{"ftp://acme.example.test/", true, false},
		{"https:///index.php", false, false},
		{"/index.php", false, false},
	}
	for _, tt := range tests {
		u, err := url.Parse(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := httpx.New(u, httpx.Credential{}, httpx.Pace{}, httpx.Options{AllowHTTP: tt.allowHTTP}); (err == nil) != tt.ok {
			t.Errorf("%s with AllowHTTP %v: %v", tt.url, tt.allowHTTP, err)
		}
	}
}
