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
