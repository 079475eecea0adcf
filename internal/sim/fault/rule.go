package fault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Rule is a fault and the requests that it happens to. Empty conditions match every request.
type Rule struct {
	Fault
	Method   string // operation of the API, such as update_group; "" matches any
	From, To int    // 1-based numbers, of all requests or, with Method, of that method; 0 is open
}

// matches reports whether the rule is meant for the request that has these numbers, both 1-based: seq among all
// requests, methodSeq among those for its method.
func (r Rule) matches(seq int, method string, methodSeq int) bool {
	n := seq
	if r.Method != "" {
		if r.Method != method {
			return false
		}
		n = methodSeq
	}
	return n >= r.From && (r.To == 0 || n <= r.To)
}

// Find returns the fault of the first rule that is meant for the request with these numbers, or none.
func Find(rules []Rule, seq int, method string, methodSeq int) Fault {
	for _, r := range rules {
		if r.matches(seq, method, methodSeq) {
			return r.Fault
		}
	}
	return Fault{}
}

// String returns the rule in the form that Parse reads.
func (r Rule) String() string {
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

// Parse reads KIND[:ARG][@WHERE]: reset-after@4 (the fourth request), 503@2-5, 500@7+, 429:30s@get_users (each
// of that method), late-500:3@update_group#2 (the second of that method), html-200 (every request). ARG is a duration
// for 429, 429-date and 503, a number of requests for late-500 and late-reset, an address for redirect. KIND is one of
// kinds.
func Parse(text string, kinds []Kind) (Rule, error) {
	// An address may hold a colon or an @, so WHERE is what follows the last @ and ARG what follows the first colon.
	head, where := text, ""
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		head, where = text[:at], text[at+1:]
		if where == "" {
			return Rule{}, fmt.Errorf("fault %q: nothing after @", text)
		}
	}
	name, arg, hasArg := strings.Cut(head, ":")
	kind := slices.Index(names(), name)
	if kind < 0 || !slices.Contains(kinds, Kind(kind)) {
		return Rule{}, fmt.Errorf("fault %q: kind is none of %s", text, strings.Join(Names(kinds), ", "))
	}
	r := Rule{Fault: Fault{Kind: Kind(kind)}}
	if hasArg {
		if err := r.setArg(arg); err != nil {
			return Rule{}, fmt.Errorf("fault %q: %w", text, err)
		}
	}
	if err := r.setWhere(where); err != nil {
		return Rule{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return r, nil
}

func (r *Rule) setArg(arg string) error {
	switch r.Kind {
	case TooMany, TooManyDate, Error503:
		d, err := Duration(arg)
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

func (r *Rule) setWhere(where string) error {
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

// Names returns the names of the kinds, in their order.
func Names(kinds []Kind) []string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = k.String()
	}
	return out
}

// Duration reads a duration that is not negative.
func Duration(v string) (time.Duration, error) {
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a duration such as 250ms or 30s", v)
	}
	return d, nil
}
