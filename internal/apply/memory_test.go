package apply_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"rollcall/internal/directory"
)

// memory is a target that keeps its state in memory. The zero value is an empty instance that does what it is told.
type memory struct {
	mu     sync.Mutex
	users  []directory.User
	groups []directory.Group
	lastID int64
	calls  []string // what was called, in order

	// before runs ahead of each call, without the lock; with an error the call has no effect. after runs behind a
	// write that took effect; its error is answered instead. Both get the call as it stands in calls.
	before, after func(call string) error

	twistUser    func(*directory.User)  // changes what a user write answers
	twistGroup   func(*directory.Group) // changes what a group write answers
	hideInactive bool                   // groups do not list their inactive members
	bansInactive bool                   // a list that holds an inactive account is refused
	lookUpDenies bool                   // FindUser finds nobody
}

// callError is an error as a provider makes it.
type callError struct {
	status                     int
	unclear, missing, canceled bool
	later                      bool // may succeed later ...
	atOnce                     bool // ... without a wait before
}

func (e callError) Error() string {
	if e.status == 0 {
		return "connection cut"
	}
	return fmt.Sprintf("HTTP %d", e.status)
}
func (e callError) HTTPStatus() int { return e.status }
func (e callError) Unclear() bool   { return e.unclear }
func (e callError) NotFound() bool  { return e.missing }

func (e callError) Again() (time.Duration, bool) {
	if e.atOnce {
		return 0, e.later
	}
	return time.Second, e.later
}

func (e callError) Is(target error) bool { return e.canceled && target == context.Canceled }

// The errors that a target answers most.
var (
	cut     = callError{unclear: true}
	broken  = callError{status: 502, unclear: true}
	refused = callError{status: 400}
	gone    = callError{status: 400, missing: true}
	busy    = callError{status: 429, later: true}
	down    = callError{status: 500, unclear: true, later: true}
)

func (m *memory) call(ctx context.Context, format string, args ...any) error {
	call := fmt.Sprintf(format, args...)
	m.mu.Lock()
	m.calls = append(m.calls, call)
	m.mu.Unlock()
	if m.before != nil {
		if err := m.before(call); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return callError{unclear: true}
	}
	return nil
}

func (m *memory) took(call string) error {
	if m.after != nil {
		return m.after(call)
	}
	return nil
}

// log returns the calls so far.
func (m *memory) log() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.calls)
}

// writes returns the calls so far that change something.
func (m *memory) writes() []string {
	return slices.DeleteFunc(m.log(), func(call string) bool {
		return strings.HasPrefix(call, "read") || strings.HasPrefix(call, "find_user ")
	})
}

