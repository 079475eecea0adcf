package spec

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// parts is a file taken apart along its lines: the entries of the long lists `users` and `groups`, and the frame that is
// left without them.
//
//	version: 1                          frame
//	users:                              frame; its value looks empty there
//	  - email: ana@acme.example         entry
//	    role: Tester
//	  - email: bo@acme.example          entry
//	groups: []                          frame
//
// yaml.v3 builds the tree of a whole file, some 20 times its size, before it can be looked at. Read by parts, a roster
// of 50,000 people costs the memory of one entry. The parts of a file mean what the whole means if
//
//   - the frame is YAML in which the key in front of each list is a key of the top level without a value,
//   - each entry on its own is a YAML list of one item, so that nothing is still open where the next one begins,
//   - no part has an anchor or an alias, which reach across parts.
//
// Wherever that is not so, byParts says so and the file is read as a whole. A fuzz test holds both ways equal.
type parts struct {
	frame  string
	shifts []shift
	lists  []cutList
}

// shift says that from a line of the frame on, lines stand that many lines further down in the file.
type shift struct{ from, by int }

type cutList struct {
	keyLine int // of the key in front of it, in the file
	entries []span
}

// span is an entry, from its dash to the line before the next.
type span struct {
	text string
	line int // of its first line in the file
}

// cut takes a file apart. Text that doesn't look like the drawing above stays in the frame.
func cut(text string, limit int) parts {
	var p parts
	var frame strings.Builder
	kept, frameLine, line := 0, 0, 0 // kept: text before it is in the frame or was cut out
	for at := 0; at < len(text); {
		end := lineEnd(text, at)
		line++
		frameLine++
		key, _, _ := strings.Cut(text[at:end], " #")
		key = strings.TrimRight(key, " \r\n")
		at = end
		if key != "users:" && key != "groups:" {
			continue
		}
		entries, length, lines := cutEntries(text[at:], line+1, limit)
		if len(entries) == 0 {
			continue
		}
		frame.WriteString(text[kept:at])
		p.lists = append(p.lists, cutList{keyLine: line, entries: entries})
		line += lines
		at += length
		kept = at
		p.shifts = append(p.shifts, shift{from: frameLine + 1, by: line - frameLine})
	}
	frame.WriteString(text[kept:])
	p.frame = frame.String()
	return p
}

// cutEntries cuts the entries off the front of text, limit of them and one more at most, and returns how many bytes and
// lines they take.
func cutEntries(text string, line, limit int) (entries []span, length, lines int) {
	indent, start := -1, 0
	for at := 0; at < len(text); {
		end := lineEnd(text, at)
		content := strings.TrimLeft(text[at:end], " ")
		column := end - at - len(content)
		blank := content == "" || content[0] == '\n' || content[0] == '\r' || content[0] == '#'
		isItem := len(content) > 1 && content[0] == '-' && (content[1] == ' ' || content[1] == '\n' || content[1] == '\r')
		switch {
		case blank:
		case indent < 0 && !isItem:
			return nil, 0, 0
		case indent < 0 || (column == indent && isItem):
			if len(entries) > limit {
				break // the list is refused: the rest of it stays part of its last entry, which nobody reads
			}
			if len(entries) > 0 {
				entries[len(entries)-1].text = text[start:at]
			}
			indent, start = column, at
			entries = append(entries, span{line: line + lines})
		case column == 0 && indent > 0 || column == 0 && !isItem:
			entries[len(entries)-1].text = text[start:at]
			return entries, at, lines
		}
		lines++
		at = end
	}
	if len(entries) > 0 {
		entries[len(entries)-1].text = text[start:]
	}
	return entries, len(text), lines
}

func lineEnd(text string, at int) int {
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// byParts reads a file entry by entry. It returns false if the file has to be read as a whole; what was taken in and
// reported until then must be dropped.
func (r *entryReader) byParts(text string, keys []string) ([]section, bool) {
	p := cut(text, r.limit)
	if len(p.lists) == 0 {
		return nil, false
	}
	top, err := parse(p.frame)
	if err != nil || top == nil || top.Kind != yaml.MappingNode || !settle(top, p.line) {
		return nil, false
	}
	lists := make(map[*yaml.Node][]span, len(p.lists))
	for _, list := range p.lists {
		key, found := emptyKey(top, list.keyLine)
		if !found {
			return nil, false
		}
		lists[key] = list.entries
	}
	ok := true
	quick := newQuickParser()
	rest := r.sections(top, keys, func(list section, each func(entry *yaml.Node)) {
		entries, found := lists[list.key]
		delete(lists, list.key)
		if !found {
			r.items(list.value, list.name, each)
			return
		}
		r.expect(list.name, len(entries))
		for i, entry := range entries {
			if i == r.limit {
				r.tooMany(list.key)
				break
			}
			n := quick.parse(entry)
			if n == nil {
				n = parseEntry(entry)
			}
			if n == nil {
				r.suspect, ok = &entry, false
				return
			}
			each(n)
		}
	})
	// A list that is left belongs to a key that was given twice: nobody has seen yet whether it is YAML.
	return rest, ok && len(lists) == 0
}

// emptyKey returns the key of a mapping that stands in a line, if it has no value.
func emptyKey(top *yaml.Node, line int) (*yaml.Node, bool) {
	for i := 0; i+1 < len(top.Content); i += 2 {
		if k, v := top.Content[i], top.Content[i+1]; k.Line == line {
			return k, v.Kind == yaml.ScalarNode && v.Value == "" && v.ShortTag() == "!!null"
		}
	}
	return nil, false
}

// settle gives each node its line in the file. It returns false if there is an anchor or an alias.
func settle(n *yaml.Node, line func(int) int) bool {
	if n.Anchor != "" || n.Kind == yaml.AliasNode {
		return false
	}
	n.Line = line(n.Line)
	for _, child := range n.Content {
		if !settle(child, line) {
			return false
		}
	}
	return true
}

// line returns where a line of the frame stands in the file.
func (p *parts) line(inFrame int) int {
	by := 0
	for _, s := range p.shifts {
		if s.from > inFrame {
			break
		}
		by = s.by
	}
	return inFrame + by
}

// parseEntry reads any entry that is a list of one item on its own, or returns nil.
func parseEntry(entry span) *yaml.Node {
	list, err := parse(entry.text)
	if err != nil || list == nil || list.Kind != yaml.SequenceNode || list.Style&yaml.FlowStyle != 0 || len(list.Content) != 1 {
		return nil
	}
	if !settle(list, func(line int) int { return line + entry.line - 1 }) {
		return nil
	}
	return list.Content[0]
}
