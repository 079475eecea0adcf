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

func TestSlipped(t *testing.T) {
	const wendy = "wendy.oneill@acme.example"
	for _, tt := range []struct {
		name string
		a, b directory.Email
		want bool
	}{
		{"a character is missing", "wendy.oneil@acme.example", wendy, true},
		{"a character is too many", "wendyy.oneill@acme.example", wendy, true},
		{"another character", "wendi.oneill@acme.example", wendy, true},
		{"two are swapped", "wedny.oneill@acme.example", wendy, true},
		{"a mistake in the domain", "wendy.oneill@acme.exmaple", wendy, true},
		{"case is no difference", "Wendy.Oneil@acme.example", wendy, true},
		{"the same address", wendy, wendy, false},
		{"two mistakes", "wndy.oneil@acme.example", wendy, false},
		{"a mistake on both sides", "wendy.oneil@acme.exmaple", wendy, false},
		{"numbered namesakes", "wei.li@acme.example", "wei.li2@acme.example", false},
		{"short names", "anna@acme.example", "ana@acme.example", false},
		{"another company", "wendy.oneill@partner.example", wendy, false},
		{"no address", "", wendy, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := directory.Slipped(tt.a, tt.b); got != tt.want {
				t.Errorf("Slipped(%q, %q) = %v, want %v", tt.a, tt.b, got, tt.want)
			}
			if got := directory.Slipped(tt.b, tt.a); got != tt.want {
				t.Errorf("Slipped(%q, %q) = %v, want %v", tt.b, tt.a, got, tt.want)
			}
		})
	}
}

func TestSuggestEmail(t *testing.T) {
	people := []directory.Email{"Ana.Ruiz@acme.example", "bo@acme.example", "ana.ruiz@partner.example"}
	for _, tt := range []struct {
		name       string
		word       directory.Email
		candidates []directory.Email
		want       directory.Email
	}{
		{"a letter is missing before the @", "ana.riz@acme.example", people, "Ana.Ruiz@acme.example"},
		{"letters are swapped in the domain", "bo@acem.example", people, "bo@acme.example"},
		{"the top-level domain is mistyped", "bo@acme.exmaple", people, "bo@acme.example"},
		{"a colleague of the same domain is nobody near", "zed@acme.example", people, ""},
		{"another company under the same top-level domain is not near", "bo@evil.example", people, ""},
		{"both sides are wrong", "ba@acem.example", people, ""},
		{"no address at all", "bo", people, ""},
		{"nobody to choose from", "bo@acme.example", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := directory.SuggestEmail(tt.word, tt.candidates)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("SuggestEmail(%q) = %q, %v, want %q", tt.word, got, ok, tt.want)
			}
		})
	}
}
