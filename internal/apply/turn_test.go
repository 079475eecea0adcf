package apply_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// A run that ends in the middle of a group's members says who is written: not run is only what nobody was written of.
func TestRun_interruptedAmongTheMembersOfAGroup(t *testing.T) {
	group := act(plan.UpdateGroup, "ops", 7, adds(bob, cas, dee))
	tests := []struct {
		name    string
		batches [][]plan.Action
		at      string // the call that is interrupted
		waits   bool   // for its turn, and gives up when it is interrupted; else it is waited for
		cut     bool   // it is not answered in time
		status  string
		written string
		says    string // of the group action
		tried   string // what an undo hears of the group: "done", if only in part, "failed" or nothing
	}{
		{
			name: "before anybody was written", batches: [][]plan.Action{batch(callSome("ann", 1)), batch(group)},
			at: "update_user 1", status: "done not_run", says: "interrupted before it was started",
		},
		{
			name: "before the first write", batches: [][]plan.Action{batch(group)},
			at: "read_user 2", status: "not_run", says: "interrupted before the write",
		},
		{
			name: "while the first write waits for its turn", batches: [][]plan.Action{batch(group)},
			at: "update_user 2", waits: true, status: "not_run", says: "interrupted before the write",
		},
		{
			name: "after the first of three", batches: [][]plan.Action{batch(group)}, at: "update_user 2",
			status: "failed", written: "+bob", says: "cas@x.example, dee@x.example: interrupted before the write", tried: "done",
		},
		{
			name: "while the second of three waits for its turn", batches: [][]plan.Action{batch(group)}, at: "update_user 3", waits: true,
			status: "failed", written: "+bob", says: "cas@x.example, dee@x.example: interrupted before the write", tried: "done",
		},
		{
			name: "while the second of three is under way and can't be waited for", batches: [][]plan.Action{batch(group)}, at: "update_user 3", cut: true,
			status: "failed", written: "+bob +cas", tried: "done",
			says: "cas@x.example: unclear whether it took effect: connection cut; dee@x.example: interrupted before the write",
		},
		{
			name: "after the last of them", batches: [][]plan.Action{batch(group)}, at: "update_user 4", status: "done", tried: "done",
		},
		{
			name: "between people's own actions and the group's turn", batches: [][]plan.Action{batch(callSome("bob", 2), callSome("cas", 3)), batch(group)}, at: "update_user 3",
			status: "done done failed", written: "+bob +cas", says: "interrupted before it was started; written by then, with actions of their own: bob@x.example, cas@x.example", tried: "done",
		},
		{
			name: "when everybody was written with his own action", at: "update_user 4", tried: "done",
			batches: [][]plan.Action{batch(callSome("bob", 2), callSome("cas", 3), callSome("dee", 4)), batch(group)}, status: "done done done done",
		},
		{
			name: "when another group's turn has written some", at: "update_user 3", tried: "done",
			batches: [][]plan.Action{batch(act(plan.UpdateGroup, "new", 6, adds(bob, cas)), group)}, status: "done failed",
			written: "+bob +cas", says: "interrupted before it was started; written by then, with actions of their own: bob@x.example, cas@x.example",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := instanceOnUser(team(6, "new"), team(7, "ops"))
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			m.before = func(call string) error {
				if !strings.HasPrefix(call, tt.at) {
					return nil
				}
				interrupt()
				switch {
				case tt.waits:
					return callError{canceled: true}
				case tt.cut:
					return cut
				}
				return nil
			}
			report := apply.Run(ctx, inputOnUser(m, planOf(tt.batches...)))

			if got := strings.Join(became(report), " "); got != tt.status {
				t.Errorf("statuses %q, want %q", got, tt.status)
			}
			got := outcomeOf(t, report, "update_group:ops")
			if got.Error != tt.says {
				t.Errorf("error %q, want %q", got.Error, tt.says)
			}
			if sent := members(got.Written); got.Written != nil && sent != tt.written || got.Written == nil && tt.written != "" {
				t.Errorf("written %q, want %q", sent, tt.written)
			}
			if notRun := got.Status == apply.NotRun; notRun != got.Started.IsZero() {
				t.Errorf("started %v of an action that is %s", got.Started, got.Status)
			}
			tried := ""
			done, failed := report.Tried()
			for word, list := range map[string][]plan.Action{"done": done, "failed": failed} {
				for i := range list {
					if list[i].ID == "update_group:ops" {
						tried = word
					}
				}
			}
			if tried != tt.tried {
				t.Errorf("tried as %q, want %q", tried, tt.tried)
			}
			if report.Result != apply.Interrupted {
				t.Errorf("result %s", report.Result)
			}
		})
	}
}

