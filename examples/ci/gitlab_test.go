package ci_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

type gitlabJob struct {
	Extends       string
	Stage         string
	BeforeScript  []string `yaml:"before_script"`
	Script        []string
	Interruptible *bool
	Resource      string `yaml:"resource_group"`
	Environment   yaml.Node
	Rules         []struct{ If, When string }
	Variables     map[string]string
	Needs         []string
	Timeout       string
	Image         string
	Artifacts     struct {
		When, Access string
		ExpireIn     string `yaml:"expire_in"`
		Paths        []string
	}
	AllowFailure yaml.Node `yaml:"allow_failure"`
}

// gitlabJobs returns the jobs of the example with what they extend, and its variables, which are strings.
func gitlabJobs(t *testing.T, text string) (jobs map[string]gitlabJob, variables map[string]string) {
	t.Helper()
	var file map[string]yaml.Node
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	jobs = map[string]gitlabJob{}
	for name, node := range file {
		switch name {
		case "variables":
			if err := node.Decode(&variables); err != nil {
				t.Fatal(err)
			}
		case "stages", "workflow":
		default:
			var j gitlabJob
			resolve(t, file, name, &j)
			if !strings.HasPrefix(name, ".") {
				jobs[name] = j
			}
		}
	}
	return jobs, variables
}

// resolve decodes a job over what it extends: a key that both have is the job's own.
func resolve(t *testing.T, file map[string]yaml.Node, name string, into *gitlabJob) {
	t.Helper()
	node, found := file[name]
	var own gitlabJob
	if err := node.Decode(&own); err != nil || !found {
		t.Fatalf("job %s: %v", name, err)
	}
	if own.Extends != "" {
		resolve(t, file, own.Extends, into)
	}
	if err := node.Decode(into); err != nil {
		t.Fatalf("job %s: %v", name, err)
	}
}

// project is a repository on GitLab with the example in it.
type project struct {
	lab       *lab
	repo      repository
	live      instance
	jobs      map[string]gitlabJob
	variables map[string]string
}

func newProject(t *testing.T) *project {
	t.Helper()
	needs(t, "sh", "jq", "curl", "git", "sha256sum")
	p := &project{lab: newLab(t), repo: newRepository(t), live: simulator(t)}
	p.live.converge(t)
	text := fill(t, readFile(t, "gitlab/.gitlab-ci.yml"), ": ")
	p.repo.write(t, ".gitlab-ci.yml", text)
	p.repo.commit(t, "a roster")
	p.jobs, p.variables = gitlabJobs(t, text)
	return p
}

