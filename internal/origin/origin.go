// Package origin answers from the desired state which line of a roster gives a person or a group what, and where a line
// would have to stand that gives more. It must not read files, know a clock or the live state, or put answers into words.
//
//	origin.go     who is asked about, the answer
//	person.go     what the roster says about a person; group.go: about a group
//	question.go   which of it was asked for
//	way.go        where it would have to be written
//	near.go       what somebody meant who mistyped a name
package origin

import (
	"fmt"
	"strings"

	"rollcall/internal/directory"
)

// Options are what an answer depends on beside the roster.
type Options struct {
	Root  string         // the root file, as places name it
	Today directory.Date // in the time zone of the roster
	// Lacks has the keys of a person that the tool of the roster can't hold: nothing that stands under one of them is missed
	// or advised. Nil if the tool is not known.
	Lacks map[string]string
}

// Kind says what an answer is about.
type Kind string

// The kinds of subjects.
const (
	Person Kind = "person"
	Group  Kind = "group"
)

// State is what the roster says about whether a person has access today.
type State string

// The states. Of whom is Listed the roster says nothing: an account that is inactive in the tool stays so, and a new one is
// active.
const (
	Active   State = "active"
	Inactive State = "inactive"
	Listed   State = "listed"
)

// Part is the part of a roster that says something.
type Part string

// The parts.
const (
	OwnEntry Part = "entry"    // the entry of the person or group
	Defaults Part = "defaults" // which hold where an entry says nothing
	Members  Part = "members"  // of a group
	Groups   Part = "groups"   // of a person
	Projects Part = "projects" // that a person is a member of
	Leavers  Part = "leavers"
)

// Place is where the roster says something.
type Place struct {
	directory.Pos
	Part  Part   `json:"part"`
	Grant *Grant `json:"grant,omitempty"` // what lets the file say so; nil for the root file, which may say everything
}

// Grant is the include entry that lets a file say something, or would have to, and the key of it that is about such things.
type Grant struct {
	Entry directory.Pos `json:"include"`
	Key   string        `json:"key"`
}

// Fact is one thing that the roster says. Key is the key of the file, in the singular where the file has a list: "group" for
// each group of a person, "member" for each member of a group, "project" for each that a person is a member of or manages,
// "was", and "leaver"; a key below a key is told as a path, such as "auth.system".
type Fact struct {
	Key      string              `json:"key"`
	Value    string              `json:"value"`
	Places   []Place             `json:"places"`             // the one that counts first
	Mode     directory.GroupMode `json:"mode,omitempty"`     // of a group that the fact is about
	Profile  directory.Name      `json:"profile,omitempty"`  // that a person has in a project
	Inactive bool                `json:"inactive,omitempty"` // a member who shall have no access

	list string // the key of the list that a "project" stands in
}

// Answer is what the roster says about a person or a group.
type Answer struct {
	FormatVersion int            `json:"format_version"`
	Kind          Kind           `json:"kind"`
	Subject       string         `json:"subject"`            // as the roster spells it
	Former        string         `json:"former,omitempty"`   // the former address or name that was asked for
	Source        Place          `json:"source"`             // of the entry; of whom `leavers` alone names, that line
	State         State          `json:"state,omitempty"`    // of a person
	Days          *int           `json:"days,omitempty"`     // from today to the last day of access; negative: it has passed
	Timezone      string         `json:"timezone,omitempty"` // of that day
	Today         directory.Date `json:"today"`
	Facts         []Fact         `json:"facts"`     // those that were asked for
	Unmanaged     []string       `json:"unmanaged"` // keys that the roster does not set: neither compared nor changed

	Asked string `json:"asked,omitempty"` // what was asked for; "" for everything
	Said  bool   `json:"said"`            // whether the roster gives it; a flag that is false does not
	Near  string `json:"near,omitempty"`  // what may have been meant
	Ways  []Way  `json:"ways,omitempty"`  // lines that would give it
}

// Into says what the place of a way is.
type Into string

// What a way leads into. The sections are those of the root file.
const (
	IntoEntry   Into = "entry"
	IntoList    Into = "list"
	IntoLine    Into = "line"    // the line takes the place of the one that stands there
	IntoNothing Into = "nothing" // the line that stands there goes
	IntoUsers   Into = "users"
	IntoGroups  Into = "groups"
	IntoLeavers Into = "leavers"
)

// Way is a line that would give what the roster does not.
type Way struct {
	Line  string        `json:"line,omitempty"` // of YAML; words in capitals stand for what to choose
	Into  Into          `json:"into"`
	At    directory.Pos `json:"at"`
	Needs *Grant        `json:"needs,omitempty"` // what the include entry of the file would have to grant first
}

// UnknownError says that a roster names nobody and nothing like that. Near is what may have been meant, "" for nothing.
type UnknownError struct {
	Who  string
	Near string
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("%q is no person and no group of the roster", e.Who)
}

// Of returns what the roster says about who, and of that what alone if it is not "". Who is an address or the name of a
// group, present or former, or either behind "user:" or "group:". It returns an *UnknownError if the roster names no such.
func Of(want *directory.Desired, who, what string, opts Options) (*Answer, error) {
	q := question{want: want, opts: opts, what: what}
	address, isUser := strings.CutPrefix(who, "user:")
	name, isGroup := strings.CutPrefix(who, "group:")
	if !isGroup {
		if u, former := findUser(want, directory.Email(address)); u != nil {
			return q.person(u, former), nil
		}
	}
	if !isUser {
		if g, former := findGroup(want, directory.Name(name)); g != nil {
			return q.group(g, former), nil
		}
	}
	return nil, &UnknownError{Who: who, Near: nearSubject(want, who)}
}

// findUser returns the person of an address; former is the address if it is one of former times.
func findUser(want *directory.Desired, email directory.Email) (u *directory.WantUser, former string) {
	key := email.Key()
	for i := range want.Users {
		if want.Users[i].Email.Key() == key {
			return &want.Users[i], ""
		}
		for _, was := range want.Users[i].Was {
			if was.Value.Key() == key {
				u, former = &want.Users[i], string(was.Value)
			}
		}
	}
	return u, former
}

func findGroup(want *directory.Desired, name directory.Name) (g *directory.WantGroup, former string) {
	name = name.Canonical()
	for i := range want.Groups {
		if want.Groups[i].Name.Canonical() == name {
			return &want.Groups[i], ""
		}
		for _, was := range want.Groups[i].Was {
			if was.Value.Canonical() == name {
				g, former = &want.Groups[i], string(was.Value)
			}
		}
	}
	return g, former
}
