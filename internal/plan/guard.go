package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// guard looks at the change and at the resulting state, and returns what each guard found that had something to look at.
//
//	guard                    looks at                                     can be excepted by
//	self, protect            explicit changes of such accounts            nothing: change the file
//	domains                  new addresses                                guards.domains
//	min_admins, seats        every moment of the run, and its end         the numbers themselves
//	max_...                  how much of one kind the plan does           an `allow` entry
//	project_access           groups whose deletion takes access along     an `allow` entry
//
// A guard on a state refuses only what the plan makes worse.
func (b *builder) guard(batches []Batch) []GuardResult {
	b.leaving = leaversOf(batches)
	results := []GuardResult{}
	results = append(results, b.guardAccounts(batches)...)
	results = append(results, b.guardProjectMembers(batches)...)
	results = append(results, b.guardDomains(batches)...)
	end := b.walk(batches)
	results = append(results, b.guardAdmins(end)...)
	results = append(results, b.guardSeats(end)...)
	results = append(results, b.guardLimits(batches)...)
	sortGuards(results)
	return results
}

func sortGuards(results []GuardResult) {
	slices.SortStableFunc(results, func(a, b GuardResult) int {
		return cmp.Or(cmp.Compare(severity(a.Status), severity(b.Status)), strings.Compare(string(a.Guard), string(b.Guard)), strings.Compare(a.Subject, b.Subject))
	})
}

func severity(s GuardStatus) int {
	return slices.Index([]GuardStatus{GuardRefused, GuardAllowed, GuardNoted, GuardOK}, s)
}

// guardAccounts refuses explicit lines that would change a protected account, or that would deactivate, demote or
// re-address the account whose credentials are used, or change how it signs on: the way back to a password of the tool sets
// a new one that nobody knows, and with that its tokens end (DOC); the way out leaves it without one.
func (b *builder) guardAccounts(batches []Batch) []GuardResult {
	var results []GuardResult
	for i := range batches {
		for j := range batches[i].Actions {
			a := &batches[i].Actions[j]
			if !a.Kind.OnUser() || a.SubjectID == 0 {
				continue
			}
			u := b.ix.users[directory.UserID(a.SubjectID)]
			_, moved := a.Field(FieldEmail)
			if u.ID == b.ix.live.Self && (a.Kind == DeactivateUser || demotesAdmin(a) || moved) {
				results = append(results, GuardResult{Guard: directory.GuardSelf, Status: GuardRefused, Subject: a.Subject, Count: 1, Source: a.Source,
					Text: fmt.Sprintf("%s is the account that runs this: it would be deactivated, demoted or re-addressed", a.Subject),
					Hint: "use the credentials of another administrator for this change"})
			} else if _, switched := a.Field(FieldSignOn); switched && u.ID == b.ix.live.Self {
				results = append(results, GuardResult{Guard: directory.GuardSelf, Status: GuardRefused, Subject: a.Subject, Count: 1, Source: a.Source,
					Text: fmt.Sprintf("%s is the account that runs this: it would sign on another way, which may end its token or password in the middle of the run", a.Subject),
					Hint: "use the credentials of another administrator for this change"})
			}
			if b.protected(u.Email) || b.protected(directory.Email(a.Subject)) {
				results = append(results, GuardResult{Guard: directory.GuardProtect, Status: GuardRefused, Subject: a.Subject, Count: 1, Source: a.Source,
					Text: fmt.Sprintf("%s is protected by guards.protect and would be changed", a.Subject),
					Hint: "take the key out of the entry, or the pattern out of guards.protect"})
			}
		}
	}
	return results
}

// guardDomains refuses new addresses outside guards.domains, one result a domain.
func (b *builder) guardDomains(batches []Batch) []GuardResult {
	if len(b.want.Guards.Domains) == 0 {
		return nil
	}
	type outside struct {
		count int
		first *Action
	}
	found := make(map[string]outside)
	for i := range batches {
		for j := range batches[i].Actions {
			a := &batches[i].Actions[j]
			if _, moved := a.Field(FieldEmail); a.Kind != CreateUser && !moved {
				continue
			}
			domain := directory.Email(a.Subject).Domain()
			if slices.ContainsFunc(b.want.Guards.Domains, func(k directory.Key[string]) bool { return directory.Glob(k.Value, domain) }) {
				continue
			}
			o := found[domain]
			if o.first == nil {
				o.first = a
			}
			o.count++
			found[domain] = o
		}
	}
	var results []GuardResult
	for domain, o := range found {
		results = append(results, GuardResult{Guard: directory.GuardDomains, Status: GuardRefused, Subject: domain, Count: o.count, Source: o.first.Source,
			Text: fmt.Sprintf("%s outside guards.domains, at %s (first: %s)", count(o.count, "new address is", "new addresses are"), domain, o.first.Subject),
			Hint: fmt.Sprintf("add %s to guards.domains if it belongs there", domain)})
	}
	return results
}

