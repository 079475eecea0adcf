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
	if len(scope.Only) > 0 {
		added := b.needed(actions, kept)
		kept, left = append(kept, added...), left-len(added)
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

// needed returns the actions outside of a selection that something inside of it needs: the deactivation that frees its
// seat, the grant without which a demotion would leave too few administrators. With --no-removals nothing is taken away
// for that either.
func (b *builder) needed(all, kept []Action) []Action {
	whole := slices.Clone(all)
	sortActions(whole)
	byID := make(map[string]*Action, len(whole))
	for _, batch := range b.order(whole) {
		for i := range batch.Actions {
			byID[batch.Actions[i].ID] = &batch.Actions[i]
		}
	}
	has := make(map[string]bool, len(kept))
	var open []string
	for i := range kept {
		has[kept[i].ID] = true
		open = append(open, kept[i].ID)
	}
	var added []Action
	for len(open) > 0 {
		a := byID[open[0]]
		open = open[1:]
		if !a.Kind.OnUser() {
			continue // whom a group gains is selected with it, and only as far as it is
		}
		for _, id := range a.Needs {
			need, ok := *byID[id], true
			if b.opts.Scope.NoRemovals {
				need, ok = withoutRemovals(need)
			}
			if has[id] || !ok {
				continue
			}
			has[id] = true
			added, open = append(added, need), append(open, id)
		}
	}
	return added
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
	case demotesAdmin(&a):
		a.Fields = slices.DeleteFunc(slices.Clone(a.Fields), func(c FieldChange) bool { return c.Field == FieldAdmin })
		return a, size(&a) > 0
	case a.Kind == RemoveFromProject:
		return a, false
	case a.Kind == UpdateGroup && len(a.Members.Remove) > 0:
		a.Members = &MemberChange{Add: a.Members.Add, Remove: []Member{}, Keep: a.Members.Keep + len(a.Members.Remove)}
		return a, size(&a) > 0
	}
	return a, true
}

// CheckScope returns a *ProblemsError if a selector names nobody: a typo there would look like a plan without changes. A
// former name counts. It is asked once, before the first plan: a run may rename or delete what it selects.
func CheckScope(want *directory.Desired, live *directory.Live, scope Scope) error {
	if len(scope.Only) == 0 {
		return nil
	}
	users, groups := names(want, live)
	var found findings
	for _, text := range scope.Only {
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
		if near := nearest(text, name, known); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		found.problem(directory.Pos{File: "--only"}, fmt.Sprintf("neither the file nor the tool knows %s", text), hint)
	}
	return found.err()
}

// nearest returns the known name that somebody meant who wrote name in a selector, "" for none.
func nearest(selector, name string, known map[string]bool) string {
	if !strings.HasPrefix(selector, "user:") {
		near, _ := directory.Suggest(name, slices.Collect(maps.Keys(known)))
		return near
	}
	emails := make([]directory.Email, 0, len(known))
	for key := range known {
		emails = append(emails, directory.Email(key))
	}
	near, _ := directory.SuggestEmail(directory.Email(name), emails)
	return string(near)
}

// names returns what users and groups are and were called.
func names(want *directory.Desired, live *directory.Live) (users, groups map[string]bool) {
	users, groups = make(map[string]bool), make(map[string]bool)
	for i := range want.Users {
		u := &want.Users[i]
		users[string(u.Email.Key())] = true
		for _, was := range u.Was {
			users[string(was.Value.Key())] = true
		}
	}
	for i := range live.Users {
		users[string(live.Users[i].Email.Key())] = true
	}
	for i := range want.Groups {
		g := &want.Groups[i]
		groups[string(g.Name.Canonical())] = true
		for _, was := range g.Was {
			groups[string(was.Value.Canonical())] = true
		}
	}
	for i := range live.Groups {
		groups[string(live.Groups[i].Name.Canonical())] = true
	}
	return users, groups
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
		if c, moves := a.Field(FieldEmail); moves && a.Kind.OnUser() {
			former, now := directory.Email(c.Old.String()).Key(), directory.Email(c.New.String()).Key()
			if s.users[former] || s.users[now] {
				s.users[former], s.users[now] = true, true
			}
		}
		if c, renamed := a.Field(FieldName); renamed && a.Kind == UpdateGroup {
			former, now := directory.Name(c.Old.String()).Canonical(), directory.Name(c.New.String()).Canonical()
			if s.groups[former] || s.groups[now] {
				s.groups[former], s.groups[now] = true, true
			}
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
	return a.Kind.OnGroup() && s.groups[directory.Name(a.Subject).Canonical()]
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
	switch a.Kind {
	case UpdateGroup:
		a.Fields = nil
	case AddToProject:
		a.Source = firstLine(part.Add)
	}
	return a, len(part.Add)+len(part.Remove) > 0
}
