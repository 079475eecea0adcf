package qtest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/provider/lenient"
)

// The statuses of an account (DOC). Others are those of accounts that were invited and never activated (GUESS: 0 and 2).
const (
	statusActive   = 1
	statusInactive = 3
)

// The group whose members are the administrators (DOC), and how the tool's own way to sign on is called and numbered (DOC for
// -1, CLIENT for the name).
const (
	administrators                    = "Administrators"
	internal                          = "Internal"
	internalID     directory.SignOnID = -1
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

// userItem is an account in each of its views: UserResource, UserResourceExtension and SearchUserResource (DOC). Each leaves
// something out, and optional values are null as often as they are absent (CLIENT).
type userItem struct {
	numbered
	Username   lenient.Text    `json:"username"`
	Email      lenient.Text    `json:"email"` // ignored today, an address for recovery in 2023 (DOC)
	GivenName  lenient.Text    `json:"first_name"`
	FamilyName lenient.Text    `json:"last_name"`
	Status     lenient.Integer `json:"status"`

	GroupIDs lenient.IDs     `json:"user_group_ids"` // of an account alone and of the search by project, since 2023
	SystemID lenient.Integer `json:"external_auth_config_id"`
	BoundTo  lenient.Text    `json:"external_user_name"`

	System       lenient.Text `json:"authentication_system"` // of the search by name: the name of what SystemID numbers
	ExternalName lenient.Text `json:"external_username"`

	Projects lenient.IDs `json:"assigned_projects"` // of the search by project
}

func (u userItem) flaw() string {
	if u.ID.Value <= 0 || u.Username.Value == "" || !u.Status.Present {
		return "a user without id, username or status"
	}
	return ""
}

// tellsSignOn reports whether the record says how the person signs on.
func (u *userItem) tellsSignOn() bool { return u.System.Present || u.SystemID.Present }

// user returns the account, without what other records tell of it.
func (u *userItem) user(systems []systemItem) directory.User {
	user := directory.User{
		ID: directory.UserID(u.ID.Value), Email: directory.Email(u.Username.Value),
		Name:      directory.FullName(u.GivenName.Value, u.FamilyName.Value),
		GivenName: u.GivenName.Value, FamilyName: u.FamilyName.Value,
		Active: u.Status.Value == statusActive, Pending: u.Status.Value != statusActive && u.Status.Value != statusInactive,
	}
	if !u.tellsSignOn() {
		return user
	}
	user.SignOn = u.signOn(systems)
	if user.SignOn == internal {
		return user
	}
	user.ExternalName = u.ExternalName.Value
	if user.ExternalName == "" {
		user.ExternalName = u.BoundTo.Value
	}
	user.NameFixed = ruled(user.SignOn, systems)
	return user
}

// elsewhere reports whether the person does not sign on by the tool's own password.
func (u *userItem) elsewhere() bool {
	if u.System.Present {
		return u.System.Value != "" && !strings.EqualFold(u.System.Value, internal)
	}
	return u.SystemID.Value > 0
}

// signOn returns the name of how the person signs on. A number that nobody names is told as it is.
func (u *userItem) signOn(systems []systemItem) directory.Name {
	switch {
	case !u.elsewhere():
		return internal
	case u.System.Present:
		return directory.Name(u.System.Value)
	}
	for _, s := range systems {
		if s.ID.Value == u.SystemID.Value {
			return directory.Name(s.Name.Value)
		}
	}
	return directory.Name(fmt.Sprintf("number %d", u.SystemID.Value))
}

// ruled reports whether a directory service rules over the names of who signs on there (DOC): it does if it is of LDAP, or
// if nobody says what it is. Written names would have no effect, and be drift for ever.
func ruled(name directory.Name, systems []systemItem) bool {
	known := false
	for _, s := range systems {
		if directory.Name(s.Name.Value).Canonical() == name.Canonical() {
			if s.ldap {
				return true
			}
			known = true
		}
	}
	return !known && len(systems) > 0
}

// groupItem is a UserGroupResource (DOC). Users is nil where an instance does not fill it; its items are written in
// camelCase, unlike the rest (DOC), and their id is all that is read.
type groupItem struct {
	numbered
	Name        lenient.Text    `json:"name"`
	Total       lenient.Integer `json:"total_user"`
	System      lenient.Flag    `json:"is_system"`
	Authorities []struct {
		Name lenient.Text `json:"name"`
	} `json:"authorities"`
	Users []numbered `json:"users"`
}

func (g groupItem) flaw() string {
	if g.ID.Value <= 0 || g.Name.Value == "" {
		return "a group without id or name"
	}
	for _, u := range g.Users {
		if u.flaw() != "" {
			return "a group with a member without an id"
		}
	}
	return ""
}

// administers reports whether the members of the group are the administrators.
func (g *groupItem) administers() bool {
	return strings.TrimSpace(g.Name.Value) == administrators && (g.System.Value || !g.System.Present)
}

// projectItem is a ProjectResource (DOC).
type projectItem struct {
	numbered
	Name   lenient.Text `json:"name"`
	Sample lenient.Flag `json:"sample"`
}

func (p projectItem) project() directory.Project {
	return directory.Project{ID: directory.ProjectID(p.ID.Value), Name: directory.Name(p.Name.Value), Sample: p.Sample.Value}
}

// profileItem is a Profile (DOC).
type profileItem struct {
	numbered
	Name lenient.Text `json:"name"`
}

// systemItem is a way to sign on that is not the tool's own (DOC). ldap says in which of the three places it stood.
type systemItem struct {
	numbered
	Name lenient.Text `json:"name"`
	Type lenient.Text `json:"auth_type"`
	ldap bool
}

// systemsAnswer is an AuthSystemResponse (DOC): what a site does not use is null or has no id.
type systemsAnswer struct {
	LDAPs []systemItem `json:"ldaps"`
	SSO   *systemItem  `json:"sso"`
	TUA   *systemItem  `json:"tua"`
}

func (a *systemsAnswer) systems() []systemItem {
	var all []systemItem
	for _, s := range a.LDAPs {
		s.ldap = true
		all = append(all, s)
	}
	for _, s := range []*systemItem{a.SSO, a.TUA} {
		if s != nil {
			s.ldap = s.Type.Value == "LDAP"
			all = append(all, *s)
		}
	}
	used := all[:0]
	for _, s := range all {
		if s.ID.Value > 0 {
			used = append(used, s)
		}
	}
	return used
}

// paging is what an envelope tells about its page (DOC).
type paging struct {
	Number lenient.Integer `json:"page"`
	Size   lenient.Integer `json:"page_size"`
	Total  lenient.Integer `json:"total"`
}

// envelope is a page with what is told about it.
type envelope[T item] struct {
	paging
	Items []T `json:"items"`
}

// part is one answer to a list: a page in an envelope (DOC for both searches), or an array (DOC for groups, projects and the
// members of one), which is whole unless headers say that it is a page.
type part[T item] struct {
	paging
	bare  bool
	items []T
	bytes int64 // of the answer
}

// decodePart reads an answer to a list.
func decodePart[T item](body []byte) (part[T], error) {
	var p part[T]
	body = lenient.Trim(body)
	var err error
	if p.bare = bytes.HasPrefix(body, []byte("[")); p.bare {
		p.items, err = lenient.Decode[[]T](body)
	} else {
		var e envelope[T]
		e, err = lenient.Decode[envelope[T]](body)
		p.paging, p.items = e.paging, e.Items
	}
	if err != nil {
		return part[T]{}, err
	}
	if p.items == nil {
		return part[T]{}, errors.New("the list is missing")
	}
	for _, i := range p.items {
		if flaw := i.flaw(); flaw != "" {
			return part[T]{}, errors.New(flaw)
		}
	}
	return p, nil
}

// decodeItem returns a function that reads an answer which is one item into a variable.
func decodeItem[T item](to *T) func(body []byte) error {
	return func(body []byte) error {
		i, err := lenient.Decode[T](lenient.Trim(body))
		if err != nil {
			return err
		}
		if flaw := i.flaw(); flaw != "" {
			return errors.New(flaw)
		}
		*to = i
		return nil
	}
}

// decodeObject returns a function that reads an answer which is an object into a variable.
func decodeObject[T any](to *T) func(body []byte) error {
	return func(body []byte) error {
		body = lenient.Trim(body)
		if !bytes.HasPrefix(body, []byte("{")) {
			return errors.New("answer is not an object")
		}
		value, err := lenient.Decode[T](body)
		if err == nil {
			*to = value
		}
		return err
	}
}
