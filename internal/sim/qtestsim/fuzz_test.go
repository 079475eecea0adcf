package qtestsim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sim "rollcall/internal/sim/qtestsim"
)

// FuzzServer holds that any request is answered with JSON, a picture or a page, never with a 5xx, and leaves a state
// that is a snapshot.
func FuzzServer(f *testing.F) {
	for _, seed := range []string{
		`GET /api/v3/users/search?page=2&pageSize=3&includeInactiveUsers=True&authSystemConfigIds=12 `,
		`GET /api/v3/search/user?inactive=true&pagination=false&projectName=Check `,
		`PUT /api/v3/users/2 {"status":3,"user_group_ids":[41,"x"],"external_auth_config_id":-1}`,
		`POST /api/v3/users {"username":"a@b.example","first_name":"A","last_name":"B","external_auth_config_id":14,"external_user_name":"x"}`,
		`POST /api/v3/users/projects {"project_id":301,"user_ids":[6,2],"profile":{"id":6}}`,
		`PUT /api/v3/users/projects [{"project_id":301,"user_ids":[2]}]`,
		`POST /api/v3/user-profiles/301/batch-assign-users {"userProfileId":6,"userIds":[2]}`,
		`POST /api/v3/groups {"name":"X","user_ids":[2],"authority_names":["ROLE_USERADMIN"]}`,
		`POST /api/v3/auth-systems/ldap/14/import?mergeUser=true [{"ldap_username":"ruth","email":"ruth@acme.example"}]`,
		`PUT /api/v3/projects/302 {"admin_ids":[2],"name":null}`,
		`POST /oauth/token grant_type=password&username=a&password=b`,
		`DELETE /api/v3/users/1 null`,
		`GET /api/v3/users/9223372036854775807/avatar `,
	} {
		f.Add(seed, uint8(0))
		f.Add(seed, uint8(2))
	}
	f.Fuzz(func(t *testing.T, line string, generation uint8) {
		method, rest, _ := strings.Cut(line, " ")
		target, body, _ := strings.Cut(rest, " ")
		r, err := http.NewRequest(method, "https://acme.example.test", strings.NewReader(body))
		if err != nil {
			return
		}
		r.URL.Path, r.URL.RawQuery, _ = strings.Cut(target, "?")
		r.Header.Set("Authorization", "Bearer "+sim.DefaultToken)
		if r.URL.Path == "/oauth/token" {
			r.SetBasicAuth("acme", "")
		}
		s := small()
		s.Switches.Generation = sim.Generation(generation % 3)
		srv := serve(t, s)
		rec := httptest.NewRecorder()
		srv.ServeHTTP(rec, r)
		kind := rec.Header().Get("Content-Type")
		isJSON := strings.HasPrefix(kind, "application/json")
		if isJSON && !json.Valid(rec.Body.Bytes()) || !isJSON && !strings.HasPrefix(kind, "text/html") && kind != "image/png" {
			t.Fatalf("%q: %s %s", line, kind, rec.Body)
		}
		if rec.Code >= 500 {
			t.Fatalf("%q: %d %s", line, rec.Code, rec.Body)
		}
		consistent(t, srv)
	})
}

// FuzzLoad holds that what loads can be served and saved, and that saving is a fixed point.
func FuzzLoad(f *testing.F) {
	f.Add(save(f, sim.EmptySnapshot()))
	f.Add(`{"kind":"qtest-simulator","format_version":1,"users":[{"id":1,"username":"a"}],"groups":[{"id":1,"user_ids":[1]}],"projects":[{"id":1,"members":[{"user":1,"profile":5}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := sim.Load(strings.NewReader(text))
		if err != nil {
			return
		}
		srv, err := sim.New(s)
		if err != nil {
			t.Fatalf("loads but is not served: %v", err)
		}
		one := save(t, srv.Snapshot())
		back, err := sim.Load(strings.NewReader(one))
		if err != nil {
			t.Fatalf("saved but does not load: %v\n%s", err, one)
		}
		if srv, err = sim.New(back); err != nil {
			t.Fatal(err)
		}
		if two := save(t, srv.Snapshot()); two != one {
			t.Fatalf("not a fixed point:\n%s\n%s", one, two)
		}
	})
}
