package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"rollcall/internal/apply"
	"rollcall/internal/render"
)

// reportFormat returns the format that the ending of a file says.
func reportFormat(path string) (format string, ok bool) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".json":
		return formatJSON, true
	case ".txt":
		return formatText, true
	}
	return "", false
}

// reportFiles are the files of --report, begun before the first write so that a path that can't be written stops the run
// and not the report.
type reportFiles []*pendingFile

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

// write writes the report to all files. One that can't be written keeps none of the others from being written.
func (files reportFiles) write(report *apply.Report, text render.TextOptions) error {
	var errs []error
	for _, f := range files {
		format, _ := reportFormat(f.path)
		var err error
		if format == formatJSON {
			err = render.ReportJSON(f, report)
		} else {
			err = render.ReportText(f, report, text)
		}
		if err == nil {
			err = f.commit()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("report: %w", err))
		}
	}
	return errors.Join(errs...)
}
