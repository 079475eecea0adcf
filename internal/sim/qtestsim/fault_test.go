package qtestsim_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/sim/fault"
	sim "rollcall/internal/sim/qtestsim"
)

// Each row is a fault at the first request, a rename of account 2. took says whether the write is there at once.
func TestFaults(t *testing.T) {
	page := func(title string) string {
		return "<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n"
	}
	const (
		oops = `{"message":"Internal server error"}`
		slow = `{"message":"API rate limit exceeded"}`
	)
	done := strings.Replace(dial(t, serve(t, small())).do("GET /api/v3/users/2").Body, "Mira", "New", 1)
	rows := []struct {
		fault      string
		status     int
		body       string
		retryAfter string
		err        error
		took       bool
		late       int // requests until the write is there
	}{
		{fault: "500", status: 500, body: oops},
		{fault: "500-after", status: 500, body: oops, took: true},
		{fault: "reset", err: syscall.ECONNRESET},
		{fault: "reset-after", err: syscall.ECONNRESET, took: true},
		{fault: "429:7s", status: 429, body: slow, retryAfter: "7"},
		{fault: "429-date:7s", status: 429, body: slow, retryAfter: "Sat, 01 Jan 2000 00:00:07 GMT"},
		{fault: "429-bare", status: 429, body: slow},
		{fault: "502", status: 502, body: "upstream unavailable\n"},
		{fault: "503:30s", status: 503, body: page("503 Service Unavailable"), retryAfter: "30"},
		{fault: "504", status: 504, body: page("504 Gateway Time-out")},
		{fault: "504-after", status: 504, body: page("504 Gateway Time-out"), took: true},
		{fault: "truncated", status: 200, body: done[:len(done)/2], took: true},
		{fault: "cut", status: 200, body: done[:len(done)/2], err: io.ErrUnexpectedEOF, took: true},
		{fault: "html-200", status: 200, body: page("qTest Manager Login")},
		{fault: "html-502", status: 502, body: page("502 Bad Gateway")},
		{fault: "hang", err: context.DeadlineExceeded},
		{fault: "hang-after", err: context.DeadlineExceeded, took: true},
		{fault: "late-500:2", status: 500, body: oops, late: 2},
		{fault: "late-reset:1", err: syscall.ECONNRESET, late: 1},
		{fault: "redirect", status: 302, body: page("302 Found")},
		{fault: "401", status: 401, body: `{"error":"invalid_token","error_description":"The access token is invalid or has expired."}`},
		{fault: "403", status: 403, body: `{"message":"No permission"}`},
	}
	seen := map[string]bool{}
	for _, row := range rows {
		kind, _, _ := strings.Cut(row.fault, ":")
		seen[kind] = true
		t.Run(row.fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := serve(t, small(), "fault="+row.fault+"@1")
				c := dial(t, srv)
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				a, err := c.tryIn(ctx, `PUT /api/v3/users/2 {"first_name":"New"}`)
				if !errors.Is(err, row.err) {
					t.Errorf("error %v, want %v", err, row.err)
				}
				if diff := cmp.Diff(row.body, a.Body); diff != "" || a.Status != row.status {
					t.Errorf("%d (-want +got):\n%s", a.Status, diff)
				}
				if a.Header.Get("Retry-After") != row.retryAfter {
					t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
				}
				if log := srv.Requests(); len(log) != 1 || log[0].Status != row.status || log[0].Fault.String() != kind {
					t.Errorf("log: %v", log)
				}
				name := func() string { return srv.Snapshot().Users[1].FirstName }
				if took := name() == "New"; took != row.took {
					t.Errorf("the write took place: %v, want %v", took, row.took)
				}
				for i := range row.late {
					if name() == "New" {
						t.Errorf("the late write took place after %d requests", i)
					}
					c.ok("GET /oauth/status", nil)
				}
				if row.late > 0 && name() != "New" {
					t.Errorf("the late write did not take place before request %d after it", row.late)
				}
			})
		})
	}
	for _, row := range listRows() {
		seen[row.fault] = true
	}
	for _, k := range sim.FaultKinds() {
		if !seen[k.String()] {
			t.Errorf("%s has no row", k)
		}
	}
}

type listRow struct{ fault, target, want string }

