package plan

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// tally counts what a limit limits, apart by what an `allow` can be for.
type tally struct {
	declared, unlisted int
}

func (t *tally) add(cause Cause, n int) {
	if cause == CauseUnlisted {
		t.unlisted += n
	} else {
		t.declared += n
	}
}

func (t tally) total() int { return t.declared + t.unlisted }

// limitRow is a row of the table of limits: what is counted of one action, and of what a percentage is taken.
type limitRow struct {
	guard directory.GuardName
	one   string // of what is counted
	many  string
	count func(*builder, *Action) int
	size  func(*builder) int
}

var limitRows = [...]limitRow{
	{directory.GuardMaxDeactivations, "deactivation", "deactivations", countKind(DeactivateUser), (*builder).activeUsers},
	{directory.GuardMaxRemovals, "membership removed", "memberships removed", (*builder).activeRemoved, (*builder).managedMemberships},
	{directory.GuardMaxGroupDeletions, "group deletion", "group deletions", countKind(DeleteGroup), noSize},
	{directory.GuardMaxDemotions, "administrator demoted", "administrators demoted", func(b *builder, a *Action) int { return one(b.isAdmin(a) && revokesAdmin(a)) }, noSize},
	{directory.GuardMaxAdminGrants, "administrator made or re-addressed, by flag or by group", "administrators made or re-addressed, by flag or by group", (*builder).grants, noSize},
	{directory.GuardMaxRoleChanges, "role change", "role changes", countChange(FieldRole), (*builder).activeUsers},
	{directory.GuardMaxAddressChanges, "address change", "address changes", countChange(FieldEmail), noSize},
	{directory.GuardMaxReactivations, "reactivation", "reactivations", countKind(ReactivateUser), noSize},
}

func countKind(kind Kind) func(*builder, *Action) int {
	return func(_ *builder, a *Action) int { return one(a.Kind == kind) }
}

// countChange counts changes of a field of accounts that exist.
func countChange(f Field) func(*builder, *Action) int {
	return func(_ *builder, a *Action) int {
		_, changed := a.Field(f)
		return one(changed && a.Kind != CreateUser)
	}
}

func noSize(*builder) int { return 0 }

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// isAdmin reports whether the subject bears the flag now, active or not.
func (b *builder) isAdmin(a *Action) bool {
	u := b.ix.users[directory.UserID(a.SubjectID)]
	return a.Kind.OnUser() && u != nil && u.Admin
}

// setsAdmin reports whether the flag is set, also on an account that is inactive afterwards: whoever switches that one on
// again makes an administrator.
func setsAdmin(a *Action) bool {
	c, ok := a.Field(FieldAdmin)
	to, _ := c.New.AsFlag()
	return ok && to
}

// movesAdmin reports whether an administrator gets another address, another way to sign on or another name there: whoever
// reads the mail, or bears the name, can take the account, so it is as good as a grant. Taking the flag away in the same
// write leaves nothing to take.
func (b *builder) movesAdmin(a *Action) bool {
	_, moves := a.Field(FieldEmail)
	return (moves || movesSignOn(a)) && (b.isAdmin(a) && !revokesAdmin(a) || b.isGovernor(a)) && a.Kind != DeactivateUser
}

// movesSignOn reports whether the subject gets another way to sign on, or another name there.
func movesSignOn(a *Action) bool {
	return slices.ContainsFunc(a.Fields, func(f FieldChange) bool { return f.Field == FieldSignOn || f.Field == FieldExternalName })
}

// revokesAdmin reports whether the flag is taken away. A reactivation that drops it takes nothing away.
func revokesAdmin(a *Action) bool {
	c, ok := a.Field(FieldAdmin)
	to, _ := c.New.AsFlag()
	return ok && !to && a.Kind != ReactivateUser
}

// activeRemoved counts the members that lose the group and could use it: inactive accounts lose nothing, nor do those whom
// the same plan deactivates before, which max_deactivations counts.
func (b *builder) activeRemoved(a *Action) int {
	if a.Members == nil {
		return 0
	}
	n := 0
	for _, m := range a.Members.Remove {
		n += one(!m.Inactive && !b.leaving[m.ID])
	}
	return n
}

// leaversOf returns the accounts that a plan deactivates.
func leaversOf(batches []Batch) map[directory.UserID]bool {
	leaving := make(map[directory.UserID]bool)
	for i := range batches {
		for j := range batches[i].Actions {
			if a := &batches[i].Actions[j]; a.Kind == DeactivateUser {
				leaving[directory.UserID(a.SubjectID)] = true
			}
		}
	}
	return leaving
}

// managedMemberships counts the live memberships of the groups that the file lists, and those in projects of the people
// whose projects it lists.
func (b *builder) managedMemberships() int {
	n := 0
	for i := range b.groups {
		if b.groups[i].live != nil {
			n += len(b.groups[i].live.Members)
		}
	}
	for i := range b.people {
		if p := &b.people[i]; p.live != nil && p.want.Projects.Set {
			n += len(p.live.Projects)
		}
	}
	return n
}

