package apply_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

func TestRun_createsAnAccountOnce(t *testing.T) {
	const write, find, read = "create_user email=eve@x.example name=Eve active=true admin=true", "find_user eve@x.example", "read"
	late := func(m *memory, change func(*directory.User)) {
		u := person(50, "eve@x.example")
		u.Name, u.Admin = "Eve", true
		change(&u)
		m.users = append(m.users, u)
		if i := m.groupAt(admins); i >= 0 && u.Admin {
			m.groups[i].Members = append(m.groups[i].Members, u.ID)
		}
	}
	same := func(*directory.User) {}
	tests := []struct {
		name   string
		setup  func(m *memory)
		status apply.Status
		calls  []string // without the final read
		says   string
		adopts directory.UserID // the account that is found and looked at
	}{
		{
			name:   "a clear answer is believed",
			setup:  func(*memory) {},
			status: apply.Done, calls: []string{write},
		},
		{
			name:   "a refusal is final",
			setup:  func(m *memory) { m.before = failsOn("create_user", refused) },
			status: apply.Failed, calls: []string{write}, says: "HTTP 400",
		},
		{
			name:   "an unanswered create that the look-up finds is adopted",
			setup:  func(m *memory) { m.after = failsOn("create_user", cut) },
			status: apply.Done, calls: []string{write, find}, says: "found afterwards and is as it was sent (user id 101)", adopts: 101,
		},
		{
			name:   "a create answered 502 that only the list shows is adopted",
			setup:  func(m *memory) { m.after, m.lookUpDenies = failsOn("create_user", broken), true },
			status: apply.Done, calls: []string{write, find, read}, says: "found afterwards", adopts: 101,
		},
		{
			name: "a look-up that fails is no proof of absence, the list decides",
			setup: func(m *memory) {
				m.after, m.before = failsOn("create_user", cut), failsOn("find_user", broken)
			},
			status: apply.Done, calls: []string{write, find, read}, says: "found afterwards", adopts: 101,
		},
		{
			name:   "an unanswered create that took no effect is sent once more",
			setup:  func(m *memory) { m.before = failsOn("create_user", cut) },
			status: apply.Done, calls: []string{write, find, read, write}, says: "created at the second try",
		},
		{
			name: "nothing is sent again while the list can't be read",
			setup: func(m *memory) {
				create, list := failsOn("create_user", cut), failsOn("read", broken)
				m.before = func(call string) error {
					if err := create(call); err != nil {
						return err
					}
					return list(call)
				}
			},
			status: apply.Failed, calls: []string{write, find, read}, says: "unclear whether it took effect: connection cut; looked for it: HTTP 502",
		},
		{
			name:   "two unanswered creates without effect are not followed by a third",
			setup:  func(m *memory) { m.before = failsOn("create_user", cut, cut) },
			status: apply.Failed, calls: []string{write, find, read, write, find, read}, says: "unclear whether it took effect",
		},
		{
			name: "a second unanswered create that took effect is adopted",
			setup: func(m *memory) {
				m.before, m.after = failsOn("create_user", cut), failsOn("create_user", cut)
			},
			status: apply.Done, calls: []string{write, find, read, write, find}, says: "found afterwards", adopts: 101,
		},
		{
			name: "a first create that takes effect late is adopted when the second is refused",
			setup: func(m *memory) {
				first := failsOn("create_user", cut)
				tries := 0
				m.before = func(call string) error {
					if strings.HasPrefix(call, "create_user") {
						if tries++; tries == 2 {
							m.edit(func(m *memory) { late(m, same) })
						}
					}
					return first(call)
				}
			},
			status: apply.Done, calls: []string{write, find, read, write, find}, says: "found afterwards and is as it was sent (user id 50)", adopts: 50,
		},
		{
			name:   "a second create that is refused, with nobody there, is a refusal",
			setup:  func(m *memory) { m.before = failsOn("create_user", cut, refused) },
			status: apply.Failed, calls: []string{write, find, read, write, find, read}, says: "HTTP 400",
		},
		{
			name: "an account that is another one is a conflict",
			setup: func(m *memory) {
				cutFirst := failsOn("create_user", cut)
				m.before = func(call string) error {
					if strings.HasPrefix(call, "create_user") {
						m.edit(func(m *memory) { late(m, func(u *directory.User) { u.Admin = false }) })
					}
					return cutFirst(call)
				}
			},
			status: apply.Failed, calls: []string{write, find}, says: `account exists (user id 50) and is not the one that was sent: answer differs from what was sent: admin is "false", not "true"`, adopts: 50,
		},
		{
			name: "an account that is inactive is never made a second time",
			setup: func(m *memory) {
				cutFirst := failsOn("create_user", cut)
				m.lookUpDenies = true
				m.before = func(call string) error {
					if strings.HasPrefix(call, "create_user") {
						m.edit(func(m *memory) { late(m, func(u *directory.User) { u.Active = false }) })
					}
					return cutFirst(call)
				}
			},
			status: apply.Failed, calls: []string{write, find, read}, says: "account exists and is inactive (user id 50): it is not created a second time",
		},
		{
			name:   "an answer that is not active fails",
			setup:  func(m *memory) { m.twistUser = func(u *directory.User) { u.Active = false } },
			status: apply.Failed, calls: []string{write}, says: `active is "false", not "true"`,
		},
		{
			name:   "an answer without an id fails",
			setup:  func(m *memory) { m.twistUser = func(u *directory.User) { u.ID = 0 } },
			status: apply.Failed, calls: []string{write}, says: "answer has no id",
		},
	}
	for _, tt := range tests {
		for _, side := range []plan.Side{plan.OnGroup, plan.OnUser} {
			t.Run(fmt.Sprintf("%s, memberships on the %s", tt.name, side), func(t *testing.T) {
				a := act(plan.CreateUser, "eve@x.example", 0, named("Eve"), field(plan.FieldAdmin, plan.Value{}, plan.Flag(true)))
				m, calls := instance(), slices.Clone(tt.calls)
				in := input(m, planOf(batch(a)))
				if side == plan.OnUser {
					on := instanceOnUser()
					m, in = on.memory, inputOnUser(on, planOf(batch(a)))
					for i := range calls {
						if calls[i] == write {
							calls[i] += " groups=[]"
						}
					}
					if tt.adopts > 0 { // lists do not show the groups of an account: it is read
						calls = append(calls, fmt.Sprintf("read_user %d", tt.adopts))
					}
				}
				tt.setup(m)
				got := only(t, apply.Run(t.Context(), in))

				if got.Status != tt.status {
					t.Errorf("status %s, want %s: %s", got.Status, tt.status, got.Error)
				}
				if diff := cmp.Diff(append(calls, read), m.log()); diff != "" {
					t.Errorf("calls (-want +got):\n%s", diff)
				}
				said := strings.Join(append(got.Remarks, got.Error), "\n")
				if !strings.Contains(said, tt.says) || tt.says == "" && said != "" {
					t.Errorf("said %q, want %q", said, tt.says)
				}
			})
		}
	}
}

