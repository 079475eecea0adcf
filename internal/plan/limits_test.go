package plan_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// percent is a limit of a share alone.
func percent(p, minSize int) directory.Limit {
	return directory.Limit{Percent: directory.At(p, pos(9)), MinSize: minSize, Pos: pos(9)}
}

// both is a limit of a count and a share.
func both(n, p, minSize int) directory.Limit {
	l := percent(p, minSize)
	l.Count = directory.At(n, pos(9))
	return l
}

// removing is a group of n+stay members of whom the file lists the last ones only.
func removing(n, stay int) part {
	return func(w *world) {
		accounts(1, n+stay)(w)
		var names []string
		for i := range stay {
			names = append(names, fmt.Sprintf("u%d", n+1+i))
		}
		each(n+1, stay)(w)
		group(7, "qa", ids(1, n+stay)...)(w)
		team("qa", directory.Exact, members(names...))(w)
	}
}

// The arithmetic of each limit: at it and one over it.
func TestBuild_limits(t *testing.T) {
	del := unlisted(directory.PolicyIgnore, directory.PolicyDelete)
	groups := func(n int) part {
		return func(w *world) {
			project(1, "P")(w)
			for i := range n {
				group(20+i, fmt.Sprintf("g%d", i))(w)
			}
		}
	}
	admins := func(n int) part { return all(accounts(1, n, admin), accounts(100, 2, admin)) }
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"deactivations: 10 percent of at least 50", given(accounts(1, 20), leavers(1, 5)), []string{"ok max_deactivations 5/5"}},
		{"deactivations: one over", given(accounts(1, 20), leavers(1, 6)), []string{"refused max_deactivations 6/5"}},
		{"deactivations: the share is rounded up", given(accounts(1, 101), leavers(1, 11)), []string{"ok max_deactivations 11/11"}},
		{"deactivations: one over the share", given(accounts(1, 101), leavers(1, 12)), []string{"refused max_deactivations 12/11"}},
		{"deactivations: inactive accounts are no base", given(accounts(1, 100), accounts(1001, 900, inactive), leavers(1, 11)), []string{"refused max_deactivations 11/10"}},
		{"deactivations: the count is the smaller one", given(accounts(1, 1000), leavers(1, 25)), []string{"ok max_deactivations 25/25"}},
		{"deactivations: one over the count", given(accounts(1, 1000), leavers(1, 26)), []string{"refused max_deactivations 26/25"}},
		{"deactivations: pruning counts", given(accounts(1, 20), each(1, 14), unlisted(directory.PolicyDeactivate, directory.PolicyIgnore)), []string{"refused max_deactivations 6/5"}},
		{"deactivations: a changed limit", given(accounts(1, 20), leavers(1, 6), limit(directory.GuardMaxDeactivations, atMost(6))), []string{"ok max_deactivations 6/6"}},
		{"deactivations: a limit of nothing", given(accounts(1, 20), leavers(1, 1), limit(directory.GuardMaxDeactivations, atMost(0))), []string{"refused max_deactivations 1/0"}},
		{"deactivations: no limit", given(accounts(1, 20), leavers(1, 20), limit(directory.GuardMaxDeactivations, directory.Limit{})), nil},
		{"a group's removals: half of at least six", given(removing(3, 1)), []string{"ok max_removals 3/15", "ok max_removals_per_group qa 3/3"}},
		{"a group's removals: one over", given(removing(4, 1)), []string{"refused max_removals_per_group qa 4/3", "ok max_removals 4/15"}},
		{"a group's removals: half, rounded up", given(removing(5, 4)), []string{"ok max_removals 5/15", "ok max_removals_per_group qa 5/5"}},
		{"a group's removals: inactive accounts are not counted", given(accounts(1, 9, inactive), account(10, "x"), listed("x"), group(7, "qa", ids(1, 10)...), team("qa", directory.Exact, members("x"))), nil},
		{"a group's removals: whom the plan deactivates is counted once", given(removing(4, 1), leavers(1, 4)), []string{"ok max_deactivations 4/5"}},
		{"emptying a group of two", given(removing(2, 0)), []string{"refused max_removals_per_group qa 2/1", "ok max_removals 2/15"}},
		{"emptying a group of one is an ordinary removal", given(removing(1, 0)), []string{"ok max_removals 1/15", "ok max_removals_per_group qa 1/3"}},
		{"emptying a group at 100 percent", given(removing(2, 0), limit(directory.GuardMaxRemovalsPerGroup, percent(100, 6))), []string{"ok max_removals 2/15", "ok max_removals_per_group qa 2/6"}},
		{"emptying a group at 99 percent", given(removing(2, 0), limit(directory.GuardMaxRemovalsPerGroup, percent(99, 6))), []string{"refused max_removals_per_group qa 2/1", "ok max_removals 2/15"}},
		{"emptying a group without any limit for removals", given(removing(2, 0), limit(directory.GuardMaxRemovalsPerGroup, directory.Limit{})), []string{"refused max_removals_per_group qa 2/1", "ok max_removals 2/15"}},
		{"emptying a group of inactive accounts loses nobody", given(accounts(1, 3, inactive), group(7, "qa", ids(1, 3)...), team("qa", directory.Exact, members())), nil},
		{"a member without a usable address is left: that is not empty", given(removing(2, 0), account(9, "F1700000000000", inactive), func(w *world) { w.live.Groups[0].Members = []directory.UserID{1, 2, 9} }),
			[]string{"ok max_removals 2/15", "ok max_removals_per_group qa 2/3"}},
		{"replacing all members is not emptying", given(removing(2, 0), account(9, "n"), listed("n", in("qa"))), []string{"ok max_removals 2/15", "ok max_removals_per_group qa 2/3"}},
		{"removals: the share of the memberships of managed groups", given(limit(directory.GuardMaxRemovals, percent(10, 10)), removing(2, 9), group(8, "other", ids(1, 11)...)), []string{"ok max_removals 2/2", "ok max_removals_per_group qa 2/6"}},
		{"removals: one over", given(limit(directory.GuardMaxRemovals, percent(10, 10)), removing(3, 9)), []string{"refused max_removals 3/2", "ok max_removals_per_group qa 3/6"}},
		{"removals: the members of a deleted group count", given(limit(directory.GuardMaxRemovals, atMost(2)), accounts(1, 3), group(7, "qa", ids(1, 3)...), del, project(1, "P")),
			[]string{"refused max_removals 3/2", "ok max_group_deletions 1/1"}},
		{"group deletions", given(groups(1), del), []string{"ok max_group_deletions 1/1"}},
		{"group deletions: one over", given(groups(2), del), []string{"refused max_group_deletions 2/1"}},
		{"demotions", given(admins(3), each(1, 3, asAdmin(false))), []string{"ok max_demotions 3/3"}},
		{"demotions: one over", given(admins(4), each(1, 4, asAdmin(false))), []string{"refused max_demotions 4/3"}},
		{"demotions: the flag of an inactive account counts", given(limit(directory.GuardMaxDemotions, atMost(0)), account(1, "off", inactive, admin), listed("off", active(false), asAdmin(false))), []string{"refused max_demotions 1/0"}},
		{"demotions: a reactivation that drops the flag takes nothing away", given(limit(directory.GuardMaxDemotions, atMost(0)), account(1, "off", inactive, admin), listed("off", active(true))), []string{"ok max_reactivations 1/5"}},
		{"admin grants", given(accounts(1, 2), each(1, 1, asAdmin(true))), []string{"ok max_admin_grants 1/1"}},
		{"admin grants: one over", given(accounts(1, 2), each(1, 2, asAdmin(true))), []string{"refused max_admin_grants 2/1"}},
		{"admin grants: a create counts", given(account(1, "u1"), listed("u1", asAdmin(true)), listed("n", named("N"), asAdmin(true))), []string{"refused max_admin_grants 2/1"}},
		{"admin grants: a reactivated administrator counts", given(account(1, "u1"), account(2, "u2", inactive, admin), listed("u1", asAdmin(true)), listed("u2", active(true), asAdmin(true))), []string{"refused max_admin_grants 2/1", "ok max_reactivations 1/5"}},
		{"admin grants: the flag of an account that is switched off counts", given(accounts(1, 2), listed("u1", asAdmin(true)), listed("u2", active(false), asAdmin(true))), []string{"refused max_admin_grants 2/1", "ok max_deactivations 1/5"}},
		{"admin grants: an administrator's new address counts, for whoever reads its mail takes the account", given(limit(directory.GuardMaxAdminGrants, atMost(0)), accounts(1, 1, admin), accounts(100, 2, admin), moved(1, 1)), []string{"refused max_admin_grants 1/0", "ok max_address_changes 1/5"}},
		{"admin grants: a new address that comes with a demotion hands nothing over", given(limit(directory.GuardMaxAdminGrants, atMost(0)), accounts(1, 1, admin), accounts(100, 2, admin), moved(1, 1, asAdmin(false))), []string{"ok max_address_changes 1/5", "ok max_demotions 1/3"}},
		{"role changes: ten percent of at least 50", given(accounts(1, 20), each(1, 5, role("Lead"))), []string{"ok max_role_changes 5/5"}},
		{"role changes: one over", given(accounts(1, 20), each(1, 6, role("Lead"))), []string{"refused max_role_changes 6/5"}},
		{"role changes: a create is none", given(limit(directory.GuardMaxRoleChanges, atMost(0)), listed("n", named("N"), role("Lead"))), nil},
		{"address changes", given(accounts(1, 5), moved(1, 5)), []string{"ok max_address_changes 5/5"}},
		{"address changes: one over", given(accounts(1, 6), moved(1, 6)), []string{"refused max_address_changes 6/5"}},
		{"reactivations", given(accounts(1, 5, inactive), each(1, 5, active(true))), []string{"ok max_reactivations 5/5"}},
		{"reactivations: one over", given(accounts(1, 6, inactive), each(1, 6, active(true))), []string{"refused max_reactivations 6/5"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := guards(tt.given.build(t), plan.GuardRefused, plan.GuardAllowed, plan.GuardOK)
			got = withoutGuard(got, directory.GuardMinAdmins)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("guards (-want +got):\n%s", diff)
			}
		})
	}
}

