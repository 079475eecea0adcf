package testrailsim

import (
	"slices"
	"strings"
	"unicode/utf8"

	"rollcall/internal/sim/people"
	"rollcall/internal/sim/wire"
)

// getUser: https://support.testrail.com/hc/en-us/articles/7077978310292-Users, as all of this file.
func (c *call) getUser() error {
	id, err := c.pathID("user_id")
	if err != nil {
		return err
	}
	if err := c.mayReadUser(id); err != nil {
		return err
	}
	u := c.st.byID[id]
	if u == nil {
		return notValid("user_id", "user") // DOC for 400, GUESS for the text
	}
	c.out = c.appendUser(nil, u, u.RoleID)
	return nil
}

// getCurrentUser answers with the caller, whatever id follows: the documentation prints one, live it is not needed.
func (c *call) getCurrentUser() error {
	if c.sw.ShortCurrentUser {
		c.out = c.appendOldUser(nil, c.me, c.me.RoleID)
		return nil
	}
	c.out = c.appendUser(nil, c.me, c.me.RoleID)
	return nil
}

// getUserByEmail answers an unknown address like a malformed one (LIVE: TRCLI, mvndaai#20).
func (c *call) getUserByEmail() error {
	email, ok := c.route.Value("email")
	if !ok {
		return missing("email")
	}
	u := c.st.find(email, c.sw.EmailCaseSensitive)
	if u == nil || c.fault == EmailDenied {
		return errEmail()
	}
	if err := c.mayReadUser(u.ID); err != nil {
		return err
	}
	c.out = c.appendUser(nil, u, u.RoleID)
	return nil
}

func errEmail() error { return notValid("email", "email address") }

// mayReadUser: everybody may read themselves; others need an administrator by the documentation, not so live.
func (c *call) mayReadUser(id int) error {
	if !c.sw.OwnRecordOnly || id == c.me.ID {
		return nil
	}
	return c.adminOnly("read other users")
}

// getUsers lists all accounts for an administrator, or the active ones with explicit access to a project, with
// their role there.
func (c *call) getUsers() error {
	arg := c.route.Arg
	if v, ok := c.route.Value("project_id"); ok && arg == "" && !c.me.IsAdmin && !c.sw.Version.atLeast(V70) {
		arg = v // until 6.6 the parameter did (ISSUE: tolstislon PR #44); for an administrator it is ignored (GUESS)
	}
	if arg != "" {
		return c.getProjectUsers(arg)
	}
	if !c.me.IsAdmin {
		return refusal{403, "Access Denied. You are not a TestRail administrator. Field:project_id is a required field."} // LIVE
	}
	users := c.st.usersIn(c.sw.UserOrder)
	return c.list("users", len(users), c.sw.usersEnvelope(), func(dst []byte, i int) []byte {
		return c.appendUser(dst, users[i], users[i].RoleID)
	})
}

func (c *call) getProjectUsers(arg string) error {
	p, err := c.readableProject(arg)
	if err != nil {
		return err
	}
	list := c.st.usersOf(p)
	return c.list("users", len(list.users), c.sw.usersEnvelope(), func(dst []byte, i int) []byte {
		return c.appendUser(dst, list.users[i], list.roles[i])
	})
}

// addUser answers 200 with the new account (DOC: not 201).
func (c *call) addUser() error {
	if err := c.adminOnly("add users"); err != nil {
		return err
	}
	for _, name := range []string{"name", "email"} {
		var text string
		if err := c.body.text(name, &text); err != nil {
			return err
		}
		if strings.TrimSpace(text) == "" {
			return missing(name)
		}
	}
	u := User{RoleID: c.st.defaultRole(), IsActive: c.sw.AddUserActive, EmailNotifications: true}
	if err := c.only(c.userFields()...); err != nil {
		return err
	}
	var groups []int
	if err := c.userFrom(&u, &groups); err != nil {
		return err
	}
	if err := c.checkGroupsOf(&u, nil, groups); err != nil {
		return err
	}
	if err := c.checkSeat(false, u.IsActive); err != nil {
		return err
	}
	u, err := c.st.AddUser(u)
	if err != nil {
		return err
	}
	a := c.st.byID[u.ID]
	c.writeGroupsOf(a, groups)
	c.out = c.appendUser(nil, a, a.RoleID)
	return nil
}

