package cli

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Every flag with a value says how it is completed: what is in no table is completed with the names of any files.
func TestCompleted_everyFlag(t *testing.T) {
	flags := 0
	for _, c := range newRoot(Env{}, &common{}).Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Value.Type() == "bool" {
				return
			}
			flags++
			if _, ok := c.GetFlagCompletionFunc(f.Name); !ok {
				t.Errorf("rollcall %s --%s: add it to flagCompletions", c.Name(), f.Name)
			}
		})
		if c.ValidArgs == nil && c.ValidArgsFunction == nil {
			t.Errorf("rollcall %s: add its arguments to argumentCompletions", c.Name())
		}
	}
	if flags < 50 {
		t.Fatalf("looked at %d flags", flags)
	}
}

func TestMayBeCompleted(t *testing.T) {
	for name, want := range map[string]bool{
		"mobile-qa": true, "Mobile Testers": true, "写真部": true, "Zoé": true, "ana+qa@acme.example": true, "user:ana@acme.example": true, "R2/D2": true,
		"": false, " x": false, "-yes": false, "~root": false, "$(touch x)": false, "`x`": false, "a;b": false, "a&b": false, "a|b": false, "a>b": false,
		"a\"b": false, "a'b": false, `a\b`: false, "a\tb": false, "a\nb": false, "a\x1b[2Jb": false, "x!y": false, "*": false, "{a,b}": false, "a#b": false,
		"a\u202eb": false, "a\u200bb": false, "\u3164": false, "a\u0085b": false, "a\u00a0b": false,
	} {
		if got := mayBeCompleted(name); got != want {
			t.Errorf("mayBeCompleted(%q) = %v, want %v", name, got, want)
		}
	}
}

// The kind of a selector comes first, and no space behind it.
func TestCompleteOnly_kinds(t *testing.T) {
	got, directive := completeOnly(&cobra.Command{}, nil, "us")
	if len(got) != 2 || directive&cobra.ShellCompDirectiveNoSpace == 0 {
		t.Errorf("completeOnly: %q, directive %d", got, directive)
	}
}
