package edit

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"rollcall/internal/directory"
	"rollcall/internal/spec"
)

// Leaver is somebody on the list of leavers.
type Leaver struct {
	Email   directory.Email
	LastDay directory.Date // the zero Date if the list says nothing of it
	Pos     directory.Pos  // of the row
}

// Leavers is the list as it was understood.
type Leavers struct {
	People        []Leaver
	AddressColumn string // the name of the column of the addresses, "" if the list has no header
	DayColumn     string // the name of the column of the last day, "" for none
}

// addressColumns and dayColumns return the names by which columns of a list are known, as staff databases and directories
// call them, folded by foldColumn.
func addressColumns() []string {
	return []string{
		"email", "emailaddress", "mail", "workemail", "workemailaddress", "businessemail", "companyemail", "primaryemail", "primaryworkemail",
		"useremail", "userprincipalname", "emailwork",
	}
}

func dayColumns() []string {
	return []string{
		"until", "lastday", "lastdate", "lastworkingday", "lastworkday", "lastdayofwork", "terminationdate", "enddate", "leavedate",
		"leavingdate", "exitdate", "departuredate", "offboardingdate",
	}
}

// ReadLeavers reads a list of leavers as staff databases export it: CSV with commas, semicolons or tabs, with a header or
// without, in UTF-8 or in UTF-16 with a byte order mark. column names the column of the addresses; "" leaves it to the
// header. It returns a *spec.ProblemsError with everything that is wrong in any row.
func ReadLeavers(file string, data []byte, column string) (*Leavers, error) {
	decoded, err := io.ReadAll(transform.NewReader(bytes.NewReader(data), unicode.BOMOverride(transform.Nop)))
	text := string(decoded)
	switch {
	case err != nil || !utf8.ValidString(text):
		return nil, wrong(file, 1, "file is neither UTF-8 nor UTF-16", "export it as CSV in UTF-8")
	case strings.IndexByte(text, 0) >= 0:
		return nil, wrong(file, 1, "file is not text", "a spreadsheet can save a sheet as CSV in UTF-8")
	}
	rows, err := readRows(file, text)
	if err != nil {
		return nil, err
	}
	l := &table{file: file, rows: rows}
	return l.read(column)
}

func wrong(file string, line int, text, hint string) error {
	return &spec.ProblemsError{Problems: []directory.Problem{{Pos: directory.Pos{File: file, Line: line, Column: 1}, Text: text, Hint: hint}}}
}

// row is a row that is not empty.
type row struct {
	line  int
	cells []string
}

func readRows(file, text string) ([]row, error) {
	skipped := 0
	if first, rest, found := strings.Cut(text, "\n"); found && strings.HasPrefix(strings.ToLower(first), "sep=") {
		text, skipped = rest, 1 // a line for spreadsheets
	}
	reader := csv.NewReader(strings.NewReader(text))
	reader.FieldsPerRecord = -1
	reader.TrimLeadingSpace = true
	reader.Comma = separator(text)
	var rows []row
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, wrong(file, bad.Line+skipped, "row can't be read: "+bad.Err.Error(), "")
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		line, _ := reader.FieldPos(0)
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if strings.Join(cells, "") != "" {
			rows = append(rows, row{line + skipped, cells})
		}
	}
}

// separator returns what stands between the cells of the first row, outside of quotes: what occurs most.
func separator(text string) rune {
	count := make(map[rune]int)
	quoted := false
	for _, r := range strings.TrimLeft(text, "\r\n") {
		if r == '\n' && !quoted {
			break
		}
		if r == '"' {
			quoted = !quoted
		} else if !quoted {
			count[r]++
		}
	}
	best := ','
	for _, r := range ";\t" {
		if count[r] > count[best] {
			best = r
		}
	}
	return best
}

// table is a list while it is read.
type table struct {
	file     string
	rows     []row
	problems []directory.Problem
}

func (t *table) problem(line int, hint, format string, args ...any) {
	t.problems = append(t.problems, directory.Problem{
		Pos: directory.Pos{File: t.file, Line: line, Column: 1}, Text: fmt.Sprintf(format, args...), Hint: hint,
	})
}

