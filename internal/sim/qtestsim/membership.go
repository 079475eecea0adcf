package qtestsim

import "rollcall/internal/sim/wire"

// developer is the profile of those who are assigned without one (DOC).
const developer = "Developer"

// profileBody is a profile in a request; its name is not looked at.
type profileBody struct {
	ID int `json:"id"`
}

// managedProject finds a project whose members the caller may change: with the right over users, or as its Project
// Admin (DOC).
func (c *call) managedProject(id int) (*Project, error) {
	p := c.st.project(id)
	if p == nil {
		return nil, notFound("project")
	}
	all := c.may(c.me, manageUsers)
	if !p.has(c.me.ID) && (!all || c.sw.CallerInProject) {
		return nil, notInProject()
	}
	if !all && !c.adminOf(p) {
		return nil, noPermission()
	}
	return p, nil
}

// adminOf reports whether the caller has the profile Project Admin there.
func (c *call) adminOf(p *Project) bool {
	for _, m := range p.Members {
		if m.User == c.me.ID {
			return c.st.profileName(m.Profile) == "Project Admin"
		}
	}
	return false
}

// profile returns the profile to assign: Developer if there is none (DOC).
func (c *call) profile(sent *profileBody) (int, error) {
	if sent == nil {
		return c.st.profileNamed(developer), nil
	}
	if !c.st.hasProfile(sent.ID) {
		return 0, invalid("The profile does not exist.")
	}
	return sent.ID, nil
}

func (c *call) assign(p *Project, users []int, profile int) {
	for _, id := range users {
		if p.has(id) && c.sw.ReassignKeeps {
			continue
		}
		c.st.assign(c.st.byID[id], p, profile)
	}
}

func (c *call) appendAssigned(project, profile int) wire.Record {
	r := wire.Begin(nil, true)
	r.Number("project_id", project)
	r.Key("profile")
	r.Out = c.appendProfile(r.Out, Profile{profile, c.st.profileName(profile)})
	return r
}

// place returns the project and the profile in it that a body names.
func (c *call) place(id int, body *profileBody) (p *Project, profile int, err error) {
	if p, err = c.managedProject(id); err != nil {
		return nil, 0, err
	}
	profile, err = c.profile(body)
	return p, profile, err
}

// assignToProject puts one account into a project.
func (c *call) assignToProject() error {
	a, err := c.user()
	if err != nil {
		return err
	}
	var body struct {
		Project int          `json:"project_id"`
		Profile *profileBody `json:"profile"`
	}
	if err := c.decode(&body); err != nil {
		return err
	}
	p, profile, err := c.place(body.Project, body.Profile)
	if err != nil {
		return err
	}
	c.assign(p, []int{a.ID}, profile)
	r := c.appendAssigned(p.ID, profile)
	c.out = r.End()
	return nil
}

// assignUsersToProject puts several accounts into a project with one profile.
func (c *call) assignUsersToProject() error {
	var body struct {
		Project int          `json:"project_id"`
		Users   []int        `json:"user_ids"`
		Profile *profileBody `json:"profile"`
	}
	if err := c.decode(&body); err != nil {
		return err
	}
	p, profile, err := c.place(body.Project, body.Profile)
	if err != nil {
		return err
	}
	users, err := c.resolveUsers(body.Users)
	if err != nil {
		return err
	}
	c.assign(p, users, profile)
	r := c.appendAssigned(p.ID, profile)
	r.IDs("user_ids", users)
	c.out = r.End()
	return nil
}

// removeUsersFromProjects takes accounts out of projects (DOC: a PUT with an array).
func (c *call) removeUsersFromProjects() error {
	var body []struct {
		Project int   `json:"project_id"`
		Users   []int `json:"user_ids"`
	}
	if err := c.decode(&body); err != nil {
		return err
	}
	type removal struct {
		project *Project
		users   []int
	}
	var todo []removal
	for _, item := range body {
		p, err := c.managedProject(item.Project)
		if err != nil {
			return err
		}
		users, err := c.resolveUsers(item.Users)
		if err != nil {
			return err
		}
		for _, id := range users {
			if c.sw.StrangerRefused && !p.has(id) {
				return invalid("The user is not assigned to the project.")
			}
		}
		todo = append(todo, removal{p, users})
	}
	for _, t := range todo {
		for _, id := range t.users {
			c.st.remove(c.st.byID[id], t.project)
		}
	}
	r := wire.Begin(nil, true)
	r.Text("message", "Users are removed from projects.")
	c.out = r.End()
	return nil
}

// usersProfile is SiteUsersProfile and ProjectUsersProfile: in camelCase, unlike the rest (DOC).
type usersProfile struct {
	Profile      int   `json:"userProfileId"`
	AdminProfile int   `json:"adminProfileId"` // old servers (DOC)
	Users        []int `json:"userIds"`
}

// assignProjectProfile changes the profile of members; whoever is no member is left alone (GUESS).
func (c *call) assignProjectProfile() error {
	p, err := c.managedProject(c.args[0])
	if err != nil {
		return err
	}
	users, body, err := c.usersProfile()
	if err != nil {
		return err
	}
	for _, a := range users {
		if p.has(a.ID) {
			c.st.assign(a, p, body.Profile)
		}
	}
	return c.extensions(users)
}

// assignSiteProfile sets the site's default profile of accounts, and on old servers makes administrators.
func (c *call) assignSiteProfile() error {
	if err := c.need(manageUsers); err != nil {
		return err
	}
	users, body, err := c.usersProfile()
	if err != nil {
		return err
	}
	for _, a := range users {
		if body.Profile != 0 {
			a.SiteProfile = body.Profile
		}
		if body.AdminProfile != 0 && !c.has(Gen2023) {
			a.SiteAdmin = body.AdminProfile == adminProfile
		}
	}
	return c.extensions(users)
}

// usersProfile reads the body; the profile may only be missing if there is an admin profile.
func (c *call) usersProfile() ([]*account, usersProfile, error) {
	var body usersProfile
	if err := c.decode(&body); err != nil {
		return nil, body, err
	}
	onlyAdmin := body.Profile == 0 && body.AdminProfile != 0 && !c.has(Gen2023)
	if !onlyAdmin && !c.st.hasProfile(body.Profile) {
		return nil, body, invalid("The profile does not exist.")
	}
	ids, err := c.resolveUsers(body.Users)
	if err != nil {
		return nil, body, err
	}
	users := make([]*account, len(ids))
	for i, id := range ids {
		users[i] = c.st.byID[id]
	}
	return users, body, nil
}

func (c *call) extensions(users []*account) error {
	return c.bare(len(users), func(dst []byte, i int) []byte { return c.appendExtension(dst, users[i]) })
}
