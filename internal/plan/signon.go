package plan

import (
	"fmt"
	"strings"

	"rollcall/internal/directory"
)

// What the file says about how a person signs on, and what follows from it for his other fields:
//
//	auth.system, in the file        external name                    name
//	the same, or none               as the file says, or unmanaged   as before
//	changes to the tool's own       none there: the one he has goes  compared: the tool rules over it now
//	changes to another, or he is    as the file says, else the one   not compared if a directory service rules over
//	created with it                 he has, else his address         it there; a create sends it all the same

// isOwn reports whether a way to sign on is the tool's own, with a password that the tool keeps.
func isOwn(system directory.Name) bool {
	return foldSignOn(system) == foldSignOn(directory.OwnSignOn)
}

// movesTo reports whether the plan gives an account, or somebody new, the way to sign on that the file names.
func (b *builder) movesTo(p *person) bool {
	name := p.want.SignOn
	if !name.Set || !b.caps.Writable[FieldSignOn] {
		return false
	}
	return p.live == nil || b.caps.Reported[FieldSignOn] && foldSignOn(p.live.SignOn) != foldSignOn(name.Value)
}

// externalName returns the external name that the file means where it names none: whoever gets another way to sign on
// needs one there, which is his address unless he has one already.
func (b *builder) externalName(p *person) wanted {
	switch {
	case !b.movesTo(p):
		return wanted{}
	case isOwn(p.want.SignOn.Value):
		// Nobody has one there. That it goes is a part of the change: an undo has to know it.
		return wanted{set: p.live != nil, value: Text("")}
	case p.live != nil && p.live.ExternalName != "":
		return wanted{}
	}
	return wanted{set: true, value: Text(string(p.want.Email))}
}

// namesFixed reports whether a directory service rules over an account's name once the plan is applied, so that what is
// written of it has no effect.
func (b *builder) namesFixed(p *person) bool {
	switch {
	case p.live == nil:
		return false
	case b.movesTo(p):
		return b.ix.fixesNames(p.want.SignOn.Value)
	}
	return p.live.NameFixed
}

// fixesNames reports whether a directory service rules over the names of those who sign on in that way: the live state
// says so of the way, or of somebody who signs on in it.
func (ix *index) fixesNames(system directory.Name) bool { return ix.fixing[foldSignOn(system)] }

func foldSignOn(system directory.Name) string { return strings.ToLower(string(system.Canonical())) }

// checkSignOn finds a way to sign on that does not exist or that two of them are called, names being compared without
// case, and an external name of somebody who signs on in the tool's own way, where nobody has one.
func (b *builder) checkSignOn(p *person) {
	if !b.ix.live.SignOnsRead {
		return
	}
	if name := p.want.SignOn; name.Set {
		var known []string
		var bearers []directory.SignOnID
		for _, s := range b.ix.live.SignOns {
			known = append(known, string(s.Name))
			if foldSignOn(s.Name) == foldSignOn(name.Value) {
				bearers = append(bearers, s.ID)
			}
		}
		checkName(&b.found, "auth system", name.Value, name.Pos, bearers, known)
		return // the loader has looked at both keys together
	}
	if external := p.want.ExternalName; external.Set && (p.fate == fateCreate && !p.unclear || p.live != nil && isOwn(p.live.SignOn)) {
		b.found.problem(external.Pos, fmt.Sprintf("user %s signs on with a password of the tool, where nobody has an external name", p.want.Email),
			"name the auth system beside it, or take it out")
	}
}

// checkExternalNames finds lines by which somebody would be called in a system what somebody else of the roster, or an
// administrator, is called there: whoever bears the name could sign on as either of them. What is so already is left as it is,
// nobody signs on with an inactive account, and an address that stands for the name is the person's own. An account that is
// not listed may be the same person's, re-addressed by hand.
func (b *builder) checkExternalNames() {
	if !b.caps.Writable[FieldSignOn] {
		return
	}
	type name struct{ system, external string }
	bearers := make(map[name]directory.Email)
	bear := func(system directory.Name, external string, who directory.Email) (other directory.Email, taken bool) {
		n := name{foldSignOn(system), strings.ToLower(strings.TrimSpace(external))}
		if isOwn(system) || system == "" || n.external == "" {
			return "", false
		}
		if other, taken = bearers[n]; !taken {
			bearers[n] = who
		}
		return other, taken
	}
	var named []*person // whose line gives another name
	gone := make(map[directory.UserID]bool)
	for i := range b.people {
		p := &b.people[i]
		system, external := b.signsOnAs(p)
		moves := p.live == nil || foldSignOn(system) != foldSignOn(p.live.SignOn) || external != p.live.ExternalName || p.fate == fateReactivate
		if p.live != nil && (moves && p.activeAfter() || p.fate == fateDeactivate) {
			gone[p.live.ID] = true // what he is called now
		}
		switch {
		case !moves || !p.activeAfter():
		case p.want.ExternalName.Set:
			named = append(named, p)
		default:
			bear(system, external, p.want.Email)
		}
	}
	for i := range b.ix.live.Users {
		u := &b.ix.live.Users[i]
		if _, listed := b.byUserID[u.ID]; (listed || u.Admin) && (u.Active || u.Pending) && !gone[u.ID] {
			bear(u.SignOn, u.ExternalName, u.Email)
		}
	}
	for _, p := range named {
		system, external := b.signsOnAs(p)
		if other, taken := bear(system, external, p.want.Email); taken {
			b.found.problem(p.want.ExternalName.Pos, fmt.Sprintf("user %s would be called %q at %s, and so is %s", p.want.Email, external, system, other),
				"whoever bears the name could sign on as both: write another external_name")
		}
	}
}

// signsOnAs returns how a person signs on once the plan is applied, and under which name.
func (b *builder) signsOnAs(p *person) (system directory.Name, external string) {
	if p.live != nil {
		system, external = p.live.SignOn, p.live.ExternalName
	}
	if implied := b.externalName(p); implied.set {
		external = implied.value.String()
	}
	if p.want.SignOn.Set {
		system = p.want.SignOn.Value
	}
	if p.want.ExternalName.Set {
		external = p.want.ExternalName.Value
	}
	return system, external
}
