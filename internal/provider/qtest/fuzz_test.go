package qtest_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/qtest"
)

// FuzzSearchUsers gives any answer for a list of accounts: it is a list of accounts by id, each with an id and a login name,
// or an error.
func FuzzSearchUsers(f *testing.F) {
	for _, seed := range []string{
		envelope(1, 100, 2, users(1, 2)), "[" + users(1, 3) + "]", "[" + lea + "," + leaNew + "]", "[]", "{}", "null", `{"total":1,"items":[{}]}`,
		`{"page":"1","page_size":null,"total":"1","items":[{"id":"7","username":"a@b.c","status":null,"authentication_system":"internal"}]}`,
		`{"page":1,"page_size":1,"total":1,"items":[{"id":7,"username":9,"status":"3","user_group_ids":null,"assigned_projects":["5"]}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		synctest.Test(t, func(t *testing.T) {
			w, _ := taped(t, body)
			found, err := w.SearchUsers(t.Context(), "a")
			if err != nil && found != nil {
				t.Errorf("accounts beside the error %v", err)
			}
			for i, u := range found {
				if u.ID <= 0 || u.Email == "" || u.Active && u.Pending || i > 0 && found[i-1].ID >= u.ID || u.SignOn == "Internal" && u.ExternalName != "" {
					t.Errorf("account %+v", u)
				}
			}
		})
	})
}

// FuzzRead gives any answer for the list of groups, and for who is in which: it is a live state whose members are all listed,
// or an error.
func FuzzRead(f *testing.F) {
	const admins = `{"id":1,"name":"Administrators","is_system":true,"total_user":1,"users":[{"id":1}]}`
	for _, seed := range [][2]string{
		{"[" + admins + `,{"id":"41","name":"QA","total_user":"2","users":[{"id":2},{"id":"3"}],"authorities":[{"name":"ROLE_USERADMIN"}]}]`, "{}"},
		{"[" + admins + `,{"id":41,"name":"QA","total_user":2,"users":null}]`,
			`{"total":3,"items":[{"id":1,"username":"u1@acme.example","status":1,"user_group_ids":[1]},` +
				`{"id":2,"username":"u2@acme.example","status":1,"user_group_ids":[41],"assigned_projects":[]},` +
				`{"id":3,"username":"u3@acme.example","status":1,"user_group_ids":["41"],"assigned_projects":[7]}]}`},
		{`[{"id":41,"name":"QA"}]`, envelope(1, 3, 3, users(1, 3))},
		{`[{"id":41,"name":"QA","users":[{"id":9}]}]`, "[]"},
		{"404 no", "404 no"}, {"[]", "null"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, groups, found string) {
		synctest.Test(t, func(t *testing.T) {
			tapes := map[string]*tape{"/api/v3/groups": {answers: []string{groups}}, "/api/v3/search/user": {answers: []string{found}}}
			w := connect(t, qtest.Config{
				URL: "https://acme.example.test", Token: httpx.NewSecret("t0k3n-s3cret"),
				HTTP: httpx.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					if p := tapes[r.URL.Path]; p != nil {
						return p.RoundTrip(r)
					}
					return newRecorder(r, func(w http.ResponseWriter, r *http.Request) {
						switch r.URL.Path {
						case "/api/v3/re-evaluation":
							fmt.Fprint(w, `{"id":1}`)
						case "/api/v3/users/search":
							fmt.Fprint(w, envelope(1, 100, 3, users(1, 3)))
						default:
							fmt.Fprint(w, `{"message":"no"}`)
						}
					}), nil
				})},
			})
			live, err := w.Read(t.Context(), directory.Extent{})
			if err != nil {
				if live != nil {
					t.Errorf("a live state beside the error %v", err)
				}
				return
			}
			if len(live.Users) != 3 || live.Self != 1 {
				t.Errorf("users = %+v", live.Users)
			}
			for i, g := range live.Groups {
				if g.ID <= 0 || g.Name == "" || g.Members == nil || i > 0 && live.Groups[i-1].ID >= g.ID || g.Name == w.Caps().AdminGroup {
					t.Errorf("group %+v", g)
				}
				if !slices.IsSorted(g.Members) || len(slices.Compact(slices.Clone(g.Members))) < len(g.Members) {
					t.Errorf("members %v", g.Members)
				}
				for _, id := range g.Members {
					if id < 1 || id > 3 {
						t.Errorf("member %d is not listed", id)
					}
				}
			}
		})
	})
}
