package spec

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// section is a key of the top level of a file with its value.
type section struct {
	name       string
	key, value *yaml.Node
}

// readSections reads the entries of a file and returns the other keys of its top level. A file that can't be read has
// been reported.
func (l *loader) readSections(r *reader, s *scope, text string, keys []string) []section {
	text = strings.TrimPrefix(text, "\ufeff")
	r.lines = strings.Count(text, "\n") + 1
	if problem, found := checkCharacters(r.file, text); found {
		l.lost(problem.Pos, problem.Text)
		return nil
	}
	entries := &entryReader{reader: r, scope: s, want: l.want, limit: l.maxEntries, userKeys: userKeys(), groupKeys: groupKeys()}
	if !l.slow {
		users, groups, found := len(l.want.Users), len(l.want.Groups), l.problems.mark()
		if rest, ok := entries.byParts(text, keys); ok {
			l.listed += entries.users
			return rest
		}
		entries.users = 0
		l.want.Users, l.want.Groups = l.want.Users[:users], l.want.Groups[:groups]
		l.problems.reset(found)
	}
	rest, err := entries.asWhole(text, keys)
	if err != nil {
		if suspect := entries.suspect; suspect != nil && err.byParser {
			// yaml.v3 places many errors where the list began. In the entry alone the place is nearer.
			if _, nearer := parse(suspect.text); nearer != nil && !nearer.reaches {
				nearer.line += suspect.line - 1
				err = nearer
			}
		}
		problem := err.at(r.file)
		l.unreadable = true
		l.problems.add(problem.Pos, problem.Hint, problem.Text)
	}
	l.listed += entries.users
	return rest
}

// asWhole reads a file as one YAML document. It knows every form of YAML and needs memory for all of it at once.
func (r *entryReader) asWhole(text string, keys []string) ([]section, *syntaxError) {
	top, err := parse(text)
	if err != nil || top == nil {
		return nil, err
	}
	if top.Kind != yaml.MappingNode {
		return nil, &syntaxError{line: top.Line, column: top.Column, text: "file must be a mapping, not " + describe(top)}
	}
	if strings.IndexByte(text, '*') >= 0 {
		if err := checkAliases(top); err != nil {
			return nil, err
		}
	}
	return r.sections(top, keys, func(list section, each func(entry *yaml.Node)) {
		r.items(list.value, list.name, each)
	}), nil
}

// sections walks the entries of `users` and `groups` and returns the other sections.
func (r *entryReader) sections(top *yaml.Node, keys []string, walk func(list section, each func(entry *yaml.Node))) []section {
	var rest []section
	r.fields(top, "file", keys, func(name string, k, v *yaml.Node) {
		s := section{name, k, v}
		switch name {
		case "users":
			walk(s, r.user)
		case "groups":
			walk(s, r.group)
		default:
			rest = append(rest, s)
		}
	})
	return rest
}
