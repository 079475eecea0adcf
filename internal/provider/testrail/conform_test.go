package testrail_test

import (
	"fmt"
	"slices"
	"testing"

	"rollcall/internal/plan"
	"rollcall/internal/provider/conform"
	sim "rollcall/internal/sim/testrailsim"
)

// Every version, in both editions, with both shapes of a list, and with each answer to an inactive member of a group.
func TestConform(t *testing.T) {
	t.Parallel()
	versions := map[string]sim.Version{
		"6.6": sim.V66, "7.0": sim.V70, "7.3": sim.V73, "7.5": sim.V75, "8.0": sim.V80, "9.3.1": sim.V931, "cloud-2026": sim.Cloud2026,
	}
	editions := map[string]sim.Edition{"professional": sim.Professional, "enterprise": sim.Enterprise}
	shapes := map[string]sim.ListShape{"envelope": sim.Envelope, "array": sim.Array}
	inactive := map[string]sim.InactiveMember{
		"allow": sim.InactiveAllowed, "drop": sim.InactiveDropped, "400": sim.InactiveRefused, "400-new": sim.InactiveNewRefused,
	}
	profiles, steps := 0, 0
	for version, v := range versions {
		for edition, e := range editions {
			for shape, l := range shapes {
				for answer, i := range inactive {
					t.Run(fmt.Sprintf("%s %s %s %s", version, edition, shape, answer), func(t *testing.T) {
						steps += conform.Run(t, instance(t, sim.Switches{
							Version: v, Edition: e, UserList: l, OtherLists: l, InactiveMember: i,
						}))
					})
					profiles++
				}
			}
		}
	}
	t.Logf("%d profiles, %d steps", profiles, steps)
}

// Everything else that nobody knows of TestRail, each the other way.
func TestConform_whateverTheServerDoes(t *testing.T) {
	tests := map[string]sim.Switches{
		"a short record of the caller":              {ShortCurrentUser: true},
		"flags as booleans":                         {MFABool: true},
		"role ids as texts":                         {Version: sim.V70, RoleIDString: true},
		"plain JSON":                                {PlainJSON: true},
		"users by name":                             {UserOrder: sim.ByName},
		"users by id, descending":                   {UserOrder: sim.ByIDDescending},
		"update_user wants the id in the body":      {UserIDInBodyNeeded: true},
		"update_group does not want it":             {GroupIDInBodyOptional: true},
		"a new account is active by default":        {AddUserActive: true},
		"addresses that differ in case":             {EmailCaseSensitive: true},
		"group names are unique":                    {UniqueGroupNames: true},
		"unknown fields and methods are refused":    {Version: sim.V66, RefuseUnknownFields: true, UnknownMethod400: true},
		"unknown fields are refused today":          {RefuseUnknownFields: true},
		"a User-Agent is needed":                    {UserAgentNeeded: true},
		"groups hide their inactive members":        {Faults: []sim.FaultRule{{Fault: sim.Fault{Kind: sim.GroupsHideInactive}}}},
		"every answer begins with the legacy line":  {Faults: []sim.FaultRule{{Fault: sim.Fault{Kind: sim.LegacyLine}}}},
		"the size of every page is a lie":           {Faults: []sim.FaultRule{{Fault: sim.Fault{Kind: sim.SizeLies}}}},
		"the look-up by address denies live people": {Faults: []sim.FaultRule{{Fault: sim.Fault{Kind: sim.EmailDenied}}}},
	}
	steps := 0
	for name, switches := range tests {
		t.Run(name, func(t *testing.T) { steps += conform.Run(t, instance(t, switches)) })
	}
	t.Logf("%d profiles, %d steps", len(tests), steps)
}

// instance is a small company: an administrator, a tester, somebody forgotten who is still in a group, and a project.
func instance(t *testing.T, switches sim.Switches) conform.Instance {
	t.Helper()
	company := sim.EmptySnapshot()
	company.Switches = switches
	admin := company.Users[0]
	other := company.Roles[slices.IndexFunc(company.Roles, func(r sim.Role) bool { return r.ID != admin.RoleID && !r.NoAccess })]
	company.Users = append(company.Users,
		sim.User{ID: 2, Name: "Tom Tester", Email: "Tom@acme.example", IsActive: true, RoleID: other.ID},
		sim.User{ID: 3, Name: "F1764000000001", Email: "F1764000000001", RoleID: other.ID})
	company.Groups = []sim.Group{{ID: 1, Name: "Elders", UserIDs: []int{1, 3}}}
	company.Projects = []sim.Project{{ID: 1, Name: "Checkout", SuiteMode: 1}}
	srv := newSim(t, company)
	return conform.Instance{
		Connect: func(t *testing.T) conform.Target { return newWriter(t, srv) },
		ByHand:  func(t *testing.T, step plan.ManualStep) { byHand(t, srv, step) },
	}
}

// byHand does to the simulator what an administrator would do in the interface.
func byHand(t *testing.T, srv *sim.Server, step plan.ManualStep) {
	t.Helper()
	err := srv.Edit(func(state *sim.State) error {
		u, found := state.User(int(step.SubjectID))
		u.Email = step.Subject
		for _, f := range step.Fields {
			text, _ := f.New.AsText()
			flag, _ := f.New.AsFlag()
			switch f.Field {
			case plan.FieldEmail:
				u.Email = text
			case plan.FieldName:
				u.Name = text
			case plan.FieldActive:
				u.IsActive = flag
			case plan.FieldRole:
				roles := state.Roles()
				u.RoleID = roles[slices.IndexFunc(roles, func(r sim.Role) bool { return r.Name == text })].ID
			default:
				return fmt.Errorf("field %s is not one that is changed by hand", f.Field)
			}
		}
		switch step.Kind {
		case plan.CreateUser, plan.ReactivateUser:
			u.IsActive = true
		case plan.DeactivateUser:
			u.IsActive = false
		}
		if found {
			return state.SetUser(u)
		}
		_, err := state.AddUser(u)
		return err
	})
	if err != nil {
		t.Fatalf("by hand: %s %s: %v", step.Kind, step.Subject, err)
	}
}
