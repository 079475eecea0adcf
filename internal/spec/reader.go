package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

const (
	maxName = 250  // characters of a name; the tool takes no longer one
	maxNote = 2000 // characters of a note or a reason
)

// reader reads the nodes of one file. Each of its methods returns a value and whether it is one; if it is not, the
// problem has been reported.
type reader struct {
	tools    []Tool
	tool     *Tool  // that the roster is for; nil if that is not known
	file     string // as the user would type it
	lines    int    // of the file
	problems *problems
	strings  *pool
}

func (r *reader) pos(n *yaml.Node) directory.Pos {
	if n.Line > r.lines {
		// yaml.v3 puts an empty value at the very end behind the last line.
		return directory.Pos{File: r.file, Line: r.lines, Column: 1}
	}
	return directory.Pos{File: r.file, Line: n.Line, Column: n.Column}
}

func (r *reader) problem(at *yaml.Node, hint, format string, args ...any) {
	r.problems.add(r.pos(at), hint, fmt.Sprintf(format, args...))
}

// meant returns n or what it stands for. Problems are still reported at n.
func meant(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// fields calls each for every key of a mapping that is among known, once and in the file's order. It reports what is not
// a mapping, and keys that are unknown or given twice.
func (r *reader) fields(n *yaml.Node, what string, known []string, each func(key string, k, v *yaml.Node)) bool {
	m := meant(n)
	if m.Kind != yaml.MappingNode || m.ShortTag() != "!!map" {
		r.problem(n, "", "%s must be a mapping, not %s", what, describe(m))
		return false
	}
	var first [24]*yaml.Node // by the index in known, which is never longer
	for i := 0; i+1 < len(m.Content); i += 2 {
		k, v := m.Content[i], m.Content[i+1]
		name := meant(k)
		index := -1
		if name.Kind == yaml.ScalarNode && name.ShortTag() == "!!str" {
			index = slices.Index(known, name.Value)
		}
		switch {
		case index < 0:
			r.unknownKey(k, known)
		case first[index] != nil:
			r.problem(k, "", "key %q is given twice, first at %s", name.Value, r.pos(first[index]))
		default:
			first[index] = k
			if v.Value == "" && v.Kind == yaml.ScalarNode && v.ShortTag() == "!!null" {
				v.Line, v.Column = k.Line, k.Column // nothing has no place of its own; yaml.v3 may give it that of what comes next
			}
			each(known[index], k, v)
		}
	}
	return true
}

func (r *reader) unknownKey(k *yaml.Node, known []string) {
	name := meant(k)
	switch {
	case r.problems.full():
		r.problems.more++
	case name.Kind != yaml.ScalarNode:
		r.problem(k, "", "key must be a text, not %s", describe(name))
	case name.ShortTag() == "!!merge":
		r.problem(k, "write the keys out: an entry must be readable where it stands", "merge key << is not supported")
	default:
		text := "unknown key " + quote(name.Value)
		if near, ok := directory.Suggest(name.Value, known); ok {
			text += fmt.Sprintf(", did you mean %q?", near)
		}
		r.problem(k, nestedHint(name.Value, known), "%s", text)
	}
}

// nestedHint returns how a path such as guards.allow is written, for whoever takes the dot of messages for a part of a key.
func nestedHint(path string, known []string) string {
	outer, inner, dotted := strings.Cut(path, ".")
	if !dotted || inner == "" || !slices.Contains(known, outer) {
		return ""
	}
	return fmt.Sprintf("a dot stands for a key below a key: write %s: and, indented below it, %s:", outer, shorten(inner))
}

// items calls each for every item of a list.
func (r *reader) items(n *yaml.Node, what string, each func(item *yaml.Node)) bool {
	m := meant(n)
	if m.Kind != yaml.SequenceNode || m.ShortTag() != "!!seq" {
		hint := ""
		switch {
		case m.Kind == yaml.ScalarNode && m.ShortTag() == "!!null":
			hint = "write [] for an empty list, or leave the key out"
		case m.Kind == yaml.ScalarNode:
			hint = "put it into brackets: [...]"
		}
		r.problem(n, hint, "%s must be a list, not %s", what, describe(m))
		return false
	}
	for _, item := range m.Content {
		each(item)
	}
	return true
}

// scalar returns the text of a scalar with one of the tags.
func (r *reader) scalar(n *yaml.Node, what, kind string, tags ...string) (string, bool) {
	m := meant(n)
	if m.Kind == yaml.ScalarNode && slices.Contains(tags, m.ShortTag()) {
		return m.Value, true
	}
	r.problem(n, mend(m, kind), "%s must be %s, not %s", what, kind, describe(m))
	return "", false
}

// mend returns what to write in place of a scalar of the wrong type, "" where that is not plain.
func mend(n *yaml.Node, kind string) string {
	if n.Kind != yaml.ScalarNode || n.Style&yaml.TaggedStyle != 0 {
		return ""
	}
	_, notNumber := strconv.Atoi(n.Value)
	switch {
	case n.ShortTag() == "!!null":
		return "leave the key out to say nothing about it"
	case kind == "a text":
		return "put it into quotes: " + quote(n.Value)
	case kind == "a whole number" && notNumber == nil, kind == "true or false" && (n.Value == "true" || n.Value == "false"):
		return "take the quotes away"
	}
	return ""
}

// text returns a text that is neither empty nor longer than limit characters, begins and ends with something visible and
// has no control character.
func (r *reader) text(n *yaml.Node, what string, limit int) (string, bool) {
	s, ok := r.scalar(n, what, "a text", "!!str")
	if !ok {
		return "", false
	}
	if why := unfit(s, limit); why != "" {
		r.problem(n, "", "%s %s %s", what, quote(s), why)
		return "", false
	}
	return r.strings.keep(s), true
}

func unfit(s string, limit int) string {
	switch {
	case s == "":
		return "is empty"
	case strings.TrimSpace(s) != s:
		return "begins or ends with white space"
	case len(s) > limit && utf8.RuneCountInString(s) > limit:
		return fmt.Sprintf("is longer than %d characters", limit)
	case !utf8.ValidString(s):
		return "is not UTF-8"
	}
	for _, c := range s {
		// Format characters such as the joiners are part of names in some scripts; those that turn text around are not.
		if unicode.IsControl(c) || refusedCharacter(c, 0) != "" {
			return fmt.Sprintf("has the control character %U", c)
		}
	}
	return ""
}

// note returns a remark, which may have several lines and may be empty.
func (r *reader) note(n *yaml.Node, what string) string {
	s, ok := r.scalar(n, what, "a text", "!!str")
	if !ok {
		return ""
	}
	s = strings.TrimSpace(s)
	if why := unfit(strings.NewReplacer("\n", " ", "\t", " ").Replace(s), maxNote); why != "" && s != "" {
		r.problem(n, "", "%s %s %s", what, quote(s), why)
		return ""
	}
	return strings.Clone(s)
}

// name returns a name of a role, a group or a project in the form that is compared.
func (r *reader) name(n *yaml.Node, what string) (directory.Name, bool) {
	s, ok := r.text(n, what, maxName)
	return directory.Name(s).Canonical(), ok
}

// email returns an address that can name a person.
func (r *reader) email(n *yaml.Node, what string) (directory.Email, bool) {
	s, ok := r.scalar(n, what, "a text", "!!str")
	if !ok {
		return "", false
	}
	email := directory.Email(s)
	if !email.Usable() {
		r.problem(n, "", "%s %s is not an address", what, quote(s))
		return "", false
	}
	return directory.Email(r.strings.keep(s)), true
}

func (r *reader) flag(n *yaml.Node, what string) (value, ok bool) {
	s, ok := r.scalar(n, what, "true or false", "!!bool")
	if !ok {
		return false, false
	}
	switch s {
	case "true", "True", "TRUE":
		return true, true
	case "false", "False", "FALSE":
		return false, true
	}
	r.problem(n, "", "%s must be true or false, not %s", what, quote(s))
	return false, false
}

// number returns a whole number from least to most.
func (r *reader) number(n *yaml.Node, what string, least, most int64) (int64, bool) {
	s, ok := r.scalar(n, what, "a whole number", "!!int")
	if !ok {
		return 0, false
	}
	// YAML has several ways to write a number, and two versions of it that read some of them differently.
	value, err := strconv.ParseInt(s, 10, 64)
	if err != nil || strconv.FormatInt(value, 10) != s {
		r.problem(n, "write it in plain decimal digits", "%s %s is not a plain whole number", what, quote(s))
		return 0, false
	}
	if value < least || value > most {
		r.problem(n, "", "%s must be from %d to %d, not %d", what, least, most, value)
		return 0, false
	}
	return value, true
}

// date returns a day. YAML takes an unquoted date for a point in time; its text is what counts here.
func (r *reader) date(n *yaml.Node, what string) (directory.Date, bool) {
	s, ok := r.scalar(n, what, "a date", "!!str", "!!timestamp")
	if !ok {
		return directory.Date{}, false
	}
	date, err := directory.ParseDate(s)
	if err != nil {
		r.problem(n, "", "%s %s is not a date of the form YYYY-MM-DD", what, quote(s))
		return directory.Date{}, false
	}
	return date, true
}

// choice returns one of the words.
func (r *reader) choice(n *yaml.Node, what string, words ...string) (string, bool) {
	s, ok := r.scalar(n, what, "a text", "!!str")
	if !ok {
		return "", false
	}
	if i := slices.Index(words, s); i >= 0 {
		return words[i], true
	}
	text := fmt.Sprintf("%s must be %s, not %s", what, alternatives(words), quote(s))
	if near, ok := directory.Suggest(s, words); ok {
		text += fmt.Sprintf(", did you mean %q?", near)
	}
	r.problem(n, "", "%s", text)
	return "", false
}

// describe says what a node is, for "must be ..., not ...".
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		if n.ShortTag() == "!!seq" {
			return "a list"
		}
	case yaml.MappingNode:
		if n.ShortTag() == "!!map" {
			return "a mapping"
		}
	}
	switch tag := n.ShortTag(); tag {
	case "!!null":
		if n.Value != "" {
			return n.Value
		}
		return "empty"
	case "!!str":
		return "the text " + quote(n.Value)
	case "!!bool", "!!int", "!!float":
		return shorten(n.Value)
	case "!!timestamp":
		return "the date " + shorten(n.Value)
	default:
		return "a value with the tag " + shorten(tag)
	}
}

// quote returns the text as a Go string, cut to a bearable length.
func quote(s string) string { return strconv.Quote(shorten(s)) }

func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

// alternatives returns `a or b`, `a, b or c`.
func alternatives(words []string) string {
	switch len(words) {
	case 0:
		return "nothing"
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
