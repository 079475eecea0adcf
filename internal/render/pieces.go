package render

import (
	"slices"
	"strings"
)

// piece is a part of a sentence of ours: a key of a roster, which the sentence writes between backticks, or what stands around
// keys. A key has no backticks any more.
type piece struct {
	Text  visible
	IsKey bool
}

// piecesOf takes a sentence of ours apart, "name it under `leavers`, or keep it". Foreign words in it may have backticks that
// mean nothing; then it is one piece.
func piecesOf(own visible) []piece {
	texts := strings.Split(string(own), "`")
	last := len(texts) - 1
	if last%2 == 1 {
		return []piece{{Text: own}}
	}
	var pieces []piece
	for i, text := range texts {
		between := i%2 == 0
		if between && (i > 0 && !mayFollowKey(text, i == last) || i < last && !mayPrecedeKey(text, i == 0)) || !between && !isKey(text) {
			return []piece{{Text: own}}
		}
		pieces = append(pieces, piece{Text: visible(text), IsKey: !between})
	}
	if len(pieces) == 1 {
		return pieces
	}
	return slices.DeleteFunc(pieces, func(p piece) bool { return p.Text == "" })
}

// mayPrecedeKey reports whether a key may follow a text, mayFollowKey whether one may stand before it: keys are words.
func mayPrecedeKey(text string, first bool) bool {
	return strings.HasSuffix(text, " ") || strings.HasSuffix(text, "(") || text == "" && first
}

func mayFollowKey(text string, last bool) bool {
	return text == "" && last || text != "" && strings.Contains(" ,.;)", text[:1])
}

// isKey reports whether a text is of the words and signs that the keys and values of a roster are of, and begins with a word.
func isKey(text string) bool {
	for i, r := range text {
		if !('a' <= r && r <= 'z' || i > 0 && strings.ContainsRune("_.:[] ", r)) {
			return false
		}
	}
	return text != "" && !strings.HasSuffix(text, " ")
}
