package spec

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// maxProblems bounds the list, so that a file made of mistakes costs neither memory nor patience.
const maxProblems = 1000

// ProblemsError is everything that is wrong with a roster, sorted by place.
type ProblemsError struct {
	Problems []directory.Problem
	More     int // problems that were found beyond those listed
}

// Error returns the first problem and how many there are beside it.
func (e *ProblemsError) Error() string {
	first := e.Problems[0]
	text := first.Pos.String() + ": " + first.Text
	if others := len(e.Problems) + e.More - 1; others == 1 {
		text += " (and 1 more problem)"
	} else if others > 1 {
		text += fmt.Sprintf(" (and %d more problems)", others)
	}
	return text
}

// problems collects what is wrong.
type problems struct {
	list []directory.Problem
	more int
}

func (p *problems) add(pos directory.Pos, hint, text string) {
	if p.full() {
		p.more++
		return
	}
	p.list = append(p.list, directory.Problem{Pos: pos, Text: text, Hint: hint})
}

// full reports whether a further problem would only be counted. Costly advice need not be worked out then.
func (p *problems) full() bool { return len(p.list) >= maxProblems }

func (p *problems) err() error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b directory.Problem) int {
		return cmp.Or(
			strings.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
			strings.Compare(a.Text, b.Text),
		)
	})
	return &ProblemsError{Problems: slices.Compact(p.list), More: p.more}
}
