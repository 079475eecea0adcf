package docs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"rollcall/schema"
)

// TestFileFormat_isWhatTheSchemaGives: the page is generated, so that editors and readers are told the same.
func TestFileFormat_isWhatTheSchemaGives(t *testing.T) {
	const path = "docs/file-format.md"
	f := &fileFormat{users: decode(t, schema.Users()), team: decode(t, schema.Team())}
	want := f.page()
	for _, lack := range f.lacks {
		t.Errorf("the schema has no %s", lack)
	}
	if *update {
		writePage(t, path, want)
		return
	}
	got, err := os.ReadFile("file-format.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the schema gives: go test ./docs -update", path)
	}
}

// node is what the page needs of a JSON Schema.
type node struct {
	Ref              string            `json:"$ref"`
	Type             string            `json:"type"`
	Title            string            `json:"title"`
	Description      string            `json:"description"`
	Properties       properties        `json:"properties"`
	Definitions      map[string]node   `json:"definitions"`
	Required         []string          `json:"required"`
	Items            *node             `json:"items"`
	OneOf            []node            `json:"oneOf"`
	Enum             []json.RawMessage `json:"enum"`
	EnumDescriptions []string          `json:"enumDescriptions"`
	Default          json.RawMessage   `json:"default"`
	Examples         []json.RawMessage `json:"examples"`
	Minimum          *int              `json:"minimum"`
	Maximum          *int              `json:"maximum"`
	MaxLength        int               `json:"maxLength"`
}

// property is a key of an object.
type property struct {
	name string
	node
}

// properties are the keys of an object in the order of the file.
type properties []property

func (p *properties) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		one := property{name: fmt.Sprint(name)}
		if err := decoder.Decode(&one.node); err != nil {
			return err
		}
		*p = append(*p, one)
	}
	return nil
}

func (p properties) get(name string) node {
	for _, one := range p {
		if one.name == name {
			return one.node
		}
	}
	return node{}
}

