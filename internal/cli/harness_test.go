package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"rollcall/internal/sim/testrailsim"
	"rollcall/schema"
)

// cmdExits runs a command and fails unless it ends with the code. It also fails if the key is in the output, if colour
// comes out where nobody looks, if an error has nothing to say, or if a plan or report as JSON does not fit its schema.
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	stdout, stderr := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	if line, found := secretIn(stdout + stderr); found {
		ts.Fatalf("output holds the API key: %s", line)
	}
	looked := ts.Getenv(terminalVariable) != "" || slices.Contains(args, "--color=always")
	if strings.Contains(stdout+stderr, "\x1b") && !looked {
		ts.Fatalf("output holds escape sequences where there is no terminal")
	}
	if got != 0 && stdout == "" && stderr == "" {
		ts.Fatalf("exit code %d without a word", got)
	}
	if kind, ok := printsJSON(args[1:]); ok && stdout != "" {
		validate(ts, kind, stdout)
	}
}

// printsJSON returns the schema of what a rollcall command prints, if it prints JSON that has one.
func printsJSON(command []string) (kind string, ok bool) {
	i := slices.Index(command, "--format")
	if i < 0 || i+1 == len(command) || command[i+1] != "json" || command[0] != "rollcall" {
		return "", false
	}
	kind, ok = map[string]string{"plan": "plan", "drift": "plan", "apply": "report"}[command[1]]
	return kind, ok
}

// simulatorsKey is the key of a script's simulators among its values.
type simulatorsKey struct{}

type simulators map[string]*served

// served is a simulator with the edits that wait for a request.
type served struct {
	*testrailsim.Server
	mu      sync.Mutex
	pending []pendingEdit
}

type pendingEdit struct {
	method string
	number int
	edit   func(*testrailsim.State) error
}

func simulatorOf(ts *testscript.TestScript, args []string) *served {
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
	snapshot, err := testrailsim.Load(strings.NewReader(ts.ReadFile(file)))
	ts.Check(err)
	set(ts, &snapshot.Switches, switches)
	server, err := testrailsim.New(snapshot)
	ts.Check(err)
	s := &served{Server: server}
	server.Before = s.before
	web := httptest.NewServer(server)
	ts.Defer(func() {
		_ = server.Close()
		web.Close()
	})
	ts.Value(simulatorsKey{}).(simulators)[args[0]] = s
	ts.Setenv("TESTRAIL_URL", web.URL)
	cmdLogin(ts, false, []string{testrailsim.DefaultAdmin})
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

func set(ts *testscript.TestScript, to *testrailsim.Switches, switches []string) {
	for _, s := range switches {
		name, value, _ := strings.Cut(s, "=")
		ts.Check(to.Set(name, value))
	}
}

func cmdSimSet(ts *testscript.TestScript, neg bool, args []string) {
	s := simulatorOf(ts, args)
	ts.Check(s.Edit(func(*testrailsim.State) error {
		set(ts, &s.Switches, args[1:])
		return nil
	}))
}

// cmdInterrupt sends the running rollcall what Ctrl-C sends, when a request arrives.
func cmdInterrupt(ts *testscript.TestScript, neg bool, args []string) {
	s := simulatorOf(ts, args)
	method, number, _ := strings.Cut(args[1], ":")
	n, err := strconv.Atoi(number)
	ts.Check(err)
	pid := ts.Getenv(pidVariable)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = append(s.pending, pendingEdit{method, n, func(*testrailsim.State) error {
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
	}})
}

// before makes the edits whose request has come.
func (s *served) before(r testrailsim.RequestInfo, state *testrailsim.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = slices.DeleteFunc(s.pending, func(p pendingEdit) bool {
		if p.method != r.Route.Method || p.number != r.MethodSeq {
			return false
		}
		// An edit that can't be made shows in what the script looks at next.
		_ = p.edit(state)
		return true
	})
}

func cmdSimEdit(ts *testscript.TestScript, neg bool, args []string) {
	s := simulatorOf(ts, args)
	words := args[1:]
	if len(words) > 0 && strings.HasPrefix(words[0], "@") {
		method, number, _ := strings.Cut(words[0][1:], ":") // testscript takes # for a comment
		n, err := strconv.Atoi(number)
		ts.Check(err)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.pending = append(s.pending, pendingEdit{method, n, func(state *testrailsim.State) error { return edit(state, words[1:]) }})
		return
	}
	ts.Check(s.Edit(func(state *testrailsim.State) error { return edit(state, words) }))
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

func cmdRequests(ts *testscript.TestScript, neg bool, args []string) {
	s, out := simulatorOf(ts, args), ts.Stdout() // asked for first: nothing is an output too
	var lines, reads []string
	for _, r := range s.Requests() {
		switch {
		case r.IsWrite:
			lines = append(append(lines, inOrder(reads)...), r.String())
			reads = nil
		case len(args) < 2 || args[1] != "writes":
			reads = append(reads, r.String())
		}
	}
	for _, line := range append(lines, inOrder(reads)...) {
		fmt.Fprintln(out, line)
	}
	s.ResetLog()
}

// inOrder sorts reads that follow one another: lists are read at the same time.
func inOrder(reads []string) []string {
	slices.Sort(reads)
	return reads
}

func cmdValidJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: validjson plan|report FILE")
	}
	validate(ts, args[0], ts.ReadFile(args[1]))
}

// validate holds JSON against a schema.
func validate(ts *testscript.TestScript, kind, document string) { ts.Check(fits(kind, document)) }

// fits returns an error unless a document of JSON fits the published schema of its kind.
func fits(kind, document string) error {
	text := map[string][]byte{"plan": schema.Plan(), "report": schema.Report(), "notify": schema.Notify()}[kind]
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	if err := compiler.AddResource("schema.json", bytes.NewReader(text)); err != nil {
		return err
	}
	compiled, err := compiler.Compile("schema.json")
	if err != nil {
		return err
	}
	var value any
	if err := json.Unmarshal([]byte(document), &value); err != nil {
		return err
	}
	if err := compiled.Validate(value); err != nil {
		return fmt.Errorf("%#v", err)
	}
	return nil
}

func cmdReplace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace FILE OLD NEW")
	}
	old, new := strings.ReplaceAll(args[1], `\n`, "\n"), strings.ReplaceAll(args[2], `\n`, "\n")
	text := ts.ReadFile(args[0])
	if n := strings.Count(text, old); n != 1 {
		ts.Fatalf("%q stands %d times in %s", args[1], n, args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, old, new, 1)), 0o600))
}
