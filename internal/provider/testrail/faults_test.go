package testrail_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/instance"
	"rollcall/internal/provider/testrail"
	sim "rollcall/internal/sim/testrailsim"
)

// A read is the whole truth or an error, whatever goes wrong with whichever of its requests, once or for ever.
func TestRead_isWholeOrFails(t *testing.T) {
	t.Parallel()
	snapshot := sim.Generate(3, sim.GenOptions{Users: 255, Groups: 252, Projects: 5})
	srv := newSim(t, snapshot)
	want := asJSON(t, readAll(t, newWriter(t, srv)))

	requests := []struct {
		method string
		pages  int
	}{{"get_current_user", 1}, {"get_users", 2}, {"get_groups", 2}, {"get_roles", 1}, {"get_projects", 1}}
	for _, kind := range sim.FaultKinds() {
		for _, r := range requests {
			for page := 1; page <= r.pages; page++ {
				for _, forEver := range []bool{false, true} {
					if cannotBeSeen(kind, r.method) || forEver && page > 1 {
						continue
					}
					name := fmt.Sprintf("%s at page %d of %s, for ever %v", kind, page, r.method, forEver)
					synctest.Test(t, func(t *testing.T) {
						srv := newSim(t, snapshot)
						rule := sim.FaultRule{Fault: sim.Fault{Kind: kind}, Method: r.method, From: page}
						if !forEver {
							rule.To = page
						}
						srv.Switches.Faults = []sim.FaultRule{rule}
						live, err := newWriter(t, srv).Read(t.Context(), directory.Extent{Projects: true})
						var incomplete *instance.InconsistentError
						switch {
						case err == nil:
							live.Remarks = nil
							if !bytes.Equal(want, asJSON(t, live)) {
								t.Errorf("%s: live state is wrong", name)
							}
						case live != nil:
							t.Errorf("%s: a live state beside the error %v", name, err)
						case r.method != "get_current_user" && !errors.As(err, &incomplete):
							t.Errorf("%s: error of another type: %v", name, err)
						}
						srv.Close()
					})
				}
			}
		}
	}
}

// cannotBeSeen reports whether a list that lacks items looks whole: nothing refers to each role and project.
func cannotBeSeen(kind sim.FaultKind, method string) bool {
	switch kind {
	case sim.PageSkips, sim.PageEndsEarly, sim.PageShrinks:
		return method == "get_roles" || method == "get_projects"
	case sim.EmptyList:
		return method == "get_projects"
	}
	return false
}

func readAll(t *testing.T, w *testrail.Writer) *directory.Live {
	t.Helper()
	live, err := w.Read(t.Context(), directory.Extent{Projects: true})
	if err != nil {
		t.Fatal(err)
	}
	return live
}

func asJSON(t *testing.T, live *directory.Live) []byte {
	t.Helper()
	data, err := json.Marshal(live)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRead_comesOverPassingFaults(t *testing.T) {
	passing := []sim.FaultKind{
		sim.Error500, sim.ResetBefore, sim.TooMany, sim.TooManyBare, sim.Conflict, sim.Error502, sim.Error503, sim.Error504,
		sim.Truncated, sim.Cut, sim.HTML502, sim.StdClass, sim.LegacyLine, sim.PageSmall, sim.SizeLies, sim.GroupsHideInactive,
	}
	for _, kind := range passing {
		for _, method := range []string{"get_users", "get_groups", "get_roles"} {
			synctest.Test(t, func(t *testing.T) {
				srv := newSim(t, sim.Generate(3, sim.GenOptions{Users: 255, Groups: 20}))
				srv.Switches.Faults = []sim.FaultRule{{Fault: sim.Fault{Kind: kind}, Method: method, From: 1, To: 1}}
				if _, err := newWriter(t, srv).Read(t.Context(), directory.Extent{}); err != nil {
					t.Errorf("%s at %s: %v", kind, method, err)
				}
			})
		}
	}
}

func TestRead_returnsTheLackOfPermissionAsItIs(t *testing.T) {
	snapshot := sim.EmptySnapshot()
	snapshot.Users = append(snapshot.Users, sim.User{ID: 2, Name: "Omar", Email: "omar@acme.example", IsActive: true, RoleID: snapshot.Roles[0].ID})
	cfg := simConfig(newSim(t, snapshot))
	cfg.User = "omar@acme.example"
	r, err := testrail.NewReader(cfg)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Read(t.Context(), directory.Extent{})
	var failed *httpx.Error
	var incomplete *instance.InconsistentError
	if !errors.As(err, &failed) || failed.Kind != httpx.Forbidden || errors.As(err, &incomplete) {
		t.Errorf("error = %v", err)
	}
}

// Users, groups and roles are read at the same time, and more than one of them can go wrong.
func TestRead_returnsTheErrorThatMattersMost(t *testing.T) {
	const (
		good    = `[]`
		caller  = `{"id":1}`
		twice   = `[{"id":1,"email":"a@b.c","is_active":true},{"id":1,"email":"a@b.c","is_active":true}]`
		groups  = `[{"id":2,"user_ids":[]},{"id":2,"user_ids":[]}]`
		nothing = `400 {"error":"no"}`
		denied  = `403 {"error":"You are not allowed to read"}`
		unknown = `401 {"error":"Authentication failed"}`
	)
	tests := []struct {
		name    string
		answers map[string]string
		wantErr string
	}{
		{"a lack of permission before lists that are inconsistent", map[string]string{"get_users": twice, "get_groups": groups, "get_roles": denied},
			"GET get_roles: HTTP 403: You are not allowed to read"},
		{"a lack of permission before a request that failed", map[string]string{"get_users": nothing, "get_groups": unknown, "get_roles": good},
			"GET get_groups: HTTP 401: Authentication failed"},
		{"the first lack of permission", map[string]string{"get_users": twice, "get_groups": unknown, "get_roles": denied},
			"GET get_groups: HTTP 401: Authentication failed"},
		{"the first list that is inconsistent", map[string]string{"get_users": twice, "get_groups": groups, "get_roles": nothing},
			"live state is inconsistent: get_users: id 1 occurs twice"},
		{"the first request that failed", map[string]string{"get_users": nothing, "get_groups": groups, "get_roles": good},
			"live state is incomplete: GET get_users: HTTP 400: no"},
		{"the end of the context before a lack of permission", map[string]string{"get_users": denied, "get_groups": groups, "get_roles": "interrupt"},
			"GET get_roles: given up"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, interrupt := context.WithCancel(t.Context())
				defer interrupt()
				others := make(chan struct{}, len(tt.answers))
				w, err := testrail.NewWriter(testrail.Config{
					URL: "https://acme.example.test", User: "ines@acme.example", Key: httpx.NewSecret("s3cret"),
					HTTP: httpx.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
						answer, ok := tt.answers[strings.TrimPrefix(r.URL.RawQuery, "/api/v2/")]
						switch {
						case !ok:
							answer = caller
						case answer == "interrupt":
							<-others
							<-others
							synctest.Wait() // until the others have their answers
							interrupt()
							return nil, r.Context().Err()
						default:
							others <- struct{}{}
						}
						return (&tape{answers: []string{answer}}).RoundTrip(r)
					})},
				})
				if err != nil {
					t.Fatal(err)
				}
				live, err := w.Read(ctx, directory.Extent{})
				if live != nil || errorText(err) != tt.wantErr {
					t.Errorf("live state %v, error %q, want %q", live, errorText(err), tt.wantErr)
				}
				var incomplete *instance.InconsistentError
				if errors.As(err, &incomplete) != strings.HasPrefix(tt.wantErr, "live state") {
					t.Errorf("type of the error is wrong: %v", err)
				}
			})
		})
	}
}

