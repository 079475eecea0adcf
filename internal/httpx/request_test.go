package httpx_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rollcall/internal/httpx"
)

func TestDo_sendsTheCredentialOfTheRequest(t *testing.T) {
	s := &script{answers: []answer{good}}
	c := newClient(t, s, nil)
	own := request(httpx.Read)
	own.Credential = httpx.Bearer(httpx.NewSecret("t0k3n-s3cret"))
	for _, r := range []httpx.Request{own, request(httpx.Read)} {
		if err := c.Do(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.sent[0].Header.Get("Authorization"); got != "Bearer t0k3n-s3cret" {
		t.Errorf("authorization = %s", got)
	}
	if got := s.sent[1].Header.Get("Authorization"); !strings.HasPrefix(got, "Basic ") {
		t.Errorf("authorization of the client = %s", got)
	}
}

func TestDo_sendsAFormOfSecretsAndTellsNothingOfIt(t *testing.T) {
	const password = "p&ss wörd s3cret/+\""
	form := httpx.Form(url.Values{"grant_type": {"password"}, "username": {"ines@acme.example"}}, "password", httpx.NewSecret(password))
	for name, a := range map[string]answer{
		"an answer that is fine":     {status: 200, body: `{"access_token":"t0k3n-s3cret"}`},
		"an answer that is not":      {status: 200, body: `["t0k3n-s3cret"]`},
		"a refusal that quotes":      {status: 400, body: `{"error":"no","error_description":"not ` + strings.ReplaceAll(password, `"`, `\"`) + `"}`},
		"a refusal that quotes URLs": {status: 400, body: url.QueryEscape(password)},
		"a refusal with a token":     {status: 400, body: `{"access_token":"t0k3n-s3cret"}`},
		"a failure with a token":     {status: 500, body: "t0k3n-s3cret"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				s := &script{answers: []answer{a}}
				c := newClient(t, s, func(o *httpx.Options) {
					o.Details = true
					o.Log = slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
					o.OnRequest = func(e httpx.Event) {
						fmt.Fprintf(&out, "%+v %+v %v\n", e, *e.Details, e.Err)
						if e.Details.Sent != len(s.body[0]) || e.Details.Received == 0 {
							t.Errorf("details = %+v", *e.Details)
						}
					}
				})
				r := request(httpx.Create)
				r.Body, r.Hidden, r.Secrets = nil, form, []httpx.Secret{httpx.NewSecret(password)}
				fmt.Fprintf(&out, "%v %+v %#v", c.Do(t.Context(), r), r, r)
				sent, err := url.ParseQuery(s.body[0])
				if err != nil || sent.Get("password") != password || sent.Get("grant_type") != "password" {
					t.Errorf("sent %s", s.body[0])
				}
				for _, piece := range []string{"p&ss", "wörd", "p%26ss", "w%C3%B6rd", "t0k3n-s3cret", base64.StdEncoding.EncodeToString([]byte(password))} {
					if strings.Contains(out.String(), piece) {
						t.Errorf("%s is shown:\n%s", piece, out.String())
					}
				}
			})
		})
	}
}

func TestDo_hidesWhatIsSecretInABody(t *testing.T) {
	const password = "aB3-s3cret-defghijkl"
	var out bytes.Buffer
	c := newClient(t, &script{answers: []answer{{status: 400, body: `{"error":"not ` + password + `"}`}}}, func(o *httpx.Options) {
		o.Details = true
		o.OnRequest = func(e httpx.Event) { fmt.Fprintf(&out, "%+v %v\n", *e.Details, e.Err) }
	})
	r := request(httpx.Create)
	r.Body, r.Secrets = []byte(`{"name":"Lea","password":"`+password+`"}`), []httpx.Secret{httpx.NewSecret(password)}
	fmt.Fprintln(&out, c.Do(t.Context(), r))
	if strings.Contains(out.String(), password) || strings.Count(out.String(), "[redacted]") != 4 || !strings.Contains(out.String(), `"name":"Lea"`) {
		t.Errorf("said:\n%s", out.String())
	}
	// The next request has no such secret, and nobody keeps it.
	out.Reset()
	r.Secrets = nil
	fmt.Fprintln(&out, c.Do(t.Context(), r))
	if !strings.Contains(out.String(), password) {
		t.Errorf("said:\n%s", out.String())
	}
}