func decode(t *testing.T, text []byte) node {
	t.Helper()
	var n node
	if err := json.Unmarshal(text, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// fileFormat writes the page, and collects what the schema does not tell it.
type fileFormat struct {
	users, team node
	out         strings.Builder
	lacks       []string
}

// rootTitle is the heading above the keys of the root file.
const rootTitle = "The root file"

const fileFormatHead = `# The file format

<!-- generated from schema/users.schema.json and schema/team.schema.json by ` + "`go test ./docs -update`" + `: change it there -->

A roster is one YAML file, ` + "`users.yaml`" + ` by default, and the files that it includes. An editor with the YAML language
server shows all of this while you type: ` + "`rollcall schema >users.schema.json`" + ` puts the schema where the first line of an
imported file looks for it, and ` + "`rollcall schema team >team.schema.json`" + ` beside it the one for included files.
[examples/small-team](../examples/small-team/users.yaml) has most of the keys on one page.

What holds everywhere:

- **A key that is left out is not managed**: it is never compared and never changed. It is not the same as an empty one:
  ` + "`members: []`" + ` empties a group. To take a key out of the file does not undo what it did.
- A person or a group is declared once over all files. Every address among ` + "`members`" + ` has an entry under ` + "`users`" + `, and every
  group among somebody's ` + "`groups`" + ` one under ` + "`groups`" + `.
- Upper and lower case make no difference in addresses, and do in names of groups.
- An unknown key, a key that stands twice, or a value of another type is a problem with file, line and column:
  ` + "`rollcall validate`" + ` prints all of them at once. A file may have 32 MiB and one YAML document.
`

func (f *fileFormat) page() []byte {
	f.out.WriteString(fileFormatHead)
	f.section(rootTitle, "", f.users)
	f.paragraph("## Included files\n\n%s What it may grant is said by its [include entry](#include).", f.team.Description)
	f.table(rootTitle, f.team)
	var limit bool
	for _, key := range f.users.Properties {
		object, title, list := f.resolve(key.node), key.name, false
		if object.Items != nil {
			object, list = f.resolve(*object.Items), true
		}
		if len(object.Properties) == 0 {
			continue
		}
		f.section(title, describedAs(f.resolve(key.node), object, list), object)
		for _, inner := range object.Properties {
			in := f.resolve(inner.node)
			if in.Items != nil {
				in = f.resolve(*in.Items)
			}
			switch {
			case strings.HasSuffix(inner.Ref, "/limit"):
				limit = true
			case len(in.Properties) > 0:
				f.subsection(title+"."+inner.name, in)
				for _, deep := range in.Properties {
					if len(deep.Properties) > 0 { // of its own: what is defined elsewhere has its section there
						f.subsection(title+"."+inner.name+"."+deep.name, deep.node)
					}
				}
			}
		}
		if limit {
			f.subsection("Limits", f.users.Definitions["limit"])
			limit = false
		}
	}
	return []byte(f.out.String())
}

// describedAs returns what the page says of a section: of the list and of what stands in it.
func describedAs(key, object node, list bool) string {
	if !list {
		return key.Description
	}
	return "A list. " + key.Description + "\n\nEach entry: " + object.Description
}

func (f *fileFormat) section(title, text string, object node) {
	if text == "" {
		text = object.Description
	}
	f.paragraph("## %s\n\n%s", title, text)
	f.table(title, object)
}

func (f *fileFormat) subsection(title string, object node) {
	f.paragraph("### %s\n\n%s", title, object.Description)
	f.table(title, object)
}

func (f *fileFormat) paragraph(form string, args ...any) {
	fmt.Fprintf(&f.out, "\n"+form+"\n", args...)
}

// table lists the keys of an object.
func (f *fileFormat) table(of string, object node) {
	f.out.WriteString("\n| key | value | says |\n|---|---|---|\n")
	for _, key := range object.Properties {
		n := f.resolve(key.node)
		place := of + "." + key.name
		if n.Description == "" {
			f.lacks = append(f.lacks, "description of "+place)
		}
		name := "`" + key.name + "`"
		if slices.Contains(object.Required, key.name) {
			name += " (required)"
		}
		fmt.Fprintf(&f.out, "| %s | %s | %s |\n", name, f.value(place, key.node), f.says(place, key.name, n))
	}
}

// says returns the description of a key with its values, default and example.
func (f *fileFormat) says(place, key string, n node) string {
	parts := []string{cell(n.Description)}
	values := n
	if n.Items != nil {
		values = f.resolve(*n.Items)
	}
	if len(values.Enum) != len(values.EnumDescriptions) {
		f.lacks = append(f.lacks, "description of each value of "+place)
	}
	for i, text := range values.EnumDescriptions {
		parts = append(parts, fmt.Sprintf("`%s`: %s", yamlOf(values.Enum[i]), cell(text)))
	}
	if n.Default != nil {
		parts = append(parts, "Default: `"+yamlOf(n.Default)+"`")
	}
	if example, ok := f.example(n); ok {
		parts = append(parts, fmt.Sprintf("Example: `%s: %s`", key, example))
	} else if len(n.Properties) == 0 && (n.Items == nil || len(f.resolve(*n.Items).Properties) == 0) {
		f.lacks = append(f.lacks, "example of "+place)
	}
	return strings.Join(parts, "<br>")
}

// example returns a value that may stand behind a key. Sections have tables of their own instead.
func (f *fileFormat) example(n node) (text string, ok bool) {
	switch {
	case len(n.Examples) > 0:
		return yamlOf(n.Examples[0]), true
	case n.Default != nil:
		return yamlOf(n.Default), true
	case len(n.Enum) > 0:
		return yamlOf(n.Enum[0]), true
	case n.Type == "boolean":
		return "true", true
	case n.Items != nil:
		one, ok := f.example(f.resolve(*n.Items))
		return "[" + one + "]", ok
	}
	return "", false
}

// value returns what may stand at a place, in words.
func (f *fileFormat) value(place string, given node) string {
	n := f.resolve(given)
	section := anchor(strings.TrimPrefix(place, rootTitle+"."))
	switch {
	case strings.HasSuffix(given.Ref, "/limit"):
		section = "limits"
	case strings.HasSuffix(given.Ref, "/projects"):
		section = anchor("users.projects")
	}
	switch {
	case len(n.OneOf) > 0:
		forms := make([]string, len(n.OneOf))
		for i, one := range n.OneOf {
			forms[i] = f.value(place, one)
		}
		return strings.Join(forms, ", or a ")
	case len(n.Enum) > 0:
		values := make([]string, len(n.Enum))
		for i, one := range n.Enum {
			values[i] = "`" + yamlOf(one) + "`"
		}
		return strings.Join(values, ", ")
	case n.Items != nil:
		item := f.resolve(*n.Items)
		switch {
		case len(item.Properties) > 0:
			return "list of [entries](#" + section + ")"
		case len(item.Enum) > 0:
			return "list, each: " + f.value(place, item)
		}
		return "list, each: " + strings.ToLower(item.Title)
	}
	switch n.Type {
	case "boolean":
		return "`true` or `false`"
	case "integer":
		// Only a limit that somebody chose is worth a word.
		switch {
		case n.Maximum != nil && *n.Maximum < 1<<31-1:
			return fmt.Sprintf("whole number, %d to %d", *n.Minimum, *n.Maximum)
		case n.Minimum != nil:
			return fmt.Sprintf("whole number, %d or more", *n.Minimum)
		}
		return "whole number"
	case "object":
		return "[keys](#" + section + ")"
	}
	if n.MaxLength > 0 {
		return fmt.Sprintf("text, up to %d characters", n.MaxLength)
	}
	return "text"
}

// resolve returns a node with what it refers to. Its own words win.
func (f *fileFormat) resolve(n node) node {
	_, pointer, is := strings.Cut(n.Ref, "#/")
	if !is {
		return n
	}
	kind, name, _ := strings.Cut(pointer, "/")
	base := f.users.Definitions[name]
	if kind == "properties" {
		base = f.users.Properties.get(name)
	}
	if n.Description != "" {
		base.Description = n.Description
	}
	if n.Default != nil {
		base.Default = n.Default
	}
	if len(n.Examples) > 0 {
		base.Examples = n.Examples
	}
	return base
}

// yamlOf returns a JSON value as a roster would have it on one line.
func yamlOf(value json.RawMessage) string {
	var n any
	if json.Unmarshal(value, &n) != nil {
		return string(value)
	}
	switch v := n.(type) {
	case string:
		if strings.ContainsAny(v, "*:,{}[]#") && !strings.HasPrefix(v, "http") || v == "" {
			return `"` + v + `"`
		}
		return v
	case []any:
		var parts []json.RawMessage
		_ = json.Unmarshal(value, &parts)
		texts := make([]string, len(parts))
		for i, part := range parts {
			texts[i] = yamlOf(part)
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case map[string]any:
		var parts orderedKeys
		_ = json.Unmarshal(value, &parts)
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return string(value)
}

// orderedKeys are the keys of an object with their values, as YAML, in their order.
type orderedKeys []string

func (o *orderedKeys) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		*o = append(*o, fmt.Sprintf("%v: %s", name, yamlOf(value)))
	}
	return nil
}

// cell returns a text as it stands in a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "*", `\*`).Replace(text)
}
