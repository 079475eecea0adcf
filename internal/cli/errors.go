package cli

import (
	"errors"
	"fmt"
	"os"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
	"rollcall/internal/spec"
)

// usageError says that what was asked for can't be meant: flags, arguments, files and environment. Nothing was contacted
// or written. Exit 6.
type usageError struct {
	text string
	hint string
}

func (e *usageError) Error() string { return e.text }

func usage(hint, format string, args ...any) error {
	return &usageError{text: fmt.Sprintf(format, args...), hint: hint}
}

// hintedError is an error with advice.
type hintedError struct {
	error
	hint string
}

func (e *hintedError) Unwrap() error { return e.error }

// The outcomes of a run that went well and did not end with 0. What they stand for was shown already.
var (
	errChanges = errors.New("changes are pending")
	errRefused = errors.New("plan is refused by a guard")
	errStale   = errors.New("ground of the approved plan moved")
)

// afterWriteError is the outcome of a run that tried to write: it hides what the cause would be before a write.
type afterWriteError struct {
	interrupted bool
	cause       error // nil: the report said it all
}

func (e *afterWriteError) Error() string {
	if e.cause == nil {
		return "run did not converge"
	}
	return e.cause.Error()
}

// explain writes an error for people, with its advice on a line of its own. Outcomes that were shown already are not
// repeated.
func explain(env Env, o *common, err error) {
	err = shownAlready(err)
	if err == nil {
		return
	}
	var file *spec.ProblemsError
	var fit *plan.ProblemsError
	var ambiguous *plan.AmbiguousError
	var list []directory.Problem
	switch {
	case errors.As(err, &file):
		list = file.Problems
		if file.More > 0 {
			list = append(list, directory.Problem{Text: fmt.Sprintf("problems beyond these: %d", file.More)})
		}
	case errors.As(err, &fit):
		list = fit.Problems
	case errors.As(err, &ambiguous):
		list = ambiguous.Problems
	default:
		list = []directory.Problem{{Text: "error: " + err.Error(), Hint: hintOf(err)}}
	}
	opts := render.ProblemOptions{Width: env.Stderr.Width, Color: o.colored(env, env.Stderr)}
	if env.Stderr.Terminal() {
		opts.Source = source
	}
	_ = render.Problems(env.Stderr, list, opts) // there is no other place to say that standard error is gone
}

// source returns the text of a file of the roster.
func source(file string) (string, bool) {
	text, err := os.ReadFile(file)
	return string(text), err == nil
}

// shownAlready returns what is left to say of an error: nil for an outcome.
func shownAlready(err error) error {
	var after *afterWriteError
	var diagnosed *diagnosedError
	switch {
	case err == nil, errors.As(err, &diagnosed), errors.Is(err, errChanges), errors.Is(err, errRefused), errors.Is(err, errStale):
		return nil
	case errors.As(err, &after):
		return after.cause
	}
	return err
}

// hintOf returns the advice that goes with an error, "" if there is none.
func hintOf(err error) string {
	var hinted *hintedError
	var wrong *usageError
	switch {
	case errors.As(err, &hinted):
		return hinted.hint
	case errors.As(err, &wrong):
		return wrong.hint
	}
	return adviceOf(err)
}
