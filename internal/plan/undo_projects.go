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
	back := &Action{Kind: RemoveFromProject, Subject: done.Subject, SubjectID: done.SubjectID, Members: &MemberChange{Add: []Member{}, Remove: []Member{}}}
	if done.Kind == RemoveFromProject {
		back.Kind = AddToProject
		back.Fields = []FieldChange{{Field: FieldProfile, New: Text(string(directory.DefaultProfile)), Unverifiable: u.caps.unverifiable(FieldProfile)}}
	}
	for _, m := range done.Members.Add {
		id := u.member(m)
		if account := u.ix.users[id]; account != nil && slices.Contains(account.Projects, project.ID) && u.mayLeave(done, m, id) {
			back.Members.Remove = append(back.Members.Remove, Member{User: m.User, ID: id})
		}
	}
	for _, m := range done.Members.Remove {
		id := u.member(m)
		if account := u.ix.users[id]; account != nil && !slices.Contains(account.Projects, project.ID) && u.mayJoin(done, m, id) {
			back.Members.Add = append(back.Members.Add, Member{User: m.User, ID: id})
		}
	}
	if len(back.Members.Add)+len(back.Members.Remove) == 0 {
		return nil
	}
	if len(back.Members.Add) > 0 {
		u.lost(done, fmt.Sprintf("the profiles that people had in project %q can't be read: they come back as %s", done.Subject, directory.DefaultProfile))
	}
	return back
}
