package render_test

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extensionast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"pgregory.net/rapid"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// githubLimit is what GitHub takes for a comment less what a job may put around it, in bytes.
const githubLimit = 60_000

// document is what a reader sees of Markdown.
type document struct {
	kinds    map[string]int
	headings []string
	tables   []tableSeen
}

type tableSeen struct {
	heading string
	rows    [][]string // without the header
}

// read parses Markdown as GitHub does: CommonMark with its extensions, links that were not written as such among them.
func read(t interface{ Fatalf(string, ...any) }, source string) document {
	parser := goldmark.New(goldmark.WithExtensions(extension.GFM))
	d := document{kinds: make(map[string]int)}
	root := parser.Parser().Parse(text.NewReader([]byte(source)))
	tags := regexp.MustCompile(`<[^>]*>`)
	shown := func(n ast.Node) string {
		var b bytes.Buffer
		if err := parser.Renderer().Render(&b, []byte(source), n); err != nil {
			t.Fatalf("%v", err)
		}
		return strings.TrimSpace(html.UnescapeString(tags.ReplaceAllString(b.String(), "")))
	}
	heading := ""
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		d.kinds[n.Kind().String()]++
		switch n := n.(type) {
		case *ast.Heading:
			heading = shown(n)
			d.headings = append(d.headings, heading)
		case *extensionast.Table:
			d.tables = append(d.tables, tableSeen{heading: heading})
		case *extensionast.TableRow:
			var cells []string
			for cell := n.FirstChild(); cell != nil; cell = cell.NextSibling() {
				cells = append(cells, shown(cell))
			}
			last := &d.tables[len(d.tables)-1]
			last.rows = append(last.rows, cells)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return d
}

// checkMarkup fails unless a document has the markup that we write and no other.
func checkMarkup(t interface {
	Fatalf(string, ...any)
	Errorf(string, ...any)
}, name, source string) document {
	d := read(t, source)
	if !strings.HasPrefix(source, "<!-- rollcall:") || !strings.HasSuffix(strings.SplitN(source, "\n", 2)[0], " -->") || strings.Count(source[:strings.Index(source, "\n")], "--") != 2 {
		t.Errorf("%s begins with %.200q", name, source)
	}
	folds := strings.Count(source, "\n<details><summary>show all ")
	if d.kinds["HTMLBlock"] != 1+2*folds || folds > 1 || strings.Count(source, "\n\n</details>\n") != folds {
		t.Errorf("%s: %d blocks of HTML, and the marker and %d folds are all there is", name, d.kinds["HTMLBlock"], folds)
	}
	ours := []string{"Document", "HTMLBlock", "Heading", "Paragraph", "TextBlock", "Text", "String", "CodeSpan", "FencedCodeBlock", "List", "ListItem", "Emphasis",
		"Table", "TableHeader", "TableRow", "TableCell"}
	for kind, n := range d.kinds {
		if !slices.Contains(ours, kind) {
			t.Errorf("%s has %d of %s", name, n, kind)
		}
	}
	for _, table := range d.tables {
		for _, row := range table.rows {
			if len(row) != 4 {
				t.Errorf("%s: %d cells in %q", name, len(row), row)
			}
		}
	}
	if d.kinds["TableCell"] != 4*(d.kinds["TableRow"]+d.kinds["TableHeader"]) {
		t.Errorf("%s: %d cells in %d rows", name, d.kinds["TableCell"], d.kinds["TableRow"])
	}
	if len(source) > githubLimit {
		t.Errorf("%s has %d bytes", name, len(source))
	}
	return d
}

func TestMarkdown_isWhatWeMean(t *testing.T) {
	for name, p := range plans() {
		d := checkMarkup(t, name, planAs(t, render.FormatMarkdown, p, render.TextOptions{}))
		rows := 0
		for _, table := range d.tables {
			for _, row := range table.rows {
				if row[0] != "" {
					rows++
				}
			}
		}
		if want := len(p.Actions()) + len(p.Manual); rows != want {
			t.Errorf("%s: %d rows for %d actions and manual steps", name, rows, want)
		}
	}
	for name, r := range reports() {
		checkMarkup(t, "report "+name, reportAs(t, render.FormatMarkdown, r, render.TextOptions{}))
	}
}

// A name in the comment reads as it does in the text for terminals.
func TestMarkdown_namesReadAsTheyAre(t *testing.T) {
	d := read(t, planAs(t, render.FormatMarkdown, hostile(), render.TextOptions{}))
	plain := strings.Join(strings.Fields(planText(t, hostile(), render.TextOptions{})), " ")
	n := 0
	for _, table := range d.tables {
		for _, row := range table.rows {
			if subject := strings.Join(strings.Fields(row[1]), " "); row[0] != "" {
				n++
				if !strings.Contains(plain, "update group "+subject+" ") {
					t.Errorf("%q is not in the text", subject)
				}
			}
		}
	}
	if n < len(hostileTexts()) {
		t.Errorf("looked at %d names", n)
	}
}

func TestMarkdown_order(t *testing.T) {
	d := read(t, planAs(t, render.FormatMarkdown, month(), render.TextOptions{}))
	var got []string
	for _, heading := range d.headings[1:] {
		title, _, _ := strings.Cut(heading, " (")
		got = append(got, title)
	}
	want := []string{"Admin grants", "Address changes of administrators", "Deactivations", "Removals", "New people", "Reactivations", "Changes of people",
		"New groups", "Changes of groups", "Guards", "Notes", "Manual steps"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if text := planAs(t, render.FormatMarkdown, refused(), render.TextOptions{}); strings.Index(text, "Refused") > strings.Index(text, "Deactivations") {
		t.Error("what refuses the plan does not come first")
	}
}

func TestMarkdown_markerIsOneCommentWhateverTheTarget(t *testing.T) {
	for _, row := range []struct{ name, url, file, want string }{
		{"an address and a roster", "https://acme.testrail.io/a", "teams/users.yaml", "<!-- rollcall:plan testrail https://acme.testrail.io/a teams/users.yaml -->"},
		{"no roster, as in an undo of an older version", "https://acme.testrail.io/a", "", "<!-- rollcall:plan testrail https://acme.testrail.io/a -->"},
		{"with hyphens", "https://a-b--c.example/-", "-a--.yaml-", "<!-- rollcall:plan testrail https://a-b-%2Dc.example/- %2Da-%2D.yaml- -->"},
		{"names that would end it", "--> <b>x\n", "a --!> b.yaml", "<!-- rollcall:plan testrail %2D%2D%3E%20%3Cb%3Ex%0A a%20-%2D%21%3E%20b.yaml -->"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := base(1)
			p.Target.URL, p.Basis.Files[0].Path = row.url, row.file
			text := planAs(t, render.FormatMarkdown, counted(p), render.TextOptions{})
			if first, _, _ := strings.Cut(text, "\n"); first != row.want {
				t.Errorf("got  %s\nwant %s", first, row.want)
			}
			checkMarkup(t, row.name, text)
		})
	}
}

func TestMarkdown_saysWhereTheWholeIs(t *testing.T) {
	for _, row := range []struct{ name, whole, want string }{
		{"a file", "plan.json", "and 4,7.* more changes of people \\(update user 4,7.*\\): all of it is in `plan.json`"},
		{"none", "", "and 4,7.* more changes of people \\(.*\\): `--report FILE.json` keeps all of it"},
		{"a name that is longer than a page", strings.Repeat("x", 5000), "more changes of people .*: `--report FILE.json` keeps all of it"},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := planAs(t, render.FormatMarkdown, crowded(), render.TextOptions{WholeFile: row.whole})
			if !regexp.MustCompile(row.want).MatchString(text) || !strings.Contains(text[:500], "Shortened to fit a comment") {
				t.Errorf("no %q in\n%.600s ... %s", row.want, text, text[len(text)-400:])
			}
			checkMarkup(t, row.name, text)
		})
	}
	if text := planAs(t, render.FormatMarkdown, month(), render.TextOptions{}); strings.Contains(text, "Shortened") {
		t.Error("a plan that fits is called shortened")
	}
}

