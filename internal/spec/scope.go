package spec

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

// outside reports that a file names what its include entry does not grant. key is the key of the entry that would, and
// near what the entry does grant and is like it, "" for nothing.
func (r *entryReader) outside(at *yaml.Node, key, near, format string, args ...any) {
	text := fmt.Sprintf(format, args...) + " is outside of what this file may grant"
	if near != "" {
		text += fmt.Sprintf(", did you mean %q?", near)
	}
	r.problem(at, fmt.Sprintf("the root file can allow it with `%s` at %s", key, r.scope.Entry), "%s", text)
}

// nearName returns the granted name that is most like name.
func nearName(granted []directory.Name, name directory.Name) string {
	names := make([]string, len(granted))
	for i, n := range granted {
		names[i] = string(n)
	}
	near, _ := directory.Suggest(string(name), names)
	return near
}

// nearMatch returns the name that is most like word and matches a pattern. It looks at what stands before the first "*" or "?" of each pattern: for paymets-qa the pattern payments-* means
// payments-qa.
func nearMatch(patterns []string, word directory.Name) string {
	name := []rune(string(word))
	for _, pattern := range patterns {
		fixed := pattern
		if wild := strings.IndexAny(pattern, "*?"); wild >= 0 {
			fixed = pattern[:wild]
		}
		// One letter more or less is the likeliest mistake after one that is another.
		for _, length := range []int{0, 1, -1} {
			cut := utf8.RuneCountInString(fixed) + length
			if fixed == pattern {
				cut = len(name)
			}
			if cut < 1 || cut > len(name) {
				continue
			}
			near, ok := directory.Suggest(string(name[:cut]), []string{fixed})
			if meant := near + string(name[cut:]); ok && slices.ContainsFunc(patterns, func(p string) bool { return directory.Glob(p, meant) }) {
				return meant
			}
		}
	}
	return ""
}

func nearAddress(s *directory.Scope, email directory.Email) string {
	local, _, _ := strings.Cut(string(email), "@")
	near, ok := directory.SuggestDomain(email.Domain(), s.Domains)
	if !ok {
		return ""
	}
	return local + "@" + near
}
