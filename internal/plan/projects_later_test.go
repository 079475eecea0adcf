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

// What becomes of the members of projects after a plan was made: it is approved, taken back, or compared with an earlier
// roster and with another plan.

// Each row approves the plan of one world and asks what it means in another.
func TestApprove_projects(t *testing.T) {
	base := all(onUser, project(1, "P"), project(2, "Q"))
	both := all(listed("ana", on("P")), listed("bob", on("P")))
	for _, tt := range []struct {
		name         string
		review, then *world
		want         []string
	}{
		{"nothing has happened", given(base, person(1, "ana"), listed("ana", on("P"))), given(base, person(1, "ana"), listed("ana", on("P"))), []string{"do add_to_project P profile >Developer?; +ana =0"}},
		{"somebody did it meanwhile", given(base, person(1, "ana"), listed("ana", on("P"))), given(base, person(1, "ana", works(1)), listed("ana", on("P"))), []string{"true add_to_project P profile >Developer?; +ana =0"}},
		{"one of them is there", given(base, person(1, "ana"), person(2, "bob"), both), given(base, person(1, "ana", works(1)), person(2, "bob"), both), []string{"do add_to_project P profile >Developer?; +bob =1"}},
		{"somebody took a person out meanwhile", given(base, person(1, "ana", works(1)), listed("ana", on())), given(base, person(1, "ana"), listed("ana", on())), []string{"true remove_from_project P; -ana =0"}},
		{"the file does not want it any more", given(base, person(1, "ana"), listed("ana", on("P"))), given(base, person(1, "ana"), listed("ana", on())), []string{"dropped add_to_project P profile >Developer?; +ana =0"}},
		{"nor does anybody stay out", given(base, person(1, "ana", works(1)), listed("ana", on())), given(base, person(1, "ana", works(1)), listed("ana", on("P"))), []string{"dropped remove_from_project P; -ana =0"}},
		{"no person's projects are managed any more, so that none were read", given(base, person(1, "ana"), listed("ana", on("P"))), given(onUser, func(w *world) { w.live.ProjectsRead = false }, person(1, "ana"), listed("ana")),
			[]string{"dropped add_to_project P profile >Developer?; +ana =0"}},
		{"a member more would be added", given(base, person(1, "ana"), person(2, "bob"), listed("ana", on("P")), listed("bob")), given(base, person(1, "ana"), person(2, "bob"), both), []string{"stale add_to_project:P as Developer: bob would be added as well"}},
		{"a member more would be removed", given(base, person(1, "ana", works(1)), person(2, "bob"), listed("ana", on()), listed("bob", on())), given(base, person(1, "ana", works(1)), person(2, "bob", works(1)), listed("ana", on()), listed("bob", on())),
			[]string{"stale remove_from_project:P: bob would be removed as well"}},
		{"another profile is another action", given(base, person(1, "ana"), listed("ana", on("P"))), given(base, person(1, "ana"), listed("ana", onAs("P", "Tester"))),
			[]string{"dropped add_to_project P profile >Developer?; +ana =0", "outside add_to_project P profile >Tester?; +ana =0"}},
		{"somebody to add was switched off", given(base, person(1, "ana"), person(2, "bob"), both), given(base, person(1, "ana"), person(2, "bob", inactive), both), []string{"stale add_to_project:P as Developer: bob is inactive now"}},
		{"somebody to remove was switched off", given(base, person(1, "ana", works(1)), listed("ana", on())), given(base, person(1, "ana", inactive), listed("ana", on())), []string{"true remove_from_project P; -ana =0"}},
		{"somebody new was created meanwhile", given(base, listed("n", named("N N"), on("P"))), given(base, person(4, "n", goesBy("N", "N")), listed("n", named("N N"), on("P"))),
			[]string{"do add_to_project P profile >Developer?; +n =0", "true create_user n active >true, name >N N"}},
		{"the project is gone", given(base, person(1, "ana", works(2)), listed("ana", on())), given(onUser, project(1, "P"), person(1, "ana"), listed("ana", on())), []string{"stale remove_from_project:Q: the project does not exist any more"}},
		{"the project has another name", given(base, person(1, "ana", works(2)), listed("ana", on())), given(onUser, project(1, "P"), project(2, "R"), person(1, "ana", works(2)), listed("ana", on())),
			[]string{"outside remove_from_project R; -ana =0", `stale remove_from_project:Q: the project is called "R" now`}},
		{"the scope of the approved plan holds", given(base, person(1, "ana"), person(2, "bob"), both, only("user:ana"+domain)), given(base, person(1, "ana"), person(2, "bob"), both), []string{"do add_to_project P profile >Developer?; +ana =0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := tt.then
			c, err := plan.Approve(saved(t, tt.review.build(t)), &w.want, &w.live, w.caps, w.opts)
			if err != nil {
				t.Fatalf("Approve: %v %q", err, problems(err))
			}
			got := contract(c)
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("contract (-want +got):\n%s", diff)
			}
		})
	}
}

