package directory_test

import (
	"testing"

	"rollcall/internal/directory"
)

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		name          string
		pattern, text string
		want          bool
	}{
		{"itself", "ana@acme.example", "ana@acme.example", true},
		{"the whole text, not a part", "ana", "ana@acme.example", false},
		{"a star at the end", "ci-*", "ci-main@acme.example", true},
		{"a star stands for nothing too", "ci-*", "ci-", true},
		{"a star in the middle", "ci-*@acme.example", "ci-a-b@acme.example", true},
		{"a star goes on to the last place that fits", "*@acme.example", "a@acme.example@acme.example", true},
		{"two stars", "*-ci-*", "x-ci-y", true},
		{"a star alone", "*", "", true},
		{"many stars", "***", "x", true},
		{"what follows the star is missing", "ci-*@acme.example", "ci-main@other.example", false},
		{"a question mark is one character", "?na", "ana", true},
		{"not none", "?ana", "ana", false},
		{"one character may be many bytes", "in?s", "in\u00e9s", true},
		{"a dot is a dot", "a.c", "abc", false},
		{"no classes", "[ab]", "a", false},
		{"brackets are themselves", "[ab]", "[ab]", true},
		{"no escape", `\*`, `\x`, true},
		{"case matters", "Ana", "ana", false},
		{"nothing is nothing", "", "", true},
		{"nothing is not something", "", "x", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := directory.Glob(tt.pattern, tt.text); got != tt.want {
				t.Errorf("Glob(%q, %q) = %v, want %v", tt.pattern, tt.text, got, tt.want)
			}
		})
	}
}

// globByDefinition says what a pattern means in as few words as possible, in time that grows without bound.
func globByDefinition(pattern, text []rune) bool {
	switch {
	case len(pattern) == 0:
		return len(text) == 0
	case pattern[0] == '*':
		return globByDefinition(pattern[1:], text) || len(text) > 0 && globByDefinition(pattern, text[1:])
	}
	return len(text) > 0 && (pattern[0] == '?' || pattern[0] == text[0]) && globByDefinition(pattern[1:], text[1:])
}

func FuzzGlob(f *testing.F) {
	for _, s := range [][2]string{{"ci-*@acme.example", "ci-main@acme.example"}, {"*a*b?", "aabab"}, {"??*", "\u00e9x"}, {"*\xff", "\xfe"}, {"", ""}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 12 || len(text) > 20 {
			return // the definition is slow
		}
		if got, want := directory.Glob(pattern, text), globByDefinition([]rune(pattern), []rune(text)); got != want {
			t.Errorf("Glob(%q, %q) = %v, want %v", pattern, text, got, want)
		}
	})
}

// A pattern from a file must not make a run hang: with a definition by recursion this one would take years.
func TestGlob_manyStarsAreCheap(t *testing.T) {
	pattern, text := "", ""
	for range 200 {
		pattern += "a*"
		text += "aaaa"
	}
	if directory.Glob(pattern+"b", text) {
		t.Error("matched a text without its last letter")
	}
}
