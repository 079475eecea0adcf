package apply_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

const addCas = "cas@x.example=3"

func TestRun_mergesGroupsWithEditsSinceThePlan(t *testing.T) {
	tests := []struct {
		name   string
		setup  func(m *memory)
		action plan.Action
		edit   func(m *memory) // by somebody else, after the plan
		status apply.Status
		write  string // "": none
		says   string // part of the error or of a remark; "": neither
	}{
		{
			name:   "a member is added to the full list",
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			status: apply.Done, write: "update_group 7 qa [1 2 3]",
		},
		{
			name:   "a member is removed from the full list",
			action: act(plan.UpdateGroup, "qa", 7, removes("bob@x.example=2")),
			status: apply.Done, write: "update_group 7 qa [1]",
		},
		{
			name:   "somebody else's addition is kept and said",
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			edit:   func(m *memory) { m.setMembers(7, 1, 2, 4) },
			status: apply.Done, write: "update_group 7 qa [1 2 3 4]", says: "kept, added by somebody else since the plan: dee@x.example",
		},
		{
			name:   "somebody else's removal is not undone and said",
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			edit:   func(m *memory) { m.setMembers(7, 1) },
			status: apply.Done, write: "update_group 7 qa [1 3]", says: "not restored, removed by somebody else since the plan: bob@x.example",
		},
		{
			name:   "our addition that is there already is nothing to do",
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			edit:   func(m *memory) { m.setMembers(7, 1, 2, 3) },
			status: apply.Done, says: "nothing was left to write",
		},
		{
			name:   "one of two additions that is there already is no remark",
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas, "dee@x.example=4")),
			edit:   func(m *memory) { m.setMembers(7, 1, 2, 3) },
			status: apply.Done, write: "update_group 7 qa [1 2 3 4]",
		},
		{
			name:   "our removal that somebody else made is nothing to do",
			action: act(plan.UpdateGroup, "qa", 7, removes("bob@x.example=2")),
			edit:   func(m *memory) { m.setMembers(7, 1) },
			status: apply.Done, says: "nothing was left to write",
		},
		{
			name:   "a member whom nobody knows by address is carried by id",
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			edit:   func(m *memory) { m.setMembers(7, 1, 2, 99) },
			status: apply.Done, write: "update_group 7 qa [1 2 3 99]", says: "user id 99",
		},
		{
			name:   "an inactive member whom the group hides stays in the list",
			setup:  func(m *memory) { m.users[1].Active, m.hideInactive = false, true },
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			status: apply.Done, write: "update_group 7 qa [1 2 3]", says: "sent and not in the answered list, because they are inactive: bob@x.example",
		},
		{
			name:   "an inactive member to remove whom the group hides is written off",
			setup:  func(m *memory) { m.users[1].Active, m.hideInactive = false, true },
			action: act(plan.UpdateGroup, "qa", 7, removes("bob@x.example=2")),
			status: apply.Done, write: "update_group 7 qa [1]",
		},
		{
			name:   "the name is sent as it is spelled now",
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			edit:   func(m *memory) { m.groups[0].Name = "QA (old)" },
			status: apply.Done, write: "update_group 7 QA (old) [1 2 3]", says: `renamed from "qa" to "QA (old)" by somebody else`,
		},
		{
			name:   "a planned rename is sent with the list",
			action: act(plan.UpdateGroup, "qa2", 7, renamed("qa", "qa2")),
			status: apply.Done, write: "update_group 7 qa2 [1 2]",
		},
		{
			name:   "a planned rename that somebody else made is nothing to do",
			action: act(plan.UpdateGroup, "qa2", 7, renamed("qa", "qa2")),
			edit:   func(m *memory) { m.groups[0].Name = "qa2" },
			status: apply.Done, says: "nothing was left to write",
		},
		{
			name:   "a planned rename of what has a third name now is not written",
			action: act(plan.UpdateGroup, "qa2", 7, renamed("qa", "qa2"), adds(addCas)),
			edit:   func(m *memory) { m.groups[0].Name = "qa3" },
			status: apply.Failed, says: `renamed to "qa3" by somebody else since the plan`,
		},
		{
			name:   "an update of a group that vanished fails",
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			edit:   func(m *memory) { m.groups = nil },
			status: apply.Failed, says: "read before the write: HTTP 400",
		},
		{
			name:   "an answer without an active member who was sent fails",
			setup:  func(m *memory) { m.twistGroup = func(g *directory.Group) { g.Members = []directory.UserID{1, 2} } },
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			status: apply.Failed, write: "update_group 7 qa [1 2 3]", says: "members are missing: cas@x.example",
		},
		{
			name: "an answer with a member who was not sent fails",
			setup: func(m *memory) {
				m.twistGroup = func(g *directory.Group) { g.Members = []directory.UserID{1, 2, 3, 4} }
			},
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			status: apply.Failed, write: "update_group 7 qa [1 2 3]", says: "members were not sent: dee@x.example",
		},
		{
			name:   "an answer with another name fails",
			setup:  func(m *memory) { m.twistGroup = func(g *directory.Group) { g.Name = "qa" } },
			action: act(plan.UpdateGroup, "qa2", 7, renamed("qa", "qa2")),
			status: apply.Failed, write: "update_group 7 qa2 [1 2]", says: `name is "qa", not "qa2"`,
		},
		{
			name:   "an answer about another group fails",
			setup:  func(m *memory) { m.twistGroup = func(g *directory.Group) { g.ID = 8 } },
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			status: apply.Failed, write: "update_group 7 qa [1 2 3]", says: "answer is about group id 8, not 7",
		},
		{
			name:   "a member to add whom nobody knows is left out and said",
			action: act(plan.UpdateGroup, "qa", 7, adds("nobody@x.example", addCas)),
			status: apply.Done, write: "update_group 7 qa [1 2 3]", says: "left out, because there is no active account: nobody@x.example",
		},
		{
			name:   "members to add of whom nobody is known block a write that would change nothing else",
			action: act(plan.UpdateGroup, "qa", 7, adds("nobody@x.example", "none@x.example")),
			status: apply.Blocked, says: "there is no active account to be added: nobody@x.example, none@x.example",
		},
		{
			name:   "members to add of whom nobody is known do not block a rename",
			action: act(plan.UpdateGroup, "qa2", 7, renamed("qa", "qa2"), adds("nobody@x.example")),
			status: apply.Done, write: "update_group 7 qa2 [1 2]", says: "left out, because there is no active account: nobody@x.example",
		},
		{
			name:   "a member to add whom nobody knows blocks a write that removes",
			action: act(plan.UpdateGroup, "qa", 7, adds("nobody@x.example"), removes("bob@x.example=2")),
			status: apply.Blocked, says: "would remove members while others have no active account to be added: nobody@x.example",
		},
		{
			name:   "a group is deleted",
			action: act(plan.DeleteGroup, "qa", 7),
			status: apply.Done, write: "delete_group 7",
		},
		{
			name:   "a group that lost a member since the plan is deleted",
			action: act(plan.DeleteGroup, "qa", 7),
			edit:   func(m *memory) { m.setMembers(7, 1) },
			status: apply.Done, write: "delete_group 7",
		},
		{
			name:   "a delete of a group that gained a member is blocked",
			action: act(plan.DeleteGroup, "qa", 7),
			edit:   func(m *memory) { m.setMembers(7, 1, 2, 4) },
			status: apply.Blocked, says: "gained members since the plan: dee@x.example",
		},
		{
			name:   "a delete of a group that was renamed is blocked",
			action: act(plan.DeleteGroup, "qa", 7),
			edit:   func(m *memory) { m.groups[0].Name = "keep" },
			status: apply.Blocked, says: `renamed to "keep" by somebody else since the plan`,
		},
		{
			name:   "a delete of a group that vanished is done",
			action: act(plan.DeleteGroup, "qa", 7),
			edit:   func(m *memory) { m.groups = nil },
			status: apply.Done, says: "was gone already",
		},
		{
			name:   "a delete whose group can't be read fails",
			setup:  func(m *memory) { m.before = failsOn("read_group", refused) },
			action: act(plan.DeleteGroup, "qa", 7),
			status: apply.Failed, says: "read before the write: HTTP 400",
		},
		{
			name:   "an unanswered delete that took effect is done",
			setup:  func(m *memory) { m.after = failsOn("delete_group", cut) },
			action: act(plan.DeleteGroup, "qa", 7),
			status: apply.Done, write: "delete_group 7", says: "the write was not answered; the group is gone",
		},
		{
			name:   "an unanswered delete that took no effect fails and is not sent again",
			setup:  func(m *memory) { m.before = failsOn("delete_group", cut) },
			action: act(plan.DeleteGroup, "qa", 7),
			status: apply.Failed, write: "delete_group 7", says: "unclear whether it took effect: connection cut",
		},
		{
			name:   "an update that is refused fails with the tool's words",
			setup:  func(m *memory) { m.before = failsOn("update_group", refused) },
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			status: apply.Failed, write: "update_group 7 qa [1 2 3]", says: "HTTP 400",
		},
		{
			name:   "a refusal is tried once more without the inactive members, and said",
			setup:  func(m *memory) { m.users[1].Active, m.bansInactive = false, true },
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			status: apply.Done, write: "update_group 7 qa [1 2 3]; update_group 7 qa [1 2 3]; update_group 7 qa [1 3]",
			says: "left out, because the tool refuses a list that holds inactive accounts: bob@x.example",
		},
		{
			name: "a refusal that does not come again costs nobody anything",
			setup: func(m *memory) {
				m.users[1].Active = false
				m.before = failsOn("update_group", refused)
			},
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			status: apply.Done, write: "update_group 7 qa [1 2 3]; update_group 7 qa [1 2 3]",
		},
		{
			name: "a refusal for another reason is the tool's first word",
			setup: func(m *memory) {
				m.users[1].Active = false
				m.before = failsOn("update_group", refused, refused, refused)
			},
			action: act(plan.UpdateGroup, "qa", 7, adds(addCas)),
			status: apply.Failed, write: "update_group 7 qa [1 2 3]; update_group 7 qa [1 2 3]; update_group 7 qa [1 3]", says: "HTTP 400",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := instance(team(7, "qa", 1, 2))
			if tt.setup != nil {
				tt.setup(m)
			}
			in := input(m, planOf(batch(tt.action)))
			if tt.edit != nil {
				m.edit(tt.edit)
			}
			got := only(t, apply.Run(t.Context(), in))

			if got.Status != tt.status {
				t.Errorf("status %s, want %s: %s", got.Status, tt.status, got.Error)
			}
			if tried := tt.status != apply.Blocked; tried == got.Started.IsZero() || tried == got.Finished.IsZero() {
				t.Errorf("started %s, finished %s of an action that is %s", got.Started, got.Finished, got.Status)
			}
			if write := strings.Join(m.writes(), "; "); write != tt.write {
				t.Errorf("writes %q, want %q", write, tt.write)
			}
			said := strings.Join(append(got.Remarks, got.Error), "\n")
			if !strings.Contains(said, tt.says) || tt.says == "" && said != "" {
				t.Errorf("said %q, want %q", said, tt.says)
			}
		})
	}
}

