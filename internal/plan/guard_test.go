package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// each lists n people u<first>, u<first+1>, ...
func each(first, n int, opts ...func(*directory.WantUser)) part {
	return func(w *world) {
		for i := range n {
			listed(fmt.Sprintf("u%d", first+i), opts...)(w)
		}
	}
}

func leavers(first, n int) part { return each(first, n, active(false)) }

// Explicit lines about accounts that nothing may change.
func TestBuild_ownAndProtectedAccounts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"own account deactivated", given(account(1, "me"), self(1), listed("me", active(false))), []string{"refused self me 1/0"}},
		{"own account a leaver", given(account(1, "me"), self(1), listed("me", onlyLeaver)), []string{"refused self me 1/0"}},
		{"own account demoted", given(minAdmins(0), account(1, "me", admin), self(1), listed("me", asAdmin(false))), []string{"refused self me 1/0"}},
		{"own account re-addressed", given(account(1, "me"), self(1), listed("i", formerly("me"))), []string{"refused self i 1/0"}},
		{"own account to sign on elsewhere", given(onUser, person(1, "me"), self(1), listed("me", system("Acme SSO"))), []string{"refused self me 1/0"}},
		{"own account to get a password again", given(onUser, person(1, "me", signsOn("Acme SSO", "me")), self(1), listed("me", system("internal"))), []string{"refused self me 1/0"}},
		{"own account, by another name where it signs on", given(onUser, person(1, "me", signsOn("Acme SSO", "me")), self(1), listed("me", external("myself"))), nil},
		{"own account to sign on elsewhere, by another's credentials", given(onUser, person(1, "me"), person(2, "you"), self(2), listed("me", system("Acme SSO"))), nil},
		{"own name, role and groups may change", given(account(1, "me"), self(1), listed("me", named("Me"), role("Lead")), group(7, "qa"), team("qa", directory.Exact, members("me"))), nil},
		{"own account promoted is no loss", given(account(1, "me"), self(1), listed("me", asAdmin(true))), nil},
		{"protected account changed", given(account(1, "ci-1"), listed("ci-1", role("Lead")), protect("ci-*")), []string{"refused protect ci-1 1/0"}},
		{"protected account deactivated", given(account(1, "ci-1"), listed("ci-1", active(false)), protect("ci-*")), []string{"refused protect ci-1 1/0"}},
		{"protected account reactivated", given(account(1, "ci-1", inactive), listed("ci-1", active(true)), protect("ci-*")), []string{"refused protect ci-1 1/0"}},
		{"protected account in the tool's own spelling", given(account(1, "CI-1@ACME.example"), listed("ci-1", role("Lead")), protect("ci-*")), []string{"refused protect ci-1 1/0"}},
		{"protected account re-addressed to a free one", given(account(1, "ci-1"), listed("x", formerly("ci-1")), protect("ci-*")), []string{"refused protect x 1/0"}},
		{"an account re-addressed to a protected one", given(account(1, "x"), listed("ci-1", formerly("x")), protect("ci-*")), []string{"refused protect ci-1 1/0"}},
		{"protected account as the file says", given(account(1, "ci-1"), listed("ci-1", role("Tester")), protect("ci-*")), nil},
		{"a protected account that does not exist yet may be created", given(listed("ci-1", named("CI")), protect("ci-*")), nil},
		{"a protected account may join a group", given(account(1, "ci-1"), listed("ci-1"), group(7, "qa"), team("qa", directory.Exact, members("ci-1")), protect("ci-*")), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, guards(tt.given.build(t), plan.GuardRefused)); diff != "" {
				t.Errorf("refused (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBuild_domains(t *testing.T) {
	domains := func(patterns ...string) part {
		return func(w *world) {
			for _, d := range patterns {
				w.want.Guards.Domains = append(w.want.Guards.Domains, directory.At(d, pos(8)))
			}
		}
	}
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"no domains: every one is welcome", given(listed("x@evil.example", named("X"))), nil},
		{"a create inside", given(domains("acme.example"), listed("Ana@ACME.example", named("Ana"))), nil},
		{"creates outside, one result a domain", given(domains("acme.example"), listed("b@z.example", named("B")), listed("a@evil.example", named("A")), listed("c@z.example", named("C"))),
			[]string{"refused domains evil.example 1/0", "refused domains z.example 2/0"}},
		{"a part of a domain is another domain", given(domains("acme.example"), listed("x@sub.acme.example", named("X")), listed("y@notacme.example", named("Y"))),
			[]string{"refused domains notacme.example 1/0", "refused domains sub.acme.example 1/0"}},
		{"a pattern", given(domains("*.acme.example"), listed("x@sub.acme.example", named("X"))), nil},
		{"a new address outside", given(domains("acme.example"), account(1, "ana"), listed("ana@evil.example", formerly("ana"))), []string{"refused domains evil.example 1/0"}},
		{"an account outside that exists already is no news", given(domains("acme.example"), account(1, "ana@old.example"), listed("ana@old.example", role("Lead"))), nil},
		{"a leaver outside who is not created is no news", given(domains("acme.example"), listed("x@evil.example", active(false))), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, guards(tt.given.build(t), plan.GuardRefused)); diff != "" {
				t.Errorf("refused (-want +got):\n%s", diff)
			}
		})
	}
}

