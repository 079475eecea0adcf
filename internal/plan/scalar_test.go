package plan_test

import (
	"encoding/json"
	"testing"

	"rollcall/internal/plan"
)

func TestValue_JSON(t *testing.T) {
	for _, tt := range []struct {
		name  string
		value plan.Value
		json  string
		text  string
	}{
		{"null", plan.Value{}, `null`, ""},
		{"a text", plan.Text(`a "b"`), `"a \"b\""`, `a "b"`},
		{"an empty text is not null", plan.Text(""), `""`, ""},
		{"a text that looks like a flag", plan.Text("true"), `"true"`, "true"},
		{"true", plan.Flag(true), `true`, "true"},
		{"false is not null", plan.Flag(false), `false`, "false"},
		{"a list", plan.List([]string{"A", "B"}), `["A","B"]`, "A, B"},
		{"an empty list is not null", plan.List(nil), `[]`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data, err := json.Marshal(tt.value)
			if err != nil || string(data) != tt.json {
				t.Fatalf("JSON %s, %v, want %s", data, err, tt.json)
			}
			var back plan.Value
			if err := json.Unmarshal(data, &back); err != nil || !back.Equal(tt.value) {
				t.Errorf("%s read back as %q, %v", data, back, err)
			}
			if back.IsNull() != (tt.json == "null") {
				t.Errorf("IsNull = %v", back.IsNull())
			}
			if got := tt.value.String(); got != tt.text {
				t.Errorf("String = %q, want %q", got, tt.text)
			}
		})
	}
}

func TestValue_JSONOfSomethingElse(t *testing.T) {
	for _, data := range []string{`1`, `{}`, `["a", 1]`} {
		var v plan.Value
		if err := json.Unmarshal([]byte(data), &v); err == nil {
			t.Errorf("%s read as %q", data, v)
		}
	}
}
