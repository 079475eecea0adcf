package origin

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"rollcall/internal/directory"
)

// waysOfPerson says how a person could get what was asked for.
func (q *question) waysOfPerson(a *Answer, u *directory.WantUser) {
	kind, name := asked(q.what)
	if key, ok := personKeys()[name]; ok && kind == "" {
		a.Ways = q.waysOfKey(a, u, key)
		return
	}
	nouns := q.nouns()
	ways := map[string]func() []Way{
		"role": func() []Way {
			if q.lacks("role") {
				return nil
			}
			line, need := "role: "+plain(name), needs(u.Scope, "roles", u.Scope.AllowsRole(directory.Name(name)))
			if u.Role.Set && !u.Role.FromDefault {
				return []Way{{Line: line, Into: IntoLine, At: u.Role.Pos, Needs: need}}
			}
			return q.inEntry(u, line, need)
		},
		"group":   func() []Way { return q.membershipWays(u, directory.Name(name)) },
		"project": func() []Way { return q.projectWays(u, directory.Name(name)) },
	}
	if kind == "" {
		for _, k := range kinds() {
			known := slices.ContainsFunc(nouns[k], func(n string) bool { return directory.Name(n).Canonical() == directory.Name(name).Canonical() })
			if known {
				a.Ways = append(a.Ways, ways[k]()...)
			}
		}
		if a.Ways != nil {
			return
		}
	}
	candidates := nouns[kind]
	if kind == "" {
		candidates = slices.Concat(nouns["role"], nouns["group"], nouns["project"], slices.Sorted(maps.Keys(personKeys())))
	}
	if near, ok := directory.Suggest(name, candidates); ok {
		a.Near = near
		return
	}
	if kind == "" { // a role is known to the tool alone, so it may be one that nobody has, and so is a project
		a.Ways = append(ways["role"](), ways["group"]()...)
		if q.lacks("role") {
			a.Ways = append(a.Ways, ways["project"]()...)
		}
	} else if way, ok := ways[kind]; ok {
		a.Ways = way()
	}
}

// waysOfKey says how a key of a person could be set.
func (q *question) waysOfKey(a *Answer, u *directory.WantUser, key string) []Way {
	if key == "active" {
		return q.waysToActive(a, u)
	}
	if key == "leaver" {
		return []Way{{Line: "- " + plain(string(u.Email)), Into: IntoLeavers, At: q.root()}}
	}
	if q.lacks(key) {
		return nil
	}
	outer, _, _ := strings.Cut(key, ".")
	need := needs(u.Scope, "allow_keys", u.Scope.AllowsKey(outer))
	line := lineOf(key)
	if key == "auth.external_name" && u.SignOn.Set && !u.SignOn.FromDefault {
		return []Way{{Line: "external_name: TEXT", Into: IntoEntry, At: u.SignOn.Pos, Needs: need}} // `auth` is there
	}
	if key == "auth.system" && u.ExternalName.Set {
		return []Way{{Line: "system: NAME", Into: IntoEntry, At: u.ExternalName.Pos, Needs: need}}
	}
	for _, f := range a.Facts {
		if f.Places[0].Part == OwnEntry {
			return []Way{{Line: line, Into: IntoLine, At: f.Places[0].Pos, Needs: need}}
		}
	}
	return q.inEntry(u, line, need)
}

// lineOf returns a line that sets a key of a person. A key that is not in the table is a flag.
func lineOf(key string) string {
	line := map[string]string{
		"was": "was: [ADDRESS]", "id": "id: N", "name": "name: NAME", "given_name": "given_name: NAME", "family_name": "family_name: NAME",
		"until": "until: YYYY-MM-DD", "role": "role: NAME", "note": "note: TEXT", "group": "groups: [NAME]",
		"projects": "projects: [{project: NAME}]", "assigned_projects": "assigned_projects: [NAME]",
		"auth": "auth: {system: NAME}", "auth.system": "auth: {system: NAME}", "auth.external_name": "auth: {external_name: TEXT}",
	}[key]
	if line == "" {
		return key + ": true"
	}
	return line
}

// waysToActive says what keeps a person from being active: every one of it has to go.
func (q *question) waysToActive(a *Answer, u *directory.WantUser) []Way {
	var ways []Way
	if u.Leaver.Line > 0 {
		ways = append(ways, Way{Into: IntoNothing, At: u.Leaver})
	}
	if u.Until.Set && *a.Days < 0 {
		ways = append(ways, Way{Line: "until: YYYY-MM-DD", Into: IntoLine, At: u.Until.Pos})
	}
	if u.Active.Set && !u.Active.FromDefault {
		if !u.Active.Value {
			ways = append(ways, Way{Line: "active: true", Into: IntoLine, At: u.Active.Pos})
		}
		return ways
	}
	return append(ways, q.inEntry(u, "active: true", nil)...)
}

// membershipWays says how a person could get into a group: on the group, or on him.
func (q *question) membershipWays(u *directory.WantUser, name directory.Name) []Way {
	g, _ := findGroup(q.want, name)
	if g == nil {
		line := fmt.Sprintf("- {name: %s, mode: at_least, members: [%s]}", plain(string(name)), plain(string(u.Email)))
		return []Way{{Line: line, Into: IntoGroups, At: q.root()}}
	}
	var list directory.Pos
	if len(u.Groups) > 0 {
		list = u.Groups[0].Pos
	}
	own := q.inList(u, "groups", string(name), list, needs(u.Scope, "groups", u.Scope.AllowsGroup(name)))
	way := Way{Line: "members: [" + plain(string(u.Email)) + "]", Into: IntoEntry, At: g.Pos,
		Needs: needs(g.Scope, "domains", g.Scope.AllowsDomain(u.Email.Domain()))}
	if g.Members.Set {
		way.Line, way.Into, way.At = plain(string(u.Email)), IntoList, g.Members.Pos
	}
	return append([]Way{way}, own...)
}

