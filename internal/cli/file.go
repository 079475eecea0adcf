package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Permissions of the files that are written: what names people and what they may do is for the owner alone, a roster is
// a source file like others.
const (
	private fs.FileMode = 0o600
	shared  fs.FileMode = 0o644
)

// pendingFile is a file that appears under its name when it is complete, or not at all. To begin one is to find out
// whether it can be written, and to claim room for it, whether it will fit. A process that is killed leaves the temporary
// file behind, ".report.json.123456789.tmp", and nothing under the name:
//
//	begin ──> claim ──> write ──> commit ──> report.json
//	  └─────────┴─────────┴────> discard
type pendingFile struct {
	path    string
	temp    tempFile
	claimed int64 // bytes that are on the disk for it
	written int64 // bytes of its content
}

// tempFile is what a pendingFile needs of *os.File.
type tempFile interface {
	io.WriteSeeker
	Name() string
	Sync() error
	Truncate(size int64) error
	Close() error
}

// beginFile makes a temporary file beside path. It fails, with a usage error, where there can be no file of that name.
func beginFile(path string, mode fs.FileMode) (*pendingFile, error) {
	switch info, err := os.Stat(path); {
	case err == nil && !info.Mode().IsRegular():
		return nil, usage("", "%s is not a regular file", path)
	case err == nil:
		// Behind a link the file is meant, not the link.
		if target, err := filepath.EvalSymlinks(path); err == nil {
			path = target
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, usage("", "%s can't be written: %v", path, cause(err))
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return nil, usage("is the folder there, and may you write to it?", "%s can't be written: %v", path, cause(err))
	}
	f := &pendingFile{path: path, temp: temp}
	if err := temp.Chmod(mode); err != nil {
		f.discard()
		return nil, fmt.Errorf("%s: %w", path, cause(err))
	}
	return f, nil
}

// beginOptional begins the file of a flag, if it was given: nil and no error if not.
func beginOptional(flag, path string, mode fs.FileMode) (*pendingFile, error) {
	if path == "" {
		return nil, nil
	}
	f, err := beginFile(path, mode)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	return f, nil
}

// claimText fills what is claimed, for whoever finds a temporary file that a killed process left.
const claimText = "room that rollcall claimed for a file and did not come to write\n"

// claim puts n bytes on the disk, which are written over later: there is room for so much then, whatever fills the disk
// meanwhile. Where a file system compresses, or copies what is written over, that is likely and not certain. It is called
// once, before anything is written.
func (f *pendingFile) claim(n int64) error {
	block := bytes.Repeat([]byte(claimText), 1024)
	var err error
	for left := n; left > 0 && err == nil; left -= int64(len(block)) {
		_, err = f.temp.Write(block[:min(left, int64(len(block)))])
	}
	if err == nil {
		err = f.temp.Sync() // some disks tell only then that they are full
	}
	if err == nil {
		_, err = f.temp.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.path, cause(err))
	}
	f.claimed = n
	return nil
}

// Write implements io.Writer.
func (f *pendingFile) Write(p []byte) (int, error) {
	n, err := f.temp.Write(p)
	f.written += int64(n)
	return n, err
}

// commit gives the file its name, in place of one that was there before.
func (f *pendingFile) commit() error {
	name := f.temp.Name()
	var err error
	if f.claimed > f.written {
		err = f.temp.Truncate(f.written)
	}
	err = errors.Join(err, f.temp.Sync(), f.temp.Close())
	if err == nil {
		err = os.Rename(name, f.path)
	}
	if err != nil {
		_ = os.Remove(name)
		return fmt.Errorf("%s: %w", f.path, cause(err))
	}
	f.temp = nil
	return nil
}

// discard leaves nothing behind. After commit, and for a file that was not begun, it does nothing.
func (f *pendingFile) discard() {
	if f == nil || f.temp == nil {
		return
	}
	_ = f.temp.Close()
	_ = os.Remove(f.temp.Name())
	f.temp = nil
}

// maxInput is how large a saved plan, a saved read or the state of a simulator may be, in bytes. Those of 50,000 accounts
// take a tenth of it.
const maxInput = 256 << 20

// readFile returns what a file holds, which may be a pipe, and refuses what is larger than limit bytes: somebody named the
// wrong file, and some of those have no end.
func readFile(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var text bytes.Buffer
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() <= limit {
		text.Grow(int(info.Size()) + bytes.MinRead)
	}
	n, err := text.ReadFrom(io.LimitReader(f, limit+1))
	if err == nil && n > limit {
		err = errors.New("too large to be what it shall be")
	}
	return text.Bytes(), err
}

// write writes the whole file and gives it its name.
func (f *pendingFile) write(content func(io.Writer) error) error {
	if err := content(f); err != nil {
		return fmt.Errorf("%s: %w", f.path, cause(err))
	}
	return f.commit()
}

// writeFile writes a whole file at once.
func writeFile(path string, mode fs.FileMode, content func(io.Writer) error) error {
	f, err := beginFile(path, mode)
	if err != nil {
		return err
	}
	defer f.discard()
	return f.write(content)
}

// cause returns the error inside one that repeats the path, which for a temporary file nobody has heard of.
func cause(err error) error {
	var path *fs.PathError
	var paths *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &paths):
		return paths.Err
	}
	return err
}
