package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/directory"
)

const rootHelp = `Users and groups of test-management tools, as code.

A roster, users.yaml, says who shall be there. rollcall reads who is there,
shows the plan that leads from the one to the other, and carries it out.

  rollcall doctor                     is everything in place?
  rollcall import --out users.yaml    begin with what is there
  rollcall plan                       what would change?
  rollcall apply                      change it, and report`

// whereHelp says what the environment has to hold.
func whereHelp() string {
	text := "Where and who is said in the environment."
	for _, t := range tools() {
		text += fmt.Sprintf(" %s: %s.", t.name, strings.Join(t.missing(func(string) string { return "" }), ", "))
	}
	return wrapped(text + " To try it without an instance: rollcall sim.")
}

const exitHelp = `Exit codes:
    0  success; for drift: in sync
    1  error, anything not below
    2  changes pending: drift always, plan with --detailed-exitcode
    3  refused by a guard or policy; the plan was still printed
    4  stale: the ground of an approved action moved
    5  partial or not converged: something failed, was blocked or unclear
    6  invalid file or usage; nothing was written
    7  authentication or permission
    8  read incomplete, inconsistent or ambiguous; nothing was written
  130  interrupted`

// newRoot returns the tree of commands for one run. Nothing of it outlives the run.
func newRoot(env Env, shared *common) *cobra.Command {
	root := &cobra.Command{
		Use:           "rollcall",
		Short:         "Users and groups of test-management tools, as code",
		Long:          rootHelp + "\n\n" + whereHelp() + "\n\n" + exitHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("`rollcall --help` lists them", "no command was given")
			}
			return unknownCommand(cmd, args[0])
		},
	}
	root.SetArgs(append([]string{}, env.Args...))
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(flagError)
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), "Flags.FlagUsages", fmt.Sprintf("Flags.FlagUsagesWrapped %d", helpWidth)))
	root.SetHelpCommand(newHelp())
	flags := root.PersistentFlags()
	flags.StringVar(&shared.color, "color", "auto", "colour `WHEN`: auto, always or never")
	flags.BoolVarP(&shared.quiet, "quiet", "q", false, "say only what stops a run, and the last line")
	flags.BoolVarP(&shared.verbose, "verbose", "v", false, "say everything, and log each request")
	root.AddCommand(
		newValidate(env, shared), newPlan(env, shared), newApply(env, shared), newDrift(env, shared), newShow(env, shared), newDiff(env, shared), newUndo(env, shared), newImport(env, shared), newList(env, shared), newExplain(env, shared),
		newDoctor(env, shared), newSim(env, shared), newFmt(env, shared), newOffboard(env, shared), newSchema(env, shared), newCompletion(env, shared), newVersion(env, shared),
	)
	completed(root)
	return root
}

// command is what the commands have in common: the flags are held against each other before run starts, and run gets
// what it needs of the world. What PreRunE lets through is a line that can be meant, and it touches nothing of the world.
type command struct {
	*cobra.Command
	o        *options
	formats  []string
	argument *string                   // where the first argument goes, if it is the name of a file
	rules    func(args []string) error // that this command has beside those of all; nil: none
	run      func(context.Context, *run, []string) error
}

// newCommand returns a command with a number of arguments from least to most.
func newCommand(env Env, shared *common, use, short, long, example string, least, most int) *command {
	o := &options{common: shared}
	c := &command{o: o, Command: &cobra.Command{
		Use: use, Short: short, Long: wrapped(long), Example: example, Args: arguments(least, most), DisableFlagsInUseLine: true,
	}}
	c.PreRunE = func(cmd *cobra.Command, args []string) error {
		if c.argument != nil && len(args) > 0 {
			*c.argument = args[0]
		}
		in := invocation{formats: c.formats, given: cmd.Flags().Changed, planFile: o.planFile}
		if err := emptyFlag(cmd); err != nil {
			return err
		}
		if err := o.check(in); err != nil || c.rules == nil {
			return err
		}
		return c.rules(args)
	}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if err := o.spareSecrets(env.Getenv); err != nil {
			return err
		}
		r := newRun(env, o)
		r.command = cmd.Name()
		defer r.endTrace()
		defer r.progress.rest()
		ctx, cancel := o.withDeadline(cmd.Context())
		defer cancel()
		return annotated(env, o, overdue(ctx, c.run(ctx, r, args)))
	}
	return c
}

// helpWidth is how wide help is, in characters.
const helpWidth = 79

// wrapped breaks the lines of paragraphs, which stand apart by an empty line.
func wrapped(text string) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString("\n\n")
		}
		column := 0
		for _, word := range strings.Fields(paragraph) {
			switch {
			case column == 0:
			case column+1+len(word) > helpWidth:
				b.WriteByte('\n')
				column = 0
			default:
				b.WriteByte(' ')
				column++
			}
			b.WriteString(word)
			column += len(word)
		}
	}
	return b.String()
}

// with registers flags.
func (c *command) with(groups ...func(*pflag.FlagSet, *options)) *command {
	for _, add := range groups {
		add(c.Flags(), c.o)
	}
	return c
}

