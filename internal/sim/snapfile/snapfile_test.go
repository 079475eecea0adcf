package snapfile_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/sim/snapfile"
)

type item struct {
	Name string `json:"name"`
}

type file struct {
	snapfile.Head
	Site  string `json:"site"`
	Items []item `json:"items"`
}

func head() snapfile.Head { return snapfile.Head{Kind: "shop", FormatVersion: 2} }

func TestSave_hasALineForEachItem(t *testing.T) {
	var b strings.Builder
	err := snapfile.Save(&b, head(), snapfile.Value("site", "<a&b>"), snapfile.List("items", []item{{"x"}, {"y"}}), snapfile.List[item]("none", nil))
	if err != nil {
		t.Fatal(err)
	}
	const want = "{\n\"kind\": \"shop\",\n\"format_version\": 2,\n\"site\": \"<a&b>\",\n\"items\": [\n  {\"name\":\"x\"},\n  {\"name\":\"y\"}\n],\n\"none\": []\n}\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var back file
	if err := snapfile.Load(strings.NewReader(strings.Replace(want, ",\n\"none\": []", "", 1)), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(file{head(), "<a&b>", []item{{"x"}, {"y"}}}, back); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSave_tellsWhatCouldNotBeWritten(t *testing.T) {
	if err := snapfile.Save(&strings.Builder{}, head(), snapfile.List("items", []func(){nil})); err == nil || !strings.HasPrefix(err.Error(), "snapshot: items: json: ") {
		t.Errorf("%v", err)
	}
	if err := snapfile.Save(full{}, head()); err == nil || err.Error() != "snapshot: no space" {
		t.Errorf("%v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestLoad_refuses(t *testing.T) {
	for _, row := range [][2]string{
		{`{"kind":"shop","x":1}`, `snapshot: json: unknown field "x"`},
		{`{"kind":"shop"} {}`, `snapshot: text after the object`},
		{``, `snapshot: EOF`},
		{`{"kind":"farm","format_version":2}`, `snapshot: kind is "farm", not "shop"`},
		{`{"kind":"shop","format_version":1}`, `snapshot: format_version is 1, not 2`},
	} {
		t.Run(row[0], func(t *testing.T) {
			var f file
			err := snapfile.Load(strings.NewReader(row[0]), &f)
			if err == nil {
				err = f.Check(head())
			}
			if err == nil || err.Error() != row[1] {
				t.Errorf("error %v, want %s", err, row[1])
			}
		})
	}
}
