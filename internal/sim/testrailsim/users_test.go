package testrailsim_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	sim "rollcall/internal/sim/testrailsim"
)

func TestServer_zeroValueHasAnAdministratorAndTheBuiltInRoles(t *testing.T) {
	var s sim.Server
	c := dial(t, &s)
	var roles page
	c.ok("get_roles", "", &roles)
	if len(roles.Roles) != 5 {
		t.Errorf("%d roles, want the 5 that are built in", len(roles.Roles))
	}
	want := `{"name":"Ines Root","id":1,"email":"admin@acme.example","is_active":true,"role_id":1,"is_admin":true,"email_notifications":true,"mfa_required":0,"role":"Lead","group_ids":[]}`
	if diff := cmp.Diff(want, c.do("get_current_user", "").Body); diff != "" {
		t.Errorf("get_current_user (-want +got):\n%s", diff)
	}
}

func TestReadingUsers_answersAsDocumented(t *testing.T) {
	const omar = `{"name":"Omar Quill","id":2,"email":"omar.q@acme.example","is_active":true,"role_id":3,"is_admin":false,"email_notifications":true,"mfa_required":0,"role":"Tester","group_ids":[2]}`
	const pia = `{"name":"Pia Vo\u00df","id":3,"email":"Pia.Voss+qa@acme.example","is_active":true,"role_id":2,"is_admin":false,"email_notifications":true,"mfa_required":1,"role":"Designer","group_ids":[]}`
	rows := []struct {
		name, route, want string
	}{
		{"a user by id", "get_user/2", omar},
		{"a trailing slash and ampersand are tolerated", "get_user/2/&", omar},
		{"the caller with an id in the path", "get_current_user/1", `{"name":"Ines Root","id":1,"email":"admin@acme.example","is_active":true,"role_id":1,"is_admin":true,"email_notifications":true,"mfa_required":0,"role":"Lead","group_ids":[]}`},
		{"an address, encoded", "get_user_by_email&email=omar.q%40acme.example", omar},
		{"an address in another case", "get_user_by_email&email=OMAR.q@acme.example", omar},
		{"an address with a plus, encoded", "get_user_by_email&email=pia.voss%2Bqa%40acme.example", pia},
		{"a percent-encoded route", "get%5Fuser/2", omar},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := dial(t, serve(t, small())).do(row.route, "")
			if diff := cmp.Diff(answer{Status: 200, Body: row.want}, answer{Status: got.Status, Body: got.Body}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if h := got.Header.Get("Content-Type"); h != "application/json; charset=utf-8" {
				t.Errorf("Content-Type is %q", h)
			}
		})
	}
}

func TestReadingUsers_refuses(t *testing.T) {
	const badEmail = "Field :email is not a valid email address."
	rows := []struct {
		name, route string
		status      int
		text        string
	}{
		{"an unknown id", "get_user/99", 400, "Field :user_id is not a valid user."},
		{"an id that is no number", "get_user/abc", 400, "Field :user_id is not a valid ID."},
		{"no id", "get_user", 400, "Field :user_id is a required field."},
		{"an unknown address", "get_user_by_email&email=nobody%40acme.example", 400, badEmail},
		{"a malformed address, with the same text", "get_user_by_email&email=nobody", 400, badEmail},
		{"a plus that was not encoded, since it means a space", "get_user_by_email&email=Pia.Voss+qa@acme.example", 400, badEmail},
		{"no address", "get_user_by_email", 400, "Field :email is a required field."},
		{"a limit of 0", "get_users&limit=0", 400, "Field :limit is not in the range 1 to 250."},
		{"a limit above 250", "get_users&limit=251", 400, "Field :limit is not in the range 1 to 250."},
		{"an unknown project", "get_users/99", 400, "Field :project_id is not a valid or accessible project."},
		{"a project that is no number", "get_users/x", 400, "Field :project_id is not a valid ID."},
		{"a broken escape", "get_user/%zz", 400, "Invalid characters in URI"},
		{"an unknown method", "get_foo", 404, "Unknown method 'get_foo'."},
		{"there is no delete_user", "delete_user/2", 404, "Unknown method 'delete_user'."},
		{"a write sent as a read", "add_user", 404, "Unknown method 'add_user'."},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			dial(t, serve(t, small())).fails(row.route, "", row.status, row.text)
		})
	}
}

