package testrailsim_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	sim "rollcall/internal/sim/testrailsim"
)

// Each row is a fault at the first request, a rename of user 2. took says whether the write is there at once.
func faultRows() []faultRow {
	const done = `{"name":"New","id":2,"email":"omar.q@acme.example","is_active":true,"role_id":3,"is_admin":false,"email_notifications":true,"mfa_required":0,"role":"Tester","group_ids":[2]}`
	page := func(title string) string {
		return "<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n"
	}
	const oops = `{"error":"An internal error occurred."}`
	const slow = `{"error":"API Rate Limit Exceeded - 180 per minute maximum allowed. Retry after 7 seconds."}`
	return []faultRow{
		{fault: "500", status: 500, body: oops},
		{fault: "500-after", status: 500, body: oops, took: true},
		{fault: "reset", err: syscall.ECONNRESET},
		{fault: "reset-after", err: syscall.ECONNRESET, took: true},
		{fault: "429:7s", status: 429, body: slow, retryAfter: "7"},
		{fault: "429-date:7s", status: 429, body: slow, retryAfter: "Sat, 01 Jan 2000 00:00:07 GMT"},
		{fault: "429-bare", status: 429, body: strings.Replace(slow, "7", "1", 1)},
		{fault: "409", status: 409, body: `{"error":"TestRail is currently undergoing maintenance."}`},
		{fault: "502", status: 502, body: "upstream unavailable\n"},
		{fault: "503:30s", status: 503, body: page("503 Service Unavailable"), retryAfter: "30"},
		{fault: "503", status: 503, body: page("503 Service Unavailable")},
		{fault: "504", status: 504, body: page("504 Gateway Time-out")},
		{fault: "504-after", status: 504, body: page("504 Gateway Time-out"), took: true},
		{fault: "truncated", status: 200, body: done[:len(done)/2], took: true},
		{fault: "cut", status: 200, body: done[:len(done)/2], err: io.ErrUnexpectedEOF, took: true},
		{fault: "html-200", status: 200, body: page("Login - TestRail")},
		{fault: "html-502", status: 502, body: page("502 Bad Gateway")},
		{fault: "hang", err: context.DeadlineExceeded},
		{fault: "hang-after", err: context.DeadlineExceeded, took: true},
		{fault: "late-500:2", status: 500, body: oops, late: 2},
		{fault: "late-500", status: 500, body: oops, late: 2},
		{fault: "late-reset:1", err: syscall.ECONNRESET, late: 1},
		{fault: "legacy-line", status: 200, body: "USER AUTHENTICATION SUCCESSFUL!\n" + done, took: true},
		{fault: "redirect", status: 302, body: page("302 Found"), location: "https://acme.example.test/testrail/index.php?/api/v2/update_user/2"},
		{fault: "redirect:http://other.example/x@y", status: 302, body: page("302 Found"), location: "http://other.example/x@y"},
		{fault: "stdclass", status: 500, body: `{"error":"Undefined property: stdClass::$sso_enabled"}`},
	}
}

type faultRow struct {
	fault                string
	status               int
	body                 string
	retryAfter, location string
	err                  error
	took                 bool
	late                 int // requests until the write is there
}

func TestFaults_inProcess(t *testing.T) {
	for _, row := range faultRows() {
		t.Run(row.fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := serve(t, small(), "fault="+row.fault+"@1")
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://acme.example.test/testrail/index.php?/api/v2/update_user/2", strings.NewReader(`{"name":"New"}`))
				if err != nil {
					t.Fatal(err)
				}
				r.SetBasicAuth(sim.DefaultAdmin, sim.DefaultKey)
				r.Header.Set("Content-Type", "application/json")
				checkFault(t, srv, row, srv.Transport(), r)
			})
		})
	}
}

func TestFaults_overASocket(t *testing.T) {
	for _, row := range faultRows() {
		if strings.HasPrefix(row.fault, "hang") {
			continue // waits by a real clock: TestFaults_closeEndsAHangOverASocket
		}
		t.Run(row.fault, func(t *testing.T) {
			srv := serve(t, small(), "fault="+row.fault+"@1")
			srv.Now = func() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }
			web := httptest.NewServer(srv)
			defer web.Close()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, web.URL+"/testrail/index.php?/api/v2/update_user/2", strings.NewReader(`{"name":"New"}`))
			if err != nil {
				t.Fatal(err)
			}
			r.SetBasicAuth(sim.DefaultAdmin, sim.DefaultKey)
			r.Header.Set("Content-Type", "application/json")
			row.location = strings.Replace(row.location, "acme.example.test", r.URL.Host, 1)
			checkFault(t, srv, row, web.Client().Transport, r)
		})
	}
}

