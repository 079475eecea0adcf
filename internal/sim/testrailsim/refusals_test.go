package testrailsim_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	sim "rollcall/internal/sim/testrailsim"
)

// Each row is a write that is refused and leaves everything as it was.
func TestWrites_areRefusedWhole(t *testing.T) {
	long := strings.Repeat("x", 251)
	rows := []struct {
		name, set, route, body string
		text                   string
	}{
		{"a user's name that is blank", "", "update_user/2", `{"name":" ","role_id":1}`, "Field :name is a required field."},
		{"a user's name that is no text", "", "update_user/2", `{"name":7}`, "Field :name is not a valid string."},
		{"a user that is unknown", "", "update_user/99", `{}`, "Field :user_id is not a valid user."},
		{"a user without an id", "", "update_user", `{}`, "Field :user_id is a required field."},
		{"a user's list that is none", "", "update_user/2", `{"name":"N","group_ids":5}`, "Field :group_ids is not a valid array."},
		{"a user's project that is unknown", "edition=enterprise", "update_user/2", `{"assigned_projects":[1,77]}`, "Field :assigned_projects is not a valid or accessible project."},
		{"a user's SSO flag that is none", "edition=enterprise", "update_user/2", `{"sso_enabled":"x"}`, "Field :sso_enabled is not a valid boolean."},
		{"an address without a domain", "", "update_user/2", `{"email":"omar"}`, "Field :email is not a valid email address."},
		{"an address with a space", "", "update_user/2", `{"email":"o q@acme.example"}`, "Field :email is not a valid email address."},
		{"an address with an empty label", "", "update_user/2", `{"email":"o@acme..example"}`, "Field :email is not a valid email address."},
		{"an address that is not ASCII", "", "update_user/2", `{"email":"ömar@acme.example"}`, "Field :email is not a valid email address."},
		{"an address of somebody else", "", "update_user/2", `{"email":"LEA.trent@acme.example"}`, "Field :email is already in use."},
		{"groups for an inactive user", "inactive-member=400", "update_user/4", `{"group_ids":[2]}`, "Field :group_ids is not a valid group."},
		{"a new group for an inactive user", "inactive-member=400-new", "update_user/4", `{"group_ids":[2,5]}`, "Field :group_ids is not a valid group."},
		{"a group's name that is blank", "", "update_group/2", `{"group_id":2,"name":""}`, "Field :name is a required field."},
		{"a group's name that is too long", "", "add_group", `{"name":"` + long + `"}`, "Field :name is too long (250 characters at most)."},
		{"a group's name that is no text", "", "add_group", `{"name":[]}`, "Field :name is not a valid string."},
		{"a group that is unknown", "", "update_group/9", `{"group_id":9}`, "Field :group_id is not a valid group."},
		{"a group_id that is no number", "", "update_group/2", `{"group_id":"x"}`, "Field :group_id is not a valid ID."},
		{"a group to delete that is unknown", "", "delete_group/9", `{}`, "Field :group_id is not a valid group."},
		{"a field of a group that is unknown", "unknown-field=400", "add_group", `{"name":"N","parent":2}`, "Field :parent is not a supported field."},
		{"a project without an id", "", "update_project", `{}`, "Field :project_id is a required field."},
		{"a project that is unknown", "", "update_project/9", `{}`, "Field :project_id is not a valid or accessible project."},
		{"a project's name that is blank", "", "update_project/1", `{"name":""}`, "Field :name is a required field."},
		{"a project's name that is too long", "", "update_project/1", `{"name":"` + long + `"}`, "Field :name is too long (250 characters at most)."},
		{"a project's flag that is none", "", "update_project/1", `{"is_completed":"x"}`, "Field :is_completed is not a valid boolean."},
		{"a project's list that is none", "", "update_project/1", `{"groups":{}}`, "Field :groups is not a valid array."},
		{"access for an unknown group", "", "update_project/1", `{"name":"N","groups":[{"id":77,"role_id":1}]}`, "Field :groups is not a valid group."},
		{"access with an unknown role", "", "update_project/1", `{"groups":[{"id":5,"role_id":77}]}`, "Field :role_id is not a valid role."},
		{"a default role that is unknown", "", "update_project/1", `{"default_role_id":77}`, "Field :default_role_id is not a valid role."},
		{"a user's access on professional, if it refuses what it does not know", "unknown-field=400", "update_project/1", `{"users":[]}`, "Field :users is not a supported field."},
		{"a list in place of an object", "", "add_user", `[]`, "The request body is not a valid JSON object."},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var set []string
			if row.set != "" {
				set = append(set, row.set)
			}
			srv := serve(t, small(), set...)
			before := srv.Snapshot()
			dial(t, srv).fails(row.route, row.body, 400, row.text)
			if diff := cmp.Diff(before, srv.Snapshot()); diff != "" {
				t.Errorf("changed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUpdateProject_changesOnlyWhatIsSent(t *testing.T) {
	srv := serve(t, small())
	want := srv.Snapshot()
	p := &want.Projects[0]
	p.Name, p.Announcement, p.ShowAnnouncement, p.SuiteMode = "C", "Hello", true, 2
	dial(t, srv).ok("update_project/1", `{"name":"C","announcement":"Hello","show_announcement":true,"suite_mode":2,"users":[{"id":2,"role_id":1}]}`, nil)
	if diff := cmp.Diff(want, srv.Snapshot()); diff != "" {
		t.Errorf("users[] is for Enterprise alone (-want +got):\n%s", diff)
	}
}

func TestGetUsers_ofAProjectHidesNoAccessAndSwapsNothingTwice(t *testing.T) {
	s := small()
	// Omar's own entry says No Access; that of his group must not bring him back.
	s.Projects[0].Users = append(s.Projects[0].Users, sim.ProjectAccess{ID: 2, RoleID: 5})
	srv := serve(t, s)
	c := dial(t, srv)
	var got page
	c.ok("get_users/1", "", &got)
	if diff := cmp.Diff([]int{3}, ids(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	c.as("omar.q@acme.example").fails("get_users/1", "", 400, "Field :project_id is not a valid or accessible project.")
	// The answer follows an edit: nothing is remembered too long.
	c.ok("update_user/3", `{"is_active":false}`, nil)
	c.ok("get_users/1", "", &got)
	if len(got.Users) != 0 {
		t.Errorf("%d users", len(got.Users))
	}
}

func TestTransport(t *testing.T) {
	get := func(t *testing.T, srv *sim.Server, change func(*http.Request)) (*http.Response, error) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://acme.example.test/index.php?/api/v2/get_roles", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth(sim.DefaultAdmin, sim.DefaultKey)
		r.Header.Set("Content-Type", "application/json")
		if change != nil {
			change(r)
		}
		return srv.Transport().RoundTrip(r)
	}
	t.Run("a cut answer ends unexpectedly for io.Copy too", func(t *testing.T) {
		resp, err := get(t, serve(t, small(), "fault=cut"), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if n, err := io.Copy(io.Discard, resp.Body); err != io.ErrUnexpectedEOF || n >= resp.ContentLength {
			t.Errorf("%d of %d bytes, error %v", n, resp.ContentLength, err)
		}
	})
	t.Run("has the User-Agent of net/http if none is set", func(t *testing.T) {
		resp, err := get(t, serve(t, small(), "user-agent=500"), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Error(resp.Status)
		}
	})
	t.Run("leaves the request as it is", func(t *testing.T) {
		var sent *http.Request
		resp, err := get(t, serve(t, small()), func(r *http.Request) { sent = r })
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if len(sent.Header) != 2 || resp.Request != sent {
			t.Errorf("header %v", sent.Header)
		}
	})
	t.Run("a body that cannot be read is the caller's error and no request", func(t *testing.T) {
		srv := serve(t, small())
		_, err := get(t, srv, func(r *http.Request) { r.Body = io.NopCloser(broken{}) })
		if err != io.ErrClosedPipe || srv.Count("") != 0 {
			t.Errorf("error %v, %d requests", err, srv.Count(""))
		}
	})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }
