// Package edit changes the files of a roster and keeps what people wrote in them. It must not touch a tool or the disk, nor
// decide what access means: what a roster says is for spec to read and for plan to judge.
//
//	text ──> read ──> tree with every comment ─┬─> writer ──> the canonical form            fmt
//	                                           └─> editor ──> text with parts spliced in    offboard
package edit

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

// Format returns the text of a file of a roster in its canonical form. file is how places name it. Entries keep their
// order, and every comment stays at what it stands at. What is returned means what text means and holds every comment of
// it: that was looked at before. A file without any value is returned as it is.
//
// It returns a *spec.ProblemsError for a text that is no YAML, and a *LeftError for one that can't be formatted safely.
func Format(file, text string) (string, error) {
	plain, form := unformed(text)
	doc, top, err := read(file, plain)
	if err != nil {
		return "", err
	}
	if doc == nil {
		return text, nil
	}
	out := newWriter(doc.fixed).document(doc)
	again, after, err := read(file, out)
	start := directory.Pos{File: file, Line: 1, Column: 1}
	switch {
	case err != nil || again == nil:
		return "", &LeftError{Pos: start, Text: "its form is too unusual to be changed with care"}
	case !means(top, after, ""):
		return "", &LeftError{Pos: start, Text: "formatted it would mean something else"}
	}
	if lost, ok := missing(doc.all, again.all); ok {
		return "", &LeftError{Pos: directory.Pos{File: file, Line: lost.line, Column: lost.column}, Text: "formatted it would lose a remark"}
	}
	return form.of(out), nil
}

// form is what a file looks like from outside.
type form struct {
	mark    bool // it begins with a byte order mark
	returns bool // its lines end with a carriage return too
}

const byteOrderMark = "\ufeff"

// unformed returns a text with line feeds alone and without a mark in front.
func unformed(text string) (string, form) {
	text, marked := strings.CutPrefix(text, byteOrderMark)
	f := form{mark: marked}
	if at := strings.IndexByte(text, '\n'); at > 0 && text[at-1] == '\r' {
		f.returns = true
	}
	return strings.ReplaceAll(text, "\r\n", "\n"), f
}

// of returns a text with the line ends of the form. A byte order mark does not come back: UTF-8 needs none.
func (f form) of(text string) string {
	if f.returns {
		return strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

// means reports whether two nodes mean the same, whatever the order of keys and the style of values. key is the key that
// they stand under.
func means(a, b *yaml.Node, key string) bool {
	if a.Kind != b.Kind || a.Anchor != b.Anchor || a.Kind != yaml.AliasNode && len(a.Content) != len(b.Content) {
		return false
	}
	switch a.Kind {
	case yaml.AliasNode:
		return a.Value == b.Value
	case yaml.ScalarNode:
		return meansScalar(a, b, key)
	case yaml.MappingNode:
		return a.ShortTag() == b.ShortTag() && meansMapping(a, b)
	}
	for i := range a.Content {
		if !means(a.Content[i], b.Content[i], key) {
			return false
		}
	}
	return a.ShortTag() == b.ShortTag()
}

func meansScalar(a, b *yaml.Node, key string) bool {
	tag := a.ShortTag()
	if tag == b.ShortTag() && tag == "!!bool" {
		return strings.EqualFold(a.Value, b.Value)
	}
	day := func(n *yaml.Node) bool { return isDay(&node{kind: scalar, tag: n.ShortTag(), value: n.Value}, key) }
	return a.Value == b.Value && (tag == b.ShortTag() || day(a) && day(b))
}

func meansMapping(a, b *yaml.Node) bool {
	left, right := pairs(a), pairs(b)
	for i := range left {
		if !means(left[i][0], right[i][0], "") || !means(left[i][1], right[i][1], left[i][0].Value) {
			return false
		}
	}
	return true
}

// pairs returns the keys of a mapping with their values, sorted by key.
func pairs(n *yaml.Node) [][2]*yaml.Node {
	list := make([][2]*yaml.Node, 0, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		list = append(list, [2]*yaml.Node{n.Content[i], n.Content[i+1]})
	}
	slices.SortStableFunc(list, func(a, b [2]*yaml.Node) int { return strings.Compare(a[0].Value, b[0].Value) })
	return list
}

// missing returns the first of some comments that is not among others as often.
func missing(comments, among []comment) (comment, bool) {
	count := make(map[string]int, len(among))
	for _, c := range among {
		count[c.text]++
	}
	for _, c := range comments {
		if count[c.text]--; count[c.text] < 0 {
			return c, true
		}
	}
	return comment{}, false
}
