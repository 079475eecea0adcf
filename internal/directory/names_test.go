package directory_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"rollcall/internal/directory"
)

func TestEmail_Key(t *testing.T) {
	for _, tt := range []struct {
		name  string
		email directory.Email
		want  directory.EmailKey
	}{
		{"plain", "ana@acme.example", "ana@acme.example"},
		{"capitals", "Ana@ACME.Example", "ana@acme.example"},
		{"white space around it", " ana@acme.example\t", "ana@acme.example"},
		{"a plus and a dot are part of it", "a.na+qa@acme.example", "a.na+qa@acme.example"},
		{"a letter in two parts", "ine\u0301s@acme.example", "in\u00e9s@acme.example"},
		{"a capital in two parts", "E\u0301va@acme.example", "\u00e9va@acme.example"},
		{"a capital in two parts whose small form is one", "H\u0331@acme.example", "\u1e96@acme.example"},
		{"letters of another script", "\u0410\u043d\u043d\u0430@\u043f\u0440\u0438\u043c\u0435\u0440.example", "\u0430\u043d\u043d\u0430@\u043f\u0440\u0438\u043c\u0435\u0440.example"},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.email.Key(); got != tt.want {
				t.Errorf("Key(%q) = %q, want %q", tt.email, got, tt.want)
			}
		})
	}
}

// Folding a folded address changes nothing, and neither case of an address nor its normal form makes another person.
func FuzzEmail_Key(f *testing.F) {
	for _, s := range []string{"Ana@ACME.example", " ine\u0301s@x.y ", "H\u0331@x", "\u0130\u0049@x", "\u212a@x", "\xff@x", "\u1e9e@x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key := directory.Email(s).Key()
		if again := directory.Email(key).Key(); again != key {
			t.Errorf("Key(%q) = %q, and the key of that is %q", s, key, again)
		}
		for how, other := range map[string]string{"decomposed": norm.NFD.String(s), "with white space": " " + s + "\n"} {
			if twin := directory.Email(other).Key(); twin != key {
				t.Errorf("Key(%q) = %q, %s it is %q", s, key, how, twin)
			}
		}
	})
}

func TestEmail_Key_caseOfLatinLetters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-zA-Z0-9.+é\x{e4}]{1,8}@[a-z]{1,5}\.example`).Draw(t, "address")
		if upper := directory.Email(strings.ToUpper(s)); upper.Key() != directory.Email(s).Key() {
			t.Fatalf("%q and %q have two keys", s, upper)
		}
	})
}

func TestEmail_Domain(t *testing.T) {
	for _, tt := range []struct {
		name  string
		email directory.Email
		want  string
	}{
		{"plain", "ana@acme.example", "acme.example"},
		{"folded", "Ana@ACME.Example ", "acme.example"},
		{"behind the last at", `"a@b"@acme.example`, "acme.example"},
		{"no at", "ana", ""},
		{"nothing behind it", "ana@", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.email.Domain(); got != tt.want {
				t.Errorf("Domain(%q) = %q, want %q", tt.email, got, tt.want)
			}
		})
	}
}

func TestEmail_Usable(t *testing.T) {
	const domain = "@acme.example"
	for _, tt := range []struct {
		name  string
		email string
		want  bool
	}{
		{"plain", "ana" + domain, true},
		{"with a plus", "ana+qa" + domain, true},
		{"with an apostrophe", "o'neil" + domain, true},
		{"letters beyond ASCII", "in\u00e9s" + domain, true},
		{"a host without a dot", "ana@localhost", true},
		{"250 bytes", strings.Repeat("a", 250-len(domain)) + domain, true},
		{"251 bytes", strings.Repeat("a", 251-len(domain)) + domain, false},
		{"empty", "", false},
		{"no at", "ana", false},
		{"two ats", "a@b" + domain, false},
		{"nothing before the at", domain, false},
		{"nothing behind the at", "ana@", false},
		{"a space inside", "ana kim" + domain, false},
		{"a space around", " ana" + domain, false},
		{"a no-break space", "ana\u00a0kim" + domain, false},
		{"a line feed", "ana\n" + domain, false},
		{"a control character", "ana\x00" + domain, false},
		{"delete", "ana\x7f" + domain, false},
		{"a zero-width space", "ana\u200b" + domain, false},
		{"a mark that turns the text round", "ana\u202e" + domain, false},
		{"a private character", "ana\ue000" + domain, false},
		{"bytes that are no text", "ana\xff" + domain, false},
		{"forgotten", "F1700000000000", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := directory.Email(tt.email).Usable(); got != tt.want {
				t.Errorf("Usable(%q) = %v, want %v", tt.email, got, tt.want)
			}
		})
	}
}

func TestName_Canonical(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   directory.Name
		want directory.Name
	}{
		{"plain", "mobile-qa", "mobile-qa"},
		{"case matters", "Mobile QA", "Mobile QA"},
		{"white space around it", "\t Mobile QA ", "Mobile QA"},
		{"white space inside stays", "Mobile  QA", "Mobile  QA"},
		{"a letter in two parts", "E\u0301quipe", "\u00c9quipe"},
		{"another script", " \u6771\u4eac ", "\u6771\u4eac"},
		{"white space alone", " ", ""},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.in.Canonical(); got != tt.want {
				t.Errorf("Canonical(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func FuzzName_Canonical(f *testing.F) {
	for _, s := range []string{" Mobile QA ", "E\u0301quipe", "\u0301 x", "\xff ", "\u2000x\u1680"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := directory.Name(s).Canonical()
		if again := c.Canonical(); again != c {
			t.Errorf("Canonical(%q) = %q, and the canonical form of that is %q", s, c, again)
		}
	})
}

func TestForgotten(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   string
		want bool
	}{
		{"epoch milliseconds", "F1700000000000", true},
		{"ten digits", "F1700000000", true},
		{"nine digits", "F170000000", false},
		{"a small letter", "f1700000000000", false},
		{"no letter", "1700000000000", false},
		{"a letter between", "F17000x0000000", false},
		{"other digits", "F\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661", false},
		{"an address", "F1700000000000@acme.example", false},
		{"nothing", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := directory.Forgotten(tt.in); got != tt.want {
				t.Errorf("Forgotten(%q) = %v, want %v", tt.in, got, tt.want)
			}
		})
	}
}

func TestUser_Untouchable(t *testing.T) {
	for email, want := range map[directory.Email]bool{"ana@acme.example": false, "F1700000000000": true, "": true, "two words@acme.example": true} {
		if u := (directory.User{Email: email}); u.Untouchable() != want {
			t.Errorf("Untouchable with address %q = %v, want %v", email, !want, want)
		}
	}
}
