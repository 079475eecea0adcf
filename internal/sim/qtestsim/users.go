package qtestsim

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"rollcall/internal/sim/wire"
)

// userBody is what create_user and update_user take. A field that is nil was not sent, or sent as null.
type userBody struct {
	Username      *string         `json:"username"`
	Email         *string         `json:"email"`
	Password      *string         `json:"password"`
	FirstName     *string         `json:"first_name"`
	LastName      *string         `json:"last_name"`
	Status        *int            `json:"status"`
	GroupIDs      json.RawMessage `json:"user_group_ids"`
	AuthSystem    *int            `json:"external_auth_config_id"`
	ExternalName  *string         `json:"external_user_name"`
	DefaultGroups bool            `json:"include_default_groups"`
	Timezone      *string         `json:"timezone_offset"`
	Country       *string         `json:"country_name"`
}

// internalSystem is the external_auth_config_id of the site's own passwords (DOC).
const internalSystem = -1

func (c *call) getUserByID() error {
	a, err := c.user()
	if err != nil {
		return err
	}
	c.out = c.appendUser(nil, a, c.sw.UserHidesGroups, nil)
	return nil
}

// createUser makes an account that is active at once (DOC).
func (c *call) createUser() error {
	if err := c.need(manageUsers); err != nil {
		return err
	}
	var body userBody
	if err := c.decode(&body); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		sent *string
	}{{"username", body.Username}, {"first_name", body.FirstName}, {"last_name", body.LastName}} {
		if f.sent == nil || strings.TrimSpace(*f.sent) == "" {
			return invalid("Field '" + f.name + "' is required.")
		}
	}
	if c.st.find(*body.Username, c.sw.UsernameCase) != nil {
		return refusal{c.sw.Duplicate.code(), "The username is already in use."}
	}
	u := User{Username: *body.Username, Status: StatusActive}
	groups, err := c.userFrom(&u, &body, nil)
	if err != nil {
		return err
	}
	if body.DefaultGroups {
		for _, g := range c.st.groups {
			if g.Default {
				groups = with(groups, g.ID)
			}
		}
	}
	if err := c.seat(false, true); err != nil {
		return err
	}
	password := ""
	if body.Password != nil {
		password = *body.Password
	}
	u.VendorPassword = password == "" && u.AuthSystem == 0
	if u, err = c.st.AddUser(u); err != nil {
		return err
	}
	a := c.st.byID[u.ID]
	a.password = password
	c.setGroups(a, groups)
	if c.sw.JoinSample {
		for _, p := range c.st.projects {
			if p.Sample {
				c.st.assign(a, p, c.st.profileNamed(developer))
			}
		}
	}
	c.out = c.appendUser(nil, a, false, nil)
	return nil
}

// updateUser changes the fields sent. The username is none of them (DOC).
func (c *call) updateUser() error {
	if err := c.need(manageUsers); err != nil {
		return err
	}
	a, err := c.user()
	if err != nil {
		return err
	}
	var body userBody
	if err := c.decode(&body); err != nil {
		return err
	}
	u := copyUser(a.User)
	groups, err := c.userFrom(&u, &body, a)
	if err != nil {
		return err
	}
	if body.Status != nil {
		switch {
		case *body.Status != StatusActive && *body.Status != StatusInactive:
			return invalid("Field 'status' is neither 1 nor 3.")
		case u.Status == StatusNew && *body.Status == StatusActive && c.sw.NewStays:
			return invalid("The user has not accepted the invitation.")
		}
		u.Status = *body.Status
	}
	if err := c.seat(a.active(), u.Status == StatusActive); err != nil {
		return err
	}
	if err := c.keepAdmin(a, u.Status, groups); err != nil {
		return err
	}
	before := a.Status
	if err := c.st.SetUser(u); err != nil {
		return err
	}
	c.setGroups(a, groups)
	if body.Password != nil && *body.Password != "" {
		a.password, a.VendorPassword = *body.Password, false
		c.sessions.end(a) // DOC: a reset ends all tokens
	}
	c.statusChanged(a, before)
	c.out = c.appendUser(nil, a, false, nil)
	return nil
}

// userFrom puts the body's fields into u and returns the groups to have, ascending. before is nil for a new account.
func (c *call) userFrom(u *User, body *userBody, before *account) (groups []int, err error) {
	clears := before != nil && c.sw.UpdateClears
	if body.Password != nil && *body.Password != "" && utf8.RuneCountInString(*body.Password) < c.sw.PasswordLength {
		return nil, invalid("The password does not satisfy the password policy.")
	}
	if err := c.signOnFrom(u, body, clears); err != nil {
		return nil, err
	}
	directory := before != nil && u.AuthSystem != 0 && c.st.system(u.AuthSystem).Type == "LDAP" && !c.sw.LDAPNamesWritable
	for _, f := range []struct {
		dst  *string
		sent *string
	}{{&u.FirstName, body.FirstName}, {&u.LastName, body.LastName}} {
		switch {
		case directory:
		case f.sent != nil:
			*f.dst = *f.sent
		case clears:
			*f.dst = ""
		}
	}
	switch {
	case !c.has(Gen2023): // the fields of old servers
		u.Timezone, u.Country = orKeep(body.Timezone, u.Timezone), orKeep(body.Country, u.Country)
	case !c.has(Gen2026): // today's ignore it (DOC)
		u.Email = orKeep(body.Email, u.Email)
	}
	return c.groupsFrom(body.GroupIDs, before, clears)
}

func orKeep(sent *string, now string) string {
	if sent != nil {
		return *sent
	}
	return now
}

