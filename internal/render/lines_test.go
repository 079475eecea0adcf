package render_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// records reads the CSV of a plan or report as rows by column.
func records(t *testing.T, text string) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	list := make([]map[string]string, len(rows)-1)
	for i, row := range rows[1:] {
		list[i] = make(map[string]string)
		for j, cell := range row {
			list[i][rows[0][j]] = cell
		}
	}
	return list
}

func TestCSV_holdsEverything(t *testing.T) {
	count := make(map[string]int)
	for _, r := range records(t, planAs(t, render.FormatCSV, month(), render.TextOptions{})) {
		count[r["row"]]++
	}
	p := month()
	want := map[string]int{"plan": 1, "action": len(p.Actions()), "manual_step": len(p.Manual), "guard": len(p.Guards), "note": len(p.Notes)}
	for _, a := range p.Actions() {
		want["field"] += len(a.Fields)
		if a.Members != nil {
			want["member"] += len(a.Members.Add) + len(a.Members.Remove)
		}
	}
	if fmt.Sprint(count) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", count, want)
	}
	for _, r := range records(t, reportAs(t, render.FormatCSV, partial(), render.TextOptions{})) {
		if r["row"] == "action" && r["subject"] == "ana+qa@acme.example" && (r["status"] != "failed" || !strings.Contains(r["error"], "HTTP 400") || r["http_status"] != "400") {
			t.Errorf("got %v", r)
		}
	}
}

func TestCSV_noCellIsAFormula(t *testing.T) {
	p := base(1)
	var actions []plan.Action
	for i, text := range []string{"=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1"} {
		actions = append(actions, plan.Action{ID: text, Kind: plan.UpdateGroup, Subject: text, Detail: text, Source: at(text, i, 1), Cause: plan.Cause(text),
			Fields:  []plan.FieldChange{changes(plan.Field(text), plan.Text(text), plan.List([]string{text}))},
			Members: &plan.MemberChange{Add: []plan.Member{{User: "+a@acme.example"}}}})
	}
	p.Batches = []plan.Batch{{Actions: actions}}
	for _, r := range records(t, planAs(t, render.FormatCSV, counted(p), render.TextOptions{})) {
		for column, cell := range r {
			if cell = strings.TrimLeft(cell, " "); cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") || strings.HasPrefix(cell, "＝") {
				t.Errorf("%s is %q", column, cell)
			}
		}
	}
}

// lines parses lines of JSON and returns their types.
func lines(t *testing.T, text string) (types []string, parsed []map[string]any) {
	t.Helper()
	for line := range strings.Lines(text) {
		var l map[string]any
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		kind, _ := l["type"].(string)
		types, parsed = append(types, kind), append(parsed, l)
	}
	return types, parsed
}

func TestJSONL_holdsWhatJSONHolds(t *testing.T) {
	schema := compiled(t, "plan.schema.json")
	for name, p := range plans() {
		types, all := lines(t, planAs(t, render.FormatJSONL, p, render.TextOptions{}))
		if types[0] != "plan" || types[len(types)-1] != "summary" {
			t.Errorf("%s: %q", name, types)
		}
		// Put together again the lines are the plan.
		head, tail := all[0], all[len(all)-1]
		doc := map[string]any{"batches": []any{}, "manual_steps": []any{}, "notes": []any{}, "guards": []any{}, "summary": tail["summary"], "cost": tail["cost"]}
		for key, value := range head {
			doc[key] = value
		}
		actions := 0
		for _, l := range all[1 : len(all)-1] {
			kind := l["type"]
			delete(l, "type")
			switch kind {
			case "action":
				actions++
				stage := l["stage"]
				delete(l, "stage")
				doc["batches"] = append(doc["batches"].([]any), map[string]any{"stage": stage, "reason": "x", "actions": []any{l}})
			case "manual_step":
				doc["manual_steps"] = append(doc["manual_steps"].([]any), l)
			case "note", "guard":
				doc[kind.(string)+"s"] = append(doc[kind.(string)+"s"].([]any), l)
			default:
				t.Errorf("%s: type %q", name, kind)
			}
		}
		delete(doc, "type")
		if err := schema.Validate(any(doc)); err != nil {
			t.Errorf("%s: %#v", name, err)
		}
		if actions != len(p.Actions()) {
			t.Errorf("%s: %d lines for %d actions", name, actions, len(p.Actions()))
		}
	}
}

func TestJSONL_ofAReportEndsWithItsResult(t *testing.T) {
	types, all := lines(t, reportAs(t, render.FormatJSONL, partial(), render.TextOptions{}))
	n := make(map[string]int)
	for _, kind := range types {
		n[kind]++
	}
	// Two of the fourteen actions were not tried.
	if n["action_ended"] != 14 || n["action_started"] != 12 || n["remaining"] != 2 || types[0] != "run_started" || types[len(types)-1] != "run_finished" {
		t.Errorf("got %v", n)
	}
	end := all[len(all)-1]
	if end["result"] != "not_converged" || end["exit_code"] != 5.0 || fmt.Sprint(end["statuses"]) != "map[blocked:1 done:11 failed:1 not_run:1]" {
		t.Errorf("got %v", end)
	}
}

// failing takes so many writes.
type failing struct{ left int }

func (w *failing) Write(p []byte) (int, error) {
	if w.left--; w.left < 0 {
		return 0, errors.New("disk is full")
	}
	return len(p), nil
}

func TestFormats_sayThatTheyCouldNotBeWritten(t *testing.T) {
	for _, name := range render.Formats() {
		for left := range 3 {
			w := failing{left}
			err := errors.Join(render.Plan(&w, render.Format(name), month(), render.TextOptions{}), render.Report(&w, render.Format(name), partial(), render.TextOptions{}))
			if err == nil && left < 2 {
				t.Errorf("%s: no error after %d writes", name, left)
			}
		}
	}
}

// The page that documents the formats knows each of them, each column and each type of line.
func TestFormats_areDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "formats.md"))
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	words = append(words, render.Formats()...)
	words = append(words, render.Endings()...)
	header, _, _ := strings.Cut(planAs(t, render.FormatCSV, empty(), render.TextOptions{}), "\n")
	words = append(words, strings.Split(header, ",")...)
	var events bytes.Buffer
	e := render.NewEvents(&events)
	e.Waiting(clock(0), 1, "window")
	e.FinalReadStarted(clock(0))
	for _, text := range []string{planAs(t, render.FormatJSONL, month(), render.TextOptions{}), reportAs(t, render.FormatJSONL, partial(), render.TextOptions{}), events.String()} {
		types, _ := lines(t, text)
		words = append(words, types...)
	}
	for _, r := range records(t, reportAs(t, render.FormatCSV, partial(), render.TextOptions{})) {
		words = append(words, r["row"])
	}
	slices.Sort(words)
	for _, word := range slices.Compact(words) {
		if !bytes.Contains(page, []byte("`"+word+"`")) {
			t.Errorf("docs/formats.md does not know `%s`", word)
		}
	}
}
