// Package lenient reads JSON values in each of the ways in which servers are known to write them, null included, and
// remembers what there was. It must not know a tool, or what a value means.
package lenient

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Flag is a boolean, also one that is written as 0 or 1 or as a text. null is false. Present says that the key is there.
type Flag struct{ Present, Value bool }

// UnmarshalJSON implements json.Unmarshaler. Anything that is no boolean is a *json.UnmarshalTypeError.
func (f *Flag) UnmarshalJSON(data []byte) error {
	f.Present = true
	word, ok := scalar(data)
	switch string(word) {
	case "true", "1":
		f.Value = true
	case "false", "0", "":
		f.Value = false
	default:
		ok = false
	}
	return expected[Flag](ok, data)
}

// Integer is a whole number, also one that is written as a text. null, "" and false are 0. Present says that the key is
// there.
type Integer struct {
	Present bool
	Value   int64
}

// UnmarshalJSON implements json.Unmarshaler. Anything that is no whole number is a *json.UnmarshalTypeError.
func (n *Integer) UnmarshalJSON(data []byte) error {
	n.Present, n.Value = true, 0
	word, ok := scalar(data)
	if s := string(word); ok && s != "" && s != "false" {
		var err error
		n.Value, err = strconv.ParseInt(s, 10, 64)
		ok = err == nil
	}
	return expected[Integer](ok, data)
}

// Text is a text, also one that is written as a number. null is "". Present says that the key is there.
type Text struct {
	Present bool
	Value   string
}

// UnmarshalJSON implements json.Unmarshaler. A list or an object is a *json.UnmarshalTypeError.
func (t *Text) UnmarshalJSON(data []byte) error {
	t.Present = true
	if data[0] == '"' {
		return json.Unmarshal(data, &t.Value)
	}
	word, ok := scalar(data)
	t.Value = string(word)
	return expected[Text](ok, data)
}

// IDs is a list of numbers. Present says that the key is there, Known that it is not null either: what null means is a matter
// of the tool, and an absent list is not an empty one.
type IDs struct {
	Present, Known bool
	List           []Integer
}

// UnmarshalJSON implements json.Unmarshaler. Anything that is no list of whole numbers is a *json.UnmarshalTypeError.
func (l *IDs) UnmarshalJSON(data []byte) error {
	l.Present, l.Known, l.List = true, data[0] != 'n', nil
	return json.Unmarshal(data, &l.List)
}

// As returns a list as ids of one kind, nil if it is empty.
func As[ID ~int64](l IDs) []ID {
	var list []ID
	for _, id := range l.List {
		list = append(list, ID(id.Value))
	}
	return list
}

// Trim returns an answer's JSON without a byte order mark and white space around it.
func Trim(body []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\ufeff")))
}

// Decode reads JSON that is one value. What it says of a value of the wrong kind is in our words, with nothing of a text in
// it: those of encoding/json name Go types.
func Decode[T any](data []byte) (T, error) {
	var value T
	err := json.Unmarshal(data, &value)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		field := wrong.Field[strings.LastIndexByte(wrong.Field, '.')+1:]
		err = fmt.Errorf("%s: unexpected %s", cmp.Or(field, "answer"), wrong.Value)
	}
	return value, err
}

// scalar returns a value that is no list and no object as its text would be written: without quotes, and nothing for null.
func scalar(data []byte) (word []byte, ok bool) {
	switch data[0] {
	case '{', '[':
		return nil, false
	case 'n':
		return nil, true
	case '"':
		var s string
		err := json.Unmarshal(data, &s)
		return []byte(s), err == nil
	}
	return data, true
}

// expected returns an error unless a value was ok. encoding/json adds the name of the field to an error of this type.
func expected[T any](ok bool, data []byte) error {
	if ok {
		return nil
	}
	value := string(data)
	switch data[0] {
	case '{':
		value = "object"
	case '[':
		value = "array"
	case '"':
		value = "text"
	}
	if len(value) > 40 {
		value = "long number"
	}
	return &json.UnmarshalTypeError{Value: value, Type: reflect.TypeFor[T]()}
}