// moved lists n people who bear the addresses u<first>... and shall bear others.
func moved(first, n int, opts ...func(*directory.WantUser)) part {
	return func(w *world) {
		for i := range n {
			listed(fmt.Sprintf("moved%d", first+i), append(opts, formerly(fmt.Sprintf("u%d", first+i)))...)(w)
		}
	}
}

func withoutGuard(list []string, guard directory.GuardName) []string {
	var rest []string
	for _, text := range list {
		if !strings.Contains(text, string(guard)) {
			rest = append(rest, text)
		}
	}
	return rest
}

// A reviewed exception replaces the limit, through its day, for its own cause.
func TestBuild_allow(t *testing.T) {
	const guard = directory.GuardMaxDeactivations
	declared, pruned := directory.AllowDeclared, directory.AllowUnlisted
	six := all(accounts(1, 20), leavers(1, 6))
	// of 40 accounts n leave and m more are not listed; the limit is 5
	mixed := func(n, m int) part {
		return all(accounts(1, 40), leavers(1, n), each(n+m+1, 40-n-m), unlisted(directory.PolicyDeactivate, directory.PolicyIgnore))
	}
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
		paste []string
	}{
		{"within an exception", given(six, allow(guard, 6, declared, tomorrow)), []string{"allowed max_deactivations 6/5"}, nil},
		{"on its last day", given(six, allow(guard, 6, declared, today)), []string{"allowed max_deactivations 6/5"}, nil},
		{"the day after", given(six, allow(guard, 6, declared, yesterday)), []string{"refused max_deactivations 6/5", "noted max_deactivations 0/6"}, []string{"6"}},
		{"over the exception", given(six, allow(guard, 5, declared, tomorrow)), []string{"refused max_deactivations 6/5"}, []string{"6"}},
		{"an exception for another guard", given(six, allow(directory.GuardMaxRemovals, 600, declared, tomorrow)), []string{"refused max_deactivations 6/5", "noted max_removals 0/600"}, []string{"6"}},
		{"the larger of two", given(six, allow(guard, 600, declared, today), allow(guard, 1, declared, tomorrow)), []string{"allowed max_deactivations 6/5"}, nil},
		{"the larger has expired", given(six, allow(guard, 600, declared, yesterday), allow(guard, 1, declared, tomorrow)), []string{"refused max_deactivations 6/5", "noted max_deactivations 0/600"}, []string{"6"}},
		{"not needed", given(accounts(1, 20), leavers(1, 5), allow(guard, 6, declared, tomorrow)), []string{"noted max_deactivations 0/6", "ok max_deactivations 5/5"}, nil},
		{"not needed and expired", given(allow(guard, 6, declared, yesterday)), []string{"noted max_deactivations 0/6"}, nil},
		{"what pruning does is another cause", given(mixed(0, 6), allow(guard, 600, declared, tomorrow)), []string{"refused max_deactivations 6/5", "noted max_deactivations 0/600"}, []string{"6 unlisted"}},
		{"an exception for pruning", given(mixed(0, 6), allow(guard, 6, pruned, tomorrow)), []string{"allowed max_deactivations 6/5"}, nil},
		{"an exception for pruning is none for what the file declares", given(six, allow(guard, 600, pruned, tomorrow)), []string{"refused max_deactivations 6/5", "noted max_deactivations 0/600"}, []string{"6"}},
		{"both causes are over the limit", given(mixed(7, 6)), []string{"refused max_deactivations 13/5"}, []string{"7", "6 unlisted"}},
		{"both causes are over it, one has an exception", given(mixed(7, 6), allow(guard, 7, declared, today)), []string{"refused max_deactivations 13/5"}, []string{"6 unlisted"}},
		{"both causes have exceptions", given(mixed(7, 6), allow(guard, 7, declared, today), allow(guard, 6, pruned, today)), []string{"allowed max_deactivations 13/5"}, nil},
		{"what the exception does not cover is within the limit", given(mixed(7, 5), allow(guard, 7, declared, today)), []string{"allowed max_deactivations 12/5"}, nil},
		{"only the sum is too much", given(mixed(3, 3)), []string{"refused max_deactivations 6/5"}, []string{"3"}},
		{"only the sum is too much, and an exception does not cover its cause", given(mixed(4, 3), allow(guard, 2, declared, today)), []string{"refused max_deactivations 7/5"}, []string{"4"}},
		{"a count over 100 of a group", given(removing(4, 1), allow(directory.GuardMaxRemovalsPerGroup, 4, declared, today)), []string{"allowed max_removals_per_group qa 4/3"}, nil},
		{"emptying a group", given(removing(2, 0), allow(directory.GuardMaxRemovalsPerGroup, 2, declared, today)), []string{"allowed max_removals_per_group qa 2/1"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			got := withoutGuard(guards(p, plan.GuardRefused, plan.GuardAllowed, plan.GuardNoted, plan.GuardOK), directory.GuardMinAdmins)
			if diff := cmp.Diff(tt.want, withoutGuard(got, "ok max_removals")); diff != "" {
				t.Errorf("guards (-want +got):\n%s", diff)
			}
			var pasted []string
			for _, g := range p.Refused() {
				for _, a := range pastedAllows(t, g.Paste) {
					text := strconv.Itoa(a.Count)
					if a.Cause == pruned {
						text += " unlisted"
					}
					pasted = append(pasted, text)
				}
			}
			if diff := cmp.Diff(tt.paste, pasted); diff != "" {
				t.Errorf("exceptions to paste (-want +got):\n%s", diff)
			}
			// Put in, they let the plan through.
			if len(pasted) > 0 {
				for _, g := range p.Refused() {
					tt.given.want.Guards.Allow = append(tt.given.want.Guards.Allow, pastedAllows(t, g.Paste)...)
				}
				if left := tt.given.build(t).Refused(); len(left) > 0 {
					t.Errorf("with the pasted exceptions still refused: %+v", left)
				}
			}
		})
	}
}

