package plan_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

func change(f plan.Field, old, new plan.Value) plan.FieldChange {
	return plan.FieldChange{Field: f, Old: old, New: new}
}

// A report is a file, and a file may say anything. What is not of the people and groups that it names is left alone.
func TestUndo_reportsThatCannotBeTrue(t *testing.T) {
	member := func(name string, id directory.UserID) plan.Member { return plan.Member{User: mail(name), ID: id} }
	on := func(kind plan.Kind, subject string, id int64, fields ...plan.FieldChange) plan.Action {
		a := plan.Action{Kind: kind, Subject: subject, SubjectID: id, Fields: fields}
		if kind.OnUser() {
			a.Subject = string(mail(subject))
		} else {
			a.Members = &plan.MemberChange{}
		}
		return a
	}
	withMembers := func(a plan.Action, add, remove []plan.Member) plan.Action {
		a.Members = &plan.MemberChange{Add: add, Remove: remove}
		return a
	}
	lead := change(plan.FieldRole, plan.Text("Tester"), plan.Text("Lead"))
	for _, tt := range []struct {
		name  string
		ran   []plan.Action
		want  []string
		notes []string
	}{
		{"the id of somebody else", []plan.Action{on(plan.UpdateUser, "ana", 2, lead)}, nil, []string{"ana: the account (id 2) is bob now: left as it is"}},
		{"no id", []plan.Action{on(plan.UpdateUser, "bob", 0, lead)}, nil, []string{"bob: the report does not say which account it is"}},
		{"a negative id", []plan.Action{on(plan.UpdateUser, "bob", -2, lead)}, nil, []string{"bob: the account does not exist any more"}},
		{"a project that is not there", []plan.Action{on(plan.AddToProject, "bob", 2)}, nil, []string{"bob: the project does not exist any more, or bears another name: left as it is"}},
		{"an old value that is none", []plan.Action{on(plan.UpdateUser, "bob", 2, change(plan.FieldRole, plan.Value{}, plan.Text("Lead")))}, nil, []string{`bob: role was "", which can't be set`}},
		{"an empty name", []plan.Action{on(plan.UpdateUser, "bob", 2, change(plan.FieldName, plan.Text(""), plan.Text("bob")))}, nil, []string{`bob: name was "", which can't be set`}},
		{"a flag that is a text", []plan.Action{on(plan.UpdateUser, "bob", 2, change(plan.FieldActive, plan.Text("no"), plan.Flag(true)))}, nil, []string{`bob: active was "no", which can't be set`}},
		{"an address that is none", []plan.Action{on(plan.UpdateUser, "bob", 2, change(plan.FieldEmail, plan.Text("x\u202e@acme.example"), plan.Text(string(mail("bob")))))}, nil,
			[]string{`bob: email was "x\u202e", which is no address`}},
		{"one address for two", []plan.Action{
			on(plan.UpdateUser, "ana", 1, change(plan.FieldEmail, plan.Text("x@acme.example"), plan.Text(string(mail("ana"))))),
			on(plan.UpdateUser, "bob", 2, change(plan.FieldEmail, plan.Text("X@acme.example"), plan.Text(string(mail("bob"))))),
		}, []string{"update_user x email ana>x"}, []string{`bob: email was "X", which is the address of another account now`}},
		{"a member with the id of somebody else", []plan.Action{withMembers(on(plan.UpdateGroup, "qa", 7), []plan.Member{member("ana", 2)}, []plan.Member{member("cy", 1)})}, nil,
			[]string{"qa: cy (id 1) is ana now and is not added again", "qa: ana (id 2) is bob now: stays a member"}},
		{"a member with the id of somebody else whom the run changed", []plan.Action{on(plan.UpdateUser, "bob", 2, lead), withMembers(on(plan.UpdateGroup, "qa", 7), []plan.Member{member("ana", 2)}, nil)},
			[]string{"update_user bob role Lead>Tester"}, []string{"qa: ana (id 2) is bob now: stays a member"}},
		{"a member whom the run did not create", []plan.Action{withMembers(on(plan.UpdateGroup, "qa", 7), []plan.Member{member("bob", 0)}, nil)}, nil, nil},
		{"members twice", []plan.Action{withMembers(on(plan.UpdateGroup, "qa", 7), []plan.Member{member("bob", 2), member("bob", 2)}, []plan.Member{member("ana", 1), member("ana", 1)})},
			[]string{"update_group qa; +ana -bob =1"}, nil},
		{"a group under the id of another", []plan.Action{on(plan.CreateGroup, "qx", 7)}, nil, []string{`qx: the group is called "qa" now: left as it is`}},
		{"a group without an id", []plan.Action{on(plan.CreateGroup, "qa", 0)}, nil, []string{"qa: the report does not say which group it is"}},
		{"a group with members whom the report does not name", []plan.Action{withMembers(on(plan.CreateGroup, "qa", 7), []plan.Member{member("bob", 2)}, nil)}, nil,
			[]string{"qa: the group has gained members since (dan): it is not deleted"}},
		{"a group that had no name", []plan.Action{on(plan.UpdateGroup, "qa", 7, change(plan.FieldName, plan.Value{}, plan.Text("qa")))}, nil, []string{"qa: its old name is not in the report"}},
		{"one group changed twice", []plan.Action{withMembers(on(plan.UpdateGroup, "qa", 7), []plan.Member{member("bob", 2)}, nil), withMembers(on(plan.UpdateGroup, "qa", 7), nil, []plan.Member{member("ana", 1)})},
			[]string{"update_group qa; -bob =1"}, []string{"qa: the run changed two groups that have one name now: left as it is"}},
		{"one group deleted twice", []plan.Action{on(plan.DeleteGroup, "gone", 3), on(plan.DeleteGroup, "gone", 4)}, []string{"create_group gone; =0"},
			[]string{"gone: comes back under another id than 3 and without project access", "gone: a group of this name is there again: left as it is"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := given(account(1, "ana"), account(2, "bob", lives("Lead")), account(4, "dan"), group(7, "qa", 2, 4), project(1, "P"))
			p, err := plan.Undo(plan.Ran{ID: "run-1", Done: tt.ran}, &w.want, &w.live, w.caps, w.opts)
			if err != nil {
				t.Fatalf("Undo: %v: %q", err, problems(err))
			}
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, remarks(p)); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

// What an instance does not show is not taken for what it was.
func TestUndo_whatCannotBeRead(t *testing.T) {
	w := given(account(1, "ana"), listed("ana", asAdmin(true)), group(7, "qa"), team("qa", directory.Exact, members("ana")))
	ran, now, err := w.ran(w.build(t))
	if err != nil {
		t.Fatal(err)
	}
	now.caps = fullCaps()
	now.caps.Reported[plan.FieldAdmin], now.caps.ReadsGroups = false, false
	now.live.Users[0].Admin, now.live.Groups = false, nil
	p, err := plan.Undo(ran, &now.want, &now.live, now.caps, now.opts)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"ana: this instance does not report admin", "qa: the groups can't be read here"}
	if diff := cmp.Diff(want, remarks(p)); diff != "" || !p.Empty() {
		t.Errorf("%q, notes (-want +got):\n%s", lines(p), diff)
	}
}

// Where roles can't be listed, a role that nobody bears any more may still be there.
func TestUndo_rolesThatCannotBeListed(t *testing.T) {
	w := given(account(1, "ana"), listed("ana", role("Lead")))
	ran, now, err := w.ran(w.build(t))
	if err != nil {
		t.Fatal(err)
	}
	now.caps.ReadsRoles, now.live.Roles = false, nil
	p, err := plan.Undo(ran, &now.want, &now.live, now.caps, now.opts)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"update_user ana role Lead>Tester"}, lines(p)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}

// A saved undo whose ground is gone is stale, and no problem of a file that nobody wrote.
func TestUndo_goneBeforeItIsApplied(t *testing.T) {
	w := given(accounts(1, 2), listed("u1", role("Lead")), listed("u2"), group(7, "qa", 1), team("qa", directory.Exact, members("u2")))
	ran, now, err := w.ran(w.build(t))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Undo(ran, &now.want, &now.live, now.caps, now.opts)
	if err != nil {
		t.Fatal(err)
	}
	approved := saved(t, p)
	then := directory.Live{Users: now.live.Users[1:], Roles: now.live.Roles}
	c, err := plan.Approve(approved, plan.TakeBack(ran, &now.want, &then, now.caps), &then, now.caps, now.opts)
	if err != nil {
		t.Fatalf("Approve: %v: %q", err, problems(err))
	}
	want := []string{`stale update_user:u1: no account bears the address any more`, "stale update_group:qa: the group does not exist any more"}
	if diff := cmp.Diff(want, contract(c)); diff != "" {
		t.Errorf("contract (-want +got):\n%s", diff)
	}
}

// An undo can only narrow, like every plan: what its report does not ask for is stale.
func TestTakeBack_isAllThatAnUndoCanDo(t *testing.T) {
	w := given(account(1, "ana"), account(2, "bob"), listed("ana", role("Lead")), group(7, "qa", 1, 2))
	ran, now, err := w.ran(w.build(t))
	if err != nil {
		t.Fatal(err)
	}
	forge := *w
	forge.live = now.live
	forge.want.Users, forge.want.Groups = nil, nil
	for _, p := range []part{listed("ana", role("Tester"), asAdmin(true)), listed("bob", asAdmin(true)), listed("eve", named("Eve"), asAdmin(true)), team("qa", directory.Exact, members("ana"))} {
		p(&forge)
	}
	forged := forge.build(t)
	forged.Undoes = ran.ID
	c, err := plan.Approve(saved(t, forged), plan.TakeBack(ran, &now.want, &now.live, now.caps), &now.live, now.caps, now.opts)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"do update_user ana role Lead>Tester",
		"stale create_user:eve: it is not as the run left it any more, or the run did not do it",
		"stale update_group:qa: it is not as the run left it any more, or the run did not do it",
		"stale update_user:bob: it is not as the run left it any more, or the run did not do it",
	}
	got := contract(c)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("contract (-want +got):\n%s", diff)
	}
}

