package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// updateUser sends the changed fields of an account in one write and compares the answer. There is no read before: a
// foreign edit of the same field since the plan is overwritten.
func (r *run) updateUser(calls context.Context, a *plan.Action) ([]string, error) {
	change, err := r.bound.change(a)
	if err != nil {
		return nil, err
	}
	id, known := r.bound.user(directory.UserID(a.SubjectID), directory.Email(a.Subject))
	if !known {
		return nil, fmt.Errorf("account %s has no known id", a.Subject)
	}
	before, seen := r.bound.account(id)
	if err := r.beforeWrite(); err != nil {
		return nil, err
	}
	answer, err := r.groups.UpdateUser(calls, id, change)
	if err != nil {
		if isUnclear(err) && seen && change.Active != nil && !*change.Active {
			// He may be inactive by now, and hidden from the groups that he is in: see mergeMembers.
			before.Active = false
			r.bound.learn(before)
		}
		return nil, inDoubt(err)
	}
	if answer.ID != id {
		return nil, fmt.Errorf("answer is about user id %d, not %d", answer.ID, id)
	}
	r.bound.learn(answer)

	sent, answered := r.bound.sent(change), r.bound.has(answer, r.in.Caps.Reported)
	var remarks []string
	if seen {
		remarks = moved(sent, r.bound.has(before, r.in.Caps.Reported), answered)
	}
	return remarks, differs(unmet(sent, answered))
}

// differs returns the error for an answer that is not what was sent, or nil.
func differs(unmet []string) error {
	if len(unmet) == 0 {
		return nil
	}
	return errors.New("answer differs from what was sent: " + strings.Join(unmet, "; "))
}

// inDoubt says of an error whose write may have taken effect that it may.
func inDoubt(err error) error {
	if isUnclear(err) {
		return fmt.Errorf("unclear whether it took effect: %w", err)
	}
	return err
}
