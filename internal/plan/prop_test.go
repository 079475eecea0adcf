package plan_test

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// TestMain makes a property hold over 500 cases rather than a hundred, and keeps a failure out of the tree (its seed
// is printed), unless the command line says otherwise.
func TestMain(m *testing.M) {
	flag.Parse()
	for name, value := range map[string]string{"rapid.checks": "500", "rapid.nofailfile": "true", "rapid.shrinktime": "5s"} {
		if f := flag.Lookup(name); f.Value.String() == f.DefValue {
			if err := f.Value.Set(value); err != nil {
				panic(err)
			}
		}
	}
	os.Exit(m.Run())
}

// check runs a property over worlds and their plans.
func check(t *testing.T, property func(*rapid.T, *world, *plan.Plan)) {
	rapid.Check(t, func(t *rapid.T) {
		w := draw{t}.world()
		property(t, w, mustBuild(t, w))
	})
}

func mustBuild(t *rapid.T, w *world) *plan.Plan {
	p, err := w.plan()
	if err != nil {
		t.Fatalf("Build: %v: %q", err, problems(err))
	}
	return p
}

// applied is the world after a whole plan.
func applied(t *rapid.T, w *world, p *plan.Plan) *world {
	r := newRun(w)
	if err := r.all(p); err != nil {
		t.Fatal(err)
	}
	next := *w
	next.live = r.live
	return &next
}

// A plan that would re-address a protected account is never run: under its new address it is protected no longer.
func breaksProtection(p *plan.Plan) bool {
	return slices.ContainsFunc(p.Refused(), func(g plan.GuardResult) bool { return g.Guard == directory.GuardProtect })
}

func TestProperty_applyingAPlanMakesTheNextOneEmpty(t *testing.T) {
	check(t, func(t *rapid.T, w *world, p *plan.Plan) {
		if breaksProtection(p) {
			return
		}
		if next := mustBuild(t, applied(t, w, p)); !next.Empty() {
			t.Fatalf("after\n%q\nstill\n%q", stages(p), stages(next))
		}
	})
}

// A run may end after any action, and any action may fail: the next plan leads on from there.
func TestProperty_anyPartOfAPlanConverges(t *testing.T) {
	check(t, func(t *rapid.T, w *world, p *plan.Plan) {
		if breaksProtection(p) {
			return
		}
		r := newRun(w)
		for _, batch := range p.Batches[:rapid.IntRange(0, len(p.Batches)).Draw(t, "batches")] {
			runBatch(t, r, batch)
		}
		next := *w
		next.live = r.live
		again := mustBuild(t, &next)
		if rest := mustBuild(t, applied(t, &next, again)); !rest.Empty() {
			t.Fatalf("after parts of\n%q\nand\n%q\nstill\n%q", stages(p), stages(again), stages(rest))
		}
	})
}

// runBatch carries out a batch in any order, and any action of it may fail.
func runBatch(t *rapid.T, r *run, batch plan.Batch) {
	for _, a := range rapid.Permutation(batch.Actions).Draw(t, "order") {
		if rapid.IntRange(0, 3).Draw(t, "fails") == 0 {
			r.skip(&a)
			continue
		}
		if err := r.do(&a); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProperty_sameInputsInAnyOrderGiveTheSameBytes(t *testing.T) {
	check(t, func(t *rapid.T, w *world, p *plan.Plan) {
		want, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(mustBuild(t, draw{t}.shuffled(w)))
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != string(got) {
			t.Fatalf("two plans (-one +other):\n%s", cmp.Diff(string(want), string(got)))
		}
	})
}

func TestProperty_buildChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := draw{t}.shuffled(draw{t}.world())
		want, live := asJSON(t, w.want), asJSON(t, w.live)
		mustBuild(t, w)
		if asJSON(t, w.want) != want || asJSON(t, w.live) != live {
			t.Fatal("Build changed its arguments")
		}
	})
}

