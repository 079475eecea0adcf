package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// Every row of the table above diffProjects.
func TestBuild_projects(t *testing.T) {
	p, q := project(1, "P"), project(2, "Q")
	const unread = "unverifiable profile"
	byHand := func(kind plan.Kind) part { return func(w *world) { w.caps.Kinds[kind] = false } }
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
		notes []string
	}{
		{"a person whose projects the file does not list keeps them", given(onUser, p, person(1, "ana", works(1)), listed("ana")), nil, nil},
		{"so does one whom it does not list", given(onUser, p, person(1, "ana", works(1))), nil, nil},
		{"in the file and a member", given(onUser, p, person(1, "ana", works(1)), listed("ana", on("P"))), nil, []string{unread}},
		{"in the file and no member", given(onUser, p, person(1, "ana"), listed("ana", on("P"))), []string{"add_to_project P profile >Developer?; +ana =0"}, nil},
		{"a member and not in the file", given(onUser, p, q, person(1, "ana", works(1, 2)), listed("ana", on("P"))), []string{"remove_from_project Q; -ana =0"}, []string{unread}},
		{"an empty list is not an absent one", given(onUser, p, q, person(1, "ana", works(1, 2)), listed("ana", on())), []string{"remove_from_project P; -ana =0", "remove_from_project Q; -ana =0"}, nil},
		{"others stay and are counted", given(onUser, p, person(1, "ana"), person(2, "bob", works(1)), person(3, "cy", works(1), inactive), listed("ana", on("P"))), []string{"add_to_project P profile >Developer?; +ana =2"}, nil},
		{"one of two goes", given(onUser, p, person(1, "ana", works(1)), person(2, "bob", works(1)), listed("ana", on())), []string{"remove_from_project P; -ana =1"}, nil},
		{"one write a project and profile, one for who leaves", given(onUser, p, person(1, "ana"), person(2, "bob"), person(3, "cy"), person(4, "dee", works(1)), person(5, "eve", works(1)),
			listed("ana", on("P")), listed("bob", onAs("P", "Tester")), listed("cy", onAs("P", "Developer")), listed("dee", on()), listed("eve", on())),
			[]string{"add_to_project P profile >Developer?; +ana +cy =2", "add_to_project P profile >Tester?; +bob =2", "remove_from_project P; -dee -eve =0"}, nil},
		{"the profile of a member is not compared, and members are counted once", given(onUser, p, q, person(1, "ana", works(1, 2)), person(2, "bob", works(1)), listed("ana", onAs("P", "Tester"), onAs("Q", "Tester")), listed("bob", onAs("P", "Tester"))),
			nil, []string{unread}},
		{"somebody new", given(onUser, p, listed("n", named("N N"), on("P"))), []string{"create_user n active >true, name >N N", "add_to_project P profile >Developer?; +n =0"}, nil},
		{"somebody who comes back", given(onUser, p, q, person(1, "ana", inactive, works(2)), listed("ana", active(true), on("P"))),
			[]string{"reactivate_user ana active false>true", "add_to_project P profile >Developer?; +ana =0", "remove_from_project Q; -ana =0"}, nil},
		{"somebody who leaves: the tool strips his projects", given(onUser, p, q, person(1, "ana", works(2)), listed("ana", active(false), on("P"))), []string{"deactivate_user ana active true>false"}, nil},
		{"somebody who was switched off by hand", given(onUser, p, q, person(1, "ana", inactive, works(2)), listed("ana", on("P"))), nil, []string{"listed_but_inactive ana"}},
		{"somebody who is gone", given(onUser, p, q, person(1, "ana", inactive, works(2)), listed("ana", active(false), on("P"))), nil, nil},
		{"somebody who is not created", given(onUser, p, listed("n", active(false), on("P"))), nil, []string{"inactive_not_created n"}},
		{"somebody to be created by hand", given(onUser, p, byHand(plan.CreateUser), person(1, "ana"), listed("ana", on("P")), listed("n", named("N N"), on("P"))),
			[]string{"add_to_project P profile >Developer?; +ana =0"}, []string{"member_does_not_exist n"}},
		{"if he is the only one, there is no action", given(onUser, p, byHand(plan.CreateUser), listed("n", named("N N"), on("P"))), nil, []string{"member_does_not_exist n"}},
		{"somebody to be switched on by hand joins and leaves nothing", given(onUser, p, q, byHand(plan.ReactivateUser), person(1, "ana", inactive, works(2)), listed("ana", active(true), on("P"))),
			nil, []string{"member_does_not_exist ana"}},
		{"nobody is removed from a sample project", given(onUser, sample(1, "S"), person(1, "ana", works(1)), listed("ana", on())), nil, nil},
		{"but somebody may join one", given(onUser, sample(1, "S"), person(1, "ana"), listed("ana", on("S"))), []string{"add_to_project S profile >Developer?; +ana =0"}, nil},
		{"nobody is removed from a project that the tool does not list", given(onUser, p, person(1, "ana", works(99)), listed("ana", on())), nil, nil},
		{"names differ in white space alone", given(onUser, project(1, " P "), person(1, "ana", works(1)), listed("ana", on("P"))), nil, []string{unread}},
		{"two projects of one name that nobody lists are left one by one", given(onUser, project(1, "P"), project(2, "P"), person(1, "ana", works(1, 2)), person(2, "bob", works(2)), listed("ana", on())),
			[]string{"remove_from_project P; -ana =0", "remove_from_project P; -ana =1"}, nil},
		{"a tool that can't remove", given(onUser, byHand(plan.RemoveFromProject), p, q, person(1, "ana", works(2)), listed("ana", on("P"))), []string{"add_to_project P profile >Developer?; +ana =0"}, nil},
		{"projects that were not read are not compared, which is said", given(onUser, p, func(w *world) { w.live.Projects, w.live.ProjectsRead = nil, false }, person(1, "ana"), listed("ana", on("P"))),
			nil, []string{"field_not_reported projects"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, notes(p)); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBuild_profileNoteCountsMembers(t *testing.T) {
	p := given(onUser, project(1, "P"), project(2, "Q"), person(1, "ana", works(1, 2)), person(2, "bob", works(1)), person(3, "cy"),
		listed("ana", onAs("P", "Tester"), on("P", "Q")), listed("bob", on("P")), listed("cy", on("P"))).build(t)
	want := []string{"unverifiable: profiles in projects can be written and not read: those of 2 people are not compared"}
	if diff := cmp.Diff(want, texts(p)); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

// An action's id is of its project and profile; where two projects bear the name, of the project's id too. Its place is the
// first line that asks for it.
func TestBuild_projectActions(t *testing.T) {
	p := given(onUser, project(1, "P"), project(2, "Q"), project(3, "Q"),
		person(1, "ana"), person(2, "bob"), person(3, "cy", works(2, 3)), person(4, "dee"),
		listed("dee", on("P")), listed("cy", on()), listed("bob", onAs("P", " Tester ")), listed("ana", on("P"))).build(t)
	type shown struct{ ID, Source string }
	var got []shown
	for _, a := range p.Actions() {
		got = append(got, shown{a.ID, a.Source.String()})
		for _, m := range slices.Concat(a.Members.Add, a.Members.Remove) {
			if m.Source == nil {
				t.Errorf("%s: %s has no line", a.ID, m.User)
			}
		}
	}
	want := []shown{
		{"add_to_project:P as Developer", "users.yaml:18:5"},
		{"add_to_project:P as Tester", "users.yaml:38:5"},
		{"remove_from_project:Q#2", "users.yaml:28:5"},
		{"remove_from_project:Q#3", "users.yaml:28:5"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	saved(t, p) // its ids are of their kinds and subjects
}

func TestBuild_projectsThatDoNotFit(t *testing.T) {
	p := project(1, "Checkout")
	profiles := func(names ...directory.Name) part {
		return func(w *world) {
			w.live.Profiles = nil
			for i, name := range names {
				w.live.Profiles = append(w.live.Profiles, directory.Profile{ID: directory.ProfileID(5 + i), Name: name})
			}
		}
	}
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"a project that is not there", given(onUser, p, person(1, "ana"), listed("ana", on("Billing"))), []string{`problem: users.yaml:18:5: project "Billing" does not exist in the tool`}},
		{"a project that is nearly there", given(onUser, p, person(1, "ana"), listed("ana", on("Chekout"))), []string{`problem: users.yaml:18:5: project "Chekout" does not exist in the tool (did you mean "Checkout"?)`}},
		{"also of somebody inactive", given(onUser, p, person(1, "ana", inactive), listed("ana", on("Billing"))), []string{`problem: users.yaml:18:5: project "Billing" does not exist in the tool`}},
		{"a name of two projects", given(onUser, p, project(9, "Checkout"), person(1, "ana"), listed("ana", on("Checkout"))),
			[]string{`ambiguous: users.yaml:18:5: project "Checkout" is the name of 2 live projects, ids 1 and 9 (rename one of them in the tool)`}},
		{"a profile that is not there, at its own place", given(onUser, p, person(1, "ana"), listed("ana", onAs("Checkout", "Testr"))),
			[]string{`problem: users.yaml:18:40: profile "Testr" does not exist in the tool (did you mean "Tester"?)`}},
		{"also of a member already", given(onUser, p, person(1, "ana", works(1)), listed("ana", onAs("Checkout", "Owner"))), []string{`problem: users.yaml:18:40: profile "Owner" does not exist in the tool`}},
		{"a name of two profiles", given(onUser, p, profiles("Tester", "Tester"), person(1, "ana"), listed("ana", onAs("Checkout", "Tester"))),
			[]string{`ambiguous: users.yaml:18:40: profile "Tester" is the name of 2 live profiles, ids 5 and 6 (rename one of them in the tool)`}},
		{"the profile that comes of itself is not there", given(onUser, p, profiles("Tester"), person(1, "ana"), listed("ana", on("Checkout"))), []string{`problem: users.yaml:18:5: profile "Developer" does not exist in the tool`}},
		{"which is no trouble to who is a member already", given(onUser, p, profiles("Tester"), person(1, "ana", works(1)), listed("ana", on("Checkout"))), nil},
		{"or joins nothing", given(onUser, p, profiles("Tester"), person(1, "ana", inactive), listed("ana", on("Checkout"))), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.given.plan()
			if diff := cmp.Diff(tt.want, problems(err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// staff are n people of a project, u1, u2, ..., of whom the first leave it.
func staff(n, leave int) part {
	return func(w *world) {
		for i := range n {
			name := string(rune('a' + i))
			person(i+1, name, works(1))(w)
			if i < leave {
				listed(name, on())(w)
			}
		}
	}
}

// Who leaves a project is a removal, as of a group: of all of them together, and of each project.
func TestBuild_guardsOfProjects(t *testing.T) {
	p, q := project(1, "P"), project(2, "Q")
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"half of six", given(onUser, p, staff(6, 3)), []string{"ok max_removals 3/15", "ok max_removals_per_group P 3/3"}},
		{"one over", given(onUser, p, staff(6, 4)), []string{"refused max_removals_per_group P 4/3", "ok max_removals 4/15"}},
		{"emptying a project", given(onUser, p, staff(2, 2)), []string{"refused max_removals_per_group P 2/1", "ok max_removals 2/15"}},
		{"emptying a project at 100 percent", given(onUser, p, staff(2, 2), limit(directory.GuardMaxRemovalsPerGroup, percent(100, 6))), []string{"ok max_removals 2/15", "ok max_removals_per_group P 2/6"}},
		{"a project of one is an ordinary removal", given(onUser, p, staff(1, 1)), []string{"ok max_removals 1/15", "ok max_removals_per_group P 1/3"}},
		{"replacing all members is not emptying", given(onUser, p, staff(2, 2), person(9, "n"), listed("n", onAs("P", "Tester"))), []string{"ok max_removals 2/15", "ok max_removals_per_group P 2/3"}},
		{"but who joins another project replaces nobody", given(onUser, p, q, staff(2, 2), person(9, "n"), listed("n", on("Q"))), []string{"refused max_removals_per_group P 2/1", "ok max_removals 2/15"}},
		{"groups and projects together", given(onUser, limit(directory.GuardMaxRemovals, atMost(1)), p, staff(6, 1), group(7, "qa", 1), team("qa", directory.Exact, members())),
			[]string{"refused max_removals 2/1", "ok max_removals_per_group P 1/3", "ok max_removals_per_group qa 1/3"}},
		{"of the memberships of people whose projects are listed", given(onUser, limit(directory.GuardMaxRemovals, percent(50, 1)), limit(directory.GuardMaxRemovalsPerGroup, directory.Limit{}), p, q,
			person(1, "a", works(1, 2)), person(2, "b", works(1, 2)), listed("a", on("P"))), []string{"ok max_removals 1/1"}},
		{"an exception", given(onUser, p, staff(6, 4), allow(directory.GuardMaxRemovalsPerGroup, 4, directory.AllowDeclared, tomorrow)), []string{"allowed max_removals_per_group P 4/3", "ok max_removals 4/15"}},
		{"joining has no limit", given(onUser, p, person(1, "a"), person(2, "b"), listed("a", on("P")), listed("b", on("P")), limit(directory.GuardMaxRemovals, atMost(0))), nil},
		{"a protected account is not put into a project", given(onUser, p, person(1, "ci-1"), listed("ci-1", on("P")), protect("ci-*")), []string{"refused protect ci-1 1/0"}},
		{"nor taken out of one", given(onUser, p, person(1, "ci-1", works(1)), person(2, "x", works(1)), listed("ci-1", on()), protect("ci-*")), []string{"refused protect ci-1 1/0", "ok max_removals 1/15", "ok max_removals_per_group P 1/3"}},
		{"which is said once", given(onUser, p, q, person(1, "ci-1", works(1)), listed("ci-1", on("Q")), protect("ci-*")), []string{"refused protect ci-1 1/0", "ok max_removals 1/15", "ok max_removals_per_group P 1/3"}},
		{"also under an address that it shall have", given(onUser, p, person(1, "ci-1"), listed("x", formerly("ci-1"), on("P")), protect("ci-*")), []string{"refused protect ci-1 1/0"}},
		{"a protected account as the file says", given(onUser, p, person(1, "ci-1", works(1)), listed("ci-1", on("P")), protect("ci-*")), nil},
		{"one that is created may join", given(onUser, p, listed("ci-1", named("C I"), on("P")), protect("ci-*")), nil},
		{"our own account may join and leave", given(onUser, p, q, self(1), person(1, "me", works(1)), listed("me", on("Q"))), []string{"ok max_removals 1/15", "ok max_removals_per_group P 1/3"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := withoutGuard(guards(tt.given.build(t), plan.GuardRefused, plan.GuardAllowed, plan.GuardOK), directory.GuardMinAdmins)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("guards (-want +got):\n%s", diff)
			}
		})
	}
}

// A refusal says that it is about a project, and points at the line of whom it is about.
func TestBuild_refusalsOfProjects(t *testing.T) {
	w := given(onUser, project(1, "P"), project(2, "Q"), staff(6, 4), person(10, "ci-1"), person(11, "x"), person(12, "y", works(2)), person(13, "z", works(2)),
		listed("x", on("P")), listed("ci-1", on("P")), listed("y", on()), listed("z", on()), protect("ci-*"))
	var got []string
	for _, g := range w.build(t).Refused() {
		got = append(got, g.Subject+": "+g.Text)
		if g.Guard == directory.GuardProtect && g.Source.String() != "users.yaml:68:5" {
			t.Errorf("source %s", g.Source)
		}
	}
	want := []string{
		"P: 4 of 6 members of the project removed, limit 3",
		"Q: 2 members removed, which empties the project, limit 1",
		"ci-1@acme.example: ci-1@acme.example is protected by guards.protect and would join or leave projects",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBuild_scopeOfProjects(t *testing.T) {
	month := all(onUser, project(1, "P"), project(2, "Q"), person(1, "ana", works(2)), person(2, "bob", works(2)), person(3, "cy", works(2)),
		listed("ana", on("P")), listed("bob", on("P")), listed("n", named("N N"), on("P"), in("qa")), group(7, "qa"), team("qa", directory.Exact, members()))
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"everything", given(month), []string{"create_user n active >true, name >N N", "update_group qa; +n =0", "add_to_project P profile >Developer?; +ana +bob +n =0", "remove_from_project Q; -ana -bob =1"}},
		{"no removals", given(month, noRemovals), []string{"create_user n active >true, name >N N", "update_group qa; +n =0", "add_to_project P profile >Developer?; +ana +bob +n =0"}},
		{"one person: his part of each project", given(month, only("user:bob"+domain)), []string{"add_to_project P profile >Developer?; +bob =0", "remove_from_project Q; -bob =2"}},
		{"somebody new", given(month, only("user:n"+domain)), []string{"create_user n active >true, name >N N", "update_group qa; +n =0", "add_to_project P profile >Developer?; +n =0"}},
		{"a group brings the people it needs, not their projects", given(month, only("group:qa")), []string{"create_user n active >true, name >N N", "update_group qa; +n =0"}},
		{"a project is no group", given(month, team("P", directory.Exact, members()), only("group:P")), []string{"create_group P; =0"}},
		{"both", given(month, only("group:qa", "user:ana"+domain), noRemovals), []string{"create_user n active >true, name >N N", "update_group qa; +n =0", "add_to_project P profile >Developer?; +ana =0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(tt.given.build(t))); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
		})
	}
	a := given(month, only("user:bob"+domain)).build(t).Actions()[0]
	if got := a.Source.String(); got != "users.yaml:28:5" {
		t.Errorf("bob's part stands at %s", got)
	}
}

// A tool may bring back projects that it took away with the account, which nobody sees before.
func TestBuild_reactivationToProjectsThatAreNotSeen(t *testing.T) {
	within := func(projects ...string) func(*directory.WantUser) {
		return func(u *directory.WantUser) { u.Scope = &directory.Scope{Entry: pos(4), Projects: projects} }
	}
	stripped := all(onUser, project(1, "P"), person(1, "ana", inactive))
	for _, tt := range []struct {
		name  string
		given *world
		said  bool
	}{
		{"by a file that may not grant every project", given(stripped, listed("ana", active(true), within("Q"))), true},
		{"whose entry lists them", given(stripped, listed("ana", active(true), on(), within("Q"))), false},
		{"by a file that may grant every project", given(stripped, listed("ana", active(true), within("*"))), false},
		{"by the root file", given(stripped, listed("ana", active(true))), false},
		{"of somebody who never came", given(onUser, person(1, "ana", pending), listed("ana", active(true), within("Q"))), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			said := false
			for _, n := range tt.given.build(t).Notes {
				said = said || strings.Contains(n.Text, "may bring back projects")
			}
			if said != tt.said {
				t.Errorf("said: %v", said)
			}
		})
	}
}

// A file other than the root file brings nobody back to a project that it may not grant.
func TestBuild_reactivationOutsideOfAScope(t *testing.T) {
	within := func(projects ...string) func(*directory.WantUser) {
		return func(u *directory.WantUser) {
			u.Scope = &directory.Scope{Entry: pos(4), Domains: []string{"acme.example"}, Projects: projects}
		}
	}
	away := all(onUser, project(1, "P"), sample(2, "S"), person(1, "ana", inactive, works(1, 2)))
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"a project outside", given(away, listed("ana", active(true), within("Q"))),
			[]string{`problem: users.yaml:13:5: user ana: a reactivation brings back the project "P", which is outside of what this file may grant (the root file can do it, or allow it at users.yaml:4:3)`}},
		{"a project inside, and a role of a tool that has none", given(away, listed("ana", active(true), within("P"))), nil},
		{"projects that the file takes away", given(away, listed("ana", active(true), on(), within("Q"))), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.given.plan()
			if diff := cmp.Diff(tt.want, problems(err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
