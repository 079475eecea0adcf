package testrail

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON in one pass and as leniently as TestRail writes it: a flag may be a number, a number may be a text.
// encoding/json needs a method for each such type and about five times as long; a page of users is most of what a plan
// costs. The first error stays, and every method returns zero from then on.
type scanner struct {
	data    []byte
	pos     int
	depth   int
	err     error
	scratch []byte // the last string that held escapes
}

// maxDepth is how deep values may be nested. TestRail's go to four.
const maxDepth = 100

var errTooDeep = errors.New("JSON is nested too deep")

// newScanner returns a scanner of an answer's JSON, without what some servers put in front of it: a byte order mark, and
// the line that legacy servers greet with (CLIENT: gurock/trcli strips it too).
func newScanner(body []byte) *scanner {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	body = bytes.TrimPrefix(bytes.TrimSpace(body), []byte("USER AUTHENTICATION SUCCESSFUL!"))
	return &scanner{data: body}
}

// end returns the first error, or one if anything but white space is left.
func (s *scanner) end() error {
	if s.peek() != 0 || s.err == nil && s.pos < len(s.data) {
		s.fail("more text after the value")
	}
	return s.err
}

// fail keeps the first error.
func (s *scanner) fail(text string) {
	if s.err != nil {
		return
	}
	if s.pos >= len(s.data) {
		s.err = fmt.Errorf("JSON is cut off after %d bytes", len(s.data))
		return
	}
	s.err = fmt.Errorf("byte %d: %s", s.pos, text)
}

// peek skips white space and returns the next byte, 0 at the end or after an error.
func (s *scanner) peek() byte {
	if s.err != nil {
		return 0
	}
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return c
		}
	}
	return 0
}

// take consumes c, which must come next.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		s.fail("expected " + strconv.QuoteRune(rune(c)))
		return false
	}
	s.pos++
	return true
}

// object calls field for each key of an object; field has to consume the value.
func (s *scanner) object(field func(key []byte)) {
	s.list('{', '}', func() {
		if key := s.str(); s.take(':') {
			field(key)
		}
	})
}

// array calls item for each item of an array; item has to consume it.
func (s *scanner) array(item func()) { s.list('[', ']', item) }

func (s *scanner) list(first, last byte, item func()) {
	if !s.take(first) {
		return
	}
	if s.depth++; s.depth > maxDepth {
		s.err = cmp.Or(s.err, errTooDeep)
		return
	}
	defer func() { s.depth-- }()
	if s.peek() == last {
		s.pos++
		return
	}
	for s.err == nil {
		item()
		switch s.peek() {
		case last:
			s.pos++
			return
		case ',':
			s.pos++
		default:
			s.fail("expected ',' or " + strconv.QuoteRune(rune(last)))
		}
	}
}

// skip consumes a value of any kind.
func (s *scanner) skip() {
	switch s.peek() {
	case '{':
		s.object(func([]byte) { s.skip() })
	case '[':
		s.array(s.skip)
	case '"':
		s.str()
	default:
		s.literal()
	}
}

// null consumes null and reports whether it was there.
func (s *scanner) null() bool {
	if s.peek() != 'n' {
		return false
	}
	return string(s.literal()) == "null"
}

// literal consumes true, false, null or a number and returns it.
func (s *scanner) literal() []byte {
	s.peek()
	start := s.pos
	for s.pos < len(s.data) && isLiteral(s.data[s.pos]) {
		s.pos++
	}
	lit := s.data[start:s.pos]
	switch string(lit) {
	case "true", "false", "null":
		return lit
	}
	if s.err == nil && !isNumber(lit) {
		s.pos = start
		s.fail("expected a value")
	}
	return lit
}

func isLiteral(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '+' || c == '.'
}

