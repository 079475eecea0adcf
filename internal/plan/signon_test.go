package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// Whoever gets another way to sign on needs a name there. Nobody has one in the tool's own.
func TestBuild_signOn(t *testing.T) {
	const sso = "Acme SSO"
	other := func(w *world) { w.live.SignOns = append(w.live.SignOns, directory.SignOn{ID: 15, Name: "Other SSO"}) }
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"as the file says", given(onUser, person(1, "ana", signsOn(sso, "ana")), listed("ana", system(sso), external("ana"))), nil},
		{"a system is compared without case", given(onUser, person(1, "ana", signsOn(sso, "ana")), person(2, "bob"), listed("ana", system("ACME sso")), listed("bob", system("internal"))), nil},
		{"a name there is compared with it", given(onUser, person(1, "ana", signsOn(sso, "ana")), listed("ana", external("Ana"))), []string{"update_user ana auth.external_name ana>Ana"}},
		{"another system, and a name there", given(onUser, person(1, "ana"), listed("ana", system(sso), external("a.ruiz"))),
			[]string{"update_user ana auth.system Internal>Acme SSO, auth.external_name >a.ruiz"}},
		{"another system without a name there: it is the address", given(onUser, person(1, "ana"), listed("ana", system(sso))),
			[]string{"update_user ana auth.system Internal>Acme SSO, auth.external_name >ana"}},
		{"as the file spells the address", given(onUser, person(1, "ANA"), listed("ana", system(sso))), []string{"update_user ana auth.system Internal>Acme SSO, auth.external_name >ana"}},
		{"unless he has one already", given(onUser, other, person(1, "ana", signsOn(sso, "a.ruiz")), listed("ana", system("Other SSO"))), []string{"update_user ana auth.system Acme SSO>Other SSO"}},
		{"a create", given(onUser, listed("n", named("N N"), system(sso))), []string{"create_user n active >true, name >N N, auth.system >Acme SSO, auth.external_name >n"}},
		{"a create with a name there", given(onUser, listed("n", named("N N"), system(sso), external("x"))), []string{"create_user n active >true, name >N N, auth.system >Acme SSO, auth.external_name >x"}},
		{"a create in the tool's own", given(onUser, listed("n", named("N N"), system("internal"))), []string{"create_user n active >true, name >N N, auth.system >internal"}},
		{"back to the tool's own", given(onUser, person(1, "ana", signsOn(sso, "ana")), listed("ana", system("internal"))), []string{"update_user ana auth.system Acme SSO>internal, auth.external_name ana>"}},
		{"a system without a name that is so already is not completed", given(onUser, person(1, "ana", signsOn(sso, "")), listed("ana", system(sso))), nil},
		{"with a reactivation", given(onUser, person(1, "ana", inactive), listed("ana", active(true), system(sso))),
			[]string{"reactivate_user ana active false>true, auth.system Internal>Acme SSO, auth.external_name >ana"}},
		{"a file that says nothing of it", given(onUser, person(1, "ana", signsOn(sso, "ana")), listed("ana")), nil},
		{"where systems can't be written, neither is the name", given(onUser, cannotWrite(plan.FieldSignOn), listed("n", named("N N"), system(sso))), []string{"create_user n active >true, name >N N"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(tt.given.build(t))); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBuild_signOnsThatDoNotFit(t *testing.T) {
	twins := func(w *world) { w.live.SignOns = append(w.live.SignOns, directory.SignOn{ID: 15, Name: "acme sso"}) }
	unread := func(w *world) { w.live.SignOns, w.live.SignOnsRead = nil, false }
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"a system that is not there", given(onUser, person(1, "ana"), listed("ana", system("Okta"))), []string{`problem: users.yaml:12:5: auth system "Okta" does not exist in the tool`}},
		{"a system that is nearly there", given(onUser, person(1, "ana"), listed("ana", system("Acme SS"))), []string{`problem: users.yaml:12:5: auth system "Acme SS" does not exist in the tool (did you mean "Acme SSO"?)`}},
		{"one system for two people is two problems", given(onUser, person(1, "ana"), person(2, "bob"), listed("ana", system("Okta")), listed("bob", system("Okta"))),
			[]string{`problem: users.yaml:12:5: auth system "Okta" does not exist in the tool`, `problem: users.yaml:22:5: auth system "Okta" does not exist in the tool`}},
		{"two systems that differ in case alone", given(onUser, twins, person(1, "ana"), listed("ana", system("Acme SSO"))),
			[]string{`ambiguous: users.yaml:12:5: auth system "Acme SSO" is the name of 2 live auth systems, ids 12 and 15 (rename one of them in the tool)`}},
		{"which nobody minds who does not name them", given(onUser, twins, person(1, "ana"), listed("ana", system("internal"))), nil},
		{"where they can't be listed, nothing is known", given(onUser, unread, person(1, "ana", signsOn("Okta", "x")), listed("ana", system("Okta"))), nil},
		{"an external name for the tool's own way", given(onUser, person(1, "ana"), listed("ana", external("a.ruiz"))),
			[]string{"problem: users.yaml:13:5: user ana signs on with a password of the tool, where nobody has an external name (name the auth system beside it, or take it out)"}},
		{"of somebody to create as well", given(onUser, listed("n", named("N N"), external("x"))),
			[]string{"problem: users.yaml:13:5: user n signs on with a password of the tool, where nobody has an external name (name the auth system beside it, or take it out)"}},
		{"not of somebody who signs on elsewhere", given(onUser, person(1, "ana", signsOn("Acme SSO", "ana")), listed("ana", external("ana"))), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.given.plan()
			if diff := cmp.Diff(tt.want, problems(err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// Another way to sign on, or another name there, hands an administrator's account to whoever bears that name.
func TestBuild_administratorsSignOnIsAGrant(t *testing.T) {
	none := limit(directory.GuardMaxAdminGrants, atMost(0))
	admins := person(9, "boss", admin)
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"another system", given(onUser, none, minAdmins(0), admins, listed("boss", system("Acme SSO"))), []string{"refused max_admin_grants 1/0"}},
		{"another name there", given(onUser, none, minAdmins(0), person(9, "boss", admin, signsOn("Acme SSO", "boss")), listed("boss", external("eve"))), []string{"refused max_admin_grants 1/0"}},
		{"with the flag taken away there is nothing to take", given(onUser, none, minAdmins(0), admins, listed("boss", system("Acme SSO"), asAdmin(false))), nil},
		{"who leaves is none any more", given(onUser, none, minAdmins(0), admins, listed("boss", system("Acme SSO"), active(false))), nil},
		{"of others it is not", given(onUser, none, minAdmins(0), person(1, "ana"), listed("ana", system("Acme SSO"))), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, guards(tt.given.build(t), plan.GuardRefused)); diff != "" {
				t.Errorf("refused (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUndo_signOn(t *testing.T) {
	const sso = "Acme SSO"
	gone := func(w *world) { w.live.SignOns = w.live.SignOns[:1] }
	for _, tt := range []struct {
		name  string
		given *world
		since part
		want  []string
		notes []string
	}{
		{"to another system", given(onUser, person(1, "ana"), listed("ana", system(sso))), nil, []string{"update_user ana auth.system Acme SSO>Internal, auth.external_name ana>"}, nil},
		{"back to the tool's own: the name there comes back too", given(onUser, person(1, "ana", signsOn(sso, "a.ruiz")), listed("ana", system("internal"))), nil,
			[]string{"update_user ana auth.system Internal>Acme SSO, auth.external_name >a.ruiz"}, nil},
		{"from a directory service, which says the name again", given(onUser, person(1, "ana", ldap), listed("ana", named("A B"), system(sso))), nil,
			[]string{"update_user ana auth.system Acme SSO>Acme LDAP"}, []string{`ana: name was "ana X", which the directory service says again`}},
		{"another name there", given(onUser, person(1, "ana", signsOn(sso, "a")), listed("ana", external("b"))), nil, []string{"update_user ana auth.external_name b>a"}, nil},
		{"from a system that is no more", given(onUser, person(1, "ana", signsOn(sso, "a")), listed("ana", system("internal"))), gone, nil,
			[]string{`ana: auth.system was "Acme SSO", which is not there any more`}},
	} {
		t.Run(tt.name, func(t *testing.T) { takesBack(t, tt.given, tt.since, tt.want, tt.notes) })
	}
}
