package plan

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// groupMatch is a group of the file and the live group it means.
type groupMatch struct {
	want    *directory.WantGroup
	live    *directory.Group // nil if there is none
	renamed bool
}

func (b *builder) matchGroups() {
	claims := make([]claim[directory.Name, directory.GroupID], len(b.want.Groups))
	for i := range b.want.Groups {
		g := &b.want.Groups[i]
		claims[i] = claim[directory.Name, directory.GroupID]{
			text: string(g.Name), key: g.Name.Canonical(), pos: &g.Pos, pin: &g.ID,
		}
		for _, was := range g.Was {
			claims[i].was = append(claims[i].was, directory.At(was.Value.Canonical(), was.Pos))
		}
	}
	live := population[directory.Name, directory.GroupID]{
		noun:  "group",
		label: func(name string) string { return fmt.Sprintf("group %q", name) },
		keyed: b.ix.byName.get,
		keyOf: func(id directory.GroupID) (directory.Name, bool) {
			g, ok := b.ix.groups[id]
			if !ok {
				return "", false
			}
			return g.Name.Canonical(), true
		},
	}
	if !b.caps.ReadsGroups {
		// Nothing is known of the groups: every one is a manual step, and a pin can't be checked.
		for i := range claims {
			claims[i].pin = &directory.Key[directory.GroupID]{}
		}
	}
	matched := match(claims, live, &b.found)
	b.groups = make([]groupMatch, len(matched))
	b.listed = make(map[directory.GroupID]bool, len(matched))
	for i, m := range matched {
		b.groups[i].want = &b.want.Groups[i]
		if m.found {
			b.groups[i].live, b.groups[i].renamed = b.ix.groups[m.id], m.renamed
			b.listed[m.id] = true
		}
	}
}

// diffGroups returns one action for each listed group that is not as the file says: with full lists, one write.
func (b *builder) diffGroups() []Action {
	var actions []Action
	declared := b.want.Members()
	for i := range b.groups {
		g := &b.groups[i]
		a := Action{Subject: string(b.nameOf(g)), Cause: CauseDeclared, Source: place(g.want.Pos)}
		roster := b.roster(g, declared[g.want.Name.Canonical()])
		a.Members = &MemberChange{Add: roster.add, Remove: roster.remove, Keep: roster.keep}
		switch {
		case !b.caps.ReadsGroups:
			a.Kind, a.Detail = CreateGroup, "it may be there already: see that it has these members"
		case g.live == nil:
			a.Kind = CreateGroup
		default:
			a.Kind, a.SubjectID, a.Admin = UpdateGroup, int64(g.live.ID), b.governs(g.live)
			if g.renamed {
				a.Fields = []FieldChange{{Field: FieldName, Old: Text(string(g.live.Name)), New: Text(string(g.want.Name))}}
			}
			if len(a.Fields)+len(roster.add)+len(roster.remove) == 0 {
				continue
			}
		}
		if g.live != nil && len(g.live.Rights) > 0 && len(roster.add)+len(roster.remove) > 0 {
			a.Detail = joined(a.Detail, "its members have rights over the whole instance: "+strings.Join(g.live.Rights, ", "))
		}
		a.ID = actionID(a.Kind, a.Subject)
		actions = append(actions, a)
	}
	return actions
}

// nameOf returns the name that a group has once the plan is applied: that of the file, unless somebody has to change it by
// hand before.
func (b *builder) nameOf(g *groupMatch) directory.Name {
	if g.renamed && !(b.caps.Kinds[UpdateGroup] && b.caps.RenamesGroups) {
		return g.live.Name
	}
	return g.want.Name
}

// roster is how one group's members change.
type roster struct {
	add, remove []Member
	keep        int
}

// roster compares a group's live members with the desired ones, into which kept has folded what is not ours.
func (b *builder) roster(g *groupMatch, declared []directory.MemberRef) roster {
	r := roster{add: []Member{}, remove: []Member{}} // a list in the JSON form, never null
	wanted := make(map[directory.UserID]bool, len(declared))
	var liveMembers []directory.UserID
	if g.live != nil {
		liveMembers = g.live.Members
	}
	for _, m := range declared {
		at, listed := b.byKey[m.Email.Key()]
		if !listed {
			continue // the loader has refused it already
		}
		p := &b.people[at]
		isMember := p.live != nil && contains(liveMembers, p.live.ID)
		switch {
		case isMember:
			wanted[p.live.ID] = true
		case !p.activeAfter():
			// An inactive account is never added, and its absence is no drift.
		case p.live == nil:
			r.add = append(r.add, Member{User: p.want.Email, Source: place(m.Pos)})
		default:
			r.add = append(r.add, Member{User: b.address(p), ID: p.live.ID, Source: place(m.Pos)})
		}
	}
	b.keep(g, wanted)
	for _, id := range liveMembers {
		if wanted[id] {
			r.keep++
			continue
		}
		u := b.ix.users[id]
		r.remove = append(r.remove, Member{User: u.Email, ID: id, Inactive: !u.Active})
	}
	sortMembers(r.add)
	sortMembers(r.remove)
	return r
}

// contains reports whether a list that is sorted has id.
func contains(list []directory.UserID, id directory.UserID) bool {
	_, ok := slices.BinarySearch(list, id)
	return ok
}

func sortMembers(list []Member) {
	slices.SortFunc(list, func(a, b Member) int {
		if c := strings.Compare(string(a.User.Key()), string(b.User.Key())); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
}
