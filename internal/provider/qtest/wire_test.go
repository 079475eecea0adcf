package qtest_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/provider/qtest"
)

func TestWire(t *testing.T) {
	create := directory.UserChange{Email: ptr(directory.Email("lea@acme.example")), GivenName: ptr("Lea"), FamilyName: ptr("Trent")}
	const created = `POST /qa/api/v3/users {"username":"lea@acme.example","password":"...","first_name":"Lea","last_name":"Trent",` +
		`"user_group_ids":[],"send_activation_email":false,"include_default_groups":false}`
	tests := []struct {
		name    string
		call    func(*testing.T, *qtest.Writer) (any, error)
		answers []string
		asked   []string
		want    any
		wantErr string
	}{
		{
			name: "a create says all that has a default",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				a, err := w.CreateAccount(t.Context(), create)
				return a, err
			},
			answers: []string{lea}, asked: []string{created},
			want: directory.Account{User: directory.User{
				ID: 42, Email: "lea@acme.example", Name: "Lea Trent", GivenName: "Lea", FamilyName: "Trent", Active: true, SignOn: "Internal",
			}, Groups: []directory.GroupID{41, 44}},
		},
		{
			name: "a create splits a name of two words, and leaves the password out for who signs on elsewhere",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				a, err := w.CreateAccount(t.Context(), directory.UserChange{
					Email: create.Email, Name: ptr("Lea Trent"), SignOn: ptr(directory.SignOnID(12)), ExternalName: ptr("ltrent"),
					Groups: &[]directory.GroupID{41},
				})
				return a.Groups, err
			},
			answers: []string{leaBound},
			asked: []string{`POST /qa/api/v3/users {"username":"lea@acme.example","password":"","first_name":"Lea","last_name":"Trent",` +
				`"user_group_ids":[41],"external_auth_config_id":12,"external_user_name":"ltrent","send_activation_email":false,"include_default_groups":false}`},
			want: []directory.GroupID{41},
		},
		{
			name: "a create without a name is not sent",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				_, err := w.CreateAccount(t.Context(), directory.UserChange{Email: create.Email, Name: ptr("Lea")})
				return nil, err
			},
			answers: []string{lea}, wantErr: "POST users: no given and family name",
		},
		{
			name: "a create of somebody inactive is not sent",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				c := create
				c.Active = ptr(false)
				_, err := w.CreateAccount(t.Context(), c)
				return nil, err
			},
			answers: []string{lea}, wantErr: "POST users: an account can't be created inactive",
		},
		{
			name: "a create for a way to sign on without the name there is not sent",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				c := create
				c.SignOn = ptr(directory.SignOnID(12))
				_, err := w.CreateAccount(t.Context(), c)
				return nil, err
			},
			answers: []string{lea}, wantErr: "POST users: no external name is known for the way to sign on with id 12: write `auth: {external_name: ...}` at the person",
		},
		{
			name: "a create that was answered with somebody else is unclear",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				c := create
				c.Email = ptr(directory.Email("tom@acme.example"))
				_, err := w.CreateAccount(t.Context(), c)
				return isUnclear(err), err
			},
			answers: []string{lea}, want: true, wantErr: "POST users: answered with another account, id 42",
			asked: []string{strings.ReplaceAll(created, "lea@", "tom@")},
		},
		{
			name: "a create that does not end active is an error",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				_, err := w.CreateAccount(t.Context(), create)
				return isUnclear(err), err
			},
			answers: []string{leaNew}, want: false, wantErr: "POST users: account 42 was created with status 0 instead of active",
			asked: []string{created},
		},
		{
			name: "a create is sent once after a lost answer",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				_, err := w.CreateAccount(t.Context(), create)
				return isUnclear(err), err
			},
			answers: []string{"cut", lea}, want: true, wantErr: "POST users: connection cut: unexpected EOF", asked: []string{created},
		},
		{
			name: "an update repeats all but the password",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				now, err := w.ReadAccount(t.Context(), 42)
				if err != nil {
					return nil, err
				}
				a, err := w.UpdateAccount(t.Context(), now, directory.UserChange{FamilyName: ptr("Trent-Okafor")})
				return a.Groups, err
			},
			answers: []string{lea}, want: []directory.GroupID{41, 44},
			asked: []string{"GET /qa/api/v3/users/42",
				`PUT /qa/api/v3/users/42 {"email":"lea@home.example","first_name":"Lea","last_name":"Trent-Okafor","status":1,"user_group_ids":[41,44]}`},
		},
		{
			name: "an update repeats how somebody signs on",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				now, err := w.ReadAccount(t.Context(), 42)
				if err != nil {
					return nil, err
				}
				_, err = w.UpdateAccount(t.Context(), now, directory.UserChange{Active: ptr(false), Groups: &[]directory.GroupID{}})
				return now.SignOn, err
			},
			answers: []string{leaBound, systems, leaBound}, want: directory.Name("Acme SSO"),
			asked: []string{"GET /qa/api/v3/users/42", "GET /qa/api/v3/auth-systems",
				`PUT /qa/api/v3/users/42 {"first_name":"Lea","last_name":"Trent","status":3,"user_group_ids":[],"external_auth_config_id":12,"external_user_name":"ltrent"}`},
		},
		{
			name: "an update brings somebody back to the tool's own way to sign on, with a password that nobody knows",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				now, err := w.ReadAccount(t.Context(), 42)
				if err != nil {
					return nil, err
				}
				_, err = w.UpdateAccount(t.Context(), now, directory.UserChange{SignOn: ptr(directory.SignOnID(-1))})
				return nil, err
			},
			answers: []string{leaBound, systems, lea},
			asked: []string{"GET /qa/api/v3/users/42", "GET /qa/api/v3/auth-systems",
				`PUT /qa/api/v3/users/42 {"password":"...","first_name":"Lea","last_name":"Trent","status":1,"user_group_ids":[41],"external_auth_config_id":-1}`},
		},
		{
			name: "an update of somebody who has the tool's own way to sign on leaves the password alone",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				now, err := w.ReadAccount(t.Context(), 42)
				if err != nil {
					return nil, err
				}
				_, err = w.UpdateAccount(t.Context(), now, directory.UserChange{SignOn: ptr(directory.SignOnID(-1))})
				return nil, err
			},
			answers: []string{lea},
			asked: []string{"GET /qa/api/v3/users/42",
				`PUT /qa/api/v3/users/42 {"email":"lea@home.example","first_name":"Lea","last_name":"Trent","status":1,"user_group_ids":[41,44]}`},
		},
		{
			name: "an update of somebody who was invited leaves the status out, which can't be said",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				now, err := w.ReadAccount(t.Context(), 42)
				if err != nil {
					return nil, err
				}
				_, err = w.UpdateAccount(t.Context(), now, directory.UserChange{FamilyName: ptr("Trent")})
				return now.Pending, err
			},
			answers: []string{leaNew}, want: true,
			asked: []string{"GET /qa/api/v3/users/42", `PUT /qa/api/v3/users/42 {"first_name":"Lea","last_name":"Trent","user_group_ids":[]}`},
		},
		{
			name: "an update that was not preceded by a read makes one",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				_, err := w.UpdateAccount(t.Context(), directory.Account{User: directory.User{ID: 42, GivenName: "Lea", FamilyName: "Trent", Active: true}}, directory.UserChange{})
				return nil, err
			},
			answers: []string{lea},
			asked: []string{"GET /qa/api/v3/users/42",
				`PUT /qa/api/v3/users/42 {"email":"lea@home.example","first_name":"Lea","last_name":"Trent","status":1,"user_group_ids":[]}`},
		},
		{
			name: "another login address is not sent",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				now, err := w.ReadAccount(t.Context(), 42)
				if err != nil {
					return nil, err
				}
				_, err = w.UpdateAccount(t.Context(), now, directory.UserChange{Email: ptr(directory.Email("l@acme.example"))})
				return isUnclear(err), err
			},
			answers: []string{lea}, want: false, wantErr: "PUT users/42: a login name can't be changed", asked: []string{"GET /qa/api/v3/users/42"},
		},
		{
			name: "an update is sent once",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				now, err := w.ReadAccount(t.Context(), 42)
				if err != nil {
					return nil, err
				}
				_, err = w.UpdateAccount(t.Context(), now, directory.UserChange{})
				var again interface{ Again() (time.Duration, bool) }
				if !errors.As(err, &again) {
					return false, err
				}
				_, may := again.Again()
				return may, err
			},
			answers: []string{lea, `500 {"message":"oops"}`}, want: true, wantErr: "PUT users/42: HTTP 500: oops",
			asked: []string{"GET /qa/api/v3/users/42",
				`PUT /qa/api/v3/users/42 {"email":"lea@home.example","first_name":"Lea","last_name":"Trent","status":1,"user_group_ids":[41,44]}`},
		},
		{
			name: "an account that there is not",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				_, err := w.ReadAccount(t.Context(), 7)
				return isNotFound(err), err
			},
			answers: []string{`404 {"message":"no such user"}`}, want: true, wantErr: "GET users/7: HTTP 404: no such user", asked: []string{"GET /qa/api/v3/users/7"},
		},
		{
			name: "an answer with another account",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				_, err := w.ReadAccount(t.Context(), 7)
				return nil, err
			},
			answers: []string{lea}, wantErr: "live state is inconsistent: users/7: answered with another account, id 42", asked: []string{"GET /qa/api/v3/users/7"},
		},
		{
			name: "a group",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				g, err := w.CreateGroup(t.Context(), "QA <Payments>", []directory.UserID{42, 7})
				return g, err
			},
			answers: []string{`{"id":44,"name":"QA <Payments>","total_user":2,"users":[{"id":42},{"id":7}]}`},
			want:    directory.Group{ID: 44, Name: "QA <Payments>", Members: []directory.UserID{7, 42}},
			asked: []string{`POST /qa/api/v3/groups {"name":"QA \u003cPayments\u003e","description":"","is_default":false,` +
				`"user_ids":[42,7],"authority_names":[]}`},
		},
		{
			name: "a group whose members are not told, and one is missing",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				g, err := w.CreateGroup(t.Context(), "QA", []directory.UserID{42, 7})
				return g.Members, err
			},
			answers: []string{`{"id":44,"name":"QA","total_user":1,"users":null}`}, want: []directory.UserID{},
			asked: []string{`POST /qa/api/v3/groups {"name":"QA","description":"","is_default":false,"user_ids":[42,7],"authority_names":[]}`},
		},
		{
			name: "members of a project",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				m, err := w.ReadProject(t.Context(), 301)
				return m, err
			},
			answers: []string{`[` + leaBound + `,{"id":7,"username":"a@b.c","status":3}]`}, want: []directory.UserID{7, 42},
			asked: []string{"GET /qa/api/v3/projects/301/users?inactive=true"},
		},
		{
			name: "people who are put into a project",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				return nil, w.AddToProject(t.Context(), 301, 5, []directory.UserID{42, 7})
			},
			answers: []string{`{"project_id":301,"user_ids":[7,42],"profile":{"id":5}}`},
			asked:   []string{`POST /qa/api/v3/users/projects?skipEmailNotifications=true {"project_id":301,"user_ids":[42,7],"profile":{"id":5}}`},
		},
		{
			name: "people of whom one was left out of a project",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				err := w.AddToProject(t.Context(), 301, 5, []directory.UserID{42, 7})
				return isUnclear(err), err
			},
			answers: []string{`{"project_id":301,"user_ids":[7],"profile":{"id":5}}`}, want: false, wantErr: "POST users/projects: user 42 was not added to project 301",
			asked: []string{`POST /qa/api/v3/users/projects?skipEmailNotifications=true {"project_id":301,"user_ids":[42,7],"profile":{"id":5}}`},
		},
		{
			name: "people who are taken out of a project",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				return nil, w.RemoveFromProject(t.Context(), 301, []directory.UserID{42, 7})
			},
			answers: []string{`{"message":"done"}`},
			asked:   []string{`PUT /qa/api/v3/users/projects?skipEmailNotifications=true [{"project_id":301,"user_ids":[42,7]}]`},
		},
		{
			name: "nobody is neither put into a project nor taken out",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				return nil, errors.Join(w.AddToProject(t.Context(), 301, 5, nil), w.RemoveFromProject(t.Context(), 301, nil))
			},
			answers: []string{lea},
		},
		{
			name: "one person who is put into a project",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				return nil, w.AddOneToProject(t.Context(), 42, 301, 5)
			},
			answers: []string{`{"project_id":301,"profile":{"id":5}}`},
			asked:   []string{`POST /qa/api/v3/users/42/projects {"project_id":301,"profile":{"id":5}}`},
		},
		{
			name: "an address is found, its plus and at encoded, among people of whose names it is a part",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				u, found, err := w.FindUser(t.Context(), "lea+qa@acme.example")
				return []any{u.ID, found}, err
			},
			answers: []string{`{"page":1,"total":2,"page_size":2,"items":[{"id":8,"username":"xlea+qa@acme.example","status":1},{"id":9,"username":"Lea+QA@acme.example","status":1}]}`},
			want:    []any{directory.UserID(9), true},
			asked:   []string{"GET /qa/api/v3/users/search?includeInactiveUsers=true&username=lea%2Bqa%40acme.example&pagination=false"},
		},
		{
			name: "an address that nobody bears",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				_, found, err := w.FindUser(t.Context(), "a@b.c")
				return found, err
			},
			answers: []string{`{"page":1,"page_size":0,"total":0,"items":[]}`}, want: false,
			asked: []string{"GET /qa/api/v3/users/search?includeInactiveUsers=true&username=a%40b.c&pagination=false"},
		},
		{
			name: "an address that two bear in another case",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				_, found, err := w.FindUser(t.Context(), "a@b.c")
				return found, err
			},
			answers: []string{`{"total":2,"items":[{"id":8,"username":"A@b.c","status":1},{"id":9,"username":"a@B.c","status":1}]}`}, want: false,
			wantErr: "live state is inconsistent: users/search: 2 accounts bear the address, ids 8 and 9 among them",
			asked:   []string{"GET /qa/api/v3/users/search?includeInactiveUsers=true&username=a%40b.c&pagination=false"},
		},
		{
			name: "who asks",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				who, err := w.CurrentUser(t.Context())
				return who, err
			},
			answers: []string{`{"id":7,"user_name":"ines@acme.example"}`}, want: qtest.LoggedIn{ID: 7, Username: "ines@acme.example"},
			asked: []string{"GET /qa/api/v3/re-evaluation"},
		},
		{
			name: "how long the token lasts",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				left, ends, err := w.TokenStatus(t.Context())
				return []any{left, ends}, err
			},
			answers: []string{`{"expiration":1795000000000,"validityInMilliseconds":5400000}`}, want: []any{90 * time.Minute, true},
			asked: []string{"GET /qa/oauth/status"},
		},
		{
			name: "a token without an end",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				left, ends, err := w.TokenStatus(t.Context())
				return []any{left, ends}, err
			},
			answers: []string{`{"expiration":null,"validityInMilliseconds":null}`}, want: []any{time.Duration(0), false},
			asked: []string{"GET /qa/oauth/status"},
		},
		{
			name: "a picture, as it is",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				picture, err := w.Avatar(t.Context(), 42)
				return string(picture), err
			},
			answers: []string{"\x89PNG\r\n\x1a\n\x00"}, want: "\x89PNG\r\n\x1a\n\x00", asked: []string{"GET /qa/api/v3/users/42/avatar"},
		},
		{
			name: "a picture that is too large",
			call: func(t *testing.T, w *qtest.Writer) (any, error) {
				picture, err := w.Avatar(t.Context(), 42)
				return len(picture), err
			},
			answers: []string{strings.Repeat("\x89", 1<<20+1)}, want: 0,
			wantErr: "GET users/42/avatar: answer is larger than 1048576 bytes", asked: []string{"GET /qa/api/v3/users/42/avatar"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, p := taped(t, tt.answers...)
				got, err := tt.call(t, w)
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("result (-want +got):\n%s", diff)
				}
				if errorText(err) != tt.wantErr {
					t.Errorf("error = %q, want %q", errorText(err), tt.wantErr)
				}
				for i := range p.asked {
					p.asked[i] = password.ReplaceAllLiteralString(p.asked[i], `"password":"..."`)
				}
				if diff := cmp.Diff(tt.asked, p.asked); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}
