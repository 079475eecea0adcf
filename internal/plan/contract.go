package plan

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
)

// Contract is what an approved plan means for the live state of now.
type Contract struct {
	Plan        *Plan         // the approved actions that are still wanted: what is to be carried out
	AlreadyTrue []Action      // approved, and somebody did it meanwhile
	Dropped     []Action      // approved, not done, and the file does not want it any more
	Outside     []Action      // wanted now and not approved: left alone
	Stale       []StaleAction // approved, and the ground moved: with one of these nothing may be written
}

// StaleAction is an approved action whose ground moved.
type StaleAction struct {
	Action  Action   `json:"action"`
	Reasons []string `json:"reasons"` // one sentence a difference
}

// Approve plans again, within the scope of the approved plan, and compares. Every approved action is one of:
//
//	planned again, nothing more       carried out, as planned now
//	planned again, with more          stale: more than anybody approved
//	not planned, live is the new      already true
//	not planned, live is the old      dropped: the file does not want it any more
//	live is neither                   stale: somebody changed it to something else
//
// Kind and subject, new values and members are compared; ids, notes and cost are not. Actions that are planned now and
// were not approved are outside. The errors are those of Build.
func Approve(approved *Plan, want *directory.Desired, live *directory.Live, caps Caps, opts Options) (*Contract, error) {
	opts.Scope, opts.Undoes = approved.Scope, approved.Undoes
	b := &builder{want: want, ix: newIndex(live), caps: caps, opts: opts}
	fresh, manual, err := b.decide()
	if err != nil {
		return nil, err
	}
	planned := make(map[string]*Action, len(fresh))
	for i := range fresh {
		planned[fresh[i].ID] = &fresh[i]
	}
	byHand := make(map[string]*Action, len(manual))
	for i := range manual {
		byHand[manual[i].ID] = &manual[i].Action
	}
	c := &Contract{}
	known := make(map[string]bool) // ids of approved actions
	agreed := []Action{}
	for _, a := range approved.Actions() {
		known[a.ID] = true
		again := planned[a.ID]
		ground := b.compare(a, again)
		switch {
		case again != nil:
		case b.nowByHand(a, byHand[a.ID]):
			ground.move("the API can't do it now")
		case ground.open && opts.Undoes != "" && len(ground.moved) == 0:
			// What is to be taken back follows from live: if nothing is any more, live has moved.
			ground.move("it is not as the run left it any more, or the run did not do it")
		}
		switch {
		case len(ground.moved) > 0:
			c.Stale = append(c.Stale, StaleAction{Action: *a, Reasons: ground.moved})
		case again != nil:
			agreed = append(agreed, *again)
		case ground.open:
			c.Dropped = append(c.Dropped, *a)
		default:
			c.AlreadyTrue = append(c.AlreadyTrue, *a)
		}
	}
	for i := range fresh {
		if !known[fresh[i].ID] {
			c.Outside = append(c.Outside, fresh[i])
		}
	}
	c.Plan = b.assemble(agreed, manual)
	return c, nil
}

// nowByHand reports whether an approved action, or something of it, is a manual step now.
func (b *builder) nowByHand(approved, step *Action) bool {
	return step != nil && (!b.caps.Kinds[approved.Kind] || slices.ContainsFunc(approved.Fields, func(f FieldChange) bool {
		_, also := step.Field(f.Field)
		return also
	}))
}

// ground is what became of the ground of an approved action.
type ground struct {
	moved []string // why it can't be carried out as approved
	open  bool     // something of it is still as it was before
}

func (g *ground) move(format string, args ...any) {
	g.moved = append(g.moved, fmt.Sprintf(format, args...))
}

// compare looks at an approved action, at what is planned now under the same id, if anything, and at the live state.
func (b *builder) compare(approved, again *Action) ground {
	var g ground
	if again != nil {
		for _, f := range again.Fields {
			old, ok := approved.Field(f.Field)
			switch {
			case !ok:
				g.move("%s would change as well, from %q to %q", f.Field, f.Old, f.New)
			case !same(f.Field, old.New, f.New):
				g.move("%s would become %q, and %q was approved", f.Field, f.New, old.New)
			case !same(f.Field, old.Old, f.Old):
				g.move("%s is %q now, and was %q", f.Field, f.Old, old.Old)
			}
		}
		if again.Kind == ReactivateUser && again.Detail != approved.Detail {
			g.move("it %s now, and %s was approved", again.Detail, approved.Detail)
		}
		switch {
		case !again.Admin || approved.Admin:
		case again.Kind.OnGroup():
			g.move("its members are as good as administrators now")
		default:
			g.move("it is an administrator now")
		}
		if again.Members != nil {
			g.more("added", again.Members.Add, approved.Members.Add)
			g.more("removed", again.Members.Remove, approved.Members.Remove)
		}
	}
	if approved.Kind.OnUser() {
		b.compareUser(approved, again, &g)
		return g
	}
	b.compareAdded(approved, again, &g)
	switch {
	case again != nil:
	case approved.Kind.OnProject():
		b.compareProject(approved, &g)
	default:
		b.compareGroup(approved, &g)
	}
	return g
}

// compareAdded looks for members who were to be added and can't be any more: somebody switched them off.
func (b *builder) compareAdded(approved, again *Action, g *ground) {
	planned := make(map[directory.EmailKey]bool)
	if again != nil {
		for _, m := range again.Members.Add {
			planned[m.User.Key()] = true
		}
	}
	for _, m := range approved.Members.Add {
		key := m.User.Key()
		if p := b.personAt(m.User); p != nil && !planned[key] && p.fate == fateDormant {
			g.move("%s is inactive now", m.User)
		}
	}
}

