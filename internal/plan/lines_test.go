package plan_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// line writes an action as "kind subject field old>new, ...; +added -removed =kept (needs ...) [cause]", with "?" behind a
// field that can't be verified.
func line(a *plan.Action) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s %s", a.Kind, a.Subject)
	sep := " "
	for _, f := range a.Fields {
		fmt.Fprintf(&s, "%s%s %s>%s", sep, f.Field, f.Old, f.New)
		if f.Unverifiable {
			s.WriteString("?")
		}
		sep = ", "
	}
	if m := a.Members; m != nil {
		s.WriteString(";")
		for _, x := range m.Add {
			fmt.Fprintf(&s, " +%s", x.User)
		}
		for _, x := range m.Remove {
			fmt.Fprintf(&s, " -%s", x.User)
			if x.Inactive {
				s.WriteString("(inactive)")
			}
		}
		fmt.Fprintf(&s, " =%d", m.Keep)
	}
	if len(a.Needs) > 0 {
		fmt.Fprintf(&s, " (needs %s)", strings.Join(a.Needs, ", "))
	}
	if a.Cause != plan.CauseDeclared {
		fmt.Fprintf(&s, " [%s]", a.Cause)
	}
	return strings.ReplaceAll(s.String(), domain, "")
}

func lines(p *plan.Plan) []string {
	var list []string
	for _, a := range p.Actions() {
		list = append(list, line(a))
	}
	return list
}

// stages writes the batches as "stage: action; action".
func stages(p *plan.Plan) []string {
	var list []string
	for i := range p.Batches {
		var actions []string
		for j := range p.Batches[i].Actions {
			actions = append(actions, line(&p.Batches[i].Actions[j]))
		}
		list = append(list, fmt.Sprintf("%s: %s", p.Batches[i].Stage, strings.Join(actions, " | ")))
	}
	return list
}

func manual(p *plan.Plan) []string {
	var list []string
	for i := range p.Manual {
		list = append(list, fmt.Sprintf("%s @ %s", line(&p.Manual[i].Action), p.Manual[i].Where))
	}
	return list
}

// notes writes the notes as "code subject".
func notes(p *plan.Plan) []string {
	var list []string
	for _, n := range p.Notes {
		list = append(list, strings.TrimSuffix(strings.TrimSpace(fmt.Sprintf("%s %s", n.Code, n.Subject)), domain))
	}
	return list
}

// guards writes the results of the guards with one of those outcomes as "outcome guard subject count/limit".
func guards(p *plan.Plan, outcomes ...plan.GuardStatus) []string {
	var list []string
	for _, g := range p.Guards {
		if slices.Contains(outcomes, g.Status) {
			subject := ""
			if g.Subject != "" {
				subject = " " + strings.TrimSuffix(g.Subject, domain)
			}
			list = append(list, fmt.Sprintf("%s %s%s %d/%d", g.Status, g.Guard, subject, g.Count, g.Limit))
		}
	}
	return list
}

// problems writes what an error of Build complains about as "kind: place: text (hint)".
func problems(err error) []string {
	var list []directory.Problem
	kind := "problem"
	var wrong *plan.ProblemsError
	var unclear *plan.AmbiguousError
	switch {
	case errors.As(err, &unclear):
		kind, list = "ambiguous", unclear.Problems
	case errors.As(err, &wrong):
		list = wrong.Problems
	}
	var texts []string
	for _, p := range list {
		text := fmt.Sprintf("%s: %s: %s", kind, p.Pos, p.Text)
		if p.Hint != "" {
			text += " (" + p.Hint + ")"
		}
		texts = append(texts, strings.ReplaceAll(text, domain, ""))
	}
	return texts
}
