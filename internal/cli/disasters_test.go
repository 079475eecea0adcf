package cli_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

// disaster is something that went wrong with a roster that was in accord with the tool.
type disaster struct {
	name    string
	company firm
	changes []change
	refused []string // guard, subject, count/limit
	needs   *needs   // nil: what every tool can do
}

// needs is what a tool has to be able to do. Where a person does it by hand there is nothing to refuse, and the plan says what
// to do, and does the rest.
type needs struct {
	ability ability
	steps   []string // the manual steps
	rest    []string // the actions
}

// byHand reports whether a person does it in a tool.
func (d *disaster) byHand(p product) bool {
	return d.needs != nil && p.verdicts[d.needs.ability] == byHand
}

// What goes wrong with rosters, each through the whole program: refused with the guard's name, nothing written by any command,
// and let through by what the refusal offers to paste, once, until its day.
func TestDisasters_thatCanBeExcepted(t *testing.T) {
	staff := firm{admins: 3, people: 12}
	teams := firm{admins: 3, people: 16, groups: []team{{"core", ids("u", 6)}, {"mobile", ids("u", 8)}, {"web", ids("u", 12)}}}
	small := firm{admins: 3, people: 6, groups: []team{{"pair", ids("u", 2)}, {"trio", ids("u", 3)}}}
	assigned := firm{admins: 3, people: 12, projects: []team{{"Checkout", ids("u", 12)}, {"Ledger", ids("u", 8)}, {"Mobile", ids("u", 3)}}}
	members := &needs{ability: memberships}
	disasters := []disaster{
		{"a roster that lost most of its people", teams, []change{lost(from("u", 3, 16)), atRoot("unlisted: {users: deactivate}")},
			[]string{"max_deactivations 14/5"}, nil},
		{"a roster that lost most of its people, whose accounts stay", teams, []change{lost(from("u", 3, 16))},
			[]string{"max_removals 20/15", "max_removals_per_group core 4/3", "max_removals_per_group mobile 6/4", "max_removals_per_group web 10/6"}, nil},
		{"a list of leavers that names half of the company", staff, []change{leaverFile(ids("u", 7))},
			[]string{"max_deactivations 7/5"}, nil},
		{"a year that is wrong for a whole team", staff, []change{each(ids("u", 8), "until: 2025-12-31")},
			[]string{"max_deactivations 8/5"}, nil},
		{"leavers, and people who fell out of the roster at the same time", staff, []change{each(ids("u", 6), "active: false"), lost(from("u", 7, 12)), atRoot("unlisted: {users: deactivate}")},
			[]string{"max_deactivations 12/5"}, nil},
		{"leavers and lost people who are too many only together", staff, []change{each(ids("u", 4), "active: false"), lost(from("u", 5, 8)), atRoot("unlisted: {users: deactivate}")},
			[]string{"max_deactivations 8/5"}, nil},
		{"a team's own file that switches off half of the company", staff, []change{delegated(ids("u", 7), "active: false")},
			[]string{"max_deactivations 7/5"}, nil},
		{"as many leavers as last year, on last year's exception", staff, []change{each(ids("u", 7), "active: false"), atRoot("guards:\n  allow:\n    - {guard: max_deactivations, count: 40, reason: \"leaver audit\", until: 2025-12-05}")},
			[]string{"max_deactivations 7/5"}, nil},
		{"more leavers than were reviewed", staff, []change{each(ids("u", 8), "active: false"), atRoot("guards:\n  allow:\n    - {guard: max_deactivations, count: 7, reason: \"leaver audit\", until: 2026-12-05}")},
			[]string{"max_deactivations 8/5"}, nil},

		{"groups that were cut off after their first line", teams, []change{cut("core", 1), cut("mobile", 1), cut("web", 1)},
			[]string{"max_removals 23/15", "max_removals_per_group core 5/3", "max_removals_per_group mobile 7/4", "max_removals_per_group web 11/6"}, nil},
		{"an exact group that lists its leads alone, where at_least was meant", teams, []change{cut("mobile", 2)},
			[]string{"max_removals_per_group mobile 6/4"}, nil},
		{"a group of two that is emptied", small, []change{cut("pair", 0)},
			[]string{"max_removals_per_group pair 2/1"}, nil},
		{"small groups that are emptied", small, []change{cut("pair", 0), cut("trio", 0)},
			[]string{"max_removals_per_group pair 2/1", "max_removals_per_group trio 3/2"}, nil},

		{"a default that takes everybody out of every project", assigned, []change{keyless(assigned.staff(), "projects"), atRoot("defaults: {user: {projects: []}}")},
			[]string{"max_removals 23/15", "max_removals_per_group Checkout 12/6", "max_removals_per_group Ledger 8/4", "max_removals_per_group Mobile 3/2"}, members},
		{"everybody whose projects were emptied", assigned, []change{each(assigned.staff(), "projects: []")},
			[]string{"max_removals 23/15", "max_removals_per_group Checkout 12/6", "max_removals_per_group Ledger 8/4", "max_removals_per_group Mobile 3/2"}, members},
		{"a project that is emptied", assigned, []change{each(ids("u", 3), "projects: [{project: Checkout}, {project: Ledger}]")},
			[]string{"max_removals_per_group Mobile 3/2"}, members},
		{"a project whose people all get another one", assigned, []change{each(ids("u", 8), "projects: [{project: Checkout}]")},
			[]string{"max_removals_per_group Ledger 8/4", "max_removals_per_group Mobile 3/2"}, members},

		{"groups that fell out of the roster", small, []change{ungrouped("pair", "trio"), atRoot("unlisted: {groups: delete}")},
			[]string{"max_group_deletions 2/1"}, &needs{deletions, []string{"delete_group:pair", "delete_group:trio"}, nil}},
		{"large groups that fell out of the roster", teams, []change{ungrouped("mobile", "web"), atRoot("unlisted: {groups: delete}")},
			[]string{"max_group_deletions 2/1", "max_removals 20/15"}, &needs{deletions, []string{"delete_group:mobile", "delete_group:web"}, nil}},
		{"a group that takes project access with it", firm{admins: 3, people: 6, groups: small.groups, access: []string{"pair"}}, []change{ungrouped("pair"), atRoot("unlisted: {groups: delete}")},
			[]string{"project_access 1/0"}, &needs{deletions, []string{"delete_group:pair"}, nil}},
		{"a group whose project access can't be read", firm{admins: 3, people: 6, groups: small.groups, hidden: true}, []change{ungrouped("pair"), atRoot("unlisted: {groups: delete}")},
			[]string{"project_access 1/0"}, &needs{deletions, []string{"delete_group:pair"}, nil}},
		{"groups of which one takes project access with it", firm{admins: 3, people: 6, groups: small.groups, access: []string{"trio"}}, []change{ungrouped("pair", "trio"), atRoot("unlisted: {groups: delete}")},
			[]string{"max_group_deletions 2/1", "project_access 1/0"}, &needs{deletions, []string{"delete_group:pair", "delete_group:trio"}, nil}},

		{"a typo that makes two administrators", staff, []change{each(ids("u", 2), "admin: true")},
			[]string{"max_admin_grants 2/1"}, nil},
		{"an administrator where none may be made", staff, []change{each(ids("u", 1), "admin: true"), atRoot("guards:\n  max_admin_grants: {count: 0}")},
			[]string{"max_admin_grants 1/0"}, nil},
		{"a stranger and an inactive account that come as administrators", firm{admins: 3, people: 3, inactive: 1},
			[]change{each([]string{"x1"}, "name: New Comer"), each([]string{"x1", "off1"}, "admin: true"), each([]string{"off1"}, "active: true")},
			[]string{"max_admin_grants 2/1"}, nil},
		{"two administrators who get other addresses", staff, []change{readdressed([]string{"a2", "a3"}, "acme.example")},
			[]string{"max_admin_grants 2/1"}, &needs{addresses, []string{"update_user:a2@acme.example", "update_user:a3@acme.example"}, nil}},
		{"an administrator who gets another address, and another who is made", staff, []change{readdressed([]string{"a2"}, "acme.example"), each(ids("u", 1), "admin: true")},
			[]string{"max_admin_grants 2/1"}, &needs{addresses, []string{"update_user:a2@acme.example"}, []string{"update_user:u1@acme.example"}}},
		{"an administrator who gets another address where none may be made", staff, []change{readdressed([]string{"a2"}, "acme.example"), atRoot("guards:\n  max_admin_grants: {count: 0}")},
			[]string{"max_admin_grants 1/0"}, &needs{addresses, []string{"update_user:a2@acme.example"}, nil}},
		{"a list of people who all get other addresses", staff, []change{readdressed(ids("u", 6), "acme.example")},
			[]string{"max_address_changes 6/5"}, &needs{addresses, []string{"update_user:u1@acme.example", "update_user:u2@acme.example", "update_user:u3@acme.example", "update_user:u4@acme.example", "update_user:u5@acme.example", "update_user:u6@acme.example"}, nil}},
		{"administrators who are demoted by the dozen", firm{admins: 7, people: 3}, []change{each(from("a", 4, 7), "admin: false")},
			[]string{"max_demotions 4/3"}, nil},
		{"a default that gives everybody another role", staff, []change{keyless(ids("u", 12), "role"), atRoot("defaults: {user: {role: Lead}}")},
			[]string{"max_role_changes 12/5"}, &needs{ability: roles}},
		{"everybody who ever left, switched on again", firm{admins: 3, people: 3, inactive: 8}, []change{each(ids("off", 8), "active: true")},
			[]string{"max_reactivations 8/5"}, nil},
	}
	overProducts(t, func(t *testing.T, p product) {
		var c census
		t.Run("each", func(t *testing.T) {
			for _, tt := range disasters {
				if !c.has(p, tt.needs) {
					continue
				}
				t.Run(tt.name, func(t *testing.T) {
					t.Parallel()
					d := sit(t, p, tt.company)
					d.idle(t) // before it happened, nothing was to do
					d.write(t, tt.company, tt.changes...)
					if tt.byHand(p) {
						d.guided(t, tt.needs)
						return
					}
					d.excepted(t, tt)
				})
			}
		})
		t.Logf("disasters that can be excepted: %s: %s", p.name, c)
	})
}

