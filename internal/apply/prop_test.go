package apply_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// disturbance is what happens around one call: somebody else's edit before it, and a fault.
type disturbance struct {
	edit, who, where int
	fault            int
}

// crowd are the accounts of the property tests: five that exist and two that may be created.
func crowd() []string {
	return []string{"ann@x.example", "bob@x.example", "cas@x.example", "dee@x.example", "eli@x.example", "new@x.example", "fay@x.example"}
}

// world is one random case: an instance, what it shall become, and what gets in the way.
type world struct {
	m    *memory
	want *directory.Desired
	plan *plan.Plan
	in   apply.Input
	// lost are members that a write took from a group without the plan saying so, twins addresses that were made twice.
	lost, twins []string
	leftOut     []directory.GroupID // groups whose list was sent without an inactive member
}

func drawWorld(t *rapid.T) *world {
	coin := rapid.Bool()
	m := &memory{hideInactive: coin.Draw(t, "hides inactive members"), bansInactive: coin.Draw(t, "refuses inactive members"), lookUpDenies: coin.Draw(t, "look-up denies")}
	for i, email := range crowd()[:5] {
		u := person(directory.UserID(i+1), email)
		u.Active = i == 0 || rapid.IntRange(0, 3).Draw(t, "active") > 0
		m.users = append(m.users, u)
	}
	for i := range 3 {
		g := team(directory.GroupID(i+1), fmt.Sprintf("g%d", i))
		for id := directory.UserID(1); id <= 5; id++ {
			if coin.Draw(t, "member") {
				g.Members = append(g.Members, id)
			}
		}
		m.groups = append(m.groups, g)
	}
	w := &world{m: m, want: drawDesired(t)}
	w.in = input(m, nil)
	w.in.Replan = func(live *directory.Live) (*plan.Plan, error) { return w.build(live) }
	return w
}

func drawDesired(t *rapid.T) *directory.Desired {
	pos := directory.Pos{File: "users.yaml", Line: 1, Column: 1}
	want := &directory.Desired{Timezone: "UTC", Guards: directory.DefaultGuards()}
	want.Unlisted = directory.Unlisted{
		Users:  rapid.SampledFrom([]directory.UnlistedPolicy{directory.PolicyReport, directory.PolicyDeactivate}).Draw(t, "unlisted users"),
		Groups: rapid.SampledFrom([]directory.UnlistedPolicy{directory.PolicyReport, directory.PolicyDelete}).Draw(t, "unlisted groups"),
	}
	want.Guards.MinAdmins.Value = 0
	for guard := range want.Guards.Limits {
		want.Guards.Limits[guard] = directory.Limit{Percent: directory.At(100, pos), Count: directory.At(1000, pos), MinSize: 1000}
	}
	var listed []string
	for _, email := range slices.Sorted(slices.Values(crowd())) {
		if rapid.IntRange(0, 4).Draw(t, "listed") == 0 {
			continue
		}
		listed = append(listed, email)
		name, _, _ := strings.Cut(email, "@")
		u := directory.WantUser{Email: directory.Email(email), Name: directory.At(name, pos), Pos: pos}
		if rapid.Bool().Draw(t, "lead") {
			u.Role = directory.At(directory.Name("Lead"), pos)
		}
		if active := rapid.IntRange(0, 2).Draw(t, "active"); active < 2 {
			u.Active = directory.At(active == 1, pos)
		}
		want.Users = append(want.Users, u)
	}
	for i := range 4 {
		if rapid.IntRange(0, 3).Draw(t, "group") == 0 {
			continue
		}
		mode := rapid.SampledFrom([]directory.GroupMode{directory.Exact, directory.AtLeast}).Draw(t, "mode")
		g := directory.WantGroup{Name: directory.Name(fmt.Sprintf("g%d", i)), Mode: directory.At(mode, pos), Pos: pos}
		if i == 1 && rapid.Bool().Draw(t, "rename") {
			g.Name, g.Was = "renamed", []directory.Key[directory.Name]{directory.At(directory.Name("g1"), pos)}
		}
		members := []directory.MemberRef{}
		for _, email := range listed {
			if rapid.Bool().Draw(t, "wanted member") {
				members = append(members, directory.MemberRef{Email: directory.Email(email), Pos: pos})
			}
		}
		g.Members = directory.At(members, pos)
		want.Groups = append(want.Groups, g)
	}
	return want
}