func (t *table) read(column string) (*Leavers, error) {
	if len(t.rows) == 0 {
		return nil, wrong(t.file, 1, "file has no rows", "")
	}
	first := t.rows[0].cells
	list := &Leavers{}
	address, day := slices.IndexFunc(first, isAddress), -1
	if address >= 0 && column != "" {
		return nil, wrong(t.file, t.rows[0].line, fmt.Sprintf("file has no header, and so no column %q", column), "leave --column out")
	}
	if address < 0 {
		var err error
		if address, day, err = t.columns(column); err != nil {
			return nil, err
		}
		list.AddressColumn = first[address]
		if day >= 0 {
			list.DayColumn = first[day]
		}
		t.rows = t.rows[1:]
	}
	for _, r := range t.rows {
		if l, ok := t.leaver(r, address, day, list.AddressColumn != ""); ok {
			list.People = append(list.People, l)
		}
	}
	if len(t.problems) > 0 {
		return nil, &spec.ProblemsError{Problems: t.problems}
	}
	return list, nil
}

// columns returns which columns hold the addresses and the last days, -1 for none of those, by the header.
func (t *table) columns(column string) (address, day int, err error) {
	header := t.rows[0]
	named := func(names []string) (found []int) {
		for i, cell := range header.cells {
			if slices.Contains(names, foldColumn(cell)) {
				found = append(found, i)
			}
		}
		return found
	}
	addresses, days := named(addressColumns()), named(dayColumns())
	if column != "" {
		addresses = nil
		for i, cell := range header.cells {
			if foldColumn(cell) == foldColumn(column) {
				addresses = append(addresses, i)
			}
		}
	}
	has := "the columns are " + quotedList(header.cells)
	switch {
	case len(addresses) == 0 && column != "":
		return 0, 0, wrong(t.file, header.line, fmt.Sprintf("file has no column %q", column), has)
	case len(addresses) == 0:
		return 0, 0, wrong(t.file, header.line, "file has no column that is known to hold addresses", "name it with --column; "+has)
	case len(addresses) > 1:
		return 0, 0, wrong(t.file, header.line, "file has several columns of addresses", "name one with --column; "+has)
	case len(days) > 1:
		return 0, 0, wrong(t.file, header.line, "file has several columns that may be the last day", "keep one of them; "+has)
	case len(days) == 1:
		return addresses[0], days[0], nil
	}
	return addresses[0], -1, nil
}

// leaver reads a row.
func (t *table) leaver(r row, address, day int, header bool) (Leaver, bool) {
	cell := func(i int) string {
		if i < 0 || i >= len(r.cells) {
			return ""
		}
		return r.cells[i]
	}
	l := Leaver{Email: directory.Email(cell(address)), Pos: directory.Pos{File: t.file, Line: r.line, Column: 1}}
	sound := true
	if !isAddress(cell(address)) {
		sound = false
		t.problem(r.line, "", "%q is not an address", shorten(cell(address)))
	}
	if day >= 0 {
		var err error
		if l.LastDay, err = directory.ParseDate(cell(day)); err != nil {
			sound = false
			t.problem(r.line, "a row without a last day may be somebody who stays", "last day %q is not a date of the form YYYY-MM-DD", shorten(cell(day)))
		}
	}
	// Without a header nobody knows what a date is about, and it may be a last day that is still to come.
	dated := slices.ContainsFunc(r.cells, func(s string) bool { _, err := directory.ParseDate(s); return err == nil })
	if !header && dated {
		sound = false
		t.problem(r.line, "begin the file with a line such as email,last_day", "row has a date, and no header says what it is")
	}
	return l, sound
}

func isAddress(s string) bool { return directory.Email(s).Usable() }

// foldColumn returns the letters of a column's name.
func foldColumn(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-./\u00a0", r) {
			return -1
		}
		return r
	}, strings.ToLower(strings.TrimSpace(name)))
}

func quotedList(cells []string) string {
	const most = 20
	var list []string
	for _, cell := range cells[:min(most, len(cells))] {
		list = append(list, strconv.Quote(shorten(cell)))
	}
	if len(cells) > most {
		list = append(list, "more")
	}
	return strings.Join(list, ", ")
}

// shorten cuts a text to a bearable length.
func shorten(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
