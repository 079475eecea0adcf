// Package instance holds what instances of all tools have in common for a provider: how an address is written, when what was
// read is one whole, and what is said where an answer is not the one that was due. It must not name a tool, or know what
// stands in an answer.
package instance

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"rollcall/internal/httpx"
)

// InconsistentError says that the live state could not be read as one complete and consistent whole. Nothing may be
// written on its ground.
type InconsistentError struct {
	Route string // what was read, as the tool's API calls it
	Text  string // which check failed; "" if Err says it all
	Err   error  // the request that failed, if one did
	Hint  string // what may help; "": nothing that is known
}

// Inconsistent returns the error of a check that what was read from a route has failed.
func Inconsistent(route, format string, args ...any) *InconsistentError {
	return &InconsistentError{Route: route, Text: fmt.Sprintf(format, args...)}
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

// Incomplete marks the error of a reading that is no ground for a write, whichever tool it is of.
func (*InconsistentError) Incomplete() {}

// Incomplete returns the error of a list as the reason why a reading is not whole, unless it says something else to whoever
// asks: a lack of permission, or the end of the context. What is such a reason already is returned as it is, and so is nil.
func Incomplete(err error) error {
	var failed *httpx.Error
	var said *InconsistentError
	if !errors.As(err, &said) && errors.As(err, &failed) {
		switch failed.Kind {
		case httpx.Unauthorized, httpx.Forbidden, httpx.Canceled:
			return err
		}
		return &InconsistentError{Route: failed.Route, Err: err}
	}
	return err
}

// Foremost returns the error that matters most to whoever asks: the end of the context, else a lack of permission, else
// what is wrong with the live state; nil if all are. Of two of a kind it is the first, so that two runs say the same.
func Foremost(errs []error) error {
	rank := func(err error) int {
		var failed *httpx.Error
		var wrong *InconsistentError
		switch {
		case err == nil:
			return 3
		case errors.As(err, &wrong):
			return 2
		case errors.As(err, &failed) && failed.Kind == httpx.Canceled:
			return 0
		}
		return 1
	}
	return slices.MinFunc(errs, func(a, b error) int { return cmp.Compare(rank(a), rank(b)) })
}

// Sort brings a list into the order of its ids. An id that occurs twice is an *InconsistentError.
func Sort[T any, ID ~int64](route string, all []T, id func(*T) ID) error {
	slices.SortFunc(all, func(a, b T) int { return cmp.Compare(id(&a), id(&b)) })
	for i := 1; i < len(all); i++ {
		if id(&all[i]) == id(&all[i-1]) {
			return Inconsistent(route, "id %d occurs twice", id(&all[i]))
		}
	}
	return nil
}

// AnswerError says that a write was answered with success, and with something else than what was written.
type AnswerError struct {
	Method string // POST or PUT
	Route  string
	Text   string
	Doubt  bool // it is not known what the write did
}

// Another returns the error, in doubt, of a write that was answered with another thing than the one it was about.
func Another[ID ~int64](method, route, noun string, id ID) *AnswerError {
	return &AnswerError{Method: method, Route: route, Text: fmt.Sprintf("answered with another %s, id %d", noun, id), Doubt: true}
}

func (e *AnswerError) Error() string { return e.Method + " " + e.Route + ": " + e.Text }

// Unclear reports whether it is not known what the write did.
func (e *AnswerError) Unclear() bool { return e.Doubt }

// HTTPStatus returns 200.
func (e *AnswerError) HTTPStatus() int { return http.StatusOK }

// Absent returns the refusal of a call on one thing as the word that there is no such thing: an error with a method NotFound.
func Absent(refusal error) error { return &absentError{refusal} }

type absentError struct{ refusal error }

func (e *absentError) Error() string  { return e.refusal.Error() }
func (e *absentError) Unwrap() error  { return e.refusal }
func (e *absentError) NotFound() bool { return true }
