package cli

import (
	"errors"
	"fmt"
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
// whether it can be written.
type pendingFile struct {
	path string
	temp *os.File
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

// Write implements io.Writer.
func (f *pendingFile) Write(p []byte) (int, error) { return f.temp.Write(p) }

// commit gives the file its name, in place of one that was there before.
func (f *pendingFile) commit() error {
	name := f.temp.Name()
	err := errors.Join(f.temp.Sync(), f.temp.Close())
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

// discard leaves nothing behind. After commit it does nothing.
func (f *pendingFile) discard() {
	if f.temp == nil {
		return
	}
	_ = f.temp.Close()
	_ = os.Remove(f.temp.Name())
	f.temp = nil
}

// writeFile writes a whole file at once.
func writeFile(path string, mode fs.FileMode, write func(*pendingFile) error) error {
	f, err := beginFile(path, mode)
	if err != nil {
		return err
	}
	defer f.discard()
	if err := write(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return f.commit()
}

// cause returns the error inside one that repeats the path, which for a temporary file nobody has heard of.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
