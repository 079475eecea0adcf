package spec

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

const (
	// maxIndicators bounds the size of the tree that yaml.v3 builds. Each node of the tree stands behind one of the
	// characters that countIndicators counts, and takes about 200 bytes.
	maxIndicators = 1_000_000
	// maxExpansion bounds what all aliases of a file may stand for: a few lines of them can stand for millions of values.
	maxExpansion = 100_000
)

// syntaxError is a text that is not YAML, or YAML that is not read.
type syntaxError struct {
	line, column int // 1-based
	text, hint   string
	byParser     bool // yaml.v3 says so
	reaches      bool // it may be an error of one entry alone: an alias whose anchor stands in another
}

func (e *syntaxError) at(file string) directory.Problem {
	return directory.Problem{Pos: directory.Pos{File: file, Line: e.line, Column: e.column}, Text: e.text, Hint: e.hint}
}

// parse returns the top node of the only document in text, or nil if there is none.
func parse(text string) (*yaml.Node, *syntaxError) {
	if countIndicators(text) > maxIndicators {
		return nil, &syntaxError{line: 1, column: 1, text: "file holds too many values",
			hint: "split it, with `include`"}
	}
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var document yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, explain(err, text)
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		return nil, &syntaxError{line: max(second.Line, 1), column: max(second.Column, 1), text: "second YAML document in the file",
			hint: "a file of a roster holds one document; use `include` for several files"}
	} else if !errors.Is(err, io.EOF) {
		return nil, explain(err, text)
	}
	return document.Content[0], nil
}

// countIndicators counts the characters that begin a value of a YAML text.
func countIndicators(text string) int {
	count := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case ',', '[', '{', '?', '*':
			count++
		case ':', '-':
			if i+1 == len(text) || text[i+1] <= ' ' || text[i] == ':' && strings.IndexByte(`"'[{`, text[i+1]) >= 0 {
				count++
			}
		}
	}
	return count
}

// explain turns an error of yaml.v3 into a place and a text.
func explain(err error, text string) *syntaxError {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if rest, found := strings.CutPrefix(message, "line "); found {
		if number, after, found := strings.Cut(rest, ": "); found {
			if n, err := strconv.Atoi(number); err == nil {
				line, message = n, after
				if isParserMessage(message) {
					line++ // those count lines from zero
				}
			}
		}
	}
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	line = max(1, min(line, len(lines)))
	if strings.Contains(message, "tab character") {
		for line < len(lines) && strings.IndexByte(indentation(lines[line-1]), '\t') < 0 {
			line++ // the line above is the one that is told
		}
	}
	if name, found := unknownAnchor(message); found {
		for i, content := range lines {
			if at := strings.Index(content, "*"+name); at >= 0 {
				return &syntaxError{line: i + 1, column: utf8.RuneCountInString(content[:at]) + 1, text: "alias *" + name + " has no anchor", byParser: true, reaches: true}
			}
		}
	}
	content := lines[line-1]
	if message == "found character that cannot start any token" {
		if at, sign := reserved(content); at >= 0 {
			return &syntaxError{line: line, column: utf8.RuneCountInString(content[:at]) + 1, byParser: true,
				text: "a text can't begin with " + sign, hint: `put it into quotes: "` + sign + `..."`}
		}
	}
	blank := indentation(content)
	if tab := strings.IndexByte(blank, '\t'); tab >= 0 {
		return &syntaxError{line: line, column: tab + 1, text: "tab in the indentation", hint: "YAML indents with spaces", byParser: true}
	}
	e := &syntaxError{line: line, column: len(blank) + 1, text: "not YAML: " + message, byParser: true}
	switch message {
	case "mapping values are not allowed in this context":
		e.hint = `put a text that has ": " in it into quotes, and look at the indentation`
	case "did not find expected key", "did not find expected '-' indicator":
		e.hint = "look at the indentation of the lines here and before"
	case "found unexpected end of stream", "did not find expected ',' or ']'", "did not find expected ',' or '}'":
		e.hint = "something that was opened here is not closed"
	}
	return e
}

// reserved returns the character that YAML lets no text begin with and where it stands in a line, or -1.
func reserved(line string) (at int, sign string) {
	for i := range len(line) {
		before := strings.TrimRight(line[:i], " ")
		begins := before == "" || len(before) < i && strings.HasSuffix(before, ":") || len(before) < i && strings.HasSuffix(before, "-") ||
			strings.ContainsRune("[{,", rune(before[len(before)-1]))
		if begins && strings.IndexByte("@`%", line[i]) >= 0 {
			return i, line[i : i+1]
		}
	}
	return -1, ""
}

func indentation(line string) string {
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

func unknownAnchor(message string) (name string, found bool) {
	if name, found = strings.CutPrefix(message, "unknown anchor '"); !found {
		return "", false
	}
	return strings.CutSuffix(name, "' referenced")
}

// isParserMessage tells yaml.v3's parser, whose line numbers are one too small, from its scanner by their texts.
func isParserMessage(message string) bool {
	what, found := strings.CutPrefix(message, "did not find expected ")
	if !found {
		return false
	}
	switch what {
	case "key", "node content", "'-' indicator", "',' or ']'", "',' or '}'", "<document start>", "<stream-start>":
		return true
	}
	return false
}

// checkAliases refuses a tree whose aliases stand for too much, or for something that they are part of.
func checkAliases(top *yaml.Node) *syntaxError {
	const open = -1
	sizes := make(map[*yaml.Node]int) // of what has an anchor; an anchor always stands before its aliases
	expanded := 0                     // what all aliases so far stand for, those inside of others counted as often as they are met
	var size func(n *yaml.Node) (int, *syntaxError)
	size = func(n *yaml.Node) (int, *syntaxError) {
		if n.Kind == yaml.AliasNode {
			if sizes[n.Alias] == open {
				return 0, &syntaxError{line: n.Line, column: n.Column, text: "alias *" + n.Value + " stands for something that it is part of"}
			}
			if expanded += sizes[n.Alias]; expanded > maxExpansion {
				return 0, &syntaxError{line: n.Line, column: n.Column,
					text: fmt.Sprintf("alias *%s: aliases stand for more than %d values", n.Value, maxExpansion),
					hint: "write out what they stand for"}
			}
			return sizes[n.Alias], nil
		}
		if n.Anchor != "" {
			sizes[n] = open
		}
		total := 1
		for _, child := range n.Content {
			s, err := size(child)
			if err != nil {
				return 0, err
			}
			total += s
		}
		if n.Anchor != "" {
			sizes[n] = total
		}
		return total, nil
	}
	_, err := size(top)
	return err
}
