package qtestsim

import (
	"cmp"
	"fmt"
	"slices"

	"rollcall/internal/sim/people"
)

// account is a User with what is derived or never saved.
type account struct {
	User
	groups   []int  // that list it, ascending
	projects []int  // that list it, ascending
	password string // given by the API; "" is DefaultPassword, or VendorPassword
	revoked  bool   // its long-lived token ended
}

func (a *account) active() bool { return a.Status == StatusActive }

// State is what a site holds. It is only reached inside Server.Edit and the Before hook, while the server's lock is
// held, and must not be kept beyond. What it hands out are copies.
//
// Edits through State are a foreign writer's (the web pages, another script): the rules of the API do not apply, the
// integrity of references does.
type State struct {
	url       string
	users     []*account // by id
	byID      map[int]*account
	byName    map[string][]*account // by folded username, then by id
	groups    []*Group              // by id
	profiles  []Profile
	projects  []*Project // by id
	systems   []AuthSystem
	active    int // active accounts, that is seats taken
	lastUser  int
	lastGroup int // also of one that was deleted: no id is given twice
}

// newState indexes a snapshot, or says what is wrong with it. It keeps nothing of the snapshot's slices. A snapshot
// without profiles gets the default ones.
func newState(s Snapshot) (*State, error) {
	st := &State{
		url: s.URL, byID: make(map[int]*account, len(s.Users)), byName: make(map[string][]*account, len(s.Users)),
		profiles: slices.Clone(s.Profiles),
	}
	if len(st.profiles) == 0 {
		st.profiles = EmptySnapshot().Profiles
	}
	steps := []func() error{
		func() error { return checkProfiles(st.profiles) },
		func() error {
			return each("auth system", s.AuthSystems, func(a AuthSystem) int { return a.ID }, st.addSystem)
		},
		func() error { return each("user", s.Users, func(u User) int { return u.ID }, drop(st.AddUser)) },
		func() error { return each("project", s.Projects, func(p Project) int { return p.ID }, st.SetProject) },
		func() error { return each("group", s.Groups, func(g Group) int { return g.ID }, drop(st.AddGroup)) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("snapshot: %w", err)
		}
	}
	for _, u := range st.users {
		if err := st.checkGrants(u.FormerProjects); err != nil {
			return nil, fmt.Errorf("snapshot: user %d: %w", u.ID, err)
		}
	}
	return st, nil
}

// each adds the items of a snapshot, whose ids are positive and unique.
func each[T any](noun string, items []T, id func(T) int, add func(T) error) error {
	seen := make(map[int]bool, len(items))
	for _, item := range items {
		n := id(item)
		if n < 1 || seen[n] {
			return fmt.Errorf("%s: id %d is not positive or not unique", noun, n)
		}
		seen[n] = true
		if err := add(item); err != nil {
			return err
		}
	}
	return nil
}

func drop[T any](add func(T) (T, error)) func(T) error {
	return func(item T) error {
		_, err := add(item)
		return err
	}
}

func checkProfiles(profiles []Profile) error {
	return each("profile", profiles, func(p Profile) int { return p.ID }, func(Profile) error { return nil })
}

// snapshot copies the state.
func (st *State) snapshot() Snapshot {
	return Snapshot{
		URL: st.url, Users: st.Users(), Groups: st.Groups(), Profiles: slices.Clone(st.profiles), Projects: st.Projects(),
		AuthSystems: cloneEach(st.systems, copySystem),
	}
}

func cloneEach[T any](items []T, clone func(T) T) []T {
	out := make([]T, len(items))
	for i, item := range items {
		out[i] = clone(item)
	}
	return out
}

func copyUser(u User) User {
	u.FormerProjects = slices.Clone(u.FormerProjects)
	return u
}

func copyGroup(g Group) Group {
	g.Authorities, g.Projects, g.UserIDs = slices.Clone(g.Authorities), slices.Clone(g.Projects), slices.Clone(g.UserIDs)
	return g
}

func copyProject(p Project) Project {
	p.AdminIDs, p.Members = slices.Clone(p.AdminIDs), slices.Clone(p.Members)
	return p
}

func copySystem(a AuthSystem) AuthSystem {
	a.People = slices.Clone(a.People)
	return a
}