func asJSON(t *rapid.T, v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// With prune off no unlisted account is changed, and every unlisted member of an at_least or unmanaged group is in it.
func TestProperty_withoutPruningNothingUnlistedIsTouched(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := draw{t}.world()
		unlisted(pick(draw{t}, "users", directory.PolicyIgnore, directory.PolicyReport), pick(draw{t}, "groups", directory.PolicyIgnore, directory.PolicyReport))(w)
		p := mustBuild(t, w)
		after := newRun(w)
		if err := after.all(p); err != nil {
			t.Fatal(err)
		}
		named := map[directory.UserID]bool{}
		for i := range w.want.Users {
			u := &w.want.Users[i]
			named[u.ID.Value] = true
			for _, name := range append([]directory.Email{u.Email}, wasOf(u)...) {
				named[directory.UserID(w.bearer(string(name)))] = true
			}
		}
		exact := func(g *directory.Group) bool {
			return slices.ContainsFunc(w.want.Groups, func(x directory.WantGroup) bool { return x.Mode.Value == directory.Exact && w.means(&x, g) })
		}
		for i := range w.live.Users {
			u := &w.live.Users[i]
			if named[u.ID] {
				continue
			}
			if diff := cmp.Diff(u, after.byID(u.ID)); diff != "" {
				t.Fatalf("an unlisted account changed (-before +after):\n%s", diff)
			}
			for _, g := range w.live.Groups {
				now := after.group(g.ID)
				if slices.Contains(g.Members, u.ID) && (now == nil || !exact(&g) && !slices.Contains(now.Members, u.ID)) {
					t.Fatalf("unlisted %s lost group %s", u.Email, g.Name)
				}
			}
		}
	})
}

func wasOf(u *directory.WantUser) []directory.Email {
	var list []directory.Email
	for _, k := range u.Was {
		list = append(list, k.Value)
	}
	return list
}

// Whatever the policies: unless the plan is refused for it, the account that runs it stays in, protected accounts stay as
// they are, and both stay in their groups, as do members without a usable address.
func TestProperty_ownProtectedAndForgottenAccounts(t *testing.T) {
	check(t, func(t *rapid.T, w *world, p *plan.Plan) {
		refused := map[directory.GuardName]bool{}
		for _, g := range p.Refused() {
			refused[g.Guard] = true
		}
		after := newRun(w)
		if err := after.all(p); err != nil {
			t.Fatal(err)
		}
		listedHere := w.want.Members()
		for i := range w.live.Users {
			u := &w.live.Users[i]
			now := after.byID(u.ID)
			own := u.ID == w.live.Self
			protected := slices.ContainsFunc(w.want.Guards.Protect, func(k directory.Key[string]) bool { return directory.Glob(k.Value, string(u.Email.Key())) })
			if own && !refused[directory.GuardSelf] && (now.Email != u.Email || u.Active && !now.Active || u.Active && u.Admin && !now.Admin || now.SignOn != u.SignOn) {
				t.Fatalf("own account: before %+v, after %+v", u, now)
			}
			if (protected && !refused[directory.GuardProtect] || u.Untouchable()) && !cmp.Equal(u, now) {
				t.Fatalf("before %+v, after %+v", u, now)
			}
			if !own && !protected && !u.Untouchable() {
				continue
			}
			for _, g := range w.live.Groups {
				later := after.group(g.ID)
				if !slices.Contains(g.Members, u.ID) || later == nil && u.Untouchable() {
					continue
				}
				if later == nil || !slices.Contains(later.Members, u.ID) {
					t.Fatalf("%q lost group %q, listed %v", u.Email, g.Name, listedHere[g.Name])
				}
			}
		}
	})
}

// Every need is an action of an earlier batch, ids are unique, and no action is without effect.
func TestProperty_needsComeEarlier(t *testing.T) {
	check(t, func(t *rapid.T, w *world, p *plan.Plan) {
		earlier, ids := map[string]bool{}, map[string]bool{}
		for _, batch := range p.Batches {
			if len(batch.Actions) == 0 {
				t.Fatalf("batch %s is empty", batch.Stage)
			}
			for _, a := range batch.Actions {
				if ids[a.ID] {
					t.Fatalf("two actions have the id %s", a.ID)
				}
				ids[a.ID] = true
				for _, need := range a.Needs {
					if !earlier[need] {
						t.Fatalf("%s needs %s, which is not in an earlier batch", a.ID, need)
					}
				}
				if a.Kind == plan.UpdateGroup && len(a.Fields)+len(a.Members.Add)+len(a.Members.Remove) == 0 || a.Kind.OnUser() && len(a.Fields) == 0 ||
					a.Kind.OnProject() && len(a.Members.Add)+len(a.Members.Remove) == 0 {
					t.Fatalf("%s changes nothing", a.ID)
				}
			}
			for _, a := range batch.Actions {
				earlier[a.ID] = true
			}
		}
		least, most := writes(w, p)
		if len(ids) != p.Summary.Actions || p.Cost.Writes < least || p.Cost.Writes > most {
			t.Fatalf("%d actions, the summary says %d; %d to %d writes, the cost says %d", len(ids), p.Summary.Actions, least, most, p.Cost.Writes)
		}
	})
}

