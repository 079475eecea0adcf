package apply_test

import (
	"context"
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

// The faults of a disturbance, by the error that is answered. What is not unclear or happens before has no effect.
var (
	faultsBefore = map[int]error{1: cut, 2: refused, 4: soon(busy), 5: soon(down)}
	faultsAfter  = map[int]error{3: cut, 6: soon(down)}
)

// soon is an error after which another try need not wait.
func soon(e callError) error {
	e.atOnce = true
	return e
}

// crowd are the accounts of the property tests: five that exist and two that may be created.
func crowd() []string {
	return []string{"ann@x.example", "bob@x.example", "cas@x.example", "dee@x.example", "eli@x.example", "new@x.example", "fay@x.example"}
}

// world is one random case: an instance, what it shall become, and what gets in the way.
type world struct {
	m    *memory
	on   *onUser // the same on the user's side of the relation, nil on the group's
	want *directory.Desired
	plan *plan.Plan
	in   apply.Input
	// lost are members that a write took from a group without the plan saying so, twins addresses that were made twice.
	lost, twins []string
	leftOut     []directory.GroupID // groups whose list was sent without an inactive member
	wrong       []string            // what else a write did that the plan does not say
	sent        map[move]bool       // who was moved on the user's side; false: perhaps
	met         tally
}

// tally counts what cases were made of.
type tally struct{ cases, calls, writes, edits, faults, converged int }

func (t *tally) add(more tally) {
	t.cases += more.cases
	t.calls += more.calls
	t.writes += more.writes
	t.edits += more.edits
	t.faults += more.faults
	t.converged += more.converged
}

func drawWorld(t *rapid.T, side plan.Side) *world {
	coin := rapid.Bool()
	w := &world{m: &memory{}}
	if side == plan.OnUser {
		w.on = instanceOnUser()
		w.on.users = nil
		w.m = w.on.memory
	}
	m := w.m
	m.lookUpDenies = coin.Draw(t, "look-up denies")
	if w.on == nil {
		m.hideInactive, m.bansInactive = coin.Draw(t, "hides inactive members"), coin.Draw(t, "refuses inactive members")
	}
	for i, email := range crowd()[:5] {
		u := person(directory.UserID(i+1), email)
		u.Active = i == 0 || rapid.IntRange(0, 3).Draw(t, "active") > 0
		u.GivenName, u.FamilyName = u.Name, ""
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
	w.want = drawDesired(t)
	w.in = input(m, nil)
	if w.on != nil {
		for i := range m.users {
			for _, p := range w.on.projects {
				if m.users[i].Active && coin.Draw(t, "member of a project") {
					w.on.members[p.ID] = append(w.on.members[p.ID], m.users[i].ID)
				}
			}
		}
		drawPeopleOnUser(t, w.want)
		w.in = inputOnUser(w.on, nil)
	}
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

// drawPeopleOnUser turns the people of a desired state into those of the user's side: names in two parts, a way to sign on,
// and projects.
func drawPeopleOnUser(t *rapid.T, want *directory.Desired) {
	for i := range want.Users {
		u := &want.Users[i]
		u.GivenName, u.FamilyName = directory.At(u.Name.Value, u.Pos), directory.At("Roe", u.Pos)
		u.Name = directory.Key[string]{}
		if rapid.Bool().Draw(t, "signs on elsewhere") {
			u.SignOn = directory.At(directory.Name("Acme SSO"), u.Pos)
		}
		if rapid.Bool().Draw(t, "projects managed") {
			refs := []directory.ProjectRef{}
			for _, project := range []directory.Name{"app", "web"} {
				if rapid.Bool().Draw(t, "project") {
					profile := rapid.SampledFrom(profiles()).Draw(t, "profile").Name
					refs = append(refs, directory.ProjectRef{Project: project, Profile: profile, Pos: u.Pos})
				}
			}
			u.Projects = directory.At(refs, u.Pos)
		}
	}
}

// live returns what a process reads that knows nothing.
func (w *world) live() *directory.Live {
	if w.on != nil {
		return w.on.live()
	}
	return w.m.live()
}

func (w *world) build(live *directory.Live) (*plan.Plan, error) {
	able := w.in.Caps
	able.Kinds, able.RenamesGroups = make(map[plan.Kind]bool), w.on == nil
	for _, k := range plan.Kinds() {
		able.Kinds[k] = w.on == nil || k != plan.DeleteGroup
	}
	live.ProjectsRead, live.Self = true, 0
	return plan.Build(w.want, live, able, plan.Options{Today: directory.Date{Year: 2026, Month: 11, Day: 22}})
}

// disturb lets each call be preceded by somebody else's edit and meet a fault. Between the read of a group, a person or a
// project and its write nobody edits: no tool has a conditional write, so nothing could protect that edit.
func (w *world) disturb(list []disturbance) {
	n := 0
	next := func() disturbance {
		if n++; n <= len(list) {
			return list[n-1]
		}
		return disturbance{}
	}
	follows := []string{"update_group", "delete_group"}
	if w.on != nil {
		follows = []string{"update_user", "add_to_project", "remove_from_project"}
	}
	var now disturbance
	w.m.before = func(call string) error {
		now = next()
		if !slices.ContainsFunc(follows, func(prefix string) bool { return strings.HasPrefix(call, prefix) }) {
			w.m.edit(func(m *memory) { w.foreign(m, now) })
		}
		return w.fault(faultsBefore[now.fault])
	}
	w.m.after = func(string) error { return w.fault(faultsAfter[now.fault]) }
}

func (w *world) fault(err error) error {
	if err != nil {
		w.met.faults++
	}
	return err
}

func (w *world) foreign(m *memory, d disturbance) {
	groups := len(m.groups)
	if w.on != nil {
		groups-- // nobody edits who is an administrator: that one comes first
		m.groups = append(slices.Clone(m.groups[1:]), m.groups[0])
		defer func() {
			m.groups = append(m.groups[len(m.groups)-1:len(m.groups):len(m.groups)], m.groups[:len(m.groups)-1]...)
		}()
	}
	i := 0
	if groups > 0 {
		i = d.where % groups
	}
	u := &m.users[d.who%len(m.users)]
	if d.edit > 0 && d.edit <= 8 {
		w.met.edits++
	}
	switch {
	case d.edit == 1 && groups > 0 && u.Active && !slices.Contains(m.groups[i].Members, u.ID):
		m.groups[i].Members = append(slices.Clone(m.groups[i].Members), u.ID)
	case d.edit == 2 && groups > 0:
		m.groups[i].Members = slices.DeleteFunc(slices.Clone(m.groups[i].Members), func(id directory.UserID) bool { return id == u.ID })
	case d.edit == 3 && groups > 0:
		m.groups[i].Name += "x"
	case d.edit == 4 && w.on != nil:
		u.FamilyName += "x"
		u.Name = directory.FullName(u.GivenName, u.FamilyName)
	case d.edit == 4:
		u.Name += "x"
	case d.edit == 5 && groups > 0:
		m.groups = slices.Delete(slices.Clone(m.groups), i, i+1)
	case w.on == nil:
	case d.edit == 6 && u.Active:
		id := w.on.projects[d.where%2].ID
		w.on.members[id] = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(w.on.members[id]), u.ID))))
	case d.edit == 7:
		id := w.on.projects[d.where%2].ID
		w.on.members[id] = slices.DeleteFunc(slices.Clone(w.on.members[id]), func(other directory.UserID) bool { return other == u.ID })
	case d.edit == 8:
		u.Active = false
	}
}

