package ci_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// jenkinsStep is a shell step of the Jenkinsfile: all of them are written in this way, so that they can be run here.
var jenkinsStep = regexp.MustCompile(`(?s)sh\(?\s*label: '([^']+)',(?: returnStatus: true,)? script: '''(.*?)'''`)

// jenkins is a folder in which the steps of the Jenkinsfile run.
type jenkins struct {
	repo  repository
	live  instance
	steps map[string]string
	env   []string
}

func newJenkins(t *testing.T) jenkins {
	t.Helper()
	needs(t, "sh", "curl", "git", "sha256sum")
	text := readFile(t, "jenkins/Jenkinsfile")
	j := jenkins{newRepository(t), simulator(t), map[string]string{}, nil}
	for _, m := range jenkinsStep.FindAllStringSubmatch(text, -1) {
		if strings.ContainsAny(m[2], `\`) {
			t.Errorf("step %s: Groovy reads a backslash itself", m[1])
		}
		j.steps[m[1]] = m[2]
	}
	if all := strings.Count(text, "sh label") + strings.Count(text, "sh(label"); len(j.steps) != all || strings.Count(text, "'''") != 2*all {
		t.Fatalf("%d shell steps were found of %d", len(j.steps), all)
	}
	j.live.converge(t)
	j.repo.commit(t, "a roster")
	j.repo.git(t, "remote", "add", "origin", "file://"+j.repo.folder)
	url, sum := download(t)
	temp := t.TempDir()
	j.env = []string{"PATH=" + temp + "/rollcall-bin:" + os.Getenv("PATH"), "WORKSPACE_TMP=" + temp, "ROLLCALL_URL=" + url, "ROLLCALL_SHA256=" + sum,
		"HOME=" + temp, "BUILD_URL=https://jenkins.example/1", "APPROVED_BY=max", "CHANGE_TARGET=main"}
	j.run(t, 0, "install")
	return j
}

// run runs a step as the sh of Jenkins does.
func (j jenkins) run(t *testing.T, want int, step string, extra ...string) {
	t.Helper()
	if code, said := shell(t, j.repo.folder, append(extra, j.env...), "sh", "-xec", j.steps[step]); code != want {
		t.Fatalf("%s: exit code %d, want %d:\n%s", step, code, want, said)
	}
}

func TestJenkins(t *testing.T) {
	t.Parallel()
	j := newJenkins(t)
	key := j.live.environment()
	j.run(t, 0, "snapshot", key...)
	j.run(t, 0, "drift", key...)
	j.run(t, 0, "plan", key...)

	j.repo.git(t, "checkout", "--quiet", "-b", "change")
	j.repo.edit(t, hanakosRole, hanakosNew)
	j.repo.git(t, "commit", "--quiet", "--message", "a change", "users.yaml")
	j.repo.git(t, "tag", "main", "change") // is not the branch, though git prefers it
	outside := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(outside, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(j.repo.folder, "plan.html")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(j.repo.folder, "plan.html")); err != nil { // as a commit may have it
		t.Fatal(err)
	}
	before := j.live.requests(t)
	live := readFile(t, j.repo.folder, "live.json")
	j.run(t, 0, "take away")
	j.repo.write(t, "live.json", live) // what copyArtifacts brings
	j.run(t, 0, "plan a pull request")
	if readFile(t, outside) != "" {
		t.Error("a link of the pull request was written through")
	}
	if page := readFile(t, j.repo.folder, "plan.html"); !strings.Contains(page, hanako) || !strings.Contains(page, "by this change") {
		t.Error("the plan of the pull request does not name who is changed by it")
	}
	if after := j.live.requests(t); after != before {
		t.Errorf("a pull request sent %d requests to the tool", after-before)
	}

	j.run(t, 2, "plan", key...)
	j.live.rename(t, dana, "Somebody Else") // while the question is open
	j.run(t, 0, "apply", key...)
	if got := j.live.account(t, hanako).Role; got != "Lead" {
		t.Errorf("not applied: the role is %q", got)
	}
	if got := j.live.account(t, dana).Name; got != "Somebody Else" {
		t.Errorf("what nobody approved was done: the name is %q", got)
	}
	j.run(t, 2, "drift", key...)
}

// Credentials are bound in one place, which takes the lock of the target, and the stages of pull requests are not in it.
func TestJenkins_credentialsAreBoundUnderTheLock(t *testing.T) {
	text := readFile(t, "jenkins/Jenkinsfile")
	function, rest, found := strings.Cut(text, "\npipeline {")
	if !found || !strings.Contains(function, "lock('rollcall-testrail') {\n        withCredentials(") || strings.Contains(rest, "withCredentials") {
		t.Error("a credential is bound without the lock of the target")
	}
	for stage := range strings.SplitSeq(rest, "stage('") {
		name, body, _ := strings.Cut(stage, "'")
		onMain := strings.Contains(body, "branch 'main'") || strings.Contains(body, "environment name: 'PLANNED'")
		if strings.Contains(body, "withTestRail") && !onMain {
			t.Errorf("stage %s has the key and is not for the main branch alone", name)
		}
	}
	if !strings.Contains(rest, "submitter: '") {
		t.Error("everybody who may build may approve")
	}
	if !strings.Contains(rest, "disableConcurrentBuilds()") || strings.Contains(rest, "abortPrevious") {
		t.Error("builds run side by side, or one ends another")
	}
}
