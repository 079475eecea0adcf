package apply

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// values are fields of an account in the form in which they are compared: addresses folded, names canonical, ids as the
// names they stand for.
type values map[plan.Field]plan.Value

// userFields lists the fields of an account in the order in which differences are told.
func userFields() []plan.Field {
	return []plan.Field{
		plan.FieldEmail, plan.FieldName, plan.FieldGivenName, plan.FieldFamilyName, plan.FieldActive, plan.FieldRole, plan.FieldAdmin,
		plan.FieldEmailNotifications, plan.FieldMFARequired, plan.FieldSSOEnabled, plan.FieldAssignedProjects,
		plan.FieldSignOn, plan.FieldExternalName,
	}
}

// change returns what the write of a user action sends: the fields that the action changes and no other. A create names
// the address and says in words whether the account is active, because the tool's own default is false (DOC).
func (b *binding) change(a *plan.Action) (directory.UserChange, error) {
	var c directory.UserChange
	for _, f := range a.Fields {
		if err := b.set(&c, f.Field, f.New); err != nil {
			return directory.UserChange{}, fmt.Errorf("field %s: %w", f.Field, err)
		}
	}
	switch a.Kind {
	case plan.CreateUser:
		if c.Email == nil {
			c.Email = new(directory.Email(a.Subject))
		}
		if c.Active == nil {
			c.Active = new(true)
		}
	case plan.DeactivateUser:
		c.Active = new(false)
	case plan.ReactivateUser:
		c.Active = new(true)
	}
	return c, nil
}

