package testrailsim_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	sim "rollcall/internal/sim/testrailsim"
)

func TestGroups(t *testing.T) {
	rows := []struct {
		name, route, body string
		status            int
		want              string
	}{
		{"read one", "get_group/2", "", 200, `{"id":2,"name":"Mobile QA","user_ids":[2,4]}`},
		{"names escape slashes", "get_group/5", "", 200, `{"id":5,"name":"Contractors \/ Web","user_ids":[]}`},
		{"an unknown one", "get_group/9", "", 400, `{"error":"Field :group_id is not a valid group."}`},
		{"add", "add_group", `{"name":"Payments","user_ids":[3,2,3]}`, 200, `{"id":6,"name":"Payments","user_ids":[2,3]}`},
		{"add without members", "add_group", `{"name":"Payments"}`, 200, `{"id":6,"name":"Payments","user_ids":[]}`},
		{"add without a name", "add_group", `{"user_ids":[2]}`, 400, `{"error":"Field :name is a required field."}`},
		{"add with an unknown member", "add_group", `{"name":"Payments","user_ids":[2,77]}`, 400, `{"error":"Field :user_ids is not a valid user."}`},
		{"update replaces the members", "update_group/2", `{"group_id":2,"user_ids":[3]}`, 200, `{"id":2,"name":"Mobile QA","user_ids":[3]}`},
		{"update with an empty list empties", "update_group/2", `{"group_id":2,"user_ids":[]}`, 200, `{"id":2,"name":"Mobile QA","user_ids":[]}`},
		{"update of the name keeps the members", "update_group/2", `{"group_id":2,"name":"M"}`, 200, `{"id":2,"name":"M","user_ids":[2,4]}`},
		{"update without group_id", "update_group/2", `{"user_ids":[3]}`, 400, `{"error":"Field :group_id is a required field."}`},
		{"update whose body contradicts its path", "update_group/2", `{"group_id":5,"user_ids":[3]}`, 400, `{"error":"Field :group_id is not a valid group."}`},
		{"update with an unknown member", "update_group/2", `{"group_id":2,"user_ids":[77]}`, 400, `{"error":"Field :user_ids is not a valid user."}`},
		{"update with a member that is no number", "update_group/2", `{"group_id":2,"user_ids":["x"]}`, 400, `{"error":"Field :user_ids is not a valid ID."}`},
		{"delete answers with an empty body", "delete_group/2", `{}`, 200, ``},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			srv := serve(t, small())
			before := srv.Snapshot()
			got := dial(t, srv).do(row.route, row.body)
			if diff := cmp.Diff(answer{Status: row.status, Body: row.want}, answer{Status: got.Status, Body: got.Body}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if row.status != 200 {
				if diff := cmp.Diff(before, srv.Snapshot()); diff != "" {
					t.Errorf("a refused write changed something (-want +got):\n%s", diff)
				}
			}
			consistent(t, srv)
		})
	}
}

// consistent checks that users' group_ids and groups' user_ids are two views of one relation, as the wire shows them.
func consistent(t *testing.T, srv *sim.Server) {
	t.Helper()
	c := dial(t, srv)
	var users, groups page
	c.ok("get_users", "", &users)
	c.ok("get_groups", "", &groups)
	type edge struct{ user, group int }
	byUser, byGroup := map[edge]bool{}, map[edge]bool{}
	for _, u := range users.Users {
		for _, g := range u.GroupIDs {
			byUser[edge{u.ID, g}] = true
		}
	}
	for _, g := range groups.Groups {
		for _, u := range g.UserIDs {
			byGroup[edge{u, g.ID}] = true
		}
	}
	if diff := cmp.Diff(byUser, byGroup, cmp.AllowUnexported(edge{})); diff != "" {
		t.Errorf("memberships (-users +groups):\n%s", diff)
	}
}

