package cli

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/plan"
)

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name     string
		o        options
		given    []string
		planFile string
		wrong    bool
	}{
		{name: "nothing is asked for"},
		{name: "a report beside the result", o: options{reports: []string{"a.json", "a.txt"}}},
		{name: "one report twice, spelled differently", o: options{reports: []string{"a.json", "./a.json"}}, wrong: true},
		{name: "a report of an unknown format", o: options{reports: []string{"a.html"}}, wrong: true},
		{name: "a report over the plan", o: options{reports: []string{"p.json"}}, planFile: "p.json", wrong: true},
		{name: "a plan over the roster", o: options{file: "users.yaml", out: "users.yaml"}, wrong: true},
		{name: "a roster over the one there is, by force", o: options{out: "users.yaml", force: true}},
		{name: "a saved read over the simulator", o: options{sim: "c.json", snapshot: "c.json"}, wrong: true},
		{name: "an age without a saved read", given: []string{"max-age"}, wrong: true},
		{name: "an age of a saved read", o: options{live: "live.json"}, given: []string{"max-age"}},
		{name: "an exact plan", o: options{exactPlan: true}, planFile: "p.json"},
		{name: "an exact plan without a plan", o: options{exactPlan: true}, wrong: true},
		{name: "a scope beside a plan file", o: options{only: []string{"user:a@b.example"}}, planFile: "p.json", wrong: true},
		{name: "too much at a time", o: options{concurrency: 65}, given: []string{"concurrency"}, wrong: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.common = &common{color: "auto"}
			err := tt.o.check(invocation{given: func(flag string) bool { return slices.Contains(tt.given, flag) }, planFile: tt.planFile})
			if (err != nil) != tt.wrong {
				t.Errorf("check = %v, want wrong = %v", err, tt.wrong)
			}
			if err != nil && exitCode(err) != exitUsage {
				t.Errorf("exit code %d, want %d", exitCode(err), exitUsage)
			}
		})
	}
}

func TestParseRate(t *testing.T) {
	for _, tt := range []struct {
		rate string
		want *plan.Pace
		bad  bool
	}{
		{rate: ""},
		{rate: "max", want: &plan.Pace{}},
		{rate: "90/m", want: &plan.Pace{PerMinute: 90, Burst: 59}},
		{rate: "1/m", want: &plan.Pace{PerMinute: 1, Burst: 1}},
		{rate: "90", bad: true},
		{rate: "-3/m", bad: true},
		{rate: "90/s", bad: true},
	} {
		t.Run(tt.rate, func(t *testing.T) {
			o := options{rate: tt.rate}
			if err := o.parseRate(); (err != nil) != tt.bad {
				t.Errorf("parseRate = %v, want bad = %v", err, tt.bad)
			}
			if diff := cmp.Diff(tt.want, o.pace); diff != "" {
				t.Errorf("pace (-want +got):\n%s", diff)
			}
		})
	}
}