// updateUser changes the fields sent and leaves the others (CLIENT, plausible). There is no other way to end an
// account than is_active:false.
func (c *call) updateUser() error {
	if err := c.adminOnly("edit users"); err != nil {
		return err
	}
	id, err := c.pathID("user_id")
	if err != nil {
		return err
	}
	a := c.st.byID[id]
	if a == nil {
		return notValid("user_id", "user")
	}
	if c.sw.UserIDInBodyNeeded && !c.body.has("user_id") {
		return missing("user_id")
	}
	if err := c.only(append(c.userFields(), "user_id")...); err != nil {
		return err
	}
	u := copyUser(a.User)
	groups := slices.Clone(a.groups)
	if err := c.userFrom(&u, &groups); err != nil {
		return err
	}
	if c.sw.MergeGroupIDs {
		groups = append(groups, a.groups...)
	}
	if c.body.has("group_ids") {
		if err := c.checkGroupsOf(&u, a.groups, groups); err != nil {
			return err
		}
	}
	if err := c.checkSeat(a.IsActive, u.IsActive); err != nil {
		return err
	}
	deactivated := a.IsActive && !u.IsActive
	if err := c.st.SetUser(u); err != nil {
		return err
	}
	if deactivated || c.body.has("group_ids") {
		c.writeGroupsOf(a, groups)
	}
	c.out = c.appendUser(nil, a, a.RoleID)
	return nil
}

// userFields are the fields of add_user and update_user. What the edition lacks is an unknown field.
func (c *call) userFields() []string {
	known := []string{"name", "email", "role_id", "is_active", "is_admin", "email_notifications", "group_ids", "mfa_required"}
	if c.sw.Edition == Enterprise {
		known = append(known, "sso_enabled", "assigned_projects")
	}
	return known
}

// userFrom puts the body's fields into u and groups and checks each. u.ID is 0 for a new account.
func (c *call) userFrom(u *User, groups *[]int) error {
	if err := c.body.text("name", &u.Name); err != nil {
		return err
	}
	if utf8.RuneCountInString(u.Name) > 250 {
		return refusal{400, "Field :name is too long (250 characters at most)."} // LIVE for projects
	}
	if c.body.has("name") && strings.TrimSpace(u.Name) == "" {
		return missing("name")
	}
	if err := c.emailFrom(u); err != nil {
		return err
	}
	if err := c.body.id("role_id", &u.RoleID); err != nil {
		return err
	}
	if c.st.role(u.RoleID) == nil {
		return notValid("role_id", "role") // GUESS
	}
	for _, f := range []struct {
		name string
		dst  *bool
	}{
		{"is_active", &u.IsActive}, {"is_admin", &u.IsAdmin},
		{"email_notifications", &u.EmailNotifications}, {"mfa_required", &u.MFARequired},
	} {
		if err := c.body.flag(f.name, f.dst); err != nil {
			return err
		}
	}
	if c.sw.Edition == Enterprise {
		if err := c.enterpriseFrom(u); err != nil {
			return err
		}
	}
	if err := c.body.ids("group_ids", groups); err != nil {
		return err
	}
	for _, id := range *groups {
		if c.st.groupByID[id] == nil {
			return notValid("group_ids", "group") // GUESS
		}
	}
	return nil
}

// enterpriseFrom puts the fields of the Enterprise edition into u.
func (c *call) enterpriseFrom(u *User) error {
	if err := c.body.flag("sso_enabled", &u.SSOEnabled); err != nil {
		return err
	}
	if err := c.body.ids("assigned_projects", &u.AssignedProjects); err != nil {
		return err
	}
	slices.Sort(u.AssignedProjects)
	u.AssignedProjects = slices.Compact(u.AssignedProjects)
	for _, id := range u.AssignedProjects {
		if c.st.project(id) == nil {
			return notValid("assigned_projects", "or accessible project") // GUESS, after the LIVE text of :project_id
		}
	}
	return nil
}