func TestRun_keepsAMemberWhomThisRunDeactivated(t *testing.T) {
	for name, answer := range map[string]error{"by a clear answer": nil, "by an answer that was cut": cut} {
		t.Run(name, func(t *testing.T) {
			m := instance(team(7, "qa", 1, 2))
			m.hideInactive, m.after = true, failsOn("update_user", answer)
			in := input(m, planOf(batch(off("bob", 2)), batch(act(plan.UpdateGroup, "qa", 7, adds(addCas)))))
			report := apply.Run(t.Context(), in)

			want := []string{"update_user 2 active=false", "update_group 7 qa [1 2 3]"}
			if diff := cmp.Diff(want, m.writes()); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
			if got := report.Outcomes[1]; got.Status != apply.Done {
				t.Errorf("group is %s: %s", got.Status, got.Error)
			}
		})
	}
}

func TestRun_readsAGroupImmediatelyBeforeItsWrite(t *testing.T) {
	m := instance(team(7, "qa", 1), team(8, "ops", 1), team(9, "old"))
	in := input(m, planOf(
		batch(act(plan.UpdateGroup, "ops", 8, adds(addCas)), act(plan.UpdateGroup, "qa", 7, adds(addCas))),
		batch(act(plan.DeleteGroup, "old", 9)),
	))
	apply.Run(t.Context(), in)

	want := []string{
		"read_group 8", "update_group 8 ops [1 3]",
		"read_group 7", "update_group 7 qa [1 3]",
		"read_group 9", "delete_group 9",
		"read",
	}
	if diff := cmp.Diff(want, m.log()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestRun_bindsThoseWhomItCreates(t *testing.T) {
	m := instance(team(7, "qa", 1))
	in := input(m, planOf(
		batch(act(plan.CreateUser, "Eve@x.example", 0, named("Eve"))),
		batch(act(plan.CreateGroup, "new", 0, adds("eve@x.example", "ann@x.example=1"))),
		batch(act(plan.UpdateGroup, "qa", 7, adds("eve@x.example"))),
	))
	report := apply.Run(t.Context(), in)

	want := []string{"create_user email=Eve@x.example name=Eve active=true", "create_group new [1 101]", "update_group 7 qa [1 101]"}
	if diff := cmp.Diff(want, m.writes()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	if report.Result != apply.Converged || report.ExitCode != 0 {
		t.Errorf("result %s, exit %d", report.Result, report.ExitCode)
	}
}

func TestRun_doesWithoutMembersWhoCouldNotBeMade(t *testing.T) {
	tests := []struct {
		name   string
		first  plan.Action
		group  plan.Action
		status apply.Status
		writes string
	}{
		{
			name:  "a group write that removes nobody goes on without him",
			first: act(plan.CreateUser, "eve@x.example", 0, named("Eve")),
			group: act(plan.UpdateGroup, "qa", 7, adds("eve@x.example", addCas)), status: apply.Done,
			writes: "update_group 7 qa [1 2 3]",
		},
		{
			name:  "a new group is made without him",
			first: act(plan.CreateUser, "eve@x.example", 0, named("Eve")),
			group: act(plan.CreateGroup, "new", 0, adds("eve@x.example", addCas)), status: apply.Done,
			writes: "create_group new [3]",
		},
		{
			name:  "a group write that removes somebody is blocked",
			first: act(plan.CreateUser, "eve@x.example", 0, named("Eve")),
			group: act(plan.UpdateGroup, "qa", 7, adds("eve@x.example"), removes("bob@x.example=2")), status: apply.Blocked,
		},
		{
			name:  "also if there is somebody else to add",
			first: act(plan.CreateUser, "eve@x.example", 0, named("Eve")),
			group: act(plan.UpdateGroup, "qa", 7, adds("eve@x.example", addCas), removes("bob@x.example=2")), status: apply.Blocked,
		},
		{
			name:  "whoever was not reactivated is not added",
			first: act(plan.ReactivateUser, "dee@x.example", 4),
			group: act(plan.UpdateGroup, "qa", 7, adds("dee@x.example=4", addCas)), status: apply.Done,
			writes: "update_group 7 qa [1 2 3]",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := instance(team(7, "qa", 1, 2))
			m.before = func(call string) error {
				if strings.HasPrefix(call, "create_user") || strings.HasPrefix(call, "update_user") {
					return refused
				}
				return nil
			}
			report := apply.Run(t.Context(), input(m, planOf(batch(tt.first), batch(tt.group))))

			if got := report.Outcomes[1]; got.Status != tt.status {
				t.Errorf("group is %s, want %s: %s %v", got.Status, tt.status, got.Error, got.Remarks)
			}
			if tt.status == apply.Done && !strings.Contains(strings.Join(report.Outcomes[1].Remarks, ""), "left out") {
				t.Errorf("remarks %q do not say who was left out", report.Outcomes[1].Remarks)
			}
			if got := strings.Join(m.writes()[1:], "; "); got != tt.writes {
				t.Errorf("writes %q, want %q", got, tt.writes)
			}
			if report.Result != apply.NotConverged || report.ExitCode != 5 {
				t.Errorf("result %s, exit %d", report.Result, report.ExitCode)
			}
		})
	}
}
