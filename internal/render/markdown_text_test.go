package render

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// shownBy returns what a reader sees of Markdown, without tags, and the kinds of what it was parsed to.
func shownBy(t *testing.T, source string) (seen string, kinds map[string]int) {
	t.Helper()
	parser := goldmark.New(goldmark.WithExtensions(extension.GFM))
	var b bytes.Buffer
	if err := parser.Convert([]byte(source), &b); err != nil {
		t.Fatal(err)
	}
	kinds = make(map[string]int)
	err := ast.Walk(parser.Parser().Parse(text.NewReader([]byte(source))), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			kinds[n.Kind().String()]++
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(b.String(), "")), kinds
}

// harmless fails unless foreign text is nothing but text, alone and in a cell, and reads as it is.
func harmless(t *testing.T, name string, written func(visible) md, s visible) {
	t.Helper()
	normal := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	for _, place := range []struct {
		source string
		around string
		kinds  []string // that our own markup makes
	}{
		{"x " + string(written(s)) + " y\n", "x %s y", nil},
		{"- " + string(written(s)) + "\n- z\n", "%s z", []string{"List", "ListItem", "TextBlock"}},
		{"- x\n  - " + string(written(s)) + "\n- z\n", "x %s z", []string{"List", "ListItem", "TextBlock"}},
		{"| a | b |\n|---|---|\n| " + string(written(s)) + " | c |\n", "a b %s c", []string{"Table", "TableHeader", "TableRow", "TableCell"}},
	} {
		seen, kinds := shownBy(t, place.source)
		if want := normal(strings.Replace(place.around, "%s", string(s), 1)); normal(seen) != want {
			t.Errorf("%s(%q) in %q reads\n %q, want\n %q", name, s, place.source, normal(seen), want)
		}
		if n := kinds["TableCell"]; n != 0 && n != 4 || kinds["List"] > 2 {
			t.Errorf("%s(%q): %d cells, %d lists in %q", name, s, n, kinds["List"], place.source)
		}
		for _, kind := range append(place.kinds, "Document", "Paragraph", "Text", "CodeSpan", "String") {
			delete(kinds, kind)
		}
		if len(kinds) > 0 {
			t.Errorf("%s(%q) makes %v in %q", name, s, kinds, place.source)
		}
	}
}

func TestMarkdown_foreignTextIsNothingButText(t *testing.T) {
	for _, s := range []string{
		"ana@acme.example", "a|b", "|", "||", `\|`, `\\|x\`, "`", "``", "` `", "`a|`b", "a`|`", " a ", "a | b", "*", "_a_", "~~a~~", "<b>", "<!--", "&lt;", "&#124;",
		"[a](b)", "![a](b)", "[a]", "a: b", "1. a", "1) a", "10.", "- a", "+ a", "---", "===", "# a", "> a", "www.a.example", "https://a.example", "@octocat", "#12",
		"GH-12", "deadbeef", "1234567", ":tada:", "$a$", "x (y), z.", "(a@b.example),", "::error::", "##[x]", "nothing to see", "[x] a", "\\", "a\\ b", "o'neil's", "Müller-Lüdenscheidt",
	} {
		harmless(t, "code", code, quoted(s))
		harmless(t, "plainWords", plainWords, safe(s))
	}
}

func TestPlainWords_leavesASentenceReadable(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"words and numbers", "562 deactivations (559 declared, 3 unlisted), limit 25", "562 deactivations (559 declared, 3 unlisted), limit 25"},
		{"an address", "kept late.joiner@acme.example, added by somebody else", "kept `late.joiner@acme.example`, added by somebody else"},
		{"a key of the file", "say active: true under guards.allow", "say active: true under `guards.allow`"},
		{"letters of every script", "佐藤 is Zoë's lead", "佐藤 is Zoë's lead"},
		{"a mention", "ask @octocat (#12)", "ask `@octocat` (`#12`)"},
		{"a number that would begin a list", "7. is a lucky number 7.", "`7`. is a lucky number 7."},
		{"a commit", "of deadbeef and 20260101 but decade", "of `deadbeef` and `20260101` but decade"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := string(plainWords(safe(row.text))); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

func TestOwnSentence_namesKeysAsCode(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"a key", "name it under `leavers`.", "name it under `leavers`."},
		{"keys with values", "say `active: false`, or (`mode: exact`); then wait", "say `active: false`, or (`mode: exact`); then wait"},
		{"at both ends", "`leavers` or `active: false`", "`leavers` or `active: false`"},
		{"an address beside it", "ana@acme.example under `leavers`", "`ana@acme.example` under `leavers`"},
		{"no key at all", "  two words ", "two words"},
		{"a backtick of a name", "it`s `leavers`", "``it`s`` `` `leavers` ``"},
		{"backticks of a name", "$`x`$ is one", "``$`x`$`` is one"},
		{"a name that looks like emphasis", "`*x*` is none", "`` `*x*` `` is none"},
		{"two in a row", "`a` and `b``c`", "`` `a` `` and ``` `b``c` ```"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := string(ownSentence(safe(row.text))); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"a|b`c", "``|\\", "<x> [y](z) @w", "1. a", "  ", "*a* _b_ ~c~", "\u00a0|\u202e", "a@b.c, (d).", "`b`, `c: d` 1. `", ":tada: `x`:tada:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		harmless(t, "code", code, quoted(s))
		if strings.Trim(s, " ") != "" {
			harmless(t, "plainWords", plainWords, safe(s))
		}
		// A sentence of ours loses the backticks around keys, and nothing else.
		bare := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "`", "")), " ") }
		seen, kinds := shownBy(t, "- say "+string(ownSentence("`a` "+safe(s)))+"\n")
		if want := bare("say a " + string(safe(s))); bare(seen) != want {
			t.Errorf("ownSentence(%q) reads\n %q, want\n %q", s, bare(seen), want)
		}
		for _, kind := range []string{"Document", "Paragraph", "Text", "TextBlock", "CodeSpan", "String", "List", "ListItem"} {
			delete(kinds, kind)
		}
		if len(kinds) > 0 {
			t.Errorf("ownSentence(%q) makes %v", s, kinds)
		}
	})
}