// isNumber reports whether b is a number as JSON writes it.
func isNumber(b []byte) bool {
	digits := func() bool {
		n := 0
		for n < len(b) && '0' <= b[n] && b[n] <= '9' {
			n++
		}
		b = b[n:]
		return n > 0
	}
	b = bytes.TrimPrefix(b, []byte("-"))
	if len(b) > 1 && b[0] == '0' && '0' <= b[1] && b[1] <= '9' || !digits() {
		return false
	}
	if len(b) > 0 && b[0] == '.' {
		if b = b[1:]; !digits() {
			return false
		}
	}
	if len(b) > 0 && (b[0] == 'e' || b[0] == 'E') {
		if b = b[1:]; len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		if !digits() {
			return false
		}
	}
	return len(b) == 0
}

// integer returns a whole number, also one that is written as a text, and 0 for null, "" and false.
func (s *scanner) integer() int64 {
	var lit []byte
	if s.peek() == '"' {
		lit = s.str()
	} else {
		lit = s.literal()
	}
	switch string(lit) {
	case "", "null", "false":
		return 0
	}
	n, err := strconv.ParseInt(string(lit), 10, 64)
	if err != nil {
		s.fail("expected a whole number")
	}
	return n
}

// flag returns a boolean, also one that is written as 0 or 1 or as a text, and false for null.
func (s *scanner) flag() bool {
	var lit []byte
	if s.peek() == '"' {
		lit = s.str()
	} else {
		lit = s.literal()
	}
	switch string(lit) {
	case "true", "1":
		return true
	case "false", "0", "", "null":
		return false
	}
	s.fail("expected true or false")
	return false
}

// text returns a text, also one that is written as a number, and "" for null.
func (s *scanner) text() string { return string(s.textBytes()) }

// textBytes is text without a copy; the result is good until the next string is read.
func (s *scanner) textBytes() []byte {
	if s.peek() == '"' {
		return s.str()
	}
	if lit := s.literal(); string(lit) != "null" {
		return lit
	}
	return nil
}

// str consumes a string and returns it decoded. The result is good until the next string is read.
func (s *scanner) str() []byte {
	if !s.take('"') {
		return nil
	}
	start := s.pos
	for ; s.pos < len(s.data); s.pos++ {
		switch c := s.data[s.pos]; {
		case c == '"':
			part := s.data[start:s.pos]
			s.pos++
			return valid(part)
		case c == '\\':
			return s.escaped(start)
		case c < ' ':
			s.fail("control character in a text")
			return nil
		}
	}
	s.fail("")
	return nil
}

// escaped goes on with a string that began at start and comes to its first escape.
func (s *scanner) escaped(start int) []byte {
	out := append(s.scratch[:0], s.data[start:s.pos]...)
	defer func() { s.scratch = out }()
	for s.pos < len(s.data) {
		c := s.data[s.pos]
		switch {
		case c == '"':
			s.pos++
			return valid(out)
		case c < ' ':
			s.fail("control character in a text")
			return nil
		case c != '\\':
			out = append(out, c)
			s.pos++
			continue
		}
		if s.pos++; s.pos >= len(s.data) {
			break
		}
		switch c := s.data[s.pos]; c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, ok := s.unit(s.pos + 1)
			if !ok {
				s.fail("expected four hexadecimal digits")
				return nil
			}
			s.pos += 4
			if utf16.IsSurrogate(r) {
				low, ok := rune(0), false
				if s.pos+2 < len(s.data) && s.data[s.pos+1] == '\\' && s.data[s.pos+2] == 'u' {
					low, ok = s.unit(s.pos + 3)
				}
				if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
					s.pos += 6
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			s.fail("unknown escape in a text")
			return nil
		}
		s.pos++
	}
	s.fail("")
	return nil
}

// unit returns the four hexadecimal digits at a place.
func (s *scanner) unit(at int) (rune, bool) {
	if at+4 > len(s.data) {
		return 0, false
	}
	var r rune
	for _, c := range s.data[at : at+4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// valid returns b in valid UTF-8: what is not becomes U+FFFD.
func valid(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	return []byte(string([]rune(string(b))))
}
