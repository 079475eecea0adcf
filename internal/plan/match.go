package plan

import (
	"fmt"

	"rollcall/internal/directory"
)

// claim is what one entry of the file says about its identity. K is the form that is compared, ID the tool's id.
type claim[K ~string, ID ~int64] struct {
	text string // how the file spells its name
	key  K
	pos  *directory.Pos
	was  []directory.Key[K]
	pin  *directory.Key[ID]
}

// population is the live side of matching.
type population[K ~string, ID ~int64] struct {
	noun  string              // "account" or "group"
	label func(string) string // how texts call a claim: "user ana@acme.example"
	keyed func(K) []ID
	keyOf func(ID) (K, bool)
}

// identity is what matching found for one claim: the live thing, if there is one, and whether it bears another name now.
type identity[ID ~int64] struct {
	id      ID
	found   bool
	renamed bool
	unclear bool // what it means could not be told, which was reported
}

// match finds for each claim the live thing that it means:
//
//	pinned id                        that thing, whatever it is called now
//	its name is live                 the thing of that name; more than one is ambiguous
//	a former name is live            that thing, to be renamed; more than one is ambiguous
//	otherwise                        nothing: it is to be created
//
// A live thing that two claims mean is a problem of the one that would rename it: the name it wants is borne by a thing
// of the same plan, which takes two applies. If both would, it is the later one's.
func match[K ~string, ID ~int64](claims []claim[K, ID], live population[K, ID], found *findings) []identity[ID] {
	result := make([]identity[ID], len(claims))
	owner := make(map[ID]int, len(claims))
	for i := range claims {
		result[i] = matchOne(&claims[i], live, found)
		if !result[i].found {
			continue
		}
		first, taken := owner[result[i].id]
		if !taken {
			owner[result[i].id] = i
			continue
		}
		mover, holder := i, first
		if result[first].renamed && (!result[i].renamed || comparePos(*claims[i].pos, *claims[first].pos) < 0) {
			mover, holder = first, i
			owner[result[i].id] = i
		}
		found.problem(*claims[mover].pos, fmt.Sprintf("%s: the %s it means (id %d) is also %s",
			live.label(claims[mover].text), live.noun, result[i].id, live.label(claims[holder].text)),
			fmt.Sprintf("declared at %s; change one of them in an apply of its own", claims[holder].pos))
	}
	return result
}

func matchOne[K ~string, ID ~int64](c *claim[K, ID], live population[K, ID], found *findings) identity[ID] {
	bearers := live.keyed(c.key)
	if c.pin.Set {
		key, exists := live.keyOf(c.pin.Value)
		if !exists {
			found.problem(c.pin.Pos, fmt.Sprintf("%s: no %s has the id %d", live.label(c.text), live.noun, c.pin.Value), "")
			return identity[ID]{unclear: true}
		}
		if key != c.key && len(bearers) > 0 {
			found.problem(*c.pos, fmt.Sprintf("%s: the name is borne by another %s, %s", live.label(c.text), live.noun, ids(bearers)), "")
		}
		return identity[ID]{id: c.pin.Value, found: true, renamed: key != c.key}
	}
	if len(bearers) > 1 {
		found.ambiguous(*c.pos, fmt.Sprintf("%s: %d live %ss bear this name, %s", live.label(c.text), len(bearers), live.noun, ids(bearers)), "pin the right one with its `id`")
		return identity[ID]{unclear: true}
	}
	if len(bearers) == 1 {
		for _, was := range c.was {
			if old := live.keyed(was.Value); len(old) > 0 && old[0] != bearers[0] {
				found.note(Note{Code: NoteBothLive, Subject: string(c.key), Source: place(was.Pos), Text: fmt.Sprintf(
					"its former name %s is live as well, %s: both are left as they are", was.Value, ids(old))})
			}
		}
		return identity[ID]{id: bearers[0], found: true}
	}
	for _, was := range c.was {
		old := live.keyed(was.Value)
		if len(old) > 1 {
			found.ambiguous(was.Pos, fmt.Sprintf("%s: %d live %ss bear its former name %s, %s", live.label(c.text), len(old), live.noun, was.Value, ids(old)), "pin the right one with its `id`")
			return identity[ID]{unclear: true}
		}
		if len(old) == 1 {
			return identity[ID]{id: old[0], found: true, renamed: true}
		}
	}
	return identity[ID]{}
}

// ids writes "id 4" or "ids 4 and 9".
func ids[ID ~int64](list []ID) string {
	if len(list) == 1 {
		return fmt.Sprintf("id %d", list[0])
	}
	text := "ids "
	for i, id := range list {
		switch {
		case i == 0:
		case i == len(list)-1:
			text += " and "
		default:
			text += ", "
		}
		text += fmt.Sprint(id)
	}
	return text
}
