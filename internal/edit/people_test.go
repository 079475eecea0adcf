package edit_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/edit"
	"rollcall/internal/spec"
)

// utf16 returns a text as some spreadsheets save it.
func utf16(s string) string {
	b := []byte{0xff, 0xfe}
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return string(b)
}

func TestReadLeavers(t *testing.T) {
	tests := []struct {
		name, text string
		columns    edit.Columns
		want       []string // address, last day and line
		problems   []string
	}{
		{name: "one address a line", text: "ana@x.example\n\n bo@x.example \n", want: []string{"ana@x.example  1", "bo@x.example  3"}},
		{name: "a header", text: "Name,E-Mail\nAna,ana@x.example\n", want: []string{"ana@x.example  2"}},
		{name: "semicolons, quotes and days", text: "\"Name; first\";\"Work Email\";Last_Day\r\n\"Ruiz; \"\"A\"\"\";ana@x.example;2026-11-30\r\n", want: []string{"ana@x.example 2026-11-30 2"}},
		{name: "tabs", text: "mail\tuntil\nana@x.example\t2026-11-30\n", want: []string{"ana@x.example 2026-11-30 2"}},
		{name: "a byte order mark", text: "\ufeffemail\nana@x.example\n", want: []string{"ana@x.example  2"}},
		{name: "UTF-16", text: utf16("email;termination date\nána@x.example;2026-11-30\n"), want: []string{"ána@x.example 2026-11-30 2"}},
		{name: "a line for spreadsheets", text: "sep=;\nemail;x\nana@x.example;1,2,3\n", want: []string{"ana@x.example  3"}},
		{name: "a column by name", text: "email,private\nana@x.example,a@home.example\n", columns: edit.Columns{Address: "PRIVATE"}, want: []string{"a@home.example  2"}},
		{name: "several cells without a header", text: "Ana,ana@x.example\n", want: []string{"ana@x.example  1"}},
		{name: "empty cells between tabs", text: "name\temail\tmanager email\n\tana@x.example\tboss@x.example\nBo\t\tboss@x.example\n", problems: []string{`hr.csv:3:1: "" is not an address`}},
		{name: "names with their addresses", text: "email\n\"Ruiz, Ana <ana@x.example>\"\n<bo@x.example>\n", want: []string{"ana@x.example  2", "bo@x.example  3"}},
		{name: "addresses with what is none of them", text: "email\nmailto:ana@x.example\n'ana@x.example\n=ana@x.example\nana@x.example <bo@x.example>\nana@x.example;bo@x.example\n", problems: []string{
			`hr.csv:2:1: "mailto:ana@x.example" is not an address`,
			`hr.csv:3:1: "'ana@x.example" is not an address`,
			`hr.csv:4:1: "=ana@x.example" is not an address`,
			`hr.csv:5:1: "ana@x.example <bo@x.example>" is not an address`,
			`hr.csv:6:1: "ana@x.example;bo@x.example" is not an address`,
		}},
		{name: "several addresses in a row that nobody explains", text: "ana@x.example; bo@x.example\n\ncleo@x.example;\n", problems: []string{
			"hr.csv:1:1: row has several addresses, and no header says whose they are",
		}},
		{name: "a last day in a column by name", text: "E-Mail;Austritt\nana@x.example;2026-12-31\n", columns: edit.Columns{LastDay: "austritt"}, want: []string{"ana@x.example 2026-12-31 2"}},
		{name: "a last day in a column that is not there", text: "email\nana@x.example\n", columns: edit.Columns{LastDay: "exit"}, problems: []string{`hr.csv:1:1: file has no column "exit"`}},
		{name: "a last day without a header", text: "ana@x.example\n", columns: edit.Columns{LastDay: "exit"}, problems: []string{`hr.csv:1:1: file has no header, and so no column "exit"`}},
		{name: "a day to come in a column that nobody knows", text: "email;hired;gone\nana@x.example;01.02.2020;01.02.2026\nbo@x.example;2020-02-01;31.12.2026\n", problems: []string{
			`hr.csv:3:1: "31.12.2026" in column "gone" is still to come, and no column is known to hold last days`,
		}},
		{name: "days that are over in a column that nobody knows", text: "email;hired\nana@x.example;01.02.2020\n", want: []string{"ana@x.example  2"}},
		{name: "columns of staff databases", text: "Worker,Email - Primary Work,Email Address (Home),Termination Date\nAna,ana@x.example,a@home.example,2026-11-01\n", want: []string{"ana@x.example 2026-11-01 2"}},
		{name: "no rows", text: "\n ,\n", problems: []string{"hr.csv:1:1: file has no rows"}},
		{name: "nothing that is known", text: "name,login\nAna,ana\n", problems: []string{"hr.csv:1:1: file has no column that is known to hold addresses"}},
		{name: "a column that is not there", text: "email\nana@x.example\n", columns: edit.Columns{Address: "mail address"}, problems: []string{`hr.csv:1:1: file has no column "mail address"`}},
		{name: "two columns of addresses", text: "email,work email\na@x.example,b@x.example\n", problems: []string{"hr.csv:1:1: file has several columns of addresses"}},
		{name: "two last days", text: "email,end date,exit date\n", problems: []string{"hr.csv:1:1: file has several columns that may be the last day"}},
		{name: "every row that is wrong", text: "email,last day\nana,2026-11-30\nbo@x.example,30.11.2026\ncleo@x.example,\n", problems: []string{
			`hr.csv:2:1: "ana" is not an address`,
			`hr.csv:3:1: last day "30.11.2026" is not a date of the form YYYY-MM-DD`,
			`hr.csv:4:1: last day "" is not a date of the form YYYY-MM-DD`,
		}},
		{name: "a date that nobody explains", text: "ana@x.example,2026-11-30\n", problems: []string{"hr.csv:1:1: row has a date, and no header says what it is"}},
		{name: "a quote that is not closed", text: "email\n\"ana@x.example\n", problems: []string{`hr.csv:2:1: row can't be read: extraneous or missing " in quoted-field`}},
		{name: "Latin-1", text: "email\n\xe1na@x.example\n", problems: []string{"hr.csv:1:1: file is neither UTF-8 nor UTF-16"}},
		{name: "a workbook", text: "PK\x03\x04\x00\x00", problems: []string{"hr.csv:1:1: file is not text"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list, err := edit.ReadLeavers("hr.csv", []byte(tt.text), tt.columns, directory.Date{Year: 2026, Month: 11, Day: 22})
			var got []string
			if list != nil {
				for _, l := range list.People {
					got = append(got, strings.Join([]string{string(l.Email), l.LastDay.String(), strings.Split(l.Pos.String(), ":")[1]}, " "))
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("people (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.problems, problems(err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadLeavers_saysTheFirstProblemsAndHowManyMore(t *testing.T) {
	_, err := edit.ReadLeavers("hr.csv", []byte("email\n"+strings.Repeat("nobody\n", 1500)), edit.Columns{}, directory.Date{Year: 2026, Month: 11, Day: 22})
	var wrong *spec.ProblemsError
	if !errors.As(err, &wrong) || len(wrong.Problems) != 1000 || wrong.More != 500 {
		t.Errorf("%d problems and %d more, want 1000 and 500", len(wrong.Problems), wrong.More)
	}
}

// problems returns what an error says, place by place.
func problems(err error) []string {
	var wrong *spec.ProblemsError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &wrong):
		return []string{err.Error()}
	}
	var list []string
	for _, p := range wrong.Problems {
		list = append(list, p.Pos.String()+": "+p.Text)
	}
	return list
}

// FuzzReadLeavers holds that a list is read as people with addresses and days, or refused row by row.
func FuzzReadLeavers(f *testing.F) {
	f.Add("email;last day\nana@x.example;2026-11-30\n", "", "")
	f.Add("\xff\xfee\x00", "e", "")
	f.Add("sep=,\n\"a\nb\"@x,y\n", "", "y")
	f.Fuzz(func(t *testing.T, text, column, day string) {
		list, err := edit.ReadLeavers("hr.csv", []byte(text), edit.Columns{Address: column, LastDay: day}, directory.Date{Year: 2026, Month: 11, Day: 22})
		if err != nil {
			var wrong *spec.ProblemsError
			if !errors.As(err, &wrong) || len(wrong.Problems) == 0 {
				t.Fatalf("error is a %T: %v", err, err)
			}
			return
		}
		for _, l := range list.People {
			if !l.Email.Usable() || l.Pos.Line < 1 || l.LastDay != (directory.Date{}) && list.DayColumn == "" {
				t.Fatalf("%+v", l)
			}
		}
	})
}
