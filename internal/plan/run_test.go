package plan_test

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// run applies actions to a live state as a tool would: the smallest thing that could be called an instance. It keeps
// what was done and what was not, so that an action whose needs are not met is blocked.
type run struct {
	live   directory.Live
	parts  bool // names are held in two parts
	strips bool

	// Where memberships are written on the user, who is to come brings the groups along that were created before him.
	onUser bool
	brings map[directory.EmailKey][]directory.GroupID
	undone map[string]bool
	after  func(*plan.Action) // called after each action that was done
}

func newRun(w *world) *run {
	r := &run{live: w.live, parts: w.caps.NameParts, strips: w.strips, onUser: w.caps.Membership == plan.OnUser,
		brings: map[directory.EmailKey][]directory.GroupID{}, undone: map[string]bool{}, after: func(*plan.Action) {}}
	r.live.Users = slices.Clone(w.live.Users)
	for i := range r.live.Users {
		r.live.Users[i].Projects = slices.Clone(w.live.Users[i].Projects)
	}
	r.live.Groups = slices.Clone(w.live.Groups)
	for i := range r.live.Groups {
		r.live.Groups[i].Members = slices.Clone(w.live.Groups[i].Members)
	}
	return r
}

// all carries out a whole plan.
func (r *run) all(p *plan.Plan) error {
	for _, a := range p.Actions() {
		if err := r.do(a); err != nil {
			return err
		}
	}
	return nil
}

// skip is an action that failed.
func (r *run) skip(a *plan.Action) { r.undone[a.ID] = true }

// do carries out one action, or blocks it. It returns what a tool would refuse.
func (r *run) do(a *plan.Action) error {
	for _, need := range a.Needs {
		if r.undone[need] {
			r.skip(a)
			return nil
		}
	}
	var err error
	switch a.Kind {
	case plan.CreateUser:
		u := directory.User{ID: r.nextUser(), Role: "Tester", RoleID: 2}
		if r.parts {
			u.Role, u.RoleID, u.SignOn = "", 0, directory.OwnSignOn
		}
		u.Email = directory.Email(a.Subject)
		if r.byEmail(u.Email) != nil {
			return fmt.Errorf("%s: the address is taken", a.ID)
		}
		if err = r.set(&u, a.Fields); err == nil {
			r.live.Users = append(r.live.Users, u)
		}
	case plan.UpdateUser, plan.DeactivateUser, plan.ReactivateUser:
		u := r.byID(directory.UserID(a.SubjectID))
		if u == nil {
			return fmt.Errorf("%s: no account %d", a.ID, a.SubjectID)
		}
		err = r.set(u, a.Fields)
	case plan.AddToProject, plan.RemoveFromProject:
		err = r.doProject(a)
	default:
		err = r.doGroup(a)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", a.ID, err)
	}
	switch key := directory.Email(a.Subject).Key(); a.Kind {
	case plan.CreateUser:
		r.bring(key, r.byEmail(directory.Email(a.Subject)).ID)
	case plan.ReactivateUser:
		r.bring(key, directory.UserID(a.SubjectID))
	}
	if !r.undone[a.ID] {
		r.after(a)
	}
	return nil
}

// bring puts somebody who has come into the groups that were created for him.
func (r *run) bring(key directory.EmailKey, id directory.UserID) {
	for _, group := range r.brings[key] {
		g := r.group(group)
		g.Members = append(g.Members, id)
	}
}

func (r *run) set(u *directory.User, fields []plan.FieldChange) error {
	// How somebody signs on decides what else of him can be written.
	fields = slices.Clone(fields)
	slices.SortStableFunc(fields, func(a, b plan.FieldChange) int {
		return tally(b.Field == plan.FieldSignOn) - tally(a.Field == plan.FieldSignOn)
	})
	for _, c := range fields {
		text, _ := c.New.AsText()
		flag, _ := c.New.AsFlag()
		list, _ := c.New.AsList()
		switch c.Field {
		case plan.FieldEmail:
			if other := r.byEmail(directory.Email(text)); other != nil && other.ID != u.ID {
				return fmt.Errorf("the address %s is taken", text)
			}
			u.Email = directory.Email(text)
		case plan.FieldName, plan.FieldGivenName, plan.FieldFamilyName:
			if err := r.setName(u, c.Field, text); err != nil {
				return err
			}
		case plan.FieldSignOn:
			at := slices.IndexFunc(r.live.SignOns, func(x directory.SignOn) bool { return strings.EqualFold(string(x.Name), text) })
			u.SignOn = r.live.SignOns[at].Name
			u.NameFixed = u.SignOn == "Acme LDAP"
			if r.live.SignOns[at].Own {
				u.ExternalName = ""
			}
		case plan.FieldExternalName:
			u.ExternalName = text
		case plan.FieldRole:
			at := slices.IndexFunc(r.live.Roles, func(x directory.Role) bool { return string(x.Name) == text })
			u.Role, u.RoleID = r.live.Roles[at].Name, r.live.Roles[at].ID
		case plan.FieldActive:
			u.Active, u.Pending = flag, false
			if !flag && r.strips {
				u.Projects = nil
			}
		case plan.FieldAdmin:
			u.Admin = flag
		case plan.FieldSSOEnabled:
			u.SSOEnabled = flag
		case plan.FieldAssignedProjects:
			u.AssignedProjects = nil
			for _, name := range list {
				at := slices.IndexFunc(r.live.Projects, func(x directory.Project) bool { return string(x.Name) == name })
				u.AssignedProjects = append(u.AssignedProjects, r.live.Projects[at].ID)
			}
		default:
			return fmt.Errorf("field %s", c.Field)
		}
	}
	if own := u.SignOn == "" || u.SignOn == directory.OwnSignOn; own != (u.ExternalName == "") {
		return fmt.Errorf("external name %q with %q", u.ExternalName, u.SignOn)
	}
	return nil
}

