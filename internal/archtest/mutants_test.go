package archtest_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the table of rules into docs/safety.md")

const (
	treeRoot   = "../.."
	listFile   = "testdata/mutants.txt"
	safetyPage = treeRoot + "/docs/safety.md"

	// What stands between these two lines of the page is written by -update.
	tableBegins = "<!-- the table of mutants.txt; `make golden` writes it -->\n"
	tableEnds   = "<!-- end of the table -->\n"
	rewrite     = "go test ./internal/archtest -run TestSafetyPage_listsEveryRule -update"

	// mutantsVariable asks for the run itself: 1 for all mutants, else a regular expression of rules and files.
	mutantsVariable = "ROLLCALL_MUTANTS"
)

// mutant is a safety rule and what becomes of the code without it.
type mutant struct {
	chapter string
	rule    string
	file    string // from the root of the repository
	tests   []namedTest
	before  string // what enforces the rule; it stands in the file exactly once
	after   string
	source  string // what the file holds
	line    int    // of before in it, 1-based
}

// namedTest is a test that has to fail without the rule. Its name may have a part below the first, such as TestScript/only.
type namedTest struct{ pkg, name string }

func (m *mutant) String() string { return fmt.Sprintf("%s:%d: %s", m.file, m.line, m.rule) }

// mutated returns the source of the file without the rule.
func (m *mutant) mutated() []byte { return []byte(strings.Replace(m.source, m.before, m.after, 1)) }

// mutants reads the list. Its form is said at its top.
func mutants(t *testing.T) []mutant {
	t.Helper()
	text, err := os.ReadFile(listFile)
	if err != nil {
		t.Fatal(err)
	}
	var all []mutant
	chapter := ""
	for _, block := range strings.Split(strings.TrimRight(string(text), "\n"), "\n\n") {
		m := mutant{}
		var before, after []string
		for line := range strings.SplitSeq(block, "\n") {
			if line == "" {
				continue
			}
			key, value, _ := strings.Cut(line, " ")
			switch {
			case line[0] == '#': // words for the reader
			case key == "==":
				chapter = value
			case key == "rule:":
				m.rule = value
			case key == "file:":
				m.file = value
			case key == "test:":
				pkg, name, elsewhere := strings.Cut(value, " ")
				if !elsewhere {
					pkg, name = path.Dir(m.file), value
				}
				m.tests = append(m.tests, namedTest{pkg, name})
			case line[0] == '-':
				before = append(before, line[1:])
			case line[0] == '+':
				after = append(after, line[1:])
			default:
				t.Fatalf("%s: what is %q?", listFile, line)
			}
		}
		if m.rule == "" && m.file == "" && before == nil {
			continue
		}
		m.chapter, m.before, m.after = chapter, strings.Join(before, "\n"), strings.Join(after, "\n")
		if m.rule == "" || m.file == "" || m.before == "" || len(m.tests) == 0 || m.chapter == "" {
			t.Fatalf("%s: a block lacks a part:\n%s", listFile, block)
		}
		src, err := os.ReadFile(filepath.Join(treeRoot, m.file))
		if err != nil {
			t.Fatal(err)
		}
		m.source = string(src)
		above, _, _ := strings.Cut(m.source, m.before)
		m.line = 1 + strings.Count(above, "\n")
		all = append(all, m)
	}
	return all
}

// TestMutants_areOfTheCodeAsItIs holds the list to the code without running it.
func TestMutants_areOfTheCodeAsItIs(t *testing.T) {
	rules := make(map[string]bool)
	for _, m := range mutants(t) {
		if rules[m.rule] {
			t.Errorf("%s: the rule stands in the list twice", &m)
		}
		rules[m.rule] = true
		if n := strings.Count(m.source, m.before); n != 1 {
			t.Errorf("%s: stands in the file %d times, not once:\n%s", &m, n, m.before)
			continue
		}
		if m.before == m.after {
			t.Errorf("%s: nothing is taken out", &m)
		}
		if _, err := parser.ParseFile(token.NewFileSet(), m.file, m.mutated(), parser.SkipObjectResolution); err != nil {
			t.Errorf("%s: is no Go without the rule: %v", &m, err)
		}
		for _, named := range m.tests {
			if !named.exists(t) {
				t.Errorf("%s: there is no %s in %s", &m, named.name, named.pkg)
			}
		}
	}
	if len(rules) < 50 {
		t.Fatalf("the list has %d rules", len(rules))
	}
}

