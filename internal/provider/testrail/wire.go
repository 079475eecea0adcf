package testrail

import (
	"bytes"
	"encoding/json"
	"errors"

	"rollcall/internal/directory"
	"rollcall/internal/provider/lenient"
)

// item is what every list holds.
type item interface {
	number() int64 // its id
	flaw() string  // why it can't be used; "" if it can
}

// numbered is what all items have, and all that is read of some.
type numbered struct {
	ID lenient.Integer `json:"id"`
}

func (n numbered) number() int64 { return n.ID.Value }

func (n numbered) flaw() string {
	if n.ID.Value <= 0 {
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
	Email  lenient.Text `json:"email"` // these always (DOC)
	Name   lenient.Text `json:"name"`
	Active lenient.Flag `json:"is_active"`

	RoleID lenient.Integer `json:"role_id"` // 6.4, id also as a text (DOC)
	Role   lenient.Text    `json:"role"`

	Admin              lenient.Flag `json:"is_admin"` // 7.3 (DOC)
	EmailNotifications lenient.Flag `json:"email_notifications"`
	MFARequired        lenient.Flag `json:"mfa_required"` // 0 and 1 on Cloud (LIVE)
	GroupIDs           lenient.IDs  `json:"group_ids"`

	SSOEnabled       lenient.Flag `json:"sso_enabled"` // 7.3, Enterprise (DOC)
	AssignedProjects lenient.IDs  `json:"assigned_projects"`
}

func (u userItem) flaw() string {
	if u.ID.Value <= 0 || !u.Email.Present || !u.Active.Present {
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
		{u.RoleID.Present, hasRole},
		{u.Admin.Present, hasAdmin},
		{u.EmailNotifications.Present, hasEmailNotifications},
		{u.MFARequired.Present, hasMFARequired},
		{u.GroupIDs.Present, hasGroupIDs},
		{u.SSOEnabled.Present, hasSSOEnabled},
		{u.AssignedProjects.Present, hasAssignedProjects},
	} {
		if f.present {
			set |= f.field
		}
	}
	return set
}

func (u userItem) user() directory.User {
	return directory.User{
		ID: directory.UserID(u.ID.Value), Email: directory.Email(u.Email.Value), Name: u.Name.Value, Active: u.Active.Value,
		Role: directory.Name(u.Role.Value), RoleID: directory.RoleID(u.RoleID.Value),
		Admin: u.Admin.Value, EmailNotifications: u.EmailNotifications.Value, MFARequired: u.MFARequired.Value,
		SSOEnabled: u.SSOEnabled.Value, AssignedProjects: lenient.As[directory.ProjectID](u.AssignedProjects),
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
	Name    lenient.Text `json:"name"`
	UserIDs lenient.IDs  `json:"user_ids"`
}

func (g groupItem) flaw() string {
	if g.ID.Value <= 0 || !g.UserIDs.Present { // a missing list, taken for an empty one, would empty the group one day
		return "a group without id or user_ids"
	}
	return ""
}

// group returns the group with its members in the order of their ids, each once.
func (g groupItem) group() directory.Group {
	group := directory.Group{
		ID: directory.GroupID(g.ID.Value), Name: directory.Name(g.Name.Value),
		Members: append([]directory.UserID{}, lenient.As[directory.UserID](g.UserIDs)...), // never nil: it is written to snapshots
	}
	sortIDs(&group)
	return group
}

// roleItem is a role (https://support.testrail.com/hc/en-us/articles/7077853258772-Roles, DOC, 7.3).
type roleItem struct {
	numbered
	Name    lenient.Text `json:"name"`
	Default lenient.Flag `json:"is_default"`
}

func (r roleItem) role() directory.Role {
	return directory.Role{ID: directory.RoleID(r.ID.Value), Name: directory.Name(r.Name.Value), Default: r.Default.Value}
}

// projectItem is a project (https://support.testrail.com/hc/en-us/articles/7077792415124-Projects, DOC): from 7.3 with
// the groups that have access of their own.
type projectItem struct {
	numbered
	Name   lenient.Text `json:"name"`
	Groups []numbered   `json:"groups"`
}

func (p projectItem) project() directory.Project {
	project := directory.Project{
		ID: directory.ProjectID(p.ID.Value), Name: directory.Name(p.Name.Value), GroupsKnown: p.Groups != nil,
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
	Error    lenient.Text    `json:"error"`
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
	Offset lenient.Integer `json:"offset"`
	Limit  lenient.Integer `json:"limit"`
	Links  links           `json:"_links"`
}

// links are the links to the pages before and after. Next is "" on the last page; without the key nothing is known.
type links struct {
	Next lenient.Text `json:"next"`
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
		e, err := lenient.Decode[envelope](body)
		if err != nil {
			return p, err
		}
		p.paging, list = e.paging, listed(&e)
		switch {
		case list == nil && e.Error.Value != "":
			return p, errors.New(e.Error.Value)
		case list == nil:
			return p, errors.New("the list is missing")
		}
	}
	var err error
	if p.items, err = lenient.Decode[[]T](list); err != nil {
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
		i, err := lenient.Decode[T](trim(body))
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
	return bytes.TrimSpace(bytes.TrimPrefix(lenient.Trim(body), []byte("USER AUTHENTICATION SUCCESSFUL!")))
}
