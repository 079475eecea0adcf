package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// ahead returns the notes of a code, with their place.
func ahead(p *plan.Plan, code plan.NoteCode) []string {
	var list []string
	for _, n := range p.Notes {
		if n.Code == code {
			list = append(list, n.Subject+" "+n.Text+" ("+n.Source.String()+")")
		}
	}
	return list
}

func TestBuild_notesAccessThatEndsSoon(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"nobody's access ends", given(account(1, "ana"), listed("ana")), nil},
		{"in fifteen days is not soon", given(account(1, "ana"), listed("ana", until(today.Plus(15)))), nil},
		{"in fourteen days is", given(account(1, "ana"), listed("ana", until(today.Plus(14)))),
			[]string{"ana@acme.example the last day of access is 2026-11-24, in 14 days (users.yaml:14:5)"}},
		{"tomorrow", given(account(1, "ana"), listed("ana", until(tomorrow))), []string{"ana@acme.example the last day of access is 2026-11-11, in 1 day (users.yaml:14:5)"}},
		{"today", given(account(1, "ana"), listed("ana", until(today))), []string{"ana@acme.example the last day of access is 2026-11-10, today (users.yaml:14:5)"}},
		{"a day that has passed is an action", given(account(1, "ana"), listed("ana", until(yesterday))), nil},
		{"the earliest day comes first", given(accounts(1, 3), listed("u1", until(today.Plus(5))), listed("u2", until(tomorrow)), listed("u3", until(today.Plus(5)))),
			[]string{"u2@acme.example the last day of access is 2026-11-11, in 1 day (users.yaml:24:5)",
				"u1@acme.example the last day of access is 2026-11-15, in 5 days (users.yaml:14:5)",
				"u3@acme.example the last day of access is 2026-11-15, in 5 days (users.yaml:34:5)"}},
		{"of somebody who is created", given(listed("ana", named("Ana"), until(tomorrow))), []string{"ana@acme.example the last day of access is 2026-11-11, in 1 day (users.yaml:14:5)"}},
		{"of somebody who comes back", given(account(1, "ana", inactive), listed("ana", active(true), until(tomorrow))),
			[]string{"ana@acme.example the last day of access is 2026-11-11, in 1 day (users.yaml:14:5)"}},
		{"of somebody who was switched off by hand", given(account(1, "ana", inactive), listed("ana", until(tomorrow))), nil},
		{"of somebody who goes by this plan", given(account(1, "ana"), listed("ana", active(false), until(tomorrow))), nil},
		{"of somebody who is gone", given(account(1, "ana", inactive), listed("ana", active(false), until(tomorrow))), nil},
		{"of somebody who never was and shall not be", given(listed("ana", active(false), until(tomorrow))), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, ahead(tt.given.build(t), plan.NoteAccessEnds)); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBuild_notesSeatsThatAreNearlyTaken(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"a roster that says nothing of seats", given(accounts(1, 9)), nil},
		{"three free of a few", given(accounts(1, 7), seats(10, 0)), nil},
		{"two free of a few", given(accounts(1, 8), seats(10, 0)), []string{" 8 of 10 seats are taken after this plan: 2 joiners fit in (users.yaml:8:3)"}},
		{"the reserve is not free", given(accounts(1, 7), seats(10, 1)), []string{" 7 of 10 seats are taken after this plan, with 1 in reserve: 2 joiners fit in (users.yaml:8:3)"}},
		{"the last one", given(accounts(1, 9), seats(10, 0)), []string{" 9 of 10 seats are taken after this plan: 1 joiner fits in (users.yaml:8:3)"}},
		{"none", given(accounts(1, 10), seats(10, 0)), []string{" 10 of 10 seats are taken after this plan: none is left for a joiner (users.yaml:8:3)"}},
		{"more than there are is what the guard says", given(accounts(1, 11), seats(10, 0)), nil},
		{"more than a twentieth free of many", given(accounts(1, 188), seats(200, 1)), nil},
		{"a twentieth free of many, rounded up", given(accounts(1, 189), seats(200, 1)), []string{" 189 of 200 seats are taken after this plan, with 1 in reserve: 10 joiners fit in (users.yaml:8:3)"}},
		{"what counts is after the plan", given(accounts(1, 8), seats(10, 0), listed("u1", active(false))), nil},
		{"also for who joins", given(accounts(1, 7), seats(10, 0), listed("x", named("X"))), []string{" 8 of 10 seats are taken after this plan: 2 joiners fit in (users.yaml:8:3)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, ahead(tt.given.build(t), plan.NoteSeatsNearlyTaken)); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

// What is said ahead of time alone leaves a plan empty.
func TestBuild_notesAheadAreNoDrift(t *testing.T) {
	p := given(account(1, "ana"), listed("ana", until(tomorrow)), seats(1, 0)).build(t)
	if len(p.Notes) != 2 || !p.Empty() || len(p.Refused()) > 0 {
		t.Errorf("%d notes, %d actions, refused %v", len(p.Notes), p.Summary.Actions, p.Refused())
	}
	if got := p.Notes[0].Until; got != (directory.Date{Year: 2026, Month: 11, Day: 11}) {
		t.Errorf("the note's day is %s", got)
	}
}
