package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// byHand writes the manual steps with the page to go to and why.
func byHand(p *plan.Plan) []string {
	var list []string
	for i := range p.Manual {
		s := &p.Manual[i]
		list = append(list, strings.TrimSuffix(fmt.Sprintf("%s @ %s: %s", line(&s.Action), s.Where, s.Detail), ": "))
	}
	return list
}

// A group that can't be renamed or deleted is one that a person renames or deletes. Its members are ours all the same.
func TestBuild_groupsThatAreChangedByHand(t *testing.T) {
	two := all(person(1, "ana"), person(2, "bob"), listed("ana"), listed("bob"))
	prune := unlisted(directory.PolicyIgnore, directory.PolicyDelete)
	rename := team("new", directory.Exact, members("ana"), formerName("old"))
	for _, tt := range []struct {
		name   string
		given  *world
		want   []string
		byHand []string
	}{
		{"a rename alone", given(onUser, two, group(7, "old", 1), rename), nil,
			[]string{"update_group old name old>new; =1 @ page of update_group: a group can't be renamed"}},
		{"members of the renamed group still change", given(onUser, two, group(7, "old", 2), rename), []string{"update_group old; +ana -bob =0"},
			[]string{"update_group old name old>new; =1 @ page of update_group: a group can't be renamed"}},
		{"what is said of its members is not said of its name", given(onUser, two, group(7, "old"), rights("ROLE_USERADMIN"), rename), []string{"update_group old; +ana =0"},
			[]string{"update_group old name old>new; =0 @ page of update_group: a group can't be renamed"}},
		{"a tool that can rename does", given(two, group(7, "old", 1), rename), []string{"update_group new name old>new; =1"}, nil},
		{"a deletion", given(onUser, two, group(7, "old", 1), prune), nil,
			[]string{"delete_group old; -ana =0 [unlisted] @ page of delete_group: carries no project access; a group can't be deleted"}},
		{"a new group is made", given(onUser, two, team("new", directory.Exact, members("ana"))), []string{"create_group new; +ana =0"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := tt.given
			if w.caps.Membership == plan.OnUser {
				project(1, "P")(w) // what a group carries is known
			}
			p := w.build(t)
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.byHand, byHand(p)); diff != "" {
				t.Errorf("manual steps (-want +got):\n%s", diff)
			}
			if p.Cost.Writes != len(tt.want) && len(tt.want) == 0 {
				t.Errorf("manual steps cost %d writes", p.Cost.Writes)
			}
		})
	}
}

// An address that can't be written is changed by hand, and nothing else of the person is. Until then he is called by the
// one that he has.
func TestBuild_addressesThatAreChangedByHand(t *testing.T) {
	for _, tt := range []struct {
		name   string
		given  *world
		want   []string
		byHand []string
	}{
		{"an address alone", given(onUser, person(1, "old"), listed("new", formerly("old"))), nil, []string{"update_user old email old>new @ page of update_user"}},
		{"with another field", given(onUser, person(1, "old"), listed("new", formerly("old"), asAdmin(true))), []string{"update_user old admin false>true"},
			[]string{"update_user old email old>new @ page of update_user"}},
		{"of somebody who leaves: nobody has to deactivate him by hand", given(onUser, person(1, "old"), listed("new", formerly("old"), active(false))), []string{"deactivate_user old active true>false"},
			[]string{"update_user old email old>new @ page of update_user"}},
		{"of somebody who comes back", given(onUser, person(1, "old", inactive), listed("new", formerly("old"), active(true))), []string{"reactivate_user old active false>true"},
			[]string{"update_user old email old>new @ page of update_user"}},
		{"he joins groups and projects all the same", given(onUser, person(1, "old"), project(1, "P"), listed("new", formerly("old"), on("P"), in("qa")), group(7, "qa"), team("qa", directory.Exact, members())),
			[]string{"update_group qa; +old =0", "add_to_project P profile >Developer?; +old =0"}, []string{"update_user old email old>new @ page of update_user"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.given.build(t)
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.byHand, byHand(p)); diff != "" {
				t.Errorf("manual steps (-want +got):\n%s", diff)
			}
		})
	}
}

