package qtestsim

import (
	"net/http"
	"regexp"
	"time"

	"rollcall/internal/sim/fault"
	"rollcall/internal/sim/wire"
)

// RequestInfo is what a hook sees of a request before it is handled.
type RequestInfo struct {
	Seq     int       // 1-based number among all requests since the start or the last ResetLog
	OpSeq   int       // 1-based number among the requests of the same operation
	Time    time.Time // when it arrived, by the server's clock
	HTTP    string    // GET, POST or PUT
	Op      string    // operation, such as update_user; "" if the request is for none
	Path    string    // URL path
	Query   string    // as sent
	Body    string    // as sent; in the log without passwords
	IsWrite bool      // an operation that changes state
}

// Request is an entry of the request log. It holds no header and no password: credentials are never logged.
type Request struct {
	RequestInfo
	Status int        // HTTP status; 0 if there was no answer (reset, hang)
	Fault  fault.Kind // what was injected
}

// String is the log line: PUT /api/v3/users/7 {"status":3} 200, with the fault's name at the end if there was one.
func (r Request) String() string {
	what := r.Path
	if r.Query != "" {
		what += "?" + r.Query
	}
	line := wire.Line(r.HTTP, what, r.Body, r.Status)
	if r.Fault != fault.None {
		line += " " + r.Fault.String()
	}
	return line
}

// Passwords and refresh tokens in a JSON body, a form or a query string.
var (
	secretField = regexp.MustCompile(`("password"\s*:\s*)"(?:[^"\\]|\\.)+"`)
	secretParam = regexp.MustCompile(`((?:^|&)(?:password|refresh_token)=)[^&]+`)
)

// entry is the log's view of a request.
func entry(i RequestInfo, status int, kind fault.Kind) Request {
	i.Body = secretParam.ReplaceAllString(secretField.ReplaceAllString(i.Body, `$1"***"`), "$1***")
	i.Query = secretParam.ReplaceAllString(i.Query, "$1***")
	return Request{RequestInfo: i, Status: status, Fault: kind}
}

// Requests returns the request log, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Entries()
}

// Count returns how many requests the log holds for that operation, or in all for "".
func (s *Server) Count(op string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Count(op, func(r *Request) string { return r.Op })
}

// ResetLog empties the request log and starts the numbers at 1 again. Late writes that are due stay due.
func (s *Server) ResetLog() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.Reset()
}

// number makes the next RequestInfo.
func (s *Server) number(r *http.Request, o operation, body []byte) RequestInfo {
	seq, opSeq := s.log.Number(o.name)
	return RequestInfo{
		Seq: seq, OpSeq: opSeq, Time: s.now(), HTTP: r.Method, Op: o.name, Path: r.URL.Path, Query: r.URL.RawQuery,
		Body: string(body), IsWrite: o.write,
	}
}
