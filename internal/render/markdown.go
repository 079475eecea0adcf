package render

import (
	"io"
	"maps"
	"slices"
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
	c := comment{whole: opts.WholeFile, refused: v.refused, guards: v.guards, notes: v.notes, manual: manualTable(v.manual)}
	c.head = marker(what, p.Target) + "## " + ownText(visible(v.headline.text())) + "\n\n" + groundMarkdown(p)
	if p.Empty() {
		c.head += "\n**No changes.**\n"
	}
	for _, s := range v.sections {
		t := table{title: s.class.title(), rest: s.class.rest()}
		for _, a := range s.actions {
			t.add(a, nil)
		}
		c.tables = append(c.tables, t)
	}
	c.foot = md("cost: "+count(p.Cost.Reads+p.Cost.Writes, "request", "requests")+" ("+count(p.Cost.Reads, "read", "reads")+", "+
		count(p.Cost.Writes, "write", "writes")+"), about "+duration(p.Cost.Seconds)) + "\n" + nextMarkdown(afterPlan(p, opts))
	_, err := io.WriteString(w, c.text())
	return err
}

// ReportMarkdown writes a report as a comment. It is the same with -q and -v.
func ReportMarkdown(w io.Writer, r *apply.Report, opts TextOptions) error {
	v := viewReport(r)
	c := comment{whole: opts.WholeFile, refused: v.refused, guards: v.guards, notes: v.notes, manual: manualTable(v.manual)}
	c.head = marker("report", r.Run.Target) + "## " + plainWords(v.sentence) + "\n\n" + targetMarkdown(r.Run.Target) + "\n\n" + runMarkdown(&r.Run)
	for _, part := range []struct {
		title, rest visible
		outcomes    []*apply.Outcome
	}{{"Failed", "that failed", v.failed}, {"Blocked", "that were blocked", v.blocked}, {"Not run", "that were not run", v.notRun}} {
		c.outcomes(part.title, part.rest, part.outcomes)
	}
	for _, part := range []struct {
		title, rest visible
		remaining   []*apply.Remaining
	}{{"Still different: ours", "still different", v.ours}, {"Still different: changed by others", "changed by others", v.others}} {
		t := table{title: part.title, rest: part.rest}
		for _, left := range part.remaining {
			t.add(&left.Action, nil)
		}
		c.tables = append(c.tables, t)
	}
	c.outcomes("Done", "done", v.done)
	c.tables = slices.DeleteFunc(c.tables, func(t table) bool { return len(t.units) == 0 })
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
	c.tables = append(c.tables, t)
}

// rest returns what the actions of the class are called when there are more of them.
func (c class) rest() visible {
	switch c {
	case newPeople, newGroups:
		return visible(strings.ToLower(string(c.title())))
	case projectChanges:
		return "changes of project access"
	}
	return visible(strings.ToLower(string(c.title()[:1]))) + c.title()[1:]
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
	if !p.Basis.Today.IsZero() {
		zone := p.Basis.Timezone
		if zone == "" {
			zone = "UTC"
		}
		text += " · dates as of " + code(visible(p.Basis.Today.String())) + " " + code(shortened(safe(zone), shortest))
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
	short := func(s string) md { return code(shortened(quoted(s), shortest)) }
	text := "run " + short(r.ID) + " · " + code(moment(r.Started))
	if r.Account != "" {
		text += " · as " + short(r.Account)
	}
	if r.Commit != "" {
		text += " · commit " + short(r.Commit)
	}
	if r.Undoes != "" {
		text += " · takes back the run " + short(r.Undoes)
	}
	const most = 10
	for i, name := range slices.Sorted(maps.Keys(r.Labels)) {
		if i < most {
			text += " · " + short(name+"="+r.Labels[name])
		}
	}
	if more := len(r.Labels) - most; more > 0 {
		text += md(" · and " + count(more, "more label", "more labels"))
	}
	return text + "\n"
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
