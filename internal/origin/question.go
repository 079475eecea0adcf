package origin

import (
	"maps"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// question is what is asked of a roster.
type question struct {
	want *directory.Desired
	opts Options
	what string // "" for everything
}

// keysOf returns the table of the keys that may be asked for and what facts call them. A word that does not stand for
// itself says for what behind a "=".
func keysOf(words string) map[string]string {
	keys := make(map[string]string)
	for word := range strings.FieldsSeq(words) {
		name, fact, other := strings.Cut(word, "=")
		if !other {
			fact = name
		}
		keys[name] = fact
	}
	return keys
}

func personKeys() map[string]string {
	return keysOf("email was id name active until role admin email_notifications mfa_required sso_enabled note " +
		"groups=group assigned_projects=project leavers=leaver")
}

func groupKeys() map[string]string { return keysOf("name was id mode note members=member") }

// kinds returns the facts that are about something with a name, by what may stand before that name.
func kinds() []string { return []string{"role", "group", "project", "member"} }

// asked splits a question such as "group:mobile-qa". Without a kind, the word is the name of a key before it is that of
// anything else.
func asked(what string) (kind, name string) {
	for _, k := range kinds() {
		if rest, ok := strings.CutPrefix(what, k+":"); ok {
			return k, rest
		}
	}
	if rest, ok := strings.CutPrefix(what, "user:"); ok {
		return "member", rest
	}
	return "", what
}

// narrow leaves in an answer what was asked for, and says whether the roster gives it.
func (q *question) narrow(a *Answer, keys map[string]string) {
	if a.Asked = q.what; q.what == "" {
		a.Said = true
		return
	}
	kind, name := asked(q.what)
	key, isKey := keys[name]
	isKey = isKey && kind == ""
	facts, unmanaged := []Fact{}, []string{}
	for _, f := range a.Facts {
		if isKey && about(f.Key, key) || !isKey && (kind == "" || kind == f.Key) && f.names(name) {
			facts = append(facts, f)
			a.Said = a.Said || f.Value != "false" && f.Value != "[]" && f.Key != "active"
		}
	}
	for _, u := range a.Unmanaged {
		if isKey && (u == name || u == key) {
			unmanaged = append(unmanaged, u)
		}
	}
	if isKey && key == "active" {
		a.Said = a.State == Active
	}
	a.Facts, a.Unmanaged = facts, unmanaged
}

// about reports whether a fact belongs to a key: leavers and dates overrule what a person's `active` says, and an empty list
// is said under the name of the key.
func about(fact, key string) bool {
	switch key {
	case "active":
		return fact == "active" || fact == "leaver" || fact == "until"
	case "project":
		return fact == "project" || fact == "assigned_projects"
	case "member":
		return fact == "member" || fact == "members"
	}
	return fact == key
}

// names reports whether a fact is about what is called name.
func (f *Fact) names(name string) bool {
	switch f.Key {
	case "member":
		return directory.Email(f.Value).Key() == directory.Email(name).Key()
	case "role", "group", "project":
		return directory.Name(f.Value).Canonical() == directory.Name(name).Canonical()
	}
	return false
}

// nouns are the names that a roster bears, by the kind of what bears them.
func (q *question) nouns() map[string][]string {
	roles, projects := make(map[directory.Name]bool), make(map[directory.Name]bool)
	found := make(map[string][]string)
	add := func(kind string, seen map[directory.Name]bool, name directory.Name) {
		if !seen[name] {
			seen[name] = true
			found[kind] = append(found[kind], string(name))
		}
	}
	for i := range q.want.Users {
		u := &q.want.Users[i]
		if u.Role.Set {
			add("role", roles, u.Role.Value)
		}
		if u.Scope != nil {
			for _, role := range u.Scope.Roles {
				add("role", roles, role)
			}
		}
		for _, project := range u.AssignedProjects.Value {
			add("project", projects, project)
		}
	}
	for i := range q.want.Groups {
		found["group"] = append(found["group"], string(q.want.Groups[i].Name))
	}
	return found
}

// Questions returns what can be asked of a subject: the keys, and the names that the roster bears; nil if it names no such
// subject.
func Questions(want *directory.Desired, who string) []string {
	q := question{want: want}
	a, err := Of(want, who, "", Options{})
	switch {
	case err != nil:
		return nil
	case a.Kind == Person:
		nouns := q.nouns()
		return slices.Concat(slices.Sorted(maps.Keys(personKeys())), nouns["role"], nouns["group"], nouns["project"])
	}
	questions := slices.Sorted(maps.Keys(groupKeys()))
	for i := range want.Users {
		questions = append(questions, string(want.Users[i].Email.Key()))
	}
	return questions
}
