package testrailsim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"rollcall/internal/sim/wire"
)

// getProject: https://support.testrail.com/hc/en-us/articles/7077792415124-Projects, as all of this file.
func (c *call) getProject() error {
	if c.route.Arg == "" {
		return missing("project_id")
	}
	p, err := c.readableProject(c.route.Arg)
	if err != nil {
		return err
	}
	c.out = c.appendProject(nil, p, false)
	return nil
}

// readableProject finds a project that the caller can read (both texts LIVE).
func (c *call) readableProject(arg string) (*Project, error) {
	id, err := strconv.Atoi(arg)
	if err != nil {
		return nil, refusal{400, "Field :project_id is not a valid ID."}
	}
	p := c.st.project(id)
	if p == nil || !c.st.mayRead(c.me, p) {
		return nil, refusal{400, "Field :project_id is not a valid or accessible project."}
	}
	return p, nil
}

// getProjects lists the projects that the caller can read; is_completed=0 or 1 filters.
func (c *call) getProjects() error {
	filter, filtered := c.route.Value("is_completed")
	if filtered && filter != "0" && filter != "1" {
		return notValid("is_completed", "boolean")
	}
	var list []*Project
	for _, p := range c.st.projects {
		if c.st.mayRead(c.me, p) && (!filtered || p.IsCompleted == (filter == "1")) {
			list = append(list, p)
		}
	}
	return c.list("projects", len(list), c.sw.projectsEnvelope(c.beta), func(dst []byte, i int) []byte {
		return c.appendProject(dst, list[i], true)
	})
}

// updateProject changes the fields sent. That access can be written is told by the response section alone (DOC,
// contradicts itself).
func (c *call) updateProject() error {
	if err := c.adminOnly("edit projects"); err != nil {
		return err
	}
	if c.route.Arg == "" {
		return missing("project_id")
	}
	own, err := c.readableProject(c.route.Arg)
	if err != nil {
		return err
	}
	known := []string{"project_id", "name", "announcement", "show_announcement", "suite_mode", "is_completed"}
	if c.sw.Version.atLeast(V73) {
		known = append(known, "default_role_id", "groups")
		if c.sw.Edition == Enterprise {
			known = append(known, "users")
		}
	}
	if err := c.only(known...); err != nil {
		return err
	}
	p := copyProject(own)
	if err := c.projectFrom(&p); err != nil {
		return err
	}
	if slices.Contains(known, "groups") {
		if err := c.accessFrom(&p, slices.Contains(known, "users")); err != nil {
			return err
		}
	}
	if err := c.st.SetProject(p); err != nil {
		return err
	}
	c.out = c.appendProject(nil, c.st.project(p.ID), false)
	return nil
}

func (c *call) projectFrom(p *Project) error {
	if err := c.body.text("name", &p.Name); err != nil {
		return err
	}
	if strings.TrimSpace(p.Name) == "" {
		return missing("name")
	}
	if utf8.RuneCountInString(p.Name) > 250 {
		return refusal{400, "Field :name is too long (250 characters at most)."} // LIVE
	}
	if err := c.body.text("announcement", &p.Announcement); err != nil {
		return err
	}
	if err := c.body.flag("show_announcement", &p.ShowAnnouncement); err != nil {
		return err
	}
	if err := c.body.flag("is_completed", &p.IsCompleted); err != nil {
		return err
	}
	if err := c.body.id("suite_mode", &p.SuiteMode); err != nil {
		return err
	}
	if c.body.has("suite_mode") && (p.SuiteMode < 1 || p.SuiteMode > 3) {
		return refusal{400, fmt.Sprintf("Field :suite_mode is not a supported enum value (%q).", strconv.Itoa(p.SuiteMode))} // LIVE
	}
	return nil
}

func (c *call) accessFrom(p *Project, users bool) error {
	if raw, sent := c.body["default_role_id"]; sent {
		role, _, err := c.accessRole(raw, "default_role_id")
		if err != nil {
			return err
		}
		p.DefaultRoleID = role
	}
	isGroup := func(id int) bool { return c.st.groupByID[id] != nil }
	if err := c.accessList("groups", &p.Groups, isGroup, "group"); err != nil {
		return err
	}
	if !users {
		return nil
	}
	isUser := func(id int) bool { return c.st.byID[id] != nil }
	return c.accessList("users", &p.Users, isUser, "user")
}

