package render

import (
	"html/template"
	"strconv"
	"strings"

	"rollcall/internal/plan"
)

// htmlPage is what the template shows, in its order. It decides nothing: what is in it, and in which words, is said here
// and in view.go.
type htmlPage struct {
	Style     template.CSS
	Title     visible // what it is and what to do with the target, up to the address
	Tool, URL visible
	Simulator bool
	Verdict   htmlRemark
	Warnings  []htmlRemark // what a reader must know before the rest
	Who       []htmlFact   // who, when, for which commit

	Figures []htmlFigure
	Kinds   []htmlFact // how many actions of each kind
	Seats   *htmlSeats

	Refused      []htmlRefusal
	RefusedCount visible
	Warned       []htmlRefusal // guards that do not refuse and say what to do
	WarnedCount  visible
	Sections     []htmlSection
	Guards       []htmlGuard
	Notes        []htmlNotes
	NoteCount    visible
	AboutTitle   visible
	About        []htmlFact
	Next         *htmlNext
	Contents     []htmlLink
}

// htmlRemark is a sentence with its tone: good, bad, warn or calm.
type htmlRemark struct {
	Tone string
	Text visible
}

// htmlFact is a label with what there is to say under it.
type htmlFact struct {
	Label, Value visible
	Code         bool // a digest, commit or id: letters of one width
}

// htmlFigure is a number of the summary.
type htmlFigure struct {
	Label, Value, Hint visible
	Tone               string // empty for a number that says nothing good or bad
}

// htmlNext is what to do next, and the command to type.
type htmlNext struct{ First, Command visible }

// htmlLink is a line of the contents.
type htmlLink struct {
	ID    string
	Text  visible
	Count visible
	Tone  string
}

// htmlSection is a heading with actions, file by file.
type htmlSection struct {
	ID          string
	Title, Lead visible
	Count       visible
	Tone        string
	Folds       bool // what a reader of this change did not ask for
	Files       []htmlFile
}

// htmlFile is the actions whose lines stand in one file.
type htmlFile struct {
	Name    visible // empty where the file is not known: the root file
	Root    bool
	Count   visible
	Changes []htmlChange
}

// tone returns the class of the style sheet for a style.
func tone(as style) string {
	switch as {
	case added:
		return "good"
	case removed, alarm:
		return "bad"
	case changed, caution:
		return "warn"
	}
	return "calm"
}

// number returns n as a reader sees it.
func number(n int) visible { return visible(thousands(n)) }

// toward returns "6 → 7", or "6" if nothing moves.
func toward(before, after int) visible {
	if before == after {
		return number(before)
	}
	return number(before) + " → " + number(after)
}

// target fills in what the page is for.
func (pg *htmlPage) target(t plan.Target) {
	pg.Tool, pg.URL, pg.Simulator = safe(t.Kind), safe(t.URL), t.Simulator
}

// kinds lists how many actions there are of each kind that occurs.
func (pg *htmlPage) kinds(s *plan.Summary) {
	for _, k := range plan.Kinds() {
		if n := s.ByKind[k]; n > 0 {
			pg.Kinds = append(pg.Kinds, htmlFact{Label: kindWords(k), Value: number(n)})
		}
	}
}

// admins returns the number of administrators. More of them is for a reader to notice.
func admins(s *plan.Summary) htmlFigure {
	f := htmlFigure{Label: "administrators", Value: toward(s.AdminsBefore, s.AdminsAfter)}
	switch {
	case s.AdminsUnknown:
		f.Value, f.Hint = "unknown", "this instance does not report them"
	case s.AdminsAfter != s.AdminsBefore:
		f.Tone = tone(caution)
	}
	return f
}

// members returns how memberships move.
func members(s *plan.Summary) htmlFigure {
	if s.MembersAdded+s.MembersRemoved == 0 {
		return htmlFigure{Label: "memberships", Value: "0", Hint: "added or removed"}
	}
	return htmlFigure{Label: "memberships", Value: markAdd + number(s.MembersAdded) + " " + markRemove + number(s.MembersRemoved), Hint: "added and removed"}
}

// next fills in what to do next.
func (pg *htmlPage) next(s step) {
	if s.first != "" || s.command != "" {
		pg.Next = &htmlNext{First: s.first, Command: s.command}
	}
}

// contents lists what the page has, once everything else is filled in.
func (pg *htmlPage) contents() {
	add := func(id string, text, count visible, as string) {
		pg.Contents = append(pg.Contents, htmlLink{ID: id, Text: text, Count: count, Tone: as})
	}
	add("summary", "Summary", "", "")
	if len(pg.Refused) > 0 {
		add("refused", "Refused", pg.RefusedCount, tone(alarm))
	}
	if len(pg.Warned) > 0 {
		add("warnings", "Warnings", pg.WarnedCount, tone(caution))
	}
	for _, s := range pg.Sections {
		add(s.ID, s.Title, s.Count, s.Tone)
	}
	if len(pg.Guards) > 0 {
		add("guards", "Guards", number(len(pg.Guards)), "")
	}
	if len(pg.Notes) > 0 {
		add("notes", "Notes", pg.NoteCount, "")
	}
	add("about", pg.AboutTitle, "", "")
}

// slug returns an id for a title of our own: lower case, words joined by a hyphen.
func slug(title visible) string {
	letters := func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z':
			return r
		}
		return ' '
	}
	return strings.Join(strings.Fields(strings.Map(letters, string(title))), "-")
}

// anchor returns the id of the nth action of a page.
func anchor(n int) string { return "a" + strconv.Itoa(n) }
