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

// kind is what the action does that carries out a fate which has one.
func (f fate) kind() Kind {
	switch f {
	case fateCreate:
		return CreateUser
	case fateDeactivate:
		return DeactivateUser
	case fateReactivate:
		return ReactivateUser
	}
	return UpdateUser
}

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
//	                                               pending account   deactivate: who was invited could still come
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
	case out && (live.Active || live.Pending):
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

// address returns the address that a person has once the plan is applied: that of the file, unless somebody has to change
// it by hand before.
func (b *builder) address(p *person) directory.Email {
	if p.renamed && !(b.caps.Kinds[p.fate.kind()] && b.caps.Writable[FieldEmail]) && !p.live.Untouchable() {
		return p.live.Email
	}
	return p.want.Email
}

// diffUsers returns one action for each listed person who is not as the file says.
func (b *builder) diffUsers() []Action {
	var actions []Action
	unreported := make(map[Field]int)
	fixed := 0 // people whose names a directory service rules over
	for i := range b.people {
		p := &b.people[i]
		switch p.fate {
		case fateAbsent:
			// A list of leavers is history: most of its people are long gone, and that is no news. See noteSlippedLeavers.
			if !p.want.OnlyLeaver() {
				b.found.note(Note{Code: NoteNotCreated, Subject: string(p.want.Email), Source: place(p.want.Pos), Text: "shall be inactive and does not exist: not created"})
			}
		case fateDormant:
			text := "listed but inactive: left alone; `active: true` on this entry brings the account back"
			if p.live.Pending {
				text = "listed and invited, but never activated: left alone; `active: true` on this entry activates the account"
			}
			b.found.note(Note{Code: NoteListedInactive, Subject: string(p.want.Email), Source: place(p.want.Pos), Text: text})
		default:
			if b.namesFixed(p) && (p.want.Name.Set || p.want.GivenName.Set || p.want.FamilyName.Set) {
				fixed++
			}
			if a, changed := b.diffUser(p, unreported); changed {
				actions = append(actions, a)
			}
		}
	}
	if fixed > 0 {
		b.found.note(Note{Code: NoteNameFixed, Text: fmt.Sprintf("the names of %s come from a directory service: not compared", count(fixed, "person", "people"))})
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
	a := Action{Kind: p.fate.kind(), Subject: string(b.address(p)), Cause: p.cause, Source: place(p.want.Pos)}
	switch p.fate {
	case fateDeactivate:
		a.Source = place(reasonPos(p))
	case fateReactivate:
		a.Detail = b.comesBackTo(p)
	case fateUpdate:
		a.Cause = CauseDeclared
	}
	if p.live != nil {
		a.SubjectID, a.Admin = int64(p.live.ID), p.live.Admin
		if p.renamed {
			a.Fields = append(a.Fields, FieldChange{Field: FieldEmail, Old: Text(string(p.live.Email)), New: Text(string(p.want.Email))})
		}
		if now, after := activeValue(p.live), Flag(p.activeAfter()); p.fate != fateUpdate && !now.Equal(after) {
			a.Fields = append(a.Fields, FieldChange{Field: FieldActive, Old: now, New: after})
		}
	} else {
		a.Fields = append(a.Fields, FieldChange{Field: FieldActive, Old: Value{}, New: Flag(true)})
	}
	for _, f := range userFields {
		want := b.wantedOf(p, f.field, f.want(p.want))
		if !want.set {
			continue
		}
		if p.live == nil && b.caps.Writable[f.field] {
			a.Fields = append(a.Fields, FieldChange{Field: f.field, Old: Value{}, New: want.value, Unverifiable: b.caps.unverifiable(f.field)})
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

// wantedOf returns what a person shall have in a field, given what the file says of it.
func (b *builder) wantedOf(p *person, f Field, said wanted) wanted {
	switch {
	case f == FieldAdmin && p.fate == fateReactivate && !said.set:
		// A reactivation never brings an administrator back unless the file says so.
		return wanted{set: true, value: Flag(false)}
	case f == FieldExternalName && !said.set:
		return b.externalName(p)
	case isName(f) && b.namesFixed(p):
		return wanted{}
	case f == FieldName && said.set && b.caps.NameParts:
		// Written in two parts, it comes back with one space between them.
		said.value = Text(oneSpaced(said.value.String()))
	}
	return said
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

// comesBackTo says what a reactivation brings back beside the seat, or an activation gives to somebody who was invited.
func (b *builder) comesBackTo(p *person) string {
	as, to := "comes back", " to "
	if p.live.Pending {
		as, to = "is activated", " in "
	}
	if p.live.Admin && p.want.Admin.Value {
		as += " as an administrator"
	}
	if !b.caps.ReadsGroups {
		return as + "; the groups can't be read here"
	}
	names := b.groupsOf(p.live.ID)
	if len(names) == 0 {
		return as + to + "no group"
	}
	return as + to + listNames(names)
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
