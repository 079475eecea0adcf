package ci_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

var pinned = regexp.MustCompile(`(?m)^\s*(?:- )?uses: (\S+)(.*)$`)

func workflows(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("github/workflows/*.yml")
	if err != nil || len(files) != 4 {
		t.Fatalf("workflows %q: %v", files, err)
	}
	return files
}

// A tag moves; a commit does not. The same action has the same version everywhere.
func TestGitHub_actionsArePinned(t *testing.T) {
	commit := regexp.MustCompile(`^([\w-]+/[\w-]+)@([0-9a-f]{40})$`)
	version := regexp.MustCompile(`^ # v\d+\.\d+\.\d+$`)
	seen := map[string]string{}
	for _, file := range workflows(t) {
		for _, m := range pinned.FindAllStringSubmatch(readFile(t, file), -1) {
			if strings.HasPrefix(m[1], "./") {
				continue // of the same commit
			}
			pin := commit.FindStringSubmatch(m[1])
			if pin == nil || !version.MatchString(m[2]) {
				t.Errorf("%s: %s is not pinned by its commit, with the version behind it", file, m[1])
				continue
			}
			if before, known := seen[pin[1]]; known && before != m[1]+m[2] {
				t.Errorf("%s: %s%s, and elsewhere %s", file, m[1], m[2], before)
			}
			seen[pin[1]] = m[1] + m[2]
		}
	}
	if len(seen) != 3 {
		t.Errorf("actions of others: %v, want checkout, upload-artifact and download-artifact", seen)
	}
}

func TestGitHub_jobsHaveTheLeastRights(t *testing.T) {
	// What a job may do; a job that is not here is not known to anybody.
	want := map[string]map[string]string{
		"rollcall-plan.yml/plan":         {"contents": "read", "actions": "read"},
		"rollcall-plan.yml/comment":      {"pull-requests": "write"},
		"rollcall-apply.yml/approved":    {"contents": "read", "actions": "read", "pull-requests": "read"},
		"rollcall-apply.yml/apply":       {"contents": "read"},
		"rollcall-drift.yml/drift":       {"contents": "read"},
		"rollcall-drift.yml/issue":       {"issues": "write"},
		"rollcall-snapshot.yml/snapshot": {"contents": "read"},
	}
	for _, file := range workflows(t) {
		var w workflow
		readYAML(t, &w, file)
		if w.Permissions == nil || len(w.Permissions) != 0 {
			t.Errorf("%s: jobs begin with the rights %v, want none", file, w.Permissions)
		}
		for name, j := range w.Jobs {
			at := filepath.Base(file) + "/" + name
			if j.Permissions == nil || !sameRights(j.Permissions, want[at]) {
				t.Errorf("%s: rights %v, want %v", at, j.Permissions, want[at])
			}
			if j.Timeout == 0 || !strings.HasPrefix(j.RunsOn, "ubuntu-2") {
				t.Errorf("%s: it has no timeout-minutes, or no fixed system", at)
			}
			keyed := strings.Contains(marshal(t, j), "secrets.")
			if keyed && j.Environment == "" {
				t.Errorf("%s: it uses a secret without a protected environment", at)
			}
			if keyed && len(j.Permissions) != 1 {
				t.Errorf("%s: it holds the key and may do more than read the roster", at)
			}
		}
	}
}

func TestGitHub_applyIsSerialisedAndNeverCancelled(t *testing.T) {
	for _, file := range workflows(t) {
		var w workflow
		readYAML(t, &w, file)
		for name, j := range w.Jobs {
			if !strings.Contains(marshal(t, j), "rollcall apply") {
				continue
			}
			c := j.Concurrency
			if c.Group != "rollcall-apply" || c.Cancel || c.Queue != "max" {
				t.Errorf("%s: job %s: concurrency %+v", file, name, c)
			}
			if w.Concurrency.Cancel {
				t.Errorf("%s: the workflow cancels what is under way", file)
			}
		}
	}
}

// On a cancel GitHub signals the shell of a step and nothing below it, and kills all ten seconds later: rollcall has to be in
// the place of the shell, or it leaves half of its plan and no report.
func TestGitHub_applyGetsTheSignal(t *testing.T) {
	var w workflow
	readYAML(t, &w, "github/workflows/rollcall-apply.yml")
	for _, s := range w.Jobs["apply"].Steps {
		if strings.Contains(s.Run, "rollcall apply") && !strings.HasPrefix(s.Run, "exec rollcall apply ") {
			t.Errorf("step %q: a shell is between GitHub and rollcall", s.Name)
		}
	}
}

// Who may write to a repository may change its variables, which nobody reviews: the address that the key is sent to stands
// in the workflow.
func TestGitHub_addressIsReviewed(t *testing.T) {
	for _, file := range workflows(t) {
		if strings.Contains(readFile(t, file), "vars.") {
			t.Errorf("%s: a variable", file)
		}
		var w workflow
		readYAML(t, &w, file)
		for name, j := range w.Jobs {
			address, has := j.Env["TESTRAIL_URL"]
			if keyed := strings.Contains(marshal(t, j), "secrets."); keyed != has || address != "" {
				t.Errorf("%s: job %s: address %q", file, name, address)
			}
		}
	}
}