// min_admins refuses only what gets worse; at the end and at every moment.
func TestBuild_minAdmins(t *testing.T) {
	two := all(account(1, "a1", admin), account(2, "a2", admin), account(3, "off", admin, inactive))
	three := all(two, account(4, "a3", admin))
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"exactly enough are left", given(three, listed("a1", active(false))), nil},
		{"one too few by deactivation", given(two, listed("a1", active(false))), []string{"refused min_admins 1/2"}},
		{"one too few by demotion", given(two, listed("a1", asAdmin(false))), []string{"refused min_admins 1/2"}},
		{"one too few by pruning", given(two, listed("a1"), unlisted(directory.PolicyDeactivate, directory.PolicyIgnore)), []string{"refused min_admins 1/2"}},
		{"deactivation and demotion in one line count once", given(three, listed("a1", active(false), asAdmin(false))), nil},
		{"an inactive administrator is none", given(three, listed("off", active(false), asAdmin(false)), listed("a1", active(false))), nil},
		{"one leaves and one is granted", given(two, listed("a1", active(false)), listed("b", named("B"), asAdmin(true))), nil},
		{"one is demoted and one is granted", given(two, account(5, "b"), listed("a1", asAdmin(false)), listed("b", asAdmin(true))), nil},
		{"two leave and one is granted", given(two, listed("a1", active(false)), listed("a2", active(false)), listed("b", named("B"), asAdmin(true))), []string{"refused min_admins 1/2"}},
		{"already too few, nothing gets worse: a note", given(account(1, "a1", admin), account(2, "b"), listed("b", role("Lead"))), []string{"noted min_admins 1/2"}},
		{"already too few, and it gets better: a note", given(account(2, "b"), listed("b", asAdmin(true))), []string{"noted min_admins 1/2"}},
		{"already too few, one goes and one comes: a note", given(account(1, "a1", admin), account(2, "b"), listed("a1", active(false)), listed("b", asAdmin(true))), []string{"noted min_admins 1/2"}},
		{"already too few, and it gets worse", given(account(1, "a1", admin), listed("a1", asAdmin(false))), []string{"refused min_admins 0/2"}},
		{"min_admins 0 lets the last one go", given(minAdmins(0), account(1, "a1", admin), listed("a1", asAdmin(false))), nil},
		{"an instance that does not report administrators has no such guard", given(account(1, "a1"), listed("a1", active(false)), func(w *world) { w.caps.Reported[plan.FieldAdmin] = false }), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, g := range guards(tt.given.build(t), plan.GuardRefused, plan.GuardNoted) {
				if strings.Contains(g, "min_admins") {
					got = append(got, g)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("guards (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBuild_seats(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"the last free seat", given(seats(3, 0), accounts(1, 2), listed("n", named("N"))), nil},
		{"one too many", given(seats(2, 0), accounts(1, 2), listed("n", named("N"))), []string{"refused seats 3/2"}},
		{"the reserve is not for us", given(seats(3, 1), accounts(1, 2), listed("n", named("N"))), []string{"refused seats 3/2"}},
		{"a reactivation takes a seat", given(seats(2, 0), accounts(1, 2), account(3, "off", inactive), listed("off", active(true))), []string{"refused seats 3/2"}},
		{"an inactive account holds none", given(seats(2, 0), account(1, "a"), account(3, "off", inactive), listed("n", named("N"))), nil},
		{"one leaves and one comes", given(seats(2, 0), accounts(1, 2), listed("u1", active(false)), listed("n", named("N"))), nil},
		{"already too many, nothing gets worse: a note", given(seats(1, 0), accounts(1, 2), listed("u1", role("Lead"))), []string{"noted seats 2/1"}},
		{"already too many, and it gets better: a note", given(seats(1, 0), accounts(1, 3), listed("u1", active(false))), []string{"noted seats 2/1"}},
		{"already too many, one leaves and one comes: a note", given(seats(1, 0), accounts(1, 2), listed("u1", active(false)), listed("n", named("N"))), []string{"noted seats 2/1"}},
		{"already too many, and it gets worse", given(seats(1, 0), accounts(1, 2), listed("n", named("N"))), []string{"refused seats 3/1"}},
		{"an administrator who has to stay until his successor is there needs a seat too",
			given(seats(1, 0), minAdmins(1), account(1, "a1", admin), listed("a1", active(false)), listed("n", named("N"), asAdmin(true))), []string{"refused seats 2/1"}},
		{"with a seat more it can be done", given(seats(2, 0), minAdmins(1), account(1, "a1", admin), listed("a1", active(false)), listed("n", named("N"), asAdmin(true))), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, g := range guards(tt.given.build(t), plan.GuardRefused, plan.GuardNoted) {
				if strings.Contains(g, "seats") {
					got = append(got, g)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("guards (-want +got):\n%s", diff)
			}
		})
	}
}

// Refusals come first, then exceptions, notes, and what is within its limits.
func TestBuild_guardOrder(t *testing.T) {
	p := given(seats(1, 0), minAdmins(0), account(1, "me", admin), accounts(2, 8), self(1), listed("me", active(false), role("Lead")),
		each(2, 2, asAdmin(true)), allow(directory.GuardMaxAdminGrants, 2, directory.AllowDeclared, today)).build(t)
	want := []string{"refused self me 1/0", "allowed max_admin_grants 2/1", "noted seats 8/1", "ok max_deactivations 1/5", "ok max_role_changes 1/5"}
	if diff := cmp.Diff(want, guards(p, plan.GuardRefused, plan.GuardAllowed, plan.GuardNoted, plan.GuardOK)); diff != "" {
		t.Errorf("guards (-want +got):\n%s", diff)
	}
	if len(p.Refused()) != 1 {
		t.Errorf("Refused() has %d results, want 1", len(p.Refused()))
	}
}