// A change of an address that was not answered may have taken effect: the account is the same by either.
func TestUndo_afterAnAddressThatMayHaveChanged(t *testing.T) {
	w := given(accounts(1, 2), group(7, "qa", 2))
	ran := plan.Ran{
		ID: "run-1",
		Done: []plan.Action{{Kind: plan.UpdateGroup, Subject: "qa", SubjectID: 7,
			Members: &plan.MemberChange{Remove: []plan.Member{{User: mail("ana"), ID: 1}}}}},
		Failed: []plan.Action{{Kind: plan.UpdateUser, Subject: string(mail("u1")), SubjectID: 1,
			Fields: []plan.FieldChange{change(plan.FieldEmail, plan.Text(string(mail("ana"))), plan.Text(string(mail("u1"))))}}},
	}
	p, err := plan.Undo(ran, &w.want, &w.live, w.caps, w.opts)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"update_group qa; +u1 =1"}, lines(p)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}

// A scope that selects nothing is a mistake of whoever wrote it, not an empty undo.
func TestUndo_scopeOfNobody(t *testing.T) {
	w := given(account(1, "ana"), listed("ana", role("Lead")))
	ran, now, err := w.ran(w.build(t))
	if err != nil {
		t.Fatal(err)
	}
	only("user:eve" + domain)(now)
	if p, err := plan.Undo(ran, &now.want, &now.live, now.caps, now.opts); err == nil {
		t.Errorf("Undo: %q, want an error", lines(p))
	}
}
