package lenient_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/provider/lenient"
)

type record struct {
	Flag lenient.Flag    `json:"flag"`
	Int  lenient.Integer `json:"int"`
	Text lenient.Text    `json:"text"`
	IDs  lenient.IDs     `json:"ids"`
}

func TestDecode_readsEachWayToWriteAValue(t *testing.T) {
	one := lenient.Integer{Present: true, Value: 1}
	tests := []struct {
		name, json string
		want       record
		wantErr    string
	}{
		{"plain", `{"flag":true,"int":1,"text":"a","ids":[1]}`, record{
			lenient.Flag{Present: true, Value: true}, one, lenient.Text{Present: true, Value: "a"}, lenient.IDs{Present: true, Known: true, List: []lenient.Integer{one}},
		}, ""},
		{"absent", `{}`, record{}, ""},
		{"null", `{"flag":null,"int":null,"text":null,"ids":null}`, record{Flag: lenient.Flag{Present: true}, Int: lenient.Integer{Present: true}, Text: lenient.Text{Present: true}, IDs: lenient.IDs{Present: true}}, ""},
		{"as texts", `{"flag":"1","int":"1","text":7,"ids":["1"]}`, record{
			lenient.Flag{Present: true, Value: true}, one, lenient.Text{Present: true, Value: "7"}, lenient.IDs{Present: true, Known: true, List: []lenient.Integer{one}},
		}, ""},
		{"empty", `{"flag":"","int":"","text":"","ids":[]}`, record{
			lenient.Flag{Present: true}, lenient.Integer{Present: true}, lenient.Text{Present: true}, lenient.IDs{Present: true, Known: true, List: []lenient.Integer{}},
		}, ""},
		{"a flag that is none", `{"flag":"s3cret"}`, record{}, "flag: unexpected text"},
		{"a number that is none", `{"int":1.5}`, record{}, "int: unexpected 1.5"},
		{"a long number", `{"int":` + strings.Repeat("1", 50) + `}`, record{}, "int: unexpected long number"},
		{"a text that is none", `{"text":{}}`, record{}, "text: unexpected object"},
		{"an id that is none", `{"ids":[[]]}`, record{}, "ids: unexpected array"},
		{"ids that are none", `{"ids":"s3cret"}`, record{}, "unexpected string"},
		{"something else", `["s3cret"]`, record{}, "answer: unexpected array"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := lenient.Decode[record](lenient.Trim([]byte(" \ufeff" + tt.json + "\n")))
			if tt.wantErr == "" {
				if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
					t.Errorf("%v (-want +got):\n%s", err, diff)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.wantErr) || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "lenient") {
				t.Errorf("error = %v, want %s", err, tt.wantErr)
			}
		})
	}
}

func TestAs_isNilForAnEmptyList(t *testing.T) {
	type id int64
	for text, want := range map[string][]id{`{}`: nil, `{"ids":null}`: nil, `{"ids":[]}`: nil, `{"ids":[2,"1"]}`: {2, 1}} {
		r, err := lenient.Decode[record]([]byte(text))
		if diff := cmp.Diff(want, lenient.As[id](r.IDs)); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", text, err, diff)
		}
	}
}

// FuzzDecode gives anything for a record: what is read again is the same, and no error quotes a text.
func FuzzDecode(f *testing.F) {
	f.Add(`{"flag":true,"int":"1","text":7,"ids":[1,"2",null]}`)
	f.Fuzz(func(t *testing.T, body string) {
		got, err := lenient.Decode[record]([]byte(body))
		again, err2 := lenient.Decode[record]([]byte(body))
		if (err == nil) != (err2 == nil) || !cmp.Equal(got, again) {
			t.Errorf("%+v, then %+v", got, again)
		}
		if err == nil && !json.Valid([]byte(body)) {
			t.Error("it is no JSON")
		}
		if err == nil && len(got.IDs.List) > 0 && !got.IDs.Known {
			t.Errorf("ids that are there and not known: %+v", got.IDs)
		}
	})
}
