package render

import (
	"strings"

	"rollcall/internal/plan"
)

// planPage returns the page of a plan that is sealed.
func planPage(p *plan.Plan, opts TextOptions) *htmlPage {
	v := viewPlan(p)
	pg := &htmlPage{Title: "Plan for", AboutTitle: "About this plan"}
	if p.Undoes != "" {
		pg.Title = "Plan to take back a run on"
	}
	pg.target(p.Target)
	pg.Verdict = planVerdict(p, &v)
	pg.planWarnings(p)
	pg.planGround(p)
	pg.planFigures(p, &v)
	pg.Seats = seats(&p.Summary, "after")

	c := newChanger(p.Actions(), rootFile(p))
	pg.refused(v.refused)
	pg.warned(v.warned)
	pg.Sections = append(actionSections(c, &v), manualSections(c, v.manual)...)
	pg.guards(v.refused, v.warned, v.guards)
	pg.notes(v.notes)
	pg.planAbout(p)
	pg.next(afterPlan(p, opts))
	pg.contents()
	return pg
}

// rootFile returns the path of the root file of a roster: it is read first.
func rootFile(p *plan.Plan) string {
	if len(p.Basis.Files) == 0 {
		return ""
	}
	return p.Basis.Files[0].Path
}

// planVerdict says in one sentence what the plan would do.
func planVerdict(p *plan.Plan, v *planView) htmlRemark {
	changes := visible(count(p.Summary.Actions, "change", "changes"))
	switch {
	case len(v.refused) > 0:
		text := "Refused by " + visible(count(distinctGuards(v.refused), "guard", "guards")) + ": nothing is written."
		return htmlRemark{Tone: tone(alarm), Text: text}
	case p.Empty() && len(v.manual) > 0:
		return htmlRemark{Tone: tone(plain), Text: "No changes but " + visible(count(len(v.manual), "manual step", "manual steps")) + "."}
	case p.Empty():
		return htmlRemark{Tone: tone(added), Text: "No changes."}
	}
	dangerous := len(v.driftLook)
	for _, s := range v.sections {
		if s.class.dangerous() {
			dangerous += len(s.actions)
		}
	}
	if v.isOnlyDrift() {
		changes = sentence(onlyDrift) + " " + changes
	}
	if dangerous > 0 {
		return htmlRemark{Tone: tone(caution), Text: changes + ", " + number(dangerous) + " of them for a second look."}
	}
	return htmlRemark{Tone: tone(plain), Text: changes + "."}
}

func (pg *htmlPage) warn(as style, text visible) {
	pg.Warnings = append(pg.Warnings, htmlRemark{Tone: tone(as), Text: text})
}

// planWarnings says what the plan leaves out, and what it is if it is not of a roster.
func (pg *htmlPage) planWarnings(p *plan.Plan) {
	if p.Undoes != "" {
		pg.warn(caution, "Takes back the run "+safe(p.Undoes)+".")
	}
	if len(p.Scope.Only) > 0 {
		text := visible("Only ")
		for i, only := range p.Scope.Only {
			if i > 0 {
				text += ", "
			}
			text += quoted(only)
		}
		pg.warn(caution, text+" and what they need: everything else is left out.")
	}
	if p.Scope.NoRemovals {
		pg.warn(caution, "Without removals: they are left out.")
	}
}

func (pg *htmlPage) planGround(p *plan.Plan) {
	if dates := datesAsOf(p); dates != "" {
		pg.Who = append(pg.Who, htmlFact{Label: "Dates as of", Value: dates})
	}
	pg.Who = append(pg.Who,
		htmlFact{Label: "Plan", Value: digest(p.Digest), Code: true},
		htmlFact{Label: "Live state", Value: digest(p.Basis.Live), Code: true})
}

