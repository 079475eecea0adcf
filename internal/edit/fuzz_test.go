package edit_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"rollcall/internal/directory"
	"rollcall/internal/edit"
	"rollcall/internal/spec"
)

// load returns the roster that a text is, nil if it is none.
func load(text string) *directory.Desired {
	want, err := spec.Load("users.yaml", spec.Options{Tools: []spec.Tool{{Kind: "testrail"}}, Texts: map[string]string{"users.yaml": text}})
	if err != nil {
		return nil
	}
	return want
}

// FuzzFormat holds whatever text there is against what fmt promises: what comes out is in its final form, means the same
// and has every comment; or nothing comes out, with a reason.
func FuzzFormat(f *testing.F) {
	for _, tt := range formats() {
		f.Add(tt.text)
	}
	corpus, err := filepath.Glob("../spec/testdata/fuzz/FuzzLoad/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range corpus {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) { checkFormat(t, text) })
}

// fatal is what a test and a property have in common.
type fatal interface {
	Helper()
	Fatalf(format string, args ...any)
}

// checkFormat holds a text against what fmt promises, and returns why it was not formatted.
func checkFormat(t fatal, text string) error {
	t.Helper()
	got, err := edit.Format("users.yaml", text)
	if err != nil {
		var wrong *spec.ProblemsError
		var left *edit.LeftError
		if !errors.As(err, &wrong) && !errors.As(err, &left) {
			t.Fatalf("error is a %T: %v", err, err)
		}
		return err
	}
	again, err := edit.Format("users.yaml", got)
	if err != nil {
		t.Fatalf("formatted it can't be formatted: %v\n%s\n---\n%s", err, text, got)
	}
	if again != got {
		t.Fatalf("formatted twice is not formatted once:\n%q\n--- once\n%q\n--- twice\n%q", text, got, again)
	}
	if strings.Count(got, "#") < strings.Count(text, "#") {
		t.Fatalf("a remark is lost:\n%s\n---\n%s", text, got)
	}
	if want := load(text); want != nil {
		if after := load(got); after == nil || !edit.Same(want, after) {
			t.Fatalf("it is another roster:\n%s\n---\n%s", text, got)
		}
	}
	return nil
}

// Whatever remarks and empty lines people scatter over a roster, fmt keeps its promises.
func TestFormat_scatteredRemarks(t *testing.T) {
	texts := formats()
	formatted := 0
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(texts).Draw(t, "roster").text
		text = scattered(t, text)
		err := checkFormat(t, text)
		var left *edit.LeftError
		if errors.As(err, &left) {
			t.Fatalf("%v\n%s", err, text)
		}
		if err == nil {
			formatted++
		}
	})
	if formatted == 0 {
		t.Error("nothing could be formatted: the test has shown nothing")
	}
}

// scattered returns a roster with remarks and empty lines wherever people may put them.
func scattered(t *rapid.T, text string) string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i := range rapid.IntRange(1, 6).Draw(t, "edits") {
		at := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		remark := fmt.Sprintf("# remark %d", i)
		switch rapid.IntRange(0, 4).Draw(t, "edit") {
		case 0:
			lines = slices.Insert(lines, at, strings.Repeat(" ", rapid.IntRange(0, 8).Draw(t, "indent"))+remark)
		case 1:
			lines[at] = strings.TrimSuffix(lines[at], "\r") + " " + remark
		case 2:
			lines = slices.Insert(lines, at, "")
		case 3:
			lines[at] = strings.Replace(lines[at], ", ", ", "+remark+"\n        ", 1)
		case 4:
			lines[at] = strings.TrimSuffix(lines[at], "\r") + "  "
			lines = slices.Insert(lines, at+1, strings.Repeat(" ", utf8.RuneCountInString(lines[at]))+"# goes on")
			lines[at] += remark
		}
	}
	return strings.Join(lines, "\n")
}

// Whoever leaves, and whatever remarks stand around them: the roster says what it has to say, and says it in YAML.
func TestOffboard_scatteredRemarks(t *testing.T) {
	texts := offboardings()
	done := 0
	rapid.Check(t, func(t *rapid.T) {
		tt := rapid.SampledFrom(texts).Draw(t, "roster")
		text := scattered(t, tt.text)
		want := load(text)
		if want == nil || len(tt.more) > 0 {
			return
		}
		var people []edit.Leaver
		for i := range want.Users {
			l := edit.Leaver{Email: want.Users[i].Email, LastDay: directory.Date{Year: 2026, Month: 11, Day: rapid.IntRange(20, 24).Draw(t, "day")}}
			if rapid.Bool().Draw(t, "leaves") {
				people = append(people, l)
			}
		}
		o, err := edit.Offboard(want, []spec.Source{{Path: "users.yaml", Shown: "users.yaml", Text: text}}, people, directory.Date{Year: 2026, Month: 11, Day: 22})
		var left *edit.LeftError
		if errors.As(err, &left) && strings.Contains(text, "&") {
			return
		} else if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		now := text
		if changed, ok := o.Texts["users.yaml"]; ok {
			now = changed
		}
		if after := load(now); after == nil && !onlyLeavers(o.Want) || after != nil && !edit.Same(o.Want, after) {
			t.Fatalf("it is not the roster that it has to be:\n%s\n---\n%s", text, now)
		}
		done++
	})
	if done == 0 {
		t.Error("nobody could leave: the test has shown nothing")
	}
}

// onlyLeavers reports whether nobody is left.
func onlyLeavers(want *directory.Desired) bool {
	return !slices.ContainsFunc(want.Users, func(u directory.WantUser) bool { return u.Leaver.Line == 0 })
}
