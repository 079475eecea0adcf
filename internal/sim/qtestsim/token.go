package qtestsim

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"rollcall/internal/sim/wire"
)

// Rights by the names of the Swagger (DOC).
const (
	manageUsers  = "ROLE_USERADMIN"
	manageGroups = "ROLE_USERGROUPMANAGER"
	viewProfiles = "ROLE_PROFILEVIEWER"
	editProfiles = "ROLE_PROFILEADMIN"
	listProjects = "ROLE_PROJECTVIEWER"
)

// sessions are the tokens that oauth_token issued, and how often each token was used.
type sessions struct {
	count   int
	issued  map[string]session
	refresh map[string]int // to the account
	calls   map[string]int
}

type session struct {
	user  int
	since time.Time
}

// issue makes tokens for the account. Their texts are counted, so that the same requests get the same.
func (s *sessions) issue(user int, now time.Time) (access, refresh string) {
	if s.issued == nil {
		s.issued, s.refresh = map[string]session{}, map[string]int{}
	}
	s.count++
	access, refresh = fmt.Sprintf("sim-session-%06d", s.count), fmt.Sprintf("sim-refresh-%06d", s.count)
	s.issued[access], s.refresh[refresh] = session{user, now}, user
	return access, refresh
}

// end ends all tokens of the account, the long-lived one included.
func (s *sessions) end(a *account) {
	a.revoked = true
	for token, its := range s.issued {
		if its.user == a.ID {
			delete(s.issued, token)
		}
	}
	for token, user := range s.refresh {
		if user == a.ID {
			delete(s.refresh, token)
		}
	}
}

// use counts a call with the token.
func (s *sessions) use(token string) int {
	if s.calls == nil {
		s.calls = map[string]int{}
	}
	s.calls[token]++
	return s.calls[token]
}

// longLived returns the account of a token as its page of resources shows it.
func (st *State) longLived(token string) *account {
	number, ok := strings.CutPrefix(token, TokenPrefix)
	if !ok {
		return nil
	}
	id, err := strconv.Atoi(number)
	if a := st.byID[id]; err == nil && a != nil && !a.revoked {
		return a
	}
	return nil
}

// bearer returns the token in the header; the scheme is written either way (DOC bearer, CLIENT Bearer).
func (c *call) bearer() string {
	scheme, token, _ := strings.Cut(c.request.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return token
}

// authenticate finds the caller. An account that is not active has no access (DOC for the pages).
func (c *call) authenticate() (*account, error) {
	token := c.bearer()
	a := c.st.longLived(token)
	if its, ok := c.sessions.issued[token]; ok && (c.sw.TokenLife == 0 || c.now.Sub(its.since) < c.sw.TokenLife) {
		a = c.st.byID[its.user]
	}
	if a == nil || !a.active() && (!c.sw.KeepTokens || a.Status != StatusInactive) {
		return nil, badToken()
	}
	if c.sessions.use(token) > c.sw.TokenCalls && c.sw.TokenCalls > 0 {
		return nil, badToken()
	}
	return a, nil
}

// oauthToken is the password grant and the refresh of a token. Parameters come as a form (DOC) or in the query
// (CLIENT). The name in the Basic header is the site's or a login's (DOC, CLIENT): it is not checked.
func (c *call) oauthToken() error {
	if _, _, ok := c.request.BasicAuth(); !ok {
		return oauthRefusal{401, "unauthorized", "Full authentication is required to access this resource"}
	}
	form, err := url.ParseQuery(c.body)
	if err != nil {
		return oauthRefusal{400, "invalid_request", "The form is not valid."}
	}
	param := func(name string) string { return cmp.Or(form.Get(name), c.query.Get(name)) }
	var a *account
	switch grant := param("grant_type"); grant {
	case "password":
		a = c.st.find(param("username"), c.sw.UsernameCase)
		if a != nil && param("password") != a.opensWith() {
			a = nil
		}
	case "refresh_token":
		token := param("refresh_token")
		a = cmp.Or(c.st.byID[c.sessions.refresh[token]], c.st.longLived(token))
	default:
		return oauthRefusal{400, "unsupported_grant_type", "Unsupported grant type: " + grant}
	}
	if a == nil || !a.active() {
		return badCredentials()
	}
	access, refresh := c.sessions.issue(a.ID, c.now)
	r := wire.Begin(nil, true)
	r.Text("access_token", access)
	r.Text("token_type", "bearer")
	r.Text("refresh_token", refresh)
	r.Text("scope", "read import administration create share baseline write delete execute export")
	r.Null("agent")
	if c.sw.TokenLife > 0 {
		r.Number("expires_in", wire.Seconds(c.sw.TokenLife))
	}
	c.out = r.End()
	return nil
}

// opensWith is the password of the account.
func (a *account) opensWith() string {
	switch {
	case a.password != "":
		return a.password
	case a.VendorPassword:
		return VendorPassword
	}
	return DefaultPassword
}

// oauthStatus tells how long the token lives (DOC; null for a token without an end is a GUESS).
func (c *call) oauthStatus() error {
	r := wire.Begin(nil, true)
	its, issued := c.sessions.issued[c.bearer()]
	if !issued || c.sw.TokenLife == 0 {
		r.Null("expiration")
		r.Null("validityInMilliseconds")
	} else {
		end := its.since.Add(c.sw.TokenLife)
		r.Number("expiration", int(end.UnixMilli()))
		r.Number("validityInMilliseconds", int(end.Sub(c.now).Milliseconds()))
	}
	c.out = r.End()
	return nil
}

// may reports whether the account has one of the rights, through any of its groups (DOC).
func (c *call) may(a *account, rights ...string) bool {
	if c.administrates(a, a.groups) {
		return true
	}
	for _, id := range a.groups {
		if slices.ContainsFunc(c.st.group(id).Authorities, func(right string) bool { return slices.Contains(rights, right) }) {
			return true
		}
	}
	return false
}

// administrates reports whether somebody in these groups has all rights. An admin profile counts on old servers (DOC).
func (c *call) administrates(a *account, groups []int) bool {
	if a.SiteAdmin && !c.has(Gen2023) {
		return true
	}
	return slices.ContainsFunc(groups, func(id int) bool {
		g := c.st.group(id)
		return g.System && g.Name == Administrators
	})
}

// need refuses a caller without any of the rights.
func (c *call) need(rights ...string) error {
	if c.may(c.me, rights...) {
		return nil
	}
	return noPermission()
}
