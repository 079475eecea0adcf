package directory

import (
	"strings"
	"unicode/utf8"
)

// Suggest returns the candidate that somebody who wrote word most likely meant, and whether one is near enough: the same
// but for case, no more than a third of the word mistyped, or one letter of a short one. Of equally near ones it is the
// first in alphabetical order.
func Suggest(word string, candidates []string) (string, bool) {
	folded := []rune(strings.ToLower(word))
	best, bestDistance := "", max(min(1, len(folded)-1), len(folded)/3)+1
	for _, candidate := range candidates {
		// The difference in length is a lower bound of the distance and much cheaper.
		if short := utf8.RuneCountInString(candidate) - len(folded); max(short, -short) > bestDistance || candidate == word {
			continue
		}
		d := distance(folded, []rune(strings.ToLower(candidate)))
		if d < bestDistance || (d == bestDistance && best != "" && candidate < best) {
			best, bestDistance = candidate, d
		}
	}
	return best, best != ""
}

// SuggestEmail is Suggest for addresses. Only one side of the "@" is taken to be wrong: the domain makes any two colleagues
// look alike.
func SuggestEmail(word Email, candidates []Email) (Email, bool) {
	local, domain, _ := strings.Cut(string(word.Key()), "@")
	var locals, domains []string
	spelled := make(map[string]Email) // by the key of the address
	for _, candidate := range candidates {
		key := string(candidate.Key())
		l, d, _ := strings.Cut(key, "@")
		switch {
		case d == domain:
			locals = append(locals, l)
		case l == local:
			domains = append(domains, d)
		default:
			continue
		}
		spelled[key] = candidate
	}
	if near, ok := SuggestDomain(domain, domains); ok {
		return spelled[local+"@"+near], true
	}
	if near, ok := Suggest(local, locals); ok {
		return spelled[near+"@"+domain], true
	}
	return "", false
}

// Slipped reports whether one address is the other with a single mistake on one side of the "@": a character that is missing,
// too many, another one, or swapped with its neighbour. A digit is no mistake, since namesakes are numbered, and neither is
// anything in a name of less than five characters.
func Slipped(a, b Email) bool {
	const short = 5
	localA, domainA, _ := strings.Cut(string(a.Key()), "@")
	localB, domainB, _ := strings.Cut(string(b.Key()), "@")
	switch {
	case domainA == domainB:
		return min(len(localA), len(localB)) >= short && slip(localA, localB)
	case localA == localB:
		return slip(domainA, domainB)
	}
	return false
}

// slip reports whether one mistake leads from a to b, in time that grows with their length alone.
func slip(a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if strings.ContainsAny(a+b, "0123456789") {
		return false
	}
	switch {
	case len(a) == 2 && len(b) == 2:
		return a[0] == b[1] && a[1] == b[0]
	case len(a) <= 1 && len(b) <= 1:
		return a+b != ""
	}
	return false
}

// SuggestDomain is Suggest for domains. Either the last label is taken to be wrong or what stands before it: a top-level
// domain makes any two domains look alike.
func SuggestDomain(word string, candidates []string) (string, bool) {
	name, top := cutLast(strings.ToLower(word))
	var names, tops []string
	for _, candidate := range candidates {
		switch n, t := cutLast(candidate); {
		case t == top:
			names = append(names, n)
		case n == name:
			tops = append(tops, t)
		}
	}
	if near, ok := Suggest(top, tops); ok {
		return name + near, true
	}
	if near, ok := Suggest(name, names); ok {
		return near + top, true
	}
	return "", false
}

// cutLast cuts a domain before its last dot.
func cutLast(domain string) (name, top string) {
	dot := max(strings.LastIndexByte(domain, '.'), 0)
	return domain[:dot], domain[dot:]
}

// distance counts the characters to insert, remove, replace or swap with their neighbour to turn a into b.
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replaced := last[j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			row[j] = min(last[j]+1, row[j-1]+1, replaced)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
