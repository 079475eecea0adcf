package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// The marks: what an action or member does at a glance. U+2212 and "+" are equally wide in every font.
const (
	markAdd    = "+"
	markRemove = "−"
	markChange = "~"
)

// markOf returns the mark of a kind and its meaning.
func markOf(k plan.Kind) (visible, style) {
	switch k {
	case plan.CreateUser, plan.ReactivateUser, plan.CreateGroup, plan.AddToProject:
		return markAdd, added
	case plan.DeactivateUser, plan.DeleteGroup, plan.RemoveFromProject:
		return markRemove, removed
	}
	return markChange, changed
}

// kindWords returns "deactivate user" for deactivate_user.
func kindWords[T ~string](k T) visible { return safe(strings.ReplaceAll(string(k), "_", " ")) }

// headline returns the head and last line of a plan:
//
//	2,003 people · +12 −4 ~31 · admins 6→6 · seats 410→418 of 420 · 47 writes, about 35 s
//
// Where it has to be broken, it is broken between two parts.
func headline(s *plan.Summary, c plan.Cost) words {
	var adds, removes, changes int
	for kind, n := range s.ByKind {
		switch mark, _ := markOf(kind); mark {
		case markAdd:
			adds += n
		case markRemove:
			removes += n
		default:
			changes += n
		}
	}
	seats := "seats " + thousands(s.SeatsBefore) + "→" + thousands(s.SeatsAfter)
	if s.SeatLimit > 0 {
		seats += " of " + thousands(s.SeatLimit)
	}
	texts := []string{
		count(s.People, "person", "people"),
		markAdd + thousands(adds) + " " + markRemove + thousands(removes) + " " + markChange + thousands(changes),
	}
	if !s.AdminsUnknown {
		texts = append(texts, "admins "+thousands(s.AdminsBefore)+"→"+thousands(s.AdminsAfter))
	}
	return parts(heading, append(texts, seats, count(c.Writes, "write", "writes")+", about "+duration(c.Seconds))...)
}

// parts returns texts of our own with a dot between them; each part stays in one piece.
func parts(as style, texts ...string) words {
	w := make(words, len(texts))
	for i, text := range texts {
		if i < len(texts)-1 {
			text += " ·"
		}
		w[i] = span{text: visible(text), style: as}
	}
	return w
}

// resultSentence says in one sentence how a run ended.
func resultSentence(r *apply.Report, v *reportView) visible {
	switch r.Result {
	case apply.Converged:
		if len(r.Outcomes) == 0 {
			return "No changes."
		}
		if left := len(r.Outcomes) - len(v.done); left > 0 {
			return visible(fmt.Sprintf("Converged: %s done and in place, %s not part of this run.", count(len(v.done), "action", "actions"), thousands(left)))
		}
		everything := "everything"
		if slices.ContainsFunc(v.done, func(o *apply.Outcome) bool { return unverifiableFields(&o.Action) > 0 }) {
			everything = "everything that can be read back"
		}
		return visible(fmt.Sprintf("Converged: %s done, %s is in place.", count(len(v.done), "action", "actions"), everything))
	case apply.Refused:
		return visible(fmt.Sprintf("Refused by %s: nothing was written.", count(distinctGuards(v.refused), "guard", "guards")))
	case apply.Stale:
		return "Stale: the ground of an approved action moved, nothing was written."
	case apply.Interrupted:
		return visible(fmt.Sprintf("Interrupted: %s of %s done, the next run goes on from there.",
			thousands(len(v.done)), count(len(r.Outcomes), "action", "actions")))
	}
	text := "Not converged: " + string(tally(v))
	if n := len(v.ours) + len(v.others); n > 0 {
		text += ", " + count(n, "difference", "differences") + " left"
	}
	if r.FinalRead == apply.FinalReadFailed {
		text += "; the final read did not succeed, so what is in place is not certain"
	}
	return visible(text + ".")
}

// tally returns "44 done, 2 failed, 1 blocked, 3 not run" without what is none.
func tally(v *reportView) visible {
	text := thousands(len(v.done)) + " done"
	for _, part := range []struct {
		n    int
		word string
	}{{len(v.failed), "failed"}, {len(v.blocked), "blocked"}, {len(v.notRun), "not run"}} {
		if part.n > 0 {
			text += ", " + thousands(part.n) + " " + part.word
		}
	}
	return visible(text)
}

