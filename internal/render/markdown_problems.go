package render

import (
	"io"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// ProblemsMarkdown writes, in place of a plan that can't be made, why: as the comment that the plan would have been, with the
// beginning of its marker, since the target may not be known. What is beyond markdownLimit is counted; standard error has it.
func ProblemsMarkdown(w io.Writer, problems []directory.Problem) error {
	head := marker("plan", plan.Target{}, "") + "## No plan: " + md(count(len(problems), "problem", "problems")) + "\n\n"
	items := make([]md, len(problems))
	for i, p := range problems {
		items[i] = "- "
		if p.Pos != (directory.Pos{}) {
			items[i] += code(safe(p.Pos.String())) + ": "
		}
		items[i] += ownSentence(safe(p.Text))
		if p.Hint != "" {
			items[i] += " (hint: " + ownSentence(safe(p.Hint)) + ")"
		}
		items[i] += "\n"
	}
	_, err := io.WriteString(w, string(head+fitItems(items, markdownLimit-len(head), "the log of this job has all of them")))
	return err
}
