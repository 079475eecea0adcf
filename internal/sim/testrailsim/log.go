package testrailsim

import (
	"net/http"
	"time"

	"rollcall/internal/sim/wire"
)

// RequestInfo is what a hook sees of a request before it is handled.
type RequestInfo struct {
	Seq       int       // 1-based number among all requests since the start or the last ResetLog
	MethodSeq int       // 1-based number among the requests of the same API method
	Time      time.Time // when it arrived, by the server's clock
	HTTP      string    // GET or POST
	Path      string    // URL path, up to and with index.php
	Route     Route     // zero if the request is not for the API
	Body      string    // as sent
	IsWrite   bool      // an API method that changes state
}

// Request is an entry of the request log. It holds no header: credentials are never logged.
type Request struct {
	RequestInfo
	Status int       // HTTP status; 0 if there was no answer (reset, hang)
	Fault  FaultKind // what was injected
}

// String is the log line: POST update_group/12 {"group_id":12,"user_ids":[7]} 200, with the fault's name at the end if
// there was one.
func (r Request) String() string {
	what := r.Route.Raw
	if r.Route.Method == "" {
		what = r.Path
	}
	line := wire.Line(r.HTTP, what, r.Body, r.Status)
	if r.Fault != NoFault {
		line += " " + r.Fault.String()
	}
	return line
}

// Requests returns the request log, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Entries()
}

// Count returns how many requests the log holds for that API method, or in all for "".
func (s *Server) Count(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Count(method, func(r *Request) string { return r.Route.Method })
}

// ResetLog empties the request log and starts the numbers at 1 again. Late commits that are due stay due.
func (s *Server) ResetLog() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.Reset()
}

// number makes the next RequestInfo.
func (s *Server) number(r *http.Request, route Route, body []byte) RequestInfo {
	seq, methodSeq := s.log.Number(route.Method)
	m, _ := lookup(route.Method)
	return RequestInfo{
		Seq: seq, MethodSeq: methodSeq, Time: s.now(), HTTP: r.Method, Path: r.URL.Path,
		Route: route, Body: string(body), IsWrite: m.http == http.MethodPost,
	}
}
