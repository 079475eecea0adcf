package render

import (
	"cmp"
	"slices"

	"rollcall/internal/apply"
	"rollcall/internal/plan"
)

// class is the place of an action in every output: what is dangerous when overlooked comes first. An action belongs to
// the first class that fits.
//
//	admin grants      whoever gets administrator rights, new people included, also those that a group gives
//	admin addresses   a changed address or sign-on of an administrator hands the account to somebody else
//	deactivations
//	removals          group deletions, members removed, demotions, project access taken
//	the rest          people, then groups, then projects
type class int

const (
	adminGrants class = iota
	adminAddresses
	deactivations
	removals
	newPeople
	reactivations
	addressChanges
	peopleChanges
	newGroups
	groupChanges
	projectChanges
)

// dangerous reports whether the class is for a second look: its actions grant administrator rights or take access away.
func (c class) dangerous() bool { return c <= removals }

// title returns the heading of the class.
func (c class) title() visible {
	switch c {
	case adminGrants:
		return "Admin grants"
	case adminAddresses:
		return "Address changes of administrators"
	case deactivations:
		return "Deactivations"
	case removals:
		return "Removals"
	case newPeople:
		return "New people"
	case reactivations:
		return "Reactivations"
	case addressChanges:
		return "Address changes"
	case peopleChanges:
		return "Changes of people"
	case newGroups:
		return "New groups"
	case groupChanges:
		return "Changes of groups"
	}
	return "Project access"
}

// classOf returns where an action is shown.
func classOf(a *plan.Action) class {
	admin, adminChanges := a.Field(plan.FieldAdmin)
	isAdmin, _ := admin.New.AsFlag()
	_, moves := a.Field(plan.FieldEmail)
	_, binds := a.Field(plan.FieldSignOn)
	_, renames := a.Field(plan.FieldExternalName)
	switch {
	case adminChanges && isAdmin, a.Kind == plan.ReactivateUser && a.Admin && !adminChanges,
		a.Kind == plan.UpdateGroup && a.Admin && a.Members != nil && len(a.Members.Add) > 0:
		return adminGrants
	case a.Admin && (moves || (binds || renames) && a.Kind != plan.DeactivateUser):
		return adminAddresses
	case a.Kind == plan.DeactivateUser:
		return deactivations
	case a.Kind == plan.DeleteGroup, a.Kind == plan.RemoveFromProject,
		a.Members != nil && len(a.Members.Remove) > 0,
		adminChanges && a.Kind == plan.UpdateUser:
		return removals
	}
	switch a.Kind {
	case plan.CreateUser:
		return newPeople
	case plan.ReactivateUser:
		return reactivations
	case plan.UpdateUser:
		if moves {
			return addressChanges
		}
		return peopleChanges
	case plan.CreateGroup:
		return newGroups
	case plan.UpdateGroup:
		return groupChanges
	}
	return projectChanges
}

// section is the actions of one class, in the order of the plan.
type section struct {
	class   class
	actions []*plan.Action
}

// noteFold is the notes of one code, in the order of the plan.
type noteFold struct {
	code  plan.NoteCode
	notes []*plan.Note
}

// planView is a plan as every output shows it, in this order.
//
// Where there is an earlier roster to tell by, drift that the change under review does not make stands apart: nobody asked
// for it, and its reviewer has to find what he was asked about. Drift that grants administrator rights or takes access away
// is shown all the same, since an apply of the change does that too; the rest may be folded.
type planView struct {
	headline  words
	beside    beside
	origins   []string // how many actions come from where; nil if there is nothing to tell by
	refused   []*plan.GuardResult
	warned    []*plan.GuardResult
	sections  []section
	driftLook []*plan.Action // dangerous when overlooked, in the order of classes
	drift     []*plan.Action // the rest, in the order of classes
	manual    []*plan.ManualStep
	notes     []noteFold
	guards    []*plan.GuardResult // neither refused nor warned
}

func viewPlan(p *plan.Plan) planView {
	v := planView{headline: headline(&p.Summary, p.Cost), beside: besidePlan(p), manual: pointers(p.Manual), notes: foldNotes(p.Notes)}
	v.refused, v.warned, v.guards = splitGuards(p.Guards)
	var made []*plan.Action
	from := make(map[plan.Origin]int)
	for _, a := range inClassOrder(p.Actions(), itself) {
		from[a.Origin]++
		switch {
		case a.Origin != plan.OriginDrift:
			made = append(made, a)
		case classOf(a).dangerous():
			v.driftLook = append(v.driftLook, a)
		default:
			v.drift = append(v.drift, a)
		}
	}
	v.sections = sections(made)
	if from[""] < p.Summary.Actions {
		for _, origin := range []struct {
			of    plan.Origin
			words string
		}{{plan.OriginChange, "by this change"}, {plan.OriginDrift, "drift"}, {plan.OriginExpiry, "by a date that has passed"}} {
			if n := from[origin.of]; n > 0 || origin.of == plan.OriginChange {
				v.origins = append(v.origins, thousands(n)+" "+origin.words)
			}
		}
	}
	return v
}

