package conform_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/provider/conform"
	"rollcall/internal/provider/testrail"
	"rollcall/internal/sim/fault"
	sim "rollcall/internal/sim/testrailsim"
)

// testRail is TestRail: every version, in both editions, with both shapes of a list, and with each answer to an inactive
// member of a group.
func testRail() provider {
	p := provider{name: "testrail", simulations: testRailSimulations(), inMatrix: 3}
	versions := []struct {
		name string
		sim.Version
	}{{"6.6", sim.V66}, {"7.0", sim.V70}, {"7.3", sim.V73}, {"7.5", sim.V75}, {"8.0", sim.V80}, {"9.3.1", sim.V931}, {"cloud-2026", sim.Cloud2026}}
	for _, v := range versions {
		for _, edition := range []sim.Edition{sim.Professional, sim.Enterprise} {
			for _, shape := range []sim.ListShape{sim.Envelope, sim.Array} {
				for _, inactive := range inactiveMembers() {
					s := sim.Switches{Version: v.Version, Edition: edition, UserList: shape, OtherLists: shape, InactiveMember: inactive}
					name := strings.Join([]string{v.name, s.Get("edition"), s.Get("user-list"), s.Get("inactive-member")}, " ")
					p.profiles = append(p.profiles, testRailProfile(name, s))
				}
			}
		}
	}
	everywhere := func(kind fault.Kind) sim.Switches {
		return sim.Switches{Faults: []sim.FaultRule{{Fault: sim.Fault{Kind: kind}}}}
	}
	p.whatever = []profile{
		testRailProfile("a short record of the caller", sim.Switches{ShortCurrentUser: true}),
		testRailProfile("flags as booleans", sim.Switches{MFABool: true}),
		testRailProfile("role ids as texts", sim.Switches{Version: sim.V70, RoleIDString: true}),
		testRailProfile("plain JSON", sim.Switches{PlainJSON: true}),
		testRailProfile("users by name", sim.Switches{UserOrder: sim.ByName}),
		testRailProfile("users by id, descending", sim.Switches{UserOrder: sim.ByIDDescending}),
		testRailProfile("update_user wants the id in the body", sim.Switches{UserIDInBodyNeeded: true}),
		testRailProfile("update_group does not want it", sim.Switches{GroupIDInBodyOptional: true}),
		testRailProfile("a new account is active by default", sim.Switches{AddUserActive: true}),
		testRailProfile("addresses that differ in case", sim.Switches{EmailCaseSensitive: true}),
		testRailProfile("group names are unique", sim.Switches{UniqueGroupNames: true}),
		testRailProfile("unknown fields and methods are refused", sim.Switches{Version: sim.V66, RefuseUnknownFields: true, UnknownMethod400: true}),
		testRailProfile("unknown fields are refused today", sim.Switches{RefuseUnknownFields: true}),
		testRailProfile("a User-Agent is needed", sim.Switches{UserAgentNeeded: true}),
		testRailProfile("groups hide their inactive members", everywhere(sim.GroupsHideInactive)),
		testRailProfile("every answer begins with the legacy line", everywhere(sim.LegacyLine)),
		testRailProfile("the size of every page is a lie", everywhere(sim.SizeLies)),
		testRailProfile("the look-up by address denies live people", everywhere(sim.EmailDenied)),
	}
	return p
}

func inactiveMembers() []sim.InactiveMember {
	return []sim.InactiveMember{sim.InactiveAllowed, sim.InactiveDropped, sim.InactiveRefused, sim.InactiveNewRefused}
}

// testRailProfile is a small company: an administrator, a tester, somebody forgotten who is still in a group, and a project.
func testRailProfile(name string, switches sim.Switches) profile {
	return profile{name, func(t *testing.T) conform.Instance {
		company := sim.EmptySnapshot()
		company.Switches = switches
		admin := company.Users[0]
		other := company.Roles[slices.IndexFunc(company.Roles, func(r sim.Role) bool { return r.ID != admin.RoleID && !r.NoAccess })]
		company.Users = append(company.Users,
			sim.User{ID: 2, Name: "Tom Tester", Email: "Tom@acme.example", IsActive: true, RoleID: other.ID},
			sim.User{ID: 3, Name: "F1764000000001", Email: "F1764000000001", RoleID: other.ID})
		company.Groups = []sim.Group{{ID: 1, Name: "Elders", UserIDs: []int{1, 3}}}
		company.Projects = []sim.Project{{ID: 1, Name: "Checkout", SuiteMode: 1}}
		srv := openTestRail(t, company)
		return conform.Instance{
			Connect: srv.Connect,
			ByHand:  func(t *testing.T, step plan.ManualStep) { srv.byHand(t, step) },
		}
	}}
}

// testRailSimulator is a simulator of TestRail as the suites see it.
type testRailSimulator struct{ *sim.Server }

