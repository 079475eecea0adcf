package directory

import "fmt"

// Pos is a place in a file of the roster. Line and Column count from 1; a zero Line means "no place".
type Pos struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// String returns file:line:column, the file alone for no place in it.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Problem is something wrong at a place. Hint, if any, is advice on how to mend it.
type Problem struct {
	Pos  Pos
	Text string
	Hint string
}

// Key is one key of the file with its three states: absent (not managed), or set, to a value that may be empty.
type Key[T any] struct {
	Value       T
	Set         bool
	FromDefault bool // it stands in `defaults`, not on the person or group
	Pos         Pos  // where it stands
}

// At returns a key that is set to value at pos.
func At[T any](value T, pos Pos) Key[T] { return Key[T]{Value: value, Set: true, Pos: pos} }

// Desired is the desired state: everything the files say, checked as far as files alone can be. Users are sorted by
// address key and groups by name; no key or name occurs twice.
type Desired struct {
	Target   TargetAssertion
	Timezone string // IANA name of every date in the files, "UTC" if they say nothing
	Unlisted Unlisted
	Guards   Guards
	Seats    Seats
	Users    []WantUser
	Groups   []WantGroup
	Gone     []GroupID // groups that shall not exist. No key of the file says so: to take back a run may need it
	Files    []File    // every file that was read, the root file first, then sorted by path
}

// File is a file that was read, relative to the root file's folder as the roster names it, and the SHA-256 of its bytes (hex).
type File struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// TargetAssertion is what the file says about where it is meant to be applied. It never chooses where a credential goes.
type TargetAssertion struct {
	Kind Key[string]
	URL  Key[string]
}

// UnlistedPolicy says what happens to what exists in the tool and not in the file.
type UnlistedPolicy string

// The policies: PolicyDeactivate is for users alone, PolicyDelete for groups alone.
const (
	PolicyIgnore     UnlistedPolicy = "ignore"
	PolicyReport     UnlistedPolicy = "report"
	PolicyDeactivate UnlistedPolicy = "deactivate"
	PolicyDelete     UnlistedPolicy = "delete"
)

// Unlisted holds the two policies; the loader fills in PolicyReport where the file says nothing.
type Unlisted struct {
	Users  UnlistedPolicy
	Groups UnlistedPolicy
	Pos    Pos
}

// WantUser is one person of the file.
type WantUser struct {
	Email Email
	Was   []Key[Email] // former addresses, in the file's order
	ID    Key[UserID]  // the pin
	Name  Key[string]
	Role  Key[Name]

	// Active is the key `active` alone. Leaver and Until may overrule it: see plan.
	Active Key[bool]
	Leaver Pos // where `leavers` names the person; zero if it does not
	Until  Key[Date]

	Admin              Key[bool]
	EmailNotifications Key[bool]
	MFARequired        Key[bool]
	SSOEnabled         Key[bool]
	AssignedProjects   Key[[]Name]

	// GivenName and FamilyName stand in place of Name: a person has either.
	GivenName    Key[string]
	FamilyName   Key[string]
	SignOn       Key[Name]   // the key auth.system
	ExternalName Key[string] // the key auth.external_name
	// Projects are all the projects that the person shall be a member of, each once.
	Projects Key[[]ProjectRef]

	Groups []GroupRef // the user's own `groups`; it only adds
	Note   string
	Scope  *Scope // of the file that holds the entry; nil for the root file
	Pos    Pos    // of the entry; for a person named by `leavers` alone, of that line
}

// OnlyLeaver reports whether `leavers` is all that names the person: nothing but the active state is managed.
func (u *WantUser) OnlyLeaver() bool { return u.Leaver.Line != 0 && u.Pos == u.Leaver }

// GroupRef is a group named on a user, and MemberRef a user named on a group.
type GroupRef struct {
	Name Name
	Pos  Pos
}

// ProjectRef is a project named on a user, with the profile that the person shall have there.
type ProjectRef struct {
	Project Name
	Profile Name // never empty: the loader fills in DefaultProfile
	Pos     Pos
	// ProfilePos is where the profile stands; zero if the file names none.
	ProfilePos Pos
	// ID is the project itself, whatever it is called; 0: the only one of the name. No key of the file says so: to take back
	// a run may need it.
	ID ProjectID
}

// DefaultProfile is what a member of a project is who has no profile in the file. It is also what qTest makes of him (DOC).
const DefaultProfile Name = "Developer"

// MemberRef is a user named on a group.
type MemberRef struct {
	Email Email
	Pos   Pos
}

// GroupMode says whether members that the file does not list are removed.
type GroupMode string

// The modes. Amend is not for files: whoever is not named by Members or Without stays as he is.
const (
	Exact   GroupMode = "exact"
	AtLeast GroupMode = "at_least"
	Amend   GroupMode = "amend"
)

// WantGroup is one group of the file. Members is the group's own `members`; the union with the users' `groups` is made
// by Desired.Members.
type WantGroup struct {
	Name    Name
	Was     []Key[Name]
	ID      Key[GroupID]
	Mode    Key[GroupMode]
	Members Key[[]MemberRef]
	Without []UserID // of mode Amend: members who shall go
	Note    string
	Scope   *Scope // of the file that holds the entry; nil for the root file
	Pos     Pos
}

// Members returns for each group of the file, by canonical name, its desired members from both sides of the relation, each
// member once, at the place that named it first (the group's own list before the users'). Order: as listed, then users by
// address.
func (d *Desired) Members() map[Name][]MemberRef {
	members := make(map[Name][]MemberRef, len(d.Groups))
	seen := make(map[Name]map[EmailKey]bool, len(d.Groups))
	add := func(group Name, m MemberRef) {
		if seen[group] == nil {
			seen[group] = make(map[EmailKey]bool)
		}
		key := m.Email.Key()
		if !seen[group][key] {
			seen[group][key] = true
			members[group] = append(members[group], m)
		}
	}
	for i := range d.Groups {
		for _, m := range d.Groups[i].Members.Value {
			add(d.Groups[i].Name.Canonical(), m)
		}
	}
	for i := range d.Users {
		for _, g := range d.Users[i].Groups {
			add(g.Name.Canonical(), MemberRef{Email: d.Users[i].Email, Pos: g.Pos})
		}
	}
	return members
}