// guardLimits checks every limit, and says of every `allow` whether it was used.
func (b *builder) guardLimits(batches []Batch) []GuardResult {
	var results []GuardResult
	used := make([]bool, len(b.want.Guards.Allow))
	over := make([]bool, len(b.want.Guards.Allow)) // looked at because a limit was exceeded
	judge := func(v verdict) {
		if r, any := b.judge(v, used, over); any {
			results = append(results, r)
		}
	}
	for _, row := range limitRows {
		var t tally
		for i := range batches {
			for j := range batches[i].Actions {
				t.add(batches[i].Actions[j].Cause, row.count(b, &batches[i].Actions[j]))
			}
		}
		limit := b.want.Guards.Limits[row.guard]
		what := row.many
		if t.total() == 1 {
			what = row.one
		}
		judge(verdict{guard: row.guard, what: what, tally: t, limit: ceiling(limit, row.size(b)), source: limit.Pos})
	}
	access := b.projectAccess()
	joining := joiningOf(batches)
	var carried tally
	for i := range batches {
		for j := range batches[i].Actions {
			a := &batches[i].Actions[j]
			if a.Kind == UpdateGroup || a.Kind == RemoveFromProject {
				judge(b.groupVerdict(a, joining))
			}
			if a.Kind == DeleteGroup && access.carries(directory.GroupID(a.SubjectID)) {
				carried.add(a.Cause, 1)
			}
		}
	}
	judge(verdict{guard: directory.GuardProjectAccess, what: "deleted groups that carry project access, or might", tally: carried})
	shareEntry(results)
	return append(results, b.idleAllows(used, over)...)
}

// shareEntry makes the refusals of the guard that judges each group apart offer one entry, the largest: a roster takes one
// for a guard and a cause, and the largest lets the other groups through as well.
func shareEntry(results []GuardResult) {
	var largest GuardResult
	for _, r := range results {
		if r.Guard == directory.GuardMaxRemovalsPerGroup && r.Paste != "" && r.Count > largest.Count {
			largest = r
		}
	}
	for i := range results {
		if r := &results[i]; r.Guard == directory.GuardMaxRemovalsPerGroup && r.Paste != "" {
			r.Paste, r.Hint = largest.Paste, largest.Hint
		}
	}
}

// verdict is a count against a limit. A negative limit is none.
type verdict struct {
	guard   directory.GuardName
	subject string
	what    string
	tally   tally
	limit   int
	source  directory.Pos
}

// joiningOf counts who joins each project, with whichever profile.
func joiningOf(batches []Batch) map[directory.ProjectID]int {
	joining := make(map[directory.ProjectID]int)
	for i := range batches {
		for j := range batches[i].Actions {
			if a := &batches[i].Actions[j]; a.Kind == AddToProject {
				joining[directory.ProjectID(a.SubjectID)] += len(a.Members.Add)
			}
		}
	}
	return joining
}

// groupVerdict is the verdict on one group's or project's removals. Emptying one of two or more is over every limit under 100
// percent, whatever the arithmetic says of a small group. Who joins a project does so by an action of its own.
func (b *builder) groupVerdict(a *Action, joining map[directory.ProjectID]int) verdict {
	limit := b.want.Guards.Limits[directory.GuardMaxRemovalsPerGroup]
	size := a.Members.Keep + len(a.Members.Remove)
	what, joins := "members", len(a.Members.Add)
	if a.Kind.OnProject() {
		what, joins = "members of the project", joining[directory.ProjectID(a.SubjectID)]
	}
	v := verdict{guard: directory.GuardMaxRemovalsPerGroup, subject: a.Subject, what: fmt.Sprintf("of %d %s removed", size, what), limit: ceiling(limit, size), source: limit.Pos}
	v.tally.add(a.Cause, b.activeRemoved(a))
	emptied := size >= 2 && a.Members.Keep+joins == 0
	if emptied && (!limit.Percent.Set || limit.Percent.Value < 100) {
		v.what = "members removed, which empties the " + string(a.Kind.Noun())
		if v.tally.total() == 1 {
			v.what = "member removed, which empties the " + string(a.Kind.Noun())
		}
		if most := v.tally.total() - 1; v.limit < 0 || v.limit > most {
			v.limit = max(most, 0)
		}
	}
	return v
}

// ceiling returns the smallest of the limits that are given: the count, and ceil(percent × max(size, min_size) / 100); a
// negative number if none is.
func ceiling(l directory.Limit, size int) int {
	limit := -1
	if l.Count.Set {
		limit = l.Count.Value
	}
	if l.Percent.Set {
		share := (l.Percent.Value*max(size, l.MinSize) + 99) / 100
		if limit < 0 || share < limit {
			limit = share
		}
	}
	return limit
}

