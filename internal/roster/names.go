package roster

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/edit"
	"rollcall/internal/plan"
)

// names counts what bears a name, so that a roster names only what is told apart by it.
type names map[directory.Name]int

// liveNames are the names of the live state that entries of people use.
type liveNames struct {
	roles, projects, profiles names
	signOns                   names // in lower case: it makes no difference
}

func newNames(live *directory.Live) liveNames {
	n := liveNames{roles: make(names), projects: make(names), profiles: make(names), signOns: make(names)}
	for i := range live.Roles {
		n.roles[live.Roles[i].Name.Canonical()]++
	}
	for i := range live.Projects {
		n.projects[live.Projects[i].Name.Canonical()]++
	}
	for i := range live.Profiles {
		n.profiles[live.Profiles[i].Name.Canonical()]++
	}
	for i := range live.SignOns {
		n.signOns[foldSignOn(live.SignOns[i].Name)] = 1
	}
	return n
}

func foldSignOn(name directory.Name) directory.Name {
	return directory.Name(strings.ToLower(string(name.Canonical())))
}

// refused returns why a roster can't hold a name, or "".
func (n names) refused(name directory.Name) string {
	switch {
	case !fits(string(name.Canonical())):
		return "a roster can't hold this name"
	case n[name.Canonical()] == 0:
		return "the tool does not list it"
	case n[name.Canonical()] > 1:
		return fmt.Sprintf("the name of %d", n[name.Canonical()])
	}
	return ""
}

// projectList returns the names of projects, sorted, or why they can't be written: all of them or none, since what a list
// leaves out is taken away.
func (o *output) projectList(ids []directory.ProjectID) (list []string, refused string) {
	for _, id := range ids {
		p := project(o.live, id)
		if p == nil {
			return nil, fmt.Sprintf("project %d is not listed by the tool", id)
		}
		name := p.Name.Canonical()
		if why := o.names.projects.refused(name); why != "" {
			return nil, fmt.Sprintf("project %d, %s: %s", id, edit.Quoted(string(name)), why)
		}
		list = append(list, string(name))
	}
	slices.Sort(list)
	return list, ""
}

// project returns the project of an id, nil for none.
func project(live *directory.Live, id directory.ProjectID) *directory.Project {
	at, ok := slices.BinarySearchFunc(live.Projects, id, func(p directory.Project, id directory.ProjectID) int {
		return cmp.Compare(p.ID, id)
	})
	if !ok {
		return nil
	}
	return &live.Projects[at]
}

// Needs returns with what else Write can say more of this live state: projects, if an account manages some or the tool has
// members of them, and the ways to sign on, if somebody has another than the tool's own.
func Needs(live *directory.Live, caps plan.Caps) directory.Extent {
	manages := func(u directory.User) bool { return len(u.AssignedProjects) > 0 }
	elsewhere := func(u directory.User) bool { return signsOnElsewhere(&u) }
	return directory.Extent{
		Projects: caps.Kinds[plan.AddToProject] || caps.Reported[plan.FieldAssignedProjects] && slices.ContainsFunc(live.Users, manages),
		SignOns:  caps.Reported[plan.FieldSignOn] && slices.ContainsFunc(live.Users, elsewhere),
	}
}

func signsOnElsewhere(u *directory.User) bool {
	return u.SignOn != "" && foldSignOn(u.SignOn) != foldSignOn(directory.OwnSignOn)
}
