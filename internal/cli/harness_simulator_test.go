package cli_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"rollcall/internal/sim/testrailsim"
)

// simulatorsKey is the key of a script's simulators among its values.
type simulatorsKey struct{}

type simulators map[string]simulator

// simulator is one that a script has started.
type simulator interface {
	http.Handler
	Close() error
	Save(io.Writer) error
	ResetLog()
	lines() []logLine
	Count(method string) int
	turn(switches []string) error
	edit(words []string) error
	// before and editBefore have something done just before the request of a method with that number.
	before(method string, number int, do func() error)
	editBefore(method string, number int, words []string)
}

// logLine is a line of a request log.
type logLine struct {
	text  string
	http  string // GET, POST or PUT
	write bool
}

// appointments are what shall be done just before requests.
type appointments[State any] struct {
	mu      sync.Mutex
	pending []pendingEdit[State]
}

type pendingEdit[State any] struct {
	method string
	number int
	edit   func(State) error
}

func (s *appointments[State]) add(method string, number int, edit func(State) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = append(s.pending, pendingEdit[State]{method, number, edit})
}

// before has something done that has nothing to do with the state.
func (s *appointments[State]) before(method string, number int, do func() error) {
	s.add(method, number, func(State) error { return do() })
}

// due makes the edits whose request has come.
func (s *appointments[State]) due(method string, number int, state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = slices.DeleteFunc(s.pending, func(p pendingEdit[State]) bool {
		if p.method != method || p.number != number {
			return false
		}
		// An edit that can't be made shows in what the script looks at next.
		_ = p.edit(state)
		return true
	})
}

// testrailSimulator is a simulator of TestRail with the edits that wait for a request.
type testrailSimulator struct {
	*testrailsim.Server
	appointments[*testrailsim.State]
}

func simulatorOf(ts *testscript.TestScript, args []string) simulator {
	if len(args) == 0 {
		ts.Fatalf("which simulator?")
	}
	s, ok := ts.Value(simulatorsKey{}).(simulators)[args[0]]
	if !ok {
		ts.Fatalf("simulator %q was not started", args[0])
	}
	return s
}

func cmdSim(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: sim NAME [SWITCH=VALUE...] [FILE]")
	}
	file := "company.json"
	var switches []string
	for _, arg := range args[1:] {
		if strings.Contains(arg, "=") {
			switches = append(switches, arg)
		} else {
			file = arg
		}
	}
	text := ts.ReadFile(file)
	all := products()
	i := slices.IndexFunc(all, func(p product) bool { return strings.Contains(text, p.snapshots) })
	if i < 0 {
		ts.Fatalf("%s is no state of a simulator", file)
	}
	server, err := all[i].begin(text)
	ts.Check(err)
	ts.Check(server.turn(switches))
	web := httptest.NewServer(server)
	ts.Defer(func() {
		_ = server.Close()
		web.Close()
	})
	ts.Value(simulatorsKey{}).(simulators)[args[0]] = server
	ts.Setenv(all[i].prefix+"_URL", web.URL)
	all[i].login(ts, false, []string{all[i].who})
}

func newTestRail(text string) (simulator, error) {
	snapshot, err := testrailsim.Load(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	server, err := testrailsim.New(snapshot)
	if err != nil {
		return nil, err
	}
	s := &testrailSimulator{Server: server}
	server.Before = func(r testrailsim.RequestInfo, state *testrailsim.State) { s.due(r.Route.Method, r.MethodSeq, state) }
	return s, nil
}

// cmdLogin sets the credentials here, because testscript prints what a script itself puts into the environment.
func cmdLogin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: login ADDRESS|wrong")
	}
	switch who := args[0]; who {
	case "wrong":
		ts.Setenv("TESTRAIL_API_KEY", wrongKey)
	case testrailsim.DefaultAdmin:
		ts.Setenv("TESTRAIL_USER", who)
		ts.Setenv("TESTRAIL_API_KEY", adminKey)
	default:
		ts.Setenv("TESTRAIL_USER", who)
		ts.Setenv("TESTRAIL_API_KEY", testrailsim.DefaultKey)
	}
}

func (s *testrailSimulator) turn(switches []string) error {
	return s.Edit(func(*testrailsim.State) error { return set(&s.Switches, switches) })
}

func (s *testrailSimulator) edit(words []string) error {
	return s.Edit(func(state *testrailsim.State) error { return edit(state, words) })
}

