package render

import (
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// htmlRefusal is one or several guards that stop a plan, with the entry that would allow them.
type htmlRefusal struct {
	Guard visible
	Found []htmlFound
	Hint  []piece
	Lines []visible // of the entry to paste
}

// htmlFound is what a guard or note found, and where.
type htmlFound struct {
	Subject, Source visible
	Text            []piece
}

// htmlGuard is a row of the table of guards.
type htmlGuard struct {
	Name, Status visible
	Tone         string
	Found        htmlFound
}

// htmlNotes is the notes of one code.
type htmlNotes struct {
	Title, Count visible
	Folds        bool
	Found        []htmlFound
}

// longNotes is how many notes of one code there may be before they can be folded.
const longNotes = 12

// found returns a finding whose text need not name its subject.
func found(subject, text string, source *directory.Pos) htmlFound {
	return htmlFound{Subject: before(subject, text), Text: piecesOf(safe(text)), Source: place(source)}
}

// refused shows the guards that stop a plan.
func (pg *htmlPage) refused(guards []*plan.GuardResult) {
	pg.Refused, pg.RefusedCount = refusals(guards), number(len(guards))
}

// warned shows the guards that do not, and say what to do all the same.
func (pg *htmlPage) warned(guards []*plan.GuardResult) {
	pg.Warned, pg.WarnedCount = refusals(guards), number(len(guards))
}

// refusals returns guards with what to do.
func refusals(guards []*plan.GuardResult) []htmlRefusal {
	var list []htmlRefusal
	for _, what := range adviceOn(guards) {
		r := htmlRefusal{Guard: safe(string(what.guards[0].Guard))}
		if what.hint != "" {
			r.Hint = piecesOf(safe(what.hint))
		}
		if what.paste != "" {
			for line := range strings.SplitSeq(strings.TrimRight(what.paste, "\n"), "\n") {
				r.Lines = append(r.Lines, safe(line))
			}
		}
		for _, g := range what.guards {
			r.Found = append(r.Found, found(g.Subject, g.Text, g.Source))
		}
		list = append(list, r)
	}
	return list
}

// guards shows every guard that found something, those that refused first.
func (pg *htmlPage) guards(lists ...[]*plan.GuardResult) {
	for _, list := range lists {
		for _, g := range list {
			pg.Guards = append(pg.Guards, htmlGuard{
				Name: safe(string(g.Guard)), Status: safe(string(g.Status)), Tone: tone(guardStyle(g)),
				Found: found(g.Subject, g.Text, g.Source),
			})
		}
	}
}

// guardStyle returns the style of a guard's outcome. One that is fine and near its limit is still worth a look.
func guardStyle(g *plan.GuardResult) style {
	switch {
	case g.Status == plan.GuardRefused:
		return alarm
	case worthShowing(g):
		return caution
	}
	return added
}

// notes shows all notes by code.
func (pg *htmlPage) notes(folds []noteFold) {
	total := 0
	for _, f := range folds {
		total += len(f.notes)
		notes := htmlNotes{Title: kindWords(f.code), Count: number(len(f.notes)), Folds: len(f.notes) > longNotes}
		for _, n := range f.notes {
			notes.Found = append(notes.Found, found(n.Subject, n.Text, n.Source))
		}
		pg.Notes = append(pg.Notes, notes)
	}
	pg.NoteCount = number(total)
}
