package render

import (
	"io"
)

// Finding is one thing that was looked at: fine or not, in one plain sentence, with one hint if it is not.
type Finding struct {
	OK   bool   `json:"ok"`
	Note bool   `json:"note,omitempty"` // not fine, and no failure either
	Text string `json:"text"`
	Hint string `json:"hint,omitempty"`
}

// Findings writes findings in the order given, each with a word in front.
func Findings(w io.Writer, findings []Finding, opts TextOptions) error {
	pg := newPage(opts)
	for _, f := range findings {
		if f.OK && opts.Quiet {
			continue
		}
		head := words{{text: "ok  ", style: added}}
		switch {
		case f.OK:
		case f.Note:
			head = words{{text: "note", style: caution}}
		default:
			head = words{{text: "fail", style: alarm}}
		}
		if pg.terminal {
			pg.wrapped(0, columns("fail "), append(head, prose(safe(f.Text))...))
		} else {
			pg.text(0, append(head, prose(safe(f.Text))...))
		}
		if f.Hint != "" {
			pg.text(columns("fail "), prose("hint: "+safe(f.Hint)))
		}
	}
	return pg.writeTo(w)
}
