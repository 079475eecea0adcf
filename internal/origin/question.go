package origin

import (
	"cmp"
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

// lacks reports whether the tool of the roster can't hold a key of a person.
func (q *question) lacks(key string) bool {
	outer, _, _ := strings.Cut(key, ".")
	_, lacks := q.opts.Lacks[outer]
	return lacks
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
	return keysOf("email was id name given_name family_name active until role admin email_notifications mfa_required sso_enabled " +
		"auth auth.system auth.external_name note groups=group projects assigned_projects leavers=leaver")
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
		if isKey && about(cmp.Or(f.list, f.Key), key) || !isKey && (kind == "" || kind == f.Key) && f.names(name) {
			facts = append(facts, f)
			a.Said = a.Said || f.Value != "false" && f.Value != "[]" && f.Key != "active"
		}
	}
	for _, u := range a.Unmanaged {
		if isKey && about(u, key) {
			unmanaged = append(unmanaged, u)
		}
	}
	if isKey && key == "active" {
		a.Said = a.State == Active
	}
	a.Facts, a.Unmanaged = facts, unmanaged
}

// about reports whether a fact belongs to a key: leavers and dates overrule what a person's `active` says, a name in one piece
// says its parts and they say it, and an empty list is said under the name of the key.
func about(fact, key string) bool {
	switch key {
	case "active":
		return fact == "active" || fact == "leaver" || fact == "until"
	case "name":
		return fact == "name" || fact == "given_name" || fact == "family_name"
	case "given_name", "family_name":
		return fact == "name" || fact == key
	case "auth":
		return strings.HasPrefix(fact, "auth.")
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
		for _, ref := range u.Projects.Value {
			add("project", projects, ref.Project)
		}
	}
	for i := range q.want.Groups {
		found["group"] = append(found["group"], string(q.want.Groups[i].Name))
	}
	return found
}

// Questions returns what can be asked of a subject: the keys, but for those that the tool lacks, and the names that the roster
// bears; nil if it names no such subject. For lacks see Options.
func Questions(want *directory.Desired, who string, lacks map[string]string) []string {
	q := question{want: want, opts: Options{Lacks: lacks}}
	a, err := Of(want, who, "", Options{})
	switch {
	case err != nil:
		return nil
	case a.Kind == Person:
		nouns := q.nouns()
		keys := slices.DeleteFunc(slices.Sorted(maps.Keys(personKeys())), q.lacks)
		return slices.Concat(keys, nouns["role"], nouns["group"], nouns["project"])
	}
	questions := slices.Sorted(maps.Keys(groupKeys()))
	for i := range want.Users {
		questions = append(questions, string(want.Users[i].Email.Key()))
	}
	return questions
}
