package testrailsim

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendJSONString appends s as a JSON string: PHP's way with "\/" and "\uXXXX" (LIVE for "\/"), or plain.
func appendJSONString(dst []byte, s string, plain bool) []byte {
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

// appendInts appends a JSON array of integers; nil is [].
func appendInts(dst []byte, ids []int) []byte {
	dst = append(dst, '[')
	for i, id := range ids {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendInt(dst, id)
	}
	return append(dst, ']')
}

// record appends one JSON object, field by field. The order of fields is the order of calls.
type record struct {
	out   []byte
	plain bool
	open  bool // a field was written
}

func beginRecord(dst []byte, plain bool) record { return record{out: append(dst, '{'), plain: plain} }

func (r *record) key(name string) {
	if r.open {
		r.out = append(r.out, ',')
	}
	r.open = true
	r.out = append(r.out, '"')
	r.out = append(r.out, name...)
	r.out = append(r.out, '"', ':')
}

func (r *record) text(name, v string) {
	r.key(name)
	r.out = appendJSONString(r.out, v, r.plain)
}

func (r *record) number(name string, v int) {
	r.key(name)
	r.out = appendInt(r.out, v)
}

func (r *record) flag(name string, v bool) {
	r.key(name)
	r.out = strconv.AppendBool(r.out, v)
}

func (r *record) ids(name string, v []int) {
	r.key(name)
	r.out = appendInts(r.out, v)
}

func (r *record) null(name string) {
	r.key(name)
	r.out = append(r.out, "null"...)
}

func (r *record) end() []byte { return append(r.out, '}') }

func appendInt(dst []byte, v int) []byte { return strconv.AppendInt(dst, int64(v), 10) }
