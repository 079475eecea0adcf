package render

import (
	"cmp"
	"maps"
	"slices"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

// costText returns "19 requests (10 reads, 9 writes), about 3 s".
func costText(c plan.Cost) string {
	return count(c.Reads+c.Writes, "request", "requests") + " (" + count(c.Reads, "read", "reads") + ", " + count(c.Writes, "write", "writes") + "), about " + duration(c.Seconds)
}

// datesAsOf returns the day for which dates were judged, with its time zone; "" if the plan has none.
func datesAsOf(p *plan.Plan) visible {
	if p.Basis.Today.IsZero() {
		return ""
	}
	return visible(p.Basis.Today.String()) + " " + safe(cmp.Or(p.Basis.Timezone, "UTC"))
}

// runFact is a part of what a run is known by.
type runFact struct{ label, value visible }

// runFacts says which run it was, labels last.
func runFacts(r *apply.RunInfo) []runFact {
	facts := []runFact{{"run", quoted(r.ID)}, {"", moment(r.Started)}}
	for _, f := range []struct {
		label visible
		value string
	}{{"as", r.Account}, {"commit", r.Commit}, {"takes back the run", r.Undoes}} {
		if f.value != "" {
			facts = append(facts, runFact{f.label, quoted(f.value)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Labels)) {
		facts = append(facts, runFact{"", quoted(name + "=" + r.Labels[name])})
	}
	return facts
}
