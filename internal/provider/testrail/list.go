package testrail

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/provider/instance"
)

// pageSize is the number of items in a page, the most that TestRail allows (LIVE: DICH changelog 5.1.0; 250 is also what
// it sends unasked).
const pageSize = 250

// maxPages bounds a list of a server that always promises one more page.
const maxPages = 4000

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
				return 0, instance.Inconsistent(method, "page at offset %d repeats id %d", at, first)
			}
			firsts = append(firsts, first)
		}
		if told := p.Limit.Value; 0 < told && told <= pageSize {
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
	return 0, instance.Inconsistent(method, "more than %d pages", maxPages)
}

// more reports whether another page follows the one at an offset, or what is wrong with it.
func (p *page[T]) more(method string, at, limit int) (bool, error) {
	items, next := len(p.items), p.Links.Next
	switch {
	case p.bare && at > 0:
		return false, instance.Inconsistent(method, "page at offset %d is a whole list", at)
	case p.bare:
		return false, nil
	case p.Offset.Present && p.Offset.Value != int64(at):
		return false, instance.Inconsistent(method, "page asked for at offset %d starts at %d", at, p.Offset.Value)
	case !next.Present:
		return items >= limit, nil
	case items == 0 && (at > 0 || next.Value != ""):
		return false, instance.Inconsistent(method, "page at offset %d is empty though it was announced: the list shrank", at)
	case next.Value == "":
		return false, nil
	}
	if offset, ok := offsetOf(next.Value); ok && offset != at+items {
		return false, instance.Inconsistent(method, "page at offset %d has %d items, but the next starts at %d", at, items, offset)
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