// run plans and applies. It returns nil if there is no plan to apply.
func (w *world) run(t *rapid.T) *apply.Report {
	w.in.Live = w.live()
	p, err := w.build(w.in.Live)
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	if len(p.Refused()) > 0 {
		t.Fatalf("plan is refused: %+v", p.Refused())
	}
	w.sent = make(map[move]bool)
	w.plan, w.in.Plan, w.in.Target = p, p, watched{w.m, w}
	if w.on != nil {
		w.in.Target = watchedOnUser{w.on, w}
	}
	return apply.Run(context.Background(), w.in)
}

func TestRun_losesNobodyAndConvergesWhateverHappens(t *testing.T) {
	for _, side := range []plan.Side{plan.OnGroup, plan.OnUser} {
		t.Run("memberships on the "+string(side), func(t *testing.T) {
			var all tally
			rapid.Check(t, func(t *rapid.T) {
				w := drawWorld(t, side)
				w.disturb(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) disturbance {
					return disturbance{
						edit: rapid.IntRange(0, 10).Draw(t, "edit"), who: rapid.IntRange(0, 6).Draw(t, "who"), where: rapid.IntRange(0, 3).Draw(t, "where"),
						fault: rapid.IntRange(0, 14).Draw(t, "fault"),
					}
				}), 0, 60).Draw(t, "disturbances"))
				w.check(t)
				w.met.cases, w.met.calls, w.met.writes = 1, len(w.m.log()), len(w.m.writes())
				all.add(w.met)
			})
			if all.edits == 0 || all.faults == 0 || all.converged == 0 || all.converged == all.cases {
				t.Errorf("cases that show nothing: %+v", all)
			}
			t.Logf("memberships on the %s: %d cases with %d calls, %d of them writes, %d edits by others and %d faults; %d converged at once, nobody was lost and nobody made twice",
				side, all.cases, all.calls, all.writes, all.edits, all.faults, all.converged)
		})
	}
}

// check runs while it is disturbed, and once more undisturbed.
func (w *world) check(t *rapid.T) {
	report := w.run(t)
	if report.Result == apply.Converged {
		w.met.converged++
	}
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
	if len(w.wrong) > 0 {
		t.Errorf("not in the plan: %v\n%s", w.wrong, strings.Join(w.m.log(), "\n"))
	}
	if w.on != nil {
		if unlike := w.unlike(report); len(unlike) > 0 {
			t.Errorf("the report is not what was sent: %v\n%s", unlike, strings.Join(w.m.log(), "\n"))
		}
	}
	left, err := w.build(w.live())
	if report.Result == apply.Converged && (err != nil || !left.Empty()) {
		t.Errorf("converged, and yet there is %v left: %v", left, err)
	}
	for _, o := range report.Outcomes {
		if o.Status == "" || o.Status != apply.Done && o.Error == "" {
			t.Errorf("%s is %q without a reason", o.ID, o.Status)
		}
	}

	// Whatever was left behind, an undisturbed run finishes it, or has nothing to do.
	w.m.before, w.m.after, w.lost, w.leftOut, w.twins, w.wrong = nil, nil, nil, nil, nil, nil
	if report = w.run(t); report.Result != apply.Converged {
		t.Errorf("undisturbed run: %s: %v, remaining %+v", report.Result, statuses(report), report.Remaining)
		for _, o := range report.Outcomes {
			t.Logf("%s: %s %s %v", o.ID, o.Status, o.Error, o.Remarks)
		}
	}
}