func (s *testrailSimulator) editBefore(method string, number int, words []string) {
	s.add(method, number, func(state *testrailsim.State) error { return edit(state, words) })
}

func (s *testrailSimulator) lines() []logLine {
	var lines []logLine
	for _, r := range s.Requests() {
		lines = append(lines, logLine{r.String(), r.HTTP, r.IsWrite})
	}
	return lines
}

// set turns switches, each NAME=VALUE.
func set(to interface {
	Set(name, value string) error
}, switches []string) error {
	for _, s := range switches {
		name, value, _ := strings.Cut(s, "=")
		if err := to.Set(name, value); err != nil {
			return err
		}
	}
	return nil
}

func cmdSimSet(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(simulatorOf(ts, args).turn(args[1:]))
}

// cmdInterrupt sends the running rollcall what Ctrl-C sends, when a request arrives.
func cmdInterrupt(ts *testscript.TestScript, neg bool, args []string) {
	s := simulatorOf(ts, args)
	method, number, _ := strings.Cut(args[1], ":")
	n, err := strconv.Atoi(number)
	ts.Check(err)
	pid := ts.Getenv(pidVariable)
	s.before(method, n, func() error {
		text, err := os.ReadFile(pid)
		if err != nil {
			return err
		}
		id, err := strconv.Atoi(string(text))
		if err != nil {
			return err
		}
		process, err := os.FindProcess(id)
		if err != nil {
			return err
		}
		return process.Signal(os.Interrupt)
	})
}

func cmdSimEdit(ts *testscript.TestScript, neg bool, args []string) {
	s := simulatorOf(ts, args)
	words := args[1:]
	if len(words) > 0 && strings.HasPrefix(words[0], "@") {
		method, number, _ := strings.Cut(words[0][1:], ":") // testscript takes # for a comment
		n, err := strconv.Atoi(number)
		ts.Check(err)
		s.editBefore(method, n, words[1:])
		return
	}
	ts.Check(s.edit(words))
}

// edit is what somebody else does on the web pages.
func edit(state *testrailsim.State, words []string) error {
	if len(words) < 2 {
		return fmt.Errorf("edit %q: too few words", words)
	}
	verb, subject, rest := words[0], words[1], words[2:]
	if len(rest) == 0 {
		rest = []string{""}
	}
	user := func(email string, change func(*testrailsim.User)) error {
		u, ok := state.UserByEmail(email)
		if !ok {
			return fmt.Errorf("no account %s", email)
		}
		change(&u)
		return state.SetUser(u)
	}
	group := func(change func(g testrailsim.Group, member int) error) error {
		g, ok := state.GroupByName(subject)
		if !ok {
			return fmt.Errorf("no group %s", subject)
		}
		u, _ := state.UserByEmail(rest[0])
		return change(g, u.ID)
	}
	switch verb {
	case "deactivate":
		return user(subject, func(u *testrailsim.User) { u.IsActive = false })
	case "activate":
		return user(subject, func(u *testrailsim.User) { u.IsActive = true })
	case "grant":
		return user(subject, func(u *testrailsim.User) { u.IsAdmin = true })
	case "name":
		return user(subject, func(u *testrailsim.User) { u.Name = rest[0] })
	case "address":
		return user(subject, func(u *testrailsim.User) { u.Email = rest[0] })
	case "role":
		i := slices.IndexFunc(state.Roles(), func(r testrailsim.Role) bool { return r.Name == rest[0] })
		if i < 0 {
			return fmt.Errorf("no role %s", rest[0])
		}
		return user(subject, func(u *testrailsim.User) { u.RoleID = state.Roles()[i].ID })
	case "adduser":
		_, err := state.AddUser(testrailsim.User{Email: subject, Name: rest[0], IsActive: true, RoleID: 3})
		return err
	case "addgroup":
		_, err := state.AddGroup(testrailsim.Group{Name: subject})
		return err
	case "join":
		return group(func(g testrailsim.Group, member int) error { return state.AddMembers(g.ID, member) })
	case "leave":
		return group(func(g testrailsim.Group, member int) error { return state.RemoveMembers(g.ID, member) })
	case "delgroup":
		return group(func(g testrailsim.Group, _ int) error { return state.DeleteGroup(g.ID) })
	case "rename":
		return group(func(g testrailsim.Group, _ int) error { return state.RenameGroup(g.ID, rest[0]) })
	}
	return fmt.Errorf("edit %q is not known", verb)
}
