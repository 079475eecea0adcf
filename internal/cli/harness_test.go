package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v5"

	"rollcall/schema"
)

// cmdExits runs a command and fails unless it ends with the code. It also fails if the key is in the output, if colour
// comes out where nobody looks, if an error has nothing to say, or if a plan or report as JSON does not fit its schema.
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	stdout, stderr := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
	if line, found := secretIn(stdout + stderr); found {
		ts.Fatalf("output holds the API key: %s", line)
	}
	looked := ts.Getenv(terminalVariable) != "" || slices.Contains(args, "--color=always")
	if strings.Contains(stdout+stderr, "\x1b") && !looked {
		ts.Fatalf("output holds escape sequences where there is no terminal")
	}
	if got != 0 && stdout == "" && stderr == "" {
		ts.Fatalf("exit code %d without a word", got)
	}
	if kind, ok := printsJSON(args[1:]); ok && stdout != "" {
		validate(ts, kind, stdout)
	}
}

// printsJSON returns the schema of what a rollcall command prints, if it prints JSON that has one.
func printsJSON(command []string) (kind string, ok bool) {
	i := slices.Index(command, "--format")
	if i < 0 || i+1 == len(command) || command[i+1] != "json" || command[0] != "rollcall" {
		return "", false
	}
	kind, ok = map[string]string{"plan": "plan", "drift": "plan", "apply": "report"}[command[1]]
	return kind, ok
}

func cmdRequests(ts *testscript.TestScript, neg bool, args []string) {
	s, out := simulatorOf(ts, args), ts.Stdout() // asked for first: nothing is an output too
	var lines, reads []string
	for _, r := range s.lines() {
		switch {
		case r.write:
			lines = append(append(lines, inOrder(reads)...), r.text)
			reads = nil
		case len(args) < 2 || args[1] != "writes":
			reads = append(reads, r.text)
		}
	}
	for _, line := range append(lines, inOrder(reads)...) {
		fmt.Fprintln(out, line)
	}
	s.ResetLog()
}

// inOrder sorts reads that follow one another: lists are read at the same time.
func inOrder(reads []string) []string {
	slices.Sort(reads)
	return reads
}

func cmdValidJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: validjson plan|report FILE")
	}
	validate(ts, args[0], ts.ReadFile(args[1]))
}

// validate holds JSON against a schema.
func validate(ts *testscript.TestScript, kind, document string) { ts.Check(fits(kind, document)) }

// fits returns an error unless a document of JSON fits the published schema of its kind.
func fits(kind, document string) error {
	compiled, err := schemas()
	if err != nil {
		return err
	}
	var value any
	if err := json.Unmarshal([]byte(document), &value); err != nil {
		return err
	}
	if err := compiled[kind].Validate(value); err != nil {
		return fmt.Errorf("%#v", err)
	}
	return nil
}

// schemas returns the published schemas by kind, compiled once: that takes longer than most tests.
var schemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	compiled := make(map[string]*jsonschema.Schema)
	for kind, text := range map[string][]byte{"plan": schema.Plan(), "report": schema.Report(), "notify": schema.Notify()} {
		compiler := jsonschema.NewCompiler()
		compiler.AssertFormat = true
		if err := compiler.AddResource("schema.json", bytes.NewReader(text)); err != nil {
			return nil, err
		}
		var err error
		if compiled[kind], err = compiler.Compile("schema.json"); err != nil {
			return nil, err
		}
	}
	return compiled, nil
})

func cmdReplace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace FILE OLD NEW")
	}
	old, new := strings.ReplaceAll(args[1], `\n`, "\n"), strings.ReplaceAll(args[2], `\n`, "\n")
	text := ts.ReadFile(args[0])
	if n := strings.Count(text, old); n != 1 {
		ts.Fatalf("%q stands %d times in %s", args[1], n, args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, old, new, 1)), 0o600))
}
