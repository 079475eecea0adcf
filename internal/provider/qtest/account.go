package qtest

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/provider/instance"
)

// absentIf marks the refusal of a call on one thing that says that there is none.
func absentIf(err error) error {
	if isAbsent(err) {
		return instance.Absent(err)
	}
	return err
}

// FindUser looks an account up by its login name, without the list, and returns it without groups, projects and Admin. found
// is false if qTest says that there is none. Its search minds case (DOC), an address does not: what is not found as it is
// spelled is looked for once more as the last Read saw it spelled.
//
// GET /api/v3/users/search?username= (DOC: User API, find_by_user_name_or_email). It may answer with whom the name is a part
// of (GUESS), or whose external name it is (DOC): they are not who is looked for.
func (r *Reader) FindUser(ctx context.Context, email directory.Email) (user directory.User, found bool, err error) {
	spellings := []directory.Email{email}
	r.known.mu.Lock()
	if server := r.known.spelling[email.Key()]; server != "" && server != email {
		spellings = append(spellings, server)
	}
	r.known.mu.Unlock()
	for _, spelling := range spellings {
		item, found, err := r.findSpelled(ctx, spelling)
		if err != nil {
			return directory.User{}, false, err
		}
		if !found {
			continue
		}
		if err := r.knowSignOn(ctx, &item); err != nil {
			return directory.User{}, false, err
		}
		return item.user(r.known.list()), true, nil
	}
	return directory.User{}, false, nil
}

// findSpelled looks for one spelling of a login name.
func (r *Reader) findSpelled(ctx context.Context, email directory.Email) (item userItem, found bool, err error) {
	var same []userItem
	_, err = readList(ctx, r, listing{
		route: searchByName, query: "includeInactiveUsers=true&username=" + url.QueryEscape(string(email)), whole: "pagination=false",
	}, func(page []userItem) {
		for _, u := range page {
			if directory.Email(u.Username.Value).Key() == email.Key() {
				same = append(same, u)
			}
		}
	})
	switch {
	case err != nil || len(same) == 0:
		return userItem{}, false, err
	case len(same) == 1:
		return same[0], true, nil
	}
	exact := slices.IndexFunc(same, func(u userItem) bool { return u.Username.Value == string(email) })
	if exact < 0 {
		return userItem{}, false, instance.Inconsistent(searchByName, "%d accounts bear the address, ids %d and %d among them", len(same), same[0].number(), same[1].number())
	}
	return same[exact], true, nil
}

// knowSignOn reads the ways to sign on if the account has one that nobody has asked for yet.
func (r *Reader) knowSignOn(ctx context.Context, u *userItem) error {
	if u.elsewhere() && r.known.signOnsUnknown() {
		return r.readSystems(ctx, nil)
	}
	return nil
}

// userByID returns one account.
//
// GET /api/v3/users/ID (DOC: User API, get_user_by_id).
func (r *Reader) userByID(ctx context.Context, id directory.UserID) (userItem, error) {
	var u userItem
	route := userRoute(id)
	if err := r.get(ctx, route, "", decodeItem(&u)); err != nil {
		return userItem{}, absentIf(err)
	}
	if u.number() != int64(id) {
		return userItem{}, instance.Inconsistent(route, "answered with another account, id %d", u.number())
	}
	return u, nil
}

// ReadAccount returns the account with its groups now, without projects. Where an instance does not tell the groups of an
// account (GUESS: user_group_ids may be null), they are found in the search by project, or in the list of groups. A Read has
// to come before. The error for an account that does not exist has a method NotFound.
func (r *Reader) ReadAccount(ctx context.Context, id directory.UserID) (directory.Account, error) {
	u, err := r.userByID(ctx, id)
	if err != nil {
		return directory.Account{}, err
	}
	groups := idsOf(&u)
	if !u.GroupIDs.Known {
		if groups, err = r.groupsOf(ctx, id); err != nil {
			return directory.Account{}, err
		}
	}
	if err := r.knowSignOn(ctx, &u); err != nil {
		return directory.Account{}, err
	}
	r.known.mu.Lock()
	r.known.accounts[id] = u
	r.known.mu.Unlock()
	return r.account(&u, groups), nil
}

// account returns an account in these groups, among them that of the administrators if it is one.
func (r *Reader) account(u *userItem, groups []directory.GroupID) directory.Account {
	r.known.mu.Lock()
	defer r.known.mu.Unlock()
	account := directory.Account{User: u.user(r.known.systems), Groups: make([]directory.GroupID, 0, len(groups))}
	for _, id := range groups {
		if id == r.known.admins {
			account.Admin = true
		} else {
			account.Groups = append(account.Groups, id)
		}
	}
	slices.Sort(account.Groups)
	account.Groups = slices.Compact(account.Groups)
	return account
}

func idsOf(u *userItem) []directory.GroupID {
	ids := make([]directory.GroupID, len(u.GroupIDs.List))
	for i, id := range u.GroupIDs.List {
		ids[i] = directory.GroupID(id.Value)
	}
	return ids
}

// groupsOf returns the groups of an account that does not tell them; none where there are no groups at all. What is made of
// the answer is a full set that is written, so that a group which is missing here would lose a member:
//
//	the search by project      has the account, with its groups    these: the list says how long it is
//	the list of groups         every group has its whole list      those that have the account, if no group is missing that
//	                                                                the last Read saw: half an array looks like a whole one
//	otherwise                                                       inconsistent
func (r *Reader) groupsOf(ctx context.Context, id directory.UserID) ([]directory.GroupID, error) {
	found, _, err := r.search(ctx, "", "")
	if err != nil {
		return nil, instance.Incomplete(err)
	}
	for i := range found {
		if found[i].number() == int64(id) && found[i].GroupIDs.Known {
			return idsOf(&found[i]), nil
		}
	}
	groups, _, err := r.allGroups(ctx, "")
	if isAbsent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, instance.Incomplete(err)
	}
	var in []directory.GroupID
	listed := make(map[directory.GroupID]bool, len(groups))
	for i := range groups {
		g := &groups[i]
		if !g.filled() {
			return nil, instance.Inconsistent(userRoute(id), "nothing tells in which groups the account is")
		}
		listed[directory.GroupID(g.number())] = true
		if slices.ContainsFunc(g.Users, func(u numbered) bool { return u.number() == int64(id) }) {
			in = append(in, directory.GroupID(g.number()))
		}
	}
	for _, group := range r.known.seen() {
		if !listed[group] {
			return nil, instance.Inconsistent(userRoute(id), "the list of groups lacks group %d, which it had before", group)
		}
	}
	return in, nil
}

// ReadProject returns who is a member of the project now, inactive accounts too, sorted. The error for a project that does not
// exist has a method NotFound.
//
// GET /api/v3/projects/ID/users, an array (DOC: User API). inactive is always sent: its default is documented as both.
func (r *Reader) ReadProject(ctx context.Context, id directory.ProjectID) ([]directory.UserID, error) {
	route := fmt.Sprintf("projects/%d/users", id)
	members := []directory.UserID{}
	_, err := readList(ctx, r, listing{route: route, query: "inactive=true"}, func(page []userItem) {
		for i := range page {
			members = append(members, directory.UserID(page[i].number()))
		}
	})
	if err != nil {
		return nil, absentIf(err)
	}
	if err := instance.Sort(route, members, func(id *directory.UserID) directory.UserID { return *id }); err != nil {
		return nil, err
	}
	return members, nil
}
