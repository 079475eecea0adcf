package plan_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
)

// Which live thing an entry means, when that is clear.
func TestBuild_match(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  []string // actions
		notes []string
	}{
		{"an address that differs in case alone is the same person and is not changed",
			given(account(1, "Ana@ACME.example"), listed("ana", named("Ana"))),
			[]string{"update_user ana name Ana@ACME.example>Ana"}, nil},
		{"an address with another normal form of a letter is the same person",
			given(account(1, "ine\u0301s@acme.example"), listed("in\u00e9s@acme.example", role("Lead"))),
			[]string{"update_user in\u00e9s role Tester>Lead"}, nil},
		{"a former address that is live is re-addressed, its history kept",
			given(account(1, "dana.kim"), listed("dana.reyes", formerly("dana.kim"))),
			[]string{"update_user dana.reyes email dana.kim>dana.reyes"}, nil},
		{"of several former addresses the one that is live counts",
			given(account(1, "d2"), listed("d3", formerly("d1", "d2"))),
			[]string{"update_user d3 email d2>d3"}, nil},
		{"a former address is not looked at once the new one is live, and both stay",
			given(account(1, "old"), account(2, "new"), listed("new", formerly("old"))),
			nil, []string{"former_name_live new"}},
		{"a former address that differs from the new one in case alone is no second account",
			given(account(1, "Ana"), listed("ana", formerly("Ana"))),
			nil, nil},
		{"a former address that nobody bears makes a new person",
			given(listed("new", named("New"), formerly("old"))),
			[]string{"create_user new active >true, name >New"}, []string{}},
		{"a pinned account is meant whatever its address is",
			given(account(4, "a4"), listed("b", pinned(4))),
			[]string{"update_user b email a4>b"}, nil},
		{"a pin picks one of two accounts that fold together",
			given(account(4, "ana"), account(9, "ANA"), listed("ana", pinned(9), named("Ana"))),
			[]string{"update_user ana name ANA>Ana"}, nil},
		{"a pinned account without a usable address gets one",
			given(account(4, "none"), func(w *world) { w.live.Users[0].Email = "" }, listed("b", pinned(4))),
			[]string{"update_user b email >b"}, nil},
		{"two accounts that fold together and nobody lists are nobody's trouble",
			given(account(4, "ana"), account(9, "ANA")),
			nil, nil},
		{"a group's name that differs in white space alone is the same group",
			given(group(7, " QA  "), team("QA", directory.Exact, members())),
			nil, nil},
		{"a group's name that differs in case alone is another group",
			given(group(7, "qa"), team("QA", directory.Exact, members())),
			[]string{"create_group QA; =0"}, nil},
		{"a former name of a group is renamed",
			given(group(7, "Mobile Testers"), team("mobile-qa", directory.Exact, members(), formerName("Mobile Testers"))),
			[]string{"update_group mobile-qa name Mobile Testers>mobile-qa; =0"}, nil},
		{"a former name of a group is compared trimmed and composed",
			given(group(7, "Équipe"), team("equipe", directory.Exact, members(), formerName(" E\u0301quipe "))),
			[]string{"update_group equipe name Équipe>equipe; =0"}, nil},
		{"a group's former and new name are both live and stay",
			given(group(7, "old"), group(8, "new"), team("new", directory.Exact, members(), formerName("old"))),
			nil, []string{"former_name_live new"}},
		{"a pinned group is renamed",
			given(group(7, "x"), team("y", directory.Exact, members(), groupPin(7))),
			[]string{"update_group y name x>y; =0"}, nil},
		{"a pin picks one of two groups of one name",
			given(account(1, "ana"), listed("ana"), group(7, "qa"), group(8, "qa"), team("qa", directory.Exact, members("ana"), groupPin(8))),
			[]string{"update_group qa; +ana =0"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.notes, notes(p)); diff != "" && len(tt.notes)+len(p.Notes) > 0 {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBuild_pinnedGroupIsTheOneThatIsWritten(t *testing.T) {
	w := given(account(1, "ana"), listed("ana"), group(7, "qa"), group(8, "qa"), team("qa", directory.Exact, members("ana"), groupPin(8)))
	if got := w.build(t).Actions()[0].SubjectID; got != 8 {
		t.Errorf("subject id %d, want the pinned 8", got)
	}
}

// What stops a build: the file does not fit the live state, or the live state is ambiguous.
func TestBuild_problems(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"a new address that another listed person has now takes two applies",
			given(account(1, "a"), account(2, "b"), listed("b", named("b"), formerly("a")), listed("c", named("c"), formerly("b"))),
			[]string{"problem: users.yaml:20:3: user c: the account it means (id 2) is also user b (declared at users.yaml:10:3; change one of them in an apply of its own)"}},
		{"the one that would be renamed is named, whatever the order of the entries",
			given(account(2, "b"), listed("c", named("c"), formerly("b")), listed("b")),
			[]string{"problem: users.yaml:10:3: user c: the account it means (id 2) is also user b (declared at users.yaml:20:3; change one of them in an apply of its own)"}},
		{"of two entries with one former address the later is named",
			given(account(1, "old"), listed("x", formerly("old")), listed("y", formerly("old"))),
			[]string{"problem: users.yaml:20:3: user y: the account it means (id 1) is also user x (declared at users.yaml:10:3; change one of them in an apply of its own)"}},
		{"two pins with one id",
			given(account(1, "x"), listed("x", pinned(1)), listed("y", pinned(1))),
			[]string{"problem: users.yaml:20:3: user y: the account it means (id 1) is also user x (declared at users.yaml:10:3; change one of them in an apply of its own)"}},
		{"a pin that no account has",
			given(listed("x", pinned(4))),
			[]string{"problem: users.yaml:17:5: user x: no account has the id 4"}},
		{"a pinned account whose new address another account bears",
			given(account(4, "a"), account(5, "b"), listed("b", pinned(4))),
			[]string{"problem: users.yaml:10:3: user b: the name is borne by another account, id 5"}},
		{"pins that swap two addresses take two applies",
			given(account(4, "a"), account(5, "b"), listed("b", pinned(4)), listed("a", pinned(5))),
			[]string{"problem: users.yaml:10:3: user b: the name is borne by another account, id 5",
				"problem: users.yaml:20:3: user a: the name is borne by another account, id 4"}},
		{"a pinned account that was forgotten",
			given(account(4, "F1700000000000"), listed("x", pinned(4))),
			[]string{"problem: users.yaml:17:5: user x: account 4 was forgotten in the tool and can't be managed"}},
		{"two live accounts that fold to a listed address",
			given(account(4, "ana"), account(9, "ANA"), account(11, "Ana"), listed("ana")),
			[]string{"ambiguous: users.yaml:10:3: user ana: 3 live accounts bear this name, ids 4, 9 and 11 (pin the right one with its `id`)"}},
		{"two live accounts that fold to a former address",
			given(account(4, "ana"), account(9, "ANA"), listed("ann", formerly("ana"))),
			[]string{"ambiguous: users.yaml:16:5: user ann: 2 live accounts bear its former name ana, ids 4 and 9 (pin the right one with its `id`)"}},
		{"two live groups of a listed name",
			given(group(7, "qa"), group(8, "qa "), team("qa", directory.Exact, members())),
			[]string{`ambiguous: users.yaml:10:3: group "qa": 2 live groups bear this name, ids 7 and 8 (pin the right one with its ` + "`id`)"}},
		{"a pin that no group has",
			given(team("qa", directory.Exact, members(), groupPin(7))),
			[]string{`problem: users.yaml:14:5: group "qa": no group has the id 7`}},
		{"a new group name that another live group of the plan bears",
			given(group(7, "a"), group(8, "b"), team("b", directory.Exact, members(), groupPin(7)), team("x", directory.Exact, members(), formerName("b"))),
			[]string{`problem: users.yaml:10:3: group "b": the name is borne by another group, id 8`}},
		{"a person to create without a name",
			given(listed("ana", role("Lead"))),
			[]string{"problem: users.yaml:10:3: user ana does not exist and has no `name`: it can't be created"}},
		{"a role that is not live, with what may be meant",
			given(account(1, "ana"), listed("ana", role("Tetser"))),
			[]string{`problem: users.yaml:12:5: role "Tetser" does not exist in the tool (did you mean "Tester"?)`}},
		{"a role that is not live is wrong on somebody inactive as well",
			given(account(1, "ana", inactive), listed("ana", role("Boss"))),
			[]string{`problem: users.yaml:12:5: role "Boss" does not exist in the tool`}},
		{"a role that two live roles bear",
			given(account(1, "ana"), listed("ana", role("Lead")), func(w *world) { w.live.Roles = append(w.live.Roles, directory.Role{ID: 8, Name: "Lead "}) }),
			[]string{`ambiguous: users.yaml:12:5: role "Lead" is the name of 2 live roles, ids 1 and 8 (rename one of them in the tool)`}},
		{"a project that is not live",
			given(account(1, "ana"), project(3, "Apollo"), listed("ana", managing("Apolo"))),
			[]string{`problem: users.yaml:18:5: project "Apolo" does not exist in the tool (did you mean "Apollo"?)`}},
		{"a project that two live projects are called",
			given(account(1, "ana"), project(3, "Apollo"), project(5, "Apollo"), listed("ana", managing("Apollo"))),
			[]string{`ambiguous: users.yaml:18:5: project "Apollo" is the name of 2 live projects, ids 3 and 5 (rename one of them in the tool)`}},
		{"every problem in one run, sorted by place",
			given(listed("b"), listed("a"), account(1, "c"), listed("c", role("Nobody"))),
			[]string{"problem: users.yaml:10:3: user b does not exist and has no `name`: it can't be created",
				"problem: users.yaml:20:3: user a does not exist and has no `name`: it can't be created",
				`problem: users.yaml:32:5: role "Nobody" does not exist in the tool`}},
		{"a wrong default is said once, though others stand between",
			given(account(1, "a"), account(2, "b"), account(3, "c"), listed("a", defaultRole("Nobody")), listed("b", role("Nowhere")), listed("c", defaultRole("Nobody"))),
			[]string{`problem: users.yaml:4:3: role "Nobody" does not exist in the tool`, `problem: users.yaml:22:5: role "Nowhere" does not exist in the tool`}},
		{"an unclear live state alone is ambiguous, and makes nobody look absent",
			given(account(4, "ana"), account(9, "ANA"), listed("ana")),
			[]string{"ambiguous: users.yaml:10:3: user ana: 2 live accounts bear this name, ids 4 and 9 (pin the right one with its `id`)"}},
		{"a file that does not fit comes before an unclear live state, and both are said",
			given(account(4, "ana"), account(9, "ANA"), listed("ana"), listed("bob")),
			[]string{
				"problem: users.yaml:10:3: user ana: 2 live accounts bear this name, ids 4 and 9 (pin the right one with its `id`)",
				"problem: users.yaml:20:3: user bob does not exist and has no `name`: it can't be created",
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := tt.given.plan()
			if p != nil {
				t.Errorf("a plan beside an error")
			}
			if diff := cmp.Diff(tt.want, problems(err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			slices.Reverse(tt.given.want.Users)
			slices.Reverse(tt.given.want.Groups)
			slices.Reverse(tt.given.live.Users)
			slices.Reverse(tt.given.live.Groups)
			_, err = tt.given.plan()
			if diff := cmp.Diff(tt.want, problems(err)); diff != "" {
				t.Errorf("problems, everything in reverse (-want +got):\n%s", diff)
			}
		})
	}
}

func defaultRole(name directory.Name) func(*directory.WantUser) {
	return func(u *directory.WantUser) {
		u.Role = directory.Key[directory.Name]{Value: name, Set: true, FromDefault: true, Pos: pos(4)}
	}
}

// What a team's file takes over or brings back has to lie in its scope as well.
func TestBuild_grantsThroughTheLiveState(t *testing.T) {
	scope := &directory.Scope{Entry: pos(4), Roles: []directory.Name{"Tester"}, Groups: []string{"pay-*"}, Domains: []string{"acme.example"}}
	scoped := func(u *directory.WantUser) { u.Scope = scope }
	scopedGroup := func(g *directory.WantGroup) { g.Scope = scope }
	const hint = " (the root file can do it, or allow it at users.yaml:4:3)"
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"a reactivation within the scope", given(account(1, "ana", inactive), listed("ana", active(true), scoped), group(7, "pay-qa", 1)), nil},
		{"a reactivation into another role", given(account(1, "ana", inactive, lives("Lead")), listed("ana", active(true), scoped)),
			[]string{`problem: users.yaml:13:5: user ana: a reactivation brings back the role "Lead", which is outside of what this file may grant` + hint}},
		{"a reactivation that sets the role", given(account(1, "ana", inactive, lives("Lead")), listed("ana", active(true), role("Tester"), scoped)), nil},
		{"a reactivation into a group of others", given(account(1, "ana", inactive), listed("ana", active(true), scoped), group(7, "board", 1)),
			[]string{`problem: users.yaml:13:5: user ana: a reactivation brings back the group "board", which is outside of what this file may grant` + hint}},
		{"the same in the root file", given(account(1, "ana", inactive, lives("Lead")), listed("ana", active(true)), group(7, "board", 1)), nil},
		{"a pinned account of another domain", given(account(2, "two@board.example"), listed("ana", pinned(2), scoped)),
			[]string{"problem: users.yaml:10:3: user ana: account 2 is two@board.example, which is outside of what this file may grant" + hint}},
		{"a pinned account of the domain", given(account(2, "two"), listed("ana", pinned(2), scoped)), nil},
		{"a pinned group of others", given(group(7, "board"), team("pay-x", directory.Exact, members(), groupPin(7), scopedGroup)),
			[]string{`problem: users.yaml:10:3: group "pay-x": group 7 is "board", which is outside of what this file may grant` + hint}},
		{"a pinned group of its own", given(group(7, "pay-y"), team("pay-x", directory.Exact, members(), groupPin(7), scopedGroup)), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.given.plan()
			if diff := cmp.Diff(tt.want, problems(err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
