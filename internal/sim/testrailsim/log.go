package testrailsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
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
	var b strings.Builder
	b.WriteString(r.HTTP)
	b.WriteByte(' ')
	if r.Route.Method == "" {
		b.WriteString(r.Path)
	} else {
		b.WriteString(r.Route.Raw)
	}
	if r.Body != "" {
		b.WriteByte(' ')
		var compact bytes.Buffer
		if json.Compact(&compact, []byte(r.Body)) == nil {
			b.Write(compact.Bytes())
		} else {
			b.WriteString(strconv.Quote(r.Body))
		}
	}
	b.WriteByte(' ')
	if r.Status == 0 {
		b.WriteByte('-')
	} else {
		b.WriteString(strconv.Itoa(r.Status))
	}
	if r.Fault != NoFault {
		b.WriteByte(' ')
		b.WriteString(r.Fault.String())
	}
	return b.String()
}

// Requests returns the request log, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Count returns how many requests the log holds for that API method, or in all for "".
func (s *Server) Count(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if method == "" {
		return len(s.log)
	}
	n := 0
	for i := range s.log {
		if s.log[i].Route.Method == method {
			n++
		}
	}
	return n
}

// ResetLog empties the request log and starts the numbers at 1 again. Late commits that are due stay due.
func (s *Server) ResetLog() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log, s.seq = nil, 0
	clear(s.methodSeq)
}

// number makes the next RequestInfo.
func (s *Server) number(r *http.Request, route Route, body []byte) RequestInfo {
	s.seq++
	if s.methodSeq == nil {
		s.methodSeq = map[string]int{}
	}
	s.methodSeq[route.Method]++
	m, _ := lookup(route.Method)
	return RequestInfo{
		Seq: s.seq, MethodSeq: s.methodSeq[route.Method], Time: s.now(), HTTP: r.Method, Path: r.URL.Path,
		Route: route, Body: string(body), IsWrite: m.http == http.MethodPost,
	}
}

// record keeps the request and writes its line.
func (s *Server) record(r Request) {
	s.log = append(s.log, r)
	if s.Log != nil {
		// A log that cannot be written is no reason to answer otherwise.
		_, _ = fmt.Fprintln(s.Log, r)
	}
}
