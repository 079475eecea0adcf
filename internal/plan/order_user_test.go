package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// company has something for every stage, on either side: who leaves, comes, comes back, is granted and demoted, groups
// that begin, change and end, projects that are joined and left.
func everyStage(w *world) {
	all(minAdmins(2), seats(12, 0), project(1, "P"), project(2, "Q"),
		account(1, "a1", admin), account(2, "a2", admin), account(3, "a3"), account(4, "out"), account(5, "back", inactive), account(6, "m", works(2)),
		listed("a1", asAdmin(false)), listed("a2", active(false)), listed("a3", asAdmin(true)), listed("out", active(false)), listed("back", active(true)),
		listed("m", named("M M"), on("P")), listed("na", named("N A"), asAdmin(true), on("P")),
		group(7, "qa", 1, 4), group(8, "dead"), unlisted(directory.PolicyIgnore, directory.PolicyDelete),
		team("qa", directory.Exact, members("m", "back")), team("new", directory.Exact, members("na", "a3")))(w)
}

func TestBuild_stagesOfBothSides(t *testing.T) {
	either := func(w *world) { // all of it can be done
		w.caps.Kinds[plan.DeleteGroup], w.caps.Kinds[plan.AddToProject], w.caps.Kinds[plan.RemoveFromProject] = true, true, true
		w.live.ProjectsRead, w.live.Profiles = true, []directory.Profile{{ID: 5, Name: "Developer"}}
		w.caps.Writable[plan.FieldProfile] = true
	}
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"the group's side", given(everyStage, either), []string{
			"deactivate: deactivate_user out active true>false",
			"create_users: create_user na active >true, name >N A, admin >true",
			"grant_admins: update_user a3 admin false>true",
			"update_users: reactivate_user back active false>true | update_user m name m>M M",
			"demote: update_user a1 admin true>false (needs create_user:na)",
			"deactivate_administrators: deactivate_user a2 active true>false (needs update_user:a3)",
			"create_groups: create_group new; +a3 +na =0",
			"set_members: update_group qa; +back +m -a1 -out =0 (needs reactivate_user:back)",
			"delete_groups: delete_group dead; =0 [unlisted]",
			"add_to_projects: add_to_project P profile >Developer?; +m +na =0",
			"remove_from_projects: remove_from_project Q; -m =0",
		}},
		{"the user's side", given(onUser, everyStage, either), []string{
			"deactivate: deactivate_user out active true>false",
			"create_groups: create_group new; +a3 +na =0",
			"create_users: create_user na active >true, name >N A, admin >true",
			"reactivate_users: reactivate_user back active false>true",
			"grant_admins: update_user a3 admin false>true",
			"update_users: update_user m name m>M M",
			"demote: update_user a1 admin true>false (needs create_user:na)",
			"deactivate_administrators: deactivate_user a2 active true>false (needs update_user:a3)",
			"set_members: update_group qa; +back +m -a1 -out =0 (needs reactivate_user:back)",
			"delete_groups: delete_group dead; =0 [unlisted]",
			"add_to_projects: add_to_project P profile >Developer?; +m +na =0",
			"remove_from_projects: remove_from_project Q; -m =0",
		}},
		{"who comes back as an administrator does so before any other is made", given(onUser, minAdmins(1), person(1, "a1", admin), person(2, "a2", admin, inactive), person(3, "b"),
			listed("a1", active(false)), listed("a2", active(true), asAdmin(true)), listed("b", asAdmin(true))), []string{
			"reactivate_users: reactivate_user a2 active false>true",
			"grant_admins: update_user b admin false>true",
			"deactivate_administrators: deactivate_user a1 active true>false (needs reactivate_user:a2)",
		}},
		{"a create takes a free seat before who comes back does", given(onUser, seats(2, 0), person(1, "out"), person(2, "back", inactive), listed("out", active(false)), listed("n", named("N N")), listed("back", active(true))), []string{
			"deactivate: deactivate_user out active true>false",
			"create_users: create_user n active >true, name >N N",
			"reactivate_users: reactivate_user back active false>true (needs deactivate_user:out)",
		}},
		{"a group that only gains needs nobody", given(onUser, group(7, "qa"), team("qa", directory.Exact, members("n")), listed("n", named("N N"))), []string{
			"create_users: create_user n active >true, name >N N",
			"set_members: update_group qa; +n =0",
		}},
		{"one that loses somebody needs who comes", given(onUser, person(1, "ana"), group(7, "qa", 1), team("qa", directory.Exact, members("n")), listed("n", named("N N"))), []string{
			"create_users: create_user n active >true, name >N N",
			"set_members: update_group qa; +n -ana =0 (needs create_user:n)",
		}},
		{"a project needs nobody: who is not there is left out", given(onUser, project(1, "P"), person(1, "ana", works(1)), listed("ana", on()), listed("n", named("N N"), on("P"))), []string{
			"create_users: create_user n active >true, name >N N",
			"add_to_projects: add_to_project P profile >Developer?; +n =1",
			"remove_from_projects: remove_from_project P; -ana =0",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if diff := cmp.Diff(tt.want, stages(p)); diff != "" {
				t.Errorf("batches (-want +got):\n%s", diff)
			}
			for _, b := range p.Batches {
				if b.Reason == "" {
					t.Errorf("%s stands there for no reason", b.Stage)
				}
			}
		})
	}
}

