package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// What is written names people and what they may do, also where a file of that name was open to others before.
func TestPendingFile_isForItsOwnerAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("windows has no file modes: who may read a file is a matter of its folder there")
	}
	old := filepath.Join(t.TempDir(), "old.json")
	if err := os.WriteFile(old, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{old, filepath.Join(t.TempDir(), "new.json")} {
		if err := writeFile(path, private, func(io.Writer) error { return nil }); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s has mode %o, want 600", filepath.Base(path), got)
		}
	}
}

// Until a file is whole, its name stands for what was there before, or for nothing.
func TestPendingFile_appearsWholeOrNotAtAll(t *testing.T) {
	disk := errors.New("no space left on device")
	for _, tt := range []struct {
		name string
		old  string // "": there was none
		fail error
		want string // "": there is none
	}{
		{"a new file", "", nil, "whole"},
		{"a new file on a full disk", "", disk, ""},
		{"a file in place of another", "old", nil, "whole"},
		{"a file in place of another on a full disk", "old", disk, "old"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "report.json")
			if tt.old != "" {
				if err := os.WriteFile(path, []byte(tt.old), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			read := func() string {
				text, err := os.ReadFile(path)
				if err != nil && !errors.Is(err, os.ErrNotExist) {
					t.Fatal(err)
				}
				return string(text)
			}
			err := writeFile(path, private, func(w io.Writer) error {
				if _, err := io.WriteString(w, "whole"); err != nil {
					return err
				}
				if got := read(); got != tt.old {
					t.Errorf("%q before it is whole, want %q", got, tt.old)
				}
				return tt.fail
			})
			if !errors.Is(err, tt.fail) {
				t.Errorf("error %v, want %v", err, tt.fail)
			}
			if got := read(); got != tt.want {
				t.Errorf("%q in the end, want %q", got, tt.want)
			}
			files, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			if len(files) > 1 || len(files) == 1 && tt.want == "" {
				t.Errorf("left behind: %v", files)
			}
		})
	}
}
