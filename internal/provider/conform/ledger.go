package conform

import (
	"fmt"
	"maps"
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
//	a field                 a plan sets it to this value, or the tool's writes repeat the whole account, and it is what
//	                        it was before somebody else changed it after the account was last read
//	a project               a plan puts somebody in or takes him out, or somebody else did the opposite after it was last
//	                        read, or the tool did it, with an account that left, came or joined a group in the same request
//
// and at any moment: our own account stays, and min_admins holds. A list of members is never sent without a read of that
// group since it was last sent, nor the groups of an account or members of a project without a read of those.
type ledger struct {
	fault func(Request) Fault  // nil: nothing goes wrong
	edit  func(Request, Hands) // nil: nobody else is there
	plans []*plan.Plan

	simulation *Simulation
	can        plan.Caps
	want       *directory.Desired
	self       directory.User
	last       *directory.Live
	inactive   map[directory.UserID]bool // at some moment of the run
	// switchedOff are accounts that somebody else deactivated. Where groups hide them, they look like members whom
	// somebody else removed, and a list is sent without them: see Simulation.HidesInactive.
	switchedOff map[directory.UserID]bool
	born        map[directory.UserID]directory.EmailKey // who was created by us, under which address
	founded     map[directory.GroupID]directory.Name    // what was created by us, under which name
	unseen      map[membership]bool                     // changed by somebody else since it was last read; user 0: the group's name
	overwritten map[detail]plan.Value                   // what it was before somebody else changed it since the account was last read
	known       map[About]bool                          // read since it was last written
	shown       map[membership]bool                     // of projects, when each was last read
	named       map[membership]bool                     // written to a project since that was last read
	requests    []Request
	edits       int // requests before which somebody else changed something
	quiet       bool
	blinded     bool // in this run, by a fault that hides what nothing else shows

	lines []string // for whoever reads a failure
	wrong []string
}

// membership is one of a user in a group or in a project.
type membership struct {
	group   directory.GroupID
	project directory.ProjectID
	user    directory.UserID
}

// of reports whether a request about that shows the membership.
func (m membership) of(a About) bool {
	switch {
	case m.project != 0:
		return m.project == a.Project
	case a.User != 0:
		return m.user == a.User
	}
	return m.group == a.Group
}

// detail is a field of an account.
type detail struct {
	user  directory.UserID
	field plan.Field
}

func newLedger(live *directory.Live, want *directory.Desired, s *Simulation, can plan.Caps) *ledger {
	l := &ledger{
		simulation: s, can: can, want: want, last: live, inactive: make(map[directory.UserID]bool),
		switchedOff: make(map[directory.UserID]bool),
		born:        make(map[directory.UserID]directory.EmailKey), founded: make(map[directory.GroupID]directory.Name), unseen: make(map[membership]bool),
		overwritten: make(map[detail]plan.Value), known: make(map[About]bool), shown: make(map[membership]bool), named: make(map[membership]bool),
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
		l.blinded = l.blinded || l.simulation.blind(r, fault)
	}
	l.log("%s %s", r.Name, fault.Name)
	switch answered := fault.Name == "" || fault.True; {
	case r.About == About{}:
	case r.Write:
		l.checkRead(r)
	case answered:
		l.sees(r.About)
		maps.DeleteFunc(l.overwritten, func(d detail, _ plan.Value) bool { return d.user == r.User })
	}
	return fault
}

// checkRead holds a write against the last reading of what it is about. Writes to a project say who joins or leaves, and
// not who is a member: several may rest on one reading, as long as they name others, and nobody who was so already, since
// whoever joins again may get another profile.
func (l *ledger) checkRead(r Request) {
	if !l.known[r.About] {
		l.complain("%s: what it is about was not read since it was last sent", r.Name)
	}
	for _, id := range r.Names {
		m := membership{project: r.Project, user: id}
		if l.named[m] || l.shown[m] == r.Joins {
			l.complain("%s: it names user %d, who was sent since it was last read, or was so already", r.Name, id)
		}
		l.named[m] = true
	}
	if len(r.Names) == 0 {
		delete(l.known, r.About)
	}
}

// sees notes that the memberships of something were read.
func (l *ledger) sees(a About) {
	l.known[a] = true
	if a.Project != 0 {
		for _, u := range l.last.Users {
			l.shown[membership{project: a.Project, user: u.ID}] = slices.Contains(u.Projects, a.Project)
		}
	}
	maps.DeleteFunc(l.named, func(m membership, _ bool) bool { return m.of(a) })
	maps.DeleteFunc(l.unseen, func(m membership, _ bool) bool {
		return m.of(a) && !(l.simulation.HidesInactive && l.inactive[m.user])
	})
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
	note := func(m membership) {
		l.unseen[m] = true
		changed = true
	}
	was := usersByID(l.last)
	for _, u := range now.Users {
		old, there := was[u.ID]
		if !there {
			continue
		}
		for field := range unlike(old, u) {
			changed = true
			if _, before := l.overwritten[detail{u.ID, field}]; !before {
				l.overwritten[detail{u.ID, field}] = unlike(u, old)[field]
			}
		}
		if old.Active && !u.Active {
			l.switchedOff[u.ID] = true
		}
		for _, id := range slices.Concat(lacking(old.Projects, u.Projects), lacking(u.Projects, old.Projects)) {
			note(membership{project: id, user: u.ID})
		}
	}
	groups := groupsByID(l.last)
	for _, g := range now.Groups {
		before := groups[g.ID]
		if before.Name != g.Name {
			note(membership{group: g.ID})
		}
		for _, id := range slices.Concat(lacking(before.Members, g.Members), lacking(g.Members, before.Members)) {
			note(membership{group: g.ID, user: id})
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
