package plan

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
)

// A group may give its members rights over the whole instance, and with most of them an account can be changed, a password
// set or a right granted: whoever joins such a group can make an administrator of himself.
//
//	rights of the group            joining it
//	none                           a membership
//	minor ones alone               a membership, whose action says the rights
//	any other, also unknown ones   counts for max_admin_grants, is shown first, and is beyond a pattern of a scope

// governs reports whether the members of a live group are as good as administrators.
func (b *builder) governs(g *directory.Group) bool {
	return g != nil && slices.ContainsFunc(g.Rights, func(right string) bool { return !slices.Contains(b.caps.MinorRights, right) })
}

// isGovernor reports whether the subject is a member now of a group that governs.
func (b *builder) isGovernor(a *Action) bool {
	return a.Kind.OnUser() && slices.ContainsFunc(b.ix.live.Groups, func(g directory.Group) bool {
		return b.governs(&g) && contains(g.Members, directory.UserID(a.SubjectID))
	})
}

// grants counts the people whom an action makes as good as administrators.
func (b *builder) grants(a *Action) int {
	if a.Kind == UpdateGroup && a.Admin {
		return len(a.Members.Add)
	}
	return one(setsAdmin(a) || returnsAdmin(a) || b.movesAdmin(a) || a.Kind == ReactivateUser && b.isGovernor(a))
}

// checkGovernors finds files other than the root file that would put somebody into a group that governs, or bring a member
// of it back, without a scope that names the group: whoever wrote a pattern did not think of it.
func (b *builder) checkGovernors() {
	outside := func(pos directory.Pos, scope *directory.Scope, who directory.Email, verb string, group directory.Name) {
		b.found.problem(pos, fmt.Sprintf("user %s %s group %q, whose rights over the whole instance no pattern grants", who, verb, group),
			fmt.Sprintf("the root file can do it, or name the group at %s", scope.Entry))
	}
	for i := range b.groups {
		g := &b.groups[i]
		if !b.governs(g.live) {
			continue
		}
		joins := func(p *person) bool {
			return p.activeAfter() && (p.live == nil || !contains(g.live.Members, p.live.ID))
		}
		if !g.want.Scope.NamesGroup(g.live.Name) {
			for _, m := range g.want.Members.Value {
				if at, listed := b.byKey[m.Email.Key()]; listed && joins(&b.people[at]) {
					outside(m.Pos, g.want.Scope, m.Email, "would join", g.live.Name)
				}
			}
		}
		for j := range b.people {
			p := &b.people[j]
			if p.want.Scope.NamesGroup(g.live.Name) {
				continue
			}
			for _, ref := range p.want.Groups {
				if ref.Name.Canonical() == g.want.Name.Canonical() && joins(p) {
					outside(ref.Pos, p.want.Scope, p.want.Email, "would join", g.live.Name)
				}
			}
		}
	}
	for i := range b.people {
		p := &b.people[i]
		if p.fate != fateReactivate {
			continue
		}
		for j := range b.ix.live.Groups {
			g := &b.ix.live.Groups[j]
			if b.governs(g) && contains(g.Members, p.live.ID) && !p.want.Scope.NamesGroup(g.Name) {
				outside(p.want.Active.Pos, p.want.Scope, p.want.Email, "would come back to", g.Name)
			}
		}
	}
}
