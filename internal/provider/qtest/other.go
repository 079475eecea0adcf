package qtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"rollcall/internal/directory"
	"rollcall/internal/httpx"
	"rollcall/internal/provider/instance"
	"rollcall/internal/provider/lenient"
)

// maxAvatar is how large a picture may be, in bytes.
const maxAvatar = 1 << 20

// SearchUsers returns the accounts whose login name or external name is the text, inactive ones too, by id, without groups,
// projects and Admin. The search minds case (DOC); an empty text is everybody on most instances (GUESS).
//
// GET /api/v3/users/search in pages of 100 (DOC: User API, find_by_user_name_or_email).
func (r *Reader) SearchUsers(ctx context.Context, username string) ([]directory.User, error) {
	var users []directory.User
	_, err := readList(ctx, r, listing{
		route: searchByName, query: "includeInactiveUsers=true&username=" + url.QueryEscape(username),
		whole: fmt.Sprintf("pagination=true&page=1&pageSize=%d", pageSize),
	}, func(page []userItem) {
		for i := range page {
			users = append(users, page[i].user(r.known.list()))
		}
	})
	if err == nil {
		err = instance.Sort(searchByName, users, func(u *directory.User) directory.UserID { return u.ID })
	}
	if err != nil {
		return nil, err
	}
	return users, nil
}

// SearchMembers returns the accounts that are members of a project whose name holds the text, inactive ones too, by id, with
// all their groups and projects. The search minds case (DOC).
//
// GET /api/v3/search/user (DOC: User API, find_users_by_projects_name).
func (r *Reader) SearchMembers(ctx context.Context, projectName string) ([]directory.Account, error) {
	found, _, err := r.search(ctx, "", "&projectName="+url.QueryEscape(projectName))
	if err != nil {
		return nil, err
	}
	accounts := make([]directory.Account, len(found))
	for i := range found {
		accounts[i] = r.account(&found[i], idsOf(&found[i]))
		accounts[i].Projects = lenient.As[directory.ProjectID](found[i].Projects)
	}
	return accounts, nil
}

// search returns the accounts that the search by project finds, by id, and how many are in a page. OnRead is told of the list
// by name, if it has one; more is added to the query.
func (r *Reader) search(ctx context.Context, name, more string) (found []userItem, size int, err error) {
	size, err = readList(ctx, r, listing{
		name: name, route: searchByProject, query: "inactive=true" + more, whole: "pagination=false",
	}, func(page []userItem) { found = append(found, page...) })
	if err == nil {
		err = instance.Sort(searchByProject, found, func(u *userItem) int64 { return u.number() })
	}
	return found, size, err
}

// Avatar returns the picture of an account as the server sends it, at most 1 MiB: more is an error, and so is a page or a
// drawing, which is written as one. The error for an account that does not exist has a method NotFound.
//
// GET /api/v3/users/ID/avatar, bytes of a kind that is not said (DOC: User API, get_avatar).
func (r *Reader) Avatar(ctx context.Context, id directory.UserID) ([]byte, error) {
	var picture []byte
	route := userRoute(id) + "/avatar"
	err := r.send(ctx, httpx.Request{
		Method: http.MethodGet, Path: "api/v3/" + route, Route: route, Class: httpx.Read,
		Header: map[string]string{"Accept": "image/*"}, MaxBody: maxAvatar,
		Decode: func(body []byte) error {
			if len(body) == 0 {
				return errors.New("no picture")
			}
			picture = append([]byte{}, body...)
			return nil
		},
	})
	if err != nil {
		return nil, absentIf(err)
	}
	return picture, nil
}

// LoggedIn is who asks.
type LoggedIn struct {
	ID       directory.UserID
	Username directory.Email
}

// CurrentUser returns who asks, as the token says.
//
// GET /api/v3/re-evaluation (DOC: User API, reevaluate_token).
func (r *Reader) CurrentUser(ctx context.Context) (LoggedIn, error) {
	var self loggedItem
	if err := r.get(ctx, "re-evaluation", "", decodeItem(&self)); err != nil {
		return LoggedIn{}, err
	}
	return LoggedIn{ID: directory.UserID(self.number()), Username: directory.Email(self.Username.Value)}, nil
}

// loggedItem is a LoggedUser (DOC).
type loggedItem struct {
	numbered
	Username lenient.Text `json:"user_name"`
}

// TokenStatus returns how long the token is still good for; ends is false for one that does not end.
//
// GET /oauth/status with validityInMilliseconds (DOC: Login API). That it is null or 0 or less for a token without an end is
// GUESS: one that has ended is refused.
func (r *Reader) TokenStatus(ctx context.Context) (left time.Duration, ends bool, err error) {
	var status struct {
		Validity lenient.Integer `json:"validityInMilliseconds"`
	}
	err = r.send(ctx, httpx.Request{
		Method: http.MethodGet, Path: "oauth/status", Route: "oauth/status", Class: httpx.Read, Decode: decodeObject(&status),
	})
	if err != nil || status.Validity.Value <= 0 {
		return 0, false, err
	}
	const most = int64(1<<63-1) / int64(time.Millisecond)
	return time.Duration(min(status.Validity.Value, most)) * time.Millisecond, true, nil
}

// assignedItem is an AssignedProject or an AssignedUsersProject (DOC).
type assignedItem struct {
	Project lenient.Integer `json:"project_id"`
	Users   lenient.IDs     `json:"user_ids"`
}

func (a assignedItem) number() int64 { return a.Project.Value }

func (a assignedItem) flaw() string {
	if a.Project.Value <= 0 {
		return "an assignment without a project"
	}
	return ""
}

func (assignedItem) is(user directory.UserID) func(lenient.Integer) bool {
	return func(id lenient.Integer) bool { return id.Value == int64(user) }
}

// AddOneToProject makes one account a member of a project with a profile. It may mail the person: this call, unlike
// AddToProject, has no way to say that it shall not.
//
// POST /api/v3/users/ID/projects (DOC: User API, assign_to_project). It is sent once.
func (w *Writer) AddOneToProject(ctx context.Context, user directory.UserID, id directory.ProjectID, profile directory.ProfileID) error {
	method, route := http.MethodPost, userRoute(user)+"/projects"
	type profileBody struct {
		ID directory.ProfileID `json:"id"`
	}
	body := struct {
		Project directory.ProjectID `json:"project_id"`
		Profile profileBody         `json:"profile"`
	}{id, profileBody{profile}}
	var answer assignedItem
	if err := w.write(ctx, method, route, "", httpx.List, body, decodeItem(&answer)); err != nil {
		return absentIf(err)
	}
	if answer.number() != int64(id) {
		return instance.Another(method, route, "project", answer.number())
	}
	return nil
}
