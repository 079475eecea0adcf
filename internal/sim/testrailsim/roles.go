package testrailsim

import "rollcall/internal/sim/wire"

// getRoles: https://support.testrail.com/hc/en-us/articles/7077853258772-Roles. The order is the snapshot's, not by id
// (LIVE). Whether it is for administrators only is not documented; here it is not (GUESS).
func (c *call) getRoles() error {
	withProjectAdmin := c.sw.Edition == Enterprise || !c.sw.NoProjectAdminField
	return c.list("roles", len(c.st.roles), c.sw.othersEnvelope(), func(dst []byte, i int) []byte {
		role := &c.st.roles[i]
		r := wire.Begin(dst, c.sw.PlainJSON)
		r.Number("id", role.ID)
		r.Text("name", role.Name)
		r.Flag("is_default", role.IsDefault)
		if withProjectAdmin {
			r.Flag("is_project_admin", role.IsProjectAdmin)
		}
		return r.End()
	})
}
