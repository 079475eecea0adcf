package qtestsim_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	sim "rollcall/internal/sim/qtestsim"
)

func TestToken(t *testing.T) {
	const badCredentials = `{"error":"invalid_grant","error_description":"Bad credentials"}`
	for _, row := range []struct {
		name, basic, target, form string
		status                    int
		body                      string
	}{
		{"a password", "Basic YWNtZTo=", "", "grant_type=password&username=admin@acme.example&password=sim-password", 200,
			`{"access_token":"sim-session-000001","token_type":"bearer","refresh_token":"sim-refresh-000001","scope":"read import administration create share baseline write delete execute export","agent":null}`},
		{"a wrong password is 400, not 401", "Basic YWNtZTo=", "", "grant_type=password&username=admin@acme.example&password=x", 400, badCredentials},
		{"so is an unknown account", "Basic YWNtZTo=", "", "grant_type=password&username=who@acme.example&password=sim-password", 400, badCredentials},
		{"an inactive account", "Basic YWNtZTo=", "", "grant_type=password&username=jun@acme.example&password=sim-password", 400, badCredentials},
		{"an invited account", "Basic YWNtZTo=", "", "grant_type=password&username=lea@acme.example&password=sim-password", 400, badCredentials},
		{"no Basic header", "", "", "grant_type=password&username=admin@acme.example&password=sim-password", 401,
			`{"error":"unauthorized","error_description":"Full authentication is required to access this resource"}`},
		{"another grant", "Basic YWNtZTo=", "", "grant_type=implicit", 400, `{"error":"unsupported_grant_type","error_description":"Unsupported grant type: implicit"}`},
		{"a broken form", "Basic YWNtZTo=", "", "grant_type=%zz", 400, `{"error":"invalid_request","error_description":"The form is not valid."}`},
		{"a wrong refresh token", "Basic cXRlc3QtYXBpOg==", "", "grant_type=refresh_token&refresh_token=x", 400, badCredentials},
		{"the long-lived token, in the query", "Basic cXRlc3QtYXBpOg==", "?grant_type=refresh_token&refresh_token=" + sim.DefaultToken, "", 200,
			`{"access_token":"sim-session-000001","token_type":"bearer","refresh_token":"sim-refresh-000001","scope":"read import administration create share baseline write delete execute export","agent":null}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			srv := serve(t, small())
			c := dial(t, srv).as("")
			c.header = map[string]string{}
			if row.basic != "" {
				c.header["Authorization"] = row.basic
			}
			a := c.do("POST /oauth/token" + row.target + " " + row.form)
			if diff := cmp.Diff(row.body, a.Body); a.Status != row.status || diff != "" {
				t.Errorf("%d (-want +got):\n%s", a.Status, diff)
			}
			if got := a.Header.Get("Cache-Control"); a.Status == 200 && got != "no-store" {
				t.Errorf("Cache-Control is %q", got)
			}
			if line := srv.Requests()[0].String(); strings.Contains(line, "sim-password") || strings.Contains(line, sim.DefaultToken) {
				t.Errorf("the log holds a credential: %s", line)
			}
		})
	}
}

func TestToken_opensTheAPIUntilItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := serve(t, small(), "token-life=1h")
		c := dial(t, srv)
		var got struct {
			Access  string `json:"access_token"`
			Refresh string `json:"refresh_token"`
			Expires int    `json:"expires_in"`
		}
		if err := json.Unmarshal([]byte(c.login("admin@acme.example", "sim-password").Body), &got); err != nil || got.Expires != 3600 {
			t.Fatalf("%v, expires in %d", err, got.Expires)
		}
		time.Sleep(time.Minute)
		var status struct{ ValidityInMilliseconds int }
		c.as(got.Access).ok("GET /oauth/status", &status)
		if status.ValidityInMilliseconds != 59*60*1000 {
			t.Errorf("valid for %d ms", status.ValidityInMilliseconds)
		}
		time.Sleep(59 * time.Minute)
		if a := c.as(got.Access).do("GET /oauth/status"); a.Status != 401 {
			t.Errorf("after its life: %d", a.Status)
		}
		c.header = map[string]string{"Authorization": "Basic cXRlc3QtYXBpOg=="}
		if a := c.do("POST /oauth/token grant_type=refresh_token&refresh_token=" + got.Refresh); a.Status != 200 {
			t.Errorf("refresh: %d %s", a.Status, a.Body)
		}
	})
}

func TestToken_endsWithAPasswordReset(t *testing.T) {
	srv := serve(t, small())
	c := dial(t, srv)
	var got struct {
		Access string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(c.login("mira@acme.example", "sim-password").Body), &got); err != nil {
		t.Fatal(err)
	}
	c.ok(`PUT /api/v3/users/2 {"password":"correct horse"}`, nil)
	for name, token := range map[string]string{"issued": got.Access, "long-lived": sim.TokenPrefix + "2"} {
		if a := c.as(token).do("GET /oauth/status"); a.Status != 401 {
			t.Errorf("the %s token: %d", name, a.Status)
		}
	}
	for password, want := range map[string]int{"sim-password": 400, "correct+horse": 200} {
		if a := c.login("mira@acme.example", password); a.Status != want {
			t.Errorf("password %q: %d", password, a.Status)
		}
	}
	if text := save(t, srv.Snapshot()); strings.Contains(text, "horse") {
		t.Error("a password is in the snapshot")
	}
}

// The documented default password is a trap: the state says who has it.
func TestCreateUser_withoutAPasswordHasTheVendors(t *testing.T) {
	srv := serve(t, small())
	c := dial(t, srv)
	c.ok(`POST /api/v3/users {"username":"a@acme.example","first_name":"A","last_name":"B"}`, nil)
	c.ok(`POST /api/v3/users {"username":"b@acme.example","first_name":"A","last_name":"B","password":"s3cret"}`, nil)
	c.ok(`POST /api/v3/users {"username":"c@acme.example","first_name":"A","last_name":"B","password":"","external_auth_config_id":12,"external_user_name":"c"}`, nil)
	var got []bool
	for _, u := range srv.Snapshot().Users[6:] {
		got = append(got, u.VendorPassword)
	}
	if diff := cmp.Diff([]bool{true, false, false}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a := c.login("a@acme.example", sim.VendorPassword); a.Status != 200 {
		t.Errorf("%d", a.Status)
	}
	want := `POST /api/v3/users {"username":"b@acme.example","first_name":"A","last_name":"B","password":"***"} 200`
	if got := srv.Requests()[1].String(); got != want {
		t.Errorf("log line %s", got)
	}
}

func TestAvatar(t *testing.T) {
	c := dial(t, serve(t, small()))
	a := c.do("GET /api/v3/users/2/avatar")
	if a.Status != 200 || a.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(a.Body, "\x89PNG") {
		t.Errorf("%d %v", a.Status, a.Header)
	}
	if a := c.do("GET /api/v3/users/77/avatar"); a.Status != 404 {
		t.Errorf("%d", a.Status)
	}
}

func TestGroups_bringTheirProjects(t *testing.T) {
	srv := serve(t, small())
	c := dial(t, srv)
	c.ok(`PUT /api/v3/users/2 {"user_group_ids":[41,44]}`, nil)
	c.ok(`PUT /api/v3/users/2 {"user_group_ids":[41]}`, nil)
	if err := srv.Edit(func(st *sim.State) error { return st.SetMembers(44, 5) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]sim.Member{{2, 6}, {5, 6}}, srv.Snapshot().Projects[2].Members); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
