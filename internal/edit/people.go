package edit

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	encodings "golang.org/x/text/encoding/unicode"
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

// Columns names the columns of a list. What is "" is left to the header.
type Columns struct {
	Address string
	LastDay string
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
		"useremail", "userprincipalname", "emailwork", "emailprimarywork", "emailadresse",
	}
}

func dayColumns() []string {
	return []string{
		"until", "lastday", "lastdate", "lastworkingday", "lastworkday", "lastdayofwork", "terminationdate", "enddate", "leavedate",
		"leavingdate", "exitdate", "departuredate", "offboardingdate",
	}
}

// ReadLeavers reads a list of leavers as staff databases export it: CSV with commas, semicolons or tabs, with a header or
// without, in UTF-8 or in UTF-16 with a byte order mark. It returns a *spec.ProblemsError with everything that is wrong in
// any row. A day after today in a column that it does not know is wrong too: it may be a last day, and who is on a list
// without last days has left.
func ReadLeavers(file string, data []byte, columns Columns, today directory.Date) (*Leavers, error) {
	decoded, err := io.ReadAll(transform.NewReader(bytes.NewReader(data), encodings.BOMOverride(transform.Nop)))
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
	return l.read(columns, today)
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
	reader.Comma = separator(text)
	reader.TrimLeadingSpace = reader.Comma != '\t' // or an empty cell would be skipped
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
	more     int // problems beyond those
}

// maxProblems is how many problems of a list are told: somebody has named the wrong column.
const maxProblems = 1000

func (t *table) problem(line int, hint, format string, args ...any) {
	if len(t.problems) == maxProblems {
		t.more++
		return
	}
	t.problems = append(t.problems, directory.Problem{
		Pos: directory.Pos{File: t.file, Line: line, Column: 1}, Text: fmt.Sprintf(format, args...), Hint: hint,
	})
}

func (t *table) read(columns Columns, today directory.Date) (*Leavers, error) {
	if len(t.rows) == 0 {
		return nil, wrong(t.file, 1, "file has no rows", "")
	}
	first := t.rows[0]
	list := &Leavers{}
	address, day := slices.IndexFunc(first.cells, isAddress), -1
	if asked := cmp.Or(columns.Address, columns.LastDay); address >= 0 && asked != "" {
		return nil, wrong(t.file, first.line, fmt.Sprintf("file has no header, and so no column %q", asked), "name no columns, or begin the file with a header")
	}
	header := address < 0
	if header {
		var err error
		if address, day, err = t.columns(columns); err != nil {
			return nil, err
		}
		list.AddressColumn = first.cells[address]
		if day >= 0 {
			list.DayColumn = first.cells[day]
		}
		t.rows = t.rows[1:]
	}
	for _, r := range t.rows {
		if l, ok := t.leaver(r, address, day); ok {
			list.People = append(list.People, l)
		}
		if !header {
			t.unexplained(r)
		}
	}
	if header && day < 0 {
		t.dayToCome(first.cells, today)
	}
	if len(t.problems) > 0 {
		return nil, &spec.ProblemsError{Problems: t.problems, More: t.more}
	}
	return list, nil
}

// columns returns which columns hold the addresses and the last days, -1 for none of those, by the header.
func (t *table) columns(asked Columns) (address, day int, err error) {
	address, err = t.column(asked.Address, addressColumns(), "file has several columns of addresses", "--column")
	if err != nil {
		return 0, 0, err
	}
	if address < 0 {
		return 0, 0, wrong(t.file, t.rows[0].line, "file has no column that is known to hold addresses", "name it with --column; "+t.has())
	}
	day, err = t.column(asked.LastDay, dayColumns(), "file has several columns that may be the last day", "--last-day")
	return address, day, err
}

