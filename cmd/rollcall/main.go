// Command rollcall manages users and groups of test-management tools as code. All of it is in internal/cli.
package main

import (
	"os"
	_ "time/tzdata" // dates have a time zone, also on machines without a database of them

	"rollcall/internal/cli"
)

func main() { os.Exit(cli.Main(cli.Process())) }
