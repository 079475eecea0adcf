package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// Nobody joins or leaves a project whose projects the file does not list, nor who is inactive before and afterwards, and
// nobody leaves a sample project. What a tool strips of whom it switches off is its own.
func TestProperty_membersOfProjects(t *testing.T) {
	check(t, func(t *rapid.T, w *world, p *plan.Plan) {
		if breaksProtection(p) {
			return
		}
		w.strips = false
		end := applied(t, w, p)
		for i := range w.live.Users {
			before := &w.live.Users[i]
			after := userByID(&end.live, before.ID)
			changed := !slices.Equal(slices.Sorted(slices.Values(before.Projects)), slices.Sorted(slices.Values(after.Projects)))
			switch {
			case !changed:
			case !w.managesProjectsOf(before.ID):
				t.Fatalf("%s, whose projects are not managed, had %v and has %v", before.Email, before.Projects, after.Projects)
			case !after.Active:
				t.Fatalf("%s, who is inactive, had %v and has %v", before.Email, before.Projects, after.Projects)
			}
			if slices.Contains(before.Projects, 3) && !slices.Contains(after.Projects, 3) {
				t.Fatalf("%s left a sample project", before.Email)
			}
		}
		for _, u := range end.live.Users[len(w.live.Users):] {
			listed := slices.ContainsFunc(w.want.Users, func(x directory.WantUser) bool { return x.Email.Key() == u.Email.Key() && x.Projects.Set })
			if len(u.Projects) > 0 && !listed {
				t.Fatalf("%s is new and in %v", u.Email, u.Projects)
			}
		}
	})
}

// Nothing is asked of an API that it can't do, and of everything else somebody is told where to do it.
func TestProperty_onlyWhatTheAPICanDo(t *testing.T) {
	check(t, func(t *rapid.T, w *world, p *plan.Plan) {
		for _, a := range p.Actions() {
			if !w.caps.Kinds[a.Kind] {
				t.Fatalf("%s is not possible", a.ID)
			}
			for _, f := range a.Fields {
				if a.Kind == plan.UpdateGroup && w.caps.RenamesGroups {
					continue
				}
				if !w.caps.Writable[f.Field] || a.Kind == plan.UpdateGroup {
					t.Fatalf("%s writes %s", a.ID, f.Field)
				}
			}
		}
		for i := range p.Manual {
			if p.Manual[i].Where == "" {
				t.Fatalf("%s is done by hand, nobody knows where", p.Manual[i].ID)
			}
		}
	})
}

// The same roster reads the same on a tool of either side that can do all of it.
func TestProperty_aPlanReadsTheSameOnBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		onGroup := draw{t}.company()
		neutral(onGroup)
		onTheUser := *onGroup
		onUser(&onTheUser)
		onTheUser.caps.Kinds[plan.DeleteGroup], onTheUser.caps.RenamesGroups, onTheUser.caps.Writable[plan.FieldEmail] = true, true, true
		one, other := mustBuild(t, onGroup), mustBuild(t, &onTheUser)
		if diff := cmp.Diff(asSet(one), asSet(other)); diff != "" {
			t.Fatalf("actions (-group's side +user's side):\n%s", diff)
		}
		if len(one.Manual)+len(other.Manual) > 0 {
			t.Fatalf("by hand: %q, and %q", manual(one), manual(other))
		}
		if diff := cmp.Diff(one.Summary, other.Summary); diff != "" {
			t.Fatalf("summary (-group's side +user's side):\n%s", diff)
		}
	})
}

// neutral takes out of a world what only one of the tools holds.
func neutral(w *world) {
	for i := range w.live.Users {
		u := &w.live.Users[i]
		u.AssignedProjects, u.SSOEnabled, u.SignOn = nil, false, directory.OwnSignOn
		goesBy("N", "X")(u)
	}
	for i := range w.want.Users {
		u := &w.want.Users[i]
		u.Role, u.SSOEnabled, u.AssignedProjects = directory.Key[directory.Name]{}, directory.Key[bool]{}, directory.Key[[]directory.Name]{}
		if u.Name.Set {
			u.Name.Value = "N " + strings.ToUpper(u.Name.Value)
		}
	}
}

// asSet writes the actions without their order and without what they need: that is a matter of the order.
func asSet(p *plan.Plan) []string {
	var list []string
	for _, a := range p.Actions() {
		bare := *a
		bare.Needs = nil
		list = append(list, line(&bare)+" "+a.Detail)
	}
	slices.Sort(list)
	return list
}
