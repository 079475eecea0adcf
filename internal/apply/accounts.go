package apply

import (
	"context"
	"fmt"
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// This file writes one person where memberships are written on the user: his fields and the full set of his groups, which
// is read again immediately before.
//
//	now   basis   our change   set
//	 ✓      ✓         -         ✓
//	 ✓      ✓       remove      -
//	 ✓      -         -         ✓    somebody else added him: kept
//	 -      ✓         -         -    somebody else took him out: not undone
//	 -      -        add        ✓    unless he is inactive now, and stays so
//
// Somebody else's change is told once a person and group, however often the person is written.

// written is what became of one write of a person.
type written struct {
	remarks    []string
	kept, gone []directory.GroupID // that somebody else put him into, or took him out of, since the plan
}

// lane waits until one account more may be written at the same time, and returns what gives the lane back. The error says
// why the run writes no more.
func (r *run) lane() (leave func(), err error) {
	if err := r.over(); err != nil {
		return nil, err
	}
	select {
	case r.lanes <- struct{}{}:
		return func() { <-r.lanes }, nil
	case <-r.stop:
		return nil, &unsentError{r.ended()}
	}
}

// updateAccount sends the changed fields of an account and its full set of groups in one write.
func (r *run) updateAccount(calls context.Context, a *plan.Action) ([]string, error) {
	change, err := r.bound.change(a)
	if err != nil {
		return nil, err
	}
	id, known := r.bound.user(directory.UserID(a.SubjectID), directory.Email(a.Subject))
	if !known {
		return nil, fmt.Errorf("account %s has no known id", a.Subject)
	}
	leave, err := r.lane()
	if err != nil {
		return nil, err
	}
	defer leave()
	s := r.shares.of(id, "")
	defer s.lock()()
	w, err := r.writeAccount(calls, id, s, a.Kind, change)
	if isUnclear(err) && change.Active != nil && !*change.Active {
		if before, seen := r.bound.account(id); seen {
			before.Active = false // he may be by now
			r.bound.learn(before)
		}
	}
	remarks := append(w.remarks, r.foreignRemarks(map[directory.UserID]written{id: w})...)
	if makesAccount(a.Kind) {
		remarks = append(remarks, r.unmadeGroups(s)...)
	}
	return remarks, err
}

// writeAccount reads an account again, merges the parts that are due into its groups, and writes it, once more as long as
// that may help: see rewrite. The share must be held; it is nil for one who has none.
func (r *run) writeAccount(calls context.Context, id directory.UserID, s *share, with plan.Kind, change directory.UserChange) (w written, err error) {
	w.remarks, err = r.rewrite(func(doubt error) ([]string, error) {
		if doubt == nil {
			w = written{}
		}
		due := r.due(s, with)
		if len(due) == 0 && change == (directory.UserChange{}) {
			return nil, nil
		}
		return r.writeOnce(calls, id, s, due, change, doubt, &w)
	})
	s.tell(w)
	return w, err
}

// writeOnce reads an account and writes what is not as it should be. doubt is the error of an earlier write that may have
// taken effect, or nil.
func (r *run) writeOnce(calls context.Context, id directory.UserID, s *share, due []*part, change directory.UserChange, doubt error, w *written) ([]string, error) {
	now, err := r.accounts.ReadAccount(calls, id)
	if err != nil {
		return nil, fmt.Errorf("read before the write: %w", err)
	}
	if now.ID != id {
		return nil, fmt.Errorf("read before the write: answer is about user id %d, not %d", now.ID, id)
	}
	if !now.Active && (change.Active == nil || !*change.Active) {
		due = withoutJoins(due)
	}
	set, moves := r.mergeGroups(now.Groups, due)
	if len(moves) > 0 {
		change.Groups = &set
	}
	switch inPlace := len(moves) == 0 && (change == (directory.UserChange{}) || doubt != nil && r.holds(&now.User, change)); {
	case inPlace && doubt != nil:
		r.bound.learn(now.User)
		return []string{"the write was not answered; the account was read again and is as it should be"}, nil
	case inPlace:
		return nil, nil
	}
	if len(moves) > 0 {
		w.kept, w.gone = r.othersGroups(id, s, now.Groups)
	}
	if err := r.beforeWrite(); err != nil {
		return nil, err
	}
	answer, err := r.accounts.UpdateAccount(calls, now, change)
	if isUnclear(err) {
		unsettle(moves)
	}
	if err != nil {
		return nil, inDoubt(err)
	}
	if answer.ID != id {
		unsettle(moves)
		return nil, fmt.Errorf("answer is about user id %d, not %d", answer.ID, id)
	}
	r.settle(moves, answer.Groups)
	return r.compareAccount(change, set, answer)
}

// compareAccount compares the answer of a write with what was sent. What was not sent and moved since the plan is only
// remarked, but for the groups: a tool that drops them from an account that is written is losing people.
func (r *run) compareAccount(change directory.UserChange, set []directory.GroupID, answer directory.Account) (remarks []string, err error) {
	before, seen := r.bound.account(answer.ID)
	r.bound.learn(answer.User)
	sent, answered := r.bound.sent(change), r.bound.has(answer.User, r.in.Caps.Reported)
	if seen {
		remarks = moved(sent, r.bound.has(before, r.in.Caps.Reported), answered)
	}
	phrases := unmet(sent, answered)
	if change.Groups == nil {
		set = append(set, answer.Groups...) // whatever came to it is somebody else's business
	}
	if missing := lacks(set, answer.Groups); len(missing) > 0 && !answer.Active {
		// As on the group's side, tools may keep inactive accounts out of lists (GUESS).
		remarks = append(remarks, "sent and not in the answered groups, because the account is inactive: "+r.groupNames(missing))
		set = lacks(set, missing)
	}
	return remarks, differs(append(phrases, r.unlikeGroups(set, answer.Groups)...))
}

// withoutJoins returns the parts that leave. Those that join are not to be written any more: an inactive account is never
// added to a group, whoever switched it off, or did not bring it back.
func withoutJoins(due []*part) []*part {
	return slices.DeleteFunc(due, func(p *part) bool {
		if p.joins {
			p.settled, p.idle = true, true
		}
		return p.joins
	})
}

// holds reports whether an account is seen to have every field of a change.
func (r *run) holds(now *directory.User, change directory.UserChange) bool {
	sent, has := r.bound.sent(change), r.bound.has(*now, r.in.Caps.Reported)
	for field, value := range sent {
		if is, known := has[field]; !known || !is.Equal(value) {
			return false
		}
	}
	return true
}

// mergeGroups applies what is due to the groups that a person is in now: it returns the full set, sorted, and the parts that
// change it. What is in place already is settled. Somebody else's additions and removals since the plan stay as they are.
func (r *run) mergeGroups(now []directory.GroupID, due []*part) (set []directory.GroupID, moves []*part) {
	set = append([]directory.GroupID{}, now...)
	for _, p := range due {
		group := r.groupOf(p)
		switch in := slices.Contains(set, group); {
		case p.joins == in:
			p.settled = true // by a write of ours that was not answered, or by somebody else: see part.sent
		case p.joins:
			set, moves = append(set, group), append(moves, p)
		default:
			set, moves = slices.DeleteFunc(set, func(id directory.GroupID) bool { return id == group }), append(moves, p)
		}
	}
	slices.Sort(set)
	return set, moves
}

// othersGroups returns the groups that somebody else put a person into, or took him out of, since the plan, as far as no
// remark has told of them.
func (r *run) othersGroups(id directory.UserID, s *share, now []directory.GroupID) (kept, gone []directory.GroupID) {
	ours := make(map[directory.GroupID]bool)
	for _, p := range s.parts {
		ours[r.groupOf(p)] = true
	}
	news := func(list []directory.GroupID) []directory.GroupID {
		return slices.DeleteFunc(list, func(group directory.GroupID) bool {
			_, known := r.bound.groups[group]
			return !known || ours[group] || s.told[group]
		})
	}
	return news(lacks(now, r.shares.basis[id])), news(lacks(r.shares.basis[id], now))
}

// unlikeGroups compares the groups of an answer with those that were sent, one phrase a difference.
func (r *run) unlikeGroups(sent, answered []directory.GroupID) []string {
	var phrases []string
	if missing := lacks(sent, answered); len(missing) > 0 {
		phrases = append(phrases, "groups are missing: "+r.groupNames(missing))
	}
	if extra := lacks(answered, sent); len(extra) > 0 {
		phrases = append(phrases, "is in groups that were not sent: "+r.groupNames(extra))
	}
	return phrases
}

// lacks returns the groups of a list that another does not have.
func lacks(list, other []directory.GroupID) []directory.GroupID {
	return slices.DeleteFunc(slices.Clone(list), func(id directory.GroupID) bool { return slices.Contains(other, id) })
}

// groupNames names groups for a reader, sorted; one that neither the plan saw nor this run created by its id.
func (r *run) groupNames(ids []directory.GroupID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = r.nameGroup(id)
	}
	return enumerate(names)
}

func (r *run) nameGroup(id directory.GroupID) string {
	if g, known := r.bound.groups[id]; known {
		return fmt.Sprintf("%q", g.Name)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.ours {
		if a := &r.outcomes[i].Action; a.Kind == plan.CreateGroup && a.SubjectID == int64(id) {
			return fmt.Sprintf("%q", a.Subject)
		}
	}
	return fmt.Sprintf("group id %d", id)
}
