package render_test

import (
	"bytes"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

func planHTML(t *testing.T, p *plan.Plan) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.PlanHTML(&b, p, render.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func reportHTML(t *testing.T, r *apply.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.ReportHTML(&b, r, render.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// htmlPages returns the page of every fixture, by the name of its golden file.
func htmlPages(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{"undo": planHTML(t, undone("too many"))}
	for name, p := range plans() {
		pages["plan-"+name] = planHTML(t, p)
	}
	for name, r := range reports() {
		pages["report-"+name] = reportHTML(t, r)
	}
	return pages
}

// The style sheet has tests of its own, and a digest is of everything: with them each golden file would change too often.
var (
	styleSheet = regexp.MustCompile(`(?s)<style>.*</style>`)
	planDigest = regexp.MustCompile(`(Plan(?:</bdi></th><td>|</dt><dd>)<code>)[0-9a-f]{12,64}`)
)

func TestHTML_golden(t *testing.T) {
	for name, page := range htmlPages(t) {
		page = styleSheet.ReplaceAllString(page, "<style></style>")
		page = planDigest.ReplaceAllString(page, "${1}0123456789ab")
		golden(t, name+".html", []byte(page))
	}
}

func TestHTML_isTheSameForTheSamePlan(t *testing.T) {
	if diff := cmp.Diff(htmlPages(t), htmlPages(t)); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
}

func TestPlanHTML_showsTheDangerousFirst(t *testing.T) {
	p := month()
	p.Guards = append(p.Guards, refused().Guards...)
	order(t, planHTML(t, p), "Refused by 2 guards", "Seats", `<h2 id="refused-title">Refused`, "max_deactivations", "users.yaml:7:3",
		"<pre>- {guard: max_deactivations, count: 559, reason: &#34;say why&#34;, until: 2026-12-06}\n- {guard: max_deactivations, count: 3,",
		"Admin grants", "ines.ortega", "Address changes of administrators", "dana.kim@acme.example", "Deactivations", "ben.ode", "Removals", "max@acme.example",
		"Other changes", "ana&#43;qa", "noa.levi", "Manual steps", "where: ", "Guards", "Notes", "About this plan", "Cost", "Next:")
}

func TestReportHTML_saysWhoWhenAndForWhichCommitThenWhatWentWrong(t *testing.T) {
	order(t, reportHTML(t, partial()), "Not converged: 11 done", "Account", "admin@acme.example", "Started", "2026-11-22 17:04:00 UTC", "Commit", "1f0c2ab", "20261122T170400Z-4f2a",
		`<h2 id="failed-title">`, "error: <bdi>user ana&#43;qa@acme.example: create", "took 1.0 s, HTTP 400", `<h2 id="blocked-title">`, "because: ", `<h2 id="not-run-title">`,
		"Still different: ours", "Still different: changed by others", "Done: Admin grants", "remark: <bdi>kept late.joiner", "About this run",
		"Label by", "Label pipeline", "Finished", "not converged, exit code 5", "22 reads, 14 writes", "1 retry", "12.4 s")
}

func TestPlanHTML_groupsChangesByFile(t *testing.T) {
	p := base(9)
	var actions []plan.Action
	for _, file := range []string{"teams/web.yaml", "", "teams/api.yaml", "users.yaml", "teams/web.yaml"} {
		a := plan.Action{ID: file, Kind: plan.UpdateUser, Subject: "of." + file, Cause: plan.CauseDeclared}
		if file != "" {
			a.Source = at(file, 3, 5)
		}
		actions = append(actions, a)
	}
	p.Batches = []plan.Batch{{Stage: plan.StageUpdateUsers, Actions: actions}}
	var headings []string
	for _, h := range regexp.MustCompile(`<h3><code>.*?</h3>`).FindAllString(planHTML(t, counted(p)), -1) {
		headings = append(headings, regexp.MustCompile(`<[^>]*>`).ReplaceAllString(h, ""))
	}
	// What has no line stands with the root file, whichever comes first in the plan.
	if diff := cmp.Diff([]string{"users.yaml root file (2)", "teams/api.yaml (1)", "teams/web.yaml (2)"}, headings); diff != "" {
		t.Errorf("headings (-want +got):\n%s", diff)
	}
}

func TestPlanHTML_foldsDriftThatTheChangeDoesNotMake(t *testing.T) {
	page := planHTML(t, reviewed())
	order(t, page, "3 by this change, 7 drift, 1 by a date that has passed",
		`id="deactivations-title"`, "ended@acme.example", `<span class="tag">expired</span></p>`, "teams/web.yaml", "gone@acme.example", `<span class="tag">this change</span>`, "was at <code>teams/web.yaml:40:5</code>",
		`id="removals-title"`, "left@acme.example</bdi> <span class=\"source\">was at <code>teams/web.yaml:41:9",
		"Other changes", "joins@acme.example", `<h2 id="drift-for-a-second-look-title">Drift for a second look <span class="count">(2)`, "This change does not make these", "granted@acme.example", "left.long.ago@acme.example",
		`<h2 id="other-drift-title">Other drift <span class="count">(5)`, "<details><summary>show all 5", "edited.0@acme.example", "edited.3@acme.example")
	if strings.Contains(page, "Admin grants") {
		t.Error("a grant that the change does not make is shown as one of its own")
	}
}

func TestPlanHTML_neverFoldsWhoLosesAccess(t *testing.T) {
	p := base(100)
	p.Batches = []plan.Batch{{Actions: []plan.Action{{ID: "g", Kind: plan.UpdateGroup, Subject: "qa", Cause: plan.CauseDeclared,
		Members: &plan.MemberChange{Add: members("new", 40), Remove: members("gone", 40), Keep: 2}}}}}
	order(t, planHTML(t, counted(p)), `<details open=""><summary>40 members removed`, "gone.040", "<details><summary>40 members added", "new.040", "2 members stay")
}

func TestPlanHTML_showsSeats(t *testing.T) {
	for _, row := range []struct {
		name    string
		summary plan.Summary
		want    []string
		not     string
	}{
		{"without a limit there is nothing to compare with", plan.Summary{SeatsBefore: 4, SeatsAfter: 5}, []string{"4 → 5"}, "<svg"},
		{"below the limit", plan.Summary{SeatsBefore: 50, SeatsAfter: 75, SeatLimit: 100},
			[]string{`class="taken" width="50.00%"`, "<strong>50</strong>", `class="taken" width="75.00%"`, "<strong>75</strong>", `<p class="calm">25 free of the limit of 100</p>`}, `class="reserve"`},
		{"a reserve that is left alone", plan.Summary{SeatsBefore: 50, SeatsAfter: 75, SeatLimit: 100, SeatReserve: 10},
			[]string{`class="reserve" x1="90.00%" x2="90.00%"`, `<p class="calm">25 free of the limit of 100, 10 kept in reserve (from the dashed line)</p>`}, ""},
		{"into the reserve", plan.Summary{SeatsBefore: 80, SeatsAfter: 95, SeatLimit: 100, SeatReserve: 10},
			[]string{`class="reserve" x1="90.00%" x2="90.00%"`, `<p class="warn">5 free of the limit of 100, 10 kept in reserve (from the dashed line)</p>`}, ""},
		{"over the limit the bar is the scale", plan.Summary{SeatsBefore: 120, SeatsAfter: 200, SeatLimit: 100},
			[]string{`width="60.00%"`, `x1="50.00%"`, `width="100.00%"`, `<p class="bad">100 more than the limit of 100</p>`}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := empty()
			p.Summary = row.summary
			page := planHTML(t, p)
			order(t, page, row.want...)
			if row.not != "" && strings.Contains(page, row.not) {
				t.Errorf("page has %s", row.not)
			}
		})
	}
}

func TestHTML_simulatorIsNamedFirst(t *testing.T) {
	for name, page := range map[string]string{"plan": planHTML(t, manualOnly()), "report": reportHTML(t, report(manualOnly(), apply.Converged, 0, nil))} {
		order(t, page, "<title>SIMULATOR", "<body>\n"+`<p class="simulator"><strong>SIMULATOR`, "<h1>")
		if t.Failed() {
			t.Log(name)
		}
	}
	if page := planHTML(t, month()); strings.Contains(page, "SIMULATOR") {
		t.Error("a real target is called a simulator")
	}
}

func TestHTML_saysWhatToTypeNext(t *testing.T) {
	var b bytes.Buffer
	if err := render.PlanHTML(&b, month(), render.TextOptions{PlanFile: "p.json", Flags: "-f 'a <b>.yaml'"}); err != nil {
		t.Fatal(err)
	}
	order(t, b.String(), "Next:", "<code>rollcall apply p.json -f &#39;a &lt;b&gt;.yaml&#39;</code>")
}

func TestHTML_returnsTheErrorOfTheWriter(t *testing.T) {
	w := brokenWriter{io.ErrShortWrite}
	if err := render.PlanHTML(w, month(), render.TextOptions{}); err != w.err {
		t.Errorf("plan: %v", err)
	}
	if err := render.ReportHTML(w, partial(), render.TextOptions{}); err != w.err {
		t.Errorf("report: %v", err)
	}
}

// A page of 5,000 changes has to travel as an artefact and to open in a browser: it has at most 4 MiB. A fifth of them tells.
func TestHTML_ofManyChangesStaysSmall(t *testing.T) {
	const changes, most = 1000, 4 << 20 / 5
	if n := len(planHTML(t, large(changes))); n > most {
		t.Errorf("plan: %d bytes, more than %d", n, most)
	}
	if n := len(reportHTML(t, report(large(changes), apply.Converged, 0, nil))); n > most {
		t.Errorf("report: %d bytes, more than %d", n, most)
	}
}

func BenchmarkPlanHTML5000(b *testing.B) {
	p := large(5000)
	b.ReportAllocs()
	for b.Loop() {
		if err := render.PlanHTML(io.Discard, p, render.TextOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func sortedNames(pages map[string]string) []string { return slices.Sorted(maps.Keys(pages)) }
