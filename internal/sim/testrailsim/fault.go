package testrailsim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultKind is a way in which one request goes wrong.
type FaultKind uint8

// The kinds of faults. "Without effect" means that a write did not take place, "after" that it did.
const (
	NoFault            FaultKind = iota
	Error500                     // 500 without effect
	Error500After                // 500 after the write took place
	ResetBefore                  // connection reset without effect
	ResetAfter                   // connection reset after the write took place: an unclear write
	TooMany                      // 429 with Retry-After (Fault.Wait, default 1 s), without effect
	TooManyDate                  // 429 with Retry-After as a date, without effect
	TooManyBare                  // 429 without Retry-After, without effect
	Conflict                     // 409 of the maintenance window, without effect
	Error502                     // 502 with a line of text, without effect
	Error503                     // 503, without effect; Retry-After if Fault.Wait is set
	Error504                     // 504, without effect
	Error504After                // 504 after the write took place
	Truncated                    // half of the JSON, with a length to match; after the write took place
	Cut                          // half of the JSON, although Content-Length promised all; after the write took place
	HTML200                      // a login page with status 200, without effect
	HTML502                      // a proxy's error page, without effect
	Hang                         // no answer until the request or the server ends, without effect
	HangAfter                    // no answer until the request or the server ends, after the write took place
	Late500                      // 500 now, the write takes place Fault.Requests requests later
	LateReset                    // connection reset now, the write takes place Fault.Requests requests later
	LegacyLine                   // "USER AUTHENTICATION SUCCESSFUL!" before the JSON (CLIENT)
	Redirect                     // 302 to Fault.Location, default https of the same address; without effect
	StdClass                     // 500 "Undefined property: stdClass::$sso_enabled" (LIVE, 7.4 to 7.5.2), without effect
	PageRepeats                  // list: the last item of the page before comes again; on the first page, an item twice
	PageSkips                    // list: the first item of the page is missing
	PageShrinks                  // list: half of the page is missing, next goes on as if it were there
	PageEndsEarly                // list: half of the page is missing and next is null
	PageSmall                    // list: the server lowers the limit; correct, and a trap for clients that count themselves
	PageLoops                    // list: next points to the page itself
	OffsetIgnored                // list: the first page whatever the offset
	SizeLies                     // list: size is 0 (DOC sample of get_groups)
	EmptyList                    // list: nothing in it
	GroupsDisagree               // get_group(s): the last member of each group is missing, users still show the group
	GroupsHideInactive           // get_group(s): inactive members are missing, users still show the group
	EmailDenied                  // get_user_by_email denies a live address (ISSUE)
	faultKinds
)

// faultNames are the kinds as flags spell them, in the order of the constants.
func faultNames() []string {
	return []string{
		"none", "500", "500-after", "reset", "reset-after", "429", "429-date", "429-bare", "409", "502", "503", "504", "504-after",
		"truncated", "cut", "html-200", "html-502", "hang", "hang-after", "late-500", "late-reset", "legacy-line",
		"redirect", "stdclass", "page-repeats", "page-skips", "page-shrinks", "page-ends-early", "page-small",
		"page-loops", "offset-ignored", "size-lies", "empty-list", "groups-disagree", "groups-hide-inactive",
		"email-denied",
	}
}

// FaultKinds returns all kinds but NoFault, for tests that try each.
func FaultKinds() []FaultKind {
	var out []FaultKind
	for k := NoFault + 1; k < faultKinds; k++ {
		out = append(out, k)
	}
	return out
}

// String returns the name that flags and the request log use.
func (k FaultKind) String() string {
	if k < faultKinds {
		return faultNames()[k]
	}
	return strconv.Itoa(int(k))
}

// Fault is what happens to one request. The zero value is nothing.
type Fault struct {
	Kind     FaultKind
	Wait     time.Duration // Retry-After of TooMany, TooManyDate and Error503, rounded up to seconds
	Requests int           // Late500, LateReset: the write takes place just before the Requests-th request after this one; default 2
	Location string        // Redirect: where to
}

// effect says when the write of a faulty request takes place.
type effect uint8

const (
	effectNow effect = iota
	effectNever
	effectLate
)

func (f Fault) effect() effect {
	switch f.Kind {
	case Error500, ResetBefore, TooMany, TooManyDate, TooManyBare, Conflict, Error502, Error503, Error504, HTML200, HTML502, Hang,
		Redirect, StdClass:
		return effectNever
	case Late500, LateReset:
		return effectLate
	}
	return effectNow
}