func openTestRail(t *testing.T, company sim.Snapshot) *testRailSimulator {
	t.Helper()
	srv, err := sim.New(company)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	return &testRailSimulator{srv}
}

// Connect returns a client of an instance under a sub-path.
func (s *testRailSimulator) Connect(t *testing.T) conform.Target {
	t.Helper()
	w, err := testrail.NewWriter(testrail.Config{
		URL: "https://acme.example.test/qa/testrail", User: sim.DefaultAdmin, Key: httpx.NewSecret(sim.DefaultKey),
		HTTP: httpx.Options{Transport: s.Transport()},
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// byHand does to the simulator what an administrator would do in the interface.
func (s *testRailSimulator) byHand(t *testing.T, step plan.ManualStep) {
	t.Helper()
	err := s.Edit(func(state *sim.State) error {
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

func (s *testRailSimulator) Live() (live *directory.Live) {
	_ = s.Edit(func(state *sim.State) error {
		live = testRailHands{state}.Live()
		return nil
	})
	live.Self = 1
	return live
}

// Watch lets the function see a request before it is handled, and passes on its fault.
func (s *testRailSimulator) Watch(before func(conform.Request, conform.Hands) conform.Fault) {
	var next sim.Fault
	s.Server.Before = func(i sim.RequestInfo, state *sim.State) {
		r := conform.Request{Name: i.HTTP + " " + i.Route.Raw, Write: i.IsWrite}
		if strings.HasSuffix(i.Route.Method, "_group") && i.Route.Arg != "" {
			id, _ := strconv.Atoi(i.Route.Arg)
			r.Group = directory.GroupID(id)
		}
		next = sim.Fault{}
		if f := before(r, testRailHands{state}); f.Name != "" {
			rule, err := sim.ParseFault(f.Name)
			if err != nil {
				panic(err)
			}
			next = rule.Fault
		}
	}
	s.Server.Fault = func(sim.RequestInfo) sim.Fault { return next }
}

// testRailHands are the simulator's, in the words of the directory.
type testRailHands struct{ state *sim.State }

func (h testRailHands) Live() *directory.Live {
	return testRailLive(h.state.Users(), h.state.Groups(), h.state.Roles())
}

func (h testRailHands) PutUser(u directory.User) error {
	account := testRailUser(u, h.state.Roles())
	if u.ID != 0 {
		return h.state.SetUser(account)
	}
	_, err := h.state.AddUser(account)
	return err
}

func (h testRailHands) PutGroup(g directory.Group) error {
	if g.ID == 0 {
		_, err := h.state.AddGroup(sim.Group{Name: string(g.Name), UserIDs: ints(g.Members)})
		return err
	}
	if err := h.state.RenameGroup(int(g.ID), string(g.Name)); err != nil {
		return err
	}
	return h.state.SetMembers(int(g.ID), ints(g.Members)...)
}

func (h testRailHands) DeleteGroup(id directory.GroupID) error { return h.state.DeleteGroup(int(id)) }

func (h testRailHands) PutMember(directory.ProjectID, directory.UserID, bool) error {
	return errors.ErrUnsupported
}

func testRailLive(users []sim.User, groups []sim.Group, roles []sim.Role) *directory.Live {
	live := &directory.Live{}
	for _, u := range users {
		role := roles[slices.IndexFunc(roles, func(r sim.Role) bool { return r.ID == u.RoleID })]
		live.Users = append(live.Users, directory.User{
			ID: directory.UserID(u.ID), Email: directory.Email(u.Email), Name: u.Name, Active: u.IsActive,
			Role: directory.Name(role.Name), RoleID: directory.RoleID(role.ID), Admin: u.IsAdmin,
			EmailNotifications: u.EmailNotifications, MFARequired: u.MFARequired,
		})
	}
	for _, g := range groups {
		live.Groups = append(live.Groups, directory.Group{ID: directory.GroupID(g.ID), Name: directory.Name(g.Name), Members: ids[directory.UserID](g.UserIDs)})
	}
	for _, r := range roles {
		live.Roles = append(live.Roles, directory.Role{ID: directory.RoleID(r.ID), Name: directory.Name(r.Name), Default: r.IsDefault})
	}
	return live
}

func testRailUser(u directory.User, roles []sim.Role) sim.User {
	role := roles[slices.IndexFunc(roles, func(r sim.Role) bool { return r.Name == string(u.Role) })]
	return sim.User{
		ID: int(u.ID), Name: u.Name, Email: string(u.Email), IsActive: u.Active, RoleID: role.ID, IsAdmin: u.Admin,
		EmailNotifications: u.EmailNotifications, MFARequired: u.MFARequired,
	}
}

func ints[ID ~int64](list []ID) []int {
	out := make([]int, len(list))
	for i, id := range list {
		out[i] = int(id)
	}
	return out
}

func ids[ID ~int64](list []int) []ID {
	var out []ID
	for _, n := range list {
		out = append(out, ID(n))
	}
	return out
}
