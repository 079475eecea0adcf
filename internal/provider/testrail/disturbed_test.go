package testrail_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"rollcall/internal/directory"
	"rollcall/internal/provider/conform"
	sim "rollcall/internal/sim/testrailsim"
)

// soak reports whether there is time for everything, as in `make soak`; otherwise the suites take samples. A value over 1
// is the seed of an earlier soak, to be repeated.
func soak() (seed uint64, yes bool) {
	value := os.Getenv("ROLLCALL_SOAK")
	seed, _ = strconv.ParseUint(value, 10, 64)
	return seed, value != ""
}

// What goes wrong at one request is mended by the runs after it, and never at the cost of a member.
func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	matrix, extent := conform.Matrix{Stride: 17, Spans: []int{0, conform.Stubborn, conform.Lasting}}, "every 17th of the"
	if _, yes := soak(); yes {
		matrix, extent = conform.Matrix{Spans: []int{0, 1, 2, 3, 4, 5, conform.Stubborn, conform.Lasting}}, "all"
	}
	for _, s := range []conform.Simulation{
		simulation("the look-up by address tells the truth", sim.Switches{}),
		simulation("the look-up by address denies everybody", lookUpDenies(sim.Switches{})),
		takesTwins(),
	} {
		t.Run(s.Name, func(t *testing.T) {
			cases, runs := conform.FaultMatrix(t, s, matrix)
			t.Logf("%d runs: %d cases, %s faults at requests of a mixed apply", runs, cases, extent)
		})
	}
}

// A run can be taken back, whatever goes wrong on the way.
func TestUndo(t *testing.T) {
	t.Parallel()
	stride, extent := 7, "every 7th of the"
	if _, yes := soak(); yes {
		stride, extent = 1, "all"
	}
	cases, runs := conform.Undo(t, simulation("", sim.Switches{}), stride)
	t.Logf("%d runs: %d cases, %s faults at requests of the undo of a mixed apply", runs, cases, extent)
}

// A process that dies leaves nothing behind that the next one can't finish.
func TestCrash(t *testing.T) {
	t.Parallel()
	simulations := everySimulation()
	if _, yes := soak(); !yes {
		simulations = simulations[:2]
	}
	for _, s := range simulations {
		t.Run(s.Name, func(t *testing.T) {
			crashes, runs := conform.Crash(t, s)
			t.Logf("%d crashes, %d runs", crashes, runs)
		})
	}
}

// Somebody else works on the instance at the same time.
func TestAdversary(t *testing.T) {
	t.Parallel()
	trials, seed := 300, uint64(1)
	if again, yes := soak(); yes {
		trials, seed = 12_000, uint64(time.Now().UnixNano())
		if again > 1 {
			seed = again
		}
	}
	t.Logf("seed %d: %s", seed, conform.Adversary(t, everySimulation(), trials, seed))
}

// everySimulation returns a simulation for each combination of what nobody knows and a group update depends on.
func everySimulation() []conform.Simulation {
	inactive := []sim.InactiveMember{sim.InactiveAllowed, sim.InactiveDropped, sim.InactiveRefused, sim.InactiveNewRefused}
	var all []conform.Simulation
	for _, i := range inactive {
		var s sim.Switches
		s.InactiveMember = i
		name := "inactive members: " + s.Get("inactive-member")
		all = append(all, simulation(name, s), simulation(name+", the look-up denies", lookUpDenies(s)))
	}
	hides := sim.Switches{Faults: []sim.FaultRule{{Fault: sim.Fault{Kind: sim.GroupsHideInactive}}}}
	hidden := simulation("groups hide inactive members", hides)
	hidden.HidesInactive = true
	return append(all, hidden, takesTwins())
}

// takesTwins is a TestRail that makes a second account of an address and denies the first one, so that nothing but the
// client stands between a person and a twin. A write that takes effect late can't be told from one that does not: those
// are left out.
func takesTwins() conform.Simulation {
	s := simulation("a second account of an address is made", lookUpDenies(sim.Switches{TakenEmailAllowed: true}))
	s.Faults = func(r conform.Request) []conform.Fault {
		return slices.DeleteFunc(faultsOf(r), func(f conform.Fault) bool { return f.Late })
	}
	return s
}

func lookUpDenies(s sim.Switches) sim.Switches {
	s.Faults = append(s.Faults, sim.FaultRule{Fault: sim.Fault{Kind: sim.EmailDenied}, Method: "get_user_by_email"})
	return s
}

