// Package spec reads a roster, the YAML files that hold the desired state, into a directory.Desired, or says all that is
// wrong with it and where. It must not use a network, know a clock or the live state, or follow a path out of the folder
// of the root file.
package spec

import (
	"cmp"
	"errors"

	"rollcall/internal/directory"
)

const (
	// MaxBytes is how large the files of a roster may be together.
	MaxBytes = 32 << 20
	// MaxEntries is how many people and groups it may have, which bounds the memory that they take.
	MaxEntries = 250_000
)

// Options change how a roster is read.
type Options struct {
	Tools []Tool // that `target.kind` may name; the loader itself knows none
	Kind  string // of the tool that the roster is for where its target.kind says nothing; "" if that is not known
	As    string // how places name the root file, if that is not how it is read: one of an earlier time, say

	// Texts are read in place of files of the roster, by the names that Desired.Files gives them: what the roster would be
	// if they were written. A file has to exist for a pattern of `include` to find it.
	Texts map[string]string

	// The limits are for tests.
	MaxBytes   int64 // of all files together; 0 stands for MaxBytes
	MaxEntries int   // people and groups; 0 stands for MaxEntries
}

// Load reads the root file path and all that it includes. It returns the desired state, a *ProblemsError with everything
// that is wrong in any of the files, or another error if the root file can't be read at all.
//
//	root file ─┬─ users, groups ──────────────┐
//	           ├─ leavers ──> leavers.txt ────┼──> defaults ──> sorted ──> checked as a whole
//	           └─ include ──> teams/*.yaml ───┘
//	                          (within the scope of the include entry)
//
// A place in a file is given as the user would type the file's name: for conf/users.yaml an included file is
// conf/teams/a.yaml. File.Path, which must not depend on where the command was started, is relative to the root file.
func Load(path string, opts Options) (*directory.Desired, error) {
	folder, err := openFolder(path, opts.MaxBytes)
	if err != nil {
		return nil, err
	}
	defer folder.close()
	l, err := load(folder, path, opts)
	if err != nil {
		return nil, err
	}
	return l.want, nil
}

func load(folder *folder, path string, opts Options) (*loader, error) {
	folder.as, folder.texts = cmp.Or(opts.As, path), opts.Texts
	text, err := folder.readRoot()
	if tooLarge := tooLargeError(0); errors.As(err, &tooLarge) {
		// The user's files are wrong, not the machine.
		top := directory.Pos{File: folder.shown(folder.name), Line: 1, Column: 1}
		return nil, &ProblemsError{Problems: []directory.Problem{{Pos: top, Text: tooLarge.Error()}}}
	} else if err != nil {
		return nil, err
	}
	l := newLoader(folder)
	l.tools, l.kind = opts.Tools, opts.Kind
	l.maxEntries = cmp.Or(opts.MaxEntries, MaxEntries)
	l.readRoot(text)
	l.readLeavers()
	l.readIncludes()
	l.finish()
	if err := l.problems.err(); err != nil {
		return nil, err
	}
	return l, nil
}

// loader gathers what the files say.
type loader struct {
	folder     *folder
	maxEntries int
	tools      []Tool
	kind       string // see Options
	tool       *Tool  // that the roster is for; nil if that is not known
	problems   *problems
	strings    *pool
	want       *directory.Desired

	defaults defaults
	leavers  leavers
	includes []include

	listed     int  // items of `users` in all files, sound or not
	unreadable bool // a file could not be read: what seems to be missing may stand there
}

func newLoader(f *folder) *loader {
	return &loader{
		folder:   f,
		problems: &problems{},
		strings:  newPool(),
		want: &directory.Desired{
			Timezone: "UTC",
			Unlisted: directory.Unlisted{Users: directory.PolicyReport, Groups: directory.PolicyReport},
			Guards:   directory.DefaultGuards(),
		},
	}
}

// reader returns a reader for the nodes of the file called name inside the folder.
func (l *loader) reader(name string) *reader {
	return &reader{file: l.folder.shown(name), tools: l.tools, tool: l.tool, problems: l.problems, strings: l.strings}
}

// finish turns what the files say one by one into the desired state as a whole.
func (l *loader) finish() {
	l.applyDefaults()
	l.want.Files = l.folder.digests()
	l.checkUsers()
	l.checkGroups()
	l.checkReferences()
	l.checkNotEmpty()
}
