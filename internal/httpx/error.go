package httpx

import (
	"fmt"
	"strings"
	"time"
)

// Kind says what went wrong, for those who explain it and for exit codes. Never branch on the text of an error.
type Kind string

// The kinds. The first five are about the way to the host, the next four about an answer that is none of the tool's, the
// rest follow from the status.
const (
	Canceled    Kind = "canceled"    // the caller's context ended, or Options.Stop
	Unreachable Kind = "unreachable" // no connection: no such host, refused, or nobody answers
	TLS         Kind = "tls"         // connected, but not safely: no TLS, or no certificate that is trusted
	Timeout     Kind = "timeout"     // connected, but no whole answer in time
	Cut         Kind = "cut"         // the connection broke before the whole answer was there

	Redirected Kind = "redirected" // a redirect that is not followed: of a write, or to another host
	NotJSON    Kind = "not_json"   // a page of HTML, or other text, where JSON was due
	Unreadable Kind = "unreadable" // JSON that is cut, or not of the shape that was due
	TooLarge   Kind = "too_large"  // more than Options.MaxBody

	Unauthorized Kind = "unauthorized" // 401
	Forbidden    Kind = "forbidden"    // 403
	NotFound     Kind = "not_found"    // 404, 405, 410
	RateLimited  Kind = "rate_limited" // 429, to the last try
	Maintenance  Kind = "maintenance"  // 409 or 503, to the last try
	Rejected     Kind = "rejected"     // any other 4xx
	ServerFault  Kind = "server_fault" // any other 5xx
)

// Error is a request without the outcome that was due.
type Error struct {
	Method string // GET, POST or PUT
	Route  string // the API's method as Request.Route names it
	Kind   Kind
	Status int    // HTTP status of the last answer; 0 if there was none
	Text   string // the server's own words, at most 300 characters, safe to print
	Err    error  // the cause on this side, if there is one
	Spent  string // the span whose allowance of requests is used up, as the last answer says: day, month or year; else ""

	// EarlierUnclear says that an earlier try of the same request may have taken effect, so that a refusal may be the
	// consequence of our own success.
	EarlierUnclear bool

	unclear bool
	again   bool
}

// Unclear reports whether the request is a write that may have taken effect.
func (e *Error) Unclear() bool { return e.unclear || e.EarlierUnclear }

// Again reports whether a request of the class List may succeed if it is made and sent once more, and how long to wait
// before: not at all where the answer shut the gate, which keeps the next request waiting.
func (e *Error) Again() (wait time.Duration, may bool) {
	if e.again && !isBusy(e.Status) {
		wait = backoff(1)
	}
	return wait, e.again
}

// HTTPStatus returns the status of the last answer, 0 if there was none.
func (e *Error) HTTPStatus() int { return e.Status }

// Unwrap returns the cause on this side, if there is one.
func (e *Error) Unwrap() error { return e.Err }

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", e.Method, e.Route)
	if e.Status != 0 && e.Status/100 != 2 {
		fmt.Fprintf(&b, "HTTP %d: ", e.Status)
	}
	switch e.Kind {
	case Canceled:
		b.WriteString("given up")
		return b.String()
	case Unreachable:
		b.WriteString("host does not answer: ")
	case TLS:
		b.WriteString("no safe connection: ")
	case Timeout:
		b.WriteString("no answer in time: ")
	case Cut:
		b.WriteString("connection cut: ")
	case NotJSON:
		b.WriteString("answer is not JSON: ")
	case Unreadable:
		b.WriteString("answer can't be read: ")
	case RateLimited:
		b.WriteString("rate limit: ")
	case Redirected:
		b.WriteString("redirect not followed: ")
	}
	switch {
	case e.Text != "":
		b.WriteString(e.Text)
	case e.Err != nil:
		b.WriteString(e.Err.Error())
	default:
		b.WriteString("no further words")
	}
	return b.String()
}

// kindOf returns the kind of an answer whose status is not 2xx.
func kindOf(status int) Kind {
	switch {
	case status == 401:
		return Unauthorized
	case status == 403:
		return Forbidden
	case status == 404, status == 405, status == 410:
		return NotFound
	case status == 429:
		return RateLimited
	case status == 409, status == 503:
		return Maintenance
	case status >= 500:
		return ServerFault
	case status >= 400:
		return Rejected
	}
	return Redirected
}
