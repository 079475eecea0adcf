package cli

import (
	"context"

	"github.com/spf13/cobra"

	"rollcall/schema"
)

func newSchema(env Env, shared *common) *cobra.Command {
	c := newCommand(env, shared, "schema [users|team|plan|report|notify]", "Print a JSON Schema, of the roster if none is named",
		"Prints the JSON Schema of the roster's root file (users), of the files it includes (team), of the JSON that\n"+
			"plan and apply print, or of what drift --notify sends. An editor that reads the first line of a roster uses it to complete and to explain keys.",
		"  rollcall schema > users.schema.json\n  rollcall schema plan", 0, 1)
	c.ValidArgs = schemaNames()
	return c.does(printSchema)
}

func schemaNames() []string { return []string{"users", "team", "plan", "report", "notify"} }

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
	case "notify":
		text = schema.Notify()
	default:
		return usage(choices(name, schemaNames()), "schema %q is not known", name)
	}
	_, err := r.env.Stdout.Write(text)
	return err
}