// emailFrom refuses a malformed address (LIVE) and one that another account has (GUESS). An address sent back
// unchanged passes even if it is none: a forgotten user bears one such.
func (c *call) emailFrom(u *User) error {
	before := u.Email
	if err := c.body.text("email", &u.Email); err != nil {
		return err
	}
	if u.Email == before {
		return nil
	}
	if !validEmail(u.Email) {
		return errEmail()
	}
	if before == "" && c.sw.TakenEmailAllowed {
		return nil
	}
	for _, other := range c.st.byEmail[people.Fold(u.Email)] {
		if other.ID != u.ID && (!c.sw.EmailCaseSensitive || other.Email == u.Email) {
			return refusal{400, "Field :email is already in use."} // GUESS
		}
	}
	return nil
}

// validEmail accepts local@domain.tld in ASCII, without quoting and white space.
func validEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || !strings.Contains(strings.Trim(domain, "."), ".") {
		return false
	}
	for _, b := range []byte(local) {
		if b <= ' ' || b >= 0x7f || strings.IndexByte(`"(),:;<>[\]`, b) >= 0 {
			return false
		}
	}
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
			return false
		}
	}
	return true
}

// checkSeat refuses one active account too many (ISSUE for Server; status and text GUESS).
func (c *call) checkSeat(was, is bool) error {
	if c.sw.SeatLimit == 0 || was || !is || c.st.active < c.sw.SeatLimit {
		return nil
	}
	status := 400
	if c.sw.SeatForbidden {
		status = 403
	}
	return refusal{status, "The maximum number of active users for your license has been reached."}
}

// checkGroupsOf refuses groups for an inactive account where the instance does.
func (c *call) checkGroupsOf(u *User, before, after []int) error {
	if u.IsActive {
		return nil
	}
	gains := slices.ContainsFunc(after, func(id int) bool { return !slices.Contains(before, id) })
	if c.sw.InactiveMember == InactiveRefused && len(after) > 0 || c.sw.InactiveMember == InactiveNewRefused && gains {
		return notValid("group_ids", "group")
	}
	return nil
}

func (c *call) writeGroupsOf(u *account, groups []int) {
	if !u.IsActive && c.sw.InactiveMember == InactiveDropped {
		groups = nil
	}
	c.st.setGroups(u, groups)
}

// appendUser writes a user as the version and edition show it; role is the global one or that of a project. The order
// of fields is LIVE (DICH, Cloud Professional, June 2026).
func (c *call) appendUser(dst []byte, u *account, role int) []byte {
	if !c.sw.Version.atLeast(V73) {
		return c.appendOldUser(dst, u, role)
	}
	r := wire.Begin(dst, c.sw.PlainJSON)
	r.Text("name", u.Name)
	r.Number("id", u.ID)
	r.Text("email", u.Email)
	r.Flag("is_active", u.IsActive)
	c.roleID(&r, role)
	r.Flag("is_admin", u.IsAdmin)
	r.Flag("email_notifications", u.EmailNotifications)
	switch {
	case c.sw.MFABool:
		r.Flag("mfa_required", u.MFARequired)
	case u.MFARequired:
		r.Number("mfa_required", 1)
	default:
		r.Number("mfa_required", 0)
	}
	r.Text("role", c.st.roleName(role))
	r.IDs("group_ids", u.groups)
	if c.sw.Edition == Enterprise {
		r.Flag("sso_enabled", u.SSOEnabled)
		r.IDs("assigned_projects", u.AssignedProjects)
	}
	return r.End()
}

// appendOldUser writes the fields of 6.4 to 7.2 (DOC, Users page old).
func (c *call) appendOldUser(dst []byte, u *account, role int) []byte {
	r := wire.Begin(dst, c.sw.PlainJSON)
	r.Text("email", u.Email)
	r.Number("id", u.ID)
	r.Flag("is_active", u.IsActive)
	r.Text("name", u.Name)
	c.roleID(&r, role)
	r.Text("role", c.st.roleName(role))
	return r.End()
}

func (c *call) roleID(r *wire.Record, id int) {
	if !c.sw.RoleIDString {
		r.Number("role_id", id)
		return
	}
	r.Key("role_id")
	r.Out = append(r.Out, '"')
	r.Out = wire.AppendInt(r.Out, id)
	r.Out = append(r.Out, '"')
}
