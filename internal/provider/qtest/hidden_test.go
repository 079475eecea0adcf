package qtest_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/provider/instance"
	"rollcall/internal/sim/fault"
	sim "rollcall/internal/sim/qtestsim"
)

// Of an account that does not tell its groups, a full set is written that rests on a list. One that lacks a group would take
// the person out of it.
func TestReadAccount_groupsThatTheAccountHides(t *testing.T) {
	site := func() sim.Snapshot {
		s := sim.EmptySnapshot()
		s.Users = append(s.Users, sim.User{ID: 2, Username: "omar@acme.example", FirstName: "Omar", LastName: "Haddad", Status: sim.StatusActive})
		for id := 41; id < 45; id++ {
			s.Groups = append(s.Groups, sim.Group{ID: id, Name: "Team " + string(rune('A'+id-41)), UserIDs: []int{2}})
		}
		return s
	}
	groups := []fault.Rule{{Fault: fault.Fault{Kind: fault.PageShrinks}, Method: "get_groups"}}
	search := []fault.Rule{{Fault: fault.Fault{Kind: fault.PageSkips}, Method: "find_users_by_projects_name"}}
	for _, tt := range []struct {
		name     string
		switches sim.Switches
		faults   []fault.Rule
		wantErr  string
	}{
		{"the search has him", sim.Switches{}, nil, ""},
		{"the search has him, and the list of groups is cut short", sim.Switches{}, groups, ""},
		{"the search is cut short", sim.Switches{}, search, "search/user"},
		{"the search has no people without a project", sim.Switches{SearchNeedsProject: true}, nil, ""},
		{"nor have groups all that were there", sim.Switches{SearchNeedsProject: true}, groups, "which it had before"},
		{"and groups do not tell their members", sim.Switches{SearchNeedsProject: true, GroupsHideUsers: true}, nil, "nothing tells"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := newServer(t, site())
			w := newWriter(t, srv)
			read(t, w)
			srv.Switches = tt.switches
			srv.Switches.UserHidesGroups, srv.Switches.Faults = true, tt.faults
			account, err := w.ReadAccount(t.Context(), 2)
			if tt.wantErr != "" {
				var incomplete *instance.InconsistentError
				if !errors.As(err, &incomplete) || !strings.Contains(err.Error(), tt.wantErr) {
					t.Errorf("groups %v, error %v; want one with %q", account.Groups, err, tt.wantErr)
				}
				return
			}
			if want := []directory.GroupID{41, 42, 43, 44}; err != nil || !slices.Equal(account.Groups, want) {
				t.Errorf("groups %v, error %v; want %v", account.Groups, err, want)
			}
		})
	}
}

// Where a server takes no empty set, the answer shows that the groups are still there.
func TestUpdateAccount_setsThatTheServerDoesNotEmpty(t *testing.T) {
	s := sim.EmptySnapshot()
	s.Users = append(s.Users, sim.User{ID: 2, Username: "omar@acme.example", FirstName: "Omar", LastName: "Haddad", Status: sim.StatusActive})
	s.Groups = append(s.Groups, sim.Group{ID: 41, Name: "QA", UserIDs: []int{2}})
	s.Switches.EmptyGroupsKeep = true
	w := newWriter(t, newServer(t, s))
	read(t, w)
	now, err := w.ReadAccount(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := w.UpdateAccount(t.Context(), now, directory.UserChange{Groups: &[]directory.GroupID{}})
	if err != nil || !slices.Equal(answer.Groups, []directory.GroupID{41}) {
		t.Errorf("answer has groups %v, error %v; want the one that is still there", answer.Groups, err)
	}
}

// What is known of how somebody signs on goes back as it came. Where no name is, nothing is written that could take the way to
// sign on away, but a leaver is switched off all the same.
func TestUpdateAccount_externalNames(t *testing.T) {
	off, name := false, "Omar"
	for _, tt := range []struct {
		name     string
		external string
		change   directory.UserChange
		wantErr  string
	}{
		{"a name with spaces around it stays", "  omar ", directory.UserChange{GivenName: &name}, ""},
		{"no name, and another change", "", directory.UserChange{GivenName: &name}, "auth: {external_name: ...}"},
		{"nothing but spaces, and another change", "  ", directory.UserChange{GivenName: &name}, "auth: {external_name: ...}"},
		{"no name, and he leaves", "", directory.UserChange{Active: &off}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := sim.EmptySnapshot()
			s.AuthSystems = append(s.AuthSystems, sim.AuthSystem{ID: 12, Type: "SSO_SAML2", Name: "Acme SSO"})
			s.Users = append(s.Users, sim.User{ID: 2, Username: "omar@acme.example", FirstName: "O", LastName: "Haddad", Status: sim.StatusActive, AuthSystem: 12, ExternalName: tt.external})
			srv := newServer(t, s)
			w := newWriter(t, srv)
			read(t, w)
			now, err := w.ReadAccount(t.Context(), 2)
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.UpdateAccount(t.Context(), now, tt.change)
			u := srv.Snapshot().Users[1]
			if u.AuthSystem != 12 || u.ExternalName != tt.external {
				t.Errorf("signs on by %d as %q afterwards", u.AuthSystem, u.ExternalName)
			}
			switch {
			case tt.wantErr == "" && err != nil, tt.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tt.wantErr)):
				t.Errorf("error %v, want one with %q", err, tt.wantErr)
			case tt.change.Active != nil && u.Status != sim.StatusInactive:
				t.Errorf("status %d: the leaver is not switched off", u.Status)
			}
		})
	}
}
