package wire_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/sim/wire"
)

func TestLine(t *testing.T) {
	for _, row := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"no body", "", 200, "PUT x 200"},
		{"JSON on one line", "{\n \"a\": 1\n}", 400, `PUT x {"a":1} 400`},
		{"a body that is none is quoted", "{a\n", 400, `PUT x "{a\n" 400`},
		{"no answer", "", 0, "PUT x -"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := wire.Line("PUT", "x", row.body, row.status); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

func TestRecord_writesFieldsInTheOrderOfCalls(t *testing.T) {
	r := wire.Begin([]byte("["), false)
	r.Text("a", "ü/")
	r.Number("b", -3)
	r.Flag("c", true)
	r.IDs("d", nil)
	r.Null("e")
	r.Key("f")
	inner := wire.Begin(r.Out, true)
	inner.Text("g", "ü/")
	r.Out = inner.End()
	if diff := cmp.Diff(`[{"a":"\u00fc\/","b":-3,"c":true,"d":[],"e":null,"f":{"g":"ü/"}}`, string(r.End())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

type text string

func (s text) String() string { return string(s) }

func TestLog_numbersAndForgets(t *testing.T) {
	var l wire.Log[text]
	var lines strings.Builder
	for _, op := range []string{"a", "b", "a"} {
		l.Number(op)
		l.Add(text(op), &lines)
	}
	if seq, opSeq := l.Number("a"); seq != 4 || opSeq != 3 {
		t.Errorf("%d %d", seq, opSeq)
	}
	opOf := func(s *text) string { return string(*s) }
	if got := []int{l.Count("", opOf), l.Count("a", opOf), l.Count("c", opOf)}; !cmp.Equal(got, []int{3, 2, 0}) || lines.String() != "a\nb\na\n" {
		t.Errorf("%v %q", got, lines.String())
	}
	l.Entries()[0] = "x"
	if l.Entries()[0] != "a" {
		t.Error("the log is not copied")
	}
	l.Reset()
	if seq, opSeq := l.Number("a"); seq != 1 || opSeq != 1 || len(l.Entries()) != 0 {
		t.Errorf("after a reset: %d %d", seq, opSeq)
	}
}

// Over a socket and in process, a client sees the same of every fate.
func TestReply_fatesAreTheSameOnBothWays(t *testing.T) {
	answer := func(r *http.Request, body []byte) (*wire.Reply, <-chan struct{}) {
		a := wire.NewReply(http.StatusTeapot, "text/plain", []byte("hello "+string(body))).After(1500 * time.Millisecond)
		switch r.URL.Path {
		case "/reset":
			a = &wire.Reply{Fate: wire.Reset}
		case "/cut":
			a.Promised++
		}
		return a, nil
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wire.Serve(w, r, answer)
	}))
	defer web.Close()
	for name, transport := range map[string]http.RoundTripper{"socket": web.Client().Transport, "in process": wire.Transport(answer)} {
		for path, want := range map[string]string{"/": "418 2 hello you", "/cut": "418 2 hello you: unexpected EOF", "/reset": "connection reset by peer"} {
			t.Run(name+" "+path, func(t *testing.T) {
				r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, web.URL+path, strings.NewReader("you"))
				if err != nil {
					t.Fatal(err)
				}
				if got := say(transport, r); !strings.HasSuffix(got, want) {
					t.Errorf("%q, want %q", got, want)
				}
			})
		}
	}
}

func say(transport http.RoundTripper, r *http.Request) string {
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	out := resp.Status[:3] + " " + resp.Header.Get("Retry-After") + " " + string(body)
	if err != nil {
		out += ": " + err.Error()
	}
	return out
}

func TestTransport_hangsUntilTheRequestEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	transport := wire.Transport(func(*http.Request, []byte) (*wire.Reply, <-chan struct{}) {
		cancel()
		return &wire.Reply{Fate: wire.Hung}, nil
	})
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://acme.example.test/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := say(transport, r); got != context.Canceled.Error() {
		t.Errorf("%s", got)
	}
}
