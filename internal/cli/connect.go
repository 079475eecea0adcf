package cli

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/progress"
)

// run is one run of a command.
type run struct {
	env      Env
	o        *options
	command  string // its name
	progress *teller
	events   *events    // nil: nobody asked for them, or nothing has happened yet
	trace    *trace     // nil: there is none
	file     *givenFile // nil: nobody asked for it yet
}

func newRun(env Env, o *options) *run {
	tell, env := newTeller(env, o)
	return &run{env: env, o: o, progress: tell}
}

// instance is the instance of a tool that a run is about.
type instance struct {
	tool   tool
	access access
	target plan.Target
	sim    *simulator // nil: a real one
}

// instance finds out where the instance is and who asks, without asking it anything. A roster's word on the target is
// held against the environment; where a simulator is embedded there is no credential that could go astray, and only
// the kind is.
func (r *run) instance(want directory.TargetAssertion) (*instance, error) {
	file := r.given()
	if r.o.sim != "" && file.of == "" {
		return nil, usage(snapshotHint, "%v", cmp.Or(file.err, fmt.Errorf("--sim %s is no state of a simulator", r.o.sim)))
	}
	t, err := chooseTool(tools(), r.clues(want.Kind))
	if err != nil {
		return nil, err
	}
	i := &instance{tool: t}
	where := t.prefix + "_URL"
	if r.o.sim != "" {
		if i.sim, err = t.simulation.embed(bytes.NewReader(file.text)); err != nil {
			return nil, usage(snapshotHint, "--sim %s: %v", r.o.sim, err)
		}
		i.access, where = i.sim.access, r.o.sim
		r.remark("SIMULATOR: the instance is the file %s, nothing real", r.o.sim)
	} else if i.access, err = r.credentials(t); err != nil {
		return nil, err
	}
	u, err := checkAddress(t, where, i.access.url)
	if err != nil {
		return nil, err
	}
	if i.sim == nil {
		if err := matchTarget(t, want, u, "the environment names"); err != nil {
			return nil, err
		}
	}
	i.target = plan.Target{Kind: t.kind, URL: trimSlash(u.String()), Simulator: i.sim != nil}
	i.access.pace, i.access.onRead = r.o.pace, r.progress.read
	i.access.http = httpx.Options{
		UserAgent: "rollcall/" + r.env.Version, AllowHTTP: r.o.allowHTTP, MaxWait: r.o.maxWait,
		OnRequest: r.progress.request, OnWait: r.wait,
	}
	if i.access.http.Roots, err = r.o.roots(); err != nil {
		return nil, err
	}
	if r.o.verbose {
		i.access.http.Log = slog.New(slog.NewTextHandler(r.env.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	if r.o.trace != "" {
		return i, r.beginTrace(i)
	}
	return i, nil
}

// credentials returns where a tool is and who asks, and says so if two ways to say who are in the environment.
func (r *run) credentials(t tool) (access, error) {
	a, err := credentials(t, r.env.Getenv)
	if unused := t.unused(r.env.Getenv); err == nil && unused != nil && !r.o.quiet {
		way, _ := t.login(r.env.Getenv)
		r.remark("%s of the environment counts, and not %s", strings.Join(way.variables(t.prefix), " and "), strings.Join(unused, " and "))
	}
	return a, err
}

// maxCAFile is how large a file of certificates may be, in bytes. All that a system trusts take a fifth of it.
const maxCAFile = 1 << 20

// roots returns whom to believe the certificate of a host: nil for whom the system does.
func (o *options) roots() (*x509.CertPool, error) {
	if o.caFile == "" {
		return nil, nil
	}
	text, err := readFile(o.caFile, maxCAFile)
	if err != nil {
		return nil, usage("", "--ca-file %s can't be read: %v", o.caFile, cause(err))
	}
	roots, err := httpx.Trust(text)
	if err != nil {
		return nil, usage("it begins with -----BEGIN CERTIFICATE-----", "--ca-file %s: %v", o.caFile, err)
	}
	return roots, nil
}

func trimSlash(s string) string {
	for len(s) > 0 && s[len(s)-1] == '/' {
		s = s[:len(s)-1]
	}
	return s
}

// open returns a reader of the instance.
func (r *run) open(i *instance) (remote, error) {
	in, err := i.tool.reader(i.access)
	if err != nil {
		return nil, unsafeAddress(i, err)
	}
	r.progress.begin(progress.Reading, 0)
	return advised{in, i.tool.advise}, nil
}

// advised is a reader whose errors have the advice of the tool's provider.
type advised struct {
	remote
	advise func(error) string
}

// Read implements reader.
func (a advised) Read(ctx context.Context, more directory.Extent) (*directory.Live, error) {
	live, err := a.remote.Read(ctx, more)
	return live, a.hinted(err)
}

// ReadMore implements reader.
func (a advised) ReadMore(ctx context.Context, live *directory.Live, more directory.Extent) (*directory.Live, error) {
	live, err := a.remote.ReadMore(ctx, live, more)
	return live, a.hinted(err)
}

// hinted returns an error with its advice, if there is any. Nobody needs any on what was interrupted.
func (a advised) hinted(err error) error {
	var failed *httpx.Error
	var half incomplete
	requested := errors.As(err, &failed)
	if requested && failed.Kind == httpx.Canceled || !requested && !errors.As(err, &half) {
		return err
	}
	if hint := a.advise(err); hint != "" {
		return &hintedError{err, hint}
	}
	return err
}

// openToWrite returns a writer of the instance. Nothing but apply calls it.
func (r *run) openToWrite(i *instance) (writer, error) {
	in, err := i.tool.writer(i.access)
	if err != nil {
		return nil, unsafeAddress(i, err)
	}
	r.progress.begin(progress.Reading, 0)
	return in, nil
}

// unsafeAddress is the error of a client that was not made: the address is no place to send a key to.
func unsafeAddress(i *instance, err error) error {
	return usage("use https://, or --allow-http where nobody else listens", "%s_URL: %v", i.tool.prefix, err)
}

// remark says something beside the result, on standard error. The word SIMULATOR is said even if -q asks for quiet: who
// reads a result must know what it is about.
func (r *run) remark(format string, args ...any) {
	fmt.Fprintf(r.env.Stderr, format+"\n", args...)
}

// wait tells of a wait before a request.
func (r *run) wait(w httpx.Wait) {
	r.progress.wait(w)
	r.events.wait(w)
}

// today returns the day of now in the time zone of the roster.
func today(now time.Time, zone string) (directory.Date, error) {
	at, err := time.LoadLocation(zone)
	if err != nil {
		return directory.Date{}, usage("use a name such as Europe/Berlin or UTC", "timezone %q is not known", zone)
	}
	return directory.DateOf(now.In(at)), nil
}

// readFor returns the live state that a plan for want needs: with projects only if the roster names some, or if what was
// read shows that a group may have to be deleted.
func readFor(ctx context.Context, in reader, want *directory.Desired) (*directory.Live, error) {
	live, err := in.Read(ctx, plan.Needs(want, &directory.Live{}, plan.Caps{}))
	if err != nil {
		return nil, err
	}
	return in.ReadMore(ctx, live, plan.Needs(want, live, in.Caps()))
}
