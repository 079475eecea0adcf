package plan_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// draw is a shorthand for the many small choices of a generator.
type draw struct{ *rapid.T }

// odds is true in about one of n cases.
func (d draw) odds(n int, label string) bool { return rapid.IntRange(1, n).Draw(d.T, label) == 1 }

func (d draw) flag(label string) bool { return rapid.Bool().Draw(d.T, label) }

func (d draw) upTo(n int, label string) int { return rapid.IntRange(0, n).Draw(d.T, label) }

func pick[T any](d draw, label string, from ...T) T { return rapid.SampledFrom(from).Draw(d.T, label) }

// some picks a part of a list of up to 20, in its order, with one choice: many make a run slow.
func some[T any](d draw, label string, from []T) []T {
	var part []T
	mask := d.upTo(1<<len(from)-1, label)
	for i, x := range from {
		if mask>>i&1 == 1 {
			part = append(part, x)
		}
	}
	return part
}

// slots is how many people and groups a world may have: slot i has the addresses a<i> and b<i>, which may both be live,
// so that everybody can be re-addressed and nobody gets in the way of another.
const slots = 6

// world is a live state and a file that fits it, of a tool of either side: Build returns no error.
func (d draw) world() *world {
	w := d.company()
	if d.flag("memberships are written on the user") {
		d.userSide(w)
	}
	d.abilities(w)
	return w
}

// company is a world of a tool that writes memberships on the group and can do everything.
func (d draw) company() *world {
	w := given(self(d.upTo(slots, "self")), project(1, "P1"), project(2, "P2"))
	d.accounts(w)
	d.groups(w)
	for _, g := range some(d, "groups with access", w.live.Groups) {
		w.live.Projects[0].Groups = append(w.live.Projects[0].Groups, g.ID)
	}
	for i := range slots {
		if d.odds(4, "unlisted person") {
			continue
		}
		d.person(w, i)
	}
	for i := range slots {
		if d.odds(3, "unlisted group") {
			continue
		}
		d.team(w, i)
	}
	unlisted(pick(d, "unlisted users", directory.PolicyIgnore, directory.PolicyReport, directory.PolicyDeactivate),
		pick(d, "unlisted groups", directory.PolicyIgnore, directory.PolicyReport, directory.PolicyDelete))(w)
	d.guards(w)
	return w
}

func (d draw) accounts(w *world) {
	opts := func() func(*directory.User) {
		traits := some(d, "traits", []string{"inactive", "admin", "sso", "lead", "manager"})
		return func(u *directory.User) {
			is := func(trait string) bool { return slices.Contains(traits, trait) }
			u.Active, u.Admin, u.SSOEnabled = !is("inactive"), is("admin"), is("sso")
			if is("lead") {
				u.Role, u.RoleID = "Lead", 1
			}
			if is("manager") {
				u.AssignedProjects = []directory.ProjectID{1, 2}
			}
		}
	}
	id := 0
	add := func(name string) {
		id++
		account(id, name, opts())(w)
	}
	for i := range slots {
		if !d.odds(4, "a is not live") {
			add(pick(d, "spelling", fmt.Sprintf("a%d", i), fmt.Sprintf("A%d@ACME.example", i)))
		}
		if d.odds(5, "b is live") {
			add(fmt.Sprintf("b%d", i))
		}
	}
	if d.odds(5, "two fold together") {
		add("z")
		add("Z")
		if d.flag("one of them is pinned") {
			listed("z", pinned(id-d.upTo(1, "which")), named("Z"), active(d.flag("z is active")))(w)
		}
	}
	if d.odds(3, "forgotten") {
		add("F1700000000000")
	}
	if d.odds(3, "no address") {
		add("")
	}
}

func (d draw) groups(w *world) {
	var everybody []directory.UserID
	for _, u := range w.live.Users {
		everybody = append(everybody, u.ID)
	}
	id := 0
	for i := range slots {
		for _, name := range []string{fmt.Sprintf("ga%d", i), fmt.Sprintf("gb%d", i)} {
			if d.odds(3, "group is live") {
				id++
				group(id, name, some(d, "members", everybody)...)(w)
			}
		}
	}
	if id > 0 && d.odds(6, "unlisted twins") {
		group(id+1, "twin", some(d, "members", everybody)...)(w)
		group(id+2, "twin", some(d, "members", everybody)...)(w)
	}
}

// bearer returns the id of the account with an address, 0 if there is none.
func (w *world) bearer(name string) int {
	for _, u := range w.live.Users {
		if u.Email.Key() == mail(name).Key() {
			return int(u.ID)
		}
	}
	return 0
}

// people are the entries that may be members.
func (w *world) people() []int {
	var list []int
	for i := range w.want.Users {
		if !w.want.Users[i].OnlyLeaver() {
			list = append(list, i)
		}
	}
	return list
}

