package testrailsim

import (
	"cmp"
	"net/http"
	"strings"
)

// refusal is an error answer of the API: {"error":"text"} (DOC).
type refusal struct {
	status int
	text   string
}

func (r refusal) Error() string { return r.text }

// authenticate finds the caller of a request, or refuses (6.2 of the reference: Basic, e-mail and key or password).
// An inactive account cannot log in (ISSUE).
func (s *Server) authenticate(r *http.Request) (*account, error) {
	sw := &s.Switches
	if sw.Authentication == APIDisabled {
		return nil, refusal{403, "The API is disabled for your installation. It can be enabled in the administration area in TestRail under Administration > Site Settings > API."}
	}
	email, secret, ok := r.BasicAuth()
	if ok && sw.Authentication != SessionOnly {
		u := s.state.find(email, sw.EmailCaseSensitive)
		if u != nil && u.IsActive && s.opens(u, secret) {
			return u, nil
		}
	}
	return nil, refusal{401, "Authentication failed: invalid or missing user/password or session cookie."}
}

func (s *Server) opens(u *account, secret string) bool {
	if secret == cmp.Or(u.APIKey, DefaultKey) {
		return true
	}
	return s.Switches.Authentication == PasswordOrKey && secret == DefaultPassword
}

// checkHeaders refuses what some instances refuse before they look at the method.
func (s *Server) checkHeaders(r *http.Request) error {
	lenient := s.Switches.LenientType && r.Method == http.MethodGet
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !lenient && !strings.EqualFold(strings.TrimSpace(media), "application/json") {
		return refusal{400, "Content-Type header missing (use Content-Type: application/json)"}
	}
	return nil
}

// adminOnly refuses a caller who is no administrator, in the form "You are not allowed to <action> (insufficient
// permissions)." (LIVE for the form).
func (c *call) adminOnly(action string) error {
	if c.me.IsAdmin {
		return nil
	}
	return refusal{403, "You are not allowed to " + action + " (insufficient permissions)."}
}
