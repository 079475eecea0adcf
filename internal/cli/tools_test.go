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
	for _, tt := range []struct {
		name   string
		roster directory.Key[string]
		flag   string
		env    map[string]string
		want   string // "": a usage error
	}{
		{"the roster says", inFile("two"), "", map[string]string{"ONE_URL": "x"}, "two"},
		{"roster and flag agree", inFile("two"), "two", nil, "two"},
		{"roster and flag contradict each other", inFile("two"), "one", nil, ""},
		{"the roster names a tool that nobody knows", inFile("three"), "", nil, ""},
		{"the flag says", directory.Key[string]{}, "two", map[string]string{"ONE_URL": "x"}, "two"},
		{"the flag names a tool that nobody knows", directory.Key[string]{}, "three", nil, ""},
		{"one URL is in the environment", directory.Key[string]{}, "", map[string]string{"TWO_URL": "x"}, "two"},
		{"both are in the environment", directory.Key[string]{}, "", map[string]string{"ONE_URL": "x", "TWO_URL": "y"}, ""},
		{"nobody says anything", directory.Key[string]{}, "", nil, "one"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := chooseTool(all, tt.roster, tt.flag, func(name string) string { return tt.env[name] })
			if (err != nil) != (tt.want == "") || got.kind != tt.want {
				t.Errorf("chooseTool = %q, %v, want %q", got.kind, err, tt.want)
			}
			if err != nil && exitCode(err) != exitUsage {
				t.Errorf("exit code %d, want %d", exitCode(err), exitUsage)
			}
		})
	}
}
