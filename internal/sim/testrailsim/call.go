package testrailsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/sim/wire"
)

// maxPage is both the default and the highest limit of a page (LIVE).
const maxPage = 250

// call is one API call while it is handled. Handlers check everything before they change anything.
type call struct {
	st    *State
	sw    *Switches
	me    *account
	route Route
	body  fields
	fault FaultKind
	beta  bool // "x-api-ident: beta", which opted in to pagination before 7.3 (CLIENT)
	out   []byte
}

// pathID reads the id in the path. field names it in the error texts (grammar LIVE on other methods).
func (c *call) pathID(field string) (int, error) {
	if c.route.Arg == "" {
		return 0, missing(field)
	}
	id, err := strconv.Atoi(c.route.Arg)
	if err != nil || id < 1 {
		return 0, refusal{400, "Field :" + field + " is not a valid ID."}
	}
	return id, nil
}

func missing(field string) refusal {
	return refusal{400, "Field :" + field + " is a required field."}
}

// notValid is the grammar of LIVE texts such as "Field :suite_id is not a valid test suite."; with these nouns a GUESS.
func notValid(field, noun string) refusal {
	return refusal{400, "Field :" + field + " is not a valid " + noun + "."}
}

// list answers a list of total items as a page of an envelope, or whole as a bare array, with the list faults.
func (c *call) list(key string, total int, envelope bool, item func(dst []byte, i int) []byte) error {
	limit, offset := max(total, 1), 0
	if envelope {
		var err error
		if limit, err = c.pageParam("limit", maxPage, 1, maxPage); err != nil {
			return err
		}
		if offset, err = c.pageParam("offset", 0, 0, 1<<31-1); err != nil {
			return err
		}
	}
	if c.fault == PageSmall {
		limit = max(1, limit/2)
	}
	if c.fault == OffsetIgnored {
		offset = 0
	}
	var items []int
	for i := offset; i < total && i < offset+limit; i++ {
		items = append(items, i)
	}
	next := offset + limit
	if next >= total {
		next = -1
	}
	items, next = c.fault.SpoilPage(items, offset, next)

	c.out = make([]byte, 0, 256+300*len(items))
	if envelope {
		size := len(items)
		if c.fault == SizeLies {
			size = 0
		}
		c.out = append(c.out, `{"offset":`...)
		c.out = wire.AppendInt(c.out, offset)
		c.out = append(c.out, `,"limit":`...)
		c.out = wire.AppendInt(c.out, limit)
		c.out = append(c.out, `,"size":`...)
		c.out = wire.AppendInt(c.out, size)
		c.out = append(c.out, `,"_links":{"next":`...)
		c.appendLink(limit, next)
		c.out = append(c.out, `,"prev":`...)
		prev := -1
		if offset > 0 {
			prev = max(0, offset-limit)
		}
		c.appendLink(limit, prev)
		c.out = append(c.out, `},"`...)
		c.out = append(c.out, key...)
		c.out = append(c.out, `":`...)
	}
	c.out = append(c.out, '[')
	for n, i := range items {
		if n > 0 {
			c.out = append(c.out, ',')
		}
		c.out = item(c.out, i)
	}
	c.out = append(c.out, ']')
	if envelope {
		c.out = append(c.out, '}')
	}
	return nil
}

func (c *call) pageParam(name string, fallback, low, high int) (int, error) {
	text, ok := c.route.Value(name)
	if !ok {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		// The status is LIVE for limit, the text is a GUESS.
		return 0, refusal{400, fmt.Sprintf("Field :%s is not in the range %d to %d.", name, low, high)}
	}
	return n, nil
}

// appendLink writes _links.next or prev: no host, no index.php?, filters kept, then limit and offset (DOC/LIVE).
func (c *call) appendLink(limit, offset int) {
	if offset < 0 {
		c.out = append(c.out, "null"...)
		return
	}
	var b strings.Builder
	b.WriteString("/api/v2/")
	b.WriteString(c.route.Method)
	if c.route.Arg != "" {
		b.WriteString("/" + url.PathEscape(c.route.Arg))
	}
	for _, p := range c.route.Params {
		if p.Name != "limit" && p.Name != "offset" {
			b.WriteString("&" + url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value))
		}
	}
	fmt.Fprintf(&b, "&limit=%d&offset=%d", limit, offset)
	c.out = wire.AppendString(c.out, b.String(), c.sw.PlainJSON)
}

// fields is a request body. A field that is null counts as absent (GUESS) wherever null has no meaning of its own.
type fields map[string]json.RawMessage

// parseFields reads a body; an empty one has no fields (CLIENT: delete_group is sent without a body).
func parseFields(body string) (fields, error) {
	if strings.TrimSpace(body) == "" {
		return nil, nil
	}
	var f fields
	if err := json.Unmarshal([]byte(body), &f); err != nil {
		return nil, refusal{400, "The request body is not a valid JSON object."} // GUESS
	}
	return f, nil
}

// has reports whether the field is there and not null.
func (f fields) has(name string) bool {
	raw, ok := f[name]
	return ok && !bytes.Equal(raw, []byte("null"))
}

// only refuses a field that is not among the known ones, if the instance refuses those.
func (c *call) only(known ...string) error {
	if !c.sw.RefuseUnknownFields {
		return nil
	}
	var unknown []string
	for name := range c.body {
		if !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return refusal{400, "Field :" + slices.Min(unknown) + " is not a supported field."} // GUESS
}

// text sets dst if the field is there.
func (f fields) text(name string, dst *string) error {
	if !f.has(name) {
		return nil
	}
	if json.Unmarshal(f[name], dst) != nil {
		return notValid(name, "string")
	}
	return nil
}

// flag sets dst if the field is there. 0 and 1 count as booleans, since the answers use them (GUESS).
func (f fields) flag(name string, dst *bool) error {
	if !f.has(name) {
		return nil
	}
	switch string(f[name]) {
	case "true", "1":
		*dst = true
	case "false", "0":
		*dst = false
	default:
		return notValid(name, "boolean")
	}
	return nil
}

// id sets dst if the field is there. A string of digits will do, as it does in PHP (GUESS).
func (f fields) id(name string, dst *int) error {
	if !f.has(name) {
		return nil
	}
	n, err := strconv.Atoi(strings.Trim(string(f[name]), `"`))
	if err != nil {
		return refusal{400, "Field :" + name + " is not a valid ID."}
	}
	*dst = n
	return nil
}

// ids sets dst if the field is there.
func (f fields) ids(name string, dst *[]int) error {
	if !f.has(name) {
		return nil
	}
	var raw []json.RawMessage
	if json.Unmarshal(f[name], &raw) != nil {
		return notValid(name, "array")
	}
	out := make([]int, 0, len(raw))
	for _, r := range raw {
		n, err := strconv.Atoi(strings.Trim(string(r), `"`))
		if err != nil {
			return refusal{400, "Field :" + name + " is not a valid ID."} // ISSUE: codepine#63 for :case_ids
		}
		out = append(out, n)
	}
	*dst = out
	return nil
}
