package conform

import (
	"fmt"
	"slices"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// ledger watches a simulator request by request and notes whatever a request of ours did that no plan asked for. It
// compares the instance itself, before and after, and not what was sent or answered:
//
//	request 1 ──> settle: what changed is ours ──> others edit ──> request 2 handled ──> settle ──> ...
//
// What must hold of each change that is ours:
//
//	a member is gone        a plan removes him, or somebody else added him after the group was last read, or he was
//	                        inactive and the tool does not have such members
//	a member is new         a plan adds him, or somebody else removed him after the group was last read, or he was
//	                        inactive: tools hide such members, so that it can't be told that somebody removed him
//	an account, a group     a plan creates it, or deletes the group; none is made twice
//	a field                 a plan sets it to this value
//
// and at any moment: our own account stays, and min_admins holds. A list of members is never sent without a read of that
// group since it was last sent.
type ledger struct {
	fault func(Request) Fault  // nil: nothing goes wrong
	edit  func(Request, Hands) // nil: nobody else is there
	plans []*plan.Plan

	simulation *Simulation
	want       *directory.Desired
	self       directory.User
	last       *directory.Live
	inactive   map[directory.UserID]bool // at some moment of the run
	// switchedOff are accounts that somebody else deactivated. Where groups hide them, they look like members whom
	// somebody else removed, and a list is sent without them: see Simulation.HidesInactive.
	switchedOff map[directory.UserID]bool
	born        map[directory.UserID]directory.EmailKey // who was created by us, under which address
	unseen      map[membership]bool                     // changed by somebody else since the group was last read; user 0: its name
	known       map[directory.GroupID]bool              // read since the group was last written
	requests    []Request
	edits       int // requests before which somebody else changed something
	quiet       bool

	lines []string // for whoever reads a failure
	wrong []string
}

type membership struct {
	group directory.GroupID
	user  directory.UserID
}

func newLedger(live *directory.Live, want *directory.Desired, s *Simulation) *ledger {
	l := &ledger{
		simulation: s, want: want, last: live, inactive: make(map[directory.UserID]bool),
		switchedOff: make(map[directory.UserID]bool),
		born:        make(map[directory.UserID]directory.EmailKey), unseen: make(map[membership]bool), known: make(map[directory.GroupID]bool),
	}
	l.self = usersByID(live)[live.Self]
	return l
}

// before is what the simulator calls.
func (l *ledger) before(r Request, hands Hands) Fault {
	now := hands.Live()
	l.settle(now)
	if l.edit != nil && !l.quiet {
		l.edit(r, hands)
		now = hands.Live()
		l.noteOthers(now)
	}
	l.requests = append(l.requests, r)
	var fault Fault
	if l.fault != nil {
		fault = l.fault(r)
	}
	l.log("%s %s", r.Name, fault.Name)
	switch {
	case r.Group == 0:
	case r.Write:
		if !l.known[r.Group] {
			l.complain("%s: the group was not read since its members were last sent", r.Name)
		}
		delete(l.known, r.Group)
	case fault.Name == "", fault.True:
		l.known[r.Group] = true
		for m := range l.unseen {
			if m.group == r.Group && !(l.simulation.HidesInactive && l.inactive[m.user]) {
				delete(l.unseen, m)
			}
		}
	}
	return fault
}

// FinalReadStarted implements apply.Observer: from here on nobody else edits, because a read takes more than one request
// and what changes behind its back can't be seen by anybody.
func (l *ledger) FinalReadStarted() { l.quiet = true }

// ActionStarted and ActionEnded implement apply.Observer.
func (l *ledger) ActionStarted(plan.Action) {}
func (l *ledger) ActionEnded(apply.Outcome) {}

// noteOthers takes what changed since the last settlement for somebody else's work.
func (l *ledger) noteOthers(now *directory.Live) {
	changed := len(now.Users) != len(l.last.Users) || len(now.Groups) != len(l.last.Groups)
	was := usersByID(l.last)
	for _, u := range now.Users {
		changed = changed || len(unlike(was[u.ID], u)) > 0
		if was[u.ID].Active && !u.Active {
			l.switchedOff[u.ID] = true
		}
	}
	groups := groupsByID(l.last)
	for _, g := range now.Groups {
		before := groups[g.ID]
		if before.Name != g.Name {
			l.unseen[membership{group: g.ID}] = true
			changed = true
		}
		for _, id := range slices.Concat(lacking(before.Members, g.Members), lacking(g.Members, before.Members)) {
			l.unseen[membership{g.ID, id}] = true
			changed = true
		}
	}
	if changed {
		l.edits++
		l.log("   somebody else: %s", difference(l.last, now))
	}
	l.last = now
	l.noteInactive(now)
}

func (l *ledger) noteInactive(now *directory.Live) {
	for _, u := range now.Users {
		if !u.Active {
			l.inactive[u.ID] = true
		}
	}
}

// settle holds everything that changed since the last settlement against the plans.
func (l *ledger) settle(now *directory.Live) {
	before := l.last
	l.last = now
	l.noteInactive(now)
	l.settleUsers(before, now)
	l.settleGroups(before, now)
	l.checkState(now)
}

func (l *ledger) settleUsers(before, now *directory.Live) {
	was, is := usersByID(before), usersByID(now)
	for _, u := range before.Users {
		if _, there := is[u.ID]; !there {
			l.complain("account %s is gone", u.Email)
		}
	}
	for _, u := range now.Users {
		old, there := was[u.ID]
		if !there {
			l.born[u.ID] = u.Email.Key()
			if !l.planned(func(a *plan.Action) bool {
				return a.Kind == plan.CreateUser && directory.Email(a.Subject).Key() == u.Email.Key()
			}) {
				l.complain("account %s was created, and no plan says so", u.Email)
			}
			continue
		}
		for field, value := range unlike(old, u) {
			if !l.planned(func(a *plan.Action) bool {
				change, sets := a.Field(field)
				return a.Kind.OnUser() && a.SubjectID == int64(u.ID) && sets && folded(field, change.New).Equal(value)
			}) {
				l.complain("%s of account %s became %q, and no plan says so", field, u.Email, value)
			}
		}
	}
}

func (l *ledger) settleGroups(before, now *directory.Live) {
	was, is, users := groupsByID(before), groupsByID(now), usersByID(now)
	for _, g := range before.Groups {
		if _, there := is[g.ID]; there {
			continue
		}
		if !l.planned(func(a *plan.Action) bool {
			// Who renamed it wants it kept.
			same := sameName(a.Subject, g.Name) || l.unseen[membership{group: g.ID}]
			return a.Kind == plan.DeleteGroup && a.SubjectID == int64(g.ID) && same
		}) {
			l.complain("group %s was deleted, and no plan says so", g.Name)
		}
		for _, id := range g.Members {
			l.checkLost(g, users[id])
		}
	}
	for _, g := range now.Groups {
		old, there := was[g.ID]
		switch {
		case !there:
			if !l.planned(func(a *plan.Action) bool { return a.Kind == plan.CreateGroup && sameName(a.Subject, g.Name) }) {
				l.complain("group %s was created, and no plan says so", g.Name)
			}
		case old.Name != g.Name && !l.unseen[membership{group: g.ID}]:
			if !l.planned(func(a *plan.Action) bool {
				_, renames := a.Field(plan.FieldName)
				return a.Kind == plan.UpdateGroup && a.SubjectID == int64(g.ID) && renames && sameName(a.Subject, g.Name)
			}) {
				l.complain("group %s was renamed to %s, and no plan says so", old.Name, g.Name)
			}
		}
		for _, id := range lacking(old.Members, g.Members) {
			l.checkLost(old, users[id])
		}
		for _, id := range lacking(g.Members, old.Members) {
			l.checkGained(g, users[id])
		}
	}
}

func (l *ledger) checkLost(g directory.Group, u directory.User) {
	s := l.simulation
	if l.unseen[membership{g.ID, u.ID}] || s.DropsInactive && l.inactive[u.ID] || s.HidesInactive && l.switchedOff[u.ID] {
		return
	}
	if !l.planned(func(a *plan.Action) bool {
		return !a.Kind.OnUser() && a.SubjectID == int64(g.ID) &&
			slices.ContainsFunc(a.Members.Remove, func(m plan.Member) bool { return m.ID == u.ID })
	}) {
		l.complain("member %s of %s is lost", u.Email, g.Name)
	}
	if u.Untouchable() {
		l.complain("member %s of %s is lost, whom nobody can list", u.Email, g.Name)
	}
	for i := range l.want.Groups {
		if w := &l.want.Groups[i]; w.Mode.Value == directory.AtLeast && sameName(string(w.Name), g.Name) {
			l.complain("member %s of %s is lost, and the roster never removes anybody there", u.Email, g.Name)
		}
	}
}

func (l *ledger) checkGained(g directory.Group, u directory.User) {
	if l.unseen[membership{g.ID, u.ID}] || l.inactive[u.ID] {
		return
	}
	if !l.planned(func(a *plan.Action) bool {
		about := a.SubjectID == int64(g.ID) || a.Kind == plan.CreateGroup && sameName(a.Subject, g.Name)
		return !a.Kind.OnUser() && about && slices.ContainsFunc(a.Members.Add, func(m plan.Member) bool {
			return m.ID == u.ID || m.ID == 0 && m.User.Key() == l.born[u.ID]
		})
	}) {
		l.complain("%s became a member of %s, and no plan says so", u.Email, g.Name)
	}
}

// checkState holds what must be true at every moment.
func (l *ledger) checkState(now *directory.Live) {
	admins := 0
	bearers := make(map[directory.EmailKey]int)
	for _, u := range now.Users {
		if u.Active && u.Admin {
			admins++
		}
		if bearers[u.Email.Key()]++; bearers[u.Email.Key()] == 2 {
			l.complain("two accounts bear the address %s", u.Email)
		}
		if u.ID == l.self.ID && (!u.Active || !u.Admin || u.Email != l.self.Email) {
			l.complain("our own account is locked out: %+v", u)
		}
	}
	if least := l.want.Guards.MinAdmins.Value; admins < least {
		l.complain("administrators: %d, fewer than min_admins, which is %d", admins, least)
	}
	names := make(map[directory.Name]int)
	for _, g := range now.Groups {
		if names[g.Name.Canonical()]++; names[g.Name.Canonical()] == 2 {
			l.complain("two groups bear the name %s", g.Name)
		}
	}
}

func (l *ledger) planned(is func(*plan.Action) bool) bool {
	return slices.ContainsFunc(l.plans, func(p *plan.Plan) bool { return slices.ContainsFunc(p.Actions(), is) })
}

// complain notes what is wrong, once: a wrong state is found again at each request.
func (l *ledger) complain(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(l.wrong, text) {
		l.wrong = append(l.wrong, text)
		l.log("   WRONG: %s", text)
	}
}

func (l *ledger) log(format string, args ...any) {
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}
