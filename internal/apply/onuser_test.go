package apply_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// admins is the group that stands for User.Admin: the instance has it, and shows it to nobody.
const admins directory.GroupID = 90

// onUser is a memory whose memberships are written on the user, and which has members of projects. Its calls are named as
// those of the other side.
type onUser struct {
	*memory
	projects []directory.Project
	members  map[directory.ProjectID][]directory.UserID

	twist func(*directory.Account) // changes what an account write answers
}

// instanceOnUser is instance on the user's side, with the projects app (4) and web (5).
func instanceOnUser(groups ...directory.Group) *onUser {
	m := &onUser{memory: instance(append(groups, team(admins, "Administrators"))...), members: make(map[directory.ProjectID][]directory.UserID)}
	m.projects = []directory.Project{{ID: 4, Name: "app"}, {ID: 5, Name: "web"}}
	return m
}

func profiles() []directory.Profile {
	return []directory.Profile{{ID: 8, Name: "Developer"}, {ID: 9, Name: "Tester"}}
}

func signOns() []directory.SignOn {
	return []directory.SignOn{{ID: -1, Name: "Internal", Own: true}, {ID: 12, Name: "Acme SSO"}}
}

// capsOnUser are those of an instance that reports every field that onUser keeps.
func capsOnUser() plan.Caps {
	able := caps()
	able.Membership, able.NameParts, able.AdminGroup = plan.OnUser, true, "Administrators"
	for _, f := range []plan.Field{plan.FieldGivenName, plan.FieldFamilyName, plan.FieldSignOn, plan.FieldExternalName} {
		able.Reported[f] = true
	}
	return able
}

// inputOnUser is input on the user's side.
func inputOnUser(m *onUser, p *plan.Plan) apply.Input {
	in := input(m.memory, p)
	in.Live, in.Caps, in.Target = m.live(), capsOnUser(), m
	return in
}

// live returns a copy of the whole state.
func (m *onUser) live() *directory.Live {
	live := m.memory.live()
	m.mu.Lock()
	defer m.mu.Unlock()
	live.Groups = slices.DeleteFunc(live.Groups, func(g directory.Group) bool { return g.ID == admins })
	live.Projects, live.Profiles, live.SignOns = m.projects, profiles(), signOns()
	live.ProjectsRead, live.SignOnsRead = true, true
	for i := range live.Users {
		u := &live.Users[i]
		u.Admin, u.Projects = m.isIn(admins, u.ID), nil
		for _, p := range m.projects {
			if slices.Contains(m.members[p.ID], u.ID) {
				u.Projects = append(u.Projects, p.ID)
			}
		}
	}
	return live
}

// isIn reports whether an account is in a group; the lock must be held.
func (m *onUser) isIn(group directory.GroupID, id directory.UserID) bool {
	return slices.Contains(m.groups[m.groupAt(group)].Members, id)
}

// account is an account as the instance answers it; the lock must be held.
func (m *onUser) account(u directory.User) directory.Account {
	a := directory.Account{User: u, Groups: []directory.GroupID{}}
	a.Admin = m.isIn(admins, u.ID)
	for _, g := range m.groups {
		if g.ID != admins && slices.Contains(g.Members, u.ID) {
			a.Groups = append(a.Groups, g.ID)
		}
	}
	slices.Sort(a.Groups)
	return a
}

// join makes a set the groups of an account, or says that one of them does not exist; the lock must be held.
func (m *onUser) join(id directory.UserID, set []directory.GroupID, admin bool) error {
	if admin {
		set = append(slices.Clone(set), admins)
	}
	for _, group := range set {
		if m.groupAt(group) < 0 {
			return refused
		}
	}
	for i := range m.groups {
		g := &m.groups[i]
		g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(member directory.UserID) bool { return member == id })
		if slices.Contains(set, g.ID) {
			g.Members = append(g.Members, id)
		}
		slices.Sort(g.Members)
	}
	return nil
}

func (m *onUser) Read(ctx context.Context, _ directory.Extent) (*directory.Live, error) {
	if err := m.call(ctx, "read"); err != nil {
		return nil, err
	}
	return m.live(), nil
}

func (m *onUser) CreateAccount(ctx context.Context, c directory.UserChange) (directory.Account, error) {
	call := "create_user " + changeText(c)
	if err := m.call(ctx, "%s", call); err != nil {
		return directory.Account{}, err
	}
	m.mu.Lock()
	for _, u := range m.users {
		if u.Email.Key() == c.Email.Key() {
			m.mu.Unlock()
			return directory.Account{}, refused
		}
	}
	u := directory.User{ID: directory.UserID(m.nextID()), RoleID: 3, EmailNotifications: true}
	put(&u, c)
	if err := m.join(u.ID, *c.Groups, u.Admin); err != nil {
		m.mu.Unlock()
		return directory.Account{}, err
	}
	m.users = append(m.users, u)
	a := m.account(u)
	m.mu.Unlock()
	return m.answer(a), m.took(call)
}

