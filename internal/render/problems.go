package render

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"rollcall/internal/directory"
)

// ProblemOptions say how problems look. Source returns the text of a file that a problem names, for the line and the
// caret under it; nil where there is no terminal.
type ProblemOptions struct {
	Width  int // columns of the terminal; 0 if it is not one
	Color  bool
	Source func(file string) (text string, ok bool)
}

// Problems writes problems in the order given, each as "users.yaml:12:5: text". What Source knows of is followed by the
// line and a caret under the column:
//
//	users.yaml:12:5: unknown role "Testr"
//	  12 |     role: Testr
//	     |           ^
//	  hint: did you mean "Tester"?
func Problems(w io.Writer, problems []directory.Problem, opts ProblemOptions) error {
	pg := newPage(TextOptions{Width: opts.Width, Color: opts.Color})
	lines := make(map[string][]string)
	for _, problem := range problems {
		pg.problem(problem)
		if opts.Source != nil && problem.Pos.Line > 0 {
			file := problem.Pos.File
			if _, known := lines[file]; !known {
				lines[file] = nil
				if text, ok := opts.Source(file); ok {
					lines[file] = strings.Split(text, "\n")
				}
			}
			if n := problem.Pos.Line; n <= len(lines[file]) {
				pg.caret(strings.TrimSuffix(lines[file][n-1], "\r"), n, problem.Pos.Column)
			}
		}
		if problem.Hint != "" {
			pg.text(rowIndent, prose("hint: "+safe(problem.Hint)))
		}
	}
	return pg.writeTo(w)
}

func (p *page) problem(problem directory.Problem) {
	text := styled(safe(problem.Text), plain)
	if where := safe(problem.Pos.String()); where != "" {
		text = append(words{{text: where + ":", style: heading}}, text...)
	}
	p.text(0, text)
}

// caret shows a line of a file with a caret under a column, which counts characters from 1. A line that is too wide is
// shown around the caret.
func (p *page) caret(line string, number, column int) {
	gutter := strconv.Itoa(number)
	room := max(p.width-rowIndent-len(gutter)-len(" | "), 20)
	if !p.terminal {
		room = 1 << 30
	}
	before, after := splitAt(line, column-1)
	left, right := safe(before), safe(after)
	if columns(left)+columns(right) > room {
		left = cutLeft(left, room*2/3)
		right = cut(right, room-columns(left))
	}
	p.pad(rowIndent)
	p.spans(words{{text: visible(gutter + " |"), style: faint}, {text: left + right}})
	p.buf.WriteByte('\n')
	p.pad(rowIndent + len(gutter))
	p.spans(words{{text: " |", style: faint}, {text: blanks(columns(left))}})
	p.paint("^", alarm)
	p.buf.WriteByte('\n')
}

// splitAt returns what stands before the character at index n, and the rest.
func splitAt(s string, n int) (before, rest string) {
	i := 0
	for ; n > 0 && i < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return s[:i], s[i:]
}

// cutLeft returns the end of s in at most n columns, with an ellipsis in place of what is left out.
func cutLeft(s visible, n int) visible {
	if columns(s) <= n {
		return s
	}
	used := columns(s) + 1 // with the ellipsis
	for i, w := range eachColumns(s) {
		if used <= n && !continues(s[i:], w) {
			return "…" + s[i:]
		}
		used -= w
	}
	return "…"
}
