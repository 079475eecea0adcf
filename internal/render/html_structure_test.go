package render_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// element is a start tag with the text directly after it.
type element struct {
	name  string
	attrs map[string]string
	text  string
}

// elements reads a page strictly. A page is written so that it is well-formed XML too: every tag is closed, in order, every
// attribute has its quotes, and no sign of a name is taken for a tag. It has no namespaces and no entities of its own.
func elements(t *testing.T, page string) []element {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(page))
	var found []element
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			line, column := decoder.InputPos()
			t.Fatalf("%d:%d: %v", line, column, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attrs: make(map[string]string)}
			for _, a := range token.Attr {
				if _, twice := e.attrs[a.Name.Local]; twice {
					t.Errorf("%s has %s twice", e.name, a.Name.Local)
				}
				e.attrs[a.Name.Local] = a.Value
			}
			found = append(found, e)
		case xml.CharData:
			if len(found) > 0 {
				found[len(found)-1].text += string(token)
			}
		}
	}
}

func TestHTML_structure(t *testing.T) {
	pages := htmlPages(t)
	pages["injected"] = planHTML(t, injected(`"><script src=x>`))
	pages["injected report"] = reportHTML(t, report(injected(`"><script src=x>`), apply.Interrupted, 130, nil))
	for _, name := range sortedNames(pages) {
		t.Run(name, func(t *testing.T) {
			page := pages[name]
			if !strings.HasPrefix(page, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n") {
				t.Errorf("the page begins with %q", page[:80])
			}
			if r, bad := harmful(page); bad {
				t.Errorf("the page holds %U", r)
			}
			found := elements(t, page)
			checkHeadings(t, found)
			checkReferences(t, found)
			checkLandmarks(t, found)
			for _, e := range found {
				if scope := e.attrs["scope"]; e.name == "th" && scope != "col" && scope != "row" {
					t.Errorf("a table header has the scope %q", scope)
				}
			}
		})
	}
}

// checkHeadings: one h1, and no heading more than one level below the one before.
func checkHeadings(t *testing.T, found []element) {
	t.Helper()
	level, first := 0, 0
	for _, e := range found {
		if len(e.name) != 2 || e.name[0] != 'h' || e.name[1] < '1' || e.name[1] > '6' {
			continue
		}
		now := int(e.name[1] - '0')
		if now > level+1 {
			t.Errorf("%s %q stands below h%d", e.name, e.text, level)
		}
		if level = now; now == 1 {
			first++
		}
	}
	if first != 1 {
		t.Errorf("%d headings of the first level", first)
	}
}

// checkReferences: every id is there once, every link leads to one of them, and nothing else is asked for.
func checkReferences(t *testing.T, found []element) {
	t.Helper()
	ids := make(map[string]bool)
	for _, e := range found {
		if id, has := e.attrs["id"]; has {
			if ids[id] || id == "" || strings.ContainsAny(id, " \"<>") {
				t.Errorf("id %q", id)
			}
			ids[id] = true
		}
	}
	// src, poster, data, action, formaction, background, srcset, ping: what a browser would fetch or send to.
	asks := []string{"src", "srcset", "poster", "data", "action", "formaction", "background", "ping", "style"}
	for _, e := range found {
		if slices.Contains([]string{"script", "link", "base", "iframe", "object", "embed", "img", "form", "use", "image"}, e.name) {
			t.Errorf("the page has <%s>", e.name)
		}
		for name, value := range e.attrs {
			switch {
			case name == "href":
				if target, local := strings.CutPrefix(value, "#"); e.name != "a" || !local || !ids[target] {
					t.Errorf("<%s href=%q>", e.name, value)
				}
			case name == "aria-labelledby":
				if !ids[value] {
					t.Errorf("aria-labelledby names %q, which is not there", value)
				}
			case strings.HasPrefix(name, "on"), slices.Contains(asks, name), strings.Contains(value, "://"):
				t.Errorf("<%s %s=%q>", e.name, name, value)
			}
		}
		if e.name == "style" && (strings.Contains(e.text, "url(") || strings.Contains(e.text, "@import") || strings.Contains(e.text, "//")) {
			t.Error("the style sheet asks for something")
		}
	}
}

func checkLandmarks(t *testing.T, found []element) {
	t.Helper()
	count := make(map[string]int)
	policy := ""
	for _, e := range found {
		count[e.name]++
		if e.attrs["http-equiv"] == "Content-Security-Policy" {
			policy = e.attrs["content"]
		}
	}
	for _, name := range []string{"title", "header", "nav", "main"} {
		if count[name] != 1 {
			t.Errorf("%d of <%s>", count[name], name)
		}
	}
	if want := "default-src 'none'; style-src 'unsafe-inline'"; policy != want {
		t.Errorf("policy %q", policy)
	}
}

