package qtest

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"rollcall/internal/httpx"
	"rollcall/internal/provider/instance"
)

// maxPages bounds a list of a server that always promises one more page.
const maxPages = 4000

// maxBodies bounds what is held of a list: as many bytes as so many of the largest answers have.
const maxBodies = 4

// pageSize is the number of items in a page that every list of every generation allows (DOC).
const pageSize = 100

// listing is a list and how it is asked for.
type listing struct {
	name  string // as OnRead is told; "": nobody is
	route string // under api/v3/
	query string // of every page
	whole string // what is added to ask for all at once
}

func (l listing) request(number, size int) httpx.Request {
	request := httpx.Request{Method: http.MethodGet, Path: "api/v3/" + l.route, Route: l.route, Class: httpx.Read}
	add := l.whole
	if number > 1 {
		request.Route += fmt.Sprintf("?page=%d", number)
		add = fmt.Sprintf("page=%d&pageSize=%d", number, size)
	}
	request.RawQuery = strings.Trim(l.query+"&"+add, "&")
	return request
}

// readList reads a list to its end and gives take the items of each page, once that page is whole. It returns how many items
// a page has, 0 if the list came whole.
//
// Everything is asked for at once (DOC: pagination=false, or no page). A server that pages all the same is followed by the
// size of its first page, which is then no guess. What proves that nothing is missing is the total: of an envelope, or in the
// header X-Item-Total of an array (DOC); an array without it is a whole list.
//
//	items so far        then
//	the total           done
//	less, page full     next page
//	less, page short    inconsistent: something was left out
//	more                inconsistent
func readList[T item](ctx context.Context, r *Reader, l listing, take func([]T)) (size int, err error) {
	var firsts []int64
	total, seen, read := int64(0), int64(0), int64(0)
	for number := 1; number <= maxPages; number++ {
		p, next, err := readPart[T](ctx, r, l.request(number, size))
		if err != nil {
			return 0, err
		}
		if read += p.bytes; read > r.maxList {
			return 0, instance.Inconsistent(l.route, "the list is larger than %d bytes", r.maxList)
		}
		items := int64(len(p.items))
		if items > 0 {
			first := p.items[0].number()
			if slices.Contains(firsts, first) {
				return 0, instance.Inconsistent(l.route, "page %d repeats id %d", number, first)
			}
			firsts = append(firsts, first)
		}
		switch seen += items; {
		case !p.Total.Present && !p.bare:
			return 0, instance.Inconsistent(l.route, "the list does not say how many items it has")
		case number > 1 && p.Total.Value != total:
			return 0, instance.Inconsistent(l.route, "the list had %d items and has %d on page %d: it changed", total, p.Total.Value, number)
		case p.Number.Present && p.Number.Value != int64(number) && items > 0:
			return 0, instance.Inconsistent(l.route, "page %d was asked for and page %d came", number, p.Number.Value)
		}
		total = p.Total.Value
		take(p.items)
		if l.name != "" {
			r.onRead(l.name, int(seen))
		}
		if !p.Total.Present { // a bare array
			if !next {
				return size, nil
			}
		} else if seen >= total {
			if seen > total {
				return 0, instance.Inconsistent(l.route, "the list says it has %d items and has %d", total, seen)
			}
			return max(size, fits(p.Size.Value, items)), nil
		}
		if number == 1 {
			size = int(cmp.Or(p.Size.Value, items))
		}
		if items == 0 || items < int64(size) {
			return 0, instance.Inconsistent(l.route, "page %d has %d items of %d, and the list %d of %d", number, items, size, seen, total)
		}
	}
	return 0, instance.Inconsistent(l.route, "more than %d pages", maxPages)
}

// fits returns the size of a page that holds more than the whole list: then the server has pages of that size. One that says
// to be as large as the list has none.
func fits(size, items int64) int {
	if items < size && size <= 10*pageSize {
		return int(size)
	}
	return 0
}

// readPart reads one answer to a list. next says that headers promise another page.
func readPart[T item](ctx context.Context, r *Reader, request httpx.Request) (p part[T], next bool, err error) {
	var total string
	request.Head = func(h http.Header) {
		total = h.Get("X-Item-Total")
		next = slices.ContainsFunc(h.Values("Link"), func(link string) bool {
			link = strings.ReplaceAll(link, `"`, "")
			return strings.Contains(link, "rel=next")
		})
	}
	request.Decode = func(body []byte) (err error) {
		p, err = decodePart[T](body)
		p.bytes = int64(len(body))
		return err
	}
	if err := r.send(ctx, request); err != nil {
		return p, false, err
	}
	if n, err := strconv.ParseInt(total, 10, 64); err == nil && p.bare {
		p.Total.Present, p.Total.Value = true, n
	}
	return p, next && p.bare, nil
}
