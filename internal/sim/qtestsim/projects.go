package qtestsim

import (
	"slices"
	"strconv"

	"rollcall/internal/sim/wire"
)

// readable are the projects that the caller sees: all with the right to list them, else its own (DOC).
func (c *call) readable(p *Project) bool {
	return p.has(c.me.ID) || c.may(c.me, listProjects, manageUsers)
}

func (c *call) readableProject(id int) (*Project, error) {
	p := c.st.project(id)
	switch {
	case p == nil:
		return nil, notFound("project")
	case !c.readable(p):
		return nil, notInProject()
	}
	return p, nil
}

// getProjects lists projects as an array, with headers if it is paged (DOC). assigned chooses the caller's own.
func (c *call) getProjects() error {
	assigned, err := c.flag("assigned", false)
	if err != nil {
		return err
	}
	var list []*Project
	for _, p := range c.st.projects {
		if c.readable(p) && (!assigned || p.has(c.me.ID)) {
			list = append(list, p)
		}
	}
	paged := c.query.Get("page") != "" || c.sw.ProjectsFirstPage
	page, err := c.slice(len(list), mostOfOthers, !paged)
	if err != nil {
		return err
	}
	c.out = array(nil, page.items, func(dst []byte, i int) []byte { return c.appendProject(dst, list[i]) })
	if paged {
		c.headers = map[string]string{"X-Item-Total": strconv.Itoa(page.total)}
		if page.end < len(list) {
			c.headers["Link"] = "<" + c.href("/api/v3/projects?page=", page.number+1) + "&pageSize=" + strconv.Itoa(page.size) + `>; rel="next"`
		}
	}
	return nil
}

// searchProjects finds projects by their uuids.
func (c *call) searchProjects() error {
	var body struct {
		UUIDs []string `json:"uuid"`
	}
	if err := c.decode(&body); err != nil {
		return err
	}
	var list []*Project
	for _, p := range c.st.projects {
		if p.UUID != "" && slices.Contains(body.UUIDs, p.UUID) && c.readable(p) {
			list = append(list, p)
		}
	}
	return c.bare(len(list), func(dst []byte, i int) []byte { return c.appendProject(dst, list[i]) })
}

func (c *call) getProject() error {
	p, err := c.readableProject(c.args[0])
	if err != nil {
		return err
	}
	c.out = c.appendProject(nil, p)
	return nil
}

// updateProject changes what of a project matters for people: its name, description and list of admins.
func (c *call) updateProject() error {
	if err := c.need("ROLE_PROJECTUPDATER"); err != nil {
		return err
	}
	p, err := c.readableProject(c.args[0])
	if err != nil {
		return err
	}
	var body struct {
		Name        *string `json:"name"`
		Description *string `json:"description"`
		Admins      *[]int  `json:"admin_ids"`
	}
	if err := c.decode(&body); err != nil {
		return err
	}
	admins := p.AdminIDs
	if body.Admins != nil {
		if admins, err = c.resolveUsers(*body.Admins); err != nil {
			return err
		}
	}
	p.AdminIDs = admins
	p.Name, p.Description = orKeep(body.Name, p.Name), orKeep(body.Description, p.Description)
	c.out = c.appendProject(nil, p)
	return nil
}

// appendProject writes a ProjectResource, as far as it is about people.
func (c *call) appendProject(dst []byte, p *Project) []byte {
	r := wire.Begin(dst, true)
	c.self(&r, "/api/v3/projects/", p.ID)
	r.Number("id", p.ID)
	r.Text("name", p.Name)
	r.Text("description", p.Description)
	r.Number("status_id", 1)
	c.text(&r, "start_date", p.StartDate)
	c.text(&r, "end_date", "")
	r.Key("admins")
	r.Out = array(r.Out, p.AdminIDs, func(dst []byte, id int) []byte { return wire.AppendString(dst, c.st.byID[id].Username, true) })
	r.IDs("admin_ids", p.AdminIDs)
	r.Flag("sample", p.Sample)
	c.text(&r, "uuid", p.UUID)
	c.extra(&r)
	return r.End()
}
