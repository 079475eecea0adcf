package plan

import (
	"fmt"

	"rollcall/internal/directory"
)

// checkNames finds what only the live state can show to be wrong about an entry: roles and projects that do not exist
// or that two of them are called, and people to create who have no name.
func (b *builder) checkNames() {
	var roles, projects []string
	for _, r := range b.ix.live.Roles {
		roles = append(roles, string(r.Name))
	}
	for _, p := range b.ix.live.Projects {
		projects = append(projects, string(p.Name))
	}
	for i := range b.people {
		p := &b.people[i]
		if p.fate == fateCreate && !p.want.Name.Set && !p.unclear {
			b.found.problem(p.want.Pos, fmt.Sprintf("user %s does not exist and has no `name`: it can't be created", p.want.Email), "")
		}
		if role := p.want.Role; role.Set && b.caps.ReadsRoles {
			checkName(&b.found, "role", role.Value, role.Pos, b.ix.roles.get(role.Value.Canonical()), roles)
		}
		if p.want.AssignedProjects.Set && b.caps.Reported[FieldAssignedProjects] {
			for _, name := range p.want.AssignedProjects.Value {
				checkName(&b.found, "project", name, p.want.AssignedProjects.Pos, b.ix.projects.get(name.Canonical()), projects)
			}
		}
	}
}

func checkName[ID ~int64](found *findings, noun string, name directory.Name, pos directory.Pos, bearers []ID, known []string) {
	switch {
	case len(bearers) == 0:
		hint := ""
		if near, ok := directory.Suggest(string(name), known); ok {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		found.problem(pos, fmt.Sprintf("%s %q does not exist in the tool", noun, name), hint)
	case len(bearers) > 1:
		found.ambiguous(pos, fmt.Sprintf("%s %q is the name of %d live %ss, %s", noun, name, len(bearers), noun, ids(bearers)), "rename one of them in the tool")
	}
}

// checkGrants finds what a file other than the root file would grant through the live state: an account or group outside
// of its scope that it takes over by pin, and a role or group outside that a reactivation would bring back.
func (b *builder) checkGrants() {
	outside := func(pos directory.Pos, scope *directory.Scope, text string) {
		b.found.problem(pos, text+", which is outside of what this file may grant",
			fmt.Sprintf("the root file can do it, or allow it at %s", scope.Entry))
	}
	for i := range b.people {
		p := &b.people[i]
		scope := p.want.Scope
		if scope == nil || p.live == nil {
			continue
		}
		if p.renamed && !scope.AllowsDomain(p.live.Email.Domain()) {
			outside(p.want.Pos, scope, fmt.Sprintf("user %s: account %d is %s", p.want.Email, p.live.ID, p.live.Email))
		}
		if p.fate != fateReactivate {
			continue
		}
		if !p.want.Role.Set && !scope.AllowsRole(p.live.Role) {
			outside(p.want.Active.Pos, scope, fmt.Sprintf("user %s: a reactivation brings back the role %q", p.want.Email, p.live.Role))
		}
		for _, group := range b.groupsOf(p.live.ID) {
			if !scope.AllowsGroup(group) {
				outside(p.want.Active.Pos, scope, fmt.Sprintf("user %s: a reactivation brings back the group %q", p.want.Email, group))
			}
		}
	}
	for _, g := range b.groups {
		if g.want.Scope != nil && g.renamed && !g.want.Scope.AllowsGroup(g.live.Name) {
			outside(g.want.Pos, g.want.Scope, fmt.Sprintf("group %q: group %d is %q", g.want.Name, g.live.ID, g.live.Name))
		}
	}
}
