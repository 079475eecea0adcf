package archtest_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// maxLines is how long a file of ours may be.
const maxLines = 400

// longFiles are the files that may be longer, with the reason.
var longFiles = map[string]string{
	"internal/sim/people/names.go": "a table of names in many scripts",
}

// TestSource holds every file that is not a test to the rules of the house.
func TestSource(t *testing.T) {
	files := 0
	for path, p := range packages(t) {
		for _, name := range p.GoFiles {
			files++
			file := path + "/" + name
			src, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if lines := bytes.Count(src, []byte("\n")); lines > maxLines && longFiles[file] == "" {
				t.Errorf("%s has %d lines: a file of more than %d has more than one reason to change", file, lines, maxLines)
			}
			set := token.NewFileSet()
			tree, err := parser.ParseFile(set, file, src, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, decl := range tree.Decls {
				checkDecl(t, set, file, decl)
			}
		}
	}
	if files < 20 {
		t.Fatalf("looked at %d files: the rules would hold of nothing", files)
	}
}

func checkDecl(t *testing.T, set *token.FileSet, file string, decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.GenDecl:
		if d.Tok == token.VAR {
			for _, spec := range d.Specs {
				checkVar(t, set, spec.(*ast.ValueSpec))
			}
		}
	case *ast.FuncDecl:
		if d.Name.Name == "init" && d.Recv == nil {
			t.Errorf("%s: init() runs before anybody asked", set.Position(d.Pos()))
		}
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "panic" {
			t.Errorf("%s: panic: return an error", set.Position(call.Pos()))
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "os" && sel.Sel.Name == "Exit" && !strings.HasPrefix(file, "cmd/") {
				t.Errorf("%s: os.Exit: only main ends the program", set.Position(call.Pos()))
			}
		}
		return true
	})
}

// checkVar allows package variables that nothing changes by their form: sentinels, compiled patterns, embedded files,
// tables, and assertions that a type has its methods. A plain variable is a global.
func checkVar(t *testing.T, set *token.FileSet, spec *ast.ValueSpec) {
	for i, name := range spec.Names {
		if name.Name == "_" {
			continue
		}
		if len(spec.Values) <= i {
			if sel, ok := spec.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "FS" {
				continue // filled by go:embed
			}
			if array, ok := spec.Type.(*ast.ArrayType); ok {
				if elem, ok := array.Elt.(*ast.Ident); ok && elem.Name == "byte" {
					continue // filled by go:embed
				}
			}
			t.Errorf("%s: package variable %s can be changed: pass it as a value", set.Position(name.Pos()), name.Name)
			continue
		}
		switch v := spec.Values[i].(type) {
		case *ast.CompositeLit, *ast.FuncLit: // a table
		case *ast.CallExpr: // errors.New, regexp.MustCompile, strings.NewReplacer
			if sel, ok := v.Fun.(*ast.SelectorExpr); ok && regexp.MustCompile(`^(New|MustCompile|NewReplacer|Errorf)$`).MatchString(sel.Sel.Name) {
				continue
			}
			t.Errorf("%s: package variable %s is computed: pass it as a value", set.Position(name.Pos()), name.Name)
		default:
			t.Errorf("%s: package variable %s can be changed: make it a constant or pass it as a value", set.Position(name.Pos()), name.Name)
		}
	}
}

// TestToolNames holds the names of tools to the packages that are about one, and to the table of tools in cli: what serves
// two tools in the same words asks for an ability, and never who it is.
func TestToolNames(t *testing.T) {
	about := []string{"internal/provider/testrail", "internal/provider/qtest", "internal/sim/testrailsim", "internal/sim/qtestsim"}
	table := regexp.MustCompile(`^internal/cli/(tools|tool_[a-z]+)\.go$`)
	names := regexp.MustCompile(`(?i)testrail|qtest`)
	named := 0
	for path, p := range packages(t) {
		if inside(path, about...) {
			continue
		}
		for _, name := range p.GoFiles {
			set := token.NewFileSet()
			// Comments may name a tool: they say where a fact comes from. Code may not.
			tree, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				text := ""
				switch n := n.(type) {
				case *ast.Ident:
					text = n.Name
				case *ast.BasicLit:
					if n.Kind == token.STRING {
						text = n.Value
					}
				}
				switch {
				case !names.MatchString(text):
				case table.MatchString(path + "/" + name):
					named++
				default:
					t.Errorf("%s names a tool", set.Position(n.Pos()))
				}
				return true
			})
		}
	}
	if named == 0 {
		t.Error("the table of tools names none: is it where this test looks?")
	}
}
