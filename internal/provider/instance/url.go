package instance

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// ParseURL returns an address in one spelling: lower case, without the scheme's own port, with a trailing slash, and with that
// part of its path under which an instance stands. root returns that part, and whether it has cut a page: a query is then the
// page's, and no error. ParseURL fails on anything that is not an http or https address of a host, or that holds a user or a
// password.
func ParseURL(raw string, root func(path string) (part string, cut bool)) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return nil, errors.New("url can't be parsed") // the cause quotes it, and it may hold a password
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	switch {
	case u.User != nil:
		return nil, errors.New("url holds a user or a password, which belong elsewhere")
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "":
		return nil, fmt.Errorf("url %q is not of the form https://HOST", raw)
	}
	if before, found := strings.CutSuffix(u.Host, map[string]string{"https": ":443", "http": ":80"}[u.Scheme]); found {
		u.Host = before
	}
	part, cut := root(u.EscapedPath())
	if !cut && u.RawQuery != "" {
		return nil, fmt.Errorf("url %q has a query", raw)
	}
	base := &url.URL{Scheme: u.Scheme, Host: u.Host}
	return base.JoinPath(part, "/"), nil
}