// setName sets a name, or one part of it. Of a name that a directory service rules over nothing becomes.
func (r *run) setName(u *directory.User, field plan.Field, text string) error {
	switch {
	case !r.parts:
		u.Name = text
		return nil
	case u.NameFixed && u.Name != "":
		return nil
	case field == plan.FieldGivenName:
		u.GivenName = text
	case field == plan.FieldFamilyName:
		u.FamilyName = text
	default:
		given, family, ok := directory.SplitName(text)
		if !ok {
			return fmt.Errorf("name %q can't be split", text)
		}
		u.GivenName, u.FamilyName = given, family
	}
	u.Name = directory.FullName(u.GivenName, u.FamilyName)
	return nil
}

// doProject puts people into a project or takes them out of it, as long as they are there.
func (r *run) doProject(a *plan.Action) error {
	id := directory.ProjectID(a.SubjectID)
	for _, m := range a.Members.Add {
		u := r.byID(m.ID)
		if m.ID == 0 {
			u = r.byEmail(m.User)
		}
		switch {
		case u == nil || !u.Active:
		case slices.Contains(u.Projects, id):
			return fmt.Errorf("%s is a member already", m.User)
		default:
			u.Projects = append(u.Projects, id)
		}
	}
	for _, m := range a.Members.Remove {
		u := r.byID(m.ID)
		if u.Active && !slices.Contains(u.Projects, id) {
			return fmt.Errorf("%s is no member", m.User)
		}
		u.Projects = slices.DeleteFunc(u.Projects, func(p directory.ProjectID) bool { return p == id })
	}
	return nil
}

func (r *run) doGroup(a *plan.Action) error {
	at := slices.IndexFunc(r.live.Groups, func(g directory.Group) bool { return int64(g.ID) == a.SubjectID })
	switch a.Kind {
	case plan.CreateGroup:
		g := directory.Group{ID: 1, Name: directory.Name(a.Subject)}
		for _, other := range r.live.Groups {
			g.ID = max(g.ID, other.ID+1)
		}
		r.live.Groups = append(r.live.Groups, g)
		at = len(r.live.Groups) - 1
	case plan.DeleteGroup:
		r.live.Groups = slices.Delete(r.live.Groups, at, at+1)
		return nil
	}
	g := &r.live.Groups[at]
	if c, ok := a.Field(plan.FieldName); ok {
		g.Name = directory.Name(c.New.String())
	}
	for _, m := range a.Members.Remove {
		if !slices.Contains(g.Members, m.ID) {
			return fmt.Errorf("%s is no member", m.User)
		}
		g.Members = slices.DeleteFunc(g.Members, func(id directory.UserID) bool { return id == m.ID })
	}
	for _, m := range a.Members.Add {
		u := r.byID(m.ID)
		if m.ID == 0 {
			u = r.byEmail(m.User)
		}
		if u == nil || !u.Active {
			// The account is not there, or not yet: a list that removes nobody goes without it.
			if len(a.Members.Remove) > 0 {
				return fmt.Errorf("removes members while %s is not there", m.User)
			}
			if a.Kind == plan.CreateGroup && r.onUser {
				r.brings[m.User.Key()] = append(r.brings[m.User.Key()], g.ID)
			}
			continue
		}
		if slices.Contains(g.Members, u.ID) {
			return fmt.Errorf("%s is a member already", m.User)
		}
		g.Members = append(g.Members, u.ID)
	}
	return nil
}

func (r *run) nextUser() directory.UserID {
	next := directory.UserID(1)
	for _, u := range r.live.Users {
		next = max(next, u.ID+1)
	}
	return next
}

func (r *run) byID(id directory.UserID) *directory.User { return userByID(&r.live, id) }

func userByID(live *directory.Live, id directory.UserID) *directory.User {
	for i := range live.Users {
		if live.Users[i].ID == id {
			return &live.Users[i]
		}
	}
	return nil
}

func (r *run) byEmail(email directory.Email) *directory.User {
	for i := range r.live.Users {
		if r.live.Users[i].Email.Key() == email.Key() {
			return &r.live.Users[i]
		}
	}
	return nil
}

func (r *run) group(id directory.GroupID) *directory.Group {
	for i := range r.live.Groups {
		if r.live.Groups[i].ID == id {
			return &r.live.Groups[i]
		}
	}
	return nil
}

func seatsTaken(live *directory.Live) (taken, admins int) {
	for _, u := range live.Users {
		if u.Active {
			taken++
			if u.Admin {
				admins++
			}
		}
	}
	return taken, admins
}