// A pull request that gets another base gets another plan.
func TestGitHub_otherBaseIsPlannedAgain(t *testing.T) {
	var w workflow
	readYAML(t, &w, "github/workflows/rollcall-plan.yml")
	var on map[string]struct{ Types []string }
	if err := w.On.Decode(&on); err != nil || !slices.Equal(on["pull_request"].Types, []string{"opened", "reopened", "synchronize", "edited"}) {
		t.Errorf("on %v: %v", on, err)
	}
}

func TestGitHub_pullRequestsHoldNoKey(t *testing.T) {
	text := readFile(t, "github/workflows/rollcall-plan.yml")
	for _, word := range []string{"TESTRAIL_", "secrets.", "vars.", "environment:", "pull_request_target"} {
		if strings.Contains(text, word) {
			t.Errorf("the workflow of pull requests has %s", word)
		}
	}
}

func TestGitLab_jobs(t *testing.T) {
	jobs, variables := gitlabJobs(t, readFile(t, "gitlab/.gitlab-ci.yml"))
	if len(variables) != 2 || variables["ROLLCALL_URL"] != "" {
		t.Errorf("variables %v", variables)
	}
	image := regexp.MustCompile(`^alpine:3\.22@sha256:[0-9a-f]{64}$`)
	for name, j := range jobs {
		script := strings.Join(j.Script, "\n")
		if !image.MatchString(j.Image) {
			t.Errorf("%s: image %s is not pinned", name, j.Image)
		}
		// The token of merge requests is a Reporter's, so that it can approve nothing, and reads these two.
		access := "developer"
		if name == "rollcall-plan" || name == "rollcall-snapshot" {
			access = "all"
		}
		if j.Artifacts.Access != access || j.Artifacts.ExpireIn == "" {
			t.Errorf("%s: artefacts with names and addresses are for everybody, or for ever", name)
		}
		onRequests := slices.ContainsFunc(j.Rules, func(r struct{ If, When string }) bool { return strings.Contains(r.If, "merge_request_event") })
		keyed := !j.Environment.IsZero()
		if keyed && (onRequests || j.Resource != "rollcall-testrail" || (j.Interruptible != nil && *j.Interruptible)) {
			t.Errorf("%s: it has the key, and runs for merge requests, beside others, or can be interrupted", name)
		}
		if strings.Contains(script, "rollcall apply") != (j.Stage == "apply") || (j.Stage == "apply" && !keyed) {
			t.Errorf("%s: an apply is in the stage apply and has the environment of the key", name)
		}
	}
	if !strings.Contains(readFile(t, "gitlab/.gitlab-ci.yml"), "on_new_commit: none") {
		t.Error("a push cancels what waits")
	}
}

// The hooks for pre-commit have what it asks for, and do what they say.
func TestPreCommit(t *testing.T) {
	t.Parallel()
	needs(t, "sh", "git")
	var hooks []struct {
		ID, Name, Description, Entry, Language, Files string
		PassFilenames                                 bool `yaml:"pass_filenames"`
	}
	decoder := yaml.NewDecoder(strings.NewReader(readFile(t, "../../.pre-commit-hooks.yaml")))
	decoder.KnownFields(true)
	if err := decoder.Decode(&hooks); err != nil || len(hooks) != 2 {
		t.Fatalf("%d hooks: %v", len(hooks), err)
	}
	r := newRepository(t)
	env := []string{"PATH=" + filepath.Dir(rollcallBinary()) + ":" + os.Getenv("PATH"), "HOME=" + r.folder}
	for _, h := range hooks {
		if h.ID == "" || h.Name == "" || h.Language != "golang" || h.PassFilenames || !regexp.MustCompile(h.Files).MatchString("users.yaml") {
			t.Errorf("hook %+v", h)
		}
		if code, said := shell(t, r.folder, env, "sh", "-c", h.Entry); code != 0 {
			t.Errorf("%s: exit code %d\n%s", h.Entry, code, said)
		}
	}
	r.edit(t, hanakosRole, strings.Replace(hanakosRole, "role", "rule", 1))
	for _, h := range hooks {
		if code, said := shell(t, r.folder, env, "sh", "-c", h.Entry); code == 0 {
			t.Errorf("%s lets a wrong key pass\n%s", h.Entry, said)
		}
	}
}

// No example says where a release is: there is none that everybody could use.
func TestExamples_nameNoRelease(t *testing.T) {
	for _, file := range []string{"github/actions/install-rollcall/action.yml", "gitlab/.gitlab-ci.yml", "jenkins/Jenkinsfile"} {
		for line := range strings.Lines(readFile(t, file)) {
			if strings.Contains(line, "ROLLCALL_URL") && strings.Contains(line, "://") {
				t.Errorf("%s: %s", file, line)
			}
		}
	}
}

func sameRights(got, want map[string]string) bool {
	if len(got) != len(want) {
		return false
	}
	for what, level := range want {
		if got[what] != level {
			return false
		}
	}
	return true
}

func marshal(t *testing.T, j job) string {
	t.Helper()
	text, err := yaml.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