func checkFault(t *testing.T, srv *sim.Server, row faultRow, rt http.RoundTripper, r *http.Request) {
	t.Helper()
	resp, err := rt.RoundTrip(r)
	var body []byte
	if err == nil {
		body, err = io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != row.status || resp.Header.Get("Retry-After") != row.retryAfter || resp.Header.Get("Location") != row.location {
			t.Errorf("status %d, header %v", resp.StatusCode, resp.Header)
		}
	}
	if !errors.Is(err, row.err) {
		t.Errorf("error %v, want %v", err, row.err)
	}
	if diff := cmp.Diff(row.body, string(body)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	log := srv.Requests()
	wantStatus := row.status
	if row.status == 0 {
		wantStatus = 0
	}
	if len(log) != 1 || log[0].Status != wantStatus || log[0].Fault == sim.NoFault {
		t.Errorf("log: %v", log)
	}
	name := func() string { return srv.Snapshot().Users[1].Name }
	if took := name() == "New"; took != row.took {
		t.Errorf("the write took place: %v, want %v", took, row.took)
	}
	c := &client{t: t, http: srv.Transport(), base: "https://acme.example.test/", user: sim.DefaultAdmin, secret: sim.DefaultKey}
	for i := range row.late {
		if name() == "New" {
			t.Errorf("the late write took place after %d requests", i)
		}
		c.ok("get_roles", "", nil)
	}
	if row.late > 0 && name() != "New" {
		t.Errorf("the late write did not take place before request %d after it", row.late)
	}
}

func TestFaults_closeEndsAHangOverASocket(t *testing.T) {
	srv := serve(t, small(), "fault=hang-after@1")
	web := httptest.NewServer(srv)
	defer web.Close()
	arrived := make(chan struct{})
	srv.Before = func(sim.RequestInfo, *sim.State) { close(arrived) }
	failed := make(chan error)
	go func() {
		resp, err := http.Get(web.URL + "/index.php?/api/v2/get_roles")
		if err == nil {
			resp.Body.Close()
		}
		failed <- err
	}()
	<-arrived
	if err := srv.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-failed; err == nil {
		t.Error("a request that hangs was answered")
	}
}

func TestFaults_haveARowEach(t *testing.T) {
	lists := map[string]bool{"page-repeats": true, "page-skips": true, "page-shrinks": true, "page-ends-early": true, "page-small": true,
		"page-loops": true, "offset-ignored": true, "size-lies": true, "empty-list": true, "groups-disagree": true,
		"groups-hide-inactive": true, "email-denied": true} // TestList_faults
	for _, row := range faultRows() {
		name, _, _ := strings.Cut(row.fault, ":")
		lists[name] = true
	}
	for _, k := range sim.FaultKinds() {
		if !lists[k.String()] {
			t.Errorf("%s has no row", k)
		}
	}
}

func TestFaultHook_seesEachRequestWithItsNumber(t *testing.T) {
	srv := serve(t, small())
	var seen []string
	srv.Fault = func(i sim.RequestInfo) sim.Fault {
		seen = append(seen, strings.Join([]string{i.HTTP, i.Route.Method, i.Route.Arg, i.Body}, " "))
		if i.Seq == 3 && i.MethodSeq == 2 && i.IsWrite {
			return sim.Fault{Kind: sim.Error503}
		}
		return sim.Fault{}
	}
	c := dial(t, srv)
	c.ok("update_user/2", `{"name":"A"}`, nil)
	c.ok("get_user/2", "", nil)
	if got := c.do("update_user/2", `{"name":"B"}`).Status; got != 503 {
		t.Errorf("status %d", got)
	}
	want := []string{`POST update_user 2 {"name":"A"}`, `GET get_user 2 `, `POST update_user 2 {"name":"B"}`}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBeforeHook_isAForeignWriterBetweenTwoRequests(t *testing.T) {
	srv := serve(t, small())
	srv.Before = func(i sim.RequestInfo, st *sim.State) {
		if i.Seq == 2 {
			if err := st.AddMembers(2, 3); err != nil {
				t.Error(err)
			}
		}
	}
	c := dial(t, srv)
	var before, after group
	c.ok("get_group/2", "", &before)
	c.ok("get_group/2", "", &after)
	if diff := cmp.Diff([][]int{{2, 4}, {2, 3, 4}}, [][]int{before.UserIDs, after.UserIDs}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseFault(t *testing.T) {
	for _, text := range []string{
		"reset-after@4", "503@2-5", "500@7+", "429:30s@get_users", "late-500:3@update_group#2", "html-200",
		"cut@get_users#2-3", "redirect:http://x.example:8080/@3", "hang@add_user#1+",
	} {
		t.Run(text, func(t *testing.T) {
			r, err := sim.ParseFault(text)
			if err != nil {
				t.Fatal(err)
			}
			if r.String() != text {
				t.Errorf("String is %q", r)
			}
		})
	}
	for text, want := range map[string]string{
		"":              `fault "": kind is none of 500,`,
		"none":          `fault "none": kind is none of 500,`,
		"boom@1":        `fault "boom@1": kind is none of 500,`,
		"500@":          `fault "500@": nothing after @`,
		"500@0":         `fault "500@0": "0" is not a positive number`,
		"500@5-2":       `fault "500@5-2": 2 is before 5`,
		"500@get users": `fault "500@get users": "get users" is neither a number nor an API method`,
		"500:3@1":       `fault "500:3@1": 500 takes no argument`,
		"429:soon":      `fault "429:soon": "soon" is not a duration`,
		"late-500:x":    `fault "late-500:x": "x" is not a positive number`,
	} {
		t.Run("refuses "+text, func(t *testing.T) {
			if _, err := sim.ParseFault(text); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("error %v, want %s...", err, want)
			}
		})
	}
}

func TestFaultRules_matchByNumberAndMethod(t *testing.T) {
	for _, row := range []struct{ rule, want string }{
		{"503@2", "200 503 200 200 200"},
		{"503@2-3", "200 503 503 200 200"},
		{"503@3+", "200 200 503 503 503"},
		{"503@get_user", "503 200 503 200 503"},
		{"503@get_user#2", "200 200 503 200 200"},
		{"503@get_user#2+", "200 200 503 200 503"},
		{"503", "503 503 503 503 503"},
	} {
		t.Run(row.rule, func(t *testing.T) {
			c := dial(t, serve(t, small(), "fault="+row.rule))
			var got []string
			for _, route := range []string{"get_user/1", "get_roles", "get_user/2", "get_roles", "get_user/1"} {
				got = append(got, map[int]string{200: "200", 503: "503"}[c.do(route, "").Status])
			}
			if diff := cmp.Diff(row.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
