package cli

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/provider/testrail"
	"rollcall/internal/render"
	"rollcall/internal/sim/testrailsim"
)

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
	user      string
	key       httpx.Secret
	pace      *plan.Pace
	transport http.RoundTripper // nil: the network
	http      httpx.Options
	onRead    func(list string, soFar int) // called after each page of a list, from any goroutine; nil: not called
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

// tool is a test-management tool: all that the commands need to know of it. This table and the packages behind it are the
// only places that name one.
type tool struct {
	kind   string // as `target.kind` and --target name it
	prefix string // of its variables in the environment

	parseURL func(string) (*url.URL, error)
	reader   func(access) (remote, error)
	writer   func(access) (writer, error)
	diagnose func(context.Context, access) ([]finding, error)
	simulate func(io.Reader) (*simulator, error)
}

func tools() []tool {
	return []tool{{
		kind:     "testrail",
		prefix:   "TESTRAIL",
		parseURL: testrail.ParseURL,
		reader: func(a access) (remote, error) {
			r, err := testrail.NewReader(testrailConfig(a))
			return r, err
		},
		writer: func(a access) (writer, error) {
			w, err := testrail.NewWriter(testrailConfig(a))
			return w, err
		},
		diagnose: diagnoseTestRail,
		simulate: simulateTestRail,
	}}
}

// isIncomplete reports whether an error says that a tool could not be read as one complete and consistent whole.
func isIncomplete(err error) bool {
	_, ok := err.(*testrail.InconsistentError)
	return ok
}

// adviceOf returns what the tool's provider advises on an error of a request, "" for other errors.
func adviceOf(err error) string {
	var failed *httpx.Error
	var inconsistent *testrail.InconsistentError
	if errors.As(err, &failed) && failed.Kind != httpx.Canceled || errors.As(err, &inconsistent) {
		return testrail.Explain(err).Hint
	}
	return ""
}

func testrailConfig(a access) testrail.Config {
	http := a.http
	if a.transport != nil {
		http.Transport = a.transport
	}
	return testrail.Config{URL: a.url, User: a.user, Key: a.key, Pace: a.pace, HTTP: http, OnRead: a.onRead}
}

func diagnoseTestRail(ctx context.Context, a access) ([]finding, error) {
	r, err := testrail.NewReader(testrailConfig(a))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var found []finding
	for _, f := range r.Diagnose(ctx) {
		if !f.OK && f.Err == nil && f.Check == testrail.CheckAdministrator {
			f.Err = errNotAdministrator
		}
		found = append(found, finding{Finding: render.Finding{OK: f.OK, Text: f.Text, Hint: f.Hint}, Check: string(f.Check), err: f.Err})
	}
	return found, nil
}

// simulateTestRail returns an embedded TestRail with the state of a snapshot. Its credentials are those of an active
// administrator; they open nothing else.
func simulateTestRail(r io.Reader) (*simulator, error) {
	snapshot, err := testrailsim.Load(r)
	if err != nil {
		return nil, err
	}
	server, err := testrailsim.New(snapshot)
	if err != nil {
		return nil, err
	}
	user, key, ok := simulatedAdmin(snapshot.Users)
	if !ok {
		return nil, errors.New("simulator has no active administrator")
	}
	address := snapshot.URL
	if address == "" {
		address = "https://acme.example.test/"
	}
	return &simulator{
		access: access{url: address, user: user, key: httpx.NewSecret(key), transport: server.Transport()},
		save:   server.Save,
	}, nil
}

// simulatedAdmin returns the credentials of the default administrator, or of the first active one.
func simulatedAdmin(users []testrailsim.User) (user, key string, ok bool) {
	admins := slices.DeleteFunc(slices.Clone(users), func(u testrailsim.User) bool { return !u.IsActive || !u.IsAdmin })
	if len(admins) == 0 {
		return "", "", false
	}
	admin := admins[0]
	if i := slices.IndexFunc(admins, func(u testrailsim.User) bool { return u.Email == testrailsim.DefaultAdmin }); i >= 0 {
		admin = admins[i]
	}
	if admin.APIKey == "" {
		return admin.Email, testrailsim.DefaultKey, true
	}
	return admin.Email, admin.APIKey, true
}

// kinds returns the kinds of tools, as a roster names them.
func kinds(all []tool) []string {
	known := make([]string, len(all))
	for i, t := range all {
		known[i] = t.kind
	}
	return known
}

// chooseTool returns the tool that a run is about: the one that the roster names, else --target, else the one whose URL
// is in the environment, else the only one there is.
func chooseTool(all []tool, roster directory.Key[string], flag string, getenv func(string) string) (tool, error) {
	known := kinds(all)
	byKind := func(kind string) (tool, bool) {
		i := slices.Index(known, kind)
		if i < 0 {
			return tool{}, false
		}
		return all[i], true
	}
	switch {
	case roster.Set && flag != "" && roster.Value != flag:
		return tool{}, usageAt(roster.Pos, "leave --target out", "the roster is for %s, and --target says %s", roster.Value, flag)
	case roster.Set:
		t, ok := byKind(roster.Value)
		if !ok {
			return tool{}, usageAt(roster.Pos, "use "+alternatives(known), "target %q is not supported", roster.Value)
		}
		return t, nil
	case flag != "":
		t, ok := byKind(flag)
		if !ok {
			return tool{}, usage(choices(flag, known), "--target %q is not supported", flag)
		}
		return t, nil
	}
	var set []tool
	var names []string
	for _, t := range all {
		if getenv(t.prefix+"_URL") != "" {
			set = append(set, t)
			names = append(names, t.prefix+"_URL")
		}
	}
	switch {
	case len(set) == 1:
		return set[0], nil
	case len(set) > 1:
		return tool{}, usage("say which with --target, or with `target.kind` in the roster", "%s are both set", strings.Join(names, " and "))
	}
	return all[0], nil
}
