package cli

import (
	"context"

	"github.com/spf13/cobra"

	"rollcall/internal/directory"
)

func newCompletion(env Env, shared *common) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	c := newCommand(env, shared, "completion bash|zsh|fish|powershell", "Print a completion script for a shell",
		"Prints a script that makes a shell complete rollcall's commands and flags.",
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
		hint := "use " + alternatives(shells)
		if near, ok := directory.Suggest(args[0], shells); ok {
			hint = "did you mean " + near + "?"
		}
		return usage(hint, "shell %q is not known", args[0])
	})
}
