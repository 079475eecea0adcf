package testrail_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/testrail"
)

// tape answers each request with the next of its answers and keeps what was asked.
type tape struct {
	answers []string // a body; "404 body" is an answer of that status, "cut" none at all
	asked   []string
}

func (p *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	p.asked = append(p.asked, strings.TrimSpace(r.Method+" "+r.URL.Path+"?"+r.URL.RawQuery+" "+string(body)))
	answer := p.answers[min(len(p.asked), len(p.answers))-1]
	if answer == "cut" {
		return nil, io.ErrUnexpectedEOF
	}
	rec := httptest.NewRecorder()
	if status, rest, found := strings.Cut(answer, " "); found && len(status) == 3 {
		rec.WriteHeader(map[string]int{"302": 302, "400": 400, "401": 401, "403": 403, "404": 404, "429": 429, "500": 500}[status])
		answer = rest
	}
	rec.WriteString(answer)
	resp := rec.Result()
	resp.Request = r
	return resp, nil
}

func taped(t *testing.T, answers ...string) (*testrail.Writer, *tape) {
	t.Helper()
	p := &tape{answers: answers}
	w, err := testrail.NewWriter(testrail.Config{
		URL: "https://acme.example.test/qa", User: "ines@acme.example", Key: httpx.NewSecret("s3cret"), HTTP: httpx.Options{Transport: p},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w, p
}

const (
	lea       = `{"name":"Lea","id":42,"email":"lea+qa@acme.example","is_active":true,"role_id":3,"role":"Tester","group_ids":[]}`
	leaGone   = `{"name":"Lea","id":42,"email":"lea+qa@acme.example","is_active":false,"role_id":3,"role":"Tester","group_ids":[]}`
	mobile    = `{"id":2,"name":"Mobile QA","user_ids":[42,7]}`
	noAddress = `400 {"error":"Field :email is not a valid email address."}`
)

func TestWire(t *testing.T) {
	tests := []struct {
		name    string
		call    func(*testing.T, *testrail.Writer) (any, error)
		answers []string
		asked   []string
		want    any
		wantErr string
	}{
		{
			name: "an address is found, its plus and at encoded",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				_, found, err := w.FindUser(t.Context(), "lea+qa@acme.example")
				return found, err
			},
			answers: []string{lea}, want: true,
			asked: []string{"GET /qa/index.php?/api/v2/get_user_by_email&email=lea%2Bqa%40acme.example"},
		},
		{
			name: "an address that nobody bears is not found",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				_, found, err := w.FindUser(t.Context(), "a@b.c")
				return found, err
			},
			answers: []string{noAddress}, want: false,
			asked: []string{"GET /qa/index.php?/api/v2/get_user_by_email&email=a%40b.c"},
		},
		{
			name: "another refusal of the look-up is no absence",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				_, found, err := w.FindUser(t.Context(), "a@b.c")
				return found, err
			},
			answers: []string{`400 {"error":"no"}`}, want: false, wantErr: "GET get_user_by_email: HTTP 400: no",
			asked: []string{"GET /qa/index.php?/api/v2/get_user_by_email&email=a%40b.c"},
		},
		{
			name: "a look-up that answers with somebody else is an error",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				_, found, err := w.FindUser(t.Context(), "a@b.c")
				return found, err
			},
			answers: []string{lea}, want: false, wantErr: "live state is inconsistent: get_user_by_email: answered with another account, id 42",
			asked: []string{"GET /qa/index.php?/api/v2/get_user_by_email&email=a%40b.c"},
		},
		{
			name: "a create says that the account is active even if nobody did",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				u, err := w.CreateUser(t.Context(), directory.UserChange{Email: ptr(directory.Email("Lea+QA@acme.example")), Name: ptr("Lea")})
				return u.ID, err
			},
			answers: []string{lea}, want: directory.UserID(42),
			asked: []string{`POST /qa/index.php?/api/v2/add_user {"name":"Lea","email":"Lea+QA@acme.example","is_active":true}`},
		},
		{
			name: "a create of somebody inactive sends false in words",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				u, err := w.CreateUser(t.Context(), directory.UserChange{Email: ptr(directory.Email("lea+qa@acme.example")), Active: ptr(false)})
				return u.ID, err
			},
			answers: []string{leaGone}, want: directory.UserID(42),
			asked: []string{`POST /qa/index.php?/api/v2/add_user {"email":"lea+qa@acme.example","is_active":false}`},
		},
		{
			name: "a create that ends inactive is an error",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				u, err := w.CreateUser(t.Context(), directory.UserChange{Email: ptr(directory.Email("lea+qa@acme.example"))})
				return u.ID, err
			},
			answers: []string{leaGone}, want: directory.UserID(42), wantErr: "POST add_user: account 42 was created inactive instead of active",
			asked: []string{`POST /qa/index.php?/api/v2/add_user {"email":"lea+qa@acme.example","is_active":true}`},
		},
		{
			name: "an update sends each field that is set and no other",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				u, err := w.UpdateUser(t.Context(), 42, directory.UserChange{
					Email: ptr(directory.Email("lea@acme.example")), RoleID: ptr(directory.RoleID(3)), Active: ptr(false), Admin: ptr(false),
					EmailNotifications: ptr(true), MFARequired: ptr(false), SSOEnabled: ptr(true), AssignedProjects: ptr([]directory.ProjectID(nil)),
				})
				return u.Role, err
			},
			answers: []string{lea}, want: directory.Name("Tester"),
			asked: []string{`POST /qa/index.php?/api/v2/update_user/42 {"email":"lea@acme.example","role_id":3,"is_active":false,"is_admin":false,` +
				`"email_notifications":true,"mfa_required":false,"sso_enabled":true,"assigned_projects":[]}`},
		},
		{
			name: "an update is sent once more with the id that the body lacked, and with it from then on",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				if _, err := w.UpdateUser(t.Context(), 42, directory.UserChange{Active: ptr(true)}); err != nil {
					return nil, err
				}
				u, err := w.UpdateUser(t.Context(), 42, directory.UserChange{Admin: ptr(true)})
				return u.ID, err
			},
			answers: []string{`400 {"error":"Field :user_id is a required field."}`, lea, lea}, want: directory.UserID(42),
			asked: []string{
				`POST /qa/index.php?/api/v2/update_user/42 {"is_active":true}`,
				`POST /qa/index.php?/api/v2/update_user/42 {"user_id":42,"is_active":true}`,
				`POST /qa/index.php?/api/v2/update_user/42 {"user_id":42,"is_admin":true}`,
			},
		},
		{
			name: "a group is updated with its id in the body and its full list",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				g, err := w.UpdateGroup(t.Context(), 2, "Mobile QA", []directory.UserID{7, 42})
				return g, err
			},
			answers: []string{mobile}, want: directory.Group{ID: 2, Name: "Mobile QA", Members: []directory.UserID{7, 42}},
			asked: []string{`POST /qa/index.php?/api/v2/update_group/2 {"group_id":2,"name":"Mobile QA","user_ids":[7,42]}`},
		},
		{
			name: "a group without members is written with an empty list",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				g, err := w.CreateGroup(t.Context(), "Mobile QA", nil)
				return g.ID, err
			},
			answers: []string{mobile}, want: directory.GroupID(2),
			asked: []string{`POST /qa/index.php?/api/v2/add_group {"name":"Mobile QA","user_ids":[]}`},
		},
		{
			name: "a group is deleted, which has an empty answer",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				return nil, w.DeleteGroup(t.Context(), 2)
			},
			answers: []string{""},
			asked:   []string{`POST /qa/index.php?/api/v2/delete_group/2 {}`},
		},
		{
			name: "an unclear delete is not sent again without a read",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				return nil, w.DeleteGroup(t.Context(), 2)
			},
			answers: []string{"cut"}, wantErr: "POST delete_group/2: connection cut: unexpected EOF",
			asked: []string{`POST /qa/index.php?/api/v2/delete_group/2 {}`},
		},
		{
			name: "neither is an unclear list of members",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				_, err := w.UpdateGroup(t.Context(), 2, "QA", nil)
				return nil, err
			},
			answers: []string{`500 {"error":"no"}`}, wantErr: "POST update_group/2: HTTP 500: no",
			asked: []string{`POST /qa/index.php?/api/v2/update_group/2 {"group_id":2,"name":"QA","user_ids":[]}`},
		},
		{
			name: "a group that was gone before is an error",
			call: func(t *testing.T, w *testrail.Writer) (any, error) {
				err := w.DeleteGroup(t.Context(), 2)
				var absent interface{ NotFound() bool }
				return errors.As(err, &absent) && absent.NotFound(), err
			},
			answers: []string{`400 {"error":"Field :group_id is not a valid group."}`}, want: true,
			wantErr: "POST delete_group/2: HTTP 400: Field :group_id is not a valid group.",
			asked:   []string{`POST /qa/index.php?/api/v2/delete_group/2 {}`},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, p := taped(t, tt.answers...)
				got, err := tt.call(t, w)
				if text := errorText(err); text != tt.wantErr {
					t.Errorf("error = %q, want %q", text, tt.wantErr)
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("result (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(tt.asked, p.asked); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestWrites_areUnclearWhenNobodyKnows(t *testing.T) {
	change := directory.UserChange{Email: ptr(directory.Email("lea@acme.example"))}
	calls := map[string]func(*testing.T, *testrail.Writer) error{
		"CreateUser": func(t *testing.T, w *testrail.Writer) error { _, err := w.CreateUser(t.Context(), change); return err },
		"UpdateUser": func(t *testing.T, w *testrail.Writer) error {
			_, err := w.UpdateUser(t.Context(), 7, change)
			return err
		},
		"CreateGroup": func(t *testing.T, w *testrail.Writer) error {
			_, err := w.CreateGroup(t.Context(), "QA", nil)
			return err
		},
		"UpdateGroup": func(t *testing.T, w *testrail.Writer) error {
			_, err := w.UpdateGroup(t.Context(), 7, "QA", nil)
			return err
		},
	}
	for name, call := range calls {
		for answer, unclear := range map[string]bool{
			"cut": true, `500 {"error":"no"}`: true, "<html>": true, `{"id":`: true, "": true, `{"id":9}`: true,
			`400 {"error":"no"}`: false, `403 {"error":"no"}`: false, `401 {"error":"no"}`: false, "302 ": false, `429 {"error":"no"}`: false,
		} {
			synctest.Test(t, func(t *testing.T) {
				w, p := taped(t, answer)
				err := call(t, w)
				var u interface{ Unclear() bool }
				if !errors.As(err, &u) || u.Unclear() != unclear {
					t.Errorf("%s answered %q: %v, unclear %v", name, answer, err, !unclear)
				}
				if strings.HasPrefix(name, "Create") && unclear && len(p.asked) != 1 {
					t.Errorf("%s answered %q was sent %d times", name, answer, len(p.asked))
				}
			})
		}
	}
}

func TestParseURL(t *testing.T) {
	tests := []struct{ raw, want string }{
		{"https://acme.testrail.io", "https://acme.testrail.io/"},
		{" https://ACME.testrail.io:443/ ", "https://acme.testrail.io/"},
		{"http://localhost:80", "http://localhost/"},
		{"https://tools.example.test:8443/qa/testrail", "https://tools.example.test:8443/qa/testrail/"},
		{"https://tools.example.test/qa/testrail/index.php", "https://tools.example.test/qa/testrail/"},
		{"https://tools.example.test/qa/index.php?/projects/overview/11", "https://tools.example.test/qa/"},
		{"https://tools.example.test/index.php?/api/v2/#x", "https://tools.example.test/"},
		{"https://ines:pw@acme.testrail.io", ""},
		{"https://acme.testrail.io/?a=b", ""},
		{"acme.testrail.io", ""},
		{"ftp://acme.testrail.io", ""},
		{"https://", ""},
		{"", ""},
		{"https://a b/", ""},
	}
	for _, tt := range tests {
		u, err := testrail.ParseURL(tt.raw)
		got := ""
		if err == nil {
			got = u.String()
		}
		if got != tt.want {
			t.Errorf("%q: %q, %v; want %q", tt.raw, got, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "pw") {
			t.Errorf("%q: the error shows a password: %v", tt.raw, err)
		}
	}
}
