package testrailsim

import (
	"io"

	"rollcall/internal/sim/snapfile"
)

// The identity of a snapshot file.
const (
	SnapshotKind          = "testrail-simulator"
	SnapshotFormatVersion = 1
)

// defaultURL is the address in project URLs if the snapshot has none.
const defaultURL = "https://acme.example.test/"

// Credentials of the simulator. They are made up and open nothing else.
const (
	// DefaultAdmin is the address of the administrator in the empty instance and in generated ones.
	DefaultAdmin = "admin@acme.example"
	// DefaultKey is the API key of every account that has no key of its own.
	DefaultKey = "sim-key"
	// DefaultPassword is the password of every account.
	DefaultPassword = "sim-password"
	// keyPrefix begins every key in a snapshot, so that no key of a real instance ends up in a file.
	keyPrefix = "sim-"
)

// Snapshot is the full state of an instance as a file. Memberships stand on the groups alone; the users' group_ids
// of the API are derived from them.
type Snapshot struct {
	URL      string    // address that the project URLs carry; default https://acme.example.test/
	Switches Switches  // only those that are not at their default are written
	Roles    []Role    // in the order of get_roles
	Users    []User    // by id
	Groups   []Group   // by id
	Projects []Project // by id
}

// User is an account.
type User struct {
	ID                 int    `json:"id"`
	Name               string `json:"name"`
	Email              string `json:"email"`
	IsActive           bool   `json:"is_active"`
	RoleID             int    `json:"role_id"`
	IsAdmin            bool   `json:"is_admin,omitempty"`
	EmailNotifications bool   `json:"email_notifications"`
	MFARequired        bool   `json:"mfa_required,omitempty"`
	SSOEnabled         bool   `json:"sso_enabled,omitempty"`
	AssignedProjects   []int  `json:"assigned_projects,omitempty"`
	APIKey             string `json:"api_key,omitempty"` // begins with "sim-"; "" means DefaultKey
	Note               string `json:"note,omitempty"`    // what the generator knows of the person; never served
}

// Group is a group with its full member list, in ascending order of id.
type Group struct {
	ID      int    `json:"id"`
	Name    string `json:"name"`
	UserIDs []int  `json:"user_ids"`
}

// Role is a global role.
type Role struct {
	ID             int    `json:"id"`
	Name           string `json:"name"`
	IsDefault      bool   `json:"is_default,omitempty"`
	IsProjectAdmin bool   `json:"is_project_admin,omitempty"`
	NoAccess       bool   `json:"no_access,omitempty"` // gives no access to a project; never served
}

// Project is a project with its access lists.
type Project struct {
	ID               int             `json:"id"`
	Name             string          `json:"name"`
	Announcement     string          `json:"announcement,omitempty"`
	ShowAnnouncement bool            `json:"show_announcement,omitempty"`
	IsCompleted      bool            `json:"is_completed,omitempty"`
	CompletedOn      int64           `json:"completed_on,omitempty"` // Unix seconds
	SuiteMode        int             `json:"suite_mode"`             // 1 to 3
	DefaultRoleID    int             `json:"default_role_id,omitempty"`
	Groups           []ProjectAccess `json:"groups,omitempty"`
	Users            []ProjectAccess `json:"users,omitempty"`
}

// ProjectAccess gives a user or group a role in a project. RoleID 0 is the user's global role (DOC).
type ProjectAccess struct {
	ID     int `json:"id"`
	RoleID int `json:"role_id"`
}

// EmptySnapshot is an instance with one administrator, DefaultAdmin, and the built-in roles. Their order and the
// default are LIVE, their names DOC and ISSUE; that "No Access" is among them is a GUESS.
func EmptySnapshot() Snapshot {
	return Snapshot{
		Roles: []Role{
			{ID: 5, Name: "No Access", NoAccess: true},
			{ID: 4, Name: "Read-only"},
			{ID: 2, Name: "Designer"},
			{ID: 3, Name: "Tester", IsDefault: true},
			{ID: 1, Name: "Lead"},
		},
		Users: []User{{
			ID: 1, Name: "Ines Root", Email: DefaultAdmin, IsActive: true, RoleID: 1, IsAdmin: true, EmailNotifications: true,
		}},
	}
}

// snapshotFile is a snapshot file as it is read.
type snapshotFile struct {
	snapfile.Head
	URL      string    `json:"url"`
	Switches Switches  `json:"switches"`
	Roles    []Role    `json:"roles"`
	Users    []User    `json:"users"`
	Groups   []Group   `json:"groups"`
	Projects []Project `json:"projects"`
}

func head() snapfile.Head {
	return snapfile.Head{Kind: SnapshotKind, FormatVersion: SnapshotFormatVersion}
}

// Load reads a snapshot and checks that it is one: kind, format version, ids, references. Unknown keys are errors.
func Load(r io.Reader) (Snapshot, error) {
	var f snapshotFile
	if err := snapfile.Load(r, &f); err != nil {
		return Snapshot{}, err
	}
	if err := f.Check(head()); err != nil {
		return Snapshot{}, err
	}
	s := Snapshot{URL: f.URL, Switches: f.Switches, Roles: f.Roles, Users: f.Users, Groups: f.Groups, Projects: f.Projects}
	if _, err := newState(s); err != nil {
		return Snapshot{}, err
	}
	return s, nil
}

// Save writes the snapshot as JSON, one account, group, role or project a line. The same snapshot gives the same bytes.
func (s Snapshot) Save(w io.Writer) error {
	members := []snapfile.Member{
		snapfile.Value("switches", s.Switches), snapfile.List("roles", s.Roles), snapfile.List("users", s.Users),
		snapfile.List("groups", s.Groups), snapfile.List("projects", s.Projects),
	}
	if s.URL != "" {
		members = append([]snapfile.Member{snapfile.Value("url", s.URL)}, members...)
	}
	return snapfile.Save(w, head(), members...)
}
