package apply

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// A plan says who joins and leaves at the group, on either side of the relation. Where a tool writes it on the user, the
// shares turn that round:
//
//	update_group "Mobile QA" + ana - gus ──┐
//	update_group "Web"       + ana         ├──> share of ana: + Mobile QA, + Web ──> in one write with her own action, or by
//	update_user  ana           name        ┘                                         whichever group action comes first
//	                                            share of gus: - Mobile QA        ──> when the turn of Mobile QA comes
//
// A group action is done when every part of it is in place. A write of a person's own action that was refused or lost does
// not settle the parts that stood in it: the group action tries once more, without the fields.

// shares are the parts that people have in the group actions of a plan. On the group's side of the relation there are none.
type shares struct {
	byID  map[directory.UserID]*share
	byKey map[directory.EmailKey]*share            // of people who are to be created
	basis map[directory.UserID][]directory.GroupID // the groups that the plan saw people in
}

// share is what one person's full set of groups has to gain and lose.
type share struct {
	held  chan struct{} // has a token while the person is read and written; it guards what changes in parts, and told
	parts []*part
	told  map[directory.GroupID]bool // somebody else's changes that a remark has told of
}

// part is one person's part in one group action.
type part struct {
	place   int // of the group action
	joins   bool
	sent    bool // a write of ours that may have taken effect has it
	settled bool // it is in place, or not to be written any more
	idle    bool // the latter: the account is inactive
	closed  bool // the group action has ended
}

// shareOut returns the shares of the group actions among outcomes, which are in plan order.
func shareOut(outcomes []Outcome, b *binding) *shares {
	s := &shares{
		byID: make(map[directory.UserID]*share), byKey: make(map[directory.EmailKey]*share),
		basis: make(map[directory.UserID][]directory.GroupID),
	}
	for id, g := range b.groups {
		for _, member := range g.Members {
			s.basis[member] = append(s.basis[member], id)
		}
	}
	add := func(m plan.Member, p part) {
		id, _ := b.user(m.ID, m.User)
		owner := s.of(id, m.User)
		switch {
		case owner != nil:
		case id != 0:
			owner = &share{held: make(chan struct{}, 1)}
			s.byID[id] = owner
		default:
			owner = &share{held: make(chan struct{}, 1)}
			s.byKey[m.User.Key()] = owner
		}
		owner.parts = append(owner.parts, &p)
	}
	for i := range outcomes {
		a := &outcomes[i].Action
		if a.Kind != plan.CreateGroup && a.Kind != plan.UpdateGroup || a.Members == nil {
			continue
		}
		for _, m := range a.Members.Add {
			add(m, part{place: i, joins: true})
		}
		for _, m := range a.Members.Remove {
			add(m, part{place: i})
		}
	}
	return s
}

// of returns the share of a person: of the account with that id, or of whoever is to be created with the address if id is 0.
// It returns nil for one who has none.
func (s *shares) of(id directory.UserID, email directory.Email) *share {
	switch {
	case s == nil:
		return nil
	case id != 0:
		return s.byID[id]
	}
	return s.byKey[email.Key()]
}

// lock holds a share until the returned function is called. A nil share is nothing to hold.
func (s *share) lock() (unlock func()) {
	if s == nil {
		return func() {}
	}
	s.held <- struct{}{}
	return func() { <-s.held }
}

// part returns the person's part in the action at place, nil for none.
func (s *share) part(place int) *part {
	if s == nil {
		return nil
	}
	i := slices.IndexFunc(s.parts, func(p *part) bool { return p.place == place })
	if i < 0 {
		return nil
	}
	return s.parts[i]
}

// tell remembers which of somebody else's changes a write of the person tells of.
func (s *share) tell(w written) {
	for _, group := range slices.Concat(w.kept, w.gone) {
		if s.told == nil {
			s.told = make(map[directory.GroupID]bool)
		}
		s.told[group] = true
	}
}

// shareOf returns the share of a person that has a part in the action at place, and that part: of his account, or of the
// person whom this run created.
func (r *run) shareOf(id directory.UserID, place int) (*share, *part) {
	s := r.shares.of(id, "")
	if p := s.part(place); p != nil {
		return s, p
	}
	if u, known := r.bound.account(id); known {
		s = r.shares.of(0, u.Email)
		return s, s.part(place)
	}
	return nil, nil
}

// due returns the parts of a share that may be written now, with a write of the given kind: "" is none of the person's own.
// A part of a group action that something stands against stays open. But who is created or comes back joins whatever needs
// him, and who is deactivated leaves in the same write: no group loses anybody by that who could use it.
func (r *run) due(s *share, with plan.Kind) []*part {
	if s == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var due []*part
	for _, p := range s.parts {
		a := &r.outcomes[p.place].Action
		free := p.joins && makesAccount(with) || !p.joins && with == plan.DeactivateUser
		if p.settled || p.closed || a.Kind == plan.CreateGroup && a.SubjectID == 0 || !free && r.hindrance(a) != "" {
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

// joined returns the groups that a person who is being created belongs to, sorted.
func (r *run) joined(parts []*part) []directory.GroupID {
	groups := []directory.GroupID{}
	for _, p := range parts {
		groups = append(groups, r.groupOf(p))
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// settle records parts that a write has sent and that was answered: those are done with that the answer shows to be in place.
func (r *run) settle(parts []*part, answered []directory.GroupID) {
	for _, p := range parts {
		p.sent = true
		p.settled = p.settled || slices.Contains(answered, r.groupOf(p)) == p.joins
	}
}

// unsettle records parts of a write that may have taken effect, which nobody knows.
func unsettle(parts []*part) {
	for _, p := range parts {
		p.sent = true
	}
}

// foundingMembers binds the members whom a group is created with. On the user's side these are the accounts that are there:
// whoever is to be created or comes back later in the run joins by his own write.
func (r *run) foundingMembers(a *plan.Action) (boundMembers, []string, error) {
	if r.shares == nil {
		return r.groupMembers(a)
	}
	m := boundMembers{add: []directory.UserID{}}
	for _, member := range a.Members.Add {
		id, known := r.bound.user(member.ID, member.User)
		if _, later := r.making[member.User.Key()]; known && !later {
			m.add = append(m.add, id)
		}
	}
	slices.Sort(m.add)
	m.add = slices.Compact(m.add)
	return m, nil, nil
}

// founded records the id of a group that this run created, and which of the members whom it was created with are in it.
func (r *run) founded(a *plan.Action, id directory.GroupID, members, answered []directory.UserID) {
	r.mu.Lock()
	a.SubjectID = int64(id)
	r.mu.Unlock()
	if r.shares == nil {
		return
	}
	place := r.place[a.ID]
	for _, member := range members {
		s, p := r.shareOf(member, place)
		if p == nil {
			continue
		}
		unlock := s.lock()
		p.sent, p.settled = true, slices.Contains(answered, member)
		unlock()
	}
}

// unmadeGroups returns a remark on the groups that a person can't join because this run was to create them and did not.
func (r *run) unmadeGroups(s *share) []string {
	if s == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for _, p := range s.parts {
		if a := &r.outcomes[p.place].Action; a.Kind == plan.CreateGroup && a.SubjectID == 0 {
			names = append(names, fmt.Sprintf("%q", a.Subject))
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{"not put into groups that were not created: " + enumerate(names)}
}
