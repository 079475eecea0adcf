package render

import (
	"fmt"
	"io"
	"strings"

	"rollcall/internal/origin"
)

// Origin writes an answer about a person or a group for people: who it is, a row for each thing that the roster says and the
// place that says it, what is not managed, and what would have to be written where.
//
//	ines.ortega@acme.example  users.yaml:24:5
//	listed: active or not as in the tool, and a new account is active
//
//	  role   Lead       users.yaml:27:5
//	  group  mobile-qa  teams/mobile.yaml:14:7  (members of the group, exact)
//
// Next is the command to type for the live side, as a shell takes it; "" for none.
func Origin(w io.Writer, a *origin.Answer, next string, opts TextOptions) error {
	pg := newPage(opts)
	pg.originHead(a)
	pg.originFacts(a)
	for _, sentence := range originRemarks(a) {
		pg.blank()
		pg.text(0, prose(sentence))
	}
	if !a.Said {
		pg.originWays(a)
	}
	if next != "" && !opts.Quiet {
		pg.blank()
		pg.text(0, prose("The live side:"))
		pg.verbatim(rowIndent, safe(next), heading)
	}
	return pg.writeTo(w)
}

func (p *page) originHead(a *origin.Answer) {
	subject := safe(a.Subject)
	if a.Kind == origin.Group {
		subject = "group " + quoted(a.Subject)
	}
	line := words{{text: subject, style: heading}, {text: " " + safe(a.Source.String()), style: faint}}
	if remark := partWords(a.Source, ""); remark != "" {
		line = append(line, styled(remark, plain)...)
	}
	p.text(0, line)
	if a.Former != "" {
		p.text(0, prose("asked for as "+quoted(a.Former)+", which is a former name"))
	}
	switch a.State {
	case origin.Active:
		p.text(0, prose("active: switched on again if somebody switches the account off"))
	case origin.Inactive:
		p.text(0, words{{text: "inactive:", style: removed}, {text: inactiveWords(a)}})
	case origin.Listed:
		p.text(0, prose("listed: active or not as in the tool, and a new account is active"))
	}
}

// inactiveWords says why somebody shall have no access.
func inactiveWords(a *origin.Answer) visible {
	for _, f := range a.Facts {
		if f.Key == "leaver" {
			return "a leaver"
		}
	}
	if a.Days != nil && *a.Days < 0 {
		return "the last day of access has passed"
	}
	return "no access, and no seat"
}

// originRow is a line of the table of facts.
type originRow struct{ key, value, place, remark visible }

