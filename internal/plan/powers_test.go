package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// Whoever can change accounts and groups can make himself an administrator, so a group that gives such rights is guarded as
// the flag is.
func TestBuild_groupsThatGovern(t *testing.T) {
	const right, minor = "ROLE_USERADMIN", "ROLE_ANALYTICSVIEWER"
	minors := func(w *world) { w.caps.MinorRights = []string{minor} }
	none := limit(directory.GuardMaxAdminGrants, atMost(0))
	base := all(onUser, minors, none, person(1, "ana"), person(2, "bob"), listed("ana"), listed("bob"))
	refused := []string{"refused max_admin_grants 1/0"}
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
		admin bool // the action says so
	}{
		{"a right that is none of the minor ones", given(base, group(7, "qa"), rights(minor, right), team("qa", directory.Exact, members("ana"))), refused, true},
		{"each counts", given(base, group(7, "qa"), rights(right), team("qa", directory.Exact, members("ana", "bob"))), []string{"refused max_admin_grants 2/0"}, true},
		{"minor rights alone", given(base, group(7, "qa"), rights(minor), team("qa", directory.Exact, members("ana"))), nil, false},
		{"no rights", given(base, group(7, "qa"), team("qa", directory.Exact, members("ana"))), nil, false},
		{"who leaves gets nothing", given(base, group(7, "qa", 1, 2), rights(right), team("qa", directory.Exact, members("ana"))), nil, true},
		{"a member who comes back", given(onUser, none, person(1, "ana", inactive), listed("ana", active(true)), group(7, "qa", 1), rights(right)), refused, false},
		{"a member who signs on in another way", given(onUser, none, person(1, "ana"), listed("ana", system("Acme SSO")), group(7, "qa", 1), rights(right)), refused, false},
		{"who is no member", given(onUser, none, person(1, "ana"), listed("ana", system("Acme SSO")), group(7, "qa"), rights(right)), nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if diff := cmp.Diff(tt.want, guards(p, plan.GuardRefused)); diff != "" {
				t.Errorf("refused (-want +got):\n%s", diff)
			}
			if got := p.Actions()[0].Admin; got != tt.admin {
				t.Errorf("admin = %v", got)
			}
		})
	}
}

// A pattern that happens to match such a group grants nothing of it.
func TestBuild_groupsThatGovernAndScopes(t *testing.T) {
	within := func(groups ...string) *directory.Scope {
		return &directory.Scope{Entry: pos(4), Domains: []string{"acme.example"}, Groups: groups, Projects: []string{"*"}}
	}
	person1 := func(groups ...string) func(*directory.WantUser) {
		return func(u *directory.WantUser) { u.Scope = within(groups...) }
	}
	team1 := func(groups ...string) part {
		return func(w *world) { w.want.Groups[len(w.want.Groups)-1].Scope = within(groups...) }
	}
	held := all(onUser, person(1, "ana"), group(7, "pay-powers"), rights("ROLE_USERADMIN"))
	const hint = " (the root file can do it, or name the group at users.yaml:4:3)"
	for _, tt := range []struct {
		name  string
		given *world
		want  int // problems
		first string
	}{
		{"on the group, by a pattern", given(held, listed("ana"), team("pay-powers", directory.Exact, members("ana")), team1("pay-*")), 1,
			`problem: users.yaml:22:5: user ana would join group "pay-powers", whose rights over the whole instance no pattern grants` + hint},
		{"on the group, by its name", given(held, listed("ana"), team("pay-powers", directory.Exact, members("ana")), team1("pay-*", "pay-powers")), 0, ""},
		{"on the person, by a pattern", given(held, listed("ana", in("pay-powers"), person1("*")), team("pay-powers", directory.Exact, members())), 1, ""},
		{"on the person, by its name", given(held, listed("ana", in("pay-powers"), person1("pay-powers")), team("pay-powers", directory.Exact, members())), 0, ""},
		{"by the root file", given(held, listed("ana", in("pay-powers")), team("pay-powers", directory.Exact, members())), 0, ""},
		{"who is a member stays one", given(onUser, person(1, "ana"), group(7, "pay-powers", 1), rights("ROLE_USERADMIN"), listed("ana", in("pay-powers"), person1("*")), team("pay-powers", directory.Exact, members())), 0, ""},
		{"a group without rights", given(onUser, person(1, "ana"), group(7, "pay-powers"), listed("ana", in("pay-powers"), person1("*")), team("pay-powers", directory.Exact, members())), 0, ""},
		{"a member who comes back", given(onUser, person(1, "ana", inactive), group(7, "pay-powers", 1), rights("ROLE_USERADMIN"), listed("ana", active(true), person1("*"))), 1, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.given.plan()
			got := problems(err)
			if len(got) != tt.want || tt.first != "" && got[0] != tt.first {
				t.Errorf("%d problems: %q", len(got), got)
			}
		})
	}
}