func TestDo_boundsTheAnswerOfOneRequest(t *testing.T) {
	c := newClient(t, &script{answers: []answer{good}}, nil)
	r := request(httpx.Read)
	r.MaxBody = 1
	var failed *httpx.Error
	if err := c.Do(t.Context(), r); !errors.As(err, &failed) || failed.Kind != httpx.TooLarge || failed.Text != "answer is larger than 1 bytes" {
		t.Errorf("error = %v", err)
	}
	if err := c.Do(t.Context(), request(httpx.Read)); err != nil {
		t.Error(err)
	}
}

func TestDo_givesTheHeaderOfASuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		total := http.Header{"X-Item-Total": {"7"}}
		c := newClient(t, &script{answers: []answer{{status: 500, header: total}, {status: 200, header: total, body: "{}"}}}, nil)
		var got []string
		r := request(httpx.Read)
		r.Head = func(h http.Header) { got = append(got, h.Get("X-Item-Total")) }
		if err := c.Do(t.Context(), r); err != nil || len(got) != 1 || got[0] != "7" {
			t.Errorf("header = %v, error = %v", got, err)
		}
	})
}

// An allowance for a day or more that is used up is no reason to wait: nothing is tried again, and a window that is longer
// than anybody waits says so too.
func TestDo_doesNotWaitForTheNextMonth(t *testing.T) {
	limit := func(span, left, wait string) answer {
		h := http.Header{}
		h.Set("x-ratelimit-remaining-"+span, left)
		h.Set("x-ratelimit-remaining-minute", "0")
		if wait != "" {
			h.Set("Retry-After", wait)
		}
		return answer{status: 429, header: h, body: `{"message":"API rate limit exceeded"}`}
	}
	tests := []struct {
		name   string
		class  httpx.Class
		answer answer
		spent  string
		tries  int
	}{
		{"a month", httpx.Read, limit("month", "0", ""), "month", 1},
		{"a month, though it says when to come back", httpx.Create, limit("month", " 0 ", "30"), "month", 1},
		{"a day", httpx.List, limit("day", "0", ""), "day", 1},
		{"an hour", httpx.Read, limit("hour", "0", ""), "", 5},
		{"a minute, with enough for the month", httpx.Read, limit("month", "10", ""), "", 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []answer{tt.answer}}
				start := time.Now()
				err := newClient(t, s, nil).Do(t.Context(), request(tt.class))
				var failed *httpx.Error
				if !errors.As(err, &failed) || failed.Kind != httpx.RateLimited || failed.Spent != tt.spent || failed.Unclear() {
					t.Fatalf("error = %+v", err)
				}
				if _, may := failed.Again(); may && tt.spent != "" {
					t.Error("it may be sent again")
				}
				if len(s.sent) != tt.tries || tt.spent != "" && time.Since(start) > 0 {
					t.Errorf("%d requests in %s", len(s.sent), time.Since(start))
				}
			})
		})
	}
	t.Run("a window of a month for who comes next", func(t *testing.T) {
		s := &script{answers: []answer{limit("month", "0", "86400")}}
		c := newClient(t, s, nil)
		for range 2 {
			var failed *httpx.Error
			if err := c.Do(t.Context(), request(httpx.Read)); !errors.As(err, &failed) || failed.Spent != "month" {
				t.Errorf("error = %+v", err)
			}
		}
		if len(s.sent) != 1 {
			t.Errorf("%d requests", len(s.sent))
		}
	})
}

func TestSecret_empty(t *testing.T) {
	if !(httpx.Secret{}).Empty() || !httpx.NewSecret("").Empty() || httpx.NewSecret("s3cret").Empty() {
		t.Error("empty and not empty are told apart wrongly")
	}
}
