package testrailsim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	sim "rollcall/internal/sim/testrailsim"
)

func TestParseRoute(t *testing.T) {
	for _, row := range []struct {
		name, query string
		want        sim.Route
	}{
		{"a method", "/api/v2/get_users", sim.Route{Method: "get_users", Raw: "get_users"}},
		{"an id", "/api/v2/get_user/7", sim.Route{Method: "get_user", Arg: "7", Raw: "get_user/7"}},
		{"parameters in their order", "/api/v2/get_users&limit=2&offset=4", sim.Route{Method: "get_users", Raw: "get_users&limit=2&offset=4",
			Params: []sim.Param{{Name: "limit", Value: "2"}, {Name: "offset", Value: "4"}}}},
		{"a trailing ampersand", "/api/v2/get_users&", sim.Route{Method: "get_users", Raw: "get_users"}},
		{"escapes and plus signs", "%2Fapi%2Fv2%2Fget_user_by_email&email=a%2Bb%40c+d", sim.Route{Method: "get_user_by_email",
			Raw: "get_user_by_email&email=a%2Bb%40c+d", Params: []sim.Param{{Name: "email", Value: "a+b@c d"}}}},
		{"a parameter without a value", "/api/v2/x&flag&&y=1=2", sim.Route{Method: "x", Raw: "x&flag&&y=1=2",
			Params: []sim.Param{{Name: "flag"}, {Name: "y", Value: "1=2"}}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := sim.ParseRoute(row.query)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for _, bad := range []string{"", "/dashboard", "api/v2/get_users", "/api/v2", "/api/v2/x%zz", "/api/v2/x&a=%", "/api/v2/x&%=1"} {
		t.Run("refuses "+bad, func(t *testing.T) {
			if _, err := sim.ParseRoute(bad); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestRoute_valueIsTheLastOfItsName(t *testing.T) {
	r, err := sim.ParseRoute("/api/v2/x&a=1&a=2")
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := r.Value("a"); v != "2" || !ok {
		t.Errorf("%q %v", v, ok)
	}
	if _, ok := r.Value("b"); ok {
		t.Error("there is no b")
	}
}

// FuzzRoute holds that any query is either no route or one that is written back to the same, and that the server
// answers any request with JSON or a page.
func FuzzRoute(f *testing.F) {
	for _, seed := range []string{"/api/v2/get_users&limit=1&offset=2", "/api/v2/get_user/7", "/api/v2/get_user_by_email&email=a%2Bb%40c", "/api/v2/get_projects&is_completed=1&", "/dashboard"} {
		f.Add(seed, "")
	}
	f.Add("/api/v2/update_group/2", `{"group_id":2,"user_ids":[2,3]}`)
	f.Add("/api/v2/add_user", `{"name":"A","email":"a@b.example","role_id":"3","is_active":1,"group_ids":[2,"5"]}`)
	f.Add("/api/v2/update_project/1", `{"groups":[{"id":5,"role_id":0}],"users":[{"user_id":2,"role_id":null}]}`)
	f.Fuzz(func(t *testing.T, query, body string) {
		if r, err := sim.ParseRoute(query); err == nil {
			var b strings.Builder
			b.WriteString("/api/v2/" + url.PathEscape(r.Method))
			if r.Arg != "" {
				b.WriteString("/" + url.PathEscape(r.Arg))
			}
			for _, p := range r.Params {
				b.WriteString("&" + url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
			}
			again, err := sim.ParseRoute(b.String())
			if err != nil {
				t.Fatalf("%q: %v", b.String(), err)
			}
			again.Raw, r.Raw = "", ""
			if diff := cmp.Diff(r, again); diff != "" && !strings.Contains(r.Method+r.Arg, "&") {
				t.Fatalf("%q (-first +again):\n%s", query, diff)
			}
		}
		srv := serve(t, small(), "edition=enterprise")
		method := http.MethodGet
		if body != "" {
			method = http.MethodPost
		}
		req := httptest.NewRequest(method, "/index.php", strings.NewReader(body))
		req.URL.RawQuery = query
		req.SetBasicAuth(sim.DefaultAdmin, sim.DefaultKey)
		req.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		srv.ServeHTTP(rec, req)
		isPage := strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html")
		if !isPage && rec.Body.Len() > 0 && !json.Valid(rec.Body.Bytes()) {
			t.Fatalf("%s %q: not JSON: %s", method, query, rec.Body)
		}
		if rec.Code >= 500 {
			t.Fatalf("%s %q %s: %d %s", method, query, body, rec.Code, rec.Body)
		}
		consistent(t, srv)
		if _, err := sim.New(srv.Snapshot()); err != nil {
			t.Fatalf("the state is no snapshot any more: %v", err)
		}
	})
}

// FuzzParseFault holds that a rule that parses is written in a form that parses to the same rule.
func FuzzParseFault(f *testing.F) {
	for _, seed := range []string{"reset-after@4", "503:1m@2-5", "429:30s@get_users", "late-500:3@update_group#2", "redirect:http://x@y@3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := sim.ParseFault(text)
		if err != nil {
			return
		}
		again, err := sim.ParseFault(r.String())
		if err != nil {
			t.Fatalf("%q became %q: %v", text, r, err)
		}
		if diff := cmp.Diff(r, again); diff != "" {
			t.Fatalf("%q became %q (-first +again):\n%s", text, r, diff)
		}
	})
}

// FuzzText holds that text survives both ways of escaping it.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"plain", "a/b \"c\" \\ \n\r\t\b\f\x00\x7f", "Ünïcödé 品質 😀 𠮷", "\u2028<>&"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		body, err := json.Marshal(map[string]any{"group_id": 5, "name": name})
		if err != nil {
			t.Fatal(err)
		}
		want := strings.ToValidUTF8(name, "\uFFFD")
		var sent struct{ Name string }
		if json.Unmarshal(body, &sent) == nil {
			want = sent.Name
		}
		for _, set := range []string{"json=php", "json=plain"} {
			a := dial(t, serve(t, small(), set)).do("update_group/5", string(body))
			if a.Status != http.StatusOK {
				continue // too long, or blank
			}
			var got group
			if err := json.Unmarshal([]byte(a.Body), &got); err != nil || got.Name != want {
				t.Fatalf("%s: %q became %q (%v)", set, want, got.Name, err)
			}
			if set == "json=php" && strings.IndexFunc(a.Body, func(r rune) bool { return r >= 0x80 }) >= 0 {
				t.Fatalf("not ASCII: %s", a.Body)
			}
		}
	})
}
