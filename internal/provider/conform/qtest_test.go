package conform_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/provider/conform"
	"rollcall/internal/provider/qtest"
	"rollcall/internal/sim/fault"
	sim "rollcall/internal/sim/qtestsim"
)

// qTest is qTest Manager: every generation, with each way in which memberships can be read.
func qTest() provider {
	p := provider{name: "qtest", simulations: qTestSimulations(), inMatrix: 3}
	both := []bool{false, true}
	for _, generation := range []sim.Generation{sim.Gen2026, sim.Gen2023, sim.Gen2018} {
		for _, user := range both {
			for _, groups := range both {
				for _, search := range both {
					if generation != sim.Gen2018 && user && groups && search {
						continue // nothing tells in which groups somebody without a project is
					}
					s := sim.Switches{Generation: generation, UserHidesGroups: user, GroupsHideUsers: groups, SearchNeedsProject: search}
					name := []string{s.Get("generation"), s.Get("user-groups"), s.Get("group-users"), s.Get("project-search")}
					p.profiles = append(p.profiles, qTestProfile(strings.Join(name, " "), s))
				}
			}
		}
	}
	p.whatever = []profile{
		qTestProfile("fields that are missing are cleared", sim.Switches{UpdateClears: true}),
		qTestProfile("groups that are null are cleared", sim.Switches{NullGroupsClear: true}),
		qTestProfile("fields and groups that are missing are cleared, in 2023", sim.Switches{Generation: sim.Gen2023, UpdateClears: true, NullGroupsClear: true}),
		qTestProfile("the search by name wants a name", sim.Switches{EmptySearchNobody: true}),
		qTestProfile("the search by name finds parts of names", sim.Switches{SearchPart: true}),
		qTestProfile("searches show inactive people by default", sim.Switches{InactiveShown: true}),
		qTestProfile("a name that is taken is a conflict", sim.Switches{Duplicate: sim.Status409}),
		qTestProfile("login names that differ in case", sim.Switches{UsernameCase: true}),
		qTestProfile("a member who is assigned again keeps the profile", sim.Switches{ReassignKeeps: true}),
		qTestProfile("nobody is removed who is no member", sim.Switches{StrangerRefused: true}),
		qTestProfile("unknown ids are skipped", sim.Switches{SkipUnknownIDs: true}),
		qTestProfile("an invited account has status 2", sim.Switches{NewIsTwo: true}),
		qTestProfile("whoever leaves stays in the projects", sim.Switches{KeepProjects: true}),
		qTestProfile("whoever leaves stays in the projects, in 2018", sim.Switches{Generation: sim.Gen2018, KeepProjects: true}),
		qTestProfile("whoever comes back is in no project", sim.Switches{ForgetProjects: true}),
		qTestProfile("tokens of inactive people go on", sim.Switches{KeepTokens: true}),
		qTestProfile("the last administrator may go", sim.Switches{LastAdminMayGo: true}),
		qTestProfile("names from a directory can be written", sim.Switches{LDAPNamesWritable: true}),
		qTestProfile("a new account joins the sample project", sim.Switches{JoinSample: true}),
		qTestProfile("passwords are long", sim.Switches{PasswordLength: 30}),
		qTestProfile("pages over the most are refused", sim.Switches{OversizeRefused: true}),
		qTestProfile("projects come in pages", sim.Switches{ProjectsFirstPage: true}),
		qTestProfile("texts without a value are blank", sim.Switches{Empty: sim.BlankText}),
		qTestProfile("texts without a value are absent", sim.Switches{Empty: sim.AbsentText}),
		qTestProfile("texts without a value are absent, in 2018", sim.Switches{Generation: sim.Gen2018, Empty: sim.AbsentText}),
		qTestProfile("fields that no document names", sim.Switches{ExtraFields: true}),
	}
	return p
}

// The ways to sign on of the instances: one that asks elsewhere and a directory service.
const (
	acmeSSO       = "Acme SSO"
	acmeDirectory = "Acme Directory"
)

func authSystems() []sim.AuthSystem {
	return []sim.AuthSystem{{ID: 12, Type: "SSO_SAML2", Name: acmeSSO}, {ID: 14, Type: "LDAP", Name: acmeDirectory}}
}

