package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/directory"
	"rollcall/internal/plan"
	"rollcall/internal/render"
)

// filters are the flags of list.
type filters struct {
	admins, inactive, unlisted bool
	groups, projects           []string
}

func newList(env Env, shared *common) *cobra.Command {
	var f filters
	c := newCommand(env, shared, "list users|groups|roles|projects [flags]\n  rollcall list user WHO [flags]", "Show the live state as a table",
		"Shows users, groups, roles or projects as the tool reports them now. Several filters narrow each other down.\n\n"+
			"`list user WHO` shows one account with its id, exact spelling and groups; WHO is an address, an id, or a part of\n"+
			"a name. Where none has this address, it shows addresses that are near.",
		"  rollcall list users --inactive --group mobile-qa\n  rollcall list users --unlisted --format csv > unlisted.csv\n"+
			"  rollcall list groups --format json\n  rollcall list user ines.ortega@acme.example", 1, 2).
		with(rosterFlags, instanceFlags, func(flags *pflag.FlagSet, _ *options) {
			flags.BoolVar(&f.admins, "admins", false, "users: administrators alone")
			flags.BoolVar(&f.inactive, "inactive", false, "users: inactive accounts alone")
			flags.BoolVar(&f.unlisted, "unlisted", false, "users and groups: those that the roster (-f) does not name")
			flags.StringArrayVar(&f.groups, "group", nil, "users: members of group `NAME` (repeatable)")
			flags.StringArrayVar(&f.projects, "project", nil, "users: those who administer project `NAME`; groups: those with access to it (repeatable)")
		}).in(formatText, formatJSON, formatCSV)
	c.rules = f.check
	return c.does(func(ctx context.Context, r *run, args []string) error { return list(ctx, r, &f, args) })
}

// listKinds are what can be listed.
func listKinds() []string { return []string{"users", "groups", "roles", "projects", "user"} }

// check holds the filters against what is to be listed.
func (f *filters) check(args []string) error {
	what := args[0]
	known := slices.Contains(listKinds(), what)
	isUsers, isGroups := what == "users", what == "groups"
	switch {
	case !known:
		hint := "use " + alternatives(listKinds())
		if near, ok := directory.Suggest(what, listKinds()); ok {
			hint = fmt.Sprintf("did you mean `rollcall list %s`?", near)
		}
		return usage(hint, "list of %q is not known", what)
	case what == "user" && len(args) < 2:
		return usage("give an address, an id, or a part of a name", "list user needs somebody to look for")
	case what != "user" && len(args) > 1:
		return usage("", "list %s takes no argument, and %q is one", what, args[1])
	case (f.admins || f.inactive || len(f.groups) > 0) && !isUsers:
		return usage("`rollcall list users` takes them", "--admins, --inactive and --group are about users")
	case (f.unlisted || len(f.projects) > 0) && !isUsers && !isGroups:
		return usage("`rollcall list users` and `rollcall list groups` take them", "--unlisted and --project are about users and groups")
	}
	return nil
}

func list(ctx context.Context, r *run, f *filters, args []string) error {
	var want *directory.Desired
	var assertion directory.TargetAssertion
	if f.unlisted {
		var err error
		if want, err = load(r.o); err != nil {
			return err
		}
		assertion = want.Target
	}
	i, err := r.instance(assertion)
	if err != nil {
		return err
	}
	in, err := r.open(i)
	if err != nil {
		return err
	}
	defer in.Close()
	live, err := in.Read(ctx, directory.Extent{Projects: args[0] == "projects" || len(f.projects) > 0})
	if err != nil {
		return err
	}
	r.progress.rest()
	v := newListView(live, in.Caps())
	doc := listDocument{FormatVersion: 1, Target: i.target}
	switch args[0] {
	case "user":
		return r.showUser(v, i.target, args[1])
	case "users":
		users, err := v.users(f, want)
		if err != nil {
			return err
		}
		doc.Users = &users
		return show(r, doc, users)
	case "groups":
		groups, err := v.groups(f, want)
		if err != nil {
			return err
		}
		doc.Groups = &groups
		return show(r, doc, groups)
	case "roles":
		roles := v.roles()
		doc.Roles = &roles
		return show(r, doc, roles)
	}
	projects := v.projects()
	doc.Projects = &projects
	return show(r, doc, projects)
}

// row is a line of a list.
type row interface {
	header() []string
	cells() []string
}

// listDocument is a list as JSON: one of the lists is set.
type listDocument struct {
	FormatVersion int           `json:"format_version"`
	Target        plan.Target   `json:"target"`
	Users         *[]userRow    `json:"users,omitempty"`
	Groups        *[]groupRow   `json:"groups,omitempty"`
	Roles         *[]roleRow    `json:"roles,omitempty"`
	Projects      *[]projectRow `json:"projects,omitempty"`
}

// show writes a list in the format that was asked for.
func show[T row](r *run, document listDocument, rows []T) error {
	if r.o.format == formatJSON {
		return render.JSON(r.env.Stdout, document)
	}
	var none T
	cells := make([][]string, len(rows))
	for i := range rows {
		cells[i] = rows[i].cells()
	}
	if r.o.format == formatCSV {
		return render.CSV(r.env.Stdout, none.header(), cells)
	}
	if err := render.Table(r.env.Stdout, none.header(), cells, r.o.text(r.env, r.env.Stdout, "")); err != nil {
		return err
	}
	if r.env.Stdout.Terminal() && !r.o.quiet {
		r.remark("%s", count(len(rows), "row", "rows"))
	}
	return nil
}