// What is done by hand beside an approved action does not make it stale, and who bears another name until then is known.
func TestApprove_besideWhatIsDoneByHand(t *testing.T) {
	admins := []func(*directory.WantUser){formerly("old"), asAdmin(true)}
	rename := func(opts ...func(*directory.WantGroup)) part {
		return team("new", directory.Exact, append(opts, formerName("was"))...)
	}
	two := all(person(1, "old"), listed("new", formerly("old"), on("P")), project(1, "P"))
	for _, tt := range []struct {
		name         string
		review, then *world
		want         []string
	}{
		{"a field that is true already, beside an address", given(onUser, person(1, "old"), listed("new", admins...)), given(onUser, person(1, "old", admin), listed("new", admins...)),
			[]string{"true update_user old admin false>true"}},
		{"a member who is there already, of a group to rename", given(onUser, two, group(7, "was"), rename(members("new"))), given(onUser, two, group(7, "was", 1), rename(members("new"))),
			[]string{"do add_to_project P profile >Developer?; +old =0", "true update_group was; +old =0"}},
		{"a member who is there already, under an address to change", given(onUser, two, group(7, "qa"), team("qa", directory.Exact, members("new"))), given(onUser, two, group(7, "qa", 1), team("qa", directory.Exact, members("new"))),
			[]string{"do add_to_project P profile >Developer?; +old =0", "true update_group qa; +old =0"}},
		{"in a project", given(onUser, two), given(onUser, person(1, "old", works(1)), listed("new", formerly("old"), on("P")), project(1, "P")),
			[]string{"true add_to_project P profile >Developer?; +old =0"}},
		{"a field that the API can't write any more", given(onUser, person(1, "ana"), listed("ana", asAdmin(true))), given(onUser, cannotWrite(plan.FieldAdmin), person(1, "ana"), listed("ana", asAdmin(true))),
			[]string{"stale update_user:ana: the API can't do it now"}},
		{"a kind that it can't any more", given(onUser, person(1, "ana"), listed("ana", on("P")), project(1, "P")), given(onUser, person(1, "ana"), listed("ana", on("P")), project(1, "P"), func(w *world) { w.caps.Kinds[plan.AddToProject] = false }),
			[]string{"stale add_to_project:P as Developer: the API can't do it now"}},
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

// Whom somebody has to rename by hand may be selected by either name, and what a run did beside it can be taken back.
func TestBuild_scopeOfWhatIsRenamedByHand(t *testing.T) {
	both := all(person(1, "old"), listed("new", formerly("old"), asAdmin(true), in("gnew")), group(7, "gold"), team("gnew", directory.Exact, members(), formerName("gold")),
		person(2, "bob"), listed("bob", asAdmin(true)))
	for _, tt := range []struct {
		only string
		want []string
	}{
		{"user:old" + domain, []string{"update_user old admin false>true", "update_group gold; +old =0"}},
		{"user:new" + domain, []string{"update_user old admin false>true", "update_group gold; +old =0"}},
		{"group:gold", []string{"update_group gold; +old =0"}},
		{"group:gnew", []string{"update_group gold; +old =0"}},
	} {
		t.Run(tt.only, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(given(onUser, both, only(tt.only)).build(t))); diff != "" {
				t.Errorf("actions (-want +got):\n%s", diff)
			}
		})
	}
	takesBack(t, given(onUser, both), nil, []string{"update_user bob admin true>false", "update_user old admin true>false", "update_group gold; -old =0"}, nil)
}

// The group of the administrators is no group: whoever may change its members could make administrators past every guard.
func TestBuild_theGroupOfTheAdministrators(t *testing.T) {
	const hint = "write `admin: true` on each of them in its place"
	for _, tt := range []struct {
		name  string
		given *world
		want  []string
	}{
		{"listed", given(onUser, team("Administrators", directory.AtLeast)), []string{`problem: users.yaml:10:3: group "Administrators" is the group of the administrators, which is no group here (` + hint + ")"}},
		{"in any case", given(onUser, team("administrators ", directory.AtLeast)), []string{`problem: users.yaml:10:3: group "administrators " is the group of the administrators, which is no group here (` + hint + ")"}},
		{"as a former name", given(onUser, team("qa", directory.AtLeast, formerName("Testers", "ADMINISTRATORS"))), []string{`problem: users.yaml:13:5: group "ADMINISTRATORS" is the group of the administrators, which is no group here (` + hint + ")"}},
		{"another group", given(onUser, team("Site Administrators", directory.AtLeast)), nil},
		{"a tool without such a group", given(team("Administrators", directory.AtLeast)), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.given.plan()
			if diff := cmp.Diff(tt.want, problems(err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// Whoever joins or leaves a group with rights gains or loses them: the action says so.
func TestBuild_groupsWithRights(t *testing.T) {
	two := all(person(1, "ana"), person(2, "bob"), listed("ana"), listed("bob"))
	const say = "its members have rights over the whole instance: ROLE_PROJECTCREATOR, ROLE_USERADMIN"
	held := rights("ROLE_PROJECTCREATOR", "ROLE_USERADMIN")
	for _, tt := range []struct {
		name  string
		given *world
		want  string
	}{
		{"somebody joins", given(onUser, two, group(7, "qa"), held, team("qa", directory.Exact, members("ana"))), say},
		{"somebody leaves", given(onUser, two, group(7, "qa", 1), held, team("qa", directory.Exact, members())), say},
		{"a group without rights", given(onUser, two, group(7, "qa"), team("qa", directory.Exact, members("ana"))), ""},
		{"a rename gives nobody anything", given(two, group(7, "www", 1), held, team("qa", directory.Exact, members("ana"), formerName("www"))), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.given.build(t).Actions()[0].Detail; got != tt.want {
				t.Errorf("detail %q, want %q", got, tt.want)
			}
		})
	}
}
