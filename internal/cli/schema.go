package cli

import (
	"context"

	"github.com/spf13/cobra"

	"rollcall/internal/directory"
	"rollcall/schema"
)

func newSchema(env Env, shared *common) *cobra.Command {
	c := newCommand(env, shared, "schema [users|team|plan|report]", "Print a JSON Schema, of the roster if none is named",
		"Prints the JSON Schema of the roster's root file (users), of the files it includes (team), or of the JSON that\n"+
			"plan and apply print. An editor that reads the first line of a roster uses it to complete and to explain keys.",
		"  rollcall schema > users.schema.json\n  rollcall schema plan", 0, 1)
	c.ValidArgs = []string{"users", "team", "plan", "report"}
	return c.does(printSchema)
}

func printSchema(_ context.Context, r *run, args []string) error {
	name := "users"
	if len(args) > 0 {
		name = args[0]
	}
	var text []byte
	switch name {
	case "users":
		text = schema.Users()
	case "team":
		text = schema.Team()
	case "plan":
		text = schema.Plan()
	case "report":
		text = schema.Report()
	default:
		hint := "use users, team, plan or report"
		if near, ok := directory.Suggest(name, []string{"users", "team", "plan", "report"}); ok {
			hint = "did you mean " + near + "?"
		}
		return usage(hint, "schema %q is not known", name)
	}
	_, err := r.env.Stdout.Write(text)
	return err
}
