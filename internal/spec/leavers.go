package spec

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

// leavers are the people that the key `leavers` names, in the file or in a file of their own.
type leavers struct {
	file directory.Key[string] // the name of the file of their own
	list []directory.MemberRef
}

// leavers reads a list of addresses or the name of a file.
func (r *reader) leavers(n *yaml.Node) leavers {
	var l leavers
	if m := meant(n); m.Kind == yaml.SequenceNode {
		r.items(n, "leavers", func(item *yaml.Node) {
			if email, ok := r.email(item, "leaver"); ok {
				l.list = append(l.list, directory.MemberRef{Email: email, Pos: r.pos(item)})
			}
		})
		return l
	}
	if m := meant(n); m.Kind != yaml.ScalarNode || m.ShortTag() != "!!str" {
		r.problem(n, "", "leavers must be a list of addresses or the name of a file, not %s", describe(m))
		return l
	}
	at(&l.file, r.pos(n))(r.fileName(n, "leavers"))
	return l
}

// readLeavers reads the file of leavers: one address a line; what follows a "#" is a remark; empty lines don't count.
func (l *loader) readLeavers() {
	file := l.leavers.file
	if file.Set {
		text, err := l.folder.readFile(file.Value)
		if err != nil {
			l.lost(file.Pos, fmt.Sprintf("file %s: %s", file.Value, err))
			return
		}
		l.leavers.list = l.parseLeavers(l.reader(file.Value), text)
	}
	repeated(l.leavers.list, func(m directory.MemberRef) directory.EmailKey { return m.Email.Key() }, func(again, first directory.MemberRef) {
		l.reader("").repeated(again.Pos, first.Pos, "leaver %s", again.Email)
	})
}

func (l *loader) parseLeavers(r *reader, text string) []directory.MemberRef {
	text = strings.TrimPrefix(text, "\ufeff")
	if problem, found := checkCharacters(r.file, text); found {
		l.lost(problem.Pos, problem.Text)
		return nil
	}
	var list []directory.MemberRef
	number := 0
	for line := range strings.Lines(text) {
		number++
		address := strings.TrimSpace(withoutRemark(line))
		if address == "" {
			continue
		}
		pos := directory.Pos{File: r.file, Line: number, Column: utf8.RuneCountInString(line[:strings.Index(line, address)]) + 1}
		email := directory.Email(address)
		if !email.Usable() {
			l.problems.add(pos, "a file of leavers has one address a line", quote(address)+" is not an address")
			continue
		}
		list = append(list, directory.MemberRef{Email: directory.Email(l.strings.keep(address)), Pos: pos})
	}
	return list
}

// withoutRemark cuts a remark off. Inside of an address a "#" is a character like others.
func withoutRemark(line string) string {
	for i := 0; i < len(line); i++ {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}
