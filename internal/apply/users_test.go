package apply_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

func TestRun_writesAccounts(t *testing.T) {
	toLead := field(plan.FieldRole, plan.Text("Tester"), plan.Text("Lead"))
	tests := []struct {
		name   string
		setup  func(m *memory)
		caps   func(c *plan.Caps)
		action plan.Action
		edit   func(m *memory)
		status apply.Status
		write  string
		says   string
	}{
		{
			name:   "only the changed field is sent, a role as its id",
			action: act(plan.UpdateUser, "bob@x.example", 2, toLead),
			status: apply.Done, write: "update_user 2 role=1",
		},
		{
			name:   "a deactivation sends all of the person's changes in one write",
			action: act(plan.DeactivateUser, "bob@x.example", 2, named("Bob B."), field(plan.FieldActive, plan.Flag(true), plan.Flag(false))),
			status: apply.Done, write: "update_user 2 name=Bob B. active=false",
		},
		{
			name:   "a reactivation says active and takes the administrator away in one write",
			setup:  func(m *memory) { m.users[1].Active, m.users[1].Admin = false, true },
			action: act(plan.ReactivateUser, "bob@x.example", 2, field(plan.FieldAdmin, plan.Flag(true), plan.Flag(false))),
			status: apply.Done, write: "update_user 2 active=true admin=false",
		},
		{
			name:   "a new address is sent for the same account",
			action: act(plan.UpdateUser, "rob@x.example", 2, field(plan.FieldEmail, plan.Text("bob@x.example"), plan.Text("rob@x.example"))),
			status: apply.Done, write: "update_user 2 email=rob@x.example",
		},
		{
			name:   "an account without an id in the plan is found by its address in any spelling",
			action: act(plan.UpdateUser, "BOB@x.example", 0, toLead),
			status: apply.Done, write: "update_user 2 role=1",
		},
		{
			name:   "an address that two accounts bear binds to neither",
			setup:  func(m *memory) { m.users = append(m.users, person(9, "BOB@x.example")) },
			action: act(plan.UpdateUser, "bob@x.example", 0, toLead),
			status: apply.Failed, says: "has no known id",
		},
		{
			name:   "a role that is not live is not sent",
			action: act(plan.UpdateUser, "bob@x.example", 2, field(plan.FieldRole, plan.Text("Tester"), plan.Text("Boss"))),
			status: apply.Failed, says: `field role: role "Boss" has no known id`,
		},
		{
			name:   "a value of the wrong kind is not sent",
			action: act(plan.UpdateUser, "bob@x.example", 2, field(plan.FieldAdmin, plan.Flag(false), plan.Text("yes"))),
			status: apply.Failed, says: `field admin: value "yes" can't be sent`,
		},
		{
			name:   "a field that was sent and is not answered as sent fails",
			setup:  func(m *memory) { m.twistUser = func(u *directory.User) { u.RoleID, u.Role = 3, "Tester" } },
			action: act(plan.UpdateUser, "bob@x.example", 2, toLead),
			status: apply.Failed, write: "update_user 2 role=1", says: `answer differs from what was sent: role is "Tester", not "Lead"`,
		},
		{
			name:   "a field that the instance does not report is not looked for",
			setup:  func(m *memory) { m.twistUser = func(u *directory.User) { u.MFARequired = false } },
			caps:   func(c *plan.Caps) { delete(c.Reported, plan.FieldMFARequired) },
			action: act(plan.UpdateUser, "bob@x.example", 2, field(plan.FieldMFARequired, plan.Value{}, plan.Flag(true))),
			status: apply.Done, write: "update_user 2 mfa=true",
		},
		{
			name:   "the active state is looked for whatever the instance is said to report",
			setup:  func(m *memory) { m.twistUser = func(u *directory.User) { u.Active = true } },
			caps:   func(c *plan.Caps) { c.Reported = nil },
			action: act(plan.DeactivateUser, "bob@x.example", 2),
			status: apply.Failed, write: "update_user 2 active=false", says: `active is "true", not "false"`,
		},
		{
			name:   "an address that comes back in another case is the same",
			setup:  func(m *memory) { m.twistUser = func(u *directory.User) { u.Email = "ROB@x.example" } },
			action: act(plan.UpdateUser, "rob@x.example", 2, field(plan.FieldEmail, plan.Text("bob@x.example"), plan.Text("rob@x.example"))),
			status: apply.Done, write: "update_user 2 email=rob@x.example",
		},
		{
			name:   "a name that comes back trimmed is the same",
			setup:  func(m *memory) { m.twistUser = func(u *directory.User) { u.Name = "Bob" } },
			action: act(plan.UpdateUser, "bob@x.example", 2, named(" Bob ")),
			status: apply.Done, write: "update_user 2 name= Bob ",
		},
		{
			name:   "a field that was not sent and moved since the plan is left and said",
			action: act(plan.UpdateUser, "bob@x.example", 2, toLead),
			edit:   func(m *memory) { m.users[1].Name = "Robert" },
			status: apply.Done, write: "update_user 2 role=1", says: `name is "Robert" now, was "bob" when the plan was made; left as it is`,
		},
		{
			name:   "an answer about somebody else fails",
			setup:  func(m *memory) { m.twistUser = func(u *directory.User) { u.ID = 3 } },
			action: act(plan.UpdateUser, "bob@x.example", 2, toLead),
			status: apply.Failed, write: "update_user 2 role=1", says: "answer is about user id 3, not 2",
		},
		{
			name:   "an unanswered update says that it may have taken effect",
			setup:  func(m *memory) { m.after = failsOn("update_user", broken) },
			action: act(plan.UpdateUser, "bob@x.example", 2, toLead),
			status: apply.Failed, write: "update_user 2 role=1", says: "unclear whether it took effect: HTTP 502",
		},
		{
			name:   "a person to create without a name is not sent",
			action: act(plan.CreateUser, "eve@x.example", 0),
			status: apply.Failed, says: "has no name to be created with",
		},
		{
			name:   "an action of a kind that targets do not have fails",
			action: act(plan.AddToProject, "bob@x.example", 2),
			status: apply.Failed, says: "action add_to_project is not one that a target can carry out",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := instance()
			if tt.setup != nil {
				tt.setup(m)
			}
			in := input(m, planOf(batch(tt.action)))
			if tt.caps != nil {
				tt.caps(&in.Caps)
			}
			if tt.edit != nil {
				m.edit(tt.edit)
			}
			got := only(t, apply.Run(t.Context(), in))

			if got.Status != tt.status {
				t.Errorf("status %s, want %s: %s", got.Status, tt.status, got.Error)
			}
			if write := strings.Join(m.writes(), "; "); write != tt.write {
				t.Errorf("writes %q, want %q", write, tt.write)
			}
			said := strings.Join(append(got.Remarks, got.Error), "\n")
			if !strings.Contains(said, tt.says) || tt.says == "" && said != "" {
				t.Errorf("said %q, want %q", said, tt.says)
			}
		})
	}
}

