package examples_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// One roster and the same company on two tools: what has to be done reads the same, before and after it is done.
func TestExamples_aPlanReadsTheSameOnBothTools(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("both-tools")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	const one, other = "testrail.json", "qtest.json"
	same := func(when string, pick func(instance string) string) {
		t.Helper()
		a, b := pick(one), pick(other)
		if diff := cmp.Diff(strings.Split(a, "\n"), strings.Split(b, "\n")); diff != "" {
			t.Errorf("%s (-%s +%s):\n%s", when, one, other, diff)
		}
	}
	planned := func(instance string) string { return common(t, rollcall(t, 0, "plan", "--sim", instance), instance) }

	same("people and groups", func(instance string) string { return company(t, instance) })
	same("the plan", planned)
	if text := planned(one); strings.Count(text, "\n  + ")+strings.Count(text, "\n  − ")+strings.Count(text, "\n  ~ ") != 13 {
		t.Errorf("of 13 actions some are not in what was compared:\n%s", text)
	}
	same("the report", func(instance string) string {
		return common(t, rollcall(t, 0, "apply", "--yes", "-q", "--sim", instance, "--report", "report.txt")+read(t, "report.txt"), instance)
	})
	same("people and groups afterwards", func(instance string) string { return company(t, instance) })
	same("drift afterwards", func(instance string) string {
		return common(t, rollcall(t, 0, "drift", "--sim", instance), instance)
	})
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	notes    = regexp.MustCompile(`(?m)^Notes \([0-9]+\)\n(?: .*\n)+\n`)
	instance = regexp.MustCompile(`(?m)^(?:SIMULATOR|cost:|requests:|run) .*\n`)
	writes   = regexp.MustCompile(` · [0-9]+ writes?\b(?:, about [0-9a-z ]+)?`)
)

// common returns what is not about the instance: without the notes, which tell how a tool does things, without the lines
// that name it or the run, and without the requests that it takes.
func common(t *testing.T, text, file string) string {
	t.Helper()
	if !notes.MatchString(text) {
		t.Errorf("no notes: are they written otherwise now?\n%s", text)
	}
	text = notes.ReplaceAllString(text, "")
	text = instance.ReplaceAllString(text, "")
	text = writes.ReplaceAllString(text, "")
	return strings.ReplaceAll(text, " --sim "+file, "")
}

// company returns the people and the groups of an instance as both tools know them: without ids and roles.
func company(t *testing.T, file string) string {
	t.Helper()
	type person struct {
		Email, Name   string
		Active, Admin bool
		Groups        []string
	}
	var list struct{ Users []person }
	if err := json.Unmarshal([]byte(rollcall(t, 0, "list", "users", "--format", "json", "--sim", file)), &list); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, p := range list.Users {
		fmt.Fprintf(&text, "%+v\n", p)
	}
	for _, told := range []string{"Email:admin@acme.example", "Name:Ines Root", "Active:true", "Active:false", "Admin:true", "Groups:[mobile-qa]"} {
		if !strings.Contains(text.String(), told) {
			t.Errorf("%s: no %s: are people listed otherwise now?\n%s", file, told, &text)
		}
	}
	return text.String()
}
