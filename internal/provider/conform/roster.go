package conform

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// here is the place of everything in the roster, which is not read from a file.
func here(line int) directory.Pos { return directory.Pos{File: "story.yaml", Line: line, Column: 1} }

func set[T any](value T) directory.Key[T] { return directory.At(value, here(1)) }

// adopt returns a roster that lists what is there and wants nothing changed. Guards are as by default, as far as a
// handful of people allows.
func adopt(live *directory.Live) *directory.Desired {
	guards := directory.DefaultGuards()
	guards.MinAdmins = set(1)
	guards.Limits[directory.GuardMaxRemovalsPerGroup] = directory.Limit{Percent: set(100)}
	d := &directory.Desired{
		Timezone: "UTC",
		Unlisted: directory.Unlisted{Users: directory.PolicyIgnore, Groups: directory.PolicyIgnore},
		Guards:   guards,
		Files:    []directory.File{{Path: "story.yaml"}},
	}
	for i := range live.Users {
		if u := &live.Users[i]; !u.Untouchable() {
			d.Users = append(d.Users, directory.WantUser{Email: u.Email, Pos: here(10 + i)})
		}
	}
	for i := range live.Groups {
		g := &live.Groups[i]
		d.Groups = append(d.Groups, directory.WantGroup{Name: g.Name, Mode: set(directory.AtLeast), Pos: here(1000 + i)})
	}
	tidy(d)
	return d
}

// tidy brings a roster into the order that the loader guarantees.
func tidy(d *directory.Desired) {
	slices.SortFunc(d.Users, func(a, b directory.WantUser) int {
		return strings.Compare(string(a.Email.Key()), string(b.Email.Key()))
	})
	slices.SortFunc(d.Groups, func(a, b directory.WantGroup) int { return strings.Compare(string(a.Name), string(b.Name)) })
}

// join adds a person, with a role if there are roles, and with a name as the tool can hold it.
func (s *state) join(email directory.Email, name string, role directory.Name) {
	u := directory.WantUser{Email: email, Name: set(name), Active: set(true), Pos: here(100 + len(s.roster.Users))}
	if role != "" {
		u.Role = set(role)
	}
	if _, _, whole := directory.SplitName(name); s.caps.NameParts && !whole {
		given, family, _ := strings.Cut(name, " ")
		u.Name, u.GivenName, u.FamilyName = directory.Key[string]{}, set(given), set(cmp.Or(family, "Doe"))
	}
	s.roster.Users = append(s.roster.Users, u)
	tidy(s.roster)
}

// assign makes these the projects of a person, with one profile in all of them.
func (s *state) assign(email directory.Email, profile directory.Name, projects ...directory.Name) {
	refs := make([]directory.ProjectRef, len(projects))
	for i, name := range projects {
		refs[i] = directory.ProjectRef{Project: name, Profile: profile, Pos: here(4000 + i)}
	}
	s.user(email).Projects = set(refs)
}

// form adds a group of exactly these members.
func (s *state) form(name directory.Name, members ...directory.Email) {
	s.roster.Groups = append(s.roster.Groups, directory.WantGroup{
		Name: name, Mode: set(directory.Exact), Pos: here(2000 + len(s.roster.Groups)),
	})
	tidy(s.roster)
	s.members(name, members...)
}

// members sets the members of a group of the roster.
func (s *state) members(name directory.Name, members ...directory.Email) {
	list := make([]directory.MemberRef, len(members))
	for i, email := range members {
		list[i] = directory.MemberRef{Email: email, Pos: here(3000 + i)}
	}
	s.group(name).Members = set(list)
}

// user returns the entry of a person of the story, and group that of a group; a wrong name is a mistake of the story.
func (s *state) user(email directory.Email) *directory.WantUser {
	i := slices.IndexFunc(s.roster.Users, func(u directory.WantUser) bool { return u.Email.Key() == email.Key() })
	return &s.roster.Users[i]
}

func (s *state) group(name directory.Name) *directory.WantGroup {
	i := slices.IndexFunc(s.roster.Groups, func(g directory.WantGroup) bool { return g.Name == name })
	return &s.roster.Groups[i]
}
