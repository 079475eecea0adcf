package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// createUser makes an account, once. A create that is sent twice is a duplicate at best, so that every answer but a
// clear one is looked into before anything else is sent:
//
//	try  answer   look-up by address   fresh list   then
//	1st  account  -                    -            done if it is as sent, else failed
//	1st  refused  -                    -            failed: nothing took effect
//	1st  unclear  found                -            adopt
//	1st  unclear  absent or error      found        adopt
//	1st  unclear  absent or error      error        failed, unclear
//	1st  unclear  absent or error      absent       2nd try
//	2nd  account  -                    -            as above
//	2nd  refused  found, or in the list             adopt: the first try took effect late
//	2nd  refused  absent               absent       failed: nothing took effect
//	2nd  unclear  found, or in the list             adopt
//	2nd  unclear  absent               absent       failed, unclear; not sent again in this run
//
// The look-up is known to deny live addresses (ISSUE), so only a list that started after the answer proves an absence.
// To adopt is to take the account for ours if it is as sent, and to fail if it is not: then it is somebody else's.
func (r *run) createUser(calls context.Context, a *plan.Action) ([]string, error) {
	defer r.identify(a)
	if r.shares != nil {
		leave, err := r.lane()
		if err != nil {
			return nil, err
		}
		defer leave()
	}
	s := r.shares.of(0, directory.Email(a.Subject))
	defer s.lock()()
	n, err := r.newcomer(a, s)
	if err != nil {
		return nil, err
	}
	remarks, err := r.createOnce(calls, n)
	return append(remarks, r.unmadeGroups(s)...), err
}

func (r *run) createOnce(calls context.Context, n newcomer) ([]string, error) {
	if err := r.beforeWrite(); err != nil {
		return nil, err
	}
	answer, err := r.createAccount(calls, n.change)
	if err == nil {
		return nil, r.accept(n, answer)
	}
	if !isUnclear(err) {
		return nil, err
	}

	existing, found, lookErr := r.lookUp(calls, *n.change.Email)
	switch {
	case found:
		return r.adopt(calls, n, existing)
	case lookErr != nil:
		return nil, fmt.Errorf("%w; looked for it: %w", inDoubt(err), lookErr)
	case r.beforeWrite() != nil:
		return []string{"not sent a second time: " + r.stopped().Error()}, inDoubt(err)
	}
	answer, err = r.createAccount(calls, n.change)
	if err == nil {
		return []string{"created at the second try; the first one was not answered and took no effect"}, r.accept(n, answer)
	}

	existing, found, lookErr = r.lookUp(calls, *n.change.Email)
	switch {
	case found:
		return r.adopt(calls, n, existing)
	case lookErr != nil:
		return nil, fmt.Errorf("%w; looked for it: %w", inDoubt(err), lookErr)
	}
	return []string{"sent twice, not sent again in this run"}, inDoubt(err)
}

// newcomer is somebody to create, with what he is to be from the start.
type newcomer struct {
	change directory.UserChange
	parts  []*part // that are in place once he is there, on the user's side of the relation
}

// newcomer returns what the create of an action sends, for a person with the share s.
func (r *run) newcomer(a *plan.Action, s *share) (n newcomer, err error) {
	if n.change, err = r.bound.change(a); err != nil {
		return n, err
	}
	if n.change.Name == nil && (n.change.GivenName == nil || n.change.FamilyName == nil) {
		return n, fmt.Errorf("account %s has no name to be created with", a.Subject)
	}
	if r.shares != nil {
		n.parts = r.due(s, plan.CreateUser)
		groups := r.joined(n.parts)
		n.change.Groups = &groups
	}
	return n, nil
}

// createAccount sends a create to whichever side the tool writes.
func (r *run) createAccount(calls context.Context, c directory.UserChange) (directory.Account, error) {
	if r.accounts != nil {
		return r.accounts.CreateAccount(calls, c)
	}
	u, err := r.groups.CreateUser(calls, c)
	return directory.Account{User: u}, err
}

// identify gives the action that creates an account the id of the account, if there is one now: whoever reads the report
// or takes the run back must know which account was made.
func (r *run) identify(a *plan.Action) {
	if id, known := r.bound.user(0, directory.Email(a.Subject)); known {
		a.SubjectID = int64(id)
	}
}

