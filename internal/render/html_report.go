package render

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

// reportPage returns the page of a report: how the run ended and who ran it, then what went wrong, then what was done.
func reportPage(r *apply.Report, opts TextOptions) *htmlPage {
	v := viewReport(r)
	pg := &htmlPage{Title: "Report of a run on", AboutTitle: "About this run"}
	pg.target(r.Run.Target)
	pg.Verdict = htmlRemark{Tone: tone(resultStyle(r.Result)), Text: v.sentence}
	pg.reportWarnings(r)
	pg.reportWho(&r.Run)
	pg.reportFigures(r, &v)
	pg.Seats = seats(&r.Summary, "planned")

	actions := make([]*plan.Action, len(r.Outcomes))
	for i := range r.Outcomes {
		actions[i] = &r.Outcomes[i].Action
	}
	c := newChanger(actions, "")
	pg.refused(v.refused)
	pg.warned(v.warned)
	pg.Sections = outcomeSections(c, &v)
	pg.Sections = append(pg.Sections, manualSections(c, v.manual)...)
	pg.guards(v.refused, v.warned, v.guards)
	pg.notes(v.notes)
	pg.reportAbout(r)
	pg.next(afterReport(r, &v, opts))
	pg.contents()
	return pg
}

func (pg *htmlPage) reportWarnings(r *apply.Report) {
	if r.Run.Undoes != "" {
		pg.warn(caution, "Takes back the run "+safe(r.Run.Undoes)+".")
	}
	if r.FinalRead == apply.FinalReadFailed {
		pg.warn(alarm, "The final read did not succeed"+because(r.FinalReadError))
	} else if r.FinalReadError != "" {
		pg.warn(caution, "The final read was skipped"+because(r.FinalReadError))
	}
}

// because returns the end of a sentence: the reason, if there is one.
func because(reason string) visible {
	if reason == "" {
		return "."
	}
	return ": " + safe(reason)
}

// reportWho says who wrote, when, and for which commit.
func (pg *htmlPage) reportWho(run *apply.RunInfo) {
	if run.Account != "" {
		pg.Who = append(pg.Who, htmlFact{Label: "Account", Value: safe(run.Account)})
	}
	pg.Who = append(pg.Who, htmlFact{Label: "Started", Value: moment(run.Started)})
	if run.Commit != "" {
		pg.Who = append(pg.Who, htmlFact{Label: "Commit", Value: safe(run.Commit), Code: true})
	}
	pg.Who = append(pg.Who, htmlFact{Label: "Run", Value: safe(run.ID), Code: true})
}

func (pg *htmlPage) reportFigures(r *apply.Report, v *reportView) {
	of := visible("of " + count(len(r.Outcomes), "action", "actions"))
	pg.Figures = []htmlFigure{{Label: "done", Value: number(len(v.done)), Hint: of}}
	for _, f := range []struct {
		label visible
		n     int
		as    style
	}{{"failed", len(v.failed), alarm}, {"blocked", len(v.blocked), caution}, {"not run", len(v.notRun), caution}, {"still different", len(v.ours) + len(v.others), caution}} {
		figure := htmlFigure{Label: f.label, Value: number(f.n)}
		if f.n > 0 {
			figure.Tone = tone(f.as)
		}
		pg.Figures = append(pg.Figures, figure)
	}
	pg.Figures = append(pg.Figures,
		htmlFigure{Label: "writes", Value: number(r.Requests.Writes), Hint: took(&r.Run)},
		htmlFigure{Label: "exit code", Value: visible(strconv.Itoa(r.ExitCode)), Hint: kindWords(r.Result)})
	planned := admins(&r.Summary)
	planned.Hint = "planned"
	pg.Figures = append(append(pg.Figures, planned), v.beside.figures()...)
	pg.kinds(&r.Summary)
}

// took returns how long a run was, "in 41 s", or nothing if it is not known.
func took(run *apply.RunInfo) visible {
	if d := run.Finished.Sub(run.Started).Round(time.Second); d > 0 {
		return visible("in " + duration(int(d/time.Second)))
	}
	return ""
}

