// Package plan turns a desired state and a live state into a plan: a value that says how to get from one to the other,
// what stands against it and what it costs. It must not know a network, a clock, a context, a logger or a colour, and the
// same inputs in any order give the same bytes.
package plan

import (
	"rollcall/internal/directory"
)

// FormatVersion is the version of the JSON form of a plan.
const FormatVersion = 1

// Plan says how to get from the live state to the desired state. A plan that is not executed is the dry run.
type Plan struct {
	FormatVersion int    `json:"format_version"`
	ToolVersion   string `json:"tool_version"`
	Target        Target `json:"target"`
	Basis         Basis  `json:"basis"`
	Scope         Scope  `json:"scope"`
	Undoes        string `json:"undoes,omitempty"` // id of the run that this plan takes back; "": it is of a roster

	Summary Summary       `json:"summary"`
	Batches []Batch       `json:"batches"`
	Manual  []ManualStep  `json:"manual_steps"`
	Notes   []Note        `json:"notes"`
	Guards  []GuardResult `json:"guards"`
	Cost    Cost          `json:"cost"`

	// Digest is the SHA-256 (hex) of all of the above as it is saved, set by Seal.
	Digest string `json:"digest"`
}

// Target names the instance a plan is for.
type Target struct {
	Kind      string `json:"kind"`
	URL       string `json:"url"`
	Simulator bool   `json:"simulator,omitempty"` // an embedded simulator: the plan is refused elsewhere
}

// Basis is what the plan was computed from, as SHA-256 digests (hex), and the day it was computed for.
type Basis struct {
	Today    directory.Date   `json:"today"`
	Timezone string           `json:"timezone"`
	Files    []directory.File `json:"files"`
	Live     string           `json:"live"`
}

// Scope is what a run was limited to. The zero Scope is everything.
type Scope struct {
	Only       []string `json:"only,omitempty"` // user:ADDRESS or group:NAME
	NoRemovals bool     `json:"no_removals,omitempty"`
}

// Kind is what an action does.
type Kind string

// The kinds of action.
const (
	CreateUser        Kind = "create_user"
	UpdateUser        Kind = "update_user"
	DeactivateUser    Kind = "deactivate_user"
	ReactivateUser    Kind = "reactivate_user"
	CreateGroup       Kind = "create_group"
	UpdateGroup       Kind = "update_group"
	DeleteGroup       Kind = "delete_group"
	AddToProject      Kind = "add_to_project"
	RemoveFromProject Kind = "remove_from_project"
)

// Kinds lists every kind in the order of the summary.
func Kinds() []Kind {
	return []Kind{CreateUser, UpdateUser, DeactivateUser, ReactivateUser, CreateGroup, UpdateGroup, DeleteGroup, AddToProject, RemoveFromProject}
}

// Noun is what the subject of such an action is.
func (k Kind) Noun() Noun {
	switch k {
	case CreateGroup, UpdateGroup, DeleteGroup:
		return OfGroup
	case AddToProject, RemoveFromProject:
		return OfProject
	}
	return OfUser
}

// OnUser reports whether the subject of such an action is a user.
func (k Kind) OnUser() bool { return k.Noun() == OfUser }

// OnGroup reports whether the subject of such an action is a group.
func (k Kind) OnGroup() bool { return k.Noun() == OfGroup }

// OnProject reports whether the subject of such an action is a project.
func (k Kind) OnProject() bool { return k.Noun() == OfProject }

// Noun is what an action is about.
type Noun string

// The nouns.
const (
	OfUser    Noun = "user"
	OfGroup   Noun = "group"
	OfProject Noun = "project"
)

// Field is a field of a user or group, as the file names it.
type Field string

// The fields. FieldName is the name of a user and of a group.
const (
	FieldEmail              Field = "email"
	FieldName               Field = "name"
	FieldRole               Field = "role"
	FieldActive             Field = "active"
	FieldAdmin              Field = "admin"
	FieldEmailNotifications Field = "email_notifications"
	FieldMFARequired        Field = "mfa_required"
	FieldSSOEnabled         Field = "sso_enabled"
	FieldAssignedProjects   Field = "assigned_projects"
	FieldGivenName          Field = "given_name"
	FieldFamilyName         Field = "family_name"
	FieldSignOn             Field = "auth.system"
	FieldExternalName       Field = "auth.external_name"
	FieldProfile            Field = "profile" // of the members that an add_to_project adds
)

// Cause is why an action is in the plan.
type Cause string

// The causes. Removals from an exact group are declared: the file chose the mode.
const (
	CauseDeclared Cause = "declared" // a line of the file
	CauseLeaver   Cause = "leaver"   // a line of `leavers`
	CauseExpired  Cause = "expired"  // `until` has passed
	CauseUnlisted Cause = "unlisted" // a policy under `unlisted`
)

// Batch is a set of actions without order among them. Batches run one after the other.
type Batch struct {
	Stage   Stage    `json:"stage"`
	Reason  string   `json:"reason"` // why it stands where it stands, one short phrase
	Actions []Action `json:"actions"`
}

