package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"rollcall/internal/directory"
)

// givenFile is the file of --sim or --live. It is read once: it may be a pipe.
type givenFile struct {
	path string
	of   string // the kind of tool that it is of; "" if it does not say
	text []byte
	err  error // why it can't be read, and that it is the file of which flag
}

// given returns the file of --sim or --live; an empty one if there is none.
func (r *run) given() *givenFile {
	if r.file != nil {
		return r.file
	}
	flag, path := "--live", r.o.live
	if r.o.sim != "" {
		flag, path = "--sim", r.o.sim
	}
	r.file = &givenFile{path: path}
	if path == "" {
		return r.file
	}
	text, err := readFile(path, maxInput)
	if err != nil {
		r.file.err = fmt.Errorf("%s %s: %w", flag, path, cause(err))
		return r.file
	}
	r.file.text = text
	if t, ok := simulated(tools(), text); ok && r.o.sim != "" {
		r.file.of = t.kind
	} else if r.o.sim == "" {
		var target struct{ Kind string }
		_ = json.Unmarshal(member(text, "target"), &target) // a file that does not say is told of by who reads all of it
		r.file.of = target.Kind
	}
	return r.file
}

// clues returns what says which tool the run is about. roster is what target.kind says.
func (r *run) clues(roster directory.Key[string]) clues {
	file := r.given()
	return clues{roster: roster, flag: r.o.target, file: file.path, of: file.of, getenv: r.env.Getenv}
}

// assumed returns the kind of tool that a roster is held against if it names none; "" where nobody says, or two say
// different things.
func (r *run) assumed() string {
	t, err := chooseTool(tools(), r.clues(directory.Key[string]{}))
	if err != nil {
		return ""
	}
	return t.kind
}

// simulated returns the tool of whose simulator a text is a state.
func simulated(all []tool, text []byte) (t tool, ok bool) {
	var kind string
	_ = json.Unmarshal(member(text, "kind"), &kind) // what is none stays ""
	i := slices.IndexFunc(all, func(t tool) bool { return kind != "" && t.simulation.snapshots == kind })
	if i < 0 {
		return tool{}, false
	}
	return all[i], true
}

// member returns the member of a JSON object that a key names, nil if there is none. The text behind it is not looked at.
func member(text []byte, key string) json.RawMessage {
	in := json.NewDecoder(bytes.NewReader(text))
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return nil
		}
		var value json.RawMessage
		if in.Decode(&value) != nil {
			return nil
		}
		if name == key {
			return value
		}
	}
	return nil
}
