package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"rollcall/internal/httpx"
)

func TestOverdue(t *testing.T) {
	late, lateCancel := context.WithTimeoutCause(t.Context(), 0, &deadlineError{time.Minute})
	defer lateCancel()
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	interrupted, interruptedCancel := (&options{timeout: time.Hour}).withDeadline(interrupted)
	defer interruptedCancel()
	givenUp := &httpx.Error{Kind: httpx.Canceled, Err: context.DeadlineExceeded}
	denied := &httpx.Error{Kind: httpx.Unauthorized, Status: 401}
	for _, tt := range []struct {
		name string
		ctx  context.Context
		err  error
		late bool // it is what is said
		code int
	}{
		{"nothing went wrong", late, nil, false, exitOK},
		{"a request was given up", late, fmt.Errorf("users: %w", givenUp), true, exitError},
		{"a question was not answered", late, context.DeadlineExceeded, true, exitError},
		{"a check of doctor was given up", late, &diagnosedError{givenUp}, true, exitError},
		{"credentials had been refused before", late, denied, false, exitDenied},
		{"a guard had refused before", late, errRefused, false, exitRefused},
		{"something was written before", late, &afterWriteError{cause: givenUp}, false, exitPartial},
		{"an interrupt came first", interrupted, givenUp, false, exitInterrupted},
		{"there was time left", t.Context(), denied, false, exitDenied},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := overdue(tt.ctx, tt.err)
			var said *deadlineError
			if errors.As(err, &said) != tt.late || exitCode(err) != tt.code {
				t.Errorf("overdue = %v, exit code %d; want the deadline: %v, %d", err, exitCode(err), tt.late, tt.code)
			}
		})
	}
}

func TestDeadlineError(t *testing.T) {
	for limit, want := range map[time.Duration]string{
		10 * time.Minute: "10m", time.Hour: "1h", 90 * time.Minute: "1h30m", 90 * time.Second: "1m30s", 20 * time.Second: "20s", 1: "1ns",
	} {
		if got := (&deadlineError{limit}).Error(); got != "run took longer than --timeout "+want {
			t.Errorf("%s: %s", limit, got)
		}
	}
}
