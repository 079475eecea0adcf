package plan

import (
	"fmt"
	"slices"

	"rollcall/internal/directory"
)

// Ran is what a run did: the actions that it carried out, and those that it tried and that failed.
type Ran struct {
	ID     string
	Done   []Action
	Failed []Action
}

// Needs returns what Undo needs of the live state beside users, groups and roles: projects, if the run set some, or made
// groups, which may carry access now; the ways to sign on, if it changed somebody's.
func (r *Ran) Needs() directory.Extent {
	var needs directory.Extent
	for i := range r.Done {
		a := &r.Done[i]
		_, assigned := a.Field(FieldAssignedProjects)
		_, signOn := a.Field(FieldSignOn)
		_, external := a.Field(FieldExternalName)
		needs = needs.And(directory.Extent{Projects: assigned || a.Kind == CreateGroup || a.Kind.OnProject(), SignOns: signOn || external})
	}
	return needs
}

// Undo returns the plan that takes back what a run did. Guards, seats and the rest of base hold for it as for every plan;
// who and what base lists does not matter. Only what is still as the run left it is taken back:
//
//	the run                live now                        the plan
//	created a person       active                          deactivates; a note: no account can be deleted
//	changed a field        the new value                   sets the old one
//	                       the old value                   nothing: it is so already
//	                       another                         nothing, a note: somebody changed it since
//	re-addressed, renamed  its former one is another's     nothing, a note
//	deactivated            inactive                        reactivates, with the administrator's flag that it has; a
//	                                                       note, where people are members of projects
//	                       an administrator since then     nothing, a note
//	reactivated            active                          deactivates; a note, if he was only invited before
//	added a member         a member                        removes
//	removed a member       none, and active                adds
//	                       none, and inactive or gone      nothing, a note
//	created a group        with no member beyond those     deletes
//	                       with others                     nothing, a note
//	deleted a group        none of its name                creates, a note: another id and no project access
//	put into a project     a member, and active            removes
//	                       of a sample project             nothing, a note: nobody is removed from one
//	removed from one       none, and active                adds, a note: with the profile that people have by default
//
// Accounts and groups are meant by id, and must still bear a name that the run left or found them with: an id alone may
// be another's, where a tool was restored from a backup. What failed in the run is not taken back, which a note says.
// The errors are those of Build.
func Undo(ran Ran, base *directory.Desired, live *directory.Live, caps Caps, opts Options) (*Plan, error) {
	u := newUndoing(&ran, live, caps)
	actions := u.invert(&ran)
	opts.Undoes = ran.ID
	b := &builder{want: wishFor(base, actions, live), ix: u.ix, caps: caps, opts: opts}
	b.found.notes = u.notes
	if len(actions) > 0 {
		b.found.note(Note{Code: NoteStillWanted, Text: "the roster may still want what this takes back: change it too, or the next apply does it again"})
	}
	if err := CheckScope(b.want, live, opts.Scope); err != nil {
		return nil, err
	}
	doable, manual, err := b.decide()
	if err != nil {
		return nil, err
	}
	return b.assemble(doable, manual), nil
}

// TakeBack returns the desired state that Undo plans for: what the run changed shall be as it was, and nothing else is
// managed. An approved undo is held against it, so that its plan can't do what the report does not ask for.
func TakeBack(ran Ran, base *directory.Desired, live *directory.Live, caps Caps) *directory.Desired {
	return wishFor(base, newUndoing(&ran, live, caps).invert(&ran), live)
}

// undoing inverts the actions of one run.
type undoing struct {
	ix    *index
	caps  Caps
	notes []Note
	after map[directory.UserID]bool // who is active afterwards, of those who are switched on or off

	bore map[directory.UserID][]directory.EmailKey // the addresses that the run found and left people with
	made map[directory.EmailKey]directory.UserID   // whom the run created

	addresses map[directory.EmailKey]bool // that people get back
	names     map[directory.Name]bool     // of the groups that are changed or come back, as they are called then
}

