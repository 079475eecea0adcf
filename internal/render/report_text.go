package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

// shownDone is how many done actions a report lists without -v; those with a remark are always listed.
const shownDone = 20

// ReportText writes a report for people: how it ended, then what went wrong, then what was done.
func ReportText(w io.Writer, r *apply.Report, opts TextOptions) error {
	v := viewReport(r)
	pg := newPage(opts)
	if opts.Quiet && r.Result == apply.Converged {
		if r.Run.Target.Simulator {
			pg.text(0, targetWords(r.Run.Target))
		}
		pg.text(0, lastLine(r, &v))
		return pg.writeTo(w)
	}
	pg.text(0, styled(v.sentence, resultStyle(r.Result)))
	if !opts.Quiet || r.Run.Target.Simulator {
		pg.text(0, targetWords(r.Run.Target))
	}
	if !opts.Quiet {
		pg.run(&r.Run)
	}
	pg.refused(v.refused)
	if !opts.Quiet {
		pg.warned(v.warned)
	}
	pg.outcomes("Failed", alarm, v.failed)
	pg.outcomes("Blocked", caution, v.blocked)
	pg.notRun(v.notRun, opts.Verbose)
	pg.remaining("Still different: ours", v.ours)
	pg.remaining("Still different: changed by others", v.others)
	if !opts.Quiet {
		pg.done(v.done, opts.Verbose)
		pg.manual(v.manual)
		pg.guards(v.guards, opts.Verbose)
		pg.notes(v.notes, opts.Verbose)
	}
	pg.blank()
	if !opts.Quiet {
		pg.beside(v.beside)
		pg.requests(r)
		pg.takeBack(r, &v, opts)
	}
	pg.next(afterReport(r, &v, opts))
	pg.text(0, lastLine(r, &v))
	return pg.writeTo(w)
}

// takeBack says how what was done can be taken back, where there is a report that says what that was.
func (p *page) takeBack(r *apply.Report, v *reportView, opts TextOptions) {
	if opts.RunReport == "" || len(v.done) == 0 || r.Run.Undoes != "" {
		return
	}
	command := strings.TrimSuffix("rollcall undo "+opts.RunReport+" "+opts.Roster, " ")
	p.text(0, append(prose("to take it back:"), span{text: safe(command), style: heading}))
}

func resultStyle(r apply.Result) style {
	switch r {
	case apply.Converged:
		return added
	case apply.Interrupted, apply.Stale:
		return caution
	}
	return alarm
}

// run says which run it was.
func (p *page) run(r *apply.RunInfo) {
	var w words
	for i, f := range runFacts(r) {
		if i > 0 {
			w = append(w, span{text: "·"})
		}
		if f.label != "" {
			w = append(w, prose(f.label)...)
		}
		w = append(w, prose(f.value)...)
	}
	p.text(0, w)
}

// outcomes shows actions with what became of them.
func (p *page) outcomes(title visible, as style, list []*apply.Outcome) {
	if len(list) == 0 {
		return
	}
	p.heading(title, len(list), as)
	rows := make([]row, len(list))
	for i, o := range list {
		rows[i] = outcomeRow(o)
	}
	p.rows(rows)
}

// notRun shows what was not tried, by reason. The plan had the details, so they are shown with -v alone.
func (p *page) notRun(list []*apply.Outcome, details bool) {
	if len(list) == 0 {
		return
	}
	p.heading("Not run", len(list), caution)
	var reasons []string
	rows := make(map[string][]row)
	for _, o := range list {
		if rows[o.Error] == nil {
			reasons = append(reasons, o.Error)
		}
		r := rowOf(&o.Action)
		if !details {
			r.facts = nil
		}
		rows[o.Error] = append(rows[o.Error], r)
	}
	for _, reason := range reasons {
		if reason != "" {
			p.text(rowIndent, styled("because: "+safe(reason), caution))
		}
		p.rows(rows[reason])
	}
}