// FaultRule is a fault and the requests that it happens to. Empty conditions match every request.
type FaultRule struct {
	Fault
	Method   string // API method, such as update_group; "" matches any
	From, To int    // 1-based numbers, of all requests or, with Method, of that method; 0 is open
}

// matches reports whether the rule is meant for the request.
func (r FaultRule) matches(i RequestInfo) bool {
	n := i.Seq
	if r.Method != "" {
		if r.Method != i.Route.Method {
			return false
		}
		n = i.MethodSeq
	}
	return n >= r.From && (r.To == 0 || n <= r.To)
}

// String returns the rule in the form that ParseFault reads.
func (r FaultRule) String() string {
	out := r.Kind.String()
	switch {
	case r.Wait > 0:
		out += ":" + r.Wait.String()
	case r.Requests > 0:
		out += ":" + strconv.Itoa(r.Requests)
	case r.Location != "":
		out += ":" + r.Location
	}
	number := ""
	switch {
	case r.From > 0 && r.To == r.From:
		number = strconv.Itoa(r.From)
	case r.From > 0 && r.To == 0:
		number = strconv.Itoa(r.From) + "+"
	case r.From > 0:
		number = strconv.Itoa(r.From) + "-" + strconv.Itoa(r.To)
	}
	switch {
	case r.Method != "" && number != "":
		return out + "@" + r.Method + "#" + number
	case r.Method != "" || number != "":
		return out + "@" + r.Method + number
	}
	return out
}

// ParseFault reads KIND[:ARG][@WHERE]: reset-after@4 (the fourth request), 503@2-5, 500@7+, 429:30s@get_users (each
// of that method), late-500:3@update_group#2 (the second of that method), html-200 (every request). ARG is a duration
// for 429, 429-date and 503, a number of requests for late-500 and late-reset, an address for redirect.
func ParseFault(text string) (FaultRule, error) {
	// An address may hold a colon or an @, so WHERE is what follows the last @ and ARG what follows the first colon.
	head, where := text, ""
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		head, where = text[:at], text[at+1:]
		if where == "" {
			return FaultRule{}, fmt.Errorf("fault %q: nothing after @", text)
		}
	}
	name, arg, hasArg := strings.Cut(head, ":")
	kind := slices.Index(faultNames(), name)
	if kind < 1 {
		return FaultRule{}, fmt.Errorf("fault %q: kind is none of %s", text, strings.Join(faultNames()[1:], ", "))
	}
	r := FaultRule{Fault: Fault{Kind: FaultKind(kind)}}
	if hasArg {
		if err := r.setArg(arg); err != nil {
			return FaultRule{}, fmt.Errorf("fault %q: %w", text, err)
		}
	}
	if err := r.setWhere(where); err != nil {
		return FaultRule{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return r, nil
}

func (r *FaultRule) setArg(arg string) error {
	switch r.Kind {
	case TooMany, TooManyDate, Error503:
		d, err := parseDuration(arg)
		if err != nil {
			return err
		}
		r.Wait = d
	case Late500, LateReset:
		n, err := positive(arg)
		if err != nil {
			return err
		}
		r.Requests = n
	case Redirect:
		r.Location = arg
	default:
		return fmt.Errorf("%s takes no argument", r.Kind)
	}
	return nil
}

func (r *FaultRule) setWhere(where string) error {
	if where == "" {
		return nil
	}
	numbers := where
	if first := where[0]; first < '0' || first > '9' {
		var counted bool
		r.Method, numbers, counted = strings.Cut(where, "#")
		if strings.Trim(r.Method, "abcdefghijklmnopqrstuvwxyz_") != "" || r.Method == "" {
			return fmt.Errorf("%q is neither a number nor an API method", r.Method)
		}
		if !counted {
			return nil
		}
	}
	var err error
	if from, ok := strings.CutSuffix(numbers, "+"); ok {
		r.From, err = positive(from)
		return err
	}
	from, to, isRange := strings.Cut(numbers, "-")
	if r.From, err = positive(from); err != nil {
		return err
	}
	r.To = r.From
	if isRange {
		if r.To, err = positive(to); err == nil && r.To < r.From {
			err = fmt.Errorf("%d is before %d", r.To, r.From)
		}
	}
	return err
}

func positive(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a positive number", text)
	}
	return n, nil
}

// faultFor asks the hook, then the rules, in their order.
func (s *Server) faultFor(i RequestInfo) Fault {
	if s.Fault != nil {
		if f := s.Fault(i); f.Kind != NoFault {
			return f
		}
	}
	for _, r := range s.Switches.Faults {
		if r.matches(i) {
			return r.Fault
		}
	}
	return Fault{}
}
