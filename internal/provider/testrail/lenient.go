package testrail

import (
	"encoding/json"
	"reflect"
	"strconv"
)

// The types of this file read a value in each of the ways in which TestRail is known to write it, null included, and
// remember that there was one: what an instance reports tells its version. Anything else is an error.

// flag is a boolean, also one that is written as 0 or 1 (LIVE: DICH, mfa_required) or as a text.
type flag struct{ present, value bool }

func (f *flag) UnmarshalJSON(data []byte) error {
	f.present = true
	word, ok := scalar(data)
	switch string(word) {
	case "true", "1":
		f.value = true
	case "false", "0", "":
		f.value = false
	default:
		ok = false
	}
	return expected[flag](ok, data)
}

// integer is a whole number, also one that is written as a text (DOC: role_id of 6.4 to 7.0). null, "" and false are 0.
type integer struct {
	present bool
	value   int64
}

func (n *integer) UnmarshalJSON(data []byte) error {
	n.present, n.value = true, 0
	word, ok := scalar(data)
	if s := string(word); ok && s != "" && s != "false" {
		var err error
		n.value, err = strconv.ParseInt(s, 10, 64)
		ok = err == nil
	}
	return expected[integer](ok, data)
}

// text is a text, also one that is written as a number.
type text struct {
	present bool
	value   string
}

func (t *text) UnmarshalJSON(data []byte) error {
	t.present = true
	if data[0] == '"' {
		return json.Unmarshal(data, &t.value)
	}
	word, ok := scalar(data)
	t.value = string(word)
	return expected[text](ok, data)
}

// ids is a list of numbers; null is an empty one.
type ids struct {
	present bool
	list    []integer
}

func (l *ids) UnmarshalJSON(data []byte) error {
	l.present, l.list = true, nil
	return json.Unmarshal(data, &l.list)
}

// idsAs returns a list as ids of one kind, nil if it is empty.
func idsAs[ID ~int64](l ids) []ID {
	var list []ID
	for _, id := range l.list {
		list = append(list, ID(id.value))
	}
	return list
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
	switch {
	case data[0] == '{':
		value = "object"
	case data[0] == '[':
		value = "array"
	case len(value) > 40:
		value = "long text"
	}
	return &json.UnmarshalTypeError{Value: value, Type: reflect.TypeFor[T]()}
}
