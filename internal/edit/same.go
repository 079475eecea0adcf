package edit

import (
	"reflect"

	"rollcall/internal/directory"
)

// Same reports whether two desired states want the same. Where a key stands makes no difference, nor do the bytes of the
// files; that it stands somewhere does. It goes by the types themselves, so that a field which is added to them one day is
// compared without anybody thinking of it.
func Same(a, b *directory.Desired) bool {
	left, right := *a, *b
	left.Files, right.Files = nil, nil
	return sameValue(reflect.ValueOf(left), reflect.ValueOf(right))
}

func sameValue(a, b reflect.Value) bool {
	if a.Type() == reflect.TypeFor[directory.Pos]() {
		return a.FieldByName("Line").IsZero() == b.FieldByName("Line").IsZero()
	}
	switch a.Kind() {
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return a.Pointer() == b.Pointer() || sameValue(a.Elem(), b.Elem())
	case reflect.Struct:
		for i := range a.NumField() {
			if !sameValue(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !sameValue(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Map:
		if a.Len() != b.Len() {
			return false
		}
		for entries := a.MapRange(); entries.Next(); {
			other := b.MapIndex(entries.Key())
			if !other.IsValid() || !sameValue(entries.Value(), other) {
				return false
			}
		}
		return true
	}
	return a.Comparable() && a.Equal(b)
}
