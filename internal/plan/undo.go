package plan

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
)

// Ran is what a run did: the actions that it carried out, and those that it tried and that failed.
type Ran struct {
	ID     string
	Done   []Action
	Failed []Action
}

// NeedsProjects reports whether Undo needs live.Projects: the run set projects, or made groups, which may carry access now.
func (r *Ran) NeedsProjects() bool {
	return slices.ContainsFunc(r.Done, func(a Action) bool {
		_, projects := a.Field(FieldAssignedProjects)
		return projects || a.Kind == CreateGroup
	})
}

// Undo returns the plan that takes back what a run did. Guards, seats and the rest of base hold for it as for every plan;
// who and what base lists does not matter. Only what is still as the run left it is taken back:
//
//	the run                live now                        the plan
//	created a person       active                          deactivates; a note: no account can be deleted
//	changed a field        the new value                   sets the old one
//	                       the old value                   nothing: it is so already
//	                       another                         nothing, a note: somebody changed it since
//	deactivated            inactive                        reactivates, with the administrator's flag that it has
//	reactivated            active                          deactivates
//	added a member         a member                        removes
//	removed a member       none, and active                adds
//	                       none, and inactive or gone      nothing, a note
//	created a group        with no member beyond those     deletes
//	                       with others                     nothing, a note
//	deleted a group        none of its name                creates, a note: another id and no project access
//
// What failed in the run is not taken back, which a note says. The errors are those of Build.
func Undo(ran Ran, base *directory.Desired, live *directory.Live, caps Caps, opts Options) (*Plan, error) {
	u := undoing{ix: newIndex(live), caps: caps, after: make(map[directory.UserID]bool)}
	actions := u.invert(ran)
	opts.Undoes = ran.ID
	b := &builder{want: Wish(base, actions, live), ix: u.ix, caps: caps, opts: opts}
	b.found.notes = u.notes
	if len(actions) > 0 {
		b.found.note(Note{Code: NoteStillWanted, Text: "the roster may still want what this takes back: change it too, or the next apply does it again"})
	}
	if err := CheckScope(b.want, live, opts.Scope); err != nil {
		return nil, err
	}
	doable, manual, err := b.decide()
	if err != nil {
		return nil, err
	}
	return b.assemble(doable, manual), nil
}

// undoing inverts the actions of one run.
type undoing struct {
	ix    *index
	caps  Caps
	notes []Note
	after map[directory.UserID]bool // who is active afterwards, of those who are switched on or off
}

// invert returns the actions that take a run back. They say where each subject shall be, not where it is: people come
// first, for groups gain whom they bring back.
func (u *undoing) invert(ran Ran) []*Action {
	var actions []*Action
	for _, people := range [...]bool{true, false} {
		for i := range ran.Done {
			done := &ran.Done[i]
			if done.Kind.OnUser() != people {
				continue
			}
			var back *Action
			switch done.Kind {
			case CreateUser, UpdateUser, DeactivateUser, ReactivateUser:
				back = u.person(done)
			case UpdateGroup:
				back = u.group(done)
			case CreateGroup:
				back = u.newGroup(done)
			case DeleteGroup:
				back = u.deletedGroup(done)
			default:
				u.left(done, fmt.Sprintf("%s can't be taken back", done.Kind))
			}
			if back != nil {
				back.ID = actionID(back.Kind, back.Subject)
				actions = append(actions, back)
			}
		}
	}
	for i := range ran.Failed {
		u.left(&ran.Failed[i], fmt.Sprintf("%s failed in that run, so it is not taken back: see what became of it", ran.Failed[i].Kind))
	}
	return actions
}

func (u *undoing) left(of *Action, text string) {
	u.notes = append(u.notes, Note{Code: NoteNotUndone, Subject: of.Subject, Text: text})
}

func (u *undoing) lost(of *Action, text string) {
	u.notes = append(u.notes, Note{Code: NoteCantComeBack, Subject: of.Subject, Text: text})
}

// person inverts an action on an account, nil if there is nothing to take back.
func (u *undoing) person(done *Action) *Action {
	account := u.ix.users[directory.UserID(done.SubjectID)]
	switch {
	case done.SubjectID == 0:
		u.left(done, "the report does not say which account it is")
		return nil
	case account == nil:
		u.left(done, "the account does not exist any more")
		return nil
	case account.Untouchable():
		u.left(done, "the account was forgotten in the tool and can't be managed")
		return nil
	}
	back := &Action{Kind: UpdateUser, Subject: string(account.Email), SubjectID: done.SubjectID, Admin: account.Admin}
	if done.Kind == CreateUser {
		return u.newPerson(done, account, back)
	}
	for _, f := range done.Fields {
		now := u.ix.field(account, f.Field)
		switch {
		case same(f.Field, now, f.Old):
			continue
		case !same(f.Field, now, f.New):
			u.left(done, fmt.Sprintf("%s is %q now, neither %q nor %q: left as it is", f.Field, now, f.Old, f.New))
			continue
		case f.Field == FieldRole && u.caps.ReadsRoles && !u.oneRole(f.Old), f.Field == FieldAssignedProjects && !u.haveProjects(f.Old):
			u.lost(done, fmt.Sprintf("%s was %q, which is not there any more", f.Field, f.Old))
			continue
		}
		back.Fields = append(back.Fields, FieldChange{f.Field, now, f.Old})
		switch active, _ := f.Old.AsFlag(); {
		case f.Field == FieldEmail:
			back.Subject = f.Old.String()
		case f.Field == FieldActive && active:
			back.Kind = ReactivateUser
			u.after[account.ID] = true
		case f.Field == FieldActive:
			back.Kind = DeactivateUser
			u.after[account.ID] = false
		}
	}
	if len(back.Fields) == 0 {
		return nil
	}
	return back
}

