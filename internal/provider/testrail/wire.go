package testrail

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"rollcall/internal/directory"
)

// item is what every list holds.
type item interface {
	number() int64 // its id
	flaw() string  // why it can't be used; "" if it can
}

// numbered is what all items have, and all that is read of some.
type numbered struct {
	ID integer `json:"id"`
}

func (n numbered) number() int64 { return n.ID.value }

func (n numbered) flaw() string {
	if n.ID.value <= 0 {
		return "something without an id"
	}
	return ""
}

// fieldSet is a set of those fields of a user that not every instance reports.
type fieldSet uint16

const (
	hasRole fieldSet = 1 << iota
	hasAdmin
	hasEmailNotifications
	hasMFARequired
	hasSSOEnabled
	hasAssignedProjects
	hasGroupIDs

	hasAll = 1<<iota - 1
)

// userItem is a user (https://support.testrail.com/hc/en-us/articles/7077978310292-Users).
type userItem struct {
	numbered
	Email  text `json:"email"` // these always (DOC)
	Name   text `json:"name"`
	Active flag `json:"is_active"`

	RoleID integer `json:"role_id"` // 6.4, id also as a text (DOC)
	Role   text    `json:"role"`

	Admin              flag `json:"is_admin"` // 7.3 (DOC)
	EmailNotifications flag `json:"email_notifications"`
	MFARequired        flag `json:"mfa_required"` // 0 and 1 on Cloud (LIVE)
	GroupIDs           ids  `json:"group_ids"`

	SSOEnabled       flag `json:"sso_enabled"` // 7.3, Enterprise (DOC)
	AssignedProjects ids  `json:"assigned_projects"`
}

func (u userItem) flaw() string {
	if u.ID.value <= 0 || !u.Email.present || !u.Active.present {
		return "a user without id, email or is_active"
	}
	return ""
}

// has returns the optional fields that the record has.
func (u userItem) has() fieldSet {
	var set fieldSet
	for _, f := range [...]struct {
		present bool
		field   fieldSet
	}{
		{u.RoleID.present, hasRole},
		{u.Admin.present, hasAdmin},
		{u.EmailNotifications.present, hasEmailNotifications},
		{u.MFARequired.present, hasMFARequired},
		{u.GroupIDs.present, hasGroupIDs},
		{u.SSOEnabled.present, hasSSOEnabled},
		{u.AssignedProjects.present, hasAssignedProjects},
	} {
		if f.present {
			set |= f.field
		}
	}
	return set
}

func (u userItem) user() directory.User {
	return directory.User{
		ID: directory.UserID(u.ID.value), Email: directory.Email(u.Email.value), Name: u.Name.value, Active: u.Active.value,
		Role: directory.Name(u.Role.value), RoleID: directory.RoleID(u.RoleID.value),
		Admin: u.Admin.value, EmailNotifications: u.EmailNotifications.value, MFARequired: u.MFARequired.value,
		SSOEnabled: u.SSOEnabled.value, AssignedProjects: idsAs[directory.ProjectID](u.AssignedProjects),
	}
}

// membership is one pair of the relation as a user's own record tells it.
type membership struct {
	User  directory.UserID
	Group directory.GroupID
}

// groupItem is a group (https://support.testrail.com/hc/en-us/articles/7077338821012-Groups, DOC, 7.5).
type groupItem struct {
	numbered
	Name    text `json:"name"`
	UserIDs ids  `json:"user_ids"`
}

func (g groupItem) flaw() string {
	if g.ID.value <= 0 || !g.UserIDs.present { // a missing list, taken for an empty one, would empty the group one day
		return "a group without id or user_ids"
	}
	return ""
}

// group returns the group with its members in the order of their ids, each once.
func (g groupItem) group() directory.Group {
	group := directory.Group{
		ID: directory.GroupID(g.ID.value), Name: directory.Name(g.Name.value),
		Members: append([]directory.UserID{}, idsAs[directory.UserID](g.UserIDs)...), // never nil: it is written to snapshots
	}
	sortIDs(&group)
	return group
}

// roleItem is a role (https://support.testrail.com/hc/en-us/articles/7077853258772-Roles, DOC, 7.3).
type roleItem struct {
	numbered
	Name    text `json:"name"`
	Default flag `json:"is_default"`
}

func (r roleItem) role() directory.Role {
	return directory.Role{ID: directory.RoleID(r.ID.value), Name: directory.Name(r.Name.value), Default: r.Default.value}
}

