package conform

import (
	"testing"

	"rollcall/internal/directory"
)

// Simulation opens simulators of one tool, for the suites that disturb a run: FaultMatrix, Adversary and Crash.
type Simulation struct {
	// Name says what is special about these simulators, in a few words.
	Name string
	// Empty returns an instance with the administrator who asks and at least two roles, projects read, and nothing else.
	Empty func() *directory.Live
	// Open returns a simulator that holds a company, with its ids, and lasts as long as the test.
	Open func(t *testing.T, company *directory.Live) Simulator
	// Faults returns what can go wrong with a request.
	Faults func(Request) []Fault
	// Hang is the fault of a request without effect and without an answer, until the caller gives up.
	Hang Fault
	// DropsInactive says that the tool takes inactive accounts out of groups, or refuses lists that hold them, and
	// HidesInactive that its groups do not show them.
	DropsInactive, HidesInactive bool
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
	PutUser(directory.User) error
	PutGroup(directory.Group) error
	DeleteGroup(directory.GroupID) error
}

// Request is what a suite knows of a request.
type Request struct {
	Name  string            // what it asks for, such as "POST update_user/7"; the same in each run of the same plan
	Write bool              //
	Group directory.GroupID // whose members it reads or writes, if it is about one group that exists
}

// Fault is a way in which one request goes wrong. The zero value is none.
type Fault struct {
	Name string
	Late bool // the write takes place some requests after it was answered with an error
	True bool // the answer says what is there all the same
}
