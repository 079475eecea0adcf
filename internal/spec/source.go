package spec

import (
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

// Source is a file of a roster with what was read from it.
type Source struct {
	Path    string // as Desired.Files names it
	Shown   string // as places name it, which is how the user would type it
	Text    string
	Leavers bool // it is the list of addresses that `leavers` names, and no YAML
}

// LoadSources is Load for whoever wants to change the files: it returns them too, the root file first, in the order in
// which they were read.
func LoadSources(path string, opts Options) (*directory.Desired, []Source, error) {
	folder, err := openFolder(path, opts.MaxBytes)
	if err != nil {
		return nil, nil, err
	}
	defer folder.close()
	folder.keep = true
	l, err := load(folder, path, opts)
	if err != nil {
		return nil, nil, err
	}
	for i := range folder.kept {
		s := &folder.kept[i]
		s.Shown = folder.shown(s.Path)
		s.Leavers = l.leavers.file.Set && s.Path == l.leavers.file.Value
	}
	return l.want, folder.kept, nil
}

// InFolder returns where a file of the roster path stands, given the name that Desired.Files has for it.
func InFolder(path, name string) string {
	return filepath.Join(filepath.Dir(path), filepath.FromSlash(name))
}

// Parse returns the top node of one file of a roster, nil for a file without any, or a *ProblemsError if the text is not
// YAML or not what a roster may hold. Whether it makes sense as a roster is not looked at.
func Parse(file, text string) (*yaml.Node, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if problem, found := checkCharacters(file, text); found {
		return nil, &ProblemsError{Problems: []directory.Problem{problem}}
	}
	top, err := parse(text)
	if err == nil && top != nil && strings.IndexByte(text, '*') >= 0 {
		err = checkAliases(top)
	}
	if err == nil {
		return top, nil
	}
	if err.byParser {
		err = nearest(text, err)
	}
	return nil, &ProblemsError{Problems: []directory.Problem{err.at(file)}}
}
