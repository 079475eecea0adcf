package httpx_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/httpx"
)

const hookAddress = "https://user-s3cret:word-s3cret@s3cret-host.example.test:8443/services/T0-s3cret/B1-s3cret/?key=q-s3cret&x=1"

func parseHook(t *testing.T, address httpx.Secret) httpx.Webhook {
	t.Helper()
	hook, err := httpx.ParseWebhook(address, false)
	if err != nil {
		t.Fatal(err)
	}
	return hook
}

func TestWebhook_sendsADocumentToItsAddress(t *testing.T) {
	for _, tt := range []struct{ name, address, want string }{
		{"path and query as they are", "https://a.example/services/T0/B%2F1/?key=a%20b&x", "https://a.example/services/T0/B%2F1/?key=a%20b&x"},
		{"no path", "https://a.example", "https://a.example/"},
		{"a port, and a part for browsers", "https://a.example:8443/x#frag", "https://a.example:8443/x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &script{answers: []answer{{status: 200, body: "ok"}}}
			err := parseHook(t, httpx.NewSecret(tt.address)).Post(t.Context(), []byte(`{"a":1}`), map[string]string{"X-Signature": "abc"}, httpx.Options{Transport: s})
			if err != nil {
				t.Fatal(err)
			}
			got := s.sent[0]
			if got.URL.String() != tt.want || got.Method != http.MethodPost || s.body[0] != `{"a":1}` {
				t.Errorf("%s %s %s, want %s", got.Method, got.URL, s.body[0], tt.want)
			}
			want := http.Header{"User-Agent": {"rollcall"}, "Accept": {"application/json"}, "Content-Type": {"application/json"}, "X-Signature": {"abc"}}
			if diff := cmp.Diff(want, got.Header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWebhook_triesAgain(t *testing.T) {
	for _, tt := range []struct {
		name    string
		answers []answer
		sent    int
		waits   time.Duration // at least
		ok      bool
	}{
		{"after 500", []answer{status(500), good}, 2, time.Second, true},
		{"after 429, when it is asked to", []answer{{status: 429, header: retryAfter("7")}, good}, 2, 7 * time.Second, true},
		{"not for ever", []answer{status(500)}, 5, 15 * time.Second, false},
		{"not after a wait that is too long", []answer{{status: 429, header: retryAfter("3600")}, good}, 1, 0, false},
		{"not after 404", []answer{status(404), good}, 1, 0, false},
		{"not after a redirect, even on the host", []answer{{status: 302, header: http.Header{"Location": {"/elsewhere"}}}, good}, 1, 0, false},
		{"a page to sign in is no success", []answer{html}, 1, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, start := &script{answers: tt.answers}, time.Now()
				err := parseHook(t, httpx.NewSecret(hookAddress)).Post(t.Context(), []byte(`{}`), nil, httpx.Options{Transport: s, MaxWait: time.Minute})
				if (err == nil) != tt.ok || len(s.sent) != tt.sent || time.Since(start) < tt.waits {
					t.Errorf("%v after %d requests and %s", err, len(s.sent), time.Since(start))
				}
			})
		})
	}
}

// However a receiver or the network quotes the address, nothing of it comes out: in errors, logs and what a trace gets.
func TestWebhook_addressIsNotSaid(t *testing.T) {
	echo := "POST " + hookAddress + " host s3cret-host.example.test:8443 /services/T0-s3cret/B1-s3cret/?key=q-s3cret&amp;x=1 " +
		`\/services\/T0-s3cret\/B1-s3cret key=q%2ds3cret user-s3cret word-s3cret`
	for name, a := range map[string]answer{
		"a refusal":   {status: 400, body: `{"error": "` + strings.ReplaceAll(echo, `\`, `\\`) + `"}`},
		"a redirect":  {status: 302, header: http.Header{"Location": {"https://elsewhere.example/services/T0-s3cret/B1-s3cret/"}}},
		"the network": {err: fmt.Errorf("dial tcp: lookup s3cret-host.example.test: %w", errors.New("no such host"))},
		"a success":   {status: 200, body: echo},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				hook := parseHook(t, httpx.NewSecret(hookAddress))
				err := hook.Post(t.Context(), []byte(`{"a":1}`), nil, httpx.Options{
					Transport: &script{answers: []answer{a}}, Details: true, Log: slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})),
					OnRequest: func(e httpx.Event) { fmt.Fprintf(&out, "%+v %+v\n", e, e.Details) },
				})
				text, _ := json.Marshal(hook)
				for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
					fmt.Fprintf(&out, verb+verb+"\n", hook, &hook)
				}
				fmt.Fprintln(&out, err, hook.String(), string(text))
				if strings.Contains(strings.ToLower(out.String()), "s3cret") || strings.Contains(out.String(), "733363726574") {
					t.Error("said: the address")
				}
				if !strings.Contains(out.String(), "webhook") {
					t.Error("nothing was said at all")
				}
			})
		})
	}
}

