package testrailsim

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"rollcall/internal/sim/fault"
	"rollcall/internal/sim/wire"
)

// Server is an in-memory TestRail. The zero value is ready: an instance as EmptySnapshot describes it. It is safe for
// concurrent use; the exported fields are set before the first request or inside Edit.
type Server struct {
	// Switches are the doubtful behaviours. New takes them from the snapshot.
	Switches Switches
	// Fault, if set, is asked for each request what goes wrong with it, before the rules in Switches.Faults. It runs
	// while the server's lock is held and must not call the server.
	Fault func(RequestInfo) Fault
	// Before, if set, may edit the state just before a request is handled, as a foreign writer between two requests.
	// It runs while the server's lock is held and must not call the server.
	Before func(RequestInfo, *State)
	// Now is the clock of the log, the rate limit and the maintenance window; nil is time.Now.
	Now func() time.Time
	// Log, if set, gets a line for each request.
	Log io.Writer

	mu     sync.Mutex
	state  *State
	done   chan struct{} // closed by Close
	closed bool
	log    wire.Log[Request]
	late   fault.Late
	first  time.Time // first request
	rate   fault.Allowance
}

// New returns a server with that state and those switches, or says what is wrong with the snapshot.
func New(s Snapshot) (*Server, error) {
	st, err := newState(s)
	if err != nil {
		return nil, err
	}
	return &Server{Switches: s.Switches, state: st}, nil
}

// Snapshot returns a copy of the state and the switches.
func (s *Server) Snapshot() Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start()
	out := s.state.snapshot()
	out.Switches = s.Switches
	return out
}

// Save writes the state and the switches as a snapshot file.
func (s *Server) Save(w io.Writer) error { return s.Snapshot().Save(w) }

// Edit runs fn on the state while no request is handled, and returns its error. What fn did before an error stays.
func (s *Server) Edit(fn func(*State) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start()
	return fn(s.state)
}

// Close ends requests that hang. The server goes on answering others.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start()
	if !s.closed {
		s.closed = true
		close(s.done)
	}
	return nil
}

// start makes a zero value ready. The caller holds the lock.
func (s *Server) start() {
	if s.done == nil {
		s.done = make(chan struct{})
	}
	if s.state == nil {
		// EmptySnapshot has no flaw that newState could find; a test holds that.
		s.state, _ = newState(EmptySnapshot())
	}
}

func (s *Server) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// ServeHTTP answers one request over a connection.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { wire.Serve(w, r, s.answer) }

// answer does all that a request does to the instance, in one step, and returns what goes over the wire.
func (s *Server) answer(r *http.Request, body []byte) (*wire.Reply, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start()
	route, err := Route{}, errNotAPI
	if isEntryPoint(r.URL.Path) {
		route, err = ParseRoute(r.URL.RawQuery)
	}
	info := s.number(r, route, body)
	s.late.Arrive()
	if s.Before != nil {
		s.Before(info, s.state)
	}
	f := s.faultFor(info)
	a := s.respond(r, info, err, f)
	a.Delay = s.Switches.Latency
	s.log.Add(Request{RequestInfo: info, Status: a.LogStatus(), Fault: f.Kind}, s.Log)
	return a, s.done
}

// respond decides between the fault, the gate and the API.
func (s *Server) respond(r *http.Request, info RequestInfo, routeErr error, f Fault) *wire.Reply {
	plain := s.Switches.PlainJSON
	if f.Effect() == fault.Never {
		return instead(f, r, info.Time, plain)
	}
	if !isEntryPoint(info.Path) {
		return wire.Page(http.StatusMethodNotAllowed, "405 Method Not Allowed") // ISSUE: zoosk/testrail-client#31
	}
	if a := s.gate(info.Time); a != nil {
		return a
	}
	if s.Switches.UserAgentNeeded && r.UserAgent() == "" {
		return errorReply(refusal{500, "Undefined index: HTTP_USER_AGENT"}, plain) // ISSUE: billylam#20
	}
	switch routeErr {
	case nil:
	case errNotAPI:
		return wire.Page(http.StatusOK, "Login - TestRail") // GUESS: a page of the web interface without a session
	default:
		return errorReply(refusal{400, "Invalid characters in URI"}, plain)
	}
	if f.Effect() == fault.Later {
		if info.IsWrite {
			s.late.Postpone(f, func() { s.handle(r, info, NoFault) })
		}
		return instead(f, r, info.Time, plain)
	}
	return spoil(f, s.handle(r, info, f.Kind), plain)
}

// handle is the API proper.
func (s *Server) handle(r *http.Request, info RequestInfo, fault FaultKind) *wire.Reply {
	plain := s.Switches.PlainJSON
	me, err := s.authenticate(r)
	if err == nil {
		err = s.checkHeaders(r)
	}
	if err != nil {
		return errorReply(err, plain)
	}
	c := &call{
		st: s.state, sw: &s.Switches, me: me, route: info.Route, fault: fault,
		beta: r.Header.Get("X-Api-Ident") == "beta",
	}
	m, ok := lookup(info.Route.Method)
	// A method called the wrong way is as unknown as one that the version lacks (CLIENT: a POST that a redirect
	// turned into GET was answered 404).
	if !ok || !c.sw.Version.atLeast(m.since) || m.http != r.Method {
		status := 404
		if c.sw.UnknownMethod400 {
			status = 400
		}
		return errorReply(refusal{status, fmt.Sprintf("Unknown method '%s'.", info.Route.Method)}, plain)
	}
	if m.http == http.MethodPost {
		if c.body, err = parseFields(info.Body); err != nil {
			return errorReply(err, plain)
		}
	}
	if err := m.run(c); err != nil {
		return errorReply(err, plain)
	}
	return jsonReply(200, c.out)
}

// method is an API method: how it is called, since when, and what it does.
type method struct {
	http  string
	since Version
	run   func(*call) error
}

// lookup finds an API method by name.
func lookup(name string) (method, bool) {
	switch name {
	case "get_user":
		return method{http.MethodGet, V66, (*call).getUser}, true
	case "get_current_user":
		return method{http.MethodGet, V66, (*call).getCurrentUser}, true
	case "get_user_by_email":
		return method{http.MethodGet, V66, (*call).getUserByEmail}, true
	case "get_users":
		return method{http.MethodGet, V66, (*call).getUsers}, true
	case "add_user":
		return method{http.MethodPost, V73, (*call).addUser}, true
	case "update_user":
		return method{http.MethodPost, V73, (*call).updateUser}, true
	case "get_group":
		return method{http.MethodGet, V75, (*call).getGroup}, true
	case "get_groups":
		return method{http.MethodGet, V75, (*call).getGroups}, true
	case "add_group":
		return method{http.MethodPost, V75, (*call).addGroup}, true
	case "update_group":
		return method{http.MethodPost, V75, (*call).updateGroup}, true
	case "delete_group":
		return method{http.MethodPost, V75, (*call).deleteGroup}, true
	case "get_roles":
		return method{http.MethodGet, V73, (*call).getRoles}, true
	case "get_project":
		return method{http.MethodGet, V66, (*call).getProject}, true
	case "get_projects":
		return method{http.MethodGet, V66, (*call).getProjects}, true
	case "update_project":
		return method{http.MethodPost, V66, (*call).updateProject}, true
	}
	return method{}, false
}