func newUndoing(ran *Ran, live *directory.Live, caps Caps) *undoing {
	u := &undoing{
		ix: newIndex(live), caps: caps, after: make(map[directory.UserID]bool),
		bore: make(map[directory.UserID][]directory.EmailKey), made: make(map[directory.EmailKey]directory.UserID),
		addresses: make(map[directory.EmailKey]bool), names: make(map[directory.Name]bool),
	}
	for _, list := range [...][]Action{ran.Done, ran.Failed} {
		for i := range list {
			if a := &list[i]; a.Kind.OnUser() && a.SubjectID != 0 {
				id := directory.UserID(a.SubjectID)
				u.bore[id] = append(u.bore[id], directory.Email(a.Subject).Key(), formerKey(a))
			}
		}
	}
	for i := range ran.Done {
		if a := &ran.Done[i]; a.Kind == CreateUser {
			u.made[directory.Email(a.Subject).Key()] = directory.UserID(a.SubjectID)
		}
	}
	return u
}

// invert returns the actions that take a run back. They say where each subject shall be, not where it is: people come
// first, for groups gain whom they bring back.
func (u *undoing) invert(ran *Ran) []*Action {
	var actions []*Action
	for _, noun := range [...]Noun{OfUser, OfGroup, OfProject} {
		for i := range ran.Done {
			done := &ran.Done[i]
			if done.Kind.Noun() != noun {
				continue
			}
			var back *Action
			switch done.Kind {
			case CreateUser, UpdateUser, DeactivateUser, ReactivateUser:
				back = u.person(done)
			case UpdateGroup:
				back = u.group(done)
			case CreateGroup:
				back = u.newGroup(done)
			case DeleteGroup:
				back = u.deletedGroup(done)
			case AddToProject, RemoveFromProject:
				back = u.project(done)
			}
			if back != nil {
				back.ID = idOf(back)
				actions = append(actions, back)
			}
		}
	}
	for i := range ran.Failed {
		u.left(&ran.Failed[i], fmt.Sprintf("%s failed in that run, so it is not taken back: see what became of it", ran.Failed[i].Kind))
	}
	return actions
}

func (u *undoing) left(of *Action, text string) {
	u.notes = append(u.notes, Note{Code: NoteNotUndone, Subject: of.Subject, Text: text})
}

func (u *undoing) lost(of *Action, text string) {
	u.notes = append(u.notes, Note{Code: NoteCantComeBack, Subject: of.Subject, Text: text})
}

// isStill reports whether an account is the one that the run called by an address: it bears that address, or both are of
// those that the run found and left it with.
func (u *undoing) isStill(account *directory.User, called directory.Email) bool {
	now, then := account.Email.Key(), called.Key()
	bore := u.bore[account.ID]
	return now == then || slices.Contains(bore, now) && slices.Contains(bore, then)
}

// person inverts an action on an account, nil if there is nothing to take back.
func (u *undoing) person(done *Action) *Action {
	account := u.ix.users[directory.UserID(done.SubjectID)]
	switch {
	case done.SubjectID == 0:
		u.left(done, "the report does not say which account it is")
		return nil
	case account == nil:
		u.left(done, "the account does not exist any more")
		return nil
	case account.Untouchable():
		u.left(done, "the account was forgotten in the tool and can't be managed")
		return nil
	case !u.isStill(account, directory.Email(done.Subject)):
		u.left(done, fmt.Sprintf("the account (id %d) is %s now: left as it is", account.ID, account.Email))
		return nil
	}
	back := &Action{Kind: UpdateUser, Subject: string(account.Email), SubjectID: done.SubjectID, Admin: account.Admin}
	if done.Kind == CreateUser {
		return u.newPerson(done, account, back)
	}
	for _, f := range done.Fields {
		now := u.ix.field(account, f.Field)
		switch {
		case f.Field != FieldEmail && f.Field != FieldActive && !u.caps.Reported[f.Field]:
			u.left(done, fmt.Sprintf("this instance does not report %s", f.Field))
			continue
		case same(f.Field, now, f.Old):
			continue
		case !same(f.Field, now, f.New):
			u.left(done, fmt.Sprintf("%s is %q now, neither %q nor %q: left as it is", f.Field, now, f.Old, f.New))
			continue
		case f.Field == FieldActive && done.Kind == DeactivateUser && account.Admin && !done.Admin && !setsAdmin(done):
			u.left(done, "is an administrator now, and was none: left inactive")
			continue
		}
		if f.Field == FieldActive && done.Kind == ReactivateUser && f.Old.kind == isText {
			u.lost(done, "was invited and had never been activated: the account stays, inactive")
			f.Old = Flag(false)
		}
		if f.Field == FieldExternalName && isOwn(signsOnBy(back, account)) {
			continue // where nobody has one
		}
		if why := u.hindrance(done, account, f); why != "" {
			u.lost(done, fmt.Sprintf("%s was %q, %s", f.Field, f.Old, why))
			continue
		}
		back.Fields = append(back.Fields, FieldChange{Field: f.Field, Old: now, New: f.Old})
		switch active, _ := f.Old.AsFlag(); {
		case f.Field == FieldEmail:
			back.Subject = f.Old.String()
			u.addresses[directory.Email(back.Subject).Key()] = true
		case f.Field == FieldActive && active:
			back.Kind = ReactivateUser
			u.after[account.ID] = true
			if u.caps.Kinds[AddToProject] {
				u.lost(done, "the projects that the account was a member of are not in the report: see which of them come back")
			}
		case f.Field == FieldActive:
			back.Kind = DeactivateUser
			u.after[account.ID] = false
		}
	}
	if len(back.Fields) == 0 {
		return nil
	}
	return back
}

