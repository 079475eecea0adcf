package httpx

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	maxText   = 300      // characters of others' words in an error
	maxSource = 16 << 10 // bytes of them that are looked at
	maxSecret = 1 << 10  // bytes of a secret that is looked for; those of tools have less than 200
	// maxSpelling is how many bytes a spelling takes for each byte of a secret: "&#x00006b;".
	maxSpelling = 10
)

// redactor makes words that are not ours fit to be shown: those of a server, a proxy, and errors that quote them. A secret
// that is cut is not found any more, and neither is one whose characters were cleaned, hence the order.
//
//	words ──> redact ──┬─> clean ──> cut ──> Error.Text, Error.Err
//	                   └─> cut ──> Details, which whoever writes them cleans
type redactor struct {
	secrets *regexp.Regexp // nil: there are none
	reach   int            // bytes that a secret may take at the most
}

func newRedactor(all []Secret) redactor {
	var secrets []string
	for _, s := range all {
		if text := s.reveal(); text != "" {
			secrets = append(secrets, text)
		}
	}
	if len(secrets) == 0 {
		return redactor{}
	}
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // one may begin with another
	longest := len(secrets[0])
	if longest > maxSecret {
		return redactor{secrets: regexp.MustCompile(`(?s).+`)} // better no words than those
	}
	patterns := make([]string, len(secrets))
	for i, s := range secrets {
		patterns[i] = spellings(s)
	}
	return redactor{
		secrets: regexp.MustCompile(`(?i)` + strings.Join(patterns, "|")), // host names and hexadecimal digits change case
		reach:   maxSpelling * longest,
	}
}

// spellings returns the pattern of a secret in every spelling in which it may come back, also a different one for each
// character:
//
//	as it is    k  /
//	JSON        \u006b  \/  \"    also inside another JSON
//	URL         %6b  %2F  +       also inside another URL
//	HTML        &#107;  &#x6b;  &quot;
func spellings(secret string) string {
	var b strings.Builder
	for len(secret) > 0 {
		r, size := utf8.DecodeRuneInString(secret)
		raw := secret[:size]
		secret = secret[size:]

		b.WriteString(`(?:`)
		switch r {
		case '"', '\'', '/', '\\':
			b.WriteString(`\\{0,3}` + regexp.QuoteMeta(raw))
		case utf8.RuneError: // a byte that is no character; JSON can't say it in another way
			b.WriteString(`\x{FFFD}`)
		default:
			b.WriteString(regexp.QuoteMeta(raw))
		}
		b.WriteByte('|')
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\\{1,3}u%04x`, unit)
		}
		b.WriteByte('|')
		for _, octet := range []byte(raw) {
			fmt.Fprintf(&b, `%%(?:25)?%02x`, octet)
		}
		fmt.Fprintf(&b, `|&#0{0,3}%d;|&#x0{0,4}%x;`, r, r)
		if other := map[rune]string{
			' ': `\+|%2b`, '&': `&amp;`, '<': `&lt;`, '>': `&gt;`, '"': `&quot;`, '\'': `&apos;`,
		}[r]; other != "" {
			b.WriteString(`|` + other)
		}
		b.WriteByte(')')
	}
	return b.String()
}

// safe returns s without secrets, in one line of at most maxText characters.
func (r redactor) safe(s string) string { return clean(r.redact(s, maxSource)) }

// detail returns s without secrets, otherwise as it is, in at most most bytes of UTF-8 and an ellipsis. source is how much
// of it is looked at.
func (r redactor) detail(s string, source, most int) string {
	whole := len(s) <= source
	s = strings.ToValidUTF8(r.redact(s, source), "\uFFFD")
	if whole && len(s) <= most {
		return s
	}
	for most = min(most, len(s)); most > 0 && most < len(s) && !utf8.RuneStart(s[most]); most-- {
	}
	return s[:most] + " ..."
}

// redact returns the first source bytes of s without secrets.
func (r redactor) redact(s string, source int) string {
	whole := len(s) <= source
	if !whole {
		s = s[:source]
	}
	if r.secrets == nil {
		return s
	}
	if whole {
		return r.secrets.ReplaceAllLiteralString(s, redacted)
	}
	// A secret that reaches over the end is not found. It begins in the last bytes, which are left out.
	end := max(0, source-r.reach)
	var b strings.Builder
	from := 0
	for _, at := range r.secrets.FindAllStringIndex(s, -1) {
		if at[0] >= end {
			break
		}
		b.WriteString(s[from:at[0]] + redacted)
		from = at[1]
	}
	b.WriteString(s[min(from, end):end])
	return b.String()
}

// safeErr returns err if its words are fit to be shown, and otherwise an error that is the same to errors.Is.
func (r redactor) safeErr(err error) error {
	if err == nil {
		return nil
	}
	words := err.Error()
	if text := r.safe(words); text != words {
		return &hiddenError{text: text, err: err}
	}
	return err
}

// hiddenError stands for an error whose own words must not be shown. It does not unwrap: who gets at that error prints it.
type hiddenError struct {
	text string
	err  error
}

func (e *hiddenError) Error() string { return e.text }

// Is reports whether the error behind it is target.
func (e *hiddenError) Is(target error) bool { return errors.Is(e.err, target) }
