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
	c := newCommand(env, shared, "list users|groups|roles|projects|profiles|sign-ons [flags]\n  rollcall list user WHO [flags]", "Show the live state as a table",
		"Shows users, groups, roles, projects, the profiles that people have in projects, or the ways to sign on, as the tool "+
			"reports them now and as a roster names them. Not every tool has all of them. Several filters narrow each other down.\n\n"+
			"`list user WHO` shows one account with its id, exact spelling and groups; WHO is an address, an id, or a part of\n"+
			"a name. Where none has this address, it shows addresses that are near.",
		"  rollcall list users --inactive --group mobile-qa\n  rollcall list users --unlisted --format csv > unlisted.csv\n"+
			"  rollcall list groups --format json\n  rollcall list user ines.ortega@acme.example", 1, 2).
		with(rosterFlags, instanceFlags, func(flags *pflag.FlagSet, _ *options) {
			flags.BoolVar(&f.admins, "admins", false, "users: administrators alone")
			flags.BoolVar(&f.inactive, "inactive", false, "users: inactive accounts alone")
			flags.BoolVar(&f.unlisted, "unlisted", false, "users and groups: those that the roster (-f) does not name")
			flags.StringArrayVar(&f.groups, "group", nil, "users: members of group `NAME` (repeatable)")
			flags.StringArrayVar(&f.projects, "project", nil, "users: members of project `NAME`, where the tool has no members those who administer it; groups: those with access to it (repeatable)")
		}).in(formatText, formatJSON, formatCSV)
	c.rules = f.check
	return c.does(func(ctx context.Context, r *run, args []string) error { return list(ctx, r, &f, args) })
}

// listKinds are what can be listed.
func listKinds() []string {
	return []string{"users", "groups", "roles", "projects", "profiles", "sign-ons", "user"}
}

// listedBy are the kinds that only some tools have, each with the key of a roster that names such a thing.
func listedBy(kind string) (key string) {
	return map[string]string{"roles": "role", "profiles": "projects", "sign-ons": "auth"}[kind]
}

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
		if want, err = r.load(); err != nil {
			return err
		}
		assertion = want.Target
	}
	i, err := r.instance(assertion)
	if err != nil {
		return err
	}
	if hint, lacks := i.tool.lacks[listedBy(args[0])]; lacks {
		return usage(hint, "%s has no %s", i.tool.name, args[0])
	}
	in, err := r.open(i)
	if err != nil {
		return err
	}
	defer in.Close()
	_, noMembers := i.tool.lacks["projects"]
	live, err := in.Read(ctx, directory.Extent{
		Projects: args[0] == "projects" || args[0] == "profiles" || len(f.projects) > 0 || args[0] == "user" && !noMembers,
		SignOns:  args[0] == "sign-ons",
	})
	if err != nil {
		return err
	}
	r.progress.rest()
	return r.showList(newListView(live, in.Caps(), i.tool.lacks), i.target, f, want, args)
}

func (r *run) showList(v *listView, target plan.Target, f *filters, want *directory.Desired, args []string) error {
	doc := listDocument{FormatVersion: 1, Target: target}
	switch args[0] {
	case "user":
		return r.showUser(v, target, args[1])
	case "users":
		users, err := v.users(f, want)
		if err != nil {
			return err
		}
		doc.Users = &users
		return show(r, doc, v.userColumns(), users)
	case "groups":
		groups, err := v.groups(f, want)
		if err != nil {
			return err
		}
		doc.Groups = &groups
		return show(r, doc, v.groupColumns(), groups)
	case "roles":
		roles := v.roles()
		doc.Roles = &roles
		return show(r, doc, roleColumns(), roles)
	case "profiles":
		profiles := v.profiles()
		doc.Profiles = &profiles
		return show(r, doc, profileColumns(), profiles)
	case "sign-ons":
		signOns := v.signOns()
		doc.SignOns = &signOns
		return show(r, doc, signOnColumns(), signOns)
	}
	projects := v.projects()
	doc.Projects = &projects
	return show(r, doc, v.projectColumns(), projects)
}

// listDocument is a list as JSON: one of the lists is set.
type listDocument struct {
	FormatVersion int           `json:"format_version"`
	Target        plan.Target   `json:"target"`
	Users         *[]userRow    `json:"users,omitempty"`
	Groups        *[]groupRow   `json:"groups,omitempty"`
	Roles         *[]roleRow    `json:"roles,omitempty"`
	Projects      *[]projectRow `json:"projects,omitempty"`
	Profiles      *[]profileRow `json:"profiles,omitempty"`
	SignOns       *[]signOnRow  `json:"sign_ons,omitempty"`
}

// show writes a list in the format that was asked for.
func show[T any](r *run, document listDocument, columns []column[T], rows []T) error {
	if r.o.format == formatJSON {
		return render.JSON(r.env.Stdout, document)
	}
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = c.name
	}
	cells := make([][]string, len(rows))
	for i := range rows {
		for _, c := range columns {
			cells[i] = append(cells[i], c.cell(&rows[i]))
		}
	}
	if r.o.format == formatCSV {
		return render.CSV(r.env.Stdout, header, cells)
	}
	if err := render.Table(r.env.Stdout, header, cells, r.o.text(r.env, r.env.Stdout, "")); err != nil {
		return err
	}
	if r.env.Stdout.Terminal() && !r.o.quiet {
		r.remark("%s", count(len(rows), "row", "rows"))
	}
	return nil
}