// statusError is an error that says nothing but its status.
type statusError int

func (e statusError) Error() string   { return "HTTP status" }
func (e statusError) HTTPStatus() int { return int(e) }

func TestRun_believesOnlyARefusalToBeWithoutEffect(t *testing.T) {
	tests := []struct {
		name    string
		answer  error
		unclear bool
	}{
		{"an error that says it is unclear", cut, true},
		{"an error that says it is clear", callError{status: 500}, false},
		{"an error that says nothing", errors.New("broken pipe"), true},
		{"an error with a status of the client's fault", statusError(422), false},
		{"an error with a status of the server's fault", statusError(503), true},
		{"an error with a status of success", statusError(200), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := instance()
			m.after = failsOn("create_user", fmt.Errorf("create: %w", tt.answer))
			got := only(t, apply.Run(t.Context(), input(m, planOf(batch(act(plan.CreateUser, "eve@x.example", 0, named("Eve")))))))
			if adopted := got.Status == apply.Done; adopted != tt.unclear {
				t.Errorf("status %s: %s", got.Status, got.Error)
			}
		})
	}
}

func TestRun_createsAGroupOnce(t *testing.T) {
	appears := func(groups ...directory.Group) func(m *memory) {
		return func(m *memory) {
			m.before = func(call string) error {
				if !strings.HasPrefix(call, "create_group") {
					return nil
				}
				m.edit(func(m *memory) { m.groups = append(m.groups, groups...) })
				return cut
			}
		}
	}
	tests := []struct {
		name   string
		setup  func(m *memory)
		status apply.Status
		says   string
	}{
		{
			name:   "a refusal is final",
			setup:  func(m *memory) { m.before = failsOn("create_group", refused) },
			status: apply.Failed, says: "HTTP 400",
		},
		{
			name:   "an unanswered create that took effect is adopted",
			setup:  func(m *memory) { m.after = failsOn("create_group", cut) },
			status: apply.Done, says: "found afterwards and is as it was sent (group id 101)",
		},
		{
			name:   "an unanswered create that took no effect is not sent again",
			setup:  func(m *memory) { m.before = failsOn("create_group", cut) },
			status: apply.Failed, says: "new groups of that name: 0",
		},
		{
			name:   "a new group with other members is not ours",
			setup:  appears(team(40, "new", 2, 4)),
			status: apply.Failed, says: "new groups of that name: 1",
		},
		{
			name:   "a new group with one member more is not ours",
			setup:  appears(team(40, "new", 2, 3, 4)),
			status: apply.Failed, says: "new groups of that name: 1",
		},
		{
			name:   "a new group with fewer members is not ours",
			setup:  appears(team(40, "new", 2)),
			status: apply.Failed, says: "new groups of that name: 1",
		},
		{
			name:   "of two new groups none is surely ours",
			setup:  appears(team(40, "new", 2, 3), team(41, "new", 2, 3)),
			status: apply.Failed, says: "new groups of that name: 2",
		},
		{
			name:   "a group of another name is not ours",
			setup:  appears(team(40, "New", 2, 3)),
			status: apply.Failed, says: "new groups of that name: 0",
		},
		{
			name:   "an answer without a member fails",
			setup:  func(m *memory) { m.twistGroup = func(g *directory.Group) { g.Members = g.Members[:1] } },
			status: apply.Failed, says: "members are missing: cas@x.example",
		},
		{
			name: "nothing is known while the list can't be read",
			setup: func(m *memory) {
				m.after, m.before = failsOn("create_group", cut), failsOn("read", broken)
			},
			status: apply.Failed, says: "looked for it: HTTP 502",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := instance()
			tt.setup(m)
			a := act(plan.CreateGroup, "new", 0, adds("bob@x.example=2", addCas))
			got := only(t, apply.Run(t.Context(), input(m, planOf(batch(a)))))

			if got.Status != tt.status {
				t.Errorf("status %s, want %s: %s", got.Status, tt.status, got.Error)
			}
			if diff := cmp.Diff([]string{"create_group new [2 3]"}, m.writes()); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
			if said := strings.Join(append(got.Remarks, got.Error), "\n"); !strings.Contains(said, tt.says) {
				t.Errorf("said %q, want %q", said, tt.says)
			}
		})
	}
}

