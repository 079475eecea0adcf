package render_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// wordsOfPlan returns the constants of a type that package plan has: it lists neither its stages nor its codes.
func wordsOfPlan(t *testing.T, of string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "plan", "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files of plan: %v", err)
	}
	var words []string
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			value, isText := spec.Values[0].(*ast.BasicLit)
			if name, ok := spec.Type.(*ast.Ident); ok && name.Name == of && isText {
				word, err := strconv.Unquote(value.Value)
				if err != nil {
					t.Fatal(err)
				}
				words = append(words, word)
			}
			return true
		})
	}
	if len(words) < 9 {
		t.Fatalf("%s has the words %q: they are looked for in a wrong way", of, words)
	}
	return words
}

// What a program that reads a plan may meet stands in the schemas, each word with what it means.
func TestSchemas_knowEveryWordOfAPlan(t *testing.T) {
	open := func(n node) node { return n.AnyOf[0] } // the words of now; the form of others stands beside them
	p, r, n := parsed(t, "plan.schema.json"), parsed(t, "report.schema.json"), parsed(t, "notify.schema.json")
	for _, row := range []struct {
		name, of string
		node     node
	}{
		{"kinds of a plan", "Kind", p.Defs["kind"]},
		{"kinds of a report", "Kind", r.Defs["kind"]},
		{"kinds of a notification", "Kind", n.Defs["kind"]},
		{"fields of a plan", "Field", p.Defs["field_change"].Properties["field"]},
		{"fields of a report", "Field", r.Defs["field_change"].Properties["field"]},
		{"fields of a notification", "Field", n.Defs["field_change"].Properties["field"]},
		{"stages of a plan", "Stage", open(p.Defs["batch"].Properties["stage"])},
		{"notes of a plan", "NoteCode", open(p.Defs["note"].Properties["code"])},
		{"notes of a report", "NoteCode", open(r.Defs["note"].Properties["code"])},
		{"notes of a notification", "NoteCode", open(n.Defs["note"].Properties["code"])},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, word := range wordsOfPlan(t, row.of) {
				if !slices.Contains(row.node.Enum, any(word)) {
					t.Errorf("the schema does not know %s", word)
				}
			}
			if len(row.node.EnumDescriptions) != len(row.node.Enum) {
				t.Errorf("%d words, %d descriptions", len(row.node.Enum), len(row.node.EnumDescriptions))
			}
			for _, text := range row.node.EnumDescriptions {
				if !strings.HasSuffix(text, ".") {
					t.Errorf("%q is no sentence", text)
				}
			}
		})
	}
}