func TestRead_holdsBothSidesOfAMembershipAgainstEachOther(t *testing.T) {
	company := func(active bool) sim.Snapshot {
		s := sim.EmptySnapshot()
		s.Users = append(s.Users,
			sim.User{ID: 2, Name: "Omar", Email: "omar@acme.example", IsActive: active, RoleID: s.Roles[0].ID},
			sim.User{ID: 3, Name: "Lea", Email: "lea@acme.example", IsActive: true, RoleID: s.Roles[0].ID})
		s.Groups = []sim.Group{{ID: 4, Name: "QA", UserIDs: []int{2}}, {ID: 5, Name: "Ops", UserIDs: []int{3}}}
		return s
	}
	hide := func(from, to int) []sim.FaultRule {
		return []sim.FaultRule{{Fault: sim.Fault{Kind: sim.GroupsDisagree}, Method: "get_groups", From: from, To: to}}
	}
	tests := []struct {
		name     string
		active   bool // Omar
		faults   []sim.FaultRule
		wantErr  string
		remarks  int
		requests int
	}{
		{"they agree", true, nil, "", 0, 4},
		{"they disagree once", true, hide(1, 1), "", 0, 6},
		{"they go on disagreeing about somebody active", true, hide(1, 0), "user 2 says to be in group 4, whose user_ids lack it", 0, 6},
		{"one side hides inactive members", false, []sim.FaultRule{{Fault: sim.Fault{Kind: sim.GroupsHideInactive}, Method: "get_groups"}}, "", 1, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := newSim(t, company(tt.active))
			srv.Switches.Faults = tt.faults
			live, err := newWriter(t, srv).Read(t.Context(), directory.Extent{})
			if got := srv.Count(""); got != tt.requests {
				t.Errorf("requests = %d, want %d: %v", got, tt.requests, routes(srv))
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
			want := []directory.Group{{ID: 4, Name: "QA", Members: []directory.UserID{2}}, {ID: 5, Name: "Ops", Members: []directory.UserID{3}}}
			if diff := cmp.Diff(want, live.Groups); diff != "" || len(live.Remarks) != tt.remarks {
				t.Errorf("remarks %q, groups (-want +got):\n%s", live.Remarks, diff)
			}
		})
	}
}

func TestClient_sendsNothingInsideAWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := newSim(t, sim.Generate(1, sim.GenOptions{Users: 30, Groups: 8, Switches: sim.Switches{RateLimit: 20}}))
		w := newWriter(t, srv)
		var workers sync.WaitGroup
		for range 8 {
			workers.Go(func() {
				for range 6 {
					if _, err := w.UpdateUser(t.Context(), 2, directory.UserChange{Name: ptr("Omar")}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		workers.Wait()
		var refused time.Time
		for _, r := range srv.Requests() {
			if window := r.Time.Sub(refused); !refused.IsZero() && 0 < window && window < 59*time.Second {
				t.Errorf("%s was sent %v after a refusal", r, window)
			}
			if r.Status == 429 {
				refused = r.Time
			}
		}
		if refused.IsZero() {
			t.Error("nothing was refused")
		}
	})
}