func (u *undoing) newPerson(done *Action, account *directory.User, back *Action) *Action {
	if account.Email.Key() != directory.Email(done.Subject).Key() {
		u.left(done, fmt.Sprintf("the account (id %d) is %s now: left as it is", account.ID, account.Email))
		return nil
	}
	u.lost(done, fmt.Sprintf("the account stays, inactive (id %d): none can be deleted", account.ID))
	if !account.Active {
		return nil
	}
	back.Kind = DeactivateUser
	u.after[account.ID] = false
	back.Fields = []FieldChange{{FieldActive, Flag(true), Flag(false)}}
	return back
}

// oneRole reports whether exactly one role bears the name.
func (u *undoing) oneRole(name Value) bool {
	return len(u.ix.roles.get(directory.Name(name.String()).Canonical())) == 1
}

// haveProjects reports whether every project of a list is there, and is one.
func (u *undoing) haveProjects(names Value) bool {
	list, _ := names.AsList()
	return !slices.ContainsFunc(list, func(name string) bool { return len(u.ix.projects.get(directory.Name(name).Canonical())) != 1 })
}

// group inverts a change of a group: its name, and each member by himself.
func (u *undoing) group(done *Action) *Action {
	g := u.ix.groups[directory.GroupID(done.SubjectID)]
	if g == nil {
		u.left(done, "the group does not exist any more")
		return nil
	}
	back := &Action{Kind: UpdateGroup, Subject: string(g.Name), SubjectID: done.SubjectID, Members: &MemberChange{}}
	if name, renamed := done.Field(FieldName); renamed {
		switch now := Text(string(g.Name)); {
		case same(FieldName, now, name.New):
			back.Subject = name.Old.String()
			back.Fields = []FieldChange{{FieldName, now, name.Old}}
		case !same(FieldName, now, name.Old):
			u.left(done, fmt.Sprintf("the group is called %q now, neither %q nor %q: its name is left as it is", g.Name, name.Old, name.New))
		}
	}
	for _, m := range done.Members.Add {
		if id := u.member(m); contains(g.Members, id) {
			back.Members.Remove = append(back.Members.Remove, Member{User: m.User, ID: id})
		}
	}
	for _, m := range done.Members.Remove {
		if id := u.member(m); !contains(g.Members, id) && u.mayJoin(done, m, id) {
			back.Members.Add = append(back.Members.Add, Member{User: m.User, ID: id})
		}
	}
	if size(back) == 0 {
		return nil
	}
	return back
}

// member returns the account of a member: by id, or by address for one whom the run created.
func (u *undoing) member(m Member) directory.UserID {
	if m.ID != 0 {
		return m.ID
	}
	if bearers := u.ix.byKey.get(m.User.Key()); len(bearers) == 1 {
		return bearers[0]
	}
	return 0
}

// mayJoin reports whether an account can be added to a group again, and notes why not.
func (u *undoing) mayJoin(done *Action, m Member, id directory.UserID) bool {
	account := u.ix.users[id]
	switch {
	case account == nil || account.Untouchable():
		u.lost(done, fmt.Sprintf("%s is not there any more and can't be a member again", m.User))
	case len(u.ix.byKey.get(account.Email.Key())) > 1:
		u.lost(done, fmt.Sprintf("%s is the address of several accounts, so that none is added again", account.Email))
	case !u.activeAfter(account):
		u.lost(done, fmt.Sprintf("%s is inactive and can't be added again", account.Email))
	default:
		return true
	}
	return false
}

func (u *undoing) activeAfter(account *directory.User) bool {
	if after, switched := u.after[account.ID]; switched {
		return after
	}
	return account.Active
}

func (u *undoing) newGroup(done *Action) *Action {
	g := u.ix.groups[directory.GroupID(done.SubjectID)]
	switch {
	case done.SubjectID == 0:
		u.left(done, "the report does not say which group it is")
		return nil
	case g == nil:
		return nil // somebody has deleted it
	case g.Name.Canonical() != directory.Name(done.Subject).Canonical():
		u.left(done, fmt.Sprintf("the group is called %q now: left as it is", g.Name))
		return nil
	}
	ours := make(map[directory.UserID]bool)
	for _, m := range done.Members.Add {
		ours[u.member(m)] = true
	}
	for _, id := range g.Members {
		if !ours[id] {
			u.left(done, fmt.Sprintf("the group has gained members since (%s): it is not deleted", u.ix.address(id)))
			return nil
		}
	}
	return &Action{Kind: DeleteGroup, Subject: string(g.Name), SubjectID: int64(g.ID), Members: &MemberChange{}}
}

func (u *undoing) deletedGroup(done *Action) *Action {
	if len(u.ix.byName.get(directory.Name(done.Subject).Canonical())) > 0 {
		u.left(done, "a group of this name is there again: left as it is")
		return nil
	}
	text := fmt.Sprintf("comes back under another id than %d and without project access", done.SubjectID)
	if done.Detail != "" {
		text += "; its deletion said: " + done.Detail
	}
	u.lost(done, text)
	back := &Action{Kind: CreateGroup, Subject: done.Subject, Members: &MemberChange{}}
	for _, m := range done.Members.Remove {
		if id := u.member(m); u.mayJoin(done, m, id) {
			back.Members.Add = append(back.Members.Add, Member{User: m.User, ID: id})
		}
	}
	return back
}

// address names an account in a sentence.
func (ix *index) address(id directory.UserID) string {
	if account := ix.users[id]; account != nil {
		return string(account.Email)
	}
	return fmt.Sprintf("id %d", id)
}
