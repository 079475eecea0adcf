package fault_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/sim/fault"
)

func TestParse_takesOnlyTheKindsOfTheSimulator(t *testing.T) {
	kinds := fault.Kinds(fault.StdClass, fault.Conflict)
	for _, k := range kinds {
		r, err := fault.Parse(k.String()+"@update_user#2-3", kinds)
		if err != nil {
			t.Fatal(err)
		}
		if want := (fault.Rule{Fault: fault.Fault{Kind: k}, Method: "update_user", From: 2, To: 3}); r != want {
			t.Errorf("%+v, want %+v", r, want)
		}
	}
	for _, text := range []string{"stdclass", "409", "none", "", "200"} {
		if _, err := fault.Parse(text, kinds); err == nil || !strings.Contains(err.Error(), "kind is none of 500, ") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestKinds_listsComeLast(t *testing.T) {
	kinds := fault.Kinds()
	from := slices.Index(kinds, fault.PageRepeats)
	for i, k := range kinds {
		if ofLists := slices.Contains([]string{"page", "offs", "size", "empt", "grou", "emai"}, k.String()[:min(4, len(k.String()))]); ofLists != (i >= from) {
			t.Errorf("%s is at %d", k, i)
		}
	}
}

func TestKind_spoilsPages(t *testing.T) {
	for _, row := range []struct {
		kind         fault.Kind
		offset, next int
		want         string
	}{
		{fault.None, 4, 8, "[4 5 6 7] 8"},
		{fault.PageRepeats, 4, 8, "[3 4 5 6 7] 8"},
		{fault.PageRepeats, 0, 4, "[0 0 1 2 3] 4"},
		{fault.PageSkips, 4, 8, "[5 6 7] 8"},
		{fault.PageShrinks, 4, 8, "[4 5] 8"},
		{fault.PageEndsEarly, 4, 8, "[4 5] -1"},
		{fault.PageLoops, 4, 8, "[4 5 6 7] 4"},
		{fault.EmptyList, 4, 8, "[] -1"},
	} {
		t.Run(row.kind.String(), func(t *testing.T) {
			items := []int{row.offset, row.offset + 1, row.offset + 2, row.offset + 3}
			shown, next := row.kind.SpoilPage(items, row.offset, row.next)
			if got := fmt.Sprint(shown, next); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

func TestLate_commitsBeforeTheRequestThatIsDue(t *testing.T) {
	var late fault.Late
	var done []string
	late.Arrive()
	late.Postpone(fault.Fault{Requests: 3}, func() { done = append(done, "third") })
	late.Postpone(fault.Fault{}, func() { done = append(done, "second") })
	var got []int
	for range 4 {
		late.Arrive()
		got = append(got, len(done))
	}
	if diff := cmp.Diff([]int{0, 1, 2, 2}, got); diff != "" || done[0] != "second" {
		t.Errorf("%v (-want +got):\n%s", done, diff)
	}
}

func TestAllowance_isASpanFromTheFirstRequest(t *testing.T) {
	var a fault.Allowance
	start := time.Date(2026, 11, 2, 3, 0, 0, 0, time.UTC)
	for _, row := range []struct {
		after time.Duration
		want  string
	}{
		{0, "1 0s true"}, {10 * time.Second, "0 0s true"}, {20 * time.Second, "0 40s false"}, {59 * time.Second, "0 1s false"},
		{70 * time.Second, "1 0s true"}, {129 * time.Second, "0 0s true"}, {129 * time.Second, "0 1s false"},
	} {
		left, wait, ok := a.Take(start.Add(row.after), 2, time.Minute)
		if got := fmt.Sprint(left, wait, ok); got != row.want {
			t.Errorf("after %v: %s, want %s", row.after, got, row.want)
		}
	}
}
