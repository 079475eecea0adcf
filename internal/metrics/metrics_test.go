package metrics_test

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"rollcall/internal/metrics"
	"rollcall/internal/plan"
)

var update = flag.Bool("update", false, "write the golden files")

const golden = "testdata/drift.prom"

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// drift is a run that found some.
func drift() metrics.Run {
	return metrics.Run{
		Target: "https://acme.example", Roster: "users.yaml", Started: noon, Ended: noon.Add(2500 * time.Millisecond), Requests: 7, ExitCode: 2,
		Plan: &plan.Plan{
			Summary: plan.Summary{ByKind: map[plan.Kind]int{plan.UpdateUser: 2, plan.DeactivateUser: 1}, Actions: 3, AdminsBefore: 3, SeatsBefore: 405, SeatLimit: 420, SeatReserve: 10},
			Notes:   []plan.Note{{Code: plan.NoteAccessEnds}, {Code: plan.NoteAccessEnds}, {Code: plan.NoteReading}},
			Guards:  []plan.GuardResult{{Guard: "max_removals", Status: plan.GuardRefused}, {Guard: "seats", Status: plan.GuardNoted}},
		},
	}
}

// failed is a later run that could not read.
func failed() metrics.Run {
	return metrics.Run{Target: "https://acme.example", Roster: "users.yaml", Started: noon.Add(24 * time.Hour), Ended: noon.Add(24*time.Hour + time.Second), ExitCode: 8, Requests: 2}
}

func write(t *testing.T, run metrics.Run, before string) string {
	t.Helper()
	earlier, err := metrics.Read([]byte(before), run.Roster)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := metrics.Write(&b, run, earlier); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWrite(t *testing.T) {
	got := write(t, drift(), "")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// values returns the lines of a text without remarks, without the labels that all have.
func values(text string) map[string]string {
	list := make(map[string]string)
	for line := range strings.Lines(text) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "} "); ok {
			name, labels, _ := strings.Cut(name, "{")
			labels = regexp.MustCompile(`,?(roster="users.yaml"|target="https://acme.example")`).ReplaceAllString(labels, "")
			list[name+labels] = value
		}
	}
	return list
}

func TestWrite_keepsWhatWasSeenWhenARunFails(t *testing.T) {
	before := write(t, drift(), "")
	kept, now := values(before), values(write(t, failed(), before))
	for name, want := range map[string]string{
		"rollcall_last_run_success": "0", "rollcall_last_run_exit_code": "8", "rollcall_last_run_requests": "2", "rollcall_last_run_duration_seconds": "1",
		"rollcall_last_run_timestamp_seconds": "1.795435201e+09",
	} {
		if now[name] != want {
			t.Errorf("%s is %s, want %s", name, now[name], want)
		}
		kept[name] = now[name]
	}
	if diff := cmp.Diff(kept, now); diff != "" {
		t.Errorf("(-kept +now):\n%s", diff)
	}
}

