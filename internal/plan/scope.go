package plan

import (
	"fmt"
	"strings"

	"rollcall/internal/directory"
)

// limit applies the scope of the run to a full diff. It never adds: --no-removals drops what takes access away, --only
// keeps what concerns the people and groups it names, and what those actions need.
func (b *builder) limit(actions []Action) []Action {
	scope := b.opts.Scope
	if len(scope.Only) == 0 && !scope.NoRemovals {
		return actions
	}
	before := len(actions)
	if scope.NoRemovals {
		actions = withoutRemovals(actions)
	}
	if len(scope.Only) > 0 {
		actions = only(actions, parseOnly(scope.Only))
	}
	if left := before - len(actions); left > 0 {
		b.found.note(Note{Code: NoteLeftOut, Text: fmt.Sprintf("%s left out by the scope of this run", count(left, "action is", "actions are"))})
	}
	return actions
}

// withoutRemovals drops deactivations and group deletions, and takes the removed members out of group updates.
func withoutRemovals(actions []Action) []Action {
	var kept []Action
	for _, a := range actions {
		switch {
		case a.Kind == DeactivateUser || a.Kind == DeleteGroup:
			continue
		case a.Kind == UpdateGroup && len(a.Members.Remove) > 0:
			a.Members = &MemberChange{Add: a.Members.Add, Remove: []Member{}, Keep: a.Members.Keep + len(a.Members.Remove)}
			if len(a.Fields)+len(a.Members.Add) == 0 {
				continue
			}
		}
		kept = append(kept, a)
	}
	return kept
}

// selection is a parsed --only.
type selection struct {
	users  map[directory.EmailKey]bool
	groups map[directory.Name]bool
}

func parseOnly(only []string) selection {
	s := selection{users: make(map[directory.EmailKey]bool), groups: make(map[directory.Name]bool)}
	for _, text := range only {
		if address, ok := strings.CutPrefix(text, "user:"); ok {
			s.users[directory.Email(address).Key()] = true
		} else if name, ok := strings.CutPrefix(text, "group:"); ok {
			s.groups[directory.Name(name).Canonical()] = true
		}
	}
	return s
}

// only keeps the actions on selected users and groups, of other groups the part that concerns selected users, and the
// creation of people whom a selected group gains.
func only(actions []Action, s selection) []Action {
	needed := make(map[directory.EmailKey]bool)
	for i := range actions {
		if a := &actions[i]; !a.Kind.OnUser() && s.groups[directory.Name(a.Subject).Canonical()] {
			for _, m := range a.Members.Add {
				if m.ID == 0 {
					needed[m.User.Key()] = true
				}
			}
		}
	}
	var kept []Action
	for _, a := range actions {
		if a.Kind.OnUser() {
			key := directory.Email(a.Subject).Key()
			if s.users[key] || s.users[formerKey(&a)] || (a.Kind == CreateUser && needed[key]) {
				kept = append(kept, a)
			}
			continue
		}
		if s.groups[directory.Name(a.Subject).Canonical()] {
			kept = append(kept, a)
			continue
		}
		if part, ok := partOf(a, s.users); ok {
			kept = append(kept, part)
		}
	}
	return kept
}

func formerKey(a *Action) directory.EmailKey {
	if c, ok := a.Field(FieldEmail); ok {
		return directory.Email(c.Old.String()).Key()
	}
	return directory.Email(a.Subject).Key()
}

// partOf reduces a group's action to the members in users: who else would come or go stays as it is.
func partOf(a Action, users map[directory.EmailKey]bool) (Action, bool) {
	if a.Kind == DeleteGroup {
		return a, false
	}
	part := MemberChange{Add: []Member{}, Remove: []Member{}, Keep: a.Members.Keep}
	for _, m := range a.Members.Add {
		if users[m.User.Key()] {
			part.Add = append(part.Add, m)
		}
	}
	for _, m := range a.Members.Remove {
		if users[m.User.Key()] {
			part.Remove = append(part.Remove, m)
		} else {
			part.Keep++
		}
	}
	a.Members = &part
	if a.Kind == UpdateGroup {
		a.Fields = nil
	}
	return a, len(part.Add)+len(part.Remove) > 0
}
