package testrail

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/provider/lenient"
)

func readUser(body string) (directory.User, error) {
	var u directory.User
	err := decodeUser(&u)([]byte(body))
	return u, err
}

func TestUser_isReadLeniently(t *testing.T) {
	omar := directory.User{ID: 7, Email: "omar@acme.example", Name: "Omar", Active: true, Role: "Tester", RoleID: 3}
	with := func(change func(*directory.User)) directory.User {
		u := omar
		change(&u)
		return u
	}
	tests := []struct {
		name string
		body string
		want directory.User
	}{
		{"documented record of 6.4 to 7.2, role_id as a text",
			`{"email":"omar@acme.example","id":7,"is_active":true,"name":"Omar","role_id":"3","role":"Tester"}`, omar},
		{"flags as numbers",
			`{"id":"7","email":"omar@acme.example","is_active":1,"name":"Omar","role_id":3,"role":"Tester","mfa_required":1,"is_admin":0}`,
			with(func(u *directory.User) { u.MFARequired = true })},
		{"flags as texts",
			`{"id":7,"email":"omar@acme.example","is_active":"1","name":"Omar","role_id":3,"role":"Tester","sso_enabled":"true","is_admin":"0"}`,
			with(func(u *directory.User) { u.SSOEnabled = true })},
		{"nothing where a value is",
			`{"id":7,"email":"omar@acme.example","is_active":true,"name":null,"role_id":null,"role":null,"mfa_required":null,"group_ids":null,"assigned_projects":null}`,
			directory.User{ID: 7, Email: "omar@acme.example", Active: true}},
		{"unknown fields of any shape",
			`{"x":[{"y":[1,-2.5e+3,true,null,"\u00e4"]},[]],"id":7,"email":"omar@acme.example","is_active":true,"name":"Omar","role_id":3,"role":"Tester","z":{}}`, omar},
		{"the line of legacy servers",
			"USER AUTHENTICATION SUCCESSFUL!\r\n{\"id\":7,\"email\":\"omar@acme.example\",\"is_active\":true,\"name\":\"Omar\",\"role_id\":3,\"role\":\"Tester\"}\n", omar},
		{"a byte order mark",
			"\ufeff{\"id\":7,\"email\":\"omar@acme.example\",\"is_active\":true,\"name\":\"Omar\",\"role_id\":3,\"role\":\"Tester\"}", omar},
		{"escapes as PHP writes them",
			`{"id":7,"email":"omar\u0040acme.example","is_active":true,"name":"O\/\u00fc\ud83d\ude00\ud83d\"\\\n","role_id":3,"role":"Tester"}`,
			with(func(u *directory.User) { u.Name = "O/ü😀\ufffd\"\\\n" })},
		{"lists",
			`{"id":7,"email":"omar@acme.example","is_active":true,"name":"Omar","role_id":3,"role":"Tester","group_ids":[2,"5"],"assigned_projects":[11]}`,
			with(func(u *directory.User) { u.AssignedProjects = []directory.ProjectID{11} })},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readUser(tt.body)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("user (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUser_isRefusedWhenItCantBeTrusted(t *testing.T) {
	tests := []struct{ body, want string }{
		{``, "unexpected end of JSON input"},
		{`{`, "unexpected end of JSON input"},
		{`{"id":7,"email":"a@b.c","is_active":true`, "unexpected end of JSON input"},
		{`{"id":7,"email":"a@b.c","is_active":true}}`, "invalid character '}' after top-level value"},
		{`{"id":7,"email":"a@b.c","is_active":true} x`, "invalid character 'x' after top-level value"},
		{`[]`, "answer: unexpected array"},
		{`"x"`, "answer: unexpected string"},
		{`null`, "a user without id, email or is_active"},
		{`{"id":7}`, "a user without id, email or is_active"},
		{`{"id":7,"email":"a@b.c"}`, "a user without id, email or is_active"},
		{`{"id":7,"is_active":true}`, "a user without id, email or is_active"},
		{`{"email":"a@b.c","is_active":true}`, "a user without id, email or is_active"},
		{`{"id":0,"email":"a@b.c","is_active":true}`, "a user without id, email or is_active"},
		{`{"id":-7,"email":"a@b.c","is_active":true}`, "a user without id, email or is_active"},
		{`{"id":7.5,"email":"a@b.c","is_active":true}`, "id: unexpected 7.5"},
		{`{"id":true,"email":"a@b.c","is_active":true}`, "id: unexpected true"},
		{`{"id":7,"email":"a@b.c","is_active":"yes"}`, "is_active: unexpected text"},
		{`{"id":7,"email":"a@b.c","is_active":2}`, `is_active: unexpected 2`},
		{`{"id":7,"email":"a@b.c","is_active":{}}`, `is_active: unexpected object`},
		{`{"id":7,"email":["a@b.c"],"is_active":true}`, "email: unexpected array"},
		{`{"id":7,"email":"a@b.c","is_active":true,"group_ids":{}}`, "group_ids: unexpected object"},
		{`{"id":7,"email":"a@b.c","is_active":true,"group_ids":[1,"x"]}`, "group_ids: unexpected text"},
		{`{"id":7,"email":"a@b.c","is_active":true,"role_id":"00000000000000000000000000000000000000000000000x"}`, "role_id: unexpected text"},
	}
	for _, tt := range tests {
		if u, err := readUser(tt.body); err == nil || err.Error() != tt.want {
			t.Errorf("%s: read as %+v, error %v, want %s", tt.body, u, err, tt.want)
		}
	}
}

func TestGroup_isRefusedWithoutAList(t *testing.T) {
	for body, want := range map[string]string{
		`{"id":2,"name":"QA"}`:        "a group without id or user_ids",
		`{"name":"QA","user_ids":[]}`: "a group without id or user_ids",
		`{"id":2,"user_ids":"7"}`:     "user_ids: unexpected string",
		`{"id":2,"user_ids":[[7]]}`:   "user_ids: unexpected array",
	} {
		var g directory.Group
		if err := decodeGroup(&g)([]byte(body)); err == nil || err.Error() != want {
			t.Errorf("%s: read as %+v, error %v, want %s", body, g, err, want)
		}
	}
}

// What one version reports and another does not is how versions are told apart, so null is not absence.
func TestUser_remembersWhichFieldsItHas(t *testing.T) {
	tests := []struct {
		name string
		body string
		want fieldSet
	}{
		{"up to 6.3", `{}`, 0},
		{"6.4", `{"role_id":"3","role":"Tester"}`, hasRole},
		{"7.3", `{"role_id":3,"is_admin":false,"email_notifications":true,"mfa_required":0,"group_ids":[]}`,
			hasRole | hasAdmin | hasEmailNotifications | hasMFARequired | hasGroupIDs},
		{"everything, and nothing in it", `{"role_id":null,"is_admin":null,"email_notifications":null,"mfa_required":null,"group_ids":null,` +
			`"sso_enabled":null,"assigned_projects":null}`, hasAll},
	}
	for _, tt := range tests {
		u, err := lenient.Decode[userItem]([]byte(tt.body))
		if got := u.has(); err != nil || got != tt.want {
			t.Errorf("%s: has %b, %v; want %b", tt.name, got, err, tt.want)
		}
	}
}

func TestProject_tellsItsGroupsIfItKnowsThem(t *testing.T) {
	for body, want := range map[string]directory.Project{
		`[{"id":11,"name":"Checkout"}]`:                                {ID: 11, Name: "Checkout"},
		`[{"id":11,"name":"Checkout","groups":null}]`:                  {ID: 11, Name: "Checkout"},
		`[{"id":11,"name":"Checkout","groups":[]}]`:                    {ID: 11, Name: "Checkout", GroupsKnown: true},
		`[{"id":11,"name":2026,"groups":[{"id":"2","role_id":null}]}]`: {ID: 11, Name: "2026", GroupsKnown: true, Groups: []directory.GroupID{2}},
	} {
		p, err := decodePage[projectItem]([]byte(body), (*envelope).projects)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, p.items[0].project()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}

func TestPage_tellsAboutItself(t *testing.T) {
	told := func(n int64) lenient.Integer { return lenient.Integer{Present: true, Value: n} }
	next := func(link string) links { return links{Next: lenient.Text{Present: true, Value: link}} }
	tests := []struct {
		name  string
		body  string
		want  page[numbered]
		items int
	}{
		{"bare array", `[{"id":1},{"id":2}]`, page[numbered]{bare: true}, 2},
		{"bare array behind the line of legacy servers", "USER AUTHENTICATION SUCCESSFUL!\n [] ", page[numbered]{bare: true}, 0},
		{"envelope with a next page",
			`{"offset":2,"limit":2,"size":2,"_links":{"next":"\/api\/v2\/get_users&limit=2&offset=4","prev":null},"users":[{"id":1},{"id":2}]}`,
			page[numbered]{paging: paging{told(2), told(2), next("/api/v2/get_users&limit=2&offset=4")}}, 2},
		{"last page, list first", `{"users":[],"offset":0,"limit":250,"size":0,"_links":{"next":null,"prev":null}}`,
			page[numbered]{paging: paging{told(0), told(250), next("")}}, 0},
		{"numbers as texts", `{"users":[],"offset":"0","limit":"250","size":"0"}`, page[numbered]{paging: paging{Offset: told(0), Limit: told(250)}}, 0},
		{"no links", `{"users":[{"id":1}]}`, page[numbered]{}, 1},
		{"links as PHP writes an empty object", `{"_links":[],"users":[{"id":1}]}`, page[numbered]{}, 1},
		{"another list beside it", `{"groups":{},"users":[{"id":1}],"error":null}`, page[numbered]{}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decodePage[numbered]([]byte(tt.body), (*envelope).users)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.items) != tt.items {
				t.Errorf("items = %d, want %d", len(got.items), tt.items)
			}
			got.items = nil
			if diff := cmp.Diff(tt.want, got, inside); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPage_isRefusedWithoutItsList(t *testing.T) {
	for body, want := range map[string]string{
		`{}`:                      "the list is missing",
		`{"error":"no"}`:          "no",
		`{"groups":[]}`:           "the list is missing",
		`{"users":null}`:          "the list is missing",
		`{"users":{}}`:            "answer: unexpected object",
		`{"users":[{"id":1}}`:     "invalid character '}' after array element",
		`{"users":[]}[]`:          "invalid character '[' after top-level value",
		`{"users":[{"id":1},{}]}`: "something without an id",
		`[null]`:                  "something without an id",
		`[{"id":"x"}]`:            "id: unexpected text",
		`"users"`:                 "answer: unexpected string",
		`{"limit":[],"users":[]}`: "limit: unexpected array",
	} {
		if p, err := decodePage[numbered]([]byte(body), (*envelope).users); err == nil || err.Error() != want {
			t.Errorf("%s: read as %+v, error %v, want %s", body, p, err, want)
		}
	}
}

// What is read of a list is JSON and of the shape that was due, every user of it can be acted upon, and it reads the same
// once it is written in another of the ways that are understood.
func FuzzUsersPage(f *testing.F) {
	for _, seed := range []string{
		`[{"id":7,"email":"a@b.c","is_active":true,"group_ids":[1,2]}]`,
		`{"offset":0,"limit":250,"size":0,"_links":{"next":"\/api\/v2\/get_users&limit=250&offset=250","prev":null},"users":[{"id":"7","email":"a@b.c","is_active":1}]}`,
		`[{"id":7,"email":"\u0040\ud83d","is_active":0,"name":5,"role_id":null,"role":"","mfa_required":"1","sso_enabled":"","assigned_projects":null,"group_ids":["5",null]}]`,
		"USER AUTHENTICATION SUCCESSFUL!\n[]", `{"error":"no"}`, `{"users":{}}`, `{"_links":[],"users":[]}`, `{"users":[],"users":[]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := decodePage[userItem](body, (*envelope).users)
		if err != nil {
			return
		}
		if !json.Valid(trim(body)) {
			t.Fatalf("%q: read as %+v", body, p)
		}
		if more, err := p.more("get_users", 0, pageSize); more && (err != nil || p.bare || len(p.items) == 0) {
			t.Fatalf("%q: goes on after %+v", body, p)
		}
		for _, u := range p.items {
			if u.user().ID <= 0 {
				t.Fatalf("%q: a user without an id", body)
			}
			again, err := lenient.Decode[userItem](otherwise(t, u))
			if diff := cmp.Diff(u, again, inside); err != nil || diff != "" {
				t.Fatalf("%q: %v, written otherwise (-want +got):\n%s", body, err, diff)
			}
		}
	})
}

// Every list and record is refused or read, and a record by itself reads as it does in a list.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"id":2,"name":"Mobile QA","user_ids":[7,42]}`, `{"id":2,"name":null,"user_ids":null}`,
		`{"groups":[{"id":5,"user_ids":["1",1,-1]}],"roles":[{"id":3,"name":"Tester","is_default":1}]}`,
		`{"projects":[{"id":11,"name":"Checkout","groups":[{"id":2,"role_id":3},null]}]}`, `[]`, "\ufeff{}", `{"id":1e400}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		checkAnswer[groupItem](t, body, (*envelope).groups)
		checkAnswer[roleItem](t, body, (*envelope).roles)
		checkAnswer[projectItem](t, body, (*envelope).projects)
		var g directory.Group
		if decodeGroup(&g)(body) == nil && (g.ID <= 0 || g.Members == nil) {
			t.Fatalf("%q: read as %+v", body, g)
		}
	})
}

func checkAnswer[T item](t *testing.T, body []byte, listed func(*envelope) json.RawMessage) {
	p, err := decodePage[T](body, listed)
	if err == nil {
		for _, i := range p.items {
			if i.number() <= 0 || !json.Valid(trim(body)) {
				t.Fatalf("%q: read as %+v", body, p)
			}
		}
	}
	var one T
	if decodeItem(func(i *T) { one = *i })(body) != nil {
		return
	}
	p, err = decodePage[T](fmt.Appendf(nil, "[%s]", trim(body)), listed)
	if err != nil || len(p.items) != 1 {
		t.Fatalf("%q: read as %+v alone, as %+v in a list, %v", body, one, p, err)
	}
	if diff := cmp.Diff(one, p.items[0], inside); diff != "" {
		t.Fatalf("%q: read otherwise in a list (-alone +listed):\n%s", body, diff)
	}
}

// inside lets go-cmp compare what is read.
var inside = cmp.AllowUnexported(numbered{}, userItem{}, groupItem{}, roleItem{}, projectItem{}, page[numbered]{})

// otherwise writes a user with numbers and flags as texts.
func otherwise(t *testing.T, u userItem) []byte {
	t.Helper()
	record := make(map[string]any)
	number := func(n lenient.Integer) string { return strconv.FormatInt(n.Value, 10) }
	for key, n := range map[string]lenient.Integer{"id": u.ID, "role_id": u.RoleID} {
		if n.Present {
			record[key] = number(n)
		}
	}
	for key, s := range map[string]lenient.Text{"email": u.Email, "name": u.Name, "role": u.Role} {
		if s.Present {
			record[key] = s.Value
		}
	}
	for key, f := range map[string]lenient.Flag{
		"is_active": u.Active, "is_admin": u.Admin, "email_notifications": u.EmailNotifications, "mfa_required": u.MFARequired,
		"sso_enabled": u.SSOEnabled,
	} {
		if f.Present {
			record[key] = map[bool]string{true: "1", false: "0"}[f.Value]
		}
	}
	for key, l := range map[string]lenient.IDs{"group_ids": u.GroupIDs, "assigned_projects": u.AssignedProjects} {
		if l.Present && l.List == nil {
			record[key] = nil
		} else if l.Present {
			list := []string{}
			for _, n := range l.List {
				list = append(list, number(n))
			}
			record[key] = list
		}
	}
	data, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
