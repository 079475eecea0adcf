package render

import (
	"encoding/csv"
	"io"
	"strings"
)

// Table writes rows for people or for a pipe. On a terminal columns are aligned under the header, and where the line would
// not fit the widest ones are cut, those that name the row last. In a pipe cells are complete, separated by one tab, without a header, so that
// `cut` and `awk` work on the first line as well. Every row has as many cells as the header.
func Table(w io.Writer, header []string, rows [][]string, opts TextOptions) error {
	pg := newPage(opts)
	if !pg.terminal {
		for _, cells := range rows {
			for i, cell := range cells {
				if i > 0 {
					pg.buf.WriteByte('\t')
				}
				pg.buf.WriteString(string(safe(cell)))
			}
			pg.buf.WriteByte('\n')
		}
		return pg.writeTo(w)
	}
	cells := make([][]visible, 0, len(rows)+1)
	for _, line := range append([][]string{header}, rows...) {
		shown := make([]visible, len(header))
		for i := range min(len(line), len(header)) {
			shown[i] = safe(line[i])
		}
		cells = append(cells, shown)
	}
	widths := fit(cells, len(header), pg.width)
	for i, line := range cells {
		as := plain
		if i == 0 {
			as = heading
		}
		pg.cells(line, widths, as)
	}
	return pg.writeTo(w)
}

// narrowest is the width that a column is not cut below.
const narrowest = 6

// naming is how many columns, from the left, say what a row is about: an id and a name or address. They are cut last.
const naming = 2

// fit returns the width of each column: what its widest cell needs, less where the line would exceed the page.
func fit(cells [][]visible, n, width int) []int {
	widths := make([]int, n)
	total := gap * (n - 1)
	for i := range widths {
		for _, line := range cells {
			widths[i] = max(widths[i], columns(line[i]))
		}
		total += widths[i]
	}
	for ; total > width; total-- {
		widest := widestOf(widths, min(naming, n))
		if widest < 0 {
			widest = widestOf(widths, 0)
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

// widestOf returns the widest column from first on that can still be cut, or -1.
func widestOf(widths []int, first int) int {
	widest := -1
	for i := first; i < len(widths); i++ {
		if widths[i] > narrowest && (widest < 0 || widths[i] > widths[widest]) {
			widest = i
		}
	}
	return widest
}

// cells writes one line of a table, without space at its end.
func (p *page) cells(line []visible, widths []int, as style) {
	pending := 0
	for i, cell := range line {
		cell = cut(cell, widths[i])
		if cell != "" {
			p.pad(pending)
			p.paint(cell, as)
			pending = 0
		}
		pending += widths[i] - columns(cell) + gap
	}
	p.buf.WriteByte('\n')
}

// CSV writes a header and rows for a spreadsheet. A cell that a spreadsheet would take for a formula, because it starts
// with = + - @, a tab or a carriage return, gets an apostrophe in front of it; so does an address such as +ana@acme.example.
func CSV(w io.Writer, header []string, rows [][]string) error {
	out := csv.NewWriter(w)
	for _, line := range append([][]string{header}, rows...) {
		cells := make([]string, len(line))
		for i, cell := range line {
			cells[i] = csvCell(cell)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// csvCell also looks behind leading space, which some spreadsheets drop, and at the wide forms of the signs, which some
// take for the narrow ones.
func csvCell(s string) string {
	text := string(safe(s))
	if start := strings.TrimLeft(s, " "); start != "" && strings.ContainsAny(firstRune(start), "=+-@\t\r\n＝＋－＠") {
		return "'" + text
	}
	return text
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}
