package testrailsim

import (
	"net/http"

	"rollcall/internal/sim/wire"
)

// Transport returns a RoundTripper that asks the server in process, without a socket, for any host. Resets come back
// as the error that a socket would give, cut answers end unexpectedly, and waiting obeys the request's context.
func (s *Server) Transport() http.RoundTripper { return wire.Transport(s.answer) }
