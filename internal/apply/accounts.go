package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// This file writes memberships for tools whose relation is written on the user: the full set of his groups, in one write
// with his fields. A plan says who joins and leaves at the group; the shares turn that round:
//
//	update_group "Mobile QA" + ana - gus ──┐
//	update_group "Web"       + ana         ├──> share of ana: + Mobile QA, + Web ──> in one write with her own action, or by
//	update_user  ana           name        ┘                                         whichever group action comes first
//	                                            share of gus: - Mobile QA        ──> when the turn of Mobile QA comes
//
// A group action is done when every part of it is in place. A write of a person's own action that was refused or lost does
// not settle the parts that stood in it: the group action tries once more, without the fields.

// shares are the parts that people have in the group actions of a plan. On the group's side there are none.
type shares struct {
	byID  map[directory.UserID]*share
	byKey map[directory.EmailKey]*share // of people who are to be created
	lanes chan struct{}                 // one for each person who is written for a group action at the same time
}

// share is what one person's full set of groups has to gain and lose.
type share struct {
	mu    sync.Mutex // held while the person is read and written
	parts []part
}

// part is one person's part in one group action.
type part struct {
	place   int // of the group action
	joins   bool
	settled bool // it is in place
	written bool // by a write of ours
}

// shareOut returns the shares of the group actions among outcomes, which are in plan order.
func shareOut(outcomes []Outcome, concurrency int) *shares {
	s := &shares{byID: make(map[directory.UserID]*share), byKey: make(map[directory.EmailKey]*share), lanes: make(chan struct{}, concurrency)}
	for i := range outcomes {
		a := &outcomes[i].Action
		if !a.Kind.OnGroup() || a.Kind == plan.DeleteGroup || a.Members == nil {
			continue
		}
		for _, m := range a.Members.Add {
			s.of(m.ID, m.User, true).add(part{place: i, joins: true})
		}
		for _, m := range a.Members.Remove {
			s.of(m.ID, m.User, true).add(part{place: i})
		}
	}
	return s
}

// of returns the share of a person, nil for one who has none unless it is to be made.
func (s *shares) of(id directory.UserID, email directory.Email, make bool) *share {
	if id != 0 {
		if s.byID[id] == nil && make {
			s.byID[id] = &share{}
		}
		return s.byID[id]
	}
	if s.byKey[email.Key()] == nil && make {
		s.byKey[email.Key()] = &share{}
	}
	return s.byKey[email.Key()]
}

func (s *share) add(p part) { s.parts = append(s.parts, p) }

// due returns the parts of a share that may be written now. A part of a group action that something stands against stays
// open; who is being created joins whatever needs him.
func (r *run) due(s *share, creates bool) []*part {
	if s == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var due []*part
	for i := range s.parts {
		p := &s.parts[i]
		a := &r.outcomes[p.place].Action
		if p.settled || a.Kind == plan.CreateGroup && a.SubjectID == 0 || !creates && r.hindrance(a) != "" {
			continue
		}
		due = append(due, p)
	}
	return due
}

// groupOf returns the group of a part: its id is known from the plan, or from the run that has just created it.
func (r *run) groupOf(p *part) directory.GroupID {
	r.mu.Lock()
	defer r.mu.Unlock()
	return directory.GroupID(r.outcomes[p.place].SubjectID)
}

