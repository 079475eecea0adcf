package cli

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/render"
	"rollcall/internal/spec"
)

// tool is a test-management tool: all that the commands need to know of it. A row of the table has a file of its own,
// tool_*.go. These files, and the packages of providers and simulators behind them, are the only places that name a tool.
type tool struct {
	kind   string            // as `target.kind` and --target name it
	name   string            // of the product, in sentences
	prefix string            // of its variables in the environment
	logins []login           // the ways to say who asks, the best first
	lacks  map[string]string // the keys of a user that it can't hold, each with a hint

	parseURL   func(string) (*url.URL, error)
	reader     func(access) (remote, error)
	writer     func(access) (writer, error)
	diagnose   func(context.Context, access) ([]finding, error)
	advise     func(error) string // what its provider advises on an error of a reading, "" for nothing
	simulation simulation
}

// tools returns the table of tools.
func tools() []tool { return []tool{testrailTool(), qtestTool()} }

// reader is what every command but apply gets of an instance: it has no method that writes.
type reader interface {
	Read(ctx context.Context, more directory.Extent) (*directory.Live, error)
	// ReadMore returns a reading with more of the live state, and reads nothing else for it.
	ReadMore(ctx context.Context, live *directory.Live, more directory.Extent) (*directory.Live, error)
	Caps() plan.Caps
}

// remote is a reader of an instance that is asked over HTTP.
type remote interface {
	reader
	Requests() httpx.Counts
	Close()
}

// writer is what apply gets.
type writer interface {
	remote
	apply.Target
}

// access is how an instance is reached.
type access struct {
	url       string
	user      string       // who asks; "": the key says it
	key       httpx.Secret // the secret of a login
	pace      *plan.Pace
	transport http.RoundTripper // nil: the network
	http      httpx.Options
	onRead    func(list string, soFar int) // called after each page of a list, from any goroutine; nil: not called
}

// client returns the options of a client that reaches the instance.
func (a *access) client() httpx.Options {
	opts := a.http
	if a.transport != nil {
		opts.Transport = a.transport
	}
	return opts
}

// finding is what a diagnosis found. Err is nil for what is fine and for abilities that are missing.
type finding struct {
	render.Finding
	Check string `json:"check"`
	err   error
}

// simulator is an embedded instance.
type simulator struct {
	access
	save func(io.Writer) error
}

// incomplete is implemented by errors which say that a tool could not be read as one complete and consistent whole.
type incomplete interface{ Incomplete() }

// kinds returns the kinds of tools, as a roster names them.
func kinds(all []tool) []string {
	known := make([]string, len(all))
	for i, t := range all {
		known[i] = t.kind
	}
	return known
}

// toolsOf returns what the loader of rosters has to know of the tools.
func toolsOf(all []tool) []spec.Tool {
	known := make([]spec.Tool, len(all))
	for i, t := range all {
		known[i] = spec.Tool{Kind: t.kind, Lacks: t.lacks}
	}
	return known
}

// find returns the tool of a kind.
func find(all []tool, kind string) (t tool, ok bool) {
	i := slices.IndexFunc(all, func(t tool) bool { return t.kind == kind })
	if i < 0 {
		return tool{}, false
	}
	return all[i], true
}

// clues are all that says which tool a run is about.
type clues struct {
	roster directory.Key[string] // target.kind
	flag   string                // --target
	file   string                // what --sim or --live names
	of     string                // the kind of tool that the file is of; "" if it does not say
	getenv func(string) string
}

// chooseTool returns the tool that a run is about: the one that the roster names, else --target, else the one that the
// file of --sim or --live is of, else the one whose URL is in the environment. The first three must not contradict each
// other. What the environment says is of no use beside a file, and only looked at without.
func chooseTool(all []tool, c clues) (tool, error) {
	known := kinds(all)
	kind := c.roster.Value
	switch {
	case c.roster.Set && c.flag != "" && kind != c.flag:
		return tool{}, usageAt(c.roster.Pos, "leave --target out", "the roster is for %s, and --target says %s", kind, c.flag)
	case c.roster.Set && c.of != "" && kind != c.of:
		return tool{}, usageAt(c.roster.Pos, "", "the roster is for %s, and %s is of %s", kind, c.file, c.of)
	case c.roster.Set:
		t, ok := find(all, kind)
		if !ok {
			return tool{}, usageAt(c.roster.Pos, "use "+alternatives(known), "target %q is not supported", kind)
		}
		return t, nil
	case c.flag != "":
		t, ok := find(all, c.flag)
		switch {
		case !ok:
			return tool{}, usage(choices(c.flag, known), "--target %q is not supported", c.flag)
		case c.of != "" && c.flag != c.of:
			return tool{}, usage("leave --target out", "--target says %s, and %s is of %s", c.flag, c.file, c.of)
		}
		return t, nil
	case c.of != "":
		t, ok := find(all, c.of)
		if !ok {
			return tool{}, usage("", "%s is of %q, which is not supported", c.file, c.of)
		}
		return t, nil
	}
	return fromEnvironment(all, c.getenv)
}

// fromEnvironment returns the tool whose URL is in the environment.
func fromEnvironment(all []tool, getenv func(string) string) (tool, error) {
	var found tool
	var names, missing []string
	for _, t := range all {
		if getenv(t.prefix+"_URL") != "" {
			found = t
			names = append(names, t.prefix+"_URL")
		}
		missing = append(missing, strings.Join(t.missing(getenv), ", ")+" for "+t.name)
	}
	switch len(names) {
	case 1:
		return found, nil
	case 0:
		return tool{}, usage(environmentHint(""), "not set: %s", strings.Join(missing, "; or "))
	}
	return tool{}, usage("say which with --target, or with `target.kind` in the roster", "%s are both set", strings.Join(names, " and "))
}