// more records the members of now whom nobody approved.
func (g *ground) more(done string, now, approved []Member) {
	known := make(map[directory.EmailKey]bool, len(approved))
	for _, m := range approved {
		known[m.User.Key()] = true
	}
	for _, m := range now {
		if !known[m.User.Key()] {
			g.move("%s would be %s as well", m.User, done)
		}
	}
}

// compareUser looks at the fields that were approved and are not planned now: they are true, or open, or moved.
func (b *builder) compareUser(approved, again *Action, g *ground) {
	u := b.account(approved)
	if u == nil && approved.Kind != CreateUser {
		g.move("no account bears the address any more")
		return
	}
	if p := b.personAt(directory.Email(approved.Subject)); p != nil && again == nil && p.fate == fateDormant {
		g.move("the account is inactive now")
	}
	for _, f := range approved.Fields {
		if f.Unverifiable {
			continue
		}
		if again != nil {
			if _, ok := again.Field(f.Field); ok {
				continue
			}
		}
		switch now := b.ix.field(u, f.Field); {
		case same(f.Field, now, f.New):
		case same(f.Field, now, f.Old):
			g.open = true
		default:
			g.move("%s is %q now, neither %q nor %q", f.Field, now, f.Old, f.New)
		}
	}
}

// compareGroup looks at an approved group action that is not planned now. The group that it meant is told by its id; one
// that bears the name under another id is another group.
func (b *builder) compareGroup(approved *Action, g *ground) {
	meant := b.ix.groups[directory.GroupID(approved.SubjectID)]
	bearers := b.ix.byName.get(directory.Name(approved.Subject).Canonical())
	name, renames := approved.Field(FieldName)
	switch {
	case approved.Kind == CreateGroup && len(bearers) == 0:
		g.open = true
		return
	case approved.Kind == CreateGroup:
		meant = b.ix.groups[bearers[0]]
	case len(bearers) > 0 && (meant == nil || bearers[0] != meant.ID):
		g.move("another group bears the name now, id %d", bearers[0])
		return
	case meant == nil && approved.Kind == DeleteGroup:
		return
	case meant == nil:
		g.move("the group does not exist any more")
		return
	case meant.Name.Canonical() == directory.Name(approved.Subject).Canonical():
		g.open = approved.Kind == DeleteGroup
	case renames && meant.Name.Canonical() == directory.Name(name.Old.String()).Canonical():
		g.open = true
	default:
		g.move("the group is called %q now", meant.Name)
		return
	}
	if approved.Kind != DeleteGroup {
		b.compareMembers(approved, meant, g)
	}
}

// compareProject looks at an approved project action that is not planned now.
func (b *builder) compareProject(approved *Action, g *ground) {
	project := b.ix.project(directory.ProjectID(approved.SubjectID))
	switch {
	case !b.ix.live.ProjectsRead: // the file has nothing to do with projects any more
		g.open = true
		return
	case project == nil:
		g.move("the project does not exist any more")
		return
	case project.Name.Canonical() != directory.Name(approved.Subject).Canonical():
		g.move("the project is called %q now", project.Name)
		return
	}
	in := func(id directory.UserID) bool { return slices.Contains(b.ix.users[id].Projects, project.ID) }
	for _, m := range approved.Members.Add {
		g.open = g.open || !b.is(m, in)
	}
	for _, m := range approved.Members.Remove {
		g.open = g.open || b.is(m, in)
	}
}

// is reports whether something is true of a member's account: one that bears the address, or that of the person whom the
// file lists under it.
func (b *builder) is(m Member, so func(directory.UserID) bool) bool {
	p := b.personAt(m.User)
	return slices.ContainsFunc(b.ix.byKey.get(m.User.Key()), so) || p != nil && p.live != nil && so(p.live.ID)
}

// personAt returns the person of the file whom an address means: it is listed under it, or its account bears it. It
// returns nil for none.
func (b *builder) personAt(email directory.Email) *person {
	if at, listed := b.byKey[email.Key()]; listed {
		return &b.people[at]
	}
	if account := b.accountAt(email); account != nil {
		if at, listed := b.byUserID[account.ID]; listed {
			return &b.people[at]
		}
	}
	return nil
}

// compareMembers looks at the members that were approved to come or go.
func (b *builder) compareMembers(approved *Action, group *directory.Group, g *ground) {
	in := func(id directory.UserID) bool { return contains(group.Members, id) }
	for _, m := range approved.Members.Add {
		switch {
		case b.is(m, in):
		case approved.Kind == CreateGroup:
			g.move("the group exists already, without %s", m.User)
		default:
			g.open = true
		}
	}
	for _, m := range approved.Members.Remove {
		g.open = g.open || b.is(m, in)
	}
}

// account returns the account that an approved action is about: the one with its address, else the one with the
// address it had before; nil if there is none.
func (b *builder) account(approved *Action) *directory.User {
	for _, key := range [...]directory.EmailKey{directory.Email(approved.Subject).Key(), formerKey(approved)} {
		bearers := b.ix.byKey.get(key)
		if slices.Contains(bearers, directory.UserID(approved.SubjectID)) {
			return b.ix.users[directory.UserID(approved.SubjectID)]
		}
		if len(bearers) > 0 {
			return b.ix.users[bearers[0]]
		}
	}
	return nil
}
