package notify_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"rollcall/internal/httpx"
	"rollcall/internal/notify"
)

const hookSecret = "s3cret-of-the-hook"

// taker is a receiver without a network.
type taker struct {
	status int
	header http.Header
	body   string
}

func (k *taker) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	k.header, k.body = r.Header, string(body)
	return &http.Response{StatusCode: k.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("no")), Request: r}, err
}

func TestSender_signsTheDocumentThatItSends(t *testing.T) {
	to, err := httpx.ParseWebhook(httpx.NewSecret("https://hooks.example.test/s3cret-hook"), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		form   notify.Form
		signs  bool
		signed bool
	}{
		{"a document with a secret", notify.FormWebhook, true, true},
		{"a document without one", notify.FormWebhook, false, false},
		{"Slack looks at no signature", notify.FormSlack, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := &taker{status: http.StatusOK}
			s := notify.Sender{Form: tt.form, To: to, Options: httpx.Options{Transport: k}}
			if tt.signs {
				s.Secret = httpx.NewSecret(hookSecret)
			}
			if err := s.Send(t.Context(), notify.Drift{Plan: small(), Time: found}); err != nil {
				t.Fatal(err)
			}
			want := ""
			if tt.signed {
				mac := hmac.New(sha256.New, []byte(hookSecret))
				mac.Write([]byte(k.body))
				want = "sha256=" + hex.EncodeToString(mac.Sum(nil))
			}
			if got := k.header.Get("X-Rollcall-Signature"); got != want || k.body == "" {
				t.Errorf("signature %q, want %q", got, want)
			}
		})
	}
}

func TestSender_saysWhatWasNotTaken(t *testing.T) {
	to, err := httpx.ParseWebhook(httpx.NewSecret("https://hooks.example.test/s3cret-hook"), false)
	if err != nil {
		t.Fatal(err)
	}
	s := notify.Sender{Form: notify.FormSlack, To: to, Options: httpx.Options{Transport: &taker{status: http.StatusForbidden}}}
	var failed *httpx.Error
	if err := s.Send(t.Context(), notify.Drift{Plan: small(), Time: found}); !errors.As(err, &failed) || failed.Kind != httpx.Forbidden {
		t.Errorf("%v", err)
	}
}
