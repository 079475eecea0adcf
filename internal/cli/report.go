package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/pflag"

	"rollcall/internal/apply"
	"rollcall/internal/render"
)

// reportFiles are the files of --report, begun before the first write so that a path that can't be written stops the run
// and not the report.
type reportFiles []*pendingFile

// reportFlags are the flags of the commands that keep what they show.
func reportFlags(f *pflag.FlagSet, o *options) {
	f.StringArrayVar(&o.reports, "report", nil, "write the result to `FILE` as well: "+alternatives(render.Endings())+" (repeatable)")
}

func beginReports(paths []string) (reportFiles, error) {
	var files reportFiles
	for _, path := range paths {
		f, err := beginFile(path, private)
		if err != nil {
			files.discard()
			return nil, fmt.Errorf("--report: %w", err)
		}
		files = append(files, f)
	}
	return files, nil
}

func (files reportFiles) discard() {
	for _, f := range files {
		f.discard()
	}
}

// What is left for a report to become longer than that of the same plan before it begins, in bytes: for what goes wrong
// with an action and what is remarked on it, and for what the final read finds beside the plan.
const (
	roomPerAction = 2 << 10
	roomPerReport = 64 << 10
)

// claim makes room for the report of a run, given what it is before anything was done. The final read may find every
// action once more. An error means that nothing may be written to the tool: its report might be lost.
func (files reportFiles) claim(report *apply.Report, text render.TextOptions) error {
	for _, f := range files {
		var size counter
		format, _ := render.FormatOf(f.path)
		if err := render.Report(&size, format, report, text); err != nil {
			return err
		}
		if err := f.claim(2*int64(size) + int64(len(report.Outcomes))*roomPerAction + roomPerReport); err != nil {
			return &hintedError{fmt.Errorf("--report %w", err), "make room, or write the report to another disk; nothing was written to the tool"}
		}
	}
	return nil
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// writeReport writes the report of a run to all files.
func (files reportFiles) writeReport(report *apply.Report, text render.TextOptions) error {
	return files.write(func(w io.Writer, format render.Format) error { return render.Report(w, format, report, text) })
}

// write writes all files, each in its format. One that can't be written keeps none of the others from being written.
func (files reportFiles) write(content func(io.Writer, render.Format) error) error {
	var errs []error
	for _, f := range files {
		format, _ := render.FormatOf(f.path)
		err := f.write(func(w io.Writer) error { return content(w, format) })
		if err != nil {
			errs = append(errs, &hintedError{fmt.Errorf("--report %w", err), "standard output has the report as well"})
		}
	}
	return errors.Join(errs...)
}

// whyNoPlan writes, into the files that are comments on a change, why there is no plan, and returns the error. Whoever wrote
// the change looks there and not into the log of a job.
func (files reportFiles) whyNoPlan(err error) error {
	problems := problemsToShow(err)
	if len(problems) == 0 {
		return err
	}
	var comments reportFiles
	for _, f := range files {
		if format, _ := render.FormatOf(f.path); format == render.FormatMarkdown {
			comments = append(comments, f)
		}
	}
	failed := comments.write(func(w io.Writer, _ render.Format) error { return render.ProblemsMarkdown(w, problems) })
	if failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// unstarted is the report of an order that nothing was done of.
func (r *run) unstarted(ord *order) *apply.Report {
	report := &apply.Report{
		Run: r.runInfo(ord), Result: apply.NotConverged,
		Summary: ord.plan.Summary, Outcomes: slices.Clone(ord.settled),
		Manual: ord.plan.Manual, Notes: ord.plan.Notes, Guards: ord.plan.Guards,
	}
	for _, a := range ord.plan.Actions() {
		report.Outcomes = append(report.Outcomes, apply.Outcome{Action: *a, Status: apply.NotRun})
	}
	return report
}
