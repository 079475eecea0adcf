package render

import (
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

// refused shows the guards that stop a plan. Those that one entry allows are one refusal, since a roster takes no second
// entry for a guard.
func (pg *htmlPage) refused(guards []*plan.GuardResult) {
	for i, g := range guards {
		if i == 0 || !sharesEntry(guards[i-1], g) {
			r := htmlRefusal{Guard: safe(string(g.Guard)), Hint: safe(g.Hint)}
			if g.Paste != "" {
				if r.Hint == "" {
					r.Hint = "if this is meant, put this line under guards.allow"
				}
				for line := range strings.SplitSeq(strings.TrimRight(g.Paste, "\n"), "\n") {
					r.Lines = append(r.Lines, safe(line))
				}
			}
			pg.Refused = append(pg.Refused, r)
		}
		last := &pg.Refused[len(pg.Refused)-1]
		last.Found = append(last.Found, found(g.Subject, g.Text, place(g.Source)))
	}
	pg.RefusedCount = number(len(guards))
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
