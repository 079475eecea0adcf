package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// Who is added, who stays and who is removed, with full lists.
func TestBuild_members(t *testing.T) {
	const forgotten = "F1700000000000"
	exact, atLeast := directory.Exact, directory.AtLeast
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
		notes []string
	}{
		{"as the file says", given(account(1, "ana"), listed("ana"), group(7, "qa", 1), team("qa", exact, members("ana"))), nil, nil},
		{"exact removes a listed person whom the group does not list", given(account(1, "ana"), listed("ana"), group(7, "qa", 1), team("qa", exact, members())), []string{"update_group qa; -ana =0"}, nil},
		{"exact removes an unlisted account, whatever unlisted.users says", given(account(1, "ana"), group(7, "qa", 1), team("qa", exact, members())), []string{"update_group qa; -ana =0"}, nil},
		{"exact removes an inactive account", given(account(1, "ana", inactive), group(7, "qa", 1), team("qa", exact, members())), []string{"update_group qa; -ana(inactive) =0"}, nil},
		{"exact keeps an inactive account that is listed", given(account(1, "ana", inactive), listed("ana"), group(7, "qa", 1), team("qa", exact, members("ana"))), nil, []string{"listed_but_inactive ana"}},
		{"exact keeps a listed member who is deactivated in this plan", given(account(1, "ana"), listed("ana", active(false)), group(7, "qa", 1), team("qa", exact, members("ana"))), []string{"deactivate_user ana active true>false"}, nil},
		{"exact keeps members without a usable address, without a word",
			given(account(1, forgotten, inactive), account(2, "x"), func(w *world) { w.live.Users[1].Email = "two words@x" }, group(7, "qa", 1, 2), team("qa", exact, members())), nil, nil},
		{"exact keeps protected members and says so", given(account(1, "ci-main"), account(2, "bob"), group(7, "qa", 1, 2), team("qa", exact, members()), protect("ci-*@acme.example")), []string{"update_group qa; -bob =1"}, []string{"kept_protected ci-main"}},
		{"exact keeps a protected member whose address the tool spells in capitals", given(account(1, "CI-Main@ACME.example"), group(7, "qa", 1), team("qa", exact, members()), protect("ci-*@acme.example")), nil, []string{"kept_protected CI-Main@ACME.example"}},
		{"exact keeps the account that runs this and says so", given(account(1, "me"), self(1), group(7, "qa", 1), team("qa", exact, members())), nil, []string{"kept_own_account me"}},
		{"a protected member who is listed needs no note", given(account(1, "ci-main"), listed("ci-main"), group(7, "qa", 1), team("qa", exact, members("ci-main")), protect("ci-*")), nil, nil},
		{"exact adds and removes in one action", given(account(1, "ana"), account(2, "bob"), account(3, "cy"), listed("ana"), listed("bob"), group(7, "qa", 2, 3), team("qa", exact, members("ana", "bob"))), []string{"update_group qa; +ana -cy =1"}, nil},
		{"at_least removes nobody and counts the others", given(account(1, "ana"), account(2, "bob"), account(3, "cy"), listed("ana"), group(7, "qa", 2, 3), team("qa", atLeast, members("ana"))), []string{"update_group qa; +ana =2"}, []string{"other_members qa"}},
		{"a mode that nobody wrote removes nobody", given(account(1, "ana"), group(7, "qa", 1), team("qa", "", members())), nil, []string{"other_members qa"}},
		{"at_least does not count members without a usable address", given(account(1, forgotten, inactive), group(7, "qa", 1), team("qa", atLeast)), nil, nil},
		{"members come from both sides", given(account(1, "ana"), account(2, "bob"), listed("ana", in("qa")), listed("bob"), group(7, "qa"), team("qa", exact, members("bob"))), []string{"update_group qa; +ana +bob =0"}, nil},
		{"both sides may name one member", given(account(1, "ana"), listed("ana", in("qa")), group(7, "qa"), team("qa", exact, members("ana"))), []string{"update_group qa; +ana =0"}, nil},
		{"a user's own groups keep him in an exact group", given(account(1, "ana"), listed("ana", in("qa")), group(7, "qa", 1), team("qa", exact, members())), nil, nil},
		{"a user's own groups only add: he stays in the others", given(account(1, "ana"), listed("ana", in("qa")), group(7, "qa", 1), group(8, "web", 1), team("qa", exact, members())), nil, nil},
		{"names of groups on both sides are compared trimmed and composed",
			given(account(1, "ana"), listed("ana", in(" E\u0301quipe")), group(7, "\u00c9quipe"), team("\u00c9quipe ", exact, members())), []string{"update_group \u00c9quipe ; +ana =0"}, nil},
		{"a member is found by address in any case", given(account(1, "ana"), listed("Ana"), group(7, "qa"), team("qa", exact, members("ANA"))), []string{"update_group qa; +Ana =0"}, nil},
		{"an inactive account is never added", given(account(1, "ana", inactive), listed("ana"), group(7, "qa"), team("qa", exact, members("ana"))), nil, []string{"listed_but_inactive ana"}},
		{"nor one that this plan deactivates", given(account(1, "ana"), listed("ana", active(false), in("qa")), group(7, "qa"), team("qa", exact, members())), []string{"deactivate_user ana active true>false"}, nil},
		{"nor one that shall be inactive and is not created", given(listed("ana", active(false)), group(7, "qa"), team("qa", exact, members("ana"))), nil, []string{"inactive_not_created ana"}},
		{"one who is created is added", given(listed("ana", named("Ana")), group(7, "qa"), team("qa", exact, members("ana"))), []string{"create_user ana active >true, name >Ana", "update_group qa; +ana =0"}, nil},
		{"one who is reactivated is added", given(account(1, "ana", inactive), listed("ana", active(true)), group(7, "qa"), team("qa", exact, members("ana"))), []string{"reactivate_user ana active false>true", "update_group qa; +ana =0"}, nil},
		{"one who is re-addressed is the same member", given(account(1, "old"), listed("ana", formerly("old")), group(7, "qa", 1), team("qa", exact, members("ana"))), []string{"update_user ana email old>ana"}, nil},
		{"a new group has its full list at once", given(account(1, "bob"), listed("bob"), listed("ana", named("Ana")), account(2, "cy", inactive), listed("cy"), team("qa", exact, members("bob", "ana", "cy"))), []string{"create_user ana active >true, name >Ana", "create_group qa; +ana +bob =0"}, []string{"listed_but_inactive cy"}},
		{"a rename and its members are one action", given(account(1, "ana"), listed("ana"), group(7, "old"), team("qa", exact, members("ana"), formerName("old"))), []string{"update_group qa name old>qa; +ana =0"}, nil},
		{"members that the tool lists and has no account for stay", given(group(7, "qa", 99), team("qa", exact, members())), nil, nil},
		{"an unlisted group is not looked at", given(account(1, "ana"), group(7, "qa", 1)), nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, withoutCode(notes(p), plan.NoteInvitations)); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

// An added member points at the line that names him, the group's own before the user's.
func TestBuild_memberSource(t *testing.T) {
	p := given(account(1, "ana"), account(2, "bob"), listed("ana", in("qa")), listed("bob", in("qa")),
		group(7, "qa"), team("qa", directory.Exact, members("bob"))).build(t)
	got := map[directory.Email]directory.Pos{}
	for _, m := range p.Actions()[0].Members.Add {
		got[m.User] = *m.Source
	}
	want := map[directory.Email]directory.Pos{mail("ana"): key(pos(10), 9), mail("bob"): key(pos(30), 2)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
}

// The hint of an at_least group says what mode: exact would do, no more.
func TestBuild_otherMembersHint(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  string
	}{
		{"it would remove them", given(account(1, "ana"), account(2, "bob"), group(7, "qa", 1, 2), team("qa", directory.AtLeast)),
			"keeps 2 members that the file does not list; `mode: exact` would remove them"},
		{"it would remove some", given(account(1, "ana"), account(2, "ci-1"), group(7, "qa", 1, 2), team("qa", directory.AtLeast), protect("ci-*")),
			"keeps 2 members that the file does not list; `mode: exact` would remove 1 of them"},
		{"it would remove none", given(account(2, "ci-1"), group(7, "qa", 2), team("qa", directory.AtLeast), protect("ci-*")),
			"keeps 1 member that the file does not list; so would `mode: exact`"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.given.build(t).Notes[0].Text; got != tt.want {
				t.Errorf("note %q, want %q", got, tt.want)
			}
		})
	}
}