// dangerous reports whether an action belongs to the classes that come first, as the headings name them.
func dangerous(heading string) bool {
	for _, title := range []string{"Admin grants", "Address changes of administrators", "Deactivations", "Removals", "Drift for a second look"} {
		if strings.HasPrefix(heading, title+" (") {
			return true
		}
	}
	return false
}

// rankOf says which part of a comment keeps its rows: what is dangerous when overlooked, then what the change makes, then the rest.
func rankOf(part string) int {
	heading, _, _ := strings.Cut(part, "\n")
	switch {
	case dangerous(heading):
		return 0
	case strings.HasPrefix(heading, "Drift (") || strings.HasPrefix(heading, "Other drift ("):
		return 2
	}
	return 1
}

// Whatever a plan or report holds, its comment fits; that on a plan is cut between rows alone, counts what it leaves out, and leaves out nothing that
// takes or grants before everything else is gone.
func TestMarkdown_anyPlanFits(t *testing.T) {
	more := regexp.MustCompile(`(?:and |, and )([0-9,]+) more ([a-z ]+) \(`)
	rapid.Check(t, func(rt *rapid.T) {
		p := anyPlan(rt)
		if rapid.IntRange(0, 3).Draw(rt, "carried out") == 0 {
			reportFits(rt, p)
			return
		}
		source := planMarkdownOf(rt, p, rapid.SampledFrom([]string{"", "plan.json", "'a|b `c`.json'"}).Draw(rt, "whole"))
		d := checkMarkup(rt, "the plan", source)
		shown, left := 0, 0
		cut := false
		parts := strings.Split(source, "\n### ")[1:]
		slices.SortStableFunc(parts, func(a, b string) int { return rankOf(a) - rankOf(b) })
		for _, table := range d.tables {
			if strings.HasPrefix(table.heading, "Manual steps") {
				continue
			}
			for _, row := range table.rows {
				if row[0] != "" {
					shown++
				}
			}
		}
		for _, part := range parts {
			heading, _, _ := strings.Cut(part, "\n")
			if strings.HasPrefix(heading, "Manual steps") || strings.HasPrefix(heading, "Refused") || strings.HasPrefix(heading, "Warnings") || strings.HasPrefix(heading, "Guards") || strings.HasPrefix(heading, "Notes") {
				continue
			}
			if cut && strings.Contains(part, "\n| ") {
				rt.Errorf("rows under %q behind a cut", heading)
			}
			for _, m := range more.FindAllStringSubmatch(part, -1) {
				n, err := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
				if err != nil {
					rt.Fatalf("%v", err)
				}
				if !strings.HasPrefix(m[2], "members") {
					left += n
				}
				cut = true
			}
			cut = cut || strings.Contains(part, "of the last one")
		}
		if shown+left != p.Summary.Actions {
			rt.Errorf("%d actions, %d shown and %d counted", p.Summary.Actions, shown, left)
		}
		for _, table := range d.tables {
			if !cut || dangerous(table.heading) || strings.HasPrefix(table.heading, "Manual") {
				continue
			}
			for _, part := range parts {
				if heading, _, _ := strings.Cut(part, "\n"); dangerous(heading) && strings.Contains(part, "\nand ") {
					rt.Errorf("%q has rows, and %q is cut", table.heading, heading)
				}
			}
		}
	})
}

