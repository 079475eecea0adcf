package apply_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

func TestRun_saysWhoseARemainingActionIs(t *testing.T) {
	tests := []struct {
		name string
		done plan.Action
		left plan.Action
		by   string
	}{
		{"the same field of the same account is ours",
			act(plan.UpdateUser, "bob@x.example", 2, named("B")), act(plan.UpdateUser, "bob@x.example", 2, named("B")), apply.ByOurs},
		{"another field of the same account is others'",
			act(plan.UpdateUser, "bob@x.example", 2, named("B")),
			act(plan.UpdateUser, "bob@x.example", 2, field(plan.FieldAdmin, plan.Flag(true), plan.Flag(false))), apply.ByOthers},
		{"a field of another account is others'",
			act(plan.UpdateUser, "bob@x.example", 2, named("B")), act(plan.UpdateUser, "cas@x.example", 3, named("B")), apply.ByOthers},
		{"an account that was created and misses a field is ours",
			act(plan.CreateUser, "eve@x.example", 0, named("Eve")), act(plan.UpdateUser, "Eve@x.example", 101, named("Eve")), apply.ByOurs},
		{"an account that is active again is ours",
			off("bob", 2), off("bob", 2), apply.ByOurs},
		{"a group with our member still to add is ours",
			act(plan.UpdateGroup, "qa", 7, adds(addCas)), act(plan.UpdateGroup, "qa", 7, adds(addCas)), apply.ByOurs},
		{"a group with a member to remove whom somebody else added is others'",
			act(plan.UpdateGroup, "qa", 7, adds(addCas)), act(plan.UpdateGroup, "qa", 7, removes("dee@x.example=4")), apply.ByOthers},
		{"a group whose member we added and shall remove is others'",
			act(plan.UpdateGroup, "qa", 7, adds(addCas)), act(plan.UpdateGroup, "qa", 7, removes(addCas)), apply.ByOthers},
		{"a group with our member still to remove is ours",
			act(plan.UpdateGroup, "qa", 7, removes("bob@x.example=2")), act(plan.UpdateGroup, "qa", 7, removes("bob@x.example=2")), apply.ByOurs},
		{"a group that was created and misses our member is ours",
			act(plan.CreateGroup, "new", 0, adds(addCas)), act(plan.UpdateGroup, "new", 101, adds(addCas)), apply.ByOurs},
		{"a group that is there again is ours",
			act(plan.DeleteGroup, "qa", 7), act(plan.DeleteGroup, "qa", 7), apply.ByOurs},
		{"a group that bears the address of an account is another thing",
			act(plan.UpdateUser, "bob@x.example", 2, named("B")), act(plan.UpdateGroup, "bob@x.example", 2, renamed("A", "B")), apply.ByOthers},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := instance(team(7, "qa", 1, 2))
			in := input(m, planOf(batch(tt.done)))
			in.Replan = func(*directory.Live) (*plan.Plan, error) { return planOf(batch(tt.left)), nil }
			report := apply.Run(t.Context(), in)

			if report.Result != apply.NotConverged || report.ExitCode != 5 {
				t.Errorf("result %s, exit %d", report.Result, report.ExitCode)
			}
			if len(report.Remaining) != 1 || report.Remaining[0].By != tt.by {
				t.Errorf("remaining %+v, want one by %s", report.Remaining, tt.by)
			}
		})
	}
}

func TestRun_plansAgainFromWhatIsThere(t *testing.T) {
	m := instance()
	in := input(m, planOf(batch(off("bob", 2))))
	in.Replan = func(live *directory.Live) (*plan.Plan, error) {
		if live.Users[1].Active {
			t.Error("final read shows the state before the run")
		}
		return planOf(), nil
	}
	if report := apply.Run(t.Context(), in); report.FinalRead != apply.FinalReadDone || report.Result != apply.Converged {
		t.Errorf("final read %s, result %s", report.FinalRead, report.Result)
	}
}

func TestRun_aFinalReadThatFailsIsNotConverged(t *testing.T) {
	tests := []struct {
		name string
		read error
		plan error
		says string
	}{
		{"live can't be read", broken, nil, "final read: HTTP 502"},
		{"live can't be planned on", nil, errors.New("live state is ambiguous"), "plan of the final read: live state is ambiguous"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := instance()
			m.before = failsOn("read", tt.read)
			in := input(m, planOf(batch(off("bob", 2))))
			in.Replan = func(*directory.Live) (*plan.Plan, error) { return planOf(), tt.plan }
			report := apply.Run(t.Context(), in)
			if report.FinalRead != apply.FinalReadFailed || !strings.Contains(report.FinalReadError, tt.says) {
				t.Errorf("final read %s: %q", report.FinalRead, report.FinalReadError)
			}
			if report.Result != apply.NotConverged || report.ExitCode != 5 {
				t.Errorf("result %s, exit %d", report.Result, report.ExitCode)
			}
		})
	}
}

