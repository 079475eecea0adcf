package cli

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/directory"
	"rollcall/internal/notify"
	"rollcall/internal/origin"
	"rollcall/internal/render"
	"rollcall/internal/spec"
)

func newCompletion(env Env, shared *common) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	c := newCommand(env, shared, "completion bash|zsh|fish|powershell", "Print a completion script for a shell",
		"Prints a script that makes a shell complete rollcall's commands and flags, files by their endings, and the people,\n"+
			"groups and roles of the roster that -f names. To complete never asks the tool and writes nothing.",
		"  source <(rollcall completion bash)\n  rollcall completion zsh > \"${fpath[1]}/_rollcall\"\n"+
			"  rollcall completion fish > ~/.config/fish/completions/rollcall.fish", 1, 1)
	c.ValidArgs = shells
	return c.does(func(_ context.Context, _ *run, args []string) error {
		root := c.Root()
		switch args[0] {
		case "bash":
			return root.GenBashCompletionV2(env.Stdout, true)
		case "zsh":
			return root.GenZshCompletion(env.Stdout)
		case "fish":
			return root.GenFishCompletion(env.Stdout, true)
		case "powershell":
			return root.GenPowerShellCompletionWithDesc(env.Stdout)
		}
		return usage(choices(args[0], shells), "shell %q is not known", args[0])
	})
}

// completed tells the commands of a tree how to complete their arguments and the values of their flags. What is in no
// table is completed with nothing if it is a number or a duration, and with files otherwise.
func completed(root *cobra.Command) {
	flags, arguments := flagCompletions(), argumentCompletions()
	register := func(c *cobra.Command) func(*pflag.Flag) {
		return func(f *pflag.Flag) {
			complete, listed := flags[c.Name()+" --"+f.Name]
			if !listed {
				complete, listed = flags["--"+f.Name]
			}
			if !listed && slices.Contains([]string{"int", "uint64", "duration"}, f.Value.Type()) {
				complete, listed = words(), true
			}
			if _, taken := c.GetFlagCompletionFunc(f.Name); listed && !taken {
				_ = c.RegisterFlagCompletionFunc(f.Name, complete) // which can only say that there is no such flag
			}
		}
	}
	root.PersistentFlags().VisitAll(register(root))
	for _, c := range root.Commands() {
		c.Flags().VisitAll(register(c))
		complete, listed := arguments[c.Name()]
		if !listed {
			complete = words()
		}
		if c.ValidArgs == nil {
			c.ValidArgsFunction = complete
		}
	}
}

// flagCompletions are the completions of values of flags, by the flag or, where commands differ, by both.
func flagCompletions() map[string]cobra.CompletionFunc {
	rosters, saved := files("yaml", "yml"), files("json")
	return map[string]cobra.CompletionFunc{
		"--file": rosters, "--sim": saved, "--live": saved, "--snapshot": saved, "--save": saved, "--undo": saved,
		"--out": saved, "import --out": rosters, "--trace": files("jsonl"), "--ca-file": files("pem", "crt", "cer"),
		"--report": files(endings()...), "--log": files("log"),
		"--color": words(colors()...), "--target": words(kinds(tools())...), "--kind": words(kinds(tools())...), "--rate": words("max"), "--listen": words(defaultListen, listenNone),
		"--label": words(), "--base": words(), "--column": words(), "--last-day": words(), "--notify": words(notify.Forms()...), "--state": saved, "--metrics": files("prom"),
		"--only":    completeOnly,
		"--group":   fromRoster(groupNames),
		"--project": fromRoster(projectNames),
	}
}

// argumentCompletions are the completions of arguments by command.
func argumentCompletions() map[string]cobra.CompletionFunc {
	saved := files("json")
	return map[string]cobra.CompletionFunc{
		"apply": first(saved), "show": first(saved), "undo": first(saved), "diff": saved,
		"offboard": first(files("csv", "tsv", "txt")), "fmt": first(words("-")),
		"explain": completeExplain,
		"list":    completeList,
	}
}

