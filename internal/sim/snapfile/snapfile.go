// Package snapfile reads and writes the snapshot files of simulators: JSON with one item of a list a line, so that
// a change of one account is a change of one line. It must not know what a snapshot holds.
package snapfile

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Head begins a snapshot file and says what it is.
type Head struct {
	Kind          string `json:"kind"`
	FormatVersion int    `json:"format_version"`
}

// Load decodes the file into file, which holds the head. Unknown keys and text after the object are errors.
func Load(r io.Reader, file any) error {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(file); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("snapshot: text after the object")
	}
	return nil
}

// Check refuses the head of another kind of file, or of another version of it.
func (h Head) Check(want Head) error {
	if h.Kind != want.Kind {
		return fmt.Errorf("snapshot: kind is %q, not %q", h.Kind, want.Kind)
	}
	if h.FormatVersion != want.FormatVersion {
		return fmt.Errorf("snapshot: format_version is %d, not %d", h.FormatVersion, want.FormatVersion)
	}
	return nil
}

// Member is a key of the file with its value as JSON text, one line or several.
type Member struct {
	name  string
	lines func(*bufio.Writer) error
}

// Value is a member on one line.
func Value[T any](name string, v T) Member {
	return Member{name, func(out *bufio.Writer) error {
		text, err := encode(v)
		out.WriteString(text)
		return err
	}}
}

// List is a member with a line for each item.
func List[T any](name string, items []T) Member {
	return Member{name, func(out *bufio.Writer) error {
		out.WriteByte('[')
		for i, item := range items {
			text, err := encode(item)
			if err != nil {
				return err
			}
			if i > 0 {
				out.WriteByte(',')
			}
			out.WriteString("\n  ")
			out.WriteString(text)
		}
		if len(items) > 0 {
			out.WriteByte('\n')
		}
		out.WriteByte(']')
		return nil
	}}
}

func encode[T any](v T) (string, error) {
	var line strings.Builder
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSuffix(line.String(), "\n"), err
}

// Save writes the head and the members, in their order.
func Save(w io.Writer, head Head, members ...Member) error {
	out := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(out, "{\n\"kind\": %q,\n\"format_version\": %d", head.Kind, head.FormatVersion)
	for _, m := range members {
		fmt.Fprintf(out, ",\n%q: ", m.name)
		if err := m.lines(out); err != nil {
			return fmt.Errorf("snapshot: %s: %w", m.name, err)
		}
	}
	out.WriteString("\n}\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	return nil
}
