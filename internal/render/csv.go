package render

import (
	"io"
	"strconv"
	"strings"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// record is a row of the CSV of a plan or a report. There is one for each thing to know, so that a cell holds one value and
// a filter finds every line of a person:
//
//	plan, report   the first row: the headline, or how the run ended
//	action         an action, followed by
//	field            a field of it with its old and new value
//	member           a member that it adds or removes
//	remaining      an action that the final read still found necessary, with its fields and members
//	manual_step    what a person has to do, with its fields and members
//	guard, note
//
// The columns are the same for plans and reports. New ones are added at the end.
type record struct {
	row, target, class, kind, subject, cause, admin string
	field, old, now                                 string
	change, member                                  string
	text                                            string
	source                                          *directory.Pos
	id, status, err, httpStatus, started, finished  string
	origin                                          string
	was                                             *directory.Pos
}

// recordColumns is the header, in the order of cells.
func recordColumns() []string {
	return []string{"row", "target", "class", "kind", "subject", "cause", "admin", "field", "old", "new", "change", "member", "text",
		"file", "line", "column", "id", "status", "error", "http_status", "started", "finished", "origin", "was"}
}

func (r *record) cells() []string {
	file, line, column := "", "", ""
	if r.source != nil {
		file, line, column = r.source.File, strconv.Itoa(r.source.Line), strconv.Itoa(r.source.Column)
	}
	return []string{r.row, r.target, r.class, r.kind, r.subject, r.cause, r.admin, r.field, r.old, r.now, r.change, r.member, r.text,
		file, line, column, r.id, r.status, r.err, r.httpStatus, r.started, r.finished, r.origin, string(place(r.was))}
}

// PlanCSV writes a plan as rows for a spreadsheet, complete.
func PlanCSV(w io.Writer, p *plan.Plan, _ TextOptions) error {
	s := newSheet(p.Target)
	s.add(record{row: "plan", kind: "plan", text: withBeside(headline(&p.Summary, p.Cost).text(), besidePlan(p))})
	for _, a := range inClassOrder(p.Actions(), itself) {
		s.action(record{row: "action"}, a)
	}
	s.rest(p.Manual, p.Guards, p.Notes)
	return s.writeTo(w)
}

// ReportCSV writes a report as rows for a spreadsheet, complete: every action with its outcome, in the order of the plan.
func ReportCSV(w io.Writer, r *apply.Report, _ TextOptions) error {
	v := viewReport(r)
	s := newSheet(r.Run.Target)
	s.add(record{row: "report", kind: "report", subject: r.Run.Account, id: r.Run.ID, text: withBeside(string(v.sentence), v.beside), status: string(r.Result), err: r.FinalReadError,
		started: csvTime(r.Run.Started), finished: csvTime(r.Run.Finished)})
	for _, o := range inClassOrder(pointers(r.Outcomes), func(o *apply.Outcome) *plan.Action { return &o.Action }) {
		status := ""
		if o.HTTPStatus != 0 {
			status = strconv.Itoa(o.HTTPStatus)
		}
		s.action(record{row: "action", status: string(o.Status), err: o.Error, httpStatus: status,
			started: csvTime(o.Started), finished: csvTime(o.Finished), text: strings.Join(o.Remarks, "; ")}, &o.Action)
	}
	for _, left := range append(v.ours, v.others...) {
		s.action(record{row: "remaining", status: left.By}, &left.Action)
	}
	s.rest(r.Manual, r.Guards, r.Notes)
	return s.writeTo(w)
}

// sheet collects rows, so that they are written at once or not at all.
type sheet struct {
	target string
	out    [][]string
}

func newSheet(t plan.Target) *sheet { return &sheet{target: targetWords(t).text()} }

func (s *sheet) add(r record) {
	r.target = s.target
	s.out = append(s.out, r.cells())
}

// action adds an action with its fields and members. what says what kind of row it is, and what became of it.
func (s *sheet) action(what record, a *plan.Action) {
	about := record{class: string(classOf(a).title()), kind: string(a.Kind), subject: a.Subject, cause: string(a.Cause),
		admin: strconv.FormatBool(a.Admin), source: a.Source, id: a.ID, origin: string(a.Origin), was: a.Was}
	first := about
	first.row, first.status, first.err, first.httpStatus = what.row, what.status, what.err, what.httpStatus
	first.started, first.finished = what.started, what.finished
	first.text = a.Detail
	if first.text != "" && what.text != "" {
		first.text += "; "
	}
	first.text += what.text
	s.add(first)
	for _, f := range a.Fields {
		r := about
		r.row, r.field, r.old, r.now = "field", string(f.Field), f.Old.String(), f.New.String()
		if f.Unverifiable {
			r.text = string(unverifiableWord)
		}
		s.add(r)
	}
	if a.Members == nil {
		return
	}
	for _, list := range []struct {
		change  string
		members []plan.Member
	}{{"added", a.Members.Add}, {"removed", a.Members.Remove}} {
		for _, m := range list.members {
			r := about
			r.row, r.change, r.member = "member", list.change, string(m.User)
			if r.member == "" {
				r.member = "#" + strconv.FormatInt(int64(m.ID), 10) // an account without a usable address
			}
			if m.Inactive {
				r.text = "inactive"
			}
			if m.Source != nil {
				r.source = m.Source
			}
			if m.Was != nil {
				r.was = m.Was
			}
			s.add(r)
		}
	}
}

// rest adds what is not carried out.
func (s *sheet) rest(manual []plan.ManualStep, guards []plan.GuardResult, notes []plan.Note) {
	for i := range manual {
		s.action(record{row: "manual_step", text: manual[i].Where}, &manual[i].Action)
	}
	for _, g := range guards {
		text := g.Text
		if g.Hint != "" {
			text += "; hint: " + g.Hint
		}
		s.add(record{row: "guard", kind: string(g.Guard), subject: g.Subject, text: text, source: g.Source, status: string(g.Status)})
	}
	for _, n := range notes {
		s.add(record{row: "note", kind: string(n.Code), subject: n.Subject, text: n.Text, source: n.Source})
	}
}

// withBeside returns a text of the first row with what there is beside the actions.
func withBeside(text string, b beside) string {
	return strings.Join(append([]string{text}, b.texts()...), " · ")
}

func (s *sheet) writeTo(w io.Writer) error { return CSV(w, recordColumns(), s.out) }

func csvTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
