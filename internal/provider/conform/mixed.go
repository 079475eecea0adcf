package conform

import (
	"fmt"

	"rollcall/internal/directory"
)

// mixed returns a company and a roster whose plan has one of everything, in ten people and five groups.
//
//	creates        Ivy, Jon             New Team with both, Second Team
//	updates        Bea becomes an administrator so that Abe can be none any more (min_admins is 3), Cas moves to another
//	               address, Dan gets a name and a role, Fay comes back
//	leaves         Eli, who stays a member where he is
//	members        Mobile QA gets Ivy and Fay and loses Gus; Platform gets Jon and keeps Gus; Web is renamed and gets Bea
//	deleted        Legacy, which nobody lists
//	left alone     Elders; Gus as an account; somebody forgotten, who is a member of Mobile QA
func mixed(empty *directory.Live) (*directory.Live, *directory.Desired) {
	const self, ada, abe, bea, cas, dan, eli, fay, gus, hal, forgotten = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
	company := *empty
	self0 := company.Users[0]
	lead, tester := roles(empty)
	user := func(id directory.UserID, name string, role directory.Name) directory.User {
		return directory.User{ID: id, Email: address(name), Name: name, Active: true, Role: role, EmailNotifications: true}
	}
	people := map[directory.UserID]directory.User{
		ada: user(ada, "Ada", lead), abe: user(abe, "Abe", lead), bea: user(bea, "Bea", tester), cas: user(cas, "Cas", tester),
		dan: user(dan, "Dan", tester), eli: user(eli, "Eli", tester), fay: user(fay, "Fay", tester), gus: user(gus, "Gus", tester),
		hal: user(hal, "Hal", tester), forgotten: user(forgotten, "F1764000000001", tester),
	}
	company.Users = []directory.User{self0}
	for id := directory.UserID(ada); id <= forgotten; id++ {
		u := people[id]
		u.Admin = id == ada || id == abe
		u.Active = id != fay && id != hal && id != forgotten
		if id == forgotten {
			u.Email = directory.Email(u.Name)
		}
		company.Users = append(company.Users, u)
	}
	company.Groups = []directory.Group{
		{ID: 1, Name: "Mobile QA", Members: []directory.UserID{ada, eli, gus, forgotten}},
		{ID: 2, Name: "Old Web", Members: []directory.UserID{cas, hal}},
		{ID: 3, Name: "Platform", Members: []directory.UserID{abe, eli, gus}},
		{ID: 4, Name: "Legacy", Members: []directory.UserID{dan, gus}},
		{ID: 5, Name: "Elders", Members: []directory.UserID{self, dan, hal}},
	}

	want := lenient(3)
	want.Unlisted.Groups = directory.PolicyDelete
	w := &state{roster: want}
	for _, name := range []string{"Ada", "Bea", "Hal", "Cas", "Dan"} {
		want.Users = append(want.Users, directory.WantUser{Email: address(name), Name: set(name), Pos: here(10 + len(want.Users))})
	}
	want.Users = append(want.Users,
		directory.WantUser{Email: self0.Email, Pos: here(1)},
		directory.WantUser{Email: address("Abe"), Admin: set(false), Pos: here(20)},
		directory.WantUser{Email: address("Eli"), Active: set(false), Pos: here(21)},
		directory.WantUser{Email: address("Fay"), Active: set(true), Pos: here(22)})
	w.join(address("Ivy"), "Ivy", tester)
	w.join(address("Jon"), "Jon", lead)
	w.user(address("Bea")).Admin = set(true)
	w.user(address("Dan")).Name, w.user(address("Dan")).Role = set("Daniel"), set(lead)
	w.user(address("Cas")).Was = []directory.Key[directory.Email]{set(address("Cas"))}
	w.user(address("Cas")).Email = address("Cas.New")
	tidy(want)
	w.form("Mobile QA", address("Ada"), address("Eli"), address("Ivy"), address("Fay"))
	w.form("New Team", address("Ivy"), address("Jon"))
	w.form("Second Team", address("Dan"))
	w.form("Elders", self0.Email, address("Dan"), address("Hal"))
	w.form("Web", address("Bea"))
	w.form("Platform", address("Jon"))
	w.group("Web").Was = []directory.Key[directory.Name]{set(directory.Name("Old Web"))}
	w.group("Web").Mode, w.group("Platform").Mode = set(directory.AtLeast), set(directory.AtLeast)
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

// roles returns the role of the administrator who asks, and another one.
func roles(empty *directory.Live) (first, second directory.Name) {
	first = empty.Users[0].Role
	for _, role := range empty.Roles {
		if role.Name != first {
			second = role.Name
		}
	}
	return first, second
}
