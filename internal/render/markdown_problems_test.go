package render_test

import (
	"bytes"
	"strings"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/render"
)

// What a pull request gets in place of a plan fits into a comment, and no name in it is markup.
func TestProblemsMarkdown(t *testing.T) {
	write := func(problems ...directory.Problem) string {
		t.Helper()
		var b bytes.Buffer
		if err := render.ProblemsMarkdown(&b, problems); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	at := directory.Pos{File: "users.yaml", Line: 7, Column: 11}
	got := write(directory.Problem{Pos: at, Text: `role "@everybody" does not exist in the tool`, Hint: "write `role`, or leave it out"},
		directory.Problem{Text: "error: saved read is 2 days old"})
	want := "<!-- rollcall:plan -->\n## No plan: 2 problems\n\n" +
		"- `users.yaml:7:11`: role `\"@everybody\"` does not exist in the tool (hint: write `role`, or leave it out)\n" +
		"- error: saved read is 2 days old\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	many := make([]directory.Problem, 5000)
	for i := range many {
		many[i] = directory.Problem{Pos: at, Text: `role "Testr" does not exist in the tool`}
	}
	if got := write(many...); len(got) > 60_000 || !strings.Contains(got, " more: the log of this job has all of them\n") {
		t.Errorf("%d bytes, ending in %q", len(got), got[max(0, len(got)-100):])
	}
}
