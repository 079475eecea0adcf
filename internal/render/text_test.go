package render_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// harmful returns the first character that a terminal would act on or hide, if any. Line breaks are our own.
func harmful(text string) (rune, bool) {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return r, true
			}
		}
		if r != '\n' && (!unicode.IsGraphic(r) || unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)) {
			return r, true
		}
	}
	return 0, false
}

func TestText_hostileNamesAreHarmless(t *testing.T) {
	check := func(name, text string) {
		t.Helper()
		if r, bad := harmful(text); bad {
			t.Errorf("%s holds %U", name, r)
		}
	}
	for look, opts := range looks() {
		if opts.Color {
			continue
		}
		check("plan "+look, planText(t, hostile(), opts))
		check("report "+look, reportText(t, hostileReport(), opts))
		check("difference "+look, differenceText(t, counted(base(3)), hostile(), opts))
		check("changes "+look, differenceText(t, hostile(), changedAll(hostile()), opts))
	}
	check("plan json", string(planJSON(t, hostile())))
	check("report json", string(reportJSON(t, hostileReport())))

	var b bytes.Buffer
	var rows [][]string
	var problems []directory.Problem
	var findings []render.Finding
	for _, text := range hostileTexts() {
		rows = append(rows, []string{text, "x"})
		problems = append(problems, directory.Problem{Pos: directory.Pos{File: text, Line: 1, Column: 3}, Text: text, Hint: text})
		findings = append(findings, render.Finding{Text: text, Hint: text})
	}
	for _, width := range []int{0, 60} {
		if err := errors.Join(
			render.Findings(&b, findings, render.TextOptions{Width: width}),
			render.CSV(&b, []string{"a", "b"}, rows),
			render.Problems(&b, problems, render.ProblemOptions{Width: width, Source: func(file string) (string, bool) { return file, true }}),
		); err != nil {
			t.Fatal(err)
		}
	}
	if err := render.Table(&b, []string{"a", "b"}, rows, render.TextOptions{Width: 60}); err != nil {
		t.Fatal(err)
	}
	check("the rest", b.String())
}

