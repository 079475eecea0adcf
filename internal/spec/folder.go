package spec

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

var (
	errNotRegular = errors.New("not a regular file")
	errOutside    = errors.New("leads out of the folder of the root file")
)

// folder is the folder of the root file, the only place that a roster is read from. Names inside it use slashes.
type folder struct {
	root *os.Root
	path string // of the root file, as it is read
	as   string // and as the user named it
	name string // of the root file inside the folder
	left int64  // bytes that may still be read
	max  tooLargeError
	read []directory.File

	texts map[string]string // that stand for what files hold
	keep  bool              // what was read
	kept  []Source
}

func openFolder(path string, maxBytes int64) (*folder, error) {
	if maxBytes == 0 {
		maxBytes = MaxBytes
	}
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, reason(err))
	}
	return &folder{root: root, path: path, name: filepath.Base(path), left: maxBytes, max: tooLargeError(maxBytes)}, nil
}

func (f *folder) close() {
	// The folder was only read from: nothing can be lost by closing it.
	_ = f.root.Close()
}

// shown returns the name of a file as the user would type it.
func (f *folder) shown(name string) string {
	return path.Join(filepath.ToSlash(filepath.Dir(f.as)), name)
}

// readRoot reads the root file. The user has named it himself, so it may be a link to anywhere.
func (f *folder) readRoot() (string, error) {
	text, err := f.load(f.name, func() (*os.File, fs.FileInfo, error) {
		info, err := os.Stat(f.path)
		if err != nil || !info.Mode().IsRegular() {
			return nil, info, err
		}
		file, err := os.Open(f.path)
		return file, info, err
	})
	if err != nil {
		return "", fmt.Errorf("%s: %w", f.path, err)
	}
	return text, nil
}

// readFile reads a file that the roster names. Neither its name nor a link may lead out of the folder.
func (f *folder) readFile(name string) (string, error) {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return "", errOutside
	}
	return f.load(name, func() (*os.File, fs.FileInfo, error) {
		info, err := f.root.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			return nil, info, err
		}
		file, err := f.root.Open(name)
		return file, info, err
	})
}

// load reads the file that open opens. What is not a regular file is not opened: a pipe would block, a device might act.
func (f *folder) load(name string, open func() (*os.File, fs.FileInfo, error)) (string, error) {
	if text, ok := f.texts[name]; ok {
		return f.loaded(name, text, sha256.Sum256([]byte(text)))
	}
	file, info, err := open()
	if err != nil {
		return "", reason(err)
	}
	if file == nil {
		return "", errNotRegular
	}
	defer func() { _ = file.Close() }()
	if info.Size() > f.left {
		return "", f.max
	}
	var text strings.Builder
	text.Grow(int(info.Size()) + 1)
	digest := sha256.New()
	// A file may grow while it is read, so that the limit is put on the reading as well.
	if _, err := io.Copy(io.MultiWriter(&text, digest), io.LimitReader(file, f.left+1)); err != nil {
		return "", reason(err)
	}
	return f.loaded(name, text.String(), [sha256.Size]byte(digest.Sum(nil)))
}

// loaded takes note of what a file holds.
func (f *folder) loaded(name, text string, digest [sha256.Size]byte) (string, error) {
	if int64(len(text)) > f.left {
		return "", f.max
	}
	f.left -= int64(len(text))
	f.read = append(f.read, directory.File{Path: name, SHA256: hex.EncodeToString(digest[:])})
	if f.keep {
		f.kept = append(f.kept, Source{Path: name, Text: text})
	}
	return text, nil
}

// tooLargeError says how many bytes the files of a roster may have together.
type tooLargeError int64

func (e tooLargeError) Error() string {
	if e%(1<<20) == 0 {
		return fmt.Sprintf("the files of a roster may have %d MiB together", e>>20)
	}
	return fmt.Sprintf("the files of a roster may have %d bytes together", int64(e))
}

// digests returns the files that were read, the root file first, then by path.
func (f *folder) digests() []directory.File {
	if len(f.read) > 1 {
		slices.SortFunc(f.read[1:], func(a, b directory.File) int { return strings.Compare(a.Path, b.Path) })
	}
	return f.read
}

// match returns the files that a pattern names, sorted. Folders are passed over, and so are names that begin with a dot
// where the pattern does not: editors leave such files behind.
func (f *folder) match(pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, "*?[") {
		if _, err := f.root.Lstat(pattern); err != nil {
			return nil, reason(err)
		}
		return []string{pattern}, nil
	}
	found, err := fs.Glob(f.root.FS(), pattern)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(name string) bool {
		info, err := f.root.Stat(name)
		return hidden(pattern, name) || (err == nil && info.IsDir())
	})
	slices.Sort(found)
	return found, nil
}

func hidden(pattern, name string) bool {
	wanted := strings.Split(pattern, "/")
	for i, part := range strings.Split(name, "/") {
		if strings.HasPrefix(part, ".") && i < len(wanted) && !strings.HasPrefix(wanted[i], ".") {
			return true
		}
	}
	return false
}

// reason cuts the operation and the path off an error of the file system: the place says it better.
func reason(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	// The sentinel of os.Root has no exported name.
	if err.Error() == "path escapes from parent" {
		return errOutside
	}
	return err
}
