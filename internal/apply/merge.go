package apply

import (
	"slices"

	"rollcall/internal/directory"
)

// merged is the full list of a group to send, and how it came about.
//
//	basis   live now   our change   list
//	  ✓        ✓           -         ✓
//	  ✓        ✓         remove      -
//	  ✓        -           -         -    somebody else removed him: not undone (gone) ...
//	  ✓        -           -         ✓    ... unless he is inactive: then he may only be hidden
//	  ✓        -         remove      -
//	  -        ✓           -         ✓    somebody else added him: kept
//	  -        ✓          add        ✓
//	  -        -          add        ✓
type merged struct {
	list []directory.UserID // sorted
	kept []directory.UserID // somebody else's additions
	gone []directory.UserID // somebody else's removals
	due  bool               // something of our change is not in place yet
}

// mergeMembers merges the three lists of a group. inactive says whether an account is inactive: tools hide such members
// from one side of the relation (GUESS), so that one who is missing from live is carried along, and one to remove is
// taken for still there.
func mergeMembers(basis, live, add, remove []directory.UserID, inactive func(directory.UserID) bool) merged {
	inBasis, inLive, adds, removes := setOf(basis), setOf(live), setOf(add), setOf(remove)
	m := merged{list: []directory.UserID{}}
	for id := range inLive {
		if removes[id] {
			m.due = true
			continue
		}
		m.list = append(m.list, id)
		if !inBasis[id] && !adds[id] {
			m.kept = append(m.kept, id)
		}
	}
	for id := range inBasis {
		switch {
		case inLive[id] || adds[id]:
		case removes[id]:
			m.due = m.due || inactive(id)
		case inactive(id):
			m.list = append(m.list, id)
		default:
			m.gone = append(m.gone, id)
		}
	}
	for id := range adds {
		if !inLive[id] && !removes[id] {
			m.list = append(m.list, id)
			m.due = true
		}
	}
	slices.Sort(m.list)
	slices.Sort(m.kept)
	slices.Sort(m.gone)
	return m
}

// without returns the ids of list that are not in other, sorted.
func without(list, other []directory.UserID) []directory.UserID {
	rest, drop := make([]directory.UserID, 0, len(list)), setOf(other)
	for id := range setOf(list) {
		if !drop[id] {
			rest = append(rest, id)
		}
	}
	slices.Sort(rest)
	return rest
}

func setOf(ids []directory.UserID) map[directory.UserID]bool {
	set := make(map[directory.UserID]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}
