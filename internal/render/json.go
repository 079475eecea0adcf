package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

// PlanJSON writes a plan as schema/plan.schema.json describes it. The same plan gives the same bytes.
func PlanJSON(w io.Writer, p *plan.Plan) error {
	full := *p
	full.Basis.Files = list(p.Basis.Files)
	full.Summary = withAllKinds(p.Summary)
	full.Batches = slices.Clone(list(p.Batches))
	for i := range full.Batches {
		b := &full.Batches[i]
		b.Actions = slices.Clone(list(b.Actions))
		for j := range b.Actions {
			b.Actions[j].Members = withLists(b.Actions[j].Members)
		}
	}
	full.Manual = manualWithLists(p.Manual)
	full.Notes = list(p.Notes)
	full.Guards = list(p.Guards)
	return JSON(w, &full)
}

// ReportJSON writes a report as schema/report.schema.json describes it.
func ReportJSON(w io.Writer, r *apply.Report) error {
	full := *r
	full.Summary = withAllKinds(r.Summary)
	full.Outcomes = slices.Clone(list(r.Outcomes))
	for i := range full.Outcomes {
		full.Outcomes[i].Members = withLists(full.Outcomes[i].Members)
	}
	full.Remaining = slices.Clone(list(r.Remaining))
	for i := range full.Remaining {
		full.Remaining[i].Members = withLists(full.Remaining[i].Members)
	}
	full.Manual = manualWithLists(r.Manual)
	full.Notes = list(r.Notes)
	full.Guards = list(r.Guards)
	return JSON(w, &full)
}

// JSON writes any value as indented JSON that is safe to look at on a terminal: characters that could mislead it are
// escaped, which changes no value.
func JSON[T any](w io.Writer, v T) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escapeMisleading(buf.Bytes()))
	return err
}

// escapeMisleading writes every character that misleads as \u202e. The encoder has escaped ASCII controls already, and
// nothing but strings holds other characters, so each is inside one.
func escapeMisleading(text []byte) []byte {
	var out []byte // stays empty if there is nothing to escape
	kept := 0
	for i := 0; i < len(text); {
		if c := text[i]; c < utf8.RuneSelf && c != 0x7f {
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

func withLists(m *plan.MemberChange) *plan.MemberChange {
	if m == nil {
		return nil
	}
	return &plan.MemberChange{Add: list(m.Add), Remove: list(m.Remove), Keep: m.Keep}
}

func manualWithLists(steps []plan.ManualStep) []plan.ManualStep {
	full := slices.Clone(list(steps))
	for i := range full {
		full[i].Members = withLists(full[i].Members)
	}
	return full
}

// withAllKinds returns the summary with every kind, also those that do not occur.
func withAllKinds(s plan.Summary) plan.Summary {
	all := make(map[plan.Kind]int, len(plan.Kinds()))
	for _, k := range plan.Kinds() {
		all[k] = 0
	}
	maps.Copy(all, s.ByKind)
	s.ByKind = all
	return s
}
