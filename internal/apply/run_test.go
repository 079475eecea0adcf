package apply_test

import (
	"encoding/json"
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

func off(name string, id int64, with ...func(*plan.Action)) plan.Action {
	return act(plan.DeactivateUser, name+"@x.example", id, with...)
}

func TestRun_carriesOutBatchesInOrder(t *testing.T) {
	m := instance(team(7, "qa", 1, 2), team(8, "old"))
	in := input(m, planOf(
		batch(off("dee", 4), off("cas", 3)),
		batch(act(plan.CreateUser, "eve@x.example", 0, named("Eve"))),
		batch(act(plan.CreateGroup, "new", 0, adds("eve@x.example"))),
		batch(act(plan.DeleteGroup, "old", 8)),
	))
	report := apply.Run(t.Context(), in)

	want := []string{
		"update_user 4 active=false", "update_user 3 active=false",
		"create_user email=eve@x.example name=Eve active=true",
		"create_group new [101]",
		"delete_group 8",
	}
	if diff := cmp.Diff(want, m.writes()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	wantStatus := []string{
		"deactivate_user:dee@x.example done", "deactivate_user:cas@x.example done", "create_user:eve@x.example done",
		"create_group:new done", "delete_group:old done",
	}
	if diff := cmp.Diff(wantStatus, statuses(report)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestRun_boundsConcurrencyAndEndsABatchBeforeTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{}
		var first, second []plan.Action
		for i := range 12 {
			m.users = append(m.users, person(directory.UserID(i+1), fmt.Sprintf("p%d@x.example", i)))
			if i < 10 {
				first = append(first, off(fmt.Sprintf("p%d", i), int64(i+1)))
			} else {
				second = append(second, off(fmt.Sprintf("p%d", i), int64(i+1)))
			}
		}
		var mu sync.Mutex
		running, most, ended := 0, 0, 0
		m.before = func(call string) error {
			if call == "read" {
				return nil
			}
			mu.Lock()
			running++
			most = max(most, running)
			if strings.HasPrefix(call, "update_user 11 ") && ended < 10 {
				t.Errorf("second batch began after %d of 10 actions of the first", ended)
			}
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			running--
			ended++
			mu.Unlock()
			return nil
		}
		in := input(m, planOf(first, second))
		in.Concurrency = 4
		begun := time.Now()
		apply.Run(t.Context(), in)

		if most != 4 {
			t.Errorf("%d calls at a time, want 4", most)
		}
		if took := time.Since(begun); took != 4*time.Second {
			t.Errorf("took %s, want 4s: three rounds of the first batch and one of the second", took)
		}
	})
}

func TestRun_blocksOnlyWhatNeedsAFailure(t *testing.T) {
	m := instance()
	m.before = failsOn("update_user 2 ", refused)
	in := input(m, planOf(
		batch(off("bob", 2)),
		batch(off("cas", 3, needs("deactivate_user:bob@x.example")), off("dee", 4)),
		batch(off("ann", 1, needs("deactivate_user:cas@x.example"))),
		batch(act(plan.UpdateUser, "dee@x.example", 4, named("D"), needs("deactivate_user:dee@x.example"))),
		batch(act(plan.UpdateUser, "ann@x.example", 1, named("A"), needs("create_user:zoe@x.example"))),
	))
	report := apply.Run(t.Context(), in)

	want := []string{
		"deactivate_user:bob@x.example failed",
		"deactivate_user:cas@x.example blocked",
		"deactivate_user:dee@x.example done",
		"deactivate_user:ann@x.example blocked",
		"update_user:dee@x.example done",
		"update_user:ann@x.example blocked",
	}
	if diff := cmp.Diff(want, statuses(report)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	for i, reason := range map[int]string{
		0: "HTTP 400",
		1: "needs deactivate_user of bob@x.example, which failed",
		3: "needs deactivate_user of cas@x.example, which was blocked",
		5: "needs create_user:zoe@x.example, which is not part of this run",
	} {
		if got := report.Outcomes[i].Error; got != reason {
			t.Errorf("outcome %d: %q, want %q", i, got, reason)
		}
	}
	if report.Outcomes[0].HTTPStatus != 400 || report.Outcomes[0].Finished.IsZero() {
		t.Errorf("failure %+v lacks its status or time", report.Outcomes[0])
	}
	if !report.Outcomes[1].Started.IsZero() || !report.Outcomes[1].Finished.IsZero() {
		t.Errorf("blocked action has times: %+v", report.Outcomes[1])
	}
	if report.Result != apply.NotConverged || report.ExitCode != 5 {
		t.Errorf("result %s, exit %d", report.Result, report.ExitCode)
	}
}

func TestRun_anApprovedActionThatIsTrueAlreadySatisfiesANeed(t *testing.T) {
	m := instance()
	in := input(m, planOf(batch(off("cas", 3, needs("deactivate_user:bob@x.example")))))
	in.Settled = []apply.Outcome{
		{Action: off("bob", 2), Status: apply.Done},
		{Action: off("dee", 4), Status: apply.NotRun, Error: "outside the approved plan"},
	}
	in.Replan = func(*directory.Live) (*plan.Plan, error) { return planOf(batch(off("dee", 4))), nil }
	report := apply.Run(t.Context(), in)

	want := []string{"deactivate_user:cas@x.example done", "deactivate_user:bob@x.example done", "deactivate_user:dee@x.example not_run"}
	if diff := cmp.Diff(want, statuses(report)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if report.Result != apply.Converged || len(report.Remaining) != 0 {
		t.Errorf("result %s, remaining %v: what is outside the approved plan is not expected of the run", report.Result, report.Remaining)
	}
}

func TestRun_startsNothingMoreAfterRefusedCredentials(t *testing.T) {
	m := instance()
	m.before = failsOn("update_user 2 ", callError{status: 401})
	report := apply.Run(t.Context(), input(m, planOf(batch(off("ann", 1), off("bob", 2), off("cas", 3)), batch(off("dee", 4)))))

	want := []string{
		"deactivate_user:ann@x.example done", "deactivate_user:bob@x.example failed",
		"deactivate_user:cas@x.example not_run", "deactivate_user:dee@x.example not_run",
	}
	if diff := cmp.Diff(want, statuses(report)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if got := report.Outcomes[3].Error; got != "the tool refused the credentials before it was started" {
		t.Errorf("reason %q", got)
	}
	if report.ExitCode != 5 {
		t.Errorf("exit %d, want 5", report.ExitCode)
	}
}

func TestRun_writesNothingOfARefusedPlan(t *testing.T) {
	m := instance()
	p := planOf(batch(off("bob", 2)))
	p.Guards = []plan.GuardResult{{Guard: directory.GuardSeats, Status: plan.GuardRefused}}
	report := apply.Run(t.Context(), input(m, p))

	if len(m.log()) != 0 {
		t.Errorf("calls %v, want none", m.log())
	}
	if report.Result != apply.Refused || report.ExitCode != 3 || only(t, report).Status != apply.NotRun {
		t.Errorf("result %s, exit %d, %v", report.Result, report.ExitCode, statuses(report))
	}
}

func TestRun_anEmptyPlanIsConvergedWithoutACall(t *testing.T) {
	m := instance()
	report := apply.Run(t.Context(), input(m, planOf()))
	if len(m.log()) != 0 || report.Result != apply.Converged || report.ExitCode != 0 || report.FinalRead != apply.FinalReadSkipped {
		t.Errorf("calls %v, result %s, exit %d, final read %s", m.log(), report.Result, report.ExitCode, report.FinalRead)
	}
	data, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"actions":[]`, `"remaining":[]`} {
		if !strings.Contains(string(data), part) {
			t.Errorf("JSON lacks %s: %s", part, data)
		}
	}
}

func TestRun_reportsTheRun(t *testing.T) {
	m := instance()
	p := planOf(batch(off("bob", 2)))
	p.Notes = []plan.Note{{Text: "a note"}}
	p.Manual = []plan.ManualStep{{Where: "a page"}}
	p.Guards = []plan.GuardResult{{Guard: directory.GuardSeats, Status: plan.GuardOK}}
	in := input(m, p)
	clock := time.Unix(1_800_000_000, 0).UTC()
	in.Now = func() time.Time { clock = clock.Add(time.Second); return clock }
	in.Run = apply.RunInfo{ID: "r1", Account: "ann@x.example", Commit: "abc", Labels: map[string]string{"env": "test"}}
	in.Requests = func() apply.Requests {
		return apply.Requests{Reads: len(m.log()) - len(m.writes()), Writes: len(m.writes())}
	}
	got := apply.Run(t.Context(), in)

	begun := time.Unix(1_800_000_000, 0).UTC()
	want := &apply.Report{
		FormatVersion: 1,
		Run: apply.RunInfo{
			ID: "r1", Account: "ann@x.example", Commit: "abc", Labels: map[string]string{"env": "test"},
			Started: begun.Add(time.Second), Finished: begun.Add(4 * time.Second),
			ToolVersion: "v1.2.3", Target: p.Target,
		},
		Result: apply.Converged, Requests: apply.Requests{Reads: 1, Writes: 1},
		Summary:   p.Summary,
		Outcomes:  []apply.Outcome{{Action: off("bob", 2), Status: apply.Done, Started: begun.Add(2 * time.Second), Finished: begun.Add(3 * time.Second)}},
		Remaining: []apply.Remaining{},
		FinalRead: apply.FinalReadDone,
		Manual:    p.Manual, Notes: p.Notes, Guards: p.Guards,
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(plan.Value{})); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}

func TestRun_tellsItsObserverOfEveryAction(t *testing.T) {
	m := instance()
	m.before = failsOn("update_user 2 ", refused)
	in := input(m, planOf(batch(off("bob", 2), off("cas", 3)), batch(off("dee", 4, needs("deactivate_user:bob@x.example")))))
	var seen watcher
	in.Observer = &seen
	apply.Run(t.Context(), in)

	want := watcher{
		"bob@x.example started", "bob@x.example failed",
		"cas@x.example started", "cas@x.example done",
		"dee@x.example blocked",
		"final read",
	}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

type watcher []string

func (w *watcher) ActionStarted(a plan.Action) { *w = append(*w, a.Subject+" started") }
func (w *watcher) ActionEnded(o apply.Outcome) { *w = append(*w, o.Subject+" "+string(o.Status)) }
func (w *watcher) FinalReadStarted()           { *w = append(*w, "final read") }
