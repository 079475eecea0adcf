package testrail

import (
	"errors"
	"fmt"

	"rollcall/internal/directory"
)

// fieldSet is the set of the fields that an item of get_users has.
type fieldSet uint16

const (
	hasID fieldSet = 1 << iota // the first three must be there
	hasEmail
	hasActive
	hasRole // role_id and role
	hasAdmin
	hasEmailNotifications
	hasMFARequired
	hasSSOEnabled
	hasAssignedProjects
	hasGroupIDs

	hasAll       = 1<<iota - 1
	hasMandatory = hasID | hasEmail | hasActive
)

// membership is one pair of the relation as a user's own record tells it.
type membership struct {
	User  directory.UserID
	Group directory.GroupID
}

// userItem reads a user (https://support.testrail.com/hc/en-us/articles/7077978310292-Users).
//
//	id, name, email, is_active                            always                  DOC
//	role_id, role                                         6.4; id also as a text  DOC
//	is_admin, email_notifications, group_ids              7.3                     DOC
//	mfa_required                                          7.3; 0 and 1 on Cloud   LIVE
//	sso_enabled, assigned_projects                        7.3, Enterprise         DOC
//
// Each group id goes to member. names keeps one copy of each role's name.
func userItem(s *scanner, names map[string]directory.Name, member func(directory.GroupID)) (directory.User, fieldSet) {
	var u directory.User
	var has fieldSet
	s.object(func(key []byte) {
		switch string(key) {
		case "id":
			u.ID, has = directory.UserID(s.integer()), has|hasID
		case "email":
			u.Email, has = directory.Email(s.text()), has|hasEmail
		case "name":
			u.Name = s.text()
		case "is_active":
			u.Active, has = s.flag(), has|hasActive
		case "role_id":
			u.RoleID, has = directory.RoleID(s.integer()), has|hasRole
		case "role":
			name := s.textBytes()
			role, known := names[string(name)]
			if !known {
				role = directory.Name(name)
				names[string(role)] = role
			}
			u.Role = role
		case "is_admin":
			u.Admin, has = s.flag(), has|hasAdmin
		case "email_notifications":
			u.EmailNotifications, has = s.flag(), has|hasEmailNotifications
		case "mfa_required":
			u.MFARequired, has = s.flag(), has|hasMFARequired
		case "sso_enabled":
			u.SSOEnabled, has = s.flag(), has|hasSSOEnabled
		case "assigned_projects":
			has |= hasAssignedProjects
			s.ids(func(id int64) { u.AssignedProjects = append(u.AssignedProjects, directory.ProjectID(id)) })
		case "group_ids":
			has |= hasGroupIDs
			s.ids(func(id int64) { member(directory.GroupID(id)) })
		default:
			s.skip()
		}
	})
	if s.err == nil && has&hasMandatory != hasMandatory {
		s.fail("a user without id, email or is_active")
	}
	if u.ID <= 0 {
		s.fail("a user without an id")
	}
	return u, has
}

// groupItem reads a group (https://support.testrail.com/hc/en-us/articles/7077338821012-Groups, DOC, 7.5): id, name,
// user_ids. Without user_ids it fails: taken for an empty list, that would empty the group one day.
func groupItem(s *scanner) directory.Group {
	var g directory.Group
	var members bool
	s.object(func(key []byte) {
		switch string(key) {
		case "id":
			g.ID = directory.GroupID(s.integer())
		case "name":
			g.Name = directory.Name(s.text())
		case "user_ids":
			members = true
			g.Members = []directory.UserID{}
			s.ids(func(id int64) { g.Members = append(g.Members, directory.UserID(id)) })
		default:
			s.skip()
		}
	})
	if g.ID <= 0 || !members {
		s.fail("a group without id or user_ids")
	}
	return g
}

// roleItem reads a role (https://support.testrail.com/hc/en-us/articles/7077853258772-Roles, DOC, 7.3): id, name,
// is_default, is_project_admin.
func roleItem(s *scanner) directory.Role {
	var r directory.Role
	s.object(func(key []byte) {
		switch string(key) {
		case "id":
			r.ID = directory.RoleID(s.integer())
		case "name":
			r.Name = directory.Name(s.text())
		case "is_default":
			r.Default = s.flag()
		default:
			s.skip()
		}
	})
	if r.ID <= 0 {
		s.fail("a role without an id")
	}
	return r
}

// projectItem reads a project (https://support.testrail.com/hc/en-us/articles/7077792415124-Projects, DOC): id, name and,
// from 7.3, the groups with access of their own.
func projectItem(s *scanner) directory.Project {
	var p directory.Project
	s.object(func(key []byte) {
		switch string(key) {
		case "id":
			p.ID = directory.ProjectID(s.integer())
		case "name":
			p.Name = directory.Name(s.text())
		case "groups":
			if s.null() {
				return
			}
			p.GroupsKnown = true
			s.array(func() {
				s.object(func(key []byte) {
					if string(key) == "id" {
						p.Groups = append(p.Groups, directory.GroupID(s.integer()))
						return
					}
					s.skip()
				})
			})
		default:
			s.skip()
		}
	})
	if p.ID <= 0 {
		s.fail("a project without an id")
	}
	return p
}

// ids calls each for the ids of an array; null is an empty one.
func (s *scanner) ids(each func(id int64)) {
	if s.null() {
		return
	}
	s.array(func() {
		if id := s.integer(); s.err == nil {
			each(id)
		}
	})
}

// page is what an answer says about itself as a part of a list. Lists come as a bare array, which is complete, or as an
// envelope: documented as the one and seen as the other (LIVE, get_users on Cloud from 2024 and everywhere from 9.3.1).
type page struct {
	bare      bool
	items     int
	offset    int // -1 if the answer does not say
	limit     int // 0 if the answer does not say
	linked    bool
	next      string // link to the next page; "" at the end
	errorText string
}

// decodePage reads a list under key, or a bare array, and calls item for each item. `size` is not looked at: the vendor's
// own sample has a wrong one (DOC: Groups page).
func decodePage(body []byte, key string, item func(*scanner)) (page, error) {
	s := newScanner(body)
	p := page{offset: -1}
	items := func() {
		s.array(func() {
			item(s)
			p.items++
		})
	}
	if s.peek() == '[' {
		p.bare = true
		items()
		return p, s.end()
	}
	found := false
	s.object(func(k []byte) {
		switch string(k) {
		case key:
			found = true
			items()
		case "offset":
			p.offset = int(s.integer())
		case "limit":
			p.limit = int(s.integer())
		case "_links":
			s.links(&p)
		case "error":
			p.errorText = s.text()
		default:
			s.skip()
		}
	})
	if err := s.end(); err != nil {
		return p, err
	}
	if !found {
		if p.errorText != "" {
			return p, errors.New(p.errorText)
		}
		return p, fmt.Errorf("no list under %q", key)
	}
	return p, nil
}

// links reads {"next": ..., "prev": ...}. Without the key next there are no links worth the name.
func (s *scanner) links(p *page) {
	if s.peek() != '{' { // PHP writes an empty one as an array
		s.skip()
		return
	}
	s.object(func(key []byte) {
		if string(key) == "next" {
			p.linked, p.next = true, s.text()
			return
		}
		s.skip()
	})
}
