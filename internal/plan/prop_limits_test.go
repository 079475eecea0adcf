package plan_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// Limits are counted here from the two live states alone, in other words than the planner's.
func TestProperty_noRefusalMeansNoLimitIsExceeded(t *testing.T) {
	check(t, func(t *rapid.T, w *world, p *plan.Plan) {
		if len(p.Refused()) > 0 {
			return
		}
		end := applied(t, w, p)
		did := map[directory.GuardName]int{}
		activeBefore, _ := seatsTaken(&w.live)
		for i := range w.live.Users {
			before := &w.live.Users[i]
			after := userByID(&end.live, before.ID)
			did[directory.GuardMaxDeactivations] += tally(before.Active && !after.Active)
			did[directory.GuardMaxReactivations] += tally(!before.Active && after.Active)
			did[directory.GuardMaxDemotions] += tally(before.Admin && !after.Admin && (before.Active || !after.Active))
			moved := before.Email != after.Email || before.SignOn != after.SignOn || before.ExternalName != after.ExternalName
			stays := after.Active || !before.Active && before.Pending == after.Pending
			did[directory.GuardMaxAdminGrants] += tally(after.Admin && (!before.Admin || !before.Active && after.Active || moved && stays))
			did[directory.GuardMaxRoleChanges] += tally(before.Role != after.Role)
			did[directory.GuardMaxAddressChanges] += tally(before.Email != after.Email)
		}
		for _, u := range end.live.Users[len(w.live.Users):] {
			did[directory.GuardMaxAdminGrants] += tally(u.Admin)
		}
		managed := 0
		r := run{live: end.live}
		for _, g := range w.live.Groups {
			later := r.group(g.ID)
			did[directory.GuardMaxGroupDeletions] += tally(later == nil)
			lost := 0
			for _, id := range g.Members {
				// Whom the plan deactivates loses nothing with the group that the account had not lost already.
				lost += tally(userByID(&w.live, id).Active && userByID(&end.live, id).Active && (later == nil || !slices.Contains(later.Members, id)))
			}
			did[directory.GuardMaxRemovals] += lost
			if slices.ContainsFunc(w.want.Groups, func(x directory.WantGroup) bool { return w.means(&x, &g) }) {
				managed += len(g.Members)
			}
			if later != nil && lost > 0 {
				if most := mostOf(w.want.Guards.Limits[directory.GuardMaxRemovalsPerGroup], len(g.Members)); most >= 0 && lost > most {
					t.Fatalf("group %s lost %d members, at most %d", g.Name, lost, most)
				}
				if most := w.want.Guards.Limits[directory.GuardMaxRemovalsPerGroup].Percent; len(later.Members) == 0 && len(g.Members) > 1 && (!most.Set || most.Value < 100) {
					t.Fatalf("group %s was emptied", g.Name)
				}
			}
		}
		for _, project := range w.live.Projects {
			before, lost, left := 0, 0, 0
			for i := range w.live.Users {
				u, now := &w.live.Users[i], userByID(&end.live, w.live.Users[i].ID)
				was, is := slices.Contains(u.Projects, project.ID), slices.Contains(now.Projects, project.ID)
				before += tally(was)
				left += tally(is)
				lost += tally(was && !is && u.Active && now.Active)
				managed += tally(was && w.managesProjectsOf(u.ID))
			}
			did[directory.GuardMaxRemovals] += lost
			l := w.want.Guards.Limits[directory.GuardMaxRemovalsPerGroup]
			if most := mostOf(l, before); most >= 0 && lost > most {
				t.Fatalf("project %s lost %d members, at most %d", project.Name, lost, most)
			}
			if lost == before && left == 0 && before > 1 && (!l.Percent.Set || l.Percent.Value < 100) {
				t.Fatalf("project %s was emptied", project.Name)
			}
		}
		for guard, n := range did {
			size := 0
			switch guard {
			case directory.GuardMaxDeactivations, directory.GuardMaxRoleChanges:
				size = activeBefore
			case directory.GuardMaxRemovals:
				size = managed
			}
			if most := mostOf(w.want.Guards.Limits[guard], size); most >= 0 && n > most {
				t.Fatalf("%s: %d, at most %d, in\n%q", guard, n, most, stages(p))
			}
		}
	})
}

func tally(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// mostOf is the smallest of the limits that are given, -1 for none; a share is rounded up.
func mostOf(l directory.Limit, size int) int {
	most := -1
	if l.Percent.Set {
		for most = 0; most*100 < l.Percent.Value*max(size, l.MinSize); most++ {
			continue
		}
	}
	if l.Count.Set && (most < 0 || l.Count.Value < most) {
		most = l.Count.Value
	}
	return most
}
