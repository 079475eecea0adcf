package apply_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// A wait before another try is time in which somebody else edits: each try looks at the person again.
func TestRun_readsAPersonAgainBeforeEachTry(t *testing.T) {
	named := callSome("cas", 3)
	join := act(plan.UpdateGroup, "ops", 7, adds(cas))
	putIntoWeb := func(m *memory) { m.setMembers(6, 2, 3) }
	tests := []struct {
		name    string
		batches [][]plan.Action
		before  []error       // what meets each write ahead of its effect
		after   []error       // and behind it
		edit    func(*memory) // by somebody else, when a write has met an error
		early   func(*memory) // since the plan
		status  string
		calls   string
		written string
		says    []string
	}{
		{
			name: "who was put into a group while the tool was busy stays in it", batches: [][]plan.Action{batch(join)}, before: []error{busy}, edit: putIntoWeb,
			status: "done", calls: "read_user 3; update_user 3 groups=[7]; read_user 3; update_user 3 groups=[6 7]",
			says: []string{`kept in "web", added by somebody else since the plan: cas@x.example`},
		},
		{
			name: "who was put into a group while the tool was down stays in it", batches: [][]plan.Action{batch(named), batch(join)}, before: []error{down}, edit: putIntoWeb,
			status: "done done", calls: "read_user 3; update_user 3 given=CAS groups=[7]; read_user 3; update_user 3 given=CAS groups=[6 7]",
			says: []string{`kept in "web", added by`},
		},
		{
			name: "what took effect without an answer is not sent again", batches: [][]plan.Action{batch(named), batch(join)}, after: []error{down},
			status: "done done", calls: "read_user 3; update_user 3 given=CAS groups=[7]; read_user 3",
			says: []string{"the write was not answered; the account was read again and is as it should be"},
		},
		{
			name: "nor is a group that took effect without an answer", batches: [][]plan.Action{batch(join)}, after: []error{down},
			status: "done", calls: "read_user 3; update_user 3 groups=[7]; read_user 3",
			says: []string{"the write was not answered; the account was read again and is as it should be"},
		},
		{
			name: "what is seen in part only is sent again", batches: [][]plan.Action{batch(named), batch(join)}, after: []error{down},
			edit: func(m *memory) { m.setMembers(7) }, status: "done done",
			calls: "read_user 3; update_user 3 given=CAS groups=[7]; read_user 3; update_user 3 given=CAS groups=[7]",
		},
		{
			name: "a field that can't be read back is sent again", after: []error{down},
			batches: [][]plan.Action{batch(act(plan.UpdateUser, "cas@x.example", 3, field(plan.FieldMFARequired, plan.Value{}, plan.Flag(true))))},
			status:  "done", calls: "read_user 3; update_user 3 mfa=true; read_user 3; update_user 3 mfa=true",
		},
		{
			name: "what a write in doubt had to tell is told though the next read fails", batches: [][]plan.Action{batch(join)}, before: []error{down},
			edit: func(m *memory) { m.setMembers(6, 2, 3); m.users = m.users[:2] }, early: putIntoWeb, status: "failed",
			calls: "read_user 3; update_user 3 groups=[6 7]; read_user 3",
			says:  []string{`kept in "web", added by somebody else since the plan: cas@x.example`, "cas@x.example: unclear whether it took effect: HTTP 500; then: read before the write: HTTP 400"},
		},
		{
			name: "five tries without an answer are a failure in doubt, and may have been ours", batches: [][]plan.Action{batch(join)}, before: []error{down, down, down, down, down},
			status: "failed", calls: strings.TrimSuffix(strings.Repeat("read_user 3; update_user 3 groups=[7]; ", 5), "; "),
			says: []string{"cas@x.example: unclear whether it took effect: HTTP 500"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := instanceOnUser(team(5, "qa", 1, 2), team(6, "web", 2), team(7, "ops"))
				met := func(errs []error) func(string) error {
					next := failsOn("update_user", errs...)
					return func(call string) error {
						err := next(call)
						if err != nil && tt.edit != nil {
							m.edit(tt.edit)
						}
						return err
					}
				}
				m.before, m.after = met(tt.before), met(tt.after)
				in := inputOnUser(m, planOf(tt.batches...))
				delete(in.Caps.Reported, plan.FieldMFARequired)
				if tt.early != nil {
					m.edit(tt.early)
				}
				report := apply.Run(t.Context(), in)

				if calls := strings.TrimSuffix(strings.Join(m.log(), "; "), "; read"); calls != tt.calls {
					t.Errorf("calls (-want +got):\n%s", cmp.Diff(strings.Split(tt.calls, "; "), strings.Split(calls, "; ")))
				}
				if got := strings.Join(became(report), " "); got != tt.status {
					t.Errorf("statuses %q, want %q", got, tt.status)
				}
				said, sent := saidAndSent(report)
				if sent != tt.written {
					t.Errorf("written %q, want %q", sent, tt.written)
				}
				expectSaid(t, said, tt.says, false)
			})
		})
	}
}

// An account that a create without an answer may have made is ours only if it is in the groups that were sent.
func TestRun_adoptsAnAccountByItsGroups(t *testing.T) {
	tests := []struct {
		name   string
		groups []directory.GroupID // of the account that is found
		read   error               // what its reading meets
		status string
		says   string
	}{
		{"the groups that were sent", []directory.GroupID{5, 7}, nil, "done done done", "is as it was sent (user id 101)"},
		{"one of them", []directory.GroupID{5}, nil, "failed blocked blocked", `account exists (user id 101) and is not the one that was sent: answer differs from what was sent: groups are missing: "ops"`},
		{"another besides", []directory.GroupID{5, 6, 7}, nil, "failed blocked blocked", `is in groups that were not sent: "web"`},
		{"groups that can't be read", []directory.GroupID{5, 7}, broken, "failed blocked blocked", "account exists (user id 101) and can't be read: HTTP 502"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := instanceOnUser(team(5, "qa", 1, 2), team(6, "web", 2), team(7, "ops"))
			m.after = func(call string) error {
				m.edit(func(*memory) { _ = m.join(101, tt.groups, false) })
				return cut
			}
			m.before = failsOn("read_user", tt.read)
			report := apply.Run(t.Context(), inputOnUser(m, planOf(
				batch(act(plan.CreateUser, "eve@x.example", 0, named("Eve"))),
				batch(act(plan.UpdateGroup, "ops", 7, adds("eve@x.example"), needs("create_user:eve@x.example")), act(plan.UpdateGroup, "qa", 5, adds("eve@x.example"), needs("create_user:eve@x.example"))),
			)))
			create := outcomeOf(t, report, "create_user:eve@x.example")
			if got := strings.Join(became(report), " "); got != tt.status {
				t.Errorf("statuses %q, want %q", got, tt.status)
			}
			if said := strings.Join(append(create.Remarks, create.Error), "\n"); !strings.Contains(said, tt.says) {
				t.Errorf("said %q, want %q", said, tt.says)
			}
			if create.SubjectID != 101 {
				t.Errorf("the report names account %d, want 101", create.SubjectID)
			}
			want := []string{"create_user email=eve@x.example name=Eve active=true groups=[5 7]", "find_user eve@x.example", "read_user 101", "read"}
			if diff := cmp.Diff(want, m.log()); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}
