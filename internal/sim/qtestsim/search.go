package qtestsim

import (
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/sim/fault"
	"rollcall/internal/sim/wire"
)

// findByUserNameOrEmail is the search by login name, case-sensitive (DOC). Its items have no groups and no projects.
func (c *call) findByUserNameOrEmail() error {
	inactive, err := c.flag("includeInactiveUsers", false)
	if err != nil {
		return err
	}
	systems := map[int]bool{}
	if c.has(Gen2023) {
		for _, text := range c.query["authSystemConfigIds"] {
			id, err := strconv.Atoi(text)
			if err != nil {
				return invalid("Parameter 'authSystemConfigIds' is not a number.")
			}
			systems[id] = true
		}
	}
	wanted := c.query.Get("username")
	if wanted != "" && c.fault == fault.EmailDenied {
		return c.found(nil)
	}
	if wanted == "" && c.sw.EmptySearchNobody {
		return c.found(nil)
	}
	candidates := c.candidates(wanted)
	if inactive && len(systems) == 0 {
		return c.found(candidates)
	}
	found := make([]*account, 0, len(candidates))
	for _, a := range candidates {
		if (inactive || a.Status != StatusInactive) && (len(systems) == 0 || systems[a.AuthSystem]) {
			found = append(found, a)
		}
	}
	return c.found(found)
}

// candidates are the accounts that a username means: the login name or the external one (DOC).
func (c *call) candidates(wanted string) []*account {
	if wanted == "" {
		return c.st.users
	}
	var out []*account
	for _, a := range c.st.users {
		if a.Username == wanted || a.ExternalName == wanted || c.sw.SearchPart && strings.Contains(a.Username, wanted) {
			out = append(out, a)
		}
	}
	return out
}

// found answers with a page of UserResourceExtension.
func (c *call) found(users []*account) error {
	most := mostOfSearch
	if !c.has(Gen2023) {
		most = mostOfOthers
	}
	paged, err := c.flag("pagination", true)
	if err != nil {
		return err
	}
	p, err := c.slice(len(users), most, !paged)
	if err != nil {
		return err
	}
	c.envelope(p, nil, func(dst []byte, i int) []byte { return c.appendExtension(dst, users[i]) })
	return nil
}

// appendExtension writes a UserResourceExtension: the name of the authentication system, not its id (DOC).
func (c *call) appendExtension(dst []byte, a *account) []byte {
	r := wire.Begin(dst, true)
	r.Key("links")
	r.Out = append(r.Out, "[]"...)
	c.appendPerson(&r, a)
	c.text(&r, "external_username", a.ExternalName)
	system := "Internal"
	if a.AuthSystem != 0 {
		system = c.st.system(a.AuthSystem).Name
	}
	r.Text("authentication_system", system)
	c.text(&r, "timezone_offset", a.Timezone)
	c.text(&r, "country_name", a.Country)
	c.extra(&r)
	return r.End()
}

// findUsersByProjectsName is the search by project, case-sensitive: the people in projects whose name has the text, with
// their groups and projects. Without the right over users it sees the caller's projects alone (DOC).
func (c *call) findUsersByProjectsName() error {
	inactive, err := c.flag("inactive", c.sw.InactiveShown)
	if err != nil {
		return err
	}
	paged, err := c.flag("pagination", true)
	if err != nil {
		return err
	}
	wanted := c.query.Get("projectName")
	all := c.may(c.me, manageUsers)
	searched := map[int]bool{}
	for _, p := range c.st.projects {
		if strings.Contains(p.Name, wanted) && (all || p.has(c.me.ID)) {
			searched[p.ID] = true
		}
	}
	everybody := wanted == "" && all && !c.sw.SearchNeedsProject
	found := make([]*account, 0, len(c.st.users))
	for _, a := range c.st.users {
		if (inactive || a.Status != StatusInactive) &&
			(everybody || slices.ContainsFunc(a.projects, func(id int) bool { return searched[id] })) {
			found = append(found, a)
		}
	}
	p, err := c.slice(len(found), mostOfOthers, !paged)
	if err != nil {
		return err
	}
	total := func(r *wire.Record) { r.Number("total_project", len(searched)) }
	c.envelope(p, total, func(dst []byte, i int) []byte {
		a := found[i]
		projects := a.projects
		if !all {
			projects = slices.DeleteFunc(slices.Clone(projects), func(id int) bool { return !searched[id] })
		}
		return c.appendUser(dst, a, false, func(r *wire.Record) { r.IDs("assigned_projects", projects) })
	})
	return nil
}

// getProjectUsers lists the members of a project, without their profiles (DOC).
func (c *call) getProjectUsers() error {
	p, err := c.readableProject(c.args[0])
	if err != nil {
		return err
	}
	inactive, err := c.flag("inactive", c.sw.InactiveShown)
	if err != nil {
		return err
	}
	var members []*account
	for _, m := range p.Members {
		if a := c.st.byID[m.User]; inactive || a.Status != StatusInactive {
			members = append(members, a)
		}
	}
	return c.bare(len(members), func(dst []byte, i int) []byte { return c.appendUser(dst, members[i], false, nil) })
}
