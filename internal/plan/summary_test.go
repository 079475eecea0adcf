package plan_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

func TestBuild_summary(t *testing.T) {
	kinds := func(counts map[plan.Kind]int) map[plan.Kind]int {
		for _, k := range plan.Kinds() {
			counts[k] += 0
		}
		return counts
	}
	for _, tt := range []struct {
		name  string
		given *world
		want  plan.Summary
	}{
		{"nothing", given(), plan.Summary{ByKind: kinds(map[plan.Kind]int{})}},
		{"a month",
			given(seats(9, 1), account(1, "a", admin), account(2, "b", admin), account(3, "c"), account(4, "off", inactive, admin),
				listed("a", active(false)), listed("c", role("Lead"), asAdmin(true)), listed("off", active(true)), listed("n", named("N")), listed("n2", named("N"), asAdmin(true)),
				group(7, "qa", 1, 2), team("qa", directory.Exact, members("n", "off")), team("web", directory.Exact, members("c"))),
			plan.Summary{People: 6, Actions: 7, AdminsBefore: 2, AdminsAfter: 3, SeatsBefore: 3, SeatsAfter: 5, SeatLimit: 9, SeatReserve: 1, MembersAdded: 3, MembersRemoved: 2,
				ByKind: kinds(map[plan.Kind]int{plan.CreateUser: 2, plan.UpdateUser: 1, plan.DeactivateUser: 1, plan.ReactivateUser: 1, plan.CreateGroup: 1, plan.UpdateGroup: 1})}},
		{"an update of an inactive account makes no administrator",
			given(account(1, "a", inactive), listed("a", active(false), asAdmin(true))),
			plan.Summary{People: 1, Actions: 1, ByKind: kinds(map[plan.Kind]int{plan.UpdateUser: 1})}},
		{"manual steps are not counted", given(noUserWrites, account(1, "a"), listed("a", active(false))),
			plan.Summary{People: 1, SeatsBefore: 1, SeatsAfter: 1, ByKind: kinds(map[plan.Kind]int{})}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.given.build(t).Summary); diff != "" {
				t.Errorf("summary (-want +got):\n%s", diff)
			}
		})
	}
}

func groupsOf(n int) part {
	return func(w *world) {
		for i := range n {
			group(1000+i, fmt.Sprintf("g%d", i))(w)
		}
	}
}

func pace(perMinute, burst int) part {
	return func(w *world) { w.caps.Pace = plan.Pace{PerMinute: perMinute, Burst: burst} }
}

func pages(size int) part {
	return func(w *world) { w.caps.Pages = plan.Pages{Users: size, Groups: size, Projects: size} }
}

func TestBuild_cost(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given *world
		want  plan.Cost
	}{
		{"no change at 2,000 users and 150 groups is 11 reads", given(accounts(1, 2000), groupsOf(150), pace(90, 60)), plan.Cost{Reads: 11, Seconds: 1}},
		{"a page that is exactly full is one page", given(accounts(1, 250)), plan.Cost{Reads: 4, Seconds: 1}},
		{"one more is two", given(accounts(1, 251)), plan.Cost{Reads: 5, Seconds: 1}},
		{"an empty list is read too", given(), plan.Cost{Reads: 4, Seconds: 1}},
		{"lists that are not paged", given(pages(0), accounts(1, 2000), groupsOf(150)), plan.Cost{Reads: 4, Seconds: 1}},
		{"projects, if they were read", given(pages(2), project(1, "a"), project(2, "b"), project(3, "c")), plan.Cost{Reads: 6, Seconds: 1}},
		{"a user write: the write and the final pages", given(account(1, "u1"), leavers(1, 1)), plan.Cost{Reads: 6, Writes: 1, Seconds: 1}},
		{"a group write is read again just before", given(account(1, "ana"), listed("ana"), group(7, "qa"), team("qa", directory.Exact, members("ana"))), plan.Cost{Reads: 7, Writes: 1, Seconds: 1}},
		{"a new group is not", given(team("qa", directory.AtLeast)), plan.Cost{Reads: 6, Writes: 1, Seconds: 1}},
		{"a group deletion is, and projects are read once", given(group(7, "qa"), project(1, "P"), unlisted(directory.PolicyIgnore, directory.PolicyDelete)), plan.Cost{Reads: 8, Writes: 1, Seconds: 1}},
		{"manual steps cost nothing", given(noUserWrites, account(1, "u1"), leavers(1, 1)), plan.Cost{Reads: 4, Seconds: 1}},
		{"unpaced: eight workers at 400 ms", given(accounts(1, 194), leavers(1, 194)), plan.Cost{Reads: 6, Writes: 194, Seconds: 10}},
		{"a burst is not paced", given(pace(90, 200), accounts(1, 194), leavers(1, 194)), plan.Cost{Reads: 6, Writes: 194, Seconds: 10}},
		{"after the burst 90 a minute", given(pace(90, 60), accounts(1, 144), leavers(1, 144)), plan.Cost{Reads: 6, Writes: 144, Seconds: 60}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.given.build(t).Cost); diff != "" {
				t.Errorf("cost (-want +got):\n%s", diff)
			}
		})
	}
}

