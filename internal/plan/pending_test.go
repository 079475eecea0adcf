package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// Who was invited and never came is neither active nor switched off: nothing implicit touches the invitation.
func TestBuild_pendingAccounts(t *testing.T) {
	ana := person(1, "ana", pending)
	prune := unlisted(directory.PolicyDeactivate, directory.PolicyIgnore)
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
		notes []string
	}{
		{"listed: left alone", given(onUser, ana, listed("ana", named("Ana Ruiz"), asAdmin(true))), nil, []string{"listed_but_inactive ana"}},
		{"active: true of the defaults does not activate", given(onUser, ana, listed("ana", activeByDefault)), nil, []string{"listed_but_inactive ana"}},
		{"active: true on the person does", given(onUser, ana, listed("ana", active(true))), []string{"reactivate_user ana active invited>true"}, nil},
		{"without the administrator's flag", given(onUser, person(1, "ana", pending, admin), listed("ana", active(true))),
			[]string{"reactivate_user ana active invited>true, admin true>false"}, nil},
		{"active: false takes the invitation back", given(onUser, ana, listed("ana", active(false))), []string{"deactivate_user ana active invited>false"}, nil},
		{"so does the list of leavers", given(onUser, ana, listed("ana", onlyLeaver)), []string{"deactivate_user ana active invited>false [leaver]"}, nil},
		{"so does a date that has passed", given(onUser, ana, listed("ana", until(yesterday))), []string{"deactivate_user ana active invited>false [expired]"}, nil},
		{"a policy for the unlisted does not", given(onUser, ana, prune), nil, nil},
		{"they are never added to a group", given(onUser, ana, listed("ana", in("qa")), group(7, "qa"), team("qa", directory.Exact, members())), nil, []string{"listed_but_inactive ana"}},
		{"listed and in it they stay", given(onUser, ana, listed("ana", in("qa")), group(7, "qa", 1), team("qa", directory.Exact, members())), nil, []string{"listed_but_inactive ana"}},
		{"one who is activated joins", given(onUser, ana, listed("ana", active(true), in("qa")), group(7, "qa"), team("qa", directory.Exact, members())),
			[]string{"reactivate_user ana active invited>true", "update_group qa; +ana =0"}, nil},
		{"to leave a group is to lose no access", given(onUser, ana, group(7, "qa", 1), team("qa", directory.Exact, members())), []string{"update_group qa; -ana(inactive) =0"}, nil},
		{"their projects are not compared", given(onUser, ana, project(1, "P"), listed("ana", on("P"))), nil, []string{"listed_but_inactive ana"}},
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

func TestBuild_activationSaysWhatItGives(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  string
	}{
		{"his groups", given(onUser, person(1, "ana", pending), group(8, "web", 1), group(7, "qa", 1), listed("ana", active(true))), "is activated in qa, web"},
		{"none", given(onUser, person(1, "ana", pending), listed("ana", active(true))), "is activated in no group"},
		{"an administrator", given(onUser, person(1, "ana", pending, admin), listed("ana", active(true), asAdmin(true))), "is activated as an administrator in no group"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.given.build(t).Actions()[0].Detail; got != tt.want {
				t.Errorf("detail %q, want %q", got, tt.want)
			}
		})
	}
}

// An invitation holds no seat: an activation takes one, and to take the invitation back frees none.
func TestBuild_seatsOfPendingAccounts(t *testing.T) {
	for _, tt := range []struct {
		name   string
		given  *world
		want   []string
		after  int
		guards []string
	}{
		{"an activation takes a seat", given(onUser, seats(1, 0), person(1, "u1"), person(2, "ana", pending), listed("ana", active(true))),
			[]string{"reactivate_users: reactivate_user ana active invited>true"}, 2, []string{"refused seats 2/1"}},
		{"who was invited frees none", given(onUser, seats(1, 0), person(1, "u1"), person(2, "ana", pending), listed("ana", active(false)), listed("n", named("N N"))),
			[]string{"deactivate: deactivate_user ana active invited>false", "create_users: create_user n active >true, name >N N"}, 2, []string{"refused seats 2/1"}},
		{"a create needs the deactivation that frees a seat, not the one that frees none",
			given(onUser, seats(1, 0), person(1, "u1"), person(2, "ana", pending), listed("ana", active(false)), listed("u1", active(false)), listed("n", named("N N"))),
			[]string{"deactivate: deactivate_user ana active invited>false | deactivate_user u1 active true>false",
				"create_users: create_user n active >true, name >N N (needs deactivate_user:u1)"}, 1, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if diff := cmp.Diff(tt.want, stages(p)); diff != "" {
				t.Errorf("batches (-want +got):\n%s", diff)
			}
			if p.Summary.SeatsAfter != tt.after {
				t.Errorf("%d seats after, want %d", p.Summary.SeatsAfter, tt.after)
			}
			if diff := cmp.Diff(tt.guards, guards(p, plan.GuardRefused)); diff != "" {
				t.Errorf("refused (-want +got):\n%s", diff)
			}
		})
	}
}

// Each row approves the plan of one world and asks what it means in another.
func TestApprove_pendingAccounts(t *testing.T) {
	leaves, comes := listed("ana", active(false)), listed("ana", active(true))
	for _, tt := range []struct {
		name         string
		review, then *world
		want         []string
	}{
		{"the invitation stands as it did", given(onUser, person(1, "ana", pending), leaves), given(onUser, person(1, "ana", pending), leaves),
			[]string{"do deactivate_user ana active invited>false"}},
		{"somebody took it back", given(onUser, person(1, "ana", pending), leaves), given(onUser, person(1, "ana", inactive), leaves),
			[]string{"true deactivate_user ana active invited>false"}},
		{"who was invited has come", given(onUser, person(1, "ana", pending), leaves), given(onUser, person(1, "ana"), leaves),
			[]string{`stale deactivate_user:ana: active is "true" now, and was "invited"`}},
		{"who was to be activated has come by himself", given(onUser, person(1, "ana", pending), comes), given(onUser, person(1, "ana"), comes),
			[]string{"true reactivate_user ana active invited>true"}},
		{"who was to be activated was switched off", given(onUser, person(1, "ana", pending), comes), given(onUser, person(1, "ana", inactive), comes),
			[]string{`stale reactivate_user:ana: active is "false" now, and was "invited"; it comes back to no group now, and is activated in no group was approved`}},
		{"nobody wants it activated any more", given(onUser, person(1, "ana", pending), comes), given(onUser, person(1, "ana", pending), listed("bob", active(false))),
			[]string{"dropped reactivate_user ana active invited>true"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := tt.then
			c, err := plan.Approve(saved(t, tt.review.build(t)), &w.want, &w.live, w.caps, w.opts)
			if err != nil {
				t.Fatalf("Approve: %v %q", err, problems(err))
			}
			if diff := cmp.Diff(tt.want, contract(c)); diff != "" {
				t.Errorf("contract (-want +got):\n%s", diff)
			}
		})
	}
}

// No API invites somebody again: whom a run activated, or whose invitation it took back, is inactive after its undo.
func TestUndo_pendingAccounts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
		notes []string
	}{
		{"an activation", given(onUser, person(1, "ana", pending), listed("ana", active(true))), []string{"deactivate_user ana active true>false"},
			[]string{"ana: was invited and had never been activated: the account stays, inactive"}},
		{"an invitation that was taken back", given(onUser, person(1, "ana", pending), listed("ana", active(false))), nil,
			[]string{`ana: active was "invited", which can't be set`}},
	} {
		t.Run(tt.name, func(t *testing.T) { takesBack(t, tt.given, nil, tt.want, tt.notes) })
	}
}