// signOnFrom wants both fields or none, but for the way back to the site's own passwords (DOC).
func (c *call) signOnFrom(u *User, body *userBody, clears bool) error {
	id, name := body.AuthSystem, body.ExternalName
	if name != nil && *name == "" {
		name = nil
	}
	switch {
	case !c.has(Gen2023) || id == nil && name == nil && !clears:
		return nil
	case id == nil && name == nil, id != nil && *id == internalSystem:
		u.AuthSystem, u.ExternalName = 0, ""
		return nil
	case id == nil || name == nil:
		return invalid("Fields 'external_auth_config_id' and 'external_user_name' belong together.")
	case *id < 1 || c.st.system(*id) == nil:
		return invalid("The authentication system does not exist.")
	}
	u.AuthSystem, u.ExternalName = *id, *name
	return nil
}

// groupsFrom reads user_group_ids, which is the full set (DOC).
func (c *call) groupsFrom(raw json.RawMessage, before *account, clears bool) ([]int, error) {
	var now []int
	if before != nil {
		now = slices.Clone(before.groups)
	}
	if !c.has(Gen2023) {
		return now, nil
	}
	switch {
	case raw == nil && clears, string(raw) == "null" && c.sw.NullGroupsClear:
		return nil, nil
	case raw == nil, string(raw) == "null":
		return now, nil
	}
	var ids []int
	if json.Unmarshal(raw, &ids) != nil {
		return nil, invalid("Field 'user_group_ids' is not a list of ids.")
	}
	if len(ids) == 0 && c.sw.EmptyGroupsKeep {
		return now, nil
	}
	ids, err := c.resolve("group", ids, func(id int) bool { return c.st.group(id) != nil })
	if err == nil && !slices.Equal(ids, now) {
		err = c.need(manageGroups) // GUESS
	}
	return ids, err
}

func (c *call) setGroups(a *account, ids []int) {
	for _, id := range slices.Clone(a.groups) {
		if !slices.Contains(ids, id) {
			c.st.leave(a, c.st.group(id))
		}
	}
	for _, id := range ids {
		if !slices.Contains(a.groups, id) {
			c.st.enter(a, c.st.group(id))
		}
	}
}

// seat refuses one active account too many.
func (c *call) seat(was, is bool) error {
	if c.sw.SeatLimit == 0 || was || !is || c.st.active < c.sw.SeatLimit {
		return nil
	}
	return refusal{c.sw.SeatStatus.code(), "The number of users exceeds the number of licenses."}
}

// keepAdmin refuses to lose the last active administrator (DOC, old manual).
func (c *call) keepAdmin(a *account, status int, groups []int) error {
	was := a.active() && c.administrates(a, a.groups)
	if c.sw.LastAdminMayGo || !was || status == StatusActive && c.administrates(a, groups) {
		return nil
	}
	for _, other := range c.st.users {
		if other != a && other.active() && c.administrates(other, other.groups) {
			return nil
		}
	}
	return invalid("There must be at least one active user in the group Administrators.")
}

// statusChanged does what the manual says of the pages: deactivation takes the projects, reactivation gives them back.
func (c *call) statusChanged(a *account, before int) {
	switch {
	case before == a.Status:
	case a.Status == StatusInactive:
		if !c.sw.KeepTokens {
			c.sessions.end(a)
		}
		if c.sw.KeepProjects {
			return
		}
		a.FormerProjects = nil
		for _, id := range slices.Clone(a.projects) {
			a.FormerProjects = append(a.FormerProjects, Grant{Project: id, Profile: c.st.remove(a, c.st.project(id))})
		}
	case a.Status == StatusActive:
		if !c.sw.ForgetProjects {
			for _, g := range a.FormerProjects {
				c.st.assign(a, c.st.project(g.Project), g.Profile)
			}
		}
		a.FormerProjects = nil
	}
}

// getAvatar answers with a picture (DOC: bytes; its type is a GUESS).
func (c *call) getAvatar() error {
	if _, err := c.user(); err != nil {
		return err
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		return err
	}
	c.reply = wire.NewReply(http.StatusOK, "image/png", picture.Bytes())
	return nil
}

// appendUser writes a UserResource; more adds fields at its end.
func (c *call) appendUser(dst []byte, a *account, noGroups bool, more func(*wire.Record)) []byte {
	r := wire.Begin(dst, true)
	c.self(&r, "/api/v3/users/", a.ID)
	c.appendPerson(&r, a)
	if !c.has(Gen2023) {
		c.text(&r, "timezone_offset", a.Timezone)
		c.text(&r, "country_name", a.Country)
	} else {
		ldap := ""
		if a.AuthSystem != 0 && c.st.system(a.AuthSystem).Type == "LDAP" {
			ldap = a.ExternalName
		}
		c.text(&r, "ldap_username", ldap)
		if noGroups {
			r.Null("user_group_ids")
		} else {
			r.IDs("user_group_ids", a.groups)
		}
		if a.AuthSystem == 0 {
			r.Null("external_auth_config_id")
		} else {
			r.Number("external_auth_config_id", a.AuthSystem)
		}
		c.text(&r, "external_user_name", a.ExternalName)
	}
	if more != nil {
		more(&r)
	}
	c.extra(&r)
	return r.End()
}

// appendPerson writes the fields that all views of an account have. A password is none of them (GUESS).
func (c *call) appendPerson(r *wire.Record, a *account) {
	email := a.Email
	if email == "" {
		email = a.Username
	}
	status := a.Status
	if status == StatusNew && c.sw.NewIsTwo {
		status = 2
	}
	r.Number("id", a.ID)
	r.Text("username", a.Username)
	r.Text("email", email)
	r.Text("first_name", a.FirstName)
	r.Text("last_name", a.LastName)
	r.Number("status", status)
	r.Text("avatar", c.href("/api/v3/users/", a.ID)+"/avatar")
}
