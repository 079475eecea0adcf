package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// finding is what `rollcall doctor` may say: a sentence with "..." where a value stands, and the hint beside it.
type finding struct{ sentence, hint string }

// findings reads from its source what doctor may find of a tool, whose provider is in a folder: every sentence that has a
// hint.
func findings(t *testing.T, folder string) []finding {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	s := source{constants: make(map[string]string), pairs: make(map[string]*ast.FuncLit)}
	var diagnose *ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, s.learn)
		if filepath.Base(path) == "diagnose.go" {
			diagnose = file
		}
	}
	var all []finding
	ast.Inspect(diagnose, func(n ast.Node) bool {
		if f := s.finding(n); f.sentence != "" && f.hint != "" && f.hint != elided {
			all = append(all, f)
		}
		return true
	})
	if len(all) == 0 {
		t.Fatalf("found %d findings in %s/diagnose.go: it is written otherwise now, mend this test", len(all), folder)
	}
	return all
}

// source is what texts in a provider are made of.
type source struct {
	constants map[string]string
	pairs     map[string]*ast.FuncLit // functions inside of functions that return a sentence and a hint
}

// learn takes a node's constants and functions in.
func (s *source) learn(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ValueSpec:
		if len(n.Values) == 1 {
			s.constants[n.Names[0].Name] = s.text(n.Values[0])
		}
	case *ast.AssignStmt: // name := func(...) (string, string) { return sentence, hint }
		name, named := n.Lhs[0].(*ast.Ident)
		if f, is := n.Rhs[0].(*ast.FuncLit); named && is && f.Type.Results != nil && len(f.Body.List) == 1 {
			s.pairs[name.Name] = f
		}
	}
	return true
}

// finding returns the finding that a node makes, the zero value if it makes none.
func (s *source) finding(n ast.Node) (f finding) {
	switch n := n.(type) {
	case *ast.CallExpr: // find(check, sentence, hint)
		if name, ok := n.Fun.(*ast.Ident); ok && name.Name == "find" {
			return finding{s.text(n.Args[1]), s.text(n.Args[2])}
		}
	case *ast.CompositeLit: // Finding{Text: sentence, Hint: hint}
		for _, element := range n.Elts {
			if field, ok := element.(*ast.KeyValueExpr); ok {
				switch name, _ := field.Key.(*ast.Ident); name.Name {
				case "Text":
					f.sentence = s.text(field.Value)
				case "Hint":
					f.hint = s.text(field.Value)
				}
			}
		}
	case *ast.AssignStmt: // f.Text, f.Hint = sentence, hint
		if len(n.Lhs) != 2 || !isField(n.Lhs[0], "Text") || !isField(n.Lhs[1], "Hint") {
			return f
		}
		if len(n.Rhs) == 2 {
			return finding{s.text(n.Rhs[0]), s.text(n.Rhs[1])}
		}
		if call, ok := n.Rhs[0].(*ast.CallExpr); ok {
			return s.pair(call)
		}
	}
	return f
}

func isField(e ast.Expr, name string) bool {
	field, ok := e.(*ast.SelectorExpr)
	return ok && field.Sel.Name == name
}

// pair returns what a function that is known returns for these arguments.
func (s *source) pair(call *ast.CallExpr) finding {
	name, _ := call.Fun.(*ast.Ident)
	f := s.pairs[name.Name]
	if f == nil {
		return finding{}
	}
	result, ok := f.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(result.Results) != 2 {
		return finding{}
	}
	inside := source{constants: maps.Clone(s.constants)}
	at := 0
	for _, field := range f.Type.Params.List {
		for _, parameter := range field.Names {
			inside.constants[parameter.Name] = s.text(call.Args[at])
			at++
		}
	}
	return finding{inside.text(result.Results[0]), inside.text(result.Results[1])}
}

var verb = regexp.MustCompile(`%[a-z]`)

// text returns the text of an expression, with "..." for what is known only when it runs.
func (s *source) text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return text
		}
	case *ast.BinaryExpr:
		return s.text(e.X) + s.text(e.Y)
	case *ast.Ident:
		if text, ok := s.constants[e.Name]; ok {
			return text
		}
	case *ast.CallExpr: // fmt.Sprintf(form, ...)
		if len(e.Args) > 1 {
			text := verb.ReplaceAllString(s.text(e.Args[0]), elided)
			return strings.Replace(text, elided+".", elided, 1)
		}
	}
	return elided
}

// TestTroubleshooting_hasEveryFinding: the page has a section for each sentence of doctor, with the hint of each tool that
// says it, and none for one that doctor does not say any more.
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
	providers, err := filepath.Glob(filepath.Join(root, "internal", "provider", "*", "diagnose.go"))
	if err != nil || len(providers) < 2 {
		t.Fatalf("found %d providers: %v", len(providers), err)
	}
	said := make(map[string]bool)
	for _, provider := range providers {
		for _, f := range findings(t, filepath.Dir(provider)) {
			said[f.sentence] = true
			switch text, ok := sections[f.sentence]; {
			case !ok:
				t.Errorf("no section: ### %s\n\n*hint: %s*", f.sentence, f.hint)
			case !strings.Contains(text, "*hint: "+f.hint+"*"):
				t.Errorf("%s: the hint is\n%s\nand the section\n%s", f.sentence, f.hint, text)
			}
		}
	}
	for heading := range sections {
		if !said[heading] {
			t.Errorf("doctor does not say this: %s", heading)
		}
	}
}
