package render_test

import (
	"bytes"
	"fmt"
	"slices"
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
	p := base(3)
	p.Batches = []plan.Batch{{Stage: "deactivate", Actions: []plan.Action{
		{ID: "a", Kind: plan.DeactivateUser, Subject: "ana@acme.example", Cause: plan.CauseUnlisted, Origin: plan.OriginChange, Was: at("users.yaml", 33, 5)},
		{ID: "b", Kind: plan.DeactivateUser, Subject: "bo@acme.example", Cause: plan.CauseLeaver, Origin: plan.OriginDrift, Source: at("leavers.txt", 3, 1)},
	}}}
	counted(p)
	for format, want := range map[render.Format][]string{
		render.FormatMarkdown: {"| `ana@acme.example` (unlisted) |  | was `users.yaml:33:5` |", "| `bo@acme.example` (leaver) (drift) |  | `leavers.txt:3:1` |"},
		render.FormatGitHub: {"::warning file=users.yaml,line=33,col=5,title=rollcall%3A deactivate user::ana@acme.example (unlisted); was here\n",
			"line=3,col=1,title=rollcall%3A deactivate user::bo@acme.example (leaver) (drift)\n"},
		render.FormatCSV:   {",this_change,users.yaml:33:5\n", ",leavers.txt,3,1,b,,,,,,drift,\n"},
		render.FormatJSONL: {`"origin":"this_change","was":{"file":"users.yaml","line":33,"column":5}}`, `"origin":"drift"`},
	} {
		text := planAs(t, format, p, render.TextOptions{})
		for _, words := range want {
			if !bytes.Contains([]byte(text), []byte(words)) {
				t.Errorf("%s does not say %s:\n%s", format, words, text)
			}
		}
	}
}
