// Package archtest holds the rules of who may import whom, each with its reason. It must not test behaviour.
package archtest_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// pkg is what `go list -json` says of a package.
type pkg struct {
	ImportPath   string
	Imports      []string // direct imports of its code
	TestImports  []string
	XTestImports []string
	Deps         []string // everything it is built from
	GoFiles      []string
	Dir          string
}

const module = "rollcall/"

func packages(t *testing.T) map[string]pkg {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports,Deps,GoFiles,Dir", "./...")
	command.Dir = "../.."
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	found := make(map[string]pkg)
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		found[strings.TrimPrefix(p.ImportPath, module)] = p
	}
	if len(found) < 10 {
		t.Fatalf("go list found %d packages: the rules below would hold of nothing", len(found))
	}
	return found
}

// inside reports whether a package is at or below one of the folders.
func inside(path string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return path == f || strings.HasPrefix(path, f+"/") })
}

// TestOnlyOneImporter holds libraries and system packages to the one place that has a reason to use them.
func TestOnlyOneImporter(t *testing.T) {
	rules := []struct {
		name    string
		imports string
		allowed []string
	}{
		{"yaml is read in one place and edited in one: spec reads what it means, edit changes how it is written", "gopkg.in/yaml.v3", []string{"internal/spec", "internal/edit"}},
		{"the schema library checks the file format and nothing else", "github.com/santhosh-tekuri/jsonschema/v5", []string{"internal/spec"}},
		{"colour is decoration of the last step", "github.com/fatih/color", []string{"internal/render"}},
		{"commands are parsed in one place", "github.com/spf13/cobra", []string{"internal/cli"}},
		{"go-cmp may panic: its own documentation keeps it to tests", "github.com/google/go-cmp/cmp", []string{"internal/provider/conform"}},
		{"rapid is for tests", "pgregory.net/rapid", nil},
		{"goldmark reads what we write, in tests", "github.com/yuin/goldmark", nil},
		{"one careful client speaks to the network; simulators answer it", "net/http", []string{"internal/httpx", "internal/provider", "internal/sim", "internal/cli"}},
		{"requests are paced in one place", "golang.org/x/time/rate", []string{"internal/httpx"}},
		{"metrics are written in one place, with a registry of their own", "github.com/prometheus/client_golang/prometheus", []string{"internal/metrics"}},
		{"metrics are written and read in one place", "github.com/prometheus/common/expfmt", []string{"internal/metrics"}},
		{"a bar is drawn in one place, and nothing else of its library is used", "github.com/cheggaaa/pb/v3", []string{"internal/progress"}},
	}
	all := packages(t)
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			for path, p := range all {
				if slices.Contains(p.Imports, rule.imports) && !inside(path, rule.allowed...) {
					t.Errorf("%s imports %s: %s", path, rule.imports, rule.name)
				}
			}
		})
	}
}

// TestCoreIsPure holds the core to values: a function without a context can't talk to the network.
func TestCoreIsPure(t *testing.T) {
	forbidden := map[string]string{
		"context":      "a function with a context talks to the network; the core does not",
		"log":          "the core returns what it has to say",
		"log/slog":     "the core returns what it has to say",
		"net/http":     "the core has no network",
		"net":          "the core has no network",
		"os/exec":      "the core runs nothing",
		"math/rand":    "the same inputs give the same bytes",
		"math/rand/v2": "the same inputs give the same bytes",
	}
	// spec reads files, and only spec: the planner and the nouns know no file system.
	files := map[string]string{"os": "no file system below the loader", "io/fs": "no file system below the loader", "path/filepath": "no file system below the loader"}
	all := packages(t)
	for _, core := range []string{"internal/directory", "internal/spec", "internal/plan", "internal/origin"} {
		p, ok := all[core]
		if !ok {
			t.Fatalf("%s is gone: mend this test", core)
		}
		for _, imported := range p.Imports {
			if reason, bad := forbidden[imported]; bad {
				t.Errorf("%s imports %s: %s", core, imported, reason)
			}
			if reason, bad := files[imported]; bad && core != "internal/spec" {
				t.Errorf("%s imports %s: %s", core, imported, reason)
			}
		}
	}
	for _, core := range []string{"internal/directory", "internal/plan", "internal/origin"} {
		if slices.Contains(all[core].Deps, "net/http") {
			t.Errorf("%s reaches net/http through what it imports", core)
		}
	}
}

// TestArrows holds the picture of the packages: an arrow that is not in the table may not be in the code.
func TestArrows(t *testing.T) {
	allowed := map[string][]string{
		"internal/directory":         nil,
		"schema":                     nil,
		"internal/spec":              {"internal/directory", "schema"},
		"internal/plan":              {"internal/directory"},
		"internal/origin":            {"internal/directory"},
		"internal/apply":             {"internal/directory", "internal/plan"},
		"internal/render":            {"internal/directory", "internal/plan", "internal/apply", "internal/origin"},
		"internal/edit":              {"internal/directory", "internal/spec"},
		"internal/notify":            {"internal/directory", "internal/plan", "internal/render", "internal/httpx"},
		"internal/metrics":           {"internal/plan"},
		"internal/roster":            {"internal/directory", "internal/plan", "internal/edit"},
		"internal/httpx":             nil,
		"internal/history":           nil,
		"internal/progress":          nil, // a run tells it; it knows nothing of a run
		"internal/provider/testrail": {"internal/directory", "internal/plan", "internal/httpx", "internal/provider/instance", "internal/provider/lenient"},
		"internal/provider/qtest":    {"internal/directory", "internal/plan", "internal/httpx", "internal/provider/instance", "internal/provider/lenient"},
		"internal/provider/instance": {"internal/httpx"},
		"internal/provider/lenient":  nil,
		"internal/provider/conform":  {"internal/directory", "internal/plan", "internal/apply"},
		// Two readings of the vendor's documents meet on the wire alone: simulators share machinery with each other, and
		// nothing with anybody else.
		"internal/sim/wire":        nil,
		"internal/sim/fault":       {"internal/sim/wire"},
		"internal/sim/setting":     {"internal/sim/fault", "internal/sim/wire"},
		"internal/sim/snapfile":    nil,
		"internal/sim/people":      nil,
		"internal/sim/testrailsim": {"internal/sim/wire", "internal/sim/fault", "internal/sim/setting", "internal/sim/snapfile", "internal/sim/people"},
		"internal/sim/qtestsim":    {"internal/sim/wire", "internal/sim/fault", "internal/sim/setting", "internal/sim/snapfile", "internal/sim/people"},
		"internal/archtest":        nil,
		"cmd/rollcall":             {"internal/cli"},
		"cmd/dist":                 nil, // it packs a program whose insides it does not know
		"docs":                     nil,
		"examples":                 nil,
		"examples/ci":              nil, // it runs a built rollcall
	}
	for path, p := range packages(t) {
		may, listed := allowed[path]
		if path == "internal/cli" {
			continue // it wires everything
		}
		if !listed {
			t.Errorf("package %s is not in the table of arrows: add it, with what it may import", path)
			continue
		}
		for _, imported := range p.Imports {
			ours, is := strings.CutPrefix(imported, module)
			if is && !slices.Contains(may, ours) {
				t.Errorf("%s imports %s, which its row of the table does not allow", path, ours)
			}
		}
	}
}
