package spec

import (
	"strconv"

	"gopkg.in/yaml.v3"

	"rollcall/internal/directory"
)

// memberships reads the projects that a person shall be a member of, all of them: an empty list takes the person out of
// every project.
func (r *entryReader) memberships(n *yaml.Node) ([]directory.ProjectRef, bool) {
	list := make([]directory.ProjectRef, 0, len(meant(n).Content))
	ok := r.items(n, "projects", func(item *yaml.Node) {
		if ref, ok := r.membership(item); ok {
			list = append(list, ref)
		}
	})
	repeated(list, func(p directory.ProjectRef) directory.Name { return p.Project }, func(again, first directory.ProjectRef) {
		r.repeated(again.Pos, first.Pos, "project %q", again.Project)
	})
	return list, ok
}

func (r *entryReader) membership(n *yaml.Node) (directory.ProjectRef, bool) {
	ref := directory.ProjectRef{Profile: directory.DefaultProfile}
	if m := meant(n); m.Kind == yaml.ScalarNode && m.ShortTag() == "!!str" {
		r.problem(n, "write {project: "+strconv.Quote(shorten(m.Value))+"}", "item of projects must be a mapping, not %s", describe(m))
		return ref, false
	}
	var named *yaml.Node // the project
	usable := false
	isMapping := r.fields(n, "item of projects", []string{"project", "profile"}, func(key string, _, v *yaml.Node) {
		switch key {
		case "project":
			named = v
			if ref.Project, usable = r.name(v, "project"); usable && !r.scope.AllowsProject(ref.Project) {
				r.outside(v, "projects", nearMatch(r.scope.Projects, ref.Project), "project %q", ref.Project)
			}
		case "profile":
			ref.ProfilePos = r.pos(v)
			if profile, ok := r.name(v, "profile"); ok {
				ref.Profile = profile
				if !r.scope.AllowsProfile(profile) {
					r.outside(v, "profiles", nearName(r.scope.Profiles, profile), "profile %q", profile)
				}
			}
		}
	})
	switch {
	case !isMapping:
		return ref, false
	case named == nil:
		r.problem(n, "", "item of projects has no project")
		return ref, false
	case ref.ProfilePos.Line == 0 && !r.scope.AllowsProfile(ref.Profile):
		r.outside(named, "profiles", "", "profile %q, since none is named,", ref.Profile)
	}
	if ref.Pos = r.pos(named); n.Kind == yaml.AliasNode {
		ref.Pos = r.pos(n)
	}
	return ref, usable
}
