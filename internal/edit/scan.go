package edit

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

// scanner goes through a text once, led by the nodes that yaml.v3 found in it. Of a node it needs the place where it
// begins; where it ends, and what stands between two nodes, it finds itself: the parser says nothing about the one, and
// loses comments or puts them elsewhere in the other.
type scanner struct {
	file     string
	text     string
	at       int // offset up to which the text is understood
	line     int // of at, 1-based
	column   int // of at, in characters, 1-based
	token    int // the line on which the last thing that was not a comment ended
	comments []comment
}

// gap is what stands between two nodes.
type gap struct {
	comments []comment
	blank    bool // an empty line stands right before what follows
	dash     int  // offset of the first dash, -1 for none
	column   int  // of that dash
}

func (s *scanner) left(text string) error {
	return &LeftError{Pos: directory.Pos{File: s.file, Line: s.line, Column: s.column}, Text: text}
}

// take goes over n bytes of something that was understood.
func (s *scanner) take(n int) {
	for _, r := range s.text[s.at : s.at+n] {
		if r == '\n' {
			s.line, s.column = s.line+1, 1
		} else {
			s.column++
		}
	}
	s.at += n
	s.token = s.line
}

// until goes on to where a node begins.
func (s *scanner) until(n *yaml.Node) (gap, error) {
	return s.gap(func() bool { return s.line > n.Line || s.line == n.Line && s.column >= n.Column })
}

// gap goes on until done says so, over what stands between nodes.
func (s *scanner) gap(done func() bool) (gap, error) {
	g := gap{dash: -1}
	empty := s.at == 0 // the line so far
	newlines := 0
	for !done() {
		if s.at == len(s.text) {
			return g, s.left("its end is not where the parser says it is")
		}
		switch c := s.text[s.at]; c {
		case ' ', '\t':
			s.at, s.column = s.at+1, s.column+1
		case '\n':
			s.at, s.line, s.column = s.at+1, s.line+1, 1
			newlines++
			empty = true
		case '#':
			c := s.comment(empty, newlines > 1)
			if n := len(g.comments); n == 0 || !g.comments[n-1].goesOn(c) {
				g.comments = append(g.comments, c)
			}
			newlines = 0
		case '-', ':', ',', '[', ']', '{', '}':
			if c == '-' && g.dash < 0 {
				g.dash, g.column, g.blank = s.at, s.column, newlines > 1
			}
			s.at, s.column = s.at+1, s.column+1
			empty, newlines = false, 0
		default:
			if c == '.' && s.column == 1 && strings.HasPrefix(s.text[s.at:], "...") { // the end of the document
				s.at, s.column = s.at+3, s.column+3
				empty, newlines = false, 0
				continue
			}
			return g, s.left("there is something here that can't be told from a remark")
		}
	}
	g.blank = g.blank || newlines > 1
	return g, nil
}

func (s *scanner) comment(own, blank bool) comment {
	rest := s.text[s.at:]
	if end := strings.IndexByte(rest, '\n'); end >= 0 {
		rest = rest[:end]
	}
	c := comment{text: strings.TrimRight(rest, " \t"), line: s.line, column: s.column, own: own, blank: blank, start: s.at, end: s.at + len(rest)}
	s.comments = append(s.comments, c)
	s.at += len(rest)
	s.column += utf8.RuneCountInString(rest)
	return c
}

// goesOn reports whether a remark at the end of a line goes on with the one that follows it, and takes that in if so.
func (c *comment) goesOn(next comment) bool {
	if c.own || next.blank || next.column != c.column || next.line != c.line+len(c.more)+1 {
		return false
	}
	c.more, c.end = append(c.more, next.text), next.end
	return true
}

// scalar goes over a scalar in one of the flow styles.
func (s *scanner) scalar(n *yaml.Node) error {
	rest := s.text[s.at:]
	length := -1
	switch {
	case n.Kind == yaml.AliasNode:
		if strings.HasPrefix(rest, "*"+n.Value) {
			length = 1 + len(n.Value)
		}
	case n.Style&yaml.DoubleQuotedStyle != 0:
		length = quotedLength(rest, '"', `\`)
	case n.Style&yaml.SingleQuotedStyle != 0:
		length = quotedLength(rest, '\'', `'`)
	default:
		length = plainLength(rest, n.Value)
	}
	if length < 0 {
		return s.left("a value here is written in an unusual way")
	}
	s.take(length)
	return nil
}

// quotedLength returns how long a text in quotes is, quotes included, or -1. Behind the sign escape a quote is no end.
func quotedLength(text string, quote byte, escape string) int {
	if text == "" || text[0] != quote {
		return -1
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == escape[0] && i+1 < len(text) && (escape[0] != quote || text[i+1] == quote):
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return -1
}

// plainLength returns how long a text without quotes is in a file: its line breaks became spaces, and empty lines line
// breaks. It returns -1 if text does not begin with value.
func plainLength(text, value string) int {
	if strings.HasPrefix(text, value) {
		return len(value)
	}
	const white = " \t\n"
	at := 0
	for i := 0; i < len(value); {
		switch {
		case at < len(text) && text[at] == value[i] && value[i] != ' ' && value[i] != '\n':
			at, i = at+1, i+1
		case at < len(text) && (value[i] == ' ' || value[i] == '\n') && strings.IndexByte(white, text[at]) >= 0:
			at += len(text[at:]) - len(strings.TrimLeft(text[at:], white))
			i += len(value[i:]) - len(strings.TrimLeft(value[i:], white))
		default:
			return -1
		}
	}
	return at
}

// block goes over a scalar of several lines, which stand deeper than the column of what they belong to. It returns the
// scalar's header without a number of spaces, its lines without their indentation, and the remark behind the header.
func (s *scanner) block(column int) (header string, lines []string, remark comment, err error) {
	indent := 0
	for header == "" || s.at < len(s.text) && strings.IndexByte("+-0123456789", s.text[s.at]) >= 0 {
		if s.at == len(s.text) || header == "" && s.text[s.at] != '|' && s.text[s.at] != '>' {
			return "", nil, comment{}, s.left("a text of several lines is written in an unusual way")
		}
		if c := s.text[s.at]; '0' <= c && c <= '9' {
			indent = column - 1 + int(c-'0')
		} else {
			header += string(c)
		}
		s.take(1)
	}
	g, err := s.gap(func() bool { return s.at == len(s.text) || s.text[s.at] == '\n' })
	if err != nil {
		return "", nil, comment{}, err
	}
	if len(g.comments) > 0 {
		remark = g.comments[0]
	}
	end := s.at // of the last line that belongs to it
	for at := s.at; at < len(s.text); {
		at++ // the line break
		text, _, _ := strings.Cut(s.text[at:], "\n")
		own := strings.TrimLeft(text, " ")
		spaces := len(text) - len(own)
		if own != "" && indent == 0 {
			indent = max(spaces, column)
		}
		if own != "" && spaces < indent {
			break
		}
		at += len(text)
		lines = append(lines, text)
		if own != "" || indent > 0 && spaces > indent || strings.HasSuffix(header, "+") && at < len(s.text) {
			end = at
		}
	}
	lines = lines[:min(strings.Count(s.text[s.at:end], "\n"), len(lines))]
	for i, text := range lines {
		lines[i] = text[min(len(text), indent):]
	}
	s.take(end - s.at)
	if s.at == len(s.text) && len(lines) > 0 && !strings.HasSuffix(s.text, "\n") {
		header = header[:1] + "-" // no line break ends it, whatever the header says
	}
	return header, lines, remark, nil
}
