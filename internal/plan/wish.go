package plan

import (
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// wishFor returns the desired state that says what actions do and nothing else: everybody and everything that they do not
// name stays as it is. Guards, seats and target are those of base. Subjects and members are meant by their ids: an action
// on what is not live any more says nothing, so that no account is created.
func wishFor(base *directory.Desired, actions []*Action, live *directory.Live) *directory.Desired {
	want := *base
	want.Unlisted = directory.Unlisted{Users: directory.PolicyIgnore, Groups: directory.PolicyIgnore}
	want.Users, want.Groups, want.Gone = nil, nil, nil
	w := wish{
		want: &want, live: make(map[directory.UserID]*directory.User, len(live.Users)),
		groups: make(map[directory.GroupID]bool, len(live.Groups)), address: make(map[directory.UserID]directory.Email),
	}
	for i := range live.Users {
		w.live[live.Users[i].ID] = &live.Users[i]
	}
	for i := range live.Groups {
		w.groups[live.Groups[i].ID] = true
	}
	for _, a := range actions {
		if a.Kind.OnUser() {
			w.person(a)
		}
	}
	for _, a := range actions {
		switch a.Kind {
		case CreateGroup, UpdateGroup:
			w.group(a)
		case DeleteGroup:
			want.Gone = append(want.Gone, directory.GroupID(a.SubjectID))
		}
	}
	for _, a := range actions {
		if a.Kind.OnProject() {
			w.project(a)
		}
	}
	slices.SortFunc(want.Users, func(a, b directory.WantUser) int {
		return strings.Compare(string(a.Email.Key()), string(b.Email.Key()))
	})
	slices.SortFunc(want.Groups, func(a, b directory.WantGroup) int { return strings.Compare(string(a.Name), string(b.Name)) })
	return &want
}

// wish is a desired state that is being made.
type wish struct {
	want    *directory.Desired
	live    map[directory.UserID]*directory.User
	groups  map[directory.GroupID]bool           // that are live
	address map[directory.UserID]directory.Email // that the people who are listed so far shall have
}

// nowhere is the place of what no file says.
func nowhere() directory.Pos { return directory.Pos{File: "undo"} }

func (w *wish) list(u directory.WantUser) {
	u.Pos = nowhere()
	w.address[u.ID.Value] = u.Email
	w.want.Users = append(w.want.Users, u)
}

func (w *wish) person(a *Action) {
	account := w.live[directory.UserID(a.SubjectID)]
	if account == nil {
		return
	}
	u := directory.WantUser{Email: directory.Email(a.Subject), ID: directory.At(directory.UserID(a.SubjectID), nowhere())}
	for _, f := range a.Fields {
		flag, _ := f.New.AsFlag()
		switch f.Field {
		case FieldName:
			u.Name = directory.At(f.New.String(), nowhere())
		case FieldRole:
			u.Role = directory.At(directory.Name(f.New.String()), nowhere())
		case FieldActive:
			u.Active = directory.At(flag, nowhere())
		case FieldAdmin:
			u.Admin = directory.At(flag, nowhere())
		case FieldEmailNotifications:
			u.EmailNotifications = directory.At(flag, nowhere())
		case FieldMFARequired:
			u.MFARequired = directory.At(flag, nowhere())
		case FieldSSOEnabled:
			u.SSOEnabled = directory.At(flag, nowhere())
		case FieldGivenName:
			u.GivenName = directory.At(f.New.String(), nowhere())
		case FieldFamilyName:
			u.FamilyName = directory.At(f.New.String(), nowhere())
		case FieldSignOn:
			u.SignOn = directory.At(directory.Name(f.New.String()), nowhere())
		case FieldExternalName:
			u.ExternalName = directory.At(f.New.String(), nowhere())
		case FieldAssignedProjects:
			names, _ := f.New.AsList()
			projects := make([]directory.Name, len(names))
			for i, name := range names {
				projects[i] = directory.Name(name)
			}
			u.AssignedProjects = directory.At(projects, nowhere())
		}
	}
	// A reactivation takes the flag away unless it is asked for, and fields of an inactive account are compared only if it
	// shall be inactive.
	if a.Kind == ReactivateUser && !u.Admin.Set {
		u.Admin = directory.At(a.Admin, nowhere())
	}
	if a.Kind == UpdateUser && !account.Active && !account.Pending {
		u.Active = directory.At(false, nowhere())
	}
	w.list(u)
}

func (w *wish) group(a *Action) {
	if a.Kind == UpdateGroup && !w.groups[directory.GroupID(a.SubjectID)] {
		return
	}
	g := directory.WantGroup{Name: directory.Name(a.Subject), Mode: directory.At(directory.Amend, nowhere()), Pos: nowhere()}
	if a.Kind == UpdateGroup {
		g.ID = directory.At(directory.GroupID(a.SubjectID), nowhere())
	}
	members := make([]directory.MemberRef, 0, len(a.Members.Add))
	for _, m := range a.Members.Add {
		email, listed := w.address[m.ID]
		if account := w.live[m.ID]; !listed && account != nil && !account.Untouchable() {
			email, listed = account.Email, true
			w.list(directory.WantUser{Email: email, ID: directory.At(m.ID, nowhere())})
		}
		if listed {
			members = append(members, directory.MemberRef{Email: email, Pos: nowhere()})
		}
	}
	g.Members = directory.At(members, nowhere())
	for _, m := range a.Members.Remove {
		g.Without = append(g.Without, m.ID)
	}
	w.want.Groups = append(w.want.Groups, g)
}

// project puts into the entries of people all the projects that they shall be members of then. These are meant by their
// ids: a person may be in one whose name another bears as well, or that is not listed.
func (w *wish) project(a *Action) {
	entry := func(m Member) *directory.WantUser {
		account := w.live[m.ID]
		if account == nil || account.Untouchable() {
			return nil
		}
		if _, listed := w.address[m.ID]; !listed {
			w.list(directory.WantUser{Email: account.Email, ID: directory.At(m.ID, nowhere())})
		}
		u := &w.want.Users[slices.IndexFunc(w.want.Users, func(u directory.WantUser) bool { return u.ID.Value == m.ID })]
		if !u.Projects.Set {
			u.Projects = directory.At([]directory.ProjectRef{}, nowhere())
			for _, id := range account.Projects {
				u.Projects.Value = append(u.Projects.Value, directory.ProjectRef{ID: id, Profile: directory.DefaultProfile, Pos: nowhere()})
			}
		}
		return u
	}
	profile := directory.DefaultProfile
	if f, ok := a.Field(FieldProfile); ok {
		profile = directory.Name(f.New.String())
	}
	for _, m := range a.Members.Add {
		if u := entry(m); u != nil {
			u.Projects.Value = append(u.Projects.Value, directory.ProjectRef{ID: directory.ProjectID(a.SubjectID), Profile: profile, Pos: nowhere()})
		}
	}
	for _, m := range a.Members.Remove {
		if u := entry(m); u != nil {
			u.Projects.Value = slices.DeleteFunc(u.Projects.Value, func(r directory.ProjectRef) bool { return int64(r.ID) == a.SubjectID })
		}
	}
}
