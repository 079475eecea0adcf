package apply_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

func joinApp(with ...func(*plan.Action)) plan.Action {
	with = append(with, field(plan.FieldProfile, plan.Value{}, plan.Text("Tester")))
	return act(plan.AddToProject, "app", 4, with...)
}

func leaveApp(members ...string) plan.Action {
	return act(plan.RemoveFromProject, "app", 4, removes(members...))
}

// In the project app (4) are ann and bob.
func TestRun_movesMembersOfProjects(t *testing.T) {
	const already = "left out, members already with a profile that can't be read: "
	tests := []struct {
		name    string
		before  []plan.Action // an earlier batch
		action  plan.Action
		meets   []error // what meets each project write ahead of its effect
		after   []error // and behind it
		refuses string  // calls that are refused
		edit    func(m *onUser)
		then    func(m *onUser) // by somebody else, when a write has met an error
		status  apply.Status
		calls   string // that are about projects
		written string // "": all of it
		says    []string
		left    []directory.UserID // members in the end; nil: of no interest
	}{
		{
			name: "people join with the profile that the plan names", action: joinApp(adds(cas, dee)),
			status: apply.Done, calls: "read_project 4; add_to_project 4 as 9 [3 4]", left: []directory.UserID{1, 2, 3, 4},
		},
		{
			name: "people leave", action: leaveApp(bob), status: apply.Done, calls: "read_project 4; remove_from_project 4 [2]", left: []directory.UserID{1},
		},
		{
			name: "who is a member since the plan is not added: his profile would be another", action: joinApp(adds(cas, dee)),
			edit:   func(m *onUser) { m.members[4] = []directory.UserID{1, 2, 3} },
			status: apply.Done, calls: "read_project 4; add_to_project 4 as 9 [4]", written: "+dee", says: []string{already + "cas@x.example"},
		},
		{
			name: "where all are members there is nothing to write", action: joinApp(adds(cas)),
			edit:   func(m *onUser) { m.members[4] = []directory.UserID{1, 2, 3} },
			status: apply.Done, calls: "read_project 4", written: "unwritten", says: []string{already + "cas@x.example", "nothing was left to write"},
		},
		{
			name: "who left since the plan is not removed", action: leaveApp("ann@x.example=1", bob),
			edit:   func(m *onUser) { m.members[4] = []directory.UserID{1} },
			status: apply.Done, calls: "read_project 4; remove_from_project 4 [1]", written: "-ann", says: []string{"left out, no members any more: bob@x.example"},
		},
		{
			name: "where all have left there is nothing to write", action: leaveApp(bob), edit: func(m *onUser) { m.members[4] = nil },
			status: apply.Done, calls: "read_project 4", written: "unwritten", says: []string{"left out, no members any more: bob@x.example", "nothing was left to write"},
		},
		{
			name: "who was created in this run joins", before: batch(act(plan.CreateUser, "eve@x.example", 0, named("Eve"))), action: joinApp(adds("eve@x.example")),
			status: apply.Done, calls: "read_project 4; add_to_project 4 as 9 [101]",
		},
		{
			name: "who could not be created is left out", before: batch(act(plan.CreateUser, "eve@x.example", 0, named("Eve"))), refuses: "create_user",
			action: joinApp(adds("eve@x.example", cas)), status: apply.Done, calls: "read_project 4; add_to_project 4 as 9 [3]", written: "+cas",
			says: []string{"left out, because there is no active account: eve@x.example"},
		},
		{
			name: "where nobody could be created nothing is done", before: batch(act(plan.CreateUser, "eve@x.example", 0, named("Eve"))), refuses: "create_user",
			action: joinApp(adds("eve@x.example")), status: apply.Blocked, says: []string{"there is no active account to be added: eve@x.example"},
		},
		{
			name: "who joins while the tool is busy is not added", action: joinApp(adds(cas, dee)), meets: []error{busy},
			then:   func(m *onUser) { m.members[4] = []directory.UserID{1, 2, 3} },
			status: apply.Done, calls: "read_project 4; add_to_project 4 as 9 [3 4]; read_project 4; add_to_project 4 as 9 [4]",
			says: []string{already + "cas@x.example"},
		},
		{
			name: "what took effect without an answer is not sent again", action: joinApp(adds(cas)), after: []error{down},
			status: apply.Done, calls: "read_project 4; add_to_project 4 as 9 [3]; read_project 4",
			says: []string{"the write was not answered; the project was read again and is as it should be"},
		},
		{
			name: "of what took effect in part the rest is sent, and who was there before is told still", action: joinApp(adds(bob, cas, dee)), after: []error{down},
			then:   func(m *onUser) { m.members[4] = []directory.UserID{1, 2, 3} },
			status: apply.Done, calls: "read_project 4; add_to_project 4 as 9 [3 4]; read_project 4; add_to_project 4 as 9 [4]", written: "+cas +dee",
			says: []string{already + "bob@x.example"},
		},
		{
			name: "a removal without an answer is looked for", action: leaveApp(bob), after: []error{down},
			status: apply.Done, calls: "read_project 4; remove_from_project 4 [2]; read_project 4",
			says: []string{"the write was not answered; the project was read again"},
		},
		{
			name: "a removal that took no effect is sent again", action: leaveApp(bob), meets: []error{down},
			status: apply.Done, calls: "read_project 4; remove_from_project 4 [2]; read_project 4; remove_from_project 4 [2]",
		},
		{
			name: "a write that stays without an answer is a failure in doubt", action: joinApp(adds(cas)), meets: []error{down, down, down, down, down},
			status: apply.Failed, says: []string{"unclear whether it took effect: HTTP 500"},
			calls: strings.TrimSuffix(strings.Repeat("read_project 4; add_to_project 4 as 9 [3]; ", 5), "; "),
		},
		{
			name: "what a write in doubt had to tell is told though the next read fails", action: joinApp(adds(bob, cas)), meets: []error{down},
			then:   func(m *onUser) { m.before = failsOn("read_project", refused) },
			status: apply.Failed, calls: "read_project 4; add_to_project 4 as 9 [3]; read_project 4",
			says: []string{already + "bob@x.example", "unclear whether it took effect: HTTP 500; then: read before the write: HTTP 400"},
		},
		{
			name: "a refusal is final", action: joinApp(adds(cas)), meets: []error{refused},
			status: apply.Failed, calls: "read_project 4; add_to_project 4 as 9 [3]", says: []string{"HTTP 400"},
		},
		{
			name: "nothing is written on the ground of a read that failed", action: joinApp(adds(cas)), refuses: "read_project",
			status: apply.Failed, calls: "read_project 4", says: []string{"read before the write: HTTP 400"},
		},
		{
			name: "a profile that is not live is not sent", action: act(plan.AddToProject, "app", 4, adds(cas), field(plan.FieldProfile, plan.Value{}, plan.Text("Boss"))),
			status: apply.Failed, says: []string{`field profile: profile "Boss" has no known id`},
		},
		{
			name: "nobody joins without a profile: the tool would choose one", action: act(plan.AddToProject, "app", 4, adds(cas)),
			status: apply.Failed, says: []string{"there is no profile to add members with"},
		},
		{
			name: "a project that the plan did not see is not written", action: act(plan.RemoveFromProject, "app", 44, removes(bob)),
			status: apply.Failed, says: []string{"project id 44 is not in the live state of the plan"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := instanceOnUser()
				m.members[4] = []directory.UserID{1, 2}
				next, behind := failsOn("", tt.meets...), failsOn("", tt.after...)
				meet := func(err error) error {
					if err != nil && tt.then != nil {
						m.edit(func(*memory) { tt.then(m) })
					}
					return err
				}
				isMove := func(call string) bool { return strings.Contains(call, "_project") && !strings.HasPrefix(call, "read") }
				m.before = func(call string) error {
					switch {
					case tt.refuses != "" && strings.HasPrefix(call, tt.refuses):
						return refused
					case isMove(call):
						return meet(next(call))
					}
					return nil
				}
				m.after = func(call string) error {
					if !isMove(call) {
						return nil
					}
					return meet(behind(call))
				}
				in := inputOnUser(m, planOf(tt.before, batch(tt.action)))
				if tt.edit != nil {
					tt.edit(m)
				}
				report := apply.Run(t.Context(), in)
				got := report.Outcomes[len(report.Outcomes)-1]

				if got.Status != tt.status {
					t.Errorf("status %s, want %s: %s", got.Status, tt.status, got.Error)
				}
				calls := slices.DeleteFunc(m.log(), func(call string) bool { return !strings.Contains(call, "_project") })
				if have := strings.Join(calls, "; "); have != tt.calls {
					t.Errorf("calls (-want +got):\n%s", cmp.Diff(strings.Split(tt.calls, "; "), calls))
				}
				said, sent := saidAndSent(&apply.Report{Outcomes: []apply.Outcome{got}})
				if sent != tt.written && !(tt.written == "" && tt.status == apply.Failed) {
					t.Errorf("written %q, want %q", sent, tt.written)
				}
				expectSaid(t, said, tt.says, true)
				if tt.left != nil {
					if diff := cmp.Diff(tt.left, m.members[4]); diff != "" {
						t.Errorf("members (-want +got):\n%s", diff)
					}
				}
			})
		})
	}
}

