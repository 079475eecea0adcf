package spec

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

// quickParser reads the plain entries that nearly every roster consists of, about ten times as fast as yaml.v3:
//
//   - email: ana@acme.example      one key a line, values plain or in quotes without escapes
//     groups: [web-qa, "Mobile QA"]   lists in brackets on one line
//     members:                        or one item a line
//   - ana@acme.example
//   - {email: bo@acme.example, role: Lead}   or all on one line
//
// For all else it returns nil, and yaml.v3 reads the entry. It never guesses: whatever it returns is the very tree that
// yaml.v3 builds, places and tags included, which a fuzz test sees to.
//
// The nodes it returns are overwritten by the next call, and their texts are parts of the file.
type quickParser struct {
	blocks [][]yaml.Node
	used   int

	row       string // the line at hand, without its end
	line      int
	at        int // how far row is read, in bytes
	counted   int // how far columns are counted, in bytes
	character int // how many characters that is
}

const (
	quickBlock = 256 // nodes of a block
	quickDepth = 3   // how deep lists may be nested in brackets
)

func newQuickParser() *quickParser { return &quickParser{} }

// parse returns the item that an entry holds, or nil.
func (q *quickParser) parse(entry span) *yaml.Node {
	q.used = 0
	var top, open *yaml.Node // open: the list that lines with a dash add to
	keys, dashes := -1, -1   // the columns of the keys and of the dashes
	q.line = entry.line - 1
	for rest := entry.text; rest != ""; {
		end := lineEnd(rest, 0)
		row := strings.TrimRight(rest[:end], " \r\n")
		rest = rest[end:]
		q.begin(row)
		q.skipSpaces()
		indent := q.at
		switch {
		case q.atEnd():
			continue
		case strings.IndexByte(row, '\t') >= 0:
			return nil
		case top == nil:
			q.at++ // the dash
			if q.skipSpaces(); q.atEnd() {
				return nil
			}
			if q.row[q.at] == '{' {
				if top = q.value(quickDepth, false); top == nil || !q.ends() {
					return nil
				}
				continue
			}
			keys = q.at
			top = q.node(yaml.MappingNode, "!!map", "")
			open = q.pair(top)
		case keys < 0:
			return nil
		case isDash(row[indent:]):
			if open == nil || open.Kind != yaml.SequenceNode || indent < keys || (dashes >= 0 && dashes != indent) {
				return nil
			}
			if dashes < 0 {
				dashes = indent
				open.Line, open.Column = q.line, q.column()
			}
			q.at++
			if q.skipSpaces(); q.atEnd() {
				return nil
			}
			item := q.value(0, false)
			if item == nil || !q.ends() {
				return nil
			}
			open.Content = append(open.Content, item)
			continue
		case indent == keys && (open.Kind != yaml.SequenceNode || dashes >= 0):
			dashes = -1
			open = q.pair(top)
		default:
			return nil
		}
		if open == nil {
			return nil
		}
	}
	if top == nil || (open != nil && open.Kind == yaml.SequenceNode && dashes < 0) {
		return nil // a key without a value
	}
	return top
}

// pair adds the key and the value in the row to a mapping. It returns the mapping, or the list that the lines to come
// have to fill, or nil.
func (q *quickParser) pair(top *yaml.Node) *yaml.Node {
	key := q.key()
	if key == nil {
		return nil
	}
	if q.skipSpaces(); q.atEnd() {
		list := q.node(yaml.SequenceNode, "!!seq", "")
		top.Content = append(top.Content, key, list)
		return list
	}
	value := q.value(quickDepth, false)
	if value == nil || !q.ends() {
		return nil
	}
	top.Content = append(top.Content, key, value)
	return top
}

// key reads a key and its colon.
func (q *quickParser) key() *yaml.Node {
	end := q.at
	for end < len(q.row) && (q.row[end] == '_' || ('a' <= q.row[end] && q.row[end] <= 'z')) {
		end++
	}
	name := q.row[q.at:end]
	if name == "" || len(name) > 64 || end == len(q.row) || q.row[end] != ':' || quickTag(name) != "!!str" {
		return nil
	}
	if end+1 < len(q.row) && q.row[end+1] != ' ' {
		return nil
	}
	key := q.node(yaml.ScalarNode, "!!str", name)
	q.at = end + 1
	return key
}

// value reads a value. flow says that it stands in brackets, depth how deep it may open more of them.
func (q *quickParser) value(depth int, flow bool) *yaml.Node {
	switch c := q.row[q.at]; {
	case c == '"' || c == '\'':
		return q.quoted(c)
	case c == '[' && depth > 0:
		return q.brackets(depth - 1)
	case c == '{' && depth > 0:
		return q.braces(depth - 1)
	}
	end := q.at
	for ; end < len(q.row); end++ {
		c := q.row[end]
		switch {
		case c == '#' && q.row[end-1] == ' ', flow && (c == ',' || c == ']' || c == '}'):
			if c == '#' && flow {
				return nil
			}
		case flow && (c == '[' || c == '{' || c == '?' || c == ':'):
			return nil
		case c == ':' && (end+1 == len(q.row) || q.row[end+1] == ' '):
			return nil
		default:
			continue
		}
		break
	}
	text := strings.TrimRight(q.row[q.at:end], " ")
	tag := quickTag(text)
	if tag == "" {
		return nil
	}
	n := q.node(yaml.ScalarNode, tag, text)
	q.at = end
	return n
}

