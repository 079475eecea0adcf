package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	instances "rollcall/internal/provider/instance"
	"rollcall/internal/spec"
)

// TestExitCode_precedence joins every two outcomes in both orders: what comes first in the table wins.
func TestExitCode_precedence(t *testing.T) {
	outcomes := []struct {
		name string
		code int
		err  error
	}{
		{"an interrupt", 130, fmt.Errorf("read: %w", context.Canceled)},
		{"an interrupted request", 130, &httpx.Error{Kind: httpx.Canceled}},
		{"wrong usage", 6, usage("", "flag")},
		{"a wrong roster", 6, &spec.ProblemsError{}},
		{"a roster that does not fit", 6, fmt.Errorf("plan: %w", &plan.ProblemsError{})},
		{"wrong credentials", 7, &httpx.Error{Kind: httpx.Unauthorized}},
		{"a missing right", 7, &httpx.Error{Kind: httpx.Forbidden}},
		{"no administrator", 7, &diagnosedError{errNotAdministrator}},
		{"anything else", 1, errors.New("disk is full")},
		{"a host that does not answer", 1, &httpx.Error{Kind: httpx.Unreachable}},
		{"an inconsistent read", 8, &instances.InconsistentError{Route: "get_users"}},
		{"an incomplete read", 8, &instances.InconsistentError{Err: &httpx.Error{Kind: httpx.ServerFault}}},
		{"an ambiguous name", 8, &plan.AmbiguousError{}},
		{"moved ground", 4, errStale},
		{"a guard", 3, errRefused},
		{"pending changes", 2, errChanges},
	}
	for i, first := range outcomes {
		if got := exitCode(first.err); got != first.code {
			t.Errorf("%s: exit code %d, want %d", first.name, got, first.code)
		}
		for _, second := range outcomes[i+1:] {
			for _, both := range []error{errors.Join(first.err, second.err), fmt.Errorf("x: %w", errors.Join(second.err, first.err))} {
				if got := exitCode(both); got != first.code {
					t.Errorf("%s and %s: exit code %d, want %d", first.name, second.name, got, first.code)
				}
			}
		}
		// After a write there are only three.
		if got := exitCode(errors.Join(first.err, &afterWriteError{cause: first.err})); got != 5 {
			t.Errorf("%s after a write: exit code %d, want 5", first.name, got)
		}
		if got := exitCode(&afterWriteError{interrupted: true, cause: first.err}); got != 130 {
			t.Errorf("%s after a write and an interrupt: exit code %d, want 130", first.name, got)
		}
	}
	if got := exitCode(nil); got != 0 {
		t.Errorf("nothing wrong: exit code %d, want 0", got)
	}
}

func TestUnsaid_saysWhatNoOutcomeHides(t *testing.T) {
	disk := errors.New("disk is full")
	for _, tt := range []struct {
		name string
		err  error
		want int
	}{
		{"nothing", nil, 0},
		{"a refused plan was shown", errRefused, 0},
		{"pending changes of a refused plan too", errors.Join(errRefused, errChanges), 0},
		{"a report that can't be written was not", errors.Join(errRefused, fmt.Errorf("report: %w", disk)), 1},
		{"a run that did not converge has a report", &afterWriteError{}, 0},
		{"unless it can't be written", &afterWriteError{cause: errors.Join(disk, disk)}, 2},
		{"a diagnosis has said it", &diagnosedError{disk}, 0},
		{"everything else is said", disk, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := unsaid(tt.err); len(got) != tt.want {
				t.Errorf("%d errors are left to say, want %d: %v", len(got), tt.want, got)
			}
		})
	}
}
