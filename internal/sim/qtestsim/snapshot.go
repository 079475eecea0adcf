package qtestsim

import (
	"io"

	"rollcall/internal/sim/snapfile"
)

// The identity of a snapshot file.
const (
	SnapshotKind          = "qtest-simulator"
	SnapshotFormatVersion = 1
)

// defaultURL is the address in links if the snapshot has none.
const defaultURL = "https://acme.example.test"

// Credentials of the simulator. They are made up and open nothing else.
const (
	// DefaultAdmin is the username of account 1, the administrator in the empty site and in generated ones.
	DefaultAdmin = "admin@acme.example"
	// DefaultToken is the long-lived token of account 1. That of any account is TokenPrefix and its id.
	DefaultToken = TokenPrefix + "1"
	// TokenPrefix begins the long-lived token of every account, as if copied from its page of resources.
	TokenPrefix = "sim-token-"
	// DefaultPassword is the password of every account that was given none by the API.
	DefaultPassword = "sim-password"
	// VendorPassword opens accounts that were created without a password (DOC): nobody should have any.
	VendorPassword = "admin123"
)

// Statuses of an account. Others are possible and mean neither (GUESS).
const (
	StatusNew      = 0 // invited, not activated; shown as 0 or 2
	StatusActive   = 1 // DOC
	StatusInactive = 3 // DOC
)

// Administrators is the system group with all rights (DOC).
const Administrators = "Administrators"

// Snapshot is the full state of a site as a file. Memberships stand on the groups and projects alone; what the API
// shows on the users' side is derived. Passwords and tokens are never in it.
type Snapshot struct {
	URL         string       // address that links carry; default https://acme.example.test
	Switches    Switches     // only those that are not at their default are written
	Users       []User       // by id
	Groups      []Group      // by id
	Profiles    []Profile    // of projects, in the order of the API
	Projects    []Project    // by id
	AuthSystems []AuthSystem // by id
}

// User is an account.
type User struct {
	ID             int    `json:"id"`
	Username       string `json:"username"` // login name; can't be changed by the API
	Email          string `json:"email,omitempty"`
	FirstName      string `json:"first_name"`
	LastName       string `json:"last_name"`
	Status         int    `json:"status"`
	AuthSystem     int    `json:"auth_system,omitempty"` // 0 is the site's own
	ExternalName   string `json:"external_name,omitempty"`
	SiteProfile    int    `json:"site_profile,omitempty"` // can be written, not read
	SiteAdmin      bool   `json:"site_admin,omitempty"`   // by an admin profile, as before groups had rights
	Timezone       string `json:"timezone,omitempty"`
	Country        string `json:"country,omitempty"`
	VendorPassword bool   `json:"vendor_password,omitempty"` // created without a password: VendorPassword opens it
	Note           string `json:"note,omitempty"`            // what the generator knows of the person; never served

	// FormerProjects are those that deactivation took and reactivation gives back.
	FormerProjects []Grant `json:"former_projects,omitempty"`
}

// Group is a user group with its full member list, in ascending order of id.
type Group struct {
	ID          int      `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	System      bool     `json:"system,omitempty"`
	Default     bool     `json:"default,omitempty"` // include_default_groups of create_user means these
	Authorities []string `json:"authorities,omitempty"`
	Projects    []Grant  `json:"projects,omitempty"` // whoever joins the group joins these (DOC)
	UserIDs     []int    `json:"user_ids"`
}

// Grant is a project and the profile that somebody has in it.
type Grant struct {
	Project int `json:"project"`
	Profile int `json:"profile"`
}

// Profile is a profile of projects. The ids differ from site to site (DOC).
type Profile struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// Project is a project with its members, in ascending order of id.
type Project struct {
	ID          int      `json:"id"`
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Sample      bool     `json:"sample,omitempty"`
	StartDate   string   `json:"start_date,omitempty"`
	AdminIDs    []int    `json:"admin_ids,omitempty"`
	UUID        string   `json:"uuid,omitempty"`
	Members     []Member `json:"members"`
}

// Member is an account in a project. Its profile can be written, not read.
type Member struct {
	User    int `json:"user"`
	Profile int `json:"profile"`
}

// AuthSystem is a way to sign on. Of SSO_SAML2 and TUA_OPENID a site has one at most.
type AuthSystem struct {
	ID         int          `json:"id"`
	Type       string       `json:"type"` // LDAP, SSO_SAML2 or TUA_OPENID
	Name       string       `json:"name"`
	Inactive   bool         `json:"inactive,omitempty"`
	AutoCreate bool         `json:"auto_create,omitempty"` // accounts are made at the first sign-on
	People     []LDAPPerson `json:"people,omitempty"`      // of an LDAP directory
}

// LDAPPerson is an entry of a directory.
type LDAPPerson struct {
	UID       string `json:"uid"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Mail      string `json:"mail"`
}

// EmptySnapshot is a site with one administrator, DefaultAdmin, the system groups, the default profiles (DOC for the
// names) and a sample project.
func EmptySnapshot() Snapshot {
	return Snapshot{
		Users: []User{{ID: 1, Username: DefaultAdmin, FirstName: "Ines", LastName: "Root", Status: StatusActive}},
		Groups: []Group{
			{ID: 1, Name: Administrators, System: true, UserIDs: []int{1}},
			{ID: 2, Name: "Insights Viewers", System: true, Authorities: []string{"ROLE_ANALYTICSVIEWER"}, UserIDs: []int{}},
			{ID: 3, Name: "Pulse Users", System: true, Authorities: []string{"ROLE_PULSEACCESS"}, UserIDs: []int{}},
			{ID: 4, Name: "Launch Users", System: true, Default: true, Authorities: []string{"ROLE_LAUNCHACCESS"}, UserIDs: []int{}},
		},
		Profiles: []Profile{
			{3, "Business Analyst"}, {5, "Developer"}, {2, "Project Admin"}, {4, "Project Manager"}, {6, "Quality Assurance"},
			{11, "Sessions Project Admin"}, {12, "Sessions User"},
		},
		Projects: []Project{{ID: 1, Name: "qConnect Sample Project", Sample: true, Members: []Member{{User: 1, Profile: 2}}}},
	}
}

// snapshotFile is a snapshot file as it is read.
type snapshotFile struct {
	snapfile.Head
	URL         string       `json:"url"`
	Switches    Switches     `json:"switches"`
	Users       []User       `json:"users"`
	Groups      []Group      `json:"groups"`
	Profiles    []Profile    `json:"profiles"`
	Projects    []Project    `json:"projects"`
	AuthSystems []AuthSystem `json:"auth_systems"`
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
	s := Snapshot{
		URL: f.URL, Switches: f.Switches, Users: f.Users, Groups: f.Groups, Profiles: f.Profiles, Projects: f.Projects,
		AuthSystems: f.AuthSystems,
	}
	if _, err := newState(s); err != nil {
		return Snapshot{}, err
	}
	return s, nil
}

// Save writes the snapshot as JSON, one account, group or project a line. The same snapshot gives the same bytes.
func (s Snapshot) Save(w io.Writer) error {
	return snapfile.Save(w, head(),
		snapfile.Value("url", s.URL), snapfile.Value("switches", s.Switches), snapfile.List("users", s.Users),
		snapfile.List("groups", s.Groups), snapfile.List("profiles", s.Profiles), snapfile.List("projects", s.Projects),
		snapfile.List("auth_systems", s.AuthSystems))
}