// course is how the counts of a run move: before, after, and at the worst moment between.
type course struct {
	seatsBefore, seats, seatsPeak     int
	adminsBefore, admins, adminsFloor int
}

// walk follows seats and administrators through the batches. Inside a batch anything may come first, so the worst
// moment counts gains alone for seats and losses alone for administrators.
func (b *builder) walk(batches []Batch) course {
	c := course{seatsBefore: b.activeUsers(), adminsBefore: b.activeAdmins()}
	c.seats, c.seatsPeak = c.seatsBefore, c.seatsBefore
	c.admins, c.adminsFloor = c.adminsBefore, c.adminsBefore
	for i := range batches {
		seatsUp, seatsDown, adminsUp, adminsDown := 0, 0, 0, 0
		for j := range batches[i].Actions {
			a := &batches[i].Actions[j]
			switch a.Kind {
			case CreateUser, ReactivateUser:
				seatsUp++
			case DeactivateUser:
				seatsDown += one(b.freesSeat(a))
			}
			if b.gains(a) {
				adminsUp++
			}
			if b.loses(a) {
				adminsDown++
			}
		}
		c.seatsPeak = max(c.seatsPeak, c.seats+seatsUp)
		c.adminsFloor = min(c.adminsFloor, c.admins-adminsDown)
		c.seats += seatsUp - seatsDown
		c.admins += adminsUp - adminsDown
	}
	return c
}

func (b *builder) guardAdmins(c course) []GuardResult {
	least := b.want.Guards.MinAdmins
	if !least.Set || !b.caps.Reported[FieldAdmin] {
		return nil
	}
	r := GuardResult{Guard: directory.GuardMinAdmins, Count: c.admins, Limit: least.Value, Source: place(least.Pos)}
	switch {
	case c.admins < least.Value && c.admins < c.adminsBefore:
		r.Status = GuardRefused
		r.Text = fmt.Sprintf("leaves %s of %d, and min_admins is %d", count(c.admins, "active administrator", "active administrators"), c.adminsBefore, least.Value)
		r.Hint = "name another administrator first"
	case c.adminsFloor < least.Value && c.adminsFloor < c.adminsBefore:
		r.Status, r.Count = GuardRefused, c.adminsFloor
		r.Text = fmt.Sprintf("only %s would be left on the way, and min_admins is %d", count(c.adminsFloor, "active administrator", "active administrators"), least.Value)
		r.Hint = "grant first, in an apply of its own"
	case c.admins < least.Value:
		r.Status = GuardNoted
		r.Text = fmt.Sprintf("%s already, and min_admins is %d", count(c.admins, "active administrator", "active administrators"), least.Value)
	default:
		return nil
	}
	return []GuardResult{r}
}

// seatLimit returns the seats that may be taken, the reserve taken off, and whether the file says so.
func (b *builder) seatLimit() (int, bool) {
	return b.want.Seats.Limit.Value - b.want.Seats.Reserve.Value, b.want.Seats.Limit.Set
}

func (b *builder) guardSeats(c course) []GuardResult {
	limit, known := b.seatLimit()
	if !known {
		return nil
	}
	r := GuardResult{Guard: directory.GuardSeats, Count: c.seats, Limit: limit, Source: place(b.want.Seats.Limit.Pos)}
	switch {
	case c.seats > limit && c.seats > c.seatsBefore:
		r.Status = GuardRefused
		r.Text = fmt.Sprintf("%d active accounts, and %d seats with %d in reserve", c.seats, b.want.Seats.Limit.Value, b.want.Seats.Reserve.Value)
		r.Hint = "deactivate somebody, or change seats"
	case c.seatsPeak > limit && c.seatsPeak > c.seatsBefore:
		r.Status, r.Count = GuardRefused, c.seatsPeak
		r.Text = fmt.Sprintf("%d active accounts on the way, and %d seats with %d in reserve: an administrator who leaves is needed until his successor is there",
			c.seatsPeak, b.want.Seats.Limit.Value, b.want.Seats.Reserve.Value)
		r.Hint = "grant first to somebody who has a seat, in an apply of its own, or change seats"
	case c.seats > limit:
		r.Status = GuardNoted
		r.Text = fmt.Sprintf("%d active accounts already, and %d seats with %d in reserve", c.seats, b.want.Seats.Limit.Value, b.want.Seats.Reserve.Value)
	default:
		return nil
	}
	return []GuardResult{r}
}