// joined returns the groups that a person who is being created belongs to.
func (r *run) joined(parts []*part) []directory.GroupID {
	groups := []directory.GroupID{}
	for _, p := range parts {
		groups = append(groups, r.groupOf(p))
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

func settle(parts []*part, written bool) {
	for _, p := range parts {
		p.settled, p.written = true, p.written || written
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
	remarks, err := r.writeAccount(calls, id, r.shares.of(id, "", false), change)
	if isUnclear(err) && change.Active != nil && !*change.Active {
		if before, seen := r.bound.account(id); seen {
			before.Active = false // he may be by now
			r.bound.learn(before)
		}
	}
	return remarks, err
}

// writeAccount reads an account again, merges the parts that are due into its groups, and writes it, once more as long as
// that may help: see rewrite.
func (r *run) writeAccount(calls context.Context, id directory.UserID, s *share, change directory.UserChange) ([]string, error) {
	if s != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	return r.rewrite(func(doubt error) ([]string, error) {
		due := r.due(s, false)
		if len(due) == 0 && change == (directory.UserChange{}) {
			return nil, nil
		}
		return r.writeOnce(calls, id, due, change, doubt)
	})
}

func (r *run) writeOnce(calls context.Context, id directory.UserID, due []*part, change directory.UserChange, doubt error) ([]string, error) {
	now, err := r.accounts.ReadAccount(calls, id)
	if err != nil {
		return nil, fmt.Errorf("read before the write: %w", err)
	}
	if now.ID != id {
		return nil, fmt.Errorf("read before the write: answer is about user id %d, not %d", now.ID, id)
	}
	var remarks []string
	list, moves := r.mergeGroups(now.Groups, due)
	if len(due) > 0 {
		remarks = r.othersGroups(id, now.Groups, due)
	}
	if moves {
		change.Groups = &list
	}
	if change == (directory.UserChange{}) {
		settle(due, doubt != nil) // they are in place already: a write of ours that was not answered, or somebody else
		return remarks, nil
	}
	if err := r.beforeWrite(); err != nil {
		return nil, err
	}
	answer, err := r.accounts.UpdateAccount(calls, now, change)
	if err != nil {
		return remarks, inDoubt(err)
	}
	if answer.ID != id {
		return remarks, fmt.Errorf("answer is about user id %d, not %d", answer.ID, id)
	}
	before, seen := r.bound.account(id)
	r.bound.learn(answer.User)
	sent, answered := r.bound.sent(change), r.bound.has(answer.User, r.in.Caps.Reported)
	if seen {
		remarks = append(remarks, moved(sent, r.bound.has(before, r.in.Caps.Reported), answered)...)
	}
	phrases := unmet(sent, answered)
	if moves {
		unlike := r.unlikeGroups(list, answer.Groups)
		phrases = append(phrases, unlike...)
		moves = len(unlike) == 0
	}
	if moves || change.Groups == nil {
		settle(due, moves)
	}
	return remarks, differs(phrases)
}

// mergeGroups applies what is due to the groups that a person is in now, and reports whether that changes them. Somebody
// else's additions and removals since the plan stay as they are.
func (r *run) mergeGroups(now []directory.GroupID, due []*part) (list []directory.GroupID, moves bool) {
	list = append(list, now...)
	for _, p := range due {
		group := r.groupOf(p)
		switch in := slices.Contains(list, group); {
		case p.joins && !in:
			list, moves = append(list, group), true
		case !p.joins && in:
			list, moves = slices.DeleteFunc(list, func(id directory.GroupID) bool { return id == group }), true
		}
	}
	slices.Sort(list)
	return list, moves
}

// othersGroups returns remarks on the groups that somebody else put a person into, or took him out of, since the plan.
func (r *run) othersGroups(id directory.UserID, now []directory.GroupID, due []*part) []string {
	var kept, gone []string
	ours := make(map[directory.GroupID]bool)
	for _, p := range due {
		ours[r.groupOf(p)] = true
	}
	for _, group := range now {
		if g, known := r.bound.groups[group]; !ours[group] && known && !slices.Contains(g.Members, id) && !r.joins(id, group) {
			kept = append(kept, fmt.Sprintf("%q", g.Name))
		}
	}
	for group, g := range r.bound.groups {
		if !ours[group] && slices.Contains(g.Members, id) && !slices.Contains(now, group) && !r.leaves(id, group) {
			gone = append(gone, fmt.Sprintf("%q", g.Name))
		}
	}
	var remarks []string
	if len(kept) > 0 {
		remarks = append(remarks, r.bound.people([]directory.UserID{id})+" is kept in what somebody else added since the plan: "+enumerate(kept))
	}
	if len(gone) > 0 {
		remarks = append(remarks, r.bound.people([]directory.UserID{id})+" is not put back into what somebody else took away since the plan: "+enumerate(gone))
	}
	return remarks
}

// joins and leaves report whether this run puts a person into a group, or takes him out of it, in whichever write.
func (r *run) joins(id directory.UserID, group directory.GroupID) bool {
	return r.moves(id, group, true)
}
func (r *run) leaves(id directory.UserID, group directory.GroupID) bool {
	return r.moves(id, group, false)
}

func (r *run) moves(id directory.UserID, group directory.GroupID, joins bool) bool {
	s := r.shares.of(id, "", false)
	return s != nil && slices.ContainsFunc(s.parts, func(p part) bool { return p.joins == joins && r.groupOf(&p) == group })
}

// unlikeGroups compares the groups of an answer with those that were sent, one phrase a difference.
func (r *run) unlikeGroups(sent, answered []directory.GroupID) []string {
	var phrases []string
	if missing := lacks(sent, answered); len(missing) > 0 {
		phrases = append(phrases, "groups are missing: "+r.groupNames(missing))
	}
	if extra := lacks(answered, sent); len(extra) > 0 {
		phrases = append(phrases, "groups were not sent: "+r.groupNames(extra))
	}
	return phrases
}

// lacks returns the groups of a list that another does not have.
func lacks(list, other []directory.GroupID) []directory.GroupID {
	return slices.DeleteFunc(slices.Clone(list), func(id directory.GroupID) bool { return slices.Contains(other, id) })
}

// groupNames names groups for a reader, sorted; one that the plan did not see by its id.
func (r *run) groupNames(ids []directory.GroupID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = fmt.Sprintf("group id %d", id)
		if g, known := r.bound.groups[id]; known {
			names[i] = string(g.Name)
		}
	}
	return enumerate(names)
}

// unmadeGroups names the groups of a share that this run was to create and did not.
func (r *run) unmadeGroups(s *share) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for i := range s.parts {
		if a := &r.outcomes[s.parts[i].place].Action; a.Kind == plan.CreateGroup && a.SubjectID == 0 {
			names = append(names, a.Subject)
		}
	}
	return enumerate(names)
}

// foundingMembers binds the members whom a group is created with. On the user's side these are the accounts that are there:
// whoever is to be created or comes back later in the run joins by his own write.
func (r *run) foundingMembers(a *plan.Action) (boundMembers, []string, error) {
	if r.shares == nil {
		return r.groupMembers(a)
	}
	m := boundMembers{add: []directory.UserID{}}
	for _, member := range a.Members.Add {
		if _, later := r.making[member.User.Key()]; !later && member.ID != 0 {
			m.add = append(m.add, member.ID)
		}
	}
	slices.Sort(m.add)
	return m, nil, nil
}

// settleMembers records that the members whom a group was created with are in it.
func (r *run) settleMembers(a *plan.Action, members []directory.UserID, err error) {
	if r.shares == nil || err != nil {
		return
	}
	place := r.place[a.ID]
	for _, id := range members {
		s := r.shares.of(id, "", false)
		s.mu.Lock()
		for i := range s.parts {
			if s.parts[i].place == place {
				settle([]*part{&s.parts[i]}, true)
			}
		}
		s.mu.Unlock()
	}
}

// setShares writes what is still open of a group's members, one person after the other or several at a time. Of those who
// were written with their own action nothing is open any more.
func (r *run) setShares(calls context.Context, a *plan.Action) ([]string, error) {
	members, missing, err := r.groupMembers(a)
	if err != nil {
		return nil, err
	}
	place := r.place[a.ID]
	people := slices.Concat(members.add, members.remove)
	results := make([]written, len(people))
	var workers sync.WaitGroup
	for i, id := range people {
		select {
		case r.shares.lanes <- struct{}{}:
		case <-r.stop:
			results[i] = written{err: &unsentError{r.ended()}}
			continue
		}
		workers.Go(func() {
			defer func() { <-r.shares.lanes }()
			results[i] = r.setShare(calls, id, place)
		})
	}
	workers.Wait()
	return r.settleGroup(a, members, missing, results)
}

// written is what became of one person's part in a group action.
type written struct {
	id      directory.UserID
	ours    bool // it is in place by a write of ours
	remarks []string
	err     error
}

// setShare writes one person's full set of groups, unless his part in the group action is in place already.
func (r *run) setShare(calls context.Context, id directory.UserID, place int) written {
	w := written{id: id}
	s := r.shareOf(id, place)
	if s == nil {
		w.err = fmt.Errorf("account %s is not known to join or leave the group", r.bound.people([]directory.UserID{id}))
		return w
	}
	if p := s.part(place); !p.settled {
		w.remarks, w.err = r.writeAccount(calls, id, s, directory.UserChange{})
	}
	p := s.part(place)
	w.ours = p.written
	if w.err == nil && !p.settled {
		w.err = errors.New("was left as it is")
	}
	return w
}

// shareOf returns the share of a person that has a part in the action at place: that of his account, or that of the person
// whom this run created.
func (r *run) shareOf(id directory.UserID, place int) *share {
	if s := r.shares.of(id, "", false); s != nil && s.has(place) {
		return s
	}
	if u, known := r.bound.account(id); known {
		if s := r.shares.of(0, u.Email, false); s != nil && s.has(place) {
			return s
		}
	}
	return nil
}

func (s *share) has(place int) bool {
	return slices.ContainsFunc(s.parts, func(p part) bool { return p.place == place })
}

// part returns the person's part in the action at place as it is now.
func (s *share) part(place int) part {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.parts[slices.IndexFunc(s.parts, func(p part) bool { return p.place == place })]
}

// settleGroup records what was written of a group action and returns what became of it: the first failure with how many
// more there were, since each person is a write of his own.
func (r *run) settleGroup(a *plan.Action, members boundMembers, remarks []string, results []written) ([]string, error) {
	var added, removed []directory.UserID
	var failed []string
	var first error
	unsent := 0
	for _, w := range results {
		remarks = append(remarks, w.remarks...)
		switch {
		case w.err == nil && w.ours && slices.Contains(members.add, w.id):
			added = append(added, w.id)
		case w.err == nil && w.ours:
			removed = append(removed, w.id)
		case w.err == nil:
		case statusOf(w.err) == NotRun:
			unsent++
			first = firstOf(first, w.err)
		default:
			failed = append(failed, r.bound.people([]directory.UserID{w.id}))
			if len(failed) == 1 {
				first = w.err
			}
		}
	}
	slices.Sort(remarks)
	remarks = slices.Compact(remarks)
	sent := len(added) + len(removed)
	switch {
	case sent > 0 || len(failed) > 0:
		r.sends(a, added, removed)
	case first == nil:
		r.sendsNothing(a)
		if len(results) > 0 {
			remarks = append(remarks, "nothing was left to write: somebody else did it since the plan")
		}
	}
	switch {
	case len(failed) > 0:
		return remarks, fmt.Errorf("%s: %w", strings.Join(failed, ", "), first)
	case unsent > 0 && sent > 0:
		return remarks, fmt.Errorf("the run ended before %d of its %d members were written: %v", unsent, len(results), first)
	}
	return remarks, first
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
