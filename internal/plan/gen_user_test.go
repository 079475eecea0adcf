package plan_test

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// userSide makes of a company one of a tool that writes memberships on the user: with people who were invited or whose
// names a directory service rules over, ways to sign on, and members of projects.
func (d draw) userSide(w *world) {
	onUser(w)
	sample(3, "S")(w)
	w.strips = d.flag("projects are stripped")
	if d.flag("can do everything") {
		w.caps.Kinds[plan.DeleteGroup], w.caps.RenamesGroups, w.caps.Writable[plan.FieldEmail] = true, true, true
	}
	for i := range w.live.Users {
		u := &w.live.Users[i]
		u.Role, u.RoleID, u.SSOEnabled, u.AssignedProjects = "", 0, false, nil
		goesBy(pick(d, "given", "N", "M"), "X")(u)
		u.Pending = !u.Active && d.odds(3, "was only invited")
		switch u.SignOn = directory.OwnSignOn; d.upTo(5, "signs on") {
		case 0:
			signsOn("Acme SSO", fmt.Sprintf("x%d", u.ID))(u)
		case 1:
			ldap(u)
			u.ExternalName = fmt.Sprintf("x%d", u.ID)
		}
		u.Projects = some(d, "works on", []directory.ProjectID{1, 2, 3})
	}
	for i := range w.want.Users {
		if u := &w.want.Users[i]; !u.OnlyLeaver() {
			d.userSideEntry(u)
		}
	}
}

// userSideEntry gives an entry the keys of such a tool.
func (d draw) userSideEntry(u *directory.WantUser) {
	u.Role, u.SSOEnabled, u.AssignedProjects = directory.Key[directory.Name]{}, directory.Key[bool]{}, directory.Key[[]directory.Name]{}
	if named(pick(d, "name there", "N X", "M  X", "N Y"))(u); d.odds(4, "by parts") {
		u.Name = directory.Key[string]{}
		givenName(pick(d, "given name", "N", "N N"))(u)
		familyName("X")(u)
	}
	switch d.upTo(6, "system") {
	case 0:
		system("internal")(u)
	case 1:
		system("ACME SSO")(u)
	case 2:
		system("Acme SSO")(u)
		external("y " + string(u.Email.Key()))(u)
	case 3:
		system("Acme LDAP")(u)
	}
	if d.flag("lists projects") {
		on()(u)
		for _, name := range some(d, "projects", []directory.Name{"P1", "P2", "S"}) {
			onAs(name, pick(d, "profile", directory.DefaultProfile, "Tester"))(u)
		}
	}
}

// accountOf returns the account that an entry means, nil for none.
func (w *world) accountOf(u *directory.WantUser) *directory.User {
	if u.ID.Set {
		return userByID(&w.live, u.ID.Value)
	}
	for _, name := range append([]directory.Email{u.Email}, wasOf(u)...) {
		if id := w.bearer(string(name)); id > 0 {
			return userByID(&w.live, directory.UserID(id))
		}
	}
	return nil
}

// managesProjectsOf reports whether the file lists the projects of an account.
func (w *world) managesProjectsOf(id directory.UserID) bool {
	return slices.ContainsFunc(w.want.Users, func(u directory.WantUser) bool {
		account := w.accountOf(&u)
		return u.Projects.Set && account != nil && account.ID == id
	})
}

// means reports whether an entry means a live group: by its name, or by a former one if no group bears the name.
func (w *world) means(x *directory.WantGroup, g *directory.Group) bool {
	isLive := slices.ContainsFunc(w.live.Groups, func(other directory.Group) bool { return other.Name == x.Name })
	return x.Name == g.Name || !isLive && slices.ContainsFunc(x.Was, func(was directory.Key[directory.Name]) bool { return was.Value == g.Name })
}