func (pg *htmlPage) planFigures(p *plan.Plan, v *planView) {
	pg.Figures = []htmlFigure{
		{Label: "people", Value: number(p.Summary.People)},
		{Label: "changes", Value: number(p.Summary.Actions), Hint: visible(strings.Join(v.origins, ", "))},
		admins(&p.Summary),
		members(&p.Summary),
		{Label: "seats", Value: toward(p.Summary.SeatsBefore, p.Summary.SeatsAfter)},
		{Label: "writes", Value: number(p.Cost.Writes), Hint: visible("about " + duration(p.Cost.Seconds))},
	}
	pg.Figures = append(pg.Figures, v.beside.figures()...)
	pg.kinds(&p.Summary)
}

// actionSections returns the actions as every output orders them. The first classes have sections of their own; the rest
// is one, since a reviewer of a team's file reads that as a whole. Drift that the change under review does not make comes
// last; what of it is not dangerous when overlooked is folded.
func actionSections(c *changer, v *planView) []htmlSection {
	var sections []htmlSection
	add := func(title visible, as style, actions []*plan.Action) {
		if len(actions) > 0 {
			sections = append(sections, htmlSectionOf(c, title, as, actions, itself, c.change))
		}
	}
	var rest []*plan.Action
	for _, s := range v.sections {
		if s.class.dangerous() {
			add(s.class.title(), classStyle(s.class), s.actions)
		} else {
			rest = append(rest, s.actions...)
		}
	}
	if len(sections) == 0 {
		add("Changes", plain, rest)
	} else {
		add("Other changes", plain, rest)
	}
	own := len(sections)
	add(driftLookTitle, caution, v.driftLook)
	if add(v.driftTitle(), plain, v.drift); len(v.drift) > 0 {
		sections[len(sections)-1].Folds = true
	}
	if own < len(sections) {
		sections[own].Lead = sentence(driftLead)
	}
	return sections
}

// classStyle returns the style of the classes that are dangerous when overlooked.
func classStyle(c class) style {
	switch c {
	case adminGrants, adminAddresses:
		return caution
	case deactivations, removals:
		return removed
	}
	return plain
}

// manualSections returns what a person has to do, with the page where it is done.
func manualSections(c *changer, steps []*plan.ManualStep) []htmlSection {
	if len(steps) == 0 {
		return nil
	}
	s := htmlSectionOf(c, "Manual steps", caution, steps,
		func(s *plan.ManualStep) *plan.Action { return &s.Action },
		func(s *plan.ManualStep) htmlChange {
			change := c.change(&s.Action)
			change.Where = safe(s.Where)
			return change
		})
	s.Lead = "The API of this instance can't do these: a person does."
	return []htmlSection{s}
}

// planAbout says what the plan was made by and of, in full: an auditor compares digests.
func (pg *htmlPage) planAbout(p *plan.Plan) {
	pg.About = []htmlFact{
		{Label: "Target", Value: targetText(p.Target)},
		{Label: "Plan", Value: safe(p.Digest), Code: true},
	}
	if p.Undoes != "" {
		pg.About = append(pg.About, htmlFact{Label: "Takes back the run", Value: safe(p.Undoes), Code: true})
	}
	pg.About = append(pg.About, htmlFact{Label: "Live state", Value: safe(p.Basis.Live), Code: true})
	for _, f := range p.Basis.Files {
		pg.About = append(pg.About, htmlFact{Label: "File " + safe(f.Path), Value: safe(f.SHA256), Code: true})
	}
	if dates := datesAsOf(p); dates != "" {
		pg.About = append(pg.About, htmlFact{Label: "Dates as of", Value: dates})
	}
	pg.About = append(pg.About,
		htmlFact{Label: "Cost", Value: visible(costText(p.Cost))},
		htmlFact{Label: "Made by", Value: "rollcall " + safe(p.ToolVersion)})
}

func targetText(t plan.Target) visible {
	text := safe(t.Kind) + " " + safe(t.URL)
	if t.Simulator {
		return "SIMULATOR · " + text
	}
	return text
}
