package wire

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
)

// Answerer answers one request at once, and says on which channel it tells requests that hang to end.
type Answerer func(r *http.Request, body []byte) (answer *Reply, done <-chan struct{})

// Transport returns a RoundTripper that asks the simulator in process, without a socket, for any host. Resets come
// back as the error that a socket would give, cut answers end unexpectedly, and waiting obeys the request's context.
func Transport(answer Answerer) http.RoundTripper { return transport{answer} }

type transport struct{ answer Answerer }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		body, err = io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil {
			return nil, err
		}
	}
	if err := context.Cause(r.Context()); err != nil {
		return nil, err
	}
	arrived := r.Clone(r.Context())
	if arrived.Host == "" {
		arrived.Host = r.URL.Host
	}
	if _, set := arrived.Header["User-Agent"]; !set {
		// What net/http sends on a socket when the caller sets nothing.
		arrived.Header.Set("User-Agent", "Go-http-client/1.1")
	}
	if arrived.Method == "" {
		arrived.Method = http.MethodGet
	}
	a, done := t.answer(arrived, body)
	if !a.wait(r.Context(), done) {
		if err := context.Cause(r.Context()); err != nil {
			return nil, err
		}
		a.Fate = Reset
	}
	if a.Fate == Reset {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	}
	return a.response(r), nil
}

// response is the answer as a client in the same process gets it.
func (a *Reply) response(r *http.Request) *http.Response {
	var body cutReader
	body.Reader.Reset(a.Body)
	body.cut = a.Promised > len(a.Body)
	return &http.Response{
		Status: strconv.Itoa(a.Status) + " " + http.StatusText(a.Status), StatusCode: a.Status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.header(), Body: &body, ContentLength: int64(a.Promised), Request: r,
	}
}

// cutReader ends with io.ErrUnexpectedEOF if less came than was promised.
type cutReader struct {
	bytes.Reader
	cut bool
}

// Read implements io.Reader.
func (c *cutReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err == io.EOF && c.cut {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// WriteTo keeps io.Copy from passing by Read.
func (c *cutReader) WriteTo(w io.Writer) (int64, error) {
	n, err := c.Reader.WriteTo(w)
	if err == nil && c.cut {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Close implements io.Closer.
func (c *cutReader) Close() error { return nil }
