package spec

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"
)

func ignoreRemarks() cmp.Option {
	return cmp.Options{cmpopts.IgnoreFields(yaml.Node{}, "HeadComment", "LineComment", "FootComment"), cmpopts.EquateEmpty()}
}

// FuzzQuickParser holds the quick parser and yaml.v3 equal on single entries.
func FuzzQuickParser(f *testing.F) {
	for _, seed := range []string{
		"- email: ana@acme.example\n  name: Ana\n  active: true\n",
		"- email: 1@acme.example # remark\n  until: 2027-01-31\n  id: 42\n\n  # remark\n  name: \"Ana: #1\"\n",
		"  - name: 'QA'\n    members:\n    - a@b.c\n    - \"d@e.f\"\n    mode: exact\n",
		"  - name: QA\n    members:\n        - a@b.c\n        # remark\n        - d@e.f\n",
		"- {email: ana@acme.example, groups: [a, \"b c\", d,], active: False}\n",
		"- email: ínes@acme.example\n  groups: [ Qualität , b]\n  note: a,b[c]{d} - e\n",
		"-   email:  a\r\n    role:\tb\r\n",
		"- note: a\n   b: c\n", "- note: a\n    b\n", "- a: [b: c]\n", "- a: {b: c}\n", "- a: b: c\n", "- a: b #c\n", "- a: b#c\n",
		"- a:\n  b: null\n", "- a: ~\n", "- a: 0x1f\n  b: 1_000\n  c: 007\n  d: 2027-02-30\n", "- a: [b #c\n  ]\n", "- - a\n", "- a\n",
		"- a: 'it''s'\n", "- a: \"b\\tc\"\n", "- a: |\n   - b\n", "- a: &x b\n", "- ? a\n", "- a: \"b\" c\n", "- a: [b] c\n", "- a: [b, , c]\n",
		"- {a: b}\n  c: d\n", "- a: b\n- c: d\n", "- a: b\n---\n", "- a:\n  - b\n  - c: d\n", "- a:\n  - b\n   - c\n", "- true: b\n", "- a: b\n  - c\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, refused := checkCharacters("", text); refused {
			t.Skip()
		}
		entries, length, _ := cutEntries(text, 1, 10)
		if len(entries) != 1 || length != len(text) {
			t.Skip()
		}
		got := newQuickParser().parse(entries[0])
		if got == nil {
			t.Skip()
		}
		want := parseEntry(entries[0])
		if diff := cmp.Diff(want, got, ignoreRemarks()); diff != "" {
			t.Errorf("tree of %q (-want +got):\n%s", text, diff)
		}
	})
}
