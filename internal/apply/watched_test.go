package apply_test

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// watched is the instance of a world, which notes what its writes destroy.
type watched struct {
	*memory
	w *world
}

func (x watched) UpdateGroup(ctx context.Context, id directory.GroupID, name directory.Name, members []directory.UserID) (directory.Group, error) {
	kept := slices.Clone(members)
	for _, a := range x.w.plan.Actions() {
		if a.Kind == plan.UpdateGroup && a.SubjectID == int64(id) {
			for _, m := range a.Members.Remove {
				kept = append(kept, m.ID)
			}
		}
	}
	before := len(x.w.leftOut)
	x.noteLost(id, kept)
	answer, err := x.memory.UpdateGroup(ctx, id, name, members)
	if without := (callError{}); errors.As(err, &without) && !without.unclear { // effect
		x.w.leftOut = x.w.leftOut[:before]
	}
	return answer, err
}

func (x watched) DeleteGroup(ctx context.Context, id directory.GroupID) error {
	x.noteLost(id, x.basis(id))
	return x.memory.DeleteGroup(ctx, id)
}

// noteLost notes the members of a group that are not in kept. Whom the group hides and the plan did not see there can't
// be seen by anybody, and is not counted.
func (x watched) noteLost(id directory.GroupID, kept []directory.UserID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	i := x.groupAt(id)
	if i < 0 {
		return
	}
	shown, basis := x.shown(x.groups[i]).Members, x.basis(id)
	for _, member := range x.groups[i].Members {
		if slices.Contains(kept, member) || !slices.Contains(shown, member) && !slices.Contains(basis, member) {
			continue
		}
		if at := slices.IndexFunc(x.users, func(u directory.User) bool { return u.ID == member }); at >= 0 && !x.users[at].Active {
			x.w.leftOut = append(x.w.leftOut, id)
			continue
		}
		x.w.lost = append(x.w.lost, fmt.Sprintf("%d from %s", member, x.groups[i].Name))
	}
}

// basis are the members that the plan saw in a group.
func (x watched) basis(id directory.GroupID) []directory.UserID {
	for _, g := range x.w.in.Live.Groups {
		if g.ID == id {
			return g.Members
		}
	}
	return nil
}

// CreateUser makes a second account with the same address, as a tool that does not check would.
func (x watched) CreateUser(ctx context.Context, c directory.UserChange) (directory.User, error) {
	x.w.noteTwin(c)
	return x.memory.CreateUser(ctx, c)
}

func (w *world) noteTwin(c directory.UserChange) {
	for _, u := range w.live().Users {
		if u.Email.Key() == c.Email.Key() {
			w.twins = append(w.twins, string(u.Email))
		}
	}
}

// watchedOnUser is the instance of a world on the user's side, which notes what its writes do beyond the plan.
type watchedOnUser struct {
	*onUser
	w *world
}

func (x watchedOnUser) CreateAccount(ctx context.Context, c directory.UserChange) (directory.Account, error) {
	x.w.noteTwin(c)
	x.noteMoves(*c.Email, nil, *c.Groups, true)
	answer, err := x.onUser.CreateAccount(ctx, c)
	x.noteSent(*c.Email, nil, *c.Groups, err, err != nil)
	return answer, err
}

func (x watchedOnUser) UpdateAccount(ctx context.Context, now directory.Account, c directory.UserChange) (directory.Account, error) {
	set, active := now.Groups, now.Active
	if c.Groups != nil {
		set = *c.Groups
	}
	if c.Active != nil {
		active = *c.Active
	}
	is := x.groupsOf(now.ID)
	x.noteMoves(now.Email, is, set, active)
	answer, err := x.onUser.UpdateAccount(ctx, now, c)
	x.noteSent(now.Email, is, set, err, false)
	return answer, err
}

// move is somebody who joins or leaves a group.
type move struct {
	who   directory.EmailKey
	group directory.GroupID
	joins bool
}

