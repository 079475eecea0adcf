package testrail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/instance"
)

// Writer is a Reader that also writes.
type Writer struct {
	*Reader
	wantsUserID atomic.Bool // update_user wants user_id in the body: found out by the first refusal
}

// userBody is what add_user and update_user take (DOC). Fields that are nil are not sent.
type userBody struct {
	UserID             directory.UserID       `json:"user_id,omitempty"`
	Name               *string                `json:"name,omitempty"`
	Email              *directory.Email       `json:"email,omitempty"`
	RoleID             *directory.RoleID      `json:"role_id,omitempty"`
	Active             *bool                  `json:"is_active,omitempty"`
	Admin              *bool                  `json:"is_admin,omitempty"`
	EmailNotifications *bool                  `json:"email_notifications,omitempty"`
	MFARequired        *bool                  `json:"mfa_required,omitempty"`
	SSOEnabled         *bool                  `json:"sso_enabled,omitempty"`
	AssignedProjects   *[]directory.ProjectID `json:"assigned_projects,omitempty"`
}

func newUserBody(c directory.UserChange) userBody {
	body := userBody{
		Name: c.Name, Email: c.Email, RoleID: c.RoleID, Active: c.Active, Admin: c.Admin,
		EmailNotifications: c.EmailNotifications, MFARequired: c.MFARequired, SSOEnabled: c.SSOEnabled,
	}
	if c.AssignedProjects != nil {
		projects := append([]directory.ProjectID{}, *c.AssignedProjects...) // an empty list, never null
		body.AssignedProjects = &projects
	}
	return body
}

// groupBody is what add_group and update_group take (DOC). The list is always sent, since what happens without it is not
// documented.
type groupBody struct {
	GroupID directory.GroupID  `json:"group_id,omitempty"`
	Name    directory.Name     `json:"name"`
	UserIDs []directory.UserID `json:"user_ids"`
}

// CreateUser creates an account and returns it as TestRail answered it. Whether it is active is always sent, true if c
// does not say: the default is inactive (DOC, text of 2026). An answer with another address is an unclear error; one with
// another active state an error that comes with the account.
//
// POST add_user, 7.3+ (DOC: https://support.testrail.com/hc/en-us/articles/7077978310292-Users). It is never sent twice
// after an unclear outcome.
func (w *Writer) CreateUser(ctx context.Context, c directory.UserChange) (directory.User, error) {
	const method = "add_user"
	body := newUserBody(c)
	if body.Active == nil {
		active := true
		body.Active = &active
	}
	var u directory.User
	if err := w.post(ctx, method, httpx.Create, body, decodeUser(&u)); err != nil {
		return directory.User{}, err
	}
	if c.Email != nil && u.Email.Key() != c.Email.Key() {
		return u, instance.Another(http.MethodPost, method, "account", u.ID)
	}
	if u.Active != *body.Active {
		state := map[bool]string{true: "active", false: "inactive"}
		text := fmt.Sprintf("account %d was created %s instead of %s", u.ID, state[u.Active], state[*body.Active])
		return u, &instance.AnswerError{Method: http.MethodPost, Route: method, Text: text}
	}
	return u, nil
}

// UpdateUser sends exactly what is set in c and returns the account as TestRail answered it.
//
// POST update_user/ID, 7.3+ (DOC: https://support.testrail.com/hc/en-us/articles/7077978310292-Users; that fields which
// are not sent stay as they are is CLIENT). Should the body have to repeat the id, as update_group's has to (GUESS), the
// request is sent once more with it: a refusal has changed nothing.
func (w *Writer) UpdateUser(ctx context.Context, id directory.UserID, c directory.UserChange) (directory.User, error) {
	method := fmt.Sprintf("update_user/%d", id)
	body := newUserBody(c)
	if w.wantsUserID.Load() {
		body.UserID = id
	}
	var u directory.User
	err := w.post(ctx, method, httpx.Write, body, decodeUser(&u))
	if body.UserID == 0 && rejected(err, "Field :user_id is a required field") {
		w.wantsUserID.Store(true)
		body.UserID = id
		err = w.post(ctx, method, httpx.Write, body, decodeUser(&u))
	}
	if err != nil {
		return directory.User{}, err
	}
	if u.ID != id {
		return u, instance.Another(http.MethodPost, method, "account", u.ID)
	}
	return u, nil
}

// CreateGroup creates a group with its full list of members and returns it as TestRail answered it.
//
// POST add_group, 7.5+ (DOC: https://support.testrail.com/hc/en-us/articles/7077338821012-Groups). It is never sent twice
// after an unclear outcome.
func (w *Writer) CreateGroup(ctx context.Context, name directory.Name, members []directory.UserID) (directory.Group, error) {
	var g directory.Group
	body := groupBody{Name: name, UserIDs: append([]directory.UserID{}, members...)}
	if err := w.post(ctx, "add_group", httpx.Create, body, decodeGroup(&g)); err != nil {
		return directory.Group{}, err
	}
	return g, nil
}

// UpdateGroup sets a group's name and its members to exactly the list, and returns it as TestRail answered it.
//
// POST update_group/ID, 7.5+ (DOC: https://support.testrail.com/hc/en-us/articles/7077338821012-Groups). The body has to
// repeat the id (LIVE: DICH, 400 without it). It is sent once: another try has to read the group again.
func (w *Writer) UpdateGroup(ctx context.Context, id directory.GroupID, name directory.Name, members []directory.UserID) (directory.Group, error) {
	method := fmt.Sprintf("update_group/%d", id)
	var g directory.Group
	body := groupBody{GroupID: id, Name: name, UserIDs: append([]directory.UserID{}, members...)}
	if err := w.post(ctx, method, httpx.List, body, decodeGroup(&g)); err != nil {
		return directory.Group{}, err
	}
	if g.ID != id {
		return g, instance.Another(http.MethodPost, method, "group", g.ID)
	}
	return g, nil
}

// DeleteGroup removes a group. The error for a group that is not there has a method NotFound. It is sent once: another try
// has to read the group again.
//
// POST delete_group/ID, 7.5+, answers with an empty body (DOC:
// https://support.testrail.com/hc/en-us/articles/7077338821012-Groups; LIVE: DICH).
func (w *Writer) DeleteGroup(ctx context.Context, id directory.GroupID) error {
	return absentIf(w.post(ctx, fmt.Sprintf("delete_group/%d", id), httpx.List, struct{}{}, nil))
}

// post sends a write.
func (w *Writer) post(ctx context.Context, method string, class httpx.Class, body any, decode func([]byte) error) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("POST %s: %w", method, err)
	}
	return w.http.Do(ctx, httpx.Request{
		Method: http.MethodPost, Path: "index.php", RawQuery: "/api/v2/" + method,
		Route: method, Class: class, Body: data, Decode: decode,
	})
}

// rejected reports whether TestRail refused a request with a text that holds the given words.
func rejected(err error, words string) bool {
	var failed *httpx.Error
	return errors.As(err, &failed) && failed.Status == http.StatusBadRequest && strings.Contains(failed.Text, words)
}
