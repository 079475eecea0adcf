package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
)

// Which batch an action is in, and what it needs.
func TestBuild_order(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"every stage, each in the order of its subjects",
			given(minAdmins(2), account(1, "a1", admin), account(2, "a2", admin), account(3, "a3"), account(4, "m1"), account(5, "m2"), account(6, "out"),
				account(7, "back", inactive),
				listed("out", active(false)),
				listed("n2", named("N2")), listed("n1", named("N1")),
				listed("a3", asAdmin(true)), listed("m1", role("Lead")), listed("m2", formerly("m2"), named("M")), listed("back", active(true)),
				listed("a1", asAdmin(false)), listed("na", named("NA"), asAdmin(true)), listed("a2", active(false)),
				team("new", directory.Exact, members("n1")), group(7, "b"), team("b", directory.Exact, members("m1")), group(8, "a", 6), team("a", directory.Exact, members()),
				group(9, "dead"), unlisted(directory.PolicyIgnore, directory.PolicyDelete), project(1, "P")),
			[]string{
				"deactivate: deactivate_user out active true>false",
				"create_users: create_user n1 active >true, name >N1 | create_user n2 active >true, name >N2 | create_user na active >true, name >NA, admin >true",
				"grant_admins: update_user a3 admin false>true",
				"update_users: reactivate_user back active false>true | update_user m1 role Tester>Lead | update_user m2 name m2>M",
				"demote: update_user a1 admin true>false (needs create_user:na)",
				"deactivate_administrators: deactivate_user a2 active true>false (needs update_user:a3)",
				"create_groups: create_group new; +n1 =0",
				"set_members: update_group a; -out =0 | update_group b; +m1 =0",
				"delete_groups: delete_group dead; =0 [unlisted]",
			}},
		{"an administrator leaves in the first batch if enough are left", given(minAdmins(1), account(1, "a1", admin), account(2, "a2", admin), listed("a1", active(false)), listed("b", named("B"), asAdmin(true))),
			[]string{"deactivate: deactivate_user a1 active true>false", "create_users: create_user b active >true, name >B, admin >true"}},
		{"as many wait as min_admins asks for, the last ones by address", given(minAdmins(2), account(1, "a1", admin), account(2, "a2", admin), account(3, "a3", admin),
			listed("a1", active(false)), listed("a2", active(false)), listed("b", named("B"), asAdmin(true))),
			[]string{"deactivate: deactivate_user a1 active true>false", "create_users: create_user b active >true, name >B, admin >true",
				"deactivate_administrators: deactivate_user a2 active true>false (needs create_user:b)"}},
		{"nobody waits for grants that do not come", given(minAdmins(2), account(1, "a1", admin), account(2, "a2", admin), listed("a1", active(false))),
			[]string{"deactivate: deactivate_user a1 active true>false"}},
		{"a demotion needs no grant if enough are left without", given(minAdmins(1), account(1, "a1", admin), account(2, "a2", admin), listed("a1", asAdmin(false)), listed("b", named("B"), asAdmin(true))),
			[]string{"create_users: create_user b active >true, name >B, admin >true", "demote: update_user a1 admin true>false"}},
		{"a reactivated administrator is a grant", given(minAdmins(1), account(1, "a1", admin), account(2, "a2", admin, inactive), listed("a1", active(false)), listed("a2", active(true), asAdmin(true))),
			[]string{"grant_admins: reactivate_user a2 active false>true", "deactivate_administrators: deactivate_user a1 active true>false (needs reactivate_user:a2)"}},
		{"the flag of an inactive account is no grant", given(minAdmins(1), account(1, "a1", admin), account(2, "b", inactive), listed("a1", active(false)), listed("b", active(false), asAdmin(true))),
			[]string{"deactivate: deactivate_user a1 active true>false", "grant_admins: update_user b admin false>true"}},
		{"whoever leaves with the flag set is no grant", given(minAdmins(1), account(1, "a1", admin), account(2, "b"), listed("a1", asAdmin(false)), listed("b", active(false), asAdmin(true))),
			[]string{"deactivate: deactivate_user b active true>false, admin false>true", "demote: update_user a1 admin true>false"}},
		{"a create that fits only into a freed seat needs that deactivation", given(seats(4, 1), accounts(1, 2), account(3, "out1"), account(4, "out2"), listed("out1", active(false)), listed("out2", active(false)), listed("n1", named("N")), listed("n2", named("N"))),
			[]string{"deactivate: deactivate_user out1 active true>false | deactivate_user out2 active true>false",
				"create_users: create_user n1 active >true, name >N (needs deactivate_user:out1) | create_user n2 active >true, name >N (needs deactivate_user:out2)"}},
		{"so does a reactivation, after the creates", given(seats(2, 0), account(1, "out"), account(2, "back", inactive), listed("out", active(false)), listed("n", named("N")), listed("back", active(true))),
			[]string{"deactivate: deactivate_user out active true>false", "create_users: create_user n active >true, name >N",
				"update_users: reactivate_user back active false>true (needs deactivate_user:out)"}},
		{"free seats are taken first", given(seats(2, 0), account(1, "out"), listed("out", active(false)), listed("n1", named("N")), listed("n2", named("N"))),
			[]string{"deactivate: deactivate_user out active true>false",
				"create_users: create_user n1 active >true, name >N | create_user n2 active >true, name >N (needs deactivate_user:out)"}},
		{"without a number of seats nothing needs one", given(account(1, "out"), listed("out", active(false)), listed("n1", named("N"))),
			[]string{"deactivate: deactivate_user out active true>false", "create_users: create_user n1 active >true, name >N"}},
		{"a group that loses members needs those who come", given(account(1, "ana"), account(2, "back", inactive), listed("n", named("N")), listed("back", active(true)), group(7, "qa", 1), team("qa", directory.Exact, members("n", "back"))),
			[]string{"create_users: create_user n active >true, name >N", "update_users: reactivate_user back active false>true",
				"set_members: update_group qa; +back +n -ana =0 (needs reactivate_user:back, create_user:n)"}},
		{"a group that only gains does not", given(listed("n", named("N")), group(7, "qa"), team("qa", directory.Exact, members("n"))),
			[]string{"create_users: create_user n active >true, name >N", "set_members: update_group qa; +n =0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, stages(tt.given.build(t))); diff != "" {
				t.Errorf("batches (-want +got):\n%s", diff)
			}
		})
	}
}
