package render

import (
	"io"
	"slices"
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
	if len(v.origins) > 0 {
		pg.text(0, parts(plain, v.origins...))
	}
	pg.ground(p)
	if opts.Command == ShowCommand {
		pg.saved(p)
	}
	if opts.Command == DriftCommand && !p.Empty() {
		pg.text(0, prose(driftReading))
	}
	pg.refused(v.refused)
	pg.warned(v.warned)
	switch {
	case p.Empty():
		pg.title("No changes.", heading)
	case v.isOnlyDrift():
		pg.title(sentence(onlyDrift), heading)
	}
	for _, s := range v.sections {
		pg.heading(s.class.title(), len(s.actions), heading)
		pg.rows(rowsOf(s.actions))
	}
	pg.drift(&v, opts.Verbose)
	pg.manual(v.manual)
	pg.guards(v.guards, opts.Verbose)
	pg.notes(v.notes, opts.Verbose)
	pg.blank()
	pg.beside(v.beside)
	pg.cost(p.Cost)
	pg.next(afterPlan(p, opts))
	pg.text(0, v.headline)
	return pg.writeTo(w)
}

// ground says what the plan is for and what it leaves out.
func (p *page) ground(pl *plan.Plan) {
	where := targetWords(pl.Target)
	if dates := datesAsOf(pl); dates != "" {
		where = append(where, prose("· dates as of "+dates)...)
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

// refused shows the guards that stop a plan.
func (p *page) refused(guards []*plan.GuardResult) {
	p.advice("Refused, nothing is written", alarm, guards)
}

// warned shows the guards that stop nothing and say what to do.
func (p *page) warned(guards []*plan.GuardResult) { p.advice("Warnings", caution, guards) }

// advice shows guards with what to do about them.
func (p *page) advice(title visible, as style, guards []*plan.GuardResult) {
	if len(guards) == 0 {
		return
	}
	p.heading(title, len(guards), as)
	rows := guardRows("!", as, guards)
	m := p.measure(rows)
	for _, what := range adviceOn(guards) {
		for range what.guards {
			p.row(&rows[0], m)
			rows = rows[1:]
		}
		if what.hint != "" {
			p.text(factIndent, prose("hint: "+safe(what.hint)))
		}
		if what.paste != "" {
			for line := range strings.SplitSeq(strings.TrimRight(what.paste, "\n"), "\n") {
				p.verbatim(listIndent, safe(line), heading)
			}
		}
	}
}

// drift shows what the change under review does not make: what is dangerous when overlooked in full, the rest only if all
// is asked for.
func (p *page) drift(v *planView, all bool) {
	if len(v.driftLook) > 0 {
		p.heading(driftLookTitle, len(v.driftLook), caution)
		p.text(rowIndent, prose(driftLead))
		p.rows(rowsOf(v.driftLook))
	}
	if len(v.drift) == 0 {
		return
	}
	p.heading(v.driftTitle(), len(v.drift), heading)
	if len(v.driftLook) == 0 {
		p.text(rowIndent, prose(driftLead))
	}
	if all {
		p.rows(rowsOf(v.drift))
		return
	}
	p.text(rowIndent, append(parts(plain, countKinds(v.drift, kindOf)...), prose("(-v shows all)")...))
}

// guards shows the guards that neither refused nor warned, if a reader should know of them.
func (p *page) guards(guards []*plan.GuardResult, all bool) {
	if !all {
		guards = slices.DeleteFunc(slices.Clone(guards), func(g *plan.GuardResult) bool { return !worthShowing(g) })
	}
	if len(guards) > 0 {
		p.title("Guards", heading)
		p.rows(guardRows("·", plain, guards))
	}
}

// guardRows returns guards as rows whose subject is what the guard found, in words and numbers.
func guardRows(mark visible, as style, guards []*plan.GuardResult) []row {
	rows := make([]row, len(guards))
	for i, g := range guards {
		rows[i] = row{mark: span{mark, as}, kind: safe(string(g.Guard)), subject: span{text: about(g.Subject, g.Text)}, source: place(g.Source)}
	}
	return rows
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
	w := prose(about(n.Subject, n.Text))
	if n.Source != nil {
		w = append(w, span{text: "(" + place(n.Source) + ")", style: faint})
	}
	return w
}

// beside counts what is neither done nor looked at again.
func (p *page) beside(b beside) {
	if texts := b.texts(); len(texts) > 0 {
		p.text(0, prose("also: "+visible(strings.Join(texts, " · "))))
	}
}

func (p *page) cost(c plan.Cost) {
	p.text(0, prose(visible("cost: "+costText(c))))
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
	case opts.Command == DriftCommand:
		return step{first: "take over into the roster what is meant, then", command: commandLine("rollcall plan", opts)}
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
