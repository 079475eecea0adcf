package plan

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// diffProjects returns the actions on members of projects: for each project one that removes, and one for each profile
// with which it gains members. The file lists all the projects of a person, or does not manage them:
//
//	the person                     in the file, not a member    a member, not in the file
//	active afterwards              add                          remove, but from a sample project
//	inactive, or to be created by  nothing: tools strip the     nothing
//	hand                           projects of the inactive
//
// The profile of a member can be written and not read: it is told to the write that makes him one, and never compared.
func (b *builder) diffProjects() []Action {
	if !b.ix.live.ProjectsRead {
		return nil
	}
	d := projectDiff{builder: b, byID: make(map[string]*Action)}
	unread := 0 // people whose profile somewhere is listed and can't be compared
	for i := range b.people {
		if p := &b.people[i]; p.want.Projects.Set && p.activeAfter() && d.person(p) {
			unread++
		}
	}
	if unread > 0 {
		b.found.note(Note{Code: NoteUnverifiable, Subject: string(FieldProfile),
			Text: fmt.Sprintf("the profiles that %s have in projects can be written and not read: not compared", count(unread, "member", "members"))})
	}
	members := make(map[directory.ProjectID]int)
	for i := range b.ix.live.Users {
		for _, id := range b.ix.live.Users[i].Projects {
			members[id]++
		}
	}
	actions := make([]Action, 0, len(d.byID))
	for _, a := range d.byID {
		sortMembers(a.Members.Add)
		sortMembers(a.Members.Remove)
		a.Members.Keep = members[directory.ProjectID(a.SubjectID)] - len(a.Members.Remove)
		for _, m := range slices.Concat(a.Members.Add, a.Members.Remove) {
			if a.Source == nil || m.Source != nil && comparePos(*m.Source, *a.Source) < 0 {
				a.Source = m.Source // the first line of the file that asks for it
			}
		}
		for i := range a.Members.Remove {
			a.Members.Remove[i].Source = nil
		}
		actions = append(actions, *a)
	}
	return actions
}

// projectDiff collects what changes in projects.
type projectDiff struct {
	*builder
	byID map[string]*Action
}

// person adds what changes for one person, and reports whether he stays a member somewhere with a profile that is listed.
func (d *projectDiff) person(p *person) (unread bool) {
	var member []directory.ProjectID
	m := Member{User: p.want.Email}
	if p.live != nil {
		member, m.ID = p.live.Projects, p.live.ID
	}
	listed := make(map[directory.ProjectID]bool, len(p.want.Projects.Value))
	for _, ref := range p.want.Projects.Value {
		id := d.ix.projects.get(ref.Project.Canonical())[0] // checkNames has seen to it that there is one
		listed[id] = true
		if slices.Contains(member, id) {
			unread = true
			continue
		}
		m.Source = place(ref.Pos)
		a := d.action(AddToProject, id, ref.Profile)
		a.Members.Add = append(a.Members.Add, m)
	}
	for _, id := range member {
		if project := d.ix.project(id); !listed[id] && project != nil && !project.Sample {
			m.Source = place(p.want.Projects.Pos)
			a := d.action(RemoveFromProject, id, "")
			a.Members.Remove = append(a.Members.Remove, m)
		}
	}
	return unread
}

func (d *projectDiff) action(kind Kind, id directory.ProjectID, profile directory.Name) *Action {
	a := Action{
		Kind: kind, Subject: string(d.ix.project(id).Name), SubjectID: int64(id), Cause: CauseDeclared,
		Members: &MemberChange{Add: []Member{}, Remove: []Member{}},
	}
	if kind == AddToProject {
		a.Fields = []FieldChange{{Field: FieldProfile, New: Text(string(profile)), Unverifiable: d.caps.unverifiable(FieldProfile)}}
	}
	a.ID = idOf(&a)
	if d.byID[a.ID] == nil {
		d.byID[a.ID] = &a
	}
	return d.byID[a.ID]
}

// idOf returns the id of an action: from kind and subject, and from the profile of those who join a project, since who
// join with another are another action.
func idOf(a *Action) string {
	id := actionID(a.Kind, a.Subject)
	if f, ok := a.Field(FieldProfile); ok && a.Kind == AddToProject {
		id += " as " + f.New.String()
	}
	return id
}

// project returns the live project of an id, nil for none.
func (ix *index) project(id directory.ProjectID) *directory.Project {
	at, ok := slices.BinarySearchFunc(ix.live.Projects, id, func(p directory.Project, id directory.ProjectID) int { return int(p.ID - id) })
	if !ok {
		return nil
	}
	return &ix.live.Projects[at]
}

// guardProjectMembers refuses lines that would change the projects of a protected account.
func (b *builder) guardProjectMembers(batches []Batch) []GuardResult {
	touched := make(map[string]*directory.Pos)
	for i := range batches {
		for j := range batches[i].Actions {
			a := &batches[i].Actions[j]
			if !a.Kind.OnProject() {
				continue
			}
			for _, m := range slices.Concat(a.Members.Add, a.Members.Remove) {
				if _, known := touched[string(m.User)]; !known && m.ID != 0 && b.protected(m.User) {
					touched[string(m.User)] = a.Source
				}
			}
		}
	}
	var results []GuardResult
	for subject, source := range touched {
		results = append(results, GuardResult{Guard: directory.GuardProtect, Status: GuardRefused, Subject: subject, Count: 1, Source: source,
			Text: fmt.Sprintf("%s is protected by guards.protect and would join or leave projects", subject),
			Hint: "take `projects` out of the entry, or the pattern out of guards.protect"})
	}
	slices.SortFunc(results, func(a, b GuardResult) int { return strings.Compare(a.Subject, b.Subject) })
	return results
}
