package qtestsim

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"rollcall/internal/sim/fault"
	"rollcall/internal/sim/wire"
)

// Sizes of a page (DOC): the default, and the most of the user search since 2023 and of all else.
const (
	pageSize     = 100
	mostOfSearch = 100
	mostOfOthers = 999
)

// call is one call of an operation while it is handled. Handlers check everything before they change anything.
type call struct {
	st       *State
	sw       *Switches
	sessions *sessions
	me       *account // nil if the operation is open
	now      time.Time
	args     []int // ids in the path
	query    url.Values
	request  *http.Request
	body     string
	fault    fault.Kind
	out      []byte
	headers  map[string]string
	reply    *wire.Reply // in place of out
}

// has reports whether the server is of that generation or newer.
func (c *call) has(g Generation) bool { return c.sw.Generation <= g }

// decode reads the JSON body into dst.
func (c *call) decode(dst any) error {
	if err := json.Unmarshal([]byte(c.body), dst); err != nil {
		return invalid("The request body is not valid.")
	}
	return nil
}

// flag reads a boolean parameter, in any case: generated Python clients send True (CLIENT).
func (c *call) flag(name string, fallback bool) (bool, error) {
	switch strings.ToLower(c.query.Get(name)) {
	case "":
		return fallback, nil
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, invalid("Parameter '" + name + "' is not a boolean.")
}

// number reads a positive parameter.
func (c *call) number(name string, fallback int) (int, error) {
	text := c.query.Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1<<31-1 {
		return 0, invalid("Parameter '" + name + "' is not a positive number.")
	}
	return n, nil
}

// page is the part of a list that a request asks for.
type page struct {
	number, size int
	first, end   int // indexes
	total        int // as shown
	items        []int
}

// slice reads page and pageSize and applies the faults of lists. whole is the page that has everything.
func (c *call) slice(total, most int, whole bool) (page, error) {
	p := page{number: 1, size: total, total: total}
	if !whole {
		var err error
		if p.number, err = c.number("page", 1); err != nil {
			return p, err
		}
		if p.size, err = c.number("pageSize", pageSize); err != nil {
			return p, err
		}
		if p.size > most && c.sw.OversizeRefused {
			return p, invalid("Parameter 'pageSize' is over " + strconv.Itoa(most) + ".")
		}
		p.size = min(p.size, most)
		if c.fault == fault.PageSmall {
			p.size = max(1, p.size/2)
		}
	}
	p.first = (p.number - 1) * p.size
	if c.fault == fault.OffsetIgnored {
		p.first = 0
	}
	p.end = min(p.first+p.size, total)
	for i := p.first; i < p.end; i++ {
		p.items = append(p.items, i)
	}
	next := p.end
	if p.end >= total {
		next = -1
	}
	had := len(p.items)
	shown, after := c.fault.SpoilPage(p.items, p.first, next)
	if p.items = shown; c.fault == fault.EmptyList || c.fault == fault.PageEndsEarly && after < 0 && had > 0 {
		p.total = p.first + len(p.items)
	}
	if c.fault == fault.SizeLies {
		p.total = 0
	}
	return p, nil
}

// envelope writes a page with links, page, page_size, total and items; more adds fields before the items.
func (c *call) envelope(p page, more func(*wire.Record), item func(dst []byte, i int) []byte) {
	r := wire.Begin(make([]byte, 0, 128+400*len(p.items)), true)
	r.Key("links")
	r.Out = append(r.Out, "[]"...)
	r.Number("page", p.number)
	r.Number("page_size", p.size)
	r.Number("total", p.total)
	if more != nil {
		more(&r)
	}
	r.Key("items")
	r.Out = array(r.Out, p.items, item)
	c.out = r.End()
}

// bare writes a list without an envelope and without pages.
func (c *call) bare(total int, item func(dst []byte, i int) []byte) error {
	p, err := c.slice(total, total, true)
	if err == nil {
		c.out = array(nil, p.items, item)
	}
	return err
}

func array(dst []byte, items []int, item func(dst []byte, i int) []byte) []byte {
	dst = append(dst, '[')
	for n, i := range items {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = item(dst, i)
	}
	return append(dst, ']')
}

// resolve returns those of the ids that exist, or refuses the list for one that does not.
func (c *call) resolve(what string, ids []int, exists func(int) bool) ([]int, error) {
	known := make([]int, 0, len(ids))
	for _, id := range ids {
		switch {
		case exists(id):
			known = append(known, id)
		case !c.sw.SkipUnknownIDs:
			return nil, invalid("The " + what + " " + strconv.Itoa(id) + " does not exist.")
		}
	}
	slices.Sort(known)
	return slices.Compact(known), nil
}

func (c *call) resolveUsers(ids []int) ([]int, error) {
	return c.resolve("user", ids, func(id int) bool { return c.st.byID[id] != nil })
}

// user finds the account in the path.
func (c *call) user() (*account, error) {
	if a := c.st.byID[c.args[0]]; a != nil {
		return a, nil
	}
	return nil, notFound("user")
}

// self writes the links of a record.
func (c *call) self(r *wire.Record, path string, id int) {
	r.Key("links")
	r.Out = append(r.Out, '[')
	link := wire.Begin(r.Out, true)
	link.Text("rel", "self")
	link.Text("href", c.href(path, id))
	r.Out = append(link.End(), ']')
}

func (c *call) href(path string, id int) string { return c.site() + path + strconv.Itoa(id) }

func (c *call) site() string { return strings.TrimSuffix(cmp.Or(c.st.url, defaultURL), "/") }

// text writes an optional text.
func (c *call) text(r *wire.Record, name, v string) {
	switch {
	case v != "" || c.sw.Empty == BlankText:
		r.Text(name, v)
	case c.sw.Empty == NullText:
		r.Null(name)
	}
}

// extra writes fields that no document names, if the site has such.
func (c *call) extra(r *wire.Record) {
	if c.sw.ExtraFields {
		r.Key("x_future")
		r.Out = append(r.Out, `{"tags":["a",1,null]}`...)
	}
}