// excepted holds that a disaster is refused, is let through by what the refusal offers to paste, and is refused again when
// the exception has expired.
func (d *desk) excepted(t *testing.T, tt disaster) {
	t.Helper()
	refused := d.refused(t, tt.refused)

	rows := d.paste(t, refused)
	r, done := d.converges(t)
	same(t, "actions done", planned(refused), done)
	same(t, "allowed", tt.refused, found(r.Guards, plan.GuardAllowed))
	d.attributed(t, r.Guards)

	if diff := gocmp.Diff(rows, noted(d.idle(t), "is not needed: take the line out")); diff != "" {
		t.Errorf("exceptions that are not needed any more (-pasted +noted):\n%s", diff)
	}
	d.now = d.now.AddDate(0, 0, 15)
	if diff := gocmp.Diff(rows, noted(d.idle(t), "expired on 2026-12-06: take the line out")); diff != "" {
		t.Errorf("exceptions that expired (-pasted +noted):\n%s", diff)
	}
	d.hire(t, tt.company)
	before := d.state(t)
	again := d.apply(t, 3, "--yes")
	d.untouched(t, before)
	same(t, "refused again", tt.refused, found(again.Guards, plan.GuardRefused))
	if diff := gocmp.Diff(rows, noted(again.Guards, "expired on 2026-12-06: take the line out")); diff != "" {
		t.Errorf("exceptions that expired before it happened again (-pasted +noted):\n%s", diff)
	}
}