// What is said of drift that the change under review does not make; sentence makes sentences of it.
const (
	driftLookTitle visible = "Drift for a second look"
	driftLead      visible = "this change does not make these, but an apply carries them out as well: the tool was edited, or an apply is pending"
	driftReading   visible = "what an apply would do about it: before each → stands what the tool has now"
	onlyDrift      visible = "no changes by this change: all of it is drift"
)

// isOnlyDrift reports whether there is something to do, and all of it is drift.
func (v *planView) isOnlyDrift() bool {
	return len(v.sections) == 0 && len(v.driftLook)+len(v.drift) > 0
}

// driftTitle returns the heading of the drift that may be folded.
func (v *planView) driftTitle() visible {
	if len(v.driftLook) > 0 {
		return "Other drift"
	}
	return "Drift"
}

// reportView is a report as every output shows it, in this order. Each list is in the order of classes.
type reportView struct {
	sentence visible
	beside   beside
	refused  []*plan.GuardResult
	warned   []*plan.GuardResult
	failed   []*apply.Outcome
	blocked  []*apply.Outcome
	notRun   []*apply.Outcome
	done     []*apply.Outcome
	ours     []*apply.Remaining // this run should have done it
	others   []*apply.Remaining // live moved on
	manual   []*plan.ManualStep
	notes    []noteFold
	guards   []*plan.GuardResult
}

func viewReport(r *apply.Report) reportView {
	v := reportView{beside: besideReport(r), manual: pointers(r.Manual), notes: foldNotes(r.Notes)}
	v.refused, v.warned, v.guards = splitGuards(r.Guards)
	for _, o := range inClassOrder(pointers(r.Outcomes), func(o *apply.Outcome) *plan.Action { return &o.Action }) {
		switch o.Status {
		case apply.Failed:
			v.failed = append(v.failed, o)
		case apply.Blocked:
			v.blocked = append(v.blocked, o)
		case apply.NotRun:
			v.notRun = append(v.notRun, o)
		default:
			v.done = append(v.done, o)
		}
	}
	for _, left := range inClassOrder(pointers(r.Remaining), func(l *apply.Remaining) *plan.Action { return &l.Action }) {
		if left.By == "others" {
			v.others = append(v.others, left)
		} else {
			v.ours = append(v.ours, left)
		}
	}
	v.sentence = resultSentence(r, &v)
	return v
}

// sections groups actions that are in the order of classes.
func sections(actions []*plan.Action) []section {
	var list []section
	for _, a := range actions {
		c := classOf(a)
		if len(list) == 0 || list[len(list)-1].class != c {
			list = append(list, section{class: c})
		}
		last := &list[len(list)-1]
		last.actions = append(last.actions, a)
	}
	return list
}

// inClassOrder sorts items by the class of their actions and leaves their order alone within a class.
func inClassOrder[T any](items []T, action func(T) *plan.Action) []T {
	slices.SortStableFunc(items, func(a, b T) int { return cmp.Compare(classOf(action(a)), classOf(action(b))) })
	return items
}

// foldNotes groups notes by code, the code that comes first in the plan first.
func foldNotes(notes []plan.Note) []noteFold {
	var folds []noteFold
	at := make(map[plan.NoteCode]int)
	for i := range notes {
		code := notes[i].Code
		place, known := at[code]
		if !known {
			place = len(folds)
			at[code] = place
			folds = append(folds, noteFold{code: code})
		}
		folds[place].notes = append(folds[place].notes, &notes[i])
	}
	return folds
}

// itself is for lists whose items are actions.
func itself(a *plan.Action) *plan.Action { return a }

// countKinds returns "update user 20" for each kind that occurs among the actions of items.
func countKinds[T any](items []T, kind func(T) plan.Kind) []string {
	n := make(map[plan.Kind]int)
	for _, item := range items {
		n[kind(item)]++
	}
	var counts []string
	for _, k := range plan.Kinds() {
		if n[k] > 0 {
			counts = append(counts, string(kindWords(k))+" "+thousands(n[k]))
		}
	}
	return counts
}

func kindOf(a *plan.Action) plan.Kind { return a.Kind }

// inTheKind reports whether the kind of an action says the change of a field already: that `active` becomes false, or true.
func inTheKind(a *plan.Action, f plan.Field) bool {
	return f == plan.FieldActive && (a.Kind == plan.DeactivateUser || a.Kind == plan.ReactivateUser)
}

// saidElsewhere reports whether a line shows the change of a field with the kind or the members of the action.
func saidElsewhere(a *plan.Action, f plan.Field) bool {
	_, joins := joinsAs(a)
	return inTheKind(a, f) || joins && f == plan.FieldProfile
}

// pointers returns the addresses of items.
func pointers[T any](items []T) []*T {
	p := make([]*T, len(items))
	for i := range items {
		p[i] = &items[i]
	}
	return p
}