// What happens to what the file does not name.
func TestBuild_unlisted(t *testing.T) {
	ignore, report, deactivate, remove := directory.PolicyIgnore, directory.PolicyReport, directory.PolicyDeactivate, directory.PolicyDelete
	people := all(account(1, "ana"), account(2, "bob"), account(3, "gone", inactive), account(4, "F1700000000000"), listed("ana"))
	teams := all(account(1, "ana"), group(7, "qa", 1), group(8, "web"), team("web", directory.AtLeast))
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
		notes []string
	}{
		{"users: ignore", given(people, unlisted(ignore, ignore)), nil, nil},
		{"users: report counts the active accounts that could be listed", given(people, unlisted(report, ignore)), nil, []string{"kept_without_address", "unlisted_users"}},
		{"users: deactivate leaves those without a usable address", given(people, unlisted(deactivate, ignore)), []string{"deactivate_user bob active true>false [unlisted]"}, []string{"kept_without_address"}},
		{"users: deactivate spares protected accounts", given(account(1, "ci-1"), account(2, "bob"), protect("ci-*"), unlisted(deactivate, ignore)), []string{"deactivate_user bob active true>false [unlisted]"}, []string{"kept_protected ci-1"}},
		{"users: deactivate spares the account that runs this", given(account(1, "me"), self(1), unlisted(deactivate, ignore)), nil, []string{"kept_own_account me"}},
		{"a former address counts as named", given(account(1, "old"), account(2, "new"), listed("new", formerly("old")), unlisted(deactivate, ignore)), nil, []string{"former_name_live new"}},
		{"of two accounts that fold together the one that is not pinned is unlisted", given(account(1, "ana"), account(2, "ANA"), listed("ana", pinned(1)), unlisted(deactivate, ignore)),
			[]string{"deactivate_user ANA active true>false [unlisted]"}, nil},
		{"a leaver is named", given(account(1, "ana"), listed("ana", onlyLeaver), unlisted(deactivate, ignore)), []string{"deactivate_user ana active true>false [leaver]"}, nil},
		{"groups: ignore", given(teams, unlisted(ignore, ignore)), nil, nil},
		{"groups: report", given(teams, unlisted(ignore, report)), nil, []string{"unlisted_groups"}},
		{"groups: delete", given(teams, unlisted(ignore, remove)), []string{"delete_group qa; -ana =0 [unlisted]"}, nil},
		{"a group's former name counts as named", given(group(7, "old"), group(8, "new"), team("new", directory.AtLeast, formerName("old")), unlisted(ignore, remove)), nil, []string{"former_name_live new"}},
		{"a second group of a pinned group's name counts as named", given(group(7, "qa"), group(8, "qa"), team("qa", directory.AtLeast, groupPin(7)), unlisted(ignore, remove)), nil, nil},
		{"a pinned group is named whatever it is called", given(group(7, "x"), team("y", directory.AtLeast, groupPin(7)), unlisted(ignore, remove)), []string{"update_group y name x>y; =0"}, nil},
		{"a group with a protected member stays", given(account(1, "ci-1"), group(7, "qa", 1), protect("ci-*"), unlisted(ignore, remove)), nil, []string{"kept_protected ci-1"}},
		{"a group that the account that runs this is in stays", given(account(1, "me"), self(1), group(7, "qa", 1), unlisted(ignore, remove)), nil, []string{"kept_own_account me"}},
		{"two unlisted groups of one name are told apart", given(group(7, "qa"), group(8, "qa"), unlisted(ignore, remove)), []string{"delete_group qa; =0 [unlisted]", "delete_group qa; =0 [unlisted]"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, notes(p)); diff != "" && len(tt.notes)+len(p.Notes) > 0 {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
			seen := map[string]bool{}
			for _, a := range p.Actions() {
				if seen[a.ID] {
					t.Errorf("two actions have the id %q", a.ID)
				}
				seen[a.ID] = true
			}
		})
	}
}

