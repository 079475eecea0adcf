package spec_test

import (
	"strings"
	"testing"
)

func TestLoad_problemsOfYAML(t *testing.T) {
	const head = "version: 1\nusers:\n  - email: ana@acme.example\n"
	text := func(lines string) files { return files{"users.yaml": lines} }
	checkProblems(t, []problemCase{
		{name: "a tab in the indentation", files: text(head + "\trole: Lead\n"), want: []string{
			"users.yaml:4:1: tab in the indentation",
		}},
		{name: "a tab in front of an entry", files: text("version: 1\nusers:\n\t- email: ana@acme.example\n"), want: []string{
			"users.yaml:3:1: tab in the indentation",
		}},
		{name: "a second document", files: text(head + "---\nversion: 1\n"), want: []string{
			"users.yaml:4:1: second YAML document in the file",
		}},
		{name: "a second document that is empty", files: text(head + "---\n"), want: []string{
			"users.yaml:4:1: second YAML document in the file",
		}},
		{name: "a document that is ended is no problem", files: text("---\n" + head + "...\n")},
		{name: "a quote that is not closed", files: text(head + "    name: \"Ana\n    role: Lead\n"), want: []string{
			"users.yaml:4:5: not YAML: found unexpected end of stream",
		}},
		{name: "a bracket that is not closed", files: text(head + "    groups: [a, b\n    role: Lead\n"), want: []string{
			"users.yaml:4:5: not YAML: did not find expected ',' or ']'",
		}},
		{name: "a key too far to the left", files: text(head + "   role: Lead\n"), want: []string{
			"users.yaml:4:4: not YAML: did not find expected '-' indicator",
		}},
		{name: "a colon in a plain text", files: text(head + "    note: see: here\n"), want: []string{
			"users.yaml:4:5: not YAML: mapping values are not allowed in this context",
		}},
		{name: "a text that begins with what YAML keeps for itself", files: text(head + "    note: @ana\n"), want: []string{
			"users.yaml:4:11: a text can't begin with @",
		}},
		{name: "and in a list behind others", files: text(head + "    groups: [qa, `dev]\n"), want: []string{
			"users.yaml:4:18: a text can't begin with `",
		}},
		{name: "an alias without an anchor", files: text(head + "    role: *lead\n"), want: []string{
			"users.yaml:4:11: alias *lead has no anchor",
		}},
		{name: "an alias and its anchor are no problem", files: text(head + "    role: &lead Lead\n  - email: bo@acme.example\n    role: *lead\n")},
		{name: "an alias of the wrong type is shown where it stands", files: text(head + "    groups: &g []\n  - email: bo@acme.example\n    role: *g\n"), want: []string{
			"users.yaml:6:11: role must be a text, not a list",
		}},
		{name: "an alias inside of its own anchor", files: text(head + "groups:\n  - &g {name: a, members: [*g]}\n"), want: []string{
			"users.yaml:5:28: alias *g stands for something that it is part of",
		}},
		{name: "an alias bomb", files: text(head + bomb()), want: []string{
			"users.yaml:8:29: alias *d: aliases stand for more than 100000 values",
		}},
		{name: "an alias bomb in flow style at the top", files: text("version: 1\nnote: {" + strings.ReplaceAll(strings.TrimSpace(bomb()), "\n", ", ") + "}\n"), want: []string{
			"users.yaml:2:185: alias *d: aliases stand for more than 100000 values",
		}},
		{name: "lists nested deeper than anybody reads", files: text(head + "groups: " + strings.Repeat("[", 20_000)), want: []string{
			"users.yaml:4:1: not YAML: exceeded max depth of 10000",
		}},
		{name: "maps nested deeper than anybody reads", files: text(head + "groups: " + strings.Repeat("{a: ", 20_000)), want: []string{
			"users.yaml:4:1: not YAML: exceeded max depth of 10000",
		}},
		{name: "more values than are read at once", files: text(head + "groups: [" + strings.Repeat("a,", 1_100_000) + "]"), want: []string{
			"users.yaml:1:1: file holds too many values",
		}},
		{name: "a byte that is no UTF-8", files: text("version: 1\n# caf\xe9\n"), want: []string{
			"users.yaml:2:6: file is not UTF-8",
		}},
		{name: "a control character", files: text(head + "    name: \"A\x00na\"\n"), want: []string{
			"users.yaml:4:13: control character U+0000",
		}},
		{name: "a text that turns around", files: text(head + "    name: Ana # \u202e nimda\n"), want: []string{
			"users.yaml:4:17: character U+202E, which makes a text look different from what it is",
		}},
		{name: "a line separator", files: text(head + "    name: A\u2028na\n"), want: []string{
			"users.yaml:4:12: line separator U+2028, which not every program takes for one",
		}},
		{name: "a carriage return alone", files: text("version: 1\rusers: []\n"), want: []string{
			"users.yaml:1:11: carriage return without a line feed",
		}},
		{name: "a byte order mark in front is no problem", files: text("\ufeff" + head)},
		{name: "a byte order mark inside", files: text(head + "\ufeff"), want: []string{
			"users.yaml:4:1: byte order mark inside of the file",
		}},
		{name: "places after a byte order mark and carriage returns", files: text("\ufeffversoin: 1\r\nusers:\r\n  - emial: a\r\n"), want: []string{
			"users.yaml:1:1: unknown key \"versoin\", did you mean \"version\"?",
			"users.yaml:1:1: version is missing",
			"users.yaml:3:5: unknown key \"emial\", did you mean \"email\"?",
			"users.yaml:3:5: user has no email",
		}},
		{name: "columns count characters", files: text("version: 1\nusers:\n  - {name: Дана 研究, emial: a}\n"), want: []string{
			"users.yaml:3:5: user has no email",
			"users.yaml:3:21: unknown key \"emial\", did you mean \"email\"?",
		}},
		{name: "a custom tag", files: text(head + "    name: !secret x\n    role: !!str 5\n    active: !!bool maybe\n"), want: []string{
			"users.yaml:4:11: name must be a text, not a value with the tag !secret",
			"users.yaml:6:13: active must be true or false, not \"maybe\"",
		}},
		{name: "users with a tag of their own", files: text("version: 1\nusers: !!set\n  - email: ana@acme.example\n"), want: []string{
			"users.yaml:1:1: roster has no users",
			"users.yaml:2:8: users must be a list, not a value with the tag !!set",
		}},
		{name: "a quoted text that looks like a list", files: text("version: 1\ntimezone: \"x\nusers:\n- email: ana@acme.example\n\"\n"), want: []string{
			"users.yaml:1:1: roster has no users",
			"users.yaml:2:11: timezone \"x users: - email: ana@acme.example \" begins or ends with white space",
		}},
		{name: "an explicit key and a text of several lines are no problem", files: text("version: 1\nusers:\n- ? email\n  : ana@acme.example\n  note: |\n    - email: x\n\n    users:\n  name: Ana\n    Ek\n")},
	})
}

// bomb is nine lines that stand for a hundred million values.
func bomb() string {
	lines := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for i := byte('b'); i <= 'h'; i++ {
		lines += string(i) + ": &" + string(i) + " [" + strings.Repeat("*"+string(i-1)+",", 10) + "]\n"
	}
	return lines
}
