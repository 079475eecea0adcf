package plan

import (
	"fmt"
	"strings"

	"rollcall/internal/directory"
)

// pruneUsers applies unlisted.users to the accounts that the file does not name. A former address of a listed person
// counts as named.
func (b *builder) pruneUsers() []Action {
	policy := b.want.Unlisted.Users
	if policy == directory.PolicyIgnore {
		return nil
	}
	former := make(map[directory.EmailKey]bool)
	for i := range b.want.Users {
		for _, was := range b.want.Users[i].Was {
			former[was.Value.Key()] = true
		}
	}
	var actions []Action
	unlisted, unaddressed := 0, 0
	for i := range b.ix.live.Users {
		u := &b.ix.live.Users[i]
		if _, listed := b.byUserID[u.ID]; listed || !u.Active || former[u.Email.Key()] {
			continue
		}
		if u.Untouchable() {
			unaddressed++
			continue
		}
		unlisted++
		if policy != directory.PolicyDeactivate {
			continue
		}
		if code, spared := b.spared(u); spared {
			b.found.note(Note{Code: code, Subject: string(u.Email), Source: place(b.want.Unlisted.Pos), Text: "stays active, though the file does not list it"})
			continue
		}
		actions = append(actions, Action{
			ID: b.accountID(DeactivateUser, u), Kind: DeactivateUser, Subject: string(u.Email), SubjectID: int64(u.ID), Admin: u.Admin,
			Cause: CauseUnlisted, Source: place(b.want.Unlisted.Pos),
			Fields: []FieldChange{{Field: FieldActive, Old: Flag(true), New: Flag(false)}},
		})
	}
	if policy == directory.PolicyReport && unlisted > 0 {
		b.found.note(Note{Code: NoteUnlistedUsers, Text: fmt.Sprintf("%s not in the file: rollcall list users --unlisted", count(unlisted, "active account is", "active accounts are"))})
	}
	if unaddressed > 0 {
		b.found.note(Note{Code: NoteKeptNoAddress, Text: fmt.Sprintf("%s no usable address and can't be listed: left alone", count(unaddressed, "active account has", "active accounts have"))})
	}
	return actions
}

// unlistedGroups returns the live groups that no group of the file means by pin, name or former name, those of the tool
// itself left out.
func unlistedGroups(want *directory.Desired, live *directory.Live) []*directory.Group {
	names := make(map[directory.Name]bool, len(want.Groups))
	pins := make(map[directory.GroupID]bool)
	for i := range want.Groups {
		g := &want.Groups[i]
		if g.ID.Set {
			pins[g.ID.Value] = true
		}
		names[g.Name.Canonical()] = true
		for _, was := range g.Was {
			names[was.Value.Canonical()] = true
		}
	}
	var unlisted []*directory.Group
	for i := range live.Groups {
		if g := &live.Groups[i]; !g.System && !pins[g.ID] && !names[g.Name.Canonical()] {
			unlisted = append(unlisted, g)
		}
	}
	return unlisted
}

// pruneGroups applies unlisted.groups to the groups that the file does not name. A former name of a listed group counts
// as named: a group is not deleted because somebody described its past.
func (b *builder) pruneGroups() []Action {
	policy := b.want.Unlisted.Groups
	unlisted := unlistedGroups(b.want, b.ix.live)
	if policy == directory.PolicyReport && len(unlisted) > 0 {
		b.found.note(Note{Code: NoteUnlistedGroups, Text: fmt.Sprintf("%s not in the file: rollcall list groups --unlisted", count(len(unlisted), "group is", "groups are"))})
	}
	if policy != directory.PolicyDelete || len(unlisted) == 0 {
		return nil // also where nothing was said
	}
	access := b.projectAccess()
	var actions []Action
	for _, g := range unlisted {
		if b.isSpared(g, b.want.Unlisted.Pos, "which the file does not list") {
			continue
		}
		a := b.deletion(g, access)
		a.Cause, a.Source = CauseUnlisted, place(b.want.Unlisted.Pos)
		actions = append(actions, a)
	}
	return actions
}

// goneGroups returns the deletions that are asked for by id. They take as little from the accounts that nothing implicit
// may touch as a policy does.
func (b *builder) goneGroups() []Action {
	if len(b.want.Gone) == 0 {
		return nil
	}
	access := b.projectAccess()
	var actions []Action
	for _, id := range b.want.Gone {
		if g := b.ix.groups[id]; g != nil && !b.isSpared(g, directory.Pos{}, "which shall go") {
			actions = append(actions, b.deletion(g, access))
		}
	}
	return actions
}

// deletion returns the action that deletes a group, with everybody who loses it.
func (b *builder) deletion(g *directory.Group, access access) Action {
	remove := make([]Member, 0, len(g.Members))
	for _, id := range g.Members {
		if u := b.ix.users[id]; u != nil {
			remove = append(remove, Member{User: u.Email, ID: id, Inactive: !u.Active})
		}
	}
	sortMembers(remove)
	return Action{
		ID: b.groupID(DeleteGroup, g), Kind: DeleteGroup, Subject: string(g.Name), SubjectID: int64(g.ID), Cause: CauseDeclared,
		Members: &MemberChange{Add: []Member{}, Remove: remove}, Detail: access.sentence(g.ID),
	}
}

// isSpared reports, with a note, whether a group has a member that nothing implicit may touch. why says what is wrong with
// the group, at pos.
func (b *builder) isSpared(g *directory.Group, pos directory.Pos, why string) bool {
	for _, id := range g.Members {
		u := b.ix.users[id]
		if u == nil {
			continue
		}
		if code, spared := b.spared(u); spared {
			b.found.note(Note{Code: code, Subject: string(u.Email), Source: place(pos),
				Text: fmt.Sprintf("is in group %q, %s: the group is not deleted", g.Name, why)})
			return true
		}
	}
	return false
}

// accountID and groupID are action ids of things that the file does not name. Two of them may bear one name: then the
// id tells them apart.
func (b *builder) accountID(kind Kind, u *directory.User) string {
	if len(b.ix.byKey.get(u.Email.Key())) > 1 {
		return actionID(kind, fmt.Sprintf("%s#%d", u.Email, u.ID))
	}
	return actionID(kind, string(u.Email))
}

func (b *builder) groupID(kind Kind, g *directory.Group) string {
	if len(b.ix.byName.get(g.Name.Canonical())) > 1 {
		return actionID(kind, fmt.Sprintf("%s#%d", g.Name, g.ID))
	}
	return actionID(kind, string(g.Name))
}

// access knows which projects name a group.
type access struct {
	known    bool
	projects map[directory.GroupID][]string
}

func (b *builder) projectAccess() access {
	a := access{known: b.ix.live.ProjectsRead, projects: make(map[directory.GroupID][]string)}
	for _, p := range b.ix.live.Projects {
		if !p.GroupsKnown {
			a.known = false
		}
		for _, g := range p.Groups {
			a.projects[g] = append(a.projects[g], string(p.Name))
		}
	}
	return a
}

// carries reports whether deleting the group takes project access with it, or might.
func (a access) carries(id directory.GroupID) bool { return !a.known || len(a.projects[id]) > 0 }

func (a access) sentence(id directory.GroupID) string {
	switch {
	case len(a.projects[id]) > 0 && !a.known:
		return "takes project access with it: " + strings.Join(a.projects[id], ", ") + ", and more may not be readable"
	case len(a.projects[id]) > 0:
		return "takes project access with it: " + strings.Join(a.projects[id], ", ")
	case !a.known:
		return "which project access it carries can't be read"
	}
	return "carries no project access"
}
