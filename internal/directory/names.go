// Package directory holds the nouns of rollcall: addresses, names, ids, and the two states that are compared, desired and
// live. It must not read files, talk to a network, know a clock or decide anything about what to change.
package directory

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Ids as the tool gives them. Zero means "none": no tool here numbers anything from zero.
type (
	UserID    int64
	GroupID   int64
	RoleID    int64
	ProjectID int64
	ProfileID int64
	// SignOnID is the id of a way to sign on. A tool may number the one of its own below zero.
	SignOnID int64
)

// Email is an address as somebody spelled it: the file or the server. Compare Keys, never spellings.
type Email string

// EmailKey is the form of an address that is compared. Two spellings with one key are one person.
type EmailKey string

// Key returns the address in the form that is compared: NFC, trimmed, lower case. No tool here documents its case
// rules (GUESS), so a difference in case alone is never a difference. It is composed before, so that a letter in
// parts folds like the same letter in one, and after, since some letters are one character in lower case alone.
func (e Email) Key() EmailKey {
	if isPlain(string(e)) {
		return EmailKey(e)
	}
	return EmailKey(norm.NFC.String(strings.ToLower(norm.NFC.String(strings.TrimSpace(string(e))))))
}

// Domain returns what stands behind the last "@", folded like a Key, or "" if there is none.
func (e Email) Domain() string {
	key := string(e.Key())
	at := strings.LastIndexByte(key, '@')
	if at < 0 {
		return ""
	}
	return key[at+1:]
}

// Usable reports whether the address can name a person in a file: one "@" with something on both sides, no white
// space, no control or format character, at most 250 bytes. Forgotten users ("F" and digits) have no usable address.
func (e Email) Usable() bool {
	s := string(e)
	at := strings.IndexByte(s, '@')
	if at < 1 || at == len(s)-1 || len(s) > 250 || strings.IndexByte(s[at+1:], '@') >= 0 {
		return false
	}
	for _, r := range s {
		if ' ' < r && r < 0x7f {
			continue // nearly every character of nearly every address
		}
		if r == unicode.ReplacementChar || unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) {
			return false
		}
	}
	return true
}

// isPlain reports whether folding would change nothing: printable ASCII without capitals. It spares the common address
// an allocation.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || ('A' <= c && c <= 'Z') {
			return false
		}
	}
	return true
}

// Name is the name of a group, a role or a project as somebody spelled it: the file or the server. Compare Canonical
// forms, never spellings.
type Name string

// Canonical returns the name as it is compared: NFC and trimmed. Case matters: two groups may differ in case alone.
func (n Name) Canonical() Name {
	if isPlainName(string(n)) {
		return n
	}
	return Name(norm.NFC.String(strings.TrimSpace(string(n))))
}

// isPlainName reports whether Canonical would change nothing: printable ASCII, no space at either end.
func isPlainName(s string) bool {
	if s == "" {
		return true
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= 0x7f {
			return false
		}
	}
	return s[0] != ' ' && s[len(s)-1] != ' '
}

// FullName returns a name in one piece, as a reader sees it.
func FullName(given, family string) string { return strings.TrimSpace(given + " " + family) }

// SplitName returns a name in two, and whether that is beyond doubt: it has exactly two words.
func SplitName(name string) (given, family string, ok bool) {
	words := strings.Fields(name)
	if len(words) != 2 {
		return "", "", false
	}
	return words[0], words[1], true
}

// Forgotten reports whether a name is what "Forget user" leaves behind: "F" and at least ten digits (DOC: the letter and
// epoch milliseconds).
func Forgotten(name string) bool {
	digits, found := strings.CutPrefix(name, "F")
	if !found || len(digits) < 10 {
		return false
	}
	for i := 0; i < len(digits); i++ {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}
