package conform_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/provider/conform"
	"rollcall/internal/sim/fault"
	sim "rollcall/internal/sim/qtestsim"
)

// qTestSimulations returns a simulation for each thing that nobody knows and a write of an account or of members depends on;
// the first three are of how memberships can be read.
func qTestSimulations() []conform.Simulation {
	denies := sim.Switches{Faults: []fault.Rule{{Fault: fault.Fault{Kind: fault.EmailDenied}, Method: "find_by_user_name_or_email"}}}
	all := []conform.Simulation{
		qTestSimulation("both sides of a membership are shown", sim.Switches{}),
		qTestSimulation("an account hides its groups", sim.Switches{UserHidesGroups: true}),
		qTestSimulation("groups hide their members, and a search those without a project", sim.Switches{GroupsHideUsers: true, SearchNeedsProject: true}),
		qTestSimulation("the look-up by name denies everybody", denies),
		qTestSimulation("what is missing is cleared", sim.Switches{UpdateClears: true, NullGroupsClear: true}),
		qTestSimulation("projects of inactive people stay", sim.Switches{KeepProjects: true, StrangerRefused: true, NewIsTwo: true}),
		qTestSimulation("projects of inactive people are forgotten", sim.Switches{ForgetProjects: true, ReassignKeeps: true, SkipUnknownIDs: true}),
		qTestSimulation("a new account joins the sample project", sim.Switches{JoinSample: true, UsernameCase: true, Duplicate: sim.Status409}),
		qTestSimulation("a server of 2023", sim.Switches{Generation: sim.Gen2023, Empty: sim.AbsentText}),
	}
	brings := qTestSimulation("a group brings its members into a project", sim.Switches{})
	brings.Open = openCompany(sim.Switches{}, func(s *sim.Snapshot, _ *qTestSimulator) {
		for i := range s.Groups {
			if g := &s.Groups[i]; g.ID == 1 && len(s.Projects) > 1 {
				g.Projects = []sim.Grant{{Project: 1, Profile: developer}}
			}
		}
	})
	brings.Unforeseen = true
	password := qTestSimulation("a password in place of a token", sim.Switches{})
	password.Open = openCompany(sim.Switches{}, func(_ *sim.Snapshot, s *qTestSimulator) { s.signsIn = true })
	return append(all, brings, password)
}

// qTestSimulation is qTest for the suites that disturb a run.
func qTestSimulation(name string, switches sim.Switches) conform.Simulation {
	return conform.Simulation{
		Name:    name,
		Invites: true,
		// Only an account shows that it hides its groups, and who is read one by one at the end depends on who joins a project.
		Unforeseen: switches.UserHidesGroups || switches.SearchNeedsProject,
		Hang:       conform.Fault{Name: fault.Hang.String()},
		Faults:     qTestFaults,
		Blind: func(r conform.Request, f conform.Fault) bool {
			switch {
			case strings.HasPrefix(r.Name, "GET projects?"): // archived ones are not listed either
				return slices.Contains([]string{fault.PageSkips.String(), fault.PageEndsEarly.String(), fault.PageShrinks.String()}, f.Name)
			case strings.HasPrefix(r.Name, "GET search/user?"): // whoever is not found may be somebody without a project
				return switches.SearchNeedsProject && f.Name == fault.PageEndsEarly.String()
			}
			return false
		},
		Empty: func() *directory.Live {
			s := sim.EmptySnapshot()
			admin := s.Users[0]
			live := &directory.Live{Self: directory.UserID(admin.ID), ProjectsRead: true, SignOns: signOns(), SignOnsRead: true}
			live.Users = []directory.User{{
				ID: live.Self, Email: directory.Email(admin.Username), Active: true, Admin: true, SignOn: live.SignOns[0].Name,
				Name: directory.FullName(admin.FirstName, admin.LastName), GivenName: admin.FirstName, FamilyName: admin.LastName,
			}}
			return live
		},
		Open: openCompany(switches, func(*sim.Snapshot, *qTestSimulator) {}),
	}
}

// home is the id of a project that every company has beside its own and the suites do not see: where a search shows nobody
// without a project, there has to be somebody with one.
const home = 2_000_000

// openCompany returns a function that opens simulators of a company, after a last touch.
func openCompany(switches sim.Switches, touch func(*sim.Snapshot, *qTestSimulator)) func(*testing.T, *directory.Live) conform.Simulator {
	return func(t *testing.T, company *directory.Live) conform.Simulator {
		admins := sim.Group{ID: 1_000_000, Name: sim.Administrators, System: true}
		s := sim.Snapshot{Switches: switches, AuthSystems: authSystems(), Profiles: sim.EmptySnapshot().Profiles}
		s.Projects = []sim.Project{{ID: home, Name: "Home", Members: []sim.Member{{User: 1, Profile: developer}}}}
		for _, p := range company.Projects {
			s.Projects = append(s.Projects, sim.Project{ID: int(p.ID), Name: string(p.Name), Sample: p.Sample})
		}
		for _, u := range company.Users {
			s.Users = append(s.Users, qTestUser(u, sim.User{}))
			if u.Admin {
				admins.UserIDs = append(admins.UserIDs, int(u.ID))
			}
			for i := range s.Projects {
				if slices.Contains(u.Projects, directory.ProjectID(s.Projects[i].ID)) {
					s.Projects[i].Members = append(s.Projects[i].Members, sim.Member{User: int(u.ID), Profile: developer})
				}
			}
		}
		for _, g := range company.Groups {
			s.Groups = append(s.Groups, sim.Group{ID: int(g.ID), Name: string(g.Name), UserIDs: ints(g.Members)})
		}
		s.Groups = append(s.Groups, admins)
		srv := &qTestSimulator{}
		touch(&s, srv)
		srv.Server = openQTest(t, s).Server
		return srv
	}
}

// qTestFaults returns the kinds of faults that make a difference to a request. Late commits come soon and, for a process that
// looks again at once, too late.
func qTestFaults(r conform.Request) []conform.Fault {
	var out []conform.Fault
	for _, kind := range sim.FaultKinds() {
		switch {
		case kind == fault.EmailDenied: // a simulation of its own
		case kind == fault.Late500 || kind == fault.LateReset:
			for _, requests := range []int{1, 2, 4, 8} {
				if r.Write {
					out = append(out, conform.Fault{Name: fmt.Sprintf("%s:%d", kind, requests), Late: true})
				}
			}
		case kind >= fault.PageRepeats && (r.Write || r.About != conform.About{}): // faults of lists
		default:
			out = append(out, conform.Fault{Name: kind.String()})
		}
	}
	return append(out, conform.Fault{Name: "429:100s"}, conform.Fault{Name: "503:30s"})
}

func parseFault(name string) fault.Fault {
	rule, err := fault.Parse(name, sim.FaultKinds())
	if err != nil {
		panic(err)
	}
	return rule.Fault
}
