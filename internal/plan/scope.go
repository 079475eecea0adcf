package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// limit applies the scope of the run to a full diff. It never adds: --no-removals drops deactivations, group deletions
// and removals of members, --only keeps what concerns the people and groups it names, and what those actions need.
func (b *builder) limit(actions []Action) []Action {
	scope := b.opts.Scope
	if len(scope.Only) == 0 && !scope.NoRemovals {
		return actions
	}
	selected := selectOnly(scope.Only, actions)
	var kept []Action
	left, cut := 0, 0
	for _, whole := range actions {
		a, ok := whole, true
		if scope.NoRemovals {
			a, ok = withoutRemovals(a)
		}
		if ok && len(scope.Only) > 0 {
			a, ok = selected.part(a)
		}
		switch {
		case !ok:
			left++
			continue
		case size(&a) < size(&whole):
			cut++
		}
		kept = append(kept, a)
	}
	var texts []string
	if left > 0 {
		texts = append(texts, count(left, "action is left out", "actions are left out"))
	}
	if cut > 0 {
		texts = append(texts, count(cut, "action is done in part", "actions are done in part"))
	}
	if len(texts) > 0 {
		b.found.note(Note{Code: NoteLeftOut, Text: strings.Join(texts, " and ") + ": the scope of this run"})
	}
	return kept
}

// size counts what an action changes.
func size(a *Action) int {
	n := len(a.Fields)
	if a.Members != nil {
		n += len(a.Members.Add) + len(a.Members.Remove)
	}
	return n
}

// withoutRemovals returns the part of an action that takes no account and no membership away, and whether there is one.
func withoutRemovals(a Action) (Action, bool) {
	switch {
	case a.Kind == DeactivateUser || a.Kind == DeleteGroup:
		return a, false
	case a.Kind == UpdateGroup && len(a.Members.Remove) > 0:
		a.Members = &MemberChange{Add: a.Members.Add, Remove: []Member{}, Keep: a.Members.Keep + len(a.Members.Remove)}
		return a, size(&a) > 0
	}
	return a, true
}

// checkScope finds selectors that name nobody: a typo there would look like a plan without changes. A former name counts,
// also when nothing bears it any more.
func (b *builder) checkScope() {
	users, groups := make(map[string]bool), make(map[string]bool)
	if len(b.opts.Scope.Only) > 0 {
		b.names(users, groups)
	}
	for _, text := range b.opts.Scope.Only {
		known, name := users, ""
		if address, ok := strings.CutPrefix(text, "user:"); ok {
			name = string(directory.Email(address).Key())
		} else if group, ok := strings.CutPrefix(text, "group:"); ok {
			known, name = groups, string(directory.Name(group).Canonical())
		}
		if known[name] {
			continue
		}
		hint := ""
		if near, ok := directory.Suggest(name, slices.Collect(maps.Keys(known))); ok {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		b.found.problem(directory.Pos{File: "--only"}, fmt.Sprintf("neither the file nor the tool knows %s", text), hint)
	}
}

// names collects what users and groups are and were called.
func (b *builder) names(users, groups map[string]bool) {
	for i := range b.want.Users {
		u := &b.want.Users[i]
		users[string(u.Email.Key())] = true
		for _, was := range u.Was {
			users[string(was.Value.Key())] = true
		}
	}
	for i := range b.ix.live.Users {
		users[string(b.ix.live.Users[i].Email.Key())] = true
	}
	for i := range b.want.Groups {
		g := &b.want.Groups[i]
		groups[string(g.Name.Canonical())] = true
		for _, was := range g.Was {
			groups[string(was.Value.Canonical())] = true
		}
	}
	for i := range b.ix.live.Groups {
		groups[string(b.ix.live.Groups[i].Name.Canonical())] = true
	}
}

// selection is what --only selects. The needed are people whom a selected group gains and who have to be created or
// reactivated for that.
type selection struct {
	users  map[directory.EmailKey]bool
	groups map[directory.Name]bool
	needed map[directory.EmailKey]bool
}

// selectOnly parses --only. A person who is re-addressed and a group that is renamed may be named by either name.
func selectOnly(only []string, actions []Action) selection {
	s := selection{users: make(map[directory.EmailKey]bool), groups: make(map[directory.Name]bool), needed: make(map[directory.EmailKey]bool)}
	for _, text := range only {
		if address, ok := strings.CutPrefix(text, "user:"); ok {
			s.users[directory.Email(address).Key()] = true
		} else if name, ok := strings.CutPrefix(text, "group:"); ok {
			s.groups[directory.Name(name).Canonical()] = true
		}
	}
	for i := range actions {
		a := &actions[i]
		if former, now := formerKey(a), directory.Email(a.Subject).Key(); a.Kind.OnUser() && (s.users[former] || s.users[now]) {
			s.users[former], s.users[now] = true, true
		}
		if c, renamed := a.Field(FieldName); renamed && a.Kind == UpdateGroup && s.groups[directory.Name(c.Old.String()).Canonical()] {
			s.groups[directory.Name(a.Subject).Canonical()] = true
		}
	}
	for i := range actions {
		if a := &actions[i]; s.wholeGroup(a) {
			for _, m := range a.Members.Add {
				s.needed[m.User.Key()] = true
			}
		}
	}
	return s
}

// formerKey is the address that a person has before the action, in the form that is compared.
func formerKey(a *Action) directory.EmailKey {
	if c, moved := a.Field(FieldEmail); moved {
		return directory.Email(c.Old.String()).Key()
	}
	return directory.Email(a.Subject).Key()
}

func (s *selection) wholeGroup(a *Action) bool {
	return !a.Kind.OnUser() && s.groups[directory.Name(a.Subject).Canonical()]
}

// part returns the part of an action that is selected, and whether there is one: of a group that is not selected, the
// members who are, so that who else would come or go stays as it is.
func (s *selection) part(a Action) (Action, bool) {
	switch {
	case a.Kind.OnUser():
		key := directory.Email(a.Subject).Key()
		makes := a.Kind == CreateUser || a.Kind == ReactivateUser
		return a, s.users[key] || makes && s.needed[key]
	case s.wholeGroup(&a):
		return a, true
	case a.Kind == DeleteGroup:
		return a, false
	}
	part := MemberChange{Add: []Member{}, Remove: []Member{}, Keep: a.Members.Keep}
	for _, m := range a.Members.Add {
		if s.users[m.User.Key()] {
			part.Add = append(part.Add, m)
		}
	}
	for _, m := range a.Members.Remove {
		if s.users[m.User.Key()] {
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
