package render

import (
	"strings"
	"unicode"

	"rollcall/internal/plan"
)

// md is Markdown in which nothing but what we mean is markup: CommonMark with GitHub's tables, on one line unless it is a
// block. Foreign text becomes md by code or plainWords alone; a conversion is for markup and text of our own.
//
// All foreign text stands in code spans, because they are the one place where neither CommonMark nor what GitHub and GitLab
// do afterwards finds anything: no emphasis, link, image, HTML or entity, and no @mention, #123, commit, address, :emoji:
// or formula either. Backslash escapes stop the first group only, since the second is looked for in what was rendered, and
// invisible characters in between would be copied along with every address. A code span has two ways out: its fence, which
// is therefore longer than any run of backticks inside, and in a table the pipe, which stands outside of the span,
// escaped.
type md string

// code returns text as a code span, or as several with escaped pipes between them: where parsers of tables look for pipes,
// some know code spans and some don't, and some know an escaped backslash before a pipe and some don't.
func code(text visible) md {
	var b strings.Builder
	for i, part := range strings.Split(string(text), "|") {
		if i > 0 {
			b.WriteString(`\|`)
		}
		if part == "" {
			continue
		}
		fence := strings.Repeat("`", longestRun(part, '`')+1)
		pad := ""
		if strings.Trim(part, " ") != "" && strings.ContainsAny(part[:1]+part[len(part)-1:], "` ") {
			pad = " " // a parser takes away one on each side
		}
		b.WriteString(fence + pad + part + pad + fence)
	}
	return md(b.String())
}

// longestRun returns how many of c follow one another at most.
func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] == c {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}

// plainWords returns a sentence, ours or foreign or mixed, so that it reads as one: words that are letters or numbers stay
// as they are, with the punctuation around them, and each other word is a code span. It may begin a line or a list item.
func plainWords(text visible) md {
	var list []string
	for word := range strings.SplitSeq(string(text), " ") {
		if word == "" {
			continue // as a browser shows it
		}
		list = append(list, string(wordMarkdown(word, len(list) == 0)))
	}
	if list == nil {
		return code(quoted(string(text))) // a list item without a word might be a line under a heading
	}
	return md(strings.Join(list, " "))
}

// ownSentence returns a sentence of ours, maybe with foreign words in it, like plainWords; the keys of a roster that it names
// are code spans.
func ownSentence(text visible) md {
	pieces := piecesOf(text)
	if len(pieces) == 1 && !pieces[0].IsKey {
		return plainWords(text)
	}
	list := make([]md, len(pieces))
	for i, p := range pieces {
		if p.IsKey {
			list[i] = code(p.Text)
		} else {
			list[i] = around(string(p.Text))
		}
	}
	return joined(list, "")
}

// around returns what stands before, between or behind code spans, with the space and punctuation at both ends of it.
func around(piece string) md {
	core := strings.TrimLeft(piece, ",.;) ")
	open := piece[:len(piece)-len(core)]
	core = strings.TrimRight(core, " (")
	closing := piece[len(open)+len(core):]
	if core == "" {
		return md(piece)
	}
	return md(open) + plainWords(visible(core)) + md(closing)
}

// wordMarkdown returns one word. At the start of a block "12." would begin a list.
func wordMarkdown(word string, first bool) md {
	core := strings.TrimLeft(word, "(")
	open := word[:len(word)-len(core)]
	core = strings.TrimRight(core, ",.:;)?")
	closing := word[len(open)+len(core):]
	switch {
	case core == "", !isPlainWord(core):
	case first && isNumber(core) && closing != "":
	default:
		return md(word)
	}
	if core == "" {
		open, core, closing = "", word, ""
	}
	return md(open) + code(visible(core)) + md(closing)
}

// isPlainWord reports whether a word is of letters, with hyphens or apostrophes between them, or a number, and nothing that
// a forge makes a link of: a commit is a number in base 16.
func isPlainWord(word string) bool {
	if word == "→" || word == "·" || isNumber(word) {
		return len(word) < 7
	}
	hex, before := true, '-'
	for _, r := range word {
		inner := r == '-' || r == '\'' || r == '’'
		if !inner && !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) || inner && !unicode.In(before, unicode.L, unicode.M) {
			return false
		}
		hex = hex && strings.ContainsRune("abcdefABCDEF", r)
		before = r
	}
	return unicode.In(before, unicode.L, unicode.M) && (!hex || len(word) < 7)
}

