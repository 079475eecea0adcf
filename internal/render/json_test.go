package render_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

func schemaText(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "schema", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// compiled returns a schema that may fetch nothing and asserts its formats.
func compiled(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat = true
	c.LoadURL = func(url string) (io.ReadCloser, error) { return nil, errors.New(url + " is not to be fetched") }
	if err := c.AddResource(name, bytes.NewReader(schemaText(t, name))); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func validate(t *testing.T, schema *jsonschema.Schema, text []byte) error {
	t.Helper()
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return schema.Validate(doc)
}

func planJSON(t *testing.T, p *plan.Plan) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := render.PlanJSON(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func reportJSON(t *testing.T, r *apply.Report) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := render.ReportJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPlanJSON_golden(t *testing.T) {
	schema := compiled(t, "plan.schema.json")
	for name, p := range plans() {
		text := planJSON(t, p)
		golden(t, "plan-"+name+".json", text)
		if err := validate(t, schema, text); err != nil {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

func TestReportJSON_golden(t *testing.T) {
	schema := compiled(t, "report.schema.json")
	for name, r := range reports() {
		text := reportJSON(t, r)
		golden(t, "report-"+name+".json", text)
		if err := validate(t, schema, text); err != nil {
			t.Errorf("%s: %#v", name, err)
		}
	}
}

func TestPlanJSON_readsBackAsTheSamePlan(t *testing.T) {
	for _, name := range []string{"month", "refused", "manual"} {
		text := planJSON(t, plans()[name])
		var back plan.Plan
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(text), string(planJSON(t, &back))); diff != "" {
			t.Errorf("%s (-first +second):\n%s", name, diff)
		}
	}
}

func TestPlanJSON_keepsEveryValueOfValidText(t *testing.T) {
	p := hostile()
	var back plan.Plan
	if err := json.Unmarshal(planJSON(t, p), &back); err != nil {
		t.Fatal(err)
	}
	for i, a := range p.Actions() {
		want := strings.ToValidUTF8(a.Subject, "")
		got := strings.ReplaceAll(back.Actions()[i].Subject, "\ufffd", "")
		if got != want {
			t.Errorf("subject %d is %q, want %q", i, got, want)
		}
	}
}

func TestPlanJSON_writesEmptyListsAndEveryKind(t *testing.T) {
	text := planJSON(t, &plan.Plan{
		FormatVersion: 1, Target: plan.Target{Kind: "testrail"},
		Basis:   plan.Basis{Today: base(1).Basis.Today, Timezone: "UTC", Live: strings.Repeat("0", 64)},
		Batches: []plan.Batch{{Stage: "set_members"}, {Stage: "x", Actions: []plan.Action{{ID: "a", Kind: plan.UpdateGroup, Cause: plan.CauseDeclared, Members: &plan.MemberChange{}}}}},
	})
	if err := validate(t, compiled(t, "plan.schema.json"), text); err != nil {
		t.Errorf("%#v", err)
	}
	if bytes.Contains(text, []byte("null")) {
		t.Errorf("a list is null:\n%s", text)
	}
}

func TestJSON_leavesItsArgumentAlone(t *testing.T) {
	p := &plan.Plan{Batches: []plan.Batch{{Actions: []plan.Action{{Members: &plan.MemberChange{}}}}}}
	planJSON(t, p)
	if p.Notes != nil || p.Batches[0].Actions[0].Members.Add != nil || p.Summary.ByKind != nil {
		t.Error("the plan was changed by writing it")
	}
}

func TestJSON_escapesWhatMisleadsATerminal(t *testing.T) {
	var b bytes.Buffer
	if err := render.JSON(&b, []string{"\u202e \U000e0041 \u009b \x7f <&> é 佐藤 ##[x]"}); err != nil {
		t.Fatal(err)
	}
	want := "[\n  \"\\u202e \\udb40\\udc41 \\u009b \\u007f <&> é 佐藤 \\u0023#[x]\"\n]\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSchemas_refuseWhatTheyDoNotKnow(t *testing.T) {
	good := string(planJSON(t, month()))
	schema := compiled(t, "plan.schema.json")
	for _, row := range []struct{ name, old, bad string }{
		{"an unknown key at the top", `"format_version": 1,`, `"format_version": 1, "x": 1,`},
		{"an unknown key in an action", `"subject_id": 21,`, `"subject_id": 21, "x": 1,`},
		{"another version", `"format_version": 1`, `"format_version": 2`},
		{"an unknown kind", `"kind": "deactivate_user"`, `"kind": "delete_user"`},
		{"a value that is a number", `"new": "Lead"`, `"new": 3`},
		{"a date that is none", `"2026-11-22"`, `"2026-11-31"`},
		{"a position without a column", `"column": 5`, `"colum": 5`},
	} {
		t.Run(row.name, func(t *testing.T) {
			bad := strings.Replace(good, row.old, row.bad, 1)
			if bad == good {
				t.Fatalf("%s is not in the plan", row.old)
			}
			if validate(t, schema, []byte(bad)) == nil {
				t.Error("the schema takes it")
			}
		})
	}
}

// node is what these tests look at in a schema.
type node struct {
	Description          string          `json:"description"`
	Enum                 []any           `json:"enum"`
	EnumDescriptions     []string        `json:"enumDescriptions"`
	Pattern              string          `json:"pattern"`
	AnyOf                []node          `json:"anyOf"`
	Properties           map[string]node `json:"properties"`
	Required             []string        `json:"required"`
	AdditionalProperties json.RawMessage `json:"additionalProperties"`
	Defs                 map[string]node `json:"$defs"`
}

func parsed(t *testing.T, name string) node {
	t.Helper()
	var n node
	if err := json.Unmarshal(schemaText(t, name), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSchemas_describeEveryKeyOfTheGoTypes(t *testing.T) {
	p, r := parsed(t, "plan.schema.json"), parsed(t, "report.schema.json")
	for _, row := range []struct {
		name string
		of   reflect.Type
		node node
	}{
		{"plan", reflect.TypeFor[plan.Plan](), p},
		{"basis", reflect.TypeFor[plan.Basis](), p.Defs["basis"]},
		{"file", reflect.TypeFor[directory.File](), p.Defs["file"]},
		{"scope", reflect.TypeFor[plan.Scope](), p.Defs["scope"]},
		{"batch", reflect.TypeFor[plan.Batch](), p.Defs["batch"]},
		{"action", reflect.TypeFor[plan.Action](), p.Defs["action"]},
		{"cost", reflect.TypeFor[plan.Cost](), p.Defs["cost"]},
		{"target", reflect.TypeFor[plan.Target](), p.Defs["target"]},
		{"summary", reflect.TypeFor[plan.Summary](), p.Defs["summary"]},
		{"field_change", reflect.TypeFor[plan.FieldChange](), p.Defs["field_change"]},
		{"member_change", reflect.TypeFor[plan.MemberChange](), p.Defs["member_change"]},
		{"member", reflect.TypeFor[plan.Member](), p.Defs["member"]},
		{"position", reflect.TypeFor[directory.Pos](), p.Defs["position"]},
		{"note", reflect.TypeFor[plan.Note](), p.Defs["note"]},
		{"guard", reflect.TypeFor[plan.GuardResult](), p.Defs["guard"]},
		{"manual_step", reflect.TypeFor[plan.ManualStep](), p.Defs["manual_step"]},
		{"report", reflect.TypeFor[apply.Report](), r},
		{"run", reflect.TypeFor[apply.RunInfo](), r.Defs["run"]},
		{"requests", reflect.TypeFor[apply.Requests](), r.Defs["requests"]},
		{"outcome", reflect.TypeFor[apply.Outcome](), r.Defs["outcome"]},
		{"remaining", reflect.TypeFor[apply.Remaining](), r.Defs["remaining"]},
	} {
		t.Run(row.name, func(t *testing.T) {
			all, required := jsonKeys(row.of)
			var described []string
			for key, property := range row.node.Properties {
				described = append(described, key)
				if property.Description == "" {
					t.Errorf("%s has no description", key)
				}
			}
			for _, lists := range [][2][]string{{all, described}, {required, row.node.Required}} {
				want, got := slices.Sorted(slices.Values(lists[0])), slices.Sorted(slices.Values(lists[1]))
				if !slices.Equal(want, got) {
					t.Errorf("the type has %v, the schema %v", want, got)
				}
			}
			if string(row.node.AdditionalProperties) != "false" {
				t.Error("other keys are not refused")
			}
		})
	}
}

// jsonKeys returns the keys of a struct, and those that are always written.
func jsonKeys(of reflect.Type) (all, required []string) {
	for field := range of.Fields() {
		if field.Anonymous {
			a, r := jsonKeys(field.Type)
			all, required = append(all, a...), append(required, r...)
			continue
		}
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		all = append(all, name)
		if !strings.Contains(options, "omit") {
			required = append(required, name)
		}
	}
	return all, required
}

func TestSchemas_agreeOnWhatTheyShare(t *testing.T) {
	p, r := parsed(t, "plan.schema.json"), parsed(t, "report.schema.json")
	for name, def := range p.Defs {
		if other, both := r.Defs[name]; both {
			if diff := cmp.Diff(def, other); diff != "" {
				t.Errorf("%s (-plan +report):\n%s", name, diff)
			}
		}
	}
	var kinds []any
	for _, k := range plan.Kinds() {
		kinds = append(kinds, string(k))
	}
	if diff := cmp.Diff(kinds, p.Defs["kind"].Enum); diff != "" {
		t.Errorf("kinds (-plan +schema):\n%s", diff)
	}
}
