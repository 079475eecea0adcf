package cli_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// unmarkedKeys are the keys of tests that can't bear the marker, as they stand in the code, with the reason.
var unmarkedKeys = map[string]string{
	"internal/httpx/redact_test.go: tt.key":             "what matters is the shape: none, bytes that are no text, longer than any key",
	"internal/httpx/webhook_test.go: tt.address":        "what matters is the form of an address; those that hold a secret bear the marker",
	"internal/sim/testrailsim/client_test.go: c.secret": "what a test gave to its client is looked at where it did",
}

// TestKeysOfTestsAreMarked finds every place where a test makes a key for a client or a simulator, and holds it to the marker
// that .ci/test looks for in all that tests print. A key without it could be printed and nobody would see.
func TestKeysOfTestsAreMarked(t *testing.T) {
	if script, err := os.ReadFile("../../.ci/test"); err != nil || !strings.Contains(string(script), "markers='"+marker+" "+strings.Join(simulatorKeys(), " ")+"'") {
		t.Fatalf("what is looked for is another marker than that of the keys: %v", err)
	}
	found, excused := 0, make(map[string]bool)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case strings.HasSuffix(path, "_test.go"):
			found += markedInGo(t, path, excused)
		case filepath.Ext(path) == ".txtar", filepath.Ext(path) == ".json" && strings.Contains(path, "testdata"):
			found += markedInText(t, path)
		}
		return nil
	})
	if err != nil || found < 20 {
		t.Fatalf("looked at %d keys: %v", found, err)
	}
	for excuse := range unmarkedKeys {
		if !excused[excuse] {
			t.Errorf("%s: nothing is there to be excused", excuse)
		}
	}
}

// markedInText looks at the keys of simulators and of the environment in the text of scripts and of test data.
func markedInText(t *testing.T, path string) (found int) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`"api_key": *"([^"]*)"|_(?:API_KEY|TOKEN|PASSWORD)=(\S+)`).FindAllStringSubmatch(string(text), -1) {
		found++
		if key := match[1] + match[2]; !isMarked(key) {
			t.Errorf("%s: key %q has no %q in it", filepath.ToSlash(path), key, marker)
		}
	}
	if strings.HasSuffix(path, ".txtar") {
		for line := range strings.SplitSeq(string(text), "\n") {
			if regexp.MustCompile(`^(\[.*\] )?env .*_(API_KEY|TOKEN|PASSWORD)=\S`).MatchString(line) {
				t.Errorf("%s: %s: testscript prints that; use login", filepath.ToSlash(path), line)
			}
		}
	}
	return found
}

// simulatorKeys are what the keys of simulators begin with, each a marker as well.
func simulatorKeys() []string { return []string{"sim-key", "sim-token", "sim-password"} }

func isMarked(key string) bool {
	return key == "" || strings.Contains(key, marker) || slices.ContainsFunc(simulatorKeys(), func(s string) bool { return strings.HasPrefix(key, s) })
}

// markedInGo looks at each expression of a test file that becomes a key: arguments of the functions that take one, fields
// and variables of the environment that hold one.
func markedInGo(t *testing.T, path string, excused map[string]bool) (found int) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(filepath.ToSlash(path), "../../")
	judge := func(key ast.Expr) {
		if call, ok := key.(*ast.CallExpr); ok && keyArgument(call) != nil {
			return // that is looked at by itself
		}
		found++
		source := sourceOf(key)
		switch excuse := name + ": " + source; {
		case markedExpr(path, key):
		case unmarkedKeys[excuse] != "":
			excused[excuse] = true
		default:
			t.Errorf("%s: key %s is not a constant with %q in it: .ci/test would not find it where it is printed", set.Position(key.Pos()), source, marker)
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if key := keyArgument(n); key != nil {
				judge(key)
			}
		case *ast.KeyValueExpr:
			if field, ok := n.Key.(*ast.Ident); ok && (field.Name == "APIKey" || field.Name == "secret") || isKeyVariable(n.Key) {
				judge(n.Value)
			}
		case *ast.CompositeLit:
			if sel, ok := n.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Config" {
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok && sourceOf(kv.Key) == "Key" {
						judge(kv.Value)
					}
				}
			}
		case *ast.AssignStmt:
			for i, to := range n.Lhs {
				if sel, ok := to.(*ast.SelectorExpr); ok && (sel.Sel.Name == "APIKey" || sel.Sel.Name == "Key") && i < len(n.Rhs) {
					judge(n.Rhs[i])
				}
			}
		case *ast.CaseClause:
			if slices.ContainsFunc(n.List, isKeyVariable) {
				for _, s := range n.Body {
					if ret, ok := s.(*ast.ReturnStmt); ok {
						judge(ret.Results[0])
					}
				}
			}
		case *ast.BinaryExpr:
			if literal, ok := n.X.(*ast.BasicLit); ok && strings.HasSuffix(literal.Value, `_API_KEY="`) {
				judge(n.Y)
			}
		}
		return true
	})
	return found
}