func (d draw) person(w *world, slot int) {
	a, b := fmt.Sprintf("a%d", slot), fmt.Sprintf("b%d", slot)
	if d.odds(5, "leaver alone") {
		listed(a, onlyLeaver)(w)
		return
	}
	opts := []func(*directory.WantUser){named(pick(d, "name", a, "N"))}
	name := a
	if d.flag("re-addressed") {
		name = b
		if id := w.bearer(a); id > 0 && w.bearer(b) == 0 && d.flag("by pin") {
			opts = append(opts, pinned(id))
		} else {
			opts = append(opts, formerly(a))
		}
	}
	if d.flag("has role") {
		opts = append(opts, role(pick(d, "role", "Lead", "Tester")))
	}
	switch d.upTo(4, "active") {
	case 0:
		opts = append(opts, active(false))
	case 1:
		opts = append(opts, active(true))
	case 2:
		opts = append(opts, activeByDefault)
	}
	switch {
	case d.odds(8, "until has passed"):
		opts = append(opts, until(yesterday))
	case d.odds(8, "until is to come"):
		opts = append(opts, until(tomorrow))
	}
	if d.odds(2, "has admin") {
		opts = append(opts, asAdmin(d.flag("to be admin")))
	}
	if d.odds(3, "has sso") {
		opts = append(opts, func(u *directory.WantUser) { u.SSOEnabled = directory.At(true, u.Pos) })
	}
	if d.odds(3, "has projects") {
		opts = append(opts, managing(some(d, "managed", []directory.Name{"P1", "P2"})...))
	}
	listed(name, opts...)(w)
}

func (d draw) team(w *world, slot int) {
	a, b := fmt.Sprintf("ga%d", slot), fmt.Sprintf("gb%d", slot)
	var opts []func(*directory.WantGroup)
	name := a
	if d.flag("renamed") {
		name = b
		opts = append(opts, formerName(directory.Name(a)))
	}
	mode := pick(d, "mode", directory.Exact, directory.AtLeast)
	var names []string
	for _, i := range some(d, "members", w.people()) {
		names = append(names, string(w.want.Users[i].Email))
	}
	for _, i := range some(d, "members by their own groups", w.people()) {
		in(directory.Name(name))(&w.want.Users[i])
	}
	if mode == directory.Exact || d.flag("has members") {
		opts = append(opts, members(names...))
	}
	team(name, mode, opts...)(w)
}

func (d draw) guards(w *world) {
	minAdmins(d.upTo(3, "min_admins"))(w)
	if d.flag("has seats") {
		seats(d.upTo(8, "seats"), d.upTo(1, "reserve"))(w)
	}
	if d.odds(3, "protects") {
		protect(pick(d, "protected", "a1@*", "*2@acme.example", "b?@*"))(w)
	}
	for guard := range w.want.Guards.Limits {
		delete(w.want.Guards.Limits, guard)
	}
	for _, guard := range some(d, "limits", []directory.GuardName{directory.GuardMaxDeactivations, directory.GuardMaxRemovals, directory.GuardMaxRemovalsPerGroup,
		directory.GuardMaxGroupDeletions, directory.GuardMaxDemotions, directory.GuardMaxAdminGrants, directory.GuardMaxRoleChanges, directory.GuardMaxAddressChanges, directory.GuardMaxReactivations}) {
		limit(guard, both(d.upTo(6, "count"), d.upTo(100, "percent"), d.upTo(8, "min size")))(w)
	}
}

func (d draw) abilities(w *world) {
	if d.odds(8, "no user writes") {
		noUserWrites(w)
	}
	if d.odds(8, "no group calls") {
		noGroupCalls(w)
		w.live.Groups = nil
		w.live.Projects[0].Groups, w.live.Projects[1].Groups = nil, nil
	}
	if d.odds(3, "one field is different") {
		f := pick(d, "field", plan.FieldRole, plan.FieldAdmin, plan.FieldSSOEnabled, plan.FieldAssignedProjects)
		if w.caps.Membership == plan.OnUser {
			f = pick(d, "field there", plan.FieldAdmin, plan.FieldSignOn)
		}
		w.caps.Writable[f] = false
		w.caps.Reported[f] = d.flag("reported")
		if f == plan.FieldSignOn {
			w.caps.Writable[plan.FieldExternalName] = false
		}
	}
}

// shuffled is the same world, every list of it in another order.
func (d draw) shuffled(w *world) *world {
	s := *w
	s.live.Users = rapid.Permutation(w.live.Users).Draw(d.T, "users")
	s.live.Groups = rapid.Permutation(w.live.Groups).Draw(d.T, "groups")
	s.live.Roles = rapid.Permutation(w.live.Roles).Draw(d.T, "roles")
	s.live.Projects = rapid.Permutation(w.live.Projects).Draw(d.T, "projects")
	s.live.Profiles = rapid.Permutation(w.live.Profiles).Draw(d.T, "profiles")
	s.live.SignOns = rapid.Permutation(w.live.SignOns).Draw(d.T, "ways to sign on")
	for i := range s.live.Users {
		s.live.Users[i].Projects = slices.Clone(s.live.Users[i].Projects)
		slices.Reverse(s.live.Users[i].Projects)
	}
	for i := range s.live.Groups {
		s.live.Groups[i].Members = rapid.Permutation(s.live.Groups[i].Members).Draw(d.T, "members")
	}
	for i := range s.live.Projects {
		s.live.Projects[i].Groups = rapid.Permutation(s.live.Projects[i].Groups).Draw(d.T, "access")
	}
	s.want.Users = rapid.Permutation(w.want.Users).Draw(d.T, "entries")
	for i := range s.want.Users {
		s.want.Users[i].Projects.Value = slices.Clone(s.want.Users[i].Projects.Value)
		slices.Reverse(s.want.Users[i].Projects.Value)
	}
	s.want.Groups = rapid.Permutation(w.want.Groups).Draw(d.T, "group entries")
	for i := range s.want.Groups {
		s.want.Groups[i].Members.Value = slices.Clone(s.want.Groups[i].Members.Value)
		slices.Reverse(s.want.Groups[i].Members.Value)
	}
	return &s
}
