package ci_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

type workflow struct {
	On          yaml.Node
	Permissions map[string]string
	Concurrency concurrency
	Defaults    struct{ Run struct{ Shell string } }
	Jobs        map[string]job
}

type concurrency struct {
	Group  string
	Cancel bool `yaml:"cancel-in-progress"`
	Queue  string
}

type job struct {
	Needs       string
	If          string
	Environment string
	Permissions map[string]string
	Concurrency concurrency
	Outputs     map[string]string
	Env         map[string]string
	Steps       []step
	Timeout     int    `yaml:"timeout-minutes"`
	RunsOn      string `yaml:"runs-on"`
}

type step struct {
	Name, ID, If, Uses, Run, Shell string
	With, Env                      map[string]string
}

type action struct{ Runs struct{ Steps []step } }

func readYAML(t *testing.T, into any, path ...string) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(readFile(t, path...)), into); err != nil {
		t.Fatalf("%s: %v", filepath.Join(path...), err)
	}
}

// event is why a workflow runs.
type event struct {
	name, ref, sha string
	pullRequest    string // its number
	head           string // its last commit
	fork           bool
}

// runner runs jobs of GitHub Actions: the steps by bash, the few actions that the examples use by itself.
type runner struct {
	hub   *hub
	repo  repository
	live  instance
	empty bool // no secret is set

	// masked is taken for a secret: GitHub hands no output on that holds one, and says so in the log alone.
	masked string
}

// outcome is what a workflow left: of each job that ran whether it succeeded, its log and its environment.
type outcome struct {
	succeeded   map[string]bool
	log         map[string]string
	environment map[string]string
	keyed       map[string]bool // jobs in which a step had something of TestRail in its environment
	summary     string
	commanded   []string // lines of a step that the runner takes for a command of version 1, wherever in a line it begins
}

func (o outcome) ok(t *testing.T, jobs ...string) {
	t.Helper()
	if got := slices.Sorted(maps.Keys(o.succeeded)); !slices.Equal(got, jobs) {
		t.Fatalf("jobs %q ran, want %q", got, jobs)
	}
	for _, name := range jobs {
		if !o.succeeded[name] {
			t.Fatalf("job %s has failed:\n%s", name, o.log[name])
		}
	}
}

// run runs a workflow with the jobs in the order in which they need each other.
func (r runner) run(t *testing.T, file string, e event) outcome {
	t.Helper()
	var w workflow
	readYAML(t, &w, "github/workflows", file)
	r.hub.next++
	o := outcome{succeeded: map[string]bool{}, log: map[string]string{}, environment: map[string]string{}, keyed: map[string]bool{}}
	values := r.values(e, w)
	for len(o.succeeded) < len(w.Jobs) {
		ran := false
		for _, name := range slices.Sorted(maps.Keys(w.Jobs)) {
			j := w.Jobs[name]
			needed, ready := o.succeeded[j.Needs]
			if _, done := o.succeeded[name]; done || (j.Needs != "" && !ready) {
				continue
			}
			if !(expressions{t, values, j.Needs != "" && !needed}).holds(j.If) {
				continue
			}
			ran = true
			r.job(t, name, j, w, e, values, &o)
		}
		if !ran {
			break
		}
	}
	return o
}

func (r runner) values(e event, w workflow) map[string]string {
	values := map[string]string{
		"github.event_name": e.name, "github.ref_name": e.ref, "github.run_attempt": "1",
		"github.event.repository.default_branch":        "main",
		"github.event.pull_request.number":              e.pullRequest,
		"github.event.pull_request.head.sha":            e.head,
		"github.event.pull_request.head.repo.full_name": slug, "github.repository": slug,
		"github.ref": "refs/heads/" + e.ref, "secrets.TESTRAIL_API_KEY": simKey,
	}
	if e.fork {
		values["github.event.pull_request.head.repo.full_name"] = "somebody/roster"
	}
	if r.empty || e.fork {
		values["secrets.TESTRAIL_API_KEY"] = ""
	}
	return values
}

// box is the machine of a job.
type box struct {
	runner
	t         *testing.T
	event     event
	values    map[string]string
	env       map[string]string
	workspace string
	temp      string
	failed    bool
	log       strings.Builder
	keyed     bool
	commanded []string
}