// Tools lock accounts that keep trying with credentials that were refused: among a thousand members as among actions.
func TestRun_writesNobodyMoreAfterRefusedCredentials(t *testing.T) {
	m := instanceOnUser(team(6, "new"), team(7, "ops"))
	m.before = failsOn("read_user 3", callError{status: 401})
	report := apply.Run(t.Context(), inputOnUser(m, planOf(batch(act(plan.UpdateGroup, "new", 6, adds(bob, cas, dee)), act(plan.UpdateGroup, "ops", 7, adds(dee))))))

	if diff := cmp.Diff([]string{"read_user 2", "update_user 2 groups=[6]", "read_user 3", "read"}, m.log()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	want := []string{
		"cas@x.example: read before the write: HTTP 401; dee@x.example: the tool refused the credentials before the write",
		"the tool refused the credentials before it was started",
	}
	for i, o := range report.Outcomes {
		if o.Error != want[i] {
			t.Errorf("%s: %q, want %q", o.ID, o.Error, want[i])
		}
	}
	if got := strings.Join(became(report), " "); got != "failed not_run" {
		t.Errorf("statuses %q", got)
	}
}

// crowded is an instance with n people, p1 to pn, and the members of some of them as a group action adds them.
func crowded(n int, groups ...directory.Group) *onUser {
	m := instanceOnUser(groups...)
	m.users = nil
	for i := range n {
		m.users = append(m.users, person(directory.UserID(i+1), fmt.Sprintf("p%d@x.example", i+1)))
	}
	return m
}

func everybody(from, to int) func(*plan.Action) {
	var list []string
	for i := from; i <= to; i++ {
		list = append(list, fmt.Sprintf("p%d@x.example=%d", i, i))
	}
	return adds(list...)
}

// However people come to be written, with actions of their own, created, or when the turn of one of several groups comes,
// no more of them are under way than the run may have.
func TestRun_boundsHowManyPeopleAreWrittenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := crowded(30, team(5, "a"), team(6, "b"), team(7, "c"))
		var mu sync.Mutex
		running, most := 0, 0
		m.before = func(call string) error {
			if call == "read" {
				return nil
			}
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			running--
			mu.Unlock()
			return nil
		}
		mixed := []plan.Action{act(plan.UpdateGroup, "a", 5, everybody(1, 10)), act(plan.UpdateGroup, "b", 6, everybody(6, 20)), act(plan.UpdateGroup, "c", 7, everybody(11, 20))}
		for i := 21; i <= 30; i++ {
			mixed = append(mixed, callSome(fmt.Sprintf("p%d", i), int64(i)), act(plan.CreateUser, fmt.Sprintf("n%d@x.example", i), 0, named("N")))
		}
		in := inputOnUser(m, planOf(mixed))
		in.Concurrency = 4
		report := apply.Run(t.Context(), in)

		if most != 4 {
			t.Errorf("%d people at a time, want 4", most)
		}
		if report.Result != apply.Converged {
			t.Errorf("result %s: %v", report.Result, statuses(report))
		}
		if n := strings.Count(strings.Join(m.writes(), "\n"), "update_user"); n != 30 {
			t.Errorf("%d writes of 30 people: each is written once", n)
		}
	})
}

