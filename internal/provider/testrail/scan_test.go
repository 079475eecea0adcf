package testrail

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
)

func scanUser(body string) (directory.User, error) {
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
			got, err := scanUser(tt.body)
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
	for _, body := range []string{
		``, `{`, `[]`, `null`, `"x"`, `{"id":7}`,
		`{"id":7,"email":"a@b.c"}`,
		`{"id":7,"is_active":true}`,
		`{"email":"a@b.c","is_active":true}`,
		`{"id":0,"email":"a@b.c","is_active":true}`,
		`{"id":7,"email":"a@b.c","is_active":"yes"}`,
		`{"id":7.5,"email":"a@b.c","is_active":true}`,
		`{"id":7,"email":"a@b.c","is_active":true`,
		`{"id":7,"email":"a@b.c","is_active":true}}`,
		`{"id":7,"email":"a@b.c","is_active":true} x`,
		`{"id":7,"email":["a@b.c"],"is_active":true}`,
		`{"id":7,"email":"a@b.c","is_active":true,"group_ids":{}}`,
	} {
		if u, err := scanUser(body); err == nil {
			t.Errorf("%s: read as %+v", body, u)
		}
	}
}

func TestPage_tellsAboutItself(t *testing.T) {
	tests := []struct {
		name string
		body string
		want page
	}{
		{"bare array", `[{},{}]`, page{bare: true, items: 2, offset: -1}},
		{"envelope with a next page", `{"offset":2,"limit":2,"size":2,"_links":{"next":"\/api\/v2\/get_users&limit=2&offset=4","prev":null},"users":[{},{}]}`,
			page{items: 2, offset: 2, limit: 2, linked: true, next: "/api/v2/get_users&limit=2&offset=4"}},
		{"last page, list first", `{"users":[],"offset":0,"limit":250,"size":0,"_links":{"next":null,"prev":null}}`,
			page{offset: 0, limit: 250, linked: true}},
		{"no links", `{"users":[{}]}`, page{items: 1, offset: -1}},
		{"links as PHP writes an empty object", `{"_links":[],"users":[{}]}`, page{items: 1, offset: -1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decodePage([]byte(tt.body), "users", (*scanner).skip)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(page{})); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
		})
	}
	for _, body := range []string{`{}`, `{"error":"no"}`, `{"groups":[]}`, `{"users":null}`, `{"users":[{}}`, `{"users":[]}[]`} {
		if _, err := decodePage([]byte(body), "users", (*scanner).skip); err == nil {
			t.Errorf("%s was read", body)
		}
	}
}

// The scanner accepts exactly what encoding/json accepts, and reads texts as it does.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-0.5e-7,true,null,{"b":"\u00e4\ud83d\ude00\ud83d"}]}`, `"\ud83d\u0041"`, `01`, `1.`, `-`, `[1,]`, `{"a":1,}`, `"\x"`,
		"\"\xff\"", " \t\r\n[ ] ", `nul`, `truefalse`, `"a`, `"\`, `"\u12`, "\"\x01\"", "\"\\n\x01\"", `1 2`, `[]]`, `"\ud800\ud800\udc00"`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &scanner{data: data}
		s.skip()
		err := s.end()
		if err == nil != json.Valid(data) && !errors.Is(err, errTooDeep) {
			t.Fatalf("%q: %v, but valid is %v", data, err, json.Valid(data))
		}
		var want string
		if json.Unmarshal(data, &want) == nil && string(data) != "null" {
			s := &scanner{data: data}
			if got := s.text(); s.peek() == 0 && got != want && data[0] == '"' {
				t.Fatalf("%q: read as %q, want %q", data, got, want)
			}
		}
	})
}

// What is read of a list is JSON and of the shape that was due, and every user of it can be acted upon.
func FuzzUsersPage(f *testing.F) {
	for _, seed := range []string{
		`[{"id":7,"email":"a@b.c","is_active":true,"group_ids":[1,2]}]`,
		`{"offset":0,"limit":250,"size":0,"_links":{"next":"\/api\/v2\/get_users&limit=250&offset=250","prev":null},"users":[{"id":"7","email":"a@b.c","is_active":1}]}`,
		"USER AUTHENTICATION SUCCESSFUL!\n[]", `{"error":"no"}`, `{"users":{}}`, `{"_links":[],"users":[]}`, `{"users":[],"users":[]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		list := newUsers()
		list.begin()
		p, err := decodePage(body, "users", list.item)
		if err != nil {
			return
		}
		list.commit()
		if data := newScanner(body).data; !json.Valid(data) || p.items != len(list.all) {
			t.Fatalf("%q: read as %+v with %d users", body, p, len(list.all))
		}
		for _, u := range list.all {
			if u.ID <= 0 {
				t.Fatalf("%q: a user without an id", body)
			}
		}
		if more, err := p.more("get_users", 0, pageSize); more && (err != nil || p.bare || p.items == 0) {
			t.Fatalf("%q: goes on after %+v", body, p)
		}
	})
}
