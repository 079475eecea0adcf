package testrail

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/provider/instance"
)

// Reader reads an instance. It has no method that writes. It is safe for concurrent use.
type Reader struct {
	base *url.URL
	http *httpx.Client
	pace plan.Pace

	onRead func(list string, soFar int)

	mu       sync.Mutex // held for the whole of a Read
	self     directory.UserID
	roles    answer[directory.Role] // kept from the first Read on
	projects answer[directory.Project]
	groups   presence
	caps     plan.Caps
}

// presence says whether an instance has a method of the API.
type presence int

const (
	unknown presence = iota
	present
	absent
)

// answer is a list that is read once.
type answer[T any] struct {
	presence
	list     []T
	pageSize int // 0 if the list came whole
}

// URL returns the address of the instance in one spelling, without a slash at the end.
func (r *Reader) URL() string { return strings.TrimSuffix(r.base.String(), "/") }

// Requests returns what was sent so far.
func (r *Reader) Requests() httpx.Counts { return r.http.Counts() }

// Close closes idle connections.
func (r *Reader) Close() { r.http.Close() }

// Read returns the live state, complete and consistent, with projects if they are asked for. It takes one request for who
// is asking, one for the roles and one for each page of users, groups and projects. Who is asking, roles and projects are
// kept from an earlier Read, and projects are then part of every later one.
//
//	get_current_user ──┬──> get_users page ──> page ──> ...  ──┐
//	  (alone: it says  ├──> get_groups page ──> ...           ├──> cross-check, once more for users and
//	  whether we may   ├──> get_roles                         │    groups if they disagree
//	  talk at all)     └──> get_projects page ──> ...       ──┘
//
// A failure of get_current_user is returned as it is. After that, everything but a lack of permission (401, 403) and the
// end of ctx is an *instance.InconsistentError.
func (r *Reader) Read(ctx context.Context, more directory.Extent) (*directory.Live, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.self == 0 {
		self, err := r.whoAmI(ctx)
		if err != nil {
			return nil, err
		}
		r.self = self
	}
	s, err := r.snapshot(ctx, more.Projects)
	if err != nil {
		return nil, err
	}
	if s.disagreement() != nil {
		// Users and groups are read at the same time, not at one moment: somebody may just have changed a group.
		if s, err = r.snapshot(ctx, more.Projects); err != nil {
			return nil, err
		}
		if err := s.disagreement(); err != nil {
			return nil, err
		}
	}
	if _, found := s.user(r.self); !found {
		return nil, instance.Inconsistent("get_users", "the list of %d lacks the account that asks, id %d", len(s.users), r.self)
	}
	r.caps = r.abilities(s)
	return r.live(s), nil
}

// ReadMore returns live, which is of an earlier Read and is not changed, with its projects if they are asked for: one
// request for each page of them, none if they were read before. From then on they are part of every Read. The errors are
// those of Read.
func (r *Reader) ReadMore(ctx context.Context, live *directory.Live, more directory.Extent) (*directory.Live, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if live.ProjectsRead || !more.Projects {
		return live, nil
	}
	if r.projects.presence == unknown {
		if err := instance.Incomplete(r.readProjects(ctx)); err != nil {
			return nil, err
		}
		r.caps.Pages.Projects = r.projects.pageSize
	}
	full := *live
	r.addProjects(&full)
	return &full, nil
}

// snapshot is users and groups of one reading.
type snapshot struct {
	users      []directory.User
	members    []membership // as the users tell it, if has includes hasGroupIDs
	groups     []directory.Group
	readGroups bool
	has        fieldSet // what every user has
	pages      plan.Pages

	remarks []string
}

