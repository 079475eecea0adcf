package conform

import (
	"slices"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// The people and groups of the story.
const (
	ana    = "ana.ortega@acme.example"
	anaNew = "ana.ortega-ruiz@acme.example"
	bo     = "bo+qa@acme.example"
	chris  = "chris@acme.example"

	mobile = "Mobile QA"
	web    = "Web & Mobile QA"
)

// story is the life of three people and a group, and of others where the tool has more than that.
func story() []step {
	return slices.Concat(
		[]step{{name: "an adopted instance needs nothing"}},
		people(), nameParts(), signOns(), invitations(), team(), projects(), leaving(),
	)
}

// people join, change, leave and come back.
func people() []step {
	return []step{
		// Ana and Bo join.
		{
			name:   "a person joins",
			change: func(s *state) { s.join(ana, "Ana Ortega", s.roles[1]) },
			want:   actions("create_user " + ana),
		},
		{
			name: "two join at once, one with a plus in the address and a name of another script",
			change: func(s *state) {
				s.join(bo, "Bö 李 <QA> \"O'Neil\"", s.roles[1])
				s.join(chris, "Chris", s.roles[1])
			},
			want: actions("create_user "+bo, "create_user "+chris),
		},

		// Ana marries, and is promoted.
		{
			name:   "a person is renamed",
			change: func(s *state) { s.user(ana).Name = set("Ana Ortega-Ruiz") },
			want:   actions("update_user " + ana),
		},
		{
			name: "a person's address moves and the account stays",
			change: func(s *state) {
				u := s.user(ana)
				u.Email, u.Was = anaNew, []directory.Key[directory.Email]{set(directory.Email(ana))}
			},
			want: func(s *state) []string {
				if !s.can(plan.UpdateUser, plan.FieldEmail) {
					return []string{"update_user " + ana} // by which the account is found until then
				}
				return []string{"update_user " + anaNew}
			},
			writes: plan.FieldEmail,
		},
		{
			name:   "an address in capitals is the same address",
			change: func(s *state) { s.user(anaNew).Email = directory.Email(strings.ToUpper(anaNew[:3]) + anaNew[3:]) },
		},
		{
			name:   "a person gets another role",
			when:   reports(plan.FieldRole),
			change: func(s *state) { s.user(anaNew).Role = set(s.roles[0]) },
			want:   actions("update_user " + anaNew),
		},
		{
			name:   "a person becomes an administrator",
			when:   reports(plan.FieldAdmin),
			change: func(s *state) { s.user(bo).Admin = set(true) },
			want:   actions("update_user " + bo),
		},
		{
			name:   "and is none any more",
			when:   reports(plan.FieldAdmin),
			change: func(s *state) { s.user(bo).Admin = set(false) },
			want:   actions("update_user " + bo),
		},
		{
			name: "flags are set, all in one write",
			when: reports(plan.FieldEmailNotifications, plan.FieldMFARequired),
			change: func(s *state) {
				s.user(bo).EmailNotifications, s.user(bo).MFARequired = set(false), set(true)
			},
			want: actions("update_user " + bo),
		},
		{
			name: "fields of the larger edition are set",
			when: func(s *state) bool {
				return len(s.projects()) > 0 && reports(plan.FieldSSOEnabled, plan.FieldAssignedProjects)(s)
			},
			change: func(s *state) {
				s.user(bo).SSOEnabled, s.user(bo).AssignedProjects = set(true), set([]directory.Name{s.projects()[0]})
			},
			want: actions("update_user " + bo),
		},
		{
			name:   "and the projects are taken away again",
			when:   func(s *state) bool { return s.user(bo).AssignedProjects.Set },
			change: func(s *state) { s.user(bo).AssignedProjects = set([]directory.Name{}) },
			want:   actions("update_user " + bo),
		},
		{
			name: "a field that the instance does not report is no difference",
			when: func(s *state) bool { return !s.caps.Reported[plan.FieldSSOEnabled] },
			change: func(s *state) {
				s.user(chris).SSOEnabled = set(true)
			},
		},

		// Chris leaves and comes back.
		{
			name:   "a person leaves",
			change: func(s *state) { s.user(chris).Active = set(false) },
			want:   actions("deactivate_user " + chris),
		},
		{
			name:   "somebody inactive who is listed stays inactive",
			change: func(s *state) { s.user(chris).Active = directory.Key[bool]{} },
		},
		{
			name:   "a person comes back",
			change: func(s *state) { s.user(chris).Active = set(true) },
			want:   actions("reactivate_user " + chris),
		},
	}
}

// team is what becomes of a group of them.
func team() []step {
	return []step{
		{
			name:   "a group is created with its members",
			change: func(s *state) { s.form(mobile, bo, chris) },
			want:   group("create_group " + mobile),
		},
		{
			name:   "one member joins and one leaves in one write",
			change: func(s *state) { s.members(mobile, anaNew, chris) },
			want:   group("update_group " + mobile),
		},
		{
			name:   "a member who leaves the company needs no change of the group",
			change: func(s *state) { s.user(chris).Active = set(false) },
			want:   actions("deactivate_user " + chris),
		},
		{
			name:   "a group with an inactive member takes another one",
			change: func(s *state) { s.members(mobile, anaNew, bo, chris) },
			want:   group("update_group " + mobile),
		},
		{
			name: "a group is renamed",
			change: func(s *state) {
				g := s.group(mobile)
				g.Name, g.Was = web, []directory.Key[directory.Name]{set(directory.Name(mobile))}
			},
			want: func(s *state) []string {
				if !s.can(plan.UpdateGroup, plan.FieldName) {
					return group("update_group " + mobile)(s) // as it is called until then
				}
				return group("update_group " + web)(s)
			},
			writes: plan.FieldName,
		},
		{
			name: "members that the file does not list stay in a group that wants them at least",
			change: func(s *state) {
				s.group(web).Mode = set(directory.AtLeast)
				s.members(web, anaNew)
			},
		},
		{
			name: "and are removed from one that wants them exactly",
			change: func(s *state) {
				s.group(web).Mode = set(directory.Exact)
			},
			want: group("update_group " + web),
		},
		{
			name:   "a group is emptied",
			change: func(s *state) { s.members(web) },
			want:   group("update_group " + web),
		},
		{
			name: "a group that is not listed is deleted if the policy says so",
			change: func(s *state) {
				s.roster.Groups = slices.DeleteFunc(s.roster.Groups, func(g directory.WantGroup) bool { return g.Name == web })
				s.roster.Unlisted.Groups = directory.PolicyDelete
			},
			want: group("delete_group " + web),
		},
	}
}

// leaving is the end of it.
func leaving() []step {
	return []step{
		{
			name: "the last ones leave together",
			change: func(s *state) {
				s.user(anaNew).Active, s.user(bo).Active = set(false), set(false)
			},
			want: actions("deactivate_user "+anaNew, "deactivate_user "+bo),
		},
	}
}

// actions is what a step wants of every instance.
func actions(list ...string) func(*state) []string {
	return func(*state) []string { return list }
}

// group is what a step wants of an instance whose groups can be read.
func group(list ...string) func(*state) []string {
	return func(s *state) []string {
		if !s.caps.ReadsGroups {
			return nil
		}
		return list
	}
}

// reports is for steps on fields that not every instance has.
func reports(fields ...plan.Field) func(*state) bool {
	return func(s *state) bool {
		return !slices.ContainsFunc(fields, func(f plan.Field) bool { return !s.caps.Reported[f] })
	}
}

func kindOf(action string) plan.Kind {
	kind, _, _ := strings.Cut(action, " ")
	return plan.Kind(kind)
}
