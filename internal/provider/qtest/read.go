package qtest

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/plan"
	"rollcall/internal/provider/instance"
)

// Reader reads an instance. It has no method that writes. It is safe for concurrent use.
type Reader struct {
	base  *url.URL
	http  *httpx.Client
	login *login
	pace  plan.Pace

	maxList int64 // bytes of all answers to one list

	onRead func(list string, soFar int)

	reading sync.Mutex // held for the whole of a Read, and of what follows
	self    directory.UserID
	kept    kept
	last    *snapshot // of the last Read
	caps    plan.Caps

	known known
}

// presence says whether an instance has an operation of the API, or fills a list.
type presence int

const (
	unknown presence = iota
	present
	absent
)

// kept is what is read once, and what the first readings found out about the instance.
type kept struct {
	projects    presence
	list        []directory.Project
	profiles    []directory.Profile
	projectSize int

	groups  presence // 404 before 2023
	people  presence // absent: the search by name lists nobody, and the search by project does
	members presence // absent: groups do not fill their users
	logins  int      // requests that it took to get the first token
}

// known is what calls beside a Read need of what it found.
type known struct {
	mu       sync.Mutex
	spelling map[directory.EmailKey]directory.Email // login names as the server spells them
	signOns  presence                               // absent: 404 before 2023
	systems  []systemItem                           // ways to sign on beside the tool's own
	admins   directory.GroupID                      // the group of the administrators; 0: not known
	groups   []directory.GroupID                    // of the last Read
	noGroups bool                                   // before 2023 there are none, and no such fields of a user
	accounts map[directory.UserID]userItem          // as ReadAccount found them last
}

// URL returns the address of the instance in one spelling, without a slash at the end.
func (r *Reader) URL() string { return strings.TrimSuffix(r.base.String(), "/") }

// Requests returns what was sent so far.
func (r *Reader) Requests() httpx.Counts { return r.http.Counts() }

// Close closes idle connections.
func (r *Reader) Close() { r.http.Close() }

// Read returns the live state, complete and consistent, with what more asks for. Who is asking, projects, profiles and ways
// to sign on are kept from an earlier Read, and are then part of every later one.
//
//	                            ┌──> users/search                                       every time
//	(oauth/token) ──> who? ─────┼──> groups                                             every time
//	  once            once      ├──> search/user, projects, user-profiles               if projects are asked for; the latter
//	                            │                                                       two once
//	                            └──> auth-systems                                       if asked for, once
//	      ──> search/user, if people or members are still missing ──┬──> cross-check, once more for users and groups if
//	      ──> auth-systems, if somebody signs on elsewhere, once    │    they disagree
//	      ──> users/ID of who is in no list of members ─────────────┘
//
// A failure of the first request is returned as it is. After that, everything but a lack of permission (401, 403) and the
// end of ctx is an *instance.InconsistentError.
func (r *Reader) Read(ctx context.Context, more directory.Extent) (*directory.Live, error) {
	r.reading.Lock()
	defer r.reading.Unlock()
	return r.read(ctx, more)
}

// read is Read. The caller holds the lock.
func (r *Reader) read(ctx context.Context, more directory.Extent) (*directory.Live, error) {
	if r.self == 0 {
		who, err := r.whoAmI(ctx)
		if err != nil {
			return nil, err
		}
		r.self, r.kept.logins = directory.UserID(who.number()), r.login.requests(ctx)
	}
	var s *snapshot
	for try := 1; ; try++ {
		s = new(snapshot)
		err := r.complete(ctx, s, more)
		if err != nil {
			return nil, err
		}
		if err = r.join(s); err == nil {
			break
		}
		// Users and groups are read at the same time, not at one moment: somebody may just have changed one.
		if try == 2 {
			return nil, err
		}
	}
	r.last, r.caps = s, r.abilities(s)
	r.remember(s)
	return r.live(s), nil
}

