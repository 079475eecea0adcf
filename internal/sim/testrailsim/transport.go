package testrailsim

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
)

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

// Transport returns a RoundTripper that asks the server in process, without a socket, for any host. Resets come back
// as the error that a socket would give, cut answers end unexpectedly, and waiting obeys the request's context.
func (s *Server) Transport() http.RoundTripper { return transport{s} }

type transport struct{ server *Server }

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
	a := t.server.answer(arrived, body)
	if !a.wait(r.Context(), t.server.done) {
		if err := context.Cause(r.Context()); err != nil {
			return nil, err
		}
		a.wire = wireReset
	}
	if a.wire == wireReset {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	}
	return a.response(r), nil
}
