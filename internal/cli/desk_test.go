package cli_test

import (
	"bytes"
	"cmp"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/cli"
	"rollcall/internal/plan"
)

// desk is where somebody works on a roster: the tool and its simulator, the folder, whose credentials are used, and what day
// it is.
type desk struct {
	simulator
	tool   product
	url    string
	roster string
	as     int // the administrator
	now    time.Time
}

// sit serves the company in a tool and writes its roster with the changes that were made to it.
func sit(t *testing.T, p product, f firm, changes ...change) *desk {
	t.Helper()
	d := newDesk(p)
	d.hire(t, f)
	d.write(t, f, changes...)
	return d
}

// mixedDesk serves the company of the scripts. Its roster leads to a write of each kind, and report is where a report can be.
func mixedDesk(t *testing.T, p product) (d *desk, report string) {
	t.Helper()
	d = newDesk(p)
	d.begin(t, p.example(t))
	d.roster = filepath.Join(t.TempDir(), "users.yaml")
	if err := os.WriteFile(d.roster, []byte(p.mixed), 0o600); err != nil {
		t.Fatal(err)
	}
	return d, filepath.Join(t.TempDir(), "report.json")
}

func newDesk(p product) *desk {
	return &desk{tool: p, as: 1, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
}

// hire serves the company as it was before anything happened to it.
func (d *desk) hire(t *testing.T, f firm) {
	t.Helper()
	d.begin(t, textOf(t, d.tool.hire(f)))
	if f.hidden {
		d.serve(t, withoutAccess(d.simulator))
	}
}

// begin serves a snapshot.
func (d *desk) begin(t testing.TB, snapshot string) {
	t.Helper()
	server, err := d.tool.begin(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	d.simulator = server
	d.serve(t, server)
}

// serve makes something answer as the tool from now on, until the test ends.
func (d *desk) serve(t testing.TB, handler http.Handler) *httptest.Server {
	t.Helper()
	web := httptest.NewServer(handler)
	t.Cleanup(web.Close)
	d.url = web.URL
	return web
}

// withoutAccess serves projects without their groups, as a tool does that does not tell.
func withoutAccess(server http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		whole := httptest.NewRecorder()
		server.ServeHTTP(whole, r)
		body := whole.Body.Bytes()
		if strings.Contains(r.URL.RawQuery, "/get_projects") {
			body = bytes.ReplaceAll(body, []byte(`"groups":`), []byte(`"hidden":`))
		}
		w.Header().Set("Content-Type", whole.Header().Get("Content-Type"))
		w.WriteHeader(whole.Code)
		_, _ = w.Write(body)
	})
}

func (d *desk) write(t *testing.T, f firm, changes ...change) {
	t.Helper()
	roster := f.draft(d.tool)
	for _, c := range changes {
		c(roster)
	}
	d.roster = roster.write(t, t.TempDir())
}

// state is all that the tool holds, an account or a group a line.
func (d *desk) state(t testing.TB) string {
	t.Helper()
	return textOf(t, d.simulator)
}

// run runs the program in this process.
func (d *desk) run(args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	environment := d.tool.environment(d.url, d.as)
	code = cli.Main(cli.Env{
		Args: args, Stdin: cli.Input{Reader: strings.NewReader("")}, Stdout: cli.Output{Writer: &out}, Stderr: cli.Output{Writer: &err},
		Getenv: func(name string) string { return environment[name] }, Now: func() time.Time { return d.now },
	})
	return code, out.String(), err.String()
}

// rollcall runs the program on the roster and returns its standard output.
func (d *desk) rollcall(t testing.TB, code int, args ...string) string {
	t.Helper()
	got, stdout, stderr := d.run(append(args, "-f", d.roster)...)
	if got != code {
		t.Fatalf("rollcall %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, stdout, stderr)
	}
	if kind, ok := printsJSON(append([]string{"rollcall"}, args...)); ok {
		if err := fits(kind, stdout); err != nil {
			t.Errorf("rollcall %s: %v", strings.Join(args, " "), err)
		}
	}
	return stdout
}

func (d *desk) plan(t *testing.T, code int, args ...string) *plan.Plan {
	t.Helper()
	return decode[plan.Plan](t, d.rollcall(t, code, append(args, "--format", "json")...))
}

func (d *desk) apply(t *testing.T, code int, args ...string) *apply.Report {
	t.Helper()
	return decode[apply.Report](t, d.rollcall(t, code, append([]string{"apply", "--format", "json"}, args...)...))
}

// onlyOnce fails if two accounts or two groups of the tool bear the same name.
func (d *desk) onlyOnce(t *testing.T) {
	t.Helper()
	state := decode[struct {
		Users  []struct{ Email, Username string }
		Groups []struct{ Name string }
	}](t, d.state(t))
	var names []string
	for _, u := range state.Users {
		names = append(names, strings.ToLower(cmp.Or(u.Username, u.Email)))
	}
	for _, g := range state.Groups {
		names = append(names, "group "+g.Name)
	}
	slices.Sort(names)
	if distinct := slices.Compact(slices.Clone(names)); len(distinct) != len(names) {
		t.Errorf("somebody or something is there twice: %q", names)
	}
}