// noteSent notes the moves of a write unless it is known to be without effect. Of a doubtful one a report may say either.
func (x watchedOnUser) noteSent(email directory.Email, is, set []directory.GroupID, err error, doubtful bool) {
	if clear := (callError{}); errors.As(err, &clear) && !clear.unclear {
		return
	}
	note := func(m move) { x.w.sent[m] = x.w.sent[m] || !doubtful }
	for _, group := range is {
		if !slices.Contains(set, group) {
			note(move{email.Key(), group, false})
		}
	}
	for _, group := range set {
		if !slices.Contains(is, group) {
			note(move{email.Key(), group, true})
		}
	}
}

// unlike returns what a report says of the members of groups that is not what was sent: more, or less.
func (w *world) unlike(report *apply.Report) []string {
	var wrong []string
	for _, o := range report.Outcomes {
		if o.Kind != plan.UpdateGroup {
			continue
		}
		claimed := &plan.MemberChange{}
		switch {
		case o.Started.IsZero() || o.Unwritten:
		case o.Written != nil:
			claimed = o.Written
		default:
			claimed = o.Members
		}
		check := func(all, claimed []plan.Member, joins bool) {
			for _, m := range all {
				sure, sent := w.sent[move{m.User.Key(), directory.GroupID(o.SubjectID), joins}]
				says := slices.ContainsFunc(claimed, func(c plan.Member) bool { return c.User == m.User })
				if says && !sent || sure && !says {
					wrong = append(wrong, fmt.Sprintf("%s, which is %s, says %t of %s, sent %t", o.ID, o.Status, says, m.User, sent))
				}
			}
		}
		check(o.Members.Add, claimed.Add, true)
		check(o.Members.Remove, claimed.Remove, false)
	}
	return wrong
}

// noteMoves notes the groups that a set gives or takes and the plan does not.
func (x watchedOnUser) noteMoves(email directory.Email, is, set []directory.GroupID, active bool) {
	for _, group := range is {
		if !slices.Contains(set, group) && !x.planned(plan.UpdateGroup, int64(group), email, false) {
			x.w.lost = append(x.w.lost, fmt.Sprintf("%s from %d", email, group))
		}
	}
	for _, group := range set {
		seen := slices.ContainsFunc(x.w.in.Live.Groups, func(g directory.Group) bool { return g.ID == group })
		switch {
		case slices.Contains(is, group):
		case !active:
			x.w.wrong = append(x.w.wrong, fmt.Sprintf("%s joins %d and is inactive", email, group))
		case seen && !x.planned(plan.UpdateGroup, int64(group), email, true):
			x.w.wrong = append(x.w.wrong, fmt.Sprintf("%s joins %d", email, group))
		}
	}
}

// planned reports whether the plan puts somebody into a group or project that it saw, or takes him out of it.
func (x watchedOnUser) planned(kind plan.Kind, id int64, email directory.Email, joins bool) bool {
	return slices.ContainsFunc(x.w.plan.Actions(), func(a *plan.Action) bool {
		if a.Kind != kind || a.SubjectID != id {
			return false
		}
		list := a.Members.Remove
		if joins {
			list = a.Members.Add
		}
		return slices.ContainsFunc(list, func(m plan.Member) bool { return m.User.Key() == email.Key() })
	})
}

func (x watchedOnUser) AddToProject(ctx context.Context, id directory.ProjectID, profile directory.ProfileID, users []directory.UserID) error {
	for _, user := range users {
		if slices.Contains(x.members[id], user) {
			x.w.wrong = append(x.w.wrong, fmt.Sprintf("%d gets another profile in project %d", user, id))
		}
		x.noteMove(plan.AddToProject, id, user, true)
	}
	return x.onUser.AddToProject(ctx, id, profile, users)
}

func (x watchedOnUser) RemoveFromProject(ctx context.Context, id directory.ProjectID, users []directory.UserID) error {
	for _, user := range users {
		x.noteMove(plan.RemoveFromProject, id, user, false)
	}
	return x.onUser.RemoveFromProject(ctx, id, users)
}

func (x watchedOnUser) noteMove(kind plan.Kind, id directory.ProjectID, user directory.UserID, joins bool) {
	at := slices.IndexFunc(x.users, func(u directory.User) bool { return u.ID == user })
	if !x.planned(kind, int64(id), x.users[at].Email, joins) {
		x.w.wrong = append(x.w.wrong, fmt.Sprintf("%s of %d in project %d", kind, user, id))
	}
}