// set puts one new value into c.
func (b *binding) set(c *directory.UserChange, field plan.Field, v plan.Value) error {
	text, isText := v.AsText()
	flag, isFlag := v.AsFlag()
	names, isList := v.AsList()
	switch {
	case field == plan.FieldEmail && isText:
		c.Email = new(directory.Email(text))
	case field == plan.FieldName && isText:
		c.Name = &text
	case field == plan.FieldGivenName && isText:
		c.GivenName = &text
	case field == plan.FieldFamilyName && isText:
		c.FamilyName = &text
	case field == plan.FieldExternalName && isText:
		c.ExternalName = &text
	case field == plan.FieldSignOn && isText:
		id, err := b.signOn(text)
		if err != nil {
			return err
		}
		c.SignOn = &id
	case field == plan.FieldRole && isText:
		id, err := b.role(text)
		if err != nil {
			return err
		}
		c.RoleID = &id
	case field == plan.FieldActive && isFlag:
		c.Active = &flag
	case field == plan.FieldAdmin && isFlag:
		c.Admin = &flag
	case field == plan.FieldEmailNotifications && isFlag:
		c.EmailNotifications = &flag
	case field == plan.FieldMFARequired && isFlag:
		c.MFARequired = &flag
	case field == plan.FieldSSOEnabled && isFlag:
		c.SSOEnabled = &flag
	case field == plan.FieldAssignedProjects && isList:
		ids := make([]directory.ProjectID, 0, len(names))
		for _, name := range names {
			id, err := b.projectID(name)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		c.AssignedProjects = &ids
	default:
		return fmt.Errorf("value %q can't be sent", v)
	}
	return nil
}

// sent returns the fields of a change.
func (b *binding) sent(c directory.UserChange) values {
	v := make(values)
	if c.Email != nil {
		v[plan.FieldEmail] = plan.Text(string(c.Email.Key()))
	}
	if c.Name != nil {
		v[plan.FieldName] = plan.Text(canonical(*c.Name))
	}
	if c.GivenName != nil {
		v[plan.FieldGivenName] = plan.Text(canonical(*c.GivenName))
	}
	if c.FamilyName != nil {
		v[plan.FieldFamilyName] = plan.Text(canonical(*c.FamilyName))
	}
	if c.SignOn != nil {
		v[plan.FieldSignOn] = plan.Text(b.signOnLabel(*c.SignOn))
	}
	if c.ExternalName != nil {
		v[plan.FieldExternalName] = plan.Text(*c.ExternalName)
	}
	if c.RoleID != nil {
		v[plan.FieldRole] = plan.Text(b.roleLabel(*c.RoleID))
	}
	if c.AssignedProjects != nil {
		v[plan.FieldAssignedProjects] = b.projectsValue(*c.AssignedProjects)
	}
	for field, flag := range map[plan.Field]*bool{
		plan.FieldActive:             c.Active,
		plan.FieldAdmin:              c.Admin,
		plan.FieldEmailNotifications: c.EmailNotifications,
		plan.FieldMFARequired:        c.MFARequired,
		plan.FieldSSOEnabled:         c.SSOEnabled,
	} {
		if flag != nil {
			v[field] = plan.Flag(*flag)
		}
	}
	return v
}

// has returns the fields of an account that can be believed: address, name and active state always, since every
// version answers them (DOC), the others if the instance reports them.
func (b *binding) has(u directory.User, reported map[plan.Field]bool) values {
	role := plan.Text(string(u.Role.Canonical()))
	if u.RoleID != 0 {
		role = plan.Text(b.roleLabel(u.RoleID))
	}
	v := values{
		plan.FieldRole:               role,
		plan.FieldAdmin:              plan.Flag(u.Admin),
		plan.FieldEmailNotifications: plan.Flag(u.EmailNotifications),
		plan.FieldMFARequired:        plan.Flag(u.MFARequired),
		plan.FieldSSOEnabled:         plan.Flag(u.SSOEnabled),
		plan.FieldAssignedProjects:   b.projectsValue(u.AssignedProjects),
		plan.FieldGivenName:          plan.Text(canonical(u.GivenName)),
		plan.FieldFamilyName:         plan.Text(canonical(u.FamilyName)),
		plan.FieldSignOn:             plan.Text(strings.ToLower(canonical(string(u.SignOn)))),
		plan.FieldExternalName:       plan.Text(u.ExternalName),
	}
	for field := range v {
		if !reported[field] {
			delete(v, field)
		}
	}
	v[plan.FieldEmail] = plan.Text(string(u.Email.Key()))
	v[plan.FieldName] = plan.Text(canonical(u.Name))
	v[plan.FieldActive] = plan.Flag(u.Active)
	return v
}

func (b *binding) projectsValue(ids []directory.ProjectID) plan.Value {
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		names = append(names, b.projectLabel(id))
	}
	slices.Sort(names)
	return plan.List(slices.Compact(names))
}

func canonical(name string) string { return string(directory.Name(name).Canonical()) }

// unmet returns what was sent and is not in the answer as it was sent, one phrase a field.
func unmet(sent, answered values) []string {
	var phrases []string
	for _, f := range userFields() {
		want, isSent := sent[f]
		got, isKnown := answered[f]
		if isSent && isKnown && !want.Equal(got) {
			phrases = append(phrases, fmt.Sprintf("%s is %q, not %q", f, got, want))
		}
	}
	return phrases
}

// moved returns what was not sent and is not in the answer as the plan saw it, one phrase a field: somebody else's edit
// since, or something that the tool did of its own.
func moved(sent, before, answered values) []string {
	var phrases []string
	_, whole := sent[plan.FieldName]
	_, given := sent[plan.FieldGivenName]
	_, family := sent[plan.FieldFamilyName]
	for _, f := range userFields() {
		was, wasKnown := before[f]
		is, isKnown := answered[f]
		_, isSent := sent[f]
		switch f {
		case plan.FieldName:
			isSent = isSent || given || family // it is put together from them
		case plan.FieldGivenName, plan.FieldFamilyName:
			isSent = isSent || whole
		}
		if !isSent && wasKnown && isKnown && !was.Equal(is) {
			phrases = append(phrases, fmt.Sprintf("%s is %q now, was %q when the plan was made; left as it is", f, is, was))
		}
	}
	return phrases
}
