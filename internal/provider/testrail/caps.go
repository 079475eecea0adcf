package testrail

import "rollcall/internal/plan"

// Pages of TestRail's interface on which an administrator does what the API of an old version can't.
const (
	usersPage  = "Administration > Users & Roles > Users"
	groupsPage = "Administration > Users & Roles > Groups"
)

// Why an old version can't.
const (
	whyNoUserWrites = "user writes need TestRail 7.3 or later"
	whyNoGroups     = "group calls need TestRail 7.5 or later"
)

// Caps returns the abilities of the instance as the last Read found them; before a Read nothing is known and nothing can
// be done.
func (r *Reader) Caps() plan.Caps {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.caps
}

// abilities discovers what an instance can do. There is no method that tells the version, so methods and fields do:
//
//	get_roles answers, or users have is_admin     7.3     users can be written       DOC
//	get_groups answers                            7.5     groups can be written      DOC
//	users have sso_enabled, assigned_projects     7.3 E.  these can be written       DOC
//
// A field counts as reported if every user has it: what is missing on one can't be compared.
func (r *Reader) abilities(s *snapshot) plan.Caps {
	caps := plan.Caps{
		Membership:  plan.OnGroup,
		Kinds:       make(map[plan.Kind]bool),
		Reported:    map[plan.Field]bool{plan.FieldEmail: true, plan.FieldName: true, plan.FieldActive: true},
		Writable:    make(map[plan.Field]bool),
		ReadsGroups: s.readGroups,
		ReadsRoles:  r.roles.presence == present,
		Where:       make(map[plan.Kind]string),
		Why:         make(map[plan.Kind]string),
		Pages:       s.pages,
		Once:        2, // who am I, roles
		UserLists:   1,
		Pace:        r.pace,
		// GUESS: the interface invites by mail, of the API nothing is documented
		Joining: "the tool may mail an invitation to each person created (its vendor does not say); without single sign-on they " +
			"set a password through the forgotten-password link of the sign-in page",
		RenamesGroups: true,
	}
	optional := []struct {
		field plan.Field
		has   fieldSet
	}{
		{plan.FieldRole, hasRole},
		{plan.FieldAdmin, hasAdmin},
		{plan.FieldEmailNotifications, hasEmailNotifications},
		{plan.FieldMFARequired, hasMFARequired},
		{plan.FieldSSOEnabled, hasSSOEnabled},
		{plan.FieldAssignedProjects, hasAssignedProjects},
	}
	for _, o := range optional {
		if s.has&o.has != 0 {
			caps.Reported[o.field] = true
		}
	}

	can := func(yes bool, where, why string, kinds ...plan.Kind) {
		for _, kind := range kinds {
			if yes {
				caps.Kinds[kind] = true
			} else {
				caps.Where[kind], caps.Why[kind] = where, why
			}
		}
	}
	writesUsers := r.roles.presence == present || s.has&hasAdmin != 0
	can(writesUsers, usersPage, whyNoUserWrites, plan.CreateUser, plan.UpdateUser, plan.DeactivateUser, plan.ReactivateUser)
	can(s.readGroups, groupsPage, whyNoGroups, plan.CreateGroup, plan.UpdateGroup, plan.DeleteGroup)
	if writesUsers {
		for _, field := range []plan.Field{
			plan.FieldEmail, plan.FieldName, plan.FieldRole, plan.FieldActive,
			plan.FieldAdmin, plan.FieldEmailNotifications, plan.FieldMFARequired,
		} {
			caps.Writable[field] = true
		}
		// Elsewhere they may be refused: "Not an Enterprise license/subscription." (LIVE: DICH).
		caps.Writable[plan.FieldSSOEnabled] = caps.Reported[plan.FieldSSOEnabled]
		caps.Writable[plan.FieldAssignedProjects] = caps.Reported[plan.FieldAssignedProjects]
	}
	return caps
}