// projectWays says how a person could become a member of a project, and how he could manage it: which of the two there is
// depends on the tool.
func (q *question) projectWays(u *directory.WantUser, name directory.Name) []Way {
	var ways []Way
	if !q.lacks("projects") {
		ways = q.intoProject(u, name)
	}
	if !q.lacks("assigned_projects") {
		var list directory.Pos
		if u.AssignedProjects.Set {
			list = u.AssignedProjects.Pos
		}
		need := needs(u.Scope, "allow_keys", u.Scope.AllowsKey("assigned_projects"))
		ways = append(ways, q.inList(u, "assigned_projects", string(name), list, need)...)
	}
	return ways
}

// intoProject says how a person could become a member of a project. His list has all his projects: the first line of one has
// to say so, and one that takes the place of the default has to hold what that has.
func (q *question) intoProject(u *directory.WantUser, name directory.Name) []Way {
	ref := directory.ProjectRef{Project: name, Profile: directory.DefaultProfile}
	need := needs(u.Scope, "projects", u.Scope.AllowsProject(name))
	if !u.Scope.AllowsProfile(ref.Profile) {
		if len(u.Scope.Profiles) > 0 {
			ref.Profile = u.Scope.Profiles[0]
		} else if need == nil {
			need = needs(u.Scope, "profiles", false)
		}
	}
	if u.Projects.Set && !u.Projects.FromDefault {
		return []Way{{Line: plainRef(ref), Into: IntoList, At: u.Projects.Pos, Needs: need}}
	}
	var items []string
	for _, other := range append(slices.Clone(u.Projects.Value), ref) {
		items = append(items, plainRef(other))
	}
	line := "projects: [" + strings.Join(items, ", ") + "]"
	if !u.Projects.Set && !u.OnlyLeaver() {
		line += "   # and every other project to stay in"
	}
	return q.inEntry(u, line, need)
}

// plainRef returns an item of `projects`.
func plainRef(ref directory.ProjectRef) string {
	if ref.Profile == directory.DefaultProfile {
		return "{project: " + plain(string(ref.Project)) + "}"
	}
	return "{project: " + plain(string(ref.Project)) + ", profile: " + plain(string(ref.Profile)) + "}"
}

// waysOfGroup says how a group could get what was asked for.
func (q *question) waysOfGroup(a *Answer, g *directory.WantGroup) {
	kind, name := asked(q.what)
	if key, ok := groupKeys()[name]; ok && kind == "" {
		line := map[string]string{"was": "was: [NAME]", "id": "id: N", "note": "note: TEXT", "member": "members: [ADDRESS]"}[key]
		a.Ways = []Way{{Line: line, Into: IntoEntry, At: g.Pos, Needs: needs(g.Scope, "allow_keys", g.Scope.AllowsKey(key))}}
		return
	}
	email := directory.Email(name)
	if u, _ := findUser(q.want, email); u != nil {
		a.Ways = q.membershipWays(u, g.Name)
		return
	}
	if a.Near = nearSubject(q.want, "user:"+name); a.Near == "" && email.Usable() {
		a.Ways = []Way{{Line: fmt.Sprintf("- {email: %s, groups: [%s]}", plain(name), plain(string(g.Name))), Into: IntoUsers, At: q.root()}}
	} else if a.Near == "" {
		a.Near, _ = directory.Suggest(name, slices.Sorted(maps.Keys(groupKeys())))
	}
}

// inEntry returns the way that writes a line into the entry of a person, or makes one for a leaver who has none.
func (q *question) inEntry(u *directory.WantUser, line string, need *Grant) []Way {
	if u.OnlyLeaver() {
		return []Way{{Line: "- {email: " + plain(string(u.Email)) + ", " + line + "}", Into: IntoUsers, At: q.root()}}
	}
	return []Way{{Line: line, Into: IntoEntry, At: u.Pos, Needs: need}}
}

// inList returns the way that writes a name into the list that a person has under a key, or makes one where at is zero.
func (q *question) inList(u *directory.WantUser, key, name string, at directory.Pos, need *Grant) []Way {
	if at.Line > 0 {
		return []Way{{Line: plain(name), Into: IntoList, At: at, Needs: need}}
	}
	return q.inEntry(u, key+": ["+plain(name)+"]", need)
}

// root is the root file as a place.
func (q *question) root() directory.Pos { return directory.Pos{File: q.opts.Root} }

func needs(scope *directory.Scope, key string, granted bool) *Grant {
	if granted {
		return nil
	}
	return grantOf(scope, key)
}

// plain returns a text as YAML reads it back: as it is where it can't be taken for anything else, in quotes otherwise.
func plain(s string) string {
	for i, r := range s {
		if unicode.IsLetter(r) || i > 0 && (unicode.IsDigit(r) || strings.ContainsRune("-_.@+", r)) || i > 0 && i < len(s)-1 && r == ' ' {
			continue
		}
		return strconv.Quote(s)
	}
	switch strings.ToLower(s) {
	case "", "true", "false", "yes", "no", "on", "off", "y", "n", "null":
		return strconv.Quote(s)
	}
	return s
}