// What nobody can read back is not held against an approved create.
func TestApprove_unverifiableFields(t *testing.T) {
	w := given(onUser, listed("n", named("N N"), asAdmin(true)))
	w.caps.Reported[plan.FieldAdmin] = false
	approved := saved(t, w.build(t))
	if got := line(approved.Actions()[0]); got != "create_user n active >true, name >N N, admin >true?" {
		t.Fatalf("approved %s", got)
	}
	person(4, "n", goesBy("N", "N"))(w)
	c, err := plan.Approve(approved, &w.want, &w.live, w.caps, w.opts)
	if err != nil || len(c.AlreadyTrue) != 1 {
		t.Errorf("Approve: %v, %q", err, contract(c))
	}
}

func TestUndo_projects(t *testing.T) {
	base := all(onUser, project(1, "P"), project(2, "Q"))
	lost := func(project string) string {
		return fmt.Sprintf("%s: the profiles that people had in project %q can't be read: they come back as Developer", project, project)
	}
	user := func(id int, change func(*directory.User)) part {
		return func(w *world) { change(userByID(&w.live, directory.UserID(id))) }
	}
	for _, tt := range []struct {
		name  string
		given *world
		since part
		want  []string
		notes []string
	}{
		{"who was put into a project", given(base, person(1, "ana", works(2)), listed("ana", on("P", "Q"))), nil, []string{"remove_from_project P; -ana =0"}, nil},
		{"with whichever profile", given(base, person(1, "ana"), person(2, "bob"), listed("ana", onAs("P", "Tester")), listed("bob", on("P"))), nil, []string{"remove_from_project P; -ana -bob =0"}, nil},
		{"who was removed from one", given(base, person(1, "ana", works(1, 2)), listed("ana", on("Q"))), nil, []string{"add_to_project P profile >Developer?; +ana =0"}, []string{lost("P")}},
		{"who left the project since", given(base, person(1, "ana"), listed("ana", on("P"))), user(1, works()), nil, nil},
		{"who is a member again", given(base, person(1, "ana", works(1)), listed("ana", on())), user(1, works(1)), nil, nil},
		{"others who came since stay", given(base, person(1, "ana"), person(2, "bob"), listed("ana", on("P"))), user(2, works(1)), []string{"remove_from_project P; -ana =1"}, nil},
		{"who has another address since", given(base, person(1, "ana"), listed("ana", on("P"))), user(1, func(u *directory.User) { u.Email = mail("eve") }), nil, []string{"P: ana (id 1) is eve now: stays a member"}},
		{"who was switched off since", given(base, person(1, "ana"), person(2, "bob", works(1)), listed("ana", on("P")), listed("bob", on())), all(user(1, inactive), user(2, inactive)), nil,
			[]string{"P: bob is inactive and can't be added again", "P: ana is inactive: stays a member"}},
		{"who was created into one", given(base, listed("n", named("N N"), on("P"))), nil, []string{"deactivate_user n active true>false"}, []string{"n: the account stays, inactive (id 1): none can be deleted"}},
		{"who came back into one", given(base, person(1, "ana", inactive), listed("ana", active(true), on("P"))), nil, []string{"deactivate_user ana active true>false"}, nil},
		{"a sample project", given(onUser, sample(1, "S"), person(1, "ana"), listed("ana", on("S"))), nil, nil, []string{"S: nobody is removed from a sample project"}},
		{"a project that has another name since", given(base, person(1, "ana"), listed("ana", on("P"))), func(w *world) { w.live.Projects[0].Name = "R" }, nil,
			[]string{"P: the project does not exist any more, or bears another name: left as it is"}},
		{"a profile that is not there any more", given(base, person(1, "ana", works(1)), listed("ana", on())), func(w *world) { w.live.Profiles = w.live.Profiles[1:] }, nil,
			[]string{"P: the profiles that people had in project \"P\" can't be read, and there is no one profile Developer to come back with"}},
		{"while two others bear one name", given(base, project(8, "T"), project(9, "T"), person(1, "ana", works(2, 8)), listed("ana", on("P"))), nil,
			[]string{"add_to_project Q profile >Developer?; +ana =0", "add_to_project T profile >Developer?; +ana =0", "remove_from_project P; -ana =0"}, []string{lost("Q"), lost("T")}},
		{"while the person is in one that is not listed", given(base, person(1, "ana", works(99)), listed("ana", on("P"))), nil, []string{"remove_from_project P; -ana =0"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) { takesBack(t, tt.given, tt.since, tt.want, tt.notes) })
	}
}