// A deletion says which project access goes with it, and is refused if it carries some or that can't be read.
func TestBuild_groupDeletionAndProjectAccess(t *testing.T) {
	deletion := all(group(7, "qa"), unlisted(directory.PolicyIgnore, directory.PolicyDelete))
	for _, tt := range []struct {
		name   string
		given  *world
		detail string
		guard  []string
	}{
		{"it carries none", given(deletion, project(3, "Apollo", 8)), "carries no project access", nil},
		{"it carries some", given(deletion, project(5, "Zeus", 7), project(3, "Apollo", 7, 8)), "takes project access with it: Apollo, Zeus", []string{"refused project_access 1/0"}},
		{"projects were not read", given(deletion), "which project access it carries can't be read", []string{"refused project_access 1/0"}},
		{"a project does not report its groups", given(deletion, project(3, "Apollo"), func(w *world) { w.live.Projects[0].GroupsKnown = false }),
			"which project access it carries can't be read", []string{"refused project_access 1/0"}},
		{"some of it can't be read", given(deletion, project(3, "Apollo"), project(5, "Zeus", 7), func(w *world) { w.live.Projects[0].GroupsKnown = false }),
			"takes project access with it: Zeus, and more may not be readable", []string{"refused project_access 1/0"}},
		{"an allow for what pruning does", given(deletion, allow(directory.GuardProjectAccess, 1, directory.AllowUnlisted, today)),
			"which project access it carries can't be read", []string{"allowed project_access 1/0"}},
		{"an allow for what the file declares is none for pruning", given(deletion, allow(directory.GuardProjectAccess, 1, directory.AllowDeclared, today)),
			"which project access it carries can't be read", []string{"refused project_access 1/0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if got := p.Actions()[0].Detail; got != tt.detail {
				t.Errorf("detail %q, want %q", got, tt.detail)
			}
			if diff := cmp.Diff(tt.guard, guards(p, plan.GuardRefused, plan.GuardAllowed)); diff != "" {
				t.Errorf("guards (-want +got):\n%s", diff)
			}
		})
	}
}

