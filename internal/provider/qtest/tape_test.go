package qtest_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"rollcall/internal/httpx"
	"rollcall/internal/provider/qtest"
)

// tape answers each request with the next of its answers and keeps what was asked.
type tape struct {
	answers []string // a body; "404 body" is an answer of that status, "cut" none at all
	header  http.Header

	mu    sync.Mutex
	asked []string
}

func (p *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := r.Method + " " + r.URL.Path
	if r.URL.RawQuery != "" {
		asked += "?" + r.URL.RawQuery
	}
	p.asked = append(p.asked, strings.TrimSpace(asked+" "+string(body)))
	answer := p.answers[min(len(p.asked), len(p.answers))-1]
	if answer == "cut" {
		return nil, io.ErrUnexpectedEOF
	}
	rec := httptest.NewRecorder()
	for name, values := range p.header {
		rec.Header()[name] = values
	}
	if status, rest, found := strings.Cut(answer, " "); found && len(status) == 3 {
		if code, err := strconv.Atoi(status); err == nil && code >= 200 {
			rec.WriteHeader(code)
			answer = rest
		}
	}
	rec.WriteString(answer)
	resp := rec.Result()
	resp.Request = r
	return resp, nil
}

func taped(t *testing.T, answers ...string) (*qtest.Writer, *tape) {
	t.Helper()
	p := &tape{answers: answers}
	return connect(t, qtest.Config{
		URL: "https://acme.example.test/qa", Token: httpx.NewSecret("t0k3n-s3cret"), HTTP: httpx.Options{Transport: p},
	}), p
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

const (
	lea = `{"links":[],"id":42,"username":"lea@acme.example","email":"lea@home.example","first_name":"Lea","last_name":"Trent",
		"status":1,"ldap_username":null,"user_group_ids":[44,41],"external_auth_config_id":null,"external_user_name":null}`
	leaBound = `{"id":42,"username":"lea@acme.example","first_name":"Lea","last_name":"Trent","status":1,
		"user_group_ids":[41],"external_auth_config_id":12,"external_user_name":"ltrent"}`
	leaNew  = `{"id":"42","username":"lea@acme.example","first_name":"Lea","last_name":null,"status":"0","user_group_ids":[]}`
	systems = `{"ldaps":[{"id":14,"name":"Acme Directory","auth_type":"LDAP"}],"sso":{"id":12,"name":"Acme SSO"},"tua":null}`
)

// password matches what is random in the body of a write.
var password = regexp.MustCompile(`"password":"[^"]{36}"`)

// isUnclear is how apply asks.
func isUnclear(err error) bool {
	var u interface{ Unclear() bool }
	return errors.As(err, &u) && u.Unclear()
}

func isNotFound(err error) bool {
	var n interface{ NotFound() bool }
	return errors.As(err, &n) && n.NotFound()
}

// newRecorder returns what a handler answers to a request.
func newRecorder(r *http.Request, handler http.HandlerFunc) *http.Response {
	rec := httptest.NewRecorder()
	handler(rec, r)
	resp := rec.Result()
	resp.Request = r
	return resp
}
