package spec

import (
	"fmt"
	"math"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

// entryReader reads the entries of one file: of the root file, or of an included one within its scope.
type entryReader struct {
	*reader
	scope     *directory.Scope // nil for the root file, which may grant everything
	want      *directory.Desired
	limit     int // people and groups that the roster may have
	userKeys  []string
	groupKeys []string
	users     int // items of `users`, sound or not
}

func userKeys() []string {
	return []string{"email", "name", "given_name", "family_name", "role", "active", "groups", "projects", "until", "was", "id", "admin",
		"email_notifications", "mfa_required", "sso_enabled", "auth", "assigned_projects", "note"}
}

func groupKeys() []string { return []string{"name", "mode", "members", "was", "id", "note"} }

// at returns a function that sets key to a value that stands at pos, if there is one.
func at[T any](key *directory.Key[T], pos directory.Pos) func(value T, ok bool) {
	return func(value T, ok bool) {
		if ok {
			*key = directory.At(value, pos)
		}
	}
}

// user reads an item of `users`.
func (r *entryReader) user(n *yaml.Node) {
	r.users++
	u := directory.WantUser{Pos: r.pos(n), Scope: r.scope}
	given, usable := false, false
	isMapping := r.fields(n, "user", r.userKeys, func(key string, k, v *yaml.Node) {
		if !r.scope.AllowsKey(key) {
			r.outside(k, "allow_keys", "", "key %q", key)
		}
		r.held(key, k)
		pos := r.pos(v)
		switch key {
		case "email":
			given = true
			u.Email, usable = r.member(v, "email")
		case "name":
			at(&u.Name, pos)(r.text(v, "name", maxName))
		case "given_name":
			at(&u.GivenName, pos)(r.text(v, "given_name", maxName))
		case "family_name":
			at(&u.FamilyName, pos)(r.text(v, "family_name", maxName))
		case "role":
			at(&u.Role, pos)(r.name(v, "role"))
			if u.Role.Set && !r.scope.AllowsRole(u.Role.Value) {
				r.outside(v, "roles", nearName(r.scope.Roles, u.Role.Value), "role %q", u.Role.Value)
			}
		case "active":
			at(&u.Active, pos)(r.flag(v, "active"))
		case "groups":
			u.Groups = r.groupRefs(v)
		case "projects":
			at(&u.Projects, pos)(r.memberships(v))
		case "until":
			at(&u.Until, pos)(r.date(v, "until"))
		case "was":
			u.Was = r.formerAddresses(v)
		case "id":
			id, ok := r.number(v, "id", 1, math.MaxInt64)
			at(&u.ID, pos)(directory.UserID(id), ok)
		case "admin":
			at(&u.Admin, pos)(r.flag(v, "admin"))
		case "email_notifications":
			at(&u.EmailNotifications, pos)(r.flag(v, "email_notifications"))
		case "mfa_required":
			at(&u.MFARequired, pos)(r.flag(v, "mfa_required"))
		case "sso_enabled":
			at(&u.SSOEnabled, pos)(r.flag(v, "sso_enabled"))
		case "auth":
			r.auth(v, &u, "system", "external_name")
		case "assigned_projects":
			at(&u.AssignedProjects, pos)(r.projects(v))
		case "note":
			u.Note = r.note(v, "note")
		}
	})
	if isMapping && !given {
		r.problem(n, "", "user has no email")
	}
	r.namedOnce(&u)
	if usable && r.room(n) {
		r.want.Users = append(r.want.Users, u)
	}
}

// namedOnce sees that a person has a name in one piece or in parts.
func (r *entryReader) namedOnce(u *directory.WantUser) {
	part, key := u.GivenName, "given_name"
	if !part.Set {
		part, key = u.FamilyName, "family_name"
	}
	if u.Name.Set && part.Set {
		r.problems.add(part.Pos, "write name, or given_name and family_name",
			fmt.Sprintf("%s stands beside the name at %s", key, u.Name.Pos))
	}
}

// auth reads how a person signs on, which has at least one of the keys known.
func (r *reader) auth(n *yaml.Node, u *directory.WantUser, known ...string) {
	isMapping := r.fields(n, "auth", known, func(key string, _, v *yaml.Node) {
		pos := r.pos(v)
		switch key {
		case "system":
			at(&u.SignOn, pos)(r.name(v, "system"))
		case "external_name":
			at(&u.ExternalName, pos)(r.text(v, "external_name", maxName))
		}
	})
	if isMapping && len(meant(n).Content) == 0 {
		r.problem(n, "name "+alternatives(known)+", or leave the key out", "auth is empty")
	}
}

// group reads an item of `groups`.
func (r *entryReader) group(n *yaml.Node) {
	g := directory.WantGroup{Pos: r.pos(n), Scope: r.scope}
	given, usable := false, false
	isMapping := r.fields(n, "group", r.groupKeys, func(key string, k, v *yaml.Node) {
		if !r.scope.AllowsKey(key) {
			r.outside(k, "allow_keys", "", "key %q", key)
		}
		pos := r.pos(v)
		switch key {
		case "name":
			given = true
			g.Name, usable = r.groupName(v, "name")
		case "mode":
			mode, _ := r.mode(v)
			g.Mode = directory.At(mode, pos) // set even if it is wrong: it is not missing
		case "members":
			g.Members = directory.At(r.members(v), pos)
		case "was":
			g.Was = r.formerNames(v)
		case "id":
			id, ok := r.number(v, "id", 1, math.MaxInt64)
			at(&g.ID, pos)(directory.GroupID(id), ok)
		case "note":
			g.Note = r.note(v, "note")
		}
	})
	if isMapping && !given {
		r.problem(n, "", "group has no name")
	}
	if usable && r.room(n) {
		r.want.Groups = append(r.want.Groups, g)
	}
}

// room reports whether one more entry may be taken.
func (r *entryReader) room(n *yaml.Node) bool {
	if len(r.want.Users)+len(r.want.Groups) < r.limit {
		return true
	}
	r.problem(n, "", "roster has more than %d users and groups", r.limit)
	return false
}

// member reads the address of a person that the file declares or puts into a group.
func (r *entryReader) member(n *yaml.Node, what string) (directory.Email, bool) {
	email, ok := r.email(n, what)
	if ok && !r.scope.AllowsDomain(email.Domain()) {
		r.outside(n, "domains", nearAddress(r.scope, email), "address %s", email)
	}
	return email, ok
}

// groupName reads the name of a group that the file declares or puts people into.
func (r *entryReader) groupName(n *yaml.Node, what string) (directory.Name, bool) {
	name, ok := r.name(n, what)
	if ok && !r.scope.AllowsGroup(name) {
		r.outside(n, "groups", nearMatch(r.scope.Groups, name), "group %q", name)
	}
	return name, ok
}

func (r *reader) mode(n *yaml.Node) (directory.GroupMode, bool) {
	mode, ok := r.choice(n, "mode", string(directory.Exact), string(directory.AtLeast))
	return directory.GroupMode(mode), ok
}

func (r *entryReader) members(n *yaml.Node) []directory.MemberRef {
	list := make([]directory.MemberRef, 0, len(meant(n).Content))
	r.items(n, "members", func(item *yaml.Node) {
		if email, ok := r.member(item, "member"); ok {
			list = append(list, directory.MemberRef{Email: email, Pos: r.pos(item)})
		}
	})
	repeated(list, func(m directory.MemberRef) directory.EmailKey { return m.Email.Key() }, func(again, first directory.MemberRef) {
		r.repeated(again.Pos, first.Pos, "member %s", again.Email)
	})
	return list
}

func (r *entryReader) groupRefs(n *yaml.Node) []directory.GroupRef {
	var list []directory.GroupRef
	if size := len(meant(n).Content); size > 0 {
		list = make([]directory.GroupRef, 0, size)
	}
	r.items(n, "groups", func(item *yaml.Node) {
		if name, ok := r.groupName(item, "group"); ok {
			list = append(list, directory.GroupRef{Name: name, Pos: r.pos(item)})
		}
	})
	repeated(list, func(g directory.GroupRef) directory.Name { return g.Name }, func(again, first directory.GroupRef) {
		r.repeated(again.Pos, first.Pos, "group %q", again.Name)
	})
	return list
}

// formerAddresses and formerNames leave it to checkFormer to see that nothing is claimed twice, here or elsewhere.
func (r *entryReader) formerAddresses(n *yaml.Node) []directory.Key[directory.Email] {
	var list []directory.Key[directory.Email]
	r.items(n, "was", func(item *yaml.Node) {
		if email, ok := r.member(item, "was"); ok {
			list = append(list, directory.At(email, r.pos(item)))
		}
	})
	return list
}

func (r *entryReader) formerNames(n *yaml.Node) []directory.Key[directory.Name] {
	var list []directory.Key[directory.Name]
	r.items(n, "was", func(item *yaml.Node) {
		if name, ok := r.groupName(item, "was"); ok {
			list = append(list, directory.At(name, r.pos(item)))
		}
	})
	return list
}

func (r *entryReader) projects(n *yaml.Node) ([]directory.Name, bool) {
	list := values(r.reader, n, "assigned_projects", func(item *yaml.Node) (directory.Name, bool) { return r.name(item, "project") })
	if list == nil {
		list = []directory.Name{} // an empty list takes every project away
	}
	return list, meant(n).Kind == yaml.SequenceNode
}
