package plan

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// person is an entry of the file, the account it means, and what shall become of it.
type person struct {
	want    *directory.WantUser
	live    *directory.User // nil if there is none
	renamed bool
	unclear bool // which account it means could not be told
	fate    fate
	cause   Cause
}

// fate is what a plan does with an account as a whole.
type fate uint8

const (
	fateUpdate     fate = iota // fields alone
	fateCreate                 //
	fateDeactivate             //
	fateReactivate             //
	fateDormant                // inactive and nobody asked to reactivate it: nothing is compared
	fateAbsent                 // shall be inactive and does not exist: nothing to do
)

// activeAfter reports whether the account is active once the plan is applied.
func (p *person) activeAfter() bool {
	switch p.fate {
	case fateCreate, fateReactivate:
		return true
	case fateUpdate:
		return p.live.Active
	}
	return false
}

func (b *builder) matchUsers() {
	claims := make([]claim[directory.EmailKey, directory.UserID], len(b.want.Users))
	for i := range b.want.Users {
		u := &b.want.Users[i]
		claims[i] = claim[directory.EmailKey, directory.UserID]{
			text: string(u.Email), key: u.Email.Key(), pos: &u.Pos, pin: &u.ID,
		}
		for _, was := range u.Was {
			claims[i].was = append(claims[i].was, directory.At(was.Value.Key(), was.Pos))
		}
	}
	accounts := population[directory.EmailKey, directory.UserID]{
		noun:  "account",
		label: func(address string) string { return "user " + address },
		keyed: b.ix.byKey.get,
		keyOf: func(id directory.UserID) (directory.EmailKey, bool) {
			u, ok := b.ix.users[id]
			if !ok {
				return "", false
			}
			return u.Email.Key(), true
		},
	}
	matched := match(claims, accounts, &b.found)
	b.people = make([]person, len(matched))
	b.byKey = make(map[directory.EmailKey]int, len(matched))
	b.byUserID = make(map[directory.UserID]int, len(matched))
	for i, m := range matched {
		p := &b.people[i]
		p.want = &b.want.Users[i]
		p.unclear = m.unclear
		b.byKey[claims[i].key] = i
		if m.found {
			p.live, p.renamed = b.ix.users[m.id], m.renamed
			b.byUserID[m.id] = i
			if directory.Forgotten(string(p.live.Email)) {
				b.found.problem(p.want.ID.Pos, fmt.Sprintf("user %s: account %d was forgotten in the tool and can't be managed", p.want.Email, m.id), "")
			}
		}
		p.fate, p.cause = fateOf(p.want, p.live, b.opts.Today)
	}
}

// fateOf decides what becomes of an account.
//
//	leaver, `until` has passed, or active: false   active account    deactivate
//	                                               inactive account  fields alone
//	                                               none              nothing, a note
//	`active: true` on the person                   inactive account  reactivate
//	otherwise                                      inactive account  dormant: nothing, a note
//	                                               active account    fields alone
//	                                               none              create
//
// `until` wins over active: true. A default `active: true` never reactivates: whoever was switched off by hand must not
// come back by accident.
func fateOf(want *directory.WantUser, live *directory.User, today directory.Date) (fate, Cause) {
	out, cause := false, CauseDeclared
	switch {
	case want.Leaver.Line != 0:
		out, cause = true, CauseLeaver
	case want.Until.Set && want.Until.Value.Before(today):
		out, cause = true, CauseExpired
	case want.Active.Set && !want.Active.Value:
		out = true
	}
	switch {
	case out && live == nil:
		return fateAbsent, cause
	case out && live.Active:
		return fateDeactivate, cause
	case out:
		return fateUpdate, cause
	case live == nil:
		return fateCreate, cause
	case live.Active:
		return fateUpdate, cause
	case want.Active.Set && want.Active.Value && !want.Active.FromDefault:
		return fateReactivate, cause
	}
	return fateDormant, cause
}