// Users returns all accounts by id.
func (st *State) Users() []User {
	out := make([]User, len(st.users))
	for i, a := range st.users {
		out[i] = copyUser(a.User)
	}
	return out
}

// User returns the account of that id.
func (st *State) User(id int) (User, bool) {
	if a := st.byID[id]; a != nil {
		return copyUser(a.User), true
	}
	return User{}, false
}

// UserByName returns the account of that username: of its exact spelling, else of one that folds to the same.
func (st *State) UserByName(username string) (User, bool) {
	if a := st.find(username, false); a != nil {
		return copyUser(a.User), true
	}
	return User{}, false
}

// GroupIDs returns the groups that list the account, in ascending order.
func (st *State) GroupIDs(user int) []int {
	if a := st.byID[user]; a != nil {
		return slices.Clone(a.groups)
	}
	return nil
}

func (st *State) find(username string, exact bool) *account {
	same := st.byName[people.Fold(username)]
	for _, a := range same {
		if a.Username == username {
			return a
		}
	}
	if exact || len(same) == 0 {
		return nil
	}
	return same[0]
}

// AddUser adds an account and returns it. An ID of 0 gets the next free one. Two accounts may bear the same username in
// different case: foreign writers manage that.
func (st *State) AddUser(u User) (User, error) {
	if u.ID == 0 {
		u.ID = st.lastUser + 1
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
	st.lastUser = max(st.lastUser, u.ID)
	if a.active() {
		st.active++
	}
	return copyUser(u), nil
}

// SetUser replaces the account of u.ID. Its groups and projects stay.
func (st *State) SetUser(u User) error {
	a := st.byID[u.ID]
	if a == nil {
		return fmt.Errorf("user %d: unknown", u.ID)
	}
	if err := st.checkUser(u); err != nil {
		return err
	}
	if a.active() {
		st.active--
	}
	if u.Status == StatusActive {
		st.active++
	}
	key := people.Fold(a.Username)
	st.byName[key] = slices.DeleteFunc(st.byName[key], func(x *account) bool { return x == a })
	a.User = copyUser(u)
	st.index(a)
	return nil
}

func (st *State) checkUser(u User) error {
	if u.Username == "" {
		return fmt.Errorf("user %d: no username", u.ID)
	}
	if u.AuthSystem != 0 && st.system(u.AuthSystem) == nil {
		return fmt.Errorf("user %d: auth system %d is unknown", u.ID, u.AuthSystem)
	}
	if u.SiteProfile != 0 && !st.hasProfile(u.SiteProfile) {
		return fmt.Errorf("user %d: profile %d is unknown", u.ID, u.SiteProfile)
	}
	return nil
}

// index keeps accounts of one folded username by id, so that the elder is found.
func (st *State) index(a *account) {
	key := people.Fold(a.Username)
	same := st.byName[key]
	at, _ := slices.BinarySearchFunc(same, a.ID, func(x *account, id int) int { return cmp.Compare(x.ID, id) })
	st.byName[key] = slices.Insert(same, at, a)
}

func (st *State) addSystem(a AuthSystem) error {
	switch a.Type {
	case "LDAP":
	case "SSO_SAML2", "TUA_OPENID":
		if slices.ContainsFunc(st.systems, func(other AuthSystem) bool { return other.Type == a.Type }) {
			return fmt.Errorf("auth system %d: a second one of type %s", a.ID, a.Type)
		}
	default:
		return fmt.Errorf("auth system %d: type is %q", a.ID, a.Type)
	}
	st.systems = append(st.systems, copySystem(a))
	return nil
}

func (st *State) system(id int) *AuthSystem {
	for i := range st.systems {
		if st.systems[i].ID == id {
			return &st.systems[i]
		}
	}
	return nil
}

func (st *State) hasProfile(id int) bool {
	return slices.ContainsFunc(st.profiles, func(p Profile) bool { return p.ID == id })
}

// profileName returns "" for an id that is unknown.
func (st *State) profileName(id int) string {
	for _, p := range st.profiles {
		if p.ID == id {
			return p.Name
		}
	}
	return ""
}

// profileNamed returns the id of the profile, or of the first one if there is none of that name.
func (st *State) profileNamed(name string) int {
	for _, p := range st.profiles {
		if p.Name == name {
			return p.ID
		}
	}
	return st.profiles[0].ID
}
