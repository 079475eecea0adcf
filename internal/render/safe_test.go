package render

import (
	"strings"
	"testing"
)

func TestSafe(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"plain text stays", `Ana Ruiz <a+b@acme.example> \o/`, `Ana Ruiz <a+b@acme.example> \o/`},
		{"letters of every script stay", "Zoë 佐藤　花子 Иван נועה สมชาย ẞ 한국 हिन्दी", "Zoë 佐藤　花子 Иван נועה สมชาย ẞ 한국 हिन्दी"},
		{"an accent may be a character of its own", "Jose\u0301", "Jose\u0301"},
		{"an emoji may say that it is one", "⚙\ufe0f", "⚙\ufe0f"},
		{"a letter may not", "a\ufe0f", `a\u{fe0f}`},
		{"controls", "\x1b[31m\a\x7f\u009b", `\u{1b}[31m\u{7}\u{7f}\u{9b}`},
		{"line breaks", "a\r\nb\u2028c\u0085", `a\u{d}\u{a}b\u{2028}c\u{85}`},
		{"bidi", "a\u202eb\u2066c\u200f", `a\u{202e}b\u{2066}c\u{200f}`},
		{"zero width", "a\u200bb\u200cc\u200d\ufeff\u00ad", `a\u{200b}b\u{200c}c\u{200d}\u{feff}\u{ad}`},
		{"spaces that are not what they seem", "a\u00a0b\u2003c\u3164\u2800", `a\u{a0}b\u{2003}c\u{3164}\u{2800}`},
		{"a mark without a base", "\u0301a", `\u{301}a`},
		{"marks in a heap", "a" + strings.Repeat("\u0301", 6), "a" + strings.Repeat("\u0301", 4) + `\u{301}\u{301}`},
		{"tags, private and unassigned characters", "\U000e0041\ue000\u0378", `\u{e0041}\u{e000}\u{378}`},
		{"bytes that are no text", "a\xffb\xc3", `a\x{ff}b\x{c3}`},
		{"orders to a CI system at the start", "  ::add-mask::x :: y", `  \u{3a}:add-mask::x :: y`},
		{"older orders anywhere", "a ##[add-mask]b ##vso[x] c# #d ###", `a \u{23}#[add-mask]b \u{23}#vso[x] c# #d \u{23}\u{23}#`},
		{"the replacement character itself", "\ufffd", "\ufffd"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := string(safe(row.text)); got != row.want {
				t.Errorf("safe(%q) = %q, want %q", row.text, got, row.want)
			}
		})
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("a\u202e\x1b[0m\xff")
	f.Add("e\u0301\u0301\u0301\u0301\u0301")
	f.Fuzz(func(t *testing.T, s string) {
		shown := safe(s)
		if again := safe(string(shown)); again != shown {
			t.Errorf("safe(%q) = %q, and of that %q", s, shown, again)
		}
		before := rune(0)
		for _, r := range string(shown) {
			if misleads(r) && (r != emojiStyle || before == 0) {
				t.Errorf("safe(%q) = %q holds %U", s, shown, r)
			}
			before = r
		}
	})
}

func TestColumns(t *testing.T) {
	for _, row := range []struct {
		text visible
		want int
	}{
		{"", 0}, {"abc", 3}, {"é", 1}, {"e\u0301", 1}, {"佐藤", 4}, {"　", 2}, {"ｱ", 1}, {"Ａ", 2}, {"😀", 2}, {"한국", 4},
		{"\u1112\u1161\u11ab", 2}, {"→ − · …", 7}, {"⚙\ufe0f", 2}, {"⚙", 1}, {"สวัสดี", 4}, {"नमस्ते", 4},
	} {
		if got := columns(row.text); got != row.want {
			t.Errorf("columns(%q) = %d, want %d", row.text, got, row.want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, row := range []struct {
		text visible
		n    int
		want visible
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"佐藤花子", 6, "佐藤…"}, {"佐藤花子", 5, "佐藤…"}, {"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		{"a❤\ufe0fb", 3, "a…"}, {"a❤\ufe0fb", 4, "a❤\ufe0fb"}, {"a❤\ufe0fbc", 4, "a❤\ufe0f…"},
	} {
		if got := cut(row.text, row.n); got != row.want {
			t.Errorf("cut(%q, %d) = %q, want %q", row.text, row.n, got, row.want)
		}
	}
}

func TestCutLeft(t *testing.T) {
	for _, row := range []struct {
		text visible
		n    int
		want visible
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "…cd"}, {"佐藤花子", 6, "…花子"}, {"佐藤花子", 5, "…花子"}, {"e\u0301e\u0301e\u0301", 2, "…e\u0301"},
		{"a❤\ufe0fb", 3, "…b"}, {"ca❤\ufe0fb", 4, "…❤\ufe0fb"}, {"abc", 0, "…"},
	} {
		if got := cutLeft(row.text, row.n); got != row.want {
			t.Errorf("cutLeft(%q, %d) = %q, want %q", row.text, row.n, got, row.want)
		}
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 2003: "2,003", 1234567: "1,234,567", -1234: "-1,234", -999: "-999"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	for seconds, want := range map[int]string{0: "0 s", 35: "35 s", 59: "59 s", 60: "1 min", 61: "2 min", 3540: "59 min", 3541: "1 h", 3661: "1 h 2 min"} {
		if got := duration(seconds); got != want {
			t.Errorf("duration(%d) = %s, want %s", seconds, got, want)
		}
	}
}
