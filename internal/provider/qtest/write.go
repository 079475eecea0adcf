package qtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/instance"
)

// Writer is a Reader that also writes.
type Writer struct{ *Reader }

// UnsentError says that a write was not sent: the API can't say what it should.
type UnsentError struct {
	Method string
	Route  string
	Text   string
}

func (e *UnsentError) Error() string { return e.Method + " " + e.Route + ": " + e.Text }

// Unclear returns false: nothing was sent.
func (e *UnsentError) Unclear() bool { return false }

// HTTPStatus returns 0.
func (e *UnsentError) HTTPStatus() int { return 0 }

// userBody is what create_user and update_user take (DOC). Fields that are nil are not sent.
type userBody struct {
	Username   *directory.Email     `json:"username,omitempty"`
	Email      *string              `json:"email,omitempty"`
	Password   *string              `json:"password,omitempty"`
	GivenName  *string              `json:"first_name,omitempty"`
	FamilyName *string              `json:"last_name,omitempty"`
	Status     *int                 `json:"status,omitempty"`
	GroupIDs   *[]directory.GroupID `json:"user_group_ids,omitempty"`
	SystemID   *directory.SignOnID  `json:"external_auth_config_id,omitempty"`
	BoundTo    *string              `json:"external_user_name,omitempty"`
	Activation *bool                `json:"send_activation_email,omitempty"`
	Defaults   *bool                `json:"include_default_groups,omitempty"`
}

// CreateAccount creates an account, which is active at once (DOC), without a mail and without default groups, and returns it
// as qTest answered it. It needs Email, both names (or a Name of two words) and, to sign on elsewhere, SignOn with ExternalName;
// else it is an *UnsentError. An answer with another address is an unclear error; one that is not active an error that comes
// with the account.
//
// Who signs on by qTest's own password gets a random one that nobody ever sees, so that the way in is the link for a forgotten
// password: left out, it would be one that the vendor's pages tell everybody (DOC). Who signs on elsewhere gets none (CLIENT).
//
// POST /api/v3/users, 4+ (DOC: User API, create_user). It is never sent twice after an unclear outcome.
func (w *Writer) CreateAccount(ctx context.Context, c directory.UserChange) (directory.Account, error) {
	const method, route = http.MethodPost, "users"
	unsent := func(text string) (directory.Account, error) {
		return directory.Account{}, &UnsentError{Method: method, Route: route, Text: text}
	}
	given, family := names(c)
	switch {
	case c.Email == nil || *c.Email == "":
		return unsent("no address")
	case given == nil || *given == "" || family == nil || *family == "":
		return unsent("no given and family name")
	case c.Active != nil && !*c.Active:
		return unsent("an account can't be created inactive")
	}
	groups, err := w.groupSet(nil, c)
	if err != nil {
		return unsent(err.Error())
	}
	no := false
	body := userBody{Username: c.Email, GivenName: given, FamilyName: family}
	if groups != nil { // these came together (DOC)
		body.GroupIDs, body.Activation, body.Defaults = &groups, &no, &no
	}
	if err := signOnInto(&body, nil, c); err != nil {
		return unsent(err.Error())
	}
	password := ""
	if body.SystemID == nil {
		if password, err = newPassword(); err != nil {
			return unsent(err.Error())
		}
	}
	body.Password = &password
	var u userItem
	err = w.write(ctx, method, route, "", httpx.Create, body, decodeItem(&u), httpx.NewSecret(password))
	if err != nil {
		return directory.Account{}, err
	}
	account := w.answered(&u, groups)
	switch {
	case account.Email.Key() != c.Email.Key():
		return account, instance.Another(method, route, "account", u.number())
	case !account.Active:
		return account, &instance.AnswerError{Method: method, Route: route, Text: fmt.Sprintf("account %d was created with status %d instead of active", u.number(), u.Status.Value)}
	}
	return account, nil
}

