package apply

import (
	"context"
	"fmt"
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// boundMembers are the members of a group action as ids.
type boundMembers struct{ add, remove []directory.UserID }

// groupMembers binds the members of a group action. Those who could not be made are left out, with a remark, as long as
// the action removes nobody: a team must not lose its old members to new ones who are not there.
func (r *run) groupMembers(a *plan.Action) (boundMembers, []string, error) {
	m := boundMembers{add: []directory.UserID{}}
	if a.Members == nil {
		return m, nil, nil
	}
	var missing []string
	for _, member := range a.Members.Add {
		id, known := r.bound.user(member.ID, member.User)
		if !known || r.unmade(member) {
			missing = append(missing, string(member.User))
			continue
		}
		m.add = append(m.add, id)
	}
	for _, member := range a.Members.Remove {
		id, known := r.bound.user(member.ID, member.User)
		if !known {
			return boundMembers{}, nil, fmt.Errorf("member %s has no known id", member.User)
		}
		m.remove = append(m.remove, id)
	}
	slices.Sort(m.add)
	m.add = slices.Compact(m.add)
	switch {
	case len(missing) == 0:
		return m, nil, nil
	case len(m.remove) > 0:
		return boundMembers{}, nil, &blockedError{fmt.Sprintf("would remove members while others have no active account to be added: %s", enumerate(missing))}
	}
	// Where nothing else is due either, there is nothing to send; done would be the wrong word for that.
	if _, renames := a.Field(plan.FieldName); a.Kind != plan.CreateGroup && len(m.add) == 0 && !renames {
		return boundMembers{}, nil, &blockedError{"there is no active account to be added: " + enumerate(missing)}
	}
	return m, []string{"left out, because there is no active account: " + enumerate(missing)}, nil
}

// makesAccount reports whether an action of that kind ends with an active account that was none before.
func makesAccount(k plan.Kind) bool { return k == plan.CreateUser || k == plan.ReactivateUser }

// unmade reports whether this run was to create or reactivate the member and did not.
func (r *run) unmade(member plan.Member) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, planned := r.making[member.User.Key()]
	return planned && r.outcomes[i].Status != Done
}

// updateGroup sets the members of a group. No tool documents whether a list may hold inactive accounts (GUESS): a
// refusal changed nothing, and only a list that is refused twice and taken without them shows that they are the reason.
func (r *run) updateGroup(calls context.Context, a *plan.Action) ([]string, error) {
	members, missing, err := r.groupMembers(a)
	if err != nil {
		return nil, err
	}
	basis, err := r.bound.group(a)
	if err != nil {
		return nil, err
	}
	write := func(leaveOut []directory.UserID) ([]string, error) {
		return r.rewrite(func(doubt error) ([]string, error) {
			return r.setMembers(calls, a, basis, members, leaveOut, doubt)
		})
	}
	remarks, err := write(nil)
	if refused(err) && r.hasInactive(basis, members) {
		remarks, err = write(nil)
		if refused(err) {
			// Whom this run takes for inactive may rest on an answer that was never given: only a fresh list says.
			inactive, readErr := r.inactiveNow()
			if readErr != nil {
				return missing, fmt.Errorf("looked for inactive members: %w", readErr)
			}
			if shorter, second := write(inactive); !refused(second) {
				remarks, err = shorter, second // otherwise they were not the reason: the tool's first word stands
			}
		}
	}
	return append(missing, remarks...), err
}

// inactiveNow returns the accounts that a fresh list shows as inactive.
func (r *run) inactiveNow() ([]directory.UserID, error) {
	live, err := r.fresh.get()
	if err != nil {
		return nil, err
	}
	var inactive []directory.UserID
	for i := range live.Users {
		if !live.Users[i].Active {
			inactive = append(inactive, live.Users[i].ID)
		}
	}
	return inactive, nil
}

// setMembers reads a group again, merges, and writes the full list, less whom it shall leave out, if something of ours
// is due. doubt is the error of an earlier write of this action that may have taken effect, or nil.
func (r *run) setMembers(calls context.Context, a *plan.Action, basis *directory.Group, members boundMembers, leaveOut []directory.UserID, doubt error) ([]string, error) {
	now, err := r.groups.ReadGroup(calls, basis.ID)
	if err != nil {
		return nil, fmt.Errorf("read before the write: %w", err)
	}
	name, rename, err := groupName(a, now.Name)
	if err != nil {
		return nil, err
	}
	var remarks []string
	if _, planned := a.Field(plan.FieldName); !planned && now.Name.Canonical() != basis.Name.Canonical() {
		remarks = append(remarks, fmt.Sprintf("renamed from %q to %q by somebody else since the plan; left as it is", basis.Name, now.Name))
	}
	merge := mergeMembers(basis.Members, now.Members, members.add, members.remove, r.bound.inactive)
	if len(merge.kept) > 0 {
		remarks = append(remarks, "kept, added by somebody else since the plan: "+r.bound.people(merge.kept))
	}
	if len(merge.gone) > 0 {
		remarks = append(remarks, "not restored, removed by somebody else since the plan: "+r.bound.people(merge.gone))
	}
	if list := without(merge.list, leaveOut); len(list) < len(merge.list) {
		remarks = append(remarks, "left out, because the tool refuses a list that holds inactive accounts: "+r.bound.people(without(merge.list, list)))
		merge.list = list
	}
	if !merge.due && !rename && doubt != nil {
		return append(remarks, "the write was not answered; the group was read again and is as it should be"), nil
	}
	if !merge.due && !rename {
		r.sendsNothing(a)
		return append(remarks, "nothing was left to write: somebody else did it since the plan"), nil
	}
	if err := r.beforeWrite(); err != nil {
		return nil, err
	}
	r.sends(a, without(merge.list, now.Members), without(now.Members, merge.list))
	answer, err := r.groups.UpdateGroup(calls, basis.ID, name, merge.list)
	if err != nil {
		return remarks, inDoubt(err)
	}
	if answer.ID != basis.ID {
		return remarks, fmt.Errorf("answer is about group id %d, not %d", answer.ID, basis.ID)
	}
	more, err := r.compareGroup(name, merge.list, answer)
	return append(remarks, more...), err
}

