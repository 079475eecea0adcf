package schema_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"rollcall/schema"
)

// walk calls visit for every object of a schema that is a schema itself, with its JSON pointer.
func walk(pointer string, value any, visit func(pointer string, node map[string]any)) {
	node, ok := value.(map[string]any)
	if !ok {
		return
	}
	visit(pointer, node)
	for _, keyword := range []string{"properties", "definitions", "$defs"} {
		group, _ := node[keyword].(map[string]any)
		for name, child := range group {
			walk(pointer+"/"+keyword+"/"+name, child, visit)
		}
	}
	if items, ok := node["items"]; ok {
		walk(pointer+"/items", items, visit)
	}
	forms, _ := node["oneOf"].([]any)
	for i, form := range forms {
		walk(fmt.Sprintf("%s/oneOf/%d", pointer, i), form, visit)
	}
}

func decoded(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// Editors show a value's own text while it is chosen.
func TestUsers_describesEachValue(t *testing.T) {
	found := 0
	walk("#", decoded(t, schema.Users()), func(pointer string, node map[string]any) {
		values, _ := node["enum"].([]any)
		texts, _ := node["enumDescriptions"].([]any)
		if len(values) != len(texts) {
			t.Errorf("%s has %d values and describes %d", pointer, len(values), len(texts))
		}
		for i, text := range texts {
			found++
			if s, ok := text.(string); !ok || !strings.HasSuffix(s, ".") {
				t.Errorf("%s: value %v is described by %v, which is no sentence", pointer, values[i], text)
			}
		}
	})
	if found < 20 {
		t.Fatalf("found %d values: the schema is walked in a wrong way", found)
	}
}

// An example or default that does not fit would be offered by editors, and refused.
func TestUsers_examplesFit(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("users.json", bytes.NewReader(schema.Users())); err != nil {
		t.Fatal(err)
	}
	found := 0
	walk("#", decoded(t, schema.Users()), func(pointer string, node map[string]any) {
		examples, _ := node["examples"].([]any)
		if value, ok := node["default"]; ok {
			examples = append(examples, value)
		}
		if len(examples) == 0 {
			return
		}
		compiled, err := compiler.Compile("users.json" + pointer)
		if err != nil {
			t.Fatal(err)
		}
		for _, example := range examples {
			found++
			if err := compiled.Validate(example); err != nil {
				t.Errorf("%s: %v: %v", pointer, example, err)
			}
		}
	})
	if found < 30 {
		t.Fatalf("found %d examples: the schema is walked in a wrong way", found)
	}
}
