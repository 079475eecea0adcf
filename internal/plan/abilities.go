package plan

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
)

// split separates what the API of this instance can do from what a person has to do by hand. It asks abilities alone: a
// kind that is missing makes the whole action a manual step, a field that can't be written makes one of that field.
func (b *builder) split(actions []Action) (doable []Action, manual []ManualStep) {
	manual = []ManualStep{}
	byHand := func(a Action) {
		a.Detail = joined(a.Detail, b.caps.Why[a.Kind])
		manual = append(manual, ManualStep{Action: a, Where: b.caps.Where[a.Kind]})
	}
	for _, a := range actions {
		if !b.caps.Kinds[a.Kind] {
			byHand(a)
			continue
		}
		if _, renames := a.Field(FieldName); a.Kind == UpdateGroup && renames && !b.caps.RenamesGroups {
			step := a
			step.Detail = "" // of the members, who are not part of it
			step.Members = &MemberChange{Add: []Member{}, Remove: []Member{}, Keep: a.Members.Keep + len(a.Members.Remove)}
			byHand(step)
			a.Fields = nil
			if size(&a) > 0 {
				doable = append(doable, a)
			}
			continue
		}
		if !a.Kind.OnUser() {
			doable = append(doable, a)
			continue
		}
		var can, cannot []FieldChange
		for _, f := range a.Fields {
			if b.caps.Writable[f.Field] {
				can = append(can, f)
			} else {
				cannot = append(cannot, f)
			}
		}
		if len(cannot) > 0 {
			step := a
			step.Fields = cannot
			if len(can) > 0 && a.Kind != CreateUser {
				// What is done with the account as a whole is not done by hand.
				step.Kind, step.ID, step.Detail = UpdateUser, actionID(UpdateUser, a.Subject), ""
			}
			byHand(step)
			a.Fields = can
		}
		if len(a.Fields) > 0 {
			doable = append(doable, a)
		}
	}
	sortManual(manual)
	return b.onlyPresent(doable), manual
}

// joined returns both sentences.
func joined(detail, why string) string {
	if detail == "" || why == "" {
		return detail + why
	}
	return detail + "; " + why
}

// onlyPresent takes out of the actions on groups and projects the members who would not be there: an account that has to
// be created or reactivated by hand first. A group's removals wait for them too, so that a team does not lose its old
// members to new ones who have not come.
func (b *builder) onlyPresent(actions []Action) []Action {
	makes := make(map[directory.EmailKey]bool)
	for i := range actions {
		if a := &actions[i]; a.Kind == CreateUser || a.Kind == ReactivateUser {
			makes[directory.Email(a.Subject).Key()] = true
		}
	}
	missing := func(m Member) bool {
		u := b.ix.users[m.ID]
		return (u == nil || !u.Active) && !makes[m.User.Key()]
	}
	kept := actions[:0]
	for _, a := range actions {
		if a.Members == nil || !slices.ContainsFunc(a.Members.Add, missing) {
			kept = append(kept, a)
			continue
		}
		part := MemberChange{Add: []Member{}, Remove: []Member{}, Keep: a.Members.Keep + len(a.Members.Remove)}
		for _, m := range a.Members.Add {
			if !missing(m) {
				part.Add = append(part.Add, m)
				continue
			}
			text := fmt.Sprintf("joins %s %q once the account is there: that is a manual step", a.Kind.Noun(), a.Subject)
			if a.Kind == UpdateGroup {
				text += "; until then nobody is removed from the group"
			}
			b.found.note(Note{Code: NoteMemberMissing, Subject: string(m.User), Source: m.Source, Text: text})
		}
		a.Members = &part
		if a.Kind == CreateGroup || a.Kind == UpdateGroup && size(&a) > 0 || a.Kind == AddToProject && len(part.Add) > 0 {
			kept = append(kept, a)
		}
	}
	return kept
}
