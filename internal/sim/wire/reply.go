package wire

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Fate is what happens to the connection.
type Fate uint8

// The fates of a connection.
const (
	Answered Fate = iota
	Reset         // no answer, connection reset
	Hung          // no answer until somebody gives up
)

// Reply is an answer before it goes over a socket or, in process, over none.
type Reply struct {
	Status   int
	Header   http.Header // beside Content-Length
	Body     []byte
	Promised int // Content-Length; more than the body if the answer is cut
	Delay    time.Duration
	Fate     Fate
}

// NewReply returns an answer with that body.
func NewReply(status int, contentType string, body []byte) *Reply {
	return &Reply{Status: status, Header: http.Header{"Content-Type": {contentType}}, Body: body, Promised: len(body)}
}

// Page returns an HTML page of the web interface or of a proxy.
func Page(status int, title string) *Reply {
	body := "<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n"
	return NewReply(status, "text/html; charset=utf-8", []byte(body))
}

// After adds Retry-After in whole seconds, rounded up: a client that waits as told must not come too early.
func (a *Reply) After(wait time.Duration) *Reply {
	a.Header.Set("Retry-After", strconv.Itoa(Seconds(wait)))
	return a
}

// Seconds rounds up.
func Seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// LogStatus is the status for the request log: 0 if nothing was answered.
func (a *Reply) LogStatus() int {
	if a.Fate != Answered {
		return 0
	}
	return a.Status
}

// wait lets the delay pass, or hangs. It reports false if the answer must not be given any more.
func (a *Reply) wait(ctx context.Context, done <-chan struct{}) bool {
	if a.Fate == Hung {
		select {
		case <-ctx.Done():
		case <-done:
		}
		return false
	}
	if a.Delay <= 0 {
		return true
	}
	t := time.NewTimer(a.Delay)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (a *Reply) header() http.Header {
	h := a.Header.Clone()
	h.Set("Content-Length", strconv.Itoa(a.Promised))
	return h
}

// send answers over a socket, after the delay; done ends an answer that hangs. A connection that cannot be taken over
// (HTTP/2, a recorder) gets a broken promise of a length instead of a reset: no client can take that for an answer.
func (a *Reply) send(ctx context.Context, w http.ResponseWriter, done <-chan struct{}) {
	if !a.wait(ctx, done) || a.Fate == Reset {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			reset(conn)
			return
		}
		a = Page(http.StatusInternalServerError, "connection reset")
		a.Promised++
	}
	for name, values := range a.header() {
		w.Header()[name] = values
	}
	w.WriteHeader(a.Status)
	// The client may be gone; the log has the request, and there is nobody to tell.
	_, _ = w.Write(a.Body)
}

// maxBody bounds a request body: a full list of 50,000 ids is under a megabyte.
const maxBody = 16 << 20

// Serve reads one request from a connection and sends the answer.
func Serve(w http.ResponseWriter, r *http.Request, answer Answerer) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "request body: "+err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	a, done := answer(r, body)
	a.send(r.Context(), w, done)
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