// endings are the endings of reports, without their dots.
func endings() []string {
	var list []string
	for _, ending := range render.Endings() {
		list = append(list, strings.TrimPrefix(ending, "."))
	}
	return list
}

// words completes one of a few words, or with nothing if there are none.
func words(list ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)
}

// files completes the names of folders, and of files with one of the endings.
func files(endings ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(endings, cobra.ShellCompDirectiveFilterFileExt)
}

// first completes the first argument alone.
func first(complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return complete(c, args, typed)
	}
}

func completeCommand(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	return commandNames(c.Root()), cobra.ShellCompDirectiveNoFileComp
}

func completeList(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	switch {
	case len(args) == 0:
		return listKinds(), cobra.ShellCompDirectiveNoFileComp
	case len(args) == 1 && args[0] == "user":
		return fromRoster(addresses)(c, args, typed)
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// completeOnly completes user:ADDRESS and group:NAME, the kind first: a company has thousands of people.
func completeOnly(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	for prefix, names := range map[string]func(*directory.Desired) []string{"user:": addresses, "group:": groupNames} {
		if strings.HasPrefix(typed, prefix) {
			return fromRoster(func(want *directory.Desired) []string {
				list := names(want)
				for i := range list {
					list[i] = prefix + list[i]
				}
				return list
			})(c, args, typed)
		}
	}
	return []string{"user:", "group:"}, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

func completeExplain(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	return fromRoster(func(want *directory.Desired) []string {
		switch len(args) {
		case 0:
			return slices.Concat(addresses(want), groupNames(want))
		case 1:
			t, _ := find(tools(), want.Target.Kind.Value)
			return origin.Questions(want, args[0], t.lacks)
		}
		return nil
	})(c, args, typed)
}

// fromRoster completes names that the roster of -f bears. A roster that can't be read bears none, and nothing is said of it:
// a shell would print that into the line that is being typed.
func fromRoster(names func(*directory.Desired) []string) cobra.CompletionFunc {
	return func(c *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		flag := c.Flag("file")
		if flag == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		want, err := spec.Load(flag.Value.String(), spec.Options{Tools: toolsOf(tools())})
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		list := slices.DeleteFunc(names(want), func(name string) bool {
			return !strings.HasPrefix(name, typed) || !mayBeCompleted(name)
		})
		slices.Sort(list)
		return slices.Compact(list), cobra.ShellCompDirectiveNoFileComp
	}
}

// mayBeCompleted reports whether a name can be put into a line that somebody is typing. Shells put the common beginning of
// several names there as it is, without quotes, and a roster may come with a stranger's pull request: a name with anything
// in it that a shell or a terminal takes for more than text has to be typed by hand.
func mayBeCompleted(name string) bool {
	for i, r := range name {
		switch {
		case unicode.In(r, unicode.Other_Default_Ignorable_Code_Point):
			return false
		case unicode.IsLetter(r), unicode.IsDigit(r), i > 0 && unicode.IsMark(r):
		case i > 0 && strings.ContainsRune(" -_.@+,/:", r):
		default:
			return false
		}
	}
	return name != ""
}

// addresses are in the form that is compared: shells compare what is typed letter by letter.
func addresses(want *directory.Desired) []string {
	list := make([]string, len(want.Users))
	for i := range want.Users {
		list[i] = string(want.Users[i].Email.Key())
	}
	return list
}

func groupNames(want *directory.Desired) []string {
	list := make([]string, len(want.Groups))
	for i := range want.Groups {
		list[i] = string(want.Groups[i].Name)
	}
	return list
}

func projectNames(want *directory.Desired) []string {
	var list []string
	for i := range want.Users {
		for _, project := range want.Users[i].AssignedProjects.Value {
			list = append(list, string(project))
		}
		for _, ref := range want.Users[i].Projects.Value {
			list = append(list, string(ref.Project))
		}
	}
	return list
}
