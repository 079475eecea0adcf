package qtestsim

import "rollcall/internal/sim/wire"

// adminProfile is the id of the admin profile Administrators (GUESS), the older form of the group's rights (DOC).
const adminProfile = 2

func (c *call) appendProfile(dst []byte, p Profile) []byte {
	r := wire.Begin(dst, true)
	r.Number("id", p.ID)
	r.Text("name", p.Name)
	if !c.has(Gen2026) { // DOC: older models
		r.Flag("is_readonly", false)
		r.Flag("is_admin", false)
	}
	return r.End()
}

// getUserProfiles lists the profiles of projects and of the site; type chooses one of the two.
func (c *call) getUserProfiles() error {
	if err := c.need(viewProfiles, editProfiles); err != nil {
		return err
	}
	var users, admins []Profile
	switch c.query.Get("type") {
	case "user":
		users = c.st.profiles
	case "admin":
		admins = []Profile{{adminProfile, Administrators}}
	case "":
		users, admins = c.st.profiles, []Profile{{adminProfile, Administrators}}
	default:
		return invalid("Parameter 'type' is neither admin nor user.")
	}
	r := wire.Begin(nil, true)
	for _, list := range []struct {
		name  string
		items []Profile
	}{{"user_profiles", users}, {"admin_profiles", admins}} {
		r.Key(list.name)
		r.Out = array(r.Out, indexes(len(list.items)), func(dst []byte, i int) []byte { return c.appendProfile(dst, list.items[i]) })
	}
	r.Number("total_user_profiles", len(users))
	r.Number("total_admin_profiles", len(admins))
	c.out = r.End()
	return nil
}

// getCurrentProfile tells the caller's own rights, in a project or of the site's default profile. Which rights a profile
// has is the site's business: here a Project Admin and an administrator have all, others may look (GUESS).
func (c *call) getCurrentProfile() error {
	r := wire.Begin(nil, true)
	r.Number("user_id", c.me.ID)
	all := c.may(c.me)
	if len(c.args) > 0 {
		p, err := c.readableProject(c.args[0])
		if err != nil {
			return err
		}
		all = all || c.adminOf(p)
		r.Number("project_id", p.ID)
	}
	for _, area := range []string{
		"release", "build", "test_configuration", "module", "requirement", "test_case", "test_cycle", "test_suite", "test_run",
		"defect", "project_setting", "session", "project", "schedule",
	} {
		r.Key(area)
		own := wire.Begin(r.Out, true)
		own.Flag("view", true)
		own.Flag("edit", all)
		r.Out = own.End()
	}
	c.out = r.End()
	return nil
}

// getCurrentAdminProfile tells the caller's own rights on the site: the preflight of a program that manages users.
func (c *call) getCurrentAdminProfile() error {
	r := wire.Begin(nil, true)
	r.Number("user_id", c.me.ID)
	for _, right := range []struct{ name, role string }{
		{"create_project", "ROLE_PROJECTCREATOR"}, {"edit_project", "ROLE_PROJECTUPDATER"}, {"archive_project", "ROLE_PROJECTARCHIVER"},
		{"list_project", listProjects}, {"manage_client_user", manageUsers}, {"edit_user_profile", editProfiles},
		{"view_user_profile", viewProfiles}, {"manage_client_info", "ROLE_ADMININFORMATION"},
		{"manage_system_conf", "ROLE_ADMINCONFIGURATION"}, {"site_level_field", "ROLE_SITELEVELFIELD"},
		{"manage_user_group", manageGroups}, {"insight_viewer", "ROLE_ANALYTICSVIEWER"}, {"insight_editor", "ROLE_INSIGHTSEDITOR"},
		{"pulse_access", "ROLE_PULSEACCESS"}, {"launch_access", "ROLE_LAUNCHACCESS"}, {"analytics_viewer", "ROLE_ANALYTICSVIEWER"},
	} {
		r.Flag(right.name, c.may(c.me, right.role))
	}
	if c.has(Gen2026) {
		r.Flag("copilot_user", false)
	}
	c.extra(&r)
	c.out = r.End()
	return nil
}

// reevaluateToken tells who the caller is.
func (c *call) reevaluateToken() error {
	inaccessible, err := c.flag("includeInaccessibleApps", false)
	if err != nil {
		return err
	}
	a := c.me
	r := wire.Begin(nil, true)
	c.self(&r, "/api/v3/users/", a.ID)
	r.Number("id", a.ID)
	r.Text("user_name", a.Username)
	r.IDs("past_usernames", nil)
	r.Text("first_name", a.FirstName)
	r.Text("last_name", a.LastName)
	r.Number("client_id", 1)
	r.Text("client_name", "Acme")
	r.Text("client_site", c.site())
	c.text(&r, "timezone_offset", a.Timezone)
	r.Text("avatar", c.href("/api/v3/users/", a.ID)+"/avatar")
	r.Flag("access_admin_page", c.may(a, manageUsers))
	r.Text("client_site_name", "Acme")
	r.Text("package_type", "ELITE")
	apps := []string{"Manager"}
	if inaccessible {
		apps = append(apps, "Insights")
	}
	r.Key("applications")
	r.Out = array(r.Out, indexes(len(apps)), func(dst []byte, i int) []byte {
		app := wire.Begin(dst, true)
		app.Text("name", apps[i])
		app.Number("display_order", i+1)
		return app.End()
	})
	r.Key("support_links")
	r.Out = append(r.Out, "{}"...)
	c.extra(&r)
	c.out = r.End()
	return nil
}