// diffUsers returns one action for each listed person who is not as the file says.
func (b *builder) diffUsers() []Action {
	var actions []Action
	unreported := make(map[Field]int)
	for i := range b.people {
		p := &b.people[i]
		switch p.fate {
		case fateAbsent:
			// A list of leavers is history: most of its people are long gone, and that is no news. See noteSlippedLeavers.
			if !p.want.OnlyLeaver() {
				b.found.note(Note{Code: NoteNotCreated, Subject: string(p.want.Email), Source: place(p.want.Pos), Text: "shall be inactive and does not exist: not created"})
			}
		case fateDormant:
			b.found.note(Note{Code: NoteListedInactive, Subject: string(p.want.Email), Source: place(p.want.Pos),
				Text: "listed but inactive: left alone; `active: true` on this entry brings the account back"})
		default:
			if a, changed := b.diffUser(p, unreported); changed {
				actions = append(actions, a)
			}
		}
	}
	for _, f := range userFields {
		if n := unreported[f.field]; n > 0 {
			b.found.note(Note{Code: NoteNotReported, Subject: string(f.field), Text: fmt.Sprintf("this instance does not report %s: not compared for %s", f.field, count(n, "person", "people"))})
		}
	}
	return actions
}

// diffUser returns the action that makes one person as the file says, and whether anything differs.
func (b *builder) diffUser(p *person, unreported map[Field]int) (Action, bool) {
	a := Action{Subject: string(p.want.Email), Cause: p.cause, Source: place(p.want.Pos)}
	switch p.fate {
	case fateCreate:
		a.Kind = CreateUser
	case fateDeactivate:
		a.Kind = DeactivateUser
		a.Source = place(reasonPos(p))
	case fateReactivate:
		a.Kind = ReactivateUser
		a.Detail = b.comesBackTo(p)
	default:
		a.Kind, a.Cause = UpdateUser, CauseDeclared
	}
	if p.live != nil {
		a.SubjectID, a.Admin = int64(p.live.ID), p.live.Admin
		if p.renamed {
			a.Fields = append(a.Fields, FieldChange{Field: FieldEmail, Old: Text(string(p.live.Email)), New: Text(string(p.want.Email))})
		}
		if p.live.Active != p.activeAfter() {
			a.Fields = append(a.Fields, FieldChange{Field: FieldActive, Old: Flag(p.live.Active), New: Flag(p.activeAfter())})
		}
	} else {
		a.Fields = append(a.Fields, FieldChange{Field: FieldActive, Old: Value{}, New: Flag(true)})
	}
	for _, f := range userFields {
		want := f.want(p.want)
		if f.field == FieldAdmin && p.fate == fateReactivate && !want.set {
			// A reactivation never brings an administrator back unless the file says so.
			want = wanted{set: true, value: Flag(false)}
		}
		if !want.set {
			continue
		}
		if p.live == nil && b.caps.Writable[f.field] {
			a.Fields = append(a.Fields, FieldChange{Field: f.field, Old: Value{}, New: want.value})
			continue
		}
		if !b.caps.Reported[f.field] {
			if want.fromFile {
				unreported[f.field]++
			}
			continue
		}
		old := Value{}
		if p.live != nil {
			old = f.live(b.ix, p.live)
		}
		if !same(f.field, old, want.value) {
			a.Fields = append(a.Fields, FieldChange{Field: f.field, Old: old, New: want.value})
		}
	}
	if len(a.Fields) == 0 {
		return a, false
	}
	a.ID = actionID(a.Kind, a.Subject)
	return a, true
}

// wanted is what the file says of one field.
type wanted struct {
	set      bool
	fromFile bool
	value    Value
}

