package ci_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// gh is what the steps call: `gh api` and `gh run download`, for a GitHub at GITHUB_API_URL.
func gh(args []string) error {
	if len(args) > 2 && args[0] == "run" && args[1] == "download" {
		return ghDownload(args[2:])
	}
	if len(args) < 2 || args[0] != "api" {
		return fmt.Errorf("%q is not known to the stand-in", args)
	}
	method, path, jq, silent, paginate := http.MethodGet, "", "", false, false
	fields := map[string]string{}
	for args = args[1:]; len(args) > 0; args = args[1:] {
		flag := args[0]
		switch flag {
		case "--silent":
			silent = true
			continue
		case "--paginate":
			paginate = true
			continue
		case "--method", "--jq", "--field", "--raw-field":
			args = args[1:]
		default:
			path = flag
			continue
		}
		switch flag {
		case "--method":
			method = args[0]
		case "--jq":
			jq = args[0]
		default:
			name, value, _ := strings.Cut(args[0], "=")
			if file, isFile := strings.CutPrefix(value, "@"); isFile && flag == "--field" {
				text, err := os.ReadFile(file)
				if err != nil {
					return err
				}
				value = string(text)
			}
			fields[name] = value
		}
	}
	for page := 1; ; page++ {
		at := path
		if paginate {
			at += "&page=" + strconv.Itoa(page)
		}
		answer, err := ghCall(method, at, fields)
		if err != nil {
			return err
		}
		if err := ghPrint(answer, jq, silent); err != nil || !paginate || string(bytes.TrimSpace(answer)) == "[]" {
			return err
		}
	}
}

func ghCall(method, path string, fields map[string]string) ([]byte, error) {
	body, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequest(method, os.Getenv("GITHUB_API_URL")+"/"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if os.Getenv("GH_TOKEN") == "" {
		return nil, errors.New("GH_TOKEN is not set")
	}
	r.Header.Set("Authorization", os.Getenv("GH_TOKEN"))
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, response.Status, answer)
	}
	return answer, err
}

func ghPrint(answer []byte, jq string, silent bool) error {
	switch {
	case silent:
		return nil
	case jq == "":
		_, err := os.Stdout.Write(answer)
		return err
	}
	c := exec.Command("jq", "--raw-output", jq)
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(answer), os.Stdout, os.Stderr
	return c.Run()
}

