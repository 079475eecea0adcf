package apply_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// person is an active account with the role Tester.
func person(id directory.UserID, email string) directory.User {
	name, _, _ := strings.Cut(email, "@")
	return directory.User{ID: id, Email: directory.Email(email), Name: name, Active: true, Role: "Tester", RoleID: 3, EmailNotifications: true}
}

func team(id directory.GroupID, name string, members ...directory.UserID) directory.Group {
	return directory.Group{ID: id, Name: directory.Name(name), Members: members}
}

// instance is a target with the accounts ann (1), bob (2), cas (3) and dee (4).
func instance(groups ...directory.Group) *memory {
	return &memory{users: []directory.User{person(1, "ann@x.example"), person(2, "bob@x.example"), person(3, "cas@x.example"), person(4, "dee@x.example")}, groups: groups}
}

// act makes an action. A subject with "@" is a user.
func act(kind plan.Kind, subject string, id int64, with ...func(*plan.Action)) plan.Action {
	a := plan.Action{ID: string(kind) + ":" + subject, Kind: kind, Subject: subject, SubjectID: id}
	if !kind.OnUser() {
		a.Members = &plan.MemberChange{Add: []plan.Member{}, Remove: []plan.Member{}}
	}
	for _, w := range with {
		w(&a)
	}
	return a
}

func field(f plan.Field, from, to plan.Value) func(*plan.Action) {
	return func(a *plan.Action) { a.Fields = append(a.Fields, plan.FieldChange{Field: f, Old: from, New: to}) }
}

func named(name string) func(*plan.Action) {
	return field(plan.FieldName, plan.Value{}, plan.Text(name))
}

func renamed(from, to string) func(*plan.Action) {
	return field(plan.FieldName, plan.Text(from), plan.Text(to))
}

// adds and removes name members by address; "bob@x.example=2" has its id.
func adds(members ...string) func(*plan.Action) {
	return func(a *plan.Action) { a.Members.Add = append(a.Members.Add, memberList(members)...) }
}

func removes(members ...string) func(*plan.Action) {
	return func(a *plan.Action) { a.Members.Remove = append(a.Members.Remove, memberList(members)...) }
}

func memberList(texts []string) []plan.Member {
	var list []plan.Member
	for _, text := range texts {
		email, id, _ := strings.Cut(text, "=")
		m := plan.Member{User: directory.Email(email)}
		if id != "" {
			fmt.Sscan(id, &m.ID)
		}
		list = append(list, m)
	}
	return list
}

func needs(ids ...string) func(*plan.Action) {
	return func(a *plan.Action) { a.Needs = ids }
}

// planOf makes a plan of batches.
func planOf(batches ...[]plan.Action) *plan.Plan {
	p := &plan.Plan{ToolVersion: "v1.2.3", Target: plan.Target{Kind: "testrail", URL: "https://acme.example"}}
	for _, actions := range batches {
		p.Batches = append(p.Batches, plan.Batch{Actions: actions})
		p.Summary.Actions += len(actions)
	}
	return p
}

func batch(actions ...plan.Action) []plan.Action { return actions }

// caps are those of an instance that reports every field that memory keeps.
func caps() plan.Caps {
	reported := make(map[plan.Field]bool)
	for _, f := range []plan.Field{plan.FieldEmail, plan.FieldName, plan.FieldActive, plan.FieldRole, plan.FieldAdmin, plan.FieldEmailNotifications, plan.FieldMFARequired} {
		reported[f] = true
	}
	return plan.Caps{Membership: plan.OnGroup, Reported: reported, Writable: reported, ReadsGroups: true, ReadsRoles: true}
}

// input is a run of p on m, one action at a time, after which nothing remains.
func input(m *memory, p *plan.Plan) apply.Input {
	return apply.Input{
		Plan: p, Live: m.live(), Caps: caps(), Target: m, Concurrency: 1,
		Replan: func(*directory.Live) (*plan.Plan, error) { return planOf(), nil },
		Now:    func() time.Time { return time.Unix(1_800_000_000, 0).UTC() },
	}
}

// only returns the outcome of a report that has one.
func only(t *testing.T, r *apply.Report) apply.Outcome {
	t.Helper()
	if len(r.Outcomes) != 1 {
		t.Fatalf("outcomes: %d, want 1", len(r.Outcomes))
	}
	return r.Outcomes[0]
}

// statuses returns what became of each action, in the report's order.
func statuses(r *apply.Report) []string {
	list := []string{}
	for _, o := range r.Outcomes {
		list = append(list, fmt.Sprintf("%s %s", o.ID, o.Status))
	}
	return list
}

// failsOn returns a hook that answers each call that starts with prefix with the next of errs, and lets it pass where
// that is nil or there are no more.
func failsOn(prefix string, errs ...error) func(string) error {
	var mu sync.Mutex
	return func(call string) error {
		mu.Lock()
		defer mu.Unlock()
		if !strings.HasPrefix(call, prefix) || len(errs) == 0 {
			return nil
		}
		err := errs[0]
		errs = errs[1:]
		return err
	}
}
