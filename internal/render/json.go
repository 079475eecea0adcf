package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

// PlanJSON writes a plan as schema/plan.schema.json describes it, sealed. The same plan gives the same bytes.
func PlanJSON(w io.Writer, p *plan.Plan) error {
	sealed, err := p.Seal()
	if err != nil {
		return err
	}
	return JSON(w, sealed)
}

// ReportJSON writes a report as schema/report.schema.json describes it.
func ReportJSON(w io.Writer, r *apply.Report) error {
	full := *r
	full.Summary = r.Summary.Whole()
	full.Outcomes = slices.Clone(list(r.Outcomes))
	for i := range full.Outcomes {
		full.Outcomes[i].Action = full.Outcomes[i].Whole()
	}
	full.Remaining = slices.Clone(list(r.Remaining))
	for i := range full.Remaining {
		full.Remaining[i].Action = full.Remaining[i].Whole()
	}
	full.Manual = slices.Clone(list(r.Manual))
	for i := range full.Manual {
		full.Manual[i].Action = full.Manual[i].Whole()
	}
	full.Notes = list(r.Notes)
	full.Guards = list(r.Guards)
	return JSON(w, &full)
}

// JSON writes any value as indented JSON that is safe to look at on a terminal: characters that could mislead it are
// escaped, which changes no value.
func JSON[T any](w io.Writer, v T) error { return writeJSON(w, v, "  ") }

// JSONLine writes any value like JSON, but as one line, in one write.
func JSONLine[T any](w io.Writer, v T) error { return writeJSON(w, v, "") }

func writeJSON[T any](w io.Writer, v T, indent string) error {
	text, err := encodeJSON(v, indent)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

func encodeJSON[T any](v T, indent string) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return escapeMisleading(buf.Bytes()), nil
}

// escapeMisleading writes every character that misleads as \u202e, and so the first of the signs that a CI system takes
// for an order wherever they stand. The encoder has escaped ASCII controls already, and nothing but strings holds other
// characters, so each is inside one.
func escapeMisleading(text []byte) []byte {
	var out []byte // stays empty if there is nothing to escape
	kept := 0
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf && c != 0x7f {
			if bytes.HasPrefix(text[i:], []byte(legacyOrder)) {
				out = append(append(out, text[kept:i]...), `\u0023`...)
				kept = i + 1
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if misleads(r) {
			out = append(out, text[kept:i]...)
			if r > 0xffff {
				high, low := utf16.EncodeRune(r)
				out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
			} else {
				out = fmt.Appendf(out, `\u%04x`, r)
			}
			kept = i + size
		}
		i += size
	}
	if kept == 0 {
		return text
	}
	return append(out, text[kept:]...)
}

// list returns items, or an empty list that is written as [] and not as null.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
