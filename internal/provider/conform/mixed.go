package conform

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// mixed returns a company and a roster whose plan has one of everything that the tool can do, in ten people and five groups.
//
//	creates        Ivy, Jon             New Team with both, Second Team
//	updates        Bea becomes an administrator so that Abe can be none any more (min_admins is 3), Cas moves to another
//	               address, Dan gets a name and a role, Fay comes back
//	leaves         Eli, who stays a member where he is
//	members        Mobile QA gets Ivy and Fay and loses Gus; Platform gets Jon and keeps Gus; Web is renamed and gets Bea
//	deleted        Legacy, which nobody lists
//	left alone     Elders; Gus as an account; somebody forgotten, who is a member of Mobile QA
//
// and where the tool has more than that:
//
//	signs on       Jon elsewhere from the first day, Dan from now on, Bea no more
//	invited        Kim, who is not activated and stays so, and Lea, who is to go
//	projects       Checkout gets Ivy, Fay and Dan and loses Bea; Billing gets Jon and Dan and loses Ada and keeps Gus; Eli
//	               loses his by leaving; nobody leaves Samples
func mixed(g ground) (*directory.Live, *directory.Desired) {
	const self, ada, abe, bea, cas, dan, eli, fay, gus, hal, forgotten = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	company := *g.Live
	self0 := company.Users[0]
	lead, tester := roles(&company)
	company.Users = []directory.User{self0}
	for id, name := range map[directory.UserID]string{
		ada: "Ada", abe: "Abe", bea: "Bea", cas: "Cas", dan: "Dan", eli: "Eli", fay: "Fay", gus: "Gus", hal: "Hal",
	} {
		company.Users = append(company.Users, account(id, name, tester))
	}
	company.Users = append(company.Users, directory.User{ID: forgotten, Email: "F1764000000001", Role: tester, EmailNotifications: true})
	rename(&company.Users[forgotten-1], "F1764000000001")
	sortUsers(&company)
	at := func(id directory.UserID) *directory.User { return &company.Users[id-1] }
	for _, id := range []directory.UserID{ada, abe} {
		at(id).Role, at(id).Admin = lead, true
	}
	for _, id := range []directory.UserID{fay, hal, forgotten} {
		at(id).Active = false
	}
	company.Groups = []directory.Group{
		{ID: 1, Name: "Mobile QA", Members: []directory.UserID{ada, eli, gus, forgotten}},
		{ID: 2, Name: "Old Web", Members: []directory.UserID{cas, hal}},
		{ID: 3, Name: "Platform", Members: []directory.UserID{abe, eli, gus}},
		{ID: 4, Name: "Legacy", Members: []directory.UserID{dan, gus}},
		{ID: 5, Name: "Elders", Members: []directory.UserID{self, dan, hal}},
	}

	want := lenient(3)
	w := &state{roster: want, caps: g.can}
	for _, name := range []string{"Ada", "Bea", "Hal", "Cas", "Dan"} {
		want.Users = append(want.Users, directory.WantUser{Email: address(name), Name: set(fullName(name)), Pos: here(10 + len(want.Users))})
	}
	want.Users = append(want.Users,
		directory.WantUser{Email: self0.Email, Pos: here(1)},
		directory.WantUser{Email: address("Abe"), Admin: set(false), Pos: here(20)},
		directory.WantUser{Email: address("Eli"), Active: set(false), Pos: here(21)},
		directory.WantUser{Email: address("Fay"), Active: set(true), Pos: here(22)})
	w.join(address("Ivy"), fullName("Ivy"), tester)
	w.join(address("Jon"), fullName("Jon"), lead)
	w.user(address("Bea")).Admin = set(true)
	w.user(address("Dan")).Name = set(fullName("Daniel"))
	if lead != "" {
		w.user(address("Dan")).Role = set(lead)
	}
	if w.can(plan.UpdateUser, plan.FieldEmail) {
		w.user(address("Cas")).Was = []directory.Key[directory.Email]{set(address("Cas"))}
		w.user(address("Cas")).Email = address("Cas.New")
	}
	tidy(want)
	w.form("Mobile QA", address("Ada"), address("Eli"), address("Ivy"), address("Fay"))
	w.form("New Team", address("Ivy"), address("Jon"))
	w.form("Second Team", address("Dan"))
	w.form("Elders", self0.Email, address("Dan"), address("Hal"))
	w.form("Platform", address("Jon"))
	site := directory.Name("Old Web")
	if w.can(plan.UpdateGroup, plan.FieldName) {
		site = "Web"
	}
	w.form(site, address("Bea"))
	w.group(site).Was = []directory.Key[directory.Name]{set(directory.Name("Old Web"))}
	w.group(site).Mode, w.group("Platform").Mode = set(directory.AtLeast), set(directory.AtLeast)
	if w.can(plan.DeleteGroup, "") {
		want.Unlisted.Groups = directory.PolicyDelete
	}

	if way := elsewhere(&company); way != "" {
		at(bea).SignOn, at(bea).ExternalName = way, "bea"
		w.user(address("Bea")).SignOn = set(own(&company))
		w.user(address("Dan")).SignOn, w.user(address("Dan")).ExternalName = set(way), set("dan")
		w.user(address("Jon")).SignOn, w.user(address("Jon")).ExternalName = set(way), set("jon")
	}
	if g.can.NameParts {
		w.user(address("Dan")).Name = directory.Key[string]{}
		w.user(address("Dan")).GivenName = set("Daniel")
	}
	if g.invites {
		for i, name := range []string{"Kim", "Lea"} {
			u := account(directory.UserID(forgotten+1+i), name, tester)
			u.Active, u.Pending = false, true
			company.Users = append(company.Users, u)
			want.Users = append(want.Users, directory.WantUser{Email: u.Email, Pos: here(30 + i)})
		}
		w.user(address("Lea")).Active = set(false)
	}
	if joinsProjects(g.can) {
		company.Projects = []directory.Project{{ID: 1, Name: "Checkout"}, {ID: 2, Name: "Billing"}, {ID: 3, Name: "Samples", Sample: true}}
		at(bea).Projects = []directory.ProjectID{1, 3}
		at(ada).Projects, at(gus).Projects, at(eli).Projects = []directory.ProjectID{2, 3}, []directory.ProjectID{2}, []directory.ProjectID{1, 2}
		w.assign(address("Ivy"), "Quality Assurance", "Checkout")
		w.assign(address("Fay"), directory.DefaultProfile, "Checkout")
		w.assign(address("Jon"), directory.DefaultProfile, "Billing")
		w.assign(address("Dan"), directory.DefaultProfile, "Checkout", "Billing")
		w.assign(address("Bea"), "")
		w.assign(address("Ada"), "")
		w.assign(address("Hal"), directory.DefaultProfile, "Billing") // who is inactive
	}
	tidy(want)
	return &company, want
}

