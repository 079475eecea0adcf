package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/cli"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/sim/testrailsim"
)

// reason is what somebody writes in place of "say why".
const reason = "agreed with the head of QA"

// desk is where somebody works on a roster: the tool, the folder, whose credentials are used, and what day it is.
type desk struct {
	*testrailsim.Server
	url    string
	roster string
	user   string
	now    time.Time
}

// sit serves the company and writes its roster with the changes that were made to it.
func sit(t *testing.T, f firm, changes ...change) *desk {
	t.Helper()
	d := &desk{user: testrailsim.DefaultAdmin, now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	d.serve(t, f)
	d.write(t, f, t.TempDir(), changes...)
	return d
}

// serve serves the company as it was before anything happened to it.
func (d *desk) serve(t *testing.T, f firm) {
	t.Helper()
	server, err := testrailsim.New(f.snapshot())
	if err != nil {
		t.Fatal(err)
	}
	d.Server = server
	var handler http.Handler = server
	if f.hidden {
		handler = withoutAccess(server)
	}
	web := httptest.NewServer(handler)
	t.Cleanup(web.Close)
	d.url = web.URL
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

func (d *desk) write(t *testing.T, f firm, folder string, changes ...change) {
	t.Helper()
	roster := f.draft()
	for _, c := range changes {
		c(roster)
	}
	d.roster = roster.write(t, folder)
}

// rollcall runs the program in this process and returns its standard output.
func (d *desk) rollcall(t *testing.T, code int, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	environment := map[string]string{"TESTRAIL_URL": d.url, "TESTRAIL_USER": d.user, "TESTRAIL_API_KEY": testrailsim.DefaultKey}
	got := cli.Main(cli.Env{
		Args: append(args, "-f", d.roster), Stdin: cli.Input{Reader: strings.NewReader("")},
		Stdout: cli.Output{Writer: &stdout}, Stderr: cli.Output{Writer: &stderr},
		Getenv: func(name string) string { return environment[name] }, Now: func() time.Time { return d.now },
	})
	if got != code {
		t.Fatalf("rollcall %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, &stdout, &stderr)
	}
	return stdout.String()
}

func (d *desk) plan(t *testing.T, code int, args ...string) *plan.Plan {
	t.Helper()
	return decode[plan.Plan](t, d.rollcall(t, code, append(args, "--format", "json")...))
}

func (d *desk) apply(t *testing.T, code int, args ...string) *apply.Report {
	t.Helper()
	return decode[apply.Report](t, d.rollcall(t, code, append([]string{"apply", "--format", "json"}, args...)...))
}

func decode[T any](t *testing.T, text string) *T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return &v
}

// untouched fails if anything was written since the log was emptied, or if the state is not what it was.
func (d *desk) untouched(t *testing.T, before testrailsim.Snapshot) {
	t.Helper()
	if len(d.Requests()) == 0 {
		t.Error("nothing was asked: the tool was never contacted")
	}
	for _, r := range d.Requests() {
		if r.HTTP != http.MethodGet || r.IsWrite {
			t.Errorf("sent %s", r)
		}
	}
	if diff := gocmp.Diff(before, d.Snapshot()); diff != "" {
		t.Errorf("state of the tool (-before +after):\n%s", diff)
	}
}

// found lists what guards of a status found: guard, subject, count/limit.
func found(guards []plan.GuardResult, status plan.GuardStatus) []string {
	var list []string
	for _, g := range guards {
		if g.Status == status {
			list = append(list, strings.Join(strings.Fields(fmt.Sprintf("%s %s %d/%d", g.Guard, g.Subject, g.Count, g.Limit)), " "))
		}
	}
	return list
}

// same fails unless two lists are equal.
func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func planned(p *plan.Plan) []string {
	var list []string
	for _, a := range p.Actions() {
		list = append(list, a.ID)
	}
	return list
}

// ended lists the actions of a report, and fails for any that ended otherwise.
func ended(t *testing.T, r *apply.Report, status apply.Status) []string {
	t.Helper()
	var list []string
	for _, o := range r.Outcomes {
		list = append(list, o.ID)
		if o.Status != status {
			t.Errorf("%s is %s, want %s: %s", o.ID, o.Status, status, o.Error)
		}
	}
	return list
}

// refused runs every command that could do something about a roster, and holds that each says what is wrong and none
// writes. It returns the plan.
func (d *desk) refused(t *testing.T, want []string) *plan.Plan {
	t.Helper()
	before := d.Snapshot()
	d.ResetLog()
	saved := filepath.Join(t.TempDir(), "plan.json")
	p := d.plan(t, 3, "plan", "--out", saved)
	same(t, "refused by plan", want, found(p.Guards, plan.GuardRefused))
	if p.Empty() {
		t.Error("the plan is not shown")
	}
	same(t, "refused in drift", want, found(d.plan(t, 2, "drift").Guards, plan.GuardRefused))

	for _, args := range [][]string{{"--yes"}, {saved}} {
		r := d.apply(t, 3, args...)
		same(t, "refused by apply "+args[0], want, found(r.Guards, plan.GuardRefused))
		same(t, "actions in the report", planned(p), ended(t, r, apply.NotRun))
		if r.Result != apply.Refused || r.ExitCode != 3 || r.Requests.Writes != 0 {
			t.Errorf("report says %s, exit code %d, %d writes", r.Result, r.ExitCode, r.Requests.Writes)
		}
		if diff := gocmp.Diff(p.Refused(), refusals(r.Guards)); diff != "" {
			t.Errorf("the report refuses otherwise than the plan (-plan +report):\n%s", diff)
		}
	}
	text := d.rollcall(t, 3, "apply", "--yes")
	for _, a := range p.Actions() {
		if !strings.Contains(text, a.Subject) {
			t.Errorf("the text does not show %s:\n%s", a.ID, text)
		}
	}
	if diff := gocmp.Diff(pastes(p), entries(text)); diff != "" {
		t.Errorf("entries to paste (-json +text):\n%s", diff)
	}
	d.untouched(t, before)
	return p
}

func refusals(guards []plan.GuardResult) []plan.GuardResult {
	return slices.DeleteFunc(slices.Clone(guards), func(g plan.GuardResult) bool { return g.Status != plan.GuardRefused })
}

// pastes are the entries that a plan offers, a line each. Refusals that one entry serves offer the same one.
func pastes(p *plan.Plan) string {
	var texts []string
	for _, g := range p.Refused() {
		if g.Paste != "" && !slices.Contains(texts, g.Paste) {
			texts = append(texts, g.Paste)
		}
	}
	return strings.Join(texts, "\n")
}

// entries are the lines of a text that are entries of guards.allow.
func entries(text string) string {
	var found []string
	for row := range strings.Lines(text) {
		if row = strings.TrimSpace(row); strings.HasPrefix(row, "- {guard: ") {
			found = append(found, row)
		}
	}
	return strings.Join(found, "\n")
}

// replaces finds the place of an exception that a refusal says a new one stands in for.
var replaces = regexp.MustCompile(`users\.yaml:(\d+):\d+`)

// paste puts what a refused plan offers into the roster, and a reason with it. It returns the numbers of the lines.
func (d *desk) paste(t *testing.T, p *plan.Plan) []int {
	t.Helper()
	var old []int
	for _, g := range p.Refused() {
		for _, place := range replaces.FindAllStringSubmatch(g.Hint, -1) {
			row, err := strconv.Atoi(place[1])
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(old, row) {
				old = append(old, row)
			}
		}
	}
	text := paste(d.text(t), strings.ReplaceAll(pastes(p), "say why", reason), old)
	if err := os.WriteFile(d.roster, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var rows []int
	for i, row := range strings.Split(text, "\n") {
		if strings.Contains(row, reason) {
			rows = append(rows, i+1)
		}
	}
	return rows
}

func (d *desk) text(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(d.roster)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// converges applies, and holds that every action is done. It returns the actions.
func (d *desk) converges(t *testing.T) (*apply.Report, []string) {
	t.Helper()
	r := d.apply(t, 0, "--yes")
	if r.Result != apply.Converged {
		t.Errorf("result %s, want %s", r.Result, apply.Converged)
	}
	return r, ended(t, r, apply.Done)
}

// idle applies again: nothing is to do, nothing is written. It returns what the guards find.
func (d *desk) idle(t *testing.T) []plan.GuardResult {
	t.Helper()
	before := d.Snapshot()
	d.ResetLog()
	r := d.apply(t, 0, "--yes")
	if len(r.Outcomes) > 0 {
		t.Errorf("a second apply does %v", ended(t, r, apply.Done))
	}
	d.untouched(t, before)
	return r.Guards
}

// noted are the lines whose exceptions the guards remark on in those words.
func noted(guards []plan.GuardResult, words string) []int {
	var rows []int
	for _, g := range guards {
		if g.Status == plan.GuardNoted && g.Source != nil && strings.Contains(g.Text, words) {
			rows = append(rows, g.Source.Line)
		}
	}
	slices.Sort(rows)
	return rows
}

// excepted fails unless a guard speaks of the line that excepts it.
func (d *desk) excepted(t *testing.T, guards []plan.GuardResult) {
	t.Helper()
	rows := strings.Split(d.text(t), "\n")
	for _, g := range guards {
		if g.Status != plan.GuardAllowed {
			continue
		}
		if g.Source == nil || !strings.Contains(rows[g.Source.Line-1], "guard: "+string(g.Guard)+",") {
			t.Errorf("%s is allowed by %v, which is not its line", g.Guard, g.Source)
		}
		if !strings.Contains(g.Text, reason) {
			t.Errorf("%s is allowed without its reason: %s", g.Guard, g.Text)
		}
	}
}

// exceptable reports whether an entry of guards.allow can let something past a guard.
func exceptable(guard directory.GuardName) bool {
	switch guard {
	case directory.GuardMinAdmins, directory.GuardSeats, directory.GuardSelf, directory.GuardProtect, directory.GuardDomains:
		return false
	}
	return true
}

// standing is what the tool has of accounts and groups, the members of the groups as well.
func (d *desk) standing(names []string) []string {
	var list []string
	s := d.Snapshot()
	for _, u := range s.Users {
		if slices.Contains(names, u.Email) {
			list = append(list, fmt.Sprintf("%+v", u))
		}
	}
	for _, g := range s.Groups {
		if slices.Contains(names, g.Name) {
			list = append(list, fmt.Sprintf("%+v", g))
		}
	}
	return list
}
