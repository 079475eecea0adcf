package apply

import (
	"context"
	"fmt"
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// The two values of Remaining.By.
const (
	ByOurs   = "ours"
	ByOthers = "others"
)

// ExitCode returns the exit code of a run's result: a function of the outcomes alone, whatever the format.
func ExitCode(result Result) int {
	switch result {
	case Converged:
		return 0
	case Refused:
		return 3
	case Stale:
		return 4
	case Interrupted:
		return 130
	}
	return 5
}

// resultOf returns the result of a run that was neither refused nor ended early, from the outcomes of its plan.
func resultOf(outcomes []Outcome, report *Report) Result {
	if report.FinalRead == FinalReadFailed || len(report.Remaining) > 0 {
		return NotConverged
	}
	for i := range outcomes {
		if outcomes[i].Status != Done {
			return NotConverged
		}
	}
	return Converged
}

// finalRead reads live once more and plans again: what is still to do is what remains.
func (r *run) finalRead(ctx context.Context, report *Report) {
	r.in.Observer.FinalReadStarted()
	report.FinalRead = FinalReadFailed
	live, err := r.in.Target.Read(ctx, directory.Extent{})
	if err != nil {
		report.FinalReadError = fmt.Sprintf("final read: %v", err)
		return
	}
	left, err := r.in.Replan(live)
	if err != nil {
		report.FinalReadError = fmt.Sprintf("plan of the final read: %v", err)
		return
	}
	report.FinalRead = FinalReadDone
	for _, a := range left.Actions() {
		if i, known := r.place[a.ID]; known && i >= r.ours && r.outcomes[i].Status == NotRun {
			continue // outside the approved plan
		}
		report.Remaining = append(report.Remaining, Remaining{Action: *a, By: r.owner(a)})
	}
	r.noteUndone(live, report)
}

// noteUndone finds what this run did and is not there any more, although no plan would do it again: somebody switched an
// account off behind our write, say. What was reported as done has to be in place.
func (r *run) noteUndone(live *directory.Live, report *Report) {
	now := newSight(live)
	for i := range r.ours {
		o := &r.outcomes[i]
		if o.Status != Done || slices.ContainsFunc(report.Remaining, func(m Remaining) bool { return sameSubject(&o.Action, &m.Action) }) {
			continue
		}
		if !r.stands(o, now) {
			report.Remaining = append(report.Remaining, Remaining{Action: o.Action, By: ByOthers})
		}
	}
}

// sight is a live state by ids.
type sight struct {
	users        map[directory.UserID]*directory.User
	groups       map[directory.GroupID]*directory.Group
	projectsRead bool
}

func newSight(live *directory.Live) *sight {
	s := &sight{
		users:        make(map[directory.UserID]*directory.User, len(live.Users)),
		groups:       make(map[directory.GroupID]*directory.Group, len(live.Groups)),
		projectsRead: live.ProjectsRead,
	}
	for i := range live.Users {
		s.users[live.Users[i].ID] = &live.Users[i]
	}
	for i := range live.Groups {
		s.groups[live.Groups[i].ID] = &live.Groups[i]
	}
	return s
}

// stands reports whether what an action did is in place now.
func (r *run) stands(o *Outcome, now *sight) bool {
	switch {
	case o.Kind.OnUser():
		change, err := r.bound.change(&o.Action)
		id, _ := r.bound.user(directory.UserID(o.SubjectID), directory.Email(o.Subject))
		u, exists := now.users[id]
		return err == nil && exists && len(unmet(r.bound.sent(change), r.bound.has(*u, r.in.Caps.Reported))) == 0
	case o.Kind.OnProject():
		return !now.projectsRead || r.membersStand(o, now, func(u *directory.User) bool {
			return slices.Contains(u.Projects, directory.ProjectID(o.SubjectID))
		})
	}
	g, exists := now.groups[directory.GroupID(o.SubjectID)]
	if o.Kind == plan.DeleteGroup || !exists {
		return exists == (o.Kind != plan.DeleteGroup)
	}
	return r.membersStand(o, now, func(u *directory.User) bool { return slices.Contains(g.Members, u.ID) })
}

// membersStand reports whether the members whom an action put in are in, and those whom it took out are not. Inactive accounts
// are nowhere looked for: tools hide them, and take them out of their own.
func (r *run) membersStand(o *Outcome, now *sight, in func(*directory.User) bool) bool {
	members := o.Members
	if o.Written != nil {
		members = o.Written
	}
	if members == nil || o.Unwritten {
		return true
	}
	as := func(list []plan.Member, want bool) bool {
		return !slices.ContainsFunc(list, func(m plan.Member) bool {
			id, _ := r.bound.user(m.ID, m.User)
			u, exists := now.users[id]
			return exists && u.Active && in(u) != want
		})
	}
	return as(members.Add, true) && as(members.Remove, false)
}

// owner says whether a remaining action is something that this run should have done.
func (r *run) owner(left *plan.Action) string {
	for i := range r.ours {
		if ours := &r.outcomes[i].Action; sameSubject(ours, left) && overlaps(ours, left) {
			return ByOurs
		}
	}
	return ByOthers
}

// sameSubject reports whether two actions are about one account or one group.
func sameSubject(a, b *plan.Action) bool {
	if a.Kind.Noun() != b.Kind.Noun() {
		return false
	}
	if a.SubjectID != 0 && b.SubjectID != 0 {
		return a.SubjectID == b.SubjectID
	}
	if a.Kind.OnUser() {
		return directory.Email(a.Subject).Key() == directory.Email(b.Subject).Key()
	}
	return directory.Name(a.Subject).Canonical() == directory.Name(b.Subject).Canonical()
}

// overlaps reports whether two actions on one subject have something in common: a field, or a member who goes the same
// way. Creating, deleting, deactivating or reactivating the same thing is in common as a whole. That both set members
// of one group is not: we may have added one, and somebody else another since.
func overlaps(ours, left *plan.Action) bool {
	if ours.Kind == left.Kind && ours.Kind != plan.UpdateUser && ours.Kind != plan.UpdateGroup {
		return true
	}
	for _, f := range left.Fields {
		if _, both := ours.Field(f.Field); both {
			return true
		}
	}
	if ours.Members == nil || left.Members == nil {
		return false
	}
	return shareMember(ours.Members.Add, left.Members.Add) || shareMember(ours.Members.Remove, left.Members.Remove)
}

func shareMember(a, b []plan.Member) bool {
	keys := make(map[directory.EmailKey]bool, len(a))
	for _, m := range a {
		keys[m.User.Key()] = true
	}
	for _, m := range b {
		if keys[m.User.Key()] {
			return true
		}
	}
	return false
}
