package plan_test

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// run applies actions to a live state as TestRail would: the smallest thing that could be called an instance. It keeps
// what was done and what was not, so that an action whose needs are not met is blocked.
type run struct {
	live   directory.Live
	undone map[string]bool
	after  func(*plan.Action) // called after each action that was done
}

func newRun(live *directory.Live) *run {
	r := &run{live: *live, undone: map[string]bool{}, after: func(*plan.Action) {}}
	r.live.Users = slices.Clone(live.Users)
	r.live.Groups = slices.Clone(live.Groups)
	for i := range r.live.Groups {
		r.live.Groups[i].Members = slices.Clone(live.Groups[i].Members)
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
	default:
		err = r.doGroup(a)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", a.ID, err)
	}
	if !r.undone[a.ID] {
		r.after(a)
	}
	return nil
}

func (r *run) set(u *directory.User, fields []plan.FieldChange) error {
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
		case plan.FieldName:
			u.Name = text
		case plan.FieldRole:
			at := slices.IndexFunc(r.live.Roles, func(x directory.Role) bool { return string(x.Name) == text })
			u.Role, u.RoleID = r.live.Roles[at].Name, r.live.Roles[at].ID
		case plan.FieldActive:
			u.Active = flag
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
			// The account could not be made: a list that removes nobody goes without it.
			if len(a.Members.Remove) > 0 {
				return fmt.Errorf("removes members while %s is not there", m.User)
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