// UpdateAccount writes what is set in c, and repeats all else of now but the password: whether what is not sent stays is not
// documented. now is what ReadAccount just returned. The status of an account that is pending is left out unless c has it: it
// can't be said (DOC). The account is returned as qTest answered it; an answer about another one is an unclear error. What can't
// be said is an *UnsentError.
//
// Who comes back to qTest's own way to sign on gets a random password in the same write, one that nobody ever sees: an account
// that was made for another way has the empty one of its create, and whether that opens it, or the one that the vendor's pages
// tell everybody, is not documented. So does who is activated before ever choosing one. All others keep the password they have.
//
// PUT /api/v3/users/ID, since 2023 (DOC: User API). It is sent once: another try has to read the account again.
func (w *Writer) UpdateAccount(ctx context.Context, now directory.Account, c directory.UserChange) (directory.Account, error) {
	method, route := http.MethodPut, userRoute(now.ID)
	unsent := func(text string) (directory.Account, error) {
		return directory.Account{}, &UnsentError{Method: method, Route: route, Text: text}
	}
	read, err := w.accountRead(ctx, now.ID)
	if err != nil {
		return directory.Account{}, err
	}
	given, family := names(c)
	if c.Name != nil && given == nil {
		return unsent("the name has not exactly two words")
	}
	if c.Email != nil && c.Email.Key() != now.Email.Key() {
		return unsent("a login name can't be changed")
	}
	groups, err := w.groupSet(&now, c)
	if err != nil {
		return unsent(err.Error())
	}
	body := userBody{GivenName: or(given, now.GivenName), FamilyName: or(family, now.FamilyName)}
	if groups != nil {
		body.GroupIDs = &groups
	}
	if read.Email.Value != "" && read.Email.Value != read.Username.Value { // which is shown where there is none
		body.Email = &read.Email.Value
	}
	if active := or(c.Active, now.Active); c.Active != nil || !now.Pending {
		status := statusInactive
		if *active {
			status = statusActive
		}
		body.Status = &status
	}
	if err := signOnInto(&body, &read, c); err != nil {
		return unsent(err.Error())
	}
	var secrets []httpx.Secret
	comesBack := body.SystemID != nil && *body.SystemID == internalID
	if activated := now.Pending && c.Active != nil && *c.Active; comesBack || activated && body.SystemID == nil && !read.elsewhere() {
		password, err := newPassword()
		if err != nil {
			return unsent(err.Error())
		}
		body.Password, secrets = &password, []httpx.Secret{httpx.NewSecret(password)}
	}
	var u userItem
	if err := w.write(ctx, method, route, "", httpx.List, body, decodeItem(&u), secrets...); err != nil {
		return directory.Account{}, err
	}
	account := w.answered(&u, groups)
	if account.ID != now.ID {
		return account, instance.Another(method, route, "account", u.number())
	}
	return account, nil
}

// accountRead returns an account as ReadAccount found it last, and reads it if it never did: a directory.Account has not
// all that has to be repeated.
func (w *Writer) accountRead(ctx context.Context, id directory.UserID) (userItem, error) {
	for {
		w.known.mu.Lock()
		u, known := w.known.accounts[id]
		w.known.mu.Unlock()
		if known {
			return u, nil
		}
		if _, err := w.ReadAccount(ctx, id); err != nil {
			return userItem{}, err
		}
	}
}

// answered returns the account that a write was answered with. Groups that the answer does not tell are those that were sent:
// the next reading tells.
func (w *Writer) answered(u *userItem, sent []directory.GroupID) directory.Account {
	if u.GroupIDs.Known {
		sent = idsOf(u)
	}
	return w.account(u, sent)
}

// names returns both parts of a name that a change has, a name of two words split.
func names(c directory.UserChange) (given, family *string) {
	given, family = c.GivenName, c.FamilyName
	if c.Name == nil || given != nil && family != nil {
		return given, family
	}
	if first, last, ok := directory.SplitName(*c.Name); ok {
		return &first, &last
	}
	return nil, nil
}

func or[T any](set *T, now T) *T {
	if set != nil {
		return set
	}
	return &now
}

// groupSet returns the full set of groups to send, that of the administrators in it for an administrator; nil where there are
// no groups. now is nil for a new account.
func (w *Writer) groupSet(now *directory.Account, c directory.UserChange) ([]directory.GroupID, error) {
	set := []directory.GroupID{} // an empty list, never null
	admin := c.Admin != nil && *c.Admin
	if now != nil {
		set = append(set, now.Groups...)
		admin = *or(c.Admin, now.Admin)
	}
	if c.Groups != nil {
		set = append(set[:0], *c.Groups...)
	}
	w.known.mu.Lock()
	defer w.known.mu.Unlock()
	switch {
	case admin && w.known.admins == 0:
		return nil, fmt.Errorf("the instance has no group %s", administrators)
	case admin:
		set = append(set, w.known.admins)
	case w.known.noGroups && len(set) > 0:
		return nil, errors.New("the instance has no groups")
	case w.known.noGroups:
		return nil, nil
	}
	slices.Sort(set)
	return slices.Compact(set), nil
}

// signOnInto sets how the person signs on. Both fields go together, but for the way back to qTest's own password (DOC). now
// is nil for a new account.
//
//	signs on now   shall sign on   sent
//	own            own             nothing
//	elsewhere      own             -1, with which a password has to go
//	anyhow         elsewhere       id and external name, as it was read to the last space if it does not change
//	elsewhere,     the same        neither, if that switches the account off: a leaver must not stay for want of a name.
//	under no name                  Otherwise nothing is sent: without both, a server may take the way to sign on away
func signOnInto(body *userBody, now *userItem, c directory.UserChange) error {
	was, name := directory.SignOnID(0), ""
	if now != nil {
		was, name = directory.SignOnID(now.SystemID.Value), now.BoundTo.Value
	}
	shall := *or(c.SignOn, was)
	if c.ExternalName != nil {
		name = *c.ExternalName
	}
	switch {
	case shall > 0 && strings.TrimSpace(name) == "":
		if c.SignOn == nil && c.ExternalName == nil && c.Active != nil && !*c.Active {
			return nil
		}
		return fmt.Errorf("no external name is known for the way to sign on with id %d: write `auth: {external_name: ...}` at the person", shall)
	case shall > 0:
		body.SystemID, body.BoundTo = &shall, &name
	case c.ExternalName != nil && *c.ExternalName != "":
		return errors.New("an external name without a way to sign on that has such")
	case was > 0:
		own := internalID
		body.SystemID = &own
	}
	return nil
}