func (r runner) job(t *testing.T, name string, j job, w workflow, e event, values map[string]string, o *outcome) {
	t.Helper()
	token := fmt.Sprintf("token-%d-%s", r.hub.next, name)
	permissions := maps.Clone(j.Permissions)
	for what := range permissions {
		if e.fork {
			permissions[what] = "read"
		}
	}
	r.hub.tokens[token] = permissions
	own := maps.Clone(values) // what steps say is of their job alone
	own["github.token"] = token
	b := &box{runner: r, t: t, event: e, values: own, workspace: t.TempDir(), temp: t.TempDir()}
	for _, file := range []string{"path", "summary"} {
		if err := os.WriteFile(filepath.Join(b.temp, file), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	b.env = map[string]string{
		"PATH": ghFolder(t) + ":" + os.Getenv("PATH"), "HOME": b.temp, "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_API_URL": r.hub.URL,
		"GORACE":       "atexit_sleep_ms=0", // of gh, which is this binary
		"GITHUB_ACTOR": "max", "GITHUB_REPOSITORY": slug, "GITHUB_RUN_ID": fmt.Sprint(r.hub.next), "GITHUB_SERVER_URL": "https://github.com",
		"GITHUB_SHA": e.sha, "GITHUB_REF_NAME": e.ref, "GITHUB_PATH": filepath.Join(b.temp, "path"), "GITHUB_STEP_SUMMARY": filepath.Join(b.temp, "summary"), "RUNNER_TEMP": b.temp,
	}
	for name, value := range j.Env {
		b.env[name] = b.expressions().text(value)
	}
	for name, written := range map[string]string{"TESTRAIL_URL": r.live.url, "TESTRAIL_USER": simUser} { // what a user has to
		if value, named := j.Env[name]; named && value == "" {
			b.env[name] = written
		}
	}
	b.steps(j.Steps, w.Defaults.Run.Shell)
	for output, expression := range j.Outputs {
		if value := b.expressions().text(expression); r.masked == "" || !strings.Contains(value, r.masked) {
			values["needs."+name+".outputs."+output] = value
		}
	}
	if len(j.Outputs) > 0 {
		o.commanded = append(o.commanded, b.commanded...)
	}
	o.succeeded[name], o.log[name], o.keyed[name] = !b.failed, b.log.String(), b.keyed
	o.environment[name] = b.expressions().text(j.Environment)
	o.summary += readFile(t, b.temp, "summary")
}

func (b *box) expressions() expressions { return expressions{b.t, b.values, b.failed} }

func (b *box) steps(steps []step, shell string) {
	b.t.Helper()
	for _, s := range steps {
		if !b.expressions().holds(s.If) {
			continue
		}
		uses, _, _ := strings.Cut(s.Uses, "@")
		switch uses {
		case "":
			b.bash(s, shell)
		case "actions/checkout":
			b.checkout(s)
		case "actions/upload-artifact":
			b.upload(s)
		case "actions/download-artifact":
			b.fetch(s)
		default:
			var a action
			readYAML(b.t, &a, b.workspace, uses, "action.yml")
			b.steps(a.Runs.Steps, "")
		}
	}
}

// bash runs a step as GitHub does where `shell: bash` is said, which every step has to.
func (b *box) bash(s step, defaultShell string) {
	b.t.Helper()
	if s.Shell != "bash" && defaultShell != "bash" {
		b.t.Fatalf("step %q runs without pipefail", s.Name)
	}
	env := maps.Clone(b.env)
	output := filepath.Join(b.temp, "output")
	env["GITHUB_OUTPUT"] = output
	for name, value := range s.Env {
		env[name] = b.expressions().text(value)
	}
	env["PATH"] = strings.ReplaceAll(readFile(b.t, b.temp, "path"), "\n", ":") + env["PATH"]
	var environment []string
	for name, value := range env {
		environment = append(environment, name+"="+value)
		b.keyed = b.keyed || strings.HasPrefix(name, "TESTRAIL_") || strings.Contains(value, simKey)
	}
	if strings.Contains(s.Run, "${{") {
		b.t.Errorf("step %q: an expression in a script is code that somebody else may write", s.Name)
	}
	if err := os.WriteFile(output, nil, 0o666); err != nil {
		b.t.Fatal(err)
	}
	code, said := shell(b.t, b.workspace, environment, "bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s.Run)
	fmt.Fprintf(&b.log, "--- %s\n%s", s.Name, said)
	b.commanded = append(b.commanded, commands(said)...)
	if code != 0 {
		b.failed = true
		fmt.Fprintf(&b.log, "exit code %d\n", code)
	}
	for line := range strings.Lines(readFile(b.t, output)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		b.values["steps."+s.ID+".outputs."+name] = value
	}
}

// commands returns the lines in which text of others is a command to the runner: "##[" counts wherever it stands, unless
// "::stop-commands::WORD" went before and "::WORD::" not yet (ActionCommand.TryParse of actions/runner).
func commands(said string) (found []string) {
	word := ""
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		switch stop, stops := strings.CutPrefix(line, "::stop-commands::"); {
		case word != "" && line == "::"+word+"::":
			word = ""
		case word == "" && stops:
			word = stop
		case word == "" && strings.Contains(line, "##["):
			found = append(found, line)
		}
	}
	return found
}

func (b *box) checkout(s step) {
	b.t.Helper()
	if s.With["persist-credentials"] != "false" {
		b.t.Error("a checkout leaves its token in the repository")
	}
	depth, commit := s.With["fetch-depth"], b.event.sha
	if depth == "" {
		depth = "1"
	}
	if ref := s.With["ref"]; ref != "" {
		commit = b.repo.git(b.t, "rev-parse", b.expressions().text(ref))
	}
	git(b.t, b.workspace, "init", "--quiet")
	git(b.t, b.workspace, "fetch", "--quiet", "--depth="+depth, "file://"+b.repo.folder, commit)
	git(b.t, b.workspace, "checkout", "--quiet", "--force", "FETCH_HEAD")
	git(b.t, b.workspace, "clean", "--quiet", "-ffdx")
}

func (b *box) upload(s step) {
	b.t.Helper()
	a := artefact{
		Name: b.expressions().text(s.With["name"]), CreatedAt: fmt.Sprintf("%08d", len(b.hub.artefacts)), files: map[string]string{},
		Run: artefactRun{ID: b.hub.next, Branch: b.event.ref, Head: b.event.sha, Repository: 1, From: 1},
	}
	if b.event.fork {
		a.Run.From = 2
	}
	if b.event.head != "" {
		a.Run.Head = b.event.head // not the merge that is checked out
	}
	if s.With["retention-days"] == "" {
		b.t.Errorf("artefact %s has names and addresses and is kept for as long as there is room", a.Name)
	}
	for path := range strings.FieldsSeq(s.With["path"]) {
		if text, err := os.ReadFile(filepath.Join(b.workspace, path)); err == nil {
			a.files[path] = string(text)
		}
	}
	if len(a.files) == 0 && s.With["if-no-files-found"] == "error" {
		b.failed = true
		fmt.Fprintf(&b.log, "artefact %s: there are no files\n", a.Name)
	}
	if len(a.files) > 0 {
		b.hub.artefacts = append(b.hub.artefacts, a)
	}
}

// fetch gets an artefact of the same run.
func (b *box) fetch(s step) {
	b.t.Helper()
	name := b.expressions().text(s.With["name"])
	for _, a := range b.hub.artefacts {
		if a.Run.ID != b.hub.next || a.Name != name {
			continue
		}
		for file, text := range a.files {
			if err := os.WriteFile(filepath.Join(b.workspace, file), []byte(text), 0o666); err != nil {
				b.t.Fatal(err)
			}
		}
		return
	}
	b.failed = true
	fmt.Fprintf(&b.log, "artefact %s is not there\n", name)
}

// ghFolder returns a folder with a gh that is this test binary.
func ghFolder(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Symlink(self, filepath.Join(folder, "gh")); err != nil {
		t.Fatal(err)
	}
	return folder
}

// addGitHub copies the example to where GitHub looks for it.
func (r repository) addGitHub(t *testing.T) {
	t.Helper()
	const source = "github"
	err := filepath.WalkDir(source, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text := readFile(t, path)
		if d.Name() == "action.yml" {
			text = fill(t, text, ": ")
		}
		r.write(t, ".github"+strings.TrimPrefix(path, source), text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
