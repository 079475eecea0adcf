package qtestsim_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	sim "rollcall/internal/sim/qtestsim"
)

// Each row is one value of one switch and what a client sees of it: the statuses of all requests, and what the last body
// holds. The last switch set is the one that the row is about.
func TestSwitches_whatAClientSees(t *testing.T) {
	const (
		search = "admin GET /api/v3/search/user?inactive=true&pagination=false&projectName="
		create = `admin POST /api/v3/users {"username":"new@acme.example","first_name":"N","last_name":"O","password":"12345678"}`
		mira   = "admin GET /api/v3/users/2"
	)
	rows := []struct {
		set      string
		send     []string
		statuses string
		want     string
	}{
		{"generation=2026", []string{`admin PUT /api/v3/users/2 {"email":"r@x.example"}`}, "200", `"email":"mira@acme.example"`},
		{"generation=2023", []string{`admin PUT /api/v3/users/2 {"email":"r@x.example"}`}, "200", `"email":"r@x.example"`},
		{"generation=2023", []string{`admin GET /api/v3/user-profiles?type=admin`}, "200", `{"id":2,"name":"Administrators","is_readonly":false,"is_admin":false}`},
		{"generation=2018", []string{`admin PUT /api/v3/users/2 {}`, `admin PUT /api/v3/users/projects []`, `admin GET /api/v3/groups`, `admin POST /api/v3/groups {}`, `admin GET /api/v3/auth-systems`, `admin GET /api/v3/auth-systems/ldap/14/users`, `admin POST /api/v3/auth-systems/ldap/14/import []`}, "404 404 404 404 404 404 404", `{"message":"The path does not exist."}`},
		{"generation=2018", []string{mira}, "200", `/avatar","timezone_offset":null,"country_name":null}`},
		{"generation=2018", []string{`admin GET /api/v3/users/search?pageSize=999`}, "200", `"page_size":999,"total":5`},
		{"generation=2018", []string{`2 GET /api/v3/user-profiles`, `admin POST /api/v3/user-profiles/batch-assign-users {"adminProfileId":2,"userIds":[2]}`, `2 GET /api/v3/user-profiles`}, "403 200 200", `"admin_profiles"`},
		{"edition=without-api", []string{mira}, "402", `{"message":"Your edition does not include the API."}`},
		{"update-missing=clear", []string{`admin PUT /api/v3/users/2 {"first_name":"M"}`}, "200", `"first_name":"M","last_name":"","status":1`},
		{"update-missing=clear", []string{`admin PUT /api/v3/users/6 {}`}, "200", `"user_group_ids":[],"external_auth_config_id":null`},
		{"update-missing=keep", []string{`admin PUT /api/v3/users/2 {"first_name":"M"}`}, "200", `"first_name":"M","last_name":"Okafor"`},
		{"empty-groups=clear", []string{`admin PUT /api/v3/users/2 {"user_group_ids":[]}`}, "200", `"user_group_ids":[]`},
		{"empty-groups=keep", []string{`admin PUT /api/v3/users/2 {"user_group_ids":[]}`}, "200", `"user_group_ids":[41]`},
		{"null-groups=clear", []string{`admin PUT /api/v3/users/2 {"user_group_ids":null}`}, "200", `"user_group_ids":[]`},
		{"null-groups=keep", []string{`admin PUT /api/v3/users/2 {"user_group_ids":null}`}, "200", `"user_group_ids":[41]`},
		{"user-groups=null", []string{mira}, "200", `"user_group_ids":null`},
		{"group-users=null", []string{`admin GET /api/v3/groups`}, "200", `"name":"QA Payments","description":"","total_user":2,"is_system":false,"is_default":false,"authorities":[],"users":null`},
		{"empty-search=nobody", []string{`admin GET /api/v3/users/search`}, "200", `"total":0,"items":[]`},
		{"empty-search=everybody", []string{`admin GET /api/v3/users/search`}, "200", `"total":5,"items":[{`},
		{"search-match=part", []string{`admin GET /api/v3/users/search?username=.Voss`}, "200", `"total":1`},
		{"search-match=whole", []string{`admin GET /api/v3/users/search?username=.Voss`}, "200", `"total":0`},
		{"project-search=absent", []string{search}, "200", `"total":3`},
		{"project-search=present", []string{search}, "200", `"total":6`},
		{"inactive-default=true", []string{`admin GET /api/v3/search/user`}, "200", `"total":6`},
		{"inactive-default=false", []string{`admin GET /api/v3/search/user`}, "200", `"total":5`},
		{"duplicate-username=409", []string{create, create}, "200 409", "already in use"},
		{"username-case=sensitive", []string{create, strings.Replace(create, "new@", "NEW@", 1)}, "200 200", "NEW@"},
		{"reassign=keep", []string{`admin POST /api/v3/users/projects {"project_id":301,"user_ids":[2]}`}, "200", "Developer"},
		{"remove-stranger=400", []string{`admin PUT /api/v3/users/projects [{"project_id":301,"user_ids":[2]},{"project_id":302,"user_ids":[2]}]`, search + "Checkout"}, "400 200", `"total":2`},
		{"unknown-id=skip", []string{`admin POST /api/v3/users/projects {"project_id":301,"user_ids":[6,99]}`}, "200", `"user_ids":[6]`},
		{"new-status=2", []string{`admin GET /api/v3/users/4`}, "200", `"status":2`},
		{"activate-new=allow", []string{`admin PUT /api/v3/users/4 {"status":1}`}, "200", `"status":1`},
		{"activate-new=400", []string{`admin PUT /api/v3/users/4 {"status":1}`}, "400", `has not accepted`},
		{"deactivate-projects=remove", []string{`admin PUT /api/v3/users/2 {"status":3}`, search + "Checkout"}, "200 200", `"total":1`},
		{"deactivate-projects=keep", []string{`admin PUT /api/v3/users/2 {"status":3}`, search + "Checkout"}, "200 200", `"total":2`},
		{"reactivate-projects=restore", []string{`admin PUT /api/v3/users/3 {"status":1}`, search + "Checkout"}, "200 200", `"total":3`},
		{"reactivate-projects=none", []string{`admin PUT /api/v3/users/3 {"status":1}`, search + "Checkout"}, "200 200", `"total":2`},
		{"inactive-tokens=end", []string{`2 GET /oauth/status`, `admin PUT /api/v3/users/2 {"status":3}`, `2 GET /oauth/status`}, "200 200 401", "invalid_token"},
		{"inactive-tokens=keep", []string{`admin PUT /api/v3/users/2 {"status":3}`, `2 GET /oauth/status`}, "200 200", "expiration"},
		{"last-admin=allow", []string{`admin PUT /api/v3/users/1 {"user_group_ids":[]}`, `admin PUT /api/v3/users/1 {}`}, "200 403", "No permission"},
		{"ldap-names=take", []string{`admin PUT /api/v3/users/5 {"first_name":"Other"}`}, "200", `"first_name":"Other"`},
		{"sample-project=yes", []string{create, search + "Sample"}, "200 200", `"total":2`},
		{"caller-in-project=yes", []string{`admin POST /api/v3/users/projects {"project_id":1,"user_ids":[2]}`, `admin POST /api/v3/users/projects {"project_id":301,"user_ids":[1]}`}, "200 403", "need to be assigned"},
		{"password-length=9", []string{`admin PUT /api/v3/users/2 {"password":"123456789"}`, create}, "200 400", "password policy"},
		{"seat-limit=4", []string{create, `admin PUT /api/v3/users/2 {"status":3}`, create, `admin PUT /api/v3/users/2 {"status":1}`}, "400 200 200 400", "number of licenses"},
		{"seat-limit=4 seat-status=402", []string{create}, "402", "licenses"},
		{"seat-limit=4 seat-status=403", []string{create}, "403", "licenses"},
		{"page-size=lower", []string{`admin GET /api/v3/users/search?pageSize=101`}, "200", `"page_size":100`},
		{"page-size=400", []string{`admin GET /api/v3/users/search?pageSize=101`}, "400", `over 100`},
		{"empty-text=blank", []string{mira}, "200", `"ldap_username":"","user_group_ids"`},
		{"empty-text=absent", []string{mira}, "200", `/avatar","user_group_ids":[41],"external_auth_config_id":null}`},
		{"extra-fields=yes", []string{mira}, "200", `"x_future":{`},
		{"rate-minute=1", []string{mira, mira}, "200 429", `{"message":"API rate limit exceeded"}`},
		{"rate-month=1", []string{mira, mira}, "200 429", `{"message":"API rate limit exceeded"}`},
		{"token-calls=1", []string{mira, mira, `2 GET /oauth/status`}, "200 401 200", `expiration`},
		{"fault=401@1", []string{mira, mira}, "401 200", `"id":2`},
		{"fault=403@2+", []string{mira, mira, `admin PUT /api/v3/users/projects []`}, "200 403 403", `need to be assigned`},
	}
	seen := map[string]bool{
		// These have tests of their own: they need a header or the clock.
		"rate-header": true, "token-life": true, "latency": true, "projects-page": true,
	}
	for _, row := range rows {
		sets := strings.Fields(row.set)
		about, _, _ := strings.Cut(sets[len(sets)-1], "=")
		seen[about] = true
		t.Run(row.set+" "+row.send[0], func(t *testing.T) {
			srv := serve(t, small(), sets...)
			var statuses []string
			var last answer
			for _, line := range row.send {
				last = dial(t, srv).who(line)
				statuses = append(statuses, fmt.Sprint(last.Status))
			}
			if got := strings.Join(statuses, " "); got != row.statuses || !strings.Contains(last.Body, row.want) {
				t.Errorf("%s, want %s; %s\nwant %s", got, row.statuses, last.Body, row.want)
			}
			consistent(t, srv)
		})
	}
	for _, o := range sim.Options() {
		if !seen[o.Name] {
			t.Errorf("switch %s has no row", o.Name)
		}
	}
}

