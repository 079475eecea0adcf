package render

import (
	"slices"

	"rollcall/internal/plan"
)

// row is an action in a section:
//
//	~ update user  ines.ortega@acme.example  role: Tester → Lead      users.yaml:12:5
//	~ update group mobile-qa                                          users.yaml:40:5
//	    members: 2 added, 40 removed, 12 stay
//	      +ana@acme.example +bo@acme.example
//
// If all facts fit, they stand beside the subject; otherwise each has lines of its own.
type row struct {
	mark    span
	kind    visible
	subject span
	facts   []fact
	source  visible

	kindColumns, subjectColumns, factColumns int // set by measure
}

// fact is something to know about a row.
type fact struct {
	words words
	below bool // never beside the subject
	list  bool // part of the fact above, and wrapped in a pipe as well
	joins bool // continues the line of the fact above, behind a dot
}

const (
	rowIndent     = 2
	factIndent    = 6
	listIndent    = 8
	gap           = 2
	widestAlign   = 40                    // a subject that is wider does not push the others' facts away
	beforeSubject = rowIndent + 1 + 1 + 1 // the mark, and a space on both sides of the kind
)

// rowOf returns the row of an action, with the causes that a file does not show at its source.
func rowOf(a *plan.Action) row {
	mark, as := markOf(a.Kind)
	subject := quoted(a.Subject)
	if a.Cause != "" && a.Cause != plan.CauseDeclared {
		subject += " (" + safe(string(a.Cause)) + ")"
	}
	facts := append(fieldFacts(a), memberFacts(a)...)
	if a.Detail != "" {
		facts = append(facts, fact{words: prose(safe(a.Detail)), below: true})
	}
	return row{mark: span{mark, as}, kind: kindWords(a.Kind), subject: span{subject, heading}, facts: facts, source: sourceOf(a)}
}

// sourceOf returns the line that an action comes from: of what is unlisted now, the one where it stood before. Where each
// member stands with his line, that of the first is not the action's.
func sourceOf(a *plan.Action) visible {
	switch {
	case a.Was != nil:
		return "was " + place(a.Was)
	case showsLines(a):
		return ""
	}
	return place(a.Source)
}

// measures are the columns of a section.
type measures struct {
	kind    int // width of the widest kind
	subject int // width that subjects with facts beside them are padded to
	source  int // column at which sources start; 0 if there are none
}

// rows writes rows in columns as narrow as they can be.
func (p *page) rows(list []row) {
	m := p.measure(list)
	for i := range list {
		p.row(&list[i], m)
	}
}

// measure returns the columns of a section. It reads each text once: a plan may have thousands of rows.
func (p *page) measure(list []row) measures {
	var m measures
	widestSource := 0
	for i := range list {
		r := &list[i]
		r.kindColumns, r.subjectColumns = columns(r.kind), columns(r.subject.text)
		r.factColumns = 0
		for _, f := range r.facts {
			r.factColumns += gap + f.words.columns()
		}
		m.kind = max(m.kind, r.kindColumns)
		widestSource = max(widestSource, columns(r.source))
		if r.subjectColumns <= widestAlign && len(r.facts) > 0 {
			m.subject = max(m.subject, r.subjectColumns)
		}
	}
	if widestSource == 0 {
		return m
	}
	room := p.width - gap - widestSource
	for i := range list {
		r := &list[i]
		n := r.lineColumns(m)
		if n > room || !r.mayStandBeside() {
			n = r.headColumns(m)
		}
		if n <= room {
			m.source = max(m.source, n+gap)
		}
	}
	return m
}

// headColumns returns the width of the row without facts.
func (r *row) headColumns(m measures) int { return beforeSubject + m.kind + r.subjectColumns }

// lineColumns returns the width of the row with its facts beside it.
func (r *row) lineColumns(m measures) int {
	return beforeSubject + m.kind + max(r.subjectColumns, m.subject) + r.factColumns
}

// mayStandBeside reports whether all facts may stand beside the subject if there is room.
func (r *row) mayStandBeside() bool {
	return len(r.facts) > 0 && !slices.ContainsFunc(r.facts, func(f fact) bool { return f.below })
}

// fitsBeside reports whether they do, and the source with them.
func (p *page) fitsBeside(r *row, m measures) bool {
	if !r.mayStandBeside() {
		return false
	}
	if r.source != "" {
		return r.lineColumns(m)+gap <= m.source
	}
	return r.lineColumns(m) <= p.width
}

func (p *page) row(r *row, m measures) {
	kind := r.kind + blanks(m.kind-r.kindColumns)
	head := words{r.mark, {text: kind}, r.subject}
	if p.fitsBeside(r, m) {
		p.pad(rowIndent)
		p.spans(head)
		p.pad(m.subject - r.subjectColumns)
		for _, f := range r.facts {
			p.pad(gap)
			p.spans(f.words)
		}
		p.source(r, r.lineColumns(m), m)
		return
	}
	if at := r.headColumns(m); !p.terminal || at <= p.width && (r.source == "" || at+gap <= m.source) {
		p.pad(rowIndent)
		p.spans(head)
		p.source(r, at, m)
	} else {
		p.wrapped(rowIndent, rowIndent+2, append(head[:2:2], styled(r.subject.text, r.subject.style)...))
		if r.source != "" {
			p.text(factIndent, styled(r.source, faint))
		}
	}
	for i := 0; i < len(r.facts); i++ {
		if r.facts[i].list {
			p.wrapped(listIndent, listIndent, r.facts[i].words)
			continue
		}
		line := r.facts[i].words
		for i+1 < len(r.facts) && r.facts[i+1].joins {
			i++
			line = append(append(line, span{text: "·"}), r.facts[i].words...)
		}
		p.text(factIndent, line)
	}
}

// source ends a line that is written up to column at.
func (p *page) source(r *row, at int, m measures) {
	if r.source != "" {
		p.pad(max(m.source-at, gap))
		p.paint(r.source, faint)
	}
	p.buf.WriteByte('\n')
}

func blanks(n int) visible {
	const some visible = "                                "
	for n > len(some) {
		return some + blanks(n-len(some))
	}
	return some[:max(n, 0)]
}
