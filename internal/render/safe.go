package render

import (
	"fmt"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// visible is text without a character that could mislead a terminal or a reader. Foreign text becomes visible by safe
// alone; a conversion is for text of our own.
type visible string

// maxMarks is how many combining marks may follow one another. Thai, Vietnamese and Hebrew need three; more are there
// to draw over the neighbouring lines.
const maxMarks = 4

const emojiStyle = '\uFE0F' // variation selector 16: the symbol before it is shown as an emoji

// safe returns s with everything written out as \u{202e} that a reader would not see as what it is: controls, line
// breaks, bidi and zero-width characters, fillers, unusual spaces, unassigned and private characters, combining marks
// without a base or in heaps. A byte that is no UTF-8 becomes \x{ff}. Backslashes stay, so the form is for eyes alone.
// The signs with which a log gives orders to a CI system are written out too, see orders.
func safe(s string) visible {
	if isPlainASCII(s) && !orders(s) {
		return visible(s)
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	marks, before := maxMarks, rune(0) // a mark at the start has nothing to stand on
	command := len(s) - len(strings.TrimLeft(s, " "))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		isMark := unicode.Is(unicode.M, r)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x{%02x}`, s[i])
		case r == emojiStyle && unicode.Is(unicode.So, before):
			b.WriteRune(r)
		case misleads(r), isMark && marks >= maxMarks,
			r == '#' && strings.HasPrefix(s[i:], legacyOrder), i == command && strings.HasPrefix(s[i:], order):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
		if isMark {
			marks++
		} else {
			marks = 0
		}
		before = r
		i += size
	}
	return visible(b.String())
}

// What a CI system takes for an order when it stands in the log of a job: GitHub's runner reads "::add-mask::x" at the
// start of a line, behind spaces, and its older "##[add-mask]x" anywhere in it (actions/runner, ActionCommand.cs); Azure
// Pipelines reads "##vso[" anywhere. A text of ours may be the first of a line, so none may begin like that.
const (
	order       = "::"
	legacyOrder = "##"
)

func orders(s string) bool {
	return strings.Contains(s, legacyOrder) || strings.HasPrefix(strings.TrimLeft(s, " "), order)
}

// misleads reports whether a reader would not see r as what it is.
func misleads(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	if '\u00ae' <= r && r < '\u0300' || '\u0400' <= r && r < '\u0482' { // Latin and Cyrillic letters: no table needed
		return false
	}
	switch r {
	case '\u3000': // the space between Japanese names: two columns wide, nobody takes it for another
		return false
	case '\u2800': // a braille cell without dots
		return true
	}
	return !unicode.IsGraphic(r) || unicode.In(r, unicode.Zs, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func isPlainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// columns returns how many columns of a terminal s takes: two for wide characters, none for combining ones.
func columns(s visible) int {
	n := 0
	for _, w := range eachColumns(s) {
		n += w
	}
	return n
}

// eachColumns yields where each character of s starts, in bytes, and how many columns it adds.
func eachColumns(s visible) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		last := 0
		for i, r := range s {
			w := 1
			switch {
			case r < utf8.RuneSelf:
			case r == emojiStyle && last == 1: // the symbol before it grows to the width of an emoji
			default:
				w = runeColumns(r)
			}
			if !yield(i, w) {
				return
			}
			last = w
		}
	}
}

// continues reports whether the first character of s, which adds w columns, is shown as a part of the one before.
func continues(s visible, w int) bool {
	return w == 0 || strings.HasPrefix(string(s), string(emojiStyle))
}

func runeColumns(r rune) int {
	if r < '\u0300' || '\u0370' <= r && r <= '\u0482' { // Latin, Greek and Cyrillic letters: no table needed
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me) || isJoiningJamo(r) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// isJoiningJamo reports whether r is a Hangul vowel or final consonant that is drawn inside the syllable before it.
func isJoiningJamo(r rune) bool {
	return '\u1160' <= r && r <= '\u11ff' || '\ud7b0' <= r && r <= '\ud7ff'
}

// readsRightToLeft reports whether s has letters of a script that is written from right to left.
func readsRightToLeft(s visible) bool {
	for _, r := range s {
		if r >= '\u0590' && unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam) {
			return true
		}
	}
	return false
}

// cut returns s in at most n columns, with an ellipsis in place of what is left out.
func cut(s visible, n int) visible {
	if columns(s) <= n {
		return s
	}
	used := 1 // the ellipsis
	end := 0  // where the last character starts that is not a part of the one before
	for i, w := range eachColumns(s) {
		if !continues(s[i:], w) {
			end = i
		}
		if used+w > n {
			return s[:end] + "…"
		}
		used += w
	}
	return s
}
