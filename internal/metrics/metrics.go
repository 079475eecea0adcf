// Package metrics writes what a run has seen as a file for Prometheus, in the text format that the textfile collector of
// node_exporter reads. It must not name a person or a group, keep a value between two runs in memory, or use the registry
// that all of a process shares.
package metrics

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"rollcall/internal/plan"
)

// Run is what there is to say of a run.
type Run struct {
	Target         string // address of the instance; "": the run did not come to know it
	Roster         string // name of its root file
	Started, Ended time.Time
	Requests       int
	ExitCode       int
	Plan           *plan.Plan // nil: the live state could not be read, or not be compared
}

// success reports whether a run did what it is for: to find drift is no failure.
func (r *Run) success() bool { return r.Plan != nil && (r.ExitCode == 0 || r.ExitCode == 2) }

// The labels of every metric, and the one of some. Each has few values: there is a file for each target and roster.
const (
	labelTarget = "target"
	labelRoster = "roster"
	labelKind   = "kind"
)

// lastSuccess is the metric that a run which fails takes over from the run before.
const lastSuccess = "rollcall_last_success_timestamp_seconds"

// sample is one value. Kind is the value of the label kind; "": the metric has none.
type sample struct {
	kind  string
	value float64
}

func one[N int | float64 | int64](n N) []sample { return []sample{{value: float64(n)}} }

// metric is one of the live state and what differs.
type metric struct {
	name, help string
	samples    []sample
}

// seen returns the metrics of a plan; without one, with no values. A run that could not read takes those over from the run
// before: an alert must not end because nobody looked. How old they are is what lastSuccess says.
func seen(p *plan.Plan) []metric {
	var kinds, refused, active, admins, ending, used, limit, reserve []sample
	if p != nil {
		s := &p.Summary
		for _, kind := range plan.Kinds() {
			kinds = append(kinds, sample{string(kind), float64(s.ByKind[kind])})
		}
		refused, active, ending = one(len(p.Refused())), one(s.SeatsBefore), one(accessEnds(p.Notes))
		if !s.AdminsUnknown {
			admins = one(s.AdminsBefore)
		}
		if s.SeatLimit > 0 {
			used, limit, reserve = one(s.SeatsBefore), one(s.SeatLimit), one(s.SeatReserve)
		}
	}
	return []metric{
		{"rollcall_drift_changes", "Actions that would make the tool as the roster says, by kind.", kinds},
		{"rollcall_refused_guards", "Results of guards that refuse to carry these actions out.", refused},
		{"rollcall_active_users", "Active accounts in the tool.", active},
		{"rollcall_admins", "Active administrators in the tool, if it reports who is one.", admins},
		{"rollcall_access_ending_users", "People whose access ends within 14 days.", ending},
		{"rollcall_seats_used", "Seats that are taken, if the roster has a limit.", used},
		{"rollcall_seats_limit", "Seats that there are, as the roster says.", limit},
		{"rollcall_seats_reserve", "Seats of the limit that no plan may take.", reserve},
	}
}

// accessEnds returns how many people have access that ends soon.
func accessEnds(notes []plan.Note) int {
	n := 0
	for i := range notes {
		if notes[i].Code == plan.NoteAccessEnds {
			n++
		}
	}
	return n
}

// Earlier is what the run before has written. The zero Earlier is nothing.
type Earlier struct {
	target string
	values map[string][]sample
}

// Read returns what Write has written for a roster. An error says what is wrong with the text, and that it is as good as
// none. It does not quote the text, which may be anything if somebody named the wrong file, a secret as well.
func Read(text []byte, roster string) (Earlier, error) {
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return Earlier{}, errors.New("not metrics")
	}
	e := Earlier{values: make(map[string][]sample)}
	for name, family := range families {
		for _, m := range family.GetMetric() {
			labels := make(map[string]string)
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			if labels[labelRoster] != roster {
				continue
			}
			kind := labels[labelKind]
			switch {
			case m.GetGauge() == nil:
				return Earlier{}, errors.New("not metrics of rollcall: one is no gauge")
			case slices.ContainsFunc(e.values[name], func(s sample) bool { return s.kind == kind }):
				return Earlier{}, errors.New("not metrics of one run: a value is there twice")
			}
			e.target = labels[labelTarget]
			e.values[name] = append(e.values[name], sample{kind, m.GetGauge().GetValue()})
		}
	}
	return e, nil
}

// Write writes the metrics of a run. One that did not come to know its target has that of the run before.
func Write(w io.Writer, run Run, before Earlier) error {
	if run.Target == "" {
		run.Target = before.target
	}
	if run.Target != before.target {
		before = Earlier{}
	}
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(&collector{run: &run, before: before}); err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	families, err := registry.Gather()
	if err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	for _, family := range families {
		if _, err := expfmt.MetricFamilyToText(w, family); err != nil {
			return err
		}
	}
	return nil
}

// collector says the metrics of one run, once.
type collector struct {
	run    *Run
	before Earlier
}

// Describe says nothing: what there is depends on the run.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	r := c.run
	for _, m := range seen(r.Plan) {
		if r.Plan == nil {
			m.samples = c.before.values[m.name]
		}
		c.send(to, m.name, m.help, m.samples)
	}
	success, at := 0, c.before.values[lastSuccess]
	if r.success() {
		success, at = 1, one(r.Ended.Unix())
	}
	if len(at) == 0 {
		at = one(0) // never: an alert on its age then fires
	}
	c.send(to, lastSuccess, "When a run last compared and told, in seconds since 1970; 0: never.", at)
	c.send(to, "rollcall_last_run_timestamp_seconds", "When the last run ended, in seconds since 1970.", one(r.Ended.Unix()))
	c.send(to, "rollcall_last_run_success", "1 if the last run compared and told, whether there is drift or not; else 0.", one(success))
	c.send(to, "rollcall_last_run_exit_code", "Exit code of the last run.", one(r.ExitCode))
	c.send(to, "rollcall_last_run_duration_seconds", "How long the last run took.", one(r.Ended.Sub(r.Started).Seconds()))
	c.send(to, "rollcall_last_run_requests", "Requests that the last run sent to the tool.", one(r.Requests))
}

func (c *collector) send(to chan<- prometheus.Metric, name, help string, list []sample) {
	for _, s := range list {
		labels, values := []string{labelTarget, labelRoster}, []string{c.run.Target, c.run.Roster}
		if s.kind != "" {
			labels, values = append(labels, labelKind), append(values, s.kind)
		}
		m, err := prometheus.NewConstMetric(prometheus.NewDesc(name, help, labels, nil), prometheus.GaugeValue, s.value, values...)
		if err != nil {
			m = prometheus.NewInvalidMetric(prometheus.NewInvalidDesc(err), err)
		}
		to <- m
	}
}