// projectItem is a project (https://support.testrail.com/hc/en-us/articles/7077792415124-Projects, DOC): from 7.3 with
// the groups that have access of their own.
type projectItem struct {
	numbered
	Name   text       `json:"name"`
	Groups []numbered `json:"groups"`
}

func (p projectItem) project() directory.Project {
	project := directory.Project{
		ID: directory.ProjectID(p.ID.value), Name: directory.Name(p.Name.value), GroupsKnown: p.Groups != nil,
	}
	for _, g := range p.Groups {
		if g.flaw() == "" {
			project.Groups = append(project.Groups, directory.GroupID(g.number()))
		}
	}
	return project
}

// envelope is the answer to a list method, unless that is a bare array: lists are documented as the one and seen as the
// other (LIVE, get_users on Cloud from 2024 and everywhere from 9.3.1). One of the lists is there. `size` is not looked
// at: the vendor's own sample has a wrong one (DOC: Groups page).
type envelope struct {
	paging
	Error    text            `json:"error"`
	Users    json.RawMessage `json:"users"`
	Groups   json.RawMessage `json:"groups"`
	Roles    json.RawMessage `json:"roles"`
	Projects json.RawMessage `json:"projects"`
}

func (e *envelope) users() json.RawMessage    { return e.Users }
func (e *envelope) groups() json.RawMessage   { return e.Groups }
func (e *envelope) roles() json.RawMessage    { return e.Roles }
func (e *envelope) projects() json.RawMessage { return e.Projects }

// paging is what an envelope tells about its page. Nothing of it is there in every version.
type paging struct {
	Offset integer `json:"offset"`
	Limit  integer `json:"limit"`
	Links  links   `json:"_links"`
}

// links are the links to the pages before and after. Next is "" on the last page; without the key nothing is known.
type links struct {
	Next text `json:"next"`
}

func (l *links) UnmarshalJSON(data []byte) error {
	if data[0] != '{' { // PHP writes an empty one as an array
		return nil
	}
	type object links
	return json.Unmarshal(data, (*object)(l))
}

// page is one answer to a list method.
type page[T item] struct {
	paging
	bare  bool // the answer is an array, which is the whole list
	items []T
}

// decodePage reads a page. listed picks the list out of an envelope.
func decodePage[T item](body []byte, listed func(*envelope) json.RawMessage) (page[T], error) {
	var p page[T]
	body = trim(body)
	list := json.RawMessage(body)
	if p.bare = bytes.HasPrefix(body, []byte("[")); !p.bare {
		e, err := decode[envelope](body)
		if err != nil {
			return p, err
		}
		p.paging, list = e.paging, listed(&e)
		switch {
		case list == nil && e.Error.value != "":
			return p, errors.New(e.Error.value)
		case list == nil:
			return p, errors.New("the list is missing")
		}
	}
	var err error
	if p.items, err = decode[[]T](list); err != nil {
		return p, err
	}
	if p.items == nil { // null
		return p, errors.New("the list is missing")
	}
	for _, i := range p.items {
		if flaw := i.flaw(); flaw != "" {
			return p, errors.New(flaw)
		}
	}
	return p, nil
}

// decodeItem returns a function that reads an answer which is one item and gives it to use.
func decodeItem[T item](use func(*T)) func(body []byte) error {
	return func(body []byte) error {
		i, err := decode[T](trim(body))
		if err != nil {
			return err
		}
		if flaw := i.flaw(); flaw != "" {
			return errors.New(flaw)
		}
		use(&i)
		return nil
	}
}

// trim returns an answer's JSON, without what some servers put in front of it: a byte order mark, and the line that
// legacy servers greet with (CLIENT: gurock/trcli strips it too).
func trim(body []byte) []byte {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	body = bytes.TrimPrefix(bytes.TrimSpace(body), []byte("USER AUTHENTICATION SUCCESSFUL!"))
	return bytes.TrimSpace(body)
}

// decode reads JSON that is one value. What it says of a value of the wrong kind is in our words: those of encoding/json
// name Go types.
func decode[T any](data []byte) (T, error) {
	var value T
	err := json.Unmarshal(data, &value)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		field := wrong.Field[strings.LastIndexByte(wrong.Field, '.')+1:]
		err = fmt.Errorf("%s: unexpected %s", cmp.Or(field, "answer"), wrong.Value)
	}
	return value, err
}
