package plan

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Value is the value of a field: null, a text, a flag or a list of names. The zero Value is null: not known, or not there yet.
type Value struct {
	kind valueKind
	text string
	flag bool
	list []string
}

type valueKind uint8

const (
	isNull valueKind = iota
	isText
	isFlag
	isList
)

// Text, Flag and List make values. List keeps its argument.
func Text(s string) Value { return Value{kind: isText, text: s} }

// Flag makes a value that is true or false.
func Flag(b bool) Value { return Value{kind: isFlag, flag: b} }

// List makes a value that is a list of names.
func List(names []string) Value { return Value{kind: isList, list: names} }

// IsNull reports whether there is no value.
func (v Value) IsNull() bool { return v.kind == isNull }

// AsText, AsFlag and AsList return the value and whether it is of that kind.
func (v Value) AsText() (string, bool) { return v.text, v.kind == isText }

// AsFlag returns the flag and whether the value is one.
func (v Value) AsFlag() (value, ok bool) { return v.flag, v.kind == isFlag }

// AsList returns the names and whether the value is a list. The caller must not change it.
func (v Value) AsList() ([]string, bool) { return v.list, v.kind == isList }

// Equal reports whether both are the same value.
func (v Value) Equal(other Value) bool {
	return v.kind == other.kind && v.text == other.text && v.flag == other.flag && slices.Equal(v.list, other.list)
}

// String returns the value as a reader sees it, unescaped: "" for null, names of a list separated by ", ".
func (v Value) String() string {
	switch v.kind {
	case isText:
		return v.text
	case isFlag:
		if v.flag {
			return "true"
		}
		return "false"
	case isList:
		return strings.Join(v.list, ", ")
	}
	return ""
}

// MarshalJSON writes null, a string, a boolean or an array of strings.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case isText:
		return json.Marshal(v.text)
	case isFlag:
		return json.Marshal(v.flag)
	case isList:
		if v.list == nil {
			return []byte("[]"), nil
		}
		return json.Marshal(v.list)
	}
	return []byte("null"), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *Value) UnmarshalJSON(data []byte) error {
	var s string
	var b bool
	var l []string
	switch {
	case string(data) == "null":
		*v = Value{}
	case json.Unmarshal(data, &s) == nil:
		*v = Text(s)
	case json.Unmarshal(data, &b) == nil:
		*v = Flag(b)
	case json.Unmarshal(data, &l) == nil:
		*v = List(l)
	default:
		return fmt.Errorf("value %.40q is neither a text, a flag nor a list of names", data)
	}
	return nil
}
