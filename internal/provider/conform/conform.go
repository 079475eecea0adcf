// Package conform is the suite that every provider passes: a roster that grows and changes step by step, each step
// planned, applied and planned again, as an administrator would, and the same with requests that go wrong, processes that
// die and somebody else who edits. It must not know which tool it talks to; what an instance can't do has to come out as
// exactly the manual step that says so.
package conform

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// Target is what the suite needs of a provider.
type Target interface {
	apply.Target
	// ReadMore returns a reading with more of the live state, and reads nothing else for it.
	ReadMore(ctx context.Context, live *directory.Live, more directory.Extent) (*directory.Live, error)
	Caps() plan.Caps // after a Read
}

// Instance is one instance of a tool. It has to hold the administrator who asks and another active account, of another role
// if the tool has roles. What else of its tool it holds is told about as well:
//
//	assigned projects    a project
//	members of projects  two projects, and a sample project; the other account is in the first and in the sample
//	ways to sign on      one beside the tool's own, and somebody whose name a directory service rules over
//	invitations          two accounts that are not activated
type Instance struct {
	// Connect returns a client that knows nothing yet.
	Connect func(t *testing.T) Target
	// ByHand carries out a manual step, as a person would in the tool's interface. It is not called if the API can do
	// everything.
	ByHand func(t *testing.T, step plan.ManualStep)
}

// Run tells the story to an instance and returns how many steps of it passed. Each step builds on the one before, so that
// the first failure ends it.
func Run(t *testing.T, instance Instance) (passed int) {
	t.Helper()
	s := begin(t, instance)
	for _, step := range story() {
		if step.when != nil && !step.when(s) {
			continue
		}
		if !t.Run(step.name, func(t *testing.T) { s.play(t, step) }) {
			return passed
		}
		passed++
	}
	return passed
}

// step is one change of the roster and what has to follow from it.
type step struct {
	name   string
	when   func(*state) bool // nil: always
	change func(*state)
	// want returns the actions that the change takes, as "kind subject"; those that the instance can't do are manual
	// steps instead. nil: none.
	want func(*state) []string
	// writes is the field that these actions are about, where an instance may take the kind and not the field: then they
	// are manual steps too.
	writes plan.Field
}

// state is how far the story has come.
type state struct {
	instance Instance
	roster   *directory.Desired
	begun    *directory.Live // as it was found, with everything
	live     *directory.Live // as it was read last
	caps     plan.Caps
	self     directory.Email
	roles    [2]directory.Name // two that can be given, the second one unlike the administrator's; "" if there are none
}

// begin adopts what the instance holds: nothing of it may change.
func begin(t *testing.T, instance Instance) *state {
	t.Helper()
	client := instance.Connect(t)
	live, err := client.Read(t.Context(), directory.Extent{Projects: true, SignOns: true})
	if err != nil {
		t.Fatalf("instance can't be read: %v", err)
	}
	s := &state{instance: instance, begun: live, live: live, caps: client.Caps(), roster: adopt(live)}
	for i := range live.Users {
		u := &live.Users[i]
		if u.ID == live.Self {
			s.self, s.roles[0] = u.Email, u.Role
		}
	}
	for i := range live.Users {
		if u := &live.Users[i]; u.Active && u.Role != s.roles[0] {
			s.roles[1] = u.Role
		}
	}
	if s.caps.Reported[plan.FieldRole] && (s.roles[0] == "" || s.roles[1] == "") {
		t.Fatalf("instance has no two accounts with two different roles: %q", s.roles)
	}
	return s
}

