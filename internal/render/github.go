package render

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// Annotations for GitHub: lines that its runner takes for workflow commands and shows at the place they name
// (docs.github.com, "Workflow commands for GitHub Actions"):
//
//	::warning file=users.yaml,line=12,col=5,title=rollcall%3A update user::ines.ortega@acme.example: admin: false → true
//
//	error     a guard that refuses; what failed, or is not as this run should have left it; a problem of the roster
//	warning   who was taken out of the roster and keeps access; an action of the first four classes, drift last; a leaver
//	          without an account; what was blocked or not run, or was changed by others
//	notice    how it ends, other actions, other drift in one, manual steps, notes with a place
//
// GitHub shows perLevel annotations of each level a step and drops the others without a word; a job shows 50, which one
// step of ours leaves room in. So no more are written, the important ones first, and the last notice counts the others and
// says where they are.

// perLevel is how many annotations of a level GitHub shows for a step (docs.github.com, "Usage limits": 10 errors,
// 10 warnings and 10 notices).
const perLevel = 10

// annotationBytes is how long a text may be, in bytes. The page shows a few lines of it, and GitHub keeps 64 KB at most.
const annotationBytes = 2000

// level is the word of a workflow command.
type level string

const (
	levelError   level = "error"
	levelWarning level = "warning"
	levelNotice  level = "notice"
)

// annotation is a text at a place.
type annotation struct {
	level level
	title visible
	text  visible
	at    *directory.Pos // nil: of the whole run
}

// PlanGitHub writes a plan as annotations.
func PlanGitHub(w io.Writer, p *plan.Plan, opts TextOptions) error {
	v := viewPlan(p)
	title, text := visible("plan"), visible(v.headline.text())
	if opts.Command == DriftCommand || opts.Command == UndoCommand {
		title = visible(opts.Command)
	}
	switch {
	case len(v.refused) > 0:
		text = "Refused, nothing is written. " + text
	case p.Empty():
		text = "No changes. " + text
	}
	list := []annotation{{level: levelNotice, title: title, text: text}}
	for _, more := range append(v.origins, v.beside.texts()...) {
		list[0].text += " · " + visible(more)
	}
	list = append(list, refusedAnnotations(v.refused, p.Actions())...)
	list = append(list, guardAnnotations(levelWarning, "", v.warned)...)
	for _, s := range v.sections {
		of := levelNotice
		if s.class.dangerous() {
			of = levelWarning
		}
		for _, a := range s.actions {
			list = append(list, actionAnnotation(of, a, ""))
		}
	}
	for _, a := range v.driftLook {
		list = append(list, actionAnnotation(levelWarning, a, "this change does not make it (drift)"))
	}
	if len(v.drift) > 0 {
		text := "this change does not make these: " + strings.Join(countKinds(v.drift, kindOf), ", ")
		list = append(list, annotation{level: levelNotice, title: lowered(v.driftTitle()), text: visible(text)})
	}
	list = append(list, manualAnnotations(v.manual)...)
	list = append(list, noteAnnotations(v.notes)...)
	return writeAnnotations(w, p.Target, list, opts)
}

// ReportGitHub writes a report as annotations: how it ended, and what a reader has to look at.
func ReportGitHub(w io.Writer, r *apply.Report, opts TextOptions) error {
	v := viewReport(r)
	list := []annotation{{level: levelNotice, title: "apply", text: v.sentence}}
	for _, more := range v.beside.texts() {
		list[0].text += " · " + visible(more)
	}
	actions := make([]*plan.Action, len(r.Outcomes))
	for i := range r.Outcomes {
		actions[i] = &r.Outcomes[i].Action
	}
	list = append(list, refusedAnnotations(v.refused, actions)...)
	for _, part := range []struct {
		level    level
		word     visible
		outcomes []*apply.Outcome
	}{{levelError, "failed: ", v.failed}, {levelWarning, "blocked: ", v.blocked}, {levelWarning, "not run: ", v.notRun}} {
		for _, o := range part.outcomes {
			list = append(list, actionAnnotation(part.level, &o.Action, part.word+safe(o.Error)))
		}
	}
	for _, left := range v.ours {
		list = append(list, actionAnnotation(levelError, &left.Action, "still different, and this run should have done it"))
	}
	for _, left := range v.others {
		list = append(list, actionAnnotation(levelWarning, &left.Action, "still different, changed by others"))
	}
	for _, o := range v.done {
		if len(o.Remarks) > 0 {
			list = append(list, actionAnnotation(levelNotice, &o.Action, "done: "+safe(strings.Join(o.Remarks, "; "))))
		}
	}
	list = append(list, manualAnnotations(v.manual)...)
	return writeAnnotations(w, r.Run.Target, list, opts)
}

// ProblemsGitHub writes problems as annotations at their places. What is more than GitHub shows is counted, since standard
// error has all of them.
func ProblemsGitHub(w io.Writer, problems []directory.Problem) error {
	list := make([]annotation, len(problems))
	for i, problem := range problems {
		list[i] = annotation{level: levelError, text: withHint(safe(problem.Text), problem.Hint)}
		if problem.Pos != (directory.Pos{}) {
			list[i].at = &problem.Pos
		}
	}
	return emitAnnotations(w, "rollcall", list, "the log of this step has all of them")
}

// refusedAnnotations returns the guards that refuse, each at its own line, or at that of the action it is about.
func refusedAnnotations(refused []*plan.GuardResult, actions []*plan.Action) []annotation {
	list := guardAnnotations(levelError, "refused by ", refused)
	for i, g := range refused {
		if g.Source != nil || g.Subject == "" {
			continue
		}
		if at := slices.IndexFunc(actions, func(a *plan.Action) bool { return a.Subject == g.Subject }); at >= 0 {
			list[i].at = actions[at].Source
		}
	}
	return list
}

