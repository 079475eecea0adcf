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
	pos  directory.Pos // in the roster, if the reason stands there
	text string
	hint string
}

func (e *usageError) Error() string { return e.text }

func usage(hint, format string, args ...any) error {
	return &usageError{text: fmt.Sprintf(format, args...), hint: hint}
}

func usageAt(pos directory.Pos, hint, format string, args ...any) error {
	return &usageError{pos: pos, text: fmt.Sprintf(format, args...), hint: hint}
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

// errInterrupted is what is said of a run that Ctrl-C ended before it wrote anything. A later one has a report.
var errInterrupted = errors.New("interrupted, nothing was written")

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
// repeated, and after Ctrl-C nobody wants to hear what it broke.
func explain(env Env, o *common, err error) {
	left := unsaid(err)
	var after *afterWriteError
	if len(left) > 0 && exitCode(err) == exitInterrupted && !errors.As(err, &after) {
		left = []error{errInterrupted}
	}
	opts := render.ProblemOptions{Width: env.Stderr.Width, Color: o.colored(env, env.Stderr)}
	if env.Stderr.Terminal() {
		opts.Source = source
	}
	for _, one := range left {
		_ = render.Problems(env.Stderr, problemsOf(one), opts) // there is no other place to say that standard error is gone
	}
}

// annotated returns an error that was written as annotations too, at its places in the roster, if that is the format of the
// result. Standard error explains it nevertheless: a log is read from its end.
func annotated(env Env, o *options, err error) error {
	if o.format != formatGitHub {
		return err
	}
	problems := problemsToShow(err)
	if len(problems) == 0 {
		return err
	}
	if failed := render.ProblemsGitHub(env.Stdout, problems); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// problemsToShow returns what is left to say of an error in other places than standard error; nothing after an interrupt.
func problemsToShow(err error) []directory.Problem {
	if exitCode(err) == exitInterrupted {
		return nil
	}
	var problems []directory.Problem
	for _, one := range unsaid(err) {
		problems = append(problems, problemsOf(one)...)
	}
	return problems
}

// problemsOf returns what is wrong, place by place where the error knows places.
func problemsOf(err error) []directory.Problem {
	var file *spec.ProblemsError
	var fit *plan.ProblemsError
	var ambiguous *plan.AmbiguousError
	var wrong *usageError
	switch {
	case errors.As(err, &file):
		list := file.Problems
		if file.More > 0 {
			list = append(list, directory.Problem{Text: fmt.Sprintf("problems beyond these: %d", file.More)})
		}
		return list
	case errors.As(err, &fit):
		return fit.Problems
	case errors.As(err, &ambiguous):
		return ambiguous.Problems
	case errors.As(err, &wrong) && wrong.pos.Line > 0:
		return []directory.Problem{{Pos: wrong.pos, Text: wrong.text, Hint: wrong.hint}}
	}
	return []directory.Problem{{Text: "error: " + err.Error(), Hint: hintOf(err)}}
}

// source returns the text of a file of the roster.
func source(file string) (string, bool) {
	text, err := os.ReadFile(file)
	return string(text), err == nil
}

// unsaid returns what is left to say of an error: nothing of an outcome, and of several errors each.
func unsaid(err error) []error {
	switch err {
	case nil, errChanges, errRefused, errStale, errNotGiven:
		return nil
	}
	switch e := err.(type) {
	case *diagnosedError:
		return nil
	case *afterWriteError:
		return unsaid(e.cause)
	case interface{ Unwrap() []error }:
		var left []error
		for _, one := range e.Unwrap() {
			left = append(left, unsaid(one)...)
		}
		return left
	}
	return []error{err}
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
	return ""
}
