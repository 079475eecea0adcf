package spec

import "strings"

// nearest returns an error of yaml.v3 at a nearer place. The parser places many errors where the list began in which
// they are, thousands of lines above. The file is cut at the dashes of its lists under top-level keys:
//
//	users:
//	  - email: ana@acme.example      entry
//	    role: Tester
//	  - email: bo@acme.example       entry
//	groups:
//
// and the first entry that can't be parsed on its own is the place. It returns far if there is none.
func nearest(text string, far *syntaxError) *syntaxError {
	start, indent := -1, -1 // the line of the entry that is open, and the column of the dashes
	lines := strings.SplitAfter(text, "\n")
	for i := 0; i <= len(lines); i++ {
		content, column := "", 0
		if i < len(lines) {
			content = strings.TrimLeft(lines[i], " ")
			column = len(lines[i]) - len(content)
			if strings.TrimSpace(content) == "" || content[0] == '#' {
				continue
			}
		}
		dash := strings.HasPrefix(content, "- ")
		ends := i == len(lines) || column == 0 && !dash || dash && column == indent
		if start >= 0 && ends {
			if _, err := parse(strings.Join(lines[start:i], "")); err != nil && !err.reaches {
				err.line += start
				return err
			}
			start = -1
		}
		switch {
		case i == len(lines):
		case column == 0 && !dash:
			indent = -1
		case dash && (indent < 0 || column == indent):
			start, indent = i, column
		}
	}
	return far
}
