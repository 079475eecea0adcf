package edit

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
	"rollcall/internal/spec"
)

// read returns a file as a tree, nil if it holds no values. text has line feeds alone. It returns a *spec.ProblemsError
// for what is no YAML, and a *LeftError for YAML that is too unusual to be changed with care.
func read(file, text string) (*document, *yaml.Node, error) {
	top, err := spec.Parse(file, text)
	if err != nil || top == nil {
		return nil, nil, err
	}
	if top.Kind != yaml.MappingNode {
		return nil, nil, &LeftError{Pos: directory.Pos{File: file, Line: 1, Column: 1}, Text: "it is not a mapping"}
	}
	b := &builder{scanner: scanner{file: file, text: text, line: 1, column: 1}}
	doc := &document{text: text, root: &item{}}
	if doc.root.value, err = b.node(top, doc.root, 1); err != nil {
		return nil, nil, err
	}
	rest, err := b.gap(func() bool { return b.at == len(b.text) })
	if err != nil {
		return nil, nil, err
	}
	root := doc.root.value
	if n := len(root.items); n > 0 && !root.flow {
		b.ending(root, root.items[n-1], rest)
		doc.takeHeader(root.items[0])
	} else {
		root.tail = append(root.tail, rest.comments...)
	}
	doc.header = append(doc.root.head, doc.header...)
	doc.all, doc.fixed = b.comments, b.anchored
	return doc, top, nil
}

// takeHeader makes the comments above the first key those of the file: it may not stay the first key. Only a paragraph of
// its own right above it is about it.
func (d *document) takeHeader(first *item) {
	cut := len(first.head)
	for i := len(first.head) - 1; i > 0 && !first.blank; i-- {
		if first.head[i].blank {
			cut = i
			break
		}
	}
	d.header, first.head = first.head[:cut], first.head[cut:]
	d.gap = first.blank || len(first.head) > 0
	first.blank = false
}

// builder makes the tree, and finds for each comment the thing that it stands at.
type builder struct {
	scanner
	anchored bool
}

// node goes over a node and what stands in front of it. owner is the item whose value it is, and column where the block
// that owner is in stands.
func (b *builder) node(n *yaml.Node, owner *item, column int) (*node, error) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" && n.Value == "" && n.Style&yaml.TaggedStyle == 0 && n.Anchor == "" {
		return &node{start: b.at, end: b.at}, nil // it has no place
	}
	nd := &node{tag: n.ShortTag(), value: n.Value, meant: n.Value, flow: n.Style&yaml.FlowStyle != 0}
	first, err := b.until(n) // in front of what the node begins with
	if err != nil {
		return nil, err
	}
	nd.start = b.at
	if n.Anchor != "" || n.Style&yaml.TaggedStyle != 0 {
		owner.remark(b.token, first)
		if first, err = b.properties(n, nd); err != nil {
			return nil, err
		}
	}
	switch {
	case n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode:
		err = b.items(n, nd, owner, first)
	case n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		owner.remark(b.token, first)
		nd.kind = scalar
		var remark comment
		nd.header, nd.lines, remark, err = b.block(column)
		if remark.text != "" && owner.line.text != "" {
			owner.head = append(owner.head, owner.line)
		}
		if remark.text != "" {
			owner.line = remark
		}
	default:
		owner.remark(b.token, first)
		nd.kind = scalar
		if n.Kind == yaml.AliasNode {
			nd.kind, nd.meant, b.anchored = alias, n.Alias.Value, true
		}
		err = b.scalar(n)
	}
	nd.end = b.at
	return nd, err
}

// properties goes over an anchor and a tag, and returns the gap behind them.
func (b *builder) properties(n *yaml.Node, nd *node) (gap, error) {
	if n.Anchor != "" {
		nd.props, b.anchored = "&"+n.Anchor, true
	}
	if n.Style&yaml.TaggedStyle != 0 && nd.tag != "!!str" {
		nd.props = strings.TrimSpace(nd.props + " " + nd.tag)
	}
	for b.at < len(b.text) && (b.text[b.at] == '&' || b.text[b.at] == '!') {
		length := strings.IndexAny(b.text[b.at:], " \t\n,[]{}")
		if length < 0 {
			return gap{}, b.left("an anchor or a tag stands at nothing")
		}
		b.take(length)
		g, err := b.gap(func() bool { return b.at == len(b.text) || strings.IndexByte(" \t\n#", b.text[b.at]) < 0 })
		if err != nil || b.at < len(b.text) && strings.IndexByte("&!", b.text[b.at]) < 0 {
			return g, err
		}
		if len(g.comments) > 0 {
			return g, b.left("a remark stands between an anchor and a tag")
		}
	}
	return gap{dash: -1}, nil
}

// remark gives an item what stands between its key or dash and its value.
func (it *item) remark(token int, g gap) {
	for _, c := range g.comments {
		if c.line == token && it.key != nil && it.line.text == "" {
			it.line = c
			continue
		}
		it.head = append(it.head, c)
	}
}

