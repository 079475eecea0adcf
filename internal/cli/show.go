package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/spf13/cobra"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

func newShow(env Env, shared *common) *cobra.Command {
	c := newCommand(env, shared, "show FILE [flags]", "Show a saved plan or a report",
		"Shows what `rollcall plan --out` or `rollcall apply --report` wrote, as it was shown then. It contacts nothing. Of a\n"+
			"plan it also says what it was made by and of: the digests are how two people see that they speak of the same one.",
		"  rollcall show plan.json\n  rollcall show report.json -v\n  rollcall show plan.json --format json", 1, 1)
	c.argument = &c.o.planFile
	return c.in(render.Formats()...).does(showFile)
}

func showFile(_ context.Context, r *run, args []string) error {
	text, err := readFile(args[0], maxInput)
	if err != nil {
		return usage("`rollcall plan --out FILE` and `rollcall apply --report FILE` write what can be shown", "%s: %v", args[0], cause(err))
	}
	r.o.shown = args[0]
	if isReport(text) {
		report, err := parseReport(args[0], text)
		if err != nil {
			return err
		}
		return render.Report(r.env.Stdout, render.Format(r.o.format), report, r.o.text(r.env, r.env.Stdout, render.ShowCommand))
	}
	p, err := parsePlan(args[0], text)
	if err != nil {
		return err
	}
	return r.showPlan(p, render.ShowCommand)
}

// isReport reports whether a file that was written by us is a report: it names a run, which a plan does not.
func isReport(text []byte) bool {
	var keys struct {
		Run json.RawMessage `json:"run"`
	}
	return json.Unmarshal(text, &keys) == nil && keys.Run != nil
}

// readPlan reads a saved plan. A file that is none is a usage error.
func readPlan(path string) (*plan.Plan, error) {
	text, err := readFile(path, maxInput)
	if err != nil {
		return nil, usage("`rollcall plan --out FILE` writes one", "%s: %v", path, cause(err))
	}
	if isReport(text) {
		return nil, usage("`rollcall undo` takes a report", "%s: a report, not a plan", path)
	}
	return parsePlan(path, text)
}

func parsePlan(path string, text []byte) (*plan.Plan, error) {
	p, err := plan.Read(bytes.NewReader(text))
	switch {
	case errors.Is(err, plan.ErrNewerFormat):
		return nil, usage("update rollcall, or plan again with this one", "%s: %v", path, err)
	case err != nil:
		return nil, usage("`rollcall plan --out FILE` writes one", "%s: %v", path, err)
	case p.Target.Kind == "":
		return nil, usage("`rollcall plan --out FILE` writes one", "%s: not a plan", path)
	}
	return p, nil
}

// readReport reads a report that was written as JSON. A file that is none is a usage error.
func readReport(path string) (*apply.Report, error) {
	text, err := readFile(path, maxInput)
	if err != nil {
		return nil, usage("`rollcall apply --report FILE.json` writes one", "%s: %v", path, cause(err))
	}
	return parseReport(path, text)
}

func parseReport(path string, text []byte) (*apply.Report, error) {
	report, err := apply.ReadReport(bytes.NewReader(text))
	switch {
	case errors.Is(err, apply.ErrNewerFormat):
		return nil, usage("update rollcall", "%s: %v", path, err)
	case err != nil:
		return nil, usage("`rollcall apply --report FILE.json` writes one", "%s: %v", path, err)
	}
	return report, nil
}