// Action is one step of a plan, for people: memberships stand at the group, whichever side a tool writes. Where that is the
// group an action is one write; where it is the user, a write is about one person: see apply.
type Action struct {
	ID        string         `json:"id"` // from kind and subject, stable over runs
	Kind      Kind           `json:"kind"`
	Subject   string         `json:"subject"`              // address, or name of a group or project; after a rename the new one
	SubjectID int64          `json:"subject_id,omitempty"` // id in the tool; 0 for what is to be created; a report has that too
	Admin     bool           `json:"admin,omitempty"`      // the subject is an administrator now; of a group: its members are as good as that
	Cause     Cause          `json:"cause"`
	Origin    Origin         `json:"origin,omitempty"` // known where there is an earlier roster
	Fields    []FieldChange  `json:"fields,omitempty"`
	Members   *MemberChange  `json:"members,omitempty"`
	Source    *directory.Pos `json:"source,omitempty"`
	Was       *directory.Pos `json:"was,omitempty"`    // of what is unlisted: its line in the earlier roster
	Needs     []string       `json:"needs,omitempty"`  // ids of actions without which this one can't be done
	Detail    string         `json:"detail,omitempty"` // what a reviewer should know of this action alone, one sentence
}

// Field returns the change of a field, if the action has one.
func (a *Action) Field(f Field) (FieldChange, bool) {
	for _, c := range a.Fields {
		if c.Field == f {
			return c, true
		}
	}
	return FieldChange{}, false
}

// FieldChange is a field with its old and new value. Old is Null where the thing is to be created.
type FieldChange struct {
	Field Field `json:"field"`
	Old   Value `json:"old"`
	New   Value `json:"new"`
	// Unverifiable says that the instance takes the field and does not report it: nobody can tell whether it is so.
	Unverifiable bool `json:"unverifiable,omitempty"`
}

// MemberChange says how the members of a group or project change. Keep counts the members that stay.
type MemberChange struct {
	Add    []Member `json:"add"`
	Remove []Member `json:"remove"`
	Keep   int      `json:"keep"`
}

// Member is a user in a MemberChange.
type Member struct {
	User     directory.Email  `json:"user"`
	ID       directory.UserID `json:"id,omitempty"`       // 0: to be created in this run
	Inactive bool             `json:"inactive,omitempty"` // of a removed member: the account is inactive, so no access is lost
	Source   *directory.Pos   `json:"source,omitempty"`   // of an added member: the line that names it; of one who leaves a project: his projects
	Was      *directory.Pos   `json:"was,omitempty"`      // of a removed member: the line of the earlier roster that named it
}

// ManualStep is an action that the API of this instance cannot do, with the page where a person does it.
type ManualStep struct {
	Action
	Where string `json:"where"`
}

// NoteCode says what a note is about, for machines.
type NoteCode string

// Note is a remark without an action.
type Note struct {
	Code    NoteCode       `json:"code"`
	Subject string         `json:"subject,omitempty"`
	Text    string         `json:"text"`
	Until   directory.Date `json:"until,omitzero"` // of access that ends: its last day
	Source  *directory.Pos `json:"source,omitempty"`
}

// GuardStatus is the outcome of a guard.
type GuardStatus string

// The outcomes: GuardRefused alone stops a plan. GuardNoted is a state that was outside already, or an exception that
// is expired or no longer needed.
const (
	GuardOK      GuardStatus = "ok"
	GuardAllowed GuardStatus = "allowed" // over the limit, within an `allow`
	GuardNoted   GuardStatus = "noted"
	GuardRefused GuardStatus = "refused"
)

// GuardResult is what a guard found.
type GuardResult struct {
	Guard   directory.GuardName `json:"guard"`
	Status  GuardStatus         `json:"status"`
	Subject string              `json:"subject,omitempty"` // the group or account it is about, if it is about one
	Count   int                 `json:"count"`             // what the plan does or leaves
	Limit   int                 `json:"limit"`             // what may be
	Text    string              `json:"text"`
	Paste   string              `json:"paste,omitempty"` // entries for guards.allow, one a line; the same for all that one entry serves
	Hint    string              `json:"hint,omitempty"`
	Source  *directory.Pos      `json:"source,omitempty"`
}

// Cost is what applying the plan takes, its own reading included. Seconds are an estimate from abilities alone.
type Cost struct {
	Reads   int `json:"reads"`
	Writes  int `json:"writes"`
	Seconds int `json:"seconds"`
}

// Summary counts a plan. Before is the live state, After the state once everything is applied.
type Summary struct {
	People         int          `json:"people"` // live accounts and those to be created
	Actions        int          `json:"actions"`
	ByKind         map[Kind]int `json:"by_kind"` // every kind, also with 0
	AdminsBefore   int          `json:"admins_before"`
	AdminsAfter    int          `json:"admins_after"`
	AdminsUnknown  bool         `json:"admins_unknown,omitempty"` // this instance does not report the flag
	SeatsBefore    int          `json:"seats_before"`             // active accounts
	SeatsAfter     int          `json:"seats_after"`
	SeatLimit      int          `json:"seat_limit,omitempty"`   // 0: the file says nothing
	SeatReserve    int          `json:"seat_reserve,omitempty"` // of the limit, seats that no plan may take
	MembersAdded   int          `json:"members_added"`
	MembersRemoved int          `json:"members_removed"`
}

// Empty reports whether the plan has no action. Notes and manual steps alone leave it empty.
func (p *Plan) Empty() bool { return p.Summary.Actions == 0 }

// Refused returns the guards that stop the plan.
func (p *Plan) Refused() []GuardResult {
	var refused []GuardResult
	for _, g := range p.Guards {
		if g.Status == GuardRefused {
			refused = append(refused, g)
		}
	}
	return refused
}

// Actions returns all actions in the order in which they are carried out.
func (p *Plan) Actions() []*Action {
	actions := make([]*Action, 0, p.Summary.Actions)
	for i := range p.Batches {
		for j := range p.Batches[i].Actions {
			actions = append(actions, &p.Batches[i].Actions[j])
		}
	}
	return actions
}
