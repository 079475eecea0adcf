package plan

import (
	"fmt"

	"rollcall/internal/directory"
)

// groupOf returns the group that an action was about, nil with a note if it is not that one any more.
func (u *undoing) groupOf(done *Action) *directory.Group {
	g := u.ix.groups[directory.GroupID(done.SubjectID)]
	rename, renamed := done.Field(FieldName)
	switch {
	case !u.caps.ReadsGroups:
		u.left(done, "the groups can't be read here")
	case done.SubjectID == 0:
		u.left(done, "the report does not say which group it is")
	case g == nil && done.Kind == CreateGroup: // somebody has deleted it
	case g == nil:
		u.left(done, "the group does not exist any more")
	case same(FieldName, Text(string(g.Name)), Text(done.Subject)), renamed && same(FieldName, Text(string(g.Name)), rename.Old):
		return g
	default:
		u.left(done, fmt.Sprintf("the group is called %q now: left as it is", g.Name))
	}
	return nil
}

// take reports whether a name is free among those of the groups that this undo changes or brings back: a desired state
// lists a name once.
func (u *undoing) take(name directory.Name) bool {
	taken := u.names[name.Canonical()]
	u.names[name.Canonical()] = true
	return !taken
}

// group inverts a change of a group: its name, and each member by himself.
func (u *undoing) group(done *Action) *Action {
	g := u.groupOf(done)
	if g == nil {
		return nil
	}
	back := &Action{Kind: UpdateGroup, Subject: string(g.Name), SubjectID: done.SubjectID, Members: &MemberChange{}}
	if rename, renamed := done.Field(FieldName); renamed && same(FieldName, Text(string(g.Name)), rename.New) {
		switch old, _ := rename.Old.AsText(); {
		case old == "":
			u.lost(done, "its old name is not in the report")
		case len(u.ix.byName.get(directory.Name(old).Canonical())) > 0 || u.names[directory.Name(old).Canonical()]:
			u.lost(done, fmt.Sprintf("its name was %q, which is that of another group now", old))
		default:
			back.Subject = old
			back.Fields = []FieldChange{{Field: FieldName, Old: Text(string(g.Name)), New: rename.Old}}
		}
	}
	if !u.take(directory.Name(back.Subject)) {
		u.left(done, "the run changed two groups that have one name now: left as it is")
		return nil
	}
	for _, m := range done.Members.Add {
		if id := u.member(m); contains(g.Members, id) && u.mayLeave(done, m, id) {
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

// member returns the account of a member, 0 for one whom the run was to create and did not.
func (u *undoing) member(m Member) directory.UserID {
	if m.ID != 0 {
		return m.ID
	}
	return u.made[m.User.Key()]
}

// mayLeave reports whether a member is the one whom the run added, and notes whom it is instead.
func (u *undoing) mayLeave(done *Action, m Member, id directory.UserID) bool {
	account := u.ix.users[id]
	if account == nil || u.isStill(account, m.User) {
		return true
	}
	u.left(done, fmt.Sprintf("%s (id %d) is %s now: stays a member", m.User, id, account.Email))
	return false
}

// mayJoin reports whether an account can be added to a group again, and notes why not.
func (u *undoing) mayJoin(done *Action, m Member, id directory.UserID) bool {
	account := u.ix.users[id]
	switch {
	case account == nil || account.Untouchable():
		u.lost(done, fmt.Sprintf("%s is not there any more and can't be a member again", m.User))
	case !u.isStill(account, m.User):
		u.lost(done, fmt.Sprintf("%s (id %d) is %s now and is not added again", m.User, id, account.Email))
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

// newGroup inverts the creation of a group: nothing if it has members whom the run did not give it.
func (u *undoing) newGroup(done *Action) *Action {
	g := u.groupOf(done)
	if g == nil {
		return nil
	}
	ours := make(map[directory.UserID]bool)
	for _, m := range done.Members.Add {
		if account := u.ix.users[u.member(m)]; account != nil && u.isStill(account, m.User) {
			ours[account.ID] = true
		}
	}
	for _, id := range g.Members {
		if !ours[id] {
			u.left(done, fmt.Sprintf("the group has gained members since (%s): it is not deleted", u.ix.address(id)))
			return nil
		}
	}
	return &Action{Kind: DeleteGroup, Subject: string(g.Name), SubjectID: int64(g.ID), Members: &MemberChange{}}
}

// deletedGroup inverts the deletion of a group: nothing if one of its name is there.
func (u *undoing) deletedGroup(done *Action) *Action {
	if !u.caps.ReadsGroups {
		u.left(done, "the groups can't be read here")
		return nil
	}
	if len(u.ix.byName.get(directory.Name(done.Subject).Canonical())) > 0 || !u.take(directory.Name(done.Subject)) {
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