func TestText_hostileLinesNeverStartALineOfTheirOwn(t *testing.T) {
	p := base(1)
	forged := "x\nNo changes.\n2,003 people"
	p.Batches = []plan.Batch{{Actions: []plan.Action{{ID: "a", Kind: plan.DeactivateUser, Subject: forged, Cause: plan.CauseUnlisted, Detail: forged}}}}
	for line := range strings.Lines(planText(t, counted(p), render.TextOptions{})) {
		if strings.HasPrefix(line, "No changes.") {
			t.Errorf("forged line %q", line)
		}
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

func TestText_colourCarriesNoMeaningOfItsOwn(t *testing.T) {
	for name, p := range plans() {
		coloured := planText(t, p, render.TextOptions{Width: 80, Color: true})
		if !escapes.MatchString(coloured) {
			t.Errorf("%s has no colour", name)
		}
		if diff := cmp.Diff(planText(t, p, render.TextOptions{Width: 80}), escapes.ReplaceAllString(coloured, "")); diff != "" {
			t.Errorf("%s (-plain +colour without its colour):\n%s", name, diff)
		}
	}
}

// order fails unless each text comes after the one before.
func order(t *testing.T, out string, texts ...string) {
	t.Helper()
	at := 0
	for _, text := range texts {
		i := strings.Index(out[at:], text)
		if i < 0 {
			t.Fatalf("%q is missing, or too early, in\n%s", text, out)
		}
		at += i + len(text)
	}
}

func TestPlanText_showsTheDangerousFirst(t *testing.T) {
	p := month()
	p.Guards = append(p.Guards, refused().Guards...)
	head := "2,003 people · +4 −4 ~6 · admins 6→7 · seats 410→411 of 420 · 14 writes, about 35 s\n"
	out := planText(t, p, render.TextOptions{})
	order(t, out, "Refused", "max_deactivations", "users.yaml:7:3", `- {guard: max_deactivations, count: 559, reason: "say why", until: 2026-12-06}`,
		"Admin grants", "ines.ortega", "Address changes", "dana.kim@acme.example → dana.kim-reyes@acme.example",
		"Deactivations", "Removals", "admin: true → false", "delete group", "New people", "Changes of people", "New groups", "Changes of groups",
		"Manual steps", "where: ", "Guards", "Notes", "and 2 more", "cost: ", "next: ")
	if !strings.HasPrefix(out, head) || !strings.HasSuffix(out, head) {
		t.Errorf("the head and last line are not\n%sbut\n%s", head, out)
	}
}

func TestPlanText_namesTheNextCommand(t *testing.T) {
	for _, row := range []struct {
		name string
		plan *plan.Plan
		opts render.TextOptions
		want string
	}{
		{"a plan is applied", month(), render.TextOptions{Command: render.PlanCommand}, "next: rollcall apply\n"},
		{"flags are repeated", month(), render.TextOptions{Flags: "-f 'my roster.yaml'"}, "next: rollcall apply -f 'my roster.yaml'\n"},
		{"a saved plan is applied by its name", month(), render.TextOptions{PlanFile: "p.json"}, "next: rollcall apply p.json\n"},
		{"apply asks by itself", month(), render.TextOptions{Command: render.ApplyCommand}, ""},
		{"a refused plan is mended first", refused(), render.TextOptions{Command: render.ApplyCommand}, "then rollcall plan\n"},
		{"nothing is left to type", empty(), render.TextOptions{}, ""},
		{"a person has to do the manual steps", manualOnly(), render.TextOptions{}, "next: do the manual steps, then rollcall plan\n"},
		{"an undo is applied with its report", undone(), render.TextOptions{Command: render.UndoCommand, ReportFile: "r.json"}, "next: rollcall apply --undo r.json\n"},
		{"a saved undo is applied", undone(), render.TextOptions{Command: render.UndoCommand, ReportFile: "r.json", PlanFile: "u.json"}, "next: rollcall apply u.json --undo r.json\n"},
		{"a refused undo needs an entry", undone("refused"), render.TextOptions{Command: render.UndoCommand, ReportFile: "r.json"}, "next: add the reviewed entry to the roster, then rollcall undo r.json\n"},
		{"a plan that is shown is applied", month(), render.TextOptions{Command: render.ShowCommand, PlanFile: "p.json"}, "next: rollcall apply p.json\n"},
		{"drift may be what somebody means", month(), render.TextOptions{Command: render.DriftCommand, Flags: "-f a.yaml"}, "next: take over into the roster what is meant, then rollcall plan -f a.yaml\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			out := planText(t, row.plan, row.opts)
			if !strings.Contains(out, row.want) || row.want == "" && strings.Contains(out, "next:") {
				t.Errorf("want %q in\n%s", row.want, out)
			}
		})
	}
}

// A note's subject is left out only where its text has it, not where the text has a longer name.
func TestPlanText_namesTheSubjectOfANote(t *testing.T) {
	p := empty()
	p.Notes = []plan.Note{
		{Code: "a", Subject: "mobile", Text: "its name was mobile-qa"}, {Code: "b", Subject: "ana@acme.example", Text: "diana@acme.example left"},
		{Code: "c", Subject: "qa", Text: `stays in group "qa", for mobile-qa`},
	}
	out := planText(t, p, render.TextOptions{})
	order(t, out, "mobile: its name was mobile-qa", "ana@acme.example: diana@acme.example left")
	if strings.Contains(out, "qa: stays") {
		t.Errorf("said twice:\n%s", out)
	}
}

func TestText_simulatorIsNamedInEveryOutput(t *testing.T) {
	r := report(manualOnly(), "converged", 0, nil)
	for look, opts := range looks() {
		for _, out := range []string{planText(t, manualOnly(), opts), reportText(t, r, opts), differenceText(t, manualOnly(), manualOnly(), opts)} {
			if !strings.Contains(out, "SIMULATOR") {
				t.Errorf("%s does not say so:\n%s", look, out)
			}
		}
	}
}

func TestReportText_failuresComeBeforeWhatWasDone(t *testing.T) {
	order(t, reportText(t, partial(), render.TextOptions{}), "Not converged: 11 done, 1 failed, 1 blocked, 1 not run, 2 differences left.",
		"Failed (1)", "error: user ana+qa@acme.example: create", "Blocked (1)", "because: ", "Not run (1)", "because: the run ended",
		"Still different: ours (1)", "Still different: changed by others (1)", "Done (11)", "remark: kept late.joiner", "next: ", "not converged\n")
}

// A run that is kept in a file that undo takes says so, and only then.
func TestReportText_saysHowToTakeItBack(t *testing.T) {
	const line = "to take it back: rollcall undo r.json -f a.yaml\n"
	kept := render.TextOptions{RunReport: "r.json", Roster: "-f a.yaml", Flags: "-f a.yaml --only user:x"}
	undo, nothing := report(month(), "converged", 0, nil), report(empty(), "converged", 0, nil)
	undo.Run.Undoes = "run-1"
	quiet := kept
	quiet.Quiet = true
	for _, row := range []struct {
		name   string
		report *apply.Report
		opts   render.TextOptions
		want   bool
	}{
		{"what was done can be taken back", report(month(), "converged", 0, nil), kept, true},
		{"also if not all was done", partial(), kept, true},
		{"not without a report", partial(), render.TextOptions{Roster: "-f a.yaml"}, false},
		{"nothing was done", nothing, kept, false},
		{"an undo is not undone", undo, kept, false},
		{"-q wants the last line", partial(), quiet, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if out := reportText(t, row.report, row.opts); strings.Contains(out, line) != row.want {
				t.Errorf("%q: want %v, in\n%s", line, row.want, out)
			}
		})
	}
}

