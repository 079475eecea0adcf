package directory

// GuardName names a guard as the file and every output write it.
type GuardName string

// The guards. The first ten are limits with an arithmetic and can be excepted by `allow`, and so can GuardProjectAccess;
// the rest are plain rules.
const (
	GuardMaxDeactivations    GuardName = "max_deactivations"
	GuardMaxRemovalsPerGroup GuardName = "max_removals_per_group"
	GuardMaxRemovals         GuardName = "max_removals"
	GuardMaxGroupDeletions   GuardName = "max_group_deletions"
	GuardMaxDemotions        GuardName = "max_demotions"
	GuardMaxAdminGrants      GuardName = "max_admin_grants"
	GuardMaxRoleChanges      GuardName = "max_role_changes"
	GuardMaxAddressChanges   GuardName = "max_address_changes"
	GuardMaxReactivations    GuardName = "max_reactivations"
	GuardProjectAccess       GuardName = "project_access" // deleting a group takes project access with it
	GuardMinAdmins           GuardName = "min_admins"
	GuardSeats               GuardName = "seats"
	GuardDomains             GuardName = "domains"
	GuardProtect             GuardName = "protect"
	GuardSelf                GuardName = "self"
	GuardKeptAccess          GuardName = "kept_access" // whose line went from the roster, and who keeps access
)

// Limit is a guard's limit. The smallest of those that are set holds. Percent means ceil(percent × max(size, min_size) / 100).
// Each key is set on its own; what the file leaves out keeps its default.
type Limit struct {
	Count   Key[int]
	Percent Key[int]
	MinSize int
	Pos     Pos // where the file changes it; zero for a default
}

// Guards are the limits that stop a plan before any write. The loader fills in the defaults.
type Guards struct {
	MinAdmins Key[int]
	Protect   []Key[string] // glob patterns of addresses, folded
	Domains   []Key[string] // folded; empty means every domain is welcome
	Limits    map[GuardName]Limit
	Allow     []Allow
}

// AllowCause says for which actions an exception holds.
type AllowCause string

// The two causes: what the file declares, and what pruning of unlisted users and groups does.
const (
	AllowDeclared AllowCause = "declared"
	AllowUnlisted AllowCause = "unlisted"
)

// AllowReasonToCome stands for the reason in an exception that a refusal offers. It is none: somebody has to write one.
const AllowReasonToCome = "say why"

// Allow is a reviewed exception: it replaces the whole limit of its guard by Count, through the day Until.
type Allow struct {
	Guard  GuardName
	Count  int
	Cause  AllowCause
	Reason string
	Until  Date
	Pos    Pos
}

// Seats is what the licence holds. Limit is not set where the file says nothing of seats.
type Seats struct {
	Limit   Key[int]
	Reserve Key[int]
}

// DefaultGuards returns the guards that hold where the file says nothing.
func DefaultGuards() Guards {
	count := func(n int) Key[int] { return Key[int]{Value: n, Set: true, FromDefault: true} }
	return Guards{
		MinAdmins: count(2),
		Limits: map[GuardName]Limit{
			GuardMaxDeactivations:    {Count: count(25), Percent: count(10), MinSize: 50},
			GuardMaxRemovalsPerGroup: {Percent: count(50), MinSize: 6},
			GuardMaxRemovals:         {Count: count(100), Percent: count(15), MinSize: 100},
			GuardMaxGroupDeletions:   {Count: count(1)},
			GuardMaxDemotions:        {Count: count(3)},
			GuardMaxAdminGrants:      {Count: count(1)},
			GuardMaxRoleChanges:      {Count: count(50), Percent: count(10), MinSize: 50},
			GuardMaxAddressChanges:   {Count: count(5)},
			GuardMaxReactivations:    {Count: count(5)},
		},
	}
}