// injected is a plan with a text wherever a roster or a server may put one.
func injected(text string) *plan.Plan {
	p := base(3)
	p.Target.URL = "https://acme.testrail.io/" + text
	p.Basis.Timezone, p.ToolVersion = text, text
	p.Basis.Files = []directory.File{{Path: text, SHA256: text}}
	p.Scope.Only = []string{text}
	who := []plan.Member{{User: directory.Email(text), ID: 1, Inactive: true, Source: at(text, 1, 2), Was: at(text, 3, 4)}}
	a := plan.Action{ID: "a", Kind: plan.UpdateGroup, Subject: text, SubjectID: 3, Cause: plan.Cause(text), Source: at(text, 1, 1), Needs: []string{"b", "not there"}, Detail: text,
		Fields: []plan.FieldChange{changes(plan.Field(text), plan.Text(text), plan.List([]string{text, text}))}, Members: &plan.MemberChange{Add: who, Remove: who}}
	b := a
	b.ID, b.Kind, b.Needs, b.Origin, b.Was = "b", plan.Kind(text), nil, plan.Origin(text), at(text, 1, 1)
	p.Batches = []plan.Batch{{Actions: []plan.Action{a, b}}}
	p.Manual = []plan.ManualStep{{Action: a, Where: text}}
	p.Notes = []plan.Note{{Code: plan.NoteCode(text), Subject: text, Text: "about", Source: at(text, 1, 1)}}
	p.Guards = []plan.GuardResult{{Guard: directory.GuardName(text), Status: plan.GuardRefused, Subject: text, Text: "found", Hint: text, Paste: text, Source: at(text, 1, 1)}}
	return counted(p)
}

// A name can't become a part of the page: with it the page has the elements and attributes that it has with any other.
func TestHTML_namesAreNeverMarkup(t *testing.T) {
	skeleton := func(page string) []string {
		var names []string
		for _, e := range elements(t, page) {
			names = append(names, e.name)
			for _, a := range []string{"id", "class", "href", "open", "scope"} {
				names = append(names, e.attrs[a])
			}
		}
		return names
	}
	run := func(p *plan.Plan, text string) *apply.Report {
		r := report(p, apply.NotConverged, 5, map[string]apply.Outcome{"a": {Status: apply.Failed, Error: text, Remarks: []string{text}}})
		r.Run.ID, r.Run.Account, r.Run.Commit, r.Run.Undoes, r.Run.Labels = text, text, text, text, map[string]string{text: text}
		r.FinalRead, r.FinalReadError = apply.FinalReadFailed, text
		return r
	}
	wantPlan, wantReport := skeleton(planHTML(t, injected("Ana"))), skeleton(reportHTML(t, run(injected("Ana"), "Ana")))
	for _, text := range []string{
		"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "' onmouseover='alert(1)", "</style></title><b>", "javascript:alert(1)", "<!--", "]]>", "&lt;b&gt;", "{{.}}", "`${1}`",
	} {
		t.Run(text, func(t *testing.T) {
			page := planHTML(t, injected(text))
			if diff := cmp.Diff(wantPlan, skeleton(page)); diff != "" {
				t.Errorf("plan (-harmless +hostile):\n%s", diff)
			}
			if diff := cmp.Diff(wantReport, skeleton(reportHTML(t, run(injected(text), text)))); diff != "" {
				t.Errorf("report (-harmless +hostile):\n%s", diff)
			}
			if !slices.ContainsFunc(elements(t, page), func(e element) bool { return e.name == "bdi" && strings.Contains(e.text, text) }) {
				t.Error("the name is not shown as it is")
			}
		})
	}
}

// Jenkins forbids the style inside archived pages. What is told apart by place or colour is then told apart by words and
// signs, and the bars of the seats have a size and colours of their own.
func TestHTML_isReadableWithoutStyle(t *testing.T) {
	page := planHTML(t, reviewed())
	words := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(styleSheet.ReplaceAllString(page, ""), "")
	order(t, words, "11: 3 by this change, 7 drift", "now  410", "after  409", "gone@acme.example, unlisted, this change", "was at teams/web.yaml:40:5",
		"left@acme.example was at teams/web.yaml:41:9", "from false to true", "left.long.ago@acme.example, leaver, drift")
	drawn := 0
	for _, e := range elements(t, page) {
		switch {
		case e.name == "svg" && (e.attrs["width"] == "" || e.attrs["height"] == ""):
			t.Error("a drawing has no size of its own")
		case e.name == "rect" && e.attrs["fill"] == "", e.name == "line" && e.attrs["stroke"] == "":
			t.Errorf("a <%s> has no colour of its own", e.name)
		case e.name == "rect", e.name == "line":
			drawn++
		}
	}
	if drawn == 0 {
		t.Error("nothing is drawn")
	}
}