// ReadMore returns live, which is of the last Read and is not changed, with what more asks for and it lacks: a request each
// for projects, profiles, who is a member of them, and ways to sign on; none if they were read before. From then on they are
// part of every Read. What does not fit the live state makes it read all anew. The errors are those of Read.
func (r *Reader) ReadMore(ctx context.Context, live *directory.Live, more directory.Extent) (*directory.Live, error) {
	r.reading.Lock()
	defer r.reading.Unlock()
	if live.Extent().Has(more) {
		return live, nil
	}
	if r.last == nil {
		return r.read(ctx, more)
	}
	s := *r.last
	if err := r.complete(ctx, &s, more); err != nil {
		return nil, err
	}
	if r.join(&s) != nil {
		return r.read(ctx, more)
	}
	r.last, r.caps = &s, r.abilities(&s)
	return r.live(&s), nil
}

// join makes users and members of what was read and kept, or returns why it is no whole.
func (r *Reader) join(s *snapshot) error {
	s.systems = r.known.list()
	if err := s.join(); err != nil {
		return err
	}
	if _, found := s.user(r.self); !found {
		return instance.Inconsistent(s.from(), "the list of %d lacks the account that asks, id %d", len(s.users), r.self)
	}
	member := func(u directory.User) bool { return len(u.Projects) > 0 }
	if r.kept.projects == present && len(r.kept.list) == 0 && slices.ContainsFunc(s.users, member) {
		return instance.Inconsistent("projects", "none is listed, and users are members of some")
	}
	return nil
}

// complete reads what the snapshot lacks of a reading, and goes on as long as what came shows that something more is needed.
func (r *Reader) complete(ctx context.Context, s *snapshot, more directory.Extent) error {
	for {
		tasks := r.missing(ctx, s, more)
		if len(tasks) == 0 {
			return nil
		}
		var wg sync.WaitGroup
		errs := make([]error, len(tasks))
		for i, task := range tasks {
			wg.Go(func() { errs[i] = instance.Incomplete(task()) })
		}
		wg.Wait()
		if err := instance.Foremost(errs); err != nil {
			return err
		}
	}
}

// missing returns the requests that a snapshot lacks, as far as is known now.
func (r *Reader) missing(ctx context.Context, s *snapshot, more directory.Extent) (tasks []func() error) {
	need := func(yes bool, task func(context.Context, *snapshot) error) {
		if yes {
			tasks = append(tasks, func() error { return task(ctx, s) })
		}
	}
	projects := more.Projects || r.kept.projects == present
	need(!s.peopleRead && r.kept.people != absent, r.readPeople)
	need(!s.groupsRead && r.kept.groups != absent, r.readGroups)
	need(!s.foundRead && (projects || r.kept.people == absent || r.kept.members == absent), r.readFound)
	need(projects && r.kept.projects == unknown, r.readProjects)
	need(r.known.signOnsUnknown() && (more.SignOns || s.signsOnElsewhere()), r.readSystems)
	if len(tasks) == 0 {
		lonely := s.lonely()
		need(len(lonely) > 0, func(ctx context.Context, s *snapshot) error { return r.readLonely(ctx, s, lonely) })
	}
	return tasks
}

// signOnsUnknown reports whether the ways to sign on were never asked for.
func (k *known) signOnsUnknown() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.signOns == unknown
}

// list returns the ways to sign on beside the tool's own.
func (k *known) list() []systemItem {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.systems
}

// remember keeps what calls beside a Read need of it.
func (r *Reader) remember(s *snapshot) {
	r.known.mu.Lock()
	defer r.known.mu.Unlock()
	clear(r.known.spelling)
	for i := range s.users {
		r.known.spelling[s.users[i].Email.Key()] = s.users[i].Email
	}
	r.known.admins, r.known.noGroups = s.admins, !s.groupsRead
	r.known.groups = r.known.groups[:0]
	for i := range s.groups {
		r.known.groups = append(r.known.groups, directory.GroupID(s.groups[i].number()))
	}
}

// seen returns the groups that the last Read saw, that of the administrators among them.
func (k *known) seen() []directory.GroupID {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.groups)
}
