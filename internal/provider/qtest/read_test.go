package qtest_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/instance"
	"rollcall/internal/provider/qtest"
	"rollcall/internal/sim/fault"
	sim "rollcall/internal/sim/qtestsim"
)

func TestRead_isTheTruthWhateverTheServerDoes(t *testing.T) {
	t.Parallel()
	extents := map[string]directory.Extent{
		"little": {}, "projects": {Projects: true}, "ways to sign on": {SignOns: true}, "everything": {Projects: true, SignOns: true},
	}
	for _, generation := range []sim.Generation{sim.Gen2026, sim.Gen2023, sim.Gen2018} {
		for name, switches := range doubts() {
			for much, more := range extents {
				t.Run(fmt.Sprintf("generation %d, %s, %s", generation, name, much), func(t *testing.T) {
					switches.Generation = generation
					projects := 6
					if switches.ProjectsFirstPage {
						projects = 120 // more than a page
					}
					snapshot := company(40, 12, projects, switches, false)
					if generation == sim.Gen2018 { // whose administrators are not those of a group
						snapshot.Users[0].SiteAdmin = true
					}
					want := truth(snapshot, more)
					w := newWriter(t, newServer(t, snapshot))
					live, err := w.Read(t.Context(), more)
					if err != nil {
						t.Fatal(err)
					}
					if generation == sim.Gen2018 && switches.EmptySearchNobody {
						// The list by project has no ways to sign on before 2023.
						for i := range want.Users {
							want.Users[i].SignOn, want.Users[i].ExternalName = "", ""
						}
						if !more.SignOns {
							want.SignOns, want.SignOnsRead = nil, false
						}
					}
					if diff := cmp.Diff(want, live); diff != "" {
						t.Errorf("live state (-want +got):\n%s", diff)
					}
					again, err := w.Read(t.Context(), more)
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(live, again); diff != "" {
						t.Errorf("second reading (-first +second):\n%s", diff)
					}
				})
			}
		}
	}
}

func TestReadMore_addsWhatWasNotReadAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, switches := range doubts() {
		t.Run(name, func(t *testing.T) {
			snapshot := company(60, 8, 9, switches, true)
			srv := newServer(t, snapshot)
			w := newWriter(t, srv)
			live, err := w.Read(t.Context(), directory.Extent{})
			if err != nil {
				t.Fatal(err)
			}
			before := truth(snapshot, directory.Extent{})
			srv.ResetLog()
			more, err := w.ReadMore(t.Context(), live, directory.Extent{Projects: true})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(truth(snapshot, directory.Extent{Projects: true}), more); diff != "" {
				t.Errorf("with projects (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, live); diff != "" {
				t.Errorf("the live state it came from changed (-was +is):\n%s", diff)
			}
			for _, again := range []string{"get_groups", "reevaluate_token", "find_by_user_name_or_email"} {
				if srv.Count(again) != 0 {
					t.Errorf("%s was sent again", again)
				}
			}
			srv.ResetLog()
			full, err := w.ReadMore(t.Context(), more, directory.Extent{Projects: true, SignOns: true})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(truth(snapshot, directory.Extent{Projects: true, SignOns: true}), full); diff != "" {
				t.Errorf("with ways to sign on (-want +got):\n%s", diff)
			}
			if got := routes(srv); len(got) != 1 {
				t.Errorf("requests = %v", got)
			}
			srv.ResetLog()
			if same, err := w.ReadMore(t.Context(), full, directory.Extent{Projects: true}); err != nil || same != full || srv.Count("") != 0 {
				t.Errorf("what was read is read again: %v, %v", routes(srv), err)
			}
		})
	}
}