func outcomeRow(o *apply.Outcome) row {
	r := rowOf(&o.Action)
	if o.Error != "" {
		word := visible("error: ")
		if o.Status == apply.Blocked {
			word = "because: "
		}
		r.facts = append([]fact{{words: styled(word+safe(o.Error), alarm), below: true}}, r.facts...)
	}
	for _, remark := range o.Remarks {
		r.facts = append(r.facts, fact{words: prose("remark: " + safe(remark)), below: true})
	}
	return r
}

// done counts what was done by kind and lists it, the first ones and those with a remark unless all is asked for.
func (p *page) done(list []*apply.Outcome, all bool) {
	if len(list) == 0 {
		return
	}
	p.heading("Done", len(list), added)
	p.text(rowIndent, parts(plain, countKinds(list, func(o *apply.Outcome) plan.Kind { return o.Kind })...))
	var rows []row
	for i, o := range list {
		if all || i < shownDone || len(o.Remarks) > 0 {
			rows = append(rows, outcomeRow(o))
		}
	}
	p.rows(rows)
	if rest := len(list) - len(rows); rest > 0 {
		p.text(rowIndent, prose(visible("and "+thousands(rest)+" more (-v shows all)")))
	}
}

func (p *page) remaining(title visible, list []*apply.Remaining) {
	if len(list) == 0 {
		return
	}
	p.heading(title, len(list), caution)
	rows := make([]row, len(list))
	for i, left := range list {
		rows[i] = rowOf(&left.Action)
	}
	p.rows(rows)
}

func (p *page) requests(r *apply.Report) {
	for _, line := range requestLines(r) {
		p.text(0, styled(line.text, line.style))
	}
}

// requestLines say what a run took, and whether live was read again after it.
func requestLines(r *apply.Report) []span {
	q := r.Requests
	text := "requests: " + count(q.Reads, "read", "reads") + ", " + count(q.Writes, "write", "writes")
	if q.Retries > 0 {
		text += ", " + count(q.Retries, "retry", "retries") + " among them"
	}
	if q.WaitedSeconds >= 0.05 {
		text += fmt.Sprintf(", %.1f s waited for the rate limit", q.WaitedSeconds)
	}
	lines := []span{{text: visible(text)}}
	final, as := visible("final read: did not succeed"), alarm
	switch r.FinalRead {
	case apply.FinalReadFailed:
	case apply.FinalReadSkipped:
		final, as = "final read: skipped", plain
	default:
		return lines
	}
	if r.FinalReadError != "" {
		final += ": " + safe(r.FinalReadError)
	}
	return append(lines, span{final, as})
}

// afterReport returns what to do once a report was read.
func afterReport(r *apply.Report, v *reportView, opts TextOptions) step {
	again := commandLine("rollcall plan", opts)
	switch r.Result {
	case apply.Converged:
		if len(v.manual) > 0 {
			return step{first: "do the manual steps, then", command: again}
		}
		return step{command: commandLine("rollcall drift", opts)}
	case apply.Refused:
		return step{first: "mend the roster, or add the reviewed entry, then", command: again}
	case apply.Stale:
		if r.Run.Undoes != "" {
			again = commandLine(undoCommand(opts), opts)
		}
		return step{first: "plan again and have the difference approved:", command: again}
	case apply.Interrupted:
		return step{command: commandLine(applyCommand(opts), opts)}
	}
	return step{first: "see what is left:", command: again}
}

// lastLine says what happened in numbers.
func lastLine(r *apply.Report, v *reportView) words {
	texts := []string{string(tally(v))}
	if n := len(v.ours) + len(v.others); n > 0 {
		texts = append(texts, thousands(n)+" left")
	}
	writes := count(r.Requests.Writes, "write", "writes")
	if took := r.Run.Finished.Sub(r.Run.Started).Round(time.Second); took > 0 {
		writes += " in " + duration(int(took/time.Second))
	}
	return parts(heading, append(texts, writes, string(kindWords(r.Result)))...)
}
