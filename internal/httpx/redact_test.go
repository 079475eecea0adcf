package httpx_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	escape "html"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"unicode"
	"unicode/utf8"

	"rollcall/internal/httpx"
)

// A key with all that some writer of text has to escape.
const (
	awkwardUser = "ines@acme.example"
	awkwardKey  = `s3cret/ke+y "<&>' é\n😀`
)

// spellings are the ways in which a server may give a text back.
func spellings(t *testing.T, s string) map[string]string {
	t.Helper()
	asJSON, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.Trim(string(asJSON), `"`)
	var numbers, units strings.Builder
	for _, r := range s {
		fmt.Fprintf(&numbers, "&#x%X;", r)
	}
	for _, r := range s {
		if r > 0xffff {
			units.WriteString(`\uD83D\uDE00`)
		} else {
			fmt.Fprintf(&units, `\u%04x`, r)
		}
	}
	again, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"as it is":               s,
		"in capitals":            strings.ToUpper(s),
		"as JSON":                plain,
		"as JSON that PHP wrote": strings.ReplaceAll(plain, "/", `\/`),
		"as JSON inside JSON":    strings.Trim(string(again), `"`),
		"as JSON of escapes":     units.String(),
		"as a query":             url.QueryEscape(s),
		"as a query, lower case": strings.ToLower(url.QueryEscape(s)),
		"as a path":              url.PathEscape(s),
		"escaped twice":          url.QueryEscape(url.QueryEscape(s)),
		"as HTML":                escape.EscapeString(s),
		"as HTML of numbers":     numbers.String(),
		"quoted by Go":           strings.Trim(fmt.Sprintf("%q", s), `"`),
	}
}

// secretsOf are what must not be found: the key, and what the header says it with.
func secretsOf(user, key string) map[string]string {
	token := base64.StdEncoding.EncodeToString([]byte(user + ":" + key))
	return map[string]string{"key": key, "token": token, "header": "Basic " + token, "token without padding": strings.TrimRight(token, "=")}
}

// places are where in an answer, or instead of one, a server can put a text.
func places() map[string]func(text string) answer {
	header := func(status int, name string) func(string) answer {
		return func(text string) answer { return answer{status: status, header: http.Header{name: {text}}} }
	}
	body := func(status int, format string) func(string) answer {
		return func(text string) answer { return answer{status: status, body: fmt.Sprintf(format, text)} }
	}
	list := map[string]func(string) answer{
		"Location":            header(302, "Location"),
		"path of Location":    func(s string) answer { return header(302, "Location")("/" + s) },
		"host of Location":    func(s string) answer { return header(302, "Location")("https://" + s + ".example.test/") },
		"query of Location":   func(s string) answer { return header(302, "Location")("https://else.test/?k=" + s) },
		"Retry-After":         header(429, "Retry-After"),
		"Www-Authenticate":    header(401, "Www-Authenticate"),
		"connection":          func(s string) answer { return answer{err: errors.New("malformed HTTP response " + s)} },
		"connection, dialing": func(s string) answer { return answer{err: &net.DNSError{Err: "no such host", Name: s}} },
		"certificate": func(s string) answer {
			return answer{err: x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{s}}, Host: "acme"}}
		},
		"wrapped error":          func(s string) answer { return answer{err: fmt.Errorf("read: %w", errors.New(s))} },
		"far into a body":        func(s string) answer { return answer{status: 400, body: strings.Repeat("x", 285) + s} },
		"far into a spaced body": func(s string) answer { return answer{status: 400, body: strings.Repeat(" ", 16<<10-9) + s} },
		"far into a larger body": func(s string) answer {
			return answer{status: 400, body: strings.Repeat(" ", 16<<10-9) + s + strings.Repeat(" ", 99999)}
		},
		"far into an error of a 200": body(200, `{"error":"`+strings.Repeat("x", 290)+` %s"}`),
	}
	for _, status := range []int{200, 400, 401, 403, 404, 500, 503} {
		for name, format := range map[string]string{
			"body": "%s", "JSON error": `{"error":"bad key %s"}`, "JSON message": `{"message":"bad key %s"}`,
			"JSON of another shape": `{"errors":{"header":["%s"]}}`, "title": "<html><title>%s</title>", "cut JSON": `{"error":"%s`,
		} {
			list[fmt.Sprintf("%s of a %d", name, status)] = body(status, format)
		}
	}
	return list
}

// whatIsSaid sends a read and a write to a server and returns every text that comes of it, as anybody could print it.
func whatIsSaid(t *testing.T, a answer, credential httpx.Credential) string {
	t.Helper()
	var out bytes.Buffer
	here := base
	c, err := httpx.New(&here, credential, httpx.Pace{}, httpx.Options{
		Transport: &script{answers: []answer{a}},
		Log:       slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})),
		OnRequest: func(e httpx.Event) {
			fmt.Fprintf(&out, "%v\n%+v\n%#v\n%v\n%+v\n", e, e, e, e.Err, *e.Details)
			if at := e.Details; len(at.Answer) > 4<<10+len(" ...") || !utf8.ValidString(at.Answer+at.Body+at.Path+at.RetryAfter) {
				t.Errorf("%d bytes of an answer are told: %q", len(at.Answer), at.Answer)
			}
		},
		Details: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, class := range []httpx.Class{httpx.Read, httpx.Create} {
		r := request(class)
		r.Decode = echoing
		err := c.Do(t.Context(), r)
		if err == nil {
			continue
		}
		fmt.Fprintf(&out, "%v\n%+v\n%#v\n%q\n", err, err, err, err)
		for cause := err; cause != nil; cause = errors.Unwrap(cause) {
			fmt.Fprintf(&out, "%v\n%+v\n%#v\n", cause, cause, cause)
		}
		var failed *httpx.Error
		if errors.As(err, &failed) && strings.ContainsFunc(failed.Error(), func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("not safe to print: %q", failed.Error())
		}
	}
	return out.String()
}

