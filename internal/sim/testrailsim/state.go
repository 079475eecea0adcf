package testrailsim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/sim/people"
)

// account is a User with what is derived: the groups that list it, in ascending order of id.
type account struct {
	User
	groups []int
}

// State is what an instance holds. It is only reached inside Server.Edit and the Before hook, while the server's
// lock is held, and must not be kept beyond. What it hands out are copies.
//
// Edits through State are a foreign writer's (the web pages, another script): the rules of the API do not apply, the
// integrity of references does.
type State struct {
	url       string
	users     []*account // by id
	byID      map[int]*account
	byEmail   map[string][]*account // by folded address
	groups    []*Group              // by id
	groupByID map[int]*Group
	roles     []Role
	projects  []*Project // by id
	active    int        // active accounts, that is seats taken
	nextUser  int
	nextGroup int

	edits    uint64 // counts changes; what is cached below belongs to one count
	ordered  orderedUsers
	explicit map[int]projectUsers
}

// newState indexes a snapshot, or says what is wrong with it. It keeps nothing of the snapshot's slices. A snapshot
// without roles gets the built-in ones.
func newState(s Snapshot) (*State, error) {
	st := &State{
		url:       s.URL,
		byID:      make(map[int]*account, len(s.Users)),
		byEmail:   make(map[string][]*account, len(s.Users)),
		groupByID: make(map[int]*Group, len(s.Groups)),
		users:     make([]*account, 0, len(s.Users)),
		groups:    make([]*Group, 0, len(s.Groups)),
	}
	roles := s.Roles
	if len(roles) == 0 {
		roles = EmptySnapshot().Roles
	}
	if err := st.SetRoles(roles); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	for _, u := range s.Users {
		if u.ID < 1 {
			return nil, fmt.Errorf("snapshot: user %q: id is %d", u.Email, u.ID)
		}
		if _, err := st.AddUser(u); err != nil {
			return nil, fmt.Errorf("snapshot: %w", err)
		}
	}
	for _, g := range s.Groups {
		if g.ID < 1 {
			return nil, fmt.Errorf("snapshot: group %q: id is %d", g.Name, g.ID)
		}
		if _, err := st.AddGroup(g); err != nil {
			return nil, fmt.Errorf("snapshot: %w", err)
		}
	}
	for _, p := range s.Projects {
		if err := st.SetProject(p); err != nil {
			return nil, fmt.Errorf("snapshot: %w", err)
		}
	}
	for _, u := range st.users {
		for _, id := range u.AssignedProjects {
			if st.project(id) == nil {
				return nil, fmt.Errorf("snapshot: user %d: assigned project %d is unknown", u.ID, id)
			}
		}
	}
	return st, nil
}

// snapshot copies the state.
func (st *State) snapshot() Snapshot {
	return Snapshot{URL: st.url, Roles: st.Roles(), Users: st.Users(), Groups: st.Groups(), Projects: st.Projects()}
}

// Users returns all accounts by id.
func (st *State) Users() []User {
	out := make([]User, len(st.users))
	for i, u := range st.users {
		out[i] = copyUser(u.User)
	}
	return out
}

// User returns the account of that id.
func (st *State) User(id int) (User, bool) {
	if u := st.byID[id]; u != nil {
		return copyUser(u.User), true
	}
	return User{}, false
}

// UserByEmail returns the account of that address: of its exact spelling, else of one that folds to the same.
func (st *State) UserByEmail(email string) (User, bool) {
	if u := st.find(email, false); u != nil {
		return copyUser(u.User), true
	}
	return User{}, false
}

// GroupIDs returns the groups that list the account, in ascending order.
func (st *State) GroupIDs(userID int) []int {
	if u := st.byID[userID]; u != nil {
		return slices.Clone(u.groups)
	}
	return nil
}

func (st *State) find(email string, exact bool) *account {
	same := st.byEmail[people.Fold(email)]
	for _, u := range same {
		if u.Email == email {
			return u
		}
	}
	if exact || len(same) == 0 {
		return nil
	}
	return same[0]
}