func TestRun_readsOnceMoreOnlyIfAWriteWasTried(t *testing.T) {
	m := instance(team(7, "qa", 1, 2))
	in := input(m, planOf(batch(act(plan.UpdateGroup, "qa", 7, adds(addCas)))))
	m.edit(func(m *memory) { m.setMembers(7, 1, 2, 3) })
	report := apply.Run(t.Context(), in)
	if report.FinalRead != apply.FinalReadSkipped || report.Result != apply.Converged {
		t.Errorf("final read %s, result %s after no write", report.FinalRead, report.Result)
	}
}

func TestExitCode(t *testing.T) {
	for result, want := range map[apply.Result]int{
		apply.Converged: 0, apply.Refused: 3, apply.Stale: 4, apply.NotConverged: 5, apply.Interrupted: 130, "": 5,
	} {
		if got := apply.ExitCode(result); got != want {
			t.Errorf("exit of %q: %d, want %d", result, got, want)
		}
	}
}

// What was reported as done has to be in place, also where no plan would do it again: an action that the tool accepted and
// forgot, or that somebody undid, is not converged.
func TestRun_whatWasDoneHasToBeThereInTheEnd(t *testing.T) {
	drop := func(list []directory.UserID, id directory.UserID) []directory.UserID {
		return slices.DeleteFunc(slices.Clone(list), func(other directory.UserID) bool { return other == id })
	}
	tests := []struct {
		name   string
		action plan.Action
		undo   func(m *onUser) // by somebody else, before the final read
		left   bool
	}{
		{"nobody did anything", act(plan.UpdateGroup, "qa", 5, adds(cas), removes(bob)), nil, false},
		{"who joined a group is out of it", act(plan.UpdateGroup, "qa", 5, adds(cas)), func(m *onUser) { m.setMembers(5, 1, 2) }, true},
		{"who left a group is in it", act(plan.UpdateGroup, "qa", 5, removes(bob)), func(m *onUser) { m.setMembers(5, 1, 2) }, true},
		{"somebody else joined the group", act(plan.UpdateGroup, "qa", 5, adds(cas)), func(m *onUser) { m.setMembers(5, 1, 2, 3, 4) }, false},
		{"who joined a group is inactive, and may be hidden", act(plan.UpdateGroup, "qa", 5, adds(cas)), func(m *onUser) { m.setMembers(5, 1, 2); m.users[2].Active = false }, false},
		{"a new group is gone", act(plan.CreateGroup, "new", 0, adds(cas)), func(m *onUser) { m.groups = m.groups[:2] }, true},
		{"a new group has lost a member", act(plan.CreateGroup, "new", 0, adds(cas)), func(m *onUser) { m.setMembers(101) }, true},
		{"who joined a project is out of it", joinApp(adds(cas)), func(m *onUser) { m.members[4] = drop(m.members[4], 3) }, true},
		{"who joined a project is in it", joinApp(adds(cas)), func(m *onUser) { m.members[4] = append(m.members[4], 4) }, false},
		{"who left a project is in it", leaveApp(bob), func(m *onUser) { m.members[4] = append(m.members[4], 2) }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := instanceOnUser(team(5, "qa", 1, 2))
			m.members[4] = []directory.UserID{1, 2}
			m.before = func(call string) error {
				if call == "read" && tt.undo != nil {
					m.edit(func(*memory) { tt.undo(m) })
				}
				return nil
			}
			report := apply.Run(t.Context(), inputOnUser(m, planOf(batch(tt.action))))
			if o := only(t, report); o.Status != apply.Done {
				t.Fatalf("%s: %s", o.Status, o.Error)
			}
			if left := len(report.Remaining) > 0; left != tt.left || left && report.Remaining[0].By != apply.ByOthers {
				t.Errorf("remaining %+v, want any: %t", report.Remaining, tt.left)
			}
			if want := map[bool]apply.Result{false: apply.Converged, true: apply.NotConverged}[tt.left]; report.Result != want {
				t.Errorf("result %s, want %s", report.Result, want)
			}
		})
	}
}

// On the group's side a group that was deleted has to be gone.
func TestRun_aGroupThatWasDeletedHasToBeGoneInTheEnd(t *testing.T) {
	m := instance(team(7, "qa"))
	m.before = func(call string) error {
		if call == "read" {
			m.edit(func(m *memory) { m.groups = append(m.groups, team(7, "qa")) })
		}
		return nil
	}
	report := apply.Run(t.Context(), input(m, planOf(batch(act(plan.DeleteGroup, "qa", 7)))))
	if len(report.Remaining) != 1 || report.Result != apply.NotConverged {
		t.Errorf("result %s, remaining %+v", report.Result, report.Remaining)
	}
}
