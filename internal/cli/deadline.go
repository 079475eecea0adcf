package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rollcall/internal/apply"
)

// deadlineError says that a run took longer than --timeout lets it. As the cause of a context it is what tells a deadline
// from an interrupt. Exit 1 before the first write, 5 after it.
type deadlineError struct{ limit time.Duration }

func (e *deadlineError) Error() string {
	limit := e.limit.String()
	if short, whole := strings.CutSuffix(limit, "m0s"); whole {
		limit = short + "m"
	}
	if short, whole := strings.CutSuffix(limit, "h0m"); whole {
		limit = short + "h"
	}
	return "run took longer than --timeout " + limit
}

// withDeadline returns a context that ends when the run has taken too long.
func (o *options) withDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if o.timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, o.timeout, &deadlineError{o.timeout})
}

// deadlineOf returns the deadline that has ended a context: nil if it has not ended, or by an interrupt.
func deadlineOf(ctx context.Context) *deadlineError {
	late, _ := context.Cause(ctx).(*deadlineError)
	return late
}

// overdue returns the outcome of a run: the deadline in place of the error of what it cut short. What was found out before
// that, and what became of a run that wrote, stays.
func overdue(ctx context.Context, err error) error {
	late := deadlineOf(ctx)
	var after *afterWriteError
	if err == nil || late == nil || errors.As(err, &after) {
		return err
	}
	if exitCode(err) == exitInterrupted || errors.Is(err, context.DeadlineExceeded) {
		return &hintedError{late, "nothing was written; give it more time, or look with --trace at what takes so long"}
	}
	return err
}

// cutShort returns the deadline as the error of a report if it ended the run, else nil.
func cutShort(ctx context.Context, report *apply.Report) error {
	late := deadlineOf(ctx)
	if late == nil || report.Result != apply.NotConverged || report.FinalRead != apply.FinalReadSkipped {
		return nil
	}
	return &hintedError{late, "run it again: it goes on from there"}
}

// ending says why nothing new is started, and what becomes of what is under way.
func (r *run) ending(ctx context.Context) string {
	if late := deadlineOf(ctx); late != nil {
		return fmt.Sprintf("%v: requests under way get %s", late, r.o.grace)
	}
	return fmt.Sprintf("interrupted: requests under way get %s; a second Ctrl-C ends without a report", r.o.grace)
}
