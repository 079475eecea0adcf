package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/sim/testrailsim"
)

// simOptions are the flags of sim beside the switches, each of which is a flag of its own.
type simOptions struct {
	listen   string
	snapshot string
	save     string
	log      string

	users, groups, projects int
	seed                    uint64

	switches map[string]string // those that were given, by name
}

const (
	defaultListen = "127.0.0.1:8089"
	listenNone    = "none"
)

func newSim(env Env, shared *common) *cobra.Command {
	s := &simOptions{switches: make(map[string]string)}
	c := newCommand(env, shared, "sim [flags]", "Serve a simulator of TestRail",
		"Serves an in-memory TestRail until it is interrupted, and prints what to put into the environment to use it.\n"+
			"Its state comes from --snapshot, or is a made-up company; --save writes it when the simulator ends, in the form\n"+
			"that --snapshot here and --sim elsewhere read. With --listen none it is only made and saved.\n\n"+
			"Every doubtful behaviour of TestRail is a switch, and so are faults.",
		"  rollcall sim\n  rollcall sim --users 2000 --seed 7 --listen none --save company.json\n"+
			"  rollcall sim --snapshot company.json --version 7.3 --fault 503@4 --log -", 0, 0).
		with(func(f *pflag.FlagSet, _ *options) {
			f.StringVar(&s.listen, "listen", defaultListen, "`ADDRESS` to serve on; port 0 takes a free one, none serves nothing")
			f.StringVar(&s.snapshot, "snapshot", "", "begin with the state in `FILE`")
			f.StringVar(&s.save, "save", "", "write the state to `FILE` at the end")
			f.StringVar(&s.log, "log", "", "write a line for each request to `FILE`, - for standard error")
			f.IntVar(&s.users, "users", 200, "`N` accounts in the made-up company")
			f.IntVar(&s.groups, "groups", 0, "`N` groups in the made-up company (default: as many as suit)")
			f.IntVar(&s.projects, "projects", 0, "`N` projects in the made-up company (default: as many as suit)")
			f.Uint64Var(&s.seed, "seed", 1, "`N` says which company: the same seed makes the same one")
		})
	for _, option := range testrailsim.Options() {
		c.Flags().Var(&switchFlag{option, s.switches}, option.Name, switchUsage(option))
		_ = c.RegisterFlagCompletionFunc(option.Name, words(literal(option.Values)...)) // the flag was just made
	}
	generates := []string{"users", "groups", "projects", "seed"}
	c.rules = func([]string) error {
		for _, name := range generates {
			if s.snapshot != "" && c.Flags().Changed(name) {
				return usage("leave one of them out", "--%s is about a made-up company, and --snapshot begins with another", name)
			}
		}
		return nil
	}
	return c.does(func(ctx context.Context, r *run, _ []string) error { return serveSimulator(ctx, r, s) })
}

// switchFlag is a switch of the simulator as a flag. Faults add up, so it can be repeated.
type switchFlag struct {
	option testrailsim.Option
	given  map[string]string
}

// String returns the value that holds.
func (f *switchFlag) String() string {
	if v, ok := f.given[f.option.Name]; ok {
		return v
	}
	return ""
}

// Set takes a value, after the simulator found it good.
func (f *switchFlag) Set(value string) error {
	var scratch testrailsim.Switches
	if err := scratch.Set(f.option.Name, value); err != nil {
		return errors.Unwrap(err) // the flag has the name of the switch
	}
	if before, ok := f.given[f.option.Name]; ok && f.option.Name == "fault" {
		value = before + "," + value
	}
	f.given[f.option.Name] = value
	return nil
}

// hint returns the value that somebody meant who wrote value, or the other hint. Of a fault only the kind is a word.
func (f *switchFlag) hint(value, otherwise string) string {
	fault := value[strings.LastIndexByte(value, ',')+1:]
	if end := strings.IndexAny(fault, ":@"); end >= 0 {
		fault = fault[:end]
	}
	return didYouMean(fault, literal(f.option.Values), otherwise)
}

// literal returns the values that are written as they are: those in capitals stand for others.
func literal(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == strings.ToUpper(v) && v != strings.ToLower(v) })
}

// Type names the values in the help.
func (f *switchFlag) Type() string { return "VALUE" }

func switchUsage(o testrailsim.Option) string {
	if o.Name == "fault" {
		return o.Usage + " (repeatable)"
	}
	return o.Usage + ": " + alternatives(o.Values)
}