// fieldFacts returns what changes at the subject itself. What the kind or the members of an action say is left out.
func fieldFacts(a *plan.Action) []fact {
	facts := make([]fact, 0, len(a.Fields)+1)
	for _, f := range a.Fields {
		if saidElsewhere(a, f.Field) {
			continue
		}
		name := visible(safe(string(f.Field)) + ": ")
		old, now := valueText(f.Old), valueText(f.New)
		first := isFirst(a, f)
		var text visible
		switch {
		case first:
			text = name + now
		case readsRightToLeft(old) || readsRightToLeft(now):
			// Between two words that run from right to left a terminal would turn the arrow's meaning round: the words
			// in between keep old and new apart.
			text = name + "from " + old + " → to " + now
		default:
			text = name + old + " → " + now
		}
		facts = append(facts, fact{words: styled(text+marked(f), styleOf(f)), joins: first && len(facts) > 0})
	}
	return facts
}

// isFirst reports whether a field had no value before, and not just none that is known.
func isFirst(a *plan.Action, f plan.FieldChange) bool {
	return f.Old.IsNull() && (a.Kind == plan.CreateUser || a.Kind == plan.CreateGroup || a.Kind == plan.AddToProject)
}

// styleOf returns how a field stands out: what makes an administrator of somebody is not to be read over.
func styleOf(f plan.FieldChange) style {
	if now, isFlag := f.New.AsFlag(); f.Field == plan.FieldAdmin && isFlag && now {
		return caution
	}
	return plain
}

// valueText returns a value for readers. Text that is empty, or could be taken for something around it, is quoted.
func valueText(v plan.Value) visible {
	if v.IsNull() {
		return "unknown"
	}
	if names, isList := v.AsList(); isList {
		if len(names) == 0 {
			return "none"
		}
		texts := make([]string, len(names))
		for i, n := range names {
			texts[i] = string(quoted(n))
		}
		return visible(strings.Join(texts, ", "))
	}
	if _, isFlag := v.AsFlag(); isFlag {
		return visible(v.String())
	}
	return quoted(v.String())
}

// quoted returns s safe, and in quotes if it is empty, has space at an end or in a row, or holds a sign that the text
// around it uses.
func quoted(s string) visible {
	if s != "" && !confusing(s) {
		return safe(s)
	}
	return `"` + safe(strings.ReplaceAll(s, `"`, `\"`)) + `"`
}

func confusing(s string) bool {
	if strings.Contains(s, string(unverifiableMark)) {
		return true
	}
	before := ' '
	for _, r := range s {
		switch r {
		case ' ':
			if before == ' ' {
				return true
			}
		case '"', ',', '→', '·':
			return true
		}
		before = r
	}
	return before == ' '
}

// place returns file:line:column, or nothing.
func place(p *directory.Pos) visible {
	if p == nil {
		return ""
	}
	return safe(p.String())
}

// targetWords names the instance. A simulator is called one wherever a target is named.
func targetWords(t plan.Target) words {
	var w words
	if t.Simulator {
		w = append(w, span{text: "SIMULATOR", style: caution}, span{text: "·"})
	}
	return append(w, prose(safe(t.Kind)+" "+safe(t.URL))...)
}

// count returns "1 write" or "2,003 writes".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands returns n with a comma after each three digits: 2,003.
func thousands(n int) string {
	s := strconv.Itoa(n)
	first := 0
	if n < 0 {
		first = 1
	}
	for i := len(s) - 3; i > first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// before returns what has to stand in front of a text about a subject: its name, or nothing if the text has it.
func before(subject, text string) visible {
	if subject == "" || names(text, subject) {
		return ""
	}
	return quoted(subject)
}

// about returns a text with its subject.
func about(subject, text string) visible {
	if who := before(subject, text); who != "" {
		return who + ": " + safe(text)
	}
	return safe(text)
}

// names reports whether a text has a subject as a whole, and not as a part of another name: then it need not stand in front.
func names(text, subject string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], subject)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(subject)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !partOfName(before) && !partOfName(after) {
			return true
		}
		at = start + 1
	}
}

func partOfName(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_@+", r)
}

// duration returns seconds in the two largest units that matter: "35 s", "4 min", "1 h 5 min". Minutes are rounded up.
func duration(seconds int) string {
	if seconds < 60 {
		return strconv.Itoa(seconds) + " s"
	}
	minutes := (seconds + 59) / 60
	if minutes < 60 {
		return strconv.Itoa(minutes) + " min"
	}
	if minutes%60 == 0 {
		return strconv.Itoa(minutes/60) + " h"
	}
	return strconv.Itoa(minutes/60) + " h " + strconv.Itoa(minutes%60) + " min"
}

// moment returns a time as it stands in reports, always in UTC.
func moment(t time.Time) visible { return visible(t.UTC().Format("2006-01-02 15:04:05") + " UTC") }

// lowered returns a title of our own as it stands in the middle of text, sentence what stands there as a sentence of its own.
func lowered(title visible) visible {
	return visible(strings.ToLower(string(title[:1]))) + title[1:]
}

func sentence(text visible) visible {
	return visible(strings.ToUpper(string(text[:1]))) + text[1:] + "."
}
