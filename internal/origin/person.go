package origin

import (
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/directory"
)

// person answers about a person.
func (q *question) person(u *directory.WantUser, former string) *Answer {
	a := &Answer{
		FormatVersion: 1, Kind: Person, Subject: string(u.Email), Former: former, Timezone: q.want.Timezone, Today: q.opts.Today,
		Source: Place{Pos: u.Pos, Part: OwnEntry, Grant: grantOf(u.Scope, "domains")},
		State:  stateOf(u, q.opts.Today),
		Facts:  []Fact{}, Unmanaged: []string{},
	}
	if u.OnlyLeaver() {
		a.Source = Place{Pos: u.Pos, Part: Leavers}
	}
	if u.Until.Set {
		days := q.opts.Today.Days(u.Until.Value)
		a.Days = &days
	}
	p := entryFacts{answer: a, scope: u.Scope}
	if q.what == "email" {
		a.Facts = append(a.Facts, Fact{Key: "email", Value: string(u.Email), Places: []Place{a.Source}})
	}
	for _, was := range u.Was {
		p.say("was", string(was.Value), was.Pos, false)
	}
	key(&p, "id", u.ID, func(id directory.UserID) string { return strconv.FormatInt(int64(id), 10) })
	key(&p, "name", u.Name, itself)
	key(&p, "given_name", u.GivenName, itself)
	key(&p, "family_name", u.FamilyName, itself)
	if a.State == Inactive {
		key(&p, "active", u.Active, strconv.FormatBool) // whatever says so manages it
	} else {
		managed(&p, "active", u.Active, strconv.FormatBool)
	}
	if u.Leaver.Line > 0 {
		a.Facts = append(a.Facts, Fact{Key: "leaver", Value: string(u.Email), Places: []Place{{Pos: u.Leaver, Part: Leavers}}})
	}
	key(&p, "until", u.Until, directory.Date.String)
	managed(&p, "role", u.Role, func(role directory.Name) string { return string(role) })
	managed(&p, "admin", u.Admin, strconv.FormatBool)
	a.Facts = append(a.Facts, groupsOf(q.want, u)...)
	p.memberships(u)
	managed(&p, "email_notifications", u.EmailNotifications, strconv.FormatBool)
	managed(&p, "mfa_required", u.MFARequired, strconv.FormatBool)
	managed(&p, "sso_enabled", u.SSOEnabled, strconv.FormatBool)
	managed(&p, "auth.system", u.SignOn, func(system directory.Name) string { return string(system) })
	managed(&p, "auth.external_name", u.ExternalName, itself)
	p.assignedProjects(u)
	a.Unmanaged = append(unmanagedName(u), a.Unmanaged...)
	a.Unmanaged = slices.DeleteFunc(a.Unmanaged, q.lacks)
	if u.Note != "" {
		p.say("note", u.Note, u.Pos, false)
	}
	q.narrow(a, personKeys())
	if q.what != "" && !a.Said {
		q.waysOfPerson(a, u)
	}
	return a
}

func itself(text string) string { return text }

// unmanagedName returns the keys of a name that are not set: a name in one piece says its parts, and they say it.
func unmanagedName(u *directory.WantUser) []string {
	switch {
	case u.Name.Set, u.GivenName.Set && u.FamilyName.Set:
		return nil
	case u.GivenName.Set:
		return []string{"family_name"}
	case u.FamilyName.Set:
		return []string{"given_name"}
	}
	return []string{"name"}
}

// memberships says which projects a person is a member of.
func (p *entryFacts) memberships(u *directory.WantUser) {
	place := Place{Part: Projects, Grant: grantOf(u.Scope, "projects")}
	if u.Projects.FromDefault {
		place = Place{Part: Defaults}
	}
	for _, ref := range u.Projects.Value {
		place.Pos = ref.Pos
		p.answer.Facts = append(p.answer.Facts, Fact{Key: "project", Value: string(ref.Project), Profile: ref.Profile, Places: []Place{place}, list: "projects"})
	}
	switch {
	case !u.Projects.Set:
		p.answer.Unmanaged = append(p.answer.Unmanaged, "projects")
	case len(u.Projects.Value) == 0:
		p.say("projects", "[]", u.Projects.Pos, u.Projects.FromDefault)
	}
}

