package cli_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"rollcall/internal/sim/qtestsim"
)

// qtestSimulator is a simulator of qTest with the edits that wait for a request, whose method is an operation here.
type qtestSimulator struct {
	*qtestsim.Server
	appointments[*qtestsim.State]
}

func newQTest(text string) (simulator, error) {
	snapshot, err := qtestsim.Load(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	server, err := qtestsim.New(snapshot)
	if err != nil {
		return nil, err
	}
	s := &qtestSimulator{Server: server}
	server.Before = func(r qtestsim.RequestInfo, state *qtestsim.State) { s.due(r.Op, r.OpSeq, state) }
	return s, nil
}

// cmdQLogin sets the credentials here, because testscript prints what a script itself puts into the environment.
func cmdQLogin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: qlogin token|password|wrong-token|wrong-password|both")
	}
	ways := map[string][3]string{ // token, user, password
		"token":          {qtestsim.DefaultToken, "", ""},
		"password":       {"", qtestsim.DefaultAdmin, qtestsim.DefaultPassword},
		"wrong-token":    {wrongKey, "", ""},
		"wrong-password": {"", qtestsim.DefaultAdmin, wrongKey},
		"both":           {qtestsim.DefaultToken, qtestsim.DefaultAdmin, wrongKey},
	}
	way, ok := ways[args[0]]
	if !ok {
		ts.Fatalf("qlogin %q is not known", args[0])
	}
	for i, name := range [...]string{"QTEST_TOKEN", "QTEST_USER", "QTEST_PASSWORD"} {
		ts.Setenv(name, way[i])
	}
}

func (s *qtestSimulator) turn(switches []string) error {
	return s.Edit(func(*qtestsim.State) error { return set(&s.Switches, switches) })
}

func (s *qtestSimulator) edit(words []string) error {
	return s.Edit(func(state *qtestsim.State) error { return editSite(state, words) })
}

func (s *qtestSimulator) editBefore(operation string, number int, words []string) {
	s.add(operation, number, func(state *qtestsim.State) error { return editSite(state, words) })
}

func (s *qtestSimulator) lines() []logLine {
	var lines []logLine
	for _, r := range s.Requests() {
		lines = append(lines, logLine{r.String(), r.HTTP, r.IsWrite})
	}
	return lines
}

// editSite is what somebody else does on the web pages.
func editSite(state *qtestsim.State, words []string) error {
	if len(words) < 2 {
		return fmt.Errorf("edit %q: too few words", words)
	}
	verb, subject, rest := words[0], words[1], append(words[2:], "")
	user := func(name string, change func(*qtestsim.User) error) error {
		u, ok := state.UserByName(name)
		if !ok {
			return fmt.Errorf("no account %s", name)
		}
		return change(&u)
	}
	status := func(status int) error {
		return user(subject, func(u *qtestsim.User) error {
			u.Status = status
			return state.SetUser(*u)
		})
	}
	members := func(change func(ids []int, user int) []int) error {
		g, ok := state.GroupByName(subject)
		if !ok {
			return fmt.Errorf("no group %s", subject)
		}
		return user(rest[0], func(u *qtestsim.User) error { return state.SetMembers(g.ID, change(g.UserIDs, u.ID)...) })
	}
	project := func() int {
		i := slices.IndexFunc(state.Projects(), func(p qtestsim.Project) bool { return p.Name == subject })
		if i < 0 {
			return 0
		}
		return state.Projects()[i].ID
	}
	switch verb {
	case "deactivate":
		return status(qtestsim.StatusInactive)
	case "activate":
		return status(qtestsim.StatusActive)
	case "adduser":
		given, family, _ := strings.Cut(rest[0], " ")
		_, err := state.AddUser(qtestsim.User{Username: subject, FirstName: given, LastName: family, Status: qtestsim.StatusActive})
		return err
	case "addgroup":
		_, err := state.AddGroup(qtestsim.Group{Name: subject, UserIDs: []int{}})
		return err
	case "join":
		return members(func(ids []int, id int) []int { return append(ids, id) })
	case "leave":
		return members(func(ids []int, id int) []int { return slices.DeleteFunc(ids, func(i int) bool { return i == id }) })
	case "assign":
		return user(rest[0], func(u *qtestsim.User) error { return state.AddMember(project(), u.ID, 5) })
	case "unassign":
		return user(rest[0], func(u *qtestsim.User) error { return state.RemoveMember(project(), u.ID) })
	}
	return fmt.Errorf("edit %q is not known", verb)
}
