package plan_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// saved is a plan after it was written and read.
func saved(t testing.TB, p *plan.Plan) *plan.Plan {
	t.Helper()
	read, err := plan.Read(bytes.NewReader(written(t, p)))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// written is a plan as it is saved.
func written(t testing.TB, p *plan.Plan) []byte {
	t.Helper()
	sealed, err := p.Seal()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(sealed)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// contract writes what an approved plan means, a line each: "do", "true", "dropped", "outside" or "stale", the action,
// and why it is stale.
func contract(c *plan.Contract) []string {
	var list []string
	for _, l := range lines(c.Plan) {
		list = append(list, "do "+l)
	}
	for word, actions := range map[string][]plan.Action{"true": c.AlreadyTrue, "dropped": c.Dropped, "outside": c.Outside} {
		for i := range actions {
			list = append(list, word+" "+line(&actions[i]))
		}
	}
	for i := range c.Stale {
		list = append(list, fmt.Sprintf("stale %s: %s", strings.ReplaceAll(c.Stale[i].Action.ID, domain, ""), strings.ReplaceAll(strings.Join(c.Stale[i].Reasons, "; "), domain, "")))
	}
	return list
}

// Each row approves the plan of one world and asks what it means in another: the first is the world of the review, the
// second the world of the apply.
func TestApprove(t *testing.T) {
	lead := all(account(1, "ana"), listed("ana", role("Lead")))
	joins := listed("cy", named("Cy"), role("Tester"))
	qa := func(listed ...string) part { return team("qa", directory.Exact, members(listed...)) }
	two := all(account(1, "ana"), account(2, "bob"), listed("ana"), listed("bob"))
	for _, tt := range []struct {
		name         string
		review, then *world
		want         []string
	}{
		{"nothing has happened", given(lead), given(lead), []string{"do update_user ana role Tester>Lead"}},
		{"somebody did it meanwhile", given(lead), given(account(1, "ana", lives("Lead")), listed("ana", role("Lead"))), []string{"true update_user ana role Tester>Lead"}},
		{"somebody changed it to something else", given(lead), given(account(1, "ana", lives("Guest")), listed("ana", role("Lead"))),
			[]string{`stale update_user:ana: role is "Guest" now, and was "Tester"`}},
		{"the file wants something else now", given(lead), given(account(1, "ana"), listed("ana", role("Lead"), named("Ana"))),
			[]string{`stale update_user:ana: name would change as well, from "ana" to "Ana"`}},
		{"the file wants another value now", given(account(1, "ana"), listed("ana", named("Ana"))), given(account(1, "ana"), listed("ana", named("Anna"))),
			[]string{`stale update_user:ana: name would become "Anna", and "Ana" was approved`}},
		{"the file does not want it any more", given(lead), given(account(1, "ana"), listed("ana")), []string{"dropped update_user ana role Tester>Lead"}},
		{"neither wanted any more nor as it was", given(lead), given(account(1, "ana", lives("Guest")), listed("ana")),
			[]string{`stale update_user:ana: role is "Guest" now, neither "Tester" nor "Lead"`}},
		{"the account is gone", given(lead), given(listed("ana", role("Lead"), named("ana"))),
			[]string{"outside create_user ana active >true, name >ana, role >Lead", `stale update_user:ana: no account bears the address any more`}},
		{"new since", given(lead), given(lead, joins), []string{"do update_user ana role Tester>Lead", "outside create_user cy active >true, name >Cy, role >Tester"}},
		{"a person was created meanwhile, as approved", given(joins), given(joins, account(9, "cy", calls("Cy"))), []string{"true create_user cy active >true, name >Cy, role >Tester"}},
		{"a person was created meanwhile, with another role", given(joins), given(joins, account(9, "cy", calls("Cy"), lives("Lead"))),
			[]string{"outside update_user cy role Lead>Tester", `stale create_user:cy: role is "Lead" now, neither "" nor "Tester"`}},
		{"a leaver is inactive already", given(account(1, "ana"), listed("ana", leaver)), given(account(1, "ana", inactive), listed("ana", leaver)),
			[]string{"true deactivate_user ana active true>false [leaver]"}},
		{"an address was changed meanwhile", given(account(1, "old"), listed("new", formerly("old"))), given(account(1, "new"), listed("new", formerly("old"))),
			[]string{"true update_user new email old>new"}},
		{"fewer members are to be added than were approved", given(two, group(7, "qa"), qa("ana", "bob")), given(two, group(7, "qa", 1), qa("ana", "bob")), []string{"do update_group qa; +bob =1"}},
		{"every member is there", given(two, group(7, "qa"), qa("ana", "bob")), given(two, group(7, "qa", 1, 2), qa("ana", "bob")), []string{"true update_group qa; +ana +bob =0"}},
		{"a member more would be removed", given(two, group(7, "qa", 1), qa()), given(two, group(7, "qa", 1, 2), qa()), []string{"stale update_group:qa: bob would be removed as well"}},
		{"a member more would be added", given(two, group(7, "qa"), qa("ana")), given(two, group(7, "qa"), qa("ana", "bob")), []string{"stale update_group:qa: bob would be added as well"}},
		{"a member is not wanted any more", given(two, group(7, "qa"), qa("ana")), given(two, group(7, "qa"), qa()), []string{"dropped update_group qa; +ana =0"}},
		{"the group is gone", given(two, group(7, "qa"), qa("ana")), given(two, team("other", directory.Exact, members())), []string{
			"outside create_group other; =0", "stale update_group:qa: the group does not exist any more"}},
		{"the group was made meanwhile, as approved", given(two, qa("ana")), given(two, group(7, "qa", 1), qa("ana")), []string{"true create_group qa; +ana =0"}},
		{"the group was made meanwhile, without a member", given(two, qa("ana", "bob")), given(two, group(7, "qa", 1), qa("ana", "bob")),
			[]string{"outside update_group qa; +bob =1", "stale create_group:qa: the group exists already, without bob"}},
		{"a rename that somebody made", given(group(7, "old"), team("new", directory.AtLeast, formerName("old"))), given(group(7, "new"), team("new", directory.AtLeast, formerName("old"))),
			[]string{"true update_group new name old>new; =0"}},
		{"a rename whose group got a third name", given(group(7, "old"), team("new", directory.AtLeast, formerName("old"))), given(group(7, "third"), team("new", directory.AtLeast, formerName("old"))),
			[]string{"outside create_group new; =0", `stale update_group:new: the group is called "third" now`}},
		{"a rename whose new name another group took", given(group(7, "old"), team("new", directory.AtLeast, formerName("old"))), given(group(7, "old"), group(9, "new"), team("new", directory.AtLeast, formerName("old"))), []string{
			"stale update_group:new: another group bears the name now, id 9"}},
		{"a group to delete got another name", given(two, unlisted("ignore", "delete"), group(7, "qa", 1)), given(two, unlisted("ignore", "delete"), group(7, "third", 1)),
			[]string{"outside delete_group third; -ana =0 [unlisted]", `stale delete_group:qa: the group is called "third" now`}},
		{"a group to delete was made anew", given(two, unlisted("ignore", "delete"), group(7, "qa", 1)), given(two, unlisted("ignore", "ignore"), group(9, "qa", 1)),
			[]string{"stale delete_group:qa: another group bears the name now, id 9"}},
		{"somebody to change was switched off", given(lead), given(account(1, "ana", inactive), listed("ana", role("Lead"))), []string{"stale update_user:ana: the account is inactive now"}},
		{"somebody to add was switched off", given(two, group(7, "qa"), qa("ana", "bob")), given(account(1, "ana"), account(2, "bob", inactive), listed("ana"), listed("bob"), group(7, "qa"), qa("ana", "bob")),
			[]string{"stale update_group:qa: bob is inactive now"}},
		{"the API can't do it any more", given(lead), given(lead, noUserWrites), []string{"stale update_user:ana: the API can't do it now"}},
		{"a reactivation would bring back more", given(account(1, "ana", inactive), listed("ana", active(true)), group(7, "qa")), given(account(1, "ana", inactive), listed("ana", active(true)), group(7, "qa", 1)),
			[]string{"stale reactivate_user:ana: it comes back to qa now, and comes back to no group was approved"}},
		{"a leaver has become an administrator", given(accounts(5, 3, admin), account(1, "ana"), listed("ana", leaver)), given(accounts(5, 3, admin), account(1, "ana", admin), listed("ana", leaver)),
			[]string{"stale deactivate_user:ana: it is an administrator now"}},
		{"a group to delete is gone", given(two, unlisted("ignore", "delete"), group(7, "qa", 1)), given(two, unlisted("ignore", "delete")), []string{"true delete_group qa; -ana =0 [unlisted]"}},
		{"a group to delete has gained a member", given(two, unlisted("ignore", "delete"), group(7, "qa", 1)), given(two, unlisted("ignore", "delete"), group(7, "qa", 1, 2)),
			[]string{"stale delete_group:qa: bob would be removed as well"}},
		{"a group to delete is listed now", given(two, unlisted("ignore", "delete"), group(7, "qa", 1)), given(two, unlisted("ignore", "delete"), group(7, "qa", 1), qa("ana")), []string{"dropped delete_group qa; -ana =0 [unlisted]"}},
		{"the scope of the approved plan holds", given(two, joins, group(7, "qa"), qa("ana"), only("group:qa")), given(two, joins, group(7, "qa"), qa("ana")), []string{"do update_group qa; +ana =0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := tt.then
			c, err := plan.Approve(saved(t, tt.review.build(t)), &w.want, &w.live, w.caps, w.opts)
			if err != nil {
				t.Fatalf("Approve: %v %q", err, problems(err))
			}
			if diff := cmp.Diff(tt.want, contract(c)); diff != "" {
				t.Errorf("contract (-want +got):\n%s", diff)
			}
		})
	}
}

// A guard looks at what is to be carried out, not at what is left outside.
func TestApprove_guardsTheContract(t *testing.T) {
	before := given(accounts(1, 20), leavers(1, 2))
	after := given(accounts(1, 20), leavers(1, 12))
	c, err := plan.Approve(saved(t, before.build(t)), &after.want, &after.live, after.caps, after.opts)
	if err != nil {
		t.Fatal(err)
	}
	if refused := c.Plan.Refused(); len(refused) > 0 || c.Plan.Summary.Actions != 2 || len(c.Outside) != 10 {
		t.Errorf("%d actions, %d outside, refused %v", c.Plan.Summary.Actions, len(c.Outside), refused)
	}
}

func lives(role string) func(*directory.User) {
	return func(u *directory.User) { u.Role = directory.Name(role) }
}

func calls(name string) func(*directory.User) { return func(u *directory.User) { u.Name = name } }