// keyArgument returns the argument of a call that is a key, or nil.
func keyArgument(call *ast.CallExpr) ast.Expr {
	name := sourceOf(call.Fun)
	name = name[strings.LastIndex(name, ".")+1:]
	switch {
	case len(call.Args) == 2 && (name == "Basic" || name == "SetBasicAuth"):
		return call.Args[1]
	case len(call.Args) == 1 && (name == "Bearer" || name == "Secret" || name == "NewSecret"):
		return call.Args[0]
	case len(call.Args) == 2 && name == "Setenv" && isKeyVariable(call.Args[0]):
		return call.Args[1]
	}
	return nil
}

// isKeyVariable reports whether an expression is the name of a variable of the environment that holds a key.
func isKeyVariable(e ast.Expr) bool {
	literal, ok := e.(*ast.BasicLit)
	return ok && regexp.MustCompile(`_(API_KEY|TOKEN|PASSWORD)"$`).MatchString(literal.Value)
}

// markedExpr reports whether an expression of a file is a constant with the marker: a literal, a name for one in the same
// folder, the key of simulators, or something made of those.
func markedExpr(path string, e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return err == nil && isMarked(text)
	case *ast.BinaryExpr:
		return markedExpr(path, e.X) || markedExpr(path, e.Y)
	case *ast.CallExpr:
		return len(e.Args) == 1 && markedExpr(path, e.Args[0])
	case *ast.SelectorExpr:
		return slices.Contains([]string{"DefaultKey", "DefaultToken", "DefaultPassword", "TokenPrefix"}, e.Sel.Name)
	case *ast.Ident:
		return markedName(path, e.Name)
	}
	return false
}

// markedName reports whether a name stands for a marked constant in the tests of a folder, and for no other text.
func markedName(path, name string) bool {
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*_test.go"))
	if err != nil {
		return false
	}
	marked, unmarked := false, false
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return false
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			var names, values []ast.Expr
			switch n := n.(type) {
			case *ast.ValueSpec:
				for _, one := range n.Names {
					names = append(names, one)
				}
				values = n.Values
			case *ast.AssignStmt:
				names, values = n.Lhs, n.Rhs
			}
			for i := range min(len(names), len(values)) {
				if id, ok := names[i].(*ast.Ident); ok && id.Name == name {
					if _, isText := values[i].(*ast.BasicLit); isText && !markedExpr(file, values[i]) {
						unmarked = true
					}
					if value, ok := values[i].(*ast.Ident); !ok || value.Name != name {
						marked = marked || markedExpr(file, values[i])
					}
				}
			}
			return true
		})
	}
	return marked && !unmarked
}

// sourceOf returns an expression of names, dots and calls as it stands in the code.
func sourceOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.BasicLit:
		return e.Value
	case *ast.SelectorExpr:
		return sourceOf(e.X) + "." + e.Sel.Name
	case *ast.CallExpr:
		var args []string
		for _, arg := range e.Args {
			args = append(args, sourceOf(arg))
		}
		return sourceOf(e.Fun) + "(" + strings.Join(args, ", ") + ")"
	}
	return "of several parts"
}