func TestDeleteGroup_takesItsProjectAccessAndItsIDWithIt(t *testing.T) {
	srv := serve(t, small())
	c := dial(t, srv)
	c.ok("delete_group/5", `{}`, nil)
	c.ok("delete_group/2", `{}`, nil)
	var left page
	c.ok("get_groups", "", &left)
	if len(left.Groups) != 0 {
		t.Errorf("groups left: %v", left.Groups)
	}
	if access := srv.Snapshot().Projects[0].Groups; len(access) != 0 {
		t.Errorf("access left: %v", access)
	}
	var g group
	c.ok("add_group", `{"name":"Next"}`, &g)
	if g.ID != 6 {
		t.Errorf("the new group has id %d, want 6", g.ID)
	}
}

func TestUpdateUser_groupIDsMoveBothSides(t *testing.T) {
	srv := serve(t, small())
	dial(t, srv).ok("update_user/2", `{"group_ids":[5]}`, nil)
	want := []sim.Group{{ID: 2, Name: "Mobile QA", UserIDs: []int{4}}, {ID: 5, Name: "Contractors / Web", UserIDs: []int{2}}}
	if diff := cmp.Diff(want, srv.Snapshot().Groups); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	consistent(t, srv)
}

func TestProjects(t *testing.T) {
	const head = `"announcement":null,"show_announcement":false,"is_completed":false,"completed_on":null,"suite_mode":3,`
	const url = `"url":"https:\/\/acme.example.test\/index.php?\/projects\/overview\/1"`
	const groups = `"groups":[{"id":2,"role_id":4,"role":"Read-only"}]`
	rows := []struct {
		name, set, route, body string
		want                   string
	}{
		{"professional", "edition=professional", "get_project/1", "", `{"id":1,"name":"Checkout",` + head + `"default_role_id":5,"default_role":"No Access",` + url + `,` + groups + `}`},
		{"enterprise", "edition=enterprise", "get_project/1", "", `{"id":1,"name":"Checkout",` + head + `"default_role_id":5,"default_role":"No Access",` + url + `,` + groups + `,"users":[{"id":3,"global_role_id":2,"global_role":"Designer","project_role_id":null,"project_role":null}]}`},
		{"before 7.3", "version=7.0", "get_project/1", "", `{"id":1,"name":"Checkout",` + head + url + `}`},
		{"access merges, null clears", "project-access=merge", "update_project/1", `{"groups":[{"id":2,"role_id":null},{"id":5,"role_id":0}]}`, `{"id":1,"name":"Checkout",` + head + `"default_role_id":5,"default_role":"No Access",` + url + `,"groups":[{"id":5,"role_id":null,"role":null}]}`},
		{"access replaces", "project-access=replace", "update_project/1", `{"groups":[{"id":5,"role_id":1}],"default_role_id":0}`, `{"id":1,"name":"Checkout",` + head + `"default_role_id":null,"default_role":null,` + url + `,"groups":[{"id":5,"role_id":1,"role":"Lead"}]}`},
		{"users by user_id and id", "edition=enterprise", "update_project/1", `{"users":[{"user_id":3,"role_id":null},{"id":2,"user_id":2,"role_id":1}]}`, `{"id":1,"name":"Checkout",` + head + `"default_role_id":5,"default_role":"No Access",` + url + `,` + groups + `,"users":[{"id":2,"global_role_id":3,"global_role":"Tester","project_role_id":1,"project_role":"Lead"}]}`},
		{"a bad suite mode", "json=php", "update_project/1", `{"suite_mode":5}`, `{"error":"Field :suite_mode is not a supported enum value (\"5\")."}`},
		{"completed ones", "json=php", "get_projects&is_completed=1&limit=5", "", `{"offset":0,"limit":5,"size":1,"_links":{"next":null,"prev":null},"projects":[{"id":2,"name":"Archive","announcement":null,"show_announcement":false,"is_completed":true,"completed_on":1760000000,"suite_mode":1,"url":"https:\/\/acme.example.test\/index.php?\/projects\/overview\/2","groups":[],"users":[]}]}`},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got := dial(t, serve(t, small(), row.set)).do(row.route, row.body)
			if diff := cmp.Diff(row.want, got.Body); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