// hasInactive reports whether the list of a group would hold an account that may be inactive.
func (r *run) hasInactive(basis *directory.Group, members boundMembers) bool {
	return slices.ContainsFunc(append(without(basis.Members, members.remove), members.add...), r.bound.inactive)
}

// refused reports whether the tool rejected what was sent, so that nothing took effect.
func refused(err error) bool {
	return err != nil && httpStatus(err) == statusBadRequest && !isUnclear(err)
}

// groupName returns the name to send for a group that is called now, and whether that renames it.
func groupName(a *plan.Action, now directory.Name) (name directory.Name, rename bool, err error) {
	change, planned := a.Field(plan.FieldName)
	if !planned {
		return now, false, nil
	}
	from, _ := change.Old.AsText()
	to, isText := change.New.AsText()
	switch {
	case !isText:
		return "", false, fmt.Errorf("field name: value %q can't be sent", change.New)
	case now.Canonical() == directory.Name(to).Canonical():
		return now, false, nil
	case now.Canonical() == directory.Name(from).Canonical():
		return directory.Name(to), true, nil
	}
	return "", false, fmt.Errorf("renamed to %q by somebody else since the plan", now)
}

// compareGroup compares the answer of a group write with what was sent. That an inactive account is missing is only
// remarked: tools may keep those out of lists (GUESS).
func (r *run) compareGroup(name directory.Name, list []directory.UserID, answer directory.Group) ([]string, error) {
	var phrases []string
	if answer.Name.Canonical() != name.Canonical() {
		phrases = append(phrases, fmt.Sprintf("name is %q, not %q", answer.Name, name))
	}
	var missing, hidden []directory.UserID
	for _, id := range without(list, answer.Members) {
		if r.bound.inactive(id) {
			hidden = append(hidden, id)
		} else {
			missing = append(missing, id)
		}
	}
	if len(missing) > 0 {
		phrases = append(phrases, "members are missing: "+r.bound.people(missing))
	}
	if extra := without(answer.Members, list); len(extra) > 0 {
		phrases = append(phrases, "members were not sent: "+r.bound.people(extra))
	}
	var remarks []string
	if len(hidden) > 0 {
		remarks = append(remarks, "sent and not in the answered list, because they are inactive: "+r.bound.people(hidden))
	}
	return remarks, differs(phrases)
}

// deleteGroup deletes a group that is still the one the plan saw and has no member that the plan did not see.
func (r *run) deleteGroup(calls context.Context, a *plan.Action) ([]string, error) {
	basis, err := r.bound.group(a)
	if err != nil {
		return nil, err
	}
	return r.rewrite(func(doubt error) ([]string, error) { return r.deleteOnce(calls, a, basis, doubt) })
}

// deleteOnce reads a group again and deletes it. doubt is the error of an earlier deletion that may have taken effect, or nil.
func (r *run) deleteOnce(calls context.Context, a *plan.Action, basis *directory.Group, doubt error) ([]string, error) {
	const ours = "the write was not answered; the group is gone"
	gone := "was gone already: somebody else deleted it since the plan"
	if doubt != nil {
		gone = ours
	}
	now, err := r.groups.ReadGroup(calls, basis.ID)
	switch {
	case isAbsent(err):
		if doubt == nil {
			r.sendsNothing(a)
		}
		return []string{gone}, nil
	case err != nil:
		return nil, fmt.Errorf("read before the write: %w", err)
	case now.Name.Canonical() != basis.Name.Canonical():
		return nil, &blockedError{fmt.Sprintf("renamed to %q by somebody else since the plan", now.Name)}
	}
	if gained := without(now.Members, basis.Members); len(gained) > 0 {
		return nil, &blockedError{"gained members since the plan: " + r.bound.people(gained)}
	}
	if err := r.beforeWrite(); err != nil {
		return nil, err
	}
	err = r.groups.DeleteGroup(calls, basis.ID)
	switch {
	case err == nil:
		return nil, nil
	case isAbsent(err):
		if doubt == nil {
			r.sendsNothing(a)
		}
		return []string{gone}, nil
	case !isUnclear(err):
		return nil, err
	}
	if _, readErr := r.groups.ReadGroup(calls, basis.ID); isAbsent(readErr) {
		return []string{ours}, nil
	}
	return nil, inDoubt(err)
}
