package cli

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// parsed is what became of a command line that nothing was done for.
type parsed struct {
	Code           int
	Stdout, Stderr string
	Meant          string // command, arguments and flags as they reached the command; "" if they did not
}

// parse takes a command line as Main does, up to where the command would begin: it has the tree, its rules and its way to
// tell of an error, and in place of each run one that notes what it would have been about.
func parse(t *testing.T, args []string) parsed {
	var result parsed
	var stdout, stderr bytes.Buffer
	env := Env{
		Args: args, Stdin: Input{Reader: strings.NewReader("")}, Stdout: Output{Writer: &stdout}, Stderr: Output{Writer: &stderr},
		Getenv: func(name string) string {
			t.Errorf("%s was read before anything began", name)
			return ""
		},
		Now: time.Now, Version: "v0.0.0-test",
	}
	flags := &common{color: "auto"}
	root := newRoot(env, flags)
	ran := false
	for _, c := range root.Commands() {
		if c.Name() == "help" {
			continue // it only shows help
		}
		c.RunE = func(cmd *cobra.Command, args []string) error {
			ran = true
			result.Meant = fmt.Sprintf("%s %q", cmd.CommandPath(), args)
			cmd.Flags().Visit(func(f *pflag.Flag) { result.Meant += fmt.Sprintf(" --%s=%q", f.Name, f.Value) })
			return nil
		}
	}
	err := root.ExecuteContext(context.Background())
	if err != nil && ran {
		t.Errorf("refused after it began: %v", err)
	}
	explain(env, flags, err)
	result.Code, result.Stdout, result.Stderr = exitCode(err), stdout.String(), stderr.String()
	return result
}

// FuzzCommandLine cuts its input into arguments where it has a NUL, the one byte that none can hold. Whatever they are, they
// are understood or refused, in words of one line that are safe on a terminal, the same ones each time.
func FuzzCommandLine(f *testing.F) {
	for _, line := range commandLines() {
		f.Add(strings.Join(line, "\x00"))
	}
	f.Fuzz(func(t *testing.T, input string) {
		args := strings.Split(input, "\x00")
		if slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, cobra.ShellCompRequestCmd) }) {
			t.Skip("the library's own, which shells ask on TAB: it prints candidates and runs nothing")
		}
		first := parse(t, args)
		if diff := cmp.Diff(first, parse(t, args)); diff != "" {
			t.Errorf("%q is taken in two ways (-first +second):\n%s", args, diff)
		}
		switch first.Code {
		case exitOK:
			if first.Stderr != "" {
				t.Errorf("%q is accepted, with the words %q", args, first.Stderr)
			}
		case exitUsage:
			checkRefusal(t, args, first)
		default:
			t.Errorf("%q: exit code %d, want %d or %d", args, first.Code, exitOK, exitUsage)
		}
		helped := parse(t, append([]string{args[0], "--help"}, args[1:]...))
		if helped.Code != exitOK && helped.Code != exitUsage {
			t.Errorf("%q with --help: exit code %d", args, helped.Code)
		}
	})
}

// checkRefusal holds a refusal to its form: a line that says why, and one of advice if there is any.
func checkRefusal(t *testing.T, args []string, p parsed) {
	t.Helper()
	if p.Stdout != "" || p.Meant != "" {
		t.Errorf("%q is refused, and there is a result: %q %s", args, p.Stdout, p.Meant)
	}
	text, ended := strings.CutSuffix(p.Stderr, "\n")
	why, hint, hinted := strings.Cut(text, "\n")
	words, isError := strings.CutPrefix(why, "error: ")
	if !ended || !isError || strings.TrimSpace(words) == "" {
		t.Errorf("%q is refused without a reason: %q", args, p.Stderr)
	}
	if hinted && (!strings.HasPrefix(hint, "  hint: ") || strings.Contains(hint, "\n")) {
		t.Errorf("%q is refused in more than a line: %q", args, p.Stderr)
	}
	harmful := func(r rune) bool { return !unicode.IsPrint(r) }
	if !utf8.ValidString(text) || strings.ContainsFunc(why+hint, harmful) {
		t.Errorf("%q is refused in words that are not safe on a terminal: %q", args, p.Stderr)
	}
}

// commandLines are where fuzzing starts: every flag of every command, with values of every kind and without one, and words
// that are made to do harm.
func commandLines() [][]string {
	lines := [][]string{
		{""}, {"--"}, {"-"}, {"--help"}, {"help", "plan"}, {"help", "nobody"}, {"help", "plan", "more"}, {"-h"}, {"plan", "-h"}, {"--version"},
		{"appyl"}, {"plan", "-f"}, {"plan", "-qv"}, {"plan", "-vvv"}, {"plan", "-fusers.yaml", "--", "--yes"}, {"list"}, {"list", "users", "user"},
		{"list", "user"}, {"list", "user", "ines"}, {"completion", "zsh"}, {"apply", "plan.json", "--exact-plan", "--report", "a.json", "--report", "b.txt"},
		{"apply", "plan.json", "--only", "user:a@acme.example"}, {"plan", "--sim", "c.json", "--live", "live.json"}, {"sim", "--fault", "503@4", "--fault", "reset@add_user#1"},
		{"plan", "--rate", "90/m"}, {"plan", "--rate", "max"}, {"import", "--force"}, {"sim", "--snapshot", "c.json", "--users", "3"},
	}
	hostile := []string{
		"", "-", "--", "=", "-1", "0", "3", "90s", "1e9h", "99999999999999999999", "true", "users.yaml", "./users.yaml", "report.json", "json", "user:", "group: ",
		"user:ines@acme.example", "\x1b[31mred\x1b[0m", "\x1b]0;title\a", "a\u202eb", "a\u200bb", "\r", "a\nhint: b", "\xff\xfe", "%s%n%!", "`id`", "$(id)", "'", `"`, `\`,
		"=cmd|' /C calc'!A0", "<script>", "[x](javascript:y)", "e\u0301\u0301\u0301\u0301\u0301\u0301", strings.Repeat("😀", 250), strings.Repeat("x", 5000), "../../etc/passwd",
	}
	n := 0
	with := func(command string) func(*pflag.Flag) {
		return func(f *pflag.Flag) {
			n++
			lines = append(lines, []string{command, "--" + f.Name},
				[]string{command, "--" + f.Name, f.DefValue, "--" + f.Name + "=" + hostile[n%len(hostile)], "--" + f.Name, hostile[(n+1)%len(hostile)]},
				[]string{command, "--" + f.Name, hostile[(n+2)%len(hostile)]})
		}
	}
	root := newRoot(Env{}, &common{})
	root.PersistentFlags().VisitAll(with("plan"))
	for i, c := range root.Commands() {
		lines = append(lines, []string{c.Name()}, []string{c.Name(), "--help"}, []string{c.Name(), hostile[i%len(hostile)]})
		c.Flags().VisitAll(with(c.Name()))
	}
	for _, word := range hostile {
		lines = append(lines, []string{word}, []string{"--" + word}, []string{"-" + word}, []string{"help", word}, []string{"plan", word},
			[]string{"plan", "--only", word}, []string{"apply", "--report", word}, []string{"apply", word, "--report=" + word + ".json"}, []string{"sim", "--fault", word})
	}
	return lines
}
