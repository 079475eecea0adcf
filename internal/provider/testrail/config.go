// Package testrail is the provider for TestRail: it reads users, groups, roles and projects through API v2, and writes
// users and groups. It must not decide what to change, nor hide what it can't read.
//
// API facts carry the vendor's page and a tag: DOC (the vendor says so), LIVE (recorded from a real instance), CLIENT
// (only other clients do it), GUESS (inference).
package testrail

import (
	"net/url"
	"strings"

	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/provider/instance"
)

// Config says which instance is read and written, and how.
type Config struct {
	URL  string // as ParseURL takes it
	User string // e-mail address of the account
	Key  httpx.Secret
	// Pace overrides the default: 90 requests a minute after a burst of 60 on *.testrail.io, unpaced elsewhere.
	Pace *plan.Pace
	HTTP httpx.Options
	// OnRead is called after each page of a list, "users", "groups", "roles" or "projects", with how many items of it were
	// read so far, from any goroutine; nil: not called.
	OnRead func(list string, soFar int)
}

// ParseURL returns the address under which an instance's index.php stands, in one spelling: lower case, without the
// scheme's own port, with a trailing slash. A sub-path is kept; "index.php" and what follows it is cut. It fails on
// anything that is not an http or https address of a host, or that holds a user or a password.
func ParseURL(raw string) (*url.URL, error) {
	return instance.ParseURL(raw, func(path string) (string, bool) {
		root, _, cut := strings.Cut(path, "index.php")
		return root, cut
	})
}

// defaultPace is how fast requests are sent to a host by default. The limit of Cloud is 180 a minute on Professional
// (DOC: Error handling page) and shared with everybody's test uploads, so half of it is left to them. Server has none.
func defaultPace(host string) plan.Pace {
	if host == "testrail.io" || strings.HasSuffix(host, ".testrail.io") {
		return plan.Pace{PerMinute: 90, Burst: 60}
	}
	return plan.Pace{}
}

// NewReader returns a Reader for the instance that cfg names. It fails if the URL is no place to send a key to; nothing
// is sent yet.
func NewReader(cfg Config) (*Reader, error) {
	base, err := ParseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	pace := defaultPace(base.Hostname())
	if cfg.Pace != nil {
		pace = *cfg.Pace
	}
	client, err := httpx.New(base, httpx.Basic(cfg.User, cfg.Key), httpx.Pace(pace), cfg.HTTP)
	if err != nil {
		return nil, err
	}
	onRead := cfg.OnRead
	if onRead == nil {
		onRead = func(string, int) {}
	}
	return &Reader{base: base, http: client, pace: pace, onRead: onRead}, nil
}

// NewWriter returns a Writer for the instance that cfg names, or the error of NewReader.
func NewWriter(cfg Config) (*Writer, error) {
	r, err := NewReader(cfg)
	if err != nil {
		return nil, err
	}
	return &Writer{Reader: r}, nil
}
