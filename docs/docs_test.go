// Package docs_test keeps the documents true: what they tell a reader to type is run as it stands, and what they say of
// formats, exit codes and findings is held against the code. It must not test what rollcall does beyond that.
//
// Every fenced block of README.md and docs/*.md is one of these, by its language:
//
//	console   commands behind "$ ", each with all that it prints, standard error included. A command must succeed: where
//	          another exit code is the point, the reader sees it by `; echo $?`. A command goes on behind a "\" at the end
//	          of its line, and in lines that begin with "> ". In the output a line "..." stands for any number of lines,
//	          and "..." inside a line for any text.
//	sh        commands without their output: one script, which must succeed
//	yaml      a roster, which must load; `version: 1` may be left out
//	text, json  something to look at, which no reader types
//
// HTML comments say where commands run. A page begins a scene, and its blocks go on in it, one after the other, with the
// folder and the variables that the one before left behind:
//
//	<!-- run: in an empty folder -->       begins a scene
//	<!-- run: in examples/small-team -->   begins a scene in a copy of that folder
//	<!-- first: COMMAND -->                runs a command that the reader has no part in; $DOCS is this folder
//	<!-- sim -->                           the next block is `rollcall sim`: it serves until the page ends, and the
//	                                       variables that it prints are set for the blocks behind it
//	<!-- sim: --snapshot company.json -->  the same, with these flags, where the page shows no such block
//	<!-- file: teams/mobile.yaml -->       the next block is a file, written into the folder of the scene
//	<!-- not run: REASON -->               the next block is not run; each reason is printed with -v
//
// The clock of rollcall stands at noon of 22 November 2026 (UTC), or at $TEST_NOW. `go test ./docs -update` writes what commands print, and
// the pages that are generated.
package docs_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rollcall/internal/cli"
)

var update = flag.Bool("update", false, "write what commands print, and generated pages, into the pages")

// program is the name under which this binary is rollcall.
const program = "rollcall"

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == program {
		os.Exit(cli.Main(atNoon(cli.Process())))
	}
	os.Exit(m.Run())
}

// atNoon returns the world with the clock of the pages, and with a version that does not change with each build.
func atNoon(env cli.Env) cli.Env {
	now, err := time.Parse(time.RFC3339, env.Getenv("TEST_NOW"))
	if err != nil {
		now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	}
	env.Version = "v1.0.0"
	env.Now = func() time.Time { return now }
	return env
}

// root is the folder of the module.
const root = ".."

// pages returns the paths of all pages, relative to the folder of the module.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("*.md")
	if err != nil || len(found) < 5 {
		t.Fatalf("found %d pages: %v", len(found), err)
	}
	paths := []string{"README.md"}
	for _, name := range found {
		paths = append(paths, "docs/"+name)
	}
	return paths
}

// pageAt reads a page by its path from the folder of the module.
func pageAt(t *testing.T, path string) *page {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return parse(path, source)
}

// TestPages_doWhatTheyShow runs every block of every page.
func TestPages_doWhatTheyShow(t *testing.T) {
	bin := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(bin, program)); err != nil {
		t.Fatal(err)
	}
	t.Run("page", func(t *testing.T) { // which ends when all of its pages have
		for _, path := range pages(t) {
			t.Run(path, func(t *testing.T) {
				t.Parallel()
				p := pageAt(t, path)
				play(t, p, bin)
				if *update {
					writePage(t, path, p.rewritten())
				}
			})
		}
	})
}

// player goes through a page.
type player struct {
	t     *testing.T
	p     *page
	bin   string    // folder of the program
	scene *scene    // nil: none has begun
	next  directive // for the next block
}

// play runs the blocks of a page in their order.
func play(t *testing.T, p *page, bin string) {
	here := &player{t: t, p: p, bin: bin}
	for _, item := range p.items {
		if item.directive != nil {
			here.obey(item.directive)
		} else {
			here.run(item.block)
		}
	}
	if here.next.verb != "" {
		t.Errorf("%s: <!-- %s --> has no block", p.path, here.next.verb)
	}
}

func (here *player) obey(d *directive) {
	switch {
	case here.next.verb != "":
		here.t.Errorf("%s: <!-- %s --> before it has no block", here.p.at(d.line), here.next.verb)
	case d.problem() != "":
		here.t.Errorf("%s: %s", here.p.at(d.line), d.problem())
	case d.verb == verbRun:
		here.scene = newScene(here.t, here.bin, strings.TrimPrefix(d.text, "in "))
	case d.verb == verbNotRun:
		here.next = *d
	case here.scene == nil:
		here.t.Errorf("%s: no scene has begun", here.p.at(d.line))
	case d.verb == verbFirst:
		here.scene.first(here.p, d)
	case d.verb == verbSim && d.text != "":
		here.scene.serve(here.p, d.line, program+" sim "+d.text)
	default:
		here.next = *d
	}
}

func (here *player) run(b *block) {
	t, p, order := here.t, here.p, here.next
	here.next = directive{}
	needsScene := order.verb == verbFile || order.verb == verbSim || b.language == "console" || b.language == "sh"
	switch {
	case order.verb == verbNotRun:
		t.Logf("%s: not run: %s", p.at(b.line), order.text)
	case needsScene && here.scene == nil:
		t.Errorf("%s: no scene has begun: write <!-- run: in FOLDER --> or <!-- not run: REASON --> before it", p.at(b.line))
	case order.verb == verbFile:
		here.scene.write(order.text, b.text())
	case order.verb == verbSim:
		here.scene.serveBlock(p, b)
	case b.language == "console":
		here.scene.console(p, b)
	case b.language == "sh":
		here.scene.script(p, b)
	case b.language == "yaml":
		checkRoster(t, p, b)
	case b.language == "text", b.language == "json":
		if strings.HasPrefix(b.text(), "$ ") {
			t.Errorf("%s: a command in a block of %s: make it one of console", p.at(b.line), b.language)
		}
	default:
		t.Errorf("%s: a block of %q is none that is checked: see the head of docs/docs_test.go", p.at(b.line), b.language)
	}
}

// checkRoster loads a roster in a folder of its own.
func checkRoster(t *testing.T, p *page, b *block) {
	t.Helper()
	text := b.text()
	if !strings.Contains("\n"+text, "\nversion:") {
		text = "version: 1\n" + text
	}
	file := filepath.Join(t.TempDir(), "users.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := rollcall("validate", "-f", file); code != 0 {
		t.Errorf("%s: the roster does not load:\n%s", p.at(b.line), out)
	}
}

// rollcall runs a command in this process, without an environment, and returns its exit code and all that it printed.
func rollcall(args ...string) (code int, out string) {
	var b strings.Builder
	env := atNoon(cli.Env{
		Args: args, Stdin: cli.Input{Reader: strings.NewReader("")}, Stdout: cli.Output{Writer: &b}, Stderr: cli.Output{Writer: &b},
		Getenv: func(string) string { return "" },
	})
	code = cli.Main(env)
	return code, b.String()
}

func writePage(t *testing.T, path string, source []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(path)), source, 0o644); err != nil {
		t.Fatal(err)
	}
}