// echoing reads an answer as a provider might: its errors quote what the server said.
func echoing(body []byte) error {
	var shape struct {
		Error string `json:"error"`
	}
	if err := json.Unmarshal(body, &shape); err != nil {
		return fmt.Errorf("%w in %s", err, body)
	}
	if shape.Error != "" {
		return errors.New(shape.Error)
	}
	return fmt.Errorf("is_active: unexpected %s", body)
}

// holds reports whether something said holds a piece of a secret that tells something: what is left of one that was cut.
func holds(said, secret string) bool {
	const telling = 6
	for i := 0; i+telling <= len(secret); i++ {
		if strings.Contains(strings.ToLower(said), strings.ToLower(secret[i:i+telling])) {
			return true
		}
	}
	return false
}

func TestClient_neverShowsASecretWhereverItIsEchoed(t *testing.T) {
	const user, key = "ines@acme.example", "Zx81s3cret/7vK+3mN0bTu=Hs"
	secrets := secretsOf(user, key)
	for place, put := range places() {
		for _, what := range []string{"key", "header", "token without padding"} {
			t.Run(what+" in "+place, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					said := whatIsSaid(t, put(secrets[what]), httpx.Basic(user, httpx.NewSecret(key)))
					if holds(said, key) || holds(said, secrets["token"]) {
						t.Errorf("shown:\n%s", said)
					}
				})
			})
		}
	}
}

func TestClient_knowsASecretInEverySpelling(t *testing.T) {
	secrets := secretsOf(awkwardUser, awkwardKey)
	for _, what := range []string{"key", "token"} {
		for spelling, text := range spellings(t, secrets[what]) {
			refusal := &script{answers: []answer{{status: 400, body: "before " + text + " after"}}}
			here := base
			c, err := httpx.New(&here, httpx.Basic(awkwardUser, httpx.NewSecret(awkwardKey)), httpx.Pace{}, httpx.Options{Transport: refusal})
			if err != nil {
				t.Fatal(err)
			}
			const want = "GET get_users: HTTP 400: before [redacted] after"
			if err := c.Do(t.Context(), request(httpx.Read)); err == nil || err.Error() != want {
				t.Errorf("%s %s, %s: %v", what, spelling, text, err)
			}
		}
	}
}

func TestClient_knowsASecretOfAnyShape(t *testing.T) {
	tests := []struct{ name, key, body, want string }{
		{"none", "", "no key", "no key"},
		{"of regular expressions", `a.c*(`, "abc a.c*( aac", "abc [redacted] aac"},
		{"of bytes that are no text", "k\xff\xfey!", "a k\xff\xfey! b", "a [redacted] b"},
		{"longer than any key, where no words are better than those", strings.Repeat("k", 2000), "the key", "[redacted]"},
		{"that the server says twice", "abab", "ababab abab", "[redacted]ab [redacted]"},
		{"of which a placeholder could hold a part", "redacted", "a redacted b", "a [redacted] b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			here := base
			transport := &script{answers: []answer{{status: 400, body: tt.body}}}
			c, err := httpx.New(&here, httpx.Basic(awkwardUser, httpx.NewSecret(tt.key)), httpx.Pace{}, httpx.Options{Transport: transport})
			if err != nil {
				t.Fatal(err)
			}
			want := "GET get_users: HTTP 400: " + tt.want
			if err := c.Do(t.Context(), request(httpx.Read)); err == nil || err.Error() != want {
				t.Errorf("\n got %v\nwant %s", err, want)
			}
		})
	}
}

// Of long words only the beginning is looked at, and a secret across its end must not be cut: the longest spelling, at
// every place.
func TestClient_cutsNoSecretAtTheEndOfWhatItLooksAt(t *testing.T) {
	const key = "s3cretPl"
	var spelled strings.Builder
	for _, r := range key {
		fmt.Fprintf(&spelled, "&#x0000%x;", r)
	}
	const end = 16 << 10
	for at := end - 2*spelled.Len(); at <= end; at++ {
		body := strings.Repeat(" ", at) + spelled.String() + strings.Repeat(" ", end)
		here := base
		c, err := httpx.New(&here, httpx.Bearer(httpx.NewSecret(key)), httpx.Pace{}, httpx.Options{Transport: &script{answers: []answer{{status: 400, body: body}}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Do(t.Context(), request(httpx.Read)); err == nil || strings.Contains(err.Error(), "&#") {
			t.Errorf("at %d: %v", at, err)
		}
	}
}

func TestError_isStillItsCauseWhenTheWordsAreHidden(t *testing.T) {
	cause := errors.New("unexpected s3cret-key")
	r := request(httpx.Create)
	r.Decode = func([]byte) error { return fmt.Errorf("is_active: %w", cause) }
	err := newClient(t, &script{answers: []answer{good}}, nil).Do(t.Context(), r)
	if !errors.Is(err, cause) {
		t.Errorf("%v is not its cause", err)
	}
	if want := "POST add_user: answer can't be read: is_active: unexpected [redacted]"; err.Error() != want {
		t.Errorf("\n got %v\nwant %s", err, want)
	}
}