// The digest of the basis differs whenever something live differs, and never otherwise.
func TestBuild_basis(t *testing.T) {
	base := func() *world {
		return given(self(1), account(1, "ana", manages(4, 3)), account(2, "bob", works(4, 3)), group(7, "qa", 1, 2), group(8, "web"), project(3, "P", 8, 7), project(4, "Q"))
	}
	same := map[string]func(*world){
		"users in another order":              func(w *world) { slices.Reverse(w.live.Users) },
		"groups in another order":             func(w *world) { slices.Reverse(w.live.Groups) },
		"members in another order":            func(w *world) { slices.Reverse(w.live.Groups[0].Members) },
		"roles in another order":              func(w *world) { slices.Reverse(w.live.Roles) },
		"projects in another order":           func(w *world) { slices.Reverse(w.live.Projects) },
		"projects of a person in other order": func(w *world) { slices.Reverse(w.live.Users[1].Projects) },
		"groups of a project in other order":  func(w *world) { slices.Reverse(w.live.Projects[0].Groups) },
		"assigned projects in other order":    func(w *world) { slices.Reverse(w.live.Users[0].AssignedProjects) },
		"a remark about the reading":          func(w *world) { w.live.Remarks = []string{"x"} },
		"another file":                        func(w *world) { listed("ana")(w) },
	}
	differs := map[string]func(*world){
		"the account that runs this": self(2),
		"an account more":            account(3, "cy"),
		"an account less":            func(w *world) { w.live.Users = w.live.Users[:1] },
		"another id":                 func(w *world) { w.live.Users[1].ID = 5 },
		"an address":                 func(w *world) { w.live.Users[0].Email = "x@y" },
		"a name":                     func(w *world) { w.live.Users[0].Name = "x" },
		"a letter moved from the address to the name": func(w *world) {
			w.live.Users[0].Email, w.live.Users[0].Name = "ana@acme.exampl", "eana"
		},
		"the active state": func(w *world) { w.live.Users[0].Active = false },
		"a role":           func(w *world) { w.live.Users[0].Role = "Lead" },
		"a role id":        func(w *world) { w.live.Users[0].RoleID = 9 },
		"the admin flag":   func(w *world) { w.live.Users[0].Admin = true },
		"another flag":     func(w *world) { w.live.Users[0].SSOEnabled = true },
		"a project":        func(w *world) { w.live.Users[0].AssignedProjects = []directory.ProjectID{3} },
		"a group more":     group(9, "x"),
		"a group's name":   func(w *world) { w.live.Groups[0].Name = "x" },
		"a member":         func(w *world) { w.live.Groups[0].Members = []directory.UserID{1} },
		"a role more":      func(w *world) { w.live.Roles = w.live.Roles[:1] },
		"project access":   func(w *world) { w.live.Projects[1].Groups = []directory.GroupID{7} },

		"an invitation":         func(w *world) { w.live.Users[0].Active, w.live.Users[0].Pending = false, true },
		"a given name":          func(w *world) { w.live.Users[0].GivenName = "x" },
		"a family name":         func(w *world) { w.live.Users[0].FamilyName = "x" },
		"who rules over a name": func(w *world) { w.live.Users[0].NameFixed = true },
		"a way to sign on":      func(w *world) { w.live.Users[0].SignOn = "x" },
		"a name there":          func(w *world) { w.live.Users[0].ExternalName = "x" },
		"a member of a project": func(w *world) { w.live.Users[0].Projects = []directory.ProjectID{3} },
		"a group's rights":      func(w *world) { w.live.Groups[0].Rights = []string{"x"} },
		"a sample project":      func(w *world) { w.live.Projects[0].Sample = true },
		"a profile more":        func(w *world) { w.live.Profiles = []directory.Profile{{ID: 5, Name: "x"}} },
		"a way to sign on more": func(w *world) { w.live.SignOns = []directory.SignOn{{ID: 5, Name: "x"}} },
	}
	want := base().build(t).Basis.Live
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(want) {
		t.Fatalf("digest %q is no SHA-256 in hex", want)
	}
	digest := func(change func(*world)) string {
		w := base()
		change(w)
		return w.build(t).Basis.Live
	}
	for name, change := range same {
		if digest(change) != want {
			t.Errorf("%s: another digest", name)
		}
	}
	seen := map[string]string{want: "nothing"}
	for name, change := range differs {
		got := digest(change)
		if twin, ok := seen[got]; ok {
			t.Errorf("%s: the same digest as %s", name, twin)
		}
		seen[got] = name
	}
}

// The JSON form has lists where there are none, never null but for a value that is not there yet.
func TestBuild_emptyListsInJSON(t *testing.T) {
	for _, w := range []*world{
		given(),
		given(team("qa", directory.AtLeast), account(1, "ana"), listed("ana"), group(7, "web", 1), team("web", directory.Exact, members())),
		given(group(7, "web"), unlisted(directory.PolicyIgnore, directory.PolicyDelete)),
		given(account(1, "ana"), listed("ana"), account(2, "bob"), listed("bob"), group(7, "web", 1), team("web", directory.Exact, members("bob")), noRemovals),
	} {
		data, err := json.Marshal(w.build(t))
		if err != nil {
			t.Fatal(err)
		}
		if rest := strings.ReplaceAll(string(data), `"old":null`, ""); strings.Contains(rest, "null") {
			t.Errorf("null in %s", rest)
		}
	}
}

// Build keeps nothing of its arguments that somebody could change later.
func TestBuild_copiesItsFiles(t *testing.T) {
	w := given(func(w *world) { w.want.Files = []directory.File{{Path: "users.yaml", SHA256: "aa"}} })
	p := w.build(t)
	w.want.Files[0].Path = "other.yaml"
	if p.Basis.Files[0].Path != "users.yaml" {
		t.Error("the plan changed with the desired state")
	}
}
