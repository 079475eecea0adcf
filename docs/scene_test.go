package docs_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/sim/qtestsim"
	"rollcall/internal/sim/testrailsim"
)

// scene is the folder that blocks run in, with what a shell would remember between them.
type scene struct {
	t       *testing.T
	folder  string
	state   string   // file with the variables and the working folder that the last block left behind
	env     []string // of the first block
	address string   // of the simulator; "" without one
}

// Where a simulator listens unless it is told: what pages show. Here each takes a free port.
const shownAddress = "127.0.0.1:8089"

// newScene begins a scene in a copy of a folder of the module, or in "an empty folder".
func newScene(t *testing.T, bin, from string) *scene {
	t.Helper()
	base := t.TempDir()
	s := &scene{t: t, folder: filepath.Join(base, "work"), state: filepath.Join(base, "state")}
	home := filepath.Join(base, "home")
	for _, folder := range []string{s.folder, home} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	s.env = []string{
		"DOCS=" + here,
		"GORACE=atexit_sleep_ms=0", // or each command of a binary with the race detector takes a second to end
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + home, "PWD=" + s.folder, "TZ=UTC", "LC_ALL=C.UTF-8",
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull, "GIT_PAGER=cat",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=init.defaultBranch", "GIT_CONFIG_VALUE_0=main",
		"GIT_AUTHOR_NAME=Ines Root", "GIT_AUTHOR_EMAIL=ines.root@acme.example", "GIT_AUTHOR_DATE=2026-11-22T11:00:00Z",
		"GIT_COMMITTER_NAME=Ines Root", "GIT_COMMITTER_EMAIL=ines.root@acme.example", "GIT_COMMITTER_DATE=2026-11-22T11:00:00Z",
	}
	if from != "an empty folder" {
		if err := os.CopyFS(s.folder, os.DirFS(filepath.Join(root, filepath.FromSlash(from)))); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// shell runs commands where the ones before ended, and returns all that they printed.
func (s *scene) shell(commands string) (string, error) {
	const remembered = `trap 'code=$?; export PWD; { export -p; echo '\''cd "$PWD"'\''; } >"$SCENE_STATE"; exit $code' EXIT
if [ -e "$SCENE_STATE" ]; then . "$SCENE_STATE"; fi
`
	command := exec.CommandContext(s.t.Context(), "sh", "-c", remembered+commands)
	command.Dir = s.folder
	command.Env = append(s.env, "SCENE_STATE="+s.state)
	out, err := command.CombinedOutput()
	return s.normal(string(out)), err
}

// runID is the name of a run, which ends in random bytes.
var runID = regexp.MustCompile(`\b([0-9]{8}T[0-9]{6}Z)-[0-9a-f]{8}\b`)

// normal returns output as it is on every machine and in every run, without the key.
func (s *scene) normal(out string) string {
	if s.address != "" {
		out = strings.ReplaceAll(out, s.address, shownAddress)
	}
	out = strings.ReplaceAll(out, s.folder, "/home/ines/roster")
	out = runID.ReplaceAllString(out, "$1-5ca1ab1e")
	return strings.NewReplacer(testrailsim.DefaultKey, elided, qtestsim.DefaultToken, elided).Replace(out)
}

func (s *scene) write(name, text string) {
	path := filepath.Join(s.folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// script runs a block without looking at what it prints.
func (s *scene) script(p *page, b *block) {
	if out, err := s.shell("set -eu\n" + b.text()); err != nil {
		s.t.Fatalf("%s: %v\n%s", p.at(b.line), err, out)
	}
}

// console runs the commands of a block, one by one, and holds what they print against the page.
func (s *scene) console(p *page, b *block) {
	var is []string
	for _, step := range b.steps() {
		if step.command == "" {
			s.t.Errorf("%s: output without a command: begin the line of a command with `$ `", p.at(step.line))
			return
		}
		out, err := s.shell(step.command)
		if err != nil {
			s.t.Fatalf("%s: $ %s: %v\n%s", p.at(step.line), step.command, err, out)
		}
		is = append(append(is, step.shown...), s.compare(p, step, out)...)
	}
	b.replaced = is
}

// compare returns the lines that the page is to show: those that it shows, if they are true.
func (s *scene) compare(p *page, step step, out string) []string {
	if out != "" && !strings.HasSuffix(out, "\n") {
		out += "\n"
	}
	if matches(step.output, out) {
		return step.output
	}
	if !*update {
		s.t.Errorf("%s: $ %s\nthe page shows:\n%s\nit prints:\n%s", p.at(step.line), step.command, strings.Join(step.output, "\n"), out)
	}
	if out == "" {
		return nil
	}
	return keepElisions(step.output, strings.Split(strings.TrimSuffix(out, "\n"), "\n"))
}

// keepElisions returns printed lines with text left out where a line of the page leaves it out, and lines left out if
// the page does so once: as many stay before and behind.
func keepElisions(shown, printed []string) []string {
	if i := slices.Index(shown, elided); i >= 0 && !slices.Contains(shown[i+1:], elided) && len(shown) <= len(printed) {
		printed = slices.Concat(printed[:i], shown[i:i+1], printed[len(printed)-len(shown)+i+1:])
	}
	for i, line := range printed {
		for _, form := range shown {
			if form != elided && strings.Contains(form, elided) && matches([]string{form}, line+"\n") {
				printed[i] = form
				break
			}
		}
	}
	return printed
}

// first runs a command that is no part of the page.
func (s *scene) first(p *page, d *directive) {
	if out, err := s.shell("set -eu\n" + d.text); err != nil {
		s.t.Fatalf("%s: %s: %v\n%s", p.at(d.line), d.text, err, out)
	}
}

// serveBlock starts the simulator of a block.
func (s *scene) serveBlock(p *page, b *block) {
	steps := b.steps()
	line := strings.TrimPrefix(b.lines[0], "$ ")
	if len(steps) != 1 || !strings.HasPrefix(line, program+" sim") {
		s.t.Errorf("%s: <!-- sim --> is for one command, `rollcall sim`", p.at(b.line))
		return
	}
	out := s.serve(p, b.line, line)
	if b.language == "console" {
		b.replaced = append(append([]string{}, steps[0].shown...), s.compare(p, steps[0], out)...)
	}
}

var addressForm = regexp.MustCompile(`http://(127\.0\.0\.1:[0-9]+)`)

// serve starts a simulator on a free port, sets what it says for the blocks that follow, and returns what it printed.
func (s *scene) serve(p *page, line int, shown string) string {
	command := exec.CommandContext(s.t.Context(), "sh", "-c", "exec "+shown+" --listen 127.0.0.1:0")
	command.Dir, command.Env, command.Stderr = s.folder, s.env, os.Stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = command.Wait() }) // the context of a test ends before its cleanup
	var out, exports strings.Builder
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		out.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "  export ") {
			exports.WriteString(lines.Text() + "\n")
		}
		if strings.HasPrefix(lines.Text(), "Ctrl-C") {
			break
		}
	}
	address := addressForm.FindStringSubmatch(out.String())
	if address == nil {
		s.t.Fatalf("%s: %s: says no address:\n%s", p.at(line), shown, s.normal(out.String()))
	}
	s.address = address[1]
	if _, err := s.shell(exports.String()); err != nil {
		s.t.Fatal(err)
	}
	return s.normal(out.String())
}
