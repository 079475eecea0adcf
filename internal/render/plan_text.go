package render

import (
	"io"
	"strings"

	"rollcall/internal/plan"
)

// PlanText writes a plan for people: the headline first and last, what stops the plan before everything else, and what to
// type next.
func PlanText(w io.Writer, p *plan.Plan, opts TextOptions) error {
	v := viewPlan(p)
	pg := newPage(opts)
	if opts.Quiet {
		if p.Target.Simulator {
			pg.text(0, targetWords(p.Target))
		}
		pg.refused(v.refused)
		pg.text(0, v.headline)
		return pg.writeTo(w)
	}
	pg.text(0, v.headline)
	pg.ground(p)
	if opts.Command == ShowCommand {
		pg.saved(p)
	}
	pg.refused(v.refused)
	if p.Empty() {
		pg.title("No changes.", heading)
	}
	for _, s := range v.sections {
		pg.heading(s.class.title(), len(s.actions), heading)
		pg.rows(rowsOf(s.actions))
	}
	pg.manual(v.manual)
	pg.guards(v.guards, opts.Verbose)
	pg.notes(v.notes, opts.Verbose)
	pg.blank()
	pg.cost(p.Cost)
	pg.next(afterPlan(p, opts))
	pg.text(0, v.headline)
	return pg.writeTo(w)
}

// ground says what the plan is for and what it leaves out.
func (p *page) ground(pl *plan.Plan) {
	where := targetWords(pl.Target)
	if !pl.Basis.Today.IsZero() {
		zone := pl.Basis.Timezone
		if zone == "" {
			zone = "UTC"
		}
		where = append(where, prose("· dates as of "+visible(pl.Basis.Today.String())+" "+safe(zone))...)
	}
	p.text(0, where)
	if pl.Undoes != "" {
		p.text(0, append(prose("takes back the run"), span{text: safe(pl.Undoes), style: caution}))
	}
	if len(pl.Scope.Only) > 0 {
		only := words{{text: "only"}}
		for _, o := range pl.Scope.Only {
			only = append(only, span{text: quoted(o), style: caution})
		}
		p.text(0, append(only, prose("and what they need: everything else is left out")...))
	}
	if pl.Scope.NoRemovals {
		p.text(0, styled("without removals: they are left out", caution))
	}
}

// digestColumns is how much of a digest a reader compares.
const digestColumns = 12

// saved says what a saved plan was made by and of, so that two people can see that they speak of the same one.
func (p *page) saved(pl *plan.Plan) {
	p.text(0, prose("plan "+digest(pl.Digest)+" · made by rollcall "+safe(pl.ToolVersion)+" · of live state "+digest(pl.Basis.Live)))
	for _, f := range pl.Basis.Files {
		p.text(rowIndent, prose("file "+safe(f.Path)+" "+digest(f.SHA256)))
	}
}

func digest(hex string) visible { return safe(hex[:min(digestColumns, len(hex))]) }

// heading starts a section: its title and how many things it has.
func (p *page) heading(title visible, n int, as style) {
	p.title(title+" ("+visible(thousands(n))+")", as)
}

// refused shows the guards that stop a plan, each with the entry that would allow it. A guard that several groups run
// into has one entry for all of them, since a roster takes no second one.
func (p *page) refused(guards []*plan.GuardResult) {
	if len(guards) == 0 {
		return
	}
	p.heading("Refused, nothing is written", len(guards), alarm)
	rows := make([]row, len(guards))
	for i, g := range guards {
		rows[i] = guardRow("!", alarm, g)
	}
	m := p.measure(rows)
	for i, g := range guards {
		p.row(&rows[i], m)
		if i+1 < len(guards) && sharesEntry(g, guards[i+1]) {
			continue
		}
		hint := hintOf(g)
		if hint != "" {
			p.text(factIndent, prose("hint: "+safe(hint)))
		}
		if g.Paste != "" {
			for line := range strings.SplitSeq(strings.TrimRight(g.Paste, "\n"), "\n") {
				p.verbatim(listIndent, safe(line), heading)
			}
		}
	}
}

// sharesEntry reports whether one entry allows both.
func sharesEntry(a, b *plan.GuardResult) bool {
	return a.Guard == b.Guard && a.Paste != "" && a.Paste == b.Paste
}

// guards shows the guards that did not refuse, if a reader should know of them.
func (p *page) guards(guards []*plan.GuardResult, all bool) {
	var rows []row
	for _, g := range guards {
		if !all && !worthShowing(g) {
			continue
		}
		rows = append(rows, guardRow("·", plain, g))
	}
	if len(rows) > 0 {
		p.title("Guards", heading)
		p.rows(rows)
	}
}

