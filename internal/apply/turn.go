package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// This file is a group's turn where memberships are written on the user: whoever was written with an action of his own is
// done with, the others are written one by one. So a group action can be done in part, which is a failure that says whom
// it is about:
//
//	of its people                                    the action
//	all are in place, some by a write of ours        done
//	all are in place, none by a write of ours        done, nothing was left to write
//	some could not be written                        failed
//	the run ended first, some are written            failed
//	the run ended first, none is written             not run
//	there was nobody but those to leave out          blocked

// turn is one person's part in a group action when its turn has come.
type turn struct {
	id      directory.UserID
	sent    bool // a write of ours, now or before, has it
	settled bool
	idle    bool // see part
	written
	err error
}

// setShares writes what is still open of a group's members, in their order, several at a time.
func (r *run) setShares(calls context.Context, a *plan.Action) ([]string, error) {
	members, missing, err := r.groupMembers(a)
	if _, renames := a.Field(plan.FieldName); renames {
		err = errors.New("field name: the name of a group can't be written on its members")
	}
	if err != nil {
		_, err = r.unlessSent(a, err)
		return nil, err
	}
	place := r.place[a.ID]
	people := slices.Concat(members.add, members.remove)
	turns := make([]turn, len(people))
	var workers sync.WaitGroup
	for i, id := range people {
		leave, err := r.lane()
		if err != nil {
			turns[i] = r.standing(id, place, err)
			continue
		}
		workers.Go(func() {
			defer leave()
			turns[i] = r.setShare(calls, id, place)
		})
	}
	workers.Wait()
	return r.settleGroup(a, missing, turns)
}

// setShare writes one person's full set of groups, unless his part in the group action is in place already.
func (r *run) setShare(calls context.Context, id directory.UserID, place int) turn {
	s, p := r.shareOf(id, place)
	if p == nil {
		return turn{id: id, err: errors.New("is not known to join or leave the group")}
	}
	defer s.lock()()
	t := turn{id: id}
	if !p.settled {
		if t.err = r.over(); t.err == nil {
			t.written, t.err = r.writeAccount(calls, id, s, "", directory.UserChange{})
			t.err = r.heed(t.err)
		}
	}
	t.sent, t.settled, t.idle = p.sent, p.settled, p.idle
	if t.err == nil && !t.settled {
		t.err = errors.New("was left as it is")
	}
	return t
}

// standing returns how a person's part in the action at place stands, who is not written because of err.
func (r *run) standing(id directory.UserID, place int, err error) turn {
	s, p := r.shareOf(id, place)
	if p == nil {
		return turn{id: id, err: err}
	}
	defer s.lock()()
	t := turn{id: id, sent: p.sent, settled: p.settled, idle: p.idle}
	if !t.settled {
		t.err = err
	}
	return t
}

// settleGroup records what was written of a group action and returns what became of it.
func (r *run) settleGroup(a *plan.Action, remarks []string, turns []turn) ([]string, error) {
	var unsent, idle []directory.UserID
	var end error // why people were not written any more
	failures := &failures{}
	writes := make(map[directory.UserID]written)
	told := make(map[string][]directory.UserID)
	c := r.conclude(a)
	for _, t := range turns {
		writes[t.id] = t.written
		for _, text := range t.remarks {
			told[text] = append(told[text], t.id)
		}
		switch {
		case t.err == nil && t.idle:
			idle = append(idle, t.id)
		case t.err == nil:
		case !t.settled && c.settled[t.id]: // another group's turn has written him since
		case statusOf(t.err) == NotRun:
			unsent, end = append(unsent, t.id), t.err
		default:
			failures.add(t.id, t.err)
		}
	}
	for _, text := range slices.Sorted(maps.Keys(told)) {
		remarks = append(remarks, r.bound.people(told[text])+": "+text)
	}
	remarks = append(remarks, r.foreignRemarks(writes)...)
	untouched := len(c.added)+len(c.removed) == 0
	switch {
	case untouched && len(failures.errs) == 0 && len(unsent) > 0:
		return remarks, end
	case untouched && len(failures.errs) == 0 && len(idle) > 0 && len(idle) == len(turns):
		return remarks, &blockedError{"there is no active account to be added: " + r.bound.people(idle)}
	}
	if len(idle) > 0 {
		remarks = append(remarks, "left out, switched off by somebody else since the plan: "+r.bound.people(idle))
	}
	if len(unsent) > 0 {
		failures.addAll(unsent, errors.New(end.Error())) // as text: an action that is done in part has failed
	}
	if len(failures.errs) > 0 {
		r.sendsInPart(a, c.added, c.removed)
		return remarks, failures.err(r.bound)
	}
	if !untouched {
		r.sends(a, c.added, c.removed)
		return remarks, nil
	}
	if len(idle) == 0 && len(turns) > 0 {
		remarks = append(remarks, "nothing was left to write: somebody else did it since the plan")
	}
	r.sendsNothing(a)
	return remarks, nil
}

