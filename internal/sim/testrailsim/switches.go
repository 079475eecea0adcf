package testrailsim

import "time"

// Version is the TestRail version to imitate. It decides which methods, fields and shapes exist.
type Version uint8

// The versions, newest first, so that the zero value is today's Cloud.
const (
	Cloud2026 Version = iota
	V931              // get_users becomes an envelope (ISSUE)
	V80               //
	V75               // group methods appear (DOC)
	V73               // add_user, update_user, get_roles and the newer user fields appear (DOC)
	V70               // &project_id= no longer satisfies get_users for a non-administrator (ISSUE)
	V66               // get_current_user and get_users/{project_id} appear (DOC)
)

// atLeast reports whether v is w or newer.
func (v Version) atLeast(w Version) bool { return v <= w }

// Edition is the licence of the instance.
type Edition uint8

// The editions. Enterprise adds sso_enabled and assigned_projects to users and users[] to projects (DOC).
const (
	Professional Edition = iota
	Enterprise
)

// ListShape is the outer shape of a list answer.
type ListShape uint8

// The list shapes. ShapeOfVersion follows the version: see Switches.UserList and Switches.OtherLists.
const (
	ShapeOfVersion ListShape = iota
	Envelope
	Array
)

// Order is the order of get_users, which no document states (GUESS).
type Order uint8

// The orders of get_users.
const (
	ByID Order = iota
	ByName
	ByIDDescending
)

// InactiveMember says what becomes of an inactive account in a group (GUESS, nobody knows).
type InactiveMember uint8

const (
	// InactiveAllowed keeps inactive members and lets them be added.
	InactiveAllowed InactiveMember = iota
	// InactiveDropped removes an account from all groups on deactivation and silently leaves inactive accounts out
	// of every member list written.
	InactiveDropped
	// InactiveRefused answers 400 to a member list that holds an inactive account, an old member or not.
	InactiveRefused
	// InactiveNewRefused answers 400 only if the inactive account is not yet a member.
	InactiveNewRefused
)

// Authentication says which credentials the instance takes.
type Authentication uint8

const (
	// PasswordOrKey takes DefaultPassword and the account's key by HTTP Basic (DOC).
	PasswordOrKey Authentication = iota
	// KeysOnly refuses passwords (DOC, 7.4).
	KeysOnly
	// APIDisabled answers 403 to everything (LIVE).
	APIDisabled
	// SessionOnly takes session cookies only, and the simulator issues none: every request is answered 401 (GUESS).
	SessionOnly
)

// Switches are the doubtful behaviours of TestRail, one field each. The zero value of every field is its default.
// Each has a name for flags and snapshots, listed by Options and set by Set.
type Switches struct {
	Version Version // which methods, fields and shapes exist
	Edition Edition // Professional or Enterprise

	UserList            ListShape // of get_users; ShapeOfVersion: an envelope from 9.3.1 (ISSUE), an array before (DOC)
	OtherLists          ListShape // of get_groups, get_roles, get_projects; ShapeOfVersion: an envelope, except get_projects before 7.3 without "x-api-ident: beta" (CLIENT)
	UserOrder           Order     // of get_users (GUESS)
	ShortCurrentUser    bool      // get_current_user as documented, six fields; default: the full record (LIVE)
	MFABool             bool      // mfa_required as true/false (DOC); default: 1/0 (LIVE)
	RoleIDString        bool      // role_id as a string, as samples of 6.4 to 7.2 show (DOC); default: a number
	NoProjectAdminField bool      // get_roles on Professional lacks is_project_admin (DOC); default: present (LIVE)
	PlainJSON           bool      // JSON without PHP's escapes; default: \/ and \uXXXX (LIVE)

	GroupIDInBodyOptional bool           // update_group does without group_id in its body; default: 400 (LIVE)
	UserIDInBodyNeeded    bool           // update_user wants user_id in its body; default: no (GUESS)
	AddUserActive         bool           // add_user without is_active makes an active account; default: inactive (DOC 2026)
	MergeGroupIDs         bool           // update_user.group_ids adds; default: replaces (GUESS)
	EmailCaseSensitive    bool           // addresses that differ in case are different; default: the same (GUESS)
	TakenEmailAllowed     bool           // add_user takes an address that an account bears; default: 400 (GUESS)
	UniqueGroupNames      bool           // a second group of a name is 400; default: allowed (GUESS)
	InactiveMember        InactiveMember // inactive accounts in groups (GUESS)
	OwnRecordOnly         bool           // a non-administrator who reads another account gets 403 (DOC); default: allowed (LIVE)
	RefuseUnknownFields   bool           // an unknown field in a body is 400; default: ignored (GUESS)
	UnknownMethod400      bool           // an unknown method is 400; default: 404 (DOC against public mocks)
	ReplaceProjectAccess  bool           // update_project replaces users and groups; default: merges, 0 Global Role, null clears (GUESS)

	SeatLimit        int            // most active accounts; 0: no limit (ISSUE: Server has one)
	SeatForbidden    bool           // answer at the seat limit is 403; default: 400 (GUESS)
	Authentication   Authentication // which credentials count
	LenientType      bool           // GET does without Content-Type; default: 400 (ISSUE)
	UserAgentNeeded  bool           // a request without User-Agent is 500 (ISSUE); default: fine
	RateLimit        int            // requests in a window of one minute, then 429; 0: off
	RateHeaderless   bool           // 429 without Retry-After; default: with it (DOC)
	Maintenance      Window         // answers 409 (DOC for the status)
	MaintenanceAfter bool           // 409 with Retry-After; default: without (GUESS)
	Latency          time.Duration  // added to each answer; the effect comes before the wait
	Faults           []FaultRule    // what goes wrong, beside Server.Fault
}

// Window is a span of time, counted from the first request that the server sees. The zero value is no window.
type Window struct {
	Always     bool
	Start, For time.Duration
}

// covers reports whether the window covers the moment, and the time left in it.
func (w Window) covers(sinceFirst time.Duration) (left time.Duration, ok bool) {
	if w.Always {
		return time.Minute, true
	}
	if sinceFirst < w.Start || sinceFirst >= w.Start+w.For {
		return 0, false
	}
	return w.Start + w.For - sinceFirst, true
}

func (s *Switches) usersEnvelope() bool {
	if s.UserList == ShapeOfVersion {
		return s.Version.atLeast(V931)
	}
	return s.UserList == Envelope
}

func (s *Switches) othersEnvelope() bool { return s.OtherLists != Array }

// projectsEnvelope: 6.7 to 7.2 made pagination opt-in by a request header, 7.2.1 forced it (CLIENT, ISSUE).
func (s *Switches) projectsEnvelope(beta bool) bool {
	if s.OtherLists == ShapeOfVersion {
		return s.Version.atLeast(V73) || s.Version.atLeast(V70) && beta
	}
	return s.OtherLists == Envelope
}
