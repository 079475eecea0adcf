package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"rollcall/internal/plan"
)

// errDeclined is the outcome of a question that was not answered with yes.
var errDeclined = errors.New("not confirmed: nothing was written")

// confirm asks whether a plan shall be carried out. It returns nil for yes, errDeclined for anything else, and the
// context's error if the answer is Ctrl-C.
func (r *run) confirm(ctx context.Context, p *plan.Plan) error {
	where := p.Target.URL
	if p.Target.Simulator {
		where = "the SIMULATOR"
	}
	fmt.Fprintf(r.env.Stderr, "\nCarry out %s on %s? Only yes is taken for yes: ", count(p.Summary.Actions, "action", "actions"), where)
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(r.env.Stdin).ReadString('\n')
		answer <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(r.env.Stderr)
		return ctx.Err()
	case line := <-answer:
		if line != "yes" {
			return errDeclined
		}
		return nil
	}
}