// lookUp looks for an account by address, then in a fresh list. An error means that its absence is not proved.
func (r *run) lookUp(calls context.Context, email directory.Email) (directory.User, bool, error) {
	u, found, err := r.in.Target.FindUser(calls, email)
	if err == nil && found {
		return u, true, nil
	}
	live, err := r.fresh.get()
	if err != nil {
		return directory.User{}, false, err
	}
	i := slices.IndexFunc(live.Users, func(u directory.User) bool { return u.Email.Key() == email.Key() })
	if i < 0 {
		return directory.User{}, false, nil
	}
	return live.Users[i], true, nil
}

// accept takes the answer of a create.
func (r *run) accept(n newcomer, answer directory.Account) error {
	if answer.ID == 0 {
		return errors.New("answer has no id")
	}
	r.bound.learn(answer.User)
	r.settle(n.parts, answer.Groups)
	return r.unlikeSent(n, answer)
}

// unlikeSent returns an error if an account is not as it was sent.
func (r *run) unlikeSent(n newcomer, account directory.Account) error {
	phrases := unmet(r.bound.sent(n.change), r.bound.has(account.User, r.in.Caps.Reported))
	if n.change.Groups != nil {
		phrases = append(phrases, r.unlikeGroups(*n.change.Groups, account.Groups)...)
	}
	return differs(phrases)
}

// adopt takes an account that a create without a clear answer seems to have made.
func (r *run) adopt(calls context.Context, n newcomer, existing directory.User) ([]string, error) {
	r.bound.learn(existing)
	if *n.change.Active && !existing.Active {
		return nil, fmt.Errorf("account exists and is inactive (user id %d): it is not created a second time; "+
			"whoever switched it off decides whether it comes back", existing.ID)
	}
	account := directory.Account{User: existing}
	if r.accounts != nil {
		// Lists do not show everything of an account.
		var err error
		switch account, err = r.accounts.ReadAccount(calls, existing.ID); {
		case err != nil:
			return nil, fmt.Errorf("account exists (user id %d) and can't be read: %w", existing.ID, err)
		case account.ID != existing.ID:
			return nil, fmt.Errorf("account exists (user id %d) and can't be read: answer is about user id %d", existing.ID, account.ID)
		}
		r.bound.learn(account.User)
	}
	if err := r.unlikeSent(n, account); err != nil {
		return nil, fmt.Errorf("account exists (user id %d) and is not the one that was sent: %w", existing.ID, err)
	}
	r.settle(n.parts, account.Groups)
	return []string{fmt.Sprintf("the create was not answered; the account was found afterwards and is as it was sent (user id %d)", existing.ID)}, nil
}

// createGroup makes a group with its members, once: after an unclear answer a group is adopted only if it can be no
// other, and the write is not sent again.
func (r *run) createGroup(calls context.Context, a *plan.Action) ([]string, error) {
	members, remarks, err := r.foundingMembers(a)
	if err != nil {
		return remarks, err
	}
	name := directory.Name(a.Subject)
	if err := r.beforeWrite(); err != nil {
		return nil, err
	}
	answer, err := r.in.Target.CreateGroup(calls, name, members.add)
	switch {
	case err == nil && answer.ID == 0:
		return remarks, errors.New("answer has no id")
	case err == nil:
		r.founded(a, answer.ID, members.add, answer.Members)
		more, err := r.compareGroup(name, members.add, answer)
		return append(remarks, more...), err
	case !isUnclear(err):
		return remarks, err
	}

	live, readErr := r.fresh.get()
	if readErr != nil {
		return remarks, fmt.Errorf("%w; looked for it: %w", inDoubt(err), readErr)
	}
	var found []directory.Group
	for _, g := range live.Groups {
		if _, old := r.bound.groups[g.ID]; !old && g.Name.Canonical() == name.Canonical() {
			found = append(found, g)
		}
	}
	if len(found) == 1 && len(without(found[0].Members, members.add)) == 0 && len(without(members.add, found[0].Members)) == 0 {
		r.founded(a, found[0].ID, members.add, members.add)
		return append(remarks, fmt.Sprintf("the create was not answered; the group was found afterwards and is as it was sent (group id %d)", found[0].ID)), nil
	}
	return append(remarks, fmt.Sprintf("not sent again in this run: new groups of that name: %d, none that must be ours", len(found))), inDoubt(err)
}
