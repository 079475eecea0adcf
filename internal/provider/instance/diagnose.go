package instance

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"rollcall/internal/httpx"
)

// Check names one thing that has to be right, for machines.
type Check string

// The checks that every tool begins with.
const (
	CheckHost    Check = "host"    // somebody answers
	CheckService Check = "service" // it is not too busy, down for maintenance, or failing
)

// Finding is the outcome of a check: one plain sentence and, if it is not OK, one hint. Err is what the check ran into; a
// missing right or ability has none.
type Finding struct {
	Check Check  `json:"check"`
	OK    bool   `json:"ok"`
	Text  string `json:"text"`
	Hint  string `json:"hint,omitempty"`
	Err   error  `json:"-"`
}

// Passed returns the findings of the checks before the given one as OK: each check relies on those before it. It returns all
// of them if the check is not among them.
func Passed(all []Finding, failing Check) []Finding {
	for i := range all {
		if all[i].Check == failing {
			return all[:i]
		}
		all[i].OK = true
	}
	return all
}

// Failure returns the finding of a check that an error made fail. The sentence ends with one full stop, also if it ends with a
// server's own words that have one.
func Failure(err error, check Check, sentence, hint string) Finding {
	return Finding{Check: check, Err: err, Text: strings.TrimRight(sentence, ".") + ".", Hint: hint}
}

// Explain returns the finding of a request that got no answer for a reason that is no tool's. ok is false for any other error.
func Explain(err error) (f Finding, ok bool) {
	find := func(check Check, sentence, hint string) (Finding, bool) {
		return Failure(err, check, sentence, hint), true
	}
	var failed *httpx.Error
	if !errors.As(err, &failed) {
		return Finding{}, false
	}
	switch failed.Kind {
	case httpx.Canceled:
		if errors.Is(failed.Err, context.DeadlineExceeded) {
			return find(CheckService, "There was no time left for an answer.", "give it more with --timeout")
		}
		return find(CheckService, "The check was interrupted.", "run it again")
	case httpx.TLS:
		return find(CheckHost, fmt.Sprintf("The host answers, but there is no safe connection to it: %v.", failed.Err),
			"if your company, or its proxy, signs certificates itself, name the file of its CA with --ca-file; if the host has none, the URL begins with http://")
	case httpx.Timeout:
		return find(CheckService, "The host takes the request but gives no answer in time.", "try again, or look at the server's load")
	}
	return Finding{}, false
}
