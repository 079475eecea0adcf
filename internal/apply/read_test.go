package apply_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// written is the report of a run as JSON.
func written(t testing.TB) string {
	t.Helper()
	m := instance(team(7, "qa", 1, 2))
	in := input(m, planOf(batch(act(plan.UpdateUser, "bob@x.example", 2, named("B")), act(plan.UpdateGroup, "qa", 7, adds(addCas)))))
	in.Run.ID, in.Plan.Target.Kind = "run-1", "testrail"
	text, err := json.Marshal(apply.Run(t.Context(), in))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestReadReport(t *testing.T) {
	good := written(t)
	for _, tt := range []struct {
		name string
		text string
		want string
	}{
		{"nothing", "", "report is damaged"},
		{"half of it", good[:len(good)/2], "report is damaged"},
		{"more behind it", good + "{}", "report is damaged"},
		{"another file", `{"version": 1}`, "it has no format_version"},
		{"no run", strings.Replace(good, `"id":"run-1"`, `"id":""`, 1), "it does not name its run"},
		{"a result that nobody knows", strings.Replace(good, `"result":"`, `"result":"not `, 1), "its result is"},
		{"a status that nobody knows", strings.Replace(good, `"status":"done"`, `"status":"perhaps"`, 1), `is "perhaps"`},
		{"a kind that nobody knows", strings.ReplaceAll(good, "update_user", "promote_user"), "of the unknown kind"},
		{"a subject that is not the one of its id", strings.Replace(good, `"subject":"bob@x.example"`, `"subject":"eve@x.example"`, 1), "is about update_user eve@x.example"},
		{"a group without members", strings.Replace(good, `"members":{`, `"member":{`, 1), "has no members"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.text == good {
				t.Fatal("nothing is damaged")
			}
			if r, err := apply.ReadReport(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) || r != nil {
				t.Errorf("ReadReport: %v, %v, want %q", r, err, tt.want)
			}
		})
	}
	newer := strings.Replace(good, `"format_version":1`, `"format_version":2`, 1)
	if _, err := apply.ReadReport(strings.NewReader(newer)); !errors.Is(err, apply.ErrNewerFormat) {
		t.Errorf("ReadReport of a newer format: %v", err)
	}
	report, err := apply.ReadReport(strings.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(good, string(again)); diff != "" {
		t.Errorf("not the same after reading (-want +got):\n%s", diff)
	}
}

// What a run found done, or never tried, is not its work.
func TestReport_tried(t *testing.T) {
	m := instance(team(7, "qa", 1, 2))
	m.before = failsOn("update_user", refused)
	in := input(m, planOf(
		batch(act(plan.UpdateUser, "bob@x.example", 2, named("B")), act(plan.UpdateGroup, "qa", 7, adds(addCas))),
		batch(act(plan.UpdateUser, "cas@x.example", 3, named("C"), needs("update_user:bob@x.example")))))
	in.Settled = []apply.Outcome{
		{Action: act(plan.UpdateUser, "dee@x.example", 4, named("D")), Status: apply.Done},
		{Action: act(plan.UpdateUser, "eve@x.example", 5, named("E")), Status: apply.NotRun},
	}
	done, failed := apply.Run(t.Context(), in).Tried()
	if len(done) != 1 || done[0].ID != "update_group:qa" || len(failed) != 1 || failed[0].ID != "update_user:bob@x.example" {
		t.Errorf("done %v, failed %v", done, failed)
	}
}

// The report of a run names what it created, so that it can be told from what bears the name later.
func TestRun_namesWhatItCreated(t *testing.T) {
	m := instance()
	report := apply.Run(t.Context(), input(m, planOf(batch(act(plan.CreateUser, "eve@x.example", 0, named("Eve"))), batch(act(plan.CreateGroup, "new", 0, adds(addCas))))))
	for _, o := range report.Outcomes {
		if o.Status != apply.Done || o.SubjectID == 0 {
			t.Errorf("%s is %s, id %d: %s", o.ID, o.Status, o.SubjectID, o.Error)
		}
	}
}

// FuzzReadReport: what is accepted can be written, read again as the same, and undone.
func FuzzReadReport(f *testing.F) {
	f.Add(written(f))
	f.Add(`{"format_version":1,"run":{"id":"a","target":{"kind":"x"}},"result":"converged","actions":[{"id":"create_user:a","kind":"create_user","subject":"a","status":"done"}]}`)
	f.Add(`{"format_version":1,"actions":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		report, err := apply.ReadReport(strings.NewReader(text))
		if err != nil {
			if report != nil {
				t.Error("a report beside an error")
			}
			return
		}
		first, err := json.Marshal(report)
		if err != nil {
			t.Skipf("a time that JSON can't hold: %v", err)
		}
		again, err := apply.ReadReport(bytes.NewReader(first))
		if err != nil {
			t.Fatalf("written and not read: %v\n%s", err, first)
		}
		if second, _ := json.Marshal(again); !bytes.Equal(first, second) {
			t.Errorf("not the same after writing and reading:\n%s\n%s", first, second)
		}
		m := instance(team(7, "qa", 1, 2))
		ran := plan.Ran{ID: report.Run.ID}
		ran.Done, ran.Failed = report.Tried()
		want := &directory.Desired{Timezone: "UTC", Guards: directory.DefaultGuards()}
		if p, err := plan.Undo(ran, want, m.live(), caps(), plan.Options{}); (p == nil) == (err == nil) {
			t.Errorf("Undo: %v, %v", p, err)
		}
	})
}

// What somebody else did meanwhile is nobody's to take back: of each action stands in the report what was sent of it.
func TestReport_triedIsWhatWasSent(t *testing.T) {
	for _, tt := range []struct {
		name   string
		action plan.Action
		setup  func(m *memory)
		want   string
	}{
		{"all of it", act(plan.UpdateGroup, "qa", 7, adds(addCas), removes("bob@x.example=2")), nil, "+cas@x.example -bob@x.example"},
		{"an addition that was there already", act(plan.UpdateGroup, "qa", 7, adds(addCas, "dee@x.example=4")), func(m *memory) { m.setMembers(7, 1, 2, 3) }, "+dee@x.example"},
		{"a removal that somebody made", act(plan.UpdateGroup, "qa", 7, adds(addCas), removes("bob@x.example=2")), func(m *memory) { m.setMembers(7, 1) }, "+cas@x.example"},
		{"all of it by somebody else", act(plan.UpdateGroup, "qa", 7, adds(addCas)), func(m *memory) { m.setMembers(7, 1, 2, 3) }, "nothing"},
		{"a group that somebody deleted", act(plan.DeleteGroup, "qa", 7, removes("ada@x.example=1", "bob@x.example=2")), func(m *memory) { m.groups = nil }, "nothing"},
		{"a group that we deleted", act(plan.DeleteGroup, "qa", 7, removes("ada@x.example=1", "bob@x.example=2")), nil, "-ada@x.example -bob@x.example"},
		{"a write that was not answered and took effect", act(plan.UpdateGroup, "qa", 7, adds(addCas)), func(m *memory) { m.after = failsOn("update_group", down) }, "+cas@x.example"},
		{"a write of which somebody else did a part before the second try", act(plan.UpdateGroup, "qa", 7, adds(addCas, "dee@x.example=4")), func(m *memory) {
			m.after = func(call string) error {
				if !strings.HasPrefix(call, "update_group") {
					return nil
				}
				m.after = nil
				m.setMembers(7, 1, 2, 4)
				return down
			}
		}, "+cas@x.example +dee@x.example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := instance(team(7, "qa", 1, 2))
			in := input(m, planOf(batch(tt.action)))
			if tt.setup != nil {
				tt.setup(m)
			}
			report := apply.Run(t.Context(), in)
			done, failed := report.Tried()
			got := "nothing"
			if len(failed) > 0 {
				t.Fatalf("failed: %+v", report.Outcomes)
			}
			if len(done) == 1 {
				var texts []string
				for _, x := range done[0].Members.Add {
					texts = append(texts, "+"+string(x.User))
				}
				for _, x := range done[0].Members.Remove {
					texts = append(texts, "-"+string(x.User))
				}
				got = strings.Join(texts, " ")
			}
			if got != tt.want {
				t.Errorf("sent %s, want %s\n%+v", got, tt.want, report.Outcomes)
			}
			if o := report.Outcomes[0]; (o.Written == nil) != (o.Unwritten || got == "nothing" || len(done[0].Members.Add)+len(done[0].Members.Remove) == len(tt.action.Members.Add)+len(tt.action.Members.Remove)) {
				t.Errorf("written %+v, unwritten %t", o.Written, o.Unwritten)
			}
		})
	}
}
