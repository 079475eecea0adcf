package conform

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

func usersByID(live *directory.Live) map[directory.UserID]directory.User {
	users := make(map[directory.UserID]directory.User, len(live.Users))
	for _, u := range live.Users {
		users[u.ID] = u
	}
	return users
}

func groupsByID(live *directory.Live) map[directory.GroupID]directory.Group {
	groups := make(map[directory.GroupID]directory.Group, len(live.Groups))
	for _, g := range live.Groups {
		groups[g.ID] = g
	}
	return groups
}

// lacking returns those of list whom other lacks.
func lacking[ID comparable](list, other []ID) []ID {
	var rest []ID
	for _, id := range list {
		if !slices.Contains(other, id) {
			rest = append(rest, id)
		}
	}
	return rest
}

func sameName(text string, name directory.Name) bool {
	return directory.Name(text).Canonical() == name.Canonical()
}

// folded returns a field's value in the form in which it is compared.
func folded(field plan.Field, v plan.Value) plan.Value {
	text, is := v.AsText()
	switch {
	case is && field == plan.FieldEmail:
		return plan.Text(string(directory.Email(text).Key()))
	case is && field == plan.FieldSignOn:
		return plan.Text(strings.ToLower(text))
	}
	return v
}

// unlike returns the fields in which two accounts differ, with the new values. A name that the tool holds in two parts is
// compared by the parts alone.
func unlike(before, now directory.User) map[plan.Field]plan.Value {
	changed := make(map[plan.Field]plan.Value)
	text := func(field plan.Field, was, is string) {
		if was != is {
			changed[field] = plan.Text(is)
		}
	}
	flag := func(field plan.Field, was, is bool) {
		if was != is {
			changed[field] = plan.Flag(is)
		}
	}
	text(plan.FieldEmail, string(before.Email.Key()), string(now.Email.Key()))
	if now.GivenName+now.FamilyName == "" {
		text(plan.FieldName, before.Name, now.Name)
	}
	text(plan.FieldGivenName, before.GivenName, now.GivenName)
	text(plan.FieldFamilyName, before.FamilyName, now.FamilyName)
	text(plan.FieldSignOn, string(before.SignOn), string(now.SignOn))
	text(plan.FieldExternalName, before.ExternalName, now.ExternalName)
	text(plan.FieldRole, string(before.Role), string(now.Role))
	flag(plan.FieldActive, before.Active, now.Active)
	flag(plan.FieldAdmin, before.Admin, now.Admin)
	flag(plan.FieldEmailNotifications, before.EmailNotifications, now.EmailNotifications)
	flag(plan.FieldMFARequired, before.MFARequired, now.MFARequired)
	return changed
}

// sets reports whether an action gives a field of its account that value. A name in one piece sets both of its parts, and
// who signs on the tool's own way has no external name any more.
func sets(a *plan.Action, field plan.Field, value plan.Value) bool {
	if change, is := a.Field(field); is && folded(field, change.New).Equal(folded(field, value)) {
		return true
	}
	var whole plan.Field
	part := func(given, family string) string { return "" }
	switch field {
	case plan.FieldGivenName:
		whole, part = plan.FieldName, func(given, _ string) string { return given }
	case plan.FieldFamilyName:
		whole, part = plan.FieldName, func(_, family string) string { return family }
	case plan.FieldExternalName:
		whole = plan.FieldSignOn
	}
	change, is := a.Field(whole)
	name, _ := change.New.AsText()
	given, family, _ := directory.SplitName(name)
	return is && value.Equal(plan.Text(part(given, family)))
}

// difference tells a reader what differs between two states.
func difference(before, now *directory.Live) string {
	var parts []string
	was := usersByID(before)
	for _, u := range now.Users {
		for field, value := range unlike(was[u.ID], u) {
			parts = append(parts, fmt.Sprintf("user %d %s=%s", u.ID, field, value))
		}
		if old := was[u.ID].Projects; !slices.Equal(old, u.Projects) {
			parts = append(parts, fmt.Sprintf("user %d in projects %v, was in %v", u.ID, u.Projects, old))
		}
	}
	groups, still := groupsByID(before), groupsByID(now)
	for _, g := range before.Groups {
		if _, there := still[g.ID]; !there {
			parts = append(parts, fmt.Sprintf("group %d deleted", g.ID))
		}
	}
	for _, g := range now.Groups {
		if old := groups[g.ID]; old.Name != g.Name || !slices.Equal(old.Members, g.Members) {
			parts = append(parts, fmt.Sprintf("group %d %q %v, was %q %v", g.ID, g.Name, g.Members, old.Name, old.Members))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
