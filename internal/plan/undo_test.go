package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// ran carries out the plan of a world and returns what was done, as a report has it, and the world afterwards.
func (w *world) ran(p *plan.Plan) (plan.Ran, *world, error) {
	ran := plan.Ran{ID: "run-1"}
	r := newRun(w)
	r.after = func(a *plan.Action) {
		done := *a
		switch a.Kind {
		case plan.CreateUser:
			done.SubjectID = int64(r.byEmail(directory.Email(a.Subject)).ID)
		case plan.CreateGroup:
			done.SubjectID = int64(r.live.Groups[len(r.live.Groups)-1].ID)
		}
		ran.Done = append(ran.Done, done)
	}
	err := r.all(p)
	next := *w
	next.live = r.live
	return ran, &next, err
}

// remarks writes the notes of an undo as "subject: text", the general one left out.
func remarks(p *plan.Plan) []string {
	var list []string
	for _, n := range p.Notes {
		if n.Code == plan.NoteNotUndone || n.Code == plan.NoteCantComeBack {
			list = append(list, strings.ReplaceAll(fmt.Sprintf("%s: %s", n.Subject, n.Text), domain, ""))
		}
	}
	return list
}

// Each row is a world, what happened after the run, and what takes the run back then.
func TestUndo(t *testing.T) {
	edit := func(change func(*directory.Live)) part { return func(w *world) { change(&w.live) } }
	user := func(id int, change func(*directory.User)) part {
		return edit(func(live *directory.Live) { change(userByID(live, directory.UserID(id))) })
	}
	for _, tt := range []struct {
		name  string
		given *world
		since part
		want  []string
		notes []string
	}{
		{"a role", given(account(1, "ana"), listed("ana", role("Lead"))), nil, []string{"update_user ana role Lead>Tester"}, nil},
		{"a role that is back already", given(account(1, "ana"), listed("ana", role("Lead"))), user(1, lives("Tester")), nil, nil},
		{"a role that somebody changed since", given(account(1, "ana"), listed("ana", role("Lead"), named("Ana"))), user(1, lives("Owner")),
			[]string{"update_user ana name Ana>ana"}, []string{`ana: role is "Owner" now, neither "Tester" nor "Lead": left as it is`}},
		{"a role whose name two roles bear", given(account(1, "ana"), listed("ana", role("Lead"))), edit(func(l *directory.Live) { l.Roles = append(l.Roles, directory.Role{ID: 90, Name: "Tester"}) }),
			nil, []string{`ana: role was "Tester", which is not there any more`}},
		{"a reactivation of somebody who left a group with it", given(accounts(1, 1, inactive), account(2, "u2"), listed("u1", active(true)), listed("u2"), group(7, "qa", 1, 2), team("qa", directory.Exact, members("u2"))), nil,
			[]string{"deactivate_user u1 active true>false"}, []string{"qa: u1 is inactive and can't be added again"}},
		{"a role that is no more", given(account(1, "ana"), listed("ana", role("Lead"))), edit(func(l *directory.Live) { l.Roles = l.Roles[:1] }),
			nil, []string{`ana: role was "Tester", which is not there any more`}},
		{"an address", given(account(1, "ana"), listed("ann", formerly("ana"))), nil, []string{"update_user ana email ann>ana"}, nil},
		{"an address that somebody took since", given(account(1, "ana"), listed("ann", formerly("ana"))), user(1, func(u *directory.User) { u.Email = mail("eve") }),
			nil, []string{"ann: the account (id 1) is eve now: left as it is"}},
		{"an address that another account has since", given(account(1, "ana"), listed("ann", formerly("ana"), role("Lead"))), edit(func(l *directory.Live) {
			l.Users = append(l.Users, directory.User{ID: 2, Email: mail("ana"), Active: true})
		}),
			[]string{"update_user ann role Lead>Tester"}, []string{`ann: email was "ana", which is the address of another account now`}},
		{"a role of an account that has another address since", given(account(1, "ana"), listed("ana", role("Lead"))), user(1, func(u *directory.User) { u.Email = mail("eve") }), nil,
			[]string{"ana: the account (id 1) is eve now: left as it is"}},
		{"a deactivation of somebody who was made an administrator since", given(account(1, "ana"), leavers(1, 1), listed("ana", active(false))), user(1, admin), nil,
			[]string{"ana: is an administrator now, and was none: left inactive"}},
		{"a role and projects that are no more", given(account(1, "ana", manages(1)), project(1, "P"), project(2, "Q"), listed("ana", managing("Q"))),
			edit(func(l *directory.Live) { l.Projects = l.Projects[1:] }), nil, []string{`ana: assigned_projects was "P", which is not there any more`}},
		{"projects", given(account(1, "ana", manages(1)), project(1, "P"), project(2, "Q"), listed("ana", managing("Q"))), nil, []string{"update_user ana assigned_projects Q>P"}, nil},
		{"an account that is gone", given(account(1, "ana"), listed("ana", role("Lead"))), edit(func(l *directory.Live) { l.Users = nil }), nil,
			[]string{"ana: the account does not exist any more"}},
		{"an account that was forgotten since", given(account(1, "ana"), listed("ana", role("Lead"))), user(1, func(u *directory.User) { u.Email = "F1764000000001" }), nil,
			[]string{"ana: the account was forgotten in the tool and can't be managed"}},
		{"a deactivation", given(account(1, "ana"), leavers(1, 1), group(7, "qa", 1), listed("ana", active(false))), nil, []string{"reactivate_user ana active false>true"}, nil},
		{"a deactivation of an administrator brings the flag back", given(account(1, "ana", admin), listed("ana", active(false), asAdmin(false))), nil,
			[]string{"reactivate_user ana active false>true, admin false>true"}, nil},
		{"a deactivation that left the flag leaves it again", given(account(1, "ana", admin), listed("ana", active(false))), nil,
			[]string{"reactivate_user ana active false>true"}, nil},
		{"a reactivation", given(account(1, "ana", inactive), listed("ana", active(true))), nil, []string{"deactivate_user ana active true>false"}, nil},
		{"a field of an account that was switched off since", given(account(1, "ana"), listed("ana", role("Lead"))), user(1, inactive),
			[]string{"update_user ana role Lead>Tester"}, nil},
		{"a person", given(listed("cy", named("Cy"))), nil, []string{"deactivate_user cy active true>false"}, []string{"cy: the account stays, inactive (id 1): none can be deleted"}},
		{"a person who was switched off since", given(listed("cy", named("Cy"))), user(1, inactive), nil, []string{"cy: the account stays, inactive (id 1): none can be deleted"}},
		{"a person who has another address since", given(listed("cy", named("Cy"))), user(1, func(u *directory.User) { u.Email = mail("eve") }), nil,
			[]string{"cy: the account (id 1) is eve now: left as it is"}},
		{"members", given(accounts(1, 3), each(1, 3), group(7, "qa", 1, 2), team("qa", directory.Exact, members("u2", "u3"))), nil,
			[]string{"update_group qa; +u1 -u3 =1"}, nil},
		{"members whom others changed since", given(accounts(1, 4), each(1, 4), group(7, "qa", 1, 2), team("qa", directory.Exact, members("u2", "u3"))),
			edit(func(l *directory.Live) { l.Groups[0].Members = ids(1, 4) }), []string{"update_group qa; -u3 =3"}, nil},
		{"a member who was switched off since", given(accounts(1, 2), each(1, 2), group(7, "qa", 1, 2), team("qa", directory.Exact, members("u2"))), user(1, inactive),
			nil, []string{"qa: u1 is inactive and can't be added again"}},
		{"a member who was deactivated with it comes back to both", given(accounts(1, 2), listed("u1", active(false)), listed("u2"), group(7, "qa", 1, 2), team("qa", directory.Exact, members("u2"))), nil,
			[]string{"reactivate_user u1 active false>true", "update_group qa; +u1 =1"}, nil},
		{"a person who was created into a group", given(account(1, "u1"), listed("u1"), listed("cy", named("Cy")), group(7, "qa", 1), team("qa", directory.Exact, members("u1", "cy"))), nil,
			[]string{"deactivate_user cy active true>false", "update_group qa; -cy =1"}, []string{"cy: the account stays, inactive (id 2): none can be deleted"}},
		{"the name of a group", given(account(1, "u1"), listed("u1"), group(7, "qa", 1), team("quality", directory.Exact, members("u1"), formerName("qa"))), nil,
			[]string{"update_group qa name quality>qa; =1"}, nil},
		{"the name of a group that has another since", given(account(1, "u1"), listed("u1"), group(7, "qa", 1), team("quality", directory.Exact, members("u1"), formerName("qa"))),
			edit(func(l *directory.Live) { l.Groups[0].Name = "x" }), nil, []string{`quality: the group is called "x" now: left as it is`}},
		{"the name of a group that another has since", given(accounts(1, 2), each(1, 2), group(7, "qa", 1), team("quality", directory.Exact, members("u2"), formerName("qa"))),
			edit(func(l *directory.Live) { l.Groups = append(l.Groups, directory.Group{ID: 9, Name: "qa"}) }), []string{"update_group quality; +u1 -u2 =0"},
			[]string{`quality: its name was "qa", which is that of another group now`}},
		{"members of two groups that have one name since", given(accounts(1, 3), each(1, 3), group(7, "qa", 1), group(8, "qb", 1), team("qa", directory.Exact, members("u2")), team("qb", directory.Exact, members("u3"))),
			edit(func(l *directory.Live) { l.Groups[1].Name = "qa" }), []string{"update_group qa; +u1 -u2 =0"}, []string{`qb: the group is called "qa" now: left as it is`}},
		{"members of a group that is gone", given(accounts(1, 2), each(1, 2), group(7, "qa", 1), team("qa", directory.Exact, members("u2"))), edit(func(l *directory.Live) { l.Groups = nil }), nil,
			[]string{"qa: the group does not exist any more"}},
		{"members who have other addresses since", given(accounts(1, 3), each(1, 3), group(7, "qa", 1, 2), team("qa", directory.Exact, members("u2", "u3"))),
			edit(func(l *directory.Live) { l.Users[0].Email, l.Users[2].Email = mail("x1"), mail("x3") }), nil,
			[]string{"qa: u1 (id 1) is x1 now and is not added again", "qa: u3 (id 3) is x3 now: stays a member"}},
		{"a member who got another address in the same run", given(accounts(1, 2), listed("x1", formerly("u1")), listed("u2"), group(7, "qa", 1), team("qa", directory.Exact, members("u2"))), nil,
			[]string{"update_user u1 email x1>u1", "update_group qa; +u1 -u2 =0"}, nil},
		{"a member who was created, and whose address another has since", given(account(1, "u1"), listed("u1"), listed("cy", named("Cy")), group(7, "qa", 1), team("qa", directory.Exact, members("u1", "cy"))),
			edit(func(l *directory.Live) {
				userByID(l, 2).Email = mail("cyd")
				l.Users = append(l.Users, directory.User{ID: 3, Email: mail("cy"), Active: true})
				l.Groups[0].Members = append(l.Groups[0].Members, 3)
			}), nil, []string{"cy: the account (id 2) is cyd now: left as it is", "qa: cy (id 2) is cyd now: stays a member"}},
		{"a member whose address two accounts have since", given(accounts(1, 2), each(1, 2), group(7, "qa", 1, 2), team("qa", directory.Exact, members("u2"))),
			edit(func(l *directory.Live) {
				l.Users = append(l.Users, directory.User{ID: 3, Email: mail("u1"), Active: true})
			}), nil,
			[]string{"qa: u1 is the address of several accounts, so that none is added again"}},
		{"a group", given(account(1, "u1"), listed("u1"), project(1, "P"), team("qa", directory.Exact, members("u1"))), nil, []string{"delete_group qa; -u1 =0"}, nil},
		{"a group that gained members since", given(accounts(1, 2), listed("u1"), project(1, "P"), team("qa", directory.Exact, members("u1"))),
			edit(func(l *directory.Live) { l.Groups[0].Members = ids(1, 2) }), nil, []string{"qa: the group has gained members since (u2): it is not deleted"}},
		{"a group that was renamed since", given(account(1, "u1"), listed("u1"), project(1, "P"), team("qa", directory.Exact, members("u1"))), edit(func(l *directory.Live) { l.Groups[0].Name = "x" }), nil,
			[]string{`qa: the group is called "x" now: left as it is`}},
		{"a group with a protected member", given(account(1, "ci"), protect("ci*"), listed("ci"), project(1, "P"), team("qa", directory.Exact, members("ci"))), nil, nil, nil},
		{"a group with the caller's own account", given(account(1, "me"), self(1), listed("me"), project(1, "P"), team("qa", directory.Exact, members("me"))), nil, nil, nil},
		{"a group that was deleted", given(accounts(1, 2), account(3, "off", inactive), group(7, "qa", 1, 2, 3), project(1, "P", 7), unlisted(directory.PolicyIgnore, directory.PolicyDelete)), nil,
			[]string{"create_group qa; +u1 +u2 =0"},
			[]string{"qa: comes back under another id than 7 and without project access; its deletion said: takes project access with it: P", "qa: off is inactive and can't be added again"}},
		{"a group that was deleted and is there again", given(accounts(1, 2), group(7, "qa", 1, 2), project(1, "P"), unlisted(directory.PolicyIgnore, directory.PolicyDelete)),
			edit(func(l *directory.Live) { l.Groups = append(l.Groups, directory.Group{ID: 9, Name: "qa"}) }), nil,
			[]string{"qa: a group of this name is there again: left as it is"}},
	} {
		t.Run(tt.name, func(t *testing.T) { takesBack(t, tt.given, tt.since, tt.want, tt.notes) })
	}
}

