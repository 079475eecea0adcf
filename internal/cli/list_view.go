package cli

import (
	"cmp"
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// listView answers what lists ask of a live state.
type listView struct {
	live      *directory.Live
	caps      plan.Caps
	lacks     map[string]string                     // keys of a roster that the tool can't hold
	groupsOf  map[directory.UserID][]directory.Name // sorted by name
	active    map[directory.UserID]bool
	projectOf map[directory.ProjectID]directory.Name
}

func newListView(live *directory.Live, caps plan.Caps, lacks map[string]string) *listView {
	v := &listView{
		live: live, caps: caps, lacks: lacks, groupsOf: make(map[directory.UserID][]directory.Name), active: make(map[directory.UserID]bool),
		projectOf: make(map[directory.ProjectID]directory.Name),
	}
	for i := range live.Projects {
		v.projectOf[live.Projects[i].ID] = live.Projects[i].Name
	}
	for i := range live.Users {
		v.active[live.Users[i].ID] = live.Users[i].Active
	}
	for i := range live.Groups {
		for _, m := range live.Groups[i].Members {
			v.groupsOf[m] = append(v.groupsOf[m], live.Groups[i].Name)
		}
	}
	for _, names := range v.groupsOf {
		slices.Sort(names)
	}
	return v
}

// holds reports whether the tool can hold a key of a roster, and so has something to show for it.
func (v *listView) holds(key string) bool {
	_, lacks := v.lacks[key]
	return !lacks
}

func (v *listView) user(u *directory.User) userRow {
	row := userRow{
		ID: u.ID, Email: u.Email, Name: u.Name, GivenName: u.GivenName, FamilyName: u.FamilyName, Role: u.Role, Active: u.Active,
		Pending: u.Pending, SignOn: u.SignOn, ExternalName: u.ExternalName, Groups: v.groupsOf[u.ID],
	}
	if row.Groups == nil {
		row.Groups = []directory.Name{}
	}
	for _, p := range u.Projects {
		row.Projects = append(row.Projects, v.projectOf[p])
	}
	slices.Sort(row.Projects)
	if v.caps.Reported[plan.FieldAdmin] {
		admin := u.Admin
		row.Admin = &admin
	}
	return row
}

// users returns the accounts that pass the filters, by address.
func (v *listView) users(f *filters, want *directory.Desired) ([]userRow, error) {
	if f.admins && !v.caps.Reported[plan.FieldAdmin] {
		return nil, usage("the version of the tool is too old for that", "--admins: this instance does not report who is an administrator")
	}
	members := make([]map[directory.UserID]bool, len(f.groups))
	for i, name := range f.groups {
		g, err := v.group(name)
		if err != nil {
			return nil, err
		}
		members[i] = make(map[directory.UserID]bool)
		for _, m := range g.Members {
			members[i][m] = true
		}
	}
	var projects []directory.ProjectID
	for _, name := range f.projects {
		p, err := v.project(name)
		if err != nil {
			return nil, err
		}
		projects = append(projects, p.ID)
	}
	listed := make(map[directory.EmailKey]bool)
	pinned := make(map[directory.UserID]bool)
	if want != nil {
		for i := range want.Users {
			listed[want.Users[i].Email.Key()] = true
			pinned[want.Users[i].ID.Value] = want.Users[i].ID.Set
		}
	}
	rows := []userRow{}
	for i := range v.live.Users {
		u := &v.live.Users[i]
		keep := !(f.admins && !u.Admin) && !(f.inactive && u.Active) && !(f.unlisted && (listed[u.Email.Key()] || pinned[u.ID]))
		for _, m := range members {
			keep = keep && m[u.ID]
		}
		for _, p := range projects {
			in := u.AssignedProjects
			if v.holds("projects") {
				in = u.Projects
			}
			keep = keep && slices.Contains(in, p)
		}
		if keep {
			rows = append(rows, v.user(u))
		}
	}
	slices.SortFunc(rows, func(a, b userRow) int {
		return cmp.Or(cmp.Compare(a.Email.Key(), b.Email.Key()), cmp.Compare(a.ID, b.ID))
	})
	return rows, nil
}

// groups returns the groups that pass the filters, by name.
func (v *listView) groups(f *filters, want *directory.Desired) ([]groupRow, error) {
	listed := make(map[directory.Name]bool)
	if want != nil {
		for i := range want.Groups {
			listed[want.Groups[i].Name.Canonical()] = true
		}
	}
	var with []map[directory.GroupID]bool
	for _, name := range f.projects {
		p, err := v.project(name)
		if err != nil {
			return nil, err
		}
		if !p.GroupsKnown && v.holds("projects") {
			return nil, usage("`rollcall list users --project` shows its members", "--project %q: the tool does not report which groups have access to a project", name)
		}
		has := make(map[directory.GroupID]bool)
		for _, id := range p.Groups {
			has[id] = true
		}
		with = append(with, has)
	}
	rows := []groupRow{}
	for i := range v.live.Groups {
		g := &v.live.Groups[i]
		keep := !f.unlisted || !listed[g.Name.Canonical()]
		for _, has := range with {
			keep = keep && has[g.ID]
		}
		if !keep {
			continue
		}
		row := groupRow{ID: g.ID, Name: g.Name, Members: len(g.Members), Rights: g.Rights}
		for _, m := range g.Members {
			if !v.active[m] {
				row.Inactive++
			}
		}
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b groupRow) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return rows, nil
}

func (v *listView) roles() []roleRow {
	bearers := make(map[directory.RoleID]int)
	for i := range v.live.Users {
		bearers[v.live.Users[i].RoleID]++
	}
	rows := []roleRow{}
	for _, r := range v.live.Roles {
		rows = append(rows, roleRow{ID: r.ID, Name: r.Name, Default: r.Default, Users: bearers[r.ID]})
	}
	slices.SortFunc(rows, func(a, b roleRow) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return rows
}

func (v *listView) projects() []projectRow {
	names := make(map[directory.GroupID]directory.Name)
	for i := range v.live.Groups {
		names[v.live.Groups[i].ID] = v.live.Groups[i].Name
	}
	members := make(map[directory.ProjectID]int)
	for i := range v.live.Users {
		for _, p := range v.live.Users[i].Projects {
			members[p]++
		}
	}
	rows := []projectRow{}
	for _, p := range v.live.Projects {
		row := projectRow{ID: p.ID, Name: p.Name, Sample: p.Sample}
		if v.holds("projects") {
			n := members[p.ID]
			row.Members = &n
		}
		if p.GroupsKnown || !v.holds("projects") {
			row.Groups = []directory.Name{}
		}
		for _, g := range p.Groups {
			row.Groups = append(row.Groups, names[g])
		}
		slices.Sort(row.Groups)
		rows = append(rows, row)
	}
	slices.SortFunc(rows, func(a, b projectRow) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return rows
}

func (v *listView) profiles() []profileRow {
	rows := []profileRow{}
	for _, p := range v.live.Profiles {
		rows = append(rows, profileRow{ID: p.ID, Name: p.Name, Default: p.Name.Canonical() == directory.DefaultProfile.Canonical()})
	}
	slices.SortFunc(rows, func(a, b profileRow) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return rows
}

func (v *listView) signOns() []signOnRow {
	bearers := make(map[directory.Name]int)
	for i := range v.live.Users {
		bearers[v.live.Users[i].SignOn]++
	}
	rows := []signOnRow{}
	for _, s := range v.live.SignOns {
		rows = append(rows, signOnRow{ID: s.ID, Name: s.Name, Own: s.Own, Users: bearers[s.Name]})
	}
	slices.SortFunc(rows, func(a, b signOnRow) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return rows
}

// group returns the group of a name, or a usage error that says what may have been meant.
func (v *listView) group(name string) (*directory.Group, error) {
	var known []string
	for i := range v.live.Groups {
		if v.live.Groups[i].Name.Canonical() == directory.Name(name).Canonical() {
			return &v.live.Groups[i], nil
		}
		known = append(known, string(v.live.Groups[i].Name))
	}
	return nil, usage(didYouMean(name, known, "`rollcall list groups` shows them"), "--group %q does not exist", name)
}

// project returns the project of a name, or a usage error that says what may have been meant.
func (v *listView) project(name string) (*directory.Project, error) {
	var known []string
	for i := range v.live.Projects {
		if v.live.Projects[i].Name.Canonical() == directory.Name(name).Canonical() {
			return &v.live.Projects[i], nil
		}
		known = append(known, string(v.live.Projects[i].Name))
	}
	return nil, usage(didYouMean(name, known, "`rollcall list projects` shows them"), "--project %q does not exist", name)
}