var allowLine = regexp.MustCompile(`^- \{guard: (\w+), count: (\d+)(?:, cause: (\w+))?, reason: "[^"]+", until: (\d{4}-\d\d-\d\d)\}$`)

// pastedAllows reads the lines that a refusal suggests.
func pastedAllows(t testing.TB, paste string) []directory.Allow {
	t.Helper()
	var allows []directory.Allow
	for text := range strings.Lines(paste) {
		m := allowLine.FindStringSubmatch(strings.TrimSuffix(text, "\n"))
		if m == nil {
			t.Fatalf("line to paste %q is not an entry of guards.allow", text)
		}
		n, _ := strconv.Atoi(m[2])
		until, err := directory.ParseDate(m[4])
		if err != nil {
			t.Fatal(err)
		}
		cause := directory.AllowDeclared
		if m[3] != "" {
			cause = directory.AllowCause(m[3])
		}
		allows = append(allows, directory.Allow{Guard: directory.GuardName(m[1]), Count: n, Cause: cause, Reason: "audit", Until: until, Pos: pos(9)})
	}
	return allows
}

// A guard has one exception for each cause: a refusal says which line the new one replaces.
func TestBuild_refusalNamesTheExceptionItReplaces(t *testing.T) {
	for name, until := range map[string]directory.Date{"too small": tomorrow, "expired": yesterday} {
		w := given(accounts(1, 20), leavers(1, 8))
		w.want.Guards.Allow = []directory.Allow{{Guard: directory.GuardMaxDeactivations, Count: 6, Cause: directory.AllowDeclared, Reason: "r", Until: until, Pos: pos(44)}}
		refused := w.build(t).Refused()
		if len(refused) != 1 || !strings.HasSuffix(refused[0].Hint, ", in place of users.yaml:44:3") {
			t.Errorf("%s: %+v", name, refused)
		}
	}
}

