package render_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// TestPlanText_sharedEntry: a roster takes one exception for a guard, so several groups that run into it are
// allowed by one, which is shown once.
func TestPlanText_sharedEntry(t *testing.T) {
	p := empty()
	result := func(group string, count int, paste string) plan.GuardResult {
		return plan.GuardResult{Guard: directory.GuardMaxRemovalsPerGroup, Status: plan.GuardRefused, Subject: group, Count: count, Text: "too many", Paste: paste}
	}
	p.Guards = []plan.GuardResult{
		result("qa", 3, "- {count: 9}"), result("web", 9, "- {count: 9}"), result("ops", 4, "- {count: 9}"),
		{Guard: directory.GuardMaxRemovals, Status: plan.GuardRefused, Count: 16, Text: "too many", Paste: "- {count: 16}"},
	}
	var pasted []string
	for line := range strings.SplitSeq(planText(t, p, render.TextOptions{Width: 80}), "\n") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "- {") {
			pasted = append(pasted, line)
		}
	}
	if diff := cmp.Diff([]string{"- {count: 9}", "- {count: 16}"}, pasted); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}
