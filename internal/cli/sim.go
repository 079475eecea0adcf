package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// simOptions are the flags of sim.
type simOptions struct {
	kind     string
	listen   string
	snapshot string
	save     string
	log      string
	size     companySize
	seed     uint64
	switches *switchFlags
}

const (
	defaultListen = "127.0.0.1:8089"
	listenNone    = "none"
)

func newSim(env Env, shared *common) *cobra.Command {
	all := tools()
	s := &simOptions{switches: newSwitchFlags(all)}
	c := newCommand(env, shared, "sim [flags]", "Serve a simulator of a tool",
		"Serves an in-memory "+alternatives(products(all))+" until it is interrupted, and prints what to put into the environment to use it. "+
			"Its state comes from --snapshot, or is a made-up company; --save writes it when the simulator ends, in the form "+
			"that --snapshot here and --sim elsewhere read. With --listen none it is only made and saved.\n\n"+
			"Every doubtful behaviour of a tool is a switch, and so are faults. With --kind and --help, only those of that tool are shown.",
		"  rollcall sim\n  rollcall sim --kind "+all[len(all)-1].kind+"\n  rollcall sim --users 2000 --seed 7 --listen none --save company.json\n"+
			"  rollcall sim --snapshot company.json --latency 200ms --fault 503@4 --log -", 0, 0).
		with(func(f *pflag.FlagSet, _ *options) {
			f.StringVar(&s.kind, "kind", all[0].kind, "`KIND` of tool to simulate: "+alternatives(kinds(all)))
			f.StringVar(&s.listen, "listen", defaultListen, "`ADDRESS` to serve on; port 0 takes a free one, none serves nothing")
			f.StringVar(&s.snapshot, "snapshot", "", "begin with the state in `FILE`, which says the kind of tool")
			f.StringVar(&s.save, "save", "", "write the state to `FILE` at the end")
			f.StringVar(&s.log, "log", "", "write a line for each request to `FILE`, - for standard error")
			f.IntVar(&s.size.users, "users", 200, "`N` accounts in the made-up company")
			f.IntVar(&s.size.groups, "groups", 0, "`N` groups in the made-up company (default: as many as suit)")
			f.IntVar(&s.size.projects, "projects", 0, "`N` projects in the made-up company (default: as many as suit)")
			f.Uint64Var(&s.seed, "seed", 1, "`N` says which company: the same seed makes the same one")
		})
	s.switches.register(c.Command)
	generates := []string{"users", "groups", "projects", "seed"}
	c.rules = func([]string) error {
		for _, name := range generates {
			if s.snapshot != "" && c.Flags().Changed(name) {
				return usage("leave one of them out", "--%s is about a made-up company, and --snapshot begins with another", name)
			}
		}
		if s.snapshot != "" && !c.Flags().Changed("kind") {
			s.kind = "" // the file says
			return nil
		}
		t, ok := find(all, s.kind)
		if !ok {
			return usage(choices(s.kind, kinds(all)), "--kind %q is not known", s.kind)
		}
		return s.switches.check(t)
	}
	return c.does(func(ctx context.Context, r *run, _ []string) error { return serveSimulator(ctx, r, s) })
}

// products returns the names of tools for sentences.
func products(all []tool) []string {
	known := make([]string, len(all))
	for i, t := range all {
		known[i] = t.name
	}
	return known
}

// begin returns the state that the flags describe, and the tool that it is of.
func (s *simOptions) begin() (tool, world, error) {
	t, w, err := s.state()
	if err != nil {
		return tool{}, nil, err
	}
	if err := s.switches.check(t); err != nil {
		return tool{}, nil, err
	}
	return t, w, s.switches.set(t, w.switches())
}

// state returns the state without what the switches say.
func (s *simOptions) state() (tool, world, error) {
	all := tools()
	if s.snapshot == "" {
		if s.size.users < 1 || s.size.groups < 0 || s.size.projects < 0 {
			return tool{}, nil, usage("", "a company has one account at least, and no negative number of anything")
		}
		t, _ := find(all, s.kind)
		return t, t.simulation.generate(s.seed, s.size), nil
	}
	text, err := readFile(s.snapshot, maxInput)
	if err != nil {
		return tool{}, nil, usage(snapshotHint, "--snapshot %s: %v", s.snapshot, cause(err))
	}
	of, ok := simulated(all, text)
	switch {
	case !ok:
		return tool{}, nil, usage(snapshotHint, "--snapshot %s is no state of a simulator", s.snapshot)
	case s.kind != "" && s.kind != of.kind:
		return tool{}, nil, usage("leave --kind out", "--kind says %s, and %s is of %s", s.kind, s.snapshot, of.kind)
	}
	w, err := of.simulation.load(bytes.NewReader(text))
	if err != nil {
		return tool{}, nil, usage("", "--snapshot %s: %v", s.snapshot, err)
	}
	return of, w, nil
}

// snapshotHint says where states of simulators come from.
const snapshotHint = "`rollcall sim --listen none --save FILE` makes one"

// serveSimulator serves until ctx ends, which is how a simulator is meant to end: it is no interrupt.
func serveSimulator(ctx context.Context, r *run, s *simOptions) error {
	t, w, err := s.begin()
	if err != nil {
		return err
	}
	log, closeLog, err := s.openLog(r)
	defer closeLog()
	if err != nil {
		return err
	}
	server, err := w.serve(log)
	if err != nil {
		return usage("", "%v", err)
	}
	saved, err := beginOptional("--save", s.save, private)
	if err != nil {
		return err
	}
	defer saved.discard()
	if s.listen != listenNone {
		if err := serve(ctx, s.listen, server, func(address string) { greet(r.env.Stdout, address, t, w) }); err != nil {
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

// openLog opens the file of --log. log is nil if there shall be none, and close has to be called in any case.
func (s *simOptions) openLog(r *run) (log io.Writer, close func(), err error) {
	switch {
	case s.log == "" || s.listen == listenNone:
		return nil, func() {}, nil
	case s.log == "-":
		return r.env.Stderr, func() {}, nil
	}
	f, err := os.OpenFile(s.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, private)
	if err != nil {
		return nil, func() {}, usage("", "--log %s: %v", s.log, cause(err))
	}
	return f, func() { _ = f.Close() }, nil
}

// serve answers requests to an address until ctx ends. greet is told the address before the first of them.
func serve(ctx context.Context, on string, server service, greet func(address string)) error {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", on)
	if err != nil {
		return usage("another simulator may be running: --listen 127.0.0.1:0 takes a free port", "--listen %s: %v", on, err)
	}
	greet(listener.Addr().String())
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
func greet(to io.Writer, address string, t tool, w world) {
	fmt.Fprintf(to, "SIMULATOR of %s\n", w.about())
	user, key, ok := w.admin()
	if !ok {
		fmt.Fprintf(to, "listening on http://%s; no account is an active administrator\n", address)
		return
	}
	fmt.Fprintf(to, "\nIn another terminal:\n\n%s  rollcall doctor\n\nCtrl-C ends it.\n", exports(t, "http://"+address, user, key))
}

// exports are the lines by which a shell learns where a tool is and who asks, in the first way that fits.
func exports(t tool, address, user, key string) string {
	var b strings.Builder
	export := func(name, value string) { fmt.Fprintf(&b, "  export %s_%s=%s\n", t.prefix, name, shellQuoted(value)) }
	export("URL", address)
	for _, l := range t.logins {
		if (l.user == "") != (user == "") {
			continue
		}
		if l.user != "" {
			export(l.user, user)
		}
		export(l.secret, key)
		break
	}
	return b.String()
}
