package cli

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.json")
	if err := os.WriteFile(path, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		path  string
		limit int64
		want  string
		ok    bool
	}{
		{"as large as it may be", path, 10, "0123456789", true},
		{"larger than it may be", path, 9, "", false},
		{"a folder", filepath.Dir(path), 10, "", false},
		{"a file that does not exist", path + "x", 10, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readFile(tt.path, tt.limit)
			if (err == nil) != tt.ok || tt.ok && string(got) != tt.want {
				t.Errorf("readFile = %q, %v, want %q, ok %t", got, err, tt.want, tt.ok)
			}
		})
	}
}