// Groups that share people take turns in whatever order: nobody waits for somebody who waits for him, and each person has
// all of his groups in the end.
func TestRun_groupsThatSharePeopleDoNotWaitForEachOther(t *testing.T) {
	for range 20 {
		m := crowded(24, team(5, "a"), team(6, "b"), team(7, "c"), team(8, "d", 1, 2, 3, 4, 5, 6, 7, 8))
		reversed := act(plan.UpdateGroup, "b", 6)
		for i := 24; i >= 1; i-- {
			everybody(i, i)(&reversed)
		}
		leave := act(plan.UpdateGroup, "d", 8)
		leave.Members.Remove = act(plan.UpdateGroup, "", 0, everybody(1, 8)).Members.Add
		in := inputOnUser(m, planOf(batch(act(plan.UpdateGroup, "a", 5, everybody(1, 24)), reversed, act(plan.UpdateGroup, "c", 7, everybody(5, 20)), leave)))
		in.Concurrency = 3
		report := apply.Run(t.Context(), in)
		if report.Result != apply.Converged {
			t.Fatalf("result %s: %+v", report.Result, report.Outcomes)
		}
		for id := directory.UserID(1); id <= 24; id++ {
			want := []directory.GroupID{5, 6}
			if id >= 5 && id <= 20 {
				want = append(want, 7)
			}
			if diff := cmp.Diff(want, m.groupsOf(id)); diff != "" {
				t.Fatalf("groups of p%d (-want +got):\n%s", id, diff)
			}
		}
		if n := len(m.writes()); n != 24 {
			t.Fatalf("%d writes of 24 people", n)
		}
	}
}

// The same fact is told once in a report of two hundred people, and names ten of them.
func TestRun_tellsALotOfPeopleInFewWords(t *testing.T) {
	m := crowded(200, team(6, "web"), team(7, "ops"))
	in := inputOnUser(m, planOf(batch(act(plan.UpdateGroup, "ops", 7, everybody(1, 200)))))
	m.edit(func(*memory) {
		for id := directory.UserID(1); id <= 150; id++ {
			m.setMembers(6, append(m.groups[m.groupAt(6)].Members, id)...)
		}
	})
	refuse := errors.New("field user_group_ids: no")
	m.before = func(call string) error {
		var id int
		if n, _ := fmt.Sscanf(call, "update_user %d", &id); n == 1 && id > 100 {
			return fmt.Errorf("%w%w", refuse, callError{status: 400})
		}
		return nil
	}
	got := only(t, apply.Run(t.Context(), in))
	if len(got.Remarks) != 1 || len(got.Remarks[0]) > 300 || !strings.HasSuffix(got.Remarks[0], "and 140 more") {
		t.Errorf("remarks %q", got.Remarks)
	}
	if len(got.Error) > 300 || strings.Count(got.Error, "HTTP 400") != 1 || !strings.Contains(got.Error, "and 90 more: ") {
		t.Errorf("error %q", got.Error)
	}
	if got.Status != apply.Failed || len(got.Written.Add) != 100 {
		t.Errorf("%s, %d written", got.Status, len(got.Written.Add))
	}
}

// A target that lacks what a plan needs is told so, action by action.
func TestRun_saysWhatATargetLacks(t *testing.T) {
	m := instanceOnUser(team(7, "ops"))
	bare := struct{ apply.Target }{m}
	sided := struct {
		apply.Target
		apply.UserSide
	}{m, m}
	join := act(plan.AddToProject, "app", 4, adds(cas), field(plan.FieldProfile, plan.Value{}, plan.Text("Tester")))
	tests := []struct {
		name   string
		target apply.Target
		side   plan.Side
		action plan.Action
		says   string
	}{
		{"no group's side", bare, plan.OnGroup, act(plan.UpdateGroup, "ops", 7, adds(cas)), "target can't write memberships on the group"},
		{"no user's side", bare, plan.OnUser, act(plan.UpdateGroup, "ops", 7, adds(cas)), "target can't write memberships on the user"},
		{"no user's side for a person either", bare, plan.OnUser, act(plan.CreateUser, "eve@x.example", 0, named("Eve")), "target can't write memberships on the user"},
		{"the other side", m.memory, plan.OnUser, callSome("cas", 3), "target can't write memberships on the user"},
		{"no members of projects", sided, plan.OnUser, join, "action add_to_project is not one that a target can carry out"},
		{"no way to delete a group", sided, plan.OnUser, act(plan.DeleteGroup, "ops", 7), "action delete_group is not one that a target can carry out"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := inputOnUser(m, planOf(batch(tt.action)))
			in.Target, in.Caps.Membership = tt.target, tt.side
			got := only(t, apply.Run(t.Context(), in))
			if got.Status != apply.Failed || got.Error != tt.says {
				t.Errorf("%s: %q, want %q", got.Status, got.Error, tt.says)
			}
		})
	}
	if len(m.log()) > 0 {
		t.Errorf("calls %v, want none", m.log())
	}
}
