package cli

import (
	"context"
	"errors"

	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/spec"
)

// The exit codes. They are a function of the outcome, the same in every format and at every verbosity.
const (
	exitOK          = 0   // success; for drift: in sync
	exitError       = 1   // anything not below
	exitChanges     = 2   // changes pending: drift always, plan with --detailed-exitcode
	exitRefused     = 3   // refused by a guard or policy; the plan was still printed
	exitStale       = 4   // the ground of an approved action moved
	exitPartial     = 5   // something failed, was blocked or unclear, or live is not what was applied
	exitUsage       = 6   // invalid file or usage; nothing was written
	exitDenied      = 7   // authentication or permission
	exitInconsist   = 8   // read incomplete, inconsistent or ambiguous; nothing was written
	exitInterrupted = 130 // Ctrl-C or SIGTERM
)

// exitCode returns the exit code of an outcome. Before the first write several codes may apply, and the first of this
// list wins; after it there are only three.
//
//	before a write   130, 6, 7, 1, 8, 4, 3, 2, 0
//	after it         130, 5, 0
func exitCode(err error) int {
	if err == nil {
		return exitOK
	}
	var after *afterWriteError
	if errors.As(err, &after) {
		if after.interrupted {
			return exitInterrupted
		}
		return exitPartial
	}
	applies := make(map[int]bool)
	classify(err, applies)
	for _, code := range [...]int{
		exitInterrupted, exitUsage, exitDenied, exitError, exitInconsist, exitStale, exitRefused, exitChanges,
	} {
		if applies[code] {
			return code
		}
	}
	return exitError
}

// classify marks the codes that apply to an error: to the outermost of a chain that has a class, and to each of several
// that were joined.
func classify(err error, applies map[int]bool) {
	if code, ok := classOf(err); ok {
		applies[code] = true
		return
	}
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			classify(one, applies)
		}
	case interface{ Unwrap() error }:
		if cause := e.Unwrap(); cause != nil {
			classify(cause, applies)
			return
		}
		applies[exitError] = true
	default:
		applies[exitError] = true
	}
}

// classOf returns the code of one error, whatever it wraps.
func classOf(err error) (code int, ok bool) {
	switch e := err.(type) {
	case *usageError, *spec.ProblemsError, *plan.ProblemsError:
		return exitUsage, true
	case *plan.AmbiguousError:
		return exitInconsist, true
	case *httpx.Error:
		switch e.Kind {
		case httpx.Canceled:
			return exitInterrupted, true
		case httpx.Unauthorized, httpx.Forbidden:
			return exitDenied, true
		}
		return exitError, true
	}
	switch err {
	case context.Canceled:
		return exitInterrupted, true
	case errNotAdministrator:
		return exitDenied, true
	case errStale:
		return exitStale, true
	case errRefused:
		return exitRefused, true
	case errChanges:
		return exitChanges, true
	}
	if _, ok := err.(incomplete); ok {
		return exitInconsist, true
	}
	return 0, false
}
