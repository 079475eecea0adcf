package httpx_test

import (
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"rollcall/internal/httpx"
)

// dial makes a client with its own transport.
func dial(t *testing.T, address string) *httpx.Client {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	c, err := httpx.New(u, httpx.Basic("ines@acme.example", httpx.NewSecret("s3cret-key")), httpx.Pace{}, httpx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func kindOf(t *testing.T, err error) *httpx.Error {
	t.Helper()
	var failed *httpx.Error
	if !errors.As(err, &failed) {
		t.Fatalf("error = %v", err)
	}
	return failed
}

func TestClient_talksOverASocket(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path != "/qa/testrail/index.php" || r.URL.RawQuery != "/api/v2/get_users&limit=2" || string(body) != `{"name":"Lea"}` {
			t.Errorf("%s %s %q", r.URL.Path, r.URL.RawQuery, body)
		}
		io.WriteString(w, "{}")
	}))
	defer srv.Close()
	if err := dial(t, srv.URL+"/qa/testrail/").Do(t.Context(), request(httpx.Create)); err != nil {
		t.Error(err)
	}
}

func TestClient_knowsThatNothingWasSent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close() // nobody listens there now
	failed := kindOf(t, dial(t, "http://"+listener.Addr().String()).Do(t.Context(), request(httpx.Create)))
	if failed.Kind != httpx.Unreachable || failed.Unclear() {
		t.Errorf("closed port: %s, unclear %v: %v", failed.Kind, failed.Unclear(), failed)
	}

	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	failed = kindOf(t, dial(t, srv.URL).Do(t.Context(), request(httpx.Create)))
	if failed.Kind != httpx.TLS || failed.Unclear() {
		t.Errorf("unknown certificate: %s, unclear %v: %v", failed.Kind, failed.Unclear(), failed)
	}

	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	failed = kindOf(t, dial(t, "https"+plain.URL[len("http"):]).Do(t.Context(), request(httpx.Create)))
	if failed.Kind != httpx.TLS || failed.Unclear() {
		t.Errorf("no TLS: %s, unclear %v: %v", failed.Kind, failed.Unclear(), failed)
	}
}

func TestClient_doesNotKnowWhatACutConnectionDid(t *testing.T) {
	var requests atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) == 1 {
			io.WriteString(w, "{}") // so that the connection is one that was used before
			return
		}
		panic(http.ErrAbortHandler)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	defer srv.Close()
	c := dial(t, srv.URL)
	if err := c.Do(t.Context(), request(httpx.Read)); err != nil {
		t.Fatal(err)
	}
	failed := kindOf(t, c.Do(t.Context(), request(httpx.Create)))
	if failed.Kind != httpx.Cut || !failed.Unclear() || requests.Load() != 2 {
		t.Errorf("%s, unclear %v after %d requests: %v", failed.Kind, failed.Unclear(), requests.Load(), failed)
	}
}