func TestGetUsers_ofAProjectShowsActivePeopleWithExplicitAccessInTheirProjectRole(t *testing.T) {
	// Group 2 gives 2 (active) and 4 (not) the role Read-only, 3 has the global role; the administrator has no entry.
	var got page
	dial(t, serve(t, small())).ok("get_users/1", "", &got)
	var lines []string
	for _, u := range got.Users {
		lines = append(lines, u.Name+": "+u.Role)
	}
	if diff := cmp.Diff([]string{"Omar Quill: Read-only", "Pia Voß: Designer"}, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAddUser(t *testing.T) {
	rows := []struct {
		name, set, body string
		status          int
		want            string
	}{
		{"all fields", "", `{"name":"Ada","email":"ada@acme.example","role_id":2,"is_active":true,"is_admin":true,"email_notifications":false,"group_ids":[5],"mfa_required":true}`, 200,
			`{"name":"Ada","id":6,"email":"ada@acme.example","is_active":true,"role_id":2,"is_admin":true,"email_notifications":false,"mfa_required":1,"role":"Designer","group_ids":[5]}`},
		{"defaults: inactive, the default role", "", `{"name":"Ada","email":"ada@acme.example"}`, 200,
			`{"name":"Ada","id":6,"email":"ada@acme.example","is_active":false,"role_id":3,"is_admin":false,"email_notifications":true,"mfa_required":0,"role":"Tester","group_ids":[]}`},
		{"enterprise fields", "edition=enterprise", `{"name":"Ada","email":"ada@acme.example","sso_enabled":true,"assigned_projects":[2,1]}`, 200,
			`{"name":"Ada","id":6,"email":"ada@acme.example","is_active":false,"role_id":3,"is_admin":false,"email_notifications":true,"mfa_required":0,"role":"Tester","group_ids":[],"sso_enabled":true,"assigned_projects":[1,2]}`},
		{"no name", "", `{"email":"ada@acme.example"}`, 400, `{"error":"Field :name is a required field."}`},
		{"no address", "", `{"name":"Ada"}`, 400, `{"error":"Field :email is a required field."}`},
		{"a malformed address", "", `{"name":"Ada","email":"ada@acme"}`, 400, `{"error":"Field :email is not a valid email address."}`},
		{"an unknown role", "", `{"name":"Ada","email":"ada@acme.example","role_id":77}`, 400, `{"error":"Field :role_id is not a valid role."}`},
		{"a role that is no number", "", `{"name":"Ada","email":"ada@acme.example","role_id":"Lead"}`, 400, `{"error":"Field :role_id is not a valid ID."}`},
		{"an unknown group", "", `{"name":"Ada","email":"ada@acme.example","group_ids":[77]}`, 400, `{"error":"Field :group_ids is not a valid group."}`},
		{"an address that is taken, in another case", "", `{"name":"Ada","email":"OMAR.Q@acme.example"}`, 400, `{"error":"Field :email is already in use."}`},
		{"a name that is too long", "", `{"name":"` + strings.Repeat("é", 251) + `","email":"ada@acme.example"}`, 400, `{"error":"Field :name is too long (250 characters at most)."}`},
		{"a flag that is none", "", `{"name":"Ada","email":"ada@acme.example","is_admin":"yes"}`, 400, `{"error":"Field :is_admin is not a valid boolean."}`},
		{"no JSON", "", `{"name":`, 400, `{"error":"The request body is not a valid JSON object."}`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var set []string
			if row.set != "" {
				set = append(set, row.set)
			}
			srv := serve(t, small(), set...)
			before := srv.Snapshot()
			got := dial(t, srv).do("add_user", row.body)
			if diff := cmp.Diff(answer{Status: row.status, Body: row.want}, answer{Status: got.Status, Body: got.Body}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if row.status != 200 {
				if diff := cmp.Diff(before, srv.Snapshot()); diff != "" {
					t.Errorf("a refused write changed something (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestUpdateUser_changesOnlyWhatIsSent(t *testing.T) {
	rows := []struct {
		name, body string
		change     func(*sim.User)
	}{
		{"nothing", `{}`, func(*sim.User) {}},
		{"deactivate", `{"is_active":false}`, func(u *sim.User) { u.IsActive = false }},
		{"null is as good as absent", `{"name":null,"role_id":null}`, func(*sim.User) {}},
		{"the address", `{"email":"omar.quill@acme.example"}`, func(u *sim.User) { u.Email = "omar.quill@acme.example" }},
		{"the case of the own address", `{"email":"Omar.Q@acme.example"}`, func(u *sim.User) { u.Email = "Omar.Q@acme.example" }},
		{"name, role and flags", `{"name":"O","role_id":4,"is_admin":true,"mfa_required":1}`, func(u *sim.User) {
			u.Name, u.RoleID, u.IsAdmin, u.MFARequired = "O", 4, true, true
		}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			srv := serve(t, small())
			want := srv.Snapshot()
			row.change(&want.Users[1])
			dial(t, srv).ok("update_user/2", row.body, nil)
			if diff := cmp.Diff(want, srv.Snapshot()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestUpdateUser_movesTheAddressInTheIndex(t *testing.T) {
	c := dial(t, serve(t, small()))
	c.ok("update_user/2", `{"email":"new@acme.example"}`, nil)
	c.ok("get_user_by_email&email=new%40acme.example", "", nil)
	c.fails("get_user_by_email&email=omar.q%40acme.example", "", 400, "Field :email is not a valid email address.")
	c.ok("add_user", `{"name":"Next","email":"omar.q@acme.example"}`, nil)
}

func TestUpdateUser_forgottenUserMayKeepItsAddress(t *testing.T) {
	dial(t, serve(t, small())).ok("update_user/5", `{"email":"F1764000000001","role_id":4}`, nil)
}

func TestNonAdministrator(t *testing.T) {
	const denied = "Access Denied. You are not a TestRail administrator. Field:project_id is a required field."
	rows := []struct {
		name, route, body string
		status            int
		text              string
	}{
		{"all users", "get_users", "", 403, denied},
		{"all users with the parameter of old", "get_users&project_id=1", "", 403, denied},
		{"add_user", "add_user", `{}`, 403, "You are not allowed to add users (insufficient permissions)."},
		{"update_user", "update_user/2", `{}`, 403, "You are not allowed to edit users (insufficient permissions)."},
		{"add_group", "add_group", `{}`, 403, "You are not allowed to add groups (insufficient permissions)."},
		{"update_group", "update_group/2", `{}`, 403, "You are not allowed to edit groups (insufficient permissions)."},
		{"delete_group", "delete_group/2", `{}`, 403, "You are not allowed to delete groups (insufficient permissions)."},
		{"update_project", "update_project/1", `{}`, 403, "You are not allowed to edit projects (insufficient permissions)."},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			dial(t, serve(t, small())).as("omar.q@acme.example").fails(row.route, row.body, row.status, row.text)
		})
	}
	t.Run("may read a project's users, itself, others, groups and roles", func(t *testing.T) {
		c := dial(t, serve(t, small())).as("omar.q@acme.example")
		for _, route := range []string{"get_users/1", "get_current_user", "get_user/2", "get_user/3", "get_groups", "get_roles", "get_project/1"} {
			c.ok(route, "", nil)
		}
	})
	t.Run("sees no project without access", func(t *testing.T) {
		s := small()
		s.Projects[0].Groups = nil
		c := dial(t, serve(t, s)).as("omar.q@acme.example")
		c.fails("get_project/1", "", 400, "Field :project_id is not a valid or accessible project.")
		var got page
		c.ok("get_projects", "", &got)
		if len(got.Projects) != 1 {
			t.Errorf("%d projects, want 1", len(got.Projects))
		}
	})
}