// column returns the column of the name that was asked for, or of one that is known; -1 for none of those.
func (t *table) column(asked string, known []string, several, flag string) (int, error) {
	if asked != "" {
		known = []string{foldColumn(asked)}
	}
	header := t.rows[0]
	var found []int
	for i, cell := range header.cells {
		if slices.Contains(known, foldColumn(cell)) {
			found = append(found, i)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return 0, wrong(t.file, header.line, several, "name one with "+flag+"; "+t.has())
	case asked != "":
		return 0, wrong(t.file, header.line, fmt.Sprintf("file has no column %q", asked), t.has())
	}
	return -1, nil
}

// has says which columns there are.
func (t *table) has() string { return "the columns are " + quotedList(t.rows[0].cells) }

// leaver reads a row.
func (t *table) leaver(r row, address, day int) (Leaver, bool) {
	cell := func(i int) string {
		if i < 0 || i >= len(r.cells) {
			return ""
		}
		return r.cells[i]
	}
	l := Leaver{Email: addressOf(cell(address)), Pos: directory.Pos{File: t.file, Line: r.line, Column: 1}}
	sound := true
	if l.Email == "" {
		sound = false
		t.problem(r.line, "", "%q is not an address", shorten(cell(address)))
	}
	if day >= 0 {
		var err error
		if l.LastDay, err = directory.ParseDate(cell(day)); err != nil {
			sound = false
			hint := "write it as 2026-12-31"
			if cell(day) == "" {
				hint = "a row without a last day may be somebody who stays"
			}
			t.problem(r.line, hint, "last day %q is not a date of the form YYYY-MM-DD", shorten(cell(day)))
		}
	}
	return l, sound
}

// unexplained looks at what a row without a header holds beside an address: a date may be a last day that is still to come,
// and a second address that of a manager who stays.
func (t *table) unexplained(r row) {
	const hint = "give each person a line, and begin the file with a line such as email,last_day"
	addresses := 0
	for _, cell := range r.cells {
		if isAddress(cell) {
			addresses++
		}
	}
	if addresses > 1 {
		t.problem(r.line, hint, "row has several addresses, and no header says whose they are")
	}
	if slices.ContainsFunc(r.cells, func(cell string) bool { return !latest(cell).IsZero() }) {
		t.problem(r.line, hint, "row has a date, and no header says what it is")
	}
}

// dayToCome looks for the first day after today in columns of a header that names no last day.
func (t *table) dayToCome(header []string, today directory.Date) {
	for _, r := range t.rows {
		for i, cell := range r.cells {
			if today.Before(latest(cell)) {
				name := ""
				if i < len(header) {
					name = header[i]
				}
				t.problem(r.line, "if it is the last day, name the column with --last-day; if not, take the column out",
					"%q in column %q is still to come, and no column is known to hold last days", shorten(cell), shorten(name))
				return
			}
		}
	}
}

// latest returns the latest day that a cell may stand for, in whatever country it was written; the zero Date for none.
func latest(cell string) directory.Date {
	var last directory.Date
	cell, _, _ = strings.Cut(cell, "T")
	for _, layout := range []string{"2006-1-2", "2006/1/2", "2.1.2006", "2/1/2006", "1/2/2006", "2-1-2006", "2-Jan-2006", "2 Jan 2006", "Jan 2, 2006"} {
		if t, err := time.Parse(layout, cell); err == nil && last.Before(directory.DateOf(t)) {
			last = directory.DateOf(t)
		}
	}
	return last
}

func isAddress(cell string) bool { return addressOf(cell) != "" }

// addressOf returns the address in a cell, alone or behind a name as in "Ana Ruiz <ana@acme.example>"; "" for none. What
// spreadsheets put in front of a text is no part of one, nor is what stands between several.
func addressOf(cell string) directory.Email {
	if open := strings.IndexByte(cell, '<'); open >= 0 && strings.HasSuffix(cell, ">") && strings.Count(cell, "@") == 1 {
		cell = cell[open+1 : len(cell)-1]
	}
	if email := directory.Email(cell); email.Usable() && !strings.ContainsAny(cell, "<>()[]\\:;,|\"") && !strings.ContainsAny(cell[:1], "'=+-") {
		return email
	}
	return ""
}

// foldColumn returns the letters and digits of a column's name.
func foldColumn(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, strings.ToLower(name))
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