func TestWrite_cases(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*metrics.Run)
		before string // "": the run of drift()
		want   map[string]string
	}{
		{"a roster without seats has none", func(r *metrics.Run) { r.Plan.Summary.SeatLimit = 0 }, "", map[string]string{"rollcall_seats_used": "", "rollcall_seats_limit": "", "rollcall_seats_reserve": "", "rollcall_active_users": "405"}},
		{"an instance that does not say who is an administrator", func(r *metrics.Run) { r.Plan.Summary.AdminsUnknown = true }, "", map[string]string{"rollcall_admins": ""}},
		{"in sync", func(r *metrics.Run) { r.Plan, r.ExitCode = &plan.Plan{}, 0 }, "", map[string]string{`rollcall_drift_changeskind="update_user"`: "0", "rollcall_last_run_success": "1", "rollcall_refused_guards": "0"}},
		{"what was seen and could not be told is no success", func(r *metrics.Run) { r.Ended, r.ExitCode = r.Ended.Add(time.Hour), 1 }, "",
			map[string]string{`rollcall_drift_changeskind="update_user"`: "2", "rollcall_last_run_success": "0", "rollcall_last_success_timestamp_seconds": "1.795348802e+09"}},
		{"a first run that fails", func(r *metrics.Run) { *r = failed() }, "rollcall_other 1\n", map[string]string{"rollcall_last_success_timestamp_seconds": "0", `rollcall_drift_changeskind="update_user"`: "", "rollcall_last_run_success": "0"}},
		{"a run that did not come to know its target", func(r *metrics.Run) { *r = failed(); r.Target, r.ExitCode = "", 6 }, "",
			map[string]string{"rollcall_last_run_exit_code": "6", "rollcall_last_success_timestamp_seconds": "1.795348802e+09", "rollcall_seats_used": "405"}},
		{"another target has another past", func(r *metrics.Run) { *r = failed(); r.Target = "https://b.example" }, "",
			map[string]string{`rollcall_last_success_timestamp_seconds,target="https://b.example"`: "0", "rollcall_seats_used": ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := tt.before
			if before == "" {
				before = write(t, drift(), "")
			}
			run := drift()
			tt.change(&run)
			got := values(write(t, run, before))
			for name, want := range tt.want {
				if got[name] != want {
					t.Errorf("%s is %q, want %q", name, got[name], want)
				}
			}
		})
	}
}

// What is damaged is taken for none: taken over in part, it would say that all is well, or keep every later run from
// writing.
func TestRead_refusesWhatIsNone(t *testing.T) {
	good := write(t, drift(), "")
	for name, text := range map[string]string{
		"a brace":             "{",
		"half a line":         "rollcall_up{target=\"",
		"a page":              "<!DOCTYPE html>",
		"no number":           "rollcall_up x\n",
		"each value twice":    good + regexp.MustCompile("(?m)^#.*\n").ReplaceAllString(good, ""),
		"two targets":         regexp.MustCompile(`(?m)^(rollcall.*)acme(.*)$`).ReplaceAllString(good, "${1}acme$2\n${1}other$2"),
		"counters":            strings.ReplaceAll(good, " gauge\n", " counter\n"),
		"a type that is gone": strings.Replace(good, "# TYPE rollcall_admins gauge\n", "", 1),
		"an address":          "https://hooks.example.test/services/s3cret\n",
		"a key":               "s3cret\n",
	} {
		_, err := metrics.Read([]byte(text), "users.yaml")
		if err == nil {
			t.Errorf("%s was read", name)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error quotes it: %v", name, err)
		}
	}
}

// Labels are escaped: what a target or a roster is called can't add a metric.
func TestWrite_labelsAreEscaped(t *testing.T) {
	run := drift()
	run.Target, run.Roster = "https://a.example/\"} 1\nevil 1\n", "a\\b\"\n.yaml"
	text := write(t, run, "")
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if families["evil"] != nil || len(families) < 10 {
		t.Errorf("%d families", len(families))
	}
}

// The page has a row for each metric, and for no other.
func TestPage_namesEveryMetric(t *testing.T) {
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	named := make(map[string]bool)
	for _, row := range regexp.MustCompile("(?m)^\\| `(rollcall_[a-z_]+)` \\|").FindAllStringSubmatch(string(page), -1) {
		named[row[1]] = true
	}
	written := make(map[string]bool)
	for _, line := range regexp.MustCompile(`(?m)^# TYPE (\S+) gauge$`).FindAllStringSubmatch(write(t, drift(), ""), -1) {
		written[line[1]] = true
	}
	if diff := cmp.Diff(written, named); diff != "" {
		t.Errorf("(-written +named):\n%s", diff)
	}
}

// The alert rules name no metric that is not there.
func TestRules_nameMetricsThatAreThere(t *testing.T) {
	rules, err := os.ReadFile("../../examples/prometheus/rollcall.rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(write(t, drift(), "")))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\brollcall_[a-z_]+`).FindAllString(string(rules), -1)
	if len(named) < 6 {
		t.Fatalf("the rules name %d metrics", len(named))
	}
	for _, name := range named {
		if families[name] == nil {
			t.Errorf("%s is not written", name)
		}
	}
}
