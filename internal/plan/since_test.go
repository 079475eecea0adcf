package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// changed is the plan of a world whose roster was another one before: the live state is that of the world of now.
func changed(t *testing.T, now, earlier *world, strict bool) *plan.Plan {
	t.Helper()
	w := *now
	w.opts.Before, w.opts.Strict = &earlier.want, strict
	return w.build(t)
}

func TestBuild_originSinceAnEarlierRoster(t *testing.T) {
	live := all(account(1, "ana"), account(2, "bob"), account(3, "cy", lives("Lead")))
	for _, tt := range []struct {
		name         string
		earlier, now *world
		want         []string
	}{
		{"a line that is new", given(live, listed("ana")), given(live, listed("ana", role("Lead"))), []string{"this_change update_user ana role Tester>Lead"}},
		{"what the tool was edited to", given(live, listed("cy", role("Tester"))), given(live, listed("cy", role("Tester"))), []string{"drift update_user cy role Lead>Tester"}},
		{"both in one write", given(live, listed("cy", role("Tester"))), given(live, listed("cy", role("Tester"), named("Cy"))), []string{"this_change update_user cy name cy>Cy, role Lead>Tester"}},
		{"another value than before", given(live, listed("cy", role("Tester"))), given(live, listed("cy", role("Lead"), active(false))), []string{"this_change deactivate_user cy active true>false"}},
		{"a date that has passed", given(live, listed("bob", until(yesterday))), given(live, listed("bob", until(yesterday))), []string{"expiry deactivate_user bob active true>false"}},
		{"a date that the change moved into the past", given(live, listed("bob", until(tomorrow))), given(live, listed("bob", until(yesterday))), []string{"this_change deactivate_user bob active true>false"}},
		{"a member more beside one that drifted", given(live, listed("ana"), listed("bob"), group(7, "qa"), team("qa", directory.Exact, members("ana"))),
			given(live, listed("ana"), listed("bob"), group(7, "qa"), team("qa", directory.Exact, members("ana", "bob"))), []string{"this_change update_group qa; +ana +bob =0"}},
		{"a member whom somebody took out of the tool", given(live, listed("ana"), group(7, "qa"), team("qa", directory.Exact, members("ana"))),
			given(live, listed("ana"), group(7, "qa"), team("qa", directory.Exact, members("ana"))), []string{"drift update_group qa; +ana =0"}},
		{"a policy that is new", given(live, listed("ana"), listed("cy")), given(live, listed("ana"), listed("cy"), unlisted(directory.PolicyDeactivate, directory.PolicyIgnore)),
			[]string{"this_change deactivate_user bob active true>false [unlisted]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := changed(t, tt.now, tt.earlier, false)
			var got []string
			for _, a := range p.Actions() {
				got = append(got, strings.TrimSuffix(fmt.Sprintf("%s %s", a.Origin, line(a)), " [expired]"))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
		})
	}
}

// A removal points at the line that went.
func TestBuild_removalsPointAtTheLineThatWent(t *testing.T) {
	live := all(accounts(1, 3), group(7, "qa", 1, 2), group(8, "old", 3), project(1, "P"))
	prune := unlisted(directory.PolicyDeactivate, directory.PolicyDelete)
	earlier := given(live, each(1, 3), team("qa", directory.Exact, members("u1", "u2")), team("old", directory.Exact, members("u3")))
	now := given(live, each(1, 2), team("qa", directory.Exact, members("u1")), prune)
	p := changed(t, now, earlier, false)
	var got []string
	for _, a := range p.Actions() {
		if a.Was != nil {
			got = append(got, fmt.Sprintf("%s %s was %s", a.Kind, strings.TrimSuffix(a.Subject, domain), a.Was))
		}
		if a.Members != nil {
			for _, m := range a.Members.Remove {
				got = append(got, fmt.Sprintf("%s -%s was %s", strings.TrimSuffix(a.Subject, domain), strings.TrimSuffix(string(m.User), domain), m.Was))
			}
		}
	}
	want := []string{
		"deactivate_user u3 was users.yaml:30:3", "qa -u2 was users.yaml:42:5",
		"delete_group old was users.yaml:50:3", "old -u3 was users.yaml:52:5",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBuild_keptAccess(t *testing.T) {
	live := all(account(1, "ana"), account(2, "bob"), account(3, "off", inactive), group(7, "qa", 1, 2, 3), group(8, "web"))
	qa := func(mode directory.GroupMode, who ...string) part { return team("qa", mode, members(who...)) }
	both := all(listed("ana"), listed("bob"))
	for _, tt := range []struct {
		name         string
		earlier, now *world
		want         []string
	}{
		{"nothing went", given(live, both), given(live, both), nil},
		{"a person whose entry went", given(live, both), given(live, listed("ana")), []string{"bob users.yaml:20:3: bob was taken out of the roster and keeps the account, in qa"}},
		{"a person who is a leaver now", given(live, both), given(live, listed("ana"), listed("bob", onlyLeaver)), nil},
		{"a person who is deactivated by policy", given(live, both), given(live, listed("ana"), unlisted(directory.PolicyDeactivate, directory.PolicyIgnore)), nil},
		{"a person who is spared by policy", given(live, both), given(live, listed("ana"), unlisted(directory.PolicyDeactivate, directory.PolicyIgnore), protect("bob@*")),
			[]string{"bob users.yaml:20:3: bob was taken out of the roster and keeps the account, in qa"}},
		{"a person without removals", given(live, both), given(live, listed("ana"), unlisted(directory.PolicyDeactivate, directory.PolicyIgnore), noRemovals),
			[]string{"bob users.yaml:20:3: bob was taken out of the roster and keeps the account, in qa"}},
		{"a person who was switched off already", given(live, both, listed("off")), given(live, both), nil},
		{"a person who has another address now", given(live, both), given(live, listed("ana"), listed("robert", formerly("bob"))), nil},
		{"a person who never was", given(live, both, listed("eve", named("Eve"))), given(live, both), nil},
		{"a member of an at_least group", given(live, both, qa(directory.AtLeast, "ana", "bob")), given(live, both, qa(directory.AtLeast, "ana")),
			[]string{"bob users.yaml:32:5: bob was taken out of group \"qa\" and stays in it"}},
		{"a member of an exact group is removed", given(live, both, qa(directory.Exact, "ana", "bob")), given(live, both, qa(directory.Exact, "ana")), nil},
		{"a member of an exact group without removals", given(live, both, qa(directory.Exact, "ana", "bob")), given(live, both, qa(directory.Exact, "ana"), noRemovals),
			[]string{"bob users.yaml:32:5: bob was taken out of group \"qa\" and stays in it"}},
		{"a member who went from the file as a whole is named once", given(live, both, qa(directory.AtLeast, "ana", "bob")), given(live, listed("ana"), qa(directory.AtLeast, "ana")),
			[]string{"bob users.yaml:20:3: bob was taken out of the roster and keeps the account, in qa"}},
		{"a group whose entry went", given(live, both, qa(directory.AtLeast, "ana", "bob")), given(live, both),
			[]string{"qa users.yaml:30:3: group \"qa\" was taken out of the roster and stays as it is, with 3 members"}},
		{"an empty group whose entry went", given(live, both, team("web", directory.Exact, members())), given(live, both), nil},
		{"a group that is deleted", given(live, both, project(1, "P"), qa(directory.AtLeast, "ana", "bob")), given(live, both, project(1, "P"), unlisted(directory.PolicyIgnore, directory.PolicyDelete)), nil},
		{"a group of another name now", given(live, both, qa(directory.AtLeast, "ana", "bob")), given(live, both, team("quality", directory.AtLeast, members("ana", "bob"), formerName("qa"))), nil},
		{"with --only nobody else is looked at", given(live, both), given(live, listed("ana"), only("user:ana"+domain)), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, strict := range []bool{false, true} {
				p := changed(t, tt.now, tt.earlier, strict)
				var got []string
				for _, g := range p.Guards {
					if g.Guard != directory.GuardKeptAccess {
						continue
					}
					if (g.Status == plan.GuardRefused) != strict || g.Hint == "" || g.Paste != "" {
						t.Errorf("strict %t: %+v", strict, g)
					}
					got = append(got, strings.ReplaceAll(fmt.Sprintf("%s %s: %s", g.Subject, g.Source, g.Text), domain, ""))
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("strict %t (-want +got):\n%s", strict, diff)
				}
			}
		})
	}
}

// An earlier roster that does not fit the live state is no reason to refuse the one that mends it.
func TestBuild_earlierRosterThatDoesNotFit(t *testing.T) {
	p := changed(t, given(account(1, "ana"), listed("ana", role("Lead"))), given(listed("ana", role("Owner"))), true)
	if p.Empty() || p.Actions()[0].Origin != "" || !slices.Contains(notes(p), string(plan.NoteNoBase)) || len(p.Refused()) > 0 {
		t.Errorf("%q, notes %q, refused %v", lines(p), notes(p), p.Refused())
	}
}

// A roster that says nothing of what is unlisted, as before there was one, prunes nothing.
func TestBuild_withoutAPolicyNothingIsPruned(t *testing.T) {
	p := given(accounts(1, 2), group(7, "qa", 1), project(1, "P"), unlisted("", "")).build(t)
	if !p.Empty() {
		t.Errorf("%q", lines(p))
	}
}