// conclusion is how the parts of a group action stand when it ends.
type conclusion struct {
	added, removed []directory.UserID // whom writes of ours have put into the group, and taken out of it
	settled        map[directory.UserID]bool
	whole          bool // nobody is left to be written
}

// conclude ends the parts of a group action: what is open of them is not written any more with another group's, because nobody
// would be told of it.
func (r *run) conclude(a *plan.Action) conclusion {
	c := conclusion{settled: make(map[directory.UserID]bool), whole: true}
	place := r.place[a.ID]
	end := func(members []plan.Member, sent *[]directory.UserID) {
		for _, m := range members {
			id, known := r.bound.user(m.ID, m.User)
			s, p := r.shareOf(id, place)
			if !known || p == nil {
				c.whole = false
				continue
			}
			unlock := s.lock()
			p.closed = true
			if p.sent {
				*sent = append(*sent, id)
			}
			c.settled[id] = p.settled
			c.whole = c.whole && p.settled
			unlock()
		}
	}
	end(a.Members.Add, &c.added)
	end(a.Members.Remove, &c.removed)
	return c
}

// unlessSent returns false and why a group action is not carried out. But some of its people may stand already, written
// with actions of their own, and who reads the report, or takes the run back, must know of them: then the action has failed,
// or is done.
func (r *run) unlessSent(a *plan.Action, reason error) (sent bool, err error) {
	c := r.conclude(a)
	if len(c.added)+len(c.removed) == 0 {
		return false, reason
	}
	if c.whole {
		r.sends(a, c.added, c.removed)
		return true, nil
	}
	r.sendsInPart(a, c.added, c.removed)
	people := r.bound.people(slices.Concat(c.added, c.removed))
	return true, fmt.Errorf("%v; written by then, with actions of their own: %s", reason, people)
}

// endUnstarted ends an action that is not to be started, as status unless some of it stands already.
func (r *run) endUnstarted(i int, reason error, status Status) {
	a := &r.outcomes[i].Action
	if r.shares == nil || a.Kind != plan.UpdateGroup {
		r.end(i, nil, reason, status)
		return
	}
	sent, err := r.unlessSent(a, reason)
	if sent {
		status = statusOf(err)
		r.mu.Lock()
		r.outcomes[i].Started = r.in.Now()
		r.mu.Unlock()
	}
	r.end(i, nil, err, status)
}

// foreignRemarks tells what somebody else did to the groups of people since the plan, one remark a group, not one a person.
func (r *run) foreignRemarks(writes map[directory.UserID]written) []string {
	kept, gone := make(map[directory.GroupID][]directory.UserID), make(map[directory.GroupID][]directory.UserID)
	for id, w := range writes {
		for _, group := range w.kept {
			kept[group] = append(kept[group], id)
		}
		for _, group := range w.gone {
			gone[group] = append(gone[group], id)
		}
	}
	var remarks []string
	for _, group := range slices.Sorted(maps.Keys(kept)) {
		remarks = append(remarks, fmt.Sprintf("kept in %s, added by somebody else since the plan: %s", r.nameGroup(group), r.bound.people(kept[group])))
	}
	for _, group := range slices.Sorted(maps.Keys(gone)) {
		remarks = append(remarks, fmt.Sprintf("not restored in %s, removed by somebody else since the plan: %s", r.nameGroup(group), r.bound.people(gone[group])))
	}
	return remarks
}

// failures are the errors of people, those with the same words told once.
type failures struct {
	errs []error
	ids  [][]directory.UserID
}

func (f *failures) add(id directory.UserID, err error) {
	i := slices.IndexFunc(f.errs, func(other error) bool { return other.Error() == err.Error() })
	if i < 0 {
		f.addAll([]directory.UserID{id}, err)
		return
	}
	f.ids[i] = append(f.ids[i], id)
}

func (f *failures) addAll(ids []directory.UserID, err error) {
	f.errs, f.ids = append(f.errs, err), append(f.ids, ids)
}

// err returns all of them as one that wraps the first, or nil.
func (f *failures) err(b *binding) error {
	var all error
	for i, err := range f.errs {
		if all == nil {
			all = fmt.Errorf("%s: %w", b.people(f.ids[i]), err)
		} else {
			all = fmt.Errorf("%w; %s: %v", all, b.people(f.ids[i]), err)
		}
	}
	return all
}
