package plan

import (
	"fmt"
	"strings"

	"rollcall/internal/directory"
)

// noteSlippedLeavers finds leavers whom no account bears the address of, but for one mistake that of somebody who stays: a
// mistyped leaver would keep their access, and nothing else of the plan says so. It is quiet about other leavers without an
// account, since a list of leavers is history.
//
// Each leaver stands under three keys, of which one mistake leaves one as it was, so that a long list is not compared with
// a large site one by one:
//
//	wendy.oneil@acme.example     we…@acme.example   …il@acme.example   wendy.oneil@
func (b *builder) noteSlippedLeavers() {
	near := make(map[string][]*person)
	for i := range b.people {
		if p := &b.people[i]; p.fate == fateAbsent && p.want.OnlyLeaver() {
			for _, key := range slipKeys(p.want.Email) {
				near[key] = append(near[key], p)
			}
		}
	}
	if len(near) == 0 {
		return
	}
	noted := make(map[*person]bool)
	for i := range b.ix.live.Users {
		u := &b.ix.live.Users[i]
		if !u.Active || u.Untouchable() || b.leaves(u.ID) {
			continue
		}
		for _, key := range slipKeys(u.Email) {
			for _, p := range near[key] {
				if noted[p] || !directory.Slipped(p.want.Email, u.Email) {
					continue
				}
				noted[p] = true
				b.found.note(Note{Code: NoteLeaverUnknown, Subject: string(p.want.Email), Source: place(p.want.Pos), Text: fmt.Sprintf(
					"no account has this address, and that of %s stays active: is it a typing error?", u.Email)})
			}
		}
	}
}

// leaves reports whether the file says that an active account shall be inactive.
func (b *builder) leaves(id directory.UserID) bool {
	at, listed := b.byUserID[id]
	return listed && b.people[at].fate == fateDeactivate
}

// slipKeys returns what to look an address up by that may have one mistake.
func slipKeys(address directory.Email) []string {
	local, domain, _ := strings.Cut(string(address.Key()), "@")
	const ends = 2 // one mistake in five characters or more leaves the first two or the last two as they were
	if len(local) < 2*ends {
		return []string{local + "@"}
	}
	return []string{local[:ends] + "…@" + domain, "…" + local[len(local)-ends:] + "@" + domain, local + "@"}
}

// newLeavers returns a note for each leaver whom the change since an earlier roster adds and who has no account: the line
// does nothing, and its reviewer would think that it does.
func (b *builder) newLeavers(earlier *directory.Desired) []Note {
	noted, left := make(map[string]bool), make(map[directory.EmailKey]bool)
	for i := range b.found.notes {
		if n := &b.found.notes[i]; n.Code == NoteLeaverUnknown {
			noted[n.Subject] = true
		}
	}
	for i := range earlier.Users {
		left[earlier.Users[i].Email.Key()] = earlier.Users[i].Leaver.Line != 0
	}
	var notes []Note
	for i := range b.people {
		p := &b.people[i]
		if p.fate == fateAbsent && p.want.OnlyLeaver() && !left[p.want.Email.Key()] && !noted[string(p.want.Email)] {
			notes = append(notes, Note{Code: NoteLeaverUnknown, Subject: string(p.want.Email), Source: place(p.want.Pos),
				Text: "no account has this address: the line does nothing"})
		}
	}
	return notes
}
