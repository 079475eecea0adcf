package fault

import "slices"

// SpoilPage applies a fault of lists to a page: the indexes of its items, which begin at offset, and the offset of the
// next page, -1 for none. It returns both as they are shown.
func (k Kind) SpoilPage(items []int, offset, next int) ([]int, int) {
	if len(items) == 0 {
		return items, next
	}
	switch k {
	case PageRepeats:
		if offset > 0 {
			return slices.Insert(items, 0, offset-1), next
		}
		return slices.Insert(items, 0, items[0]), next
	case PageSkips:
		return items[1:], next
	case PageShrinks:
		return items[:len(items)/2], next
	case PageEndsEarly:
		return items[:len(items)/2], -1
	case PageLoops:
		return items, offset
	case EmptyList:
		return nil, -1
	}
	return items, next
}
