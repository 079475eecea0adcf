package apply_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

// A wait before another try is time in which somebody else edits: each try looks at the group again.
func TestRun_readsAGroupAgainBeforeEachTry(t *testing.T) {
	addAndRemove := act(plan.UpdateGroup, "qa", 7, adds(addCas), removes("bob@x.example=2"))
	dee := func(m *memory) { m.setMembers(7, 1, 2, 4) }
	tests := []struct {
		name   string
		action plan.Action
		before []error // what meets each write ahead of its effect
		after  []error // and behind it
		edit   func(*memory)
		status apply.Status
		calls  []string
		says   string
		took   time.Duration
	}{
		{
			name: "who was added while the tool was busy is kept", action: addAndRemove, before: []error{busy}, edit: dee,
			status: apply.Done, says: "kept, added by somebody else since the plan: dee@x.example", took: time.Second,
			calls: []string{"read_group 7", "update_group 7 qa [1 3]", "read_group 7", "update_group 7 qa [1 3 4]", "read"},
		},
		{
			name: "who was added while the tool was down is kept", action: addAndRemove, before: []error{down, down}, edit: dee,
			status: apply.Done, says: "kept, added by somebody else since the plan: dee@x.example", took: 3 * time.Second,
			calls: []string{"read_group 7", "update_group 7 qa [1 3]", "read_group 7", "update_group 7 qa [1 3 4]", "read_group 7", "update_group 7 qa [1 3 4]", "read"},
		},
		{
			name: "what took effect without an answer is not sent again", action: addAndRemove, after: []error{down},
			status: apply.Done, says: "the write was not answered; the group was read again and is as it should be", took: time.Second,
			calls: []string{"read_group 7", "update_group 7 qa [1 3]", "read_group 7", "read"},
		},
		{
			name: "a tool that stays busy is left alone after five tries", action: addAndRemove, before: []error{busy, busy, busy, busy, busy, busy},
			status: apply.Failed, says: "HTTP 429", took: 15 * time.Second,
			calls: []string{
				"read_group 7", "update_group 7 qa [1 3]", "read_group 7", "update_group 7 qa [1 3]", "read_group 7", "update_group 7 qa [1 3]",
				"read_group 7", "update_group 7 qa [1 3]", "read_group 7", "update_group 7 qa [1 3]", "read",
			},
		},
		{
			name: "a group that gained a member while the tool was down is not deleted", action: act(plan.DeleteGroup, "qa", 7),
			before: []error{down}, edit: dee, status: apply.Failed, took: time.Second,
			says:  "unclear whether it took effect: HTTP 500; then: gained members since the plan: dee@x.example",
			calls: []string{"read_group 7", "delete_group 7", "read_group 7", "read_group 7", "read"},
		},
		{
			name: "a group that gained a member while the tool was busy is not deleted", action: act(plan.DeleteGroup, "qa", 7),
			before: []error{busy}, edit: dee, status: apply.Blocked, took: time.Second,
			says:  "gained members since the plan: dee@x.example",
			calls: []string{"read_group 7", "delete_group 7", "read_group 7", "read"},
		},
		{
			name: "a deletion without an answer is looked for", action: act(plan.DeleteGroup, "qa", 7), after: []error{down},
			status: apply.Done, says: "the write was not answered; the group is gone",
			calls: []string{"read_group 7", "delete_group 7", "read_group 7", "read"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := instance(team(7, "qa", 1, 2))
				before, after := failsOn("", tt.before...), failsOn("", tt.after...)
				isWrite := func(call string) bool {
					return strings.HasPrefix(call, "update_group") || strings.HasPrefix(call, "delete_group")
				}
				m.before = func(call string) error {
					if !isWrite(call) {
						return nil
					}
					err := before(call)
					if err != nil && tt.edit != nil {
						m.edit(tt.edit)
					}
					return err
				}
				m.after = after
				start := time.Now()
				got := only(t, apply.Run(t.Context(), input(m, planOf(batch(tt.action)))))

				if got.Status != tt.status {
					t.Errorf("status %s, want %s: %s", got.Status, tt.status, got.Error)
				}
				if said := strings.Join(append(got.Remarks, got.Error), "\n"); !strings.Contains(said, tt.says) {
					t.Errorf("said %q, want %q", said, tt.says)
				}
				if took := time.Since(start); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if diff := cmp.Diff(tt.calls, m.log()); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
			})
		})
	}
}
