package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// difference writes a difference as lines.
func difference(d *plan.Difference) []string {
	var list []string
	list = append(list, d.Ground...)
	for i := range d.Added {
		list = append(list, "added "+line(&d.Added[i]))
	}
	for i := range d.Dropped {
		list = append(list, "dropped "+line(&d.Dropped[i]))
	}
	for i := range d.Changed {
		list = append(list, fmt.Sprintf("changed %s: %s", d.Changed[i].Action.ID, strings.Join(d.Changed[i].Details, "; ")))
	}
	for _, g := range d.Refused {
		list = append(list, fmt.Sprintf("refused by %s", g.Guard))
	}
	for _, g := range d.Allowed {
		list = append(list, fmt.Sprintf("no longer refused by %s", g.Guard))
	}
	list = append(list, d.Manual...)
	for i := range list {
		list[i] = strings.ReplaceAll(list[i], domain, "")
	}
	return list
}

// undoes makes a world whose plan takes back a run that made every group.
func undoes(w *world) {
	w.opts.Undoes = "run-1"
	for _, g := range w.live.Groups {
		w.want.Gone = append(w.want.Gone, g.ID)
	}
}

func TestCompare(t *testing.T) {
	three := all(accounts(1, 3), each(1, 3))
	qa := func(now []string, was ...directory.UserID) part {
		return all(group(7, "qa", was...), team("qa", directory.Exact, members(now...)))
	}
	for _, tt := range []struct {
		name          string
		before, after *world
		same          int
		want          []string
	}{
		{"the same twice", given(account(1, "ana"), listed("ana", role("Lead"))), given(account(1, "ana"), listed("ana", role("Lead"))), 1, nil},
		{"other ids, lines and cost", given(account(1, "ana"), listed("ana", role("Lead"))), given(account(9, "ana"), listed("x", active(false)), listed("ana", role("Lead"))), 1, nil},
		{"an action more and one less", given(accounts(1, 2), listed("u1", role("Lead")), listed("u2")), given(accounts(1, 2), listed("u1"), listed("u2", active(false))), 0,
			[]string{"added deactivate_user u2 active true>false", "dropped update_user u1 role Tester>Lead"}},
		{"another value, from another one, and a field more", given(account(1, "ana"), listed("ana", role("Lead"), named("Ann"))), given(account(1, "ana", lives("Lead"), calls("A")), listed("ana", role("Tester"), named("Ann"), asAdmin(true))), 0,
			[]string{`changed update_user:ana: name is "A" before, and was "ana"; role becomes "Tester", and became "Lead"; admin becomes "true", and did not change`}},
		{"a field less", given(account(1, "ana"), listed("ana", role("Lead"), named("Ann"))), given(account(1, "ana"), listed("ana", named("Ann"))), 0,
			[]string{`changed update_user:ana: role does not change, and became "Lead"`}},
		{"other members", given(three, qa([]string{"u1", "u2"}, 1, 3)), given(three, qa([]string{"u2", "u3"}, 1, 3)), 0,
			[]string{"changed update_group:qa: removes as well: u1; does not remove: u3"}},
		{"members of a group that is to be created", given(three, team("qa", directory.Exact, members("u1"))), given(three, team("qa", directory.Exact, members("u2"))), 0,
			[]string{"changed create_group:qa: adds as well: u2; does not add: u1"}},
		{"a guard that refuses now", given(minAdmins(0), accounts(1, 20), leavers(1, 5)), given(minAdmins(0), accounts(1, 20), leavers(1, 6)), 5,
			[]string{"added deactivate_user u6 active true>false", "refused by max_deactivations"}},
		{"a guard that does not refuse any more", given(minAdmins(0), accounts(1, 20), leavers(1, 6)), given(minAdmins(0), accounts(1, 20), leavers(1, 5)), 5,
			[]string{"dropped deactivate_user u6 active true>false", "no longer refused by max_deactivations"}},
		{"an administrator's account", given(account(1, "ana"), listed("ana", role("Lead"))), given(account(1, "ana", admin), listed("ana", role("Lead"))), 0,
			[]string{"changed update_user:ana: is an administrator, and was none"}},
		{"a reactivation that brings back more groups", given(account(1, "ana", inactive), listed("ana", active(true)), group(7, "qa", 1)), given(account(1, "ana", inactive), listed("ana", active(true)), group(7, "qa", 1), group(8, "release", 1)), 0,
			[]string{"changed reactivate_user:ana: comes back to qa, release, and before: comes back to qa"}},
		{"an undo that means another group", given(group(7, "qa"), project(1, "P"), undoes), given(group(8, "qa"), project(1, "P"), undoes), 0,
			[]string{"changed delete_group:qa: is about id 8, and was about id 7"}},
		{"another scope and another day", given(account(1, "ana"), listed("ana", role("Lead"))),
			given(account(1, "ana"), listed("ana", role("Lead")), only("user:ana"+domain), noRemovals, func(w *world) { w.opts.Today = tomorrow }), 1,
			[]string{`scope: only ["user:ana"] without removals, and was everything`, "dates as of: 2026-11-11 UTC, and was 2026-11-10 UTC"}},
		{"another target", given(), given(func(w *world) {
			w.opts.Target = plan.Target{Kind: "testrail", URL: "https://a.example", Simulator: true}
		}), 0,
			[]string{"target: testrail SIMULATOR https://a.example, and was  "}},
		{"what is to be done by hand", given(listed("cy", named("Cy"))), given(listed("cy", named("Cy")), func(w *world) { w.caps.Kinds[plan.CreateUser] = false }), 0,
			[]string{"dropped create_user cy active >true, name >Cy", "create_user cy is to be done by hand"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := plan.Compare(saved(t, tt.before.build(t)), saved(t, tt.after.build(t)))
			if diff := cmp.Diff(tt.want, difference(d)); diff != "" {
				t.Errorf("difference (-want +got):\n%s", diff)
			}
			if d.Same != tt.same {
				t.Errorf("%d actions are the same, want %d", d.Same, tt.same)
			}
			if d.Empty() != (len(tt.want) == 0) {
				t.Errorf("empty: %t", d.Empty())
			}
		})
	}
}