// Seats and administrators are counted in the order of the user's side, at every moment.
func TestBuild_worstMomentOnTheUsersSide(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"an administrator who has to stay until his successor is there needs a seat too",
			given(onUser, seats(1, 0), minAdmins(1), person(1, "a1", admin), listed("a1", active(false)), listed("n", named("N N"), asAdmin(true))), []string{"refused seats 2/1"}},
		{"also if that one comes back", given(onUser, seats(1, 0), minAdmins(1), person(1, "a1", admin), person(2, "a2", admin, inactive), listed("a1", active(false)), listed("a2", active(true), asAdmin(true))),
			[]string{"refused seats 2/1"}},
		{"with a seat more it can be done", given(onUser, seats(2, 0), minAdmins(1), person(1, "a1", admin), person(2, "a2", admin, inactive), listed("a1", active(false)), listed("a2", active(true), asAdmin(true))), nil},
		{"too few administrators", given(onUser, minAdmins(2), person(1, "a1", admin), person(2, "a2", admin), listed("a1", asAdmin(false))), []string{"refused min_admins 1/2"}},
		{"who was only invited is none", given(onUser, minAdmins(1), person(1, "a1", admin), person(2, "a2", admin, pending), listed("a1", asAdmin(false))), []string{"refused min_admins 0/1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, guards(tt.given.build(t), plan.GuardRefused)); diff != "" {
				t.Errorf("refused (-want +got):\n%s", diff)
			}
		})
	}
}

// What the user's side sends: one read and one write for each account, whatever changes of it.
func TestBuild_costOnTheUsersSide(t *testing.T) {
	const begin, end = 4, 2 // who am I and the like, users, groups; at the end the lists
	unread := func(w *world) { w.live.ProjectsRead = false }
	qa := team("qa", directory.Exact, members("u1", "u2"))
	web := team("web", directory.Exact, members("u1"))
	for _, tt := range []struct {
		name  string
		given *world
		reads int // of accounts, groups and projects, just before
		want  int // writes
	}{
		{"one person in one group", given(onUser, accounts(1, 1), each(1, 1), group(8, "web"), web), 1, 1},
		{"one person in two groups", given(onUser, accounts(1, 2), each(1, 2), group(7, "qa", 2), group(8, "web"), qa, web), 1, 1},
		{"with a field of his own", given(onUser, accounts(1, 2), each(1, 2, asAdmin(true)), group(7, "qa", 2), group(8, "web"), qa, web), 2, 2},
		{"two people in one group", given(onUser, accounts(1, 2), each(1, 2), group(7, "qa"), qa), 2, 2},
		{"one comes and one goes", given(onUser, accounts(1, 3), each(1, 3), group(7, "qa", 2, 3), qa), 2, 2},
		{"a new group with who is there", given(onUser, accounts(1, 2), each(1, 2), qa), 0, 1},
		{"a new group with who comes back", given(onUser, account(1, "u1"), account(2, "u2", inactive), listed("u1"), listed("u2", active(true)), qa), 1, 2},
		{"a new group with somebody new", given(onUser, account(1, "u1"), listed("u1"), listed("u2", named("U U")), qa), 0, 2},
		{"somebody new in a group that is there", given(onUser, account(1, "u1"), listed("u1"), listed("u2", named("U U")), group(7, "qa", 1), qa), 0, 1},
		{"who comes back in a group that loses somebody", given(onUser, account(1, "u1"), account(2, "u2", inactive), account(3, "x"), listed("u1"), listed("u2", active(true)), group(7, "qa", 1, 3), qa), 2, 2},
		{"who leaves the company and a group that waits for somebody new", given(onUser, accounts(1, 1), account(3, "x"), listed("u1"), listed("u2", named("U U")), listed("x", active(false)), group(7, "qa", 1, 3), qa), 1, 2},
		{"who comes back and leaves a group that waits for another who does", given(onUser, account(1, "u1"), account(2, "u2", inactive), account(3, "x", inactive), listed("u1"), listed("u2", active(true)), listed("x", active(true)), group(7, "qa", 1, 3), qa), 3, 3},
		{"a project that is joined and one that is left", given(onUser, project(1, "P"), project(2, "Q"), account(1, "u1", works(1)), listed("u1", on("Q"))), 2, 2},
		{"a project with two profiles", given(onUser, project(1, "P"), accounts(1, 2), listed("u1", on("P")), listed("u2", onAs("P", "Tester"))), 2, 2},
		{"manual steps cost nothing", given(onUser, account(1, "old"), listed("new", formerly("old"))), 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := tt.given
			want := plan.Cost{Reads: begin + tt.reads, Writes: tt.want, Seconds: 1}
			if tt.want > 0 {
				want.Reads += end
			}
			if len(w.live.Projects) > 0 {
				want.Reads++
			} else {
				unread(w)
			}
			if diff := cmp.Diff(want, w.build(t).Cost); diff != "" {
				t.Errorf("cost (-want +got):\n%s", diff)
			}
		})
	}
	// Two lists of all users take two requests a reading.
	w := given(onUser, unread, accounts(1, 1), each(1, 1, asAdmin(true)))
	w.caps.UserLists = 2
	if diff := cmp.Diff(plan.Cost{Reads: begin + 1 + 1 + end + 1, Writes: 1, Seconds: 1}, w.build(t).Cost); diff != "" {
		t.Errorf("cost with two lists (-want +got):\n%s", diff)
	}
}
