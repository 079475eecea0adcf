package apply

import (
	"context"
	"errors"
	"fmt"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// moveMembers makes people members of a project, or ends their membership. Who is one already is left out: to add him again
// might give him another profile, which nobody could read. Who is none any more is left out as well. The answer says
// nothing of who is a member afterwards: that is for the final read to see.
func (r *run) moveMembers(calls context.Context, a *plan.Action) ([]string, error) {
	move := move{action: a, id: directory.ProjectID(a.SubjectID)}
	if _, known := r.bound.project[move.id]; !known {
		return nil, fmt.Errorf("project id %d is not in the live state of the plan", move.id)
	}
	var missing []string
	var err error
	if move.members, missing, err = r.groupMembers(a); err != nil {
		return nil, err
	}
	if a.Kind == plan.AddToProject {
		profile, given := a.Field(plan.FieldProfile)
		if !given {
			return nil, errors.New("there is no profile to add members with")
		}
		if move.profile, err = r.bound.profile(profile.New.String()); err != nil {
			return nil, fmt.Errorf("field %s: %w", profile.Field, err)
		}
	}
	remarks, err := r.rewrite(func(doubt error) ([]string, error) { return r.moveOnce(calls, &move, doubt) })
	return append(missing, remarks...), err
}

// move is a project action with everything bound.
type move struct {
	action  *plan.Action
	id      directory.ProjectID
	profile directory.ProfileID
	members boundMembers
	leftOut []string // remarks on those who need no write, as of the last read before which no write of ours was in doubt
}

// moveOnce reads who is in a project, and writes who is not as he should be. doubt is the error of an earlier write that may
// have taken effect, or nil.
func (r *run) moveOnce(calls context.Context, m *move, doubt error) ([]string, error) {
	now, err := r.projects.ReadProject(calls, m.id)
	if err != nil {
		return nil, fmt.Errorf("read before the write: %w", err)
	}
	add := without(m.members.add, now)
	remove := without(m.members.remove, without(m.members.remove, now))
	if doubt == nil {
		m.leftOut = nil
		if already := without(m.members.add, add); len(already) > 0 {
			m.leftOut = append(m.leftOut, "left out, members already with a profile that can't be read: "+r.bound.people(already))
		}
		if gone := without(m.members.remove, remove); len(gone) > 0 {
			m.leftOut = append(m.leftOut, "left out, no members any more: "+r.bound.people(gone))
		}
	}
	switch {
	case len(add)+len(remove) > 0:
	case doubt != nil:
		return append(m.leftOut, "the write was not answered; the project was read again and is as it should be"), nil
	default:
		r.sendsNothing(m.action)
		return append(m.leftOut, "nothing was left to write: somebody else did it since the plan"), nil
	}
	if err := r.beforeWrite(); err != nil {
		return m.leftOut, err
	}
	r.sends(m.action, add, remove)
	if m.action.Kind == plan.AddToProject {
		return m.leftOut, inDoubt(r.projects.AddToProject(calls, m.id, m.profile, add))
	}
	return m.leftOut, inDoubt(r.projects.RemoveFromProject(calls, m.id, remove))
}