// listRows are the faults of lists, with what a page of three people of six says: page size, total and ids.
func listRows() []listRow {
	const search = "/api/v3/users/search?includeInactiveUsers=true&pageSize=3&page="
	return []listRow{
		{"none", search + "2", "3 6 [4 5 6]"},
		{"page-repeats", search + "2", "3 6 [3 4 5 6]"},
		{"page-repeats", search + "1", "3 6 [1 1 2 3]"},
		{"page-skips", search + "1", "3 6 [2 3]"},
		{"page-shrinks", search + "1", "3 6 [1]"},
		{"page-ends-early", search + "1", "3 1 [1]"},
		{"page-small", search + "2", "1 6 [2]"},
		{"offset-ignored", search + "2", "3 6 [1 2 3]"},
		{"size-lies", search + "1", "3 0 [1 2 3]"},
		{"empty-list", search + "1", "3 0 []"},
		{"email-denied", "/api/v3/users/search?username=mira@acme.example", "100 0 []"},
		{"groups-disagree", "/api/v3/groups", "[1] [] [] [] [2] []"},
		{"groups-hide-inactive", "/api/v3/groups", "[1] [] [] [] [2] []"},
		{"page-shrinks", "/api/v3/groups", "[1] [] []"},
	}
}

func TestFaults_ofLists(t *testing.T) {
	type person struct{ ID int }
	ids := func(people []person) []int {
		out := []int{}
		for _, p := range people {
			out = append(out, p.ID)
		}
		return out
	}
	for _, row := range listRows() {
		t.Run(row.fault+" "+row.target, func(t *testing.T) {
			s := small()
			if row.fault == "groups-disagree" {
				s.Groups[0].UserIDs = []int{1, 2} // the last member of every group is the one that goes
			}
			c := dial(t, serve(t, s, "fault="+row.fault))
			var got string
			if strings.HasPrefix(row.target, "/api/v3/groups") {
				var groups []struct{ Users []person }
				c.ok("GET "+row.target, &groups)
				var all []string
				for _, g := range groups {
					all = append(all, fmt.Sprint(ids(g.Users)))
				}
				got = strings.Join(all, " ")
			} else {
				var p struct {
					Size  int `json:"page_size"`
					Total int
					Items []person
				}
				c.ok("GET "+row.target, &p)
				got = fmt.Sprint(p.Size, " ", p.Total, " ", ids(p.Items))
			}
			if got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

func TestFaults_speakTheWordsOfTheOperation(t *testing.T) {
	c := dial(t, serve(t, small(), "fault=401@oauth_token,403@assign_users_to_project#1"))
	if a := c.login("admin@acme.example", sim.DefaultPassword); a.Status != 400 || !strings.Contains(a.Body, "invalid_grant") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	const assign = `POST /api/v3/users/projects {"project_id":301,"user_ids":[6]}`
	if a := c.do(assign); a.Status != 403 || !strings.Contains(a.Body, "need to be assigned") {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	c.ok(assign, nil)
}

func TestHooks_seeEachRequestAndEditBetween(t *testing.T) {
	srv := serve(t, small())
	var seen []string
	srv.Fault = func(i sim.RequestInfo) fault.Fault {
		seen = append(seen, fmt.Sprint(i.Seq, i.OpSeq, " ", i.HTTP, " ", i.Op, " ", i.IsWrite, " ", i.Body))
		if i.Op == "update_user" && i.OpSeq == 2 {
			return fault.Fault{Kind: fault.Error503}
		}
		return fault.Fault{}
	}
	srv.Before = func(i sim.RequestInfo, st *sim.State) {
		if i.Seq == 2 {
			if err := st.SetMembers(41, 2, 6); err != nil {
				t.Error(err)
			}
		}
	}
	c := dial(t, srv)
	c.ok(`PUT /api/v3/users/6 {"password":"p"}`, nil)
	var u struct {
		Groups []int `json:"user_group_ids"`
	}
	c.ok("GET /api/v3/users/6", &u)
	if a := c.do(`PUT /api/v3/users/6 {}`); a.Status != 503 {
		t.Errorf("%d", a.Status)
	}
	want := []string{`1 1 PUT update_user true {"password":"p"}`, `2 1 GET get_user_by_id false `, `3 2 PUT update_user true {}`}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{41}, u.Groups); diff != "" {
		t.Errorf("the foreign write (-want +got):\n%s", diff)
	}
	if got := fmt.Sprint(srv.Count(""), srv.Count("update_user")); got != "3 2" {
		t.Errorf("counts %s", got)
	}
	srv.ResetLog()
	if srv.Count("") != 0 {
		t.Error("the log is not empty")
	}
}