func (q *quickParser) quoted(quote byte) *yaml.Node {
	length := strings.IndexByte(q.row[q.at+1:], quote)
	if length < 0 {
		return nil
	}
	text := q.row[q.at+1 : q.at+1+length]
	end := q.at + length + 2
	if quote == '"' && strings.IndexByte(text, '\\') >= 0 || quote == '\'' && end < len(q.row) && q.row[end] == '\'' {
		return nil
	}
	n := q.node(yaml.ScalarNode, "!!str", text)
	n.Style = yaml.DoubleQuotedStyle
	if quote == '\'' {
		n.Style = yaml.SingleQuotedStyle
	}
	q.at = end
	return n
}

func (q *quickParser) brackets(depth int) *yaml.Node {
	list := q.node(yaml.SequenceNode, "!!seq", "")
	list.Style = yaml.FlowStyle
	return q.inside(list, ']', func() bool {
		item := q.value(depth, true)
		list.Content = append(list.Content, item)
		return item != nil
	})
}

func (q *quickParser) braces(depth int) *yaml.Node {
	mapping := q.node(yaml.MappingNode, "!!map", "")
	mapping.Style = yaml.FlowStyle
	return q.inside(mapping, '}', func() bool {
		key := q.key()
		if key == nil {
			return false
		}
		if q.skipSpaces(); q.at == len(q.row) {
			return false
		}
		value := q.value(depth, true)
		mapping.Content = append(mapping.Content, key, value)
		return value != nil
	})
}

// inside reads what stands between brackets, each item with read, and returns n.
func (q *quickParser) inside(n *yaml.Node, closing byte, read func() bool) *yaml.Node {
	q.at++
	for {
		if q.skipSpaces(); q.at == len(q.row) {
			return nil
		}
		if q.row[q.at] == closing {
			q.at++
			return n
		}
		if !read() {
			return nil
		}
		if q.skipSpaces(); q.at == len(q.row) {
			return nil
		}
		if q.row[q.at] == ',' {
			q.at++
		} else if q.row[q.at] != closing {
			return nil
		}
	}
}

func (q *quickParser) begin(row string) {
	q.row, q.at, q.counted, q.character = row, 0, 0, 0
	q.line++
}

func (q *quickParser) skipSpaces() {
	for q.at < len(q.row) && q.row[q.at] == ' ' {
		q.at++
	}
}

// atEnd reports whether nothing but a remark is left of the row.
func (q *quickParser) atEnd() bool {
	return q.at == len(q.row) || (q.row[q.at] == '#' && (q.at == 0 || q.row[q.at-1] == ' '))
}

// ends is atEnd after spaces.
func (q *quickParser) ends() bool {
	q.skipSpaces()
	return q.atEnd()
}

// column returns the place in the row, in characters from 1.
func (q *quickParser) column() int {
	q.character += utf8.RuneCountInString(q.row[q.counted:q.at])
	q.counted = q.at
	return q.character + 1
}

// node returns a node at the place in the row.
func (q *quickParser) node(kind yaml.Kind, tag, value string) *yaml.Node {
	block, index := q.used/quickBlock, q.used%quickBlock
	if block == len(q.blocks) {
		q.blocks = append(q.blocks, make([]yaml.Node, quickBlock))
	}
	q.used++
	n := &q.blocks[block][index]
	*n = yaml.Node{Kind: kind, Tag: tag, Value: value, Line: q.line, Column: q.column(), Content: n.Content[:0]}
	return n
}

func isDash(content string) bool {
	return content[0] == '-' && (len(content) == 1 || content[1] == ' ')
}

// quickTag returns the tag of a plain scalar, or "" if that takes more than a look.
func quickTag(text string) string {
	if text == "" {
		return ""
	}
	switch c := text[0]; {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c >= utf8.RuneSelf, c == '_', c == '(':
		switch text {
		case "true", "True", "TRUE", "false", "False", "FALSE":
			return "!!bool"
		case "null", "Null", "NULL":
			return "!!null"
		}
		return "!!str"
	case '0' <= c && c <= '9':
		return quickNumberTag(text)
	}
	return ""
}

func quickNumberTag(text string) string {
	if strings.IndexByte(text, '@') >= 0 {
		return "!!str" // an address
	}
	if len(text) == len("2006-01-02") && text[4] == '-' {
		if _, err := directory.ParseDate(text); err == nil {
			return "!!timestamp"
		}
		return ""
	}
	if len(text) > 18 || (text[0] == '0' && len(text) > 1) {
		return ""
	}
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return ""
		}
	}
	return "!!int"
}
