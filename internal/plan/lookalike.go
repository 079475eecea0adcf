package plan

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
)

// noteLookalikes finds creates that are probably somebody or something known under another name: a person of the same
// name, or a group with the same members, that the file does not list. A former name that was forgotten would leave two
// of them, one with a seat that nobody uses.
func (b *builder) noteLookalikes(actions []Action) {
	var byName map[directory.Name][]*directory.User
	for i := range actions {
		a := &actions[i]
		switch a.Kind {
		case CreateUser:
			if byName == nil {
				byName = b.unlistedByName()
			}
			if alike := byName[nameIn(a)]; len(alike) == 1 {
				b.found.note(Note{Code: NoteLookalike, Subject: a.Subject, Source: a.Source, Text: fmt.Sprintf(
					"has the name of %s, which the file does not list: if it is the same person, write `was: [%s]`", alike[0].Email, alike[0].Email)})
			}
		case CreateGroup:
			if alike := b.unlistedWith(a.Members.Add); alike != nil {
				b.found.note(Note{Code: NoteLookalike, Subject: a.Subject, Source: a.Source, Text: fmt.Sprintf(
					"has the members of %q, which the file does not list: if it is the same group, write `was: [%q]`", alike.Name, alike.Name)})
			}
		}
	}
}

// nameIn returns the name with which an action creates a person, in one piece.
func nameIn(a *Action) directory.Name {
	name, whole := a.Field(FieldName)
	if whole {
		return directory.Name(name.New.String()).Canonical()
	}
	given, _ := a.Field(FieldGivenName)
	family, _ := a.Field(FieldFamilyName)
	return directory.Name(directory.FullName(given.New.String(), family.New.String())).Canonical()
}

// unlistedByName returns the active accounts that the file does not list.
func (b *builder) unlistedByName() map[directory.Name][]*directory.User {
	byName := make(map[directory.Name][]*directory.User)
	for i := range b.ix.live.Users {
		u := &b.ix.live.Users[i]
		name := directory.Name(u.Name).Canonical()
		if _, listed := b.byUserID[u.ID]; !listed && u.Active && !u.Untouchable() && name != "" {
			byName[name] = append(byName[name], u)
		}
	}
	return byName
}

// unlistedWith returns the only unlisted group that has exactly these members, two or more, or nil.
func (b *builder) unlistedWith(members []Member) *directory.Group {
	var ids []directory.UserID
	for _, m := range members {
		ids = append(ids, m.ID)
	}
	slices.Sort(ids)
	var alike *directory.Group
	for _, g := range unlistedGroups(b.want, b.ix.live) {
		if len(ids) < 2 || !slices.Equal(g.Members, ids) {
			continue
		}
		if alike != nil {
			return nil
		}
		alike = g
	}
	return alike
}
