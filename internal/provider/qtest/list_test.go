package qtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/qtest"
)

// users returns the items of accounts with the ids from first to last.
func users(first, last int) string {
	var items []string
	for id := first; id <= last; id++ {
		items = append(items, fmt.Sprintf(`{"id":%d,"username":"u%d@acme.example","status":1}`, id, id))
	}
	return strings.Join(items, ",")
}

func envelope(page, size, total int, items string) string {
	return fmt.Sprintf(`{"links":[],"page":%d,"page_size":%d,"total":%d,"items":[%s]}`, page, size, total, items)
}

func TestSearchUsers_readsAListToItsEnd(t *testing.T) {
	const first, second, third = "page=1&pageSize=100", "page=2&pageSize=100", "page=3&pageSize=100"
	tests := []struct {
		name    string
		answers []string
		found   int
		pages   []string
		wantErr string
	}{
		{"one page", []string{envelope(1, 100, 3, users(1, 3))}, 3, []string{first}, ""},
		{"nobody", []string{envelope(1, 100, 0, "")}, 0, []string{first}, ""},
		{"three pages", []string{envelope(1, 100, 201, users(1, 100)), envelope(2, 100, 201, users(101, 200)), envelope(3, 100, 201, users(201, 201))}, 201, []string{first, second, third}, ""},
		{"pages that are full to the last", []string{envelope(1, 100, 200, users(1, 100)), envelope(2, 100, 200, users(101, 200))}, 200, []string{first, second}, ""},
		{"smaller pages than were asked for", []string{envelope(1, 2, 3, users(1, 2)), envelope(2, 2, 3, users(3, 3))}, 3, []string{first, "page=2&pageSize=2"}, ""},
		{"all of it, whatever was asked for", []string{envelope(1, 130, 130, users(1, 130))}, 130, []string{first}, ""},
		{"an array", []string{"[" + users(1, 3) + "]"}, 3, []string{first}, ""},
		{"numbers as texts", []string{`{"page":"1","page_size":"100","total":"1","items":[{"id":"7","username":"a@b.c","status":"1"}]}`}, 1, []string{first}, ""},
		{"no total", []string{`{"page":1,"items":[` + users(1, 3) + `]}`}, 0, []string{first}, "does not say how many items it has"},
		{"a total of less", []string{envelope(1, 100, 2, users(1, 3))}, 0, []string{first}, "says it has 2 items and has 3"},
		{"a short page", []string{envelope(1, 100, 201, users(1, 99))}, 0, []string{first}, "page 1 has 99 items of 100, and the list 99 of 201"},
		{"a page that is empty before the end", []string{envelope(1, 100, 201, users(1, 100)), envelope(2, 100, 201, "")}, 0, []string{first, second}, "page 2 has 0 items of 100, and the list 100 of 201"},
		{"the same page again", []string{envelope(1, 100, 201, users(1, 100))}, 0, []string{first, second}, "page 2 repeats id 1"},
		{"another page than was asked for", []string{envelope(1, 100, 201, users(1, 100)), envelope(3, 100, 201, users(201, 201))}, 0, []string{first, second}, "page 2 was asked for and page 3 came"},
		{"a list that grows", []string{envelope(1, 100, 201, users(1, 100)), envelope(2, 100, 202, users(101, 200))}, 0, []string{first, second}, "had 201 items and has 202 on page 2: it changed"},
		{"somebody twice", []string{envelope(1, 100, 3, users(1, 2)+","+users(2, 2))}, 0, []string{first}, "id 2 occurs twice"},
		{"no list", []string{`{"page":1,"total":0}`}, 0, []string{first, first, first}, "the list is missing"},
		{"a list that is null", []string{`{"page":1,"total":0,"items":null}`}, 0, []string{first, first, first}, "the list is missing"},
		{"somebody without a status", []string{`[{"id":1,"username":"a@b.c"}]`}, 0, []string{first, first, first}, "a user without id, username or status"},
		{"somebody without a name to log in with", []string{`[{"id":1,"username":null,"status":1}]`}, 0, []string{first, first, first}, "a user without id, username or status"},
		{"an id that is none", []string{`[{"id":"me","username":"a@b.c","status":1}]`}, 0, []string{first, first, first}, "id: unexpected text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, p := taped(t, tt.answers...)
				found, err := w.SearchUsers(t.Context(), "")
				if len(found) != tt.found || !strings.Contains(errorText(err), tt.wantErr) || (err == nil) != (tt.wantErr == "") {
					t.Errorf("found %d, error %v", len(found), err)
				}
				var asked []string
				for _, page := range tt.pages {
					if strings.HasPrefix(page, "page=1&") {
						page = "pagination=true&" + page
					}
					asked = append(asked, "GET /qa/api/v3/users/search?includeInactiveUsers=true&username=&"+page)
				}
				if diff := cmp.Diff(asked, p.asked); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A server may promise pages for ever, each as large as an answer may be.
func TestSearchUsers_endsAListThatIsTooLarge(t *testing.T) {
	p := &tape{}
	for i := range 9 {
		p.answers = append(p.answers, envelope(i+1, 1, 100, users(i+1, i+1))+strings.Repeat(" ", 800))
	}
	w := connect(t, qtest.Config{URL: "https://acme.example.test", Token: httpx.NewSecret("t0k3n-s3cret"), HTTP: httpx.Options{Transport: p, MaxBody: 1000}})
	_, err := w.SearchUsers(t.Context(), "")
	if !strings.Contains(errorText(err), "the list is larger than 4000 bytes") || len(p.asked) != 5 {
		t.Errorf("%v after %d requests", err, len(p.asked))
	}
}

// An array says in headers that it is a page.
func TestReadProject_followsTheHeadersOfAnArray(t *testing.T) {
	tests := []struct {
		name    string
		header  http.Header
		answers []string
		found   int
		asked   int
		wantErr string
	}{
		{"no headers: all of it", nil, []string{"[" + users(1, 130) + "]"}, 130, 1, ""},
		{"a total that is reached", http.Header{"X-Item-Total": {"2"}}, []string{"[" + users(1, 2) + "]"}, 2, 1, ""},
		{"a total that is not", http.Header{"X-Item-Total": {"3"}}, []string{"[" + users(1, 2) + "]", "[" + users(3, 3) + "]"}, 3, 2, ""},
		{"a total that is never", http.Header{"X-Item-Total": {"5"}}, []string{"[" + users(1, 2) + "]", "[" + users(3, 3) + "]"}, 0, 2, "page 2 has 1 items of 2, and the list 3 of 5"},
		{"a link for ever", http.Header{"Link": {`<https://evil.example/>; rel="next"`}}, []string{"[" + users(1, 2) + "]"}, 0, 2, "page 2 repeats id 1"},
		{"an empty page behind a link", http.Header{"Link": {`<https://evil.example/>; rel=next`}}, []string{"[" + users(1, 2) + "]", "[]"}, 0, 2, "page 2 has 0 items of 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := &tape{answers: tt.answers, header: tt.header}
			w := connect(t, qtest.Config{URL: "https://acme.example.test", Token: httpx.NewSecret("t0k3n-s3cret"), HTTP: httpx.Options{Transport: p}})
			found, err := w.ReadProject(t.Context(), 301)
			if len(found) != tt.found || !strings.Contains(errorText(err), tt.wantErr) || (err == nil) != (tt.wantErr == "") {
				t.Errorf("found %d, error %v", len(found), err)
			}
			if len(p.asked) != tt.asked {
				t.Errorf("requests = %v", p.asked)
			}
		})
	}
}

// pager answers each list in pages, whatever it is asked for.
func pager(w http.ResponseWriter, r *http.Request) {
	const size = 2
	number := 1
	_, _ = fmt.Sscan(r.URL.Query().Get("page"), &number)
	switch first := (number-1)*size + 1; r.URL.Path {
	case "/api/v3/re-evaluation":
		fmt.Fprint(w, `{"id":1}`)
	case "/api/v3/users/search":
		fmt.Fprint(w, envelope(number, size, 3, users(first, min(first+size-1, 3))))
	case "/api/v3/groups":
		fmt.Fprint(w, `[{"id":1,"name":"Administrators","total_user":1,"users":[{"id":1}]}]`)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

func TestRead_followsAServerThatPagesAllTheSame(t *testing.T) {
	w := connect(t, qtest.Config{
		URL: "https://acme.example.test", Token: httpx.NewSecret("t0k3n-s3cret"),
		HTTP: httpx.Options{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			rec := newRecorder(r, pager)
			return rec, nil
		})},
	})
	live, err := w.Read(t.Context(), directory.Extent{})
	if err != nil {
		t.Fatal(err)
	}
	if len(live.Users) != 3 || !live.Users[0].Admin || w.Caps().Pages.Users != 2 || w.Caps().Pages.Groups != 0 {
		t.Errorf("users = %d, pages = %+v", len(live.Users), w.Caps().Pages)
	}
}
