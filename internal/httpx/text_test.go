package httpx_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/httpx"
)

func TestError_saysWhatTheServerSaid(t *testing.T) {
	long := strings.Repeat("ä", 400)
	tests := []struct {
		name   string
		answer answer
		want   string
	}{
		{"the text under error", status(400), "GET get_users: HTTP 400: status 400"},
		{"the text under message", answer{status: 400, body: `{"message":"no"}`}, "GET get_users: HTTP 400: no"},
		{"a code with its words", answer{status: 400, body: `{"error":"invalid_grant","error_description":"Bad credentials"}`},
			"GET get_users: HTTP 400: invalid_grant: Bad credentials"},
		{"plain text", answer{status: 400, body: "Invalid characters\r\n in URI\x00\x1b[2J"}, "GET get_users: HTTP 400: Invalid characters in URI [2J"},
		{"nothing", answer{status: 404}, "GET get_users: HTTP 404: no further words"},
		{"the title of a page", answer{status: 403, body: "<html><TITLE lang=en>No\nway</TITLE>"}, `GET get_users: HTTP 403: an HTML page titled "No way"`},
		{"a page without a title", answer{status: 403, body: "<html>"}, "GET get_users: HTTP 403: an HTML page"},
		{"300 characters", answer{status: 400, body: `{"error":"` + long + `"}`}, "GET get_users: HTTP 400: " + long[:600] + " ..."},
		{"bidirectional overrides", answer{status: 400, body: "a\u202eb"}, "GET get_users: HTTP 400: a b"},
		{"a page where JSON was due", html, `GET get_users: answer is not JSON: an HTML page titled "Login [31m - TestRail"`},
		{"a redirect", answer{status: 302, header: map[string][]string{"Location": {"https://else.test/login?next=secret"}}},
			"GET get_users: HTTP 302: redirect not followed: to https://else.test/login"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := newClient(t, &script{answers: []answer{tt.answer}}, nil).Do(t.Context(), request(httpx.Read))
			if err == nil || err.Error() != tt.want {
				t.Errorf("\n got %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestClient_neverShowsTheKey(t *testing.T) {
	const key, token = "s3cret-key", "aW5lc0BhY21lLmV4YW1wbGU6czNjcmV0LWtleQ=="
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		for _, body := range []string{key, "Basic " + token, `{"error":"bad key ` + key + `"}`, "<title>" + key + "</title>"} {
			for _, code := range []int{200, 302, 401, 500} {
				s := &script{answers: []answer{{status: code, body: body, header: map[string][]string{"Location": {"/" + key}}}}}
				c := newClient(t, s, func(o *httpx.Options) {
					o.Log = slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
					o.OnRequest = func(e httpx.Event) { fmt.Fprintf(&out, "%+v %v\n", e, e.Err) }
				})
				err := c.Do(t.Context(), request(httpx.Write))
				fmt.Fprintf(&out, "%v %+v\n", err, err)
			}
		}
		credential, secret := httpx.Basic("ines@acme.example", httpx.NewSecret(key)), httpx.NewSecret(key)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(&out, verb+"\n", credential)
			fmt.Fprintf(&out, verb+"\n", secret)
			fmt.Fprintf(&out, verb+"\n", struct{ Key httpx.Secret }{secret})
			fmt.Fprintf(&out, verb+"\n", struct{ C httpx.Credential }{httpx.Bearer(httpx.NewSecret(key))})
		}
		data, err := json.Marshal(map[string]any{"secret": secret, "credential": credential})
		if err != nil {
			t.Fatal(err)
		}
		out.Write(data)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "secret", secret, "credential", credential)
		for _, secret := range []string{key, token} {
			if i := strings.Index(out.String(), secret); i >= 0 {
				t.Errorf("shown: %s", out.String()[max(0, i-80):i+len(secret)])
			}
		}
	})
}

func TestClient_logsOneLineATry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		slow := good
		slow.takes = 40 * time.Millisecond
		c := newClient(t, &script{answers: []answer{status(500), slow}}, func(o *httpx.Options) {
			o.Log = slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{
				Level: slog.LevelDebug,
				ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
					if a.Key == slog.TimeKey {
						return slog.Attr{}
					}
					return a
				},
			}))
		})
		if err := c.Do(t.Context(), request(httpx.Read)); err != nil {
			t.Fatal(err)
		}
		const want = `level=DEBUG msg=request method=GET route=get_users status=500 ms=0 attempt=1 error="GET get_users: HTTP 500: status 500"
level=DEBUG msg=request method=GET route=get_users status=200 ms=40 attempt=2
`
		if out.String() != want {
			t.Errorf("got\n%swant\n%s", out.String(), want)
		}
	})
}

func TestError_unwrapsItsCause(t *testing.T) {
	cause := errors.New("a user without an id")
	r := request(httpx.Create)
	r.Decode = func([]byte) error { return cause }
	if err := newClient(t, &script{answers: []answer{good}}, nil).Do(t.Context(), r); !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
}
