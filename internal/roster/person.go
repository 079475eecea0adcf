package roster

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"rollcall/internal/directory"
	"rollcall/internal/edit"
	"rollcall/internal/plan"
)

// person writes an entry of `users`.
func (o *output) person(p *person) {
	o.line("  - email: ", edit.Scalar(string(p.address)))
	o.name(p.User)
	if p.pinned {
		o.line(fmt.Sprintf("    id: %d", p.ID))
	}
	switch {
	case p.Pending:
		o.line("    # invited, and never activated")
	case !p.Active:
		o.line("    active: false")
	}
	if o.caps.Reported[plan.FieldRole] && p.Role != "" {
		if why := o.names.roles.refused(p.Role); why == "" {
			o.line("    role: ", edit.Scalar(string(p.Role.Canonical())))
		} else {
			o.result.Roles++
			o.line("    # role: ", edit.Quoted(string(p.Role)), ", id ", fmt.Sprint(p.RoleID), ": ", why)
		}
	}
	if p.Admin && o.caps.Reported[plan.FieldAdmin] {
		o.line("    admin: true")
	}
	if p.Active && o.caps.Kinds[plan.AddToProject] {
		o.memberships(p.User)
	}
	if p.MFARequired && o.caps.Reported[plan.FieldMFARequired] {
		o.line("    mfa_required: true")
	}
	if p.SSOEnabled && o.caps.Reported[plan.FieldSSOEnabled] {
		o.line("    sso_enabled: true")
	}
	if o.caps.Reported[plan.FieldSignOn] && signsOnElsewhere(p.User) {
		o.auth(p.User)
	}
	if o.caps.Reported[plan.FieldAssignedProjects] && len(p.AssignedProjects) > 0 {
		o.assignedProjects(p.User)
	}
}

// name writes what a person is called: in one piece where that can be split into the parts that the tool holds.
func (o *output) name(u *directory.User) {
	name := string(directory.Name(u.Name).Canonical())
	given, family, splits := directory.SplitName(name)
	whole := splits && given == canonical(u.GivenName) && family == canonical(u.FamilyName) && name == directory.FullName(given, family)
	switch {
	case u.NameFixed:
		o.line("    # name: ", edit.Quoted(u.Name), ", which a directory service rules over")
	case o.caps.NameParts && name != "" && (!whole || !fits(name)):
		o.part("given_name", u.GivenName)
		o.part("family_name", u.FamilyName)
	case fits(name):
		o.line("    name: ", edit.Scalar(name))
	default:
		o.result.Names++
		o.line("    # name: ", edit.Quoted(u.Name), " can't be held by a roster")
	}
}

func canonical(name string) string { return string(directory.Name(name).Canonical()) }

// part writes a part of a name, if there is one.
func (o *output) part(key, name string) {
	switch text := canonical(name); {
	case text == "":
	case fits(text):
		o.line("    ", key, ": ", edit.Scalar(text))
	default:
		o.result.Names++
		o.line("    # ", key, ": ", edit.Quoted(name), " can't be held by a roster")
	}
}

// memberships writes the projects that a person is a member of. Profiles can't be read: to name none asserts nothing of
// somebody who is a member.
func (o *output) memberships(u *directory.User) {
	var ids []directory.ProjectID
	for _, id := range u.Projects {
		if p := project(o.live, id); p == nil || !p.Sample {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return
	}
	list, why := o.projectList(ids)
	if refused := o.names.profiles.refused(directory.DefaultProfile); why == "" && refused != "" {
		why = fmt.Sprintf("profile %s, which whoever is given no other has: %s", edit.Quoted(string(directory.DefaultProfile)), refused)
	}
	if why != "" {
		o.result.Projects++
		o.line("    # projects: ", why)
		return
	}
	o.line("    projects:")
	for _, name := range list {
		o.line("      - project: ", edit.Scalar(name))
	}
}

// auth writes how a person signs on who does not do so with a password of the tool.
func (o *output) auth(u *directory.User) {
	if why := o.names.signOns.refused(foldSignOn(u.SignOn)); why != "" {
		o.result.SignOns++
		o.line("    # auth: ", edit.Quoted(string(u.SignOn)), ": ", why)
		return
	}
	keys := []string{"system: " + edit.Scalar(string(u.SignOn.Canonical()))}
	external := o.caps.Reported[plan.FieldExternalName] && u.ExternalName != ""
	// Unlike other names it is compared byte for byte.
	sound := fits(u.ExternalName) && strings.TrimSpace(u.ExternalName) == u.ExternalName
	if external && sound {
		keys = append(keys, "external_name: "+edit.Scalar(u.ExternalName))
	}
	if line := "    auth: {" + strings.Join(keys, ", ") + "}"; utf8.RuneCountInString(line) <= edit.MaxWidth {
		o.line(line)
	} else {
		o.line("    auth:")
		for _, key := range keys {
			o.line("      ", key)
		}
	}
	if external && !sound {
		o.result.SignOns++
		o.line("    # auth.external_name: ", edit.Quoted(u.ExternalName), " can't be held by a roster")
	}
}

func (o *output) assignedProjects(u *directory.User) {
	list, why := o.projectList(u.AssignedProjects)
	if why != "" {
		o.result.Projects++
		o.line("    # assigned_projects: ", why)
		return
	}
	o.line("    assigned_projects:")
	for _, name := range list {
		o.line("      - ", edit.Scalar(name))
	}
}
