package conform

import (
	"testing"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// Simulation opens simulators of one tool, for the suites that disturb a run or count what it sends.
type Simulation struct {
	// Name says what is special about these simulators, in a few words.
	Name string
	// Empty returns an instance with the administrator who asks, the roles, profiles and ways to sign on that the tool has,
	// projects read, and nothing else. If the tool has roles, there are two at least.
	Empty func() *directory.Live
	// Open returns a simulator that holds a company, with its ids, and lasts as long as the test.
	Open func(t *testing.T, company *directory.Live) Simulator
	// Faults returns what can go wrong with a request.
	Faults func(Request) []Fault
	// Blind reports whether nobody can see that a reading with such a fault is not whole, because nothing else shows what it
	// hides; nil: everybody can, always. A run that was struck by one may take itself for converged; the next one finds out.
	Blind func(Request, Fault) bool
	// Hang is the fault of a request without effect and without an answer, until the caller gives up.
	Hang Fault
	// DropsInactive says that the tool takes inactive accounts out of groups, or refuses lists that hold them, and
	// HidesInactive that its groups do not show them.
	DropsInactive, HidesInactive bool
	// Unforeseen says that a run with changes may send more or less than any plan could know: lists are refused and sent again,
	// the tool does a part of the work, or only a write shows what it takes to read an account.
	Unforeseen bool
	// Invites says that the tool knows accounts that were invited and are not activated.
	Invites bool
}

// Simulator is an instance in memory that a suite can look into and disturb.
type Simulator interface {
	// Connect returns a client that knows nothing yet.
	Connect(t *testing.T) Target
	// Live returns everything as it is, whatever the API shows of it.
	Live() *directory.Live
	// Watch has a function called just before each request is handled, one at a time. What the function changes by hand
	// is there for the request; what it returns happens to the request.
	Watch(before func(Request, Hands) Fault)
}

// Hands change a simulator as somebody else would, past the API of this client. An id of 0 makes a new account or group.
type Hands interface {
	Live() *directory.Live
	// PutUser leaves the account's groups and projects as they are.
	PutUser(directory.User) error
	PutGroup(directory.Group) error
	DeleteGroup(directory.GroupID) error
	// PutMember makes an account a member of a project or ends that. It is not called if the tool has no such members.
	PutMember(project directory.ProjectID, user directory.UserID, member bool) error
}

// Request is what a suite knows of a request.
type Request struct {
	Name  string // what it asks for, such as "POST update_user/7"; the same in each run of the same plan
	Write bool
	About
	// Names are those whom a write names, if it is about some members of a project and not about a full set; Joins says that
	// it makes them members.
	Names []directory.UserID
	Joins bool
}

// About is the one thing, which exists, whose memberships a request reads or writes: the members of a group, the groups of
// an account where the tool writes them there, the members of a project. The zero value is none. Where it takes several
// requests to read an account, it is the first of them.
type About struct {
	Group   directory.GroupID
	User    directory.UserID
	Project directory.ProjectID
}

// Fault is a way in which one request goes wrong. The zero value is none.
type Fault struct {
	Name string
	Late bool // the write takes place some requests after it was answered with an error
	True bool // the answer says what is there all the same
}

func (s *Simulation) blind(r Request, f Fault) bool {
	return f.Name != "" && s.Blind != nil && s.Blind(r, f)
}

// ground is what a company can be built on.
type ground struct {
	*directory.Live           // as Empty returns it
	can             plan.Caps // of its tool
	invites         bool
}

func (s *Simulation) ground(t *testing.T) ground {
	t.Helper()
	empty := s.Empty()
	client := s.Open(t, empty).Connect(t)
	if _, err := client.Read(t.Context(), directory.Extent{Projects: true, SignOns: true}); err != nil {
		t.Fatalf("instance can't be read: %v", err)
	}
	return ground{empty, client.Caps(), s.Invites}
}

// joinsProjects reports whether the tool has members of projects.
func joinsProjects(can plan.Caps) bool { return can.Kinds[plan.AddToProject] }
