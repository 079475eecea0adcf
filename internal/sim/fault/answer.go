package fault

import (
	"cmp"
	"net/http"
	"time"

	"rollcall/internal/sim/wire"
)

// Voice is how a tool words what goes wrong.
type Voice interface {
	// InternalError is a plain 500.
	InternalError() *wire.Reply
	// TooMany is a 429 that asks for that wait in its text, if its text does; without Retry-After.
	TooMany(wait time.Duration) *wire.Reply
	// LoginTitle is the title of the page that somebody without a session gets.
	LoginTitle() string
}

// Instead returns the answer to a request that is not handled, or not now.
func (f Fault) Instead(r *http.Request, now time.Time, voice Voice) *wire.Reply {
	wait := cmp.Or(f.Wait, time.Second)
	switch f.Kind {
	case ResetBefore, LateReset:
		return &wire.Reply{Fate: wire.Reset}
	case Hang:
		return &wire.Reply{Fate: wire.Hung}
	case TooMany:
		return voice.TooMany(wait).After(wait)
	case TooManyDate:
		a := voice.TooMany(wait)
		// A date has whole seconds: rounded up as well.
		a.Header.Set("Retry-After", now.Add(wait+time.Second-1).UTC().Format(http.TimeFormat))
		return a
	case TooManyBare:
		return voice.TooMany(time.Second)
	case Error502:
		return wire.NewReply(http.StatusBadGateway, "text/plain; charset=utf-8", []byte("upstream unavailable\n"))
	case HTML502:
		return wire.Page(http.StatusBadGateway, "502 Bad Gateway")
	case Error503:
		a := wire.Page(http.StatusServiceUnavailable, "503 Service Unavailable")
		if f.Wait > 0 {
			a.After(f.Wait)
		}
		return a
	case Error504:
		return wire.Page(http.StatusGatewayTimeout, "504 Gateway Time-out")
	case HTML200:
		return wire.Page(http.StatusOK, voice.LoginTitle())
	case Redirect:
		a := wire.Page(http.StatusFound, "302 Found")
		a.Header.Set("Location", cmp.Or(f.Location, "https://"+r.Host+r.URL.RequestURI()))
		return a
	}
	return voice.InternalError()
}

// Spoil returns the answer to a request that was handled and answered with a.
func (f Fault) Spoil(a *wire.Reply, voice Voice) *wire.Reply {
	switch f.Kind {
	case Error500After:
		return voice.InternalError()
	case Error504After:
		return wire.Page(http.StatusGatewayTimeout, "504 Gateway Time-out")
	case ResetAfter:
		return &wire.Reply{Fate: wire.Reset}
	case HangAfter:
		return &wire.Reply{Fate: wire.Hung}
	case Truncated:
		a.Body = a.Body[:len(a.Body)/2]
		a.Promised = len(a.Body)
	case Cut:
		a.Promised = len(a.Body) + 1
		a.Body = a.Body[:len(a.Body)/2]
	}
	return a
}