func (u *undoing) newPerson(done *Action, account *directory.User, back *Action) *Action {
	u.lost(done, fmt.Sprintf("the account stays, inactive (id %d): none can be deleted", account.ID))
	if !account.Active {
		return nil
	}
	back.Kind = DeactivateUser
	back.Fields = []FieldChange{{Field: FieldActive, Old: Flag(true), New: Flag(false)}}
	return back
}

// hindrance returns why a field of an account can't have its old value again, "" if it can.
func (u *undoing) hindrance(done *Action, account *directory.User, f FieldChange) string {
	text, isText := f.Old.AsText()
	switch {
	case f.Old.kind != f.New.kind || isText && text == "":
		return "which can't be set"
	case f.Field == FieldRole && u.caps.ReadsRoles && !u.oneRole(f.Old), f.Field == FieldAssignedProjects && !u.haveProjects(f.Old),
		f.Field == FieldSignOn && u.ix.live.SignOnsRead && !u.oneSignOn(f.Old):
		return "which is not there any more"
	case isName(f.Field) && account.NameFixed:
		return "and comes from a directory service now"
	case isName(f.Field) && u.backToDirectory(done):
		return "which the directory service says again"
	case f.Field == FieldName && u.caps.NameParts && !splits(text):
		return "which can't be split into a given and a family name"
	case f.Field != FieldEmail:
		return ""
	}
	key := directory.Email(text).Key()
	switch others := u.ix.byKey.get(key); {
	case !directory.Email(text).Usable():
		return "which is no address"
	case len(others) > 0 || u.addresses[key]:
		return "which is the address of another account now"
	}
	return ""
}

// backToDirectory reports whether taking back an action gives an account a way to sign on that rules over its name.
func (u *undoing) backToDirectory(done *Action) bool {
	f, changed := done.Field(FieldSignOn)
	return changed && u.ix.fixesNames(directory.Name(f.Old.String()))
}

// signsOnBy returns how an account signs on after an action.
func signsOnBy(a *Action, account *directory.User) directory.Name {
	if f, changes := a.Field(FieldSignOn); changes {
		return directory.Name(f.New.String())
	}
	return account.SignOn
}

// oneSignOn reports whether exactly one way to sign on bears the name.
func (u *undoing) oneSignOn(name Value) bool {
	n := 0
	for _, s := range u.ix.live.SignOns {
		n += one(same(FieldSignOn, Text(string(s.Name)), name))
	}
	return n == 1
}

// oneRole reports whether exactly one role bears the name.
func (u *undoing) oneRole(name Value) bool {
	return len(u.ix.roles.get(directory.Name(name.String()).Canonical())) == 1
}

// haveProjects reports whether every project of a list is there, and is one.
func (u *undoing) haveProjects(names Value) bool {
	list, _ := names.AsList()
	return !slices.ContainsFunc(list, func(name string) bool { return len(u.ix.projects.get(directory.Name(name).Canonical())) != 1 })
}
