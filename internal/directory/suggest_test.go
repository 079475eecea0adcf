package directory_test

import (
	"testing"

	"rollcall/internal/directory"
)

func TestSuggest(t *testing.T) {
	roles := []string{"Lead", "Tester", "Read-only", "Designer"}
	for _, tt := range []struct {
		name       string
		word       string
		candidates []string
		want       string
	}{
		{"two letters swapped", "Tetser", roles, "Tester"},
		{"case alone differs", "lead", roles, "Lead"},
		{"a letter is missing", "Desiner", roles, "Designer"},
		{"nothing is near", "Administrator", roles, ""},
		{"the word itself is no suggestion", "Lead", []string{"Lead"}, ""},
		{"of two equally near ones the first in the alphabet", "bat", []string{"rat", "cat"}, "cat"},
		{"a short word may have one mistake", "rol", []string{"role", "note"}, "role"},
		{"no candidates", "rol", nil, ""},
		{"names that are not ASCII", "Inès", []string{"Inés", "Anna"}, "Inés"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := directory.Suggest(tt.word, tt.candidates)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("Suggest(%q) = %q, %v, want %q", tt.word, got, ok, tt.want)
			}
		})
	}
}
