package spec

import (
	"fmt"
	"unicode/utf8"

	"rollcall/internal/directory"
)

// checkCharacters finds the first character that a roster must not hold as it is, and says why. It refuses what would make
// the file look different from what it is: bytes that are no UTF-8, control characters, line breaks that only some
// programs count (so that all agree on line numbers), and characters that turn the direction of the text around.
func checkCharacters(file, text string) (directory.Problem, bool) {
	line, start := 1, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if ' ' <= c && c < 0x7f {
			continue
		}
		switch {
		case c == '\n':
			line, start = line+1, i+1
			continue
		case c == '\t' || (c == '\r' && i+1 < len(text) && text[i+1] == '\n'):
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if why := refusedCharacter(r, size); why != "" {
			return directory.Problem{
				Pos:  directory.Pos{File: file, Line: line, Column: utf8.RuneCountInString(text[start:i]) + 1},
				Text: why,
			}, true
		}
		i += size - 1
	}
	return directory.Problem{}, false
}

func refusedCharacter(r rune, size int) string {
	switch {
	case r == utf8.RuneError && size == 1:
		return "file is not UTF-8"
	case r == '\r':
		return "carriage return without a line feed"
	case r < ' ' || r == 0x7f || (0x80 <= r && r < 0xa0 && r != 0x85):
		return fmt.Sprintf("control character %U", r)
	case r == 0x85 || r == 0x2028 || r == 0x2029:
		return fmt.Sprintf("line separator %U, which not every program takes for one", r)
	case r == 0xfeff:
		return "byte order mark inside of the file"
	case r == 0xfffe || r == 0xffff:
		return fmt.Sprintf("character %U, which is none", r)
	case (0x202a <= r && r <= 0x202e) || (0x2066 <= r && r <= 0x2069):
		return fmt.Sprintf("character %U, which makes a text look different from what it is", r)
	}
	return ""
}