// assignedProjects says which projects a person manages.
func (p *entryFacts) assignedProjects(u *directory.WantUser) {
	place := Place{Pos: u.AssignedProjects.Pos, Part: OwnEntry, Grant: grantOf(u.Scope, "allow_keys")}
	for _, project := range u.AssignedProjects.Value {
		p.answer.Facts = append(p.answer.Facts, Fact{Key: "project", Value: string(project), Places: []Place{place}, list: "assigned_projects"})
	}
	switch {
	case !u.AssignedProjects.Set:
		p.answer.Unmanaged = append(p.answer.Unmanaged, "assigned_projects")
	case len(u.AssignedProjects.Value) == 0:
		p.say("assigned_projects", "[]", u.AssignedProjects.Pos, false)
	}
}

// stateOf returns what the files say of the access of a person on a day.
func stateOf(u *directory.WantUser, today directory.Date) State {
	switch {
	case u.Leaver.Line > 0, u.Until.Set && u.Until.Value.Before(today), u.Active.Set && !u.Active.Value:
		return Inactive
	case u.Active.Set && !u.Active.FromDefault:
		return Active
	}
	return Listed
}

// groupsOf returns the groups that a person is a member of, by name, each with every place that says so: the group's list
// before his own.
func groupsOf(want *directory.Desired, u *directory.WantUser) []Fact {
	var facts []Fact
	for i := range want.Groups {
		g := &want.Groups[i]
		var listed directory.Pos
		for _, m := range g.Members.Value {
			if m.Email.Key() == u.Email.Key() {
				listed = m.Pos
			}
		}
		if places := membership(g, u, listed); len(places) > 0 {
			facts = append(facts, Fact{Key: "group", Value: string(g.Name), Mode: g.Mode.Value, Places: places})
		}
	}
	return facts
}

// membership returns the places that make a person a member of a group. Listed is the one in the group's own list, zero for
// none.
func membership(g *directory.WantGroup, u *directory.WantUser, listed directory.Pos) []Place {
	var places []Place
	if listed.Line > 0 {
		places = append(places, Place{Pos: listed, Part: Members, Grant: grantOf(g.Scope, "groups")})
	}
	for _, ref := range u.Groups {
		if ref.Name.Canonical() == g.Name.Canonical() {
			places = append(places, Place{Pos: ref.Pos, Part: Groups, Grant: grantOf(u.Scope, "groups")})
		}
	}
	return places
}

// entryFacts gathers what an entry says.
type entryFacts struct {
	answer *Answer
	scope  *directory.Scope
}

func (p *entryFacts) say(name, value string, pos directory.Pos, byDefault bool) {
	place := Place{Pos: pos, Part: OwnEntry, Grant: grantOf(p.scope, grantKey(name))}
	if byDefault {
		place.Part, place.Grant = Defaults, nil // the root file's choice, whoever the entry belongs to
	}
	p.answer.Facts = append(p.answer.Facts, Fact{Key: name, Value: value, Places: []Place{place}})
}

// key says what a key holds, if it is set.
func key[T any](p *entryFacts, name string, k directory.Key[T], text func(T) string) {
	if k.Set {
		p.say(name, text(k.Value), k.Pos, k.FromDefault)
	}
}

// managed is key for what is compared with the tool.
func managed[T any](p *entryFacts, name string, k directory.Key[T], text func(T) string) {
	if !k.Set {
		p.answer.Unmanaged = append(p.answer.Unmanaged, name)
	}
	key(p, name, k, text)
}

// grantKey returns the key of an include entry that is about a key of a user or group, "" for a key that needs no grant.
func grantKey(name string) string {
	outer, _, _ := strings.Cut(name, ".")
	switch {
	case slices.Contains(directory.GuardedKeys(), outer):
		return "allow_keys"
	case name == "role":
		return "roles"
	}
	return ""
}

// grantOf returns what lets a file of a scope say something, nil for what needs no grant.
func grantOf(scope *directory.Scope, key string) *Grant {
	if scope == nil || key == "" {
		return nil
	}
	return &Grant{Entry: scope.Entry, Key: key}
}
