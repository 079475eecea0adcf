package ci_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const labToken = "s3cret-of-the-project"

// lab stands in for GitLab's API of project 1, and keeps what jobs left.
type lab struct {
	*httptest.Server
	next      int
	jobs      []labJob
	notes     []*note
	issues    []*note
	merged    map[string]int // merge requests into main by the commit that they were merged as
	pipelines []labPipeline
	leaked    []string // tokens that came to the store of artefacts, which is not GitLab
}

// elsewhere is an answer that stands at another address.
type elsewhere string

type labJob struct {
	ID       int    `json:"id"`
	Name     string `json:"name"`
	Ref      string `json:"ref"`
	Tag      bool   `json:"tag"`
	files    map[string]string
	pipeline int
	ok       bool
	access   string
}

type labPipeline struct {
	ID     int    `json:"id"`
	Status string `json:"status"`
}

// note is a note of a merge request, or an issue.
type note struct {
	ID          int    `json:"id"`
	IID         int    `json:"iid"`
	Body        string `json:"body"`
	Description string `json:"description"`
	Author      struct {
		ID int `json:"id"`
	} `json:"author"`
	edits  int
	closed bool
}

func newLab(t *testing.T) *lab {
	l := &lab{merged: map[string]int{}}
	m := http.NewServeMux()
	handle := func(pattern string, answer func(r *http.Request) any) {
		method, path, _ := strings.Cut(pattern, " ")
		m.HandleFunc(method+" /api/v4"+path, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("PRIVATE-TOKEN") != labToken && r.Header.Get("Authorization") != "Bearer "+labToken {
				http.Error(w, "401 Unauthorized", http.StatusUnauthorized)
				return
			}
			switch a := answer(r).(type) {
			case nil:
				http.NotFound(w, r)
			case elsewhere:
				http.Redirect(w, r, string(a), http.StatusFound)
			default:
				_ = json.NewEncoder(w).Encode(a)
			}
		})
	}
	succeeded := func(in func(labJob) bool) []labJob {
		found := []labJob{}
		for _, j := range slices.Backward(l.jobs) { // the newest first
			if j.ok && in(j) {
				found = append(found, j)
			}
		}
		return found
	}
	handle("GET /user", func(*http.Request) any { return map[string]int{"id": 9} })
	handle("GET /projects/1/jobs", func(*http.Request) any { return succeeded(func(labJob) bool { return true }) })
	handle("GET /projects/1/pipelines/{id}/jobs", func(r *http.Request) any {
		return succeeded(func(j labJob) bool { return strconv.Itoa(j.pipeline) == r.PathValue("id") })
	})
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if token := r.Header.Get("PRIVATE-TOKEN") + r.Header.Get("Authorization"); token != "" {
			l.leaked = append(l.leaked, token)
		}
		_, _ = w.Write([]byte(r.FormValue("text")))
	}))
	t.Cleanup(store.Close)
	handle("GET /projects/1/jobs/{id}/artifacts/{file}", func(r *http.Request) any {
		for _, j := range l.jobs {
			// The token is a Reporter's, who gets none that are for developers (Ci::BuildPolicy).
			if text := j.files[r.PathValue("file")]; strconv.Itoa(j.ID) == r.PathValue("id") && text != "" && j.access == "all" {
				return elsewhere(store.URL + "?text=" + url.QueryEscape(text))
			}
		}
		return nil
	})
	handle("GET /projects/1/repository/commits/{sha}/merge_requests", func(r *http.Request) any {
		sha := r.PathValue("sha")
		found := []map[string]any{ // what has the commit in it, or is about it, is told as well
			{"iid": 8, "state": "merged", "target_branch": "unprotected", "merge_commit_sha": sha, "squash_commit_sha": nil, "sha": "another"},
			{"iid": 9, "state": "merged", "target_branch": "main", "merge_commit_sha": "another", "squash_commit_sha": nil, "sha": "another"},
		}
		if iid := l.merged[sha]; iid != 0 {
			found = append(found, map[string]any{"iid": iid, "state": "merged", "target_branch": "main", "merge_commit_sha": sha, "squash_commit_sha": nil, "sha": "another"})
		}
		return found
	})
	handle("GET /projects/1/merge_requests/{iid}/approvals", func(*http.Request) any {
		user := func(name string) map[string]any { return map[string]any{"user": map[string]string{"username": name}} }
		return map[string]any{"approved_by": []map[string]any{user("ines"), user("max")}}
	})
	handle("GET /projects/1/merge_requests/{iid}/pipelines", func(*http.Request) any {
		newest := append([]labPipeline{}, l.pipelines...)
		slices.Reverse(newest)
		return newest
	})
	handle("GET /projects/1/merge_requests/{iid}/notes", func(*http.Request) any { return append([]*note{}, l.notes...) })
	handle("POST /projects/1/merge_requests/{iid}/notes", func(r *http.Request) any { return l.add(&l.notes, 9, r.FormValue("body")) })
	handle("PUT /projects/1/merge_requests/{iid}/notes/{id}", func(r *http.Request) any { return put(l.notes, r) })
	handle("GET /projects/1/issues", func(*http.Request) any {
		return slices.DeleteFunc(append([]*note{}, l.issues...), func(n *note) bool { return n.closed })
	})
	handle("POST /projects/1/issues", func(r *http.Request) any {
		if r.FormValue("labels") != "rollcall-drift" || r.FormValue("title") == "" || r.FormValue("confidential") != "true" {
			return nil
		}
		n := l.add(&l.issues, 9, "")
		n.Description = r.FormValue("description")
		return n
	})
	handle("PUT /projects/1/issues/{id}", func(r *http.Request) any { return put(l.issues, r) })
	l.Server = httptest.NewServer(m)
	t.Cleanup(l.Close)
	return l
}

func (l *lab) add(to *[]*note, author int, body string) *note {
	l.next++
	n := &note{ID: l.next, IID: l.next, Body: body}
	n.Author.ID = author
	*to = append(*to, n)
	return n
}

func put(in []*note, r *http.Request) any {
	for _, n := range in {
		if strconv.Itoa(n.ID) == r.PathValue("id") {
			n.edits++
			n.Body, n.Description = r.FormValue("body"), r.FormValue("description")
			n.closed = n.closed || r.FormValue("state_event") == "close"
			return n
		}
	}
	return nil
}
