package plan

import "rollcall/internal/directory"

// Caps are the abilities of one instance of a tool, discovered while reading it. Build asks them instead of a tool's name.
type Caps struct {
	Membership Side `json:"membership"` // which side of the user-by-group relation is written

	// Kinds has the kinds of action that the API can carry out. What is not in it becomes a manual step.
	Kinds map[Kind]bool `json:"kinds"`
	// Reported has the fields that the instance reports of its users, Writable those that it accepts. A field of the file
	// that is not reported can't be compared: a note, never drift.
	Reported map[Field]bool `json:"reported"`
	Writable map[Field]bool `json:"writable"`

	ReadsGroups bool `json:"reads_groups"` // groups and their members were read
	ReadsRoles  bool `json:"reads_roles"`  // the list of roles was read; otherwise only the roles that users bear are known

	// Where names the page of the tool's interface on which a person does what the API can't.
	Where map[Kind]string `json:"where"`
	// Why says for such a kind why the API can't, a short phrase such as "user writes need version 7.3".
	Why map[Kind]string `json:"why"`

	// RenamesGroups says that the name of a group can be written. Where it can't, Where and Why of UpdateGroup are about that.
	RenamesGroups bool `json:"renames_groups"`
	// NameParts says that the tool holds a given and a family name: a name in one piece is split to be written.
	NameParts bool `json:"name_parts,omitempty"`
	// AdminGroup is the name of the group whose members are the administrators: it stands for the key `admin` and is no
	// group of the live state. "" where an account bears a flag.
	AdminGroup directory.Name `json:"admin_group,omitempty"`

	// MinorRights has the rights over the whole instance, as directory.Group.Rights names them, with which nobody can change an
	// account, a group or how people sign on. Whoever joins a group with any other is as good as an administrator.
	MinorRights []string `json:"minor_rights,omitempty"`

	Pages Pages `json:"pages"`
	// Once is how many requests the first reading takes beside its lists of users, groups and projects: who am I, roles and
	// the like. EachTime is how many every reading takes beside them, UserLists how many lists of all users it reads, and
	// AccountReads how many requests it takes to read one account before it is written.
	Once         int  `json:"once"`
	EachTime     int  `json:"each_time,omitempty"`
	UserLists    int  `json:"user_lists"`
	AccountReads int  `json:"account_reads,omitempty"`
	Pace         Pace `json:"pace"`
	// Joining says what happens to people who are created, one sentence without a full stop; "" if there is nothing to say.
	Joining string `json:"joining"`
}

// Side is the side of the user-by-group relation that a tool writes.
type Side string

// The sides.
const (
	OnGroup Side = "group"
	OnUser  Side = "user"
)

// Pace is how fast requests may be sent: PerMinute in the long run after a Burst. A zero PerMinute is unpaced.
type Pace struct {
	PerMinute int `json:"per_minute"`
	Burst     int `json:"burst"`
}

// unverifiable reports whether a field can be written and not read back.
func (c *Caps) unverifiable(f Field) bool { return c.Writable[f] && !c.Reported[f] }

// Pages is the number of items in a page of each list; 0 for a list that comes whole.
type Pages struct {
	Users    int `json:"users"`
	Groups   int `json:"groups"`
	Projects int `json:"projects"`
}