// judge compares a count with its limit and with the exceptions for it. An exception holds for its own cause alone and
// covers all of it or nothing: what is not covered stays under the limit.
func (b *builder) judge(v verdict, used, over []bool) (GuardResult, bool) {
	total := v.tally.total()
	if total == 0 || v.limit < 0 {
		return GuardResult{}, false
	}
	r := GuardResult{Guard: v.guard, Subject: v.subject, Count: total, Limit: v.limit, Status: GuardOK, Source: place(v.source),
		Text: fmt.Sprintf("%d %s, limit %d", total, v.what, v.limit)}
	if total <= v.limit {
		return r, true
	}
	rest := total
	var open []causeCount
	for _, c := range [...]causeCount{{directory.AllowDeclared, v.tally.declared}, {directory.AllowUnlisted, v.tally.unlisted}} {
		if c.n == 0 {
			continue
		}
		at := b.allowed(v.guard, c.cause, over)
		if at < 0 || c.n > b.want.Guards.Allow[at].Count {
			open = append(open, c)
			continue
		}
		rest -= c.n
		used[at] = true
		allow := b.want.Guards.Allow[at]
		r.Source = place(allow.Pos)
		r.Text += fmt.Sprintf("; %d allowed through %s: %s", c.n, allow.Until, allow.Reason)
	}
	if rest <= v.limit {
		r.Status = GuardAllowed
		return r, true
	}
	r.Status, r.Source = GuardRefused, place(v.source)
	r.Hint = "if this is meant, put this under guards.allow"
	meant := meantBy(open, v.limit)
	if old := b.outgrown(v.guard, meant); len(old) > 0 {
		r.Hint += ", in place of " + strings.Join(old, " and ")
	}
	r.Paste = b.paste(v.guard, meant)
	return r, true
}

// meantBy returns what has to be excepted of what no exception covers: what is over the limit by itself, or the first
// cause if only the sum of both is too much.
func meantBy(open []causeCount, limit int) []causeCount {
	meant := slices.DeleteFunc(slices.Clone(open), func(c causeCount) bool { return c.n <= limit })
	if len(meant) == 0 {
		return open[:1]
	}
	return meant
}

// outgrown returns the places of exceptions that expired or are too small: a guard has one for each cause.
func (b *builder) outgrown(guard directory.GuardName, meant []causeCount) []string {
	var places []string
	for _, a := range b.want.Guards.Allow {
		if a.Guard == guard && slices.ContainsFunc(meant, func(c causeCount) bool { return c.cause == a.Cause }) {
			places = append(places, a.Pos.String())
		}
	}
	return places
}

// causeCount is the part of a tally that one kind of exception could be for.
type causeCount struct {
	cause directory.AllowCause
	n     int
}

// allowDays is how long an exception holds that a refusal suggests: long enough for a review, too short to be forgotten.
const allowDays = 14

// paste returns the exceptions that would let a plan through, a line each.
func (b *builder) paste(guard directory.GuardName, meant []causeCount) string {
	lines := make([]string, len(meant))
	for i, c := range meant {
		cause := ""
		if c.cause != directory.AllowDeclared {
			cause = fmt.Sprintf(", cause: %s", c.cause)
		}
		lines[i] = fmt.Sprintf("- {guard: %s, count: %d%s, reason: %q, until: %s}", guard, c.n, cause, directory.AllowReasonToCome, b.opts.Today.Plus(allowDays))
	}
	return strings.Join(lines, "\n")
}

// allowed returns which exception in force gives a guard the largest count for a cause, or -1.
func (b *builder) allowed(guard directory.GuardName, cause directory.AllowCause, over []bool) int {
	at := -1
	for i, a := range b.want.Guards.Allow {
		if a.Guard != guard || a.Cause != cause {
			continue
		}
		over[i] = true
		if !a.Until.Before(b.opts.Today) && (at < 0 || a.Count > b.want.Guards.Allow[at].Count) {
			at = i
		}
	}
	return at
}

// idleAllows notes the exceptions that have expired and those that nothing needs any more. Taking back a run is no
// reason to say so of the roster's.
func (b *builder) idleAllows(used, over []bool) []GuardResult {
	if b.opts.Undoes != "" {
		return nil
	}
	var results []GuardResult
	for i, a := range b.want.Guards.Allow {
		r := GuardResult{Guard: a.Guard, Status: GuardNoted, Limit: a.Count, Source: place(a.Pos)}
		switch {
		case a.Until.Before(b.opts.Today):
			r.Text = fmt.Sprintf("the exception of %d expired on %s: take the line out", a.Count, a.Until)
		case !used[i] && !over[i]:
			r.Text = fmt.Sprintf("the exception of %d is not needed: take the line out", a.Count)
		default:
			continue
		}
		results = append(results, r)
	}
	return slices.Clip(results)
}