// takesBack carries out the plan of a world and compares what takes it back after something happened since.
func takesBack(t *testing.T, given *world, since part, want, notes []string) {
	t.Helper()
	ran, now, err := given.ran(given.build(t))
	if err != nil {
		t.Fatal(err)
	}
	if since != nil {
		since(now)
	}
	p, err := plan.Undo(ran, &now.want, &now.live, now.caps, now.opts)
	if err != nil {
		t.Fatalf("Undo: %v: %q", err, problems(err))
	}
	if diff := cmp.Diff(want, lines(p)); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(notes, remarksOf(p, notes)); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if p.Undoes != "run-1" {
		t.Errorf("undoes %q", p.Undoes)
	}
}

func remarksOf(p *plan.Plan, want []string) []string {
	got := remarks(p)
	for i := range got {
		for _, w := range want {
			// The subject of an action is its address after the run.
			if _, text, _ := strings.Cut(got[i], ": "); strings.HasSuffix(w, ": "+text) {
				got[i] = w
			}
		}
	}
	return got
}

// An undo goes through the guards of the roster, and takes no exception for needless that the roster has for itself.
func TestUndo_guards(t *testing.T) {
	w := given(minAdmins(0), accounts(1, 20), leavers(1, 8), allow(directory.GuardMaxDeactivations, 8, directory.AllowDeclared, tomorrow))
	ran, now, err := w.ran(w.build(t))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Undo(ran, &now.want, &now.live, now.caps, now.opts)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"refused max_reactivations 8/5"}
	if diff := cmp.Diff(want, guards(p, plan.GuardRefused, plan.GuardAllowed, plan.GuardNoted)); diff != "" {
		t.Errorf("guards (-want +got):\n%s", diff)
	}
	allow(directory.GuardMaxReactivations, 8, directory.AllowDeclared, tomorrow)(now)
	if p, err = plan.Undo(ran, &now.want, &now.live, now.caps, now.opts); err != nil || len(p.Refused()) > 0 {
		t.Errorf("with the exception: %v, refused %v", err, p.Refused())
	}
}