// live returns a copy of the whole state, all members shown.
func (m *memory) live() *directory.Live {
	m.mu.Lock()
	defer m.mu.Unlock()
	live := &directory.Live{Self: 1, Users: slices.Clone(m.users), Groups: slices.Clone(m.groups), Roles: roles()}
	for i := range live.Groups {
		live.Groups[i].Members = slices.Clone(live.Groups[i].Members)
	}
	slices.SortFunc(live.Users, func(a, b directory.User) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(live.Groups, func(a, b directory.Group) int { return cmp.Compare(a.ID, b.ID) })
	return live
}

func roles() []directory.Role {
	return []directory.Role{{ID: 1, Name: "Lead"}, {ID: 3, Name: "Tester", Default: true}}
}

func (m *memory) Read(ctx context.Context, _ directory.Extent) (*directory.Live, error) {
	if err := m.call(ctx, "read"); err != nil {
		return nil, err
	}
	return m.live(), nil
}

func (m *memory) FindUser(ctx context.Context, email directory.Email) (directory.User, bool, error) {
	if err := m.call(ctx, "find_user %s", email); err != nil {
		return directory.User{}, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, u := range m.users {
		if u.Email.Key() == email.Key() && !m.lookUpDenies {
			return u, true, nil
		}
	}
	return directory.User{}, false, nil
}

func (m *memory) CreateUser(ctx context.Context, c directory.UserChange) (directory.User, error) {
	call := "create_user " + changeText(c)
	if err := m.call(ctx, "%s", call); err != nil {
		return directory.User{}, err
	}
	m.mu.Lock()
	for _, u := range m.users {
		if u.Email.Key() == c.Email.Key() {
			m.mu.Unlock()
			return directory.User{}, refused
		}
	}
	u := directory.User{ID: directory.UserID(m.nextID()), RoleID: 3, EmailNotifications: true}
	put(&u, c)
	m.users = append(m.users, u)
	m.mu.Unlock()
	return m.answerUser(u), m.took(call)
}

func (m *memory) UpdateUser(ctx context.Context, id directory.UserID, c directory.UserChange) (directory.User, error) {
	call := fmt.Sprintf("update_user %d %s", id, changeText(c))
	if err := m.call(ctx, "%s", call); err != nil {
		return directory.User{}, err
	}
	m.mu.Lock()
	i := slices.IndexFunc(m.users, func(u directory.User) bool { return u.ID == id })
	if i < 0 {
		m.mu.Unlock()
		return directory.User{}, refused
	}
	put(&m.users[i], c)
	u := m.users[i]
	m.mu.Unlock()
	return m.answerUser(u), m.took(call)
}

func (m *memory) ReadGroup(ctx context.Context, id directory.GroupID) (directory.Group, error) {
	if err := m.call(ctx, "read_group %d", id); err != nil {
		return directory.Group{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.groupAt(id)
	if i < 0 {
		return directory.Group{}, gone
	}
	return m.shown(m.groups[i]), nil
}

func (m *memory) CreateGroup(ctx context.Context, name directory.Name, members []directory.UserID) (directory.Group, error) {
	call := fmt.Sprintf("create_group %s %v", name, members)
	if err := m.call(ctx, "%s", call); err != nil {
		return directory.Group{}, err
	}
	m.mu.Lock()
	g := directory.Group{ID: directory.GroupID(m.nextID()), Name: name, Members: slices.Clone(members)}
	m.groups = append(m.groups, g)
	g = m.shown(g)
	m.mu.Unlock()
	return m.answerGroup(g), m.took(call)
}

func (m *memory) UpdateGroup(ctx context.Context, id directory.GroupID, name directory.Name, members []directory.UserID) (directory.Group, error) {
	call := fmt.Sprintf("update_group %d %s %v", id, name, members)
	if err := m.call(ctx, "%s", call); err != nil {
		return directory.Group{}, err
	}
	m.mu.Lock()
	i := m.groupAt(id)
	if i < 0 {
		m.mu.Unlock()
		return directory.Group{}, gone
	}
	if m.bansInactive && slices.ContainsFunc(m.users, func(u directory.User) bool { return !u.Active && slices.Contains(members, u.ID) }) {
		m.mu.Unlock()
		return directory.Group{}, refused
	}
	m.groups[i].Name, m.groups[i].Members = name, slices.Clone(members)
	g := m.shown(m.groups[i])
	m.mu.Unlock()
	return m.answerGroup(g), m.took(call)
}

func (m *memory) DeleteGroup(ctx context.Context, id directory.GroupID) error {
	call := fmt.Sprintf("delete_group %d", id)
	if err := m.call(ctx, "%s", call); err != nil {
		return err
	}
	m.mu.Lock()
	i := m.groupAt(id)
	if i < 0 {
		m.mu.Unlock()
		return gone
	}
	m.groups = slices.Delete(m.groups, i, i+1)
	m.mu.Unlock()
	return m.took(call)
}

func (m *memory) nextID() int64 {
	m.lastID = max(m.lastID, 100) + 1
	return m.lastID
}

func (m *memory) groupAt(id directory.GroupID) int {
	return slices.IndexFunc(m.groups, func(g directory.Group) bool { return g.ID == id })
}

// shown is a group as the instance lists it.
func (m *memory) shown(g directory.Group) directory.Group {
	members := []directory.UserID{}
	for _, id := range g.Members {
		i := slices.IndexFunc(m.users, func(u directory.User) bool { return u.ID == id })
		if !m.hideInactive || i < 0 || m.users[i].Active {
			members = append(members, id)
		}
	}
	slices.Sort(members)
	g.Members = members
	return g
}

func (m *memory) answerUser(u directory.User) directory.User {
	if m.twistUser != nil {
		m.twistUser(&u)
	}
	return u
}

func (m *memory) answerGroup(g directory.Group) directory.Group {
	if m.twistGroup != nil {
		m.twistGroup(&g)
	}
	return g
}

// edit changes the state as somebody else would, behind the run's back.
func (m *memory) edit(change func(m *memory)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

// setMembers gives a group other members; the lock must be held.
func (m *memory) setMembers(id directory.GroupID, members ...directory.UserID) {
	m.groups[m.groupAt(id)].Members = members
}

func put(u *directory.User, c directory.UserChange) {
	set(&u.Email, c.Email)
	set(&u.Name, c.Name)
	set(&u.Active, c.Active)
	set(&u.RoleID, c.RoleID)
	set(&u.Admin, c.Admin)
	set(&u.EmailNotifications, c.EmailNotifications)
	set(&u.MFARequired, c.MFARequired)
	set(&u.GivenName, c.GivenName)
	set(&u.FamilyName, c.FamilyName)
	if c.GivenName != nil || c.FamilyName != nil {
		u.Name = directory.FullName(u.GivenName, u.FamilyName)
	}
	set(&u.ExternalName, c.ExternalName)
	for _, s := range signOns() {
		if c.SignOn != nil && s.ID == *c.SignOn {
			u.SignOn = s.Name
		}
	}
	for _, role := range roles() {
		if role.ID == u.RoleID {
			u.Role = role.Name
		}
	}
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// changeText writes what a change sends, and nothing that it does not.
func changeText(c directory.UserChange) string {
	var parts []string
	add(&parts, "email", c.Email)
	add(&parts, "name", c.Name)
	add(&parts, "active", c.Active)
	add(&parts, "role", c.RoleID)
	add(&parts, "admin", c.Admin)
	add(&parts, "notifications", c.EmailNotifications)
	add(&parts, "mfa", c.MFARequired)
	add(&parts, "given", c.GivenName)
	add(&parts, "family", c.FamilyName)
	add(&parts, "sign-on", c.SignOn)
	add(&parts, "external", c.ExternalName)
	add(&parts, "groups", c.Groups)
	return strings.Join(parts, " ")
}

func add[T any](parts *[]string, name string, value *T) {
	if value != nil {
		*parts = append(*parts, fmt.Sprintf("%s=%v", name, *value))
	}
}