// simulation is TestRail for the suites that disturb a run.
func simulation(name string, switches sim.Switches) conform.Simulation {
	return conform.Simulation{
		Name:          name,
		DropsInactive: switches.InactiveMember != sim.InactiveAllowed,
		Hang:          conform.Fault{Name: sim.Hang.String()},
		Faults:        faultsOf,
		Empty: func() *directory.Live {
			s := sim.EmptySnapshot()
			live := liveOf(s.Users, nil, s.Roles)
			live.Self, live.ProjectsRead = directory.UserID(s.Users[0].ID), true
			return live
		},
		Open: func(t *testing.T, company *directory.Live) conform.Simulator {
			s := sim.EmptySnapshot()
			s.Switches = switches
			s.Users = s.Users[:0]
			for _, u := range company.Users {
				s.Users = append(s.Users, simUser(u, s.Roles))
			}
			for _, g := range company.Groups {
				s.Groups = append(s.Groups, sim.Group{ID: int(g.ID), Name: string(g.Name), UserIDs: ints(g.Members)})
			}
			return &simulator{newSim(t, s)}
		},
	}
}

// faultsOf returns the kinds of faults that make a difference to a request. Late commits come soon and, for a process that
// looks again at once, too late.
func faultsOf(r conform.Request) []conform.Fault {
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

// simulator is a simulator of TestRail as the suites see it.
type simulator struct{ srv *sim.Server }

func (s *simulator) Connect(t *testing.T) conform.Target { return newWriter(t, s.srv) }

func (s *simulator) Live() (live *directory.Live) {
	_ = s.srv.Edit(func(state *sim.State) error {
		live = hands{state}.Live()
		return nil
	})
	live.Self = 1
	return live
}

// Watch lets the function see a request before it is handled, and passes on its fault.
func (s *simulator) Watch(before func(conform.Request, conform.Hands) conform.Fault) {
	var fault sim.Fault
	s.srv.Before = func(i sim.RequestInfo, state *sim.State) {
		r := conform.Request{Name: i.HTTP + " " + i.Route.Raw, Write: i.IsWrite}
		if strings.HasSuffix(i.Route.Method, "_group") && i.Route.Arg != "" {
			id, _ := strconv.Atoi(i.Route.Arg)
			r.Group = directory.GroupID(id)
		}
		fault = sim.Fault{}
		if f := before(r, hands{state}); f.Name != "" {
			rule, err := sim.ParseFault(f.Name)
			if err != nil {
				panic(err)
			}
			fault = rule.Fault
		}
	}
	s.srv.Fault = func(sim.RequestInfo) sim.Fault { return fault }
}

// hands are the simulator's, in the words of the directory.
type hands struct{ state *sim.State }

func (h hands) Live() *directory.Live {
	return liveOf(h.state.Users(), h.state.Groups(), h.state.Roles())
}

func (h hands) PutUser(u directory.User) error {
	account := simUser(u, h.state.Roles())
	if u.ID != 0 {
		return h.state.SetUser(account)
	}
	_, err := h.state.AddUser(account)
	return err
}

func (h hands) PutGroup(g directory.Group) error {
	if g.ID == 0 {
		_, err := h.state.AddGroup(sim.Group{Name: string(g.Name), UserIDs: ints(g.Members)})
		return err
	}
	if err := h.state.RenameGroup(int(g.ID), string(g.Name)); err != nil {
		return err
	}
	return h.state.SetMembers(int(g.ID), ints(g.Members)...)
}

func (h hands) DeleteGroup(id directory.GroupID) error { return h.state.DeleteGroup(int(id)) }

func liveOf(users []sim.User, groups []sim.Group, roles []sim.Role) *directory.Live {
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
		group := directory.Group{ID: directory.GroupID(g.ID), Name: directory.Name(g.Name)}
		for _, id := range g.UserIDs {
			group.Members = append(group.Members, directory.UserID(id))
		}
		live.Groups = append(live.Groups, group)
	}
	for _, r := range roles {
		live.Roles = append(live.Roles, directory.Role{ID: directory.RoleID(r.ID), Name: directory.Name(r.Name), Default: r.IsDefault})
	}
	return live
}

func simUser(u directory.User, roles []sim.Role) sim.User {
	role := roles[slices.IndexFunc(roles, func(r sim.Role) bool { return r.Name == string(u.Role) })]
	return sim.User{
		ID: int(u.ID), Name: u.Name, Email: string(u.Email), IsActive: u.Active, RoleID: role.ID, IsAdmin: u.Admin,
		EmailNotifications: u.EmailNotifications, MFARequired: u.MFARequired,
	}
}

func ints[ID ~int64](ids []ID) []int {
	out := make([]int, len(ids))
	for i, id := range ids {
		out[i] = int(id)
	}
	return out
}