// What no exception lets through: the file has to be mended, or somebody else has to do it, as the hint says.
func TestDisasters_thatHaveToBeMended(t *testing.T) {
	const own = "admin@acme.example"
	three, two := firm{admins: 3, people: 3}, firm{admins: 2, people: 3}
	welcome := func(domains string) change { return atRoot("guards: {domains: [" + domains + "]}") }
	type mendable struct {
		disaster
		hint string     // of every refusal
		mend [][]change // each followed by an apply
		as   int        // the administrator whose credentials mend it
	}
	disasters := []mendable{
		{disaster: disaster{"the last but one administrator who leaves", two, []change{each([]string{"a2"}, "active: false")}, []string{"min_admins 1/2"}, nil},
			hint: "name another administrator first", mend: [][]change{{each(ids("u", 1), "admin: true")}}},
		{disaster: disaster{"the last but one administrator who is demoted", two, []change{each([]string{"a2"}, "admin: false")}, []string{"min_admins 1/2"}, nil},
			hint: "name another administrator first", mend: [][]change{{each(ids("u", 1), "admin: true")}}},
		{disaster: disaster{"an administrator who fell out of the roster", two, []change{lost([]string{"a2"}), atRoot("unlisted: {users: deactivate}")}, []string{"min_admins 1/2"}, nil},
			hint: "name another administrator first", mend: [][]change{{each(ids("u", 1), "admin: true")}}},
		{disaster: disaster{"more joiners than seats", three, []change{atRoot("seats: {limit: 8, reserve: 1}"), each([]string{"n1", "n2"}, "name: New Comer")}, []string{"seats 8/7"}, nil},
			hint: "deactivate somebody, or change seats", mend: [][]change{{each(ids("u", 1), "active: false")}}},
		{disaster: disaster{"people who come back to seats that are taken", firm{admins: 3, people: 3, inactive: 2}, []change{atRoot("seats: {limit: 7}"), each(ids("off", 2), "active: true")}, []string{"seats 8/7"}, nil},
			hint: "deactivate somebody, or change seats", mend: [][]change{{atRoot("seats: {limit: 8}")}}},
		{disaster: disaster{"an administrator who is needed until a joiner has taken his seat", two,
			[]change{atRoot("seats: {limit: 5}"), each(ids("u", 1), "admin: true"), each([]string{"a2"}, "active: false"), each([]string{"n1"}, "name: New Comer")}, []string{"seats 6/5"}, nil},
			hint: "grant first to somebody who has a seat, in an apply of its own, or change seats", mend: [][]change{{each([]string{"a2"}, "active: true"), lost([]string{"n1"})}, {}}},
		{disaster: disaster{"an administrator who is needed until his successor has joined", two,
			[]change{atRoot("seats: {limit: 5}"), each([]string{"a2"}, "active: false"), each([]string{"n1"}, "name: New Comer"), each([]string{"n1"}, "admin: true")}, []string{"seats 6/5"}, nil},
			hint: "grant first to somebody who has a seat, in an apply of its own, or change seats", mend: [][]change{{atRoot("seats: {limit: 6}")}}},

		{disaster: disaster{"the account that runs this, deactivated", three, []change{each([]string{"a1"}, "active: false")}, []string{"self " + own + " 1/0"}, nil},
			hint: "use the credentials of another administrator", as: 2},
		{disaster: disaster{"the account that runs this, demoted", three, []change{each([]string{"a1"}, "admin: false")}, []string{"self " + own + " 1/0"}, nil},
			hint: "use the credentials of another administrator", as: 2},
		{disaster: disaster{"the account that runs this, re-addressed", three, []change{readdressed([]string{"a1"}, "acme.example")}, []string{"self new.a1@acme.example 1/0"}, &needs{addresses, []string{"update_user:" + own}, nil}},
			hint: "use the credentials of another administrator", as: 2},
		{disaster: disaster{"the account that runs this among the leavers", three, []change{atRoot("leavers: [" + own + "]")}, []string{"self " + own + " 1/0"}, nil},
			hint: "use the credentials of another administrator", as: 2},
		{disaster: disaster{"the account that runs this, whose time is over", three, []change{each([]string{"a1"}, "until: 2026-11-21")}, []string{"self " + own + " 1/0"}, nil},
			hint: "use the credentials of another administrator", as: 2},

		{disaster: disaster{"a protected account that gets another name", three, []change{each([]string{"u1"}, "name: Some Body"), atRoot(`guards: {protect: ["u1@*"]}`)}, []string{"protect u1@acme.example 1/0"}, nil},
			hint: "take the key out of the entry, or the pattern out of guards.protect", mend: [][]change{{atRoot("guards: {protect: []}")}}},
		{disaster: disaster{"a protected account that is deactivated", three, []change{each([]string{"u1"}, "active: false"), atRoot(`guards: {protect: ["u1@*"]}`)}, []string{"protect u1@acme.example 1/0"}, nil},
			hint: "take the key out of the entry, or the pattern out of guards.protect", mend: [][]change{{keyless([]string{"u1"}, "active"), each([]string{"u2"}, "name: Some Body")}}},
		{disaster: disaster{"a protected account that is re-addressed", three, []change{readdressed([]string{"u1"}, "acme.example"), atRoot(`guards: {protect: ["u1@*"]}`)}, []string{"protect new.u1@acme.example 1/0"}, &needs{addresses, []string{"update_user:u1@acme.example"}, nil}},
			hint: "take the key out of the entry, or the pattern out of guards.protect", mend: [][]change{{atRoot("guards: {protect: []}")}}},
		{disaster: disaster{"an account that takes the address of a protected one", three, []change{readdressed([]string{"u1"}, "acme.example"), atRoot(`guards: {protect: ["new.*"]}`)}, []string{"protect new.u1@acme.example 1/0"}, &needs{addresses, []string{"update_user:u1@acme.example"}, nil}},
			hint: "take the key out of the entry, or the pattern out of guards.protect", mend: [][]change{{atRoot("guards: {protect: []}")}}},

		{disaster: disaster{"an invitation to a foreign domain", three, []change{each([]string{"eve@evil.example"}, "name: Eve Evil"), welcome("acme.example")}, []string{"domains evil.example 1/0"}, nil},
			hint: "add evil.example to guards.domains if it belongs there", mend: [][]change{{welcome("acme.example, evil.example")}}},
		{disaster: disaster{"an address that moves to a domain that only looks the same", three, []change{readdressed(ids("u", 2), "acme.example.evil.example"), welcome("acme.example")}, []string{"domains acme.example.evil.example 2/0"}, &needs{addresses, []string{"update_user:u1@acme.example", "update_user:u2@acme.example"}, nil}},
			hint: "add acme.example.evil.example to guards.domains if it belongs there", mend: [][]change{{welcome("acme.example, acme.example.evil.example")}}},

		{disaster: disaster{"a default that switches everybody off", firm{admins: 3, people: 12}, []change{atRoot("defaults: {user: {active: false}}")}, []string{"max_deactivations 15/5", "min_admins 0/2", "self " + own + " 1/0"}, nil},
			mend: [][]change{{atRoot("defaults: {user: {active: true}}"), each(ids("u", 1), "name: Some Body")}}},
		{disaster: disaster{"a default that takes administration from everybody", firm{admins: 5, people: 3}, []change{keyless(ids("a", 5), "admin"), atRoot("defaults: {user: {admin: false}}")},
			[]string{"max_demotions 5/3", "min_admins 0/2", "self " + own + " 1/0"}, nil},
			mend: [][]change{{each(ids("a", 4), "admin: true")}}},
	}
	overProducts(t, func(t *testing.T, p product) {
		var c census
		t.Run("each", func(t *testing.T) {
			for _, tt := range disasters {
				if !c.has(p, tt.needs) {
					continue
				}
				t.Run(tt.name, func(t *testing.T) {
					t.Parallel()
					d := sit(t, p, tt.company)
					d.idle(t)
					d.write(t, tt.company, tt.changes...)
					if tt.byHand(p) {
						d.guided(t, tt.needs)
						return
					}
					for _, g := range d.refused(t, tt.refused).Refused() {
						if !strings.Contains(g.Hint, tt.hint) {
							t.Errorf("%s advises %q, want %q", g.Guard, g.Hint, tt.hint)
						}
						if (g.Paste != "") != exceptable(g.Guard) {
							t.Errorf("%s offers to paste %q", g.Guard, g.Paste)
						}
					}
					mends := tt.mend
					if tt.as != 0 {
						d.as, mends = tt.as, [][]change{nil}
					}
					for _, mend := range mends {
						d.write(t, tt.company, slices.Concat(tt.changes, mend)...)
						if _, done := d.converges(t); len(done) == 0 {
							t.Error("mended, and nothing was done")
						}
					}
					d.idle(t)
				})
			}
		})
		t.Logf("disasters that have to be mended: %s: %s", p.name, c)
	})
}

