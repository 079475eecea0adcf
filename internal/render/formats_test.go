package render_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// pageFormats are the formats that look the same at every width and verbosity, with the ending of their golden files.
func pageFormats() map[render.Format]string {
	return map[render.Format]string{
		render.FormatMarkdown: "md", render.FormatGitHub: "github", render.FormatCSV: "csv", render.FormatJSONL: "jsonl",
	}
}

func planAs(t *testing.T, format render.Format, p *plan.Plan, opts render.TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.Plan(&b, format, p, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func reportAs(t *testing.T, format render.Format, r *apply.Report, opts render.TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := render.Report(&b, format, r, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFormats_golden(t *testing.T) {
	opts := render.TextOptions{PlanFile: "p.json", WholeFile: "p.json", Command: render.PlanCommand}
	for format, ending := range pageFormats() {
		for name, p := range plans() {
			golden(t, "plan-"+name+"."+ending, []byte(planAs(t, format, p, opts)))
		}
		for name, r := range reports() {
			golden(t, "report-"+name+"."+ending, []byte(reportAs(t, format, r, render.TextOptions{WholeFile: "report.json"})))
		}
	}
	for _, format := range []render.Format{render.FormatMarkdown, render.FormatGitHub} {
		golden(t, "plan-crowded."+pageFormats()[format], []byte(planAs(t, format, crowded(), render.TextOptions{})))
	}
}

// crowded is a plan of 5,000 changes, some of every class.
func crowded() *plan.Plan {
	p := large(5000)
	actions := p.Batches[0].Actions
	for i := range actions {
		a := &actions[i]
		switch {
		case i%250 == 3:
			a.Fields = []plan.FieldChange{changes(plan.FieldAdmin, plan.Flag(false), plan.Flag(true))}
		case i%50 == 7:
			a.Kind, a.Cause = plan.DeactivateUser, plan.CauseLeaver
			a.Fields = []plan.FieldChange{changes(plan.FieldActive, plan.Flag(true), plan.Flag(false))}
		case i%700 == 9:
			a.Kind, a.Subject, a.Fields = plan.UpdateGroup, fmt.Sprintf("group %d", i), nil
			a.Members = &plan.MemberChange{Remove: members("gone", 90), Add: members("new", 30), Keep: 7}
		case i%90 == 11:
			a.Kind, a.Fields = plan.CreateUser, a.Fields[1:]
		}
	}
	p.Cost.Seconds = 3400
	p.Summary.ByKind, p.Summary.Actions = nil, 0
	return counted(p)
}

// Every output is for one who must not take a simulator for something real.
func TestFormats_nameTheSimulator(t *testing.T) {
	words := map[render.Format]string{render.FormatJSON: `"simulator": true`, render.FormatJSONL: `"simulator":true`}
	for _, name := range render.Formats() {
		format := render.Format(name)
		word, ok := words[format]
		if !ok {
			word = "SIMULATOR"
		}
		for _, p := range []*plan.Plan{manualOnly(), simulated(empty()), simulated(refused())} {
			for _, opts := range []render.TextOptions{{}, {Quiet: true}} {
				if text := planAs(t, format, p, opts); !bytes.Contains([]byte(text), []byte(word)) {
					t.Errorf("%s of a plan (%+v) does not say %s:\n%s", format, opts, word, text)
				}
			}
		}
		for _, r := range []*apply.Report{report(simulated(month()), apply.Converged, 0, nil), report(simulated(empty()), apply.Converged, 0, nil)} {
			if text := reportAs(t, format, r, render.TextOptions{Quiet: true}); !bytes.Contains([]byte(text), []byte(word)) {
				t.Errorf("%s of a report does not say %s:\n%s", format, word, text)
			}
		}
	}
}

func simulated(p *plan.Plan) *plan.Plan {
	p.Target = plan.Target{Kind: "testrail", URL: "http://127.0.0.1:8080", Simulator: true}
	return p
}

func TestFormats_hostileNamesAreHarmless(t *testing.T) {
	for _, name := range render.Formats() {
		format := render.Format(name)
		for what, text := range map[string]string{
			"plan":   planAs(t, format, hostile(), render.TextOptions{}),
			"report": reportAs(t, format, hostileReport(), render.TextOptions{}),
		} {
			if r, bad := harmful(text); bad {
				t.Errorf("%s of a %s holds %U", format, what, r)
			}
			if format != render.FormatGitHub {
				noOrders(t, string(format)+" of a "+what, text)
			}
		}
	}
}

// noOrders fails if a line would be an order to the CI system whose log it stands in.
func noOrders(t *testing.T, name, text string) {
	t.Helper()
	for line := range bytes.Lines([]byte(text)) {
		if bytes.HasPrefix(bytes.TrimLeft(line, " "), []byte("::")) || bytes.Contains(line, []byte("##[")) || bytes.Contains(line, []byte("##vso")) {
			t.Errorf("%s gives an order: %s", name, line)
		}
	}
}

func TestFormats_sameBytesTwice(t *testing.T) {
	for format := range pageFormats() {
		if a, b := planAs(t, format, month(), render.TextOptions{}), planAs(t, format, month(), render.TextOptions{Verbose: true, Width: 80, Color: true}); a != b {
			t.Errorf("%s depends on how it is looked at", format)
		}
		if a, b := reportAs(t, format, partial(), render.TextOptions{}), reportAs(t, format, partial(), render.TextOptions{Quiet: true}); a != b {
			t.Errorf("%s of a report depends on how it is looked at", format)
		}
	}
}

func TestFormatOf(t *testing.T) {
	for _, row := range []struct {
		path string
		want render.Format
		ok   bool
	}{
		{"p.MD", render.FormatMarkdown, true}, {"a/p.csv", render.FormatCSV, true}, {"p.jsonl", render.FormatJSONL, true}, {"p.json", render.FormatJSON, true},
		{"annotations", "", false}, {"p.", "", false}, {"p.github", "", false},
	} {
		if got, ok := render.FormatOf(row.path); got != row.want || ok != row.ok {
			t.Errorf("%s: %q, %v", row.path, got, ok)
		}
	}
	if slices.Contains(render.Endings(), "") {
		t.Error("a format without files has an ending")
	}
}

// With an earlier roster to tell by, every format says what the change did not make, and points at the line that is gone.
func TestFormats_sayWhatIsDriftAndWhereALineWas(t *testing.T) {
	for format, want := range map[render.Format][]string{
		render.FormatText: {"3 by this change · 7 drift · 1 by a date that has passed\n", "gone@acme.example (unlisted)  was teams/web.yaml:40:5\n",
			"−left@acme.example (was teams/web.yaml:41:9) (3 stay)", "Drift for a second look (2)", "granted@acme.example", "left.long.ago@acme.example"},
		render.FormatMarkdown: {"\n3 by this change · 7 drift · 1 by a date that has passed\n", "| `gone@acme.example` (unlisted) |  | was `teams/web.yaml:40:5` |",
			"−`left@acme.example` (was `teams/web.yaml:41:9`) (3 stay)", "### Drift for a second look (2)", "`granted@acme.example`", "`left.long.ago@acme.example`",
			"### Other drift (5)", "<details><summary>show all 5: update user 4, update group 1</summary>", "`edited.0@acme.example`", "\n\n</details>\n"},
		render.FormatGitHub: {"::warning file=teams/web.yaml,line=40,col=5,title=rollcall%3A deactivate user::gone@acme.example (unlisted); was here\n",
			"::warning file=teams/web.yaml,line=41,col=9,title=rollcall%3A update group::qa: members: −left@acme.example (was teams/web.yaml:41:9) (3 stay)\n",
			"::warning file=users.yaml,line=18,col=5,title=rollcall%3A update user::granted@acme.example: this change does not make it (drift); admin: false → true\n",
			"::notice title=rollcall%3A other drift::this change does not make these: update user 4, update group 1\n"},
		render.FormatCSV:   {",this_change,teams/web.yaml:40:5\n", ",drift,\n", ",expiry,\n"},
		render.FormatJSONL: {`"origin":"this_change"`, `"was":{"file":"teams/web.yaml","line":40,"column":5}`, `"origin":"drift"`},
	} {
		t.Run(string(format), func(t *testing.T) {
			text := planAs(t, format, reviewed(), render.TextOptions{})
			rest := text
			for _, words := range want {
				_, behind, found := strings.Cut(rest, words)
				if !found && format == render.FormatCSV || format == render.FormatJSONL {
					found, behind = strings.Contains(text, words), rest // actions are in the order of the plan
				}
				if !found {
					t.Fatalf("%q is missing, or too early, in\n%s", words, text)
				}
				rest = behind
			}
		})
	}
}

// Drift that nobody asked about is folded, and none of it is lost: what takes access away or grants administrator rights is
// shown by name, the rest is counted, and -v and files have all of it.
func TestPlanText_foldsDrift(t *testing.T) {
	short, long := planText(t, reviewed(), render.TextOptions{Width: 80}), planText(t, reviewed(), render.TextOptions{Width: 80, Verbose: true})
	order(t, short, "New people (1)", "Drift for a second look (2)", "this change does not make these", "granted@acme.example", "left.long.ago@acme.example",
		"Other drift (5)\n  update user 4 · update group 1 (-v shows all)\n")
	if strings.Contains(short, "edited.0") {
		t.Error("drift is not folded")
	}
	order(t, long, "Other drift (5)", "edited.0@acme.example", "edited.3@acme.example", "new.002@acme.example")
	if strings.Contains(long, "-v shows") {
		t.Errorf("-v does not show all:\n%s", long)
	}
	order(t, planText(t, pending(), render.TextOptions{Width: 80}), "0 by this change · 3 drift\n", "No changes by this change: all of it is drift.\n",
		"Drift (3)\n  this change does not make these", "update user 3 (-v shows all)")
}

func TestMarkdown_saysThatAChangeMakesNothing(t *testing.T) {
	text := planAs(t, render.FormatMarkdown, pending(), render.TextOptions{})
	order(t, text, "0 by this change · 3 drift\n", "**No changes by this change: all of it is drift.**\n", "### Drift (3)\n\nThis change does not make these", "<details>")
	checkMarkup(t, "pending", text)
	order(t, planHTML(t, pending()), "No changes by this change: all of it is drift. 3 changes.", `id="drift-title"`, driftFold)
}

const driftFold = "<details><summary>show all 3</summary>"

// Whoever was taken out of the roster and keeps access stands before every change, with what to do about it; with --strict
// before everything that refuses as well.
func TestFormats_whoKeepsAccessComesFirst(t *testing.T) {
	const hint = "name the address under "
	for _, row := range []struct {
		name   string
		format render.Format
		plan   *plan.Plan
		want   []string
	}{
		{"text", render.FormatText, reviewed(), []string{"\nWarnings (2)\n", "! kept_access ana@acme.example was taken out", "! kept_access bo@acme.example", "hint: " + hint + "`leavers`", "\nDeactivations (2)"}},
		{"markdown", render.FormatMarkdown, reviewed(), []string{"\n### Warnings (2)\n\n- `kept_access`: `ana@acme.example` was taken out", "`bo@acme.example`", "Hint: " + hint + "`leavers`, or keep the entry with `active: false`\n", "\n### Deactivations"}},
		{"html", render.FormatHTML, reviewed(), []string{`<h2 id="warnings-title">Warnings`, "ana@acme.example was taken out", "users.yaml:70:5", "bo@acme.example", hint, `id="deactivations-title"`}},
		{"github", render.FormatGitHub, reviewed(), []string{"::warning file=users.yaml,line=70,col=5,title=rollcall%3A kept_access::ana@acme.example was taken out", "(hint: " + hint, "::warning file=users.yaml,line=74", "::warning file=users.yaml,line=12"}},
		{"text, strictly", render.FormatText, strictly(reviewed()), []string{"\nRefused, nothing is written (3)\n", "! kept_access ana@", "! kept_access bo@", "hint: " + hint, "! domains", "\nDeactivations"}},
		{"markdown, strictly", render.FormatMarkdown, strictly(reviewed()), []string{"\n### Refused, nothing is written (3)\n", "`kept_access`: `ana@", "`kept_access`: `bo@", "Hint: " + hint, "`domains`"}},
		{"html, strictly", render.FormatHTML, strictly(reviewed()), []string{`<h2 id="refused-title">`, "ana@acme.example was taken out", hint, "<code>domains</code>", `id="deactivations-title"`}},
		{"github, strictly", render.FormatGitHub, strictly(reviewed()), []string{"::error file=users.yaml,line=70,col=5,title=rollcall%3A refused by kept_access::ana@", "::error file=users.yaml,line=74", "::error title=rollcall%3A refused by domains"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := planAs(t, row.format, row.plan, render.TextOptions{})
			order(t, text, row.want...)
			if n := strings.Count(text, hint); row.format != render.FormatGitHub && n != 1 {
				t.Errorf("one hint for both is there %d times", n)
			}
		})
	}
	if text := planText(t, reviewed(), render.TextOptions{Verbose: true}); strings.Count(text, "kept_access") != 2 {
		t.Errorf("a warning is repeated among the guards:\n%s", text)
	}
}

// The formats that hold everything hold each of 5,000 changes; the others leave some out, and a comment still fits.
func TestFormats_holdFiveThousandChanges(t *testing.T) {
	p, run := crowded(), report(large(300), apply.Converged, 0, nil)
	var subjects, done []string
	for _, a := range p.Actions() {
		subjects = append(subjects, a.Subject)
	}
	for _, o := range run.Outcomes {
		done = append(done, o.Subject)
	}
	if len(subjects) != 5000 {
		t.Fatalf("%d changes", len(subjects))
	}
	for _, name := range render.Formats() {
		format := render.Format(name)
		text := planAs(t, format, p, render.TextOptions{Verbose: true})
		if missing := lacking(text, subjects); render.HoldsEverything(format) != (missing == 0) {
			t.Errorf("%s of a plan misses %d of %d changes", format, missing, len(subjects))
		}
		if format == render.FormatMarkdown && len(text) > githubLimit {
			t.Errorf("a comment has %d bytes", len(text))
		}
		missing := lacking(reportAs(t, format, run, render.TextOptions{Verbose: true}), done)
		if render.HoldsEverything(format) && missing > 0 {
			t.Errorf("%s of a report misses %d of %d changes", format, missing, len(done))
		}
	}
}

// lacking returns how many of the subjects a text does not name.
func lacking(text string, subjects []string) int {
	people := peopleIn(text)
	missing := 0
	for _, subject := range subjects {
		if !people[subject] && (strings.HasPrefix(subject, "person.") || !strings.Contains(text, subject)) {
			missing++
		}
	}
	return missing
}

// peopleIn returns the addresses of large that a text has.
func peopleIn(text string) map[string]bool {
	const first, one = "person.", "person.00000@acme.example"
	found := make(map[string]bool)
	for {
		at := strings.Index(text, first)
		if at < 0 {
			return found
		}
		text = text[at:]
		found[text[:min(len(one), len(text))]] = true
		text = text[len(first):]
	}
}
