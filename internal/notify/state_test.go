package notify_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/notify"
	"rollcall/internal/plan"
)

func state() *notify.State {
	return notify.NewState(notify.FormSlack, plan.Target{Kind: "testrail", URL: "https://acme.example"}, "users.yaml", plan.Scope{Only: []string{"group:qa"}})
}

func TestState_tellsEachDriftOnce(t *testing.T) {
	a, b := strings.Repeat("a", 64), strings.Repeat("b", 64)
	s, day := state(), found
	for _, tt := range []struct {
		name string
		now  string
		tell bool
		same bool // the state stays
	}{
		{"in sync at first", "", false, false},
		{"in sync still", "", false, true},
		{"drift", a, true, false},
		{"the same drift", a, false, true},
		{"another drift", b, true, false},
		{"mended", "", false, false},
		{"the same drift again", b, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			day = day.Add(24 * time.Hour)
			next, tell := s.Tell(tt.now, day)
			if tell != tt.tell || (next == s) != tt.same || next.Fingerprint != tt.now {
				t.Errorf("tells %v, %+v", tell, next)
			}
			s = next
		})
	}
}

func TestState_isReadAsItWasWritten(t *testing.T) {
	want, _ := state().Tell(strings.Repeat("a", 64), found)
	var text bytes.Buffer
	if err := want.Write(&text); err != nil {
		t.Fatal(err)
	}
	got, err := notify.ReadState(text.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, tt := range []struct{ name, old, new string }{
		{"cut off", text.String()[40:], ""},
		{"of a newer rollcall", `"format_version": 1`, `"format_version": 2`},
		{"another file", `"drift_state"`, `"testrail-simulator"`},
		{"a fingerprint that is none", `"aaaa`, `"zzzz`},
		{"nothing", text.String(), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if s, err := notify.ReadState([]byte(strings.Replace(text.String(), tt.old, tt.new, 1))); err == nil {
				t.Errorf("read %+v", s)
			}
		})
	}
}

func TestState_isAboutOneThing(t *testing.T) {
	two, turned := state(), state()
	two.Scope.Only, turned.Scope.Only = []string{"user:a@b.example", "group:c"}, []string{"group:c", "user:a@b.example"}
	for name, err := range map[string]error{"the same": state().Bind(state()), "the same scope in another order": two.Bind(turned)} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*notify.State)
	}{
		{"another target", func(s *notify.State) { s.Target.URL = "https://other.example" }},
		{"a simulator", func(s *notify.State) { s.Target.Simulator = true }},
		{"another roster", func(s *notify.State) { s.Roster = "teams.yaml" }},
		{"another receiver", func(s *notify.State) { s.Form = notify.FormWebhook }},
		{"another scope", func(s *notify.State) { s.Scope.Only = nil }},
		{"without removals", func(s *notify.State) { s.Scope.NoRemovals = true }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			other := state()
			tt.change(other)
			if err := state().Bind(other); !errors.Is(err, notify.ErrOther) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A file may have a name that JSON can't say. It is still the same roster in the next run.
func TestState_knowsARosterWhoseNameIsNoText(t *testing.T) {
	now := func() *notify.State {
		return notify.NewState(notify.FormSlack, plan.Target{Kind: "testrail", URL: "https://acme.example"}, notify.Roster([]directory.File{{Path: "u\xff.yaml"}}), plan.Scope{})
	}
	first, _ := now().Tell("", found)
	var text bytes.Buffer
	if err := first.Write(&text); err != nil {
		t.Fatal(err)
	}
	kept, err := notify.ReadState(text.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := kept.Bind(now()); err != nil {
		t.Error(err)
	}
}

func TestState_saysThatItIsAboutASimulator(t *testing.T) {
	other := state()
	other.Target.Simulator = true
	if err := other.Bind(state()); err == nil || !strings.Contains(err.Error(), "SIMULATOR") {
		t.Errorf("%v", err)
	}
}
