package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"rollcall/internal/directory"
	"rollcall/internal/render"
	"rollcall/internal/spec"
)

func newValidate(env Env, shared *common) *cobra.Command {
	return newCommand(env, shared, "validate [flags]", "Check the files of a roster, without a network",
		"Reads users.yaml and all that it includes, and prints every problem of all files as file:line:column.\n"+
			"Nothing is contacted. What only the tool knows, such as the names of roles, is checked by plan. Keys that a tool can't\n"+
			"hold are problems where the roster, --target or the environment says which tool it is.",
		"  rollcall validate\n  rollcall validate -f rosters/users.yaml --format json\n  rollcall validate --format github", 0, 0).
		with(rosterFlags, targetFlag).in(formatText, formatJSON, formatGitHub).does(validate)
}

// validation is the result as JSON.
type validation struct {
	FormatVersion int               `json:"format_version"`
	Valid         bool              `json:"valid"`
	Users         int               `json:"users"`
	Groups        int               `json:"groups"`
	Files         []directory.File  `json:"files"`
	Problems      []validateProblem `json:"problems"`
	Remarks       []string          `json:"remarks"`
}

type validateProblem struct {
	directory.Pos
	Text string `json:"text"`
	Hint string `json:"hint,omitempty"`
}

func validate(_ context.Context, r *run, _ []string) error {
	want, err := r.load()
	if err == nil && r.o.target != "" {
		_, err = chooseTool(tools(), r.clues(want.Target.Kind))
	}
	if r.o.format == formatJSON {
		return errors.Join(validateJSON(r, want, err), err)
	}
	if err != nil {
		return err
	}
	for _, remark := range remarks(want) {
		r.remark("remark: %s", remark)
	}
	files := ""
	if n := len(want.Files); n > 1 {
		files = fmt.Sprintf(" in %d files", n)
	}
	_, err = fmt.Fprintf(r.env.Stdout, "%s is valid: %s, %s%s\n", r.o.file, count(len(want.Users), "person", "people"),
		count(len(want.Groups), "group", "groups"), files)
	if err == nil {
		r.next("rollcall plan", r.o.where()...)
	}
	return err
}

func validateJSON(r *run, want *directory.Desired, err error) error {
	v := validation{FormatVersion: 1, Files: []directory.File{}, Problems: []validateProblem{}, Remarks: []string{}}
	var wrong *spec.ProblemsError
	switch {
	case err == nil:
		v.Valid, v.Users, v.Groups, v.Files = true, len(want.Users), len(want.Groups), want.Files
		v.Remarks = append(v.Remarks, remarks(want)...)
	case errors.As(err, &wrong):
		for _, p := range wrong.Problems {
			v.Problems = append(v.Problems, validateProblem{Pos: p.Pos, Text: p.Text, Hint: p.Hint})
		}
	default:
		return nil
	}
	return render.JSON(r.env.Stdout, v)
}

// remarks are what a valid roster may still be taken for and does not mean.
func remarks(want *directory.Desired) []string {
	assigned := 0
	for i := range want.Users {
		if want.Users[i].AssignedProjects.Set {
			assigned++
		}
	}
	if assigned == 0 {
		return nil
	}
	return []string{fmt.Sprintf("assigned_projects (%s): the projects that a project-level administrator manages; "+
		"it gives nobody access to a project", count(assigned, "person", "people"))}
}

// load reads the roster. A root file that can't be read at all is a usage error.
func (r *run) load() (*directory.Desired, error) {
	want, err := spec.Load(r.o.file, r.specOptions())
	var wrong *spec.ProblemsError
	if err == nil || errors.As(err, &wrong) {
		return want, err
	}
	return nil, usage("`rollcall import --out users.yaml` makes one of what is there; -f names another", "roster: %v", err)
}

// specOptions say which tools there are, and which of them a roster is for that names none.
func (r *run) specOptions() spec.Options {
	return spec.Options{Tools: toolsOf(tools()), Kind: r.assumed()}
}

// count returns "1 person" or "2,000 people".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits + " " + many
}
