package cli_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// hookPath is the path of every receiver. It bears the marker by which secrets of tests are found.
const hookPath = "/services/T0S3/s3cret-hook-7d1f"

// receiversKey is the key of a script's receivers among its values.
type receiversKey struct{}

type receivers map[string]*receiver

// receiver takes notifications.
type receiver struct {
	mu      sync.Mutex
	got     []string
	answers []int // to the next requests; 200 once there is none
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	status := http.StatusOK
	if len(r.answers) > 0 {
		status, r.answers = r.answers[0], r.answers[1:]
	}
	r.got = append(r.got, string(body)+"\n"+req.Header.Get("X-Rollcall-Signature"))
	if status/100 == 3 {
		w.Header().Set("Location", "https://elsewhere.example"+req.URL.Path)
	}
	w.WriteHeader(status)
	if status != http.StatusOK {
		fmt.Fprintf(w, "no hook at %s?key=%s", req.URL.Path, req.URL.RawQuery) // what a receiver should not say either
	}
}

// cmdReceiver serves a receiver, and points the environment at it; with "file" by a file that holds the address.
func cmdReceiver(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: receiver NAME [file|signed]")
	}
	r := new(receiver)
	web := httptest.NewServer(r)
	ts.Defer(web.Close)
	ts.Value(receiversKey{}).(receivers)[args[0]] = r
	address := web.URL + hookPath
	ts.Setenv("ROLLCALL_NOTIFY_URL", address)
	switch {
	case len(args) > 1 && args[1] == "signed": // here, because testscript prints what a script itself puts into the environment
		ts.Setenv("ROLLCALL_NOTIFY_URL_FILE", "")
		ts.Setenv("ROLLCALL_NOTIFY_SECRET", "s3cret-of-the-hook")
	case len(args) > 1:
		file := ts.MkAbs("hook.key")
		ts.Check(os.WriteFile(file, []byte(address+"\n"), 0o600))
		ts.Setenv("ROLLCALL_NOTIFY_URL", "")
		ts.Setenv("ROLLCALL_NOTIFY_URL_FILE", file)
	}
}

func receiverOf(ts *testscript.TestScript, args []string) *receiver {
	if len(args) == 0 {
		ts.Fatalf("which receiver?")
	}
	r, ok := ts.Value(receiversKey{}).(receivers)[args[0]]
	if !ok {
		ts.Fatalf("receiver %q was not started", args[0])
	}
	return r
}

// cmdAnswers says with which status a receiver answers the next requests.
func cmdAnswers(ts *testscript.TestScript, neg bool, args []string) {
	r := receiverOf(ts, args)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, arg := range args[1:] {
		status, err := strconv.Atoi(arg)
		ts.Check(err)
		r.answers = append(r.answers, status)
	}
}

// cmdReceived prints what a receiver was sent, each with its signature on a line of its own, and forgets it.
func cmdReceived(ts *testscript.TestScript, neg bool, args []string) {
	r, out := receiverOf(ts, args), ts.Stdout()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, body := range r.got {
		fmt.Fprintln(out, body)
	}
	r.got = nil
}
