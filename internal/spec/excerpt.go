package spec

import (
	"path/filepath"
	"strings"
	"unicode"

	"rollcall/internal/directory"
)

// Excerpts shows lines of a roster's files, for those who print problems on a terminal. It reads the files again: what
// it shows may be newer than the problem. It is not safe for concurrent use.
type Excerpts struct {
	folder *folder
	lines  map[string][]string
}

// NewExcerpts returns the excerpts of the roster whose root file is path. It never fails: what can't be read has no lines.
func NewExcerpts(path string) *Excerpts {
	e := &Excerpts{lines: make(map[string][]string)}
	if folder, err := openFolder(path, 0); err == nil {
		e.folder = folder
	}
	return e
}

// Close forgets the files.
func (e *Excerpts) Close() {
	if e.folder != nil {
		e.folder.close()
	}
}

// Line returns the line of a place as it can be printed, and where in it the place is, in characters from 1, or false if
// there is no such line. Tabs are shown as spaces, control and format characters as "·", and of a very long line only the
// surroundings of the place.
func (e *Excerpts) Line(pos directory.Pos) (text string, column int, ok bool) {
	lines := e.read(pos.File)
	if pos.Line < 1 || pos.Line > len(lines) || pos.Column < 1 {
		return "", 0, false
	}
	const before, most = 60, 160 // characters
	line := []rune(lines[pos.Line-1])
	column = min(pos.Column, len(line)+1)
	if len(line) > most && column > before {
		cut := column - before
		line, column = line[cut:], before
	}
	line = line[:min(len(line), most)]
	for i, r := range line {
		switch {
		case r == '\t':
			line[i] = ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp):
			line[i] = '·'
		}
	}
	return string(line), column, true
}

// read returns the lines of a file of the roster by the name that places use.
func (e *Excerpts) read(file string) []string {
	if e.folder == nil {
		return nil
	}
	if lines, known := e.lines[file]; known {
		return lines
	}
	read := func() (string, error) { return e.folder.readRoot() }
	if file != e.folder.shown(e.folder.name) {
		name, err := filepath.Rel(filepath.Dir(e.folder.path), filepath.FromSlash(file))
		read = func() (string, error) {
			if err != nil {
				return "", err
			}
			return e.folder.readFile(filepath.ToSlash(name))
		}
	}
	var lines []string
	if text, err := read(); err == nil {
		for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
			lines = append(lines, strings.ToValidUTF8(strings.TrimRight(line, "\r\n"), "·"))
		}
	}
	e.lines[file] = lines
	return lines
}
