package archtest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadme_wayOfARecord follows the list of the README: every name must still be declared where it says.
func TestReadme_wayOfARecord(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	hops := regexp.MustCompile("(?m)^[0-9]\\. `([^`]+\\.go)` `([A-Za-z]+)`$").FindAllStringSubmatch(string(readme), -1)
	if len(hops) != 9 {
		t.Fatalf("README lists %d hops, not 9", len(hops))
	}
	for _, hop := range hops {
		tree, err := parser.ParseFile(token.NewFileSet(), "../../"+hop[1], nil, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("README: %v", err)
			continue
		}
		if !declares(tree, hop[2]) {
			t.Errorf("README: %s does not declare %s any more", hop[1], hop[2])
		}
	}
}

func declares(tree *ast.File, name string) bool {
	for _, decl := range tree.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Name.Name == name {
				return true
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok && s.Name.Name == name {
					return true
				}
			}
		}
	}
	return false
}

// TestSafetyPage_namesTestsThatExist: a promise whose test is gone is no promise.
func TestSafetyPage_namesTestsThatExist(t *testing.T) {
	page, err := os.ReadFile("../../docs/safety.md")
	if err != nil {
		t.Fatal(err)
	}
	declared := make(map[string]bool)
	err = filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(src, -1) {
			declared[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test\\w+)`").FindAllSubmatch(page, -1)
	if len(named) < 20 {
		t.Fatalf("the page names %d tests", len(named))
	}
	for _, m := range named {
		if !declared[string(m[1])] {
			t.Errorf("docs/safety.md names %s, which does not exist", m[1])
		}
	}
}
