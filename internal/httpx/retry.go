package httpx

import (
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Class says what a request may do, and with it what may be done after an outcome that is not known.
//
//	                                Read    Write   Create    List
//	429, 409                        again   again   again     error, Again    (known to be without effect)
//	503                             again   again   unclear   unclear, Again
//	other 5xx, cut, timeout,
//	unreadable answer               again   again   unclear   unclear, Again
//	no connection, nothing sent     again   again   error     error, Again
//	other 4xx, redirect, TLS        error   error   error     error
//
// A write that is out of tries is unclear if any of its tries may have taken effect. A 429 of an allowance for a day or
// more ends the tries at once: see Error.Spent.
type Class int

// The classes. Write is for updates, which may be repeated; Create would make a second thing. List is for what was made
// of a read just before, such as a full list of members: after the wait for another try it would be stale, so it is sent
// once, and its Error.Again tells the caller whether to read and send again.
const (
	Read Class = iota
	Write
	Create
	List
)

const (
	maxTries      = 5 // of a host that is busy, or fails
	maxTriesShort = 3 // of a host that is not there, is too slow, or talks nonsense: it rarely gets better
)

// tries returns how often a request of class c may be sent in all, if its last try ended as kind. heard says whether the
// host has given an answer of the tool before.
func tries(c Class, kind Kind, status int, heard bool) int {
	busy := status == http.StatusTooManyRequests || status == http.StatusConflict
	switch {
	case busy:
		return maxTries
	case c == Create:
		return 1
	}
	switch kind {
	case Maintenance, ServerFault, Cut:
		return maxTries
	case Unreachable, Timeout, Unreadable:
		return maxTriesShort
	case NotJSON:
		// The first answer of a host that is no instance of the tool at all should be reported now, not after the waits.
		if heard {
			return maxTriesShort
		}
	}
	return 1
}

// unclearAfter reports whether a write may have taken effect when a try ended as kind. sent is false only if it is
// certain that not a byte of the request left.
func unclearAfter(kind Kind, status int, sent bool) bool {
	switch kind {
	case Timeout, Cut, Canceled:
		return sent
	case NotJSON, Unreadable, TooLarge, ServerFault:
		return true
	case Maintenance:
		return status == http.StatusServiceUnavailable
	}
	return false
}

// longestWindow is what a Retry-After counts at the most: longer than any run, and far from where durations overflow.
const longestWindow = 7 * 24 * time.Hour

// backoff returns the wait after the given try, which counts from 1: 1, 2, 4, 8 seconds and up to a quarter more, so that
// workers do not come back as one.
func backoff(try int) time.Duration {
	d := time.Second << min(try-1, 3)
	return d + rand.N(d/4)
}

// ParseRetryAfter returns the wait that a Retry-After header asks for, either in seconds (a fraction is tolerated) or up
// to an HTTP date, never negative and never over longestWindow. ok is false if the header is neither.
func ParseRetryAfter(header string, now time.Time) (wait time.Duration, ok bool) {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseFloat(header, 64); err == nil && !math.IsNaN(seconds) {
		// Compared as numbers: what a conversion makes of one that is too large is not defined.
		return time.Duration(min(max(0, seconds), longestWindow.Seconds()) * float64(time.Second)), true
	}
	date, err := http.ParseTime(header)
	if err != nil {
		return 0, false
	}
	return min(max(0, date.Sub(now)), longestWindow), true
}

// spentSpan returns the longest span, of a day or more, whose allowance a 429 says is used up, "" if there is none: no wait
// that anybody makes ends it. Gateways tell it as in X-Ratelimit-Remaining-Month: 0 (GUESS: those of the Kong gateway, one
// header a span).
func spentSpan(resp *http.Response) string {
	if resp.StatusCode != http.StatusTooManyRequests {
		return ""
	}
	for _, span := range [...]string{"year", "month", "day"} {
		if strings.TrimSpace(resp.Header.Get("X-Ratelimit-Remaining-"+span)) == "0" {
			return span
		}
	}
	return ""
}

// namedLimit returns the requests a minute that an answer names, as in "500 per minute maximum allowed" (LIVE:
// gurock/testrail-api#42), or 0. Numbers under 1 are no limit.
func namedLimit(text string) int {
	before, _, found := strings.Cut(text, " per minute")
	if !found {
		return 0
	}
	digits := before[strings.LastIndexFunc(before, func(r rune) bool { return r < '0' || r > '9' })+1:]
	n, err := strconv.Atoi(digits)
	if err != nil || n < 1 {
		return 0
	}
	return n
}
