package render

import (
	"strings"

	"rollcall/internal/plan"
)

// Outline is a plan in lines without a layout, for messages, in the order of every output. No text of it holds a character
// that could mislead a reader; what a markup would obey is still there.
type Outline struct {
	Headline string
	Beside   string   // manual steps and unverifiable fields, counted; "" for none
	Refused  []string // each guard that refuses, with its hint
	Sections []OutlineSection
	Notes    []string
}

// OutlineSection is the actions of one class.
type OutlineSection struct {
	Title   string
	Actions []*plan.Action
	Lines   []string // one for each action; long lists of members are counted
}

// OutlineOf returns the outline of a plan.
func OutlineOf(p *plan.Plan) Outline {
	v := viewPlan(p)
	o := Outline{Headline: string(v.headline.text()), Beside: strings.Join(v.beside.texts(), " · ")}
	for _, g := range v.refused {
		text := safe(string(g.Guard)) + ": " + about(g.Subject, g.Text)
		if g.Hint != "" {
			text += " (hint: " + safe(g.Hint) + ")"
		}
		o.Refused = append(o.Refused, string(text))
	}
	for _, s := range v.sections {
		section := OutlineSection{Title: string(s.class.title()), Actions: s.actions}
		for _, a := range s.actions {
			line := actionAnnotation(levelNotice, a, "")
			text := string(line.title + " " + line.text)
			if line.at != nil && (isLong(a.Members) || !showsLines(a)) { // else each member says where it is
				text += " (" + string(place(line.at)) + ")"
			}
			section.Lines = append(section.Lines, text)
		}
		o.Sections = append(o.Sections, section)
	}
	for _, n := range noteAnnotations(v.notes) {
		o.Notes = append(o.Notes, string(n.text)+" ("+string(place(n.at))+")")
	}
	return o
}