// A receiver, and the network, say parts of an address alone, and in another spelling.
func TestWebhook_noPartOfTheAddressIsSaid(t *testing.T) {
	for _, tt := range []struct{ name, address, echo string }{
		{"a query that is one word", "https://a.example/x?s3cret-word", "no hook s3cret-word"},
		{"a word of a query beside others", "https://a.example/x?a=1&s3cret-word&b=2", "no hook s3cret-word"},
		{"a value behind a semicolon", "https://a.example/x?a=1;key=s3cret-word", "no hook s3cret-word"},
		{"a value that is no text of a URL", "https://a.example/x?a=1&key=%zz-s3cret", "no hook %zz-s3cret"},
		{"a value that is written otherwise", "https://a.example/x?key=s3cret%2Bword", "no hook s3cret+word"},
		{"a segment that is written otherwise", "https://a.example/s3cret%2Fword/x", "no hook s3cret/word"},
		{"the host as an address that the network shortens", "https://[2001:DB8:0:0::5ec:3e7]:8443/x", "dial tcp [2001:db8::5ec:3e7]:8443: no route to host"},
		{"the host as an address of the other family", "https://[::ffff:192.0.2.77]/x", "dial tcp 192.0.2.77:443: no route to host"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &script{answers: []answer{{status: 400, body: tt.echo}}}
			err := parseHook(t, httpx.NewSecret(tt.address)).Post(t.Context(), []byte(`{}`), nil, httpx.Options{Transport: s})
			for _, part := range []string{"s3cret", "5ec:3e7", "192.0.2.77"} {
				if err == nil || strings.Contains(err.Error(), part) {
					t.Errorf("said: %v", err)
				}
			}
		})
	}
}

func TestParseWebhook_refusesWhatIsNoPlaceForASecret(t *testing.T) {
	for _, tt := range []struct {
		address   string
		allowHTTP bool
		ok        bool
	}{
		{"https://hooks.example.test/s3cret", false, true},
		{"http://hooks.example.test/s3cret", false, false},
		{"http://hooks.example.test/s3cret", true, true},
		{"http://127.0.0.1:8080/s3cret", false, true},
		{"http://localhost/s3cret", false, true},
		{"ftp://hooks.example.test/s3cret", true, false},
		{"hooks.example.test/s3cret", true, false},
		{"https:///s3cret", true, false},
		{"https://hooks.example.test/s3cret%zz", true, false},
		{"https://s3cret-hôoks.example.test/x", true, false},
		{"https://xn--hoks-1qa.example.test/s3cret", true, true},
		{"https://hooks.example.test/s3cret\n", true, false},
		{"", true, false},
	} {
		_, err := httpx.ParseWebhook(httpx.NewSecret(tt.address), tt.allowHTTP)
		if (err == nil) != tt.ok {
			t.Errorf("%d characters with AllowHTTP %v: %v", len(tt.address), tt.allowHTTP, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Error("the error says the address")
		}
	}
}

// What receivers check with: openssl dgst -sha256 -hmac KEY.
func TestSecret_signs(t *testing.T) {
	const want = "8495a1536deaa8ef6704125dd601ef60973e40868d30c282a283c5412e946b24"
	got := httpx.NewSecret("s3cret-of-the-hook").Sign([]byte(`{"a":1}`))
	if got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}
