package qtest

import "rollcall/internal/plan"

// Pages of qTest's interface on which an administrator does what the API can't.
const (
	usersPage    = "Administration > Licenses"
	groupsPage   = "Administration > Groups"
	projectsPage = "Administration > Projects"
)

// Why the API can't.
const (
	whyOld       = "this qTest is older than 2023, whose API is the first to update users and to know groups"
	whyNoAddress = "the API can't change a login address"
	whyNoRename  = "the API can create a group and not rename it"
	whyNoDelete  = "the API can't delete a group"
)

// Caps returns the abilities of the instance as the last Read found them; before a Read nothing is known and nothing can
// be done.
func (r *Reader) Caps() plan.Caps {
	r.reading.Lock()
	defer r.reading.Unlock()
	return r.caps
}

// abilities discovers what an instance can do. There is no call that tells the version, so what is there does:
//
//	groups answers      since 2023     users can be updated, taken out of projects, bound to a way to sign on;   DOC
//	                                   groups can be read and created
//	groups is a 404     before         users can be created and put into projects                               DOC
func (r *Reader) abilities(s *snapshot) plan.Caps {
	recent := s.groupsRead
	caps := plan.Caps{
		Membership: plan.OnUser,
		Kinds: map[plan.Kind]bool{
			plan.CreateUser: true, plan.UpdateUser: recent, plan.DeactivateUser: recent, plan.ReactivateUser: recent,
			plan.CreateGroup: recent, plan.UpdateGroup: recent,
			plan.AddToProject: true, plan.RemoveFromProject: recent,
		},
		Reported: map[plan.Field]bool{
			plan.FieldEmail: true, plan.FieldName: true, plan.FieldGivenName: true, plan.FieldFamilyName: true, plan.FieldActive: true,
			plan.FieldAdmin: s.admins != 0, plan.FieldSignOn: s.tells, plan.FieldExternalName: s.tells,
		},
		// A profile is written and never reported, a login address the other way round.
		Writable: map[plan.Field]bool{
			plan.FieldName: true, plan.FieldGivenName: true, plan.FieldFamilyName: true, plan.FieldActive: true, plan.FieldProfile: true,
			plan.FieldAdmin: s.admins != 0, plan.FieldSignOn: recent, plan.FieldExternalName: recent,
		},
		ReadsGroups: recent,
		Where:       make(map[plan.Kind]string),
		Why:         make(map[plan.Kind]string),
		NameParts:   true,
		MinorRights: minorRights(),
		Pages:       s.pages,
		Pace:        r.pace,
		Once:        r.kept.logins + 1, // who am I
		Joining: "an account is active at once and no mail is sent; without single sign-on people set a password through the " +
			"forgotten-password link of the sign-in page",
	}
	if s.admins != 0 {
		caps.AdminGroup = administrators
	}
	// Also of kinds that the API has: an action may hold something that it can't do, such as another login address.
	byHand := func(page, why string, kinds ...plan.Kind) {
		if !recent {
			why = whyOld
		}
		for _, kind := range kinds {
			caps.Where[kind], caps.Why[kind] = page, why
		}
	}
	byHand(usersPage, whyNoAddress, plan.CreateUser, plan.UpdateUser, plan.DeactivateUser, plan.ReactivateUser)
	byHand(groupsPage, whyNoRename, plan.CreateGroup, plan.UpdateGroup)
	byHand(groupsPage, whyNoDelete, plan.DeleteGroup)
	if !recent {
		byHand(projectsPage, whyOld, plan.RemoveFromProject)
	}
	r.count(&caps, s)
	return caps
}

// minorRights are those authorities (DOC for the names) that let people look, and work in what is theirs (GUESS). The others let
// them change accounts, groups, how people sign on, what a profile allows, or who is in a project.
func minorRights() []string {
	return []string{
		"ROLE_PROFILEVIEWER", "ROLE_PROJECTVIEWER", "ROLE_PROJECTCREATOR", "ROLE_SITELEVELFIELD", "ROLE_INSIGHTSEDITOR", "ROLE_INSIGHTSVIEWER",
		"ROLE_LAUNCHACCESS", "ROLE_PULSEACCESS", "ROLE_ANALYTICSVIEWER",
	}
}

// count says what a reading takes: each list of users and each account that no list tells the groups of every time, and once
// what is kept. A search by name that lists nobody is asked once.
func (r *Reader) count(caps *plan.Caps, s *snapshot) {
	if s.peopleRead {
		caps.UserLists++
	} else {
		caps.Once++
	}
	if s.foundRead {
		caps.UserLists++
		caps.Pages.Users = max(caps.Pages.Users, s.foundSize)
	}
	if r.kept.projects == present {
		caps.Once++ // profiles
		caps.Pages.Projects = r.kept.projectSize
	}
	if !r.known.signOnsUnknown() {
		caps.Once++
	}
	caps.EachTime = len(s.alone)
	// Where accounts hide their groups it is one or two lists more, which shows only when one is read: to find it out before
	// would be a request of every plan, for what nobody has seen yet (GUESS).
	caps.AccountReads = 1
}