func TestReportText_listsAllDoneActionsOnRequest(t *testing.T) {
	r := report(large(50), "converged", 0, nil)
	short, long := reportText(t, r, render.TextOptions{}), reportText(t, r, render.TextOptions{Verbose: true})
	order(t, short, "Done (50)", "person.00019", "and 30 more (-v shows all)")
	order(t, long, "Done (50)", "person.00049")
}

func TestTable(t *testing.T) {
	header := []string{"id", "name", "address"}
	rows := [][]string{{"7", "佐藤　花子", "hanako@acme.example"}, {"1234", "José\u0301 O", ""}, {"8", "tab\there", strings.Repeat("x", 60) + "@acme.example"}}
	for _, row := range []struct {
		name string
		opts render.TextOptions
		want string
	}{
		{"aligned and cut to fit a terminal", render.TextOptions{Width: 60}, "" +
			"id    name          address\n" +
			"7     佐藤　花子    hanako@acme.example\n" +
			"1234  José\u0301 O\n" +
			"8     tab\\u{9}here  " + strings.Repeat("x", 39) + "…\n"},
		{"complete and separated by tabs in a pipe", render.TextOptions{}, "" +
			"7\t佐藤　花子\thanako@acme.example\n" +
			"1234\tJosé\u0301 O\t\n" +
			"8\ttab\\u{9}here\t" + strings.Repeat("x", 60) + "@acme.example\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := render.Table(&b, header, rows, row.opts); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCSV_holdsNoFormula(t *testing.T) {
	for _, row := range []struct{ cell, want string }{
		{"=1+1", "'=1+1"}, {"+ana@acme.example", "'+ana@acme.example"}, {"-2", "'-2"}, {"@SUM(A1)", "'@SUM(A1)"},
		{"\t=1", `'\u{9}=1`}, {"\r=1", `'\u{d}=1`}, {"  =1", "'  =1"}, {"＝1", "'＝1"},
		{"ana@acme.example", "ana@acme.example"}, {"a,\"b\"", "a,\"b\""}, {"", ""}, {"two\nlines", `two\u{a}lines`},
	} {
		var b bytes.Buffer
		if err := render.CSV(&b, []string{"cell", "next"}, [][]string{{row.cell, "x"}}); err != nil {
			t.Fatal(err)
		}
		got, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]string{{"cell", "next"}, {row.want, "x"}}, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", row.cell, diff)
		}
	}
}

