package apply

import (
	"context"
	"errors"
)

// The statuses that decide something here; apply has no other business with HTTP.
const (
	statusBadRequest   = 400
	statusUnauthorized = 401
	statusServerError  = 500
)

// errInterrupted is why a run ends that somebody interrupted.
var errInterrupted = errors.New("interrupted")

// errShut is why nothing is sent any more by a run whose credentials were refused.
var errShut = errors.New("the tool refused the credentials")

// endOf returns why a run takes nothing up any more: nil as long as it does, errInterrupted, or what the caller gave as the
// cause of a deadline that has passed.
func endOf(ctx context.Context) error {
	switch ctx.Err() {
	case nil:
		return nil
	case context.DeadlineExceeded:
		return context.Cause(ctx)
	}
	return errInterrupted
}

// unsentError ends an action that had not written anything when the run ended.
type unsentError struct{ end error }

func (e *unsentError) Error() string { return e.end.Error() + " before the write" }

// blockedError ends an action that must not be carried out, though nothing failed.
type blockedError struct{ reason string }

func (e *blockedError) Error() string { return e.reason }

// statusOf returns what became of an action that ended with err.
func statusOf(err error) Status {
	var blocked *blockedError
	var unsent *unsentError
	switch {
	case err == nil:
		return Done
	case errors.As(err, &blocked):
		return Blocked
	case errors.As(err, &unsent):
		return NotRun
	}
	return Failed
}

// isUnclear reports whether a write that ended with err may have taken effect. An error that does not say so is
// believed to be a refusal only if it carries a status that is one: to take a cut connection for a refusal would be how
// duplicates are made.
func isUnclear(err error) bool {
	if err == nil {
		return false
	}
	var u unclear
	if errors.As(err, &u) {
		return u.Unclear()
	}
	status := httpStatus(err)
	return status < statusBadRequest || status >= statusServerError
}

// httpStatus returns the HTTP status that err carries, or 0.
func httpStatus(err error) int {
	var s statused
	if errors.As(err, &s) {
		return s.HTTPStatus()
	}
	return 0
}

// isAbsent reports whether err says that the tool has no such thing.
func isAbsent(err error) bool {
	var a absent
	return errors.As(err, &a) && a.NotFound()
}
