package notify_test

import (
	"testing"

	"rollcall/internal/notify"
	"rollcall/internal/plan"
)

func fingerprint(t *testing.T, p *plan.Plan) string {
	t.Helper()
	text, err := notify.Fingerprint(p)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestFingerprint_isOfTheDifferencesAlone(t *testing.T) {
	base := func() *plan.Plan {
		return refused(drift(deactivate("zoe@acme.example"), role("ana@acme.example", "Lead", "Tester"), group("qa", []string{"a@x.example", "b@x.example"}, []string{"c@x.example"})), "max_removals", "")
	}
	want := fingerprint(t, base())
	for _, tt := range []struct {
		name   string
		change func(*plan.Plan) *plan.Plan
		same   bool
	}{
		{"nothing", func(p *plan.Plan) *plan.Plan { return p }, true},
		{"another order", func(p *plan.Plan) *plan.Plan {
			p.Batches[0], p.Batches[2] = p.Batches[2], p.Batches[0]
			m := p.Batches[0].Actions[0].Members
			m.Add[0], m.Add[1] = m.Add[1], m.Add[0]
			return p
		}, true},
		{"another day, cost, id, line, note and old value", func(p *plan.Plan) *plan.Plan {
			p.Basis.Today.Day, p.Cost.Reads, p.ToolVersion = 9, 99, "v2"
			a := &p.Batches[1].Actions[0]
			a.SubjectID, a.ID, a.Source, a.Detail, a.Fields[0].Old = 77, "x", on(99), "more", plan.Text("Designer")
			p.Notes = []plan.Note{{Code: "reading", Text: "news"}}
			p.Guards[0].Count, p.Guards[0].Text = 31, "31 of 25"
			p.Batches[2].Actions[0].Members.Keep = 9
			return p
		}, true},
		{"another spelling of an address", func(p *plan.Plan) *plan.Plan { p.Batches[0].Actions[0].Subject = "Zoe@ACME.example"; return p }, true},
		{"a guard that allows", func(p *plan.Plan) *plan.Plan {
			p.Guards = append(p.Guards, plan.GuardResult{Guard: "max_deactivations", Status: plan.GuardAllowed})
			return p
		}, true},
		{"another new value", func(p *plan.Plan) *plan.Plan { p.Batches[1].Actions[0].Fields[0].New = plan.Text("Designer"); return p }, false},
		{"another subject", func(p *plan.Plan) *plan.Plan { p.Batches[1].Actions[0].Subject = "bo@acme.example"; return p }, false},
		{"another kind", func(p *plan.Plan) *plan.Plan { p.Batches[1].Actions[0].Kind = plan.ReactivateUser; return p }, false},
		{"another member", func(p *plan.Plan) *plan.Plan { p.Batches[2].Actions[0].Members.Add[0].User = "d@x.example"; return p }, false},
		{"a member to remove and not to add", func(p *plan.Plan) *plan.Plan {
			m := p.Batches[2].Actions[0].Members
			m.Add, m.Remove = m.Add[:1], append(m.Remove, m.Add[1])
			return p
		}, false},
		{"one action less", func(p *plan.Plan) *plan.Plan { p.Batches = p.Batches[:2]; return p }, false},
		{"a guard that refuses", func(p *plan.Plan) *plan.Plan { return refused(p, "self", "me@acme.example") }, false},
		{"no guard that refuses any more", func(p *plan.Plan) *plan.Plan { p.Guards = nil; return p }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fingerprint(t, tt.change(base())); (got == want) != tt.same {
				t.Errorf("same %v, want %v", got == want, tt.same)
			}
		})
	}
}

// A project is told by its name, letter by letter; that a field can't be read back any more is no other drift.
func TestFingerprint_ofProjects(t *testing.T) {
	base := func() *plan.Plan {
		return drift(joins("Payments", "Developer", "a@x.example"), leaves("Legacy", "b@x.example"))
	}
	want := fingerprint(t, base())
	for _, tt := range []struct {
		name   string
		change func(first, second *plan.Action)
		same   bool
	}{
		{"a field that can be read again", func(a, _ *plan.Action) { a.Fields[0].Unverifiable = false }, true},
		{"more who stay", func(a, b *plan.Action) { a.Members.Keep, b.Members.Keep = 70, 80 }, true},
		{"another profile", func(a, _ *plan.Action) { a.Fields[0].New = plan.Text("Tester") }, false},
		{"another spelling of a project", func(a, _ *plan.Action) { a.Subject = "payments" }, false},
		{"another member who goes", func(_, b *plan.Action) { b.Members.Remove[0].User = "c@x.example" }, false},
		{"a group of that name", func(_, b *plan.Action) { b.Kind = plan.UpdateGroup }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := base()
			tt.change(&p.Batches[0].Actions[0], &p.Batches[1].Actions[0])
			if got := fingerprint(t, p); (got == want) != tt.same {
				t.Errorf("same %v, want %v", got == want, tt.same)
			}
		})
	}
}

func TestFingerprint_ofNoDrift(t *testing.T) {
	p := refused(drift(), "min_admins", "")
	p.Manual = []plan.ManualStep{{Action: deactivate("zoe@acme.example")}}
	if got := fingerprint(t, p); got != "" {
		t.Errorf("%q", got)
	}
}
