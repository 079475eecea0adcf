package qtestsim

import (
	"slices"

	"rollcall/internal/sim/wire"
)

// getAuthSystems lists the ways to sign on, each kind in a place of its own (DOC).
func (c *call) getAuthSystems() error {
	if err := c.need(manageUsers); err != nil {
		return err
	}
	var ldaps []int
	sso, tua := -1, -1
	for i, a := range c.st.systems {
		switch a.Type {
		case "LDAP":
			ldaps = append(ldaps, i)
		case "SSO_SAML2":
			sso = i
		default:
			tua = i
		}
	}
	r := wire.Begin(nil, true)
	r.Key("ldaps")
	r.Out = array(r.Out, ldaps, func(dst []byte, i int) []byte { return appendSystem(dst, c.st.systems[i]) })
	for _, one := range []struct {
		name string
		at   int
	}{{"sso", sso}, {"tua", tua}} {
		if one.at < 0 {
			r.Null(one.name)
			continue
		}
		r.Key(one.name)
		r.Out = appendSystem(r.Out, c.st.systems[one.at])
	}
	c.out = r.End()
	return nil
}

func appendSystem(dst []byte, a AuthSystem) []byte {
	r := wire.Begin(dst, true)
	r.Number("id", a.ID)
	r.Flag("is_activated", !a.Inactive)
	r.Text("auth_type", a.Type)
	r.Text("name", a.Name)
	if a.Type == "SSO_SAML2" {
		r.Flag("auto_create_user", a.AutoCreate)
	}
	return r.End()
}

func (c *call) ldap() (*AuthSystem, error) {
	if err := c.need(manageUsers); err != nil {
		return nil, err
	}
	if a := c.st.system(c.args[0]); a != nil && a.Type == "LDAP" {
		return a, nil
	}
	return nil, notFound("LDAP system")
}

// getLDAPUsers lists the entries of a directory that no account stands for yet; without page and pageSize all (DOC).
func (c *call) getLDAPUsers() error {
	system, err := c.ldap()
	if err != nil {
		return err
	}
	var list []LDAPPerson
	for _, person := range system.People {
		if c.mapped(system.ID, person.UID) == nil {
			list = append(list, person)
		}
	}
	whole := c.query.Get("page") == "" && c.query.Get("pageSize") == ""
	p, err := c.slice(len(list), mostOfOthers, whole)
	if err != nil {
		return err
	}
	r := wire.Begin(nil, true)
	r.Key("items")
	r.Out = array(r.Out, p.items, func(dst []byte, i int) []byte {
		person := list[i]
		entry := wire.Begin(dst, true)
		entry.Text("uid", person.UID)
		entry.Text("firstName", person.FirstName)
		entry.Text("lastName", person.LastName)
		entry.Text("mail", person.Mail)
		entry.Null("mappedUserId")
		entry.Flag("disabled", false)
		return entry.End()
	})
	r.Number("total", p.total)
	r.Number("page_size", p.size)
	r.Number("page", p.number)
	c.out = r.End()
	return nil
}

// mapped returns the account that stands for the entry.
func (c *call) mapped(system int, uid string) *account {
	i := slices.IndexFunc(c.st.users, func(a *account) bool { return a.AuthSystem == system && a.ExternalName == uid })
	if i < 0 {
		return nil
	}
	return c.st.users[i]
}

// importLDAPUsers makes accounts of entries, or with mergeUser binds the account that has the address (DOC). What can't
// be imported is an error of its own in the answer: the rest is (DOC).
func (c *call) importLDAPUsers() error {
	system, err := c.ldap()
	if err != nil {
		return err
	}
	merge, err := c.flag("mergeUser", false)
	if err != nil {
		return err
	}
	var body []struct {
		LDAPName  string `json:"ldap_username"`
		FirstName string `json:"first_name"`
		LastName  string `json:"last_name"`
		Email     string `json:"email"`
	}
	if err := c.decode(&body); err != nil {
		return err
	}
	var problems []string
	imported := 0
	for _, entry := range body {
		existing := c.st.find(entry.Email, c.sw.UsernameCase)
		switch {
		case entry.LDAPName == "" || entry.Email == "":
			problems = append(problems, "An entry has no ldap_username or no email.")
		case existing != nil && !merge:
			problems = append(problems, entry.Email+" is already in use.")
		case existing != nil:
			existing.AuthSystem, existing.ExternalName = system.ID, entry.LDAPName
			imported++
		case c.seat(false, true) != nil:
			problems = append(problems, c.seat(false, true).Error())
		default:
			u := User{
				Username: entry.Email, FirstName: entry.FirstName, LastName: entry.LastName, Status: StatusActive,
				AuthSystem: system.ID, ExternalName: entry.LDAPName,
			}
			if _, err := c.st.AddUser(u); err != nil {
				return err
			}
			imported++
		}
	}
	r := wire.Begin(nil, true)
	r.Key("result")
	result := wire.Begin(r.Out, true)
	result.Number("imported", imported)
	r.Out = result.End()
	r.Key("errors")
	r.Out = array(r.Out, indexes(len(problems)), func(dst []byte, i int) []byte {
		e := wire.Begin(dst, true)
		e.Text("message", problems[i])
		return e.End()
	})
	c.out = r.End()
	return nil
}
