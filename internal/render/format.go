package render

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

// Format is a form in which plans and reports are written, as --format names it.
type Format string

// The formats.
const (
	FormatText     Format = "text"
	FormatJSON     Format = "json"
	FormatJSONL    Format = "jsonl"
	FormatMarkdown Format = "markdown"
	FormatGitHub   Format = "github"
	FormatCSV      Format = "csv"
	FormatHTML     Format = "html"
)

// form is a format with what writes it, and the ending of files that hold it, "" if none do.
type form struct {
	format Format
	ending string
	plan   func(io.Writer, *plan.Plan, TextOptions) error
	report func(io.Writer, *apply.Report, TextOptions) error
	people bool // it is read by people, who paste commands out of it
}

// forms lists every format, the default first.
func forms() []form {
	return []form{
		{FormatText, ".txt", PlanText, ReportText, true},
		{FormatJSON, ".json",
			func(w io.Writer, p *plan.Plan, _ TextOptions) error { return PlanJSON(w, p) },
			func(w io.Writer, r *apply.Report, _ TextOptions) error { return ReportJSON(w, r) }, false},
		{FormatJSONL, ".jsonl", PlanJSONL, ReportJSONL, false},
		{FormatMarkdown, ".md", PlanMarkdown, ReportMarkdown, true},
		{FormatCSV, ".csv", PlanCSV, ReportCSV, false},
		{FormatGitHub, "", PlanGitHub, ReportGitHub, false}, // for the log of a job: a file of it is of no use
		{FormatHTML, ".html", PlanHTML, ReportHTML, true},
	}
}

// Formats returns the names of all formats of plans and reports, the default first.
func Formats() []string {
	var names []string
	for _, f := range forms() {
		names = append(names, string(f.format))
	}
	return names
}

// Endings returns the endings of files that hold them, such as ".json", in the same order.
func Endings() []string {
	var endings []string
	for _, f := range forms() {
		if f.ending != "" {
			endings = append(endings, f.ending)
		}
	}
	return endings
}

// FormatOf returns the format that the ending of a file says, whatever its case.
func FormatOf(path string) (Format, bool) {
	ending := strings.ToLower(filepath.Ext(path))
	for _, f := range forms() {
		if f.ending != "" && f.ending == ending {
			return f.format, true
		}
	}
	return "", false
}

// HoldsEverything reports whether a file of a format, complete as files are, has all of a plan or report in it, however large
// it is. The others leave out what a page elsewhere has no room for.
func HoldsEverything(format Format) bool { return format != FormatMarkdown && format != FormatGitHub }

// Plan writes a plan in a format.
func Plan(w io.Writer, format Format, p *plan.Plan, opts TextOptions) error {
	f, err := formOf(format)
	if err != nil {
		return err
	}
	if f.people && opts.Roster != "" {
		shown := *p
		shown.Notes = pasteable(p.Notes, opts.Roster)
		p = &shown
	}
	return f.plan(w, p, opts)
}

// Report writes a report in a format.
func Report(w io.Writer, format Format, r *apply.Report, opts TextOptions) error {
	f, err := formOf(format)
	if err != nil {
		return err
	}
	if f.people && opts.Roster != "" {
		shown := *r
		shown.Notes = pasteable(r.Notes, opts.Roster)
		r = &shown
	}
	return f.report(w, r, opts)
}

// pasteable returns notes whose commands have the flags that name the roster and the instance. Plans hold the notes without
// them: where a plan was made is no part of it.
func pasteable(notes []plan.Note, flags string) []plan.Note {
	notes = slices.Clone(notes)
	for i := range notes {
		if code := notes[i].Code; code == plan.NoteUnlistedUsers || code == plan.NoteUnlistedGroups {
			notes[i].Text += " " + flags
		}
	}
	return notes
}

func formOf(format Format) (form, error) {
	for _, f := range forms() {
		if f.format == format {
			return f, nil
		}
	}
	return form{}, fmt.Errorf("format %q is not known", format)
}
