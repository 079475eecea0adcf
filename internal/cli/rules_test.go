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
		{name: "a report of an unknown format", o: options{reports: []string{"a.pdf"}}, wrong: true},
		{name: "a report over the plan", o: options{reports: []string{"p.json"}}, planFile: "p.json", wrong: true},
		{name: "a plan over the roster", o: options{file: "users.yaml", out: "users.yaml"}, wrong: true},
		{name: "a roster over the one there is, by force", o: options{out: "users.yaml", force: true}},
		{name: "a saved read over the simulator", o: options{sim: "c.json", snapshot: "c.json"}, wrong: true},
		{name: "an age without a saved read", given: []string{"max-age"}, wrong: true},
		{name: "an age of a saved read", o: options{live: "live.json"}, given: []string{"max-age"}},
		{name: "a trace over the simulator", o: options{sim: "c.json", trace: "c.json"}, wrong: true},
		{name: "a trace over the certificates", o: options{caFile: "ca.pem", trace: "./ca.pem"}, wrong: true},
		{name: "a trace over a report", o: options{reports: []string{"t.json"}, trace: "t.json"}, wrong: true},
		{name: "a trace beside them", o: options{sim: "c.json", reports: []string{"r.json"}, trace: "t.json"}},
		{name: "a trace of a saved read", o: options{live: "live.json", trace: "t.json"}, wrong: true},
		{name: "certificates for a saved read", o: options{live: "live.json", caFile: "ca.pem"}, wrong: true},
		{name: "certificates for a simulator", o: options{sim: "c.json", caFile: "ca.pem"}, wrong: true},
		{name: "a deadline for a saved read", o: options{live: "live.json", timeout: 1}, given: []string{"timeout"}, wrong: true},
		{name: "a deadline for a simulator", o: options{sim: "c.json", timeout: 1}, given: []string{"timeout"}},
		{name: "no time at all", o: options{}, given: []string{"timeout"}, wrong: true},
		{name: "less than no time", o: options{timeout: -1}, given: []string{"timeout"}, wrong: true},
		{name: "waits for a saved read", o: options{live: "live.json", maxWait: 1}, given: []string{"max-wait"}, wrong: true},
		{name: "no waits", o: options{}, given: []string{"max-wait"}, wrong: true},
		{name: "negative waits", o: options{maxWait: -1}, given: []string{"max-wait"}, wrong: true},
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
