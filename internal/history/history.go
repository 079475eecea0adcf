// Package history reads a roster as it was at a revision of the git repository that holds it. It must not change the
// repository, touch its index or working tree, or run what the repository could choose: no hook, no filter, no external diff.
package history

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// The limits of what is read: of a roster's folder, not of a repository that has one somewhere.
const (
	maxFiles = 20_000
	maxBytes = 256 << 20
)

// ErrNoRevision says that the repository does not know the revision.
var ErrNoRevision = errors.New("revision is not known")

// ErrNotThere says that the roster was not there yet at the revision.
var ErrNotThere = errors.New("roster was not there yet")

// At writes the folder of a roster's root file into an empty folder, as it was at the last commit that the revision and
// HEAD have in common: what others have done on the revision's branch since is no part of this change. It returns the
// path of the root file in there and the commit (hex). The errors are ErrNoRevision, ErrNotThere, and what git said.
func At(ctx context.Context, root, revision, into string) (file, commit string, err error) {
	r := repository{ctx: ctx, dir: filepath.Dir(root)}
	prefix, err := r.git("rev-parse", "--show-prefix")
	if err != nil {
		return "", "", err
	}
	// Resolved first, so that no revision is ever taken for an option.
	tip, err := r.git("rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return "", "", fmt.Errorf("%q: %w", revision, errors.Join(ErrNoRevision, ctx.Err()))
	}
	commit, err = r.git("merge-base", tip, "HEAD")
	if err != nil {
		commit = tip // a repository without the commits in between, or branches that have nothing in common
	}
	blobs, err := r.list(commit, prefix)
	if err != nil {
		return "", "", err
	}
	folder, err := os.OpenRoot(into)
	if err != nil {
		return "", "", err
	}
	defer folder.Close()
	if err := r.read(blobs, folder); err != nil {
		return "", "", err
	}
	if _, err := folder.Stat(filepath.Base(root)); err != nil {
		return "", "", fmt.Errorf("%s at %s: %w", root, Short(commit), ErrNotThere)
	}
	return filepath.Join(into, filepath.Base(root)), commit, nil
}

// Short returns as much of a commit as a reader needs to find it.
func Short(commit string) string { return commit[:min(12, len(commit))] }

type repository struct {
	ctx context.Context
	dir string
}

// git runs a command that reads and returns its only line.
func (r repository) git(args ...string) (string, error) {
	out, err := r.run(nil, args...)
	return strings.TrimSuffix(string(out), "\n"), err
}

func (r repository) run(stdin io.Reader, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(r.ctx, "git", append([]string{"-C", r.dir}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0")
	var out, said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &said
	if err := cmd.Run(); err != nil {
		if r.ctx.Err() != nil {
			return nil, r.ctx.Err()
		}
		first, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		if first == "" {
			first = err.Error()
		}
		return nil, fmt.Errorf("git %s: %s", args[0], strings.TrimPrefix(first, "fatal: "))
	}
	return out.Bytes(), nil
}

// blob is a file of a commit.
type blob struct {
	id   string
	size int64
	link bool
	path string // below the folder of the roster, with slashes
}

// list returns the files of a commit below a folder of the repository.
func (r repository) list(commit, prefix string) ([]blob, error) {
	args := []string{"ls-tree", "-r", "-z", "-l", "--full-tree", commit}
	if prefix != "" {
		args = append(args, "--", prefix)
	}
	out, err := r.run(nil, args...)
	if err != nil {
		return nil, err
	}
	var blobs []blob
	total := int64(0)
	for entry := range strings.SplitSeq(string(out), "\x00") {
		head, name, found := strings.Cut(entry, "\t")
		fields := strings.Fields(head) // mode, type, id, size
		if !found || len(fields) != 4 || fields[1] != "blob" {
			continue // a submodule, or the end
		}
		size, err := strconv.ParseInt(fields[3], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("git ls-tree: size %q", fields[3])
		}
		if total += size; len(blobs) == maxFiles || total > maxBytes {
			return nil, fmt.Errorf("the folder of the roster has more than %d files or %d bytes: give the roster a folder of its own", maxFiles, maxBytes)
		}
		blobs = append(blobs, blob{id: fields[2], size: size, link: fields[0] == "120000", path: strings.TrimPrefix(name, prefix)})
	}
	return blobs, nil
}

// read writes files into a folder.
func (r repository) read(blobs []blob, folder *os.Root) error {
	var ids strings.Builder
	for _, b := range blobs {
		ids.WriteString(b.id + "\n")
	}
	out, err := r.run(strings.NewReader(ids.String()), "cat-file", "--batch")
	if err != nil {
		return err
	}
	in := bufio.NewReader(bytes.NewReader(out))
	for _, b := range blobs {
		head, err := in.ReadString('\n') // id, type, size
		if err != nil || !strings.HasSuffix(head, fmt.Sprintf(" blob %d\n", b.size)) {
			return fmt.Errorf("git cat-file: %s: %q", b.path, head)
		}
		text := make([]byte, b.size+1) // the line break behind it
		if _, err := io.ReadFull(in, text); err != nil {
			return fmt.Errorf("git cat-file: %s: %w", b.path, err)
		}
		if err := b.write(folder, text[:b.size]); err != nil {
			return err
		}
	}
	return nil
}

func (b *blob) write(folder *os.Root, text []byte) error {
	name := filepath.FromSlash(b.path)
	if err := folder.MkdirAll(filepath.FromSlash(path.Dir(b.path)), 0o700); err != nil {
		return err
	}
	if b.link {
		return folder.Symlink(filepath.FromSlash(string(text)), name)
	}
	return folder.WriteFile(name, text, 0o600)
}
