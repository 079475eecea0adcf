package spec

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

// maxFiles bounds the files that a roster may include.
const maxFiles = 10_000

// include is an entry of `include`: a pattern of file names and the scope of the files that it matches.
type include struct {
	pattern string
	pos     directory.Pos // of the pattern
	scope   directory.Scope
}

// include reads an item of `include`.
func (l *loader) include(r *reader, n *yaml.Node) {
	entry := include{scope: directory.Scope{Entry: r.pos(n)}}
	given, usable := false, false
	isMapping := r.fields(n, "include entry", []string{"files", "roles", "groups", "projects", "profiles", "domains", "allow_keys"}, func(key string, _, v *yaml.Node) {
		s := &entry.scope
		switch key {
		case "files":
			given = true
			entry.pos = r.pos(v)
			entry.pattern, usable = r.filePattern(v, "files")
		case "roles":
			s.Roles = values(r, v, "roles", func(item *yaml.Node) (directory.Name, bool) { return r.name(item, "role") })
		case "groups":
			s.Groups = r.patterns(v, "groups", "group pattern")
		case "projects":
			s.Projects = r.patterns(v, "projects", "project pattern")
		case "profiles":
			s.Profiles = values(r, v, "profiles", func(item *yaml.Node) (directory.Name, bool) { return r.name(item, "profile") })
		case "domains":
			s.Domains = values(r, v, "domains", r.domain)
		case "allow_keys":
			s.Keys = values(r, v, "allow_keys", func(item *yaml.Node) (string, bool) {
				return r.choice(item, "allow_keys", directory.GuardedKeys()...)
			})
		}
	})
	if isMapping && !given {
		r.problem(n, "", "include entry has no files")
	}
	if usable {
		l.includes = append(l.includes, entry)
	}
}

// patterns reads a list of patterns of names.
func (r *reader) patterns(n *yaml.Node, what, each string) []string {
	return values(r, n, what, func(item *yaml.Node) (string, bool) {
		pattern, ok := r.name(item, each)
		return string(pattern), ok
	})
}

// places reads the items of a list, each of which may stand there once.
func places[T comparable](r *reader, n *yaml.Node, what string, read func(item *yaml.Node) (T, bool)) []directory.Key[T] {
	var list []directory.Key[T]
	r.items(n, what, func(item *yaml.Node) {
		if value, ok := read(item); ok {
			list = append(list, directory.At(value, r.pos(item)))
		}
	})
	repeated(list, func(k directory.Key[T]) T { return k.Value }, func(again, first directory.Key[T]) {
		r.repeated(again.Pos, first.Pos, "%v", again.Value)
	})
	return list
}

// values is places without the places.
func values[T comparable](r *reader, n *yaml.Node, what string, read func(item *yaml.Node) (T, bool)) []T {
	var list []T
	for _, place := range places(r, n, what, read) {
		list = append(list, place.Value)
	}
	return list
}

// filePattern reads the name of a file inside the folder of the root file, or a pattern of such names.
func (r *reader) filePattern(n *yaml.Node, what string) (string, bool) {
	s, ok := r.fileName(n, what)
	if !ok {
		return "", false
	}
	hint := ""
	if strings.Contains(s, "**") {
		hint = "* stands for one folder; name each depth with an entry of its own"
	} else if _, err := path.Match(s, ""); err != nil {
		hint = "a [ needs its ]"
	} else {
		return s, true
	}
	r.problem(n, hint, "%s %s can't be used", what, quote(s))
	return "", false
}

// fileName reads the name of a file inside the folder of the root file.
func (r *reader) fileName(n *yaml.Node, what string) (string, bool) {
	s, ok := r.text(n, what, 1000)
	if !ok {
		return "", false
	}
	switch {
	case strings.Contains(s, `\`):
		r.problem(n, "write / between folders", "%s %s can't be used", what, quote(s))
	case path.IsAbs(s) || !filepath.IsLocal(filepath.FromSlash(s)):
		r.problem(n, "name a file in that folder or below it", "%s %s %s", what, quote(s), errOutside)
	default:
		return path.Clean(s), true
	}
	return "", false
}

// domain reads a domain as it stands behind the "@".
func (r *reader) domain(n *yaml.Node) (string, bool) {
	s, ok := r.text(n, "domain", maxName)
	if !ok {
		return "", false
	}
	if probe := directory.Email("x@" + s); probe.Usable() && !strings.ContainsAny(s, "*?") {
		return r.strings.keep(probe.Domain()), true
	}
	r.problem(n, "write what stands behind the @, such as acme.example; subdomains are listed one by one", "domain %s can't be used", quote(s))
	return "", false
}

// readIncludes reads all included files, each within the scope of its entry.
func (l *loader) readIncludes() {
	owner := make(map[string]directory.Pos)
	for i := range l.includes {
		entry := &l.includes[i]
		names, err := l.folder.match(entry.pattern)
		switch {
		case err != nil:
			l.lost(entry.pos, fmt.Sprintf("file %s: %s", entry.pattern, err))
		case len(names) == 0:
			l.lost(entry.pos, fmt.Sprintf("pattern %s matches no file", quote(entry.pattern)))
		}
		for _, name := range names {
			first, taken := owner[name]
			switch {
			case name == l.folder.name:
				l.problems.add(entry.pos, "", "the root file can't be included")
			case taken:
				l.problems.add(entry.pos, "a file has one scope: make one of the patterns narrower",
					fmt.Sprintf("file %s is included twice, first at %s", name, first))
			case len(owner) == maxFiles:
				l.lost(entry.pos, fmt.Sprintf("roster includes more than %d files", maxFiles))
				return
			default:
				owner[name] = entry.pos
				l.readIncluded(name, entry)
			}
		}
	}
}

func (l *loader) readIncluded(name string, entry *include) {
	text, err := l.folder.readFile(name)
	if err != nil {
		hint := ""
		if errors.Is(err, errOutside) {
			hint = "links must stay in the folder of the root file"
		}
		l.unreadable = true
		l.problems.add(entry.pos, hint, fmt.Sprintf("file %s: %s", name, err))
		return
	}
	r := l.reader(name)
	sections := l.readSections(r, text, slices.Concat([]string{"users", "groups"}, rootKeys()))
	for _, s := range l.readEntries(r, &entry.scope, sections) {
		r.problem(s.key, "an included file holds users and groups only", "key %q stands in the root file alone", s.name)
	}
}

// lost reports that a file which belongs to the roster was not read.
func (l *loader) lost(pos directory.Pos, text string) {
	l.unreadable = true
	l.problems.add(pos, "", text)
}