// Two people of one name at a system are two accounts for whoever bears it.
func TestBuild_externalNamesOfTwo(t *testing.T) {
	const sso = "Acme SSO"
	boss := person(9, "boss", admin, signsOn(sso, "boss"))
	other := func(w *world) { w.live.SignOns = append(w.live.SignOns, directory.SignOn{ID: 15, Name: "Other SSO"}) }
	taken := func(who, name, by string) []string {
		return []string{"problem: users.yaml:13:5: user " + who + ` would be called "` + name + `" at Acme SSO, and so is ` + by +
			" (whoever bears the name could sign on as both: write another external_name)"}
	}
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"that of an administrator who is not listed", given(onUser, boss, person(1, "ana"), listed("ana", system(sso), external("boss"))), taken("ana", "boss", "boss")},
		{"without case and space around it", given(onUser, boss, person(1, "ana", signsOn(sso, "ana")), listed("ana", external(" BOSS "))), taken("ana", " BOSS ", "boss")},
		{"that of somebody else who is not listed: it may be he", given(onUser, person(9, "old", signsOn(sso, "ana")), person(1, "ana"), listed("ana", system(sso), external("ana"))), nil},
		{"that of somebody else who is", given(onUser, person(9, "bob", signsOn(sso, "bob")), listed("bob"), person(1, "ana"), listed("ana", system(sso), external("bob"))), []string{
			`problem: users.yaml:23:5: user ana would be called "bob" at Acme SSO, and so is bob (whoever bears the name could sign on as both: write another external_name)`}},
		{"of somebody to create", given(onUser, boss, listed("n", named("N N"), system(sso), external("boss"))), taken("n", "boss", "boss")},
		{"of two in one plan", given(onUser, person(1, "ana"), person(2, "bob"), listed("bob", system(sso), external("x")), listed("ana", system(sso), external("x"))), []string{
			`problem: users.yaml:23:5: user ana would be called "x" at Acme SSO, and so is bob (whoever bears the name could sign on as both: write another external_name)`}},
		{"of somebody whose address it is, who comes with the same plan", given(onUser, boss, listed("boss", external("eve"+domain)), listed("eve", named("E E"), system(sso))), taken("boss", "eve", "eve")},
		{"an address that somebody is called by is the person's own", given(onUser, person(1, "ana", signsOn(sso, "n")), listed("n", named("N N"), system(sso))), nil},
		{"at another system", given(onUser, other, boss, person(1, "ana"), listed("ana", system("Other SSO"), external("boss"))), nil},
		{"that of somebody who is inactive", given(onUser, person(9, "old", inactive, signsOn(sso, "ana")), person(1, "ana"), listed("ana", system(sso), external("ana"))), nil},
		{"that of somebody who leaves", given(onUser, person(9, "old", signsOn(sso, "ana")), listed("old", active(false)), person(1, "ana"), listed("ana", system(sso), external("ana"))), nil},
		{"that of somebody who is called otherwise then", given(onUser, person(1, "ana", signsOn(sso, "a")), person(2, "bob", signsOn(sso, "b")), listed("ana", external("b")), listed("bob", external("a"))), nil},
		{"what is so already", given(onUser, boss, person(1, "ana", signsOn(sso, "boss")), listed("ana", system(sso), external("boss"))), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.given.plan()
			if diff := cmp.Diff(tt.want, problems(err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
