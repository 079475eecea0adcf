package qtestsim

import (
	"slices"
	"strings"

	"rollcall/internal/sim/fault"
	"rollcall/internal/sim/wire"
)

// authorities are the rights by name, with how they are shown (DOC for the names, GUESS for the display). Their ids are
// their places, 1-based (GUESS).
func authorities() [][2]string {
	return [][2]string{
		{manageUsers, "Manage Client Users"}, {manageGroups, "Manage User Groups"}, {editProfiles, "Edit User Profiles"},
		{viewProfiles, "View User Profiles"}, {"ROLE_PROJECTCREATOR", "Create Project"}, {"ROLE_PROJECTUPDATER", "Edit Project"},
		{listProjects, "List Project"}, {"ROLE_PROJECTARCHIVER", "Archive Project"}, {"ROLE_ADMINCONFIGURATION", "Manage System Configurations"},
		{"ROLE_ADMININFORMATION", "Manage Client Information"}, {"ROLE_SITELEVELFIELD", "Site Level Fields"},
		{"ROLE_INSIGHTSEDITOR", "Insights Editor"}, {"ROLE_LAUNCHACCESS", "Launch Access"}, {"ROLE_PULSEACCESS", "Pulse Access"},
		{"ROLE_ANALYTICSVIEWER", "Analytics Viewer"},
	}
}

// getGroups lists all groups with their members, unpaged (DOC).
func (c *call) getGroups() error {
	if err := c.need(manageGroups, manageUsers); err != nil {
		return err
	}
	return c.bare(len(c.st.groups), func(dst []byte, i int) []byte { return c.appendGroup(dst, c.st.groups[i]) })
}

// createGroup takes members and rights, which can't be changed on the group's side later (DOC).
func (c *call) createGroup() error {
	if err := c.need(manageGroups); err != nil {
		return err
	}
	var body struct {
		Name        string   `json:"name"`
		Description string   `json:"description"`
		Default     bool     `json:"is_default"`
		Users       []int    `json:"user_ids"`
		Authorities []string `json:"authority_names"`
	}
	if err := c.decode(&body); err != nil {
		return err
	}
	if strings.TrimSpace(body.Name) == "" {
		return invalid("Field 'name' is required.")
	}
	if slices.ContainsFunc(c.st.groups, func(g *Group) bool { return g.Name == body.Name }) {
		return invalid("The group name is already in use.")
	}
	users, err := c.resolveUsers(body.Users)
	if err != nil {
		return err
	}
	for _, name := range body.Authorities {
		if !slices.ContainsFunc(authorities(), func(a [2]string) bool { return a[0] == name }) {
			return invalid("The authority does not exist.")
		}
	}
	g, err := c.st.AddGroup(Group{
		Name: body.Name, Description: body.Description, Default: body.Default, Authorities: body.Authorities, UserIDs: users,
	})
	if err != nil {
		return err
	}
	c.out = c.appendGroup(nil, c.st.group(g.ID))
	return nil
}

// appendGroup writes a UserGroupResource.
func (c *call) appendGroup(dst []byte, g *Group) []byte {
	members := make([]*account, 0, len(g.UserIDs))
	for _, id := range g.UserIDs {
		if a := c.st.byID[id]; c.fault != fault.GroupsHideInactive || a.Status != StatusInactive {
			members = append(members, a)
		}
	}
	if n := len(members); c.fault == fault.GroupsDisagree && n > 0 {
		members = members[:n-1]
	}
	r := wire.Begin(dst, true)
	r.Number("id", g.ID)
	r.Text("name", g.Name)
	r.Text("description", g.Description)
	r.Number("total_user", len(members))
	r.Flag("is_system", g.System)
	r.Flag("is_default", g.Default)
	r.Key("authorities")
	r.Out = c.appendAuthorities(r.Out, g)
	if c.sw.GroupsHideUsers {
		r.Null("users")
	} else {
		r.Key("users")
		r.Out = array(r.Out, indexes(len(members)), func(dst []byte, i int) []byte { return c.appendInfo(dst, members[i]) })
	}
	c.extra(&r)
	return r.End()
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func (c *call) appendAuthorities(dst []byte, g *Group) []byte {
	all := authorities()
	var held []int
	for i, a := range all {
		if g.System && g.Name == Administrators || slices.Contains(g.Authorities, a[0]) {
			held = append(held, i)
		}
	}
	return array(dst, held, func(dst []byte, i int) []byte {
		r := wire.Begin(dst, true)
		r.Number("id", i+1)
		r.Text("name", all[i][0])
		r.Text("displayName", all[i][1])
		return r.End()
	})
}

// appendInfo writes a UserInfoVM: in camelCase (DOC).
func (c *call) appendInfo(dst []byte, a *account) []byte {
	r := wire.Begin(dst, true)
	r.Number("id", a.ID)
	r.Text("userName", a.Username)
	r.Text("firstName", a.FirstName)
	r.Text("lastName", a.LastName)
	r.Text("contactEmail", a.Username)
	r.Text("fullName", strings.TrimSpace(a.FirstName+" "+a.LastName))
	c.text(&r, "userDN", "")
	return r.End()
}
