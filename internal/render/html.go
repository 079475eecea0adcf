package render

import (
	"bytes"
	"embed"
	"html/template"
	"io"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

//go:embed html/*.tmpl html/style.css
var htmlFiles embed.FS

// PlanHTML writes a plan as one page that needs nothing else: no script, no network. The same plan gives the same bytes.
func PlanHTML(w io.Writer, p *plan.Plan, opts TextOptions) error {
	sealed, err := p.Seal()
	if err != nil {
		return err
	}
	return writeHTML(w, planPage(sealed, opts))
}

// ReportHTML writes a report as one page, in the manner of PlanHTML.
func ReportHTML(w io.Writer, r *apply.Report, opts TextOptions) error {
	return writeHTML(w, reportPage(r, opts))
}

// writeHTML fills in the page. It is written at once or not at all.
//
// Two things keep a hostile name harmless: every text of a page is visible, so it has passed through safe and shows what
// would mislead; and the template escapes it for the place it stands in.
func writeHTML(w io.Writer, page *htmlPage) error {
	style, err := htmlFiles.ReadFile("html/style.css")
	if err != nil {
		return err
	}
	page.Style = template.CSS(style) // our own file
	look, err := template.ParseFS(htmlFiles, "html/*.tmpl")
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := look.ExecuteTemplate(&buf, "page", page); err != nil {
		return err
	}
	_, err = w.Write(buf.Bytes())
	return err
}
