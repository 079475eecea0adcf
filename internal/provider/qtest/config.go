// Package qtest is the provider for qTest Manager: it reads users, groups, projects and ways to sign on through API v3, and
// writes users, groups and who is a member of a project. It must not decide what to change, nor hide what it can't read.
//
// API facts carry a tag: DOC (the vendor's Swagger, https://api.qasymphony.com, or a page of its manual), CLIENT (public
// client code or captured traffic), REPORT (told by a third party), GUESS (inference).
package qtest

import (
	"cmp"
	"net/url"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/provider/instance"
)

// Config says which instance is read and written, and how. It has a Token, or User and Password, or both: a token that is
// refused is then renewed by the password.
type Config struct {
	URL      string       // as ParseURL takes it
	Token    httpx.Secret // of the page "Download qTest Resources", tab "API & SDK"
	User     string       // login name of the account, an e-mail address
	Password httpx.Secret
	// Pace overrides the default: 60 requests a minute after a burst of 20 on *.qtestnet.com, unpaced elsewhere.
	Pace *plan.Pace
	HTTP httpx.Options
	// OnRead is called after each page of a list, "users", "groups", "members" or "projects", with how many items of it were
	// read so far, from any goroutine; nil: not called.
	OnRead func(list string, soFar int)
}

// ParseURL returns the address of a site in one spelling: lower case, without the scheme's own port, with a trailing slash.
// A sub-path is kept; that of a page or of the API is cut. It fails on anything that is not an http or https address of a
// host, or that holds a user or a password.
func ParseURL(raw string) (*url.URL, error) {
	return instance.ParseURL(raw, func(path string) (string, bool) {
		site := beforePage(path)
		return site, strings.Trim(site, "/") != strings.Trim(path, "/")
	})
}

// beforePage returns a path up to where a page or the API begins: a person copies what the browser shows.
func beforePage(path string) string {
	path += "/"
	for _, begins := range [...]string{"/api/", "/oauth/", "/p/", "/portal/", "/admin/"} {
		path, _, _ = strings.Cut(path, begins)
	}
	return path
}

// defaultPace is how fast requests are sent to a host by default. Since 2026-06-26 the vendor's cloud limits requests by the
// minute and by the month, and says neither how many (REPORT): one a second after a burst that a whole reading fits into
// leaves room for everybody's test results. An installation of one's own has no limit.
func defaultPace(host string) plan.Pace {
	if host == "qtestnet.com" || strings.HasSuffix(host, ".qtestnet.com") {
		return plan.Pace{PerMinute: 60, Burst: 20}
	}
	return plan.Pace{}
}

// NewReader returns a Reader for the instance that cfg names. It fails if the URL is no place to send a token to; nothing is
// sent yet.
func NewReader(cfg Config) (*Reader, error) {
	base, err := ParseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	pace := defaultPace(base.Hostname())
	if cfg.Pace != nil {
		pace = *cfg.Pace
	}
	client, err := httpx.New(base, httpx.Credential{}, httpx.Pace(pace), cfg.HTTP)
	if err != nil {
		return nil, err
	}
	onRead := cfg.OnRead
	if onRead == nil {
		onRead = func(string, int) {}
	}
	r := &Reader{base: base, http: client, login: newLogin(client, base, cfg), pace: pace, onRead: onRead}
	r.maxList = maxBodies * cmp.Or(cfg.HTTP.MaxBody, httpx.DefaultMaxBody)
	r.known.spelling = make(map[directory.EmailKey]directory.Email)
	r.known.accounts = make(map[directory.UserID]userItem)
	return r, nil
}

// NewWriter returns a Writer for the instance that cfg names, or the error of NewReader.
func NewWriter(cfg Config) (*Writer, error) {
	r, err := NewReader(cfg)
	if err != nil {
		return nil, err
	}
	return &Writer{Reader: r}, nil
}