// An exception that the new one does not stand in for is not named, even if it is of no use.
func TestBuild_refusalLeavesOtherExceptionsAlone(t *testing.T) {
	w := given(accounts(1, 40), leavers(1, 7), each(11, 30), unlisted(directory.PolicyDeactivate, directory.PolicyIgnore),
		allow(directory.GuardMaxDeactivations, 2, directory.AllowUnlisted, tomorrow))
	refused := w.build(t).Refused()
	if len(refused) != 1 || refused[0].Count != 10 || strings.Contains(refused[0].Hint, "in place of") {
		t.Errorf("%+v", refused)
	}
}

// Groups that are refused apart offer one entry, which a roster can take, and which lets all of them through.
func TestBuild_groupsShareOneEntry(t *testing.T) {
	lone := members("u1")
	w := given(accounts(1, 8), listed("u1"), group(7, "qa", ids(1, 5)...), group(8, "ops", ids(1, 8)...), group(9, "web", ids(1, 7)...), group(10, "few", ids(1, 2)...),
		team("qa", directory.Exact, lone), team("ops", directory.Exact, lone), team("web", directory.Exact, lone), team("few", directory.Exact, lone),
		limit(directory.GuardMaxRemovals, directory.Limit{}), allow(directory.GuardMaxRemovalsPerGroup, 5, directory.AllowDeclared, yesterday))
	p := w.build(t)
	if diff := cmp.Diff([]string{"refused max_removals_per_group ops 7/4", "refused max_removals_per_group qa 4/3", "refused max_removals_per_group web 6/4"}, guards(p, plan.GuardRefused)); diff != "" {
		t.Fatalf("refused (-want +got):\n%s", diff)
	}
	first := p.Refused()[0]
	for _, g := range p.Refused() {
		if g.Paste != first.Paste || g.Hint != first.Hint || !strings.HasSuffix(g.Hint, ", in place of users.yaml:9:3") {
			t.Errorf("%s offers %s: %s", g.Subject, g.Hint, g.Paste)
		}
	}
	w.want.Guards.Allow = pastedAllows(t, first.Paste)
	if len(w.want.Guards.Allow) != 1 || w.want.Guards.Allow[0].Count != 7 {
		t.Errorf("entry to paste is %s", first.Paste)
	}
	if left := w.build(t).Refused(); len(left) > 0 {
		t.Errorf("with the pasted entry still refused: %+v", left)
	}
}

// Every refusal says what to do: an exception to paste, or another hint.
func TestBuild_everyRefusalHasAHint(t *testing.T) {
	w := given(seats(1, 0), account(1, "me", admin), self(1), accounts(2, 30), listed("me", active(false)), leavers(2, 20), protect("u9@*"),
		listed("n@other.example", named("N")), func(w *world) { w.want.Guards.Domains = []directory.Key[string]{directory.At("acme.example", pos(2))} })
	refused := w.build(t).Refused()
	if len(refused) < 5 {
		t.Fatalf("%d refusals, want at least 5", len(refused))
	}
	for _, g := range refused {
		if g.Hint == "" || g.Text == "" {
			t.Errorf("refusal without text or hint: %+v", g)
		}
	}
}
