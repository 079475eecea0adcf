package plan

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
)

// project inverts who joined or left a project, each member by himself.
func (u *undoing) project(done *Action) *Action {
	project := u.ix.project(directory.ProjectID(done.SubjectID))
	if project == nil || !same(FieldName, Text(string(project.Name)), Text(done.Subject)) {
		u.left(done, "the project does not exist any more, or bears another name: left as it is")
		return nil
	}
	back := &Action{Kind: RemoveFromProject, Subject: string(project.Name), SubjectID: done.SubjectID, Members: &MemberChange{Add: []Member{}, Remove: []Member{}}}
	if done.Kind == RemoveFromProject {
		back.Kind = AddToProject
		back.Fields = []FieldChange{{Field: FieldProfile, New: Text(string(directory.DefaultProfile)), Unverifiable: u.caps.unverifiable(FieldProfile)}}
	}
	for _, m := range done.Members.Add {
		if account := u.memberNow(m); account != nil && slices.Contains(account.Projects, project.ID) && u.mayLeaveProject(done, m, account) {
			back.Members.Remove = append(back.Members.Remove, Member{User: m.User, ID: account.ID})
		}
	}
	for _, m := range done.Members.Remove {
		if account := u.memberNow(m); account != nil && !slices.Contains(account.Projects, project.ID) && u.mayJoin(done, m, account.ID) {
			back.Members.Add = append(back.Members.Add, Member{User: m.User, ID: account.ID})
		}
	}
	switch {
	case len(back.Members.Add)+len(back.Members.Remove) == 0:
		return nil
	case back.Kind == RemoveFromProject && project.Sample:
		u.left(done, "nobody is removed from a sample project")
		return nil
	case back.Kind == AddToProject && len(u.ix.profiles.get(directory.DefaultProfile)) != 1:
		u.lost(done, fmt.Sprintf("the profiles that people had in project %q can't be read, and there is no one profile %s to come back with", done.Subject, directory.DefaultProfile))
		return nil
	case back.Kind == AddToProject:
		u.lost(done, fmt.Sprintf("the profiles that people had in project %q can't be read: they come back as %s", done.Subject, directory.DefaultProfile))
	}
	return back
}

// memberNow returns the account of a member, nil for none.
func (u *undoing) memberNow(m Member) *directory.User { return u.ix.users[u.member(m)] }

// mayLeaveProject reports whether a member is the one whom the run added and active, and notes what he is instead. The
// projects of the inactive are not compared: whom this undo switches off has none to lose.
func (u *undoing) mayLeaveProject(done *Action, m Member, account *directory.User) bool {
	switch {
	case account.Untouchable() || !u.mayLeave(done, m, account.ID):
		return false
	case u.activeAfter(account):
		return true
	}
	if account.Active {
		return false
	}
	u.left(done, fmt.Sprintf("%s is inactive: stays a member", m.User))
	return false
}
