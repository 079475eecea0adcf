package render

import (
	"cmp"
	"slices"

	"rollcall/internal/apply"
	"rollcall/internal/directory"
	"rollcall/internal/plan"
)

// class is the place of an action in every output: what is dangerous when overlooked comes first. An action belongs to
// the first class that fits.
//
//	admin grants      whoever gets administrator rights, new people included
//	admin addresses   a changed address of an administrator hands the account to somebody else
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
	switch {
	case adminChanges && isAdmin, a.Kind == plan.ReactivateUser && a.Admin && !adminChanges:
		return adminGrants
	case moves && a.Admin:
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
type planView struct {
	headline words
	refused  []*plan.GuardResult
	sections []section
	manual   []*plan.ManualStep
	notes    []noteFold
	guards   []*plan.GuardResult // those that did not refuse; worthShowing tells which a reader needs
}

func viewPlan(p *plan.Plan) planView {
	refused, others := splitGuards(p.Guards)
	return planView{
		headline: headline(&p.Summary, p.Cost),
		refused:  refused,
		sections: sections(p.Actions()),
		manual:   pointers(p.Manual),
		notes:    foldNotes(p.Notes),
		guards:   others,
	}
}

// reportView is a report as every output shows it, in this order. Each list is in the order of classes.
type reportView struct {
	sentence visible
	refused  []*plan.GuardResult
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
	refused, guards := splitGuards(r.Guards)
	v := reportView{refused: refused, guards: guards, manual: pointers(r.Manual), notes: foldNotes(r.Notes)}
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

// sections groups actions by class.
func sections(actions []*plan.Action) []section {
	byClass := make([]section, projectChanges+1)
	for _, a := range actions {
		c := classOf(a)
		byClass[c].class = c
		byClass[c].actions = append(byClass[c].actions, a)
	}
	return slices.DeleteFunc(byClass, func(s section) bool { return len(s.actions) == 0 })
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

// splitGuards returns the guards that refused and the others.
func splitGuards(guards []plan.GuardResult) (refused, others []*plan.GuardResult) {
	for i := range guards {
		if guards[i].Status == plan.GuardRefused {
			refused = append(refused, &guards[i])
		} else {
			others = append(others, &guards[i])
		}
	}
	return refused, others
}

// worthShowing reports whether a reader should see a guard that did not refuse: it was excepted or noted, or the plan
// comes near its limit.
func worthShowing(g *plan.GuardResult) bool {
	switch {
	case g.Status != plan.GuardOK:
		return true
	case g.Guard == directory.GuardMinAdmins:
		return g.Count <= g.Limit
	}
	return g.Count > 0 && g.Count*5 >= g.Limit*4 // four fifths and more
}

// hintOf returns what to do about a guard that refused, "" if there is nothing to say.
func hintOf(g *plan.GuardResult) string {
	if g.Hint == "" && g.Paste != "" {
		return "if this is meant, put this line under guards.allow"
	}
	return g.Hint
}

// inTheKind reports whether the kind of an action says the change of a field already: that `active` becomes false, or true.
func inTheKind(a *plan.Action, f plan.Field) bool {
	return f == plan.FieldActive && (a.Kind == plan.DeactivateUser || a.Kind == plan.ReactivateUser)
}

// pointers returns the addresses of items.
func pointers[T any](items []T) []*T {
	p := make([]*T, len(items))
	for i := range items {
		p[i] = &items[i]
	}
	return p
}