// qTestProfile is a small company: an administrator, a tester, somebody without a usable address who is in a group, somebody
// from a directory service, two who were invited, and projects.
func qTestProfile(name string, switches sim.Switches) profile {
	return profile{name, func(t *testing.T) conform.Instance {
		company := sim.EmptySnapshot()
		company.Switches, company.AuthSystems = switches, authSystems()
		company.Users = append(company.Users,
			sim.User{ID: 2, Username: "Tom@acme.example", FirstName: "Tom", LastName: "Tester", Status: sim.StatusActive},
			sim.User{ID: 3, Username: "F1764000000001", FirstName: "F1764000000001", Status: sim.StatusInactive},
			sim.User{ID: 4, Username: "lee@acme.example", FirstName: "Lee", LastName: "Ldap", Status: sim.StatusActive, AuthSystem: 14, ExternalName: "lee"},
			sim.User{ID: 5, Username: "pia@acme.example", FirstName: "Pia", LastName: "Invited", Status: sim.StatusNew},
			sim.User{ID: 6, Username: "vic@acme.example", FirstName: "Vic", LastName: "Invited", Status: sim.StatusNew})
		company.Groups = append(company.Groups, sim.Group{ID: 9, Name: "Elders", UserIDs: []int{1, 3}})
		company.Projects[0].Members = append(company.Projects[0].Members, sim.Member{User: 2, Profile: developer})
		company.Projects = append(company.Projects,
			sim.Project{ID: 2, Name: "Checkout", Members: []sim.Member{{User: 2, Profile: developer}}},
			sim.Project{ID: 3, Name: "Billing", Members: []sim.Member{{User: 1, Profile: developer}}})
		srv := openQTest(t, company)
		return conform.Instance{
			Connect: srv.Connect,
			ByHand:  func(t *testing.T, step plan.ManualStep) { srv.byHand(t, step) },
		}
	}}
}

// developer is the id of the profile in the simulator's sites.
const developer = 5

// qTestSimulator is a simulator of qTest as the suites see it.
type qTestSimulator struct {
	*sim.Server
	signsIn bool // with a password, in place of a token
}

func openQTest(t *testing.T, company sim.Snapshot) *qTestSimulator {
	t.Helper()
	srv, err := sim.New(company)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Close() })
	return &qTestSimulator{Server: srv}
}

