package qtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/instance"
)

// The two searches for users.
const (
	searchByName    = "users/search"
	searchByProject = "search/user"
)

// get sends a read of something that is no list. route stands under api/v3.
func (r *Reader) get(ctx context.Context, route, query string, decode func(body []byte) error) error {
	return r.send(ctx, httpx.Request{
		Method: http.MethodGet, Path: "api/v3/" + route, RawQuery: query, Route: route, Class: httpx.Read, Decode: decode,
	})
}

// isAbsent reports whether an instance says that it has no such thing: 404, or 405 where something else is at the path.
func isAbsent(err error) bool {
	var failed *httpx.Error
	return errors.As(err, &failed) && failed.Kind == httpx.NotFound
}

// whoAmI returns the account that asks, of which only the id is taken.
//
// GET /api/v3/re-evaluation, LoggedUser (DOC: User API, reevaluate_token).
func (r *Reader) whoAmI(ctx context.Context) (numbered, error) {
	var self numbered
	err := r.get(ctx, "re-evaluation", "", decodeItem(&self))
	return self, err
}

// readPeople reads all accounts, inactive ones too, without their groups and projects.
//
// GET /api/v3/users/search, 8.4.2+ (DOC: User API, find_by_user_name_or_email). That it lists everybody without a username
// is GUESS; one that lists nobody is not asked again.
func (r *Reader) readPeople(ctx context.Context, s *snapshot) (err error) {
	var people []userItem
	s.pages.Users, err = readList(ctx, r, listing{
		name: "users", route: searchByName, query: "includeInactiveUsers=true", whole: "pagination=false",
	}, func(page []userItem) { people = append(people, page...) })
	if err != nil {
		return err
	}
	if len(people) == 0 {
		if r.kept.people == present {
			return instance.Inconsistent(searchByName, "the list is empty")
		}
		r.kept.people = absent
		return nil
	}
	r.kept.people, s.people, s.peopleRead = present, people, true
	return instance.Sort(searchByName, s.people, func(u *userItem) int64 { return u.number() })
}

// readFound reads who is in which projects and groups.
//
// GET /api/v3/search/user (DOC: User API, find_users_by_projects_name); that it lists everybody without a projectName is
// CLIENT, and whether people without a project are among them is not known. inactive is always sent: its default is
// documented as both.
func (r *Reader) readFound(ctx context.Context, s *snapshot) error {
	found, size, err := r.search(ctx, "members", "")
	if err == nil && len(found) == 0 {
		err := instance.Inconsistent(searchByProject, "the list is empty")
		err.Hint = "put the account that asks into a project: an instance that lists nobody can't be told from one that has nobody in a project"
		return err
	}
	s.found, s.foundRead, s.foundSize = found, true, size
	return err
}

// readGroups reads all groups, with their members where an instance fills them in.
//
// GET /api/v3/groups, an array, since 2023 (DOC: Groups API).
func (r *Reader) readGroups(ctx context.Context, s *snapshot) error {
	groups, size, err := r.allGroups(ctx, "groups")
	if r.kept.groups == unknown && isAbsent(err) {
		r.kept.groups = absent
		return nil
	}
	if err != nil {
		return err
	}
	s.groups, s.groupsRead, s.pages.Groups, r.kept.groups = groups, true, size, present
	if slices.ContainsFunc(groups, func(g groupItem) bool { return !g.filled() }) {
		r.kept.members = absent
	}
	return nil
}

// allGroups returns all groups by id, and how many are in a page. OnRead is told of the list by name, if it has one.
func (r *Reader) allGroups(ctx context.Context, name string) (groups []groupItem, size int, err error) {
	size, err = readList(ctx, r, listing{name: name, route: "groups"}, func(page []groupItem) { groups = append(groups, page...) })
	if err == nil && len(groups) == 0 { // there is the one of the administrators at least
		err = instance.Inconsistent("groups", "the list is empty")
	}
	if err == nil {
		err = instance.Sort("groups", groups, func(g *groupItem) int64 { return g.number() })
	}
	return groups, size, err
}

// readProjects reads all projects that the account may see, and the profiles that their members can have.
//
// GET /api/v3/projects, an array: without page all of them (DOC: Project API, text), or the first page (DOC, schema), which
// headers tell. GET /api/v3/user-profiles?type=user (DOC: User Profile API).
func (r *Reader) readProjects(ctx context.Context, _ *snapshot) error {
	var profiles struct {
		List []profileItem `json:"user_profiles"`
	}
	var failed error
	var wg sync.WaitGroup
	wg.Go(func() { failed = r.get(ctx, "user-profiles", "type=user", decodeObject(&profiles)) })
	var projects []directory.Project
	size, err := readList(ctx, r, listing{name: "projects", route: "projects", query: "assigned=false"}, func(page []projectItem) {
		for _, p := range page {
			projects = append(projects, p.project())
		}
	})
	wg.Wait()
	if err := instance.Foremost([]error{instance.Incomplete(err), instance.Incomplete(failed)}); err != nil {
		return err
	}
	if err := instance.Sort("projects", projects, func(p *directory.Project) directory.ProjectID { return p.ID }); err != nil {
		return err
	}
	if len(profiles.List) == 0 {
		return instance.Inconsistent("user-profiles", "the list is empty")
	}
	list := make([]directory.Profile, len(profiles.List))
	for i, p := range profiles.List {
		if flaw := p.flaw(); flaw != "" {
			return instance.Inconsistent("user-profiles", "%s", flaw)
		}
		list[i] = directory.Profile{ID: directory.ProfileID(p.number()), Name: directory.Name(p.Name.Value)}
	}
	if err := instance.Sort("user-profiles", list, func(p *directory.Profile) directory.ProfileID { return p.ID }); err != nil {
		return err
	}
	r.kept.projects, r.kept.list, r.kept.profiles, r.kept.projectSize = present, projects, list, size
	return nil
}

// readSystems reads the ways to sign on.
//
// GET /api/v3/auth-systems, since 2023 (DOC: Auth Systems API).
func (r *Reader) readSystems(ctx context.Context, _ *snapshot) error {
	var answer systemsAnswer
	err := r.get(ctx, "auth-systems", "", decodeObject(&answer))
	if err != nil && !isAbsent(err) {
		return err
	}
	systems := answer.systems()
	if err := instance.Sort("auth-systems", systems, func(s *systemItem) int64 { return s.number() }); err != nil {
		return err
	}
	r.known.mu.Lock()
	defer r.known.mu.Unlock()
	r.known.signOns, r.known.systems = present, systems
	if err != nil {
		r.known.signOns = absent
	}
	return nil
}

// lonelyAtOnce is how many accounts are read at a time.
const lonelyAtOnce = 8

// readLonely reads the groups of accounts one by one, whom no list tells the groups of.
//
// GET /api/v3/users/ID (DOC: User API, get_user_by_id).
func (r *Reader) readLonely(ctx context.Context, s *snapshot, ids []directory.UserID) error {
	users := make([]userItem, len(ids))
	errs := make([]error, len(ids))
	var wg sync.WaitGroup
	for lane := range lonelyAtOnce {
		wg.Go(func() {
			for i := lane; i < len(ids); i += lonelyAtOnce {
				if users[i], errs[i] = r.userByID(ctx, ids[i]); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	for i := range errs {
		errs[i] = instance.Incomplete(errs[i])
	}
	if err := instance.Foremost(errs); err != nil {
		return err
	}
	s.lonelyRead, s.alone = true, users
	return nil
}

func userRoute(id directory.UserID) string { return fmt.Sprintf("users/%d", id) }