func TestRun_knowsARoleThatOnlyAUserBears(t *testing.T) {
	m := instance()
	m.users[0].Role, m.users[0].RoleID = "Lead", 1
	in := input(m, planOf(batch(act(plan.UpdateUser, "bob@x.example", 2, field(plan.FieldRole, plan.Text("Tester"), plan.Text("Lead"))))))
	in.Live.Roles = nil
	if got := only(t, apply.Run(t.Context(), in)); got.Status != apply.Done {
		t.Errorf("status %s: %s", got.Status, got.Error)
	}
}

func TestRun_sendsProjectsAsIds(t *testing.T) {
	m := instance()
	var sent []directory.ProjectID
	in := input(m, planOf(batch(act(plan.UpdateUser, "bob@x.example", 2,
		field(plan.FieldAssignedProjects, plan.List(nil), plan.List([]string{"Checkout", "App"}))))))
	in.Live.Projects = []directory.Project{{ID: 5, Name: "App"}, {ID: 4, Name: "Checkout"}}
	in.Caps.Reported[plan.FieldAssignedProjects] = true
	in.Target = projectTarget{m, &sent}
	got := only(t, apply.Run(t.Context(), in))
	if got.Status != apply.Done {
		t.Errorf("status %s: %s", got.Status, got.Error)
	}
	if len(sent) != 2 || sent[0] != 4 || sent[1] != 5 {
		t.Errorf("sent %v, want [4 5]", sent)
	}
}

// projectTarget is a memory that notes the projects sent and answers them in another order.
type projectTarget struct {
	*memory
	sent *[]directory.ProjectID
}

func (p projectTarget) UpdateUser(ctx context.Context, id directory.UserID, c directory.UserChange) (directory.User, error) {
	*p.sent = *c.AssignedProjects
	u, err := p.memory.UpdateUser(ctx, id, c)
	u.AssignedProjects = slices.Clone(*c.AssignedProjects)
	slices.Reverse(u.AssignedProjects)
	return u, err
}
