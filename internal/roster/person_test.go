package roster_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/roster"
)

// onUser are the abilities of an instance that holds names in parts, members of projects and ways to sign on.
func onUser() plan.Caps {
	caps := plan.Caps{
		Membership: plan.OnUser, Kinds: make(map[plan.Kind]bool), Reported: make(map[plan.Field]bool), Writable: make(map[plan.Field]bool),
		ReadsGroups: true, NameParts: true, AdminGroup: "Administrators",
	}
	for _, k := range plan.Kinds() {
		caps.Kinds[k] = k != plan.DeleteGroup
	}
	for _, f := range []plan.Field{
		plan.FieldName, plan.FieldGivenName, plan.FieldFamilyName, plan.FieldActive, plan.FieldAdmin, plan.FieldSignOn, plan.FieldExternalName,
	} {
		caps.Reported[f], caps.Writable[f] = true, true
	}
	caps.Writable[plan.FieldProfile] = true
	return caps
}

// called returns an active account with a name in parts, which signs on with a password of the tool.
func called(id directory.UserID, given, family string) directory.User {
	return directory.User{
		ID: id, Email: directory.Email(strings.ToLower(string(rune('a'+id-1))) + "@acme.example"), Active: true,
		Name: directory.FullName(given, family), GivenName: given, FamilyName: family, SignOn: directory.OwnSignOn,
	}
}

func with(u directory.User, change func(*directory.User)) directory.User {
	change(&u)
	return u
}

// instance returns a live state with some projects, one of them a sample, and two ways to sign on.
func instance(users ...directory.User) *directory.Live {
	root := called(1, "Ines", "Root")
	root.Admin = true
	return &directory.Live{
		Self: 1, Users: append([]directory.User{root}, users...), Groups: []directory.Group{{ID: 1, Name: "qa", Members: []directory.UserID{1}}},
		Projects:     []directory.Project{{ID: 1, Name: "Ledger"}, {ID: 2, Name: "Checkout, [old]"}, {ID: 3, Name: "Sample", Sample: true}, {ID: 4, Name: "Twice"}, {ID: 5, Name: "Twice"}},
		ProjectsRead: true, Profiles: []directory.Profile{{ID: 1, Name: directory.DefaultProfile}, {ID: 2, Name: "Lead"}},
		SignOns:     []directory.SignOn{{ID: -1, Name: directory.OwnSignOn, Own: true}, {ID: 12, Name: "Acme SSO"}},
		SignOnsRead: true,
	}
}

func without(caps plan.Caps, kind plan.Kind) plan.Caps {
	delete(caps.Kinds, kind)
	return caps
}

// entryOf returns the lines of an entry but for its address.
func entryOf(text, email string) string {
	_, entry, _ := strings.Cut(text, "  - email: "+email+"\n")
	for _, end := range []string{"  - email:", "\ngroups:", "  # Not in"} {
		entry, _, _ = strings.Cut(entry, end)
	}
	return entry
}

func TestWrite_peopleOfAToolThatWritesThemWhole(t *testing.T) {
	for _, tt := range []struct {
		name   string
		user   directory.User
		live   func(*directory.Live)
		want   string
		result roster.Result // but for the people and groups
	}{
		{name: "a name of two words", user: called(2, "Ana", "Ruiz"), want: "    name: Ana Ruiz\n"},
		{name: "a name of three words", user: called(2, "Ana", "Ruiz Soto"), want: "    given_name: Ana\n    family_name: Ruiz Soto\n"},
		{name: "two words that are one part", user: called(2, "Ana Ruiz", ""), want: "    given_name: Ana Ruiz\n"},
		{name: "one word", user: called(2, "", "Ruiz"), want: "    family_name: Ruiz\n"},
		{name: "white space around the parts", user: called(2, "Ana ", " Ruiz"), want: "    given_name: Ana\n    family_name: Ruiz\n"},
		{name: "a part that can't be written", user: called(2, "Ana", "Ru\u202eiz"), want: "    given_name: Ana\n    # family_name: \"Ru\\u202eiz\" can't be held by a roster\n",
			result: roster.Result{Names: 1}},
		{name: "no name at all", user: called(2, "", ""), want: "    # name: \"\" can't be held by a roster\n", result: roster.Result{Names: 1}},
		{name: "a name that a directory service rules over", user: with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.NameFixed = true }),
			want: "    # name: \"Ana Ruiz\", which a directory service rules over\n"},
		{name: "somebody who was invited is left to come", user: with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.Active, u.Pending = false, true }),
			want: "    name: Ana Ruiz\n    # invited, and never activated\n"},
		{name: "projects, but for the sample", user: with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.Projects = []directory.ProjectID{1, 2, 3} }),
			want: "    name: Ana Ruiz\n    projects:\n      - project: \"Checkout, [old]\"\n      - project: Ledger\n"},
		{name: "the sample alone", user: with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.Projects = []directory.ProjectID{3} }), want: "    name: Ana Ruiz\n"},
		{name: "a project that can't be named keeps all of them out", user: with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.Projects = []directory.ProjectID{1, 5} }),
			want: "    name: Ana Ruiz\n    # projects: project 5, \"Twice\": the name of 2\n", result: roster.Result{Projects: 1}},
		{name: "a project that is not listed", user: with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.Projects = []directory.ProjectID{9} }),
			want: "    name: Ana Ruiz\n    # projects: project 9 is not listed by the tool\n", result: roster.Result{Projects: 1}},
		{name: "projects where no profile can be left out", user: with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.Projects = []directory.ProjectID{1} }),
			live: func(l *directory.Live) { l.Profiles = l.Profiles[1:] },
			want: "    name: Ana Ruiz\n    # projects: profile \"Developer\", which whoever is given no other has: the tool does not list it\n", result: roster.Result{Projects: 1}},
		{name: "projects of an inactive person", user: with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.Active, u.Projects = false, []directory.ProjectID{1} }),
			want: "    name: Ana Ruiz\n    active: false\n"},
		{name: "somebody who signs on elsewhere", user: with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.SignOn, u.ExternalName = "acme sso", "aruiz" }),
			want: "    name: Ana Ruiz\n    auth: {system: acme sso, external_name: aruiz}\n"},
		{name: "elsewhere without a name", user: with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.SignOn = "Acme SSO" }), want: "    name: Ana Ruiz\n    auth: {system: Acme SSO}\n"},
		{name: "a name elsewhere that can't be written", user: with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.SignOn, u.ExternalName = "Acme SSO", " aruiz" }),
			want: "    name: Ana Ruiz\n    auth: {system: Acme SSO}\n    # auth.external_name: \" aruiz\" can't be held by a roster\n", result: roster.Result{SignOns: 1}},
		{name: "a system that is gone", user: with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.SignOn, u.ExternalName = "Old LDAP", "aruiz" }),
			want: "    name: Ana Ruiz\n    # auth: \"Old LDAP\": the tool does not list it\n", result: roster.Result{SignOns: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			live, caps := instance(tt.user), onUser()
			if tt.live != nil {
				tt.live(live)
			}
			text, result := write(t, live, caps)
			if diff := cmp.Diff(tt.want, entryOf(text, "b@acme.example")); diff != "" {
				t.Errorf("entry (-want +got):\n%s", diff)
			}
			tt.result.Users, tt.result.Groups = 2, 1
			if result != tt.result {
				t.Errorf("result %+v, want %+v", result, tt.result)
			}
			canonical(t, text)
			if p := adopted(t, text, live, caps); !p.Empty() {
				t.Errorf("plan is not empty: %+v\n%s", *p.Actions()[0], text)
			}
		})
	}
}

