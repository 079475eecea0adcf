package testrail

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"rollcall/internal/directory"
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

// sink takes the items of a list page by page, since a page may have to be read again from its start.
type sink interface {
	begin()            // a page starts, or starts again
	item(s *scanner)   // one item of it
	first() (id int64) // of the page, which is not empty
	commit()           // the page is complete
}

// paging is what the pages of a list told about the list.
type paging struct{ size int } // items in a page; 0 for a bare array

// list reads a list to its end. The first request has no parameters: versions and methods without paging do not know
// them. After that, pages are asked for by offset. The link to the next page is only taken as the word that there is
// one, never as a place to go to.
func (r *Reader) list(ctx context.Context, method, key string, to sink) (paging, error) {
	var firsts []int64
	at, limit := 0, pageSize
	for range maxPages {
		params := ""
		if at > 0 {
			params = fmt.Sprintf("&limit=%d&offset=%d", limit, at)
		}
		var p page
		err := r.get(ctx, method, params, func(body []byte) (err error) {
			to.begin()
			p, err = decodePage(body, key, to.item)
			return err
		})
		if err != nil {
			return paging{}, err
		}
		if p.items > 0 {
			first := to.first()
			if slices.Contains(firsts, first) {
				return paging{}, inconsistent(method, "page at offset %d repeats id %d", at, first)
			}
			firsts = append(firsts, first)
		}
		to.commit()
		if 0 < p.limit && p.limit <= pageSize {
			limit = p.limit
		}
		more, err := p.more(method, at, limit)
		if err != nil || p.bare {
			return paging{}, err
		}
		if !more {
			return paging{size: limit}, nil
		}
		at += p.items
	}
	return paging{}, inconsistent(method, "more than %d pages", maxPages)
}

// more reports whether another page follows the one at an offset, or what is wrong with it.
func (p *page) more(method string, at, limit int) (bool, error) {
	switch {
	case p.bare && at > 0:
		return false, inconsistent(method, "page at offset %d is a whole list", at)
	case p.bare:
		return false, nil
	case p.offset >= 0 && p.offset != at:
		return false, inconsistent(method, "page asked for at offset %d starts at %d", at, p.offset)
	case !p.linked:
		return p.items >= limit, nil
	case p.items == 0 && (at > 0 || p.next != ""):
		return false, inconsistent(method, "page at offset %d is empty though it was announced: the list shrank", at)
	case p.next == "":
		return false, nil
	}
	if next, ok := offsetOf(p.next); ok && next != at+p.items {
		return false, inconsistent(method, "page at offset %d has %d items, but the next starts at %d", at, p.items, next)
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

// items is the sink of groups, roles and projects.
type items[T any] struct {
	decode func(*scanner) T
	id     func(*T) int64
	page   []T
	all    []T
}

func (l *items[T]) begin()          { l.page = l.page[:0] }
func (l *items[T]) item(s *scanner) { l.page = append(l.page, l.decode(s)) }
func (l *items[T]) first() int64    { return l.id(&l.page[0]) }
func (l *items[T]) commit()         { l.all, l.page = join(l.all, l.page) }

// join appends a page to what came before, or takes it over if nothing did: a bare array is not copied.
func join[T any](all, page []T) (joined, free []T) {
	if all == nil {
		return page, nil
	}
	return append(all, page...), page
}

// sorted returns the list in the order of its ids. It fails if an id occurs twice.
func sorted[T any](method string, all []T, id func(*T) int64) ([]T, error) {
	for i := 1; i < len(all); i++ {
		if id(&all[i]) < id(&all[i-1]) {
			sort.Slice(all, func(i, j int) bool { return id(&all[i]) < id(&all[j]) })
			break
		}
	}
	for i := 1; i < len(all); i++ {
		if id(&all[i]) == id(&all[i-1]) {
			return nil, inconsistent(method, "id %d occurs twice", id(&all[i]))
		}
	}
	return all, nil
}

// users is the sink of get_users.
type users struct {
	names       map[string]directory.Name // one copy of each role's name
	page, all   []directory.User
	pageMembers []membership
	members     []membership
	pageHas     fieldSet
	has         fieldSet // fields that every user of the list has
}

func newUsers() *users {
	return &users{names: make(map[string]directory.Name), has: hasAll}
}

func (l *users) begin() { l.page, l.pageMembers, l.pageHas = l.page[:0], l.pageMembers[:0], hasAll }

func (l *users) item(s *scanner) {
	from := len(l.pageMembers)
	u, has := userItem(s, l.names, func(id directory.GroupID) {
		l.pageMembers = append(l.pageMembers, membership{Group: id})
	})
	for i := from; i < len(l.pageMembers); i++ {
		l.pageMembers[i].User = u.ID
	}
	l.page = append(l.page, u)
	l.pageHas &= has
}

func (l *users) first() int64 { return int64(l.page[0].ID) }

func (l *users) commit() {
	l.all, l.page = join(l.all, l.page)
	l.members, l.pageMembers = join(l.members, l.pageMembers)
	l.has &= l.pageHas
}