// guardAnnotations returns what guards found, each with what to do about it and the lines to paste.
func guardAnnotations(of level, word visible, guards []*plan.GuardResult) []annotation {
	list := make([]annotation, len(guards))
	for i, g := range guards {
		text := withHint(about(g.Subject, g.Text), g.Hint)
		if g.Paste != "" {
			for line := range strings.SplitSeq(g.Paste, "\n") {
				text += "\n" + safe(line)
			}
		}
		list[i] = annotation{level: of, title: word + safe(string(g.Guard)), text: text, at: g.Source}
	}
	return list
}

func withHint(text visible, hint string) visible {
	if hint == "" {
		return text
	}
	return text + " (hint: " + safe(hint) + ")"
}

// actionAnnotation returns an action with what changes. Long lists of members are counted: the page has no room for them.
func actionAnnotation(of level, a *plan.Action, first visible) annotation {
	r := rowOf(a)
	var facts []string
	if first != "" {
		facts = append(facts, string(first))
	}
	for _, f := range r.facts {
		if !f.list {
			facts = append(facts, f.words.text())
		}
	}
	text := r.subject.text
	if len(facts) > 0 {
		text += ": " + visible(strings.Join(facts, "; "))
	}
	at := a.Source
	switch was := wasOf(a); {
	case was != nil:
		at = was // nothing else of the change says that somebody goes
		if a.Was != nil {
			text += "; was here"
		} else if isLong(a.Members) { // else each says where it was
			text += "; the first of those removed was here"
		}
	case isLong(a.Members) && showsLines(a):
		text += "; the first of those added is here"
	}
	return annotation{level: of, title: r.kind, text: text, at: at}
}

// wasOf returns the line that went and whose absence the action comes from: of its subject, else of the first member that it
// removes; nil if none did.
func wasOf(a *plan.Action) *directory.Pos {
	if a.Was != nil || a.Members == nil {
		return a.Was
	}
	for i := range a.Members.Remove {
		if was := a.Members.Remove[i].Was; was != nil {
			return was
		}
	}
	return nil
}

func manualAnnotations(steps []*plan.ManualStep) []annotation {
	var list []annotation
	for _, s := range steps {
		what := actionAnnotation(levelNotice, &s.Action, "a person does this")
		what.title = "by hand: " + what.title
		if s.Where != "" {
			what.text += "; where: " + safe(s.Where)
		}
		list = append(list, what)
	}
	return list
}

// noteAnnotations returns the notes that have a place: the others are for the whole, not for a line.
func noteAnnotations(folds []noteFold) []annotation {
	var list []annotation
	for _, f := range folds {
		for _, n := range f.notes {
			if n.Source != nil {
				of := levelNotice
				if n.Code == plan.NoteLeaverUnknown {
					of = levelWarning // somebody may keep access
				}
				list = append(list, annotation{level: of, title: "note: " + kindWords(n.Code), text: about(n.Subject, n.Text), at: n.Source})
			}
		}
	}
	return list
}

// writeAnnotations writes the annotations of a plan or report. Each is marked if it is about a simulator.
func writeAnnotations(w io.Writer, t plan.Target, list []annotation, opts TextOptions) error {
	prefix := visible("rollcall")
	if t.Simulator {
		prefix += " SIMULATOR"
	}
	where := "--report FILE.json keeps all of them"
	if opts.WholeFile != "" {
		where = "all of them are in " + opts.WholeFile
	}
	return emitAnnotations(w, prefix, list, safe(where))
}

// emitAnnotations writes as many annotations of each level as GitHub shows, errors first, and counts the others.
func emitAnnotations(w io.Writer, prefix visible, list []annotation, where visible) error {
	total := make(map[level]int)
	for _, a := range list {
		total[a.level]++
	}
	room := map[level]int{levelError: perLevel, levelWarning: perLevel, levelNotice: perLevel}
	if total[levelError] > perLevel || total[levelWarning] > perLevel || total[levelNotice] > perLevel {
		room[levelNotice]-- // for the count
	}
	var b strings.Builder
	var more []string
	for _, of := range []level{levelError, levelWarning, levelNotice} {
		for _, a := range list {
			if a.level == of && room[of] > 0 {
				room[of]--
				total[of]--
				a.write(&b, prefix)
			}
		}
		if total[of] > 0 {
			more = append(more, count(total[of], string(of), string(of)+"s"))
		}
	}
	if len(more) > 0 {
		text := "beyond what GitHub shows: " + strings.Join(more, ", ") + "; "
		annotation{level: levelNotice, title: "more", text: visible(text) + where}.write(&b, prefix)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// write writes one line. A property ends at a comma or colon, a command at a line break.
func (a annotation) write(b *strings.Builder, prefix visible) {
	title := prefix
	if a.title != "" {
		title += ": " + a.title
	}
	fmt.Fprintf(b, "::%s ", a.level)
	if a.at != nil {
		fmt.Fprintf(b, "file=%s,", property(safe(a.at.File)))
		if a.at.Line > 0 {
			fmt.Fprintf(b, "line=%d,col=%d,", a.at.Line, a.at.Column)
		}
	}
	fmt.Fprintf(b, "title=%s::%s\n", property(shortened(title, annotationBytes)), data(shortened(a.text, annotationBytes)))
}

// data returns a text as it stands behind the second ::.
func data(s visible) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(string(s))
}

// property returns a text as it stands in a property.
func property(s visible) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(s))
}

// shortened returns s in at most n bytes, with an ellipsis in place of what is left out.
func shortened(s visible, n int) visible {
	if len(s) <= n {
		return s
	}
	end := n - len("…")
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
