package wire

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string: plain, or PHP's way with "\/" and "\uXXXX".
func AppendString(dst []byte, s string, plain bool) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		b := s[i]
		if b >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if !plain || r == utf8.RuneError && size == 1 {
				dst = append(dst, s[start:i]...)
				dst = appendEscaped(dst, r)
				start = i + size
			}
			i += size
			continue
		}
		if b >= ' ' && b != '"' && b != '\\' && (plain || b != '/') {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch b {
		case '"', '\\', '/':
			dst = append(dst, '\\', b)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = appendHex(dst, rune(b))
		}
		i++
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

func appendEscaped(dst []byte, r rune) []byte {
	if hi, lo := utf16.EncodeRune(r); hi != utf8.RuneError {
		return appendHex(appendHex(dst, hi), lo)
	}
	return appendHex(dst, r)
}

func appendHex(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// AppendInts appends a JSON array of integers; nil is [].
func AppendInts(dst []byte, ids []int) []byte {
	dst = append(dst, '[')
	for i, id := range ids {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendInt(dst, id)
	}
	return append(dst, ']')
}

// Record appends one JSON object, field by field. The order of fields is the order of calls.
type Record struct {
	Out   []byte // what was written so far; a value that no method writes is appended after Key
	plain bool
	open  bool // a field was written
}

// Begin opens an object after what dst holds; plain is how AppendString writes its texts.
func Begin(dst []byte, plain bool) Record { return Record{Out: append(dst, '{'), plain: plain} }

// Key writes a comma, if one is due, and the name.
func (r *Record) Key(name string) {
	if r.open {
		r.Out = append(r.Out, ',')
	}
	r.open = true
	r.Out = append(r.Out, '"')
	r.Out = append(r.Out, name...)
	r.Out = append(r.Out, '"', ':')
}

// Text writes a string.
func (r *Record) Text(name, v string) {
	r.Key(name)
	r.Out = AppendString(r.Out, v, r.plain)
}

// Number writes a number.
func (r *Record) Number(name string, v int) {
	r.Key(name)
	r.Out = AppendInt(r.Out, v)
}

// Flag writes true or false.
func (r *Record) Flag(name string, v bool) {
	r.Key(name)
	r.Out = strconv.AppendBool(r.Out, v)
}

// IDs writes an array of numbers; nil is [].
func (r *Record) IDs(name string, v []int) {
	r.Key(name)
	r.Out = AppendInts(r.Out, v)
}

// Null writes null.
func (r *Record) Null(name string) {
	r.Key(name)
	r.Out = append(r.Out, "null"...)
}

// End closes the object and returns all that was written.
func (r *Record) End() []byte { return append(r.Out, '}') }

// AppendInt appends a number.
func AppendInt(dst []byte, v int) []byte { return strconv.AppendInt(dst, int64(v), 10) }
