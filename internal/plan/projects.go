package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// diffProjects returns the actions on members of projects: for each project one that removes, and one for each profile
// with which it gains members. The file lists all the projects of a person, or does not manage them:
//
//	the person                     in the file, not a member    a member, not in the file
//	active afterwards              add                          remove
//	                                                            from a sample project, or one that is not listed: nothing
//	to be made or switched on      a note: see onlyPresent      nothing
//	by hand
//	inactive                       nothing: tools strip the     nothing
//	                               projects of the inactive
//
// The profile of a member can be written and not read: it is told to the write that makes him one, and never compared.
func (b *builder) diffProjects() []Action {
	if !b.ix.live.ProjectsRead {
		b.noteProjectsUnread()
		return nil
	}
	d := projectDiff{builder: b, changes: make(map[projectChange]*Action)}
	unread := 0 // people whose profile somewhere is listed and can't be compared
	for i := range b.people {
		if p := &b.people[i]; p.want.Projects.Set && p.activeAfter() && d.person(p) {
			unread++
		}
	}
	if unread > 0 {
		b.found.note(Note{Code: NoteUnverifiable, Subject: string(FieldProfile),
			Text: fmt.Sprintf("profiles in projects can be written and not read: those of %s are not compared", count(unread, "person", "people"))})
	}
	members := make(map[directory.ProjectID]int)
	for i := range b.ix.live.Users {
		for _, id := range b.ix.live.Users[i].Projects {
			members[id]++
		}
	}
	actions := make([]Action, 0, len(d.changes))
	for _, a := range d.changes {
		sortMembers(a.Members.Add)
		sortMembers(a.Members.Remove)
		a.Members.Keep = members[directory.ProjectID(a.SubjectID)] - len(a.Members.Remove)
		a.Source = firstLine(slices.Concat(a.Members.Add, a.Members.Remove))
		actions = append(actions, *a)
	}
	return actions
}

// noteProjectsUnread says that projects which the file manages are not compared: absence of a reading is no agreement.
func (b *builder) noteProjectsUnread() {
	n := 0
	for i := range b.people {
		n += one(b.people[i].want.Projects.Set)
	}
	if n > 0 {
		b.found.note(Note{Code: NoteNotReported, Subject: "projects", Text: fmt.Sprintf("members of projects were not read: not compared for %s", count(n, "person", "people"))})
	}
}

// firstLine returns the first line of the file that names one of the members, nil for none.
func firstLine(members []Member) *directory.Pos {
	var first *directory.Pos
	for _, m := range members {
		if first == nil || m.Source != nil && comparePos(*m.Source, *first) < 0 {
			first = m.Source
		}
	}
	return first
}

// projectDiff collects what changes in projects.
type projectDiff struct {
	*builder
	changes map[projectChange]*Action
}

// projectChange is what one action on a project is about. Projects are meant by id: two may bear one name.
type projectChange struct {
	kind    Kind
	id      directory.ProjectID
	profile directory.Name // "" for those who leave
}

// person adds what changes for one person, and reports whether he stays a member somewhere with a profile that is listed.
func (d *projectDiff) person(p *person) (unread bool) {
	var live directory.User
	if p.live != nil {
		live = *p.live
	}
	listed := make(map[directory.ProjectID]bool, len(p.want.Projects.Value))
	for i := range p.want.Projects.Value {
		ref := &p.want.Projects.Value[i]
		id := d.ix.meant(ref)
		switch {
		case listed[id]:
		case slices.Contains(live.Projects, id):
			unread = true
		default:
			a := d.action(projectChange{AddToProject, id, ref.Profile.Canonical()})
			a.Members.Add = append(a.Members.Add, Member{User: d.address(p), ID: live.ID, Source: place(ref.Pos)})
		}
		listed[id] = true
	}
	if !live.Active && !d.caps.Kinds[p.fate.kind()] {
		return unread
	}
	for _, id := range live.Projects {
		if project := d.ix.project(id); !listed[id] && project != nil && !project.Sample {
			a := d.action(projectChange{RemoveFromProject, id, ""})
			a.Members.Remove = append(a.Members.Remove, Member{User: live.Email, ID: live.ID, Source: place(p.want.Projects.Pos)})
		}
	}
	return unread
}

// joins reports whether a person becomes a member of a project by the plan.
func (b *builder) joins(p *person, ref *directory.ProjectRef) bool {
	bearers := b.ix.projects.get(ref.Project.Canonical())
	return p.activeAfter() && (ref.ID != 0 || len(bearers) == 1) && (p.live == nil || !slices.Contains(p.live.Projects, b.ix.meant(ref)))
}

// meant returns the project that a person's entry means. checkNames has seen to it that there is one.
func (ix *index) meant(ref *directory.ProjectRef) directory.ProjectID {
	if ref.ID != 0 {
		return ref.ID
	}
	return ix.projects.get(ref.Project.Canonical())[0]
}

// action returns the action of a change, a new one the first time.
func (d *projectDiff) action(c projectChange) *Action {
	if d.changes[c] != nil {
		return d.changes[c]
	}
	a := &Action{
		Kind: c.kind, Subject: string(d.ix.project(c.id).Name), SubjectID: int64(c.id), Cause: CauseDeclared,
		Members: &MemberChange{Add: []Member{}, Remove: []Member{}},
	}
	if c.kind == AddToProject {
		a.Fields = []FieldChange{{Field: FieldProfile, New: Text(string(c.profile)), Unverifiable: d.caps.unverifiable(FieldProfile)}}
	}
	a.ID = idOf(a)
	if len(d.ix.projects.get(directory.Name(a.Subject).Canonical())) > 1 {
		a.ID += fmt.Sprintf("#%d", c.id)
	}
	d.changes[c] = a
	return a
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
	at, ok := slices.BinarySearchFunc(ix.live.Projects, id, func(p directory.Project, id directory.ProjectID) int { return cmp.Compare(p.ID, id) })
	if !ok {
		return nil
	}
	return &ix.live.Projects[at]
}

// guardProjectMembers refuses lines that would change the projects of a protected account.
func (b *builder) guardProjectMembers(batches []Batch) []GuardResult {
	touched := make(map[directory.UserID]bool)
	for i := range batches {
		for j := range batches[i].Actions {
			a := &batches[i].Actions[j]
			if !a.Kind.OnProject() {
				continue
			}
			for _, m := range slices.Concat(a.Members.Add, a.Members.Remove) {
				if account := b.ix.users[m.ID]; account != nil && (b.protected(account.Email) || b.protected(m.User)) {
					touched[m.ID] = true
				}
			}
		}
	}
	var results []GuardResult
	for id := range touched {
		subject := b.ix.users[id].Email
		r := GuardResult{Guard: directory.GuardProtect, Status: GuardRefused, Subject: string(subject), Count: 1,
			Text: fmt.Sprintf("%s is protected by guards.protect and would join or leave projects", subject),
			Hint: "take `projects` out of the entry, or the pattern out of guards.protect"}
		if at, listed := b.byUserID[id]; listed {
			r.Source = place(b.people[at].want.Projects.Pos)
		}
		results = append(results, r)
	}
	slices.SortFunc(results, func(a, b GuardResult) int { return strings.Compare(a.Subject, b.Subject) })
	return results
}
