package render

import (
	"slices"
	"strings"

	"rollcall/internal/plan"
)

// htmlRefusal is one or several guards that stop a plan, with the entry that would allow them.
type htmlRefusal struct {
	Guard visible
	Found []htmlFound
	Hint  visible
	Lines []visible // of the entry to paste
}

// htmlFound is what a guard or note found, and where.
type htmlFound struct{ Subject, Text, Source visible }

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
func found(subject, text string, source visible) htmlFound {
	f := htmlFound{Text: safe(text), Source: source}
	if subject != "" && !strings.Contains(text, subject) {
		f.Subject = quoted(subject)
	}
	return f
}

// refused shows the guards that stop a plan.
func (pg *htmlPage) refused(guards []*plan.GuardResult) {
	pg.Refused, pg.RefusedCount = refusals(guards), number(len(guards))
}

// warned shows the guards that do not, and say what to do all the same.
func (pg *htmlPage) warned(guards []*plan.GuardResult) {
	warnings := slices.DeleteFunc(slices.Clone(guards), func(g *plan.GuardResult) bool { return g.Status != plan.GuardNoted || g.Hint == "" })
	pg.Warned, pg.WarnedCount = refusals(warnings), number(len(warnings))
}

// refusals returns guards with what to do. Neighbours that one entry allows, or of one guard with one hint, are together:
// a roster takes no second entry for a guard.
func refusals(guards []*plan.GuardResult) []htmlRefusal {
	var list []htmlRefusal
	for i, g := range guards {
		if i == 0 || !sharesEntry(guards[i-1], g) && !sharesHint(guards[i-1], g) {
			r := htmlRefusal{Guard: safe(string(g.Guard)), Hint: safe(hintOf(g))}
			if g.Paste != "" {
				for line := range strings.SplitSeq(strings.TrimRight(g.Paste, "\n"), "\n") {
					r.Lines = append(r.Lines, safe(line))
				}
			}
			list = append(list, r)
		}
		last := &list[len(list)-1]
		last.Found = append(last.Found, found(g.Subject, g.Text, place(g.Source)))
	}
	return list
}

// sharesHint reports whether both say the same of what to do, and there is nothing to paste.
func sharesHint(a, b *plan.GuardResult) bool {
	return a.Guard == b.Guard && a.Hint == b.Hint && a.Paste == "" && b.Paste == ""
}

// guards shows every guard that found something, those that refused first.
func (pg *htmlPage) guards(guards []plan.GuardResult) {
	refused, others := splitGuards(guards)
	for _, list := range [][]*plan.GuardResult{refused, others} {
		for _, g := range list {
			pg.Guards = append(pg.Guards, htmlGuard{
				Name: safe(string(g.Guard)), Status: safe(string(g.Status)), Tone: tone(guardStyle(g)),
				Found: found(g.Subject, g.Text, place(g.Source)),
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
			notes.Found = append(notes.Found, found(n.Subject, n.Text, place(n.Source)))
		}
		pg.Notes = append(pg.Notes, notes)
	}
	pg.NoteCount = number(total)
}
