package httpx_test

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"rollcall/internal/httpx"
)

// certificateOf returns the certificate of a server as a CA file holds it: it is its own CA.
func certificateOf(srv *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
}

// serveTLS starts a server that says nothing of handshakes that fail.
func serveTLS(t *testing.T, handler http.HandlerFunc, config *tls.Config) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(handler)
	srv.Config.ErrorLog, srv.TLS = log.New(io.Discard, "", 0), config
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv
}

// trusting returns a client that also trusts the certificates in text; nil: it trusts whom the system does.
func trusting(t *testing.T, address string, text []byte) *httpx.Client {
	t.Helper()
	var opts httpx.Options
	if text != nil {
		var err error
		if opts.Roots, err = httpx.Trust(text); err != nil {
			t.Fatal(err)
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	c, err := httpx.New(u, httpx.Basic("ines@acme.example", httpx.NewSecret("s3cret-key")), httpx.Pace{}, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestClient_believesACertificateOnlyOfWhomItTrusts(t *testing.T) {
	answer := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "{}") }
	srv := serveTLS(t, answer, nil)
	old := serveTLS(t, answer, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	_, port, _ := strings.Cut(strings.TrimPrefix(srv.URL, "https://"), ":")
	tests := []struct {
		name    string
		url     string
		trusted []byte
		ok      bool
	}{
		{"the system does not know it", srv.URL, nil, false},
		{"a file names it", srv.URL, certificateOf(srv), true},
		{"it is for another host", "https://localhost:" + port, certificateOf(srv), false},
		{"the connection would be TLS 1.1", old.URL, certificateOf(old), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := trusting(t, tt.url, tt.trusted).Do(t.Context(), request(httpx.Create))
			if (err == nil) != tt.ok {
				t.Errorf("error %v, want none: %v", err, tt.ok)
			}
			var failed *httpx.Error
			if errors.As(err, &failed) && (failed.Kind != httpx.TLS || failed.Unclear()) {
				t.Errorf("kind %s, unclear %v: nothing was sent", failed.Kind, failed.Unclear())
			}
		})
	}
}

func TestTrust(t *testing.T) {
	good := certificateOf(serveTLS(t, func(http.ResponseWriter, *http.Request) {}, nil))
	broken := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("no certificate")})
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})
	tests := []struct {
		name string
		text []byte
		want string // "": no error
	}{
		{"a certificate", good, ""},
		{"several, with words between", bytes.Join([][]byte{[]byte("our CA"), good, []byte("the old one"), good}, []byte("\n")), ""},
		{"a certificate and something else", bytes.Join([][]byte{key, good}, nil), ""},
		{"nothing", nil, "no certificate in PEM form"},
		{"a key alone", key, "no certificate in PEM form"},
		{"not PEM", []byte("\x30\x82\x01\x0a"), "no certificate in PEM form"},
		{"one that can't be read", bytes.Join([][]byte{good, broken}, nil), "certificate 2: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pool, err := httpx.Trust(tt.text)
			if (err == nil) != (tt.want == "") || (pool == nil) != (err != nil) || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

// Nothing in the code may switch the check of certificates off.
func TestClient_hasNoWayToSkipTheCheckOfCertificates(t *testing.T) {
	sources, err := filepath.Glob("*.go")
	if err != nil || len(sources) < 10 {
		t.Fatalf("found %d files: %v", len(sources), err)
	}
	for _, path := range sources {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"Insecure" + "SkipVerify", "Verify" + "PeerCertificate"} {
			if bytes.Contains(text, []byte(word)) {
				t.Errorf("%s: %s", path, word)
			}
		}
	}
}

// A host that redirects elsewhere gets the credential; where it points to gets nothing at all, with any method, by any
// status, over plain connections and over ones that are trusted.
func TestClient_takesNothingToAnotherHost(t *testing.T) {
	var elsewhere atomic.Int32
	other := func(w http.ResponseWriter, r *http.Request) {
		elsewhere.Add(1)
		io.WriteString(w, "{}")
	}
	plain := httptest.NewServer(http.HandlerFunc(other))
	defer plain.Close()
	safe := serveTLS(t, other, nil)
	for _, secure := range []bool{false, true} {
		for _, class := range []httpx.Class{httpx.Read, httpx.Write, httpx.Create, httpx.List} {
			for _, code := range []int{301, 302, 303, 307, 308} {
				for _, to := range []string{plain.URL, safe.URL} {
					name := fmt.Sprintf("TLS %v, class %d, HTTP %d to %s", secure, class, code, strings.SplitN(to, ":", 2)[0])
					t.Run(name, func(t *testing.T) {
						away := func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to+"/index.php", code) }
						here, trusted := (*httptest.Server)(nil), certificateOf(safe)
						if secure {
							here = serveTLS(t, away, nil)
						} else {
							here = httptest.NewServer(http.HandlerFunc(away))
							defer here.Close()
							trusted = nil
						}
						err := trusting(t, here.URL, trusted).Do(t.Context(), request(class))
						var failed *httpx.Error
						if !errors.As(err, &failed) || failed.Kind != httpx.Redirected || failed.Unclear() {
							t.Errorf("error = %v", err)
						}
					})
				}
			}
		}
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("the other host got %d requests", n)
	}
}
