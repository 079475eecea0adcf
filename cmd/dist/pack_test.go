package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// packed is a file as an archive has it.
type packed struct {
	Name    string
	Mode    int64
	Time    time.Time
	Owner   int
	Content string
}

var files = map[string]string{"README.md": "read me", "examples/a.yaml": "version: 1", "rollcall": "\x7fELF"}

// packIn writes the files into a new folder, in another order and with other times each time, and packs them.
func packIn(t *testing.T, name string, order []string, age time.Duration) []byte {
	t.Helper()
	dir := t.TempDir()
	var entries []entry
	for _, file := range order {
		path := filepath.Join(dir, filepath.Base(file))
		if err := os.WriteFile(path, []byte(files[file]), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, entry{name: file, from: path, executable: file == "rollcall"})
	}
	path := filepath.Join(dir, name)
	if err := pack(path, "folder", commit, entries); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

var commit = time.Date(2026, 11, 22, 18, 44, 10, 0, time.UTC)

func TestPack_givesTheSameBytesWhoeverPacks(t *testing.T) {
	want := []packed{
		{"folder/README.md", 0o644, commit, 0, "read me"},
		{"folder/examples/a.yaml", 0o644, commit, 0, "version: 1"},
		{"folder/rollcall", 0o755, commit, 0, "\x7fELF"},
	}
	for _, tt := range []struct {
		name   string
		unpack func(*testing.T, []byte) []packed
	}{{"a.tar.gz", untar}, {"a.zip", unzip}} {
		t.Run(tt.name, func(t *testing.T) {
			one := packIn(t, tt.name, []string{"README.md", "examples/a.yaml", "rollcall"}, time.Hour)
			other := packIn(t, tt.name, []string{"rollcall", "examples/a.yaml", "README.md"}, 9000*time.Hour)
			if !bytes.Equal(one, other) {
				t.Error("the archives differ")
			}
			if diff := cmp.Diff(want, tt.unpack(t, one)); diff != "" {
				t.Errorf("archive (-want +got):\n%s", diff)
			}
		})
	}
}

func untar(t *testing.T, archive []byte) (all []packed) {
	t.Helper()
	plain, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		t.Fatal(err)
	}
	if plain.Name != "" || !plain.ModTime.IsZero() {
		t.Errorf("the compressed file has the name %q and the time %v", plain.Name, plain.ModTime)
	}
	from := tar.NewReader(plain)
	for {
		header, err := from.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		if header.Uname != "" || header.Gid != 0 {
			t.Errorf("%s belongs to %q of group %d", header.Name, header.Uname, header.Gid)
		}
		all = append(all, packed{header.Name, header.Mode, header.ModTime.UTC(), header.Uid, string(content)})
	}
}

func unzip(t *testing.T, archive []byte) (all []packed) {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range from.File {
		reader, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, packed{file.Name, int64(file.Mode().Perm()), file.Modified.UTC(), 0, string(content)})
	}
	return all
}

func TestWriteSums_writesWhatSha256sumReads(t *testing.T) {
	dir := t.TempDir()
	names := []string{filepath.Join(dir, "b"), filepath.Join(dir, "a")}
	for _, name := range names {
		if err := os.WriteFile(name, []byte("abc"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sums := filepath.Join(dir, "SHA256SUMS")
	if err := writeSums(sums, names); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(sums)
	if err != nil {
		t.Fatal(err)
	}
	// The digest is the example of FIPS 180-2, appendix B.1.
	const digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if want := digest + "  a\n" + digest + "  b\n"; string(got) != want {
		t.Errorf("SHA256SUMS is\n%swant\n%s", got, want)
	}
}
