package apply

import (
	"context"
	"fmt"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// moveMembers makes people members of a project, or ends their membership. Who is one already is left out: to add him again
// might give him another profile, which nobody could read. Who is none any more is left out as well. The answer says
// nothing of who is a member afterwards: that is for the final read to see.
func (r *run) moveMembers(calls context.Context, a *plan.Action) ([]string, error) {
	members, missing, err := r.groupMembers(a)
	if err != nil {
		return nil, err
	}
	var profile directory.ProfileID
	if f, ok := a.Field(plan.FieldProfile); ok {
		if profile, err = r.bound.profile(f.New.String()); err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Field, err)
		}
	}
	remarks, err := r.rewrite(func(doubt error) ([]string, error) { return r.moveOnce(calls, a, members, profile, doubt) })
	return append(missing, remarks...), err
}

// moveOnce reads who is in a project, and writes who is not as he should be. doubt is the error of an earlier write that may
// have taken effect, or nil.
func (r *run) moveOnce(calls context.Context, a *plan.Action, members boundMembers, profile directory.ProfileID, doubt error) ([]string, error) {
	id := directory.ProjectID(a.SubjectID)
	now, err := r.projects.ReadProject(calls, id)
	if err != nil {
		return nil, fmt.Errorf("read before the write: %w", err)
	}
	add := without(members.add, now)
	remove := without(members.remove, without(members.remove, now))
	var remarks []string
	if already := without(members.add, add); len(already) > 0 && doubt == nil {
		remarks = append(remarks, "left out, members already with a profile that can't be read: "+r.bound.people(already))
	}
	if gone := without(members.remove, remove); len(gone) > 0 && doubt == nil {
		remarks = append(remarks, "left out, no members any more: "+r.bound.people(gone))
	}
	switch {
	case len(add)+len(remove) > 0:
	case doubt != nil:
		return append(remarks, "the write was not answered; the project was read again and is as it should be"), nil
	default:
		r.sendsNothing(a)
		return remarks, nil
	}
	if err := r.beforeWrite(); err != nil {
		return nil, err
	}
	r.sends(a, add, remove)
	if a.Kind == plan.AddToProject {
		return remarks, inDoubt(r.projects.AddToProject(calls, id, profile, add))
	}
	return remarks, inDoubt(r.projects.RemoveFromProject(calls, id, remove))
}
