package plan_test

import (
	"fmt"
	"testing"

	"rollcall/internal/directory"
)

// company is an instance of n people in n groups, ten to fifteen of the people in each, all of it listed. Every
// changed-th person has another name and another role, and every changed-th group one member too many and one too few.
func company(people, groups, changed int) *world {
	w := given(unlisted(directory.PolicyReport, directory.PolicyReport), protect("ci-*@acme.example", "*-bot@acme.example"), minAdmins(2), seats(people+10, 5))
	w.want.Guards.Limits = nil
	for i := range people {
		name := fmt.Sprintf("first%d.last%d", i%977, i)
		w.live.Users = append(w.live.Users, directory.User{ID: directory.UserID(i + 1), Email: mail(name), Name: "First Last", Active: i%10 != 0, Role: "Tester", RoleID: 2, Admin: i%500 == 1})
		u := directory.WantUser{Email: mail(name), Name: directory.At("First Last", pos(i)), Role: directory.At(directory.Name("Tester"), pos(i)), Pos: pos(10 * i)}
		if changed > 0 && i%changed == 0 {
			u.Name.Value, u.Role.Value = "Other Last", "Lead"
		}
		if i%10 == 0 {
			u.Active = directory.At(false, pos(i))
		}
		w.want.Users = append(w.want.Users, u)
	}
	for i := range groups {
		g := directory.Group{ID: directory.GroupID(i + 1), Name: directory.Name(fmt.Sprintf("team-%d", i))}
		list := []directory.MemberRef{}
		for j := range 10 + i%6 {
			id := (i*13+j*7)%people + 1
			if id%10 == 1 {
				continue // inactive
			}
			g.Members = append(g.Members, directory.UserID(id))
			list = append(list, directory.MemberRef{Email: w.live.Users[id-1].Email, Pos: pos(i)})
		}
		if changed > 0 && i%changed == 0 && len(list) > 1 {
			list = list[1:]
		}
		w.live.Groups = append(w.live.Groups, g)
		w.want.Groups = append(w.want.Groups, directory.WantGroup{Name: g.Name, Mode: directory.At(directory.Exact, pos(i)), Members: directory.At(list, pos(i)), Pos: pos(i)})
	}
	return w
}

func BenchmarkBuild(b *testing.B) {
	for _, size := range []struct{ people, groups int }{{2_000, 150}, {20_000, 1_500}, {50_000, 2_000}} {
		for _, load := range []struct {
			name    string
			changed int
		}{{"unchanged", 0}, {"5%", 20}} {
			b.Run(fmt.Sprintf("people=%d/%s", size.people, load.name), func(b *testing.B) {
				w := company(size.people, size.groups, load.changed)
				p := w.build(b)
				if load.changed == 0 && !p.Empty() {
					b.Fatalf("%d actions, want none", p.Summary.Actions)
				}
				b.ReportAllocs()
				for b.Loop() {
					w.build(b)
				}
				b.ReportMetric(float64(p.Summary.Actions), "actions")
			})
		}
	}
}
