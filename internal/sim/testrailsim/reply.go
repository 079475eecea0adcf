package testrailsim

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"rollcall/internal/sim/wire"
)

func jsonReply(status int, body []byte) *wire.Reply {
	return wire.NewReply(status, "application/json; charset=utf-8", body)
}

// errorReply is {"error":"text"}, the form of all API errors (DOC).
func errorReply(err error, plain bool) *wire.Reply {
	var no refusal
	if !errors.As(err, &no) {
		no = refusal{500, err.Error()}
	}
	r := wire.Begin(nil, plain)
	r.Text("error", no.text)
	return jsonReply(no.status, r.End())
}

// maintenanceReply is the 409 of the daily maintenance (DOC for the status, GUESS for the text).
func maintenanceReply(after time.Duration, plain bool) *wire.Reply {
	r := errorReply(refusal{409, "TestRail is currently undergoing maintenance."}, plain)
	if after > 0 {
		r.After(after)
	}
	return r
}

// rateReply is the 429 (LIVE), without Retry-After.
func rateReply(limit int, wait time.Duration, plain bool) *wire.Reply {
	text := fmt.Sprintf("API Rate Limit Exceeded - %d per minute maximum allowed. Retry after %d seconds.", limit, wire.Seconds(wait))
	return errorReply(refusal{429, text}, plain)
}

// voice words the faults that every tool knows as TestRail does; plain is Switches.PlainJSON.
type voice struct{ plain bool }

// InternalError implements fault.Voice; the text is a GUESS.
func (v voice) InternalError() *wire.Reply {
	return errorReply(refusal{500, "An internal error occurred."}, v.plain)
}

// TooMany implements fault.Voice; 180 a minute is the limit of Cloud Professional (DOC).
func (v voice) TooMany(wait time.Duration) *wire.Reply { return rateReply(180, wait, v.plain) }

// LoginTitle implements fault.Voice.
func (v voice) LoginTitle() string { return "Login - TestRail" }

// instead is the answer of a fault whose request is not handled, or not now.
func instead(f Fault, r *http.Request, now time.Time, plain bool) *wire.Reply {
	switch f.Kind {
	case Conflict:
		return maintenanceReply(0, plain)
	case StdClass:
		return errorReply(refusal{500, "Undefined property: stdClass::$sso_enabled"}, plain)
	}
	return f.Instead(r, now, voice{plain})
}

// spoil changes the answer of a request that was handled.
func spoil(f Fault, a *wire.Reply, plain bool) *wire.Reply {
	if f.Kind == LegacyLine {
		a.Body = append([]byte("USER AUTHENTICATION SUCCESSFUL!\n"), a.Body...)
		a.Promised = len(a.Body)
		return a
	}
	return f.Spoil(a, voice{plain})
}
