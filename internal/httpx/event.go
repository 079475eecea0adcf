package httpx

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Event is one try of a request, for progress and logs.
type Event struct {
	Method string
	Route  string
	Try    int // counts from 1
	Status int // 0 if there was no answer
	Took   time.Duration
	Err    error // nil after success

	Details *Details // nil without Options.Details
}

// Details are what went over the wire in a try. No text holds a secret; what a terminal might obey is still there.
type Details struct {
	Path       string // with the query, as it was sent first: redirects on the host are not told
	Body       string // that was sent, up to 1 MiB of it
	Sent       int    // bytes of the body that was sent
	Received   int    // bytes of the answer's body, uncompressed, as far as it came
	RetryAfter string // the header in one line
	Answer     string // up to 4 KiB of the answer to a write or to a try that failed; "" if it did not come whole
}

const (
	maxDetail       = 1 << 20
	maxDetailAnswer = 4 << 10
)

// Wait is a wait before a try.
type Wait struct {
	Method string
	Route  string
	Why    Reason
	Status int // of the answer that is the reason; 0 if it was none
	For    time.Duration
}

// Reason says what a try waits for.
type Reason string

// The reasons.
const (
	WaitWindow Reason = "window" // for the end of a window that an answer opened: 429, 409 or 503
	WaitPace   Reason = "pace"   // for its turn in the pace of all requests
	WaitRetry  Reason = "retry"  // after a try that failed
)

// observe makes a try and tells about it. What went wrong is fit to be shown from here on.
func (c *Client) observe(ctx context.Context, r Request, n int, giveUp time.Time) *Error {
	var got *answer
	if c.opts.Details {
		got = new(answer)
	}
	start := time.Now()
	status, failed := c.try(ctx, r, n, giveUp, got)
	event := Event{Method: r.Method, Route: r.Route, Try: n, Status: status, Took: time.Since(start)}
	if failed != nil {
		fit := c.fit(&r)
		failed.Text, failed.Err = fit.safe(failed.Text), fit.safeErr(failed.Err)
		event.Err = failed
	}
	if got != nil {
		event.Details = c.details(r, got, failed != nil)
	}
	if c.opts.OnRequest != nil {
		c.opts.OnRequest(event)
	}
	if c.opts.Log != nil {
		attrs := []slog.Attr{
			slog.String("method", event.Method), slog.String("route", event.Route), slog.Int("status", event.Status),
			slog.Int64("ms", event.Took.Milliseconds()), slog.Int("attempt", n),
		}
		if failed != nil {
			attrs = append(attrs, slog.String("error", failed.Error()))
		}
		c.opts.Log.LogAttrs(ctx, slog.LevelDebug, "request", attrs...)
	}
	return failed
}

// answer is what is told of an answer beside its status, not fit to be shown yet.
type answer struct {
	received   int
	retryAfter string
	text       string
}

// keep takes what there is of an answer. A body that did not come whole may end inside a secret and is left out.
func (a *answer) keep(resp *http.Response, body []byte, whole bool) {
	a.received, a.retryAfter = len(body), resp.Header.Get("Retry-After")
	if whole {
		a.text = string(body[:min(len(body), maxSource+1)]) // one more than is looked at, so that it is known to be cut
	}
}

// fitting keeps a redactor for the next request with the same secrets: to make one takes longer than all else of a try.
type fitting struct {
	mu       sync.Mutex
	made     bool
	secrets  []Secret
	redactor redactor
}

// fit returns what makes words about a request fit to be shown.
func (c *Client) fit(r *Request) redactor {
	secrets := slices.Concat(c.secrets(), r.Credential.secrets, r.Secrets)
	f := &c.fitting
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.made || !slices.Equal(f.secrets, secrets) {
		f.made, f.secrets, f.redactor = true, secrets, newRedactor(secrets)
	}
	return f.redactor
}

// details returns what is told of a try, fit to be shown.
func (c *Client) details(r Request, got *answer, failed bool) *Details {
	fit := c.fit(&r)
	target := c.base.JoinPath(r.Path)
	target.RawQuery = r.RawQuery
	d := &Details{
		Path: fit.detail(target.RequestURI(), maxSource, maxDetailAnswer), Body: fit.detail(string(r.Body), maxDetail, maxDetail),
		Sent: len(r.body()), Received: got.received, RetryAfter: fit.safe(got.retryAfter),
	}
	if (failed || r.Class != Read) && r.Hidden.Empty() {
		d.Answer = fit.detail(got.text, maxSource, maxDetailAnswer)
	}
	return d
}

// pause waits, or returns why it does not: the context ended, or Stop. It tells of the wait and counts it.
func (c *Client) pause(ctx context.Context, w Wait) error {
	if w.For <= 0 {
		return ctx.Err()
	}
	select {
	case <-c.opts.Stop:
		return context.Canceled
	default:
	}
	if c.opts.OnWait != nil {
		c.opts.OnWait(w)
	}
	start := time.Now()
	defer func() { c.waited.Add(int64(time.Since(start))) }()
	timer := time.NewTimer(w.For)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.opts.Stop:
		return context.Canceled
	case <-ctx.Done():
		return ctx.Err()
	}
}