// A group that is called like the one that stands for administrators would be refused as a group.
func TestWrite_noGroupOfAdministrators(t *testing.T) {
	live, caps := instance(), onUser()
	live.Groups = append(live.Groups, directory.Group{ID: 2, Name: "administrators"})
	text, result := write(t, live, caps)
	if result.LeftGroups != 1 || !strings.Contains(text, `  # - group 2: "administrators" is the group of the administrators, which is no group here`) {
		t.Errorf("result %+v\n%s", result, text)
	}
	if p := adopted(t, text, live, caps); !p.Empty() {
		t.Errorf("plan is not empty: %+v", p.Actions())
	}
}

func TestNeeds(t *testing.T) {
	elsewhere := with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.SignOn = "Acme SSO" })
	manager := with(called(2, "Ana", "Ruiz"), func(u *directory.User) { u.AssignedProjects = []directory.ProjectID{1} })
	for _, tt := range []struct {
		name string
		user directory.User
		caps plan.Caps
		want directory.Extent
	}{
		{"nothing beside groups and roles", called(2, "Ana", "Ruiz"), without(everything(), plan.AddToProject), directory.Extent{}},
		{"projects that somebody manages", manager, without(everything(), plan.AddToProject), directory.Extent{Projects: true}},
		{"members of projects, where there are such", called(2, "Ana", "Ruiz"), onUser(), directory.Extent{Projects: true}},
		{"ways to sign on, where somebody has another", elsewhere, onUser(), directory.Extent{Projects: true, SignOns: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := roster.Needs(&directory.Live{Users: []directory.User{called(1, "Ines", "Root"), tt.user}}, tt.caps); got != tt.want {
				t.Errorf("Needs: %+v, want %+v", got, tt.want)
			}
		})
	}
}

// Whoever works there, and however they are called: what is written loads, is canonical and plans to nothing.
func TestWrite_anyPeopleOfAToolThatWritesThemWhole(t *testing.T) {
	word := rapid.SampledFrom([]string{"", "Ana", "Ruiz Soto", " padded ", "null", "a: b", "é", "e\u0301", "\u202e", "2026-11-22", "[x]", "Internal", "Acme SSO", "acme sso", strings.Repeat("x", 120)})
	rapid.Check(t, func(r *rapid.T) {
		live := instance()
		for i := range rapid.IntRange(0, 4).Draw(r, "people") {
			u := called(directory.UserID(i+2), word.Draw(r, "given"), word.Draw(r, "family"))
			u.SignOn, u.ExternalName = directory.Name(word.Draw(r, "system")), word.Draw(r, "external name")
			u.Active = rapid.Bool().Draw(r, "active")
			u.Pending = !u.Active && rapid.Bool().Draw(r, "pending")
			u.NameFixed = rapid.Bool().Draw(r, "fixed")
			for id := range directory.ProjectID(5) {
				if rapid.IntRange(0, 3).Draw(r, "project") == 0 {
					u.Projects = append(u.Projects, id+1)
				}
			}
			live.Users = append(live.Users, u)
		}
		caps := onUser()
		text, _ := write(t, live, caps)
		canonical(t, text)
		if p := adopted(t, text, live, caps); !p.Empty() {
			r.Fatalf("plan is not empty: %+v\n%s", *p.Actions()[0], text)
		}
	})
}
