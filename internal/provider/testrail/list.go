package testrail

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// pageSize is the number of items in a page, the most that TestRail allows (LIVE: DICH changelog 5.1.0; 250 is also what
// it sends unasked).
const pageSize = 250

// maxPages bounds a list of a server that always promises one more page.
const maxPages = 4000

// InconsistentError says that the live state could not be read as one complete and consistent whole. Nothing may be
// written on its ground.
type InconsistentError struct {
	Route string // the API method
	Text  string // which check failed; "" if Err says it all
	Err   error  // the request that failed, if one did
}

func (e *InconsistentError) Error() string {
	switch {
	case e.Err == nil:
		return "live state is inconsistent: " + e.Route + ": " + e.Text
	case e.Text == "":
		return "live state is incomplete: " + e.Err.Error()
	}
	return "live state is incomplete: " + e.Text + ": " + e.Err.Error()
}

// Unwrap returns the error of the request that failed, if one did.
func (e *InconsistentError) Unwrap() error { return e.Err }

// readList reads a list to its end and gives take the items of each page, once that page is whole. It returns how many
// items a page has, 0 if the list came as a bare array.
//
// The first request has no parameters: versions and methods without paging do not know them. After that, pages are asked
// for by offset. The link to the next page is only taken as the word that there is one, never as a place to go to.
func readList[T item](ctx context.Context, r *Reader, method string, listed func(*envelope) json.RawMessage, take func([]T)) (int, error) {
	var firsts []int64
	at, limit := 0, pageSize
	for range maxPages {
		params := ""
		if at > 0 {
			params = fmt.Sprintf("&limit=%d&offset=%d", limit, at)
		}
		var p page[T]
		err := r.get(ctx, method, params, func(body []byte) (err error) {
			p, err = decodePage[T](body, listed)
			return err
		})
		if err != nil {
			return 0, err
		}
		if len(p.items) > 0 {
			first := p.items[0].number()
			if slices.Contains(firsts, first) {
				return 0, inconsistent(method, "page at offset %d repeats id %d", at, first)
			}
			firsts = append(firsts, first)
		}
		if told := p.Limit.value; 0 < told && told <= pageSize {
			limit = int(told)
		}
		more, err := p.more(method, at, limit)
		if err != nil {
			return 0, err
		}
		take(p.items)
		r.onRead(strings.TrimPrefix(method, "get_"), at+len(p.items))
		switch {
		case p.bare:
			return 0, nil
		case !more:
			return limit, nil
		}
		at += len(p.items)
	}
	return 0, inconsistent(method, "more than %d pages", maxPages)
}

// more reports whether another page follows the one at an offset, or what is wrong with it.
func (p *page[T]) more(method string, at, limit int) (bool, error) {
	items, next := len(p.items), p.Links.Next
	switch {
	case p.bare && at > 0:
		return false, inconsistent(method, "page at offset %d is a whole list", at)
	case p.bare:
		return false, nil
	case p.Offset.present && p.Offset.value != int64(at):
		return false, inconsistent(method, "page asked for at offset %d starts at %d", at, p.Offset.value)
	case !next.present:
		return items >= limit, nil
	case items == 0 && (at > 0 || next.value != ""):
		return false, inconsistent(method, "page at offset %d is empty though it was announced: the list shrank", at)
	case next.value == "":
		return false, nil
	}
	if offset, ok := offsetOf(next.value); ok && offset != at+items {
		return false, inconsistent(method, "page at offset %d has %d items, but the next starts at %d", at, items, offset)
	}
	return true, nil
}

// offsetOf returns the offset in a link such as "/api/v2/get_users&limit=250&offset=250" (DOC, LIVE).
func offsetOf(link string) (int, bool) {
	for part := range strings.SplitSeq(link, "&") {
		if value, found := strings.CutPrefix(part, "offset="); found {
			n, err := strconv.Atoi(value)
			return n, err == nil
		}
	}
	return 0, false
}

func inconsistent(route, format string, args ...any) *InconsistentError {
	return &InconsistentError{Route: route, Text: fmt.Sprintf(format, args...)}
}

// sorted brings a list into the order of its ids. It fails if an id occurs twice.
func sorted[T any, ID ~int64](method string, all []T, id func(T) ID) error {
	slices.SortFunc(all, func(a, b T) int { return cmp.Compare(id(a), id(b)) })
	for i := 1; i < len(all); i++ {
		if id(all[i]) == id(all[i-1]) {
			return inconsistent(method, "id %d occurs twice", id(all[i]))
		}
	}
	return nil
}
