// Package httpx is the one HTTP client of all tools: who it may talk to, how fast, what may be repeated, and what is said
// about it. It must not know the routes or shapes of any tool.
package httpx

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultMaxBody is Options.MaxBody where that says nothing.
const DefaultMaxBody int64 = 64 << 20

// Options are what a client needs not be told. The zero Options are ready to use.
type Options struct {
	UserAgent string        // default "rollcall"; never empty, some servers fail without one
	AllowHTTP bool          // plain http is refused otherwise, except to this machine
	Timeout   time.Duration // of one try, its body included; default 30 s
	MaxWait   time.Duration // longest window of a Retry-After that is waited for; default 5 min
	MaxBody   int64         // largest answer in bytes, uncompressed; default DefaultMaxBody, 64 MiB

	// Stop ends all waits when it is closed: what could be sent only later is given up as Canceled, what is under way goes
	// on. nil: never. It is what an interrupt means to a client whose calls may end in peace.
	Stop <-chan struct{}

	Transport http.RoundTripper // default: proxies from the environment, TLS 1.2 or later
	Roots     *x509.CertPool    // of the default transport: whom to believe a host's certificate, see Trust; nil: whom the system does

	Log       *slog.Logger // one line a try at level debug; nil: none
	OnRequest func(Event)  // called after each try, from any goroutine; nil: not called
	OnWait    func(Wait)   // called before each wait, from any goroutine; nil: not called
	Details   bool         // events have Details, which copies what is sent and searches it for secrets
}

// Counts is what a client has sent, tries again included, and how long its workers waited in sum.
type Counts struct {
	Reads   int
	Writes  int
	Retries int
	Waited  time.Duration
}

// Request is one call of an API.
type Request struct {
	Method   string // GET, POST or PUT
	Path     string // under the client's base, without a leading slash
	RawQuery string // sent as it is
	Route    string // what errors and logs call it; it must not hold a secret
	Class    Class
	Header   map[string]string // beside what every request has; it must not hold a secret
	Body     []byte            // JSON, unless Header says what else; nil: none
	// Hidden is a body of which nothing is told, and neither of its answer: both are about secrets. It takes the place of
	// Body; the zero Secret does not.
	Hidden Secret
	// Credential takes the place of the client's; the zero Credential does not.
	Credential Credential
	// Secrets are what this request has beside its credential that nobody may be shown, such as a password in Body.
	Secrets []Secret
	MaxBody int64 // in place of Options.MaxBody; 0: that
	// Head is given the header of an answer that Decode reads next. It must not keep it. nil: nobody asks for it.
	Head func(http.Header)
	// Decode reads the answer to a success. An error means that the answer can't be read: a read or write is then
	// tried again, so Decode has to start afresh each time. It must not keep the body. nil: the answer is ignored.
	Decode func(body []byte) error
}

// Client sends requests to one host. It is safe for concurrent use; all its users share one pace and one window.
type Client struct {
	base       *url.URL
	credential Credential
	secrets    func() []Secret // of the credential and the way to the host, found out once something went wrong
	fitting    fitting
	opts       Options
	transport  http.RoundTripper
	traced     bool // the transport tells by httptrace when there is a connection
	pacer      *pacer
	buffers    sync.Pool

	answered, heard                atomic.Bool // the host has given any answer; one of the tool
	reads, writes, retries, waited atomic.Int64
}

// New returns a client for everything under base. It fails if base is no place to send a credential to. base is kept.
func New(base *url.URL, credential Credential, pace Pace, opts Options) (*Client, error) {
	switch {
	case base.Scheme != "https" && base.Scheme != "http" || base.Hostname() == "":
		return nil, fmt.Errorf("url %q is not of the form https://HOST", base.Redacted())
	case base.Scheme == "http" && !opts.AllowHTTP && !isLoopback(base.Hostname()):
		return nil, fmt.Errorf("url %q would send the key unencrypted", base.Redacted())
	}
	opts.UserAgent = cmp.Or(opts.UserAgent, "rollcall")
	opts.Timeout = cmp.Or(opts.Timeout, 30*time.Second)
	opts.MaxWait = cmp.Or(opts.MaxWait, 5*time.Minute)
	opts.MaxBody = cmp.Or(opts.MaxBody, DefaultMaxBody)

	c := &Client{base: base, credential: credential, opts: opts, transport: opts.Transport}
	c.secrets = func() []Secret { return credential.secrets }
	if c.transport == nil {
		c.transport = newTransport(opts.Roots)
		c.secrets = sync.OnceValue(func() []Secret { return slices.Concat(credential.secrets, proxySecrets(base)) })
	}
	_, c.traced = c.transport.(*http.Transport)
	c.buffers.New = func() any { return new(bytes.Buffer) }
	c.pacer = newPacer(pace, opts.MaxWait)
	return c, nil
}

// Counts returns what was sent so far.
func (c *Client) Counts() Counts {
	return Counts{
		Reads:   int(c.reads.Load()),
		Writes:  int(c.writes.Load()),
		Retries: int(c.retries.Load()),
		Waited:  time.Duration(c.waited.Load()),
	}
}