func TestRun_doesNotAdoptAGroupThePlanSaw(t *testing.T) {
	m := instance(team(7, "new", 2, 3))
	m.before = failsOn("create_group", cut)
	a := act(plan.CreateGroup, "new", 0, adds("bob@x.example=2", addCas))
	if got := only(t, apply.Run(t.Context(), input(m, planOf(batch(a))))); got.Status != apply.Failed {
		t.Errorf("status %s, want failed", got.Status)
	}
}

// A read that is under way when a create is cut may have missed the account: three creates that end while the first of
// them reads share a second read, and nobody believes the first one but him who started it.
func TestRun_sharesOnlyReadsThatStartedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := instance()
		m.lookUpDenies = true
		delays := map[string]time.Duration{"eve": 0, "fay": time.Second, "gil": 2 * time.Second, "hal": 3 * time.Second}
		m.after = func(call string) error {
			for name, delay := range delays {
				if strings.Contains(call, name) {
					time.Sleep(delay)
				}
			}
			return cut
		}
		m.before = func(call string) error {
			if call == "read" {
				time.Sleep(5 * time.Second)
			}
			return nil
		}
		var actions []plan.Action
		for _, name := range []string{"eve", "fay", "gil", "hal"} {
			actions = append(actions, act(plan.CreateUser, name+"@x.example", 0, named(name)))
		}
		in := input(m, planOf(actions))
		in.Concurrency = 4
		report := apply.Run(t.Context(), in)

		reads := strings.Count(strings.Join(m.log(), "\n"), "read")
		if reads != 3 {
			t.Errorf("reads %d, want 3: eve's, that of the other three, the final one", reads)
		}
		if report.Result != apply.Converged || len(m.writes()) != 4 {
			t.Errorf("result %s after %d writes: %+v", report.Result, len(m.writes()), report.Outcomes)
		}
	})
}

// A create is not sent a second time when somebody else's was refused the credentials meanwhile.
func TestRun_createsNobodyASecondTimeAfterRefusedCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := instanceOnUser()
		m.before = func(call string) error {
			switch {
			case strings.HasPrefix(call, "create_user email=fay"):
				time.Sleep(time.Second)
				return callError{status: 401}
			case strings.HasPrefix(call, "create_user"):
				return cut
			case call == "read":
				time.Sleep(time.Minute)
			}
			return nil
		}
		in := inputOnUser(m, planOf(batch(act(plan.CreateUser, "eve@x.example", 0, named("Eve")), act(plan.CreateUser, "fay@x.example", 0, named("Fay")))))
		in.Concurrency = 2
		report := apply.Run(t.Context(), in)
		if diff := cmp.Diff([]string{"failed", "failed"}, became(report)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
		}
		if said := strings.Join(report.Outcomes[0].Remarks, ""); said != "not sent a second time: the tool refused the credentials" || len(m.writes()) != 2 {
			t.Errorf("said %q after %v", said, m.writes())
		}
	})
}