// AddUser adds an account and returns it. An ID of 0 gets the next free one. Two accounts may bear the same address:
// foreign writers manage that.
func (st *State) AddUser(u User) (User, error) {
	if u.ID == 0 {
		u.ID = st.nextUser + 1
	}
	if st.byID[u.ID] != nil {
		return User{}, fmt.Errorf("user %d: id is taken", u.ID)
	}
	if err := st.checkUser(u); err != nil {
		return User{}, err
	}
	a := &account{User: copyUser(u)}
	at, _ := slices.BinarySearchFunc(st.users, u.ID, func(a *account, id int) int { return cmp.Compare(a.ID, id) })
	st.users = slices.Insert(st.users, at, a)
	st.byID[u.ID] = a
	st.index(a)
	st.nextUser = max(st.nextUser, u.ID)
	if u.IsActive {
		st.active++
	}
	st.edits++
	return copyUser(u), nil
}

// SetUser replaces the account of u.ID. Its groups stay.
func (st *State) SetUser(u User) error {
	a := st.byID[u.ID]
	if a == nil {
		return fmt.Errorf("user %d: unknown", u.ID)
	}
	if err := st.checkUser(u); err != nil {
		return err
	}
	if a.IsActive != u.IsActive {
		if u.IsActive {
			st.active++
		} else {
			st.active--
		}
	}
	if a.Email != u.Email {
		st.unindex(a)
		a.User = copyUser(u)
		st.index(a)
	} else {
		a.User = copyUser(u)
	}
	st.edits++
	return nil
}

func (st *State) checkUser(u User) error {
	if u.APIKey != "" && !strings.HasPrefix(u.APIKey, keyPrefix) {
		return fmt.Errorf("user %d: api_key does not begin with %q", u.ID, keyPrefix)
	}
	if st.role(u.RoleID) == nil {
		return fmt.Errorf("user %d: role %d is unknown", u.ID, u.RoleID)
	}
	return nil
}

// index keeps accounts of one folded address by id, so that the elder is found.
func (st *State) index(a *account) {
	key := people.Fold(a.Email)
	same := st.byEmail[key]
	at, _ := slices.BinarySearchFunc(same, a.ID, func(x *account, id int) int { return cmp.Compare(x.ID, id) })
	st.byEmail[key] = slices.Insert(same, at, a)
}

func (st *State) unindex(a *account) {
	key := people.Fold(a.Email)
	rest := slices.DeleteFunc(st.byEmail[key], func(x *account) bool { return x == a })
	if len(rest) == 0 {
		delete(st.byEmail, key)
		return
	}
	st.byEmail[key] = rest
}

func copyUser(u User) User {
	u.AssignedProjects = slices.Clone(u.AssignedProjects)
	return u
}

// Roles returns the roles in the order of get_roles.
func (st *State) Roles() []Role { return slices.Clone(st.roles) }

// SetRoles replaces the roles; those in use must stay, and exactly one must be the default.
func (st *State) SetRoles(roles []Role) error {
	seen := map[int]bool{}
	defaults := 0
	for _, r := range roles {
		if r.ID < 1 || seen[r.ID] {
			return fmt.Errorf("role %q: id %d is not positive or not unique", r.Name, r.ID)
		}
		seen[r.ID] = true
		if r.IsDefault {
			defaults++
		}
	}
	if defaults != 1 {
		return fmt.Errorf("roles: %d are the default, not 1", defaults)
	}
	for _, u := range st.users {
		if !seen[u.RoleID] {
			return fmt.Errorf("user %d: role %d is unknown", u.ID, u.RoleID)
		}
	}
	st.roles = slices.Clone(roles)
	st.edits++
	return nil
}

func (st *State) role(id int) *Role {
	for i := range st.roles {
		if st.roles[i].ID == id {
			return &st.roles[i]
		}
	}
	return nil
}

func (st *State) roleName(id int) string {
	if r := st.role(id); r != nil {
		return r.Name
	}
	return ""
}

func (st *State) defaultRole() int {
	for _, r := range st.roles {
		if r.IsDefault {
			return r.ID
		}
	}
	return 0
}