func (w *world) build(live *directory.Live) (*plan.Plan, error) {
	able := caps()
	able.Kinds = make(map[plan.Kind]bool)
	for _, k := range plan.Kinds() {
		able.Kinds[k] = true
	}
	live.ProjectsRead, live.Self = true, 0
	return plan.Build(w.want, live, able, plan.Options{Today: directory.Date{Year: 2026, Month: 11, Day: 22}})
}

// disturb lets each call be preceded by somebody else's edit and meet a fault. Between the read of a group and its
// write nobody edits: no tool has a conditional write, so nothing could protect that edit.
func (w *world) disturb(list []disturbance) {
	n := 0
	next := func() disturbance {
		if n++; n <= len(list) {
			return list[n-1]
		}
		return disturbance{}
	}
	var now disturbance
	w.m.before = func(call string) error {
		now = next()
		if !strings.HasPrefix(call, "update_group") && !strings.HasPrefix(call, "delete_group") {
			w.m.edit(func(m *memory) { w.foreign(m, now) })
		}
		switch now.fault {
		case 1:
			return cut
		case 2:
			return refused
		}
		return nil
	}
	w.m.after = func(string) error {
		if now.fault == 3 {
			return cut
		}
		return nil
	}
}

func (w *world) foreign(m *memory, d disturbance) {
	i := 0
	if len(m.groups) > 0 {
		i = d.where % len(m.groups)
	}
	u := &m.users[d.who%len(m.users)]
	switch {
	case d.edit == 1 && len(m.groups) > 0 && u.Active && !slices.Contains(m.groups[i].Members, u.ID):
		m.groups[i].Members = append(slices.Clone(m.groups[i].Members), u.ID)
	case d.edit == 2 && len(m.groups) > 0:
		m.groups[i].Members = slices.DeleteFunc(slices.Clone(m.groups[i].Members), func(id directory.UserID) bool { return id == u.ID })
	case d.edit == 3 && len(m.groups) > 0:
		m.groups[i].Name += "x"
	case d.edit == 4:
		u.Name += "x"
	case d.edit == 5 && len(m.groups) > 0:
		m.groups = slices.Delete(slices.Clone(m.groups), i, i+1)
	}
}

// watched is the instance of a world, which notes what its writes destroy.
type watched struct {
	*memory
	w *world
}

func (x watched) UpdateGroup(ctx context.Context, id directory.GroupID, name directory.Name, members []directory.UserID) (directory.Group, error) {
	kept := slices.Clone(members)
	for _, a := range x.w.plan.Actions() {
		if a.Kind == plan.UpdateGroup && a.SubjectID == int64(id) {
			for _, m := range a.Members.Remove {
				kept = append(kept, m.ID)
			}
		}
	}
	before := len(x.w.leftOut)
	x.noteLost(id, kept)
	answer, err := x.memory.UpdateGroup(ctx, id, name, members)
	if errors.Is(err, refused) {
		x.w.leftOut = x.w.leftOut[:before]
	}
	return answer, err
}

func (x watched) DeleteGroup(ctx context.Context, id directory.GroupID) error {
	x.noteLost(id, x.basis(id))
	return x.memory.DeleteGroup(ctx, id)
}

