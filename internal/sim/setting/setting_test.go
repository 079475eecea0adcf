package setting_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/sim/fault"
	"rollcall/internal/sim/setting"
)

type level uint8

type switches struct {
	Level  level
	On     bool
	Count  int
	Wait   time.Duration
	Faults []fault.Rule
}

func (s *switches) table() setting.Table {
	return setting.Table{
		setting.Choice(&s.Level, "level", "", "low", "high"),
		setting.Toggle(&s.On, "on", "", "no", "yes"),
		setting.Number(&s.Count, "count", "", "none"),
		setting.Duration(&s.Wait, "wait", ""),
		setting.Faults(&s.Faults, fault.Kinds(), "fault", ""),
	}
}

func TestTable_setsGetsAndWrites(t *testing.T) {
	var s switches
	for _, set := range [][2]string{{"level", "high"}, {"on", "yes"}, {"count", "3"}, {"wait", "2s"}, {"fault", "500@1"}, {"fault", "reset@2,429:3s"}} {
		if err := s.table().Set(set[0], set[1]); err != nil {
			t.Fatal(err)
		}
	}
	const want = `{"level":"high","on":"yes","count":"3","wait":"2s","fault":"500@1,reset@2,429:3s"}`
	if diff := cmp.Diff(want, string(s.table().JSON())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var back switches
	if err := back.table().SetJSON([]byte(want)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, back); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, o := range s.table().Options() {
		if err := s.table().Set(o.Name, o.Values[0]); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(switches{}, s); diff != "" {
		t.Errorf("the defaults (-want +got):\n%s", diff)
	}
	if got := string(s.table().JSON()); got != "{}" {
		t.Errorf("the defaults are written: %s", got)
	}
}

func TestTable_refusesAndKeeps(t *testing.T) {
	for _, row := range [][3]string{
		{"level", "middle", `switch level: "middle" is none of low, high`},
		{"on", "1", `switch on: "1" is neither no nor yes`},
		{"count", "-1", `switch count: "-1" is neither none nor a positive number`},
		{"wait", "-1s", `switch wait: "-1s" is not a duration such as 250ms or 30s`},
		{"fault", "500,boom", `switch fault: fault "boom": kind is none of `},
		{"other", "", `switch other: unknown name`},
	} {
		t.Run(row[0], func(t *testing.T) {
			s := switches{Level: 1, Count: 2}
			err := s.table().Set(row[0], row[1])
			if err == nil || err.Error()[:min(len(err.Error()), len(row[2]))] != row[2] {
				t.Errorf("error %v, want %s", err, row[2])
			}
			if diff := cmp.Diff(switches{Level: 1, Count: 2}, s); diff != "" {
				t.Errorf("changed (-want +got):\n%s", diff)
			}
		})
	}
	var s switches
	if got := s.table().Get("other"); got != "" {
		t.Errorf("%q", got)
	}
	if err := s.table().SetJSON([]byte(`{"level":1}`)); err == nil {
		t.Error("a number is no text")
	}
}