// guardRow returns a guard as a row whose subject is what the guard found, in words and numbers.
func guardRow(mark visible, as style, g *plan.GuardResult) row {
	found := safe(g.Text)
	if g.Subject != "" && !names(g.Text, g.Subject) {
		found = quoted(g.Subject) + ": " + found
	}
	return row{mark: span{mark, as}, kind: safe(string(g.Guard)), subject: span{text: found}, source: place(g.Source)}
}

// manual shows what a person has to do, with the page where it is done.
func (p *page) manual(steps []*plan.ManualStep) {
	if len(steps) == 0 {
		return
	}
	p.heading("Manual steps", len(steps), heading)
	p.text(rowIndent, prose("the API of this instance can't do these: a person does"))
	rows := make([]row, len(steps))
	for i, s := range steps {
		rows[i] = rowOf(&s.Action)
		if s.Where != "" {
			rows[i].facts = append(rows[i].facts, fact{words: prose("where: " + safe(s.Where)), below: true})
		}
	}
	p.rows(rows)
}

// foldedNotes is how many notes of one code are shown without -v. One more is shown than folded away.
const foldedNotes = 3

// notes shows the notes by code.
func (p *page) notes(folds []noteFold, all bool) {
	if len(folds) == 0 {
		return
	}
	total := 0
	for _, f := range folds {
		total += len(f.notes)
	}
	p.heading("Notes", total, heading)
	for _, f := range folds {
		title := kindWords(f.code)
		if n := len(f.notes); n > 1 { // one note may itself be about many
			title += " (" + visible(thousands(n)) + ")"
		}
		p.text(rowIndent, prose(title))
		shown := f.notes
		if !all && len(shown) > foldedNotes+1 {
			shown = shown[:foldedNotes]
		}
		for _, n := range shown {
			p.text(factIndent, noteWords(n))
		}
		if rest := len(f.notes) - len(shown); rest > 0 {
			p.text(factIndent, prose(visible("and "+thousands(rest)+" more (-v shows all)")))
		}
	}
}

func noteWords(n *plan.Note) words {
	text := safe(n.Text)
	if n.Subject != "" && !names(n.Text, n.Subject) {
		text = quoted(n.Subject) + ": " + text
	}
	w := prose(text)
	if n.Source != nil {
		w = append(w, span{text: "(" + place(n.Source) + ")", style: faint})
	}
	return w
}

func (p *page) cost(c plan.Cost) {
	p.text(0, prose(visible("cost: "+count(c.Reads+c.Writes, "request", "requests")+" ("+count(c.Reads, "read", "reads")+", "+
		count(c.Writes, "write", "writes")+"), about "+duration(c.Seconds))))
}

// step is what to do next: words, and the command to type.
type step struct {
	first   visible
	command visible
}

// next writes a step. The command stays in one piece to be copied.
func (p *page) next(s step) {
	if s.first == "" && s.command == "" {
		return
	}
	w := words{{text: "next:", style: heading}}
	if s.first != "" {
		w = append(w, prose(s.first)...)
	}
	if s.command != "" {
		w = append(w, span{text: s.command, style: heading})
	}
	p.text(0, w)
}

// afterPlan returns what to do once a plan was read.
func afterPlan(p *plan.Plan, opts TextOptions) step {
	switch {
	case p.Undoes != "" && len(p.Refused()) > 0:
		return step{first: "add the reviewed entry to the roster, then", command: commandLine(undoCommand(opts), opts)}
	case p.Undoes != "" && p.Empty():
		return step{}
	case len(p.Refused()) > 0:
		return step{first: "mend the roster, or add the reviewed entry, then", command: commandLine("rollcall plan", opts)}
	case p.Empty() && len(p.Manual) > 0:
		return step{first: "do the manual steps, then", command: commandLine("rollcall plan", opts)}
	case p.Empty(), opts.Command == ApplyCommand:
		return step{}
	}
	if p.Undoes != "" && opts.ReportFile == "" {
		opts.ReportFile = "REPORT" // the plan does not name the file
	}
	return step{command: commandLine(applyCommand(opts), opts)}
}

// undoCommand returns the command that plans the undo again.
func undoCommand(opts TextOptions) string {
	if opts.ReportFile == "" {
		return "rollcall undo REPORT"
	}
	return "rollcall undo " + opts.ReportFile
}

// applyCommand returns the command that carries out the plan that was shown or saved.
func applyCommand(opts TextOptions) string {
	command := "rollcall apply"
	if opts.PlanFile != "" {
		command += " " + opts.PlanFile
	}
	if opts.ReportFile != "" {
		command += " --undo " + opts.ReportFile
	}
	return command
}

// commandLine returns a command with the flags that the reader has to repeat.
func commandLine(command string, opts TextOptions) visible {
	if opts.Flags != "" {
		command += " " + opts.Flags
	}
	return safe(command)
}

func rowsOf(actions []*plan.Action) []row {
	rows := make([]row, len(actions))
	for i, a := range actions {
		rows[i] = rowOf(a)
	}
	return rows
}
