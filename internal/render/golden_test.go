package render_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares got with a file under testdata, or writes it with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func plans() map[string]*plan.Plan {
	return map[string]*plan.Plan{"month": month(), "refused": refused(), "empty": empty(), "manual": manualOnly(), "hostile": hostile(), "reviewed": reviewed(),
		"projects": projects(), "hostile-projects": hostileProjects()}
}

func reports() map[string]*apply.Report {
	return map[string]*apply.Report{"converged": converged(), "partial": partial(), "interrupted": interrupted(), "refused": refusedReport(), "hostile": hostileReport(),
		"projects": projectsReport(), "hostile-projects": hostileProjectsReport()}
}

func planText(t *testing.T, p *plan.Plan, opts render.TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.PlanText(&b, p, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func reportText(t *testing.T, r *apply.Report, opts render.TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.ReportText(&b, r, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// looks are the ways in which text is shown, by the name of their golden files.
func looks() map[string]render.TextOptions {
	looks := map[string]render.TextOptions{
		"pipe":       {},
		"pipe-quiet": {Quiet: true},
		"80-colour":  {Width: 80, Color: true},
		"80-verbose": {Width: 80, Verbose: true, Flags: "-f roster.yaml"},
		"80-saved":   {Width: 80, PlanFile: "p.json"},
	}
	for _, width := range []int{60, 80, 120, 200} {
		looks[fmt.Sprint(width)] = render.TextOptions{Width: width}
	}
	return looks
}

// shownAs says which looks of a fixture have a golden file: every one of the two that have everything in them, the two most
// common ones of the others, and where drift is folded also the one in which it is not.
func shownAs(name, look string) bool {
	return name == "month" || name == "partial" || look == "80" || look == "pipe" || name == "reviewed" && look == "80-verbose"
}

func differenceText(t *testing.T, before, after *plan.Plan, opts render.TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.DifferenceText(&b, plan.Compare(before, after), "approved.json", "now.json", opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDifferenceText_golden(t *testing.T) {
	for name, pair := range map[string][2]*plan.Plan{
		"none": {month(), month()}, "all": {month(), changedAll(month())}, "more": {empty(), month()}, "refused": {month(), refused()},
	} {
		for look, opts := range looks() {
			if look == "80" || look == "pipe" {
				golden(t, "difference-"+name+"."+look+".txt", []byte(differenceText(t, pair[0], pair[1], opts)))
			}
		}
	}
}

// A plan that was saved says what it was made by and of, and an undo what it takes back.
func TestPlanText_goldenOfOtherCommands(t *testing.T) {
	sealed, err := month().Seal()
	if err != nil {
		t.Fatal(err)
	}
	sealed.Digest = "0123456789abcdef" // the real one is of everything: a golden file would change with each fixture
	golden(t, "show-month.80.txt", []byte(planText(t, sealed, render.TextOptions{Width: 80, Command: render.ShowCommand, PlanFile: "p.json"})))
	golden(t, "undo.80.txt", []byte(planText(t, undone(), render.TextOptions{Width: 80, Command: render.UndoCommand, ReportFile: "report.json"})))
}

func TestPlanText_golden(t *testing.T) {
	for name, p := range plans() {
		for look, opts := range looks() {
			if shownAs(name, look) {
				golden(t, "plan-"+name+"."+look+".txt", []byte(planText(t, p, opts)))
			}
		}
	}
}

func TestReportText_golden(t *testing.T) {
	for name, r := range reports() {
		for look, opts := range looks() {
			if shownAs(name, look) {
				golden(t, "report-"+name+"."+look+".txt", []byte(reportText(t, r, opts)))
			}
		}
	}
}