// outcomeSections returns what went wrong, what is left, and then what was done, the latter in the sections of a plan.
func outcomeSections(c *changer, v *reportView) []htmlSection {
	var sections []htmlSection
	outcomes := func(title visible, as style, list []*apply.Outcome) {
		if len(list) > 0 {
			sections = append(sections, htmlSectionOf(c, title, as, list, func(o *apply.Outcome) *plan.Action { return &o.Action }, c.outcome))
		}
	}
	outcomes("Failed", alarm, v.failed)
	outcomes("Blocked", caution, v.blocked)
	outcomes("Not run", caution, v.notRun)
	for _, left := range []struct {
		title, lead visible
		list        []*apply.Remaining
	}{
		{"Still different: ours", "The final read still found these, and this run should have done them.", v.ours},
		{"Still different: changed by others", "The final read found these because somebody else changed the live state.", v.others},
	} {
		if len(left.list) == 0 {
			continue
		}
		s := htmlSectionOf(c, left.title, caution, left.list, func(r *apply.Remaining) *plan.Action { return &r.Action },
			func(r *apply.Remaining) htmlChange { return c.change(&r.Action) })
		s.Lead = left.lead
		sections = append(sections, s)
	}
	for _, done := range doneByClass(v.done) {
		outcomes(done.title, done.as, done.outcomes)
	}
	return sections
}

type doneClass struct {
	title    visible
	as       style
	outcomes []*apply.Outcome
}

// doneByClass returns what was done, which is in the order of classes: the dangerous ones by themselves, then the rest.
func doneByClass(done []*apply.Outcome) []doneClass {
	var list []doneClass
	for _, o := range done {
		c := min(classOf(&o.Action), newPeople) // the rest is one
		title := "Done: " + c.title()
		if c == newPeople {
			title = "Done: Other changes"
		}
		if len(list) == 0 || list[len(list)-1].title != title {
			list = append(list, doneClass{title: title, as: added})
		}
		last := &list[len(list)-1]
		last.outcomes = append(last.outcomes, o)
	}
	return list
}

// reportAbout says everything about a run that an auditor asks for.
func (pg *htmlPage) reportAbout(r *apply.Report) {
	run := &r.Run
	add := func(label, value visible, code bool) {
		if value != "" {
			pg.About = append(pg.About, htmlFact{Label: label, Value: value, Code: code})
		}
	}
	add("Target", targetText(run.Target), false)
	add("Run", safe(run.ID), true)
	add("Takes back the run", safe(run.Undoes), true)
	add("Account", safe(run.Account), false)
	add("Commit", safe(run.Commit), true)
	for _, name := range slices.Sorted(maps.Keys(run.Labels)) {
		add("Label "+safe(name), quoted(run.Labels[name]), false)
	}
	add("Started", moment(run.Started), false)
	if !run.Finished.IsZero() {
		add("Finished", moment(run.Finished), false)
	}
	add("Result", kindWords(r.Result)+", exit code "+visible(strconv.Itoa(r.ExitCode)), false)
	add("Final read", finalReadText(r), false)
	add("Requests", visible(count(r.Requests.Reads, "read", "reads")+", "+count(r.Requests.Writes, "write", "writes")), false)
	if r.Requests.Retries > 0 {
		add("Among them", visible(count(r.Requests.Retries, "retry", "retries")), false)
	}
	if r.Requests.WaitedSeconds >= 0.05 {
		add("Waited for the rate limit", visible(fmt.Sprintf("%.1f s", r.Requests.WaitedSeconds)), false)
	}
	add("Made by", "rollcall "+safe(run.ToolVersion), false)
}

func finalReadText(r *apply.Report) visible {
	text := kindWords(r.FinalRead)
	if r.FinalRead == apply.FinalReadFailed {
		text = "did not succeed"
	}
	if r.FinalReadError != "" {
		text += ": " + safe(r.FinalReadError)
	}
	return text
}
