package apply

import (
	"slices"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// sends records which of an action's members a list adds and removes that is about to be sent. A list that is made anew for
// a further try adds to that: the first one may have taken effect.
func (r *run) sends(a *plan.Action, added, removed []directory.UserID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := &r.outcomes[r.place[a.ID]]
	var before plan.MemberChange
	if o.Written != nil {
		before = *o.Written
	}
	o.Written = &plan.MemberChange{
		Add: r.among(a.Members.Add, added, before.Add), Remove: r.among(a.Members.Remove, removed, before.Remove), Keep: a.Members.Keep,
	}
}

// sendsInPart records whom the writes of an action that has failed put into a group or took out of it, each a write of its own.
func (r *run) sendsInPart(a *plan.Action, added, removed []directory.UserID) {
	r.sends(a, added, removed)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outcomes[r.place[a.ID]].InPart = len(added)+len(removed) > 0
}

// among returns those members whose account is in a list, or who are among those of an earlier try.
func (r *run) among(members []plan.Member, list []directory.UserID, before []plan.Member) []plan.Member {
	sent := []plan.Member{}
	for _, m := range members {
		id, known := r.bound.user(m.ID, m.User)
		if known && slices.Contains(list, id) || slices.ContainsFunc(before, func(b plan.Member) bool { return b.User == m.User && b.ID == m.ID }) {
			sent = append(sent, m)
		}
	}
	return sent
}

// sendsNothing records that an action is done without a write of ours.
func (r *run) sendsNothing(a *plan.Action) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outcomes[r.place[a.ID]].Unwritten = true
}

// tidySent leaves out what was sent where it is all of the action.
func (o *Outcome) tidySent() {
	if o.Written != nil && len(o.Written.Add) == len(o.Members.Add) && len(o.Written.Remove) == len(o.Members.Remove) {
		o.Written = nil
	}
}
