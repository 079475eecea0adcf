package qtestsim

import (
	"time"

	"rollcall/internal/sim/fault"
	"rollcall/internal/sim/setting"
)

// Generation is the age of the server. It decides which operations and fields exist (DOC: three of the vendor's Swagger
// files).
type Generation uint8

// The generations, newest first, so that the zero value is today's.
const (
	Gen2026 Generation = iota
	Gen2023            // email is a recovery address of its own
	Gen2018            // no update of users, no removal from projects, no groups, no authentication systems: 404
)

// EmptyText is how an optional text without a value is written.
type EmptyText uint8

// The ways to write no text. Absent is what the Swagger's samples suggest, null what captured bodies hold (CLIENT).
const (
	NullText EmptyText = iota
	BlankText
	AbsentText
)

// Status is the HTTP status of a refusal that no document tells.
type Status uint8

// The statuses to choose from.
const (
	Status400 Status = iota
	Status402
	Status403
	Status409
)

// code returns the status as a number.
func (s Status) code() int { return [...]int{400, 402, 403, 409}[min(s, Status409)] }

// Switches are the doubtful behaviours of qTest, one field each. The zero value of every field is its default. Each has
// a name for flags and snapshots, listed by Options and set by Set.
type Switches struct {
	Generation Generation // which operations and fields exist
	NoAPI      bool       // the edition has no API: everything is 402; default: it has (DOC)

	UpdateClears       bool // update_user empties names, groups and sign-on if they are missing; default: leaves them (GUESS)
	EmptyGroupsKeep    bool // user_group_ids [] leaves the groups; default: clears them (GUESS)
	NullGroupsClear    bool // user_group_ids null clears the groups; default: leaves them (GUESS)
	UserHidesGroups    bool // get_user_by_id answers user_group_ids null; default: the groups (DOC for the field, GUESS for its value)
	GroupsHideUsers    bool // get_groups answers users null and total_user alone; default: the users (as before)
	EmptySearchNobody  bool // find_by_user_name_or_email without username finds nobody; default: everybody (GUESS)
	SearchPart         bool // its username may be a part of the name; default: the whole (GUESS)
	SearchNeedsProject bool // find_users_by_projects_name leaves out people without a project; default: it has them (GUESS)
	InactiveShown      bool // parameter inactive left out means true (DOC, schema); default: false (DOC, text)

	Duplicate         Status // a username that an account bears: 400 or another (GUESS)
	UsernameCase      bool   // usernames that differ in case are different accounts; default: the same (GUESS)
	ReassignKeeps     bool   // assigning a member again keeps the profile; default: sets it (GUESS)
	StrangerRefused   bool   // removing somebody who is no member is 400; default: nothing happens (GUESS)
	SkipUnknownIDs    bool   // unknown ids in a list are skipped; default: the whole request is 400 (GUESS)
	NewIsTwo          bool   // status of an invited account is 2; default: 0 (GUESS, Swagger examples)
	NewStays          bool   // status 1 for an invited account is 400; default: activates it (GUESS)
	KeepProjects      bool   // deactivation leaves the projects; default: takes them (DOC for the pages, GUESS here)
	ForgetProjects    bool   // reactivation gives no project back; default: those from before (as above)
	KeepTokens        bool   // tokens of the inactive go on; default: they end (GUESS)
	LastAdminMayGo    bool   // the last active administrator may be lost; default: 400 (DOC, old manual)
	LDAPNamesWritable bool   // names of LDAP people take what is written; default: the directory's win (DOC)
	JoinSample        bool   // a created account joins the sample project (DOC for the pages); default: it does not (GUESS)
	CallerInProject   bool   // an administrator needs to be in a project to change its members (CLIENT); default: no
	PasswordLength    int    // shortest password that is taken; 0: any (DOC for a policy, GUESS for its form)
	SeatLimit         int    // most active accounts; 0: no limit
	SeatStatus        Status // answer at that limit: 400, 402, 403 or 409 (GUESS)

	OversizeRefused   bool          // a pageSize over the most is 400; default: it is lowered (GUESS)
	ProjectsFirstPage bool          // get_projects without page is page 1 (DOC, schema); default: all (DOC, text)
	Empty             EmptyText     // optional texts without a value
	ExtraFields       bool          // records have fields that no document names; default: none
	RateMinute        int           // requests in a minute, then 429; 0: off (REPORT for the limit, nobody tells its height)
	RateMonth         int           // requests in 30 days, then 429; 0: off (as before)
	RateHeaderless    bool          // 429 without Retry-After; default: with it (GUESS)
	TokenLife         time.Duration // how long a token of oauth_token lives; 0: for ever (CLIENT: captured without expires_in)
	TokenCalls        int           // calls after which any token is refused; 0: no end
	Latency           time.Duration // added to each answer; the effect comes before the wait
	Faults            []fault.Rule  // what goes wrong, beside Server.Fault
}

// Option describes one switch to a command line.
type Option = setting.Option

// Options lists all switches in the order in which they are documented.
func Options() []Option {
	var s Switches
	return s.table().Options()
}

// Set sets the named switch from text. It returns an error for an unknown name or value and leaves s as it was then.
// "fault" adds rules (several are separated by commas); the value "none" removes all of them.
func (s *Switches) Set(name, value string) error { return s.table().Set(name, value) }

// Get returns the named switch as text, in the form that Set takes; "" for an unknown name.
func (s *Switches) Get(name string) string { return s.table().Get(name) }