// anyPlan is a plan of up to some thousands of changes with names of any length.
func anyPlan(rt *rapid.T) *plan.Plan {
	p := base(10)
	p.Target.URL = "https://" + strings.Repeat("x-", rapid.SampledFrom([]int{1, 40, 4000}).Draw(rt, "url")) + "example"
	alphabet := []string{"a", "b.c@d", "|", "`", "``", `\`, "<b>", "[x](y)", "*", " ", "é", "😀", "\n", "\u202e", "#1", "@x", "1.", "&amp;", "~"}
	length := rapid.SampledFrom([]int{1, 4, 60, 200}).Draw(rt, "length")
	name := func(label string) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 6).Draw(rt, label), "") + strings.Repeat("x", rapid.IntRange(0, length).Draw(rt, label+" tail"))
	}
	seeds := make([]string, 7)
	for i := range seeds {
		seeds[i] = name("name")
	}
	if rapid.Bool().Draw(rt, "a name longer than a page") {
		seeds[0] += strings.Repeat("y|", 15_000)
	}
	of := func(i int) string {
		if i%len(seeds) == 0 && i > 0 {
			return fmt.Sprint(i)
		}
		return fmt.Sprintf("%s%d", seeds[i%len(seeds)], i)
	}
	b := plan.Batch{}
	origins := rapid.SampledFrom([][]plan.Origin{{""}, {""}, {plan.OriginChange, plan.OriginDrift, plan.OriginExpiry}, {plan.OriginDrift}}).Draw(rt, "origins")
	for _, kind := range plan.Kinds() {
		n := rapid.SampledFrom([]int{0, 0, 0, 2, 30, 150}).Draw(rt, string(kind))
		for i := range n {
			a := plan.Action{ID: fmt.Sprint(kind, i), Kind: kind, Subject: of(i), Cause: plan.CauseDeclared, Source: at(of(i+1), i, 1), Origin: origins[i%len(origins)]}
			switch {
			case kind == plan.UpdateUser && i%9 == 0:
				a.Fields = []plan.FieldChange{changes(plan.FieldAdmin, plan.Flag(i%2 == 0), plan.Flag(i%2 == 1))}
			case kind.OnUser():
				a.Fields = []plan.FieldChange{changes(plan.FieldName, plan.Text(of(i)), plan.Text(of(i+3)))}
			default:
				a.Members = &plan.MemberChange{Add: members(of(i), i%5), Remove: members(of(i+1), i%19), Keep: i}
			}
			b.Actions = append(b.Actions, a)
		}
	}
	p.Batches = []plan.Batch{b}
	for i := range rapid.SampledFrom([]int{0, 0, 0, 2, 100}).Draw(rt, "guards") {
		p.Guards = append(p.Guards, plan.GuardResult{Guard: directory.GuardMaxRemovalsPerGroup, Status: plan.GuardRefused, Subject: of(i), Text: "found " + of(i), Paste: "- " + of(i/7)},
			plan.GuardResult{Guard: directory.GuardProtect, Status: plan.GuardNoted, Text: of(i)},
			plan.GuardResult{Guard: directory.GuardKeptAccess, Status: plan.GuardNoted, Subject: of(i), Text: of(i), Hint: of(i / 9)})
		p.Notes = append(p.Notes, plan.Note{Code: plan.NoteCode(of(i % 30)), Subject: of(i), Text: "about " + of(i)})
		p.Manual = append(p.Manual, plan.ManualStep{Action: plan.Action{Kind: plan.AddToProject, Subject: of(i)}, Where: of(i)})
		p.Scope.Only = append(p.Scope.Only, "user:"+of(i))
	}
	return counted(p)
}

func planMarkdownOf(rt *rapid.T, p *plan.Plan, whole string) string {
	var b bytes.Buffer
	if err := render.PlanMarkdown(&b, p, render.TextOptions{WholeFile: whole, Flags: strings.Repeat("--only user:x ", len(p.Scope.Only))}); err != nil {
		rt.Fatalf("%v", err)
	}
	return b.String()
}

// reportFits carries out a plan in which much goes wrong, and looks at what the comment on that says.
func reportFits(rt *rapid.T, p *plan.Plan) {
	statuses := []apply.Status{apply.Done, apply.Failed, apply.Blocked, apply.NotRun}
	r := report(p, apply.NotConverged, 5, nil)
	for i := range r.Outcomes {
		r.Outcomes[i].Status = statuses[(i/3)%len(statuses)]
		r.Outcomes[i].Error = "user " + r.Outcomes[i].Subject + ": went wrong"
	}
	r.FinalRead, r.FinalReadError = apply.FinalReadFailed, strings.Repeat("@x `y` ", 3000)
	r.Run.ID, r.Run.Labels = p.Target.URL, map[string]string{"a": p.Target.URL}
	for _, a := range p.Actions()[:min(40, len(p.Actions()))] {
		r.Remaining = append(r.Remaining, apply.Remaining{Action: *a, By: "ours"})
	}
	var b bytes.Buffer
	if err := render.ReportMarkdown(&b, r, render.TextOptions{}); err != nil {
		rt.Fatalf("%v", err)
	}
	checkMarkup(rt, "the report", b.String())
}
