package testrailsim

import (
	"cmp"
	"slices"
)

// orderedUsers is the user list in an order other than by id, valid for one count of edits.
type orderedUsers struct {
	edits uint64
	order Order
	users []*account
}

// usersIn returns all accounts in that order. By id costs nothing; the others sort once after a change.
func (st *State) usersIn(o Order) []*account {
	if o == ByID {
		return st.users
	}
	if c := &st.ordered; c.users == nil || c.edits != st.edits || c.order != o {
		c.edits, c.order, c.users = st.edits, o, slices.Clone(st.users)
		if o == ByIDDescending {
			slices.Reverse(c.users)
		} else {
			slices.SortStableFunc(c.users, func(a, b *account) int { return cmp.Compare(a.Name, b.Name) })
		}
	}
	return st.ordered.users
}

// projectUsers are the accounts with explicit access to a project and their roles there, valid for one count of edits.
type projectUsers struct {
	edits uint64
	users []*account
	roles []int
}

// usersOf lists the active accounts with explicit access to the project, by id, each with its role there: its own
// entry before that of its groups, 0 (Global Role) resolved (DOC). "No Access" is no access.
func (st *State) usersOf(p *Project) projectUsers {
	if c, ok := st.explicit[p.ID]; ok && c.edits == st.edits {
		return c
	}
	roleOf := map[int]int{}
	grant := func(id, role int) {
		if _, done := roleOf[id]; done || !st.byID[id].IsActive {
			return
		}
		if role == 0 {
			role = st.byID[id].RoleID
		}
		roleOf[id] = role
	}
	for _, a := range p.Users {
		grant(a.ID, a.RoleID)
	}
	for _, a := range p.Groups {
		for _, id := range st.groupByID[a.ID].UserIDs {
			grant(id, a.RoleID)
		}
	}
	c := projectUsers{edits: st.edits}
	ids := make([]int, 0, len(roleOf))
	for id, role := range roleOf {
		if r := st.role(role); r != nil && !r.NoAccess {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		c.users = append(c.users, st.byID[id])
		c.roles = append(c.roles, roleOf[id])
	}
	if st.explicit == nil {
		st.explicit = map[int]projectUsers{}
	}
	st.explicit[p.ID] = c
	return c
}

// mayRead reports whether the account can read the project: an administrator, explicit access, or a default access
// that is not "No Access". The default 0 is the account's global role.
func (st *State) mayRead(u *account, p *Project) bool {
	if u.IsAdmin {
		return true
	}
	for _, a := range p.Users {
		if a.ID == u.ID {
			return st.opens(cmp.Or(a.RoleID, u.RoleID))
		}
	}
	for _, a := range p.Groups {
		if _, ok := slices.BinarySearch(u.groups, a.ID); ok {
			return st.opens(cmp.Or(a.RoleID, u.RoleID))
		}
	}
	return st.opens(cmp.Or(p.DefaultRoleID, u.RoleID))
}

func (st *State) opens(role int) bool {
	r := st.role(role)
	return r != nil && !r.NoAccess
}