func (m *onUser) ReadAccount(ctx context.Context, id directory.UserID) (directory.Account, error) {
	if err := m.call(ctx, "read_user %d", id); err != nil {
		return directory.Account{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.users, func(u directory.User) bool { return u.ID == id })
	if i < 0 {
		return directory.Account{}, gone
	}
	return m.account(m.users[i]), nil
}

// UpdateAccount writes the full set of groups always, as a tool does that wants everything repeated.
func (m *onUser) UpdateAccount(ctx context.Context, now directory.Account, c directory.UserChange) (directory.Account, error) {
	call := fmt.Sprintf("update_user %d %s", now.ID, changeText(c))
	if err := m.call(ctx, "%s", call); err != nil {
		return directory.Account{}, err
	}
	set, admin := now.Groups, now.Admin
	if c.Groups != nil {
		set = *c.Groups
	}
	if c.Admin != nil {
		admin = *c.Admin
	}
	m.mu.Lock()
	i := slices.IndexFunc(m.users, func(u directory.User) bool { return u.ID == now.ID })
	if err := m.join(now.ID, set, admin); err != nil || i < 0 {
		m.mu.Unlock()
		return directory.Account{}, refused
	}
	put(&m.users[i], c)
	a := m.account(m.users[i])
	m.mu.Unlock()
	return m.answer(a), m.took(call)
}

func (m *onUser) answer(a directory.Account) directory.Account {
	a.User = m.answerUser(a.User)
	if m.twist != nil {
		m.twist(&a)
	}
	return a
}

func (m *onUser) ReadProject(ctx context.Context, id directory.ProjectID) ([]directory.UserID, error) {
	if err := m.call(ctx, "read_project %d", id); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(slices.Values(m.members[id])), nil
}

func (m *onUser) AddToProject(ctx context.Context, id directory.ProjectID, profile directory.ProfileID, users []directory.UserID) error {
	call := fmt.Sprintf("add_to_project %d as %d %v", id, profile, users)
	if err := m.call(ctx, "%s", call); err != nil {
		return err
	}
	m.mu.Lock()
	m.members[id] = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(m.members[id]), users...))))
	m.mu.Unlock()
	return m.took(call)
}

func (m *onUser) RemoveFromProject(ctx context.Context, id directory.ProjectID, users []directory.UserID) error {
	call := fmt.Sprintf("remove_from_project %d %v", id, users)
	if err := m.call(ctx, "%s", call); err != nil {
		return err
	}
	m.mu.Lock()
	m.members[id] = slices.DeleteFunc(slices.Clone(m.members[id]), func(u directory.UserID) bool { return slices.Contains(users, u) })
	m.mu.Unlock()
	return m.took(call)
}

// groupsOf returns the groups of an account as they are, without the hidden one.
func (m *onUser) groupsOf(id directory.UserID) []directory.GroupID {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.account(directory.User{ID: id}).Groups
}

// members returns the addresses of a list, with their signs, as they are written in tests.
func members(c *plan.MemberChange) string {
	if c == nil {
		return ""
	}
	text := ""
	for _, m := range c.Add {
		text += " +" + string(m.User)[:3]
	}
	for _, m := range c.Remove {
		text += " -" + string(m.User)[:3]
	}
	if text == "" {
		return "none"
	}
	return text[1:]
}

// outcomeOf returns the outcome of the action with an id.
func outcomeOf(t *testing.T, r *apply.Report, id string) apply.Outcome {
	t.Helper()
	i := slices.IndexFunc(r.Outcomes, func(o apply.Outcome) bool { return o.ID == id })
	if i < 0 {
		t.Fatalf("no action %s in %v", id, statuses(r))
	}
	return r.Outcomes[i]
}

// callSome gives a person another given name.
func callSome(name string, id int64) plan.Action {
	return act(plan.UpdateUser, name+"@x.example", id, field(plan.FieldGivenName, plan.Text(name), plan.Text(strings.ToUpper(name))))
}

// saidAndSent returns what the outcomes say, in their order, and what was sent of group actions where that is not all.
func saidAndSent(report *apply.Report) (said, sent string) {
	var texts, parts []string
	for _, o := range report.Outcomes {
		texts = append(texts, o.Remarks...)
		if o.Error != "" {
			texts = append(texts, o.Error)
		}
		switch {
		case o.Unwritten:
			parts = append(parts, "unwritten")
		case o.Written != nil:
			parts = append(parts, members(o.Written))
		}
	}
	return strings.Join(texts, "\n"), strings.Join(parts, "; ")
}

// expectSaid looks for texts one after the other, and for lines beyond them if there shall be none.
func expectSaid(t *testing.T, said string, texts []string, silent bool) {
	t.Helper()
	rest := said
	for _, text := range texts {
		_, after, found := strings.Cut(rest, text)
		if !found {
			t.Errorf("said %q, want %q", said, text)
			return
		}
		rest = after
	}
	if lines := len(strings.FieldsFunc(said, func(c rune) bool { return c == '\n' })); silent && lines > 0 && lines != len(texts) {
		t.Errorf("said %d things, want %d:\n%s", lines, len(texts), said)
	}
}

// once changes the first answer of an account write; the lock is taken for it.
func once(m *onUser, change func(*directory.Account)) {
	m.twist = func(a *directory.Account) {
		m.twist = nil
		m.edit(func(*memory) { change(a) })
	}
}
