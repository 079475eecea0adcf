package directory

import "strings"

// Live is the live state: what the tool reports now, read completely and checked for consistency, or not at all.
// Users, groups, roles and projects are sorted by id. Addresses and names are spelled as the server does.
type Live struct {
	Self     UserID    `json:"self"` // the account whose credentials are used; 0 if the tool does not say
	Users    []User    `json:"users"`
	Groups   []Group   `json:"groups"`
	Roles    []Role    `json:"roles"`
	Projects []Project `json:"projects"`
	// ProjectsRead says whether projects were asked for: a plan reads them only when it needs them. Profiles are what a
	// member of a project may be there; they are read with the projects.
	ProjectsRead bool      `json:"projects_read"`
	Profiles     []Profile `json:"profiles,omitempty"`
	// SignOns are the ways to sign on that an account can have, the tool's own passwords among them, if SignOnsRead.
	SignOns     []SignOn `json:"sign_ons,omitempty"`
	SignOnsRead bool     `json:"sign_ons_read,omitempty"`
	// Remarks are what a reader should know about the reading itself, such as inactive accounts that one of the two
	// sides of the membership relation hides.
	Remarks []string `json:"remarks,omitempty"`
}

// Extent says what a reading of the live state has beside users, groups and roles.
type Extent struct {
	Projects bool // and the profiles in them, and who is a member where the tool has members of projects
	SignOns  bool // the ways to sign on
}

// And returns what either of both has.
func (e Extent) And(other Extent) Extent {
	return Extent{Projects: e.Projects || other.Projects, SignOns: e.SignOns || other.SignOns}
}

// Has reports whether all that other has is in e.
func (e Extent) Has(other Extent) bool { return e.And(other) == e }

// Extent returns what a live state was read with.
func (l *Live) Extent() Extent { return Extent{Projects: l.ProjectsRead, SignOns: l.SignOnsRead} }

// User is an account as the tool reports it. A field that the instance does not report is zero; whether it does is a
// matter of its abilities, not of the record.
type User struct {
	ID                 UserID      `json:"id"`
	Email              Email       `json:"email"`
	Name               string      `json:"name"`
	Active             bool        `json:"active"`
	Role               Name        `json:"role,omitempty"`
	RoleID             RoleID      `json:"role_id,omitempty"`
	Admin              bool        `json:"admin,omitempty"`
	EmailNotifications bool        `json:"email_notifications,omitempty"`
	MFARequired        bool        `json:"mfa_required,omitempty"`
	SSOEnabled         bool        `json:"sso_enabled,omitempty"`
	AssignedProjects   []ProjectID `json:"assigned_projects,omitempty"`

	// Pending says of an inactive account that it was invited and never activated: it is not switched off either.
	Pending bool `json:"pending,omitempty"`
	// GivenName and FamilyName are what Name is put together from, where the tool holds them apart. NameFixed says that a
	// directory service rules over them: what is written has no effect.
	GivenName  string `json:"given_name,omitempty"`
	FamilyName string `json:"family_name,omitempty"`
	NameFixed  bool   `json:"name_fixed,omitempty"`
	// SignOn is the name of how the person signs on, ExternalName the person's name there.
	SignOn       Name   `json:"sign_on,omitempty"`
	ExternalName string `json:"external_name,omitempty"`
	// Projects are those that the account is a member of, sorted, if they were read.
	Projects []ProjectID `json:"projects,omitempty"`
}

// Untouchable reports whether the account can't be named by address, so that it is kept as it is and carried in
// lists by id: forgotten users, and accounts with something else than an address in that field.
func (u *User) Untouchable() bool {
	// A server may keep white space around an address; Email.Key does not see it either.
	address := Email(strings.TrimSpace(string(u.Email)))
	return Forgotten(string(address)) || !address.Usable()
}

// Group is a group as the tool reports it. Members are sorted by id, each once.
type Group struct {
	ID      GroupID  `json:"id"`
	Name    Name     `json:"name"`
	Members []UserID `json:"members"`
	System  bool     `json:"system,omitempty"` // the tool made it and needs it: nobody deletes it for being unlisted
	Rights  []string `json:"rights,omitempty"` // over the whole instance that its members have by it, sorted, as the tool names them
}

// Account is a user with the groups that it is in, as a tool answers it whose memberships are written on the user.
type Account struct {
	User
	Groups []GroupID // sorted; without the group that stands for User.Admin
}

// Role is a role that can be given to a user.
type Role struct {
	ID      RoleID `json:"id"`
	Name    Name   `json:"name"`
	Default bool   `json:"default,omitempty"`
}

// Project is a project, with the groups that have access of their own to it where the tool reports them.
type Project struct {
	ID     ProjectID `json:"id"`
	Name   Name      `json:"name"`
	Groups []GroupID `json:"groups,omitempty"`
	// GroupsKnown says whether the tool reported group access at all: an absent list is not an empty one.
	GroupsKnown bool `json:"groups_known,omitempty"`
	// Sample says that the tool puts people there of its own: nobody is removed from it.
	Sample bool `json:"sample,omitempty"`
}

// Profile is what a member of a project may be there.
type Profile struct {
	ID   ProfileID `json:"id"`
	Name Name      `json:"name"`
}

// OwnSignOn is what the way to sign on is called that is the tool's own, in the live state and, in any case, in files.
const OwnSignOn Name = "Internal"

// SignOn is a way to sign on. Own says that it is the tool's own, with a password that the tool keeps; a person has no
// external name there. NameFixed says that it is a directory service which rules over the names of its people.
type SignOn struct {
	ID        SignOnID `json:"id"`
	Name      Name     `json:"name"`
	Own       bool     `json:"own,omitempty"`
	NameFixed bool     `json:"name_fixed,omitempty"`
}