// isNumber reports whether a word is of digits, with commas and dots between them.
func isNumber(word string) bool {
	for i, r := range word {
		inner := i > 0 && i < len(word)-1
		if (r < '0' || r > '9') && !(inner && (r == ',' || r == '.')) {
			return false
		}
	}
	return word != ""
}

// ownText returns text of ours in which "~" is the only sign that could be markup.
func ownText(text visible) md {
	return md(strings.ReplaceAll(string(text), markChange, `\`+markChange))
}

// fenced returns lines to be copied, as a block.
func fenced(language, text string) md {
	fence := strings.Repeat("`", max(3, longestRun(text, '`')+1))
	var b strings.Builder
	b.WriteString(fence + language + "\n")
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		b.WriteString(string(safe(line)) + "\n")
	}
	b.WriteString(fence + "\n")
	return md(b.String())
}

// marker returns the first line, by which a job finds the comment that it wrote before among those of other targets and
// rosters: a comment in HTML, which nobody sees. Nothing but letters, digits and a few signs stands in it, everything else
// as %XX. roster is the root file, "" where it is not known.
func marker(what string, t plan.Target, roster string) md {
	var b strings.Builder
	b.WriteString("<!-- rollcall:" + what)
	for _, part := range []string{t.Kind, t.URL, roster} {
		if part == "" {
			continue
		}
		b.WriteByte(' ')
		for i := range min(len(part), markerBytes) {
			c := part[i]
			switch {
			case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("./:_", c) >= 0,
				c == '-' && i > 0 && part[i-1] != '-': // two of them would end the comment
				b.WriteByte(c)
			default:
				const digits = "0123456789ABCDEF"
				b.WriteString("%" + string(digits[c>>4]) + string(digits[c&15]))
			}
		}
	}
	b.WriteString(" -->\n")
	return md(b.String())
}

// markerBytes is how much of an address or path the marker holds.
const markerBytes = 300

// fieldMarkdown returns what changes at the subject itself. What the kind or the members of an action say is left out.
func fieldMarkdown(a *plan.Action) []md {
	var facts []md
	for _, f := range a.Fields {
		if saidElsewhere(a, f.Field) {
			continue
		}
		name := plainWords(safe(string(f.Field)) + ":")
		old, now := valueText(f.Old), valueText(f.New)
		text := name + " " + valueMarkdown(f.Old) + " → " + valueMarkdown(f.New)
		switch {
		case isFirst(a, f):
			text = name + " " + valueMarkdown(f.New)
		case readsRightToLeft(old) || readsRightToLeft(now):
			text = name + " from " + valueMarkdown(f.Old) + " → to " + valueMarkdown(f.New)
		}
		facts = append(facts, text+md(marked(f)))
	}
	return facts
}

func valueMarkdown(v plan.Value) md {
	names, isList := v.AsList()
	switch {
	case v.IsNull(), isList && len(names) == 0:
		return md(valueText(v)) // a word of ours
	case isList:
		texts := make([]string, len(names))
		for i, name := range names {
			texts[i] = string(code(quoted(name)))
		}
		return md(strings.Join(texts, ", "))
	}
	return code(valueText(v))
}

// membersMarkdown returns members of an action, each with its mark, and with its line where the action shows them.
func membersMarkdown(a *plan.Action, list []plan.Member, mark visible) []md {
	texts := make([]md, len(list))
	lines := showsLines(a)
	for i, m := range list {
		who := m
		who.Inactive = false
		texts[i] = md(mark) + code(memberSpan(who, "", plain).text)
		if m.Inactive {
			texts[i] += " (inactive)"
		}
		if lines {
			texts[i] += sourceMarkdown(place(m.Source))
		}
	}
	return texts
}

// asMarkdown returns "as `Developer` (unverifiable)", or nothing.
func asMarkdown(a *plan.Action) md {
	f, ok := joinsAs(a)
	if !ok {
		return ""
	}
	return "as " + valueMarkdown(f.New) + md(marked(f))
}

// placeMarkdown returns the line that an action comes from: of what is unlisted now, the one where it stood before.
func placeMarkdown(a *plan.Action) md {
	switch {
	case a.Was != nil:
		return "was " + code(place(a.Was))
	case showsLines(a):
		return ""
	}
	return code(place(a.Source))
}

func joined(texts []md, between string) md {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = string(text)
	}
	return md(strings.Join(list, between))
}
