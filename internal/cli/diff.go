package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// diffFormatVersion is the version of the JSON form of a difference.
const diffFormatVersion = 1

func newDiff(env Env, shared *common) *cobra.Command {
	return newCommand(env, shared, "diff OLD NEW [flags]", "Say how one saved plan differs from another",
		"Compares two saved plans: what approving the new one in place of the old one would mean. Kind, subject, values and\n"+
			"members are compared, as when an approved plan is applied; ids, notes and cost are not. It contacts nothing.",
		"  rollcall diff approved.json plan.json\n  rollcall diff approved.json plan.json --detailed-exitcode", 2, 2).
		with(func(f *pflag.FlagSet, o *options) {
			f.BoolVar(&o.detailed, "detailed-exitcode", false, "exit 2 if they differ")
		}).in(formatText, formatJSON).does(diff)
}

// differenceJSON is the JSON form of a difference.
type differenceJSON struct {
	FormatVersion int        `json:"format_version"`
	Before        planInJSON `json:"before"`
	After         planInJSON `json:"after"`
	*plan.Difference
}

type planInJSON struct {
	File   string `json:"file"`
	Digest string `json:"digest"`
}

func diff(_ context.Context, r *run, args []string) error {
	before, err := readPlan(args[0])
	if err != nil {
		return err
	}
	after, err := readPlan(args[1])
	if err != nil {
		return err
	}
	d := plan.Compare(before, after)
	if r.o.format == formatJSON {
		err = render.JSON(r.env.Stdout, differenceJSON{diffFormatVersion, planInJSON{args[0], before.Digest}, planInJSON{args[1], after.Digest}, d})
	} else {
		err = render.DifferenceText(r.env.Stdout, d, args[0], args[1], r.o.text(r.env, r.env.Stdout, render.ShowCommand))
	}
	if err != nil {
		return err
	}
	r.next("rollcall apply " + shellQuoted(args[1]))
	if r.o.detailed && !d.Empty() {
		return errChanges
	}
	return nil
}
