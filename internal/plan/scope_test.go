package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

func TestCheckScope(t *testing.T) {
	for _, tt := range []struct {
		only string
		want []string
	}{
		{"user:an" + domain, []string{`problem: --only: neither the file nor the tool knows user:an (did you mean "ana"?)`}},
		{"group:quality", []string{"problem: --only: neither the file nor the tool knows group:quality"}},
		{"group:old", nil}, // a former name
		{"user:was" + domain, nil},
		{"user:ANA" + domain, nil},
	} {
		w := given(account(1, "ana"), listed("ana", formerly("was")), group(7, "qa"), team("qa", directory.Exact, members("ana"), formerName("old")), only(tt.only))
		err := plan.CheckScope(&w.want, &w.live, w.opts.Scope)
		if diff := cmp.Diff(tt.want, problems(err)); diff != "" {
			t.Errorf("%s: problems (-want +got):\n%s", tt.only, diff)
		}
	}
}

func TestBuild_scope(t *testing.T) {
	// ana becomes Lead, bob leaves, cy is new, dee comes back; qa gains cy and loses bob, web gains ana and is renamed.
	month := all(
		account(1, "ana"), account(2, "bob"), account(4, "dee", inactive),
		listed("ana", role("Lead")), listed("bob", active(false)), listed("cy", named("Cy")), listed("dee", active(true)),
		group(7, "qa", 2), team("qa", directory.Exact, members("cy", "dee")),
		group(8, "www", 2), team("web", directory.Exact, members("ana", "bob"), formerName("www")),
		group(9, "old"), unlisted(directory.PolicyIgnore, directory.PolicyDelete), project(3, "P"),
	)
	everything := []string{
		"deactivate_user bob active true>false",
		"create_user cy active >true, name >Cy",
		"update_user ana role Tester>Lead",
		"reactivate_user dee active false>true",
		"update_group qa; +cy +dee -bob =0 (needs create_user:cy, reactivate_user:dee)",
		"update_group web name www>web; +ana =1",
		"delete_group old; =0 [unlisted]",
	}
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
		note  string
	}{
		{"the zero scope is everything", given(month), everything, ""},
		{"one person: his own action and his part of each group", given(month, only("user:ana"+domain)), []string{
			"update_user ana role Tester>Lead",
			"update_group web; +ana =1",
		}, "5 actions are left out and 1 action is done in part: the scope of this run"},
		{"a person is selected in any case", given(month, only("user: ANA"+domain)), []string{
			"update_user ana role Tester>Lead",
			"update_group web; +ana =1",
		}, "5 actions are left out and 1 action is done in part: the scope of this run"},
		{"a person who leaves a group", given(month, only("user:bob"+domain)), []string{
			"deactivate_user bob active true>false",
			"update_group qa; -bob =0",
		}, "5 actions are left out and 1 action is done in part: the scope of this run"},
		{"a group brings the people it needs", given(month, only("group:qa")), []string{
			"create_user cy active >true, name >Cy",
			"reactivate_user dee active false>true",
			"update_group qa; +cy +dee -bob =0 (needs create_user:cy, reactivate_user:dee)",
		}, "4 actions are left out: the scope of this run"},
		{"a group by its former name", given(month, only("group:www")), []string{"update_group web name www>web; +ana =1"}, "6 actions are left out: the scope of this run"},
		{"a group that is deleted", given(month, only("group:old")), []string{"delete_group old; =0 [unlisted]"}, "6 actions are left out: the scope of this run"},
		{"several", given(month, only("user:bob"+domain, "group:web")), []string{
			"deactivate_user bob active true>false",
			"update_group qa; -bob =0",
			"update_group web name www>web; +ana =1",
		}, "4 actions are left out and 1 action is done in part: the scope of this run"},
		{"somebody with whom nothing is wrong", given(month, account(900, "fine"), listed("fine"), only("user:fine"+domain)), nil, "7 actions are left out: the scope of this run"},
		{"no removals: nobody is deactivated or removed and no group is deleted", given(month, noRemovals), []string{
			"create_user cy active >true, name >Cy",
			"update_user ana role Tester>Lead",
			"reactivate_user dee active false>true",
			"update_group qa; +cy +dee =1",
			"update_group web name www>web; +ana =1",
		}, "2 actions are left out and 1 action is done in part: the scope of this run"},
		{"no removals of one person", given(month, noRemovals, only("user:bob"+domain)), nil, "7 actions are left out: the scope of this run"},
		{"a person who is re-addressed may be named by either address, also where he is removed",
			given(account(1, "old"), listed("new", formerly("old")), group(7, "qa", 1), team("qa", directory.Exact, members()), only("user:new"+domain)),
			[]string{"update_user new email old>new", "update_group qa; -old =0"}, ""},
		{"by the former address",
			given(account(1, "old"), listed("new", formerly("old")), group(7, "qa"), team("qa", directory.Exact, members("new")), only("user:old"+domain)),
			[]string{"update_user new email old>new", "update_group qa; +new =0"}, ""},
		{"of a new group a selected person's part", given(account(1, "ana"), account(2, "bob"), listed("ana"), listed("bob"), team("qa", directory.Exact, members("ana", "bob")), only("user:ana"+domain)),
			[]string{"create_group qa; +ana =0"}, "1 action is done in part: the scope of this run"},
		{"manual steps are filtered as well", given(noUserWrites, month, account(900, "fine"), listed("fine"), only("user:fine"+domain)), nil, "7 actions are left out: the scope of this run"},
		{"a scope that leaves nothing out needs no note", given(account(1, "ana"), listed("ana", role("Lead")), only("user:ana"+domain), noRemovals),
			[]string{"update_user ana role Tester>Lead"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			note := ""
			for _, n := range p.Notes {
				if n.Code == plan.NoteLeftOut {
					note = n.Text
				}
			}
			if note != tt.note {
				t.Errorf("note %q, want %q", note, tt.note)
			}
			if len(p.Manual) > 0 {
				t.Errorf("manual steps %q", manual(p))
			}
		})
	}
}

// Guards see what is left: a limit that the whole plan would exceed does not stop a part of it.
func TestBuild_guardsSeeTheScope(t *testing.T) {
	w := given(accounts(1, 30), leavers(1, 30))
	if got := guards(w.build(t), plan.GuardRefused); len(got) == 0 {
		t.Fatal("30 deactivations of 30 are not refused")
	}
	w.opts.Scope.Only = []string{"user:u7" + domain}
	p := w.build(t)
	if diff := cmp.Diff([]string{"ok max_deactivations 1/5"}, guards(p, plan.GuardRefused, plan.GuardOK)); diff != "" {
		t.Errorf("guards (-want +got):\n%s", diff)
	}
}
