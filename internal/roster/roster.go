// Package roster writes a live state as the YAML of a roster, so that an instance is adopted with one command: planned
// against the same live state it gives an empty plan, and the same live state gives the same bytes. It must not read a
// roster, nor write what the loader would refuse.
package roster

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"rollcall/internal/directory"
	"rollcall/internal/edit"
	"rollcall/internal/plan"
)

// Options are what a roster says beside the live state.
type Options struct {
	Target plan.Target
	Schema string // address of the schema for editors, relative to the roster
}

// Result counts what was written, and what was left as a comment because a roster can't name it.
type Result struct {
	Users, Groups          int
	LeftUsers, LeftGroups  int
	Roles, Names, Projects int // fields of listed people that were left as comments
	SignOns                int // ways to sign on, or names there, that were left as comments
	AtLeast                int // groups that could not be exact
}

// Write writes live as a roster.
//
//	live                                            roster
//	account with a usable address                   an entry; `active: false` if it is inactive
//	of several with one address                     the active one, else the eldest, with its id; the others as comments
//	account without one (forgotten users)           a comment; groups keep it without being told
//	group                                           an entry, exact, with its members who have an entry
//	of several with one name                        the eldest, with its id; the others as comments
//	group with a member who can be named no way     at_least, since exact would remove him
//	name or role that a roster can't hold           a comment in the entry: the field is not managed
//	name that a directory service rules over        a comment in the entry: it is not compared
//	account that was invited and never activated    an entry without `active`: false would deactivate it
//	projects of an active account                   `projects`, but for samples, which nobody is removed from
//
// An active account gets no `active: true`: it would bring back whoever is switched off by hand. What people choose for
// themselves, email_notifications, is not written either.
func Write(w io.Writer, live *directory.Live, caps plan.Caps, opts Options) (Result, error) {
	o := &output{Writer: bufio.NewWriterSize(w, 64<<10), live: live, caps: caps, names: newNames(live)}
	named, leftUsers := people(live)
	o.head(opts)
	o.result.Users, o.result.LeftUsers = len(named), len(leftUsers)
	o.line("users:")
	for i := range named {
		o.person(&named[i])
	}
	o.left(leftUsers, "  ")
	if caps.ReadsGroups {
		list, left := teams(live, named, caps.AdminGroup)
		o.result.Groups, o.result.LeftGroups = len(list), len(left)
		o.line("")
		if len(list) == 0 {
			o.line("groups: []")
			o.left(left, "")
			return o.result, o.Flush()
		}
		o.line("groups:")
		for i := range list {
			o.team(&list[i])
		}
		o.left(left, "  ")
	}
	return o.result, o.Flush()
}

// output writes lines. Its errors come with Flush.
type output struct {
	*bufio.Writer
	live   *directory.Live
	caps   plan.Caps
	names  liveNames
	result Result
}

func (o *output) line(parts ...string) {
	for _, p := range parts {
		_, _ = o.WriteString(p)
	}
	_ = o.WriteByte('\n')
}

// head writes all but users and groups. What holds without being written stands there as a comment, to be changed.
func (o *output) head(opts Options) {
	o.line("# yaml-language-server: $schema=", opts.Schema)
	if opts.Target.Simulator {
		o.line("# Imported from a SIMULATOR.")
	}
	o.line("version: 1")
	if opts.Target.Simulator {
		o.line("target: {kind: ", edit.Scalar(opts.Target.Kind), "}")
	} else {
		o.line("target: {kind: ", edit.Scalar(opts.Target.Kind), ", url: ", edit.Quoted(opts.Target.URL), "}")
	}
	o.line("# timezone: Europe/Berlin   # of the dates in this file; UTC if nothing is said")
	o.line("")
	o.line("defaults:")
	if o.caps.Reported[plan.FieldAdmin] {
		o.line("  user: {admin: false}")
	}
	o.line("  group: {mode: exact}")
	o.line("")
	o.line("unlisted:          # accounts and groups that this file does not name")
	o.line("  users: report    # ignore | report | deactivate")
	o.line("  groups: report   # ignore | report | delete")
	o.line("")
	o.guards()
	o.line("")
}

// guards writes the guards that hold, as a comment.
func (o *output) guards() {
	defaults := directory.DefaultGuards()
	o.line("# guards:             # these hold as they stand here; write down those that you want to change")
	o.line("#   min_admins: ", fmt.Sprint(defaults.MinAdmins.Value))
	for _, name := range []directory.GuardName{
		directory.GuardMaxDeactivations, directory.GuardMaxRemovalsPerGroup, directory.GuardMaxRemovals,
		directory.GuardMaxGroupDeletions, directory.GuardMaxDemotions, directory.GuardMaxAdminGrants,
		directory.GuardMaxRoleChanges, directory.GuardMaxAddressChanges, directory.GuardMaxReactivations,
	} {
		limit := defaults.Limits[name]
		var keys []string
		if limit.Count.Set {
			keys = append(keys, fmt.Sprintf("count: %d", limit.Count.Value))
		}
		if limit.Percent.Set {
			keys = append(keys, fmt.Sprintf("percent: %d", limit.Percent.Value))
		}
		if limit.MinSize > 0 {
			keys = append(keys, fmt.Sprintf("min_size: %d", limit.MinSize))
		}
		o.line("#   ", string(name), ": {", strings.Join(keys, ", "), "}")
	}
	o.line(`#   protect: ["ci-*@acme.example"]   # accounts that nothing but a line of this file may change`)
	o.line("#   domains: [acme.example]          # no other address is created")
	o.line("# seats: {limit: 420, reserve: 10}")
}

func (o *output) team(t *team) {
	o.line("  - name: ", edit.Scalar(string(t.name)))
	if t.pinned {
		o.line(fmt.Sprintf("    id: %d", t.ID))
	}
	if t.kept > 0 {
		o.result.AtLeast++
		o.line(fmt.Sprintf("    mode: at_least   # exact would remove members that have no entry of their own: %d", t.kept))
	}
	if len(t.members) == 0 {
		o.line("    members: []")
		return
	}
	o.line("    members:")
	for _, m := range t.members {
		o.line("      - ", edit.Scalar(string(m)))
	}
}

// left writes what has no entry, below the entries of its kind.
func (o *output) left(list []leftOut, indent string) {
	if len(list) == 0 {
		return
	}
	o.line(indent, "# Not in this file, because a roster can't name them:")
	for _, l := range list {
		o.line(indent, "# - ", l.text)
	}
}
