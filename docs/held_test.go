package docs_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/sim/qtestsim"
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

// TestQTest_namesEverySwitch: what nobody knows is a switch of the simulator, and the page tells each, with what rollcall does
// about it. What is left out is no doubt about a server, but which server it is and what goes wrong with it.
func TestQTest_namesEverySwitch(t *testing.T) {
	_, part, found := strings.Cut(string(pageAt(t, "docs/qtest.md").source), "\n## What was never seen on a live server\n")
	if !found {
		t.Fatal("the page has no such part")
	}
	named := 0
	for _, option := range qtestsim.Options() {
		switch {
		case slices.Contains([]string{"generation", "edition", "latency", "fault"}, option.Name):
		case strings.Contains(part, "`--"+option.Name+"`"):
			named++
		default:
			t.Errorf("--%s is not on the page: %s", option.Name, option.Usage)
		}
	}
	table, _, _ := strings.Cut(part, "\n\nIf ")
	if there := strings.Count(table, "`--"); there != named {
		t.Errorf("the table names %d switches, and the simulator has %d of them", there, named)
	}
}
