package examplescheck

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/rules"
	"sigs.k8s.io/yaml"
)

const promFolder = "../../examples/prometheus"

// The alert rules are read as Prometheus reads them, and nothing in them is unknown to it.
func TestPrometheusRules_areRead(t *testing.T) {
	path := filepath.Join(promFolder, "rollcall.rules.yaml")
	read, errs := rulefmt.ParseFile(path, false, model.LegacyValidation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if len(read.Groups) != 1 || len(read.Groups[0].Rules) < 6 {
		t.Fatalf("groups: %+v", read.Groups)
	}
	for _, r := range read.Groups[0].Rules {
		if r.Annotations["summary"] == "" || r.Annotations["description"] == "" || r.Labels["severity"] == "" {
			t.Errorf("%s says not enough to whoever is called", r.Alert)
		}
	}
}

// ruleTests is a file of tests, as promtool reads it (prometheus.io, "Unit testing for rules"), as far as ours goes.
type ruleTests struct {
	RuleFiles          []string `json:"rule_files"`
	EvaluationInterval string   `json:"evaluation_interval"`
	Tests              []ruleTest
}

type ruleTest struct {
	Name        string
	Interval    string
	InputSeries []struct {
		Series string
		Values string
	} `json:"input_series"`
	AlertRuleTest []alertTest `json:"alert_rule_test"`
}

type alertTest struct {
	EvalTime  string `json:"eval_time"`
	Alertname string
	ExpAlerts []struct {
		ExpLabels      map[string]string `json:"exp_labels"`
		ExpAnnotations map[string]string `json:"exp_annotations"`
	} `json:"exp_alerts"`
}

// The tests of the rules are run: every series is evaluated step by step, and the alerts that fire are those that are expected.
func TestPrometheusRules_fire(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(promFolder, "rollcall.rules.test.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var file ruleTests
	if err := yaml.UnmarshalStrict(text, &file); err != nil {
		t.Fatal(err)
	}
	fired := make(map[string]bool)
	for _, tt := range file.Tests {
		t.Run(tt.Name, func(t *testing.T) {
			tt.run(t, file.RuleFiles, duration(t, file.EvaluationInterval), fired)
		})
	}
	for _, path := range file.RuleFiles {
		read, errs := rulefmt.ParseFile(filepath.Join(promFolder, path), false, model.LegacyValidation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		for _, g := range read.Groups {
			for _, r := range g.Rules {
				if !fired[r.Alert] {
					t.Errorf("%s never fires in the tests", r.Alert)
				}
			}
		}
	}
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := model.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(d)
}

func (tt *ruleTest) run(t *testing.T, files []string, step time.Duration, fired map[string]bool) {
	var load strings.Builder
	fmt.Fprintf(&load, "load %s\n", tt.Interval)
	for _, s := range tt.InputSeries {
		fmt.Fprintf(&load, "  %s %s\n", s.Series, s.Values)
	}
	series, err := promqltest.NewLazyLoader(load.String(), promqltest.LazyLoaderOpts{EnableAtModifier: true, EnableNegativeOffset: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = series.Close() })
	manager := rules.NewManager(&rules.ManagerOptions{
		QueryFunc: rules.EngineQueryFunc(series.QueryEngine(), series.Storage()), AppendableV2: series.Storage(), Context: t.Context(),
		NotifyFunc: func(context.Context, string, ...*rules.Alert) {}, Logger: slog.New(slog.DiscardHandler), Parser: parser.NewParser(parser.Options{}),
	})
	var paths []string
	for _, f := range files {
		paths = append(paths, filepath.Join(promFolder, f))
	}
	groups, errs := manager.LoadGroups(step, labels.EmptyLabels(), "", nil, false, paths...)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	expected := make(map[time.Duration][]alertTest)
	for _, a := range tt.AlertRuleTest {
		at := duration(t, a.EvalTime)
		expected[at] = append(expected[at], a)
	}
	last := slices.Max(slices.Collect(maps.Keys(expected)))
	for at := time.Duration(0); at <= last; at += step {
		now := time.Unix(0, 0).UTC().Add(at)
		series.WithSamplesTill(now, func(err error) {
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range groups {
				g.Eval(series.Context(), now)
			}
		})
		for _, want := range expected[at] {
			got := firing(t, groups, want.Alertname)
			fired[want.Alertname] = fired[want.Alertname] || len(got) > 0
			if exp := want.lines(); !slices.Equal(exp, got) {
				t.Errorf("%s after %s:\nwant %s\ngot  %s", want.Alertname, want.EvalTime, strings.Join(exp, "\n     "), strings.Join(got, "\n     "))
			}
		}
		delete(expected, at)
	}
	for at := range expected {
		t.Errorf("%s is no step of the evaluation: what is expected then was not looked at", at)
	}
}

// lines returns the expected alerts, one a line.
func (a alertTest) lines() []string {
	var list []string
	for _, one := range a.ExpAlerts {
		all := maps.Clone(one.ExpLabels)
		all[labels.AlertName] = a.Alertname
		list = append(list, labels.FromMap(all).String()+" "+labels.FromMap(one.ExpAnnotations).String())
	}
	slices.Sort(list)
	return list
}

// firing returns the alerts of a name that fire, one a line.
func firing(t *testing.T, groups map[string]*rules.Group, name string) []string {
	t.Helper()
	var list []string
	found := false
	for _, g := range groups {
		for _, r := range g.Rules() {
			if err := r.LastError(); err != nil {
				t.Errorf("%s: %v", r.Name(), err)
			}
			rule, ok := r.(*rules.AlertingRule)
			if !ok || rule.Name() != name {
				continue
			}
			found = true
			for _, a := range rule.ActiveAlerts() {
				if a.State == rules.StateFiring {
					list = append(list, a.Labels.String()+" "+a.Annotations.String())
				}
			}
		}
	}
	if !found {
		t.Errorf("there is no alert %s", name)
	}
	slices.Sort(list)
	return list
}
