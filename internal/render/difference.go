package render

import (
	"io"

	"rollcall/internal/plan"
)

// DifferenceText writes how one plan differs from another that was made before: what the second would do beyond the first
// comes first. before and after are what the reader calls the two.
func DifferenceText(w io.Writer, d *plan.Difference, before, after string, opts TextOptions) error {
	pg := newPage(opts)
	from, to := safe(before), safe(after)
	head := parts(heading, string(from)+" → "+string(to), thousands(len(d.Added))+" more",
		thousands(len(d.Dropped))+" less", thousands(len(d.Changed))+" changed", thousands(d.Same)+" the same")
	pg.text(0, head)
	if !opts.Quiet || d.Target.Simulator {
		pg.text(0, targetWords(d.Target))
	}
	if d.Empty() {
		pg.title("No difference: to approve the one is to approve the other.", heading)
		return pg.writeTo(w)
	}
	if opts.Quiet {
		return pg.writeTo(w)
	}
	pg.sentences("Ground", caution, d.Ground)
	pg.guardList("Refused in "+to+" alone", alarm, d.Refused)
	pg.guardList("Refused in "+from+" alone", plain, d.Allowed)
	pg.actionList("In "+to+" alone", added, d.Added)
	pg.actionList("In "+from+" alone", removed, d.Dropped)
	if len(d.Changed) > 0 {
		pg.heading("In both, and not the same", len(d.Changed), changed)
		rows := make([]row, len(d.Changed))
		for i := range d.Changed {
			rows[i] = rowOf(&d.Changed[i].Action)
			rows[i].facts = nil // the details say what differs
			for _, text := range d.Changed[i].Details {
				rows[i].facts = append(rows[i].facts, fact{words: prose(safe(text)), below: true})
			}
		}
		pg.rows(rows)
	}
	pg.sentences("By hand", heading, d.Manual)
	return pg.writeTo(w)
}

// sentences shows texts, if there are any.
func (p *page) sentences(title visible, as style, texts []string) {
	if len(texts) == 0 {
		return
	}
	p.heading(title, len(texts), as)
	for _, text := range texts {
		p.text(rowIndent, prose(safe(text)))
	}
}

func (p *page) guardList(title visible, as style, guards []plan.GuardResult) {
	if len(guards) == 0 {
		return
	}
	p.heading(title, len(guards), as)
	p.rows(guardRows("!", as, pointers(guards)))
}

// actionList shows actions in the order of every output.
func (p *page) actionList(title visible, as style, actions []plan.Action) {
	if len(actions) == 0 {
		return
	}
	p.heading(title, len(actions), as)
	p.rows(rowsOf(inClassOrder(pointers(actions), itself)))
}