// writes returns how many writes a plan takes at least and at most: one for each action, but on the user's side one for each
// account that exists instead of those on people and groups, and two for some who come back.
func writes(w *world, p *plan.Plan) (least, most int) {
	if w.caps.Membership == plan.OnGroup {
		return p.Summary.Actions, p.Summary.Actions
	}
	n, more := 0, 0
	people := map[directory.UserID]bool{}
	for _, a := range p.Actions() {
		switch a.Kind {
		case plan.ReactivateUser:
			more++
			people[directory.UserID(a.SubjectID)] = true
		case plan.UpdateUser, plan.DeactivateUser:
			people[directory.UserID(a.SubjectID)] = true
		case plan.UpdateGroup:
			for _, m := range slices.Concat(a.Members.Add, a.Members.Remove) {
				people[m.ID] = true
			}
		default:
			n++
		}
	}
	delete(people, 0)
	return n + len(people), n + len(people) + more
}

// A plan that is not refused for it never leaves too few administrators or takes too many seats, at no moment, whichever
// actions fail; and its summary says where it ends.
func TestProperty_adminsAndSeatsHoldAtEveryMoment(t *testing.T) {
	check(t, func(t *rapid.T, w *world, p *plan.Plan) {
		refused := map[directory.GuardName]bool{}
		for _, g := range p.Refused() {
			refused[g.Guard] = true
		}
		seatsBefore, adminsBefore := seatsTaken(&w.live)
		most := max(w.want.Seats.Limit.Value-w.want.Seats.Reserve.Value, seatsBefore)
		least := min(w.want.Guards.MinAdmins.Value, adminsBefore)
		r := newRun(w)
		r.after = func(a *plan.Action) {
			taken, admins := seatsTaken(&r.live)
			if w.want.Seats.Limit.Set && !refused[directory.GuardSeats] && taken > most {
				t.Fatalf("%d seats taken after %s, at most %d, in\n%q", taken, a.ID, most, stages(p))
			}
			if w.caps.Reported[plan.FieldAdmin] && !refused[directory.GuardMinAdmins] && admins < least {
				t.Fatalf("%d administrators after %s, at least %d, in\n%q", admins, a.ID, least, stages(p))
			}
		}
		for _, batch := range p.Batches {
			runBatch(t, r, batch)
		}
		end := applied(t, w, p)
		taken, admins := seatsTaken(&end.live)
		if taken != p.Summary.SeatsAfter || admins != p.Summary.AdminsAfter || len(end.live.Users) != p.Summary.People {
			t.Fatalf("ends at %d seats, %d administrators, %d people, and the summary is %+v", taken, admins, len(end.live.Users), p.Summary)
		}
	})
}

func TestProperty_noRemovalsTakesNothingAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := draw{t}.world()
		noRemovals(w)
		end := applied(t, w, mustBuild(t, w))
		for i := range w.live.Users {
			if u := &w.live.Users[i]; u.Active && !userByID(&end.live, u.ID).Active {
				t.Fatalf("%s was deactivated", u.Email)
			}
		}
		for i := range w.live.Users {
			for _, id := range w.live.Users[i].Projects {
				if !slices.Contains(userByID(&end.live, w.live.Users[i].ID).Projects, id) {
					t.Fatalf("%s lost project %d", w.live.Users[i].Email, id)
				}
			}
		}
		r := run{live: end.live}
		for _, g := range w.live.Groups {
			for _, id := range g.Members {
				if now := r.group(g.ID); now == nil || !slices.Contains(now.Members, id) {
					t.Fatalf("%d lost group %s", id, g.Name)
				}
			}
		}
	})
}
