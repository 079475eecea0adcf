package render

import (
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
	pg.planFigures(p)
	pg.Seats = seats(&p.Summary, p.Guards, "after")

	c := newChanger(p.Actions(), rootFile(p))
	pg.refused(v.refused)
	pg.warned(v.guards)
	pg.Sections = append(actionSections(c, v.sections), manualSections(c, v.manual)...)
	pg.guards(p.Guards)
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
	dangerous := 0
	for _, s := range v.sections {
		if s.class <= removals {
			dangerous += len(s.actions)
		}
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
	if !p.Basis.Today.IsZero() {
		pg.Who = append(pg.Who, htmlFact{Label: "Dates as of", Value: datesAsOf(p)})
	}
	pg.Who = append(pg.Who,
		htmlFact{Label: "Plan", Value: digest(p.Digest), Code: true},
		htmlFact{Label: "Live state", Value: digest(p.Basis.Live), Code: true})
}

func datesAsOf(p *plan.Plan) visible {
	zone := p.Basis.Timezone
	if zone == "" {
		zone = "UTC"
	}
	return visible(p.Basis.Today.String()) + " " + safe(zone)
}

func (pg *htmlPage) planFigures(p *plan.Plan) {
	pg.Figures = []htmlFigure{
		{Label: "people", Value: number(p.Summary.People)},
		{Label: "changes", Value: number(p.Summary.Actions)},
		admins(&p.Summary),
		members(&p.Summary),
		{Label: "seats", Value: toward(p.Summary.SeatsBefore, p.Summary.SeatsAfter)},
		{Label: "writes", Value: number(p.Cost.Writes), Hint: visible("about " + duration(p.Cost.Seconds))},
	}
	pg.kinds(&p.Summary)
}

// actionSections returns the actions as every output orders them. The first classes have sections of their own; the rest
// is one, since a reviewer of a team's file reads that as a whole. Drift that the change under review does not make comes
// last and is folded.
func actionSections(c *changer, list []section) []htmlSection {
	var sections []htmlSection
	add := func(title visible, as style, actions []*plan.Action) {
		if len(actions) > 0 {
			sections = append(sections, htmlSectionOf(c, title, as, actions, func(a *plan.Action) *plan.Action { return a }, c.change))
		}
	}
	var rest, drift []*plan.Action
	dangerous := 0
	for _, s := range list {
		var made []*plan.Action
		for _, a := range s.actions {
			if a.Origin == plan.OriginDrift {
				drift = append(drift, a)
			} else {
				made = append(made, a)
			}
		}
		if s.class > removals {
			rest = append(rest, made...)
			continue
		}
		dangerous += len(s.actions) - len(made)
		add(s.class.title(), classStyle(s.class), made)
	}
	if len(sections) == 0 {
		add("Changes", plain, rest)
	} else {
		add("Other changes", plain, rest)
	}
	if add("Drift", plain, drift); len(drift) > 0 {
		last := &sections[len(sections)-1]
		last.Folds = true
		last.Lead = "This change does not make these: the tool was edited, or an apply is pending."
		if dangerous > 0 {
			last.Lead += " " + number(dangerous) + " of them for a second look."
			last.Tone = tone(caution)
		}
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
	if !p.Basis.Today.IsZero() {
		pg.About = append(pg.About, htmlFact{Label: "Dates as of", Value: datesAsOf(p)})
	}
	pg.About = append(pg.About,
		htmlFact{Label: "Cost", Value: visible(count(p.Cost.Reads+p.Cost.Writes, "request", "requests") + ": " + count(p.Cost.Reads, "read", "reads") + ", " +
			count(p.Cost.Writes, "write", "writes") + ", about " + duration(p.Cost.Seconds))},
		htmlFact{Label: "Made by", Value: "rollcall " + safe(p.ToolVersion)})
}

func targetText(t plan.Target) visible {
	text := safe(t.Kind) + " " + safe(t.URL)
	if t.Simulator {
		return "SIMULATOR · " + text
	}
	return text
}
