package spec

import (
	"fmt"

	"rollcall/internal/directory"
)

// checkReferences sees that every member is declared as a user and every group of a user as a group.
func (l *loader) checkReferences() {
	if l.unreadable {
		return
	}
	near := adviser{effort: maxEffort}
	l.checkGroupRefs(&near)
	users := make(map[directory.EmailKey]*directory.WantUser, len(l.want.Users))
	for i := range l.want.Users {
		users[l.want.Users[i].Email.Key()] = &l.want.Users[i]
	}
	for i := range l.want.Groups {
		g := &l.want.Groups[i]
		for _, m := range g.Members.Value {
			switch u := users[m.Email.Key()]; {
			case u == nil:
				l.problems.add(m.Pos, "declare the person under users first",
					fmt.Sprintf("group %q: member %s is not a user of the roster%s", g.Name, m.Email, near.address(m.Email, l.want.Users)))
			case u.OnlyLeaver():
				l.problems.add(m.Pos, "take the leaver out of the group",
					fmt.Sprintf("group %q: member %s is not under users, only a leaver at %s", g.Name, m.Email, u.Leaver))
			}
		}
	}
}

func (l *loader) checkGroupRefs(near *adviser) {
	names := make([]string, 0, len(l.want.Groups))
	declared := make(map[directory.Name]bool, len(l.want.Groups))
	for i := range l.want.Groups {
		names = append(names, string(l.want.Groups[i].Name))
		declared[l.want.Groups[i].Name] = true
	}
	for i := range l.want.Users {
		u := &l.want.Users[i]
		for _, ref := range u.Groups {
			if declared[ref.Name] {
				continue
			}
			text := fmt.Sprintf("user %s: group %q is not a group of the roster", u.Email, ref.Name)
			if name, ok := near.suggest(string(ref.Name), names); ok {
				text += fmt.Sprintf(", did you mean %q?", name)
			}
			l.problems.add(ref.Pos, "declare the group under groups first", text)
		}
	}
}

// maxEffort bounds what advice may cost, in comparisons of characters: about a tenth of a second. A roster with so many
// names and mistakes in it needs less advice than patience.
const maxEffort = 30_000_000

// adviser finds the names that somebody meant, as long as its effort lasts.
type adviser struct{ effort int }

func (a *adviser) suggest(word string, names []string) (string, bool) {
	for _, name := range names {
		if a.effort -= len(word) * len(name); a.effort < 0 {
			return "", false
		}
	}
	return directory.Suggest(word, names)
}

// address returns ", did you mean ...?" or nothing.
func (a *adviser) address(email directory.Email, users []directory.WantUser) string {
	known := make([]directory.Email, 0, len(users))
	for i := range users {
		if a.effort -= len(email) * len(users[i].Email); a.effort < 0 {
			return ""
		}
		known = append(known, users[i].Email)
	}
	if near, ok := directory.SuggestEmail(email, known); ok {
		return fmt.Sprintf(", did you mean %s?", near)
	}
	return ""
}
