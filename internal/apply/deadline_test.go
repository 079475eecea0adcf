package apply_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// errLate is what a caller says of its deadline.
var errLate = errors.New("run took longer than an hour")

// became returns the status of each action, in the report's order.
func became(r *apply.Report) []string {
	list := []string{}
	for _, o := range r.Outcomes {
		list = append(list, string(o.Status))
	}
	return list
}

func TestRun_deadline(t *testing.T) {
	const deadline = 4 * time.Second
	tests := []struct {
		name     string
		takes    time.Duration // of each write; the second one begins that long after the start
		ends     time.Duration // after the start
		statuses []string
	}{
		{
			name: "a write under way is waited for within the grace period", takes: 3 * time.Second, ends: 6 * time.Second,
			statuses: []string{"done", "done", "not_run", "not_run"},
		},
		{
			name: "a write under way is cut after the grace period", takes: 3900 * time.Millisecond, ends: 6500 * time.Millisecond,
			statuses: []string{"done", "failed", "not_run", "not_run"},
		},
		{
			name: "a run that is over before it is none of its business", takes: 500 * time.Millisecond, ends: 2 * time.Second,
			statuses: []string{"done", "done", "done", "done"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := instance()
				ctx, cancel := context.WithTimeoutCause(t.Context(), deadline, errLate)
				defer cancel()
				in := input(m, planOf(batch(off("ann", 1), off("bob", 2), off("cas", 3)), batch(off("dee", 4))))
				in.Target, in.Grace, in.Concurrency = slowTarget{m, func(directory.UserID) time.Duration { return tt.takes }}, 2500*time.Millisecond, 1
				begun := time.Now()
				report := apply.Run(ctx, in)

				if took := time.Since(begun); took != tt.ends {
					t.Errorf("took %s, want %s", took, tt.ends)
				}
				if diff := cmp.Diff(tt.statuses, became(report)); diff != "" {
					t.Errorf("statuses (-want +got):\n%s", diff)
				}
				if tt.ends < deadline {
					if report.Result != apply.Converged || report.FinalRead != apply.FinalReadDone {
						t.Errorf("result %s, final read %s", report.Result, report.FinalRead)
					}
					return
				}
				if report.Result != apply.NotConverged || report.ExitCode != 5 {
					t.Errorf("result %s, exit %d", report.Result, report.ExitCode)
				}
				if report.FinalRead != apply.FinalReadSkipped || report.FinalReadError != errLate.Error() {
					t.Errorf("final read %s: %q", report.FinalRead, report.FinalReadError)
				}
				if reason := report.Outcomes[3].Error; reason != "run took longer than an hour before it was started" {
					t.Errorf("reason %q", reason)
				}
			})
		})
	}
}

// An interrupt that comes before the deadline is an interrupt, and one that comes during the grace period changes nothing.
func TestRun_interruptedWithADeadline(t *testing.T) {
	tests := []struct {
		name      string
		interrupt time.Duration
		want      apply.Result
	}{
		{"before the deadline", 3 * time.Second, apply.Interrupted},
		{"after the deadline", 5 * time.Second, apply.NotConverged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := instance()
				outer, interrupt := context.WithCancel(t.Context())
				defer interrupt()
				ctx, cancel := context.WithTimeoutCause(outer, 4*time.Second, errLate)
				defer cancel()
				time.AfterFunc(tt.interrupt, interrupt)
				in := input(m, planOf(batch(off("ann", 1), off("bob", 2))))
				in.Target, in.Grace = slowTarget{m, func(directory.UserID) time.Duration { return time.Minute }}, 10*time.Second
				if report := apply.Run(ctx, in); report.Result != tt.want {
					t.Errorf("result %s, want %s", report.Result, tt.want)
				}
			})
		})
	}
}

// queue is a memory behind a client that waits for a window to close before each write, and gives up when it is told to.
type queue struct {
	*memory
	stop <-chan struct{}
}

func (q queue) UpdateUser(ctx context.Context, id directory.UserID, c directory.UserChange) (directory.User, error) {
	if id == 1 {
		return q.memory.UpdateUser(ctx, id, c)
	}
	select {
	case <-time.After(time.Hour):
		return q.memory.UpdateUser(ctx, id, c)
	case <-q.stop:
		return directory.User{}, callError{canceled: true}
	}
}

func TestRun_deadlineDuringAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := instance()
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errLate)
		defer cancel()
		in := input(m, planOf(batch(off("ann", 1), off("bob", 2), off("cas", 3))))
		in.Target = queue{m, ctx.Done()}
		begun := time.Now()
		report := apply.Run(ctx, in)
		if took := time.Since(begun); took != time.Minute {
			t.Errorf("took %s: nobody waits for a write that may not be sent any more", took)
		}
		if diff := cmp.Diff([]string{"done", "not_run", "not_run"}, became(report)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
		}
		if reason := report.Outcomes[1].Error; reason != "run took longer than an hour before the write" || !report.Outcomes[1].Started.IsZero() {
			t.Errorf("reason %q, started %v", reason, report.Outcomes[1].Started)
		}
		if report.Result != apply.NotConverged || len(m.writes()) != 1 {
			t.Errorf("result %s after %d writes", report.Result, len(m.writes()))
		}
	})
}

func TestRun_deadlineDuringTheFinalRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := instance()
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errLate)
		defer cancel()
		m.before = func(call string) error {
			if call == "read" {
				<-ctx.Done()
			}
			return nil
		}
		report := apply.Run(ctx, input(m, planOf(batch(off("bob", 2)))))
		if report.Result != apply.NotConverged || report.FinalRead != apply.FinalReadSkipped || report.FinalReadError != errLate.Error() {
			t.Errorf("result %s, final read %s %q", report.Result, report.FinalRead, report.FinalReadError)
		}
	})
}

func TestRun_doesNotBeginAWriteAfterTheDeadline(t *testing.T) {
	tests := []struct {
		name   string
		action plan.Action
		on     string // the call during which the deadline passes
		status apply.Status
		writes int
		remark string
	}{
		{"a group that was read again is not written", act(plan.UpdateGroup, "qa", 7, adds(addCas)), "read_group", apply.NotRun, 0, ""},
		{"a group that was read again is not deleted", act(plan.DeleteGroup, "qa", 7), "read_group", apply.NotRun, 0, ""},
		{
			"a create in doubt is not sent a second time", act(plan.CreateUser, "eve@x.example", 0, named("Eve")), "find_user", apply.Failed, 1,
			"not sent a second time: run took longer than an hour",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := instance(team(7, "qa", 1))
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errLate)
				defer cancel()
				m.before = func(call string) error {
					if strings.HasPrefix(call, tt.on) {
						<-ctx.Done()
					}
					if strings.HasPrefix(call, "create_user") {
						return cut
					}
					return nil
				}
				got := only(t, apply.Run(ctx, input(m, planOf(batch(tt.action)))))
				if got.Status != tt.status || len(m.writes()) != tt.writes {
					t.Errorf("status %s after %d writes, want %s after %d", got.Status, len(m.writes()), tt.status, tt.writes)
				}
				if tt.remark != "" && (len(got.Remarks) != 1 || got.Remarks[0] != tt.remark) {
					t.Errorf("remarks %q, want %q", got.Remarks, tt.remark)
				}
			})
		})
	}
}
