package edit

import (
	"strings"
	"unicode/utf8"

	"rollcall/internal/directory"
)

const (
	// MaxWidth is how many characters a line may have that holds a list or a mapping in brackets. What is longer gets a
	// line for each item.
	MaxWidth = 132
	// step is how far each level is indented, dashes too.
	step = 2
	// remarkGap is how many spaces stand between a value and the remark behind it at least.
	remarkGap = 2
)

// writer writes the canonical form.
type writer struct {
	b       strings.Builder
	layouts map[string]layout
	fixed   bool // keys keep the order that they have

	opened bool // nothing was written since a block was opened: no empty line
	apart  bool // an empty line has to come before what is written next
}

func newWriter(fixed bool) *writer { return &writer{layouts: layouts(), fixed: fixed, opened: true} }

// document writes a file.
func (w *writer) document(d *document) string {
	for _, c := range d.header {
		w.comment(c, 0)
	}
	root := d.root.value
	items := w.ordered(root, layoutRoot)
	for i, it := range items {
		if i == 0 && len(d.header) > 0 && (d.gap || len(it.head) > 0) {
			w.apart = true
		}
		if key := it.key.value; (key == "users" || key == "groups" || key == "include") && len(it.value.items) > 0 {
			it.value.flow = false
		}
		w.item(root, it, layoutRoot, 0, "")
	}
	w.tail(root, 0)
	if d.root.line.text != "" {
		w.comment(d.root.line, 0) // behind the braces of the whole file
	}
	return w.b.String()
}

func (w *writer) ordered(n *node, name string) []*item {
	if n.kind != mapping || w.fixed {
		return n.items
	}
	l := w.layouts[name]
	return l.sorted(n.items)
}

// item writes an item of a block with the comments around it. lead is what its first line begins with, if that is not its
// indentation: the dash of the list item that it is the first key of.
func (w *writer) item(in *node, it *item, name string, indent int, lead string) {
	if lead == "" {
		w.above(in, it, name, indent)
		lead = strings.Repeat(" ", indent)
	}
	if in.kind == list {
		w.value(it, name, indent, lead+"-")
	} else {
		inside := w.layouts[name].inside[it.key.value]
		w.value(it, inside, indent, lead+join(it.key.props, w.scalar(it.key, ""))+":")
	}
	for _, c := range it.foot {
		w.comment(c, indent)
	}
	w.apart = w.apart || len(it.foot) > 0
}

// above writes what stands above an item: its comments, and those of the key that its first line ends with.
func (w *writer) above(in *node, it *item, name string, indent int) {
	for _, c := range it.head {
		w.comment(c, indent)
	}
	w.apart = w.apart || it.blank
	for in.kind == list && w.opens(it.value, indent) {
		if it.line.text != "" {
			w.comment(it.line, indent) // the line that it stood at the end of is no more
		}
		in, it = it.value, w.ordered(it.value, name)[0]
		for _, c := range it.head {
			w.comment(c, indent)
		}
		indent += step
	}
}

// opens reports whether the value of a list item begins on the line of its dash and goes on below.
func (w *writer) opens(n *node, indent int) bool {
	return (n.kind == list || n.kind == mapping) && n.props == "" && len(n.items) > 0 && !w.fits(n, indent+step)
}

// value writes what stands behind a key or a dash.
func (w *writer) value(it *item, name string, indent int, begin string) {
	n := it.value
	switch {
	case n.kind == nothing:
		w.line(begin, it.line)
	case n.header != "":
		w.block(it, indent, begin)
	case n.kind == scalar || n.kind == alias:
		key := ""
		if it.key != nil {
			key = it.key.value
		}
		w.line(begin+" "+join(n.props, w.scalar(n, key)), it.line)
	case w.fits(n, utf8.RuneCountInString(begin)+1):
		w.line(begin+" "+join(n.props, w.brackets(n, name)), it.line)
	default:
		remark := it.line
		if n.flow {
			remark.column = 0 // its column was that of a longer line
		}
		if it.key == nil && n.props == "" {
			w.inside(n, name, indent+step, begin+strings.Repeat(" ", step-1))
			break
		}
		w.line(join(begin, n.props), remark)
		w.opened = true
		w.inside(n, name, indent+step, "")
	}
}

