package edit

import (
	"fmt"

	"rollcall/internal/directory"
)

// kind is what a node is.
type kind int

const (
	nothing kind = iota // the value of a key that has none
	scalar
	alias
	list
	mapping
)

// node is a node of a file, with all that people wrote around it.
type node struct {
	kind  kind
	tag   string // of a scalar, in its short form
	value string // of a scalar; the name of an alias
	meant string // what the scalar or the alias stands for
	props string // its anchor and its tag, as they stand in front of it; "" for none

	header string   // of a scalar over several lines: its sign and how it ends
	lines  []string // and its lines without their indentation

	flow  bool // in brackets
	items []*item
	fresh bool      // an item was added or changed
	tail  []comment // below the items of a block
	// column is where the items of a block stand, 1-based: the first keys of a mapping, the dashes of a list.
	column int

	start, end int // offsets into the text
}

// item is a key with its value, or an item of a list.
//
//	# head
//	key: value   # line
//	# foot, which an empty line sets off from what follows
type item struct {
	head  []comment
	blank bool  // an empty line stands right before it
	key   *node // nil in a list
	value *node
	line  comment // the zero comment for none
	foot  []comment

	start, end int  // offsets, from the key or the dash to the end of the value
	gone       bool // it is taken out
}

// comment is a line of remarks, or the remark at the end of a line, which may go on below itself:
//
//   - email: ana@acme.example  # on leave
//     # until May
type comment struct {
	text   string   // with its sign, without white space at its end; "" for none
	more   []string // the lines that it goes on with
	line   int      // of the file, 1-based
	column int      // in characters, 1-based
	own    bool     // it has a line of its own
	blank  bool     // an empty line stands before it

	start, end int // offsets into the text
}

// document is a file.
type document struct {
	text   string
	header []comment // above the first key, and about the file
	gap    bool      // an empty line stands below them
	root   *item     // without a key
	all    []comment
	fixed  bool // the keys keep their order, since an anchor has to stand before its aliases
}

// LeftError says why a file is left as it is although nothing is wrong with it.
type LeftError struct {
	Pos  directory.Pos
	Text string
}

func (e *LeftError) Error() string { return fmt.Sprintf("%s: left as it is: %s", e.Pos, e.Text) }

// isBlock reports whether a node has lines of its own for its items.
func (n *node) isBlock() bool { return (n.kind == list || n.kind == mapping) && !n.flow }

// last returns the item on whose last line the text of it ends.
func (it *item) last() *item {
	for it.value.isBlock() && len(it.value.items) > 0 {
		it = it.value.items[len(it.value.items)-1]
	}
	return it
}

// hasRemarks reports whether a comment stands somewhere in a node.
func (n *node) hasRemarks() bool {
	if len(n.tail) > 0 {
		return true
	}
	for _, it := range n.items {
		if len(it.head) > 0 || len(it.foot) > 0 || it.line.text != "" || it.value.hasRemarks() {
			return true
		}
	}
	return false
}

// find returns the item of a key, nil if there is none.
func (n *node) find(key string) *item {
	for _, it := range n.items {
		if it.key != nil && it.key.value == key {
			return it
		}
	}
	return nil
}
