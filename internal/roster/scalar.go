package roster

import (
	"unicode"
	"unicode/utf8"
)

// maxName is how many characters a name in a roster may have.
const maxName = 250

// fits reports whether a roster may hold a name, which is in its canonical form: the loader refuses what is empty, too
// long, or holds characters that can't be seen or that turn the text around.
func fits(name string) bool {
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > maxName {
		return false
	}
	for _, r := range name {
		switch {
		case unicode.IsControl(r), r == 0xfeff, r == 0xfffe, r == 0xffff, r == 0x2028, r == 0x2029, 0x202a <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
			return false
		}
	}
	return true
}
