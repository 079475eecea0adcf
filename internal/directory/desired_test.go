package directory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
)

func TestPos_String(t *testing.T) {
	for want, pos := range map[string]directory.Pos{
		"users.yaml:12:5": {File: "users.yaml", Line: 12, Column: 5},
		"users.yaml":      {File: "users.yaml"},
		"":                {},
	} {
		if got := pos.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

func TestDesired_Members(t *testing.T) {
	at := func(line int) directory.Pos { return directory.Pos{File: "users.yaml", Line: line, Column: 3} }
	ref := func(email directory.Email, line int) directory.MemberRef {
		return directory.MemberRef{Email: email, Pos: at(line)}
	}
	user := func(email directory.Email, line int, groups ...directory.Name) directory.WantUser {
		u := directory.WantUser{Email: email, Pos: at(line)}
		for _, g := range groups {
			u.Groups = append(u.Groups, directory.GroupRef{Name: g, Pos: at(line + 1)})
		}
		return u
	}
	group := func(name directory.Name, members ...directory.MemberRef) directory.WantGroup {
		return directory.WantGroup{Name: name, Members: directory.Key[[]directory.MemberRef]{Value: members, Set: true}}
	}
	for _, tt := range []struct {
		name string
		want map[directory.Name][]directory.MemberRef
		from directory.Desired
	}{
		{"the group's own list, in its order", map[directory.Name][]directory.MemberRef{"qa": {ref("b@x", 1), ref("a@x", 2)}},
			directory.Desired{Groups: []directory.WantGroup{group("qa", ref("b@x", 1), ref("a@x", 2))}}},
		{"then the users who name it", map[directory.Name][]directory.MemberRef{"qa": {ref("b@x", 1), ref("a@x", 11)}},
			directory.Desired{Groups: []directory.WantGroup{group("qa", ref("b@x", 1))}, Users: []directory.WantUser{user("a@x", 10, "qa")}}},
		{"each member once, at the first place, in any spelling", map[directory.Name][]directory.MemberRef{"qa": {ref("Ana@X", 1)}},
			directory.Desired{Groups: []directory.WantGroup{group("qa", ref("Ana@X", 1), ref("ana@x", 2))}, Users: []directory.WantUser{user("ana@x", 10, "qa")}}},
		{"a user in two groups", map[directory.Name][]directory.MemberRef{"qa": {ref("a@x", 11)}, "web": {ref("a@x", 11)}},
			directory.Desired{Users: []directory.WantUser{user("a@x", 10, "qa", "web")}}},
		{"by the canonical name", map[directory.Name][]directory.MemberRef{"\u00c9quipe": {ref("b@x", 1), ref("a@x", 11)}},
			directory.Desired{Groups: []directory.WantGroup{group("\u00c9quipe ", ref("b@x", 1))}, Users: []directory.WantUser{user("a@x", 10, "E\u0301quipe")}}},
		{"nobody", map[directory.Name][]directory.MemberRef{}, directory.Desired{Groups: []directory.WantGroup{group("qa")}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.from.Members()); diff != "" {
				t.Errorf("Members() (-want +got):\n%s", diff)
			}
		})
	}
}

// The defaults of the guards, as the file would write them.
func TestDefaultGuards(t *testing.T) {
	g := directory.DefaultGuards()
	if !g.MinAdmins.Set || g.MinAdmins.Value != 2 {
		t.Errorf("min_admins %+v, want 2", g.MinAdmins)
	}
	type limit struct{ count, percent, minSize int } // -1: not given
	want := map[directory.GuardName]limit{
		directory.GuardMaxDeactivations:    {25, 10, 50},
		directory.GuardMaxRemovalsPerGroup: {-1, 50, 6},
		directory.GuardMaxRemovals:         {100, 15, 100},
		directory.GuardMaxGroupDeletions:   {1, -1, 0},
		directory.GuardMaxDemotions:        {3, -1, 0},
		directory.GuardMaxAdminGrants:      {1, -1, 0},
		directory.GuardMaxRoleChanges:      {50, 10, 50},
		directory.GuardMaxAddressChanges:   {5, -1, 0},
		directory.GuardMaxReactivations:    {5, -1, 0},
	}
	given := func(k directory.Key[int]) int {
		if !k.Set {
			return -1
		}
		return k.Value
	}
	got := map[directory.GuardName]limit{}
	for name, l := range g.Limits {
		got[name] = limit{given(l.Count), given(l.Percent), l.MinSize}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(limit{})); diff != "" {
		t.Errorf("limits (-want +got):\n%s", diff)
	}
	if len(g.Protect)+len(g.Domains)+len(g.Allow) > 0 {
		t.Errorf("protect, domains and allow are not empty: %+v", g)
	}
	delete(directory.DefaultGuards().Limits, directory.GuardMaxRemovals)
	if _, ok := directory.DefaultGuards().Limits[directory.GuardMaxRemovals]; !ok {
		t.Error("two callers share one map")
	}
}
