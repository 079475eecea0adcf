package testrailsim

import (
	"errors"
	"net/url"
	"strings"
)

// Route is what stands behind "index.php?" of an API request: /api/v2/METHOD[/ARG][&name=value...] (DOC).
type Route struct {
	Method string  // API method, such as get_users
	Arg    string  // what follows the method in the path, percent-decoded: an id, or ""
	Params []Param // in the order sent
	Raw    string  // METHOD/ARG&name=value as sent, for the log
}

// Param is one &name=value of a route, percent-decoded; "+" means a space, as in PHP.
type Param struct{ Name, Value string }

// Value returns the last parameter of that name, as PHP would, and whether there is one.
func (r Route) Value(name string) (string, bool) {
	for i := len(r.Params) - 1; i >= 0; i-- {
		if r.Params[i].Name == name {
			return r.Params[i].Value, true
		}
	}
	return "", false
}

var (
	errNotAPI  = errors.New("not an API route")
	errBadChar = errors.New("invalid characters in the route")
)

// ParseRoute reads the raw query of a request URL. The query is no key=value list: it is cut at the first "&", and
// only then decoded. A trailing "&" is tolerated (CLIENT: one npm client sends "get_users&").
func ParseRoute(rawQuery string) (Route, error) {
	head, tail, _ := strings.Cut(rawQuery, "&")
	path, err := url.PathUnescape(head)
	if err != nil {
		return Route{}, errBadChar
	}
	rest, ok := strings.CutPrefix(path, "/api/v2/")
	if !ok {
		return Route{}, errNotAPI
	}
	method, arg, _ := strings.Cut(rest, "/")
	r := Route{Method: method, Arg: strings.TrimRight(arg, "/"), Raw: rest}
	if tail == "" {
		return r, nil
	}
	r.Raw += "&" + tail
	for pair := range strings.SplitSeq(tail, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		p := Param{}
		if p.Name, err = url.QueryUnescape(name); err != nil {
			return Route{}, errBadChar
		}
		if p.Value, err = url.QueryUnescape(value); err != nil {
			return Route{}, errBadChar
		}
		r.Params = append(r.Params, p)
	}
	return r, nil
}

// isEntryPoint reports whether the URL path is TestRail's one script, under whatever sub-path.
func isEntryPoint(path string) bool {
	return path == "index.php" || strings.HasSuffix(path, "/index.php")
}
