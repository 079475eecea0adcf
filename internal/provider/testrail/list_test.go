package testrail_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/instance"
	"rollcall/internal/provider/testrail"
)

// answering returns a Reader of an instance that answers each method and its parameters, such as
// "get_users&limit=2&offset=2", as answer says.
func answering(t *testing.T, answer func(route string) string) *testrail.Reader {
	t.Helper()
	r, err := testrail.NewReader(testrail.Config{
		URL: "https://acme.example.test", User: "ines@acme.example", Key: httpx.NewSecret("s3cret"),
		HTTP: httpx.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			body := answer(strings.TrimPrefix(r.URL.RawQuery, "/api/v2/"))
			return (&tape{answers: []string{body}}).RoundTrip(r)
		})},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// person is an item of get_users.
func person(id int, groups string) string {
	return fmt.Sprintf(`{"id":%d,"email":"u%d@acme.example","name":"U","is_active":true,"group_ids":[%s]}`, id, id, groups)
}

// Each check of a list by itself: in a whole read another one would often notice as well, and later.
func TestRead_saysWhichCheckOfAListFailed(t *testing.T) {
	page := func(offset, next string, people ...string) string {
		return fmt.Sprintf(`{"offset":%s,"limit":2,"_links":{"next":%s},"users":[%s]}`, offset, next, strings.Join(people, ","))
	}
	link := func(offset int) string { return fmt.Sprintf(`"/api/v2/get_users&limit=2&offset=%d"`, offset) }
	first := page("0", link(2), person(1, ""), person(2, ""))
	for _, tt := range []struct {
		name   string
		first  string
		second string
		want   string
	}{
		{"two pages", first, page("2", "null", person(3, "")), ""},
		{"the same page again", first, page("2", link(4), person(1, ""), person(2, "")), "page at offset 2 repeats id 1"},
		{"a page that starts elsewhere", first, page("3", "null", person(4, "")), "page asked for at offset 2 starts at 3"},
		{"a page that was announced and is empty", first, page("2", "null"), "page at offset 2 is empty though it was announced: the list shrank"},
		{"a link that leaves somebody out", page("0", link(3), person(1, ""), person(2, "")), "", "page at offset 0 has 2 items, but the next starts at 3"},
		{"a link that goes back", page("0", link(1), person(1, ""), person(2, "")), "", "page at offset 0 has 2 items, but the next starts at 1"},
		{"a whole list in place of the second page", first, "[" + person(3, "") + "]", "page at offset 2 is a whole list"},
		{"somebody on both pages", first, page("2", "null", person(3, ""), person(2, "")), "id 2 occurs twice"},
		{"a list without the account that asks", page("0", "null", person(2, "")), "", "the list of 1 lacks the account that asks, id 1"},
		{"a list of nobody", page("0", "null"), "", "the list is empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := answering(t, func(route string) string {
				switch {
				case route == "get_current_user":
					return person(1, "")
				case route == "get_users":
					return tt.first
				case strings.HasPrefix(route, "get_users&"):
					return tt.second
				case route == "get_roles":
					return `[{"id":1,"name":"Tester"}]`
				}
				return `[]`
			})
			live, err := r.Read(t.Context(), directory.Extent{})
			if tt.want == "" {
				if err != nil || len(live.Users) != 3 {
					t.Errorf("live state %v, error %v", live, err)
				}
				return
			}
			var inconsistent *instance.InconsistentError
			if live != nil || !errors.As(err, &inconsistent) || !strings.HasSuffix(err.Error(), "get_users: "+tt.want) {
				t.Errorf("live state %v, error %v, want %q", live, err, tt.want)
			}
		})
	}
}

// A server that always promises one more page, with people whom nobody has seen yet, is left alone in the end.
func TestRead_givesUpAListWithoutEnd(t *testing.T) {
	const most = 4000
	asked := 0
	r := answering(t, func(route string) string {
		switch {
		case route == "get_current_user":
			return person(1, "")
		case strings.HasPrefix(route, "get_users"):
			asked++
			next := fmt.Sprintf(`"/api/v2/get_users&limit=1&offset=%d"`, asked)
			if asked > most {
				next = "null" // for whoever does not give up
			}
			return fmt.Sprintf(`{"limit":1,"_links":{"next":%s},"users":[%s]}`, next, person(asked, ""))
		case route == "get_roles":
			return `[{"id":1,"name":"Tester"}]`
		}
		return `[]`
	})
	if _, err := r.Read(t.Context(), directory.Extent{}); err == nil || !strings.Contains(err.Error(), "more than 4000 pages") || asked != most {
		t.Errorf("error %v after %d pages, want 4000", err, asked)
	}
}

// Both sides of a membership have to tell it of everybody who is active, whichever of them is the one that lacks it.
func TestRead_saysWhichSideOfAMembershipIsMissing(t *testing.T) {
	for _, tt := range []struct {
		name   string
		user   string
		groups string
		want   string
	}{
		{"both sides", person(1, "4"), `[{"id":4,"user_ids":[1]}]`, ""},
		{"only the group's", person(1, ""), `[{"id":4,"user_ids":[1]}]`, "group 4 has user 1 as a member, whose own group_ids lack it"},
		{"only the user's", person(1, "4"), `[{"id":4,"user_ids":[]}]`, "user 1 says to be in group 4, whose user_ids lack it"},
		{"only the user's, of a group that is not there", person(1, "4,5"), `[{"id":4,"user_ids":[1]}]`, "user 1 says to be in group 5, which get_groups does not list"},
		{"only the group's, of a user who is not there", person(1, "4"), `[{"id":4,"user_ids":[1,2]}]`, "group 4 has a member that get_users does not list, id 2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := answering(t, func(route string) string {
				switch route {
				case "get_current_user":
					return person(1, "")
				case "get_users":
					return "[" + tt.user + "]"
				case "get_groups":
					return tt.groups
				}
				return `[{"id":1,"name":"Tester"}]`
			})
			_, err := r.Read(t.Context(), directory.Extent{})
			if got := strings.TrimPrefix(errorText(err), "live state is inconsistent: "); !strings.HasSuffix(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("error %q, want %q", got, tt.want)
			}
		})
	}
}

// A tool that has roles has one at least.
func TestRead_refusesAnEmptyListOfRoles(t *testing.T) {
	r := answering(t, func(route string) string {
		switch route {
		case "get_current_user":
			return person(1, "")
		case "get_users":
			return "[" + person(1, "") + "]"
		}
		return `[]`
	})
	if live, err := r.Read(t.Context(), directory.Extent{}); live != nil || errorText(err) != "live state is inconsistent: get_roles: the list is empty" {
		t.Errorf("live state %v, error %v", live, err)
	}
}
