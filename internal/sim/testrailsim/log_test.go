package testrailsim_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	sim "rollcall/internal/sim/testrailsim"
)

func TestLog_isALineARequestWithoutCredentials(t *testing.T) {
	srv := serve(t, small(), "fault=reset-after@4")
	var lines bytes.Buffer
	srv.Log = &lines
	c := dial(t, srv)
	c.ok("get_user_by_email&email=omar.q%40acme.example", "", nil)
	c.ok("update_group/2", "{\n \"group_id\": 2,\n \"user_ids\": [3]\n}", nil)
	c.do("add_group", "{broken")
	_, _ = c.try("delete_group/2", "{}")
	want := `GET get_user_by_email&email=omar.q%40acme.example 200
POST update_group/2 {"group_id":2,"user_ids":[3]} 200
POST add_group "{broken" 400
POST delete_group/2 {} - reset-after
`
	if diff := cmp.Diff(want, lines.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if all := fmt.Sprintf("%+v", srv.Requests()); strings.Contains(all, sim.DefaultKey) || strings.Contains(all, "Basic") {
		t.Errorf("the log holds a credential: %s", all)
	}
	if got := srv.Requests()[1].Body; !strings.Contains(got, "\n") {
		t.Errorf("the body is not as sent: %q", got)
	}
}

func TestLog_countsAndResets(t *testing.T) {
	srv := serve(t, small())
	c := dial(t, srv)
	c.ok("get_roles", "", nil)
	c.ok("get_user/2", "", nil)
	c.ok("get_user/3", "", nil)
	log := srv.Requests()
	log[0] = sim.Request{} // a copy
	if got := fmt.Sprint(srv.Count(""), srv.Count("get_user"), srv.Count("get_users"), srv.Requests()[0]); got != "3 2 0 GET get_roles 200" {
		t.Errorf("%s", got)
	}
	srv.ResetLog()
	c.ok("get_user/2", "", nil)
	if got := srv.Requests(); len(got) != 1 || got[0].Seq != 1 || got[0].MethodSeq != 1 {
		t.Errorf("after a reset: %+v", got)
	}
}

func TestServer_otherPathsAreNoAPI(t *testing.T) {
	web := httptest.NewServer(serve(t, small()))
	defer web.Close()
	for _, row := range []struct {
		name, path string
		status     int
	}{
		{"the API without index.php", "/api/v2/get_users", 405},
		{"index.php in the middle", "/index.php/api/v2/get_users", 405},
		{"a page of the web interface", "/index.php?/dashboard", 200},
		{"the bare script", "/deep/below/index.php", 200},
	} {
		t.Run(row.name, func(t *testing.T) {
			resp, err := http.Get(web.URL + row.path)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != row.status || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
				t.Errorf("%d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
			}
		})
	}
}

// A recorder cannot be taken over: a reset must still not look like an answer.
func TestServer_resetWithoutAConnectionBreaksItsPromise(t *testing.T) {
	srv := serve(t, small(), "fault=reset")
	rec := httptest.NewRecorder()
	srv.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/index.php?/api/v2/get_roles", nil))
	if got := rec.Header().Get("Content-Length"); rec.Code != 500 || got == fmt.Sprint(rec.Body.Len()) {
		t.Errorf("%d with Content-Length %s of %d", rec.Code, got, rec.Body.Len())
	}
}

func TestServer_isSafeForConcurrentUse(t *testing.T) {
	srv := serve(t, many(300), "user-order=name")
	c := dial(t, srv)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 20 {
				id := 2 + worker*20 + i
				c.ok(fmt.Sprintf("update_user/%d", id), `{"name":"X"}`, nil)
				c.ok("get_users&limit=5", "", nil)
				c.ok("add_group", fmt.Sprintf(`{"name":"G","user_ids":[%d]}`, id), nil)
				_ = srv.Edit(func(st *sim.State) error { return st.RemoveMembers(1, id) })
				_, _, _ = srv.Requests(), srv.Count(""), srv.Snapshot()
			}
		})
	}
	wg.Wait()
	s := srv.Snapshot()
	if len(s.Groups) != 161 || len(s.Groups[0].UserIDs) != 140 || srv.Count("") != 480 {
		t.Errorf("%d groups, %d members left, %d requests", len(s.Groups), len(s.Groups[0].UserIDs), srv.Count(""))
	}
	for i, r := range srv.Requests() {
		if r.Seq != i+1 {
			t.Fatalf("request %d has number %d", i+1, r.Seq)
		}
	}
}