// ofTheTool says of the last group that the tool made it, noDeletions that the API can delete none.
func ofTheTool(w *world)   { w.live.Groups[len(w.live.Groups)-1].System = true }
func noDeletions(w *world) { w.caps.Kinds[plan.DeleteGroup] = false }

// A group of the tool itself is neither deleted for being unlisted nor counted, and a roster may list it.
func TestBuild_groupsOfTheTool(t *testing.T) {
	for _, policy := range []directory.UnlistedPolicy{directory.PolicyDelete, directory.PolicyReport} {
		p := given(account(1, "ana"), group(7, "viewers", 1), ofTheTool, listed("ana"), unlisted(directory.PolicyIgnore, policy)).build(t)
		if !p.Empty() || len(p.Manual) > 0 || len(p.Notes) > 0 {
			t.Errorf("unlisted groups: %s: actions %q, manual steps %d, notes %q", policy, lines(p), len(p.Manual), texts(p))
		}
	}
	p := given(account(1, "ana"), group(7, "viewers"), ofTheTool, listed("ana"), team("viewers", directory.Exact, members("ana"))).build(t)
	if diff := cmp.Diff([]string{"update_group viewers; +ana =0"}, lines(p)); diff != "" {
		t.Errorf("a group of the tool that is listed (-want +got):\n%s", diff)
	}
}

func TestNeeds(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  directory.Extent
	}{
		{"a plain roster", given(account(1, "ana"), listed("ana"), group(7, "qa")), directory.Extent{}},
		{"somebody's projects are managed", given(listed("ana", managing())), directory.Extent{Projects: true}},
		{"a group could be deleted", given(group(7, "qa"), unlisted(directory.PolicyIgnore, directory.PolicyDelete)), directory.Extent{Projects: true}},
		{"a group could be deleted by hand alone", given(noDeletions, group(7, "qa"), unlisted(directory.PolicyIgnore, directory.PolicyDelete)), directory.Extent{}},
		{"a group of the tool itself", given(group(7, "qa"), ofTheTool, unlisted(directory.PolicyIgnore, directory.PolicyDelete)), directory.Extent{}},
		{"every group is listed", given(group(7, "qa"), team("qa", directory.Exact), unlisted(directory.PolicyIgnore, directory.PolicyDelete)), directory.Extent{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := plan.Needs(&tt.given.want, &tt.given.live, tt.given.caps); got != tt.want {
				t.Errorf("Needs = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestBuild_reportNotesCount(t *testing.T) {
	p := given(account(1, "ana"), account(2, "bob"), group(7, "qa"), unlisted(directory.PolicyReport, directory.PolicyReport)).build(t)
	for i, want := range []string{"1 group is not in the file", "2 active accounts are not in the file"} {
		if !strings.HasPrefix(p.Notes[i].Text, want) {
			t.Errorf("note %q, want %q", p.Notes[i].Text, want)
		}
	}
}
