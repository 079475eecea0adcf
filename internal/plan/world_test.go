package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// world is what Build is given. A test makes one of parts, in its own row; names of people are short for addresses at
// acme.example.
type world struct {
	want directory.Desired
	live directory.Live
	caps plan.Caps
	opts plan.Options

	strips bool // the tool takes an account that is deactivated out of its projects
}

type part func(*world)

const domain = "@acme.example"

var (
	today     = directory.Date{Year: 2026, Month: time.November, Day: 10}
	yesterday = today.Plus(-1)
	tomorrow  = today.Plus(1)
)

// given starts from an instance that can do everything, with the roles Lead and Tester, default guards and no policy for
// what is unlisted.
func given(parts ...part) *world {
	w := &world{caps: fullCaps(), opts: plan.Options{Today: today, ToolVersion: "test"}}
	w.want.Timezone = "UTC"
	w.want.Unlisted = directory.Unlisted{Users: directory.PolicyIgnore, Groups: directory.PolicyIgnore, Pos: pos(3)}
	w.want.Guards = directory.DefaultGuards()
	w.live.Roles = []directory.Role{{ID: 1, Name: "Lead"}, {ID: 2, Name: "Tester", Default: true}}
	for _, p := range parts {
		p(w)
	}
	return w
}

func all(parts ...part) part {
	return func(w *world) {
		for _, p := range parts {
			p(w)
		}
	}
}

// fullCaps are those of a tool that writes memberships on the group and has no members of projects.
func fullCaps() plan.Caps {
	caps := plan.Caps{Membership: plan.OnGroup, Kinds: map[plan.Kind]bool{}, Reported: map[plan.Field]bool{}, Writable: map[plan.Field]bool{},
		ReadsGroups: true, ReadsRoles: true, Where: map[plan.Kind]string{}, Why: map[plan.Kind]string{}, RenamesGroups: true,
		Pages: plan.Pages{Users: 250, Groups: 250, Projects: 250}, Once: 2, UserLists: 1}
	for _, k := range plan.Kinds() {
		caps.Kinds[k] = !k.OnProject()
		caps.Where[k] = "page of " + string(k)
	}
	for _, f := range []plan.Field{plan.FieldEmail, plan.FieldName, plan.FieldRole, plan.FieldActive, plan.FieldAdmin,
		plan.FieldEmailNotifications, plan.FieldMFARequired, plan.FieldSSOEnabled, plan.FieldAssignedProjects} {
		caps.Reported[f], caps.Writable[f] = true, true
	}
	return caps
}

func (w *world) build(t testing.TB) *plan.Plan {
	t.Helper()
	p, err := w.plan()
	if err != nil {
		t.Fatalf("Build: %v: %q", err, problems(err))
	}
	return p
}

func (w *world) plan() (*plan.Plan, error) { return plan.Build(&w.want, &w.live, w.caps, w.opts) }

func pos(line int) directory.Pos { return directory.Pos{File: "users.yaml", Line: line, Column: 3} }

// key is where the nth key of an entry stands.
func key(entry directory.Pos, n int) directory.Pos {
	return directory.Pos{File: entry.File, Line: entry.Line + n, Column: 5}
}

func mail(name string) directory.Email {
	if name == "" || strings.Contains(name, "@") || directory.Forgotten(name) {
		return directory.Email(name)
	}
	return directory.Email(name + domain)
}

// The live side.

// account is an active Tester.
func account(id int, name string, opts ...func(*directory.User)) part {
	return func(w *world) {
		u := directory.User{ID: directory.UserID(id), Email: mail(name), Name: name, Active: true, Role: "Tester", RoleID: 2}
		for _, o := range opts {
			o(&u)
		}
		w.live.Users = append(w.live.Users, u)
	}
}

// accounts are n active Testers named u1, u2, ... with the ids first, first+1, ...
func accounts(first, n int, opts ...func(*directory.User)) part {
	return func(w *world) {
		for i := range n {
			account(first+i, fmt.Sprintf("u%d", first+i), opts...)(w)
		}
	}
}

func inactive(u *directory.User) { u.Active = false }
func admin(u *directory.User)    { u.Admin = true }

func manages(ids ...directory.ProjectID) func(*directory.User) {
	return func(u *directory.User) { u.AssignedProjects = ids }
}

func group(id int, name string, members ...directory.UserID) part {
	return func(w *world) {
		w.live.Groups = append(w.live.Groups, directory.Group{ID: directory.GroupID(id), Name: directory.Name(name), Members: members})
	}
}

// ids are n ids from first on.
func ids(first, n int) []directory.UserID {
	list := make([]directory.UserID, n)
	for i := range list {
		list[i] = directory.UserID(first + i)
	}
	return list
}

func project(id int, name string, groups ...directory.GroupID) part {
	return func(w *world) {
		w.live.ProjectsRead = true
		w.live.Projects = append(w.live.Projects, directory.Project{ID: directory.ProjectID(id), Name: directory.Name(name), Groups: groups, GroupsKnown: true})
	}
}

func self(id int) part { return func(w *world) { w.live.Self = directory.UserID(id) } }

// The file's side. Entries stand ten lines apart: the first at line 10, users and groups counted together.

