package testrailsim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	sim "rollcall/internal/sim/testrailsim"
)

// many is an instance of n accounts, ids 1 to n, all in group 1.
func many(n int) sim.Snapshot {
	s := sim.EmptySnapshot()
	g := sim.Group{ID: 1, Name: "All", UserIDs: []int{1}}
	for id := 2; id <= n; id++ {
		s.Users = append(s.Users, sim.User{ID: id, Name: fmt.Sprintf("P %03d", id), Email: fmt.Sprintf("p%d@acme.example", id), IsActive: id%2 == 0, RoleID: 3})
		g.UserIDs = append(g.UserIDs, id)
	}
	s.Groups = []sim.Group{g}
	return s
}

func ids(p page) []int {
	out := []int{}
	for _, u := range p.Users {
		out = append(out, u.ID)
	}
	return out
}

func TestList_followingNextGivesEachOnce(t *testing.T) {
	c := dial(t, serve(t, many(603)))
	route, pages := "get_users&filter=a%20b", 0
	var got []int
	for route != "" {
		var p page
		c.ok(route, "", &p)
		pages++
		if p.Size != len(p.Users) || p.Limit != 250 || p.Offset != len(got) {
			t.Errorf("page %d: offset %d, limit %d, size %d of %d", pages, p.Offset, p.Limit, p.Size, len(p.Users))
		}
		got = append(got, ids(p)...)
		route = ""
		if p.Links.Next != nil {
			next, ok := strings.CutPrefix(*p.Links.Next, "/api/v2/")
			if !ok || !strings.Contains(next, "&filter=a+b&limit=250&offset=") {
				t.Fatalf("next is %q", *p.Links.Next)
			}
			route = next
		}
	}
	if pages != 3 || len(got) != 603 || got[0] != 1 || got[602] != 603 {
		t.Errorf("%d pages, %d users", pages, len(got))
	}
}

func TestList_edges(t *testing.T) {
	for _, row := range []struct {
		name, route string
		ids         []int
		next, prev  string
	}{
		{"a last page that is full has no next", "get_users&limit=2&offset=2", []int{3, 4}, "<nil>", "/api/v2/get_users&limit=2&offset=0"},
		{"an offset behind the end", "get_users&limit=2&offset=9", []int{}, "<nil>", "/api/v2/get_users&limit=2&offset=7"},
		{"prev does not go below 0", "get_users&limit=3&offset=1", []int{2, 3, 4}, "<nil>", "/api/v2/get_users&limit=3&offset=0"},
		{"one a page", "get_users&limit=1", []int{1}, "/api/v2/get_users&limit=1&offset=1", "<nil>"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var p page
			dial(t, serve(t, many(4))).ok(row.route, "", &p)
			got := fmt.Sprint(ids(p), " ", link(p.Links.Next), " ", link(p.Links.Prev))
			if want := fmt.Sprint(row.ids, " ", row.next, " ", row.prev); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

func link(p *string) string {
	if p == nil {
		return "<nil>"
	}
	return *p
}

func TestList_faults(t *testing.T) {
	for _, row := range []struct {
		fault, route string
		size         int
		ids          []int
		next         string
	}{
		{"page-repeats", "get_users&limit=2&offset=2", 3, []int{2, 3, 4}, "/api/v2/get_users&limit=2&offset=4"},
		{"page-repeats", "get_users&limit=2", 3, []int{1, 1, 2}, "/api/v2/get_users&limit=2&offset=2"},
		{"page-skips", "get_users&limit=3", 2, []int{2, 3}, "/api/v2/get_users&limit=3&offset=3"},
		{"page-shrinks", "get_users&limit=4", 2, []int{1, 2}, "/api/v2/get_users&limit=4&offset=4"},
		{"page-ends-early", "get_users&limit=4", 2, []int{1, 2}, "<nil>"},
		{"page-small", "get_users&limit=4", 2, []int{1, 2}, "/api/v2/get_users&limit=2&offset=2"},
		{"page-loops", "get_users&limit=2&offset=2", 2, []int{3, 4}, "/api/v2/get_users&limit=2&offset=2"},
		{"offset-ignored", "get_users&limit=2&offset=2", 2, []int{1, 2}, "/api/v2/get_users&limit=2&offset=2"},
		{"size-lies", "get_users&limit=2", 0, []int{1, 2}, "/api/v2/get_users&limit=2&offset=2"},
		{"empty-list", "get_users&limit=2", 0, []int{}, "<nil>"},
	} {
		t.Run(row.fault+" "+row.route, func(t *testing.T) {
			var p page
			dial(t, serve(t, many(6), "fault="+row.fault)).ok(row.route, "", &p)
			got := fmt.Sprint(p.Size, " ", ids(p), " ", link(p.Links.Next))
			if want := fmt.Sprint(row.size, " ", row.ids, " ", row.next); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
	t.Run("an array suffers as well", func(t *testing.T) {
		var users []user
		dial(t, serve(t, many(6), "user-list=array", "fault=page-shrinks")).ok("get_users", "", &users)
		if len(users) != 3 {
			t.Errorf("%d users", len(users))
		}
	})
	t.Run("groups that disagree with the users", func(t *testing.T) {
		var some, hidden group
		dial(t, serve(t, many(4), "fault=groups-disagree")).ok("get_group/1", "", &some)
		dial(t, serve(t, many(4), "fault=groups-hide-inactive")).ok("get_group/1", "", &hidden)
		if diff := cmp.Diff([][]int{{1, 2, 3}, {1, 2, 4}}, [][]int{some.UserIDs, hidden.UserIDs}); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	t.Run("an address that is denied", func(t *testing.T) {
		c := dial(t, serve(t, many(4), "fault=email-denied@get_user_by_email#1"))
		c.fails("get_user_by_email&email=p2@acme.example", "", 400, "Field :email is not a valid email address.")
		c.ok("get_user_by_email&email=p2@acme.example", "", nil)
	})
}

func TestList_followsEditsInEveryOrder(t *testing.T) {
	srv := serve(t, many(3), "user-order=name")
	c := dial(t, srv)
	var before, after page
	c.ok("get_users", "", &before)
	c.ok("update_user/3", `{"name":"Aaron"}`, nil)
	c.ok("get_users", "", &after)
	if diff := cmp.Diff([][]int{{1, 2, 3}, {3, 1, 2}}, [][]int{ids(before), ids(after)}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
