package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A mistyped leaver keeps their access, and nothing else of a plan says so.
func TestBuild_leaverWithOneMistake(t *testing.T) {
	const typo = "wendy.oneil"
	wendy := account(1, "wendy.oneill")
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"of somebody who is listed", given(wendy, listed("wendy.oneill"), listed(typo, onlyLeaver)), []string{"leaver_unknown wendy.oneil"}},
		{"of somebody who is not listed", given(wendy, listed(typo, onlyLeaver)), []string{"leaver_unknown wendy.oneil"}},
		{"in the domain", given(wendy, listed("wendy.oneill@acme.exmaple", onlyLeaver)), []string{"leaver_unknown wendy.oneill@acme.exmaple"}},
		{"in the first letters", given(wendy, listed("ewndy.oneill", onlyLeaver)), []string{"leaver_unknown ewndy.oneill"}},
		{"of somebody who leaves as well", given(wendy, listed("wendy.oneill", onlyLeaver), listed(typo, onlyLeaver)), nil},
		{"of somebody who is inactive", given(account(1, "wendy.oneill", inactive), listed(typo, onlyLeaver)), nil},
		{"but an account has the very address", given(wendy, account(2, typo, inactive), listed(typo, onlyLeaver)), nil},
		{"of two who stay, and it is said once", given(wendy, account(2, "wendy.onei"), listed(typo, onlyLeaver)), []string{"leaver_unknown wendy.oneil"}},
		{"nobody is near", given(wendy, listed("max.trent", onlyLeaver)), nil},
		{"the name is short", given(account(1, "u12"), listed("u1", onlyLeaver), listed("", onlyLeaver)), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, notes(tt.given.build(t))); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

// Whoever reviews a new line of `leavers` would think that it does something.
func TestBuild_leaverWhomTheChangeAdds(t *testing.T) {
	gone := listed("max.trent", onlyLeaver)
	for _, tt := range []struct {
		name         string
		earlier, now *world
		want         []string
	}{
		{"without an account", given(), given(gone), []string{"leaver_unknown max.trent: no account has this address: the line does nothing"}},
		{"with an account", given(), given(account(1, "max.trent"), gone), nil},
		{"who was a leaver before", given(gone), given(gone), nil},
		{"with one mistake is told of once", given(), given(account(1, "max.trents"), gone),
			[]string{"leaver_unknown max.trent: no account has this address, and that of max.trents@acme.example stays active: is it a typing error?"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for i, n := range changed(t, tt.now, tt.earlier, false).Notes {
				if n.Source == nil {
					t.Errorf("note %d has no place", i)
				}
				got = append(got, string(n.Code)+" "+strings.TrimSuffix(n.Subject, domain)+": "+n.Text)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}
