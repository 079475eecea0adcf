package cli

import (
	"strconv"

	"rollcall/internal/directory"
)

// colors are the values of --color.
func colors() []string { return []string{"auto", "always", "never"} }

// question asks whether somebody meant a word.
func question(near string) string { return "did you mean " + strconv.Quote(near) + "?" }

// didYouMean returns the known word that is near, as a question, or the other hint.
func didYouMean(word string, known []string, otherwise string) string {
	if near, ok := directory.Suggest(word, known); ok {
		return question(near)
	}
	return otherwise
}

// choices is the hint for a word that is none of the known ones, where these are few enough to be read.
func choices(word string, known []string) string {
	all := "use " + alternatives(known)
	if near, ok := directory.Suggest(word, known); ok {
		return question(near) + " " + all
	}
	return all
}
