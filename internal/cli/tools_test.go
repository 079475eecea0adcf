package cli

import (
	"testing"

	"rollcall/internal/directory"
)

func TestChooseTool(t *testing.T) {
	all := []tool{{kind: "one", prefix: "ONE"}, {kind: "two", prefix: "TWO"}}
	inFile := func(kind string) directory.Key[string] {
		return directory.At(kind, directory.Pos{File: "users.yaml", Line: 2, Column: 9})
	}
	for i := range all {
		all[i].logins = []login{{user: "USER"}}
	}
	nobody := directory.Key[string]{}
	for _, tt := range []struct {
		name   string
		roster directory.Key[string]
		flag   string
		file   string // the kind of tool that it is of
		env    map[string]string
		want   string // "": a usage error
	}{
		{"the roster says", inFile("two"), "", "", map[string]string{"ONE_URL": "x"}, "two"},
		{"roster, flag and file agree", inFile("two"), "two", "two", nil, "two"},
		{"roster and flag contradict each other", inFile("two"), "one", "", nil, ""},
		{"roster and file contradict each other", inFile("two"), "", "one", nil, ""},
		{"the roster names a tool that nobody knows", inFile("three"), "", "", nil, ""},
		{"the flag says", nobody, "two", "", map[string]string{"ONE_URL": "x"}, "two"},
		{"flag and file contradict each other", nobody, "two", "one", nil, ""},
		{"the flag names a tool that nobody knows", nobody, "three", "", nil, ""},
		{"the file says, whatever is in the environment", nobody, "", "two", map[string]string{"ONE_URL": "x"}, "two"},
		{"the file is of a tool that nobody knows", nobody, "", "three", nil, ""},
		{"one URL is in the environment", nobody, "", "", map[string]string{"TWO_URL": "x"}, "two"},
		{"both are in the environment", nobody, "", "", map[string]string{"ONE_URL": "x", "TWO_URL": "y"}, ""},
		{"nobody says anything", nobody, "", "", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			getenv := func(name string) string { return tt.env[name] }
			got, err := chooseTool(all, clues{roster: tt.roster, flag: tt.flag, file: "live.json", of: tt.file, getenv: getenv})
			if (err != nil) != (tt.want == "") || got.kind != tt.want {
				t.Errorf("chooseTool = %q, %v, want %q", got.kind, err, tt.want)
			}
			if err != nil && exitCode(err) != exitUsage {
				t.Errorf("exit code %d, want %d", exitCode(err), exitUsage)
			}
		})
	}
}