// Close closes idle connections. The client can be used again.
func (c *Client) Close() {
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Do sends r, again as long as its class allows, and returns after r.Decode accepted an answer. Every error is an *Error.
func (c *Client) Do(ctx context.Context, r Request) error {
	var giveUp time.Time // for a host that was never heard of
	earlierUnclear := false
	pause := func(w Wait) error {
		w.Method, w.Route = r.Method, r.Route
		return c.pause(ctx, w)
	}
	canceled := func(err error) error {
		return &Error{Method: r.Method, Route: r.Route, Kind: Canceled, Err: err, EarlierUnclear: earlierUnclear}
	}
	for n := 1; ; n++ {
		if err := c.pacer.turn(pause); err != nil {
			if window := (*windowError)(nil); errors.As(err, &window) {
				return &Error{Method: r.Method, Route: r.Route, Kind: RateLimited, Err: window, Spent: window.spent, EarlierUnclear: earlierUnclear}
			}
			return canceled(err)
		}
		if n == 1 {
			giveUp = time.Now().Add(silenceTimeout)
		} else {
			c.retries.Add(1)
		}
		failed := c.observe(ctx, r, n, giveUp)
		if failed == nil {
			return nil
		}
		if r.Class == Read {
			failed.unclear = false
		}
		failed.EarlierUnclear = earlierUnclear
		if r.Class == List {
			failed.again = ctx.Err() == nil && failed.Spent == "" && tries(Write, failed.Kind, failed.Status, c.heard.Load()) > 1
			return failed
		}
		if ctx.Err() != nil || failed.Spent != "" || n >= tries(r.Class, failed.Kind, failed.Status, c.heard.Load()) {
			return failed
		}
		earlierUnclear = failed.Unclear()
		if isBusy(failed.Status) {
			continue // the answer has shut the gate, which is where we wait
		}
		wait := backoff(n)
		if !c.answered.Load() && time.Now().Add(wait).After(giveUp) {
			return failed
		}
		if err := pause(Wait{Why: WaitRetry, Status: failed.Status, For: wait}); err != nil {
			return canceled(err)
		}
	}
}

// try sends r once. It returns the status of the answer, if there was one, and what went wrong, in words that are not
// fit to be shown yet. got is filled in as far as an answer comes; nil: nobody wants to know.
func (c *Client) try(ctx context.Context, r Request, n int, giveUp time.Time, got *answer) (int, *Error) {
	timeout := c.opts.Timeout
	if !c.answered.Load() {
		timeout = min(timeout, time.Until(giveUp))
	}
	tryCtx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	var connected atomic.Bool
	if c.traced {
		tryCtx = httptrace.WithClientTrace(tryCtx, &httptrace.ClientTrace{
			GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
		})
	}
	resp, err := c.send(tryCtx, r)
	if err != nil {
		sent := !isDial(err) && !isCertificate(err) && (connected.Load() || !c.traced)
		return 0, c.connectionError(ctx, r, err, sent)
	}
	defer resp.Body.Close()
	c.answered.Store(true)
	spent := ""
	if isBusy(resp.StatusCode) { // before the body: the window has begun
		wait, ok := ParseRetryAfter(resp.Header.Get("Retry-After"), time.Now())
		if !ok {
			wait = backoff(n)
		}
		spent = spentSpan(resp)
		c.pacer.shut(wait, resp.StatusCode, spent)
	}

	buf := c.buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer c.buffers.Put(buf)
	most := cmp.Or(r.MaxBody, c.opts.MaxBody)
	if l := resp.ContentLength; 0 < l && l <= most {
		buf.Grow(int(l) + bytes.MinRead)
	}
	_, err = buf.ReadFrom(io.LimitReader(resp.Body, most+1))
	if got != nil {
		got.keep(resp, buf.Bytes(), err == nil)
	}
	failed := &Error{Method: r.Method, Route: r.Route, Status: resp.StatusCode, Spent: spent}
	switch body := buf.Bytes(); {
	case err != nil && resp.StatusCode/100 == 2:
		failed = c.connectionError(ctx, r, err, true)
		failed.Status = resp.StatusCode
		return resp.StatusCode, failed
	case resp.StatusCode/100 == 3:
		failed.Kind, failed.Text = Redirected, "to "+c.location(resp)
	case resp.StatusCode/100 != 2:
		failed.Kind, failed.Text = kindOf(resp.StatusCode), serverText(body)
		if !r.Hidden.Empty() {
			failed.Text = statedText(body)
		}
		if limit := namedLimit(failed.Text); limit > 0 && resp.StatusCode == http.StatusTooManyRequests {
			c.pacer.slow(limit)
		}
	case int64(len(body)) > most:
		failed.Kind, failed.Text = TooLarge, fmt.Sprintf("answer is larger than %d bytes", most)
	case isHTML(body):
		failed.Kind, failed.Text = NotJSON, htmlText(body)
	default:
		if r.Head != nil {
			r.Head(resp.Header)
		}
		if r.Decode != nil {
			if err := r.Decode(body); err != nil {
				failed.Kind, failed.Err = Unreadable, err
				break
			}
		}
		c.heard.Store(true)
		return resp.StatusCode, nil
	}
	failed.unclear = unclearAfter(failed.Kind, failed.Status, true)
	return resp.StatusCode, failed
}

// connectionError returns the error of a try that brought no whole answer. sent is false only if nothing left.
func (c *Client) connectionError(ctx context.Context, r Request, err error, sent bool) *Error {
	failed := &Error{Method: r.Method, Route: r.Route, Err: err}
	switch {
	case ctx.Err() != nil:
		failed.Kind, failed.Err = Canceled, ctx.Err()
	case isCertificate(err), !sent && isHandshake(err):
		failed.Kind = TLS
	case !sent:
		failed.Kind = Unreachable
	case isTimeout(err) || errors.Is(err, context.DeadlineExceeded):
		failed.Kind = Timeout
	default:
		failed.Kind = Cut
	}
	failed.unclear = unclearAfter(failed.Kind, 0, sent)
	return failed
}

// isBusy reports whether a status says that the host wants to be left alone for a while.
func isBusy(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusConflict || status == http.StatusServiceUnavailable
}