// snapshot reads users and groups, and roles and projects if they are wanted and not known.
func (r *Reader) snapshot(ctx context.Context, projects bool) (*snapshot, error) {
	var s snapshot
	var wg sync.WaitGroup
	errs := make([]error, 4)
	wg.Go(func() { errs[0] = instance.Incomplete(r.readUsers(ctx, &s)) })
	if r.groups != absent {
		wg.Go(func() { errs[1] = instance.Incomplete(r.readGroups(ctx, &s)) })
	}
	if r.roles.presence == unknown {
		wg.Go(func() { errs[2] = instance.Incomplete(r.readRoles(ctx)) })
	}
	if projects && r.projects.presence == unknown {
		wg.Go(func() { errs[3] = instance.Incomplete(r.readProjects(ctx)) })
	}
	wg.Wait()
	if err := instance.Foremost(errs); err != nil {
		return nil, err
	}
	s.pages.Projects = r.projects.pageSize
	return &s, nil
}

// whoAmI returns the id of the account that asks.
//
// GET get_current_user, 6.6+ (https://support.testrail.com/hc/en-us/articles/7077978310292-Users). The page wants an id;
// it works without (LIVE: DICH). A short record proves nothing about the version (DOC), so only the id is taken.
func (r *Reader) whoAmI(ctx context.Context) (directory.UserID, error) {
	var id directory.UserID
	err := r.get(ctx, "get_current_user", "", decodeItem(func(self *numbered) { id = directory.UserID(self.number()) }))
	return id, err
}

// readUsers reads all accounts, inactive ones too.
//
// GET get_users without a project id, administrators only (DOC:
// https://support.testrail.com/hc/en-us/articles/7077978310292-Users). With a project id inactive users are missing and
// roles are those of the project, so that form is never used.
func (r *Reader) readUsers(ctx context.Context, s *snapshot) (err error) {
	const method = "get_users"
	s.has = hasAll
	s.pages.Users, err = readList(ctx, r, method, (*envelope).users, func(page []userItem) {
		for _, u := range page {
			s.users = append(s.users, u.user())
			for _, group := range u.GroupIDs.List {
				s.members = append(s.members, membership{directory.UserID(u.number()), directory.GroupID(group.Value)})
			}
			s.has &= u.has()
		}
	})
	if err != nil {
		return err
	}
	if len(s.users) == 0 {
		return instance.Inconsistent(method, "the list is empty")
	}
	return instance.Sort(method, s.users, func(u *directory.User) directory.UserID { return u.ID })
}

// readGroups reads all groups with their members.
//
// GET get_groups, 7.5+ (DOC: https://support.testrail.com/hc/en-us/articles/7077338821012-Groups).
func (r *Reader) readGroups(ctx context.Context, s *snapshot) (err error) {
	const method = "get_groups"
	s.pages.Groups, err = readList(ctx, r, method, (*envelope).groups, func(page []groupItem) {
		for _, g := range page {
			s.groups = append(s.groups, g.group())
		}
	})
	if r.groups == unknown && unknownMethod(err) {
		r.groups = absent
		return nil
	}
	if err != nil {
		return err
	}
	r.groups, s.readGroups = present, true
	return instance.Sort(method, s.groups, func(g *directory.Group) directory.GroupID { return g.ID })
}

// readRoles reads the roles that can be given to a user.
//
// GET get_roles, 7.3+ (DOC: https://support.testrail.com/hc/en-us/articles/7077853258772-Roles). They come in no order
// (LIVE: DICH).
func (r *Reader) readRoles(ctx context.Context) error {
	const method = "get_roles"
	var roles []directory.Role
	_, err := readList(ctx, r, method, (*envelope).roles, func(page []roleItem) {
		for _, role := range page {
			roles = append(roles, role.role())
		}
	})
	if unknownMethod(err) {
		r.roles.presence = absent
		return nil
	}
	if err != nil {
		return err
	}
	if len(roles) == 0 {
		return instance.Inconsistent(method, "the list is empty")
	}
	if err := instance.Sort(method, roles, func(r *directory.Role) directory.RoleID { return r.ID }); err != nil {
		return err
	}
	r.roles = answer[directory.Role]{presence: present, list: roles}
	return nil
}

// readProjects reads the projects that the account may see, completed ones too.
//
// GET get_projects (DOC: https://support.testrail.com/hc/en-us/articles/7077792415124-Projects).
func (r *Reader) readProjects(ctx context.Context) error {
	const method = "get_projects"
	var projects []directory.Project
	size, err := readList(ctx, r, method, (*envelope).projects, func(page []projectItem) {
		for _, p := range page {
			projects = append(projects, p.project())
		}
	})
	if err != nil {
		return err
	}
	if err := instance.Sort(method, projects, func(p *directory.Project) directory.ProjectID { return p.ID }); err != nil {
		return err
	}
	r.projects = answer[directory.Project]{presence: present, list: projects, pageSize: size}
	return nil
}