// newSimulator returns the simulator that the flags describe.
func (s *simOptions) newSimulator() (*testrailsim.Server, error) {
	snapshot, err := s.begin()
	if err != nil {
		return nil, err
	}
	for _, option := range testrailsim.Options() { // in the order of the table, so that errors do not depend on a map
		if value, ok := s.switches[option.Name]; ok {
			if err := snapshot.Switches.Set(option.Name, value); err != nil {
				return nil, usage("", "%v", err)
			}
		}
	}
	server, err := testrailsim.New(snapshot)
	if err != nil {
		return nil, usage("", "%v", err)
	}
	return server, nil
}

func (s *simOptions) begin() (testrailsim.Snapshot, error) {
	if s.snapshot == "" {
		if s.users < 1 || s.groups < 0 || s.projects < 0 {
			return testrailsim.Snapshot{}, usage("", "a company has one account at least, and no negative number of anything")
		}
		return testrailsim.Generate(s.seed, testrailsim.GenOptions{Users: s.users, Groups: s.groups, Projects: s.projects}), nil
	}
	f, err := os.Open(s.snapshot)
	if err != nil {
		return testrailsim.Snapshot{}, usage("`rollcall sim --listen none --save FILE` makes one", "--snapshot %s: %v", s.snapshot, cause(err))
	}
	defer f.Close()
	snapshot, err := testrailsim.Load(f)
	if err != nil {
		return testrailsim.Snapshot{}, usage("", "--snapshot %s: %v", s.snapshot, err)
	}
	return snapshot, nil
}

// serveSimulator serves until ctx ends, which is how a simulator is meant to end: it is no interrupt.
func serveSimulator(ctx context.Context, r *run, s *simOptions) error {
	server, err := s.newSimulator()
	if err != nil {
		return err
	}
	saved, err := beginOptional("--save", s.save, private)
	if err != nil {
		return err
	}
	defer saved.discard()
	if s.listen != listenNone {
		if err := s.serve(ctx, r, server); err != nil {
			return err
		}
	} else if s.save == "" {
		return usage("add --save FILE", "--listen none without --save does nothing")
	}
	if saved == nil {
		return nil
	}
	if err := saved.write(server.Save); err != nil {
		return err
	}
	r.remark("SIMULATOR: saved in %s", s.save)
	return nil
}

func (s *simOptions) serve(ctx context.Context, r *run, server *testrailsim.Server) error {
	switch s.log {
	case "":
	case "-":
		server.Log = r.env.Stderr
	default:
		f, err := os.OpenFile(s.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, private)
		if err != nil {
			return usage("", "--log %s: %v", s.log, cause(err))
		}
		defer f.Close()
		server.Log = f
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", s.listen)
	if err != nil {
		return usage("another simulator may be running: --listen 127.0.0.1:0 takes a free port", "--listen %s: %v", s.listen, err)
	}
	greet(r.env.Stdout, listener.Addr().String(), server.Snapshot())
	web := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("simulator: %w", err)
	case <-ctx.Done():
	}
	_ = server.Close() // lets go of requests that hang on purpose
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := web.Shutdown(last); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("simulator: %w", err)
	}
	return nil
}

// greet says what is served, and what to put into the environment of another terminal.
func greet(to io.Writer, address string, s testrailsim.Snapshot) {
	active := 0
	for i := range s.Users {
		if s.Users[i].IsActive {
			active++
		}
	}
	fmt.Fprintf(to, "SIMULATOR of TestRail %s, %s: %s (%d active), %s, %s\n", s.Switches.Get("version"), s.Switches.Get("edition"),
		count(len(s.Users), "account", "accounts"), active, count(len(s.Groups), "group", "groups"), count(len(s.Projects), "project", "projects"))
	user, key, ok := simulatedAdmin(s.Users)
	if !ok {
		fmt.Fprintf(to, "listening on http://%s; no account is an active administrator\n", address)
		return
	}
	fmt.Fprintf(to, "\nIn another terminal:\n\n  export TESTRAIL_URL=http://%s\n  export TESTRAIL_USER=%s\n  export TESTRAIL_API_KEY=%s\n"+
		"  rollcall doctor\n\nCtrl-C ends it.\n", address, shellQuoted(user), shellQuoted(key))
}
