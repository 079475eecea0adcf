package edit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Scalar returns a text as YAML that every parser reads back as just that text, and the one way that a roster writes it:
// as it is where it can't be taken for anything else, in double quotes otherwise.
func Scalar(s string) string {
	if isPlain(s) {
		return s
	}
	return Quoted(s)
}

// isPlain reports whether a text can stand without quotes, in a flow list too: it starts with a letter, holds nothing
// that YAML gives a meaning to, and is none of the words that some version of YAML takes for something else.
func isPlain(s string) bool {
	if s == "" || strings.HasSuffix(s, " ") || isReserved(s) {
		return false
	}
	for i, r := range s {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
		case r > 0x7f && unicode.IsLetter(r):
		case i > 0 && ('0' <= r && r <= '9' || strings.ContainsRune("._+@-'/()& ", r)):
		default:
			return false
		}
	}
	return utf8.ValidString(s)
}

// isReserved reports whether YAML 1.1 or 1.2 reads a word as a flag or as nothing.
func isReserved(s string) bool {
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null":
		return true
	}
	return false
}

// Quoted returns a text in double quotes. What can't be seen is escaped, so that it can't mislead whoever reads the file.
func Quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xff:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