// MarshalJSON writes the switches that are not at their default, by name.
func (s Switches) MarshalJSON() ([]byte, error) { return s.table().JSON(), nil }

// UnmarshalJSON sets the switches named in the object; the others get their default.
func (s *Switches) UnmarshalJSON(data []byte) error {
	var fresh Switches
	if err := fresh.table().SetJSON(data); err != nil {
		return err
	}
	*s = fresh
	return nil
}

// table is behind flags, snapshots and help. The order is that of Switches' documentation.
func (s *Switches) table() setting.Table {
	return setting.Table{
		setting.Choice(&s.Generation, "generation", "age of the server to imitate", "2026", "2023", "2018"),
		setting.Toggle(&s.NoAPI, "edition", "licence of the site", "elite", "without-api"),
		setting.Toggle(&s.UpdateClears, "update-missing", "fields missing from update_user", "keep", "clear"),
		setting.Toggle(&s.EmptyGroupsKeep, "empty-groups", "user_group_ids [] of update_user", "clear", "keep"),
		setting.Toggle(&s.NullGroupsClear, "null-groups", "user_group_ids null of update_user", "keep", "clear"),
		setting.Toggle(&s.UserHidesGroups, "user-groups", "user_group_ids of get_user_by_id", "present", "null"),
		setting.Toggle(&s.GroupsHideUsers, "group-users", "users of get_groups", "present", "null"),
		setting.Toggle(&s.EmptySearchNobody, "empty-search", "find_by_user_name_or_email without username", "everybody", "nobody"),
		setting.Toggle(&s.SearchPart, "search-match", "username of find_by_user_name_or_email", "whole", "part"),
		setting.Toggle(&s.SearchNeedsProject, "project-search", "people without a project in find_users_by_projects_name", "present", "absent"),
		setting.Toggle(&s.InactiveShown, "inactive-default", "parameter inactive left out", "false", "true"),
		setting.Choice(&s.Duplicate, "duplicate-username", "status for a username that is taken", "400", "402", "403", "409"),
		setting.Toggle(&s.UsernameCase, "username-case", "usernames that count as the same", "insensitive", "sensitive"),
		setting.Toggle(&s.ReassignKeeps, "reassign", "profile of a member who is assigned again", "set", "keep"),
		setting.Toggle(&s.StrangerRefused, "remove-stranger", "removing somebody who is no member", "ignore", "400"),
		setting.Toggle(&s.SkipUnknownIDs, "unknown-id", "unknown ids in a list", "400", "skip"),
		setting.Toggle(&s.NewIsTwo, "new-status", "status of an invited account", "0", "2"),
		setting.Toggle(&s.NewStays, "activate-new", "status 1 for an invited account", "allow", "400"),
		setting.Toggle(&s.KeepProjects, "deactivate-projects", "projects of an account that is deactivated", "remove", "keep"),
		setting.Toggle(&s.ForgetProjects, "reactivate-projects", "projects of an account that is reactivated", "restore", "none"),
		setting.Toggle(&s.KeepTokens, "inactive-tokens", "tokens of inactive accounts", "end", "keep"),
		setting.Toggle(&s.LastAdminMayGo, "last-admin", "losing the last active administrator", "400", "allow"),
		setting.Toggle(&s.LDAPNamesWritable, "ldap-names", "names written to an LDAP account", "ignore", "take"),
		setting.Toggle(&s.JoinSample, "sample-project", "a created account joins the sample project", "no", "yes"),
		setting.Toggle(&s.CallerInProject, "caller-in-project", "an administrator needs to be in a project to change it", "no", "yes"),
		setting.Number(&s.PasswordLength, "password-length", "shortest password that is taken", "any"),
		setting.Number(&s.SeatLimit, "seat-limit", "most active accounts", "none"),
		setting.Choice(&s.SeatStatus, "seat-status", "answer at the seat limit", "400", "402", "403", "409"),
		setting.Toggle(&s.OversizeRefused, "page-size", "a pageSize over the most", "lower", "400"),
		setting.Toggle(&s.ProjectsFirstPage, "projects-page", "get_projects without page", "all", "first"),
		setting.Choice(&s.Empty, "empty-text", "optional texts without a value", "null", "blank", "absent"),
		setting.Toggle(&s.ExtraFields, "extra-fields", "fields that no document names", "no", "yes"),
		setting.Number(&s.RateMinute, "rate-minute", "requests a minute before 429", "off"),
		setting.Number(&s.RateMonth, "rate-month", "requests in 30 days before 429", "off"),
		setting.Toggle(&s.RateHeaderless, "rate-header", "Retry-After on 429", "yes", "no"),
		setting.Duration(&s.TokenLife, "token-life", "how long a token of oauth_token lives, 0s for ever"),
		setting.Number(&s.TokenCalls, "token-calls", "calls before any token is refused", "no-end"),
		setting.Duration(&s.Latency, "latency", "wait before each answer"),
		setting.Faults(&s.Faults, FaultKinds(), "fault", "fault to inject, KIND[:ARG][@WHERE]; WHERE is N, N-M, N+, OPERATION or OPERATION#N"),
	}
}

// FaultKinds returns the kinds of faults that this simulator can show. For a list that is paged by numbers there is no
// next page to loop to; a page that ends early tells a total to match.
func FaultKinds() []fault.Kind {
	return fault.Kinds(fault.Conflict, fault.LegacyLine, fault.StdClass, fault.PageLoops)
}
