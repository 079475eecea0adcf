package spec

import (
	"fmt"

	"rollcall/internal/directory"
)

// repeated calls each for every item whose key an earlier item of the list has.
func repeated[T any, K comparable](list []T, key func(T) K, each func(again, first T)) {
	const few = 8 // for so many, looking is cheaper than remembering
	if len(list) <= few {
		for i := range list {
			for j := range i {
				if key(list[i]) == key(list[j]) {
					each(list[i], list[j])
					break
				}
			}
		}
		return
	}
	seen := make(map[K]int, len(list))
	for i := range list {
		k := key(list[i])
		if first, found := seen[k]; found {
			each(list[i], list[first])
			continue
		}
		seen[k] = i
	}
}

// repeated reports what stands twice in one list.
func (r *reader) repeated(again, first directory.Pos, format string, args ...any) {
	r.problems.add(again, "", fmt.Sprintf(format, args...)+" is listed twice, first at "+first.String())
}
