package plan

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// Stage is the reason for a batch's place.
type Stage string

// The stages.
const (
	StageDeactivate   Stage = "deactivate"
	StageCreateUsers  Stage = "create_users"
	StageReactivate   Stage = "reactivate_users"
	StageGrantAdmins  Stage = "grant_admins"
	StageUpdateUsers  Stage = "update_users"
	StageDemote       Stage = "demote"
	StageDeactivateAd Stage = "deactivate_administrators"
	StageCreateGroups Stage = "create_groups"
	StageSetMembers   Stage = "set_members"
	StageDeleteGroups Stage = "delete_groups"

	StageJoinProjects  Stage = "add_to_projects"
	StageLeaveProjects Stage = "remove_from_projects"
)

// stageRow is a row of the stage table.
type stageRow struct {
	stage  Stage
	reason string
	admits func(a *Action, late bool) bool
}

// stages returns the order for a tool that writes membership on one side, and says which stage an action belongs to. Each
// arrow is a reason. On the group:
//
//	deactivate ──seats──> create users ──> grant admins ──> update users ──> demote ──> deactivate administrators
//	                           │            └──────── never fewer administrators than min_admins ────────┘
//	                           └──ids──> create groups ──> set members ──> delete groups ──> join ──> leave projects
//	                                                        what is new or bigger stands before anything is taken away
//
// On the user, where a person's fields and the full set of his groups are one write, which stands where his own action
// does; whoever has none is written when the turn of his groups comes:
//
//	deactivate ──seats──┐
//	create groups ──ids─┴─> create users ──> reactivate ──> grant admins ──> update users ──> demote ──> deactivate administrators
//	                        (with their groups)    │                              └──> set members ──> delete groups ──> ...
//	                                               └ a group loses nobody to somebody who has not come back yet
//
// An administrator is deactivated in the first batch unless min_admins needs this plan's grants before: then he is late.
func stages(side Side) []stageRow {
	deactivate := stageRow{StageDeactivate, "leavers first: it frees their seats",
		func(a *Action, late bool) bool { return a.Kind == DeactivateUser && !late }}
	// Where a person's write carries his groups along, who comes back does so in a stage of its own.
	changes := func(a *Action) bool { return changesAccount(a) && (side == OnGroup || a.Kind != ReactivateUser) }
	reactivate := stageRow{StageReactivate, "before the groups that wait for them", isOf(ReactivateUser)}
	createUsers := stageRow{StageCreateUsers, "later batches need their ids", isOf(CreateUser)}
	accounts := []stageRow{
		{StageGrantAdmins, "new administrators before old ones go",
			func(a *Action, _ bool) bool { return changes(a) && (grantsAdmin(a) || returnsAdmin(a)) }},
		{StageUpdateUsers, "addresses, names, roles, flags",
			func(a *Action, _ bool) bool {
				return changes(a) && !grantsAdmin(a) && !returnsAdmin(a) && !demotesAdmin(a)
			}},
		{StageDemote, "after every grant",
			func(a *Action, _ bool) bool { return demotesAdmin(a) }},
		{StageDeactivateAd, "after the grants: min_admins would break before",
			func(a *Action, late bool) bool { return a.Kind == DeactivateUser && late }},
	}
	createGroups := stageRow{StageCreateGroups, "with their full member list", isOf(CreateGroup)}
	setMembers := stageRow{StageSetMembers, "each group's full list, read again just before", isOf(UpdateGroup)}
	rest := []stageRow{
		{StageDeleteGroups, "last: nothing needs them any more", isOf(DeleteGroup)},
		{StageJoinProjects, "groups may have brought people into projects: read again just before", isOf(AddToProject)},
		{StageLeaveProjects, "after every addition", isOf(RemoveFromProject)},
	}
	if side == OnUser {
		createGroups.reason = "a person can only be put into a group that is there"
		createUsers.reason = "each with the groups he belongs to"
		setMembers.reason = "each person's full set of groups, read again just before"
		return slices.Concat([]stageRow{deactivate, createGroups, createUsers, reactivate}, accounts, []stageRow{setMembers}, rest)
	}
	return slices.Concat([]stageRow{deactivate, createUsers}, accounts, []stageRow{createGroups, setMembers}, rest)
}

func isOf(kind Kind) func(*Action, bool) bool {
	return func(a *Action, _ bool) bool { return a.Kind == kind }
}

// changesAccount reports whether the action changes an account that stays or comes back.
func changesAccount(a *Action) bool { return a.Kind == UpdateUser || a.Kind == ReactivateUser }

// grantsAdmin reports whether an account is an administrator after the action and was none, or none that counts, before.
func grantsAdmin(a *Action) bool {
	if c, ok := a.Field(FieldAdmin); ok {
		to, _ := c.New.AsFlag()
		return to && a.Kind != DeactivateUser
	}
	return false
}

// demotesAdmin reports whether an active administrator stays active and is none afterwards.
func demotesAdmin(a *Action) bool {
	if c, ok := a.Field(FieldAdmin); ok && a.Kind == UpdateUser {
		to, _ := c.New.AsFlag()
		return !to
	}
	return false
}

// isActiveAdmin reports whether the subject of an action is an active administrator now.
func (b *builder) isActiveAdmin(a *Action) bool {
	if a.SubjectID == 0 || !a.Kind.OnUser() {
		return false
	}
	u := b.ix.users[directory.UserID(a.SubjectID)]
	return u != nil && u.Active && u.Admin
}

