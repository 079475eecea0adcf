package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestExitCodes_areThoseOfTheHelp holds the table, row by row, against what the program itself says of its exit codes.
func TestExitCodes_areThoseOfTheHelp(t *testing.T) {
	_, help := rollcall("--help")
	_, help, _ = strings.Cut(help, "Exit codes:\n")
	rows := regexp.MustCompile(`(?m)^ +([0-9]+)  (.+)$`).FindAllStringSubmatch(help, -1)
	if len(rows) < 8 {
		t.Fatalf("the help has %d exit codes", len(rows))
	}
	var want []string
	for _, row := range rows {
		want = append(want, row[1]+" | "+row[2])
	}
	var got []string
	for _, row := range regexp.MustCompile(`(?m)^\| ([0-9]+) \| ([^|]+) \| [^|]+ \|$`).FindAllStringSubmatch(string(pageAt(t, "docs/exit-codes.md").source), -1) {
		got = append(got, row[1]+" | "+strings.ReplaceAll(row[2], "`", ""))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the page has\n%s\nand the help\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// finding is what `rollcall doctor` may say: a sentence with "..." where a value stands, and the hint beside it.
type finding struct{ sentence, hint string }

// findings reads from its source what doctor may find: every sentence that has a hint.
func findings(t *testing.T) []finding {
	t.Helper()
	folder := filepath.Join(root, "internal", "provider", "testrail")
	constants := make(map[string]string)
	var diagnose *ast.File
	for _, name := range []string{"caps.go", "diagnose.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
				constants[spec.Names[0].Name] = textOf(spec.Values[0], constants)
			}
			return true
		})
		diagnose = file
	}
	var all []finding
	ast.Inspect(diagnose, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr: // find(check, sentence, hint)
			if name, ok := n.Fun.(*ast.Ident); ok && name.Name == "find" {
				all = append(all, finding{textOf(n.Args[1], constants), textOf(n.Args[2], constants)})
			}
		case *ast.CompositeLit: // Finding{Text: sentence, Hint: hint}
			var f finding
			for _, element := range n.Elts {
				if field, ok := element.(*ast.KeyValueExpr); ok {
					switch name, _ := field.Key.(*ast.Ident); name.Name {
					case "Text":
						f.sentence = textOf(field.Value, constants)
					case "Hint":
						f.hint = textOf(field.Value, constants)
					}
				}
			}
			if f.sentence != "" && f.hint != "" && f.hint != elided {
				all = append(all, f)
			}
		}
		return true
	})
	if len(all) < 15 {
		t.Fatalf("found %d findings in diagnose.go: it is written otherwise now, mend this test", len(all))
	}
	return all
}

var verb = regexp.MustCompile(`%[a-z]`)

// textOf returns the text of an expression, with "..." for what is known only when it runs.
func textOf(e ast.Expr, constants map[string]string) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return text
		}
	case *ast.BinaryExpr:
		return textOf(e.X, constants) + textOf(e.Y, constants)
	case *ast.Ident:
		if text, ok := constants[e.Name]; ok {
			return text
		}
	case *ast.CallExpr: // fmt.Sprintf(form, ...)
		if len(e.Args) > 1 {
			text := verb.ReplaceAllString(textOf(e.Args[0], constants), elided)
			return strings.Replace(text, elided+".", elided, 1)
		}
	}
	return elided
}

// TestTroubleshooting_hasEveryFinding: the page has a section for each sentence of doctor, with its hint, and none for one
// that doctor does not say any more.
func TestTroubleshooting_hasEveryFinding(t *testing.T) {
	source, err := os.ReadFile("troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, found := strings.Cut(string(source), "\n## What doctor finds\n")
	part, _, _ = strings.Cut(part, "\n## ")
	if !found {
		t.Fatal("the page has no part `What doctor finds`")
	}
	sections := make(map[string]string)
	for _, section := range strings.Split(part, "\n### ")[1:] {
		heading, text, _ := strings.Cut(section, "\n")
		sections[heading] = strings.Join(strings.Fields(text), " ")
	}
	for _, f := range findings(t) {
		text, ok := sections[f.sentence]
		switch {
		case !ok:
			t.Errorf("no section: %s", f.sentence)
		case !strings.Contains(text, "*hint: "+f.hint+"*"):
			t.Errorf("%s: the hint is\n%s\nand the section\n%s", f.sentence, f.hint, text)
		}
		delete(sections, f.sentence)
	}
	for heading := range sections {
		t.Errorf("doctor does not say this: %s", heading)
	}
}