// play changes the roster, plans, applies and plans again: then nothing but what a person has to do is left. Once that
// is done by hand, nothing is.
//
//	change ──> plan: exactly the actions wanted ──> apply: converged ──> plan: empty ──> by hand ──> plan: empty
//	                 and the manual steps wanted                         and the same               and nothing by hand
//	                                                                     manual steps
func (s *state) play(t *testing.T, step step) {
	if step.change != nil {
		step.change(s)
	}
	var wanted []string
	if step.want != nil {
		wanted = step.want(s)
	}
	var doable, byHand []string
	for _, action := range wanted {
		if s.can(kindOf(action), step.writes) {
			doable = append(doable, action)
		} else {
			byHand = append(byHand, action)
		}
	}
	byHand = append(byHand, s.unseen()...)

	client := s.instance.Connect(t)
	p := s.plan(t, client)
	same(t, "actions of the plan", doable, names(p.Actions()))
	same(t, "manual steps of the plan", byHand, manual(p))
	if t.Failed() {
		return
	}
	if !p.Empty() {
		s.apply(t, client, p)
	}

	again := s.plan(t, s.instance.Connect(t))
	same(t, "actions of the plan after the apply", nil, names(again.Actions()))
	same(t, "manual steps of the plan after the apply", byHand, manual(again))
	done := false
	for _, m := range again.Manual {
		if m.Where == "" || m.Detail == "" {
			t.Errorf("manual step %s %s does not say where (%q) or why (%q)", m.Kind, m.Subject, m.Where, m.Detail)
		}
		if s.sees(m.Kind) && !t.Failed() {
			s.instance.ByHand(t, m)
			done = true
		}
	}
	if done {
		last := s.plan(t, s.instance.Connect(t))
		same(t, "actions of the plan after the work by hand", nil, names(last.Actions()))
		same(t, "manual steps of the plan after the work by hand", s.unseen(), manual(last))
	}
}

// can reports whether the API of the instance takes an action of that kind which is about that field, if any.
func (s *state) can(kind plan.Kind, field plan.Field) bool {
	switch {
	case !s.caps.Kinds[kind]:
		return false
	case kind.OnGroup() && field == plan.FieldName:
		return s.caps.RenamesGroups
	}
	return !kind.OnUser() || field == "" || s.caps.Writable[field]
}

// sees reports whether a reading shows what an action of that kind has done.
func (s *state) sees(kind plan.Kind) bool { return s.caps.ReadsGroups || !kind.OnGroup() }

// unseen returns the manual steps that stay for ever on an instance whose groups can't be read: nobody knows whether
// they are done.
func (s *state) unseen() []string {
	if s.caps.ReadsGroups {
		return nil
	}
	var steps []string
	for i := range s.roster.Groups {
		steps = append(steps, "create_group "+string(s.roster.Groups[i].Name))
	}
	return steps
}

// plan reads the instance and plans. A refused plan fails the test: the story stays within the guards.
func (s *state) plan(t *testing.T, client Target) *plan.Plan {
	t.Helper()
	live, err := read(t.Context(), client, s.roster)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	s.live = live
	p, err := s.build(live, client.Caps())
	if err != nil {
		t.Fatalf("plan: %v", err)
	}
	for _, g := range p.Refused() {
		t.Fatalf("plan is refused: %s %s: %s", g.Guard, g.Subject, g.Text)
	}
	return p
}

func (s *state) build(live *directory.Live, caps plan.Caps) (*plan.Plan, error) {
	return plan.Build(s.roster, live, caps, plan.Options{Today: today()})
}

// apply carries out a plan of what was read last.
func (s *state) apply(t *testing.T, client Target, p *plan.Plan) {
	t.Helper()
	report := apply.Run(context.WithoutCancel(t.Context()), apply.Input{
		Plan: p, Live: s.live, Caps: client.Caps(), Target: client,
		Replan: func(now *directory.Live) (*plan.Plan, error) { return s.build(now, client.Caps()) },
	})
	for _, o := range report.Outcomes {
		if o.Status != apply.Done {
			t.Errorf("%s %s is %s: %s", o.Kind, o.Subject, o.Status, o.Error)
		}
	}
	for _, r := range report.Remaining {
		t.Errorf("%s %s remains", r.Kind, r.Subject)
	}
	if report.Result != apply.Converged {
		t.Errorf("apply ended as %s, final read %s %s", report.Result, report.FinalRead, report.FinalReadError)
	}
}

func names(actions []*plan.Action) []string {
	var out []string
	for _, a := range actions {
		out = append(out, nameOf(a))
	}
	return out
}

func manual(p *plan.Plan) []string {
	var out []string
	for i := range p.Manual {
		out = append(out, nameOf(&p.Manual[i].Action))
	}
	return out
}

// nameOf returns kind and subject of an action, an address in the form in which it is compared.
func nameOf(a *plan.Action) string {
	if a.Kind.OnUser() {
		return string(a.Kind) + " " + string(directory.Email(a.Subject).Key())
	}
	return string(a.Kind) + " " + a.Subject
}

func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	want, got = slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