// accessList applies entries of {id or user_id, role_id}: 0 is the global role, null clears (DOC). Entries merge with
// what is there (GUESS, a switch).
func (c *call) accessList(field string, dst *[]ProjectAccess, known func(int) bool, noun string) error {
	if !c.body.has(field) {
		return nil
	}
	var entries []fields
	if json.Unmarshal(c.body[field], &entries) != nil {
		return notValid(field, "array")
	}
	list := *dst
	if c.sw.ReplaceProjectAccess {
		list = nil
	}
	for _, e := range entries {
		id := 0
		for _, name := range []string{"id", noun + "_id"} {
			if err := e.id(name, &id); err != nil {
				return err
			}
		}
		if !known(id) {
			return notValid(field, noun)
		}
		role, clear, err := c.accessRole(e["role_id"], "role_id")
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(a ProjectAccess) bool { return a.ID == id })
		switch {
		case clear && at >= 0:
			list = slices.Delete(list, at, at+1)
		case clear:
		case at >= 0:
			list[at].RoleID = role
		default:
			list = append(list, ProjectAccess{ID: id, RoleID: role})
		}
	}
	*dst = list
	return nil
}

func (c *call) accessRole(raw json.RawMessage, field string) (role int, clear bool, err error) {
	if len(raw) == 0 || string(raw) == "null" {
		return 0, true, nil
	}
	if err := (fields{field: raw}).id(field, &role); err != nil {
		return 0, false, err
	}
	if role != 0 && c.st.role(role) == nil {
		return 0, false, notValid(field, "role") // GUESS
	}
	return role, false, nil
}

// appendProject writes a project. On Professional a list item has users:[] and no default role (LIVE: testinium),
// a single project has the default role and no users (DOC).
func (c *call) appendProject(dst []byte, p *Project, inList bool) []byte {
	r := wire.Begin(dst, c.sw.PlainJSON)
	r.Number("id", p.ID)
	r.Text("name", p.Name)
	if p.Announcement == "" {
		r.Null("announcement")
	} else {
		r.Text("announcement", p.Announcement)
	}
	r.Flag("show_announcement", p.ShowAnnouncement)
	r.Flag("is_completed", p.IsCompleted)
	if p.CompletedOn == 0 {
		r.Null("completed_on")
	} else {
		r.Number("completed_on", int(p.CompletedOn))
	}
	r.Number("suite_mode", p.SuiteMode)
	access, enterprise := c.sw.Version.atLeast(V73), c.sw.Edition == Enterprise
	if access && (enterprise || !inList) {
		c.roleOrNull(&r, "default_role_id", "default_role", p.DefaultRoleID)
	}
	r.Text("url", cmp.Or(c.st.url, defaultURL)+"index.php?/projects/overview/"+strconv.Itoa(p.ID))
	if access {
		r.Key("groups")
		r.Out = c.appendProjectGroups(r.Out, p.Groups)
	}
	switch {
	case access && enterprise:
		r.Key("users")
		r.Out = c.appendProjectUsers(r.Out, p.Users)
	case access && inList:
		r.IDs("users", nil)
	}
	return r.End()
}

// roleOrNull writes a role's id and name; 0, the global role, is null in both (DOC samples).
func (c *call) roleOrNull(r *wire.Record, idField, nameField string, role int) {
	if role == 0 {
		r.Null(idField)
		r.Null(nameField)
		return
	}
	r.Number(idField, role)
	r.Text(nameField, c.st.roleName(role))
}

func (c *call) appendProjectGroups(dst []byte, list []ProjectAccess) []byte {
	dst = append(dst, '[')
	for i, a := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		r := wire.Begin(dst, c.sw.PlainJSON)
		r.Number("id", a.ID)
		c.roleOrNull(&r, "role_id", "role", a.RoleID)
		dst = r.End()
	}
	return append(dst, ']')
}

func (c *call) appendProjectUsers(dst []byte, list []ProjectAccess) []byte {
	dst = append(dst, '[')
	for i, a := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		u := c.st.byID[a.ID]
		r := wire.Begin(dst, c.sw.PlainJSON)
		r.Number("id", a.ID)
		r.Number("global_role_id", u.RoleID)
		r.Text("global_role", c.st.roleName(u.RoleID))
		c.roleOrNull(&r, "project_role_id", "project_role", a.RoleID)
		dst = r.End()
	}
	return append(dst, ']')
}
