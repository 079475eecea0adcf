package edit_test

import (
	"fmt"
	"strings"
	"testing"

	"rollcall/internal/edit"
)

// BenchmarkFormat formats a roster of 5,000 people that is not formatted.
func BenchmarkFormat(b *testing.B) {
	var text strings.Builder
	text.WriteString("version: 1\nusers:\n")
	for i := range 5000 {
		fmt.Fprintf(&text, "- name: 'Person %d'\n  email: person.%d@x.example # number %d\n  groups: [ group-%d ]\n", i, i, i, i%100)
	}
	text.WriteString("groups:\n")
	for i := range 100 {
		fmt.Fprintf(&text, "- mode: exact\n  name: group-%d\n  members: []\n", i)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if _, err := edit.Format("users.yaml", text.String()); err != nil {
			b.Fatal(err)
		}
	}
}
