package qtestsim

import (
	"io"
	"net/http"
	"sync"
	"time"

	"rollcall/internal/sim/fault"
	"rollcall/internal/sim/wire"
)

// Server is an in-memory qTest Manager. The zero value is ready: a site as EmptySnapshot describes it. It is safe for
// concurrent use; the exported fields are set before the first request or inside Edit.
type Server struct {
	// Switches are the doubtful behaviours. New takes them from the snapshot.
	Switches Switches
	// Fault, if set, is asked for each request what goes wrong with it, before the rules in Switches.Faults. It runs
	// while the server's lock is held and must not call the server.
	Fault func(RequestInfo) fault.Fault
	// Before, if set, may edit the state just before a request is handled, as a foreign writer between two requests.
	// It runs while the server's lock is held and must not call the server.
	Before func(RequestInfo, *State)
	// Now is the clock of the log, the limits and the tokens; nil is time.Now.
	Now func() time.Time
	// Log, if set, gets a line for each request.
	Log io.Writer

	mu       sync.Mutex
	state    *State
	done     chan struct{} // closed by Close
	closed   bool
	log      wire.Log[Request]
	late     fault.Late
	minute   fault.Allowance
	month    fault.Allowance
	sessions sessions
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

// Transport returns a RoundTripper that asks the server in process, without a socket, for any host. Resets come back
// as the error that a socket would give, cut answers end unexpectedly, and waiting obeys the request's context.
func (s *Server) Transport() http.RoundTripper { return wire.Transport(s.answer) }

// ServeHTTP answers one request over a connection.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { wire.Serve(w, r, s.answer) }

// answer does all that a request does to the site, in one step, and returns what goes over the wire.
func (s *Server) answer(r *http.Request, body []byte) (*wire.Reply, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start()
	o, args := route(r.Method, r.URL.Path)
	info := s.number(r, o, body)
	s.late.Arrive()
	if s.Before != nil {
		s.Before(info, s.state)
	}
	f := s.faultFor(info)
	a := s.respond(r, info, o, args, f)
	a.Delay = s.Switches.Latency
	s.log.Add(entry(info, a.LogStatus(), f.Kind), s.Log)
	return a, s.done
}

// faultFor asks the hook, then the rules, in their order.
func (s *Server) faultFor(i RequestInfo) fault.Fault {
	if s.Fault != nil {
		if f := s.Fault(i); f.Kind != fault.None {
			return f
		}
	}
	return fault.Find(s.Switches.Faults, i.Seq, i.Op, i.OpSeq)
}

// respond decides between the fault, the limits and the API.
func (s *Server) respond(r *http.Request, info RequestInfo, o operation, args []int, f fault.Fault) *wire.Reply {
	if f.Effect() == fault.Never {
		return instead(f, r, info)
	}
	limited, left := s.limit(info.Time)
	if limited != nil {
		return left.show(limited)
	}
	if !isAPI(info.Path) {
		return wire.Page(http.StatusOK, voice{}.LoginTitle()) // GUESS: a page of the web interface without a session
	}
	handle := func(kind fault.Kind) *wire.Reply { return s.handle(r, info, o, args, kind) }
	if f.Effect() == fault.Later {
		if info.IsWrite {
			s.late.Postpone(f, func() { handle(fault.None) })
		}
		return instead(f, r, info)
	}
	return left.show(f.Spoil(handle(f.Kind), voice{}))
}

// handle is the API proper.
func (s *Server) handle(r *http.Request, info RequestInfo, o operation, args []int, kind fault.Kind) *wire.Reply {
	switch {
	case s.Switches.NoAPI:
		return errorReply(refusal{402, "Your edition does not include the API."}) // CLIENT for the status
	case o.run == nil && o.known:
		return errorReply(refusal{405, "Request method '" + r.Method + "' not supported"})
	case o.run == nil || s.Switches.Generation > o.until:
		return errorReply(notFound("path"))
	}
	c := &call{st: s.state, sw: &s.Switches, sessions: &s.sessions, now: info.Time, args: args, query: r.URL.Query(), request: r, body: info.Body, fault: kind}
	var err error
	if !o.open {
		if c.me, err = c.authenticate(); err != nil {
			return errorReply(err)
		}
	}
	if err := o.run(c); err != nil {
		return errorReply(err)
	}
	if c.reply != nil {
		return c.reply
	}
	a := jsonReply(http.StatusOK, c.out) // DOC: 200 for creates as well
	if o.open {
		a.Header.Set("Cache-Control", "no-store") // CLIENT
	}
	for name, value := range c.headers {
		a.Header.Set(name, value)
	}
	return a
}
