package render_test

import (
	"fmt"
	"time"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// reviewed is a plan that knows which of its actions the change under review makes. Two people were taken out of the roster
// and keep access; somebody edited the tool meanwhile, and one of its administrators is none of ours.
func reviewed() *plan.Plan {
	p := base(9)
	p.Summary.SeatReserve = 10
	action := func(kind plan.Kind, who string, origin plan.Origin, line int) plan.Action {
		return plan.Action{ID: who, Kind: kind, Subject: who + "@acme.example", Cause: plan.CauseDeclared, Origin: origin, Source: at("users.yaml", line, 5)}
	}
	off := changes(plan.FieldActive, plan.Flag(true), plan.Flag(false))
	gone := action(plan.DeactivateUser, "gone", plan.OriginChange, 0)
	gone.Cause, gone.Source, gone.Was, gone.Fields = plan.CauseUnlisted, nil, at("teams/web.yaml", 40, 5), []plan.FieldChange{off}
	ended := action(plan.DeactivateUser, "ended", plan.OriginExpiry, 12)
	ended.Cause, ended.Fields = plan.CauseExpired, []plan.FieldChange{off}
	joins := action(plan.CreateUser, "joins", plan.OriginChange, 15)
	joins.Fields = []plan.FieldChange{changes(plan.FieldName, plan.Value{}, plan.Text("Jo Ins")), changes(plan.FieldRole, plan.Value{}, plan.Text("Tester"))}
	granted := action(plan.UpdateUser, "granted", plan.OriginDrift, 18)
	granted.Fields = []plan.FieldChange{changes(plan.FieldAdmin, plan.Flag(false), plan.Flag(true))}
	stays := action(plan.DeactivateUser, "left.long.ago", plan.OriginDrift, 0)
	stays.Cause, stays.Source, stays.Fields = plan.CauseLeaver, at("leavers.txt", 3, 1), []plan.FieldChange{off}
	users := []plan.Action{granted}
	for i := range 4 {
		edited := action(plan.UpdateUser, fmt.Sprintf("edited.%d", i), plan.OriginDrift, 20+i)
		edited.Fields = []plan.FieldChange{changes(plan.FieldRole, plan.Text("Lead"), plan.Text("Tester"))}
		users = append(users, edited)
	}
	group := func(name string, origin plan.Origin, line int, members plan.MemberChange) plan.Action {
		return plan.Action{ID: name, Kind: plan.UpdateGroup, Subject: name, SubjectID: int64(line), Cause: plan.CauseDeclared, Origin: origin,
			Source: at("users.yaml", line, 5), Members: &members}
	}
	p.Batches = []plan.Batch{
		{Stage: plan.StageDeactivate, Reason: "leavers first", Actions: []plan.Action{ended, gone, stays}},
		{Stage: plan.StageCreateUsers, Reason: "later batches need their ids", Actions: []plan.Action{joins}},
		{Stage: plan.StageUpdateUsers, Reason: "addresses, names, roles, flags", Actions: users},
		{Stage: plan.StageSetMembers, Reason: "each group's full list", Actions: []plan.Action{
			group("qa", plan.OriginChange, 30, plan.MemberChange{Add: []plan.Member{}, Keep: 3,
				Remove: []plan.Member{{User: "left@acme.example", ID: 5, Was: at("teams/web.yaml", 41, 9)}}}),
			group("web", plan.OriginDrift, 40, plan.MemberChange{Add: members("new", 2), Remove: []plan.Member{}, Keep: 12}),
		}},
	}
	p.Summary.SeatsAfter = 409
	for i, who := range []string{"ana@acme.example", "bo@acme.example"} {
		p.Guards = append(p.Guards, plan.GuardResult{Guard: directory.GuardKeptAccess, Status: plan.GuardNoted, Subject: who, Count: 1, Source: at("users.yaml", 70+4*i, 5),
			Text: who + " was taken out of the roster and keeps the account, in qa", Hint: "name the address under `leavers`, or keep the entry with `active: false`"})
	}
	p.Guards = append(p.Guards, plan.GuardResult{Guard: directory.GuardMaxAdminGrants, Status: plan.GuardOK, Count: 1, Limit: 1, Text: "1 administrator made or re-addressed, limit 1"})
	return counted(p)
}

// strictly is the same plan with --strict: who keeps access refuses it, and so does something whose name comes before.
func strictly(p *plan.Plan) *plan.Plan {
	for i := range p.Guards {
		if p.Guards[i].Guard == directory.GuardKeptAccess {
			p.Guards[i].Status = plan.GuardRefused
		}
	}
	p.Guards = append([]plan.GuardResult{{Guard: directory.GuardDomains, Status: plan.GuardRefused, Subject: "other.example", Count: 1, Text: "1 new address is outside guards.domains, at other.example"}}, p.Guards...)
	return p
}

// pending is a plan that the change under review makes nothing of.
func pending() *plan.Plan {
	p := large(3)
	p.Basis.Today = directory.Date{Year: 2026, Month: time.December, Day: 1}
	for _, a := range p.Actions() {
		a.Origin = plan.OriginDrift
	}
	return p
}