// What failed may have taken effect or not: nobody is told that it was taken back.
func TestUndo_whatFailedIsNamed(t *testing.T) {
	w := given(account(1, "ana"), listed("ana", role("Lead")))
	ran, now, err := w.ran(w.build(t))
	if err != nil {
		t.Fatal(err)
	}
	ran.Done, ran.Failed = nil, ran.Done
	p, err := plan.Undo(ran, &now.want, &now.live, now.caps, now.opts)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"ana: update_user failed in that run, so it is not taken back: see what became of it"}, remarks(p)); diff != "" || !p.Empty() {
		t.Errorf("%q, notes (-want +got):\n%s", lines(p), diff)
	}
}

// Approved is an undo as it was shown: it is checked against the ground like every plan.
func TestUndo_isAContract(t *testing.T) {
	w := given(account(1, "ana"), account(2, "bob"), listed("ana", role("Lead")), listed("bob", active(false)), group(7, "qa", 1), team("qa", directory.Exact, members("ana")))
	ran, now, err := w.ran(w.build(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		since func(*directory.Live)
		want  []string
	}{
		{"nothing moved", func(*directory.Live) {}, []string{"do reactivate_user bob active false>true", "do update_user ana role Lead>Tester"}},
		{"one was done by hand", func(l *directory.Live) { l.Users[1].Active = true }, []string{"do update_user ana role Lead>Tester", "true reactivate_user bob active false>true"}},
		{"another role since", func(l *directory.Live) { l.Users[0].Role = "Owner" }, []string{"do reactivate_user bob active false>true", "stale update_user:ana: role is \"Owner\" now, neither \"Lead\" nor \"Tester\""}},
		{"an administrator since", func(l *directory.Live) { l.Users[1].Admin = true }, []string{"do update_user ana role Lead>Tester", "stale reactivate_user:bob: it is not as the run left it any more, or the run did not do it"}},
		{"another address since", func(l *directory.Live) { l.Users[0].Email = mail("eve") }, []string{"do reactivate_user bob active false>true", "stale update_user:ana: no account bears the address any more"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := plan.Undo(ran, &now.want, &now.live, now.caps, now.opts)
			if err != nil {
				t.Fatal(err)
			}
			approved := saved(t, p)
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
			if c.Plan.Undoes != "run-1" {
				t.Errorf("undoes %q", c.Plan.Undoes)
			}
		})
	}
}

// state writes a live state as people and groups by name, and whether somebody could not come back.
func state(live *directory.Live) map[string]string {
	s := make(map[string]string)
	for _, u := range live.Users {
		managed := slices.Sorted(slices.Values(u.AssignedProjects))
		s[fmt.Sprintf("user %d", u.ID)] = fmt.Sprint(u.Email, u.Name, u.Role, u.Active, u.Admin, u.SSOEnabled, managed,
			u.Pending, u.GivenName, u.FamilyName, u.SignOn, u.ExternalName)
		if u.Active { // nobody compares the projects of the inactive
			s[fmt.Sprintf("projects %d", u.ID)] = fmt.Sprint(slices.Sorted(slices.Values(u.Projects)))
		}
	}
	for _, g := range live.Groups {
		s["group "+string(g.Name)] = fmt.Sprint(slices.Sorted(slices.Values(g.Members)))
	}
	return s
}

// A run and its undo leave everything as it was, but for what the undo names; a second undo has nothing to do.
func TestProperty_undoTakesARunBack(t *testing.T) {
	check(t, func(t *rapid.T, w *world, p *plan.Plan) {
		if breaksProtection(p) {
			return
		}
		ran, now, err := w.ran(p)
		if err != nil {
			t.Fatal(err)
		}
		back, err := plan.Undo(ran, &now.want, &now.live, now.caps, now.opts)
		if err != nil {
			t.Fatalf("Undo: %v: %q\nof %q", err, problems(err), lines(p))
		}
		if breaksProtection(back) {
			return
		}
		// Approved just as it is, all of it is done.
		c, err := plan.Approve(back, plan.TakeBack(ran, &now.want, &now.live, now.caps), &now.live, now.caps, now.opts)
		if err != nil || len(c.Stale)+len(c.Dropped)+len(c.AlreadyTrue)+len(c.Outside) > 0 || !slices.Equal(lines(c.Plan), lines(back)) {
			t.Fatalf("Approve: %v, %q\nof %q", err, contract(c), lines(back))
		}
		_, then, err := now.ran(back)
		if err != nil {
			t.Fatalf("%v\nof %q", err, lines(back))
		}
		again, err := plan.Undo(ran, &then.want, &then.live, then.caps, then.opts)
		if err != nil || !again.Empty() {
			t.Fatalf("a second undo: %v, %q\nafter %q\nof %q", err, lines(again), lines(back), lines(p))
		}
		named := make(map[string]bool)
		for _, n := range back.Notes {
			named[n.Subject] = true
		}
		for _, a := range back.Actions() { // a note calls a group as the run did
			if name, renamed := a.Field(plan.FieldName); renamed && named[name.Old.String()] {
				named[a.Subject] = true
			}
		}
		for i := range back.Manual {
			named[back.Manual[i].Subject] = true
		}
		for _, a := range ran.Done {
			if a.Kind.OnUser() && named[a.Subject] {
				named[fmt.Sprintf("user %d", a.SubjectID)] = true
			}
		}
		before, after := state(&w.live), state(&then.live)
		for _, key := range slices.Sorted(maps.Keys(after)) {
			if before[key] == after[key] || unnamed(w, key, before[key], named, then) {
				continue
			}
			t.Fatalf("%s was %q and is %q\nafter %q\nof %q\nnotes %q", key, before[key], after[key], lines(back), lines(p), remarks(back))
		}
		for key := range before {
			if _, kept := after[key]; !kept && !strings.HasPrefix(key, "projects ") {
				t.Fatalf("%s is gone\nafter %q\nof %q", key, lines(back), lines(p))
			}
		}
	})
}

// unnamed reports whether a difference is one that the undo said it would leave.
func unnamed(w *world, key, before string, named map[string]bool, then *world) bool {
	if id, ok := strings.CutPrefix(key, "projects "); ok {
		return before == "" || named["user "+id] || slices.ContainsFunc(w.live.Projects, func(p directory.Project) bool { return named[string(p.Name)] })
	}
	if strings.HasPrefix(key, "user ") && w.caps.Membership == plan.OnUser {
		return before == "" || named[key] // what the tool did of its own, or does not tell, is named
	}
	if name, ok := strings.CutPrefix(key, "group "); ok {
		if named[name] {
			return true
		}
		// Nobody takes the caller's own account or a protected one out of a group.
		for _, g := range then.live.Groups {
			for _, id := range g.Members {
				u := userByID(&then.live, id)
				if string(g.Name) == name && (named[string(u.Email)] || id == w.live.Self) {
					return true
				}
			}
		}
		return false
	}
	return before == "" // an account that the run created
}
