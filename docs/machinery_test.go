package docs_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMatches(t *testing.T) {
	tests := []struct {
		name    string
		shown   []string
		printed string
		want    bool
	}{
		{"the same", []string{"a", "b"}, "a\nb\n", true},
		{"nothing, and nothing was shown", nil, "", true},
		{"something, and nothing was shown", nil, "a\n", false},
		{"nothing, and something was shown", []string{"a"}, "", false},
		{"another line", []string{"a", "b"}, "a\nc\n", false},
		{"a line more at the end", []string{"a"}, "a\nb\n", false},
		{"a line less", []string{"a", "b"}, "a\n", false},
		{"lines left out in between", []string{"a", "...", "d"}, "a\nb\nc\nd\n", true},
		{"no lines left out", []string{"a", "...", "b"}, "a\nb\n", true},
		{"lines left out, and the one behind them is missing", []string{"a", "...", "d"}, "a\nb\nc\n", false},
		{"text left out in a line", []string{"run ... by me"}, "run 12ab by me\n", true},
		{"text left out does not reach into the next line", []string{"run ... by me"}, "run 12ab\nby me\n", false},
		{"signs of a pattern are nothing but signs", []string{"a.c (1)"}, "abc (1)\n", false},
		{"blanks at the end of a line do not count", []string{"a"}, "a  \n", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := matches(tt.shown, tt.printed); got != tt.want {
				t.Errorf("matches: %v, want %v", got, tt.want)
			}
		})
	}
}

func TestKeepElisions(t *testing.T) {
	for _, tt := range []struct {
		name                 string
		shown, printed, want []string
	}{
		{"text", []string{"run ... at ...", "same"}, []string{"run 7 at noon", "new"}, []string{"run ... at ...", "new"}},
		{"lines", []string{"a", "...", "y", "z"}, []string{"1", "2", "3", "4", "5"}, []string{"1", "...", "4", "5"}},
		{"lines at the end", []string{"a", "..."}, []string{"1", "2", "3"}, []string{"1", "..."}},
		{"fewer lines than are shown", []string{"a", "...", "y", "z"}, []string{"1", "2"}, []string{"1", "2"}},
		{"lines in two places", []string{"...", "a", "..."}, []string{"1", "2", "3"}, []string{"1", "2", "3"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, keepElisions(tt.shown, tt.printed)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

const aPage = "# A `b` heading: it's one\n\n" +
	"See [there](x.md#y) and `rollcall plan`.\n\n" +
	"<!-- run: in an empty folder -->\n```console\n$ one\nout\n\n$ two \\\n  more\n$ cat <<E\n> text\n> E\ntext\n```\n\n" +
	"1. <!-- not run: because -->\n   ```sh\n   three\n\n   four\n   ```\n\n<!-- of no concern -->\n"

func TestParse(t *testing.T) {
	p := parse("a.md", []byte(aPage))
	type step struct {
		Command string
		Output  []string
		Line    int
	}
	var directives []string
	var blocks []string
	var steps []step
	for _, item := range p.items {
		if item.directive != nil {
			directives = append(directives, item.directive.verb+"|"+item.directive.text)
			continue
		}
		blocks = append(blocks, item.block.language+"|"+item.block.text())
		if item.block.language == "console" {
			for _, s := range item.block.steps() {
				steps = append(steps, step{s.command, s.output, s.line})
			}
		}
	}
	for _, tt := range []struct {
		name      string
		got, want any
	}{
		{"directives", directives, []string{"run|in an empty folder", "not run|because"}},
		{"blocks", blocks[1:], []string{"sh|three\n\nfour\n"}},
		{"steps", steps, []step{{"one", []string{"out", ""}, 7}, {"two \\\n  more", nil, 10}, {"cat <<E\ntext\nE", []string{"text"}, 12}}},
		{"headings", p.heads, []string{"a-b-heading-its-one"}},
		{"links", p.links[0].text, "x.md#y"},
		{"spans", p.spans[len(p.spans)-1], mark{"rollcall plan", 3}},
	} {
		if diff := cmp.Diff(tt.want, tt.got, cmp.AllowUnexported(mark{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestPage_rewritten(t *testing.T) {
	p := parse("a.md", []byte(aPage))
	if diff := cmp.Diff(aPage, string(p.rewritten())); diff != "" {
		t.Errorf("without a change (-want +got):\n%s", diff)
	}
	for _, item := range p.items {
		if item.block != nil && item.block.language == "sh" {
			item.block.replaced = []string{"five", "", "six"}
		}
	}
	want := strings.Replace(aPage, "   three\n\n   four\n", "   five\n\n   six\n", 1)
	if diff := cmp.Diff(want, string(p.rewritten())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDirective_problem(t *testing.T) {
	for _, comment := range []string{"<!-- run: examples/small-team -->", "<!-- run -->", "<!-- not run -->", "<!-- file -->", "<!-- first -->"} {
		p := parse("a.md", []byte(comment+"\n"))
		if len(p.items) != 1 || p.items[0].directive.problem() == "" {
			t.Errorf("%s is taken", comment)
		}
	}
	for _, comment := range []string{"<!-- run: in examples/small-team -->", "<!-- sim -->", "<!-- sim: --users 9 -->", "<!-- not run: why -->"} {
		p := parse("a.md", []byte(comment+"\n"))
		if len(p.items) != 1 || p.items[0].directive.problem() != "" {
			t.Errorf("%s is not taken", comment)
		}
	}
}
