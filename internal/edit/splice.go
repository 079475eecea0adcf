package edit

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// splice is a part of a text and what stands in its place.
type splice struct {
	from, to int
	text     string
}

// editor changes a file where something changes, and nowhere else.
type editor struct {
	*document
	shown   string
	layouts map[string]layout
	splices []splice
}

func (e *editor) replace(from, to int, text string) {
	e.splices = append(e.splices, splice{from, to, text})
}

// result returns the text with all changes made. What is inserted at one place stays in the order it was inserted in.
func (e *editor) result() string {
	slices.SortStableFunc(e.splices, func(a, b splice) int { return cmp.Compare(a.from, b.from) })
	var b strings.Builder
	at := 0
	for _, s := range e.splices {
		if s.from > at {
			b.WriteString(e.text[at:s.from])
		}
		b.WriteString(s.text)
		at = max(at, s.to)
	}
	b.WriteString(e.text[at:])
	return b.String()
}

func (e *editor) lineStart(at int) int { return strings.LastIndexByte(e.text[:at], '\n') + 1 }

func (e *editor) lineEnd(at int) int {
	if end := strings.IndexByte(e.text[at:], '\n'); end >= 0 {
		return at + end
	}
	return len(e.text)
}

// blankLine reports whether the line that begins at an offset is empty. There is none behind the last.
func (e *editor) blankLine(at int) bool {
	return at < len(e.text) && strings.TrimSpace(e.text[at:e.lineEnd(at)]) == ""
}

// extent returns where the last line of an item ends, with the comments inside of it.
func (e *editor) extent(it *item) int {
	end := it.end
	for _, c := range append([]comment{it.line}, it.value.tail...) {
		end = max(end, c.end)
	}
	for _, in := range it.value.items {
		end = max(end, e.extent(in))
		for _, c := range in.foot {
			end = max(end, c.end)
		}
	}
	return e.lineEnd(end)
}

// block makes the changes that were marked in a block: items that are gone, and lists in brackets that changed. owner is the
// item whose value it is.
func (e *editor) block(n *node, owner *item, name string) error {
	gone := 0
	for _, it := range n.items {
		inside := name
		if n.kind == mapping {
			inside = e.layouts[name].inside[it.key.value]
		}
		switch {
		case it.gone:
			gone++
		case it.value.fresh:
			e.rewrite(n, it, name)
		case it.value.isBlock():
			if err := e.block(it.value, it, inside); err != nil {
				return err
			}
		case it.value.touched():
			e.rewrite(n, it, name)
		}
	}
	if gone == 0 {
		return nil
	}
	if gone == len(n.items) {
		if owner.key == nil || n.props != "" {
			return &LeftError{Pos: directory.Pos{File: e.shown, Line: 1 + strings.Count(e.text[:n.start], "\n"), Column: n.column}, Text: "a list can't be emptied here"}
		}
		colon := owner.key.end + strings.IndexByte(e.text[owner.key.end:], ':') + 1
		e.replace(colon, colon, " []")
	}
	for i, it := range n.items {
		if it.gone {
			e.cut(n, i)
		}
	}
	return nil
}

// cut takes the lines of an item out, its own comments too, and one of two empty lines that would meet.
func (e *editor) cut(n *node, i int) {
	it := n.items[i]
	from := e.lineStart(it.start)
	if head := it.attached(); len(head) > 0 && !n.heads(i) {
		from = e.lineStart(head[0].start)
	}
	to := min(e.extent(it)+1, len(e.text))
	first := i == 0
	if e.blankLine(to) && (first || from > 0 && e.blankLine(e.lineStart(from-1))) {
		to = min(e.lineEnd(to)+1, len(e.text))
	}
	e.replace(from, to, "")
}

// attached returns the comments that stand right above an item, without an empty line between them and it.
func (it *item) attached() []comment {
	above := slices.DeleteFunc(slices.Clone(it.head), func(c comment) bool { return c.start > it.start })
	if it.blank {
		return nil
	}
	for i := len(above) - 1; i >= 0; i-- {
		if above[i].blank {
			return above[i:]
		}
	}
	return above
}

// heads reports whether what stands above item i of a list may be the heading of several entries, one of which stays:
//
//	# The mobile team
//	- email: ana@acme.example
//	- email: bo@acme.example
//	# on leave until May
//	- email: cleo@acme.example
func (n *node) heads(i int) bool {
	for _, it := range n.items[i+1:] {
		if it.blank || len(it.head) > 0 {
			return false
		}
		if !it.gone {
			return true
		}
	}
	return false
}

// touched reports whether something in a node changed.
func (n *node) touched() bool {
	return n.fresh || slices.ContainsFunc(n.items, func(it *item) bool { return it.gone || it.value.touched() })
}

// prune takes out what is gone.
func (n *node) prune() {
	n.items = slices.DeleteFunc(n.items, func(it *item) bool { return it.gone })
	for _, it := range n.items {
		it.value.prune()
	}
}

// rewrite writes an item of a block anew, in the canonical form but for the order of keys.
func (e *editor) rewrite(in *node, it *item, name string) {
	it.value.prune()
	to := e.extent(it)
	bare := *it
	bare.blank, bare.foot = false, nil
	if it.line.start-it.end <= remarkGap {
		bare.line = it.line.anywhere() // it stood close and not in a column
	}
	bare.head = slices.DeleteFunc(slices.Clone(it.head), func(c comment) bool { return c.start < it.start })
	w := newWriter(true)
	w.item(in, &bare, name, in.column-1, "")
	e.replace(it.start, to, strings.TrimSpace(w.b.String()))
}

// insertBelow puts a line below an item of a block.
func (e *editor) insertBelow(n *node, it *item, text string) {
	at := e.extent(it)
	e.replace(at, at, "\n"+strings.Repeat(" ", n.column-1)+text)
}

// insertAbove puts a line right above an item of a block, below its comments.
func (e *editor) insertAbove(n *node, it *item, text string) {
	at := e.lineStart(it.start)
	e.replace(at, at, strings.Repeat(" ", n.column-1)+text+"\n")
}