// run runs a job at a commit, in a clone as a runner makes it, and returns its exit code and log.
func (p *project) run(t *testing.T, name, ref, commit string, extra map[string]string) (code int, said string) {
	t.Helper()
	j := p.jobs[name]
	folder, builds := t.TempDir(), t.TempDir()
	git(t, folder, "init", "--quiet")
	git(t, folder, "remote", "add", "origin", "file://"+p.repo.folder)
	git(t, folder, "fetch", "--quiet", "origin", commit)
	git(t, folder, "checkout", "--quiet", "--detach", "FETCH_HEAD")
	if err := os.WriteFile(filepath.Join(builds, "apk"), []byte("#!/bin/sh\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, needed := range j.Needs {
		for _, earlier := range p.lab.jobs {
			if earlier.Name == needed {
				for file, text := range earlier.files {
					if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o666); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	env := map[string]string{
		"PATH": builds + ":" + os.Getenv("PATH"), "HOME": builds, "CI": "true", "CI_BUILDS_DIR": builds, "CI_API_V4_URL": p.lab.URL + "/api/v4",
		"CI_PROJECT_ID": "1", "CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_COMMIT_SHA": commit, "CI_DEFAULT_BRANCH": "main", "CI_JOB_URL": "https://gitlab.example/1", "GITLAB_USER_LOGIN": "lea",
		"ROLLCALL_GITLAB_TOKEN": labToken, "GIT_CONFIG_GLOBAL": "/dev/null",
	}
	maps.Copy(env, p.variables)
	if !j.Environment.IsZero() { // the key is for environments alone
		key := filepath.Join(builds, "key")
		if err := os.WriteFile(key, []byte(simKey+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		maps.Copy(env, map[string]string{"TESTRAIL_URL": p.live.url, "TESTRAIL_USER": simUser, "TESTRAIL_API_KEY_FILE": key})
	}
	maps.Copy(env, extra)
	var environment []string
	for name, value := range env {
		environment = append(environment, name+"="+value)
	}
	script := strings.Join(slices.Concat(j.BeforeScript, j.Script), "\n")
	code, said = shell(t, folder, environment, "sh", "-ec", script)

	p.lab.next++
	left := labJob{ID: p.lab.next, Name: name, Ref: ref, pipeline: p.lab.next, ok: code == 0, access: j.Artifacts.Access, files: map[string]string{}}
	for _, path := range j.Artifacts.Paths {
		if text, err := os.ReadFile(filepath.Join(folder, path)); err == nil && (code == 0 || j.Artifacts.When == "always") {
			left.files[path] = string(text)
		}
	}
	p.lab.jobs = append(p.lab.jobs, left)
	if len(p.lab.leaked) > 0 {
		t.Errorf("%s: the token of the project went to whom GitLab names: %q", name, p.lab.leaked)
	}
	return code, said
}

func (p *project) must(t *testing.T, want int, name string) {
	t.Helper()
	if code, said := p.run(t, name, "main", p.repo.git(t, "rev-parse", "main"), nil); code != want {
		t.Fatalf("%s: exit code %d, want %d:\n%s", name, code, want, said)
	}
}

// propose pushes an edit to the branch of merge request 3 and runs its plan.
func (p *project) propose(t *testing.T, before, after string, extra map[string]string) (code int, said string) {
	t.Helper()
	p.repo.git(t, "checkout", "--quiet", "-B", "change", "HEAD")
	p.repo.edit(t, before, after)
	head := p.repo.commit(t, "a change")
	env := map[string]string{"CI_MERGE_REQUEST_IID": "3", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
	maps.Copy(env, extra)
	code, said = p.run(t, "rollcall-plan", "change", head, env)
	status := map[bool]string{true: "success", false: "failed"}[code == 0]
	p.lab.pipelines = append(p.lab.pipelines, labPipeline{p.lab.jobs[len(p.lab.jobs)-1].pipeline, status})
	return code, said
}

func (p *project) merge(t *testing.T) {
	t.Helper()
	p.repo.git(t, "checkout", "--quiet", "main")
	p.repo.git(t, "merge", "--quiet", "--no-ff", "--message", "merge", "change")
	p.lab.merged[p.repo.git(t, "rev-parse", "main")] = 3
}

func TestGitLab_mergeRequest(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.must(t, 0, "rollcall-snapshot")
	quote := p.lab.add(&p.lab.notes, 5, "<!-- rollcall:plan is how it begins")
	before := p.live.requests(t)

	p.repo.git(t, "checkout", "--quiet", "-B", "change")
	p.repo.write(t, "plan.md", "<!-- rollcall:plan -->\nNo changes") // is no plan, also where none could be made
	if code, said := p.propose(t, hanakosRole, hanakosNew, nil); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	if len(p.lab.notes) != 2 || !strings.Contains(p.lab.notes[1].Body, "Designer` → `Lead") {
		t.Fatalf("notes %+v", p.lab.notes)
	}
	if code, _ := p.propose(t, "role: Lead\n  - email: lea.rossi", "role: Nobody\n  - email: lea.rossi", nil); code == 0 {
		t.Error("a role that is not there has a plan")
	}
	if len(p.lab.notes) != 2 || p.lab.notes[1].edits != 1 || !strings.Contains(p.lab.notes[1].Body, "No plan") || quote.edits != 0 {
		t.Fatalf("notes %+v", p.lab.notes)
	}
	if after := p.live.requests(t); after != before {
		t.Errorf("a merge request sent %d requests to the tool", after-before)
	}

	p.repo.git(t, "checkout", "--quiet", "main")
	if code, said := p.propose(t, hanakosRole, hanakosNew, map[string]string{"ROLLCALL_GITLAB_TOKEN": ""}); code != 1 {
		t.Errorf("the project itself without its token: exit code %d:\n%s", code, said)
	}
	p.repo.git(t, "checkout", "--quiet", "main")
	code, said := p.propose(t, hanakosRole, hanakosNew, map[string]string{"ROLLCALL_GITLAB_TOKEN": "", "CI_PROJECT_ID": "2"})
	if code != 0 || len(p.lab.notes) != 2 {
		t.Errorf("a fork: exit code %d, notes %+v:\n%s", code, p.lab.notes, said)
	}
}

func TestGitLab_mergeAppliesThePlanOfTheRequest(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.must(t, 0, "rollcall-snapshot")
	if code, said := p.propose(t, hanakosRole, hanakosNew, nil); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	p.live.rename(t, dana, "Somebody Else")
	p.merge(t)
	p.must(t, 0, "rollcall-approved")
	p.must(t, 0, "rollcall-apply")
	if got := p.live.account(t, dana).Name; got != "Somebody Else" {
		t.Errorf("what nobody approved was done: the name is %q", got)
	}
	var report struct {
		Run     struct{ Labels map[string]string }
		Actions []struct{ Subject, Status string }
	}
	if err := json.Unmarshal([]byte(p.lab.jobs[len(p.lab.jobs)-1].files["report.json"]), &report); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(report.Actions) != fmt.Sprintf("[{%s done} {%s not_run}]", hanako, dana) {
		t.Errorf("actions %v", report.Actions)
	}
	if got := report.Run.Labels; got["merge_request"] != "3" || got["approved_by"] != "ines,max" || got["roster"] != p.repo.git(t, "rev-parse", "main") {
		t.Errorf("labels %v", got)
	}
}

// A request that was merged although its last plan was refused or failed has no plan: an older one is not what was reviewed.
func TestGitLab_olderPlanIsNotTaken(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.must(t, 0, "rollcall-snapshot")
	p.propose(t, hanakosRole, hanakosNew, nil)
	p.propose(t, "limit: 10", "limit: 7", nil)
	p.propose(t, "role: Lead\n  - email: lea.rossi", "role: Nobody\n  - email: lea.rossi", nil)
	p.merge(t)
	if code, _ := p.run(t, "rollcall-approved", "main", p.repo.git(t, "rev-parse", "main"), nil); code == 0 {
		t.Error("a plan was found")
	}
}

func TestGitLab_pushWithoutAPlanAsks(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.must(t, 0, "rollcall-snapshot")
	p.must(t, 0, "rollcall-approved")
	p.must(t, 0, "rollcall-apply") // there is nothing to apply

	p.repo.edit(t, hanakosRole, hanakosNew)
	p.repo.commit(t, "pushed past the review")
	before := p.live.account(t, hanako).Role
	p.must(t, 0, "rollcall-approved")
	p.must(t, 77, "rollcall-apply")
	if got := p.live.account(t, hanako).Role; got != before {
		t.Fatalf("applied before anybody was asked: the role is %q", got)
	}
	p.must(t, 0, "rollcall-apply-anew")
	if got := p.live.account(t, hanako).Role; got != "Lead" {
		t.Errorf("not applied: the role is %q", got)
	}
}

// Whoever answers late approves what the branch wants then, not what it wanted once.
func TestGitLab_lateAnswerTakesNothingBack(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.must(t, 0, "rollcall-snapshot")
	p.repo.edit(t, hanakosRole, hanakosNew)
	old := p.repo.commit(t, "pushed past the review")
	p.must(t, 0, "rollcall-approved")
	p.repo.edit(t, hanakosNew, hanakosRole)
	p.repo.commit(t, "no longer")
	if code, said := p.run(t, "rollcall-apply-anew", "main", old, nil); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	if got := p.live.account(t, hanako).Role; got != "Designer" {
		t.Errorf("what the branch no longer wants was done: the role is %q", got)
	}
}

// A tag may be called like the branch, and git prefers it. Who may push tags may not choose the roster.
func TestGitLab_tagIsNotTheBranch(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.must(t, 0, "rollcall-snapshot")
	p.repo.git(t, "checkout", "--quiet", "-b", "aside")
	p.repo.edit(t, hanakosRole, hanakosNew)
	p.repo.commit(t, "of nobody's approval")
	p.repo.git(t, "tag", "main")
	p.repo.git(t, "checkout", "--quiet", "main", "--")
	code, said := p.run(t, "rollcall-approved", "main", p.repo.git(t, "rev-parse", "refs/heads/main"), nil)
	if code != 0 {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	forged := &p.lab.jobs[len(p.lab.jobs)-1]
	forged.files["plan.json"] = p.plan(t, "aside")
	forged.files["approval"], forged.files["merge_request"], forged.files["approved_by"] = "merge request 3", "3", ""
	if code, said = p.run(t, "rollcall-apply", "main", p.repo.git(t, "rev-parse", "refs/heads/main"), nil); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	if got := p.live.account(t, hanako).Role; got != "Designer" {
		t.Errorf("the roster of a tag was applied: the role is %q", got)
	}
}

// plan returns the plan of a branch, as somebody who may ask the tool makes it.
func (p *project) plan(t *testing.T, branch string) string {
	t.Helper()
	folder := t.TempDir()
	git(t, folder, "clone", "--quiet", "--branch", branch, "file://"+p.repo.folder, ".")
	if code, said := shell(t, folder, p.live.environment(), rollcallBinary(), "plan", "--out", "plan.json"); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, said)
	}
	return readFile(t, folder, "plan.json")
}

func TestGitLab_driftIsOneIssue(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	if p.must(t, 0, "rollcall-drift"); len(p.lab.issues) != 0 {
		t.Fatal("an issue was opened without drift")
	}
	bait := p.lab.add(&p.lab.issues, 5, "") // of somebody who wants to read it, and open to everybody
	bait.Description = "<!-- rollcall:drift is how it begins"
	defer func() {
		if bait.edits != 0 {
			t.Error("drift was written into the issue of somebody else")
		}
	}()
	p.live.rename(t, dana, "Somebody Else")
	if p.must(t, 2, "rollcall-drift"); len(p.lab.issues) != 2 {
		t.Fatalf("issues %+v", p.lab.issues)
	}
	p.live.rename(t, dana, "Yet Another")
	ours := p.lab.issues[1]
	if p.must(t, 2, "rollcall-drift"); len(p.lab.issues) != 2 || ours.edits != 1 || !strings.Contains(ours.Description, "Yet Another") {
		t.Fatalf("issues %+v", p.lab.issues)
	}
	p.live.rename(t, dana, "Dana Kim-Reyes")
	if p.must(t, 0, "rollcall-drift"); !ours.closed {
		t.Error("the issue is still open")
	}
	p.live.url = "http://127.0.0.1:1"
	if code, _ := p.run(t, "rollcall-drift", "main", p.repo.git(t, "rev-parse", "main"), nil); code == 0 || code == 2 || len(p.lab.issues) != 2 {
		t.Errorf("no answer: exit code %d, issues %+v", code, p.lab.issues)
	}
}
