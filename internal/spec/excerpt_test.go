package spec_test

import (
	"strings"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/spec"
)

func TestExcerpts_line(t *testing.T) {
	files{
		"conf/users.yaml": "\ufeffversion: 1\r\n\tname: \x1b[31mred\u202e\n" + strings.Repeat("é", 300) + "X" + strings.Repeat("b", 300) + "\nlast\xff",
		"conf/teams/a":    "one\n",
		"secret":          "key\n",
	}.write(t)
	excerpts := spec.NewExcerpts("conf/users.yaml")
	defer excerpts.Close()
	for _, tt := range []struct {
		name         string
		file         string
		line, column int
		want         string
		wantColumn   int
	}{
		{"the first line, without a byte order mark and line end", "conf/users.yaml", 1, 9, "version: 1", 9},
		{"what would act on the terminal is shown as a dot", "conf/users.yaml", 2, 2, " name: ·[31mred·", 2},
		{"a long line is cut around the place", "conf/users.yaml", 3, 301, strings.Repeat("é", 59) + "X" + strings.Repeat("b", 100), 60},
		{"a place behind the end is the end", "conf/users.yaml", 4, 99, "last·", 6},
		{"another file of the roster", "conf/teams/a", 1, 1, "one", 1},
		{"a line that is not there", "conf/users.yaml", 5, 1, "", 0},
		{"no place", "conf/users.yaml", 0, 0, "", 0},
		{"a file outside of the roster", "secret", 1, 1, "", 0},
		{"a file that is not there", "conf/none", 1, 1, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, column, ok := excerpts.Line(directory.Pos{File: tt.file, Line: tt.line, Column: tt.column})
			if text != tt.want || column != tt.wantColumn || ok != (tt.want != "") {
				t.Errorf("Line = %q, %d, %v, want %q, %d", text, column, ok, tt.want, tt.wantColumn)
			}
		})
	}
}

func TestExcerpts_ofARosterThatIsNotThere(t *testing.T) {
	excerpts := spec.NewExcerpts("none/users.yaml")
	defer excerpts.Close()
	if _, _, ok := excerpts.Line(directory.Pos{File: "none/users.yaml", Line: 1, Column: 1}); ok {
		t.Error("Line found a line")
	}
}
