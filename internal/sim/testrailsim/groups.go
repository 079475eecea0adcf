package testrailsim

import (
	"slices"
	"strings"
	"unicode/utf8"

	"rollcall/internal/sim/wire"
)

// getGroup: https://support.testrail.com/hc/en-us/articles/7077338821012-Groups, as all of this file.
func (c *call) getGroup() error {
	g, err := c.pathGroup()
	if err != nil {
		return err
	}
	c.out = c.appendGroup(nil, g)
	return nil
}

func (c *call) getGroups() error {
	return c.list("groups", len(c.st.groups), c.sw.othersEnvelope(), func(dst []byte, i int) []byte {
		return c.appendGroup(dst, c.st.groups[i])
	})
}

// addGroup needs a name (GUESS: the page does not say which fields it needs).
func (c *call) addGroup() error {
	if err := c.adminOnly("add groups"); err != nil {
		return err
	}
	if err := c.only("name", "user_ids"); err != nil {
		return err
	}
	if !c.body.has("name") {
		return missing("name")
	}
	var g Group
	if err := c.groupFrom(&g); err != nil {
		return err
	}
	g, err := c.st.AddGroup(g)
	if err != nil {
		return err
	}
	c.out = c.appendGroup(nil, c.st.groupByID[g.ID])
	return nil
}

// updateGroup sets the members to exactly those sent (DOC); without user_ids they stay (GUESS).
func (c *call) updateGroup() error {
	if err := c.adminOnly("edit groups"); err != nil {
		return err
	}
	own, err := c.pathGroup()
	if err != nil {
		return err
	}
	if !c.sw.GroupIDInBodyOptional && !c.body.has("group_id") {
		return missing("group_id") // LIVE (DICH)
	}
	inBody := own.ID
	if err := c.body.id("group_id", &inBody); err != nil {
		return err
	}
	if inBody != own.ID {
		return notValid("group_id", "group") // GUESS: a body that contradicts the path
	}
	if err := c.only("group_id", "name", "user_ids"); err != nil {
		return err
	}
	g := copyGroup(own)
	if err := c.groupFrom(&g); err != nil {
		return err
	}
	if err := c.st.RenameGroup(g.ID, g.Name); err != nil {
		return err
	}
	if c.body.has("user_ids") {
		c.st.setMembers(own, g.UserIDs)
	}
	c.out = c.appendGroup(nil, own)
	return nil
}

// deleteGroup answers 200 with an empty body (DOC + LIVE).
func (c *call) deleteGroup() error {
	if err := c.adminOnly("delete groups"); err != nil {
		return err
	}
	g, err := c.pathGroup()
	if err != nil {
		return err
	}
	return c.st.DeleteGroup(g.ID)
}

func (c *call) pathGroup() (*Group, error) {
	id, err := c.pathID("group_id")
	if err != nil {
		return nil, err
	}
	g := c.st.groupByID[id]
	if g == nil {
		return nil, notValid("group_id", "group") // DOC for 400, GUESS for the text
	}
	return g, nil
}

// groupFrom puts the body's fields into g and checks each. g.ID is 0 for a new group.
func (c *call) groupFrom(g *Group) error {
	if err := c.body.text("name", &g.Name); err != nil {
		return err
	}
	if strings.TrimSpace(g.Name) == "" {
		return missing("name")
	}
	if utf8.RuneCountInString(g.Name) > 250 {
		return refusal{400, "Field :name is too long (250 characters at most)."}
	}
	if c.sw.UniqueGroupNames {
		for _, other := range c.st.groups {
			if other.ID != g.ID && other.Name == g.Name {
				return refusal{400, "Field :name is already in use."} // GUESS
			}
		}
	}
	before := g.UserIDs
	if err := c.body.ids("user_ids", &g.UserIDs); err != nil {
		return err
	}
	if !c.body.has("user_ids") {
		return nil
	}
	return c.checkMembers(g, before)
}

// checkMembers refuses unknown accounts, and treats inactive ones as the switch says.
func (c *call) checkMembers(g *Group, before []int) error {
	inactive := false
	for _, id := range g.UserIDs {
		u := c.st.byID[id]
		if u == nil {
			return notValid("user_ids", "user") // DOC for 400, GUESS for the text
		}
		if u.IsActive {
			continue
		}
		inactive = true
		_, old := slices.BinarySearch(before, id)
		if c.sw.InactiveMember == InactiveRefused || c.sw.InactiveMember == InactiveNewRefused && !old {
			return notValid("user_ids", "user")
		}
	}
	if inactive && c.sw.InactiveMember == InactiveDropped {
		g.UserIDs = slices.DeleteFunc(g.UserIDs, func(id int) bool { return !c.st.byID[id].IsActive })
	}
	return nil
}

func (c *call) appendGroup(dst []byte, g *Group) []byte {
	members := g.UserIDs
	switch c.fault {
	case GroupsDisagree:
		members = members[:max(0, len(members)-1)]
	case GroupsHideInactive:
		members = slices.DeleteFunc(slices.Clone(members), func(id int) bool { return !c.st.byID[id].IsActive })
	}
	r := wire.Begin(dst, c.sw.PlainJSON)
	r.Number("id", g.ID)
	r.Text("name", g.Name)
	r.IDs("user_ids", members)
	return r.End()
}
