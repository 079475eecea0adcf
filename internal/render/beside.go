package render

import (
	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

// What stands behind the value of a field that can be written and not read back, and what that means. Such a field is
// never drift: nobody can tell whether it is as it should be.
const (
	unverifiableWord  visible = "unverifiable"
	unverifiableMark  visible = "(" + unverifiableWord + ")"
	unverifiableGloss visible = "can be written and not read back"
)

// beside is what a plan or run has beside what can be done and looked at again. It is counted, and is neither drift nor a
// failure.
type beside struct {
	manual       int // steps that a person does
	unverifiable int // fields of actions, as often as they are marked so
}

func besidePlan(p *plan.Plan) beside {
	b := beside{manual: len(p.Manual)}
	for _, a := range p.Actions() {
		b.unverifiable += unverifiableFields(a)
	}
	return b
}

func besideReport(r *apply.Report) beside {
	b := beside{manual: len(r.Manual)}
	for i := range r.Outcomes {
		b.unverifiable += unverifiableFields(&r.Outcomes[i].Action)
	}
	return b
}

func unverifiableFields(a *plan.Action) int {
	n := 0
	for _, f := range a.Fields {
		if f.Unverifiable {
			n++
		}
	}
	return n
}

// texts returns what there is, the one word that needs it with its meaning: "4 manual steps", "5 unverifiable fields (can
// be written and not read back)".
func (b beside) texts() []string {
	var texts []string
	if b.manual > 0 {
		texts = append(texts, count(b.manual, "manual step", "manual steps"))
	}
	if b.unverifiable > 0 {
		texts = append(texts, count(b.unverifiable, "unverifiable field", "unverifiable fields")+" ("+string(unverifiableGloss)+")")
	}
	return texts
}

// figures returns the same as numbers of a summary.
func (b beside) figures() []htmlFigure {
	var figures []htmlFigure
	if b.manual > 0 {
		figures = append(figures, htmlFigure{Label: "manual steps", Value: number(b.manual), Hint: "a person does"})
	}
	if b.unverifiable > 0 {
		figures = append(figures, htmlFigure{Label: "unverifiable fields", Value: number(b.unverifiable), Hint: unverifiableGloss})
	}
	return figures
}
