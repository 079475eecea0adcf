package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// checkNames finds what only the live state can show to be wrong about an entry: roles and projects that do not exist
// or that two of them are called, and people to create who have no name.
func (b *builder) checkNames() {
	var roles, projects, profiles []string
	for _, r := range b.ix.live.Roles {
		roles = append(roles, string(r.Name))
	}
	for _, p := range b.ix.live.Projects {
		projects = append(projects, string(p.Name))
	}
	for _, p := range b.ix.live.Profiles {
		profiles = append(profiles, string(p.Name))
	}
	for i := range b.people {
		p := &b.people[i]
		b.checkNameOf(p)
		b.checkSignOn(p)
		if role := p.want.Role; role.Set && b.caps.ReadsRoles {
			checkName(&b.found, "role", role.Value, role.Pos, b.ix.roles.get(role.Value.Canonical()), roles)
		}
		if p.want.AssignedProjects.Set && b.caps.Reported[FieldAssignedProjects] {
			for _, name := range p.want.AssignedProjects.Value {
				checkName(&b.found, "project", name, p.want.AssignedProjects.Pos, b.ix.projects.get(name.Canonical()), projects)
			}
		}
		if b.ix.live.ProjectsRead {
			for _, ref := range p.want.Projects.Value {
				if ref.ID == 0 {
					checkName(&b.found, "project", ref.Project, ref.Pos, b.ix.projects.get(ref.Project.Canonical()), projects)
				}
				if pos := cmp.Or(ref.ProfilePos, ref.Pos); pos == ref.ProfilePos || b.joins(p, &ref) {
					checkName(&b.found, "profile", ref.Profile, pos, b.ix.profiles.get(ref.Profile.Canonical()), profiles)
				}
			}
		}
	}
	b.checkAdminGroup()
}

// checkNameOf finds people who have no name to be created with, and names that have to be written in two parts and can't
// be split beyond doubt.
func (b *builder) checkNameOf(p *person) {
	w := p.want
	if p.unclear {
		return
	}
	if parts := b.caps.NameParts && w.GivenName.Set && w.FamilyName.Set; p.fate == fateCreate && !w.Name.Set && !parts {
		missing := "no `name`"
		switch {
		case b.caps.NameParts && w.GivenName.Set:
			missing = "no `family_name`"
		case b.caps.NameParts && w.FamilyName.Set:
			missing = "no `given_name`"
		}
		b.found.problem(w.Pos, fmt.Sprintf("user %s does not exist and has %s: it can't be created", w.Email, missing), "")
	}
	if !b.caps.NameParts || !w.Name.Set || p.fate == fateAbsent || p.fate == fateDormant {
		return
	}
	switch {
	case !b.caps.Kinds[p.fate.kind()], !b.caps.Writable[FieldName], b.namesFixed(p):
		return // nothing of it is written
	case p.live != nil && same(FieldName, Text(p.live.Name), Text(oneSpaced(w.Name.Value))):
		return
	}
	if !splits(w.Name.Value) {
		b.found.problem(w.Name.Pos, fmt.Sprintf("name %q can't be split into a given and a family name", w.Name.Value), "write `given_name` and `family_name` in its place")
	}
}

// splits reports whether a name can be split into a given and a family name beyond doubt.
func splits(name string) bool {
	_, _, ok := directory.SplitName(name)
	return ok
}

// oneSpaced returns a name with one space between its words.
func oneSpaced(name string) string { return strings.Join(strings.Fields(name), " ") }

// checkAdminGroup finds the group whose members are the administrators, listed as a group like others: then whoever may
// change its members could make administrators past every guard.
func (b *builder) checkAdminGroup() {
	if b.caps.AdminGroup == "" {
		return
	}
	for i := range b.want.Groups {
		g := &b.want.Groups[i]
		for _, name := range append([]directory.Key[directory.Name]{directory.At(g.Name, g.Pos)}, g.Was...) {
			if strings.EqualFold(string(name.Value.Canonical()), string(b.caps.AdminGroup.Canonical())) {
				b.found.problem(name.Pos, fmt.Sprintf("group %q is the group of the administrators, which is no group here", name.Value), "write `admin: true` on each of them in its place")
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
// of its scope that it takes over by pin, and a role, group or project outside that a reactivation would bring back.
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
		hasRole := b.caps.Reported[FieldRole] || p.live.Role != "" // a tool may know no roles
		if !p.want.Role.Set && hasRole && !scope.AllowsRole(p.live.Role) {
			outside(p.want.Active.Pos, scope, fmt.Sprintf("user %s: a reactivation brings back the role %q", p.want.Email, p.live.Role))
		}
		for _, group := range b.groupsOf(p.live.ID) {
			if !scope.AllowsGroup(group) {
				outside(p.want.Active.Pos, scope, fmt.Sprintf("user %s: a reactivation brings back the group %q", p.want.Email, group))
			}
		}
		if b.caps.Kinds[AddToProject] && !p.want.Projects.Set && len(p.live.Projects) == 0 && !p.live.Pending && !slices.Contains(scope.Projects, "*") {
			b.found.note(Note{Code: NoteProjectsReturn, Subject: string(p.want.Email), Source: place(p.want.Active.Pos),
				Text: "a reactivation may bring back projects that can't be seen now and that this file may not grant; `projects` says which shall stay"})
		}
		for _, id := range p.live.Projects {
			if project := b.ix.project(id); !p.want.Projects.Set && project != nil && !project.Sample && !scope.AllowsProject(project.Name) {
				outside(p.want.Active.Pos, scope, fmt.Sprintf("user %s: a reactivation brings back the project %q", p.want.Email, project.Name))
			}
		}
	}
	for _, g := range b.groups {
		if g.want.Scope != nil && g.renamed && !g.want.Scope.AllowsGroup(g.live.Name) {
			outside(g.want.Pos, g.want.Scope, fmt.Sprintf("group %q: group %d is %q", g.want.Name, g.live.ID, g.live.Name))
		}
	}
}
