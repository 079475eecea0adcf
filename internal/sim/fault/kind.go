package fault

import (
	"slices"
	"strconv"
	"time"
)

// Kind is a way in which one request goes wrong.
type Kind uint8

// The kinds of faults; a simulator takes those that its tool can show. "Without effect" means that a write did not take
// place, "after" that it did.
const (
	None               Kind = iota
	Error500                // 500 without effect
	Error500After           // 500 after the write took place
	ResetBefore             // connection reset without effect
	ResetAfter              // connection reset after the write took place: an unclear write
	TooMany                 // 429 with Retry-After (Fault.Wait, default 1 s), without effect
	TooManyDate             // 429 with Retry-After as a date, without effect
	TooManyBare             // 429 without Retry-After, without effect
	Conflict                // 409 of the maintenance window, without effect
	Error502                // 502 with a line of text, without effect
	Error503                // 503, without effect; Retry-After if Fault.Wait is set
	Error504                // 504, without effect
	Error504After           // 504 after the write took place
	Truncated               // half of the JSON, with a length to match; after the write took place
	Cut                     // half of the JSON, although Content-Length promised all; after the write took place
	HTML200                 // a login page with status 200, without effect
	HTML502                 // a proxy's error page, without effect
	Hang                    // no answer until the request or the server ends, without effect
	HangAfter               // no answer until the request or the server ends, after the write took place
	Late500                 // 500 now, the write takes place Fault.Requests requests later
	LateReset               // connection reset now, the write takes place Fault.Requests requests later
	LegacyLine              // a line of text before the JSON
	Redirect                // 302 to Fault.Location, default https of the same address; without effect
	StdClass                // 500 with the text of a bug that instances of the tool had, without effect
	Unauthorized            // the credentials count no more, without effect
	Forbidden               // the caller lacks a right, without effect
	PageRepeats             // list: the last item of the page before comes again; on the first page, an item twice
	PageSkips               // list: the first item of the page is missing
	PageShrinks             // list: half of the page is missing, and the rest goes on as if it were there
	PageEndsEarly           // list: half of the page is missing, and it says to be the last
	PageSmall               // list: the server lowers the limit; correct, and a trap for clients that count themselves
	PageLoops               // list: the next page is said to be the page itself
	OffsetIgnored           // list: the first page whatever the offset
	SizeLies                // list: the count in the answer is 0
	EmptyList               // list: nothing in it
	GroupsDisagree          // groups: the last member of each group is missing, users still show the group
	GroupsHideInactive      // groups: inactive members are missing, users still show the group
	EmailDenied             // the look-up of an account by its address denies a live one
	kinds                   // how many they are
)

// names are the kinds as flags spell them, in the order of the constants.
func names() []string {
	return []string{
		"none", "500", "500-after", "reset", "reset-after", "429", "429-date", "429-bare", "409", "502", "503", "504", "504-after",
		"truncated", "cut", "html-200", "html-502", "hang", "hang-after", "late-500", "late-reset", "legacy-line",
		"redirect", "stdclass", "401", "403", "page-repeats", "page-skips", "page-shrinks", "page-ends-early", "page-small",
		"page-loops", "offset-ignored", "size-lies", "empty-list", "groups-disagree", "groups-hide-inactive",
		"email-denied",
	}
}

// Kinds returns all kinds but None and those, in the order above, so that those of lists come last.
func Kinds(but ...Kind) []Kind {
	var out []Kind
	for k := None + 1; k < kinds; k++ {
		if !slices.Contains(but, k) {
			out = append(out, k)
		}
	}
	return out
}

// String returns the name that flags and the request log use.
func (k Kind) String() string {
	if k < kinds {
		return names()[k]
	}
	return strconv.Itoa(int(k))
}

// Fault is what happens to one request. The zero value is nothing.
type Fault struct {
	Kind     Kind
	Wait     time.Duration // Retry-After of TooMany, TooManyDate and Error503, rounded up to seconds
	Requests int           // Late500, LateReset: the write takes place just before the Requests-th request after this one; default 2
	Location string        // Redirect: where to
}

// Effect says when the write of a faulty request takes place.
type Effect uint8

// The effects: with the request, not at all, or some requests later.
const (
	Now Effect = iota
	Never
	Later
)

// Effect returns when the write takes place.
func (f Fault) Effect() Effect {
	switch f.Kind {
	case Error500, ResetBefore, TooMany, TooManyDate, TooManyBare, Error502, Error503, Error504, HTML200, HTML502, Hang, Redirect,
		Conflict, StdClass, Unauthorized, Forbidden:
		return Never
	case Late500, LateReset:
		return Later
	}
	return Now
}