func TestRun_interruptedAtAProject(t *testing.T) {
	tests := []struct {
		name   string
		at     string
		err    error
		status apply.Status
		says   string
	}{
		{"before the write", "read_project", nil, apply.NotRun, "interrupted before the write"},
		{"while the write waits for its turn", "add_to_project", callError{canceled: true}, apply.NotRun, "interrupted before the write"},
		{"while the write is under way", "add_to_project", cut, apply.Failed, "unclear whether it took effect: connection cut"},
		{"after the write", "add_to_project", nil, apply.Done, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := instanceOnUser()
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			m.before = func(call string) error {
				if !strings.HasPrefix(call, tt.at) {
					return nil
				}
				interrupt()
				return tt.err
			}
			got := only(t, apply.Run(ctx, inputOnUser(m, planOf(batch(joinApp(adds(cas)))))))
			if got.Status != tt.status || got.Error != tt.says {
				t.Errorf("%s: %q, want %s: %q", got.Status, got.Error, tt.status, tt.says)
			}
		})
	}
}

// A project is read immediately before its write, and after every write before: what groups and deactivations did to its
// members is seen.
func TestRun_readsAProjectImmediatelyBeforeItsWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := instanceOnUser()
		m.members[4] = []directory.UserID{1, 2}
		web := act(plan.AddToProject, "web", 5, adds(cas), field(plan.FieldProfile, plan.Value{}, plan.Text("Developer")))
		m.after = func(string) error { time.Sleep(time.Second); return nil }
		apply.Run(t.Context(), inputOnUser(m, planOf(batch(joinApp(adds(cas)), web), batch(leaveApp(bob)))))
		want := []string{
			"read_project 4", "add_to_project 4 as 9 [3]", "read_project 5", "add_to_project 5 as 8 [3]",
			"read_project 4", "remove_from_project 4 [2]", "read",
		}
		if diff := cmp.Diff(want, m.log()); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}
