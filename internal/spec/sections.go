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

// readSections reads the entries of a file and returns the other keys of its top level. A file that can't be read has
// been reported.
func (l *loader) readSections(r *reader, s *directory.Scope, text string, keys []string) []section {
	text = strings.TrimPrefix(text, "\ufeff")
	r.lines = strings.Count(text, "\n") + 1
	if problem, found := checkCharacters(r.file, text); found {
		l.lost(problem.Pos, problem.Text)
		return nil
	}
	entries := &entryReader{reader: r, scope: s, want: l.want, limit: l.maxEntries, userKeys: userKeys(), groupKeys: groupKeys()}
	rest, err := entries.sections(text, keys)
	if err != nil {
		if err.byParser {
			err = nearest(text, err)
		}
		problem := err.at(r.file)
		l.unreadable = true
		l.problems.add(problem.Pos, problem.Hint, problem.Text)
	}
	l.listed += entries.users
	return rest
}

// sections reads a file: it walks the entries of `users` and `groups` and returns the other sections.
func (r *entryReader) sections(text string, keys []string) ([]section, *syntaxError) {
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
	var rest []section
	r.fields(top, "file", keys, func(name string, k, v *yaml.Node) {
		switch name {
		case "users":
			r.want.Users = slices.Grow(r.want.Users, min(len(meant(v).Content), r.limit))
			r.items(v, name, r.user)
		case "groups":
			r.items(v, name, r.group)
		default:
			rest = append(rest, section{name, k, v})
		}
	})
	return rest, nil
}
