package origin

import (
	"slices"
	"strconv"

	"rollcall/internal/directory"
)

// group answers about a group.
func (q *question) group(g *directory.WantGroup, former string) *Answer {
	a := &Answer{
		FormatVersion: 1, Kind: Group, Subject: string(g.Name), Former: former, Today: q.opts.Today,
		Source: Place{Pos: g.Pos, Part: OwnEntry, Grant: grantOf(g.Scope, "groups")},
		Facts:  []Fact{}, Unmanaged: []string{},
	}
	p := entryFacts{answer: a, scope: g.Scope}
	if q.what == "name" {
		a.Facts = append(a.Facts, Fact{Key: "name", Value: string(g.Name), Places: []Place{a.Source}})
	}
	for _, was := range g.Was {
		p.say("was", string(was.Value), was.Pos, false)
	}
	key(&p, "id", g.ID, func(id directory.GroupID) string { return strconv.FormatInt(int64(id), 10) })
	key(&p, "mode", g.Mode, func(mode directory.GroupMode) string { return string(mode) })
	members := q.members(g)
	if len(members) == 0 {
		if g.Members.Set {
			p.say("members", "[]", g.Members.Pos, false)
		} else {
			a.Unmanaged = append(a.Unmanaged, "members")
		}
	}
	a.Facts = append(a.Facts, members...)
	if g.Note != "" {
		p.say("note", g.Note, g.Pos, false)
	}
	q.narrow(a, groupKeys())
	if q.what != "" && !a.Said {
		q.waysOfGroup(a, g)
	}
	return a
}

// members returns whom the roster makes a member of a group, in the order of the roster: by address.
func (q *question) members(g *directory.WantGroup) []Fact {
	listed := make(map[directory.EmailKey]directory.Pos, len(g.Members.Value))
	for _, m := range g.Members.Value {
		listed[m.Email.Key()] = m.Pos
	}
	name := g.Name.Canonical()
	var facts []Fact
	for i := range q.want.Users {
		u := &q.want.Users[i]
		own := slices.ContainsFunc(u.Groups, func(ref directory.GroupRef) bool { return ref.Name.Canonical() == name })
		at := listed[u.Email.Key()]
		if !own && at.Line == 0 {
			continue
		}
		facts = append(facts, Fact{
			Key: "member", Value: string(u.Email), Places: membership(g, u, at), Inactive: stateOf(u, q.opts.Today) == Inactive,
		})
	}
	return facts
}