// exists reports whether the test is declared and, of TestScript, whether the script is there.
func (n namedTest) exists(t *testing.T) bool {
	t.Helper()
	name, script, isScript := strings.Cut(n.name, "/")
	dir := filepath.Join(treeRoot, n.pkg)
	if isScript {
		if _, err := os.Stat(filepath.Join(dir, "testdata/script", script+".txtar")); err != nil {
			return false
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(files, func(file string) bool {
		src, err := os.ReadFile(file)
		return err == nil && bytes.Contains(src, []byte("\nfunc "+name+"(t *testing.T)"))
	})
}

// TestSafetyPage_listsEveryRule holds the table of the page to the list, and the lines in it to the code.
func TestSafetyPage_listsEveryRule(t *testing.T) {
	page, err := os.ReadFile(safetyPage)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, begins := strings.Cut(string(page), tableBegins)
	old, tail, ends := strings.Cut(rest, tableEnds)
	if !begins || !ends {
		t.Fatalf("docs/safety.md lacks the lines around its table:\n%s%s", tableBegins, tableEnds)
	}
	all := mutants(t)
	for _, m := range all {
		if strings.Count(m.source, m.before) != 1 {
			t.Fatalf("%s: mend the list first, TestMutants_areOfTheCodeAsItIs says where", listFile)
		}
	}
	now := table(all)
	if now == old {
		return
	}
	if !*update {
		t.Fatalf("the table of docs/safety.md is not that of the code any more: make golden, or %s", rewrite)
	}
	if err := os.WriteFile(safetyPage, []byte(head+tableBegins+now+tableEnds+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}

// table returns the list as Markdown, a table a chapter.
func table(all []mutant) string {
	var b strings.Builder
	chapter := ""
	for _, m := range all {
		if m.chapter != chapter {
			chapter = m.chapter
			fmt.Fprintf(&b, "\n### %s\n\n| rule | taken out at | fails |\n|---|---|---|\n", chapter)
		}
		var tests []string
		for _, named := range m.tests {
			tests = append(tests, "`"+named.name+"`")
		}
		fmt.Fprintf(&b, "| %s | `%s:%d` | %s |\n", strings.ReplaceAll(m.rule, "|", `\|`), strings.TrimPrefix(m.file, "internal/"), m.line, strings.Join(tests, ", "))
	}
	b.WriteByte('\n')
	return b.String()
}

// TestMutants takes each rule out of the code and sees that its tests fail. The tree is not touched: the compiler is
// given the changed file in place of the real one.
//
//	every named test, unchanged ──> all pass ──> for each mutant: overlay ──> go test ──> builds, and each named test fails
func TestMutants(t *testing.T) {
	which := os.Getenv(mutantsVariable)
	if which == "" {
		t.Skipf("compiles and tests the code once for every rule: `make mutants`, or %s=1", mutantsVariable)
	}
	if which == "1" {
		which = "."
	}
	wanted, err := regexp.Compile(which)
	if err != nil {
		t.Fatal(err)
	}
	chosen := slices.DeleteFunc(mutants(t), func(m mutant) bool { return !wanted.MatchString(m.String()) })
	begun := time.Now()
	passUnchanged(t, chosen)

	const atATime = 2
	next := make(chan *mutant)
	verdicts := make(chan string)
	for range atATime {
		go func() {
			for m := range next {
				verdicts <- m.verdict(t)
			}
		}()
	}
	go func() {
		for i := range chosen {
			next <- &chosen[i]
		}
		close(next)
	}()
	killed := 0
	for range chosen {
		verdict := <-verdicts
		if strings.HasPrefix(verdict, "killed") {
			killed++
		} else {
			t.Fail()
		}
		fmt.Fprintln(t.Output(), verdict)
	}
	fmt.Fprintf(t.Output(), "%d of %d mutants killed in %s\n", killed, len(chosen), time.Since(begun).Round(time.Second))
}

// passUnchanged runs every named test on the code as it is.
func passUnchanged(t *testing.T, chosen []mutant) {
	t.Helper()
	type run struct{ pkg, below string }
	names := make(map[run][]string) // the first parts of names, those with a second part apart
	for _, m := range chosen {
		for _, named := range m.tests {
			name, below, _ := strings.Cut(named.name, "/")
			r := run{named.pkg, below}
			if !slices.Contains(names[r], name) {
				names[r] = append(names[r], name)
			}
		}
	}
	for r, list := range names {
		pattern := "^(" + strings.Join(list, "|") + ")$"
		if r.below != "" {
			pattern += "/^" + r.below + "$"
		}
		out, err := goTest(t, r.pkg, pattern, "-v")
		for _, name := range list {
			if name = strings.TrimSuffix(name+"/"+r.below, "/"); err != nil || !strings.Contains(out, "--- PASS: "+name+" (") {
				t.Fatalf("%s of %s does not pass on the code as it is: %v\n%s", name, r.pkg, err, out)
			}
		}
	}
}

// verdict runs the tests of a mutant and says in a line what became of it.
func (m *mutant) verdict(t *testing.T) string {
	begun, dir := time.Now(), t.TempDir()
	changed := filepath.Join(dir, filepath.Base(m.file))
	real, err := filepath.Abs(filepath.Join(treeRoot, m.file))
	if err != nil {
		return fmt.Sprintf("ERROR     %s: %v", m, err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {real: changed}})
	if err != nil {
		return fmt.Sprintf("ERROR     %s: %v", m, err)
	}
	overlayFile := filepath.Join(dir, "overlay.json")
	for file, content := range map[string][]byte{changed: m.mutated(), overlayFile: overlay} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			return fmt.Sprintf("ERROR     %s: %v", m, err)
		}
	}
	var by []string
	for _, named := range m.tests {
		pattern := "^" + strings.ReplaceAll(named.name, "/", "$/^") + "$"
		out, err := goTest(t, named.pkg, pattern, "-overlay="+overlayFile)
		died := strings.Contains(out, "panic: ") || strings.Contains(out, "fatal error: ")
		switch {
		case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
			return fmt.Sprintf("ERROR     %s: does not compile:\n%s", m, out)
		case err == nil || !died && !strings.Contains(out, "--- FAIL: "+named.name+" ("):
			return fmt.Sprintf("SURVIVED  %s: %s does not fail", m, named.name)
		case died:
			by = append(by, named.name+", which died")
		default:
			by = append(by, named.name)
		}
	}
	return fmt.Sprintf("killed    %s: by %s (%.1f s)", m, strings.Join(by, ", "), time.Since(begun).Seconds())
}

// goTest runs tests of one package and returns what they print. A test that hangs without a rule fails after a minute.
func goTest(t *testing.T, pkg, pattern string, flags ...string) (string, error) {
	args := slices.Concat([]string{"test", "-count=1", "-vet=off", "-timeout=60s", "-run=" + pattern}, flags, []string{"./" + pkg})
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = treeRoot
	out, err := command.CombinedOutput()
	return string(out), err
}
