package conform_test

import (
	"fmt"
	"slices"
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/provider/conform"
	sim "rollcall/internal/sim/testrailsim"
)

// testRailSimulations returns a simulation for each combination of what nobody knows and a group update depends on; the
// first three are of the look-up by address, which is what keeps a person from getting two accounts.
func testRailSimulations() []conform.Simulation {
	all := []conform.Simulation{
		testRailSimulation("the look-up by address tells the truth", sim.Switches{}),
		testRailSimulation("the look-up by address denies everybody", lookUpDenies(sim.Switches{})),
		takesTwins(),
	}
	for _, inactive := range inactiveMembers()[1:] {
		s := sim.Switches{InactiveMember: inactive}
		name := "inactive members: " + s.Get("inactive-member")
		all = append(all, testRailSimulation(name, s), testRailSimulation(name+", the look-up denies", lookUpDenies(s)))
	}
	hidden := testRailSimulation("groups hide inactive members", sim.Switches{Faults: []sim.FaultRule{{Fault: sim.Fault{Kind: sim.GroupsHideInactive}}}})
	hidden.HidesInactive = true
	return append(all, hidden)
}

// takesTwins is a TestRail that makes a second account of an address and denies the first one, so that nothing but the
// client stands between a person and a twin. A write that takes effect late can't be told from one that does not: those
// are left out.
func takesTwins() conform.Simulation {
	s := testRailSimulation("a second account of an address is made", lookUpDenies(sim.Switches{TakenEmailAllowed: true}))
	s.Faults = func(r conform.Request) []conform.Fault {
		return slices.DeleteFunc(testRailFaults(r), func(f conform.Fault) bool { return f.Late })
	}
	return s
}

func lookUpDenies(s sim.Switches) sim.Switches {
	s.Faults = append(s.Faults, sim.FaultRule{Fault: sim.Fault{Kind: sim.EmailDenied}, Method: "get_user_by_email"})
	return s
}

// testRailSimulation is TestRail for the suites that disturb a run.
func testRailSimulation(name string, switches sim.Switches) conform.Simulation {
	return conform.Simulation{
		Name:          name,
		DropsInactive: switches.InactiveMember != sim.InactiveAllowed,
		Hang:          conform.Fault{Name: sim.Hang.String()},
		Faults:        testRailFaults,
		Blind:         testRailIsBlind,
		Unforeseen:    switches.InactiveMember == sim.InactiveRefused || switches.InactiveMember == sim.InactiveNewRefused,
		Empty: func() *directory.Live {
			s := sim.EmptySnapshot()
			live := testRailLive(s.Users, nil, s.Roles)
			live.Self, live.ProjectsRead = directory.UserID(s.Users[0].ID), true
			return live
		},
		Open: func(t *testing.T, company *directory.Live) conform.Simulator {
			s := sim.EmptySnapshot()
			s.Switches = switches
			s.Users = s.Users[:0]
			for _, u := range company.Users {
				s.Users = append(s.Users, testRailUser(u, s.Roles))
			}
			for _, g := range company.Groups {
				s.Groups = append(s.Groups, sim.Group{ID: int(g.ID), Name: string(g.Name), UserIDs: ints(g.Members)})
			}
			return openTestRail(t, s)
		},
	}
}

// testRailFaults returns the kinds of faults that make a difference to a request. Late commits come soon and, for a process
// that looks again at once, too late.
func testRailFaults(r conform.Request) []conform.Fault {
	var faults []conform.Fault
	for _, kind := range sim.FaultKinds() {
		switch {
		case kind == sim.EmailDenied: // a simulation of its own
		case kind == sim.Late500 || kind == sim.LateReset:
			for _, requests := range []int{1, 2, 4, 8} {
				if r.Write {
					faults = append(faults, conform.Fault{Name: fmt.Sprintf("%s:%d", kind, requests), Late: true})
				}
			}
		case kind >= sim.PageRepeats && (r.Write || r.Group != 0): // faults of lists
		default:
			faults = append(faults, conform.Fault{Name: kind.String(), True: kind == sim.LegacyLine})
		}
	}
	return append(faults, conform.Fault{Name: "429:100s"}, conform.Fault{Name: "503:30s"})
}

// testRailIsBlind: nothing refers to each role and project, so that a list that lacks some looks whole.
func testRailIsBlind(r conform.Request, f conform.Fault) bool {
	lacks := []string{sim.PageSkips.String(), sim.PageEndsEarly.String(), sim.PageShrinks.String()}
	switch r.Name {
	case "GET get_roles":
		return slices.Contains(lacks, f.Name)
	case "GET get_projects":
		return slices.Contains(append(lacks, sim.EmptyList.String()), f.Name)
	}
	return false
}