func (p *page) originFacts(a *origin.Answer) {
	var rows []originRow
	for _, f := range a.Facts {
		for i, place := range f.Places {
			r := originRow{place: safe(place.String()), remark: partWords(place, factDetail(f))}
			if i == 0 {
				r.key, r.value = safe(f.Key), factValue(a, f)
			}
			if f.Inactive {
				r.remark = joinedRemark(r.remark, "inactive: not added if it is no member yet")
			}
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 {
		return
	}
	p.blank()
	keys, values, places := 0, 0, 0
	for _, r := range rows {
		keys, places = max(keys, columns(r.key)), max(places, columns(r.place))
		if n := columns(r.value); n <= widestAlign {
			values = max(values, n)
		}
	}
	for _, r := range rows {
		p.originRow(r, keys, values, places)
	}
}

// originRow writes a row on one line, or on a terminal where it does not fit with its place on a second.
func (p *page) originRow(r originRow, keys, values, places int) {
	tail := columns(r.place)
	if r.remark != "" {
		tail = places + gap + columns(r.remark)
	}
	indent := rowIndent + keys + gap
	column := indent + max(values, columns(r.value)) + gap
	fits := !p.terminal || column+tail <= p.width
	if fits || r.key != "" {
		p.pad(rowIndent)
		p.paint(r.key, plain)
		p.pad(keys - columns(r.key) + gap)
		p.paint(r.value, heading)
	}
	if fits {
		p.pad(column - indent - columns(r.value))
		p.paint(r.place, faint)
		if r.remark != "" {
			p.pad(places - columns(r.place) + gap)
			p.paint(r.remark, plain)
		}
		p.buf.WriteByte('\n')
		return
	}
	if r.key != "" {
		p.buf.WriteByte('\n')
	}
	line := words{{text: r.place, style: faint}}
	if r.remark != "" {
		line = append(line, styled(r.remark, plain)...)
	}
	p.wrapped(indent, indent, line)
}

// factValue returns what a fact says, a date with its time zone and how far away it is.
func factValue(a *origin.Answer, f origin.Fact) visible {
	if f.Key != "until" || a.Days == nil {
		return safe(f.Value)
	}
	var when string
	switch days := *a.Days; {
	case days == 0:
		when = "today is the last day"
	case days > 0:
		when = count(days, "day", "days")
	default:
		when = "passed " + count(-days, "day", "days") + " ago"
	}
	return safe(fmt.Sprintf("%s %s (%s)", f.Value, a.Timezone, when))
}

// factDetail is what a reader should know of a fact beside its value: the mode of a group, the profile in a project.
func factDetail(f origin.Fact) string {
	if f.Profile != "" {
		return "as " + string(f.Profile)
	}
	return string(f.Mode)
}

// partWords says which part of the roster a place belongs to, with what there is to say of the fact, and what lets its file
// say so.
func partWords(place origin.Place, detail string) visible {
	var text string
	switch place.Part {
	case origin.Defaults:
		text = "defaults"
	case origin.Members:
		text = "members of the group"
	case origin.Groups:
		text = "groups of the person"
	case origin.Projects:
		text = "projects of the person"
	case origin.Leavers:
		text = "leavers"
	}
	remark := visible(text)
	if text != "" {
		if detail != "" {
			remark += ", " + safe(detail)
		}
		remark = "(" + remark + ")"
	}
	if place.Grant != nil {
		remark = joinedRemark(remark, "granted by include "+safe(place.Grant.Entry.String()))
	}
	return remark
}

func joinedRemark(a, b visible) visible {
	if a == "" {
		return b
	}
	return a + " " + b
}

// originRemarks are what the rows alone do not tell.
func originRemarks(a *origin.Answer) []visible {
	var remarks []visible
	groups, member := 0, false
	for _, f := range a.Facts {
		if f.Key == "group" {
			groups++
		}
		member = member || f.Key == "member"
		if f.Key != "mode" {
			continue
		}
		switch f.Value {
		case "exact":
			remarks = append(remarks, "exact: whoever is a member in the tool and not here is removed, but for protected accounts")
		case "at_least":
			remarks = append(remarks, "at_least: whoever else is a member in the tool stays")
		}
	}
	if groups > 0 && a.State == origin.Inactive {
		remarks = append(remarks, "An inactive account is never added to a group; where it is a member already, it stays.")
	}
	if len(a.Unmanaged) > 0 {
		keys := make([]string, len(a.Unmanaged))
		for i, key := range a.Unmanaged {
			keys[i] = string(safe(key))
		}
		remarks = append(remarks, visible("not managed: "+strings.Join(keys, ", ")+" (as in the tool, whatever that is)"))
	}
	return remarks
}

// originWays says what the roster does not give, and what would.
func (p *page) originWays(a *origin.Answer) {
	p.blank()
	p.text(0, prose("The roster does not say `"+safe(a.Asked)+"` of "+quoted(a.Subject)+"."))
	if a.Near != "" {
		p.text(rowIndent, prose("did you mean "+quoted(a.Near)+"?"))
	}
	if len(a.Ways) == 0 {
		return
	}
	p.text(0, prose(waysLead(a)))
	for _, way := range a.Ways {
		p.text(rowIndent, prose(wayWords(way)))
		if way.Needs != nil {
			p.text(factIndent, prose(visible("needs more of `"+way.Needs.Key+"` in the include entry at ")+safe(way.Needs.Entry.String())))
		}
	}
}

func waysLead(a *origin.Answer) visible {
	switch {
	case len(a.Ways) == 1:
		return "What would:"
	case a.Asked == "active":
		return "What would, together:"
	}
	return "What would, one of:"
}

// wayWords returns a line and where it belongs.
func wayWords(way origin.Way) visible {
	line, at := "`"+safe(way.Line)+"`", safe(way.At.String())
	switch way.Into {
	case origin.IntoEntry:
		return line + " in the entry at " + at
	case origin.IntoList:
		return line + " in the list at " + at
	case origin.IntoLine:
		return line + " in place of what stands at " + at
	case origin.IntoNothing:
		return "take out what stands at " + at
	}
	return line + " under `" + safe(string(way.Into)) + "` in " + at
}
