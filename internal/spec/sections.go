package spec

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

// section is a key of the top level of a file with its value.
type section struct {
	name       string
	key, value *yaml.Node
}

// readSections returns the keys of the top level of a file that are among keys. A file that can't be read has been
// reported.
func (l *loader) readSections(r *reader, text string, keys []string) []section {
	text = strings.TrimPrefix(text, "\ufeff")
	r.lines = strings.Count(text, "\n") + 1
	if problem, found := checkCharacters(r.file, text); found {
		l.lost(problem.Pos, problem.Text)
		return nil
	}
	sections, err := r.sections(text, keys)
	if err != nil {
		if err.byParser {
			err = nearest(text, err)
		}
		problem := err.at(r.file)
		l.unreadable = true
		l.problems.add(problem.Pos, problem.Hint, problem.Text)
	}
	return sections
}

func (r *reader) sections(text string, keys []string) ([]section, *syntaxError) {
	top, err := parse(text)
	if err != nil || top == nil {
		return nil, err
	}
	if top.Kind != yaml.MappingNode {
		at := syntaxError{line: top.Line, column: top.Column, text: "file must be a mapping, not " + describe(top)}
		if top.Value == "" && top.Style == 0 && top.Kind == yaml.ScalarNode {
			at.line, at.column = 1, 1 // what is not there may be said to stand behind the end
		}
		return nil, &at
	}
	if strings.IndexByte(text, '*') >= 0 {
		if err := checkAliases(top); err != nil {
			return nil, err
		}
	}
	var list []section
	r.fields(top, "file", keys, func(name string, k, v *yaml.Node) { list = append(list, section{name, k, v}) })
	return list, nil
}

// readEntries reads the entries of a file, given its sections, and returns the other sections. A nil scope is that of the
// root file.
func (l *loader) readEntries(r *reader, scope *directory.Scope, sections []section) (rest []section) {
	entries := &entryReader{reader: r, scope: scope, want: l.want, limit: l.maxEntries, userKeys: userKeys(), groupKeys: groupKeys()}
	for _, s := range sections {
		switch s.name {
		case "users":
			l.want.Users = slices.Grow(l.want.Users, min(len(meant(s.value).Content), entries.limit))
			r.items(s.value, s.name, entries.user)
		case "groups":
			r.items(s.value, s.name, entries.group)
		default:
			rest = append(rest, s)
		}
	}
	l.listed += entries.users
	return rest
}
