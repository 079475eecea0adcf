// Package cli is the command line: it parses what was typed, wires the packages below for one run, and turns outcomes into
// exit codes. It must not know how a plan is made, how a tool is spoken to, or how a result looks.
//
//	env.go          the world of a run, as a value
//	root.go         the tree of commands, the flags that several share
//	rules.go        which flags go together
//	tools.go        the table of tools; tool_*.go: its rows
//	connect.go      from flags and environment to an instance; saved.go: to a saved read; given.go: which tool a file is of
//	plan.go, ...    one file a command
//	exit.go         every exit code
//
// Standard output carries the result and nothing else. Everything said beside it goes to standard error.
package cli

import (
	"context"
	"errors"
)

// Main runs the command that env says and returns its exit code.
func Main(env Env) int {
	ctx := context.Background()
	if env.Interruptible != nil {
		interruptible, stop := env.Interruptible()
		defer stop()
		ctx = interruptible
	}
	flags := &common{color: "auto"}
	err := newRoot(env, flags).ExecuteContext(ctx)
	var after *afterWriteError
	if err != nil && ctx.Err() != nil && !errors.As(err, &after) {
		err = errors.Join(context.Canceled, err)
	}
	explain(env, flags, err)
	return exitCode(err)
}
