package cli

import (
	"fmt"
	"strings"
)

// next names the command to type after one that went well, for a person at a terminal: a script has no use for it, and who
// asked for quiet neither. Plans and reports name theirs themselves, in files too.
func (r *run) next(command string, flags ...string) {
	if r.o.quiet || r.o.format != "" && r.o.format != formatText || !r.env.Stdout.Terminal() || !r.env.Stderr.Terminal() {
		return
	}
	fmt.Fprintf(r.env.Stderr, "next: %s\n", strings.Join(append([]string{command}, flags...), " "))
}
