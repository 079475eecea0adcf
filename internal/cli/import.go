package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/directory"
	"rollcall/internal/roster"
)

// schemaFile is the schema that the first line of an imported roster names: `rollcall schema` writes it there.
const schemaFile = "users.schema.json"

func newImport(env Env, shared *common) *cobra.Command {
	return newCommand(env, shared, "import [flags]", "Write the live state as a roster",
		"Reads users and groups and writes them as a roster that plans to no changes. What a roster can't name is left in\n"+
			"it as a comment, with its id. Standard output gets the roster unless --out names a file.\n\n"+
			"With --snapshot the live state itself is saved, for `plan --live`: without --out no roster is written then.",
		"  rollcall import --out users.yaml\n  rollcall schema > users.schema.json   # for editors\n"+
			"  rollcall import --snapshot live.json", 0, 0).
		with(instanceFlags, func(f *pflag.FlagSet, o *options) {
			f.StringVar(&o.out, "out", "", "write the roster to `FILE`")
			f.BoolVar(&o.force, "force", false, "write over the file of --out if it is there")
			f.StringVar(&o.snapshot, "snapshot", "", "save the live state in `FILE`")
		}).does(importLive)
}

func importLive(ctx context.Context, r *run, _ []string) error {
	if r.o.out != "" && !r.o.force {
		if _, err := os.Lstat(r.o.out); !errors.Is(err, fs.ErrNotExist) {
			return usage("--force writes over it", "--out %s exists", r.o.out)
		}
	}
	out, err := beginOptional("--out", r.o.out, shared)
	if err != nil {
		return err
	}
	defer out.discard()
	snapshot, err := beginOptional("--snapshot", r.o.snapshot, private)
	if err != nil {
		return err
	}
	defer snapshot.discard()
	i, err := r.instance(directory.TargetAssertion{})
	if err != nil {
		return err
	}
	in, err := r.open(i)
	if err != nil {
		return err
	}
	defer in.Close()
	// A saved read has to be enough for every plan, so it has the projects whoever needs them.
	live, err := in.Read(ctx, directory.Extent{Projects: r.o.snapshot != "", SignOns: r.o.snapshot != ""})
	if err != nil {
		return err
	}
	if live, err = in.ReadMore(ctx, live, roster.Needs(live, in.Caps())); err != nil {
		return err
	}
	r.progress.rest()
	if snapshot != nil {
		s := &savedRead{FormatVersion: savedFormatVersion, TakenAt: r.env.Now().UTC(), Target: i.target, Abilities: in.Caps(), Live: live}
		if err := snapshot.write(s.save); err != nil {
			return err
		}
		if out == nil {
			r.remark("saved in %s: %s, %s", r.o.snapshot, count(len(live.Users), "account", "accounts"), count(len(live.Groups), "group", "groups"))
			r.next("rollcall plan --live " + shellQuoted(r.o.snapshot))
			return nil
		}
	}
	var written roster.Result
	into := func(w io.Writer) (err error) {
		written, err = roster.Write(w, live, in.Caps(), roster.Options{Target: i.target, Schema: schemaFile})
		return err
	}
	if out != nil {
		err = out.write(into)
	} else {
		err = into(r.env.Stdout)
	}
	if err != nil {
		return err
	}
	r.tellImported(written)
	return nil
}

// tellImported says what the roster holds, and what somebody should look at.
func (r *run) tellImported(w roster.Result) {
	if r.o.quiet {
		return
	}
	where := r.o.out
	if where == "" {
		where = "the roster"
	}
	r.remark("%s holds %s and %s", where, count(w.Users, "person", "people"), count(w.Groups, "group", "groups"))
	var left []string
	for _, kind := range []struct {
		n         int
		one, many string
	}{
		{w.LeftUsers, "account", "accounts"}, {w.LeftGroups, "group", "groups"}, {w.Names, "name", "names"},
		{w.Roles, "role", "roles"}, {w.Projects, "list of projects", "lists of projects"},
		{w.SignOns, "way to sign on", "ways to sign on"},
	} {
		if kind.n > 0 {
			left = append(left, count(kind.n, kind.one, kind.many))
		}
	}
	if len(left) > 0 {
		r.remark("left as comments, because a roster can't hold them: %s", strings.Join(left, ", "))
	}
	if w.AtLeast > 0 {
		r.remark("%s could not be exact: look for at_least", count(w.AtLeast, "group", "groups"))
	}
	if r.o.out != "" {
		next := "rollcall plan"
		if r.o.out != defaultFile {
			next += " -f " + shellQuoted(r.o.out)
		}
		if r.o.sim != "" {
			next += " --sim " + shellQuoted(r.o.sim)
		}
		fmt.Fprintf(r.env.Stderr, "next: %s\n", next)
	}
}