// A stranger who comes between Read and ReadMore does not fit what was read.
func TestReadMore_readsAllAnewWhenSomebodyCameMeanwhile(t *testing.T) {
	srv := newServer(t, company(30, 8, 4, sim.Switches{}, true))
	w := newWriter(t, srv)
	live, err := w.Read(t.Context(), directory.Extent{})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Edit(func(st *sim.State) error {
		_, err := st.AddUser(sim.User{Username: "new@acme.example", FirstName: "New", LastName: "One", Status: sim.StatusActive})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	more, err := w.ReadMore(t.Context(), live, directory.Extent{Projects: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(more.Users) != 31 || !more.ProjectsRead {
		t.Errorf("%d users, projects read %v", len(more.Users), more.ProjectsRead)
	}
}

// allInProjects is a site where everybody is in a project.
func allInProjects(switches sim.Switches) sim.Snapshot {
	s := sim.EmptySnapshot()
	s.Switches = switches
	s.Users = append(s.Users, sim.User{ID: 2, Username: "omar@acme.example", FirstName: "Omar", LastName: "Haddad", Status: sim.StatusActive})
	s.Projects[0].Members = append(s.Projects[0].Members, sim.Member{User: 2, Profile: 5})
	return s
}

// Where the search by name lists nobody, the search by project may leave people without a project out, and everybody who is
// listed has one: nobody knows.
func TestRead_failsWherePeopleWithoutAProjectMayBeMissing(t *testing.T) {
	_, err := newWriter(t, newServer(t, allInProjects(sim.Switches{EmptySearchNobody: true, SearchNeedsProject: true}))).Read(t.Context(), directory.Extent{})
	var incomplete *instance.InconsistentError
	if !errors.As(err, &incomplete) || !strings.Contains(err.Error(), "without a project") {
		t.Errorf("error = %v", err)
	}
	if hint := qtest.Explain(err).Hint; !strings.Contains(hint, "out of all projects") {
		t.Errorf("hint = %s", hint)
	}
}

// A member whom no list of accounts has is somebody who would be removed one day.
func TestRead_failsForAMemberWhoIsNotListed(t *testing.T) {
	s := company(60, 8, 9, sim.Switches{EmptySearchNobody: true, SearchNeedsProject: true}, true)
	_, err := newWriter(t, newServer(t, s)).Read(t.Context(), directory.Extent{})
	var incomplete *instance.InconsistentError
	if !errors.As(err, &incomplete) {
		t.Errorf("error = %v", err)
	}
}

// Whoever is in no list of members is asked for one by one, if groups say that somebody is missing; where nothing tells,
// the totals do not add up.
func TestRead_asksForPeopleOneByOne(t *testing.T) {
	s := company(40, 8, 4, sim.Switches{GroupsHideUsers: true, SearchNeedsProject: true}, true)
	srv := newServer(t, s)
	w := newWriter(t, srv)
	for range 2 {
		srv.ResetLog()
		live, err := w.Read(t.Context(), directory.Extent{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(truth(s, directory.Extent{}), live); diff != "" {
			t.Errorf("live state (-want +got):\n%s", diff)
		}
		if asked := srv.Count("get_user_by_id"); asked == 0 || w.Caps().EachTime != asked {
			t.Errorf("%d people were asked for, abilities tell of %d", asked, w.Caps().EachTime)
		}
	}
	srv.Switches.UserHidesGroups = true
	_, err := newWriter(t, srv).Read(t.Context(), directory.Extent{})
	var incomplete *instance.InconsistentError
	if !errors.As(err, &incomplete) || !strings.Contains(err.Error(), "says to have") {
		t.Errorf("error = %v", err)
	}
}

func TestRead_holdsBothSidesOfAMembershipAgainstEachOther(t *testing.T) {
	site := func(status int) sim.Snapshot {
		s := sim.EmptySnapshot()
		s.Users = append(s.Users,
			sim.User{ID: 2, Username: "omar@acme.example", FirstName: "Omar", LastName: "Haddad", Status: status},
			sim.User{ID: 3, Username: "lea@acme.example", FirstName: "Lea", LastName: "Trent", Status: sim.StatusActive})
		s.Groups = append(s.Groups, sim.Group{ID: 41, Name: "QA", UserIDs: []int{2}}, sim.Group{ID: 42, Name: "Ops", UserIDs: []int{3}})
		return s
	}
	hide := func(kind fault.Kind, from, to int) []fault.Rule {
		return []fault.Rule{{Fault: fault.Fault{Kind: kind}, Method: "get_groups", From: from, To: to}}
	}
	tests := []struct {
		name    string
		status  int // Omar's
		faults  []fault.Rule
		wantErr string
		remarks int
		reads   int // of groups
	}{
		{"they agree", sim.StatusActive, nil, "", 0, 1},
		{"they disagree once", sim.StatusActive, hide(fault.GroupsDisagree, 1, 1), "", 0, 2},
		{"they go on disagreeing about somebody active", sim.StatusActive, hide(fault.GroupsDisagree, 1, 0), "whose list lacks it", 0, 2},
		{"one side hides inactive members", sim.StatusInactive, hide(fault.GroupsHideInactive, 0, 0), "", 1, 1},
		{"one side hides somebody invited, who is not active", sim.StatusNew, hide(fault.GroupsHideInactive, 0, 0), "", 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := newServer(t, site(tt.status))
			srv.Switches.Faults = tt.faults
			live, err := newWriter(t, srv).Read(t.Context(), directory.Extent{Projects: true})
			if got := srv.Count("get_groups"); got != tt.reads {
				t.Errorf("groups were read %d times, want %d", got, tt.reads)
			}
			if tt.wantErr != "" {
				var inconsistent *instance.InconsistentError
				if !errors.As(err, &inconsistent) || !strings.Contains(err.Error(), tt.wantErr) {
					t.Errorf("error = %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(truth(site(tt.status), directory.Extent{Projects: true}).Groups, live.Groups); diff != "" || len(live.Remarks) != tt.remarks {
				t.Errorf("remarks %q, groups (-want +got):\n%s", live.Remarks, diff)
			}
		})
	}
}

// A read is the whole truth or an error, whatever goes wrong with whichever of its requests, once or for ever.
func TestRead_isWholeOrFails(t *testing.T) {
	t.Parallel()
	snapshot := company(24, 4, 4, sim.Switches{}, false)
	everything := directory.Extent{Projects: true, SignOns: true}
	want := truth(snapshot, everything)
	operations := []string{
		"reevaluate_token", "find_by_user_name_or_email", "get_groups", "find_users_by_projects_name", "get_projects",
		"get_user_profiles", "get_auth_systems",
	}
	reads := 0
	for _, kind := range sim.FaultKinds() {
		for _, operation := range operations {
			for _, forEver := range []bool{false, true} {
				name := fmt.Sprintf("%s at %s, for ever %v", kind, operation, forEver)
				reads++
				synctest.Test(t, func(t *testing.T) {
					srv := newServer(t, snapshot)
					rule := fault.Rule{Fault: fault.Fault{Kind: kind}, Method: operation, From: 1}
					if !forEver {
						rule.To = 1
					}
					srv.Switches.Faults = []fault.Rule{rule}
					live, err := newWriter(t, srv).Read(t.Context(), everything)
					var incomplete *instance.InconsistentError
					var failed *httpx.Error
					denied := errors.As(err, &failed) && (failed.Kind == httpx.Unauthorized || failed.Kind == httpx.Forbidden)
					switch {
					case err == nil:
						live.Remarks = nil
						if diff := cmp.Diff(want, live); diff != "" && !cannotBeSeen(kind, operation) {
							t.Errorf("%s: live state is wrong (-want +got):\n%s", name, diff)
						}
					case live != nil:
						t.Errorf("%s: a live state beside the error %v", name, err)
					case operation != "reevaluate_token" && !denied && !errors.As(err, &incomplete):
						t.Errorf("%s: error of another type: %v", name, err)
					}
					srv.Close()
				})
			}
		}
	}
	t.Logf("%d readings", reads)
}

// cannotBeSeen reports whether a list that lacks items looks whole: an array tells no total, and nothing refers to each
// project; memberships of one that is not listed are left alone.
func cannotBeSeen(kind fault.Kind, operation string) bool {
	switch kind {
	case fault.PageSkips, fault.PageEndsEarly, fault.PageShrinks:
		return operation == "get_projects"
	}
	return false
}

// An archived project may not be listed, and people are still in it: nobody could name it, so it is nobody's difference.
func TestRead_leavesProjectsAloneThatAreNotListed(t *testing.T) {
	snapshot := company(24, 4, 4, sim.Switches{}, true)
	srv := newServer(t, snapshot)
	srv.Switches.Faults = []fault.Rule{{Fault: fault.Fault{Kind: fault.PageSkips}, Method: "get_projects"}}
	live, err := newWriter(t, srv).Read(t.Context(), directory.Extent{Projects: true})
	if err != nil {
		t.Fatal(err)
	}
	hidden := len(snapshot.Projects[0].Members)
	want := fmt.Sprintf("memberships of projects that are not listed: %d; they are left alone", hidden)
	if diff := cmp.Diff([]string{want}, live.Remarks); hidden == 0 || diff != "" {
		t.Errorf("%d hidden, remarks (-want +got):\n%s", hidden, diff)
	}
	for _, u := range live.Users {
		if slices.Contains(u.Projects, directory.ProjectID(snapshot.Projects[0].ID)) {
			t.Errorf("account %d is in a project that is not listed", u.ID)
		}
	}
}
