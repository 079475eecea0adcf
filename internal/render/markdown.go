package render

import (
	"io"
	"strings"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

// A plan or report as a comment on a pull request: CommonMark with GitHub's tables. How foreign text is kept from being
// markup stands at md, how a large plan is made to fit at markdownLimit.

// PlanMarkdown writes a plan as a comment. It is the same with -q and -v.
func PlanMarkdown(w io.Writer, p *plan.Plan, opts TextOptions) error {
	v := viewPlan(p)
	what := "plan"
	if opts.Command == DriftCommand || opts.Command == UndoCommand {
		what = string(opts.Command)
	}
	c := comment{whole: opts.WholeFile, refused: v.refused, warned: v.warned, guards: v.guards, notes: v.notes, manual: manualTable(v.manual)}
	c.head = marker(what, p.Target, rootFile(p)) + "## " + ownText(visible(v.headline.text())) + "\n\n"
	if len(v.origins) > 0 {
		c.head += md(strings.Join(v.origins, " · ")) + "\n\n"
	}
	c.head += groundMarkdown(p)
	switch {
	case p.Empty():
		c.head += "\n**No changes.**\n"
	case opts.Command == DriftCommand:
		c.head += "\n" + md(sentence(driftReading)) + "\n"
	case v.isOnlyDrift():
		c.head += "\n**" + md(sentence(onlyDrift)) + "**\n"
	}
	for _, s := range v.sections {
		c.actions(table{title: s.class.title(), rest: s.class.rest(), rank: s.class}, s.actions)
	}
	c.actions(table{title: driftLookTitle, rest: "of the drift", intro: md(sentence(driftLead)), rank: removals}, v.driftLook)
	other := table{title: v.driftTitle(), rest: "of the drift", rank: projectChanges + 1, folds: true}
	if len(v.driftLook) == 0 {
		other.intro = md(sentence(driftLead))
	}
	c.actions(other, v.drift)
	c.foot = besideMarkdown(v.beside) + "cost: " + md(costText(p.Cost)) + "\n"
	if s := afterPlan(p, opts); s.first != "" { // a bare command is to apply, and who reads a comment is to approve
		c.foot += nextMarkdown(s)
	}
	_, err := io.WriteString(w, c.text())
	return err
}

// actions adds a table of actions, unless there are none.
func (c *comment) actions(t table, actions []*plan.Action) {
	for _, a := range actions {
		t.add(a, nil)
	}
	c.add(t)
}

// add adds a table, unless it has nothing in it.
func (c *comment) add(t table) {
	if len(t.units) > 0 {
		c.tables = append(c.tables, t)
	}
}

// ReportMarkdown writes a report as a comment. It is the same with -q and -v.
func ReportMarkdown(w io.Writer, r *apply.Report, opts TextOptions) error {
	v := viewReport(r)
	c := comment{whole: opts.WholeFile, refused: v.refused, warned: v.warned, guards: v.guards, notes: v.notes, manual: manualTable(v.manual)}
	c.head = marker("report", r.Run.Target, "") + "## " + plainWords(v.sentence) + "\n\n" + targetMarkdown(r.Run.Target) + "\n\n" + runMarkdown(&r.Run)
	c.outcomes("Failed", "that failed", v.failed)
	c.outcomes("Blocked", "that were blocked", v.blocked)
	c.outcomes("Not run", "that were not run", v.notRun)
	c.remaining("Still different: ours", "still different", v.ours)
	c.remaining("Still different: changed by others", "changed by others", v.others)
	c.outcomes("Done", "done", v.done)
	c.foot = besideMarkdown(v.beside)
	for i, line := range requestLines(r) {
		if i > 0 {
			c.foot += "\n"
		}
		c.foot += plainWords(shortened(line.text, 2*shortest)) + "\n"
	}
	c.foot += nextMarkdown(afterReport(r, &v, opts)) + "\n" + plainWords(shortened(visible(lastLine(r, &v).text()), 2*shortest)) + "\n"
	_, err := io.WriteString(w, c.text())
	return err
}

// remaining adds a table of what the final read still found.
func (c *comment) remaining(title, rest visible, list []*apply.Remaining) {
	t := table{title: title, rest: rest}
	for _, left := range list {
		t.add(&left.Action, nil)
	}
	c.add(t)
}

// outcomes adds a table of actions with what became of them.
func (c *comment) outcomes(title, rest visible, list []*apply.Outcome) {
	t := table{title: title, rest: rest}
	for _, o := range list {
		var first []md
		switch {
		case o.Error != "" && o.Status == apply.Failed:
			first = []md{"error: " + plainWords(safe(o.Error))}
		case o.Error != "":
			first = []md{"because: " + plainWords(safe(o.Error))}
		}
		for _, remark := range o.Remarks {
			first = append(first, "remark: "+plainWords(safe(remark)))
		}
		t.add(&o.Action, first)
	}
	c.add(t)
}

// rest returns what the actions of the class are called when there are more of them.
func (c class) rest() visible {
	if c == projectChanges {
		return "changes of project access"
	}
	return lowered(c.title())
}

func manualTable(steps []*plan.ManualStep) table {
	t := table{title: "Manual steps", rest: "manual steps", intro: "The API of this instance can't do these: a person does."}
	for _, s := range steps {
		var where []md
		if s.Where != "" {
			where = []md{"where: " + code(safe(s.Where))}
		}
		t.add(&s.Action, where)
	}
	return t
}

// besideMarkdown counts what is neither done nor looked at again.
func besideMarkdown(b beside) md {
	texts := b.texts()
	if len(texts) == 0 {
		return ""
	}
	return md("also: " + strings.Join(texts, " · ") + "\n\n")
}

// shortest is how much of a text that is nobody's name stands in what may not be left out, in bytes.
const shortest = 300

// targetMarkdown names the instance. A simulator is called one wherever a target is named.
func targetMarkdown(t plan.Target) md {
	where := code(shortened(safe(t.Kind), shortest)) + " " + code(shortened(safe(t.URL), shortest))
	if t.Simulator {
		return "**SIMULATOR** · " + where
	}
	return where
}

// groundMarkdown says what the plan is for and what it leaves out.
func groundMarkdown(p *plan.Plan) md {
	text := targetMarkdown(p.Target)
	if dates := datesAsOf(p); dates != "" {
		text += " · dates as of " + code(shortened(dates, shortest))
	}
	text += "\n"
	if p.Undoes != "" {
		text += "\nTakes back the run " + code(shortened(safe(p.Undoes), shortest)) + ".\n"
	}
	if len(p.Scope.Only) > 0 {
		const most = 10
		var only []md
		for _, o := range p.Scope.Only[:min(most, len(p.Scope.Only))] {
			only = append(only, code(shortened(quoted(o), shortest)))
		}
		if more := len(p.Scope.Only) - most; more > 0 {
			only = append(only, md("and "+thousands(more)+" more"))
		}
		text += "\n**Only** " + joined(only, ", ") + " and what they need: everything else is left out.\n"
	}
	if p.Scope.NoRemovals {
		text += "\n**Without removals**: they are left out.\n"
	}
	return text
}

// runMarkdown says which run it was.
func runMarkdown(r *apply.RunInfo) md {
	const most = 12
	facts := runFacts(r)
	var texts []md
	for _, f := range facts[:min(most, len(facts))] {
		text := code(shortened(f.value, shortest))
		if f.label != "" {
			text = md(f.label) + " " + text
		}
		texts = append(texts, text)
	}
	if more := len(facts) - most; more > 0 {
		texts = append(texts, md("and "+count(more, "more label", "more labels")))
	}
	return joined(texts, " · ") + "\n"
}

// longestCommand is how long a command to paste may be, in bytes: a longer one is for a file.
const longestCommand = 1000

// nextMarkdown says what to do next.
func nextMarkdown(s step) md {
	if s.first == "" && s.command == "" || len(s.command) > longestCommand {
		return ""
	}
	text := md("\n**Next:**")
	if s.first != "" {
		text += " " + plainWords(s.first)
	}
	if s.command != "" {
		text += " " + code(s.command)
	}
	return text + "\n"
}
