package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// reason is what somebody writes in place of "say why".
const reason = "agreed with the head of QA"

func decode[T any](t *testing.T, text string) *T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return &v
}

// untouched fails if anything was written since the log was emptied, or if the state is not what it was.
func (d *desk) untouched(t *testing.T, before string) {
	t.Helper()
	sent := d.lines()
	if len(sent) == 0 {
		t.Error("nothing was asked: the tool was never contacted")
	}
	for _, r := range sent {
		if r.http != http.MethodGet || r.write {
			t.Errorf("sent %s", r.text)
		}
	}
	if diff := gocmp.Diff(before, d.state(t)); diff != "" {
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
	before := d.state(t)
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
	before := d.state(t)
	d.ResetLog()
	r := d.apply(t, 0, "--yes")
	if len(r.Outcomes) > 0 {
		t.Errorf("a second apply does %v", ended(t, r, apply.Done))
	}
	d.untouched(t, before)
	return r.Guards
}

// guided holds that a plan tells a person what to do on the pages, each time and as long as it is not done, and that the rest
// is done once.
func (d *desk) guided(t *testing.T, n *needs) {
	t.Helper()
	r, done := d.converges(t)
	same(t, "actions done", n.rest, done)
	same(t, "manual steps", n.steps, stepsOf(r.Manual))
	for _, step := range r.Manual {
		if step.Where == "" || step.Detail == "" {
			t.Errorf("%s has no page to go to or no reason: %+v", step.ID, step)
		}
	}
	before := d.state(t)
	d.ResetLog()
	same(t, "manual steps of the next apply", n.steps, stepsOf(d.apply(t, 0, "--yes").Manual))
	d.untouched(t, before)
}

func stepsOf(manual []plan.ManualStep) []string {
	var list []string
	for i := range manual {
		list = append(list, manual[i].ID)
	}
	return list
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

// attributed fails unless a guard speaks of the line that excepts it.
func (d *desk) attributed(t *testing.T, guards []plan.GuardResult) {
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
func (d *desk) standing(t *testing.T, names []string) []string {
	t.Helper()
	var list []string
	for row := range strings.Lines(d.state(t)) {
		if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(row, fmt.Sprintf("%q", name)) }) {
			list = append(list, strings.TrimRight(row, ",\n"))
		}
	}
	return list
}
