package cli

import (
	"strconv"
	"strings"

	"rollcall/internal/directory"
)

// The rows of the lists, in the form of their JSON. What only some tools have is absent elsewhere.
type (
	userRow struct {
		ID           directory.UserID `json:"id"`
		Email        directory.Email  `json:"email"`
		Name         string           `json:"name"`
		GivenName    string           `json:"given_name,omitempty"`
		FamilyName   string           `json:"family_name,omitempty"`
		Role         directory.Name   `json:"role"`
		Active       bool             `json:"active"`
		Pending      bool             `json:"pending,omitempty"` // invited, and never activated
		Admin        *bool            `json:"admin"`             // null: the instance does not report it
		SignOn       directory.Name   `json:"sign_on,omitempty"`
		ExternalName string           `json:"external_name,omitempty"`
		Groups       []directory.Name `json:"groups"`
		Projects     []directory.Name `json:"projects,omitempty"` // of which the person is a member, if they were read
	}
	groupRow struct {
		ID       directory.GroupID `json:"id"`
		Name     directory.Name    `json:"name"`
		Members  int               `json:"members"`
		Inactive int               `json:"inactive_members"`
		Rights   []string          `json:"rights,omitempty"`
	}
	roleRow struct {
		ID      directory.RoleID `json:"id"`
		Name    directory.Name   `json:"name"`
		Default bool             `json:"default"`
		Users   int              `json:"users"`
	}
	projectRow struct {
		ID      directory.ProjectID `json:"id"`
		Name    directory.Name      `json:"name"`
		Groups  []directory.Name    `json:"groups"`            // null: the tool does not report them
		Members *int                `json:"members,omitempty"` // accounts that are members; absent: the tool has none
		Sample  bool                `json:"sample,omitempty"`
	}
	profileRow struct {
		ID      directory.ProfileID `json:"id"`
		Name    directory.Name      `json:"name"`
		Default bool                `json:"default"` // of a member for whom the roster names no profile
	}
	signOnRow struct {
		ID    directory.SignOnID `json:"id"`
		Name  directory.Name     `json:"name"`
		Own   bool               `json:"own"` // the tool's own, with a password that it keeps
		Users int                `json:"users"`
	}
)

// column is a column of a list as a table.
type column[T any] struct {
	name string
	cell func(*T) string
}

func (v *listView) userColumns() []column[userRow] {
	columns := []column[userRow]{
		{"id", func(u *userRow) string { return id(u.ID) }},
		{"email", func(u *userRow) string { return string(u.Email) }},
		{"name", func(u *userRow) string { return u.Name }},
	}
	if v.holds("role") {
		columns = append(columns, column[userRow]{"role", func(u *userRow) string { return string(u.Role) }})
	}
	columns = append(columns,
		column[userRow]{"state", (*userRow).state},
		column[userRow]{"admin", func(u *userRow) string { return adminWord(u.Admin) }})
	if v.holds("auth") {
		columns = append(columns, column[userRow]{"sign-on", func(u *userRow) string { return string(u.SignOn) }})
	}
	columns = append(columns, column[userRow]{"groups", func(u *userRow) string { return joined(u.Groups) }})
	if v.holds("projects") && v.live.ProjectsRead {
		columns = append(columns, column[userRow]{"projects", func(u *userRow) string { return joined(u.Projects) }})
	}
	return columns
}

func (v *listView) groupColumns() []column[groupRow] {
	columns := []column[groupRow]{
		{"id", func(g *groupRow) string { return id(g.ID) }},
		{"name", func(g *groupRow) string { return string(g.Name) }},
		{"members", func(g *groupRow) string { return strconv.Itoa(g.Members) }},
		{"inactive", func(g *groupRow) string { return strconv.Itoa(g.Inactive) }},
	}
	if v.caps.AdminGroup != "" { // rights over the instance come from groups
		columns = append(columns, column[groupRow]{"rights", func(g *groupRow) string { return strings.Join(g.Rights, ", ") }})
	}
	return columns
}

func roleColumns() []column[roleRow] {
	return []column[roleRow]{
		{"id", func(r *roleRow) string { return id(r.ID) }},
		{"name", func(r *roleRow) string { return string(r.Name) }},
		{"default", func(r *roleRow) string { return yesOrEmpty(r.Default) }},
		{"users", func(r *roleRow) string { return strconv.Itoa(r.Users) }},
	}
}

func (v *listView) projectColumns() []column[projectRow] {
	columns := []column[projectRow]{
		{"id", func(p *projectRow) string { return id(p.ID) }},
		{"name", func(p *projectRow) string { return string(p.Name) }},
	}
	if !v.holds("projects") {
		return append(columns, column[projectRow]{"groups", func(p *projectRow) string { return joined(p.Groups) }})
	}
	return append(columns,
		column[projectRow]{"members", func(p *projectRow) string { return strconv.Itoa(*p.Members) }},
		column[projectRow]{"sample", func(p *projectRow) string { return yesOrEmpty(p.Sample) }})
}

func profileColumns() []column[profileRow] {
	return []column[profileRow]{
		{"id", func(p *profileRow) string { return id(p.ID) }},
		{"name", func(p *profileRow) string { return string(p.Name) }},
		{"default", func(p *profileRow) string { return yesOrEmpty(p.Default) }},
	}
}

func signOnColumns() []column[signOnRow] {
	return []column[signOnRow]{
		{"id", func(s *signOnRow) string { return id(s.ID) }},
		{"name", func(s *signOnRow) string { return string(s.Name) }},
		{"own", func(s *signOnRow) string { return yesOrEmpty(s.Own) }},
		{"users", func(s *signOnRow) string { return strconv.Itoa(s.Users) }},
	}
}

func id[ID ~int64](n ID) string { return strconv.FormatInt(int64(n), 10) }

func (u *userRow) state() string {
	switch {
	case u.Active:
		return "active"
	case u.Pending:
		return "pending"
	}
	return "inactive"
}

func adminWord(admin *bool) string {
	switch {
	case admin == nil:
		return "?"
	case *admin:
		return "admin"
	}
	return ""
}

func yesOrEmpty(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func joined(names []directory.Name) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	return strings.Join(texts, ", ")
}