func (w *world) entry() directory.Pos { return pos(10 * (1 + len(w.want.Users) + len(w.want.Groups))) }

func listed(name string, opts ...func(*directory.WantUser)) part {
	return func(w *world) {
		u := directory.WantUser{Email: mail(name), Pos: w.entry()}
		for _, o := range opts {
			o(&u)
		}
		w.want.Users = append(w.want.Users, u)
	}
}

func named(name string) func(*directory.WantUser) {
	return func(u *directory.WantUser) { u.Name = directory.At(name, key(u.Pos, 1)) }
}

func role(name string) func(*directory.WantUser) {
	return func(u *directory.WantUser) { u.Role = directory.At(directory.Name(name), key(u.Pos, 2)) }
}

func active(yes bool) func(*directory.WantUser) {
	return func(u *directory.WantUser) { u.Active = directory.At(yes, key(u.Pos, 3)) }
}

func activeByDefault(u *directory.WantUser) {
	u.Active = directory.Key[bool]{Value: true, Set: true, FromDefault: true, Pos: pos(5)}
}

func until(d directory.Date) func(*directory.WantUser) {
	return func(u *directory.WantUser) { u.Until = directory.At(d, key(u.Pos, 4)) }
}

func asAdmin(yes bool) func(*directory.WantUser) {
	return func(u *directory.WantUser) { u.Admin = directory.At(yes, key(u.Pos, 5)) }
}

func formerly(names ...string) func(*directory.WantUser) {
	return func(u *directory.WantUser) {
		for _, name := range names {
			u.Was = append(u.Was, directory.At(mail(name), key(u.Pos, 6)))
		}
	}
}

func pinned(id int) func(*directory.WantUser) {
	return func(u *directory.WantUser) { u.ID = directory.At(directory.UserID(id), key(u.Pos, 7)) }
}

func managing(projects ...directory.Name) func(*directory.WantUser) {
	return func(u *directory.WantUser) { u.AssignedProjects = directory.At(projects, key(u.Pos, 8)) }
}

func in(groups ...directory.Name) func(*directory.WantUser) {
	return func(u *directory.WantUser) {
		for _, g := range groups {
			u.Groups = append(u.Groups, directory.GroupRef{Name: g, Pos: key(u.Pos, 9)})
		}
	}
}

// leaver is a person whom `leavers` names; with nothing else, it is all that names him.
func leaver(u *directory.WantUser) {
	u.Leaver = pos(500 + u.Pos.Line)
}

func onlyLeaver(u *directory.WantUser) {
	u.Leaver = pos(500 + u.Pos.Line)
	u.Pos = u.Leaver
}

func team(name string, mode directory.GroupMode, opts ...func(*directory.WantGroup)) part {
	return func(w *world) {
		g := directory.WantGroup{Name: directory.Name(name), Pos: w.entry()}
		g.Mode = directory.At(mode, key(g.Pos, 1))
		for _, o := range opts {
			o(&g)
		}
		w.want.Groups = append(w.want.Groups, g)
	}
}

func members(names ...string) func(*directory.WantGroup) {
	return func(g *directory.WantGroup) {
		list := []directory.MemberRef{}
		for _, name := range names {
			list = append(list, directory.MemberRef{Email: mail(name), Pos: key(g.Pos, 2)})
		}
		g.Members = directory.At(list, key(g.Pos, 2))
	}
}

func formerName(names ...directory.Name) func(*directory.WantGroup) {
	return func(g *directory.WantGroup) {
		for _, name := range names {
			g.Was = append(g.Was, directory.At(name, key(g.Pos, 3)))
		}
	}
}

func groupPin(id int) func(*directory.WantGroup) {
	return func(g *directory.WantGroup) { g.ID = directory.At(directory.GroupID(id), key(g.Pos, 4)) }
}

func unlisted(users, groups directory.UnlistedPolicy) part {
	return func(w *world) { w.want.Unlisted.Users, w.want.Unlisted.Groups = users, groups }
}

func protect(patterns ...string) part {
	return func(w *world) {
		for _, p := range patterns {
			w.want.Guards.Protect = append(w.want.Guards.Protect, directory.At(p, pos(7)))
		}
	}
}

func minAdmins(n int) part {
	return func(w *world) { w.want.Guards.MinAdmins = directory.At(n, pos(6)) }
}

func seats(limit, reserve int) part {
	return func(w *world) {
		w.want.Seats.Limit, w.want.Seats.Reserve = directory.At(limit, pos(8)), directory.At(reserve, pos(8))
	}
}

func limit(guard directory.GuardName, l directory.Limit) part {
	return func(w *world) { w.want.Guards.Limits[guard] = l }
}

func atMost(n int) directory.Limit {
	return directory.Limit{Count: directory.At(n, pos(9)), Pos: pos(9)}
}

func allow(guard directory.GuardName, n int, cause directory.AllowCause, until directory.Date) part {
	return func(w *world) {
		w.want.Guards.Allow = append(w.want.Guards.Allow,
			directory.Allow{Guard: guard, Count: n, Cause: cause, Reason: "audit", Until: until, Pos: pos(9)})
	}
}

func only(selectors ...string) part {
	return func(w *world) { w.opts.Scope.Only = selectors }
}

func noRemovals(w *world) { w.opts.Scope.NoRemovals = true }