func TestProblems(t *testing.T) {
	problems := []directory.Problem{
		{Pos: directory.Pos{File: "users.yaml", Line: 2, Column: 11}, Text: `unknown role "Testr"`, Hint: `did you mean "Tester"?`},
		{Pos: directory.Pos{File: "users.yaml", Line: 3, Column: 10}, Text: "wide characters shift the caret"},
		{Pos: directory.Pos{File: "users.yaml", Line: 99, Column: 1}, Text: "behind the end"},
		{Pos: directory.Pos{File: "other.yaml", Line: 1, Column: 1}, Text: "not to be read"},
		{Text: "no place at all"},
	}
	source := func(file string) (string, bool) {
		return "users:\r\n  - role: Testr\r\n  - 佐藤花子: x # " + strings.Repeat("long ", 30) + "\r\n", file == "users.yaml"
	}
	for _, row := range []struct {
		name string
		opts render.ProblemOptions
		want string
	}{
		{"one line each in a pipe", render.ProblemOptions{}, `users.yaml:2:11: unknown role "Testr"
  hint: did you mean "Tester"?
users.yaml:3:10: wide characters shift the caret
users.yaml:99:1: behind the end
other.yaml:1:1: not to be read
no place at all
`},
		{"with line and caret on a terminal", render.ProblemOptions{Width: 60, Source: source}, `users.yaml:2:11: unknown role "Testr"
  2 |   - role: Testr
    |           ^
  hint: did you mean "Tester"?
users.yaml:3:10: wide characters shift the caret
  3 |   - 佐藤花子: x # long long long long long long long …
    |              ^
users.yaml:99:1: behind the end
other.yaml:1:1: not to be read
no place at all
`},
	} {
		t.Run(row.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := render.Problems(&b, problems, row.opts); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestProblems_showsALongLineAroundItsCaret(t *testing.T) {
	line := strings.Repeat("a", 300) + "B" + strings.Repeat("c", 300)
	var b bytes.Buffer
	err := render.Problems(&b, []directory.Problem{{Pos: directory.Pos{File: "f", Line: 1, Column: 301}, Text: "here"}},
		render.ProblemOptions{Width: 60, Source: func(string) (string, bool) { return line, true }})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if len([]rune(lines[1])) > 60 {
		t.Errorf("%d columns: %s", len([]rune(lines[1])), lines[1])
	}
	if column := strings.Index(lines[2], "^"); string([]rune(lines[1])[column]) != "B" {
		t.Errorf("the caret is not under B:\n%s", b.String())
	}
}

func TestFindings(t *testing.T) {
	findings := []render.Finding{{OK: true, Text: "https://acme.testrail.io answers"}, {Text: "the API is switched off", Hint: "switch it on under Administration > Site Settings > API"}, {Note: true, Text: "groups can't be read", Hint: "update TestRail"}}
	var b bytes.Buffer
	if err := render.Findings(&b, findings, render.TextOptions{Width: 60}); err != nil {
		t.Fatal(err)
	}
	want := `ok   https://acme.testrail.io answers
fail the API is switched off
     hint: switch it on under Administration > Site Settings
       > API
note groups can't be read
     hint: update TestRail
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	b.Reset()
	if err := render.JSON(&b, findings[:1]); err != nil {
		t.Fatal(err)
	}
	if !json.Valid(b.Bytes()) || !strings.Contains(b.String(), `"ok": true`) {
		t.Errorf("json: %s", b.String())
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestWriters_returnTheErrorOfTheWriter(t *testing.T) {
	w := brokenWriter{errors.New("disk is full")}
	for name, err := range map[string]error{
		"plan text":   render.PlanText(w, month(), render.TextOptions{}),
		"plan json":   render.PlanJSON(w, month()),
		"report text": render.ReportText(w, partial(), render.TextOptions{}),
		"report json": render.ReportJSON(w, partial()),
		"csv":         render.CSV(w, []string{"a"}, nil),
		"table":       render.Table(w, []string{"a"}, [][]string{{"b"}}, render.TextOptions{}),
		"problems":    render.Problems(w, []directory.Problem{{Text: "a"}}, render.ProblemOptions{}),
	} {
		if !errors.Is(err, w.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkPlanText5000(b *testing.B) {
	p := large(5000)
	b.ReportAllocs()
	for b.Loop() {
		if err := render.PlanText(io.Discard, p, render.TextOptions{Width: 120, Color: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlanJSON5000(b *testing.B) {
	p := large(5000)
	b.ReportAllocs()
	for b.Loop() {
		if err := render.PlanJSON(io.Discard, p); err != nil {
			b.Fatal(err)
		}
	}
}

// Whom a row is about can be read, whatever has to be cut for it.
func TestTable_cutsWhatNamesTheRowLast(t *testing.T) {
	header := []string{"id", "email", "name", "groups"}
	rows := [][]string{{"266", "agnieszka.szczepanska@mobile.acme.example", "Agnieszka Szczepańska", strings.Repeat("Payments / Mobile, ", 9)}}
	var b bytes.Buffer
	if err := render.Table(&b, header, rows, render.TextOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), rows[0][1]) {
		t.Errorf("the address is cut:\n%s", &b)
	}
	b.Reset()
	if err := render.Table(&b, header, rows, render.TextOptions{Width: 40}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 40 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