// What is taken back is a contract as well.
func TestUndo_projectsAreAContract(t *testing.T) {
	w := given(onUser, project(1, "P"), person(1, "ana"), person(2, "bob", works(1)), listed("ana", on("P")), listed("bob", on()))
	ran, now, err := w.ran(w.build(t))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Undo(ran, &now.want, &now.live, now.caps, now.opts)
	if err != nil {
		t.Fatal(err)
	}
	approved := saved(t, p)
	for _, tt := range []struct {
		name  string
		since func(*directory.Live)
		want  []string
	}{
		{"nothing moved", func(*directory.Live) {}, []string{"do add_to_project P profile >Developer?; +bob =1", "do remove_from_project P; -ana =0"}},
		{"one was done by hand", func(l *directory.Live) { l.Users[0].Projects = nil }, []string{"do add_to_project P profile >Developer?; +bob =0", "true remove_from_project P; -ana =0"}},
		{"somebody came since", func(l *directory.Live) {
			l.Users = append(l.Users, directory.User{ID: 9, Email: mail("cy"), Active: true, Projects: []directory.ProjectID{1}})
		},
			[]string{"do add_to_project P profile >Developer?; +bob =2", "do remove_from_project P; -ana =1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			then := newRun(now).live
			tt.since(&then)
			c, err := plan.Approve(approved, plan.TakeBack(ran, &now.want, &then, now.caps), &then, now.caps, now.opts)
			if err != nil {
				t.Fatalf("Approve: %v: %q", err, problems(err))
			}
			got := contract(c)
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("contract (-want +got):\n%s", diff)
			}
		})
	}
}

// A removal from a project points at the line that went, also of somebody who had another address in it.
func TestBuild_removalsFromProjectsPointAtTheLineThatWent(t *testing.T) {
	live := all(onUser, project(1, "P"), project(2, "Q"), person(1, "ana", works(1, 2)), person(2, "old", works(1)))
	earlier := given(live, listed("ana", on("P", "Q")), listed("old", on("P")))
	p := changed(t, given(live, listed("ana", on("Q")), listed("new", formerly("old"), on())), earlier, false)
	var got []string
	for _, a := range p.Actions() {
		for _, m := range a.Members.Remove {
			got = append(got, fmt.Sprintf("%s %s -%s was %s", a.Origin, a.Subject, strings.TrimSuffix(string(m.User), domain), m.Was))
		}
	}
	want := []string{"this_change P -ana was users.yaml:18:5", "this_change P -old was users.yaml:28:5"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whose `projects` went from the entry keeps them, which the reviewer of the change would not expect.
func TestBuild_keptProjects(t *testing.T) {
	live := all(onUser, project(1, "P"), project(2, "Q"), sample(3, "S"), person(1, "ana", works(1, 2, 3)), person(2, "off", inactive, works(1)), person(3, "inv", pending, works(1)))
	const stays = "ana was taken out of project \"P\" and stays a member"
	for _, tt := range []struct {
		name         string
		earlier, now *world
		want         []string
	}{
		{"the key went", given(live, listed("ana", on("P"))), given(live, listed("ana")), []string{stays}},
		{"the project went from the list", given(live, listed("ana", on("P", "Q"))), given(live, listed("ana", on("Q"))), nil},
		{"without removals", given(live, listed("ana", on("P", "Q"))), given(live, listed("ana", on("Q")), noRemovals), []string{stays}},
		{"nothing went", given(live, listed("ana", on("P"))), given(live, listed("ana", on("P"))), nil},
		{"a project that he is not in", given(live, listed("off", on("Q"))), given(live, listed("off")), nil},
		{"of somebody inactive", given(live, listed("off", on("P"))), given(live, listed("off")), nil},
		{"a sample project", given(live, listed("ana", on("S"))), given(live, listed("ana")), nil},
		{"who goes as a whole is named once", given(live, listed("ana", on("P")), listed("off")), given(live, listed("off")), []string{"ana was taken out of the roster and keeps the account"}},
		{"an invitation is kept as well", given(live, listed("inv"), listed("off")), given(live, listed("off")), []string{"inv was taken out of the roster and keeps the account"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, g := range changed(t, tt.now, tt.earlier, false).Guards {
				if g.Guard == directory.GuardKeptAccess {
					got = append(got, strings.ReplaceAll(g.Text, domain, ""))
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCompare_projects(t *testing.T) {
	base := all(onUser, project(1, "P"), person(1, "ana"), person(2, "bob"))
	for _, tt := range []struct {
		name          string
		before, after *world
		want          []string
	}{
		{"the same twice", given(base, listed("ana", on("P"))), given(base, listed("ana", on("P"))), nil},
		{"another profile", given(base, listed("ana", on("P"))), given(base, listed("ana", onAs("P", "Tester"))),
			[]string{"added add_to_project P profile >Tester?; +ana =0", "dropped add_to_project P profile >Developer?; +ana =0"}},
		{"other members", given(base, listed("ana", on("P"))), given(base, listed("bob", on("P"))), []string{"changed add_to_project:P as Developer: adds as well: bob; does not add: ana"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := plan.Compare(saved(t, tt.before.build(t)), saved(t, tt.after.build(t)))
			if diff := cmp.Diff(tt.want, difference(d)); diff != "" {
				t.Errorf("difference (-want +got):\n%s", diff)
			}
		})
	}
}
