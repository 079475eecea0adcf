package qtestsim

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"rollcall/internal/sim/fault"
	"rollcall/internal/sim/wire"
)

// refusal is an error answer of the API: {"message":"text"} (CLIENT).
type refusal struct {
	status int
	text   string
}

func (r refusal) Error() string { return r.text }

// oauthRefusal is an error answer of the OAuth part (CLIENT, captured).
type oauthRefusal struct {
	status     int
	code, text string
}

func (r oauthRefusal) Error() string { return r.text }

func invalid(text string) refusal { return refusal{400, text} }

func notFound(what string) refusal { return refusal{404, "The " + what + " does not exist."} }

// Both texts are CLIENT. The second means the account of the token itself.
func noPermission() refusal { return refusal{403, "No permission"} }

func notInProject() refusal {
	return refusal{403, "User need to be assigned to project to performs this action!"}
}

func badToken() oauthRefusal {
	return oauthRefusal{401, "invalid_token", "The access token is invalid or has expired."} // GUESS, after the captured form
}

func badCredentials() oauthRefusal {
	return oauthRefusal{400, "invalid_grant", "Bad credentials"} // CLIENT, captured: not 401
}

func jsonReply(status int, body []byte) *wire.Reply {
	a := wire.NewReply(status, "application/json;charset=UTF-8", body)
	a.Header.Set("Cache-Control", "no-cache")
	return a
}

func errorReply(err error) *wire.Reply {
	r := wire.Begin(nil, true)
	var oauth oauthRefusal
	if errors.As(err, &oauth) {
		r.Text("error", oauth.code)
		r.Text("error_description", oauth.text)
		return jsonReply(oauth.status, r.End())
	}
	var no refusal
	if !errors.As(err, &no) {
		no = refusal{500, err.Error()}
	}
	r.Text("message", no.text)
	return jsonReply(no.status, r.End())
}

// voice words the faults that every tool knows as qTest does.
type voice struct{}

// InternalError implements fault.Voice.
func (voice) InternalError() *wire.Reply {
	return errorReply(refusal{500, "Internal server error"})
}

// TooMany implements fault.Voice: the body of the gateway whose headers are told of (REPORT, GUESS), for the minute. That
// of the month is not over.
func (voice) TooMany(time.Duration) *wire.Reply {
	return allowance{on: true, month: -1}.show(errorReply(refusal{429, "API rate limit exceeded"}))
}

// LoginTitle implements fault.Voice.
func (voice) LoginTitle() string { return "qTest Manager Login" }

// instead is the answer of a fault whose request is not handled, or not now. Credentials and rights are refused in the
// words of the operation.
func instead(f fault.Fault, r *http.Request, info RequestInfo) *wire.Reply {
	switch {
	case f.Kind == fault.Unauthorized && info.Op == "oauth_token":
		return errorReply(badCredentials())
	case f.Kind == fault.Unauthorized:
		return errorReply(badToken())
	case f.Kind == fault.Forbidden && strings.Contains(info.Op, "project"):
		return errorReply(notInProject())
	case f.Kind == fault.Forbidden:
		return errorReply(noPermission())
	}
	return f.Instead(r, info.Time, voice{})
}

// allowance is what the headers of the throttle say is left; -1 is a limit that is off.
type allowance struct {
	on            bool
	minute, month int
}

// show adds the headers (REPORT).
func (l allowance) show(a *wire.Reply) *wire.Reply {
	if !l.on || a.Fate != wire.Answered {
		return a
	}
	for name, left := range map[string]int{"X-Ratelimit-Remaining-Minute": l.minute, "X-Ratelimit-Remaining-Month": l.month} {
		if left >= 0 {
			a.Header.Set(name, strconv.Itoa(left))
		}
	}
	return a
}

// monthSpan is the month of the throttle; nobody tells how long it is or when it begins.
const monthSpan = 30 * 24 * time.Hour

// limit answers for the whole site before anybody asks who calls. nil lets the request pass.
func (s *Server) limit(now time.Time) (*wire.Reply, allowance) {
	sw := &s.Switches
	left := allowance{minute: -1, month: -1}
	for _, l := range []struct {
		most int
		span time.Duration
		of   *fault.Allowance
		left *int
	}{{sw.RateMinute, time.Minute, &s.minute, &left.minute}, {sw.RateMonth, monthSpan, &s.month, &left.month}} {
		if l.most == 0 {
			continue
		}
		left.on = true
		rest, wait, ok := l.of.Take(now, l.most, l.span)
		*l.left = rest
		if !ok {
			a := errorReply(refusal{429, "API rate limit exceeded"})
			if !sw.RateHeaderless {
				a.After(wait)
			}
			return a, left
		}
	}
	return nil, left
}
