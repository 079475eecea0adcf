package plan

import (
	"fmt"

	"rollcall/internal/directory"
)

// Options are the inputs of Build that are neither state nor ability.
type Options struct {
	Today       directory.Date // in the time zone of the file
	Target      Target
	ToolVersion string
	Scope       Scope
	Undoes      string // id of the run that is taken back; "": the plan is of a roster

	// Before is the roster before the change that is looked at; nil: there is none. Strict refuses a change that takes
	// somebody out of the roster who keeps access.
	Before *directory.Desired
	Strict bool
}

// ProblemsError are things of the file that only the live state shows to be wrong: exit 6. They are sorted by position.
type ProblemsError struct{ Problems []directory.Problem }

func (e *ProblemsError) Error() string { return "roster does not fit the live state" }

// AmbiguousError says that one managed name stands for two live things: exit 8.
type AmbiguousError struct{ Problems []directory.Problem }

func (e *AmbiguousError) Error() string { return "live state is ambiguous" }

// Needs returns what Build needs of the live state beside users, groups and roles: projects, if the file names some or a
// group could be deleted, whose project access must be known; the ways to sign on, if the file names one. It looks at
// users and groups alone. Before the first reading live and caps are empty.
func Needs(want *directory.Desired, live *directory.Live, caps Caps) directory.Extent {
	var needs directory.Extent
	for i := range want.Users {
		u := &want.Users[i]
		needs.Projects = needs.Projects || u.AssignedProjects.Set || u.Projects.Set
		needs.SignOns = needs.SignOns || u.SignOn.Set || u.ExternalName.Set
	}
	needs.Projects = needs.Projects || len(want.Gone) > 0 ||
		want.Unlisted.Groups == directory.PolicyDelete && caps.Kinds[DeleteGroup] && len(unlistedGroups(want, live)) > 0
	return needs
}

// builder holds one build: the inputs, what was matched, and what was found on the way.
type builder struct {
	want  *directory.Desired
	ix    *index
	caps  Caps
	opts  Options
	found findings

	people   []person
	byKey    map[directory.EmailKey]int // index into people, by the desired address
	byUserID map[directory.UserID]int   // index into people, by live id
	groups   []groupMatch
	listed   map[directory.GroupID]bool
	memberOf map[directory.UserID][]directory.Name // filled on first use
	leaving  map[directory.UserID]bool             // whom the plan deactivates; known to the guards
}

// Build returns the plan that leads from live to want. It changes neither and keeps nothing of them but strings.
//
//	match      which live thing does each entry mean?
//	keep       fold what is not ours into the desired state
//	diff       users, groups, then members of projects: one action for each difference
//	scope      --only and --no-removals
//	abilities  what the API can't do becomes a manual step
//	order      batches by stage, and what needs what
//	guard      look at the change and at the resulting state
//	since      with an earlier roster: what this change makes, and who was taken out and keeps access
//
// It returns *ProblemsError if the file does not fit the live state and *AmbiguousError if a managed name stands for
// two live things; never both, and never a plan beside an error.
func Build(want *directory.Desired, live *directory.Live, caps Caps, opts Options) (*Plan, error) {
	b := &builder{want: want, ix: newIndex(live), caps: caps, opts: opts}
	doable, manual, err := b.decide()
	if err != nil {
		return nil, err
	}
	p := b.assemble(doable, manual)
	if opts.Before != nil {
		b.since(p, opts.Before, opts.Strict)
	}
	return p, nil
}

// decide returns the actions within the scope of the run, and the manual steps.
func (b *builder) decide() (doable []Action, manual []ManualStep, err error) {
	b.matchUsers()
	b.matchGroups()
	b.checkNames()
	b.checkGrants()
	b.checkGovernors()
	b.checkExternalNames()
	if err := b.found.err(); err != nil {
		return nil, nil, err
	}
	actions := b.diffUsers()
	actions = append(actions, b.pruneUsers()...)
	actions = append(actions, b.diffGroups()...)
	actions = append(actions, b.pruneGroups()...)
	actions = append(actions, b.goneGroups()...)
	actions = append(actions, b.diffProjects()...)
	tellApart(actions)
	b.noteLookalikes(actions)
	b.noteSlippedLeavers()
	for _, remark := range b.ix.live.Remarks {
		b.found.note(Note{Code: NoteReading, Text: remark})
	}
	doable, manual = b.split(b.limit(actions))
	return doable, manual, nil
}

// tellApart gives every action an id of its own. Ids come from kind and subject, and two live things that the file does
// not name may bear one name.
func tellApart(actions []Action) {
	sortActions(actions)
	taken := make(map[string]bool, len(actions))
	for i := range actions {
		for taken[actions[i].ID] {
			actions[i].ID += fmt.Sprintf("#%d", actions[i].SubjectID)
		}
		taken[actions[i].ID] = true
	}
}

// assemble makes the plan of actions that are already decided.
func (b *builder) assemble(actions []Action, manual []ManualStep) *Plan {
	sortActions(actions)
	steps := b.order(actions)
	b.noteInvitations(actions)
	b.noteAhead(steps)
	sortNotes(b.found.notes)
	p := &Plan{
		FormatVersion: FormatVersion,
		ToolVersion:   b.opts.ToolVersion,
		Target:        b.opts.Target,
		Basis:         b.basis(),
		Scope:         b.opts.Scope,
		Undoes:        b.opts.Undoes,
		Batches:       steps,
		Manual:        manual,
		Notes:         append([]Note{}, b.found.notes...), // a list in the JSON form, never null
	}
	p.Summary = b.summarise(steps)
	p.Guards = b.guard(steps)
	p.Cost = b.cost(steps)
	return p
}

func (b *builder) noteInvitations(actions []Action) {
	for i := range actions {
		if actions[i].Kind == CreateUser && b.caps.Joining != "" {
			b.found.note(Note{Code: NoteInvitations, Text: b.caps.Joining})
			return
		}
	}
}