// noteLost notes the members of a group that are not in kept. Whom the group hides and the plan did not see there can't
// be seen by anybody, and is not counted.
func (x watched) noteLost(id directory.GroupID, kept []directory.UserID) {
	x.mu.Lock()
	defer x.mu.Unlock()
	i := x.groupAt(id)
	if i < 0 {
		return
	}
	shown, basis := x.shown(x.groups[i]).Members, x.basis(id)
	for _, member := range x.groups[i].Members {
		if slices.Contains(kept, member) || !slices.Contains(shown, member) && !slices.Contains(basis, member) {
			continue
		}
		if at := slices.IndexFunc(x.users, func(u directory.User) bool { return u.ID == member }); at >= 0 && !x.users[at].Active {
			x.w.leftOut = append(x.w.leftOut, id)
			continue
		}
		x.w.lost = append(x.w.lost, fmt.Sprintf("%d from %s", member, x.groups[i].Name))
	}
}

// basis are the members that the plan saw in a group.
func (x watched) basis(id directory.GroupID) []directory.UserID {
	for _, g := range x.w.in.Live.Groups {
		if g.ID == id {
			return g.Members
		}
	}
	return nil
}

// CreateUser makes a second account with the same address, as a tool that does not check would.
func (x watched) CreateUser(ctx context.Context, c directory.UserChange) (directory.User, error) {
	for _, u := range x.live().Users {
		if u.Email.Key() == c.Email.Key() {
			x.w.twins = append(x.w.twins, string(u.Email))
		}
	}
	return x.memory.CreateUser(ctx, c)
}

// run plans and applies. It returns nil if there is no plan to apply.
func (w *world) run(t *rapid.T) *apply.Report {
	w.in.Live = w.m.live()
	p, err := w.build(w.in.Live)
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	if len(p.Refused()) > 0 {
		t.Fatalf("plan is refused: %+v", p.Refused())
	}
	w.plan, w.in.Plan, w.in.Target = p, p, watched{w.m, w}
	return apply.Run(context.Background(), w.in)
}

func TestRun_losesNobodyAndConvergesWhateverHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.disturb(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) disturbance {
			return disturbance{
				edit: rapid.IntRange(0, 7).Draw(t, "edit"), who: rapid.IntRange(0, 6).Draw(t, "who"), where: rapid.IntRange(0, 3).Draw(t, "where"),
				fault: rapid.IntRange(0, 9).Draw(t, "fault"),
			}
		}), 0, 60).Draw(t, "disturbances"))
		report := w.run(t)

		if len(w.lost) > 0 {
			t.Errorf("members lost: %v\n%s", w.lost, strings.Join(w.m.log(), "\n"))
		}
		for _, group := range w.leftOut {
			if !slices.ContainsFunc(report.Outcomes, func(o apply.Outcome) bool {
				return o.SubjectID == int64(group) && strings.Contains(strings.Join(o.Remarks, ""), "refuses a list that holds inactive accounts")
			}) {
				t.Errorf("inactive members of group %d left out, and nobody says so", group)
			}
		}
		if len(w.twins) > 0 {
			t.Errorf("created twice: %v", w.twins)
		}
		left, err := w.build(w.m.live())
		if report.Result == apply.Converged && (err != nil || !left.Empty()) {
			t.Errorf("converged, and yet there is %v left: %v", left, err)
		}
		for _, o := range report.Outcomes {
			if o.Status == "" || o.Status != apply.Done && o.Error == "" {
				t.Errorf("%s is %q without a reason", o.ID, o.Status)
			}
		}

		// Whatever was left behind, an undisturbed run finishes it, or has nothing to do.
		w.m.before, w.m.after, w.lost, w.leftOut, w.twins = nil, nil, nil, nil, nil
		if report = w.run(t); report.Result != apply.Converged {
			t.Errorf("undisturbed run: %s: %v, remaining %+v", report.Result, statuses(report), report.Remaining)
			for _, o := range report.Outcomes {
				t.Logf("%s: %s %s %v", o.ID, o.Status, o.Error, o.Remarks)
			}
		}
	})
}