// lenient returns a roster without people, whose guards let everything through that leaves so many administrators.
func lenient(minAdmins int) *directory.Desired {
	guards := directory.DefaultGuards()
	guards.MinAdmins = set(minAdmins)
	for guard := range guards.Limits {
		guards.Limits[guard] = directory.Limit{Count: set(1000), Percent: set(100), MinSize: 1000}
	}
	return &directory.Desired{
		Timezone: "UTC",
		Unlisted: directory.Unlisted{Users: directory.PolicyReport, Groups: directory.PolicyReport},
		Guards:   guards,
		Files:    []directory.File{{Path: "story.yaml"}},
	}
}

func address(name string) directory.Email {
	return directory.Email(fmt.Sprintf("%s@acme.example", name))
}

// fullName returns a name of two words: every tool can hold that.
func fullName(name string) string { return name + " Acme" }

// account returns an active account whose name is that, with a second word.
func account(id directory.UserID, name string, role directory.Name) directory.User {
	u := directory.User{ID: id, Email: address(name), Active: true, Role: role, EmailNotifications: true}
	rename(&u, fullName(name))
	return u
}

// rename gives an account a name, in one piece and in two.
func rename(u *directory.User, name string) {
	u.Name, u.GivenName, u.FamilyName = name, name, ""
	if given, family, ok := directory.SplitName(name); ok {
		u.GivenName, u.FamilyName = given, family
	}
}

func sortUsers(live *directory.Live) {
	slices.SortFunc(live.Users, func(a, b directory.User) int { return int(a.ID - b.ID) })
}

// roles returns the role of the administrator who asks, and another one.
func roles(live *directory.Live) (first, second directory.Name) {
	first = live.Users[0].Role
	for _, role := range live.Roles {
		if role.Name != first {
			second = role.Name
		}
	}
	return first, second
}

// elsewhere returns a way to sign on that is not the tool's own, "" if there is none, and own the one that is.
func elsewhere(live *directory.Live) directory.Name {
	for _, way := range live.SignOns {
		if !way.Own {
			return way.Name
		}
	}
	return ""
}

func own(live *directory.Live) directory.Name {
	for _, way := range live.SignOns {
		if way.Own {
			return way.Name
		}
	}
	return ""
}