// inside writes the items of a block. lead is what the line of the first begins with, if that is not its indentation.
func (w *writer) inside(n *node, name string, indent int, lead string) {
	for i, it := range w.ordered(n, name) {
		if i > 0 {
			lead = ""
		}
		w.item(n, it, name, indent, lead)
	}
	w.tail(n, indent)
}

func (w *writer) tail(n *node, indent int) {
	for _, c := range n.tail {
		w.comment(c, indent)
	}
}

// fits reports whether a list or a mapping stays in its brackets, behind so many characters: if that is how it was written,
// nobody has put a remark into it, and it is not too long.
func (w *writer) fits(n *node, column int) bool {
	switch {
	case len(n.items) == 0:
		return len(n.tail) == 0
	case !n.flow || n.hasRemarks() || n.needsLines():
		return false
	}
	return column+utf8.RuneCountInString(join(n.props, w.brackets(n, ""))) <= MaxWidth
}

// needsLines reports whether something in a node can't stand in brackets: a text of several lines, or a key without a value.
func (n *node) needsLines() bool {
	for _, it := range n.items {
		if it.value.kind == nothing || it.value.needsLines() {
			return true
		}
	}
	return n.header != ""
}

// brackets returns a node on one line.
func (w *writer) brackets(n *node, name string) string {
	if n.kind != list && n.kind != mapping {
		return w.scalar(n, name)
	}
	var parts []string
	for _, it := range w.ordered(n, name) {
		if n.kind == list {
			parts = append(parts, join(it.value.props, w.brackets(it.value, name)))
			continue
		}
		key := it.key.value
		inside := w.layouts[name].inside[key]
		if it.value.kind == scalar {
			inside = key
		}
		parts = append(parts, join(join(it.key.props, w.scalar(it.key, "")+":"), join(it.value.props, w.brackets(it.value, inside))))
	}
	text := strings.Join(parts, ", ")
	if n.kind == list {
		return "[" + text + "]"
	}
	return "{" + text + "}"
}

// scalar returns a value in the one way it is written. key is the key that it stands under.
func (w *writer) scalar(n *node, key string) string {
	if n.kind == alias {
		return "*" + n.value
	}
	switch n.tag {
	case "!!str":
		if isDay(n, key) {
			return n.value
		}
		return Scalar(n.value)
	case "!!bool":
		return strings.ToLower(n.value)
	}
	if strings.HasPrefix(n.tag, "!!") {
		return n.value
	}
	return Scalar(n.value)
}

// isDay reports whether a value is a day of the calendar, which a roster writes without quotes.
func isDay(n *node, key string) bool {
	if key != "until" || n.kind != scalar || n.tag != "!!str" && n.tag != "!!timestamp" {
		return false
	}
	_, err := directory.ParseDate(n.value)
	return err == nil
}

// block writes a scalar over several lines, as it was but for its indentation.
func (w *writer) block(it *item, indent int, begin string) {
	n := it.value
	header := n.header
	for _, text := range n.lines {
		if text != "" {
			if text[0] == ' ' {
				header = header[:1] + "2" + header[1:]
			}
			break
		}
	}
	w.line(begin+" "+join(n.props, header), it.line)
	for _, text := range n.lines {
		if text != "" {
			text = strings.Repeat(" ", indent+step) + text
		}
		w.b.WriteString(text + "\n")
	}
	w.opened = strings.HasSuffix(header, "+") // an empty line behind it would be one of the text
}

func (w *writer) comment(c comment, indent int) {
	w.apart = w.apart || c.blank
	for _, text := range append([]string{c.text}, c.more...) {
		w.line(strings.Repeat(" ", indent)+text, comment{})
	}
}

// line writes a line with the remark at its end. The remark keeps the column in which it stood, so that those that stand
// below one another still do, unless the line reaches so far.
func (w *writer) line(text string, remark comment) {
	if w.apart && !w.opened {
		w.b.WriteByte('\n')
	}
	w.apart, w.opened = false, false
	w.b.WriteString(text)
	if remark.text != "" {
		width := utf8.RuneCountInString(text)
		gap := max(remarkGap, remark.column-1-width)
		w.b.WriteString(strings.Repeat(" ", gap) + remark.text)
		for _, more := range remark.more {
			w.b.WriteString("\n" + strings.Repeat(" ", width+gap) + more)
		}
	}
	w.b.WriteByte('\n')
}

// join returns two words with a space between them.
func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}