func ghDownload(args []string) error {
	if len(args) != 7 || args[1] != "--repo" || args[3] != "--name" || args[5] != "--dir" {
		return fmt.Errorf("run download %q is not known to the stand-in", args)
	}
	answer, err := ghCall(http.MethodGet, "repos/"+args[2]+"/download?run="+args[0]+"&name="+url.QueryEscape(args[4]), nil)
	if err != nil {
		return err
	}
	var files map[string]string
	if err := json.Unmarshal(answer, &files); err != nil {
		return err
	}
	if err := os.MkdirAll(args[6], 0o777); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(args[6], name), []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

const slug = "acme/roster"

// hub stands in for GitHub: what its API says of one repository. A token may do what the permissions of its job say.
type hub struct {
	*httptest.Server
	t *testing.T

	mu        sync.Mutex
	next      int
	tokens    map[string]map[string]string
	artefacts []artefact
	comments  []*post
	issues    []*post
	pulls     map[string][]pull // by the commit that they were merged as
	refused   []string          // what a token had no right to
}

type artefact struct {
	Name      string      `json:"name"`
	Expired   bool        `json:"expired"`
	CreatedAt string      `json:"created_at"`
	Run       artefactRun `json:"workflow_run"`
	files     map[string]string
}

type artefactRun struct {
	ID         int    `json:"id"`
	Branch     string `json:"head_branch"`
	Head       string `json:"head_sha"`
	Repository int    `json:"repository_id"`
	From       int    `json:"head_repository_id"`
}

type post struct {
	ID     int    `json:"id"`
	Number int    `json:"number"`
	Title  string `json:"title"`
	Body   string `json:"body"`
	State  string `json:"state"`
	User   author `json:"user"`

	edits int
}

type author struct {
	Login string `json:"login"`
}

type pull struct {
	Number   int    `json:"number"`
	MergedAt string `json:"merged_at"`
	MergedAs string `json:"merge_commit_sha"`
	Head     struct {
		SHA string `json:"sha"`
	} `json:"head"`
	Base struct {
		Ref string `json:"ref"`
	} `json:"base"`
}

const bot = "github-actions[bot]"

func newHub(t *testing.T) *hub {
	h := &hub{t: t, next: 100, tokens: map[string]map[string]string{}, pulls: map[string][]pull{}}
	h.Server = httptest.NewServer(h.routes())
	t.Cleanup(h.Close)
	return h
}

func (h *hub) routes() http.Handler {
	m := http.NewServeMux()
	in := "/repos/" + slug
	handle := func(pattern, permission, level string, answer func(r *http.Request, sent post) any) {
		method, path, _ := strings.Cut(pattern, " ")
		m.HandleFunc(method+" "+in+path, func(w http.ResponseWriter, r *http.Request) {
			h.mu.Lock()
			defer h.mu.Unlock()
			has := h.tokens[r.Header.Get("Authorization")][permission]
			if has != "write" && has != level {
				h.refused = append(h.refused, permission+": "+level)
				http.Error(w, permission+": "+level+" is needed", http.StatusForbidden)
				return
			}
			var sent post
			_ = json.NewDecoder(r.Body).Decode(&sent) // a GET has no body
			_ = json.NewEncoder(w).Encode(answer(r, sent))
		})
	}
	handle("GET /actions/artifacts", "actions", "read", func(r *http.Request, _ post) any {
		named := slices.DeleteFunc(slices.Clone(h.artefacts), func(a artefact) bool { return a.Name != r.FormValue("name") })
		return map[string]any{"artifacts": named}
	})
	handle("GET /download", "actions", "read", func(r *http.Request, _ post) any {
		for _, a := range h.artefacts {
			if strconv.Itoa(a.Run.ID) == r.FormValue("run") && a.Name == r.FormValue("name") {
				return a.files
			}
		}
		return map[string]string{}
	})
	handle("GET /commits/{sha}/pulls", "pull-requests", "read", func(r *http.Request, _ post) any {
		return append([]pull{}, h.pulls[r.PathValue("sha")]...)
	})
	handle("GET /pulls/{n}/reviews", "pull-requests", "read", func(r *http.Request, _ post) any {
		return page(r, []map[string]any{
			{"state": "COMMENTED", "user": author{"lea"}}, {"state": "APPROVED", "user": author{"max"}}, {"state": "APPROVED", "user": author{"ines"}},
			{"state": "APPROVED", "user": author{"omar"}}, {"state": "COMMENTED", "user": author{"max"}}, {"state": "CHANGES_REQUESTED", "user": author{"omar"}},
		})
	})
	handle("GET /issues/{n}/comments", "pull-requests", "read", func(r *http.Request, _ post) any { return page(r, h.comments) })
	handle("POST /issues/{n}/comments", "pull-requests", "write", func(_ *http.Request, sent post) any {
		return h.add(&h.comments, bot, sent)
	})
	handle("PATCH /issues/comments/{id}", "pull-requests", "write", func(r *http.Request, sent post) any {
		return change(h.comments, r.PathValue("id"), sent)
	})
	handle("GET /issues", "issues", "read", func(r *http.Request, _ post) any {
		return page(r, slices.DeleteFunc(slices.Clone(h.issues), func(p *post) bool { return p.State != r.FormValue("state") }))
	})
	handle("POST /issues", "issues", "write", func(_ *http.Request, sent post) any { return h.add(&h.issues, bot, sent) })
	handle("PATCH /issues/{id}", "issues", "write", func(r *http.Request, sent post) any { return change(h.issues, r.PathValue("id"), sent) })
	return m
}

// page returns the part of a list that a request asks for.
func page[T any](r *http.Request, all []T) []T {
	size, _ := strconv.Atoi(r.FormValue("per_page"))
	number, _ := strconv.Atoi(r.FormValue("page"))
	from := min(len(all), size*(number-1))
	return append([]T{}, all[from:min(len(all), from+size)]...)
}

func (h *hub) add(to *[]*post, who string, p post) *post {
	h.next++
	p.ID, p.Number, p.State, p.User = h.next, h.next, "open", author{who}
	*to = append(*to, &p)
	return &p
}

func change(in []*post, id string, sent post) *post {
	for _, p := range in {
		if strconv.Itoa(p.ID) != id {
			continue
		}
		p.edits++
		p.Body = sent.Body
		if sent.State != "" {
			p.State = sent.State
		}
		return p
	}
	return nil
}

// by returns what an author wrote.
func by(who string, in []*post) []*post {
	return slices.DeleteFunc(slices.Clone(in), func(p *post) bool { return p.User.Login != who })
}
