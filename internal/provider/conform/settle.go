package conform

import (
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// settle holds everything that changed since the last settlement against the plans.
func (l *ledger) settle(now *directory.Live) {
	before := l.last
	l.last = now
	l.noteInactive(now)
	l.settleUsers(before, now)
	l.settleGroups(before, now)
	if joinsProjects(l.can) {
		l.settleProjects(before, now)
	}
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
			if !l.repeated(detail{u.ID, field}, value) && !l.planned(func(a *plan.Action) bool {
				return a.Kind.OnUser() && a.SubjectID == int64(u.ID) && sets(a, field, value)
			}) {
				l.complain("%s of account %s became %q, and no plan says so", field, u.Email, value)
			}
		}
		if old.Pending != u.Pending && !l.planned(func(a *plan.Action) bool {
			return (a.Kind == plan.DeactivateUser || a.Kind == plan.ReactivateUser) && a.SubjectID == int64(u.ID)
		}) {
			l.complain("account %s was invited: %t, now %t, and no plan says so", u.Email, old.Pending, u.Pending)
		}
	}
}

// repeated reports whether a write that repeats the whole account brought back what somebody else changed after the account
// was last read. Nobody can prevent that where a tool takes no less.
func (l *ledger) repeated(d detail, value plan.Value) bool {
	before, changed := l.overwritten[d]
	return l.can.Membership == plan.OnUser && changed && before.Equal(value)
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
			l.founded[g.ID] = g.Name
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
	if l.unseen[membership{group: g.ID, user: u.ID}] || s.DropsInactive && l.inactive[u.ID] || s.HidesInactive && l.switchedOff[u.ID] {
		return
	}
	if !l.planned(func(a *plan.Action) bool {
		return a.Kind.OnGroup() && a.SubjectID == int64(g.ID) && l.names(a.Members.Remove, u)
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
	if l.unseen[membership{group: g.ID, user: u.ID}] || l.inactive[u.ID] {
		return
	}
	if !l.planned(func(a *plan.Action) bool {
		founded, ours := l.founded[g.ID]
		about := a.SubjectID == int64(g.ID) || a.Kind == plan.CreateGroup && ours && sameName(a.Subject, founded)
		return a.Kind.OnGroup() && about && l.names(a.Members.Add, u)
	}) {
		l.complain("%s became a member of %s, and no plan says so", u.Email, g.Name)
	}
}

// settleProjects looks at who is in which project. What the tool does of its own it does together with an account that
// leaves, comes or joins a group; a request of ours about the project changes nothing else.
func (l *ledger) settleProjects(before, now *directory.Live) {
	was := usersByID(before)
	joined := make(map[directory.UserID]bool)
	old := groupsByID(before)
	for _, g := range now.Groups {
		for _, id := range lacking(g.Members, old[g.ID].Members) {
			joined[id] = true
		}
	}
	for _, u := range now.Users {
		then, there := was[u.ID]
		left, came := there && !u.Active && (then.Active || then.Pending), !there || u.Active && !then.Active
		for _, p := range now.Projects {
			about := membership{project: p.ID, user: u.ID}
			switch in, isIn := slices.Contains(then.Projects, p.ID), slices.Contains(u.Projects, p.ID); {
			case in == isIn || l.unseen[about]:
			case in && !left:
				if !l.inProject(plan.RemoveFromProject, p, u) {
					l.complain("member %s of project %s is lost", u.Email, p.Name)
				}
				if p.Sample || u.Untouchable() {
					l.complain("member %s of project %s is lost, who may not be removed there", u.Email, p.Name)
				}
			case isIn && !came && !joined[u.ID]:
				if !l.inProject(plan.AddToProject, p, u) {
					l.complain("%s became a member of project %s, and no plan says so", u.Email, p.Name)
				}
			}
		}
	}
}

// inProject reports whether a plan adds somebody to a project, or removes him from it.
func (l *ledger) inProject(kind plan.Kind, p directory.Project, u directory.User) bool {
	return l.planned(func(a *plan.Action) bool {
		return a.Kind == kind && a.SubjectID == int64(p.ID) && (l.names(a.Members.Add, u) || l.names(a.Members.Remove, u))
	})
}

// names reports whether a list of members has an account, by id or as one that was created under that address.
func (l *ledger) names(members []plan.Member, u directory.User) bool {
	return slices.ContainsFunc(members, func(m plan.Member) bool {
		return m.ID == u.ID || m.ID == 0 && m.User.Key() == l.born[u.ID]
	})
}
