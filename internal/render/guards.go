package render

import (
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// splitGuards returns what guards found, in the order in which every output shows it: what stops a plan, what warns and
// says what to do, and the others, of which worthShowing tells those that a reader needs. Whoever was taken out of the
// roster and keeps access stands before everything else of its list: nothing else of a change says so.
func splitGuards(guards []plan.GuardResult) (refused, warned, others []*plan.GuardResult) {
	for i := range guards {
		switch g := &guards[i]; {
		case g.Status == plan.GuardRefused:
			refused = append(refused, g)
		case g.Status == plan.GuardNoted && g.Hint != "":
			warned = append(warned, g)
		default:
			others = append(others, g)
		}
	}
	keptFirst := func(a, b *plan.GuardResult) int {
		switch aKept, bKept := a.Guard == directory.GuardKeptAccess, b.Guard == directory.GuardKeptAccess; {
		case aKept == bKept:
			return 0
		case aKept:
			return -1
		}
		return 1
	}
	slices.SortStableFunc(refused, keptFirst)
	slices.SortStableFunc(warned, keptFirst)
	return refused, warned, others
}

// advice is what to do about guards, which stand next to one another.
type advice struct {
	guards []*plan.GuardResult
	hint   string // "": nothing to say
	paste  string // "": nothing to paste
}

// adviceOn puts neighbours together for which one entry serves, since a roster takes no second one for a guard, or of which
// there is the same to say.
func adviceOn(guards []*plan.GuardResult) []advice {
	var list []advice
	for _, g := range guards {
		hint := g.Hint
		if hint == "" && g.Paste != "" {
			hint = "if this is meant, put this line under guards.allow"
		}
		if n := len(list); n > 0 {
			last := &list[n-1]
			if last.guards[0].Guard == g.Guard && last.paste == g.Paste && (g.Paste != "" || last.hint == hint) {
				last.guards = append(last.guards, g)
				continue
			}
		}
		list = append(list, advice{guards: []*plan.GuardResult{g}, hint: hint, paste: g.Paste})
	}
	return list
}

// worthShowing reports whether a reader should see a guard that did not refuse: it was excepted or noted, or the plan
// comes near its limit.
func worthShowing(g *plan.GuardResult) bool {
	switch {
	case g.Status != plan.GuardOK:
		return true
	case g.Guard == directory.GuardMinAdmins:
		return g.Count <= g.Limit
	}
	return g.Count > 0 && g.Count*5 >= g.Limit*4 // four fifths and more
}

// distinctGuards counts guards, of which one may have found several things.
func distinctGuards(found []*plan.GuardResult) int {
	names := make(map[directory.GuardName]bool)
	for _, g := range found {
		names[g.Guard] = true
	}
	return len(names)
}