// What can be written and not read is seen in the state alone.
func TestSwitches_profilesOfProjects(t *testing.T) {
	for _, row := range []struct {
		name, set, line string
		want            []sim.Member
	}{
		{"assigning a member again sets the profile", "reassign=set", `admin POST /api/v3/users/projects {"project_id":301,"user_ids":[2,6],"profile":{"id":6}}`, []sim.Member{{2, 6}, {5, 2}, {6, 6}}},
		{"or keeps it", "reassign=keep", `admin POST /api/v3/users/projects {"project_id":301,"user_ids":[2,6],"profile":{"id":6}}`, []sim.Member{{2, 5}, {5, 2}, {6, 6}}},
		{"a stranger gets no profile", "reassign=set", `admin POST /api/v3/user-profiles/301/batch-assign-users {"userProfileId":4,"userIds":[2,6]}`, []sim.Member{{2, 4}, {5, 2}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			srv := serve(t, small(), row.set)
			dial(t, srv).who(row.line)
			if diff := cmp.Diff(row.want, srv.Snapshot().Projects[1].Members); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestThrottle_tellsWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := dial(t, serve(t, small(), "rate-minute=2", "rate-month=3"))
		for _, want := range []string{"200 1 2 ", "200 0 1 ", "429 0  60", "wait", "200 1 0 ", "429 0 0 2591940"} {
			if want == "wait" {
				time.Sleep(time.Minute)
				continue
			}
			a := c.do("GET /api/v3/users/2")
			got := fmt.Sprint(a.Status, " ", a.Header.Get("x-ratelimit-remaining-minute"), " ", a.Header.Get("x-ratelimit-remaining-month"), " ", a.Header.Get("Retry-After"))
			if got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
	})
	t.Run("without Retry-After", func(t *testing.T) {
		c := dial(t, serve(t, small(), "rate-minute=1", "rate-header=no"))
		c.ok("GET /api/v3/users/2", nil)
		if a := c.do("GET /api/v3/users/2"); a.Status != 429 || a.Header.Get("Retry-After") != "" {
			t.Errorf("%d %q", a.Status, a.Header.Get("Retry-After"))
		}
	})
	t.Run("without limits no header", func(t *testing.T) {
		if a := dial(t, serve(t, small())).do("GET /api/v3/users/2"); a.Header.Get("x-ratelimit-remaining-month") != "" {
			t.Error("a header of a limit that is off")
		}
	})
}

func TestProjects_headersOfAPage(t *testing.T) {
	for _, row := range []struct{ name, set, query, total, link string }{
		{"all have none", "projects-page=all", "", "", ""},
		{"a page says how many and what is next", "projects-page=all", "?page=2&pageSize=1", "3", `<https://acme.example.test/api/v3/projects?page=3&pageSize=1>; rel="next"`},
		{"the last page has no next", "projects-page=all", "?page=3&pageSize=1", "3", ""},
		{"the first page may be the default", "projects-page=first", "?pageSize=2", "3", `<https://acme.example.test/api/v3/projects?page=2&pageSize=2>; rel="next"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := dial(t, serve(t, small(), row.set)).do("GET /api/v3/projects" + row.query)
			if total, link := a.Header.Get("X-Item-Total"), a.Header.Get("Link"); total != row.total || link != row.link {
				t.Errorf("%q %q", total, link)
			}
		})
	}
}

func TestLatency_delaysTheAnswerNotTheEffect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := serve(t, small(), "latency=3s")
		start, done := time.Now(), make(chan struct{})
		go func() {
			defer close(done)
			dial(t, srv).do(`PUT /api/v3/users/2 {"first_name":"Later"}`)
		}()
		time.Sleep(time.Second)
		if got := srv.Snapshot().Users[1].FirstName; got != "Later" {
			t.Errorf("after a second the name is %q", got)
		}
		if <-done; time.Since(start) != 3*time.Second {
			t.Errorf("took %v", time.Since(start))
		}
	})
}

func TestSwitches_setGetAndJSONAgree(t *testing.T) {
	for _, o := range sim.Options() {
		for _, v := range o.Values {
			text := map[string]string{"N": "7", "DURATION": "1m30s"}[v]
			if text == "" {
				text = v
			}
			t.Run(o.Name+"="+text, func(t *testing.T) {
				var s, back sim.Switches
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
				if err := json.Unmarshal(data, &back); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(s, back); diff != "" {
					t.Errorf("round trip (-want +got):\n%s", diff)
				}
			})
		}
	}
	if fields, options := reflect.TypeFor[sim.Switches]().NumField(), len(sim.Options()); fields != options {
		t.Errorf("%d fields, %d options", fields, options)
	}
}
