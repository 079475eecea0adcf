package testrailsim_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	sim "rollcall/internal/sim/testrailsim"
)

// Each row is one value of one switch and what a client sees of it. Requests are sent one after the other, by the
// administrator; what is compared is the status of all and the body of the last.
func TestSwitches_whatAClientSees(t *testing.T) {
	type requests [][2]string // route, body
	const denied = `{"error":"Field :user_ids is not a valid user."}`
	rows := []struct {
		option, value string
		send          requests
		statuses      string
		want          string
	}{
		{"version", "cloud-2026", requests{{"get_groups&limit=1", ""}}, "200", `{"offset":0,"limit":1,"size":1,"_links":{"next":"\/api\/v2\/get_groups&limit=1&offset=1","prev":null},"groups":[{"id":2,"name":"Mobile QA","user_ids":[2,4]}]}`},
		{"version", "9.3.1", requests{{"get_users&limit=1&offset=1", ""}}, "200", `{"offset":1,"limit":1,"size":1,"_links":{"next":"\/api\/v2\/get_users&limit=1&offset=2","prev":"\/api\/v2\/get_users&limit=1&offset=0"},"users":[` + omar + `]}`},
		{"version", "8.0", requests{{"get_user/2", ""}}, "200", omar},
		{"version", "7.5", requests{{"get_group/5", ""}}, "200", `{"id":5,"name":"Contractors \/ Web","user_ids":[]}`},
		{"version", "7.3", requests{{"get_roles", ""}, {"get_groups", ""}}, "200 404", `{"error":"Unknown method 'get_groups'."}`},
		{"version", "7.0", requests{{"get_user/2", ""}, {"get_roles", ""}, {"add_user", "{}"}}, "200 404 404", `{"error":"Unknown method 'add_user'."}`},
		{"version", "6.6", requests{{"get_current_user", ""}, {"get_user/2", ""}}, "200 200", omarOld},
		{"edition", "enterprise", requests{{"get_user/2", ""}}, "200", strings.TrimSuffix(omar, "}") + `,"sso_enabled":false,"assigned_projects":[]}`},
		{"edition", "professional", requests{{"update_user/2", `{"sso_enabled":true}`}}, "200", omar},
		{"user-list", "array", requests{{"get_users&limit=1&offset=0", ""}, {"get_users/1", ""}}, "200 200", `[` + strings.Replace(omar, `3,"is_admin":false,"email_notifications":true,"mfa_required":0,"role":"Tester"`, `4,"is_admin":false,"email_notifications":true,"mfa_required":0,"role":"Read-only"`, 1) + `,` + pia + `]`},
		{"other-lists", "array", requests{{"get_groups", ""}}, "200", `[{"id":2,"name":"Mobile QA","user_ids":[2,4]},{"id":5,"name":"Contractors \/ Web","user_ids":[]}]`},
		{"user-order", "name", requests{{"get_users&limit=1&offset=4", ""}}, "200", `{"offset":4,"limit":1,"size":1,"_links":{"next":null,"prev":"\/api\/v2\/get_users&limit=1&offset=3"},"users":[` + pia + `]}`},
		{"user-order", "id-descending", requests{{"get_users&limit=1&offset=3", ""}}, "200", `{"offset":3,"limit":1,"size":1,"_links":{"next":"\/api\/v2\/get_users&limit=1&offset=4","prev":"\/api\/v2\/get_users&limit=1&offset=2"},"users":[` + omar + `]}`},
		{"current-user", "short", requests{{"get_current_user", ""}}, "200", `{"email":"admin@acme.example","id":1,"is_active":true,"name":"Ines Root","role_id":1,"role":"Lead"}`},
		{"mfa-required", "bool", requests{{"get_user/3", ""}}, "200", strings.Replace(pia, `"mfa_required":1`, `"mfa_required":true`, 1)},
		{"role-id", "string", requests{{"get_user/2", ""}}, "200", strings.Replace(omar, `"role_id":3`, `"role_id":"3"`, 1)},
		{"is-project-admin", "absent", requests{{"get_roles&limit=1", ""}}, "200", `{"offset":0,"limit":1,"size":1,"_links":{"next":"\/api\/v2\/get_roles&limit=1&offset=1","prev":null},"roles":[{"id":5,"name":"No Access","is_default":false}]}`},
		{"json", "plain", requests{{"update_group/5", `{"group_id":5,"name":"Ü/😀\"\n"}`}}, "200", `{"id":5,"name":"Ü/😀\"\n","user_ids":[]}`},
		{"json", "php", requests{{"update_group/5", `{"group_id":5,"name":"Ü/😀\"\n"}`}}, "200", `{"id":5,"name":"\u00dc\/\ud83d\ude00\"\n","user_ids":[]}`},
		{"group-id-in-body", "no", requests{{"update_group/5", `{"user_ids":[2]}`}}, "200", `{"id":5,"name":"Contractors \/ Web","user_ids":[2]}`},
		{"user-id-in-body", "yes", requests{{"update_user/2", `{"user_id":2}`}, {"update_user/2", `{"is_active":false}`}}, "200 400", `{"error":"Field :user_id is a required field."}`},
		{"add-user-active", "true", requests{{"add_user", `{"name":"A","email":"a@acme.example"}`}}, "200", `{"name":"A","id":6,"email":"a@acme.example","is_active":true,"role_id":3,"is_admin":false,"email_notifications":true,"mfa_required":0,"role":"Tester","group_ids":[]}`},
		{"user-group-ids", "merge", requests{{"update_user/2", `{"group_ids":[5]}`}}, "200", strings.Replace(omar, "[2]", "[2,5]", 1)},
		{"duplicate-email", "case-sensitive", requests{{"add_user", `{"name":"A","email":"omar.q@acme.example"}`}, {"add_user", `{"name":"A","email":"Omar.Q@acme.example"}`}, {"get_user_by_email&email=OMAR.Q@acme.example", ""}}, "400 200 400", `{"error":"Field :email is not a valid email address."}`},
		{"taken-email", "allow", requests{{"add_user", `{"name":"A","email":"omar.q@acme.example","is_active":true}`}, {"update_user/2", `{"email":"admin@acme.example"}`}}, "200 400", `{"error":"Field :email is already in use."}`},
		{"duplicate-group-name", "allow", requests{{"add_group", `{"name":"Mobile QA"}`}}, "200", `{"id":6,"name":"Mobile QA","user_ids":[]}`},
		{"duplicate-group-name", "400", requests{{"update_group/2", `{"group_id":2,"name":"Mobile QA"}`}, {"add_group", `{"name":"Mobile QA"}`}}, "200 400", `{"error":"Field :name is already in use."}`},
		{"inactive-member", "allow", requests{{"update_user/2", `{"is_active":false}`}, {"get_group/2", ""}}, "200 200", `{"id":2,"name":"Mobile QA","user_ids":[2,4]}`},
		{"inactive-member", "drop", requests{{"update_user/2", `{"is_active":false}`}, {"update_group/2", `{"group_id":2,"user_ids":[2,3,4]}`}}, "200 200", `{"id":2,"name":"Mobile QA","user_ids":[3]}`},
		{"inactive-member", "400", requests{{"update_group/2", `{"group_id":2,"user_ids":[2]}`}, {"update_group/2", `{"group_id":2,"user_ids":[2,4]}`}}, "200 400", denied},
		{"inactive-member", "400-new", requests{{"update_group/2", `{"group_id":2,"user_ids":[2,3,4]}`}, {"update_group/5", `{"group_id":5,"user_ids":[4]}`}}, "200 400", denied},
		{"read-others", "403", requests{{"get_user/1", ""}, {"get_user/2", ""}}, "200 200", omar},
		{"unknown-field", "400", requests{{"update_user/2", `{"name":"Omar Quill"}`}, {"update_user/2", `{"password":"x","invite":1}`}}, "200 400", `{"error":"Field :invite is not a supported field."}`},
		{"unknown-field", "ignore", requests{{"update_user/2", `{"password":"x"}`}}, "200", omar},
		{"unknown-method", "400", requests{{"get_foo", ""}}, "400", `{"error":"Unknown method 'get_foo'."}`},
		{"project-access", "replace", requests{{"update_project/2", `{"groups":[{"id":2,"role_id":1}]}`}, {"update_project/2", `{"groups":[]}`}}, "200 200", `{"id":2,"name":"Archive","announcement":null,"show_announcement":false,"is_completed":true,"completed_on":1760000000,"suite_mode":1,"default_role_id":null,"default_role":null,"url":"https:\/\/acme.example.test\/index.php?\/projects\/overview\/2","groups":[]}`},
		{"seat-limit", "3", requests{{"update_user/4", `{"is_active":true}`}, {"update_user/3", `{"is_active":false}`}, {"update_user/4", `{"is_active":true}`}, {"add_user", `{"name":"A","email":"a@acme.example"}`}, {"add_user", `{"name":"A","email":"b@acme.example","is_active":true}`}}, "400 200 200 200 400", `{"error":"The maximum number of active users for your license has been reached."}`},
		{"content-type", "required", requests{{"get_user/2", ""}}, "200", omar},
		{"user-agent", "500", requests{{"get_user/2", ""}}, "200", omar},
		{"maintenance", "on", requests{{"get_user/2", ""}}, "409", `{"error":"TestRail is currently undergoing maintenance."}`},
		{"rate-limit", "1", requests{{"get_user/2", ""}, {"get_user/2", ""}}, "200 429", `{"error":"API Rate Limit Exceeded - 1 per minute maximum allowed. Retry after 60 seconds."}`},
		{"authentication", "api-disabled", requests{{"get_user/2", ""}}, "403", `{"error":"The API is disabled for your installation. It can be enabled in the administration area in TestRail under Administration > Site Settings > API."}`},
		{"authentication", "session-only", requests{{"get_user/2", ""}}, "401", `{"error":"Authentication failed: invalid or missing user\/password or session cookie."}`},
		{"fault", "stdclass@1", requests{{"get_user/2", ""}}, "500", `{"error":"Undefined property: stdClass::$sso_enabled"}`},
	}
	seen := map[string]bool{
		// These have tests of their own: they need another caller, header or the clock.
		"rate-header": true, "maintenance-header": true, "latency": true, "seat-status": true,
	}
	for _, row := range rows {
		seen[row.option] = true
		t.Run(row.option+"="+row.value, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := dial(t, serve(t, small(), row.option+"="+row.value))
				var statuses []string
				var last answer
				for _, r := range row.send {
					last = c.do(r[0], r[1])
					statuses = append(statuses, fmt.Sprint(last.Status))
				}
				if diff := cmp.Diff(row.statuses+"\n"+row.want, strings.Join(statuses, " ")+"\n"+last.Body); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
	for _, o := range sim.Options() {
		if !seen[o.Name] {
			t.Errorf("switch %s has no row", o.Name)
		}
	}
}

const (
	omar    = `{"name":"Omar Quill","id":2,"email":"omar.q@acme.example","is_active":true,"role_id":3,"is_admin":false,"email_notifications":true,"mfa_required":0,"role":"Tester","group_ids":[2]}`
	omarOld = `{"email":"omar.q@acme.example","id":2,"is_active":true,"name":"Omar Quill","role_id":3,"role":"Tester"}`
	pia     = `{"name":"Pia Vo\u00df","id":3,"email":"Pia.Voss+qa@acme.example","is_active":true,"role_id":2,"is_admin":false,"email_notifications":true,"mfa_required":1,"role":"Designer","group_ids":[]}`
)

func TestSwitches_thatNeedAnotherCallerOrHeader(t *testing.T) {
	const noType = "Content-Type header missing (use Content-Type: application/json)"
	const noAuth = "Authentication failed: invalid or missing user/password or session cookie."
	t.Run("read-others", func(t *testing.T) {
		c := dial(t, serve(t, small(), "read-others=403")).as("omar.q@acme.example")
		c.ok("get_user/2", "", nil)
		c.ok("get_user_by_email&email=omar.q@acme.example", "", nil)
		c.fails("get_user/3", "", 403, "You are not allowed to read other users (insufficient permissions).")
		c.fails("get_user_by_email&email=admin@acme.example", "", 403, "You are not allowed to read other users (insufficient permissions).")
	})
	t.Run("until 6.6 the project may be a parameter", func(t *testing.T) {
		var users []user
		dial(t, serve(t, small(), "version=6.6")).as("omar.q@acme.example").ok("get_users&project_id=1", "", &users)
		if len(users) != 2 {
			t.Errorf("%d users, want 2", len(users))
		}
	})
	t.Run("6.7 to 7.2 page projects when asked by a header", func(t *testing.T) {
		c := dial(t, serve(t, small(), "version=7.0"))
		if got := c.do("get_projects", "").Body; !strings.HasPrefix(got, "[") {
			t.Errorf("without the header: %s", got)
		}
		if got := c.with("x-api-ident", "beta").do("get_projects", "").Body; !strings.HasPrefix(got, "{") {
			t.Errorf("with the header: %s", got)
		}
	})
	t.Run("content-type", func(t *testing.T) {
		strict, lenient := dial(t, serve(t, small())), dial(t, serve(t, small(), "content-type=lenient"))
		strict.with("Content-Type", "").fails("get_user/2", "", 400, noType)
		strict.with("Content-Type", "application/json; charset=utf-8").ok("get_user/2", "", nil)
		lenient.with("Content-Type", "").ok("get_user/2", "", nil)
		lenient.with("Content-Type", "text/plain").fails("update_user/2", "{}", 400, noType)
	})
	t.Run("user-agent", func(t *testing.T) {
		dial(t, serve(t, small())).with("User-Agent", "").ok("get_user/2", "", nil)
		dial(t, serve(t, small(), "user-agent=500")).with("User-Agent", "").fails("get_user/2", "", 500, "Undefined index: HTTP_USER_AGENT")
	})
	t.Run("seat-status", func(t *testing.T) {
		c := dial(t, serve(t, small(), "seat-limit=3", "seat-status=403"))
		c.fails("update_user/4", `{"is_active":true}`, 403, "The maximum number of active users for your license has been reached.")
	})
	t.Run("authentication", func(t *testing.T) {
		s := small()
		s.Users[1].APIKey = "sim-s3cret-omar"
		both, keys := dial(t, serve(t, s)), dial(t, serve(t, s, "authentication=keys-only"))
		for _, row := range []struct {
			name         string
			c            *client
			user, secret string
			ok           bool
		}{
			{"the default key", both, sim.DefaultAdmin, sim.DefaultKey, true},
			{"the address in another case", both, "Admin@acme.example", sim.DefaultKey, true},
			{"a password", both, sim.DefaultAdmin, sim.DefaultPassword, true},
			{"a password where keys are required", keys, sim.DefaultAdmin, sim.DefaultPassword, false},
			{"an own key", both, "omar.q@acme.example", "sim-s3cret-omar", true},
			{"the default key in place of the own one", both, "omar.q@acme.example", sim.DefaultKey, false},
			{"a wrong key", both, sim.DefaultAdmin, "nope", false},
			{"an unknown account", both, "who@acme.example", sim.DefaultKey, false},
			{"an inactive account", both, "lea.trent@acme.example", sim.DefaultKey, false},
			{"nobody", both, "", "", false},
		} {
			t.Run(row.name, func(t *testing.T) {
				c := *row.c
				c.t, c.user, c.secret = t, row.user, row.secret
				if row.ok {
					c.ok("get_current_user", "", nil)
				} else {
					c.fails("get_current_user", "", 401, noAuth)
				}
			})
		}
	})
}

func TestSwitches_setGetAndJSONAgree(t *testing.T) {
	for _, o := range sim.Options() {
		for _, v := range o.Values {
			text := map[string]string{"N": "7", "DURATION": "1m30s", "START+DURATION": "5s+10s"}[v]
			if text == "" {
				text = v
			}
			t.Run(o.Name+"="+text, func(t *testing.T) {
				var s sim.Switches
				if err := s.Set(o.Name, text); err != nil {
					t.Fatal(err)
				}
				if got := s.Get(o.Name); got != text {
					t.Errorf("Get = %q", got)
				}
				data, err := json.Marshal(s)
				if err != nil {
					t.Fatal(err)
				}
				if isDefault := string(data) == "{}"; isDefault != (v == o.Values[0]) {
					t.Errorf("JSON is %s", data)
				}
				var back sim.Switches
				if err := json.Unmarshal(data, &back); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(s, back); diff != "" {
					t.Errorf("round trip (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestSwitches_setRefusesAndKeepsWhatWas(t *testing.T) {
	for _, row := range []struct{ name, value, want string }{
		{"version", "11", `switch version: "11" is none of cloud-2026, 9.3.1, 8.0, 7.5, 7.3, 7.0, 6.6`},
		{"json", "x", `switch json: "x" is neither php nor plain`},
		{"seat-limit", "0", `switch seat-limit: "0" is neither none nor a positive number`},
		{"latency", "-1s", `switch latency: "-1s" is not a duration such as 250ms or 30s`},
		{"maintenance", "1s+x", `switch maintenance: "x" is not a duration such as 250ms or 30s`},
		{"nothing", "x", `switch nothing: unknown name`},
		{"fault", "reset@0", `switch fault: fault "reset@0": "0" is not a positive number`},
	} {
		t.Run(row.name+"="+row.value, func(t *testing.T) {
			s := sim.Switches{Version: sim.V75}
			err := s.Set(row.name, row.value)
			if err == nil || err.Error() != row.want {
				t.Errorf("error %v, want %s", err, row.want)
			}
			if diff := cmp.Diff(sim.Switches{Version: sim.V75}, s); diff != "" {
				t.Errorf("changed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLatency_delaysTheAnswerNotTheEffect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := serve(t, small(), "latency=3s")
		c := dial(t, srv)
		start := time.Now()
		done := make(chan struct{})
		go func() {
			defer close(done)
			c.ok("update_user/2", `{"name":"Later"}`, nil)
		}()
		time.Sleep(time.Second)
		if got := srv.Snapshot().Users[1].Name; got != "Later" {
			t.Errorf("after a second the name is %q", got)
		}
		<-done
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
