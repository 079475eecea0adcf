package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// noUserWrites and noGroupCalls are instances from before a call existed.
func noUserWrites(w *world) {
	for _, k := range plan.Kinds() {
		if k.OnUser() {
			w.caps.Kinds[k] = false
			w.caps.Why[k] = "user writes need version 7.3"
		}
	}
}

func noGroupCalls(w *world) {
	w.caps.ReadsGroups = false
	for _, k := range plan.Kinds() {
		if k.OnGroup() {
			w.caps.Kinds[k] = false
			w.caps.Why[k] = "groups need version 7.5"
		}
	}
}

func cannotWrite(f plan.Field) part { return func(w *world) { w.caps.Writable[f] = false } }

// What the API can't do becomes a manual step, never silence.
func TestBuild_abilities(t *testing.T) {
	for _, tt := range []struct {
		name   string
		given  *world
		want   []string
		manual []string
		notes  []string
	}{
		{"without user writes every change of a person is done by hand",
			given(noUserWrites, account(1, "ana"), account(2, "bob"), account(3, "cy", inactive),
				listed("ana", role("Lead")), listed("bob", active(false)), listed("cy", active(true)), listed("dee", named("Dee"))),
			nil,
			[]string{"update_user ana role Tester>Lead @ page of update_user", "deactivate_user bob active true>false @ page of deactivate_user",
				"reactivate_user cy active false>true @ page of reactivate_user", "create_user dee active >true, name >Dee @ page of create_user"}, nil},
		{"without group calls every group is to be compared by hand, with all its members",
			given(noGroupCalls, account(1, "ana"), listed("ana", in("qa")), team("qa", directory.Exact, members()), team("web", directory.AtLeast)),
			nil, []string{"create_group qa; +ana =0 @ page of create_group", "create_group web; =0 @ page of create_group"}, nil},
		{"without group calls a pin can't be checked", given(noGroupCalls, team("qa", directory.Exact, members(), groupPin(7))),
			nil, []string{"create_group qa; =0 @ page of create_group"}, nil},
		{"without group calls users are written all the same", given(noGroupCalls, account(1, "ana"), listed("ana", role("Lead"))),
			[]string{"update_user ana role Tester>Lead"}, nil, nil},
		{"one field that can't be written is done by hand, the rest is not",
			given(cannotWrite(plan.FieldMFARequired), account(1, "ana"), listed("ana", role("Lead"), func(u *directory.WantUser) { u.MFARequired = directory.At(true, u.Pos) })),
			[]string{"update_user ana role Tester>Lead"}, []string{"update_user ana mfa_required false>true @ page of update_user"}, nil},
		{"if that is the only one, there is no action", given(cannotWrite(plan.FieldRole), account(1, "ana"), listed("ana", role("Lead"))),
			nil, []string{"update_user ana role Tester>Lead @ page of update_user"}, nil},
		{"a field that can be read and not written is done by hand for somebody new as well",
			given(cannotWrite(plan.FieldRole), listed("ana", named("Ana"), role("Lead"))),
			[]string{"create_user ana active >true, name >Ana"}, []string{"create_user ana role >Lead @ page of create_user"}, nil},
		{"a member who is created by hand joins once he is there",
			given(noUserWrites, account(1, "ana"), listed("ana"), listed("bob", named("Bob")), group(7, "qa"), team("qa", directory.Exact, members("ana", "bob"))),
			[]string{"update_group qa; +ana =0"}, []string{"create_user bob active >true, name >Bob @ page of create_user"}, []string{"member_does_not_exist bob"}},
		{"and until then nobody is removed",
			given(noUserWrites, account(1, "ana"), listed("bob", named("Bob")), group(7, "qa", 1), team("qa", directory.Exact, members("bob"))),
			nil, []string{"create_user bob active >true, name >Bob @ page of create_user"}, []string{"member_does_not_exist bob"}},
		{"a member who is reactivated by hand joins once he is back",
			given(noUserWrites, account(1, "ana", inactive), listed("ana", active(true)), team("qa", directory.Exact, members("ana"))),
			[]string{"create_group qa; =0"}, []string{"reactivate_user ana active false>true @ page of reactivate_user"}, []string{"member_does_not_exist ana"}},
		{"members of a group that is written by hand are all named",
			given(noUserWrites, noGroupCalls, listed("bob", named("Bob")), team("qa", directory.Exact, members("bob"))),
			nil, []string{"create_user bob active >true, name >Bob @ page of create_user", "create_group qa; +bob =0 @ page of create_group"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.manual, manual(p)); diff != "" {
				t.Errorf("manual steps (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, notes(p)); diff != "" && len(tt.notes)+len(p.Notes) > 0 {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
			if p.Empty() != (len(tt.want) == 0) {
				t.Errorf("Empty() = %v with %d actions: manual steps alone leave a plan empty", p.Empty(), len(tt.want))
			}
		})
	}
}

// Manual steps say why they are manual, unless the action has something of its own to say.
func TestBuild_manualDetail(t *testing.T) {
	p := given(noUserWrites, account(1, "ana"), account(2, "bob", inactive), group(7, "qa", 2), listed("ana", role("Lead")), listed("bob", active(true))).build(t)
	want := []string{"user writes need version 7.3", "comes back to qa; user writes need version 7.3"}
	for i := range want {
		if got := p.Manual[i].Detail; got != want[i] {
			t.Errorf("detail of %s is %q, want %q", p.Manual[i].ID, got, want[i])
		}
	}
}

// An administrator who is switched on again and whose flag can't be taken counts as one who is made.
func TestBuild_reactivationThatCannotDropAdmin(t *testing.T) {
	p := given(cannotWrite(plan.FieldAdmin), account(1, "ana", inactive, admin), account(2, "bob", inactive, admin),
		listed("ana", active(true)), listed("bob", active(true))).build(t)
	if diff := cmp.Diff([]string{"refused max_admin_grants 2/1"}, guards(p, plan.GuardRefused)); diff != "" {
		t.Errorf("guards (-want +got):\n%s", diff)
	}
}

func TestBuild_remarksOfTheReadingAreNotes(t *testing.T) {
	w := given(func(w *world) { w.live.Remarks = []string{"b", "a"} })
	if diff := cmp.Diff([]string{"reading", "reading"}, notes(w.build(t))); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

// A plan that creates people says what happens to them.
func TestBuild_invitations(t *testing.T) {
	invites := func(w *world) { w.caps.Joining = "the tool may mail an invitation" }
	for _, tt := range []struct {
		name  string
		given *world
		want  int
	}{
		{"two people are created, it is said once", given(invites, listed("ana", named("Ana")), listed("bob", named("Bob"))), 1},
		{"nobody is created", given(invites, account(1, "ana"), listed("ana", role("Lead"))), 0},
		{"the tool has nothing to say", given(listed("ana", named("Ana"))), 0},
		{"they are created by hand", given(invites, noUserWrites, listed("ana", named("Ana"))), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Count(strings.Join(notes(tt.given.build(t)), "\n"), string(plan.NoteInvitations)); got != tt.want {
				t.Errorf("%d notes about invitations, want %d", got, tt.want)
			}
		})
	}
}
