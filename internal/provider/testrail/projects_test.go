package testrail_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/provider/instance"
	sim "rollcall/internal/sim/testrailsim"
)

func TestReadMore_takesNothingButTheirPages(t *testing.T) {
	company := sim.Generate(1, sim.GenOptions{Users: 300, Groups: 20, Projects: 260})
	want := readAll(t, newWriter(t, newSim(t, company)))

	srv := newSim(t, company)
	w := newWriter(t, srv)
	before, err := w.Read(t.Context(), directory.Extent{})
	if err != nil {
		t.Fatal(err)
	}
	srv.ResetLog()
	for range 2 { // the second time they are known
		live, err := w.ReadMore(t.Context(), before, directory.Extent{Projects: true})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, live); diff != "" {
			t.Errorf("live state, against that of one reading (-want +got):\n%s", diff)
		}
	}
	wantSent := []string{"GET get_projects", "GET get_projects&limit=250&offset=250"}
	if diff := cmp.Diff(wantSent, routes(srv)); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if before.ProjectsRead || len(before.Projects) > 0 {
		t.Errorf("the earlier reading was changed: it has %d projects", len(before.Projects))
	}
	if size := w.Caps().Pages.Projects; size != 250 {
		t.Errorf("a page of projects has %d, want 250", size)
	}

	srv.ResetLog()
	again, err := w.Read(t.Context(), directory.Extent{})
	if err != nil || !again.ProjectsRead || srv.Count("get_projects") != 0 {
		t.Errorf("a later read: error %v, with projects %v, which took %d requests", err, again.ProjectsRead, srv.Count("get_projects"))
	}
}

func TestReadMore_failsAsReadDoes(t *testing.T) {
	srv := newSim(t, sim.Generate(1, sim.GenOptions{Users: 30}))
	w := newWriter(t, srv)
	live, err := w.Read(t.Context(), directory.Extent{})
	if err != nil {
		t.Fatal(err)
	}
	srv.Switches.Faults = []sim.FaultRule{{Fault: sim.Fault{Kind: sim.PageRepeats}, Method: "get_projects", From: 1}}
	var incomplete *instance.InconsistentError
	if _, err := w.ReadMore(t.Context(), live, directory.Extent{Projects: true}); !errors.As(err, &incomplete) {
		t.Errorf("error = %v", err)
	}
}