// in registers --format.
func (c *command) in(formats ...string) *command {
	c.formats = formats
	c.Flags().StringVar(&c.o.format, "format", formats[0], "`FORM` of the result: "+alternatives(formats))
	_ = c.RegisterFlagCompletionFunc("format", words(formats...)) // the flag was just made
	return c
}

// does sets what the command does and returns it for the tree.
func (c *command) does(run func(context.Context, *run, []string) error) *cobra.Command {
	c.run = run
	return c.Command
}

// Groups of flags that several commands share.

func rosterFlags(f *pflag.FlagSet, o *options) {
	f.StringVarP(&o.file, "file", "f", defaultFile, "root `FILE` of the roster")
}

func targetFlag(f *pflag.FlagSet, o *options) {
	f.StringVar(&o.target, "target", "", "`KIND` of tool, where neither the roster nor the environment says: "+alternatives(kinds(tools())))
}

func instanceFlags(f *pflag.FlagSet, o *options) {
	targetFlag(f, o)
	f.BoolVar(&o.allowHTTP, "allow-http", false, "send the key without encryption")
	f.StringVar(&o.caFile, "ca-file", "", "trust the certificates in `FILE` (PEM) beside the system's; SSL_CERT_FILE works too, but not on macOS and Windows")
	f.StringVar(&o.rate, "rate", "", "most requests a minute, as `N/m`, or max (default: what suits the host)")
	f.DurationVar(&o.maxWait, "max-wait", defaultMaxWait, "how `LONG` to wait at most when the tool asks to be left alone")
	f.DurationVar(&o.timeout, "timeout", 0, "how `LONG` the whole run may take (default: as long as it takes)")
	f.StringVar(&o.trace, "trace", "", "log each request and answer in `FILE`, a line of JSON each, without the key")
	f.StringVar(&o.sim, "sim", "", "use an embedded simulator with the state in `FILE`, and no network")
}

func scopeFlags(f *pflag.FlagSet, o *options) {
	f.StringArrayVar(&o.only, "only", nil, "limit to `user:ADDRESS` or group:NAME, and what that needs (repeatable)")
	f.BoolVar(&o.noRemovals, "no-removals", false, "leave out deactivations, removals from groups and projects, and group deletions")
}

// arguments checks the number of arguments.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		hint := "`" + cmd.CommandPath() + " --help` shows how it is used"
		switch {
		case len(args) > most && most == 0:
			return usage(hint, "%s takes no argument, and %q is one", cmd.CommandPath(), args[0])
		case len(args) > most:
			return usage(hint, "%s takes %d at most, and %q is one more", cmd.CommandPath(), most, args[most])
		case len(args) < least:
			return usage(hint, "%s needs an argument", cmd.CommandPath())
		}
		return nil
	}
}

// unknownCommand is the error of a command that does not exist.
func unknownCommand(parent *cobra.Command, word string) error {
	hint := "`" + parent.CommandPath() + " --help` lists the commands"
	if near, ok := directory.Suggest(word, commandNames(parent)); ok {
		hint = fmt.Sprintf("did you mean `%s %s`?", parent.CommandPath(), near)
	}
	return usage(hint, "command %q is not known", word)
}

func commandNames(parent *cobra.Command) []string {
	var names []string
	for _, c := range parent.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}

// flagError is the error of flags that can't be parsed.
func flagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	hint := "`" + cmd.CommandPath() + " --help` lists the flags"
	var unknown *pflag.NotExistError
	var lacking *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if near, ok := directory.Suggest(name, flagNames(cmd)); ok {
			hint = fmt.Sprintf("did you mean --%s?", near)
		}
		if unknown.GetSpecifiedShortnames() != "" {
			return usage(hint, "flag -%s is not known", name)
		}
		return usage(hint, "flag --%s is not known", name)
	case errors.As(err, &lacking):
		return usage(hint, "flag --%s needs a value", lacking.GetFlag().Name)
	case errors.As(err, &invalid):
		kind, known := map[string]string{"int": "a whole number", "uint64": "a whole number", "duration": "a duration such as 90s or 36h", "bool": "true or false"}[invalid.GetFlag().Value.Type()]
		if !known {
			return usage(hint, "flag --%s: %v", invalid.GetFlag().Name, invalid.Unwrap())
		}
		return usage(hint, "flag --%s: %q is not %s", invalid.GetFlag().Name, invalid.GetValue(), kind)
	}
	return usage(hint, "%s", strings.TrimSuffix(err.Error(), "."))
}

// emptyFlag returns an error if a flag was given without a value, as a shell does with a variable that is not set: without
// --sim a run is about something real.
func emptyFlag(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if err == nil && f.Value.String() == "" {
			err = usage("leave it out, or look for a variable that is not set", "flag --%s has no value", f.Name)
		}
	})
	return err
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	add := func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	}
	cmd.LocalFlags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	return names
}

// newHelp returns the command help, which unlike the library's own knows what it does not know.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:               "help [command]",
		Short:             "Show the help of a command",
		ValidArgsFunction: first(completeCommand),
		RunE: func(cmd *cobra.Command, args []string) error {
			at := cmd.Root()
			for _, word := range args {
				next, rest, err := at.Find([]string{word})
				if err != nil || next == at || len(rest) > 0 {
					return unknownCommand(at, word)
				}
				at = next
			}
			return at.Help()
		},
	}
}