// loses reports whether the action takes away an active administrator, gains whether it makes one.
func (b *builder) loses(a *Action) bool {
	return b.isActiveAdmin(a) && (a.Kind == DeactivateUser || demotesAdmin(a))
}

func (b *builder) gains(a *Action) bool {
	if !grantsAdmin(a) && !returnsAdmin(a) {
		return false
	}
	// An update of an inactive account makes no administrator who could log in.
	if a.Kind == UpdateUser {
		u := b.ix.users[directory.UserID(a.SubjectID)]
		return u != nil && u.Active
	}
	return true
}

// returnsAdmin reports whether a reactivation brings back an administrator without a change of that flag.
func returnsAdmin(a *Action) bool {
	_, changed := a.Field(FieldAdmin)
	return a.Kind == ReactivateUser && a.Admin && !changed
}

// order puts actions, which are sorted, into batches, and writes down what needs what.
func (b *builder) order(actions []Action) []Batch {
	late := b.lateDeactivations(actions)
	batches := []Batch{}
	for _, row := range stages(b.caps.Membership) {
		var admitted []Action
		for i := range actions {
			if row.admits(&actions[i], late[actions[i].ID]) {
				admitted = append(admitted, actions[i])
			}
		}
		if len(admitted) > 0 {
			batches = append(batches, Batch{Stage: row.stage, Reason: row.reason, Actions: admitted})
		}
	}
	b.needSeats(batches)
	b.needAdmins(batches)
	needMembers(batches)
	return batches
}

// lateDeactivations returns the deactivations of administrators that have to wait for this plan's grants: as many as
// min_admins asks for, the last ones by address.
func (b *builder) lateDeactivations(actions []Action) map[string]bool {
	var leaving []string
	gained := 0
	for i := range actions {
		if a := &actions[i]; a.Kind == DeactivateUser && b.isActiveAdmin(a) {
			leaving = append(leaving, a.ID)
		} else if b.gains(a) {
			gained++
		}
	}
	short := b.want.Guards.MinAdmins.Value - (b.activeAdmins() - len(leaving))
	late := make(map[string]bool)
	if gained == 0 {
		return late // waiting would not help: the guard speaks
	}
	for i := len(leaving) - 1; i >= 0 && short > 0; i-- {
		late[leaving[i]] = true
		short--
	}
	return late
}

// needSeats makes each create or reactivation that only fits into a freed seat need one deactivation that frees one.
func (b *builder) needSeats(batches []Batch) {
	limit, known := b.seatLimit()
	if !known {
		return
	}
	free := max(limit-b.activeUsers(), 0)
	var freed []string
	for i := range batches {
		for j := range batches[i].Actions {
			a := &batches[i].Actions[j]
			switch {
			case a.Kind == DeactivateUser && batches[i].Stage == StageDeactivate:
				if b.freesSeat(a) {
					freed = append(freed, a.ID)
				}
			case a.Kind != CreateUser && a.Kind != ReactivateUser:
			case free > 0:
				free--
			case len(freed) > 0:
				a.Needs = append(a.Needs, freed[0])
				freed = freed[1:]
			}
		}
	}
}

// freesSeat reports whether a deactivation frees a seat: who was only invited has none.
func (b *builder) freesSeat(a *Action) bool {
	u := b.ix.users[directory.UserID(a.SubjectID)]
	return u == nil || u.Active
}

// needAdmins makes each loss of an administrator that would go below min_admins without a grant need one grant.
func (b *builder) needAdmins(batches []Batch) {
	spare := max(b.activeAdmins()-b.want.Guards.MinAdmins.Value, 0)
	var grants []string
	for i := range batches {
		for j := range batches[i].Actions {
			a := &batches[i].Actions[j]
			switch {
			case b.gains(a):
				grants = append(grants, a.ID)
			case !b.loses(a):
			case spare > 0:
				spare--
			case len(grants) > 0:
				a.Needs = append(a.Needs, grants[0])
				grants = grants[1:]
			}
		}
	}
}

// needMembers makes a group update that removes members need the creation or reactivation of those whom it adds: a member
// who is not there is left out of a list only if that list removes nobody.
func needMembers(batches []Batch) {
	made := make(map[directory.EmailKey]string)
	for i := range batches {
		for j := range batches[i].Actions {
			a := &batches[i].Actions[j]
			switch a.Kind {
			case CreateUser, ReactivateUser:
				made[directory.Email(a.Subject).Key()] = a.ID
			case UpdateGroup:
				if len(a.Members.Remove) == 0 {
					continue
				}
				for _, m := range a.Members.Add {
					if id, ok := made[m.User.Key()]; ok {
						a.Needs = append(a.Needs, id)
					}
				}
			}
		}
	}
}

// sortActions puts actions into the order of their subjects, which every batch keeps.
func sortActions(actions []Action) {
	slices.SortFunc(actions, compareActions)
}

func sortManual(steps []ManualStep) {
	slices.SortFunc(steps, func(a, b ManualStep) int { return compareActions(a.Action, b.Action) })
}

func compareActions(a, b Action) int {
	return cmp.Or(
		strings.Compare(strings.ToLower(a.Subject), strings.ToLower(b.Subject)),
		strings.Compare(a.Subject, b.Subject),
		strings.Compare(string(a.Kind), string(b.Kind)),
		cmp.Compare(a.SubjectID, b.SubjectID),
		strings.Compare(a.ID, b.ID), // who joins a project with another profile
	)
}
