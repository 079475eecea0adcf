package apply_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

func TestRun_interrupted(t *testing.T) {
	tests := []struct {
		name     string
		takes    time.Duration // of each write, after an interrupt one second into the second
		grace    time.Duration
		ends     time.Duration // after the start
		statuses []string
	}{
		{
			name: "a write under way is waited for within the grace period", takes: 3 * time.Second, ends: 6 * time.Second,
			statuses: []string{"done", "done", "not_run", "not_run"},
		},
		{
			name: "a write under way is cut after the default grace of five seconds", takes: 60 * time.Second, ends: 66 * time.Second,
			statuses: []string{"done", "failed", "not_run", "not_run"},
		},
		{
			name: "a write under way is cut after the grace that was asked for", takes: 60 * time.Second, grace: 20 * time.Second, ends: 81 * time.Second,
			statuses: []string{"done", "failed", "not_run", "not_run"},
		},
		{
			name: "no grace cuts at once", takes: 60 * time.Second, grace: -1, ends: 61 * time.Second,
			statuses: []string{"done", "failed", "not_run", "not_run"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := instance()
				ctx, interrupt := context.WithCancel(t.Context())
				defer interrupt()
				target := slowTarget{m, func(id directory.UserID) time.Duration {
					if id == 2 {
						time.AfterFunc(time.Second, interrupt)
					}
					return tt.takes
				}}
				in := input(m, planOf(batch(off("ann", 1), off("bob", 2), off("cas", 3)), batch(off("dee", 4))))
				in.Target, in.Grace = target, tt.grace
				begun := time.Now()
				report := apply.Run(ctx, in)

				if took := time.Since(begun); took != tt.ends {
					t.Errorf("took %s, want %s", took, tt.ends)
				}
				var got []string
				for _, o := range report.Outcomes {
					got = append(got, string(o.Status))
				}
				if diff := cmp.Diff(tt.statuses, got); diff != "" {
					t.Errorf("statuses (-want +got):\n%s", diff)
				}
				if report.Result != apply.Interrupted || report.ExitCode != 130 || report.FinalRead != apply.FinalReadSkipped {
					t.Errorf("result %s, exit %d, final read %s", report.Result, report.ExitCode, report.FinalRead)
				}
				if reason := report.Outcomes[3].Error; reason != "interrupted before it was started" {
					t.Errorf("reason %q", reason)
				}
			})
		})
	}
}

// slowTarget is a memory whose account updates take time, or end when their context does.
type slowTarget struct {
	*memory
	takes func(directory.UserID) time.Duration
}

func (s slowTarget) UpdateUser(ctx context.Context, id directory.UserID, c directory.UserChange) (directory.User, error) {
	select {
	case <-time.After(s.takes(id)):
		return s.memory.UpdateUser(ctx, id, c)
	case <-ctx.Done():
		return directory.User{}, cut
	}
}

func TestRun_doesNotBeginAWriteAfterTheInterrupt(t *testing.T) {
	tests := []struct {
		name   string
		action plan.Action
		on     string // the call during which the interrupt comes
		fails  error  // what create_user answers
		status apply.Status
		writes int
	}{
		{"a group that was read again is not written", act(plan.UpdateGroup, "qa", 7, adds(addCas)), "read_group", nil, apply.NotRun, 0},
		{"a group that was read again is not deleted", act(plan.DeleteGroup, "qa", 7), "read_group", nil, apply.NotRun, 0},
		{"a write that was given up before it was sent is not run", act(plan.CreateUser, "eve@x.example", 0, named("Eve")), "create_user", callError{canceled: true}, apply.NotRun, 1},
		{"a write that was given up under way failed", act(plan.CreateUser, "eve@x.example", 0, named("Eve")), "create_user", callError{canceled: true, unclear: true}, apply.Failed, 1},
		{"a create in doubt is not sent a second time", act(plan.CreateUser, "eve@x.example", 0, named("Eve")), "find_user", cut, apply.Failed, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := instance(team(7, "qa", 1))
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			m.before = func(call string) error {
				if strings.HasPrefix(call, tt.on) {
					interrupt()
				}
				if strings.HasPrefix(call, "create_user") {
					return tt.fails
				}
				return nil
			}
			report := apply.Run(ctx, input(m, planOf(batch(tt.action))))
			if got := only(t, report); got.Status != tt.status || len(m.writes()) != tt.writes {
				t.Errorf("status %s after %d writes, want %s after %d", got.Status, len(m.writes()), tt.status, tt.writes)
			}
			if report.Result != apply.Interrupted {
				t.Errorf("result %s", report.Result)
			}
		})
	}
}

func TestRun_interruptedDuringTheFinalRead(t *testing.T) {
	m := instance()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	m.before = func(call string) error {
		if call == "read" {
			interrupt()
		}
		return nil
	}
	report := apply.Run(ctx, input(m, planOf(batch(off("bob", 2)))))
	if report.Result != apply.Interrupted || report.ExitCode != 130 || report.FinalRead != apply.FinalReadSkipped || report.FinalReadError != "" {
		t.Errorf("result %s, exit %d, final read %s %q", report.Result, report.ExitCode, report.FinalRead, report.FinalReadError)
	}
}