// CreateGroup creates a group with its members and without rights, and returns it as qTest answered it. An answer with
// another name is an unclear error.
//
// POST /api/v3/groups, since 2023 (DOC: Groups API). It is never sent twice after an unclear outcome.
func (w *Writer) CreateGroup(ctx context.Context, name directory.Name, members []directory.UserID) (directory.Group, error) {
	const method, route = http.MethodPost, "groups"
	body := struct {
		Name        directory.Name     `json:"name"`
		Description string             `json:"description"`
		Default     bool               `json:"is_default"`
		UserIDs     []directory.UserID `json:"user_ids"`
		Authorities []string           `json:"authority_names"`
	}{Name: name, UserIDs: append([]directory.UserID{}, members...), Authorities: []string{}}
	var g groupItem
	if err := w.write(ctx, method, route, "", httpx.Create, body, decodeItem(&g)); err != nil {
		return directory.Group{}, err
	}
	group := directory.Group{ID: directory.GroupID(g.number()), Name: directory.Name(g.Name.Value), Members: []directory.UserID{}}
	for _, u := range g.Users {
		group.Members = append(group.Members, directory.UserID(u.number()))
	}
	if g.Users == nil && (!g.Total.Present || g.Total.Value == int64(len(members))) {
		group.Members = append(group.Members, members...) // not told; their number is right, if that is
	}
	slices.Sort(group.Members)
	if group.Name.Canonical() != name.Canonical() {
		return group, instance.Another(method, route, "group", group.ID)
	}
	return group, nil
}

// AddToProject makes accounts members of a project with a profile, without a mail. An answer that leaves some of them out is
// an error. Of accounts that are members already the profile may change (GUESS). Without users nothing is sent.
//
// POST /api/v3/users/projects, 4+ (DOC: User API, assign_users_to_project). It is sent once: whom it names rests on a read.
func (w *Writer) AddToProject(ctx context.Context, id directory.ProjectID, profile directory.ProfileID, users []directory.UserID) error {
	const method, route = http.MethodPost, "users/projects"
	if len(users) == 0 {
		return nil
	}
	type profileBody struct {
		ID directory.ProfileID `json:"id"`
	}
	body := struct {
		Project directory.ProjectID `json:"project_id"`
		Users   []directory.UserID  `json:"user_ids"`
		Profile profileBody         `json:"profile"`
	}{id, users, profileBody{profile}}
	var answer assignedItem
	if err := w.write(ctx, method, route, noMail, httpx.List, body, decodeItem(&answer)); err != nil {
		return err
	}
	if answer.number() != int64(id) {
		return instance.Another(method, route, "project", answer.number())
	}
	if !answer.Users.Known {
		return nil
	}
	for _, user := range users {
		if !slices.ContainsFunc(answer.Users.List, answer.is(user)) {
			return &instance.AnswerError{Method: method, Route: route, Text: fmt.Sprintf("user %d was not added to project %d", user, id)}
		}
	}
	return nil
}

// RemoveFromProject ends the membership of accounts in a project, without a mail. Without users nothing is sent.
//
// PUT /api/v3/users/projects with an array, since 2023 (DOC: User API). It is sent once: whom it names rests on a read.
func (w *Writer) RemoveFromProject(ctx context.Context, id directory.ProjectID, users []directory.UserID) error {
	if len(users) == 0 {
		return nil
	}
	type removal struct {
		Project directory.ProjectID `json:"project_id"`
		Users   []directory.UserID  `json:"user_ids"`
	}
	return w.write(ctx, http.MethodPut, "users/projects", noMail, httpx.List, []removal{{id, users}}, nil)
}

// noMail keeps a write to a project from mailing its people (DOC, today's servers).
const noMail = "skipEmailNotifications=true"

// write sends a write. secrets are those in its body.
func (w *Writer) write(ctx context.Context, method, route, query string, class httpx.Class, body any, decode func([]byte) error, secrets ...httpx.Secret) error {
	data, err := json.Marshal(body)
	if err != nil {
		return &UnsentError{Method: method, Route: route, Text: err.Error()}
	}
	return w.send(ctx, httpx.Request{
		Method: method, Path: "api/v3/" + route, RawQuery: query, Route: route, Class: class, Body: data, Decode: decode, Secrets: secrets,
	})
}