// items goes over a mapping or a list. first is what stands in front of it, or of its first item.
func (b *builder) items(n *yaml.Node, nd *node, owner *item, first gap) error {
	nd.kind = list
	step := 1
	if n.Kind == yaml.MappingNode {
		nd.kind, step = mapping, 2
	}
	if nd.flow {
		owner.remark(b.token, first)
		first = gap{dash: -1}
		if b.at == len(b.text) || strings.IndexByte("[{", b.text[b.at]) < 0 {
			return b.left("a mapping without its braces stands in a list")
		}
		b.take(1)
	}
	var last *item
	for i := 0; i < len(n.Content); i += step {
		it := &item{}
		value := n.Content[i+step-1]
		token := b.token
		g := first
		if (i > 0 || nd.flow || step == 1) && !isNothing(n.Content[i]) {
			rest, err := b.until(n.Content[i])
			if err != nil {
				return err
			}
			g = first.and(rest)
		}
		first = gap{dash: -1}
		b.between(nd, owner, last, it, token, g)
		it.start = b.at
		if nd.kind == list && !nd.flow {
			if it.start = g.dash; g.dash < 0 {
				return b.left("an item of a list is empty")
			}
		}
		if nd.column == 0 {
			if nd.column = b.column; nd.kind == list {
				nd.column = g.column
			}
		}
		var err error
		if step == 2 {
			if it.key, err = b.node(n.Content[i], it, nd.column); err != nil {
				return err
			}
		}
		if it.value, err = b.node(value, it, nd.column); err != nil {
			return err
		}
		it.end = b.at
		nd.items, last = append(nd.items, it), it
	}
	if !nd.flow {
		return nil
	}
	return b.closing(nd, owner, last)
}

func isNothing(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.ShortTag() == "!!null" && n.Anchor == "" && n.Style == 0
}

// and joins two gaps that follow one another.
func (g gap) and(next gap) gap {
	next.comments = append(g.comments, next.comments...)
	if g.dash >= 0 {
		next.dash, next.column = g.dash, g.column
	}
	next.blank = next.blank || g.blank
	return next
}

// closing goes over the end of a flow mapping or list.
func (b *builder) closing(nd *node, owner, last *item) error {
	token := b.token
	g, err := b.gap(func() bool { return b.at == len(b.text) || strings.IndexByte("]}", b.text[b.at]) >= 0 })
	if err != nil {
		return err
	}
	if b.at == len(b.text) {
		return b.left("a bracket is not closed")
	}
	for _, c := range g.comments {
		switch {
		case last == nil:
			owner.remark(token, gap{comments: []comment{c}}) // nothing of its own can bear it
		case c.line == token && last.line.text == "":
			last.line = c.anywhere()
		default:
			nd.tail = append(nd.tail, c)
		}
	}
	b.take(1)
	return nil
}

// anywhere returns a remark whose column says nothing: it goes close to the line that it will stand behind.
func (c comment) anywhere() comment {
	c.column = 0
	return c
}

// between gives the comments of the gap between last and next, items of nd, to what they stand at. last is nil in front of
// the first item. token is the line on which last, or the key of owner, ended.
func (b *builder) between(nd *node, owner, last, next *item, token int, g gap) {
	next.blank = g.blank
	comments := g.comments
	if len(comments) > 0 && comments[0].line == token && !comments[0].own {
		switch {
		case last != nil && nd.flow && last.line.text == "":
			last.line, comments = comments[0].anywhere(), comments[1:]
		case last != nil && last.last().line.text == "":
			last.last().line, comments = comments[0], comments[1:]
		case last == nil && owner.key != nil && owner.line.text == "":
			owner.line, comments = comments[0], comments[1:]
		}
	}
	if last == nil || nd.flow {
		next.head = append(next.head, comments...)
		return
	}
	var behind []comment // the dash of the item
	if at := slices.IndexFunc(comments, func(c comment) bool { return g.dash >= 0 && c.start > g.dash }); at >= 0 {
		comments, behind = comments[:at], comments[at:]
	}
	comments = inner(nd, last, comments)
	// What stands right below the one and apart from the other is about the one.
	if n := paragraph(comments); n > 0 && (n < len(comments) || g.blank) {
		last.foot, comments = comments[:n:n], comments[n:]
	}
	next.head = append(append(next.head, comments...), behind...)
}

// ending gives the comments behind the last item to what they stand at.
func (b *builder) ending(nd *node, last *item, g gap) {
	comments := g.comments
	if len(comments) > 0 && !comments[0].own && last.last().line.text == "" {
		last.last().line, comments = comments[0], comments[1:]
	}
	comments = inner(nd, last, comments)
	n := paragraph(comments)
	last.foot, nd.tail = comments[:n:n], comments[n:]
}

// paragraph returns how many comments stand together without an empty line before or between them.
func paragraph(comments []comment) int {
	for i, c := range comments {
		if c.blank {
			return i
		}
	}
	return len(comments)
}

// inner gives the comments behind last, an item of nd, to the blocks inside of it, as deep as they are indented, and returns
// those that are left for nd:
//
//	users:
//	  - email: ana@acme.example
//	    # below the keys of ana
//	  # below the list
//	# above the groups
//	groups:
func inner(nd *node, last *item, comments []comment) []comment {
	blocks := []*node{nd}
	columns := []int{nd.column}
	for it := last; it.value.isBlock() && len(it.value.items) > 0; {
		// The dashes of a list may stand below the first letter of its key, and a comment there is not one of the list.
		columns = append(columns, max(it.value.column, columns[len(columns)-1]+1))
		blocks = append(blocks, it.value)
		it = it.value.items[len(it.value.items)-1]
	}
	depth := len(blocks) - 1
	for i, c := range comments {
		for depth > 0 && c.column < columns[depth] {
			depth--
		}
		if depth == 0 {
			return comments[i:]
		}
		blocks[depth].tail = append(blocks[depth].tail, c)
	}
	return nil
}
