package conform

import (
	"slices"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// What follows is told where a tool has more than accounts and groups. dee is who works on projects.
const dee = "dee.vos@acme.example"

// nameParts is about tools that hold a given and a family name.
func nameParts() []step {
	apart := func(s *state) bool { return s.caps.NameParts }
	return []step{
		{
			name: "a name in two parts is the same name",
			when: apart,
			change: func(s *state) {
				u := s.user(anaNew)
				u.Name, u.GivenName, u.FamilyName = directory.Key[string]{}, set("Ana"), set("Ortega-Ruiz")
			},
		},
		{
			name: "one part of a name changes and nothing is said of the other",
			when: apart,
			change: func(s *state) {
				u := s.user(anaNew)
				u.GivenName, u.FamilyName = directory.Key[string]{}, set("Ruiz de la Peña")
			},
			want: actions("update_user " + anaNew),
		},
		{
			name: "a name that a directory service rules over is not compared",
			when: func(s *state) bool { return s.fixed() != nil },
			change: func(s *state) {
				s.fixed().Name = set("Somebody Else")
			},
		},
	}
}

// signOns is about tools whose people can sign on elsewhere.
func signOns() []step {
	several := func(s *state) bool { return s.caps.Reported[plan.FieldSignOn] && elsewhere(s.begun) != "" }
	return []step{
		{
			name: "a person signs on elsewhere",
			when: several,
			change: func(s *state) {
				s.user(bo).SignOn, s.user(bo).ExternalName = set(elsewhere(s.begun)), set("bo-qa")
			},
			want:   actions("update_user " + bo),
			writes: plan.FieldSignOn,
		},
		{
			name:   "and bears another name there",
			when:   several,
			change: func(s *state) { s.user(bo).ExternalName = set("BO-QA") },
			want:   actions("update_user " + bo),
			writes: plan.FieldExternalName,
		},
		{
			name: "and comes back to the tool's own way, which is compared without case",
			when: several,
			change: func(s *state) {
				s.user(bo).SignOn, s.user(bo).ExternalName = set(directory.Name(strings.ToUpper(string(own(s.begun))))), directory.Key[string]{}
			},
			want:   actions("update_user " + bo),
			writes: plan.FieldSignOn,
		},
	}
}

// invitations is about people who were invited and never came.
func invitations() []step {
	return []step{
		{
			name:   "somebody invited who leaves before he came is switched off",
			when:   func(s *state) bool { return len(s.invited()) > 1 },
			change: func(s *state) { s.user(s.invited()[1]).Active = set(false) },
			want:   func(s *state) []string { return []string{"deactivate_user " + string(s.invited()[1])} },
		},
		{
			name:   "somebody invited is activated on request",
			when:   func(s *state) bool { return len(s.invited()) > 0 },
			change: func(s *state) { s.user(s.invited()[0]).Active = set(true) },
			want:   func(s *state) []string { return []string{"reactivate_user " + string(s.invited()[0])} },
		},
	}
}

// projects is about tools that have members of projects.
func projects() []step {
	members := func(s *state) bool { return joinsProjects(s.caps) }
	return []step{
		{
			name: "a person joins a project with the account",
			when: members,
			change: func(s *state) {
				s.join(dee, "Dee Vos", s.roles[1])
				s.assign(dee, directory.DefaultProfile, s.projects()[0])
			},
			want: func(s *state) []string {
				return []string{"create_user " + dee, "add_to_project " + string(s.projects()[0])}
			},
		},
		{
			name:   "another profile is nothing that anybody could see",
			when:   members,
			change: func(s *state) { s.assign(dee, "Quality Assurance", s.projects()[0]) },
		},
		{
			name:   "one project more and one less",
			when:   members,
			change: func(s *state) { s.assign(dee, "Quality Assurance", s.projects()[1]) },
			want: func(s *state) []string {
				return []string{"add_to_project " + string(s.projects()[1]), "remove_from_project " + string(s.projects()[0])}
			},
		},
		{
			name:   "nobody is removed from a sample project",
			when:   members,
			change: func(s *state) { s.assign(s.other(), "") },
			want:   func(s *state) []string { return []string{"remove_from_project " + string(s.projects()[0])} },
		},
		{
			name:   "whoever leaves loses the projects without a word",
			when:   members,
			change: func(s *state) { s.user(dee).Active = set(false) },
			want:   actions("deactivate_user " + dee),
		},
		{
			name:   "projects of somebody inactive are not compared",
			when:   members,
			change: func(s *state) { s.assign(dee, directory.DefaultProfile, s.projects()...) },
		},
		{
			name:   "whoever comes back is in all of them",
			when:   func(s *state) bool { return members(s) && s.can(plan.ReactivateUser, "") },
			change: func(s *state) { s.user(dee).Active = set(true) },
			want:   func(s *state) []string { return append(s.missing(dee), "reactivate_user "+dee) },
		},
		{
			name: "whoever is to be brought back by hand comes first",
			when: func(s *state) bool { return members(s) && !s.can(plan.ReactivateUser, "") },
			change: func(s *state) {
				s.user(dee).Active, s.user(dee).Projects = set(true), directory.Key[[]directory.ProjectRef]{}
			},
			want: actions("reactivate_user " + dee),
		},
		{
			name:   "and is in all of them then",
			when:   func(s *state) bool { return members(s) && !s.can(plan.ReactivateUser, "") },
			change: func(s *state) { s.assign(dee, directory.DefaultProfile, s.projects()...) },
			want:   func(s *state) []string { return s.missing(dee) },
		},
		{
			name:   "a person leaves every project and stays",
			when:   members,
			change: func(s *state) { s.assign(dee, "") },
			want: func(s *state) []string {
				var want []string
				for _, name := range s.projects() {
					want = append(want, "remove_from_project "+string(name))
				}
				return want
			},
		},
	}
}

// projects returns the projects that people can be members of, by id.
func (s *state) projects() []directory.Name {
	var out []directory.Name
	for _, p := range s.begun.Projects {
		if !p.Sample {
			out = append(out, p.Name)
		}
	}
	return out
}

// missing returns the additions to all projects that a person was no member of when the instance was read last.
func (s *state) missing(email directory.Email) []string {
	var out []string
	for i := range s.live.Users {
		u := &s.live.Users[i]
		for _, p := range s.begun.Projects {
			if u.Email.Key() == email.Key() && !p.Sample && !slices.Contains(u.Projects, p.ID) {
				out = append(out, "add_to_project "+string(p.Name))
			}
		}
	}
	return out
}

// fixed returns the entry of somebody whose name a directory service rules over.
func (s *state) fixed() *directory.WantUser {
	for i := range s.live.Users {
		if u := &s.live.Users[i]; u.NameFixed && u.Active {
			return s.user(u.Email)
		}
	}
	return nil
}

// invited returns whose accounts the instance held from the beginning and nobody activated.
func (s *state) invited() []directory.Email {
	var out []directory.Email
	for i := range s.live.Users {
		if u := &s.live.Users[i]; u.Pending {
			out = append(out, u.Email)
		}
	}
	return out
}

// other returns the account that the instance holds beside the administrator's.
func (s *state) other() directory.Email {
	for i := range s.live.Users {
		if u := &s.live.Users[i]; u.Active && u.Email != s.self && !u.NameFixed {
			return u.Email
		}
	}
	return ""
}
