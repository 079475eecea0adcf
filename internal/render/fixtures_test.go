package render_test

import (
	"fmt"
	"strings"
	"time"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

func at(file string, line, column int) *directory.Pos {
	return &directory.Pos{File: file, Line: line, Column: column}
}

func changes(field plan.Field, old, now plan.Value) plan.FieldChange {
	return plan.FieldChange{Field: field, Old: old, New: now}
}

// members returns n members to be created, named after who.
func members(who string, n int) []plan.Member {
	list := make([]plan.Member, n)
	for i := range list {
		list[i] = plan.Member{User: directory.Email(fmt.Sprintf("%s.%03d@acme.example", who, i+1)), ID: directory.UserID(i + 1000)}
	}
	return list
}

func base(people int) *plan.Plan {
	return &plan.Plan{
		FormatVersion: plan.FormatVersion,
		ToolVersion:   "v0.1.0",
		Target:        plan.Target{Kind: "testrail", URL: "https://acme.testrail.io"},
		Basis: plan.Basis{
			Today:    directory.Date{Year: 2026, Month: time.November, Day: 22},
			Timezone: "Europe/Berlin",
			Files:    []directory.File{{Path: "users.yaml", SHA256: strings.Repeat("ab", 32)}},
			Live:     strings.Repeat("cd", 32),
		},
		Summary: plan.Summary{People: people, AdminsBefore: 6, AdminsAfter: 6, SeatsBefore: 410, SeatsAfter: 410, SeatLimit: 420},
		Cost:    plan.Cost{Reads: 11, Seconds: 3},
	}
}

// counted fills in what follows from the batches.
func counted(p *plan.Plan) *plan.Plan {
	p.Summary.ByKind = make(map[plan.Kind]int)
	for _, k := range plan.Kinds() {
		p.Summary.ByKind[k] = 0
	}
	for _, b := range p.Batches {
		for _, a := range b.Actions {
			p.Summary.ByKind[a.Kind]++
			p.Summary.Actions++
			if a.Members != nil {
				p.Summary.MembersAdded += len(a.Members.Add)
				p.Summary.MembersRemoved += len(a.Members.Remove)
			}
		}
	}
	p.Cost.Writes = p.Summary.Actions
	return p
}

// month is a busy month: every kind of action, every kind of note.
func month() *plan.Plan {
	p := base(2003)
	p.Summary.AdminsAfter, p.Summary.SeatsAfter = 7, 411
	p.Cost.Seconds = 35
	p.Batches = []plan.Batch{
		{Stage: "deactivate", Reason: "leavers first: it frees their seats", Actions: []plan.Action{
			{ID: "d1", Kind: plan.DeactivateUser, Subject: "ben.ode@acme.example", SubjectID: 21, Cause: plan.CauseLeaver,
				Fields: []plan.FieldChange{changes(plan.FieldActive, plan.Flag(true), plan.Flag(false))}, Source: at("leavers.txt", 3, 1)},
			{ID: "d2", Kind: plan.DeactivateUser, Subject: "carla.contractor@partner.example", SubjectID: 22, Cause: plan.CauseExpired,
				Fields: []plan.FieldChange{changes(plan.FieldActive, plan.Flag(true), plan.Flag(false)), changes(plan.FieldAdmin, plan.Flag(true), plan.Flag(false))},
				Source: at("teams/payments/web.yaml", 120, 5)},
			{ID: "d3", Kind: plan.DeactivateUser, Subject: "old.account@acme.example", SubjectID: 23, Cause: plan.CauseUnlisted,
				Fields: []plan.FieldChange{changes(plan.FieldActive, plan.Flag(true), plan.Flag(false))}},
		}},
		{Stage: "create_users", Reason: "later batches need their ids", Actions: []plan.Action{
			{ID: "c1", Kind: plan.CreateUser, Subject: "ana+qa@acme.example", Cause: plan.CauseDeclared, Source: at("users.yaml", 31, 5), Needs: []string{"d1"},
				Fields: []plan.FieldChange{changes(plan.FieldName, plan.Value{}, plan.Text("Ana Ruiz")), changes(plan.FieldRole, plan.Value{}, plan.Text("Tester")),
					changes(plan.FieldActive, plan.Value{}, plan.Flag(true))}},
			{ID: "c2", Kind: plan.CreateUser, Subject: "sato.hanako@acme.example", Cause: plan.CauseDeclared, Source: at("users.yaml", 36, 5),
				Fields: []plan.FieldChange{changes(plan.FieldName, plan.Value{}, plan.Text("佐藤　花子")), changes(plan.FieldRole, plan.Value{}, plan.Text("Lead")),
					changes(plan.FieldActive, plan.Value{}, plan.Flag(true)), changes(plan.FieldAssignedProjects, plan.Value{}, plan.List([]string{"Mobile App", "Payments, EU", "Website"}))}},
		}},
		{Stage: "update_users", Reason: "addresses, names, roles, flags", Actions: []plan.Action{
			{ID: "u1", Kind: plan.UpdateUser, Subject: "ines.ortega@acme.example", SubjectID: 7, Cause: plan.CauseDeclared, Source: at("users.yaml", 12, 5),
				Fields: []plan.FieldChange{changes(plan.FieldRole, plan.Text("Tester"), plan.Text("Lead")), changes(plan.FieldAdmin, plan.Flag(false), plan.Flag(true))}},
			{ID: "u2", Kind: plan.UpdateUser, Subject: "dana.kim-reyes@acme.example", SubjectID: 8, Admin: true, Cause: plan.CauseDeclared, Source: at("users.yaml", 17, 5),
				Fields: []plan.FieldChange{changes(plan.FieldEmail, plan.Text("dana.kim@acme.example"), plan.Text("dana.kim-reyes@acme.example")),
					changes(plan.FieldName, plan.Text("Dana Kim"), plan.Text("Dana Kim-Reyes"))}},
			{ID: "u3", Kind: plan.UpdateUser, Subject: "noa.levi@acme.example", SubjectID: 9, Cause: plan.CauseDeclared, Source: at("users.yaml", 21, 5),
				Fields: []plan.FieldChange{changes(plan.FieldName, plan.Text("נועה"), plan.Text("נועה לוי"))}},
			{ID: "u4", Kind: plan.UpdateUser, Subject: "max@acme.example", SubjectID: 10, Cause: plan.CauseDeclared, Source: at("users.yaml", 25, 5),
				Fields: []plan.FieldChange{changes(plan.FieldAdmin, plan.Flag(true), plan.Flag(false)), changes(plan.FieldMFARequired, plan.Value{}, plan.Flag(true))}},
			{ID: "r1", Kind: plan.ReactivateUser, Subject: "zoe@acme.example", SubjectID: 11, Cause: plan.CauseDeclared, Source: at("users.yaml", 28, 5),
				Fields: []plan.FieldChange{changes(plan.FieldActive, plan.Flag(false), plan.Flag(true))}, Detail: "comes back to the groups mobile-qa and payments-core"},
		}},
		{Stage: "create_groups", Reason: "with their full member list", Actions: []plan.Action{
			{ID: "g1", Kind: plan.CreateGroup, Subject: "payments-core", Cause: plan.CauseDeclared, Source: at("users.yaml", 60, 5), Needs: []string{"c1"},
				Members: &plan.MemberChange{Add: append(members("pay", 5), plan.Member{User: "ana+qa@acme.example", Source: at("users.yaml", 62, 17)})}},
		}},
		{Stage: "set_members", Reason: "each group's full list", Actions: []plan.Action{
			{ID: "g2", Kind: plan.UpdateGroup, Subject: "mobile-qa", SubjectID: 4, Cause: plan.CauseDeclared, Source: at("users.yaml", 66, 5),
				Fields:  []plan.FieldChange{changes(plan.FieldName, plan.Text("Mobile Testers"), plan.Text("mobile-qa"))},
				Members: &plan.MemberChange{Add: members("new", 2), Remove: append(members("gone", 6), plan.Member{User: "ben.ode@acme.example", Inactive: true}), Keep: 1212}},
			{ID: "g3", Kind: plan.UpdateGroup, Subject: "web", SubjectID: 5, Cause: plan.CauseDeclared, Source: at("users.yaml", 70, 5),
				Members: &plan.MemberChange{Add: members("new", 1), Keep: 12}},
		}},
		{Stage: "delete_groups", Reason: "last", Actions: []plan.Action{
			{ID: "g4", Kind: plan.DeleteGroup, Subject: "Old Project 2019", SubjectID: 6, Cause: plan.CauseUnlisted,
				Members: &plan.MemberChange{Remove: []plan.Member{{User: "", ID: 77}, {User: "max@acme.example", ID: 10}}},
				Detail:  "no project access goes with it"},
		}},
	}
	p.Manual = []plan.ManualStep{{
		Action: plan.Action{ID: "m1", Kind: plan.AddToProject, Subject: "ana+qa@acme.example", Cause: plan.CauseDeclared, Source: at("users.yaml", 33, 7),
			Detail: "the API has no call for it"},
		Where: "Administration > Projects > Mobile App > Access",
	}}
	for i := range 5 {
		p.Notes = append(p.Notes, plan.Note{Code: "listed_but_inactive", Subject: fmt.Sprintf("off.%d@acme.example", i), Source: at("users.yaml", 100+i, 5),
			Text: "inactive in the tool and not reactivated: say active: true to have that"})
	}
	p.Notes = append(p.Notes, plan.Note{Code: "unlisted_users", Text: "37 active accounts are not in the file: rollcall list users --unlisted"})
	p.Guards = []plan.GuardResult{
		{Guard: directory.GuardMaxDeactivations, Status: plan.GuardOK, Count: 3, Limit: 25, Text: "3 deactivations, limit 25"},
		{Guard: directory.GuardMaxAdminGrants, Status: plan.GuardOK, Count: 1, Limit: 1, Text: "1 administrator granted, limit 1"},
		{Guard: directory.GuardMaxGroupDeletions, Status: plan.GuardAllowed, Count: 2, Limit: 1, Source: at("users.yaml", 9, 5),
			Text: "2 groups deleted, limit 1; allowed through 2026-12-05: clean-up"},
	}
	return counted(p)
}

// refused is a leaver audit without its reviewed exception.
func refused() *plan.Plan {
	p := base(2003)
	p.Summary.SeatsAfter, p.Cost.Seconds = 407, 380
	p.Batches = []plan.Batch{{Stage: "deactivate", Reason: "leavers first", Actions: []plan.Action{}}}
	for i := range 3 {
		p.Batches[0].Actions = append(p.Batches[0].Actions, plan.Action{ID: fmt.Sprintf("d%d", i), Kind: plan.DeactivateUser, SubjectID: int64(i + 1),
			Subject: fmt.Sprintf("leaver.%d@acme.example", i), Cause: plan.CauseLeaver, Source: at("leavers.txt", i+1, 1),
			Fields: []plan.FieldChange{changes(plan.FieldActive, plan.Flag(true), plan.Flag(false))}})
	}
	p.Guards = []plan.GuardResult{
		{Guard: directory.GuardMaxDeactivations, Status: plan.GuardRefused, Count: 562, Limit: 25, Source: at("users.yaml", 7, 3),
			Text: "562 deactivations (559 declared, 3 unlisted), limit 25", Hint: "if this is meant, put these lines under guards.allow",
			Paste: "- {guard: max_deactivations, count: 559, reason: \"say why\", until: 2026-12-06}\n" +
				"- {guard: max_deactivations, count: 3, cause: unlisted, reason: \"say why\", until: 2026-12-06}"},
		{Guard: directory.GuardSelf, Status: plan.GuardRefused, Subject: "admin@acme.example", Count: 1,
			Text: "admin@acme.example is the account that runs this: it would be deactivated, demoted or re-addressed",
			Hint: "use the credentials of another administrator for this change"},
		{Guard: directory.GuardMaxRemovals, Status: plan.GuardOK, Count: 10, Limit: 100, Text: "10 members removed, limit 100"},
	}
	return counted(p)
}

func empty() *plan.Plan { return counted(base(2003)) }

// manual has nothing that the API can do, on a simulator, in a run that was limited.
func manualOnly() *plan.Plan {
	p := base(1)
	p.Target = plan.Target{Kind: "testrail", URL: "http://127.0.0.1:8080", Simulator: true}
	p.Scope = plan.Scope{Only: []string{"user:ana@acme.example", "group:Mobile Testers"}, NoRemovals: true}
	p.Summary.SeatLimit = 0
	p.Manual = []plan.ManualStep{{
		Action: plan.Action{ID: "m1", Kind: plan.CreateGroup, Subject: "mobile-qa", Cause: plan.CauseDeclared, Source: at("users.yaml", 40, 5),
			Members: &plan.MemberChange{Add: members("ana", 1)}, Detail: "group calls need version 7.5"},
		Where: "Administration > Users & Roles > Groups > Add Group",
	}}
	p.Notes = []plan.Note{{Code: "reading", Text: "this instance has no group calls"}}
	return counted(p)
}

// hostileTexts would each do harm on a terminal if written as they are.
func hostileTexts() []string {
	return []string{
		"\x1b[2J\x1b[31mred\x1b]0;title\a",
		"\u009b31m and \x7f",
		"Ana\u202egnp.exe\u2066x\u2069",
		"two\r\nlines\u2028and\u2029more\ttab",
		"zero\u200bwidth\u200d\ufeff\u2060\u00ad",
		strings.Repeat("😀", 250),
		"z" + strings.Repeat("\u0301", 40) + "algo",
		"\u0301starts with a mark",
		"filler\u3164\u115f\uffa0\u2800 nbsp\u00a0em\u2003",
		"tags\U000e0041\U000e007f private\ue000 variation\ufe00",
		"bad\xff\xfeutf8\xc3",
		"a → b · c",
		" spaces  inside and at the end ",
		"=HYPERLINK(\"http://x\")",
		"",
		// Markdown, and what forges make of text that was no markup
		`a|b \|c\\|d||e|`,
		"`code` ``two`` ` x ` \\`",
		"```\n~~~",
		"*b* __s__ ~~x~~ # h > q",
		"<script>alert(1)</script><!-- x --> --> &amp; &#64; <https://x.example> <b onclick=x>",
		"[l](http://x.example) ![i](http://x.example/i.png) [r]: http://x.example",
		"@octocat @acme/admins #123 GH-7 acme/repo#1 0123abc deadbeef www.x.example ftp://x.example a@b.example :tada: $`x`$",
		"1. one",
		"2) - [ ] task",
		"---",
		"| --- |",
		"a\\",
		// orders to a CI system
		"::add-mask::x",
		" ::error file=x,line=1::y",
		"a ##[add-mask]x ##vso[task.setvariable]",
		"%0A::error::x%25, title=y",
	}
}

func hostile() *plan.Plan {
	p := base(12)
	var actions []plan.Action
	for i, text := range hostileTexts() {
		actions = append(actions, plan.Action{ID: fmt.Sprintf("h%d", i), Kind: plan.UpdateGroup, Subject: text, SubjectID: int64(i + 1), Cause: plan.CauseDeclared,
			Source: at("teams/"+text+".yaml", i+1, 3), Detail: text,
			Fields:  []plan.FieldChange{changes(plan.FieldName, plan.Text("old "+text), plan.Text(text)), changes(plan.FieldAssignedProjects, plan.List([]string{text}), plan.List(nil))},
			Members: &plan.MemberChange{Add: []plan.Member{{User: directory.Email(text), ID: 5}}, Keep: 3}})
		p.Notes = append(p.Notes, plan.Note{Code: plan.NoteCode("code"), Subject: text, Text: "about " + text})
		p.Guards = append(p.Guards, plan.GuardResult{Guard: directory.GuardProtect, Status: plan.GuardRefused, Subject: text, Text: "found " + text, Hint: text, Paste: "- " + text})
	}
	p.Batches = []plan.Batch{{Stage: "set_members", Reason: "each group's full list", Actions: actions}}
	p.Manual = []plan.ManualStep{{Action: actions[0], Where: hostileTexts()[2]}}
	return counted(p)
}

// undone is a plan that takes a run back; with a word, a guard refuses it.
func undone(refused ...string) *plan.Plan {
	p := counted(base(2003))
	p.Undoes = "20261122T120000Z-0badcafe"
	p.Batches = []plan.Batch{{Actions: []plan.Action{{ID: "reactivate_user:ana@acme.example", Kind: plan.ReactivateUser, Subject: "ana@acme.example",
		Cause: plan.CauseDeclared, Fields: []plan.FieldChange{changes(plan.FieldActive, plan.Flag(false), plan.Flag(true))}, Detail: "comes back to mobile-qa"}}}}
	p.Notes = []plan.Note{{Code: plan.NoteCantComeBack, Subject: "payments", Text: "comes back under another id than 7 and without project access"}}
	for _, word := range refused {
		p.Guards = []plan.GuardResult{{Guard: "max_reactivations", Status: plan.GuardRefused, Text: word, Paste: "- {}"}}
	}
	return counted(p)
}

// changedAll is a plan with each value, list of members and administrator's flag as it was not before.
func changedAll(p *plan.Plan) *plan.Plan {
	for _, a := range p.Actions() {
		a.Admin = !a.Admin
		for i := range a.Fields {
			a.Fields[i].New = plan.Text("another\x1b[31m\u202e")
		}
		if a.Members != nil {
			a.Members = &plan.MemberChange{Add: a.Members.Remove, Remove: a.Members.Add}
		}
	}
	return p
}

// large is a plan of n changes.
func large(n int) *plan.Plan {
	p := base(n)
	b := plan.Batch{Stage: "update_users", Reason: "addresses, names, roles, flags"}
	for i := range n {
		b.Actions = append(b.Actions, plan.Action{ID: fmt.Sprintf("u%d", i), Kind: plan.UpdateUser, Subject: fmt.Sprintf("person.%05d@acme.example", i), SubjectID: int64(i + 1),
			Cause: plan.CauseDeclared, Source: at("users.yaml", 10+i*4, 5),
			Fields: []plan.FieldChange{changes(plan.FieldRole, plan.Text("Tester"), plan.Text("Lead")), changes(plan.FieldName, plan.Text("Иван Петров"), plan.Text("Ivan Petrov"))}})
	}
	p.Batches = []plan.Batch{b}
	return counted(p)
}

func clock(seconds int) time.Time {
	return time.Date(2026, time.November, 22, 18, 4, seconds, 0, time.FixedZone("CET", 3600))
}

// report carries out p: what keep says, the rest is done.
func report(p *plan.Plan, result apply.Result, exit int, status map[string]apply.Outcome) *apply.Report {
	r := &apply.Report{
		FormatVersion: apply.ReportFormatVersion,
		Run: apply.RunInfo{ID: "20261122T170400Z-4f2a", Started: clock(0), Finished: clock(41), ToolVersion: "v0.1.0", Target: p.Target,
			Account: "admin@acme.example", Commit: "1f0c2ab", Labels: map[string]string{"pipeline": "482", "by": "ci"}},
		Result: result, ExitCode: exit, Summary: p.Summary, FinalRead: apply.FinalReadDone,
		Requests: apply.Requests{Reads: 22, Writes: p.Cost.Writes, Retries: 1, WaitedSeconds: 12.44},
		Manual:   p.Manual, Notes: p.Notes, Guards: p.Guards,
	}
	for _, a := range p.Actions() {
		o := apply.Outcome{Status: apply.Done, Started: clock(1), Finished: clock(2), HTTPStatus: 200}
		if given, ok := status[a.ID]; ok {
			o = given
		}
		o.Action = *a
		r.Outcomes = append(r.Outcomes, o)
	}
	return r
}

func converged() *apply.Report { return report(month(), apply.Converged, 0, nil) }

func partial() *apply.Report {
	p := month()
	r := report(p, apply.NotConverged, 5, map[string]apply.Outcome{
		"c1": {Status: apply.Failed, Started: clock(3), Finished: clock(4), HTTPStatus: 400,
			Error: "user ana+qa@acme.example: create: POST add_user: HTTP 400: Field :role_id is not a valid role"},
		"g1": {Status: apply.Blocked, Error: "it needs ana+qa@acme.example, which could not be created"},
		"g2": {Status: apply.Done, Started: clock(5), Finished: clock(6), HTTPStatus: 200, Remarks: []string{"kept late.joiner@acme.example, added by somebody else since the plan"}},
		"g4": {Status: apply.NotRun, Error: "the run ended before it"},
	})
	r.Remaining = []apply.Remaining{
		{Action: p.Batches[1].Actions[0], By: "ours"},
		{Action: p.Batches[4].Actions[1], By: "others"},
	}
	return r
}

func interrupted() *apply.Report {
	p := month()
	status := make(map[string]apply.Outcome)
	for _, a := range p.Actions()[2:] {
		status[a.ID] = apply.Outcome{Status: apply.NotRun, Error: "interrupted"}
	}
	r := report(p, apply.Interrupted, 130, status)
	r.FinalRead = apply.FinalReadSkipped
	return r
}

func refusedReport() *apply.Report {
	p := refused()
	status := make(map[string]apply.Outcome)
	for _, a := range p.Actions() {
		status[a.ID] = apply.Outcome{Status: apply.NotRun, Error: "the plan was refused"}
	}
	r := report(p, apply.Refused, 3, status)
	r.FinalRead, r.Requests = apply.FinalReadSkipped, apply.Requests{Reads: 11}
	return r
}

func hostileReport() *apply.Report {
	p := hostile()
	status := make(map[string]apply.Outcome)
	for i, text := range hostileTexts() {
		status[fmt.Sprintf("h%d", i)] = apply.Outcome{Status: apply.Failed, Error: text, Remarks: []string{text}}
	}
	r := report(p, apply.NotConverged, 5, status)
	r.FinalRead = apply.FinalReadFailed
	r.Run.Account, r.Run.Commit, r.Run.Labels = hostileTexts()[0], hostileTexts()[2], map[string]string{hostileTexts()[3]: hostileTexts()[4]}
	r.Remaining = []apply.Remaining{{Action: p.Batches[0].Actions[0], By: "others"}}
	return r
}
