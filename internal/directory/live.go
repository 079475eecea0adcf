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
	// ProjectsRead says whether projects were asked for: a plan reads them only when it needs them.
	ProjectsRead bool `json:"projects_read"`
	// Remarks are what a reader should know about the reading itself, such as inactive accounts that one of the two
	// sides of the membership relation hides.
	Remarks []string `json:"remarks,omitempty"`
}

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
}