// FindUser looks an account up by address, without the list. found is false if TestRail says that there is none; it is
// known to say so of live addresses too (LIVE: mvndaai/testrail-promise#20).
//
// GET get_user_by_email (https://support.testrail.com/hc/en-us/articles/7077978310292-Users). Unknown: 400 or 404 (DOC);
// seen is 400 with the text of a malformed address (CLIENT: gurock/trcli). "+" goes as %2B and "@" as %40 (CLIENT).
func (r *Reader) FindUser(ctx context.Context, email directory.Email) (user directory.User, found bool, err error) {
	const method = "get_user_by_email"
	err = r.http.Do(ctx, httpx.Request{
		Method: http.MethodGet, Path: "index.php", Route: method, Class: httpx.Read,
		RawQuery: "/api/v2/" + method + "&email=" + url.QueryEscape(string(email)),
		Decode:   decodeUser(&user),
	})
	var failed *httpx.Error
	if errors.As(err, &failed) {
		notAnAddress := failed.Status == http.StatusBadRequest && strings.Contains(failed.Text, "is not a valid email address")
		if failed.Status == http.StatusNotFound || notAnAddress {
			return directory.User{}, false, nil
		}
	}
	if err != nil {
		return directory.User{}, false, err
	}
	if user.Email.Key() != email.Key() {
		return directory.User{}, false, instance.Inconsistent(method, "answered with another account, id %d", user.ID)
	}
	return user, true, nil
}

// ReadGroup returns the group with its members now. The error for a group that does not exist has a method NotFound.
//
// GET get_group/ID, 7.5+; 400 for an id that there is not (DOC:
// https://support.testrail.com/hc/en-us/articles/7077338821012-Groups).
func (r *Reader) ReadGroup(ctx context.Context, id directory.GroupID) (directory.Group, error) {
	var g directory.Group
	method := fmt.Sprintf("get_group/%d", id)
	if err := r.get(ctx, method, "", decodeGroup(&g)); err != nil {
		return directory.Group{}, absentIf(err)
	}
	if g.ID != id {
		return directory.Group{}, instance.Inconsistent(method, "answered with group %d", g.ID)
	}
	return g, nil
}

// get sends a read. The route is put together by hand: everything after "?" is one path, and parameters follow with "&"
// (DOC: https://support.testrail.com/hc/en-us/articles/7077039051284-Accessing-the-TestRail-API).
func (r *Reader) get(ctx context.Context, method, params string, decode func(body []byte) error) error {
	return r.http.Do(ctx, httpx.Request{
		Method: http.MethodGet, Path: "index.php", RawQuery: "/api/v2/" + method + params,
		Route: method + params, Class: httpx.Read, Decode: decode,
	})
}

// unknownMethod reports whether an instance says that it has no such method: 404 (DOC: Error handling page), or 400 with
// the words that public simulators use (CLIENT).
func unknownMethod(err error) bool {
	var failed *httpx.Error
	if !errors.As(err, &failed) {
		return false
	}
	return failed.Status == http.StatusNotFound ||
		failed.Status == http.StatusBadRequest && strings.HasPrefix(failed.Text, "Unknown method")
}

// absentIf marks the refusal of a call that says nothing but an id: 400 then means that there is no such thing.
func absentIf(err error) error {
	var failed *httpx.Error
	if errors.As(err, &failed) && (failed.Status == http.StatusBadRequest || failed.Status == http.StatusNotFound) {
		return instance.Absent(err)
	}
	return err
}

func decodeUser(to *directory.User) func(body []byte) error {
	return decodeItem(func(u *userItem) { *to = u.user() })
}

func decodeGroup(to *directory.Group) func(body []byte) error {
	return decodeItem(func(g *groupItem) { *to = g.group() })
}
