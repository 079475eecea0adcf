package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// entry is a file of an archive.
type entry struct {
	name       string // below the archive's folder, with slashes
	from       string // where its bytes are
	executable bool
}

func (e *entry) mode() int64 {
	if e.executable {
		return 0o755
	}
	return 0o644
}

// archive is what a kind of archive has to do.
type archive interface {
	add(name string, mode int64, size int64, content io.Reader) error
	Close() error
}

// pack writes an archive, a zip if it is called one and a compressed tar else, in which all files are in one folder. Nothing
// of it depends on who packs it: files are in the order of their names, have one time, and belong to nobody.
func pack(file, folder string, modified time.Time, entries []entry) (err error) {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() {
		if closed := out.Close(); err == nil {
			err = closed
		}
	}()
	var to archive
	if strings.HasSuffix(file, ".zip") {
		to = &zipArchive{zip.NewWriter(out), modified.UTC()}
	} else {
		to = newTar(out, modified)
	}
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	for _, e := range entries {
		if err := addFile(to, path.Join(folder, e.name), &e); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return to.Close()
}

func addFile(to archive, name string, e *entry) error {
	content, err := os.Open(e.from)
	if err != nil {
		return err
	}
	defer content.Close()
	info, err := content.Stat()
	if err != nil {
		return err
	}
	return to.add(name, e.mode(), info.Size(), content)
}

type tarArchive struct {
	*tar.Writer
	compressed *gzip.Writer
	modified   time.Time
}

func newTar(out io.Writer, modified time.Time) *tarArchive {
	compressed := gzip.NewWriter(out) // its header has neither name nor time
	return &tarArchive{tar.NewWriter(compressed), compressed, modified}
}

func (t *tarArchive) add(name string, mode, size int64, content io.Reader) error {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: size, ModTime: t.modified, Format: tar.FormatPAX}
	if err := t.WriteHeader(header); err != nil {
		return err
	}
	_, err := io.Copy(t, content)
	return err
}

// Close ends the archive.
func (t *tarArchive) Close() error {
	if err := t.Writer.Close(); err != nil {
		return err
	}
	return t.compressed.Close()
}

type zipArchive struct {
	*zip.Writer
	modified time.Time
}

func (z *zipArchive) add(name string, mode, _ int64, content io.Reader) error {
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: z.modified}
	header.SetMode(os.FileMode(mode))
	to, err := z.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, content)
	return err
}

// writeSums writes what `sha256sum -c` reads in the folder of the files.
func writeSums(file string, files []string) error {
	var lines strings.Builder
	for _, name := range slices.Sorted(slices.Values(files)) {
		content, err := os.Open(name)
		if err != nil {
			return err
		}
		sum := sha256.New()
		_, err = io.Copy(sum, content)
		_ = content.Close()
		if err != nil {
			return err
		}
		fmt.Fprintf(&lines, "%x  %s\n", sum.Sum(nil), filepath.Base(name))
	}
	return os.WriteFile(file, []byte(lines.String()), 0o644)
}
