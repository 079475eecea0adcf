package plan

import (
	"fmt"
	"slices"
	"strings"
)

// Difference is what approving one plan in place of another would mean. As in a contract, kind, subject, new values and
// members are compared; ids, notes and cost are not.
type Difference struct {
	Target  Target          `json:"target"`  // of the second plan
	Ground  []string        `json:"ground"`  // one sentence for each: target, scope, dates, what is undone
	Added   []Action        `json:"added"`   // in the second plan alone
	Dropped []Action        `json:"dropped"` // in the first plan alone
	Changed []ChangedAction `json:"changed"` // in both, and not the same
	Same    int             `json:"same"`    // how many actions are the same
	Refused []GuardResult   `json:"refused"` // guards that refuse the second plan and not the first
	Allowed []GuardResult   `json:"allowed"` // guards that refuse the first plan and not the second
	Manual  []string        `json:"manual"`  // one sentence for each manual step that only one of them has
}

// ChangedAction is an action of both plans that is not the same.
type ChangedAction struct {
	Action  Action   `json:"action"`  // as in the second plan
	Details []string `json:"details"` // one sentence for each difference
}

// Empty reports whether approving the one is approving the other.
func (d *Difference) Empty() bool {
	return len(d.Ground)+len(d.Added)+len(d.Dropped)+len(d.Changed)+len(d.Refused)+len(d.Allowed)+len(d.Manual) == 0
}

// Compare returns how a plan differs from one that was made before. The actions of an undo mean things by their ids, so
// that those are compared as well.
func Compare(before, after *Plan) *Difference {
	d := &Difference{
		Target: after.Target, Ground: compareGrounds(before, after), Added: []Action{}, Dropped: []Action{}, Changed: []ChangedAction{},
		Refused: onlyRefusedBy(after, before), Allowed: onlyRefusedBy(before, after), Manual: compareManual(before, after),
	}
	old := make(map[string]*Action)
	for _, a := range before.Actions() {
		old[a.ID] = a
	}
	known := make(map[string]bool)
	for _, a := range after.Actions() {
		known[a.ID] = true
		switch was := old[a.ID]; {
		case was == nil:
			d.Added = append(d.Added, *a)
		default:
			details := actionDetails(was, a)
			if after.Undoes != "" && was.SubjectID != a.SubjectID {
				details = append(details, fmt.Sprintf("is about id %d, and was about id %d", a.SubjectID, was.SubjectID))
			}
			if len(details) > 0 {
				d.Changed = append(d.Changed, ChangedAction{Action: *a, Details: details})
			} else {
				d.Same++
			}
		}
	}
	for _, a := range before.Actions() {
		if !known[a.ID] {
			d.Dropped = append(d.Dropped, *a)
		}
	}
	return d
}

func compareGrounds(before, after *Plan) []string {
	texts := []string{}
	add := func(what string, a, b any) {
		if a, b := fmt.Sprint(a), fmt.Sprint(b); a != b {
			texts = append(texts, fmt.Sprintf("%s: %s, and was %s", what, b, a))
		}
	}
	add("target", before.Target.words(), after.Target.words())
	add("scope", before.Scope.words(), after.Scope.words())
	add("undoes", orNothing(before.Undoes), orNothing(after.Undoes))
	add("dates as of", before.Basis.Today.String()+" "+before.Basis.Timezone, after.Basis.Today.String()+" "+after.Basis.Timezone)
	return texts
}

func (t Target) words() string {
	if t.Simulator {
		return t.Kind + " SIMULATOR " + t.URL
	}
	return t.Kind + " " + t.URL
}

func (s Scope) words() string {
	text := "everything"
	if len(s.Only) > 0 {
		text = fmt.Sprintf("only %q", s.Only)
	}
	if s.NoRemovals {
		text += " without removals"
	}
	return text
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

// actionDetails returns what is different about an action, a sentence each.
func actionDetails(before, after *Action) []string {
	var texts []string
	say := func(format string, args ...any) { texts = append(texts, fmt.Sprintf(format, args...)) }
	for _, f := range after.Fields {
		switch was, both := before.Field(f.Field); {
		case !both:
			say("%s becomes %q, and did not change", f.Field, f.New)
		case !same(f.Field, was.New, f.New):
			say("%s becomes %q, and became %q", f.Field, f.New, was.New)
		case !same(f.Field, was.Old, f.Old):
			say("%s is %q before, and was %q", f.Field, f.Old, was.Old)
		}
	}
	for _, f := range before.Fields {
		if _, both := after.Field(f.Field); !both {
			say("%s does not change, and became %q", f.Field, f.New)
		}
	}
	switch {
	case after.Admin && !before.Admin:
		say("is an administrator, and was none")
	case before.Admin && !after.Admin:
		say("is no administrator, and was one")
	}
	if before.Detail != after.Detail {
		say("%s, and before: %s", orNothing(after.Detail), orNothing(before.Detail))
	}
	if before.Members == nil || after.Members == nil {
		return texts
	}
	for _, list := range [...]struct {
		text    string
		members []string
	}{
		{"adds as well", beyond(after.Members.Add, before.Members.Add)},
		{"does not add", beyond(before.Members.Add, after.Members.Add)},
		{"removes as well", beyond(after.Members.Remove, before.Members.Remove)},
		{"does not remove", beyond(before.Members.Remove, after.Members.Remove)},
	} {
		if len(list.members) > 0 {
			say("%s: %s", list.text, strings.Join(list.members, ", "))
		}
	}
	return texts
}

// beyond returns the members of a list that another does not have, one without a usable address by id.
func beyond(list, other []Member) []string {
	known := make(map[string]bool, len(other))
	for _, m := range other {
		known[memberKey(m)] = true
	}
	var more []string
	for _, m := range list {
		switch key := memberKey(m); {
		case known[key]:
		case m.User == "":
			more = append(more, key)
		default:
			more = append(more, string(m.User))
		}
	}
	return more
}

// memberKey tells members apart: by address, one without by id.
func memberKey(m Member) string {
	if m.User == "" {
		return fmt.Sprintf("#%d", m.ID)
	}
	return string(m.User.Key())
}

// onlyRefusedBy returns the guards that refuse one plan and not the other.
func onlyRefusedBy(p, other *Plan) []GuardResult {
	refused := other.Refused()
	return slices.DeleteFunc(append([]GuardResult{}, p.Refused()...), func(g GuardResult) bool {
		return slices.ContainsFunc(refused, func(o GuardResult) bool { return o.Guard == g.Guard && o.Subject == g.Subject })
	})
}

func compareManual(before, after *Plan) []string {
	texts := []string{}
	steps := func(p *Plan) map[string]bool {
		ids := make(map[string]bool)
		for i := range p.Manual {
			ids[p.Manual[i].ID] = true
		}
		return ids
	}
	old, now := steps(before), steps(after)
	for i := range after.Manual {
		if s := &after.Manual[i]; !old[s.ID] {
			texts = append(texts, fmt.Sprintf("%s %s is to be done by hand", s.Kind, s.Subject))
		}
	}
	for i := range before.Manual {
		if s := &before.Manual[i]; !now[s.ID] {
			texts = append(texts, fmt.Sprintf("%s %s is no longer to be done by hand", s.Kind, s.Subject))
		}
	}
	return texts
}
