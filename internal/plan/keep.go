package plan

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
)

// keep folds into the desired members of a group the live members that are not ours to remove, so that there is one diff
// and no special case behind it. With full-list group updates a member that is forgotten here is a member that is removed.
//
// A mode that is not written is at_least.
//
//	live member, not listed            mode at_least   mode exact, and whom mode amend names
//	any                                kept            see below
//	without a usable address           kept            kept    (forgotten users and the like: carried by id)
//	matches guards.protect             kept            kept    noted
//	the caller's own account           kept            kept    noted
//	anybody else                       kept            removed
//
// Mode amend keeps whom it does not name, without a word.
func (b *builder) keep(g *groupMatch, wanted map[directory.UserID]bool) {
	if g.live == nil {
		return
	}
	others, removable := 0, 0 // members whom nobody lists, and those of them whom exact would remove
	for _, id := range g.live.Members {
		if wanted[id] {
			continue
		}
		u := b.ix.users[id]
		switch {
		case u == nil || u.Untouchable():
			wanted[id] = true
		case g.want.Mode.Value == directory.Amend && !slices.Contains(g.want.Without, id):
			wanted[id] = true
		case g.want.Mode.Value != directory.Exact && g.want.Mode.Value != directory.Amend:
			wanted[id] = true
			others++
			if _, spared := b.spared(u); !spared {
				removable++
			}
		default:
			if code, spared := b.spared(u); spared {
				wanted[id] = true
				text := fmt.Sprintf("stays in group %q, which does not list it", g.want.Name)
				if g.want.Mode.Value == directory.Amend {
					text = fmt.Sprintf("stays in group %q: nothing takes it out", g.want.Name)
				}
				b.found.note(Note{Code: code, Subject: string(u.Email), Source: place(g.want.Pos), Text: text})
			}
		}
	}
	if others > 0 {
		b.found.note(Note{Code: NoteOtherMembers, Subject: string(g.want.Name), Source: place(g.want.Mode.Pos),
			Text: fmt.Sprintf("keeps %s that the file does not list; %s", count(others, "member", "members"), underExact(others, removable))})
	}
}

// underExact says what the other mode would do with members whom nobody lists.
func underExact(others, removed int) string {
	switch removed {
	case 0:
		return "so would `mode: exact`"
	case others:
		return "`mode: exact` would remove them"
	}
	return fmt.Sprintf("`mode: exact` would remove %d of them", removed)
}

// spared reports whether an account is safe from what nobody wrote down about it, and the note that says so.
func (b *builder) spared(u *directory.User) (NoteCode, bool) {
	switch {
	case u.ID == b.ix.live.Self:
		return NoteKeptOwn, true
	case b.protected(u.Email):
		return NoteKeptProtected, true
	}
	return "", false
}

// protected reports whether an address matches guards.protect.
func (b *builder) protected(email directory.Email) bool {
	key := string(email.Key())
	for _, pattern := range b.want.Guards.Protect {
		if directory.Glob(pattern.Value, key) {
			return true
		}
	}
	return false
}