// What nobody wrote down about the own account and protected ones is not done, and said; the rest is.
func TestDisasters_thatSpareOwnAndProtectedAccounts(t *testing.T) {
	const own, robot = "admin@acme.example", "u1@acme.example"
	protected := atRoot(`guards: {protect: ["u1@*"]}`)
	four := firm{admins: 3, people: 4}
	grouped := firm{admins: 3, people: 4, groups: []team{{"core", []string{"a1", "u1", "u2", "u3", "u4"}}, {"web", []string{"u3"}}}}
	type sparing struct {
		name    string
		company firm
		changes []change
		done    []string // by the tool, or by hand where it can't
		noted   []string // code and subject
		spared  []string // accounts and groups that are as they were
	}
	disasters := []sparing{
		{"the own account fell out of the roster", four, []change{lost([]string{"a1", "u2"}), atRoot("unlisted: {users: deactivate}")},
			[]string{"deactivate_user:u2@acme.example"}, []string{"kept_own_account " + own}, []string{own}},
		{"a protected account fell out of the roster", four, []change{lost([]string{"u1", "u2"}), protected, atRoot("unlisted: {users: deactivate}")},
			[]string{"deactivate_user:u2@acme.example"}, []string{"kept_protected " + robot}, []string{robot}},
		{"an exact group that lists neither", grouped, []change{protected, lost([]string{"a1", "u1", "u2"})},
			[]string{"update_group:core"}, []string{"kept_own_account " + own, "kept_protected " + robot}, []string{own, robot}},
		{"a group of the own account fell out of the roster", grouped, []change{ungrouped("core", "web"), atRoot("unlisted: {groups: delete}")},
			[]string{"delete_group:web"}, []string{"kept_own_account " + own}, []string{own, "core"}},
		{"a group of a protected account fell out of the roster", firm{admins: 3, people: 4, groups: []team{{"core", ids("u", 4)}, {"web", []string{"u3"}}}},
			[]change{protected, ungrouped("core", "web"), atRoot("unlisted: {groups: delete}")},
			[]string{"delete_group:web"}, []string{"kept_protected " + robot}, []string{robot, "core"}},
	}
	overProducts(t, func(t *testing.T, p product) {
		t.Run("each", func(t *testing.T) {
			for _, tt := range disasters {
				t.Run(tt.name, func(t *testing.T) {
					t.Parallel()
					d := sit(t, p, tt.company, tt.changes...)
					before := d.standing(t, tt.spared)
					r, done := d.converges(t)
					same(t, "actions done", tt.done, append(done, stepsOf(r.Manual)...))
					var notes []string
					for _, n := range r.Notes {
						if n.Code == plan.NoteKeptOwn || n.Code == plan.NoteKeptProtected {
							notes = append(notes, string(n.Code)+" "+n.Subject)
						}
					}
					same(t, "notes", tt.noted, notes)
					same(t, "accounts and groups", before, d.standing(t, tt.spared))
					d.idle(t)
				})
			}
		})
		t.Logf("own and protected accounts: %s: %d", p.name, len(disasters))
	})
}

// A plan that was saved is held to the guards of the day on which it is applied, whatever they said when it was made.
func TestDisasters_savedPlans(t *testing.T) {
	company := firm{admins: 3, people: 12}
	overProducts(t, func(t *testing.T, p product) {
		d := sit(t, p, company, each(ids("u", 7), "active: false"))
		saved := filepath.Join(t.TempDir(), "plan.json")
		d.paste(t, d.plan(t, 3, "plan", "--out", saved))

		before, morning := d.state(t), d.now
		d.now = d.now.AddDate(0, 0, 15)
		d.ResetLog()
		same(t, "refused after the exception has expired", []string{"max_deactivations 7/5"}, found(d.apply(t, 3, saved).Guards, plan.GuardRefused))
		d.untouched(t, before)

		d.now = morning
		r := d.apply(t, 0, saved)
		same(t, "allowed", []string{"max_deactivations 7/5"}, found(r.Guards, plan.GuardAllowed))
		if done := ended(t, r, apply.Done); len(done) != 7 {
			t.Errorf("did %v", done)
		}
		d.idle(t)
	})
}
