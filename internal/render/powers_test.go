package render_test

import (
	"strings"
	"testing"

	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// What hands over the rights of an administrator is looked at first, whichever way it does.
func TestText_rightsOfAdministratorsComeFirst(t *testing.T) {
	members := &plan.MemberChange{Add: []plan.Member{{User: "eve@acme.example"}}, Remove: []plan.Member{}}
	for _, tt := range []struct {
		name, title string
		action      plan.Action
	}{
		{"a group that gives them", "Admin grants (1)", plan.Action{Kind: plan.UpdateGroup, Subject: "powers", Admin: true, Members: members}},
		{"a group that does not", "Changes of groups (1)", plan.Action{Kind: plan.UpdateGroup, Subject: "powers", Members: members}},
		{"another way to sign on", "Address changes of administrators (1)", plan.Action{Kind: plan.UpdateUser, Subject: "boss@acme.example", Admin: true,
			Fields: []plan.FieldChange{{Field: plan.FieldSignOn, Old: plan.Text("Internal"), New: plan.Text("Acme SSO")}}}},
		{"another name there", "Address changes of administrators (1)", plan.Action{Kind: plan.UpdateUser, Subject: "boss@acme.example", Admin: true,
			Fields: []plan.FieldChange{{Field: plan.FieldExternalName, Old: plan.Text("boss"), New: plan.Text("eve")}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			p := &plan.Plan{Batches: []plan.Batch{{Actions: []plan.Action{tt.action}}}}
			if err := render.PlanText(&out, p, render.TextOptions{}); err != nil || !strings.Contains(out.String(), tt.title) {
				t.Errorf("%v:\n%s", err, out.String())
			}
		})
	}
}
