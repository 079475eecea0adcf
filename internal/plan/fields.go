package plan

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
)

// wanted is what the file says of one field.
type wanted struct {
	set      bool
	fromFile bool
	value    Value
}

// userFields says how each field is read from both states. Address and active state are not in it: they are decided by
// matching and by fate.
var userFields = [...]struct {
	field Field
	want  func(*directory.WantUser) wanted
	live  func(*index, *directory.User) Value
}{
	{FieldName,
		func(w *directory.WantUser) wanted { return wanted{w.Name.Set, true, Text(w.Name.Value)} },
		func(_ *index, u *directory.User) Value { return Text(u.Name) }},
	{FieldGivenName,
		func(w *directory.WantUser) wanted { return wantedText(w.GivenName) },
		func(_ *index, u *directory.User) Value { return Text(u.GivenName) }},
	{FieldFamilyName,
		func(w *directory.WantUser) wanted { return wantedText(w.FamilyName) },
		func(_ *index, u *directory.User) Value { return Text(u.FamilyName) }},
	{FieldRole,
		func(w *directory.WantUser) wanted { return wanted{w.Role.Set, true, Text(string(w.Role.Value))} },
		func(_ *index, u *directory.User) Value { return Text(string(u.Role)) }},
	{FieldAdmin,
		func(w *directory.WantUser) wanted { return wantedFlag(w.Admin) },
		func(_ *index, u *directory.User) Value { return Flag(u.Admin) }},
	{FieldEmailNotifications,
		func(w *directory.WantUser) wanted { return wantedFlag(w.EmailNotifications) },
		func(_ *index, u *directory.User) Value { return Flag(u.EmailNotifications) }},
	{FieldMFARequired,
		func(w *directory.WantUser) wanted { return wantedFlag(w.MFARequired) },
		func(_ *index, u *directory.User) Value { return Flag(u.MFARequired) }},
	{FieldSSOEnabled,
		func(w *directory.WantUser) wanted { return wantedFlag(w.SSOEnabled) },
		func(_ *index, u *directory.User) Value { return Flag(u.SSOEnabled) }},
	{FieldAssignedProjects,
		func(w *directory.WantUser) wanted {
			names := make([]string, len(w.AssignedProjects.Value))
			for i, n := range w.AssignedProjects.Value {
				names[i] = string(n)
			}
			slices.Sort(names)
			return wanted{w.AssignedProjects.Set, true, List(slices.Compact(names))}
		},
		func(ix *index, u *directory.User) Value { return List(ix.projectNames(u.AssignedProjects)) }},
	{FieldSignOn,
		func(w *directory.WantUser) wanted { return wanted{w.SignOn.Set, true, Text(string(w.SignOn.Value))} },
		func(_ *index, u *directory.User) Value { return Text(string(u.SignOn)) }},
	{FieldExternalName,
		func(w *directory.WantUser) wanted { return wantedText(w.ExternalName) },
		func(_ *index, u *directory.User) Value { return Text(u.ExternalName) }},
}

// activeValue says of an account whether it is active: true, false, or "invited" for one that was never activated.
func activeValue(u *directory.User) Value {
	if u.Pending {
		return Text("invited")
	}
	return Flag(u.Active)
}

// field returns the value of a field now, null for an account that does not exist.
func (ix *index) field(u *directory.User, f Field) Value {
	if u == nil {
		return Value{}
	}
	switch f {
	case FieldEmail:
		return Text(string(u.Email))
	case FieldActive:
		return activeValue(u)
	}
	for _, row := range userFields {
		if row.field == f {
			return row.live(ix, u)
		}
	}
	return Value{}
}

func wantedFlag(k directory.Key[bool]) wanted { return wanted{k.Set, true, Flag(k.Value)} }

func wantedText(k directory.Key[string]) wanted { return wanted{k.Set, true, Text(k.Value)} }

// isName reports whether a field is a part of a person's name.
func isName(f Field) bool { return f == FieldName || f == FieldGivenName || f == FieldFamilyName }

// same compares a field's two values as the field is compared: addresses folded, names of people and roles in their
// canonical form.
func same(f Field, old, new Value) bool {
	a, isText := old.AsText()
	b, both := new.AsText()
	if !isText || !both {
		return old.Equal(new)
	}
	switch f {
	case FieldEmail:
		return directory.Email(a).Key() == directory.Email(b).Key()
	case FieldName, FieldGivenName, FieldFamilyName, FieldRole, FieldProfile:
		return directory.Name(a).Canonical() == directory.Name(b).Canonical()
	case FieldSignOn:
		return foldSignOn(directory.Name(a)) == foldSignOn(directory.Name(b))
	}
	return a == b
}

// projectNames returns the names of projects, sorted; "#7" for one that the list of projects does not have.
func (ix *index) projectNames(list []directory.ProjectID) []string {
	names := make([]string, 0, len(list))
	for _, id := range list {
		if p := ix.project(id); p != nil {
			names = append(names, string(p.Name.Canonical()))
		} else {
			names = append(names, fmt.Sprintf("#%d", id))
		}
	}
	slices.Sort(names)
	return names
}