// Connect returns a client of a site under a sub-path.
func (s *qTestSimulator) Connect(t *testing.T) conform.Target {
	t.Helper()
	cfg := qtest.Config{URL: "https://acme.example.test", Token: httpx.NewSecret(sim.DefaultToken), HTTP: httpx.Options{Transport: s.Transport()}}
	if s.signsIn {
		cfg.Token, cfg.User, cfg.Password = httpx.Secret{}, sim.DefaultAdmin, httpx.NewSecret(sim.DefaultPassword)
	}
	w, err := qtest.NewWriter(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// byHand does to the simulator what an administrator would do on its pages.
func (s *qTestSimulator) byHand(t *testing.T, step plan.ManualStep) {
	t.Helper()
	err := s.Edit(func(state *sim.State) error {
		switch step.Kind {
		case plan.UpdateGroup:
			name, _ := step.Field(plan.FieldName)
			return state.RenameGroup(int(step.SubjectID), name.New.String())
		case plan.DeleteGroup:
			return state.DeleteGroup(int(step.SubjectID))
		case plan.RemoveFromProject:
			for _, m := range step.Members.Remove {
				if err := state.RemoveMember(int(step.SubjectID), int(m.ID)); err != nil {
					return err
				}
			}
			return nil
		}
		return editUser(state, step)
	})
	if err != nil {
		t.Fatalf("by hand: %s %s: %v", step.Kind, step.Subject, err)
	}
}

func editUser(state *sim.State, step plan.ManualStep) error {
	u, found := state.User(int(step.SubjectID))
	if !found {
		return fmt.Errorf("there is no account %d", step.SubjectID)
	}
	for _, f := range step.Fields {
		text, _ := f.New.AsText()
		switch f.Field {
		case plan.FieldEmail:
			u.Username = text
		case plan.FieldName:
			u.FirstName, u.LastName, _ = directory.SplitName(text)
		case plan.FieldGivenName:
			u.FirstName = text
		case plan.FieldFamilyName:
			u.LastName = text
		case plan.FieldSignOn:
			u.AuthSystem = systemNamed(text)
		case plan.FieldExternalName:
			u.ExternalName = text
		case plan.FieldActive, plan.FieldAdmin: // the kind says it; nobody is made an administrator
		default:
			return fmt.Errorf("field %s is not one that is changed by hand", f.Field)
		}
	}
	if u.AuthSystem == 0 {
		u.ExternalName = ""
	}
	switch step.Kind {
	case plan.ReactivateUser:
		u.Status = sim.StatusActive
	case plan.DeactivateUser:
		u.Status = sim.StatusInactive
	}
	return state.SetUser(u)
}

// systemNamed returns the id of a way to sign on, 0 for the site's own.
func systemNamed(name string) int {
	for _, a := range authSystems() {
		if strings.EqualFold(a.Name, name) {
			return a.ID
		}
	}
	return 0
}

func (s *qTestSimulator) Live() (live *directory.Live) {
	_ = s.Edit(func(state *sim.State) error {
		live = qTestHands{state}.Live()
		return nil
	})
	live.Self = 1
	return live
}

// Watch lets the function see a request before it is handled, and passes on its fault.
func (s *qTestSimulator) Watch(before func(conform.Request, conform.Hands) conform.Fault) {
	var next fault.Fault
	s.Server.Before = func(i sim.RequestInfo, state *sim.State) {
		next = fault.Fault{}
		if f := before(requestOf(i), qTestHands{state}); f.Name != "" {
			next = parseFault(f.Name)
		}
	}
	s.Server.Fault = func(sim.RequestInfo) fault.Fault { return next }
}

// requestOf says what a request is about.
func requestOf(i sim.RequestInfo) conform.Request {
	r := conform.Request{Name: i.HTTP + " " + strings.TrimPrefix(i.Path, "/api/v3/"), Write: i.IsWrite}
	if i.Query != "" {
		r.Name += "?" + i.Query
	}
	var id int
	switch i.Op {
	case "get_user_by_id", "update_user":
		fmt.Sscanf(i.Path, "/api/v3/users/%d", &id)
		r.User = directory.UserID(id)
	case "get_project_users":
		fmt.Sscanf(i.Path, "/api/v3/projects/%d", &id)
		r.Project = directory.ProjectID(id)
	case "assign_users_to_project", "remove_users_from_projects":
		var body struct {
			Project directory.ProjectID `json:"project_id"`
			Users   []directory.UserID  `json:"user_ids"`
		}
		// One is an object, the other an array of such, of which the client sends one.
		if err := json.Unmarshal([]byte(strings.Trim(strings.TrimSpace(i.Body), "[]")), &body); err == nil {
			r.Project, r.Names, r.Joins = body.Project, body.Users, i.Op == "assign_users_to_project"
		}
		r.Name += fmt.Sprintf(" project %d", r.Project)
	}
	return r
}

// qTestHands are the simulator's, in the words of the directory.
type qTestHands struct{ state *sim.State }

func (h qTestHands) PutUser(u directory.User) error {
	account, _ := h.state.User(int(u.ID))
	account = qTestUser(u, account)
	if u.ID != 0 {
		return h.state.SetUser(account)
	}
	_, err := h.state.AddUser(account)
	return err
}

func (h qTestHands) PutGroup(g directory.Group) error {
	if g.ID == 0 {
		_, err := h.state.AddGroup(sim.Group{Name: string(g.Name), UserIDs: ints(g.Members)})
		return err
	}
	if err := h.state.RenameGroup(int(g.ID), string(g.Name)); err != nil {
		return err
	}
	return h.state.SetMembers(int(g.ID), ints(g.Members)...)
}

func (h qTestHands) DeleteGroup(id directory.GroupID) error { return h.state.DeleteGroup(int(id)) }

func (h qTestHands) PutMember(project directory.ProjectID, user directory.UserID, member bool) error {
	if member {
		return h.state.AddMember(int(project), int(user), developer)
	}
	return h.state.RemoveMember(int(project), int(user))
}

func (h qTestHands) Live() *directory.Live {
	live := &directory.Live{ProjectsRead: true, SignOnsRead: true, SignOns: signOns()}
	admins := make(map[int]bool)
	for _, g := range h.state.Groups() {
		if g.System && g.Name == sim.Administrators {
			for _, id := range g.UserIDs {
				admins[id] = true
			}
			continue
		}
		live.Groups = append(live.Groups, directory.Group{ID: directory.GroupID(g.ID), Name: directory.Name(g.Name), Members: ids[directory.UserID](g.UserIDs)})
	}
	projects := make(map[int][]directory.ProjectID)
	for _, p := range h.state.Projects() {
		if p.ID == home {
			continue
		}
		live.Projects = append(live.Projects, directory.Project{ID: directory.ProjectID(p.ID), Name: directory.Name(p.Name), Sample: p.Sample})
		for _, m := range p.Members {
			projects[m.User] = append(projects[m.User], directory.ProjectID(p.ID))
		}
	}
	for _, u := range h.state.Users() {
		way := live.SignOns[slices.IndexFunc(live.SignOns, func(s directory.SignOn) bool {
			return s.ID == max(directory.SignOnID(u.AuthSystem), 0) || s.Own && u.AuthSystem == 0
		})]
		live.Users = append(live.Users, directory.User{
			ID: directory.UserID(u.ID), Email: directory.Email(u.Username), Admin: admins[u.ID],
			Name: directory.FullName(u.FirstName, u.LastName), GivenName: u.FirstName, FamilyName: u.LastName, NameFixed: way.Name == acmeDirectory,
			Active: u.Status == sim.StatusActive, Pending: u.Status != sim.StatusActive && u.Status != sim.StatusInactive,
			SignOn: way.Name, ExternalName: u.ExternalName, Projects: projects[u.ID],
		})
	}
	return live
}

// signOns are the ways to sign on in the words of the directory.
func signOns() []directory.SignOn {
	ways := []directory.SignOn{{ID: -1, Name: "Internal", Own: true}}
	for _, a := range authSystems() {
		ways = append(ways, directory.SignOn{ID: directory.SignOnID(a.ID), Name: directory.Name(a.Name)})
	}
	return ways
}

// qTestUser returns an account as the simulator holds it; what the directory does not know of it is as before.
func qTestUser(u directory.User, before sim.User) sim.User {
	before.ID, before.Username, before.FirstName, before.LastName = int(u.ID), string(u.Email), u.GivenName, u.FamilyName
	switch {
	case u.Active:
		before.Status = sim.StatusActive
	case u.Pending:
		before.Status = sim.StatusNew
	default:
		before.Status = sim.StatusInactive
	}
	before.AuthSystem, before.ExternalName = systemNamed(string(u.SignOn)), u.ExternalName
	return before
}
