package plan

import (
	"cmp"
	"slices"
	"strings"

	"rollcall/internal/directory"
)

// The codes of notes.
const (
	NoteListedInactive NoteCode = "listed_but_inactive"   // in the file, inactive in the tool, and nobody asked to reactivate
	NoteNotCreated     NoteCode = "inactive_not_created"  // shall be inactive and does not exist
	NoteBothLive       NoteCode = "former_name_live"      // a new and a former name are both live
	NoteUnlistedUsers  NoteCode = "unlisted_users"        // how many accounts the file does not name
	NoteUnlistedGroups NoteCode = "unlisted_groups"       // how many groups the file does not name
	NoteOtherMembers   NoteCode = "other_members"         // an at_least group keeps members that the file does not list
	NoteKeptOwn        NoteCode = "kept_own_account"      // an implicit effect on the caller's account was dropped
	NoteKeptProtected  NoteCode = "kept_protected"        // an implicit effect on a protected account was dropped
	NoteKeptNoAddress  NoteCode = "kept_without_address"  // an account that has no usable address was kept
	NoteNotReported    NoteCode = "field_not_reported"    // a managed field that this instance does not report
	NoteMemberMissing  NoteCode = "member_does_not_exist" // a member that neither exists nor is created by this plan
	NoteInvitations    NoteCode = "invitations"           // what happens to people who are created
	NoteLeftOut        NoteCode = "left_out"              // what --only or --no-removals left out
	NoteLookalike      NoteCode = "looks_like"            // to be created, and probably known under another name
	NoteLeaverUnknown  NoteCode = "leaver_unknown"        // a leaver without an account: mistyped, or new in this change
	NoteNotUndone      NoteCode = "not_undone"            // an undo leaves it: it is not as the run left it
	NoteCantComeBack   NoteCode = "cannot_come_back"      // what an undo can't bring back
	NoteStillWanted    NoteCode = "still_wanted"          // the roster may want what an undo takes back
	NoteNoBase         NoteCode = "earlier_roster"        // the earlier roster can't be planned, so origins are not known
	NoteReading        NoteCode = "reading"               // what the reader of the live state remarked
	NoteNameFixed      NoteCode = "name_not_compared"     // names that a directory service rules over
	NoteProjectsReturn NoteCode = "projects_may_return"   // a reactivation may bring back projects that can't be seen
	NoteUnverifiable   NoteCode = "unverifiable"          // what can be written and not read is not compared

	NoteAccessEnds       NoteCode = "access_ends"        // the last day of a person's access comes soon
	NoteSeatsNearlyTaken NoteCode = "seats_nearly_taken" // few seats are left after the plan
)

// findings collects what a build has to say beside actions.
type findings struct {
	problems  []directory.Problem
	ambiguity []directory.Problem
	notes     []Note
}

func (f *findings) problem(pos directory.Pos, text, hint string) {
	f.problems = append(f.problems, directory.Problem{Pos: pos, Text: text, Hint: hint})
}

func (f *findings) ambiguous(pos directory.Pos, text, hint string) {
	f.ambiguity = append(f.ambiguity, directory.Problem{Pos: pos, Text: text, Hint: hint})
}

func (f *findings) note(n Note) { f.notes = append(f.notes, n) }

// err returns what stops the build. A file that has to be mended comes before a live state that is unclear (exit 6 before
// 8), and then names both: whoever mends the one wants to know of the other.
func (f *findings) err() error {
	if len(f.problems) > 0 {
		return &ProblemsError{Problems: sortProblems(append(f.problems, f.ambiguity...))}
	}
	if len(f.ambiguity) > 0 {
		return &AmbiguousError{Problems: sortProblems(f.ambiguity)}
	}
	return nil
}

// sortProblems returns the problems by position, each once: what is wrong in `defaults` is wrong for many entries.
func sortProblems(problems []directory.Problem) []directory.Problem {
	slices.SortFunc(problems, func(a, b directory.Problem) int {
		return cmp.Or(comparePos(a.Pos, b.Pos), strings.Compare(a.Text, b.Text))
	})
	return slices.Compact(problems)
}

func comparePos(a, b directory.Pos) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

func sortNotes(notes []Note) {
	slices.SortFunc(notes, func(a, b Note) int {
		return cmp.Or(strings.Compare(string(a.Code), string(b.Code)), compareDates(a.Until, b.Until), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Text, b.Text),
			comparePlace(a.Source, b.Source))
	})
}

func compareDates(a, b directory.Date) int {
	return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Day, b.Day))
}

func comparePlace(a, b *directory.Pos) int {
	var none directory.Pos
	return comparePos(*cmp.Or(a, &none), *cmp.Or(b, &none))
}

// place returns a pointer to pos for the JSON form, nil for no place.
func place(pos directory.Pos) *directory.Pos {
	if pos.Line == 0 {
		return nil
	}
	return &pos
}