// userFields says how each field is read from both states. Address and active state are not in it: they are decided by
// matching and by fate.
var userFields = [...]struct {
	field Field
	want  func(*directory.WantUser) wanted
	live  func(*index, *directory.User) Value
}{
	{FieldName,
		func(w *directory.WantUser) wanted { return wanted{w.Name.Set, true, Text(w.Name.Value)} },
		func(_ *index, u *directory.User) Value { return Text(u.Name) }},
	{FieldRole,
		func(w *directory.WantUser) wanted { return wanted{w.Role.Set, true, Text(string(w.Role.Value))} },
		func(_ *index, u *directory.User) Value { return Text(string(u.Role)) }},
	{FieldAdmin,
		func(w *directory.WantUser) wanted { return wantedFlag(w.Admin) },
		func(_ *index, u *directory.User) Value { return Flag(u.Admin) }},
	{FieldEmailNotifications,
		func(w *directory.WantUser) wanted { return wantedFlag(w.EmailNotifications) },
		func(_ *index, u *directory.User) Value { return Flag(u.EmailNotifications) }},
	{FieldMFARequired,
		func(w *directory.WantUser) wanted { return wantedFlag(w.MFARequired) },
		func(_ *index, u *directory.User) Value { return Flag(u.MFARequired) }},
	{FieldSSOEnabled,
		func(w *directory.WantUser) wanted { return wantedFlag(w.SSOEnabled) },
		func(_ *index, u *directory.User) Value { return Flag(u.SSOEnabled) }},
	{FieldAssignedProjects,
		func(w *directory.WantUser) wanted {
			names := make([]string, len(w.AssignedProjects.Value))
			for i, n := range w.AssignedProjects.Value {
				names[i] = string(n)
			}
			slices.Sort(names)
			return wanted{w.AssignedProjects.Set, true, List(slices.Compact(names))}
		},
		func(ix *index, u *directory.User) Value { return List(ix.projectNames(u.AssignedProjects)) }},
}

// field returns the value of a field now, null for an account that does not exist.
func (ix *index) field(u *directory.User, f Field) Value {
	if u == nil {
		return Value{}
	}
	switch f {
	case FieldEmail:
		return Text(string(u.Email))
	case FieldActive:
		return Flag(u.Active)
	}
	for _, row := range userFields {
		if row.field == f {
			return row.live(ix, u)
		}
	}
	return Value{}
}

func wantedFlag(k directory.Key[bool]) wanted { return wanted{k.Set, true, Flag(k.Value)} }

// same compares a field's two values as the field is compared: addresses folded, names of people and roles in their
// canonical form.
func same(f Field, old, new Value) bool {
	a, isText := old.AsText()
	b, both := new.AsText()
	if !isText || !both {
		return old.Equal(new)
	}
	switch f {
	case FieldEmail:
		return directory.Email(a).Key() == directory.Email(b).Key()
	case FieldName, FieldRole:
		return directory.Name(a).Canonical() == directory.Name(b).Canonical()
	}
	return a == b
}

// projectNames returns the names of projects, sorted; "#7" for one that the list of projects does not have.
func (ix *index) projectNames(list []directory.ProjectID) []string {
	names := make([]string, 0, len(list))
	for _, id := range list {
		at, ok := slices.BinarySearchFunc(ix.live.Projects, id, func(p directory.Project, id directory.ProjectID) int { return int(p.ID - id) })
		if ok {
			names = append(names, string(ix.live.Projects[at].Name.Canonical()))
		} else {
			names = append(names, fmt.Sprintf("#%d", id))
		}
	}
	slices.Sort(names)
	return names
}

// reasonPos is the line that makes a person inactive.
func reasonPos(p *person) directory.Pos {
	switch p.cause {
	case CauseLeaver:
		return p.want.Leaver
	case CauseExpired:
		return p.want.Until.Pos
	}
	return p.want.Active.Pos
}

// comesBackTo says what a reactivation brings back beside the seat.
func (b *builder) comesBackTo(p *person) string {
	as := "comes back"
	if p.live.Admin && p.want.Admin.Value {
		as = "comes back as an administrator"
	}
	if !b.caps.ReadsGroups {
		return as + "; the groups can't be read here"
	}
	names := b.groupsOf(p.live.ID)
	if len(names) == 0 {
		return as + " to no group"
	}
	return as + " to " + listNames(names)
}

func listNames(names []directory.Name) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	return strings.Join(texts, ", ")
}

// groupsOf returns the names of the groups that an account is in, sorted.
func (b *builder) groupsOf(id directory.UserID) []directory.Name {
	if b.memberOf == nil {
		b.memberOf = make(map[directory.UserID][]directory.Name)
		for i := range b.ix.live.Groups {
			g := &b.ix.live.Groups[i]
			for _, m := range g.Members {
				b.memberOf[m] = append(b.memberOf[m], g.Name)
			}
		}
	}
	return slices.Sorted(slices.Values(b.memberOf[id]))
}

func actionID(kind Kind, subject string) string { return string(kind) + ":" + subject }

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
