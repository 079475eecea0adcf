package testrailsim

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"
)

// wire is what happens to the connection.
type wire uint8

const (
	wireAnswer wire = iota
	wireReset       // no answer, connection reset
	wireHang        // no answer until somebody gives up
)

// reply is an answer before it goes over a socket or, in process, over none.
type reply struct {
	status      int
	contentType string
	retryAfter  string // "": no header
	location    string
	body        []byte
	promised    int // Content-Length; more than the body if the answer is cut
	delay       time.Duration
	wire        wire
}

func jsonReply(status int, body []byte) *reply {
	return &reply{status: status, contentType: "application/json; charset=utf-8", body: body, promised: len(body)}
}

func htmlReply(status int, title string) *reply {
	body := []byte("<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n")
	return &reply{status: status, contentType: "text/html; charset=utf-8", body: body, promised: len(body)}
}

// errorReply is {"error":"text"}, the form of all API errors (DOC).
func errorReply(err error, plain bool) *reply {
	var no refusal
	if !errors.As(err, &no) {
		no = refusal{500, err.Error()}
	}
	r := beginRecord(nil, plain)
	r.text("error", no.text)
	return jsonReply(no.status, r.end())
}

// instead is the answer of a fault whose request is not handled, or not now.
func (f Fault) instead(r *http.Request, now time.Time, plain bool) *reply {
	switch f.Kind {
	case ResetBefore, LateReset:
		return &reply{wire: wireReset}
	case Hang:
		return &reply{wire: wireHang}
	case TooMany:
		return rateReply(180, cmp.Or(f.Wait, time.Second), true, plain)
	case TooManyDate:
		wait := cmp.Or(f.Wait, time.Second)
		a := rateReply(180, wait, false, plain)
		// A date has whole seconds: rounded up as well.
		a.retryAfter = now.Add(wait + time.Second - 1).UTC().Format(http.TimeFormat)
		return a
	case TooManyBare:
		return rateReply(180, time.Second, false, plain)
	case Conflict:
		return maintenanceReply(0, plain)
	case Error502:
		body := []byte("upstream unavailable\n")
		return &reply{status: http.StatusBadGateway, contentType: "text/plain; charset=utf-8", body: body, promised: len(body)}
	case HTML502:
		return htmlReply(http.StatusBadGateway, "502 Bad Gateway")
	case Error503:
		a := htmlReply(http.StatusServiceUnavailable, "503 Service Unavailable")
		if f.Wait > 0 {
			a.retryAfter = strconv.Itoa(seconds(f.Wait))
		}
		return a
	case Error504:
		return htmlReply(http.StatusGatewayTimeout, "504 Gateway Time-out")
	case HTML200:
		return htmlReply(http.StatusOK, "Login - TestRail")
	case Redirect:
		a := htmlReply(http.StatusFound, "302 Found")
		a.location = f.Location
		if a.location == "" {
			a.location = "https://" + r.Host + r.URL.RequestURI()
		}
		return a
	case StdClass:
		return errorReply(refusal{500, "Undefined property: stdClass::$sso_enabled"}, plain)
	}
	return errorReply(refusal{500, "An internal error occurred."}, plain) // GUESS
}

// spoil changes the answer of a request that was handled.
func (f Fault) spoil(a *reply, plain bool) *reply {
	switch f.Kind {
	case Error500After:
		return errorReply(refusal{500, "An internal error occurred."}, plain) // GUESS
	case Error504After:
		return htmlReply(http.StatusGatewayTimeout, "504 Gateway Time-out")
	case ResetAfter:
		return &reply{wire: wireReset}
	case HangAfter:
		return &reply{wire: wireHang}
	case Truncated:
		a.body = a.body[:len(a.body)/2]
		a.promised = len(a.body)
	case Cut:
		a.promised = len(a.body) + 1
		a.body = a.body[:len(a.body)/2]
	case LegacyLine:
		a.body = append([]byte("USER AUTHENTICATION SUCCESSFUL!\n"), a.body...)
		a.promised = len(a.body)
	}
	return a
}

// logStatus is the status for the request log: 0 if nothing was answered.
func (a *reply) logStatus() int {
	if a.wire != wireAnswer {
		return 0
	}
	return a.status
}

// wait lets the latency pass, or hangs. It reports false if the answer must not be given any more.
func (a *reply) wait(ctx context.Context, done <-chan struct{}) bool {
	if a.wire == wireHang {
		select {
		case <-ctx.Done():
		case <-done:
		}
		return false
	}
	if a.delay <= 0 {
		return true
	}
	t := time.NewTimer(a.delay)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (a *reply) header() http.Header {
	h := http.Header{}
	h.Set("Content-Type", a.contentType)
	h.Set("Content-Length", strconv.Itoa(a.promised))
	if a.retryAfter != "" {
		h.Set("Retry-After", a.retryAfter)
	}
	if a.location != "" {
		h.Set("Location", a.location)
	}
	return h
}

// writeTo answers over a socket. A connection that cannot be taken over (HTTP/2, a recorder) gets a broken promise
// of a length instead of a reset: no client can take that for an answer.
func (a *reply) writeTo(w http.ResponseWriter) {
	if a.wire == wireReset {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			reset(conn)
			return
		}
		a = htmlReply(http.StatusInternalServerError, "connection reset")
		a.promised++
	}
	for name, values := range a.header() {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	// The client may be gone; the log has the request, and there is nobody to tell.
	_, _ = w.Write(a.body)
}

// reset closes with RST instead of FIN, which is what a dying server or a proxy does.
func reset(conn net.Conn) {
	under := conn
	if t, ok := conn.(*tls.Conn); ok {
		under = t.NetConn()
	}
	if t, ok := under.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = under.Close()
}

// response is the answer as a client in the same process gets it.
func (a *reply) response(r *http.Request) *http.Response {
	var body cutReader
	body.Reader.Reset(a.body)
	body.cut = a.promised > len(a.body)
	return &http.Response{
		Status: strconv.Itoa(a.status) + " " + http.StatusText(a.status), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header(), Body: &body, ContentLength: int64(a.promised), Request: r,
	}
}

// cutReader ends with io.ErrUnexpectedEOF if less came than was promised.
type cutReader struct {
	bytes.Reader
	cut bool
}
