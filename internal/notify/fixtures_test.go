package notify_test

import (
	"fmt"
	"strings"
	"time"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// found is when the drift of these tests was found.
var found = time.Date(2026, 11, 22, 12, 0, 0, 0, time.FixedZone("CET", 3600))

// drift returns a plan of actions, each in a batch of its own.
func drift(actions ...plan.Action) *plan.Plan {
	p := &plan.Plan{
		FormatVersion: 1, ToolVersion: "v0.0.0-test", Target: plan.Target{Kind: "testrail", URL: "https://acme.example"},
		Basis:   plan.Basis{Files: []directory.File{{Path: "users.yaml"}}},
		Summary: plan.Summary{People: 40, AdminsBefore: 2, AdminsAfter: 2, SeatsBefore: 38, SeatsAfter: 38, ByKind: map[plan.Kind]int{}},
	}
	for _, a := range actions {
		p.Batches = append(p.Batches, plan.Batch{Stage: "s", Actions: []plan.Action{a}})
		p.Summary.Actions++
		p.Summary.ByKind[a.Kind]++
	}
	return p
}

func on(line int) *directory.Pos { return &directory.Pos{File: "users.yaml", Line: line, Column: 5} }

func deactivate(who string) plan.Action {
	return plan.Action{ID: "deactivate_user:" + who, Kind: plan.DeactivateUser, Subject: who, Cause: plan.CauseDeclared, Source: on(7),
		Fields: []plan.FieldChange{{Field: plan.FieldActive, Old: plan.Flag(true), New: plan.Flag(false)}}}
}

func role(who, was, is string) plan.Action {
	return plan.Action{ID: "update_user:" + who, Kind: plan.UpdateUser, Subject: who, SubjectID: 12, Cause: plan.CauseDeclared, Source: on(12),
		Fields: []plan.FieldChange{{Field: plan.FieldRole, Old: plan.Text(was), New: plan.Text(is)}}}
}

func group(name string, add, remove []string) plan.Action {
	a := plan.Action{ID: "update_group:" + name, Kind: plan.UpdateGroup, Subject: name, Cause: plan.CauseDeclared, Source: on(40), Members: &plan.MemberChange{Keep: 3}}
	for i, m := range add {
		a.Members.Add = append(a.Members.Add, plan.Member{User: directory.Email(m), ID: directory.UserID(100 + i)})
	}
	for i, m := range remove {
		a.Members.Remove = append(a.Members.Remove, plan.Member{User: directory.Email(m), ID: directory.UserID(200 + i)})
	}
	return a
}

// joins is an action that adds people to a project, each by a line of his own.
func joins(project, profile string, add ...string) plan.Action {
	a := group(project, add, nil)
	a.ID, a.Kind = "add_to_project:"+project+" as "+profile, plan.AddToProject
	a.Fields = []plan.FieldChange{{Field: plan.FieldProfile, New: plan.Text(profile), Unverifiable: true}}
	for i := range a.Members.Add {
		a.Members.Add[i].Source = on(40 + 4*i)
	}
	return a
}

// leaves is an action that removes people from a project.
func leaves(project string, remove ...string) plan.Action {
	a := group(project, nil, remove)
	a.ID, a.Kind = "remove_from_project:"+project, plan.RemoveFromProject
	return a
}

func refused(p *plan.Plan, name directory.GuardName, subject string) *plan.Plan {
	p.Guards = append(p.Guards, plan.GuardResult{Guard: name, Status: plan.GuardRefused, Subject: subject, Count: 30, Limit: 25, Text: "30 of 25", Hint: "look"})
	return p
}

// people returns n addresses.
func people(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("p%d@acme.example", i)
	}
	return list
}

// hostile returns a plan whose names try everything.
func hostile() *plan.Plan {
	names := []string{
		"<!channel>@acme.example", "@here", "<@U012AB3CD>", "<https://evil.example|click>", "*bold* _it_ ~no~ `code` ```fence```", "& &lt;!here&gt;",
		":tada:", "a\nb\u202e\x1b[31m", strings.Repeat("ü😀", 3000), strings.Repeat("<", 4000),
	}
	p := drift()
	for _, name := range names {
		more := drift(role(name, name, name+"2"), deactivate(name), group(name, names, []string{name}), joins(name, name, name, name), leaves(name, name))
		p.Batches, p.Summary.Actions = append(p.Batches, more.Batches...), p.Summary.Actions+more.Summary.Actions
		p.Notes = append(p.Notes, plan.Note{Code: "reading", Subject: name, Text: "about " + name, Source: on(1)})
		p = refused(p, "max_removals", name)
	}
	return p
}
