package plan_test

import (
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// onUser makes of a world one whose tool writes memberships on the user, and what comes with the tools that do: names in
// two parts, ways to sign on, members of projects with profiles that nobody can read, no roles. Addresses, names of groups
// and the end of a group are beyond its API. Administrators are the members of a group.
func onUser(w *world) {
	c := plan.Caps{
		Membership: plan.OnUser, Kinds: map[plan.Kind]bool{}, Reported: map[plan.Field]bool{}, Writable: map[plan.Field]bool{},
		ReadsGroups: true, Where: map[plan.Kind]string{}, Why: map[plan.Kind]string{},
		NameParts: true, AdminGroup: "Administrators", Once: 2, UserLists: 1,
	}
	for _, k := range plan.Kinds() {
		c.Kinds[k] = k != plan.DeleteGroup
		c.Where[k] = "page of " + string(k)
	}
	c.Why[plan.UpdateGroup], c.Why[plan.DeleteGroup] = "a group can't be renamed", "a group can't be deleted"
	for _, f := range []plan.Field{plan.FieldName, plan.FieldGivenName, plan.FieldFamilyName, plan.FieldActive, plan.FieldAdmin,
		plan.FieldSignOn, plan.FieldExternalName} {
		c.Reported[f], c.Writable[f] = true, true
	}
	c.Reported[plan.FieldEmail], c.Writable[plan.FieldProfile] = true, true
	w.caps = c
	w.live.Roles = nil
	w.live.ProjectsRead, w.live.SignOnsRead = true, true
	w.live.Profiles = []directory.Profile{{ID: 5, Name: "Developer"}, {ID: 6, Name: "Tester"}}
	w.live.SignOns = []directory.SignOn{{ID: -1, Name: directory.OwnSignOn, Own: true}, {ID: 12, Name: "Acme SSO"}, {ID: 14, Name: "Acme LDAP", NameFixed: true}}
}

// The live side.

// person is an active account of a tool that holds names in two parts.
func person(id int, name string, opts ...func(*directory.User)) part {
	return account(id, name, append([]func(*directory.User){func(u *directory.User) {
		u.Role, u.RoleID, u.SignOn = "", 0, directory.OwnSignOn
		u.GivenName, u.FamilyName = name, "X"
		u.Name = directory.FullName(u.GivenName, u.FamilyName)
	}}, opts...)...)
}

func pending(u *directory.User) { u.Active, u.Pending = false, true }

func goesBy(given, family string) func(*directory.User) {
	return func(u *directory.User) {
		u.GivenName, u.FamilyName, u.Name = given, family, directory.FullName(given, family)
	}
}

func signsOn(system directory.Name, external string) func(*directory.User) {
	return func(u *directory.User) { u.SignOn, u.ExternalName = system, external }
}

// ldap is somebody whose name a directory service rules over.
func ldap(u *directory.User) { u.SignOn, u.ExternalName, u.NameFixed = "Acme LDAP", "x", true }

func works(projects ...directory.ProjectID) func(*directory.User) {
	return func(u *directory.User) { u.Projects = projects }
}

// sample is a project into which the tool puts people of its own.
func sample(id int, name string) part {
	return func(w *world) {
		project(id, name)(w)
		w.live.Projects[len(w.live.Projects)-1].Sample = true
	}
}

func rights(names ...string) part {
	return func(w *world) { w.live.Groups[len(w.live.Groups)-1].Rights = names }
}

// The file's side.

func givenName(name string) func(*directory.WantUser) {
	return func(u *directory.WantUser) { u.GivenName = directory.At(name, key(u.Pos, 1)) }
}

func familyName(name string) func(*directory.WantUser) {
	return func(u *directory.WantUser) { u.FamilyName = directory.At(name, key(u.Pos, 1)) }
}

func system(name directory.Name) func(*directory.WantUser) {
	return func(u *directory.WantUser) { u.SignOn = directory.At(name, key(u.Pos, 2)) }
}

func external(name string) func(*directory.WantUser) {
	return func(u *directory.WantUser) { u.ExternalName = directory.At(name, key(u.Pos, 3)) }
}

// on lists all the projects of a person, with the profile that comes of itself.
func on(projects ...directory.Name) func(*directory.WantUser) {
	return func(u *directory.WantUser) {
		u.Projects = directory.At([]directory.ProjectRef{}, key(u.Pos, 8))
		for _, name := range projects {
			u.Projects.Value = append(u.Projects.Value, directory.ProjectRef{Project: name, Profile: directory.DefaultProfile, Pos: key(u.Pos, 8)})
		}
	}
}

// onAs adds one project with a profile that the file names.
func onAs(project, profile directory.Name) func(*directory.WantUser) {
	return func(u *directory.WantUser) {
		if !u.Projects.Set {
			u.Projects = directory.At([]directory.ProjectRef{}, key(u.Pos, 8))
		}
		at := key(u.Pos, 8)
		u.Projects.Value = append(u.Projects.Value, directory.ProjectRef{Project: project, Profile: profile, Pos: at,
			ProfilePos: directory.Pos{File: at.File, Line: at.Line, Column: 40}})
	}
}
