package apply_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

const bob, cas, dee = "bob@x.example=2", "cas@x.example=3", "dee@x.example=4"

// Groups of these tests: qa (5) has ann and bob, web (6) has bob, ops (7) nobody.
func TestRun_writesMembershipsOnTheUser(t *testing.T) {
	qa, web, ops := "qa", "web", "ops"
	update := func(name string, id int64, with ...func(*plan.Action)) plan.Action {
		return act(plan.UpdateGroup, name, id, with...)
	}
	tests := []struct {
		name    string
		setup   func(m *onUser)
		batches [][]plan.Action
		edit    func(m *onUser) // by somebody else, after the plan
		calls   string          // but the final read
		status  string          // of each action, in order
		written string          // of each group action that is done or failed: what was sent, where that is not all
		says    []string        // each in some remark or error, in the order of actions
		silent  bool            // and nothing else is said
	}{
		{
			name: "a person with a name and two groups is written once",
			batches: [][]plan.Action{
				batch(callSome("cas", 3)),
				batch(update(ops, 7, adds(cas)), update(qa, 5, adds(cas))),
			},
			calls:  "read_user 3; update_user 3 given=CAS groups=[5 7]",
			status: "done done done", silent: true,
		},
		{
			name:    "a person in two group actions is written once, with the first of them",
			batches: [][]plan.Action{batch(update(ops, 7, adds(bob)), update(web, 6, removes(bob)))},
			calls:   "read_user 2; update_user 2 groups=[5 7]",
			status:  "done done", silent: true,
		},
		{
			name: "who is deactivated leaves the groups in the same write, whatever they wait for",
			batches: [][]plan.Action{
				batch(off("bob", 2)),
				batch(act(plan.CreateUser, "eve@x.example", 0, named("Eve"))),
				batch(update(qa, 5, adds("eve@x.example"), removes(bob), needs("create_user:eve@x.example")), update(web, 6, removes(bob))),
			},
			calls:  "read_user 2; update_user 2 active=false groups=[]; create_user email=eve@x.example name=Eve active=true groups=[5]",
			status: "done done done done", silent: true,
		},
		{
			name: "who is created gets all his groups in the create, also a new one",
			batches: [][]plan.Action{
				batch(act(plan.CreateGroup, "new", 0, adds("eve@x.example", cas))),
				batch(act(plan.CreateUser, "eve@x.example", 0, named("Eve"))),
				batch(update(ops, 7, adds("eve@x.example"))),
			},
			calls:  "create_group new [3]; create_user email=eve@x.example name=Eve active=true groups=[7 101]",
			status: "done done done", silent: true,
		},
		{
			name:  "who comes back joins what is new in his own write, and not before",
			setup: func(m *onUser) { m.users[3].Active = false },
			batches: [][]plan.Action{
				batch(act(plan.CreateGroup, "new", 0, adds(cas, dee))),
				batch(act(plan.ReactivateUser, "dee@x.example", 4)),
				batch(update(ops, 7, adds(dee))),
			},
			calls:  "create_group new [3]; read_user 4; update_user 4 active=true groups=[7 101]",
			status: "done done done", silent: true,
		},
		{
			name:  "a group that can't be created costs nobody his account",
			setup: func(m *onUser) { m.before = failsOn("create_group", refused) },
			batches: [][]plan.Action{
				batch(act(plan.CreateGroup, "new", 0, adds("eve@x.example", cas))),
				batch(act(plan.CreateUser, "eve@x.example", 0, named("Eve"))),
				batch(update(ops, 7, adds("eve@x.example"))),
			},
			calls:  "create_group new [3]; create_user email=eve@x.example name=Eve active=true groups=[7]",
			status: "failed done done", says: []string{"HTTP 400", `not put into groups that were not created: "new"`},
		},
		{
			name:  "nor does it keep anybody from coming back",
			setup: func(m *onUser) { m.before, m.users[3].Active = failsOn("create_group", refused), false },
			batches: [][]plan.Action{
				batch(act(plan.CreateGroup, "new", 0, adds(dee))),
				batch(act(plan.ReactivateUser, "dee@x.example", 4)),
			},
			calls:  "create_group new []; read_user 4; update_user 4 active=true",
			status: "failed done", says: []string{"HTTP 400", `not put into groups that were not created: "new"`},
		},
		{
			name:  "a founder whom the answer lacks is written with his own action",
			setup: func(m *onUser) { m.twistGroup = func(g *directory.Group) { g.Members = nil; m.setMembers(g.ID) } },
			batches: [][]plan.Action{
				batch(act(plan.CreateGroup, "new", 0, adds(cas))),
				batch(callSome("cas", 3)),
			},
			calls:  "create_group new [3]; read_user 3; update_user 3 given=CAS groups=[101]",
			status: "failed done", says: []string{"members are missing: cas@x.example"},
		},
		{
			name:    "an own write that is refused does not cost the groups: they are set without the fields",
			setup:   func(m *onUser) { m.before = failsOn("update_user 3 given", refused) },
			batches: [][]plan.Action{batch(callSome("cas", 3)), batch(update(ops, 7, adds(cas)), update(qa, 5, adds(cas)))},
			calls:   "read_user 3; update_user 3 given=CAS groups=[5 7]; read_user 3; update_user 3 groups=[5 7]",
			status:  "failed done done", says: []string{"HTTP 400"}, silent: true,
		},
		{
			name:    "an own write without an answer that took effect is seen when the groups' turn comes, and is ours",
			setup:   func(m *onUser) { m.after = failsOn("update_user", cut) },
			batches: [][]plan.Action{batch(off("bob", 2)), batch(update(qa, 5, removes(bob)))},
			calls:   "read_user 2; update_user 2 active=false groups=[6]; read_user 2",
			status:  "failed done", says: []string{"unclear whether it took effect: connection cut"}, silent: true,
		},
		{
			name:    "an own write without an answer that took no effect is made up for when the groups' turn comes",
			setup:   func(m *onUser) { m.before = failsOn("update_user", cut) },
			batches: [][]plan.Action{batch(callSome("cas", 3)), batch(update(ops, 7, adds(cas)))},
			calls:   "read_user 3; update_user 3 given=CAS groups=[7]; read_user 3; update_user 3 groups=[7]",
			status:  "failed done", says: []string{"unclear whether it took effect: connection cut"}, silent: true,
		},
		{
			name:    "an answer that lacks a group fails, and the group's turn writes it",
			setup:   func(m *onUser) { once(m, func(a *directory.Account) { m.setMembers(7); a.Groups = nil }) },
			batches: [][]plan.Action{batch(callSome("cas", 3)), batch(update(ops, 7, adds(cas)))},
			calls:   "read_user 3; update_user 3 given=CAS groups=[7]; read_user 3; update_user 3 groups=[7]",
			status:  "failed done", says: []string{`answer differs from what was sent: groups are missing: "ops"`}, silent: true,
		},
		{
			name:    "an answer that has a group more fails, and what we sent is in place",
			setup:   func(m *onUser) { m.twist = func(a *directory.Account) { a.Groups = append(a.Groups, 6) } },
			batches: [][]plan.Action{batch(callSome("cas", 3)), batch(update(ops, 7, adds(cas)))},
			calls:   "read_user 3; update_user 3 given=CAS groups=[7]",
			status:  "failed done", says: []string{`is in groups that were not sent: "web"`}, silent: true,
		},
		{
			name:    "a tool that drops groups from whoever is written is found out",
			setup:   func(m *onUser) { m.twist = func(a *directory.Account) { a.Groups = nil } },
			batches: [][]plan.Action{batch(callSome("bob", 2))},
			calls:   "read_user 2; update_user 2 given=BOB",
			status:  "failed", says: []string{`groups are missing: "qa", "web"`},
		},
		{
			name:    "but for an inactive account, which lists may hide",
			setup:   func(m *onUser) { m.twist = func(a *directory.Account) { a.Groups = nil } },
			batches: [][]plan.Action{batch(off("bob", 2))},
			calls:   "read_user 2; update_user 2 active=false",
			status:  "done", says: []string{`not in the answered groups, because the account is inactive: "qa", "web"`},
		},
		{
			name:    "an answer about somebody else fails",
			setup:   func(m *onUser) { m.twist = func(a *directory.Account) { a.ID = 2 } },
			batches: [][]plan.Action{batch(update(ops, 7, adds(cas)))},
			calls:   "read_user 3; update_user 3 groups=[7]",
			status:  "failed", says: []string{"cas@x.example: answer is about user id 2, not 3"},
		},
		{
			name:    "somebody else's addition since the plan is kept and said",
			batches: [][]plan.Action{batch(update(ops, 7, adds(cas)))},
			edit:    func(m *onUser) { m.setMembers(6, 2, 3) },
			calls:   "read_user 3; update_user 3 groups=[6 7]",
			status:  "done", says: []string{`kept in "web", added by somebody else since the plan: cas@x.example`},
		},
		{
			name:    "somebody else's removal since the plan is not undone and said",
			batches: [][]plan.Action{batch(update(ops, 7, adds(bob)))},
			edit:    func(m *onUser) { m.setMembers(6) },
			calls:   "read_user 2; update_user 2 groups=[5 7]",
			status:  "done", says: []string{`not restored in "web", removed by somebody else since the plan: bob@x.example`},
		},
		{
			name:    "many people whom somebody else put into one group are one remark",
			batches: [][]plan.Action{batch(update(ops, 7, adds(cas, dee)))},
			edit:    func(m *onUser) { m.setMembers(6, 2, 3, 4) },
			calls:   "read_user 3; update_user 3 groups=[6 7]; read_user 4; update_user 4 groups=[6 7]",
			status:  "done", says: []string{`kept in "web", added by somebody else since the plan: cas@x.example, dee@x.example`},
		},
		{
			name: "what a person's own action has told is not told again",
			setup: func(m *onUser) {
				once(m, func(a *directory.Account) { m.setMembers(7); a.Groups = []directory.GroupID{6} })
			},
			batches: [][]plan.Action{batch(callSome("cas", 3)), batch(update(ops, 7, adds(cas)))},
			edit:    func(m *onUser) { m.setMembers(6, 2, 3) },
			calls:   "read_user 3; update_user 3 given=CAS groups=[6 7]; read_user 3; update_user 3 groups=[6 7]",
			status:  "failed done", says: []string{`kept in "web", added by`, `groups are missing: "ops"`}, silent: true,
		},
		{
			name:    "what else moved about people since the plan is told with their names",
			batches: [][]plan.Action{batch(update(ops, 7, adds(cas, dee)))},
			edit:    func(m *onUser) { m.users[2].ExternalName, m.users[3].ExternalName = "x1", "x1" },
			calls:   "read_user 3; update_user 3 groups=[7]; read_user 4; update_user 4 groups=[7]",
			status:  "done", says: []string{`cas@x.example, dee@x.example: auth.external_name is "x1" now, was "" when the plan was made; left as it is`}, silent: true,
		},
		{
			name:    "what somebody else did already is nothing to write",
			batches: [][]plan.Action{batch(update(ops, 7, adds(cas)))},
			edit:    func(m *onUser) { m.setMembers(7, 3) },
			calls:   "read_user 3",
			status:  "done", written: "unwritten", says: []string{"nothing was left to write: somebody else did it since the plan"},
		},
		{
			name:    "what somebody else did of it is not ours",
			batches: [][]plan.Action{batch(update(ops, 7, adds(cas, dee)))},
			edit:    func(m *onUser) { m.setMembers(7, 3) },
			calls:   "read_user 3; read_user 4; update_user 4 groups=[7]",
			status:  "done", written: "+dee", silent: true,
		},
		{
			name:    "who was switched off since the plan joins nothing",
			batches: [][]plan.Action{batch(update(ops, 7, adds(cas, dee)))},
			edit:    func(m *onUser) { m.users[3].Active = false },
			calls:   "read_user 3; update_user 3 groups=[7]; read_user 4",
			status:  "done", written: "+cas", says: []string{"left out, switched off by somebody else since the plan: dee@x.example"}, silent: true,
		},
		{
			name:    "also where he leaves another group in the same write",
			batches: [][]plan.Action{batch(update(ops, 7, adds(bob)), update(web, 6, removes(bob)))},
			edit:    func(m *onUser) { m.users[1].Active = false },
			calls:   "read_user 2; update_user 2 groups=[5]",
			status:  "blocked done", says: []string{"there is no active account to be added: bob@x.example"},
		},
		{
			name:    "one of three people who can't be written fails the group, and the others are written",
			setup:   func(m *onUser) { m.before = failsOn("update_user 3", refused) },
			batches: [][]plan.Action{batch(update(ops, 7, adds(bob, cas, dee)))},
			calls:   "read_user 2; update_user 2 groups=[5 6 7]; read_user 3; update_user 3 groups=[7]; read_user 4; update_user 4 groups=[7]",
			status:  "failed", written: "+bob +dee", says: []string{"cas@x.example: HTTP 400"}, silent: true,
		},
		{
			name: "people who fail for one reason are told together, others apart",
			setup: func(m *onUser) {
				first, second := failsOn("read_user", broken), failsOn("update_user", nil, refused)
				m.before = func(call string) error {
					if strings.HasPrefix(call, "update_user 4") {
						return refused
					}
					if err := first(call); err != nil {
						return err
					}
					return second(call)
				}
			},
			batches: [][]plan.Action{batch(update(ops, 7, adds("ann@x.example=1", bob, cas, dee)))},
			calls:   "read_user 1; read_user 2; update_user 2 groups=[5 6 7]; read_user 3; update_user 3 groups=[7]; read_user 4; update_user 4 groups=[7]",
			status:  "failed", written: "+bob", says: []string{"ann@x.example: read before the write: HTTP 502; cas@x.example, dee@x.example: HTTP 400"},
		},
		{
			name:  "a member who could not be created is left out, where nobody is removed",
			setup: func(m *onUser) { m.before = failsOn("create_user", refused) },
			batches: [][]plan.Action{
				batch(act(plan.CreateUser, "eve@x.example", 0, named("Eve"))),
				batch(update(ops, 7, adds("eve@x.example", cas))),
			},
			calls:  "create_user email=eve@x.example name=Eve active=true groups=[7]; read_user 3; update_user 3 groups=[7]",
			status: "failed done", written: "+cas", says: []string{"HTTP 400", "left out, because there is no active account: eve@x.example"},
		},
		{
			name:  "where somebody is removed nobody moves, not with a write of his own either",
			setup: func(m *onUser) { m.before = failsOn("create_user", refused) },
			batches: [][]plan.Action{
				batch(act(plan.CreateUser, "eve@x.example", 0, named("Eve"))),
				batch(callSome("bob", 2), callSome("cas", 3)),
				batch(update(qa, 5, adds("eve@x.example", cas), removes(bob), needs("create_user:eve@x.example"))),
			},
			calls: "create_user email=eve@x.example name=Eve active=true groups=[5]; " +
				"read_user 2; update_user 2 given=BOB; read_user 3; update_user 3 given=CAS",
			status: "failed done done blocked", says: []string{"HTTP 400", "needs create_user of eve@x.example, which failed"},
		},
		{
			name:  "a group that is blocked tells who was written all the same",
			setup: func(m *onUser) { m.before = failsOn("create_user email=fay", refused) },
			batches: [][]plan.Action{
				batch(off("bob", 2)),
				batch(act(plan.CreateUser, "fay@x.example", 0, named("Fay"))),
				batch(update(qa, 5, adds("fay@x.example"), removes("ann@x.example=1", bob), needs("create_user:fay@x.example"))),
			},
			calls:  "read_user 2; update_user 2 active=false groups=[6]; create_user email=fay@x.example name=Fay active=true groups=[5]",
			status: "done failed failed", written: "-bob",
			says: []string{"HTTP 400", "needs create_user of fay@x.example, which failed; written by then, with actions of their own: bob@x.example"},
		},
		{
			name:    "the group of the administrators is in no set, and stays",
			setup:   func(m *onUser) { m.setMembers(admins, 3) },
			batches: [][]plan.Action{batch(update(ops, 7, adds(cas)))},
			calls:   "read_user 3; update_user 3 groups=[7]",
			status:  "done", silent: true,
		},
		{
			name:    "a group that vanished since the plan refuses those who shall join",
			batches: [][]plan.Action{batch(update(ops, 7, adds(cas)))},
			edit: func(m *onUser) {
				m.groups = m.groups[:2:2]
				m.groups = append(m.groups, team(admins, "Administrators"))
			},
			calls:  "read_user 3; update_user 3 groups=[7]",
			status: "failed", written: "none", says: []string{"cas@x.example: HTTP 400"},
		},
		{
			name:    "a member without an id in the plan is found by his address, and written once",
			batches: [][]plan.Action{batch(callSome("cas", 3)), batch(update(ops, 7, adds("CAS@x.example")))},
			calls:   "read_user 3; update_user 3 given=CAS groups=[7]",
			status:  "done done", silent: true,
		},
		{
			name:  "who could not be brought back joins nothing when another group's turn writes him",
			setup: func(m *onUser) { m.users[1].Active, m.before = false, failsOn("update_user 2 active", refused) },
			batches: [][]plan.Action{
				batch(act(plan.CreateGroup, "new", 0, adds(bob))),
				batch(act(plan.ReactivateUser, "bob@x.example", 2)),
				batch(update(web, 6, removes(bob))),
			},
			calls:  "create_group new []; read_user 2; update_user 2 active=true groups=[5 101]; read_user 2; update_user 2 groups=[5]",
			status: "done failed done", says: []string{"HTTP 400"},
		},
		{
			name:  "who was brought back by a write without an answer is left out, and told to be written",
			setup: func(m *onUser) { m.users[3].Active, m.after = false, failsOn("update_user 4", cut) },
			batches: [][]plan.Action{
				batch(act(plan.ReactivateUser, "dee@x.example", 4)),
				batch(update(ops, 7, adds(dee)), update(qa, 5, adds(cas, dee))),
			},
			calls:  "read_user 4; update_user 4 active=true groups=[5 7]; read_user 3; update_user 3 groups=[5]",
			status: "failed failed done",
			says: []string{"unclear whether it took effect", "there is no active account to be added: dee@x.example; written by then, with actions of their own: dee@x.example",
				"left out, because there is no active account: dee@x.example"},
		},
		{
			name:    "a group that has failed gets nobody more by another group's turn: nobody would be told",
			setup:   func(m *onUser) { m.before = failsOn("read_user 3", broken) },
			batches: [][]plan.Action{batch(update(ops, 7, adds(cas)), update(qa, 5, adds(cas)))},
			calls:   "read_user 3; read_user 3; update_user 3 groups=[5]",
			status:  "failed done", written: "none", says: []string{"cas@x.example: read before the write: HTTP 502"}, silent: true,
		},
		{
			name:    "a rename can't be written on the members, and is not passed over",
			batches: [][]plan.Action{batch(update(ops, 7, adds(cas), renamed("op", "ops")))},
			status:  "failed", says: []string{"the name of a group can't be written on its members"},
		},
		{
			name:    "a way to sign on is sent as its id",
			batches: [][]plan.Action{batch(act(plan.UpdateUser, "cas@x.example", 3, field(plan.FieldSignOn, plan.Text("Internal"), plan.Text("acme sso")), field(plan.FieldExternalName, plan.Value{}, plan.Text("c3"))))},
			calls:   "read_user 3; update_user 3 sign-on=12 external=c3",
			status:  "done", silent: true,
		},
		{
			name:    "one that is not live is not sent",
			batches: [][]plan.Action{batch(act(plan.UpdateUser, "cas@x.example", 3, field(plan.FieldSignOn, plan.Text("Internal"), plan.Text("Other"))))},
			status:  "failed", says: []string{`field auth.system: auth system "Other" has no known id`},
		},
		{
			name: "one half of a name that changes is no news about the whole of it",
			batches: [][]plan.Action{batch(act(plan.UpdateUser, "cas@x.example", 3,
				field(plan.FieldGivenName, plan.Text(""), plan.Text("Cas")), field(plan.FieldFamilyName, plan.Text(""), plan.Text("Roe"))))},
			calls:  "read_user 3; update_user 3 given=Cas family=Roe",
			status: "done", silent: true,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := instanceOnUser(team(5, "qa", 1, 2), team(6, "web", 2), team(7, "ops"))
			if tt.setup != nil {
				tt.setup(m)
			}
			in := inputOnUser(m, planOf(tt.batches...))
			if tt.edit != nil {
				m.edit(func(*memory) { tt.edit(m) })
			}
			hidden := len(m.groups[m.groupAt(admins)].Members)
			report := apply.Run(t.Context(), in)

			if calls := strings.TrimSuffix(strings.TrimSuffix(strings.Join(m.log(), "; "), "read"), "; "); calls != tt.calls {
				t.Errorf("calls (-want +got):\n%s", cmp.Diff(strings.Split(tt.calls, "; "), strings.Split(calls, "; ")))
			}
			if got := strings.Join(became(report), " "); got != tt.status {
				t.Errorf("statuses %q, want %q", got, tt.status)
			}
			if now := len(m.groups[m.groupAt(admins)].Members); now != hidden {
				t.Errorf("%d administrators, were %d", now, hidden)
			}
			said, sent := saidAndSent(report)
			if sent != tt.written {
				t.Errorf("written %q, want %q", sent, tt.written)
			}
			expectSaid(t, said, tt.says, tt.silent)
		})
	}
}
