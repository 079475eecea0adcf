package apply

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// binding turns the names of a plan into the ids of the tool. It starts with the live state the plan was computed from
// and learns the accounts that the run creates or changes as they come to be. It is safe for concurrent use.
type binding struct {
	groups   map[directory.GroupID]*directory.Group // as the plan saw them
	roles    map[directory.Name]directory.RoleID
	roleName map[directory.RoleID]directory.Name
	projects map[directory.Name]directory.ProjectID
	project  map[directory.ProjectID]directory.Name
	profiles map[directory.Name]directory.ProfileID
	signOns  map[string]directory.SignOnID // by folded name; 0: two bear it, so it names neither

	mu      sync.Mutex
	users   map[directory.UserID]directory.User
	byEmail map[directory.EmailKey]directory.UserID // 0: two accounts bear the address, so it names neither
}

func bind(live *directory.Live) *binding {
	b := &binding{
		groups:   make(map[directory.GroupID]*directory.Group, len(live.Groups)),
		roles:    make(map[directory.Name]directory.RoleID),
		roleName: make(map[directory.RoleID]directory.Name),
		projects: make(map[directory.Name]directory.ProjectID, len(live.Projects)),
		project:  make(map[directory.ProjectID]directory.Name, len(live.Projects)),
		profiles: make(map[directory.Name]directory.ProfileID, len(live.Profiles)),
		signOns:  make(map[string]directory.SignOnID, len(live.SignOns)),
		users:    make(map[directory.UserID]directory.User, len(live.Users)),
		byEmail:  make(map[directory.EmailKey]directory.UserID, len(live.Users)),
	}
	for i := range live.Groups {
		b.groups[live.Groups[i].ID] = &live.Groups[i]
	}
	for _, role := range live.Roles {
		b.addRole(role.ID, role.Name)
	}
	for _, p := range live.Projects {
		b.projects[p.Name.Canonical()] = p.ID
		b.project[p.ID] = p.Name.Canonical()
	}
	for _, p := range live.Profiles {
		b.profiles[p.Name.Canonical()] = p.ID
	}
	for _, s := range live.SignOns {
		name := strings.ToLower(string(s.Name.Canonical()))
		if _, twice := b.signOns[name]; twice {
			b.signOns[name] = 0
		} else {
			b.signOns[name] = s.ID
		}
	}
	for _, u := range live.Users {
		// An instance that does not list its roles still shows those that somebody bears.
		b.addRole(u.RoleID, u.Role)
		b.users[u.ID] = u
		if _, twice := b.byEmail[u.Email.Key()]; twice {
			b.byEmail[u.Email.Key()] = 0
		} else {
			b.byEmail[u.Email.Key()] = u.ID
		}
	}
	return b
}

func (b *binding) addRole(id directory.RoleID, name directory.Name) {
	name = name.Canonical()
	if id == 0 || name == "" {
		return
	}
	if _, known := b.roles[name]; !known {
		b.roles[name] = id
	}
	if _, known := b.roleName[id]; !known {
		b.roleName[id] = name
	}
}

// learn remembers an account as the tool answered it.
func (b *binding) learn(u directory.User) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.users[u.ID] = u
	b.byEmail[u.Email.Key()] = u.ID
}

// user returns the id of the account that an action or a member is about: the id of the plan where it has one, else
// that of the only account with the address.
func (b *binding) user(id directory.UserID, email directory.Email) (directory.UserID, bool) {
	if id != 0 {
		return id, true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	id = b.byEmail[email.Key()]
	return id, id != 0
}

// account returns what is known of an account.
func (b *binding) account(id directory.UserID) (directory.User, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u, known := b.users[id]
	return u, known
}

// inactive reports whether an account is known to be inactive, from before the run or by it.
func (b *binding) inactive(id directory.UserID) bool {
	u, known := b.account(id)
	return known && !u.Active
}

// group returns the group as the plan saw it.
func (b *binding) group(a *plan.Action) (*directory.Group, error) {
	g, known := b.groups[directory.GroupID(a.SubjectID)]
	if !known {
		return nil, fmt.Errorf("group id %d is not in the live state of the plan", a.SubjectID)
	}
	return g, nil
}

// role and projectID return the id that a name stands for.
func (b *binding) role(name string) (directory.RoleID, error) {
	id, known := b.roles[directory.Name(name).Canonical()]
	if !known {
		return 0, fmt.Errorf("role %q has no known id", name)
	}
	return id, nil
}

func (b *binding) projectID(name string) (directory.ProjectID, error) {
	id, known := b.projects[directory.Name(name).Canonical()]
	if !known {
		return 0, fmt.Errorf("project %q has no known id", name)
	}
	return id, nil
}

// profile and signOn return the id that a name stands for. Names of ways to sign on are compared without case.
func (b *binding) profile(name string) (directory.ProfileID, error) {
	id, known := b.profiles[directory.Name(name).Canonical()]
	if !known {
		return 0, fmt.Errorf("profile %q has no known id", name)
	}
	return id, nil
}

func (b *binding) signOn(name string) (directory.SignOnID, error) {
	id := b.signOns[strings.ToLower(canonical(name))]
	if id == 0 {
		return 0, fmt.Errorf("auth system %q has no known id, or more than one", name)
	}
	return id, nil
}

// signOnLabel returns the folded name of an id, or "#7" for one without a known name.
func (b *binding) signOnLabel(id directory.SignOnID) string {
	for name, known := range b.signOns {
		if known == id {
			return name
		}
	}
	return fmt.Sprintf("#%d", id)
}

// roleLabel and projectLabel return the name of an id for readers, or "#7" for one without a known name.
func (b *binding) roleLabel(id directory.RoleID) string {
	if name, known := b.roleName[id]; known {
		return string(name)
	}
	return fmt.Sprintf("#%d", id)
}

func (b *binding) projectLabel(id directory.ProjectID) string {
	if name, known := b.project[id]; known {
		return string(name)
	}
	return fmt.Sprintf("#%d", id)
}

// listed is how many people a remark names before it only counts.
const listed = 10

// people names accounts for a reader, by address where it is known, sorted.
func (b *binding) people(ids []directory.UserID) string {
	names := make([]string, 0, len(ids))
	for _, id := range ids {
		if u, known := b.account(id); known {
			names = append(names, string(u.Email))
		} else {
			names = append(names, fmt.Sprintf("user id %d", id))
		}
	}
	return enumerate(names)
}

// enumerate sorts and joins names, and counts those after the first ten.
func enumerate(names []string) string {
	slices.Sort(names)
	if len(names) <= listed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:listed], ", "), len(names)-listed)
}
