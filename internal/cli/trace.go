package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"sync"
	"time"

	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// trace is the log of --trace, for whoever has to find out what went over the wire: a line of JSON that says what the run
// is, then a line a try and a line a wait, each written as it happens. What it gets has no secret in it any more. A line
// that can't be written ends the log, not the run. It is safe for concurrent use.
type trace struct {
	now func() time.Time

	mu  sync.Mutex
	to  io.WriteCloser
	err error // of the first line that could not be written
}

// traceHead is the first line.
type traceHead struct {
	Time    string      `json:"time"`
	Version string      `json:"rollcall"`
	Command string      `json:"command"`
	Target  plan.Target `json:"target"`
}

// traceTry is the line of a try. Time is when it ended, MS how long it took.
type traceTry struct {
	Time       string  `json:"time"`
	Method     string  `json:"method"`
	Route      string  `json:"route"`
	Path       string  `json:"path"`
	Try        int     `json:"try"`
	Status     int     `json:"status,omitempty"` // absent if there was no answer
	MS         int64   `json:"ms"`
	Sent       int     `json:"sent_bytes"`
	Received   int     `json:"received_bytes"`
	RetryAfter string  `json:"retry_after,omitempty"`
	Error      string  `json:"error,omitempty"`
	Body       payload `json:"body,omitempty"`
	Answer     payload `json:"answer,omitempty"`
}

// traceWait is the line of a wait that begins.
type traceWait struct {
	Time   string       `json:"time"`
	WaitMS int64        `json:"wait_ms"`
	Why    httpx.Reason `json:"why"`
	Method string       `json:"method"`
	Route  string       `json:"route"`
}

// payload is a body: JSON as it is, anything else as a string.
type payload string

// MarshalJSON implements json.Marshaler.
func (p payload) MarshalJSON() ([]byte, error) {
	if json.Valid([]byte(p)) {
		return []byte(p), nil
	}
	var quoted bytes.Buffer
	enc := json.NewEncoder(&quoted)
	enc.SetEscapeHTML(false)
	err := enc.Encode(string(p))
	return quoted.Bytes(), err
}

// beginTrace starts the log before anything is sent to an instance, and lets its client fill it.
func (r *run) beginTrace(i *instance) error {
	file, err := createTrace(r.o.trace)
	if err != nil {
		return err
	}
	t := &trace{now: r.env.Now, to: file}
	r.trace = t
	line(t, traceHead{Time: t.time(), Version: r.env.Version, Command: r.command, Target: i.target})
	i.access.http.Details = true
	i.access.http.OnRequest = func(e httpx.Event) {
		r.progress.request(e)
		t.request(e)
	}
	i.access.http.OnWait = func(w httpx.Wait) {
		r.wait(w)
		t.wait(w)
	}
	return nil
}

// createTrace makes the file, in place of one that is there, for the owner alone: bodies name people. A terminal will do
// as well.
func createTrace(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() && info.Mode()&os.ModeCharDevice == 0 {
		return nil, usage("", "--trace %s is not a regular file", path)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, private)
	if err != nil {
		return nil, usage("is the folder there, and may you write to it?", "--trace %s can't be written: %v", path, cause(err))
	}
	if info != nil && !info.Mode().IsRegular() {
		return file, nil
	}
	err = file.Chmod(private)
	if err == nil {
		err = file.Truncate(0)
	}
	if err != nil {
		_ = file.Close()
		return nil, usage("", "--trace %s can't be written: %v", path, cause(err))
	}
	return file, nil
}

func (t *trace) time() string { return t.now().UTC().Format("2006-01-02T15:04:05.000Z") }

// request logs a try. It is called from any goroutine.
func (t *trace) request(e httpx.Event) {
	l := traceTry{
		Time: t.time(), Method: e.Method, Route: e.Route, Try: e.Try, Status: e.Status, MS: e.Took.Milliseconds(),
		Path: e.Details.Path, Sent: e.Details.Sent, Received: e.Details.Received, RetryAfter: e.Details.RetryAfter,
		Body: payload(e.Details.Body), Answer: payload(e.Details.Answer),
	}
	if e.Err != nil {
		l.Error = e.Err.Error()
	}
	line(t, l)
}

// wait logs a wait that is long enough to be seen.
func (t *trace) wait(w httpx.Wait) {
	if w.For >= time.Millisecond {
		line(t, traceWait{Time: t.time(), WaitMS: w.For.Milliseconds(), Why: w.Why, Method: w.Method, Route: w.Route})
	}
}

// line writes a line, unless one before could not be written.
func line[T any](t *trace, v T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		t.err = render.JSONLine(t.to, v)
	}
}

// endTrace closes the log and says so if it is not whole.
func (r *run) endTrace() {
	if r.trace == nil {
		return
	}
	r.trace.mu.Lock()
	defer r.trace.mu.Unlock()
	err := r.trace.to.Close()
	if r.trace.err != nil {
		err = r.trace.err
	}
	if err != nil {
		r.remark("trace: %s is not complete: %v", r.o.trace, cause(err))
	}
}
