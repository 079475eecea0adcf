package ci_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

// team is a repository on GitHub with the example in it, whose instance is as its roster says.
type team struct {
	runner
	base string // main
}

func newTeam(t *testing.T) team {
	t.Helper()
	needs(t, "bash", "jq", "curl", "git", "sha256sum")
	k := team{runner: runner{hub: newHub(t), repo: newRepository(t), live: simulator(t)}}
	k.live.converge(t)
	k.repo.addGitHub(t)
	k.base = k.repo.commit(t, "a roster")
	return k
}

func (k team) snapshot(t *testing.T) {
	t.Helper()
	k.run(t, "rollcall-snapshot.yml", event{name: "schedule", ref: "main", sha: k.repo.git(t, "rev-parse", "main")}).ok(t, "snapshot")
}

// propose pushes an edit to the branch of pull request 7 and runs its plan, on the merge that GitHub makes.
func (k team) propose(t *testing.T, before, after string, fork bool) (outcome, string) {
	t.Helper()
	k.repo.git(t, "checkout", "--quiet", "-B", "change", "HEAD")
	k.repo.edit(t, before, after)
	head := k.repo.commit(t, "a change")
	k.repo.git(t, "checkout", "--quiet", "--detach", "main")
	k.repo.git(t, "merge", "--quiet", "--no-ff", "--message", "merge", head)
	merge := k.repo.git(t, "rev-parse", "HEAD")
	k.repo.git(t, "checkout", "--quiet", "change")
	return k.run(t, "rollcall-plan.yml", event{name: "pull_request", ref: "change", sha: merge, pullRequest: "7", head: head, fork: fork}), head
}

// merge merges pull request 7 and returns what GitHub runs then.
func (k team) merge(t *testing.T, head string) event {
	t.Helper()
	k.repo.git(t, "checkout", "--quiet", "main")
	k.repo.git(t, "merge", "--quiet", "--no-ff", "--message", "merge", head)
	sha := k.repo.git(t, "rev-parse", "HEAD")
	p := pull{Number: 7, MergedAt: "2026-11-22T12:00:00Z", MergedAs: sha}
	p.Head.SHA, p.Base.Ref = head, "main"
	k.hub.pulls[sha] = []pull{p}
	return event{name: "push", ref: "main", sha: sha}
}

func (k team) drift(t *testing.T) outcome {
	t.Helper()
	o := k.run(t, "rollcall-drift.yml", event{name: "schedule", ref: "main", sha: k.repo.git(t, "rev-parse", "main")})
	o.ok(t, "drift", "issue")
	return o
}

// report is what the example keeps of an apply.
func (k team) report(t *testing.T) (r struct {
	Run     struct{ Labels map[string]string }
	Actions []struct{ Subject, Status string }
}) {
	t.Helper()
	for _, a := range k.hub.artefacts {
		if strings.HasPrefix(a.Name, "rollcall-report") {
			if err := json.Unmarshal([]byte(a.files["report.json"]), &r); err != nil {
				t.Fatal(err)
			}
			return r
		}
	}
	t.Fatal("there is no report")
	return r
}

const (
	hanako        = "hanako.sato@acme.example"
	dana          = "dana.kim-reyes@acme.example"
	hanakosRole   = "- email: hanako.sato@acme.example\n    role: Designer"
	hanakosNew    = "- email: hanako.sato@acme.example\n    role: Lead"
	hanakosNewest = "- email: hanako.sato@acme.example\n    role: Read-only"
)

func TestGitHub_pullRequest(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	k.snapshot(t)
	quote := k.hub.add(&k.hub.comments, "ines", post{Body: "<!-- rollcall:plan is how it begins"})
	for range 100 {
		k.hub.add(&k.hub.comments, "ines", post{Body: "looks good"})
	}
	before := k.live.requests(t)

	o, _ := k.propose(t, hanakosRole, hanakosNew, false)
	o.ok(t, "comment", "plan")
	if want := "::notice file=users.yaml,line="; !strings.Contains(o.log["plan"], want) {
		t.Errorf("the log has no %q:\n%s", want, o.log["plan"])
	}
	written := by(bot, k.hub.comments)
	if len(written) != 1 || !strings.Contains(written[0].Body, "Designer` → `Lead") || !strings.Contains(o.summary, written[0].Body) {
		t.Fatalf("comments %+v, summary\n%s", written, o.summary)
	}
	first := written[0].Body
	for range 100 { // a page further there is a second one, of two runs at once
		k.hub.add(&k.hub.comments, bot, post{Body: first})
	}

	o, _ = k.propose(t, "role: Lead\n  - email: lea.rossi", "role: Nobody\n  - email: lea.rossi", false)
	if o.succeeded["plan"] || !o.succeeded["comment"] {
		t.Fatalf("a role that is not there: %+v", o.log)
	}
	written = by(bot, k.hub.comments)
	if written[0].edits != 1 || !strings.Contains(written[0].Body, "No plan") || written[1].edits != 0 {
		t.Fatalf("comments %+v", written[:2])
	}

	o, _ = k.propose(t, "role: Nobody", "role: Lead", false)
	o.ok(t, "comment", "plan")
	if written = by(bot, k.hub.comments); written[0].edits != 2 || written[0].Body != first {
		t.Fatalf("comments %+v", written[:2])
	}
	if quote.edits != 0 {
		t.Error("the comment of somebody else was written over")
	}
	if after := k.live.requests(t); after != before {
		t.Errorf("a pull request sent %d requests to the tool", after-before)
	}
	if o.keyed["plan"] || o.keyed["comment"] {
		t.Error("a job of a pull request has a credential")
	}
}

func TestGitHub_forkIsPlannedWithoutARight(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	k.snapshot(t)
	o, _ := k.propose(t, hanakosRole, hanakosNew, true)
	o.ok(t, "plan")
	if !strings.Contains(o.summary, "Designer` → `Lead") || len(k.hub.comments) != 0 || len(k.hub.refused) != 0 {
		t.Errorf("%d comments, refused %q, summary\n%s", len(k.hub.comments), k.hub.refused, o.summary)
	}
}

// A fork may have a branch called main, and may upload what it likes from there.
func TestGitHub_snapshotOfAForkIsNotBelieved(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	k.hub.artefacts = append(k.hub.artefacts, artefact{
		Name: "rollcall-snapshot", Run: artefactRun{ID: 1, Branch: "main", Repository: 1, From: 2}, files: map[string]string{"live.json": "{}"},
	})
	o, _ := k.propose(t, hanakosRole, hanakosNew, false)
	if o.succeeded["plan"] || !strings.Contains(o.log["plan"], "there is no snapshot") {
		t.Errorf("the plan was made:\n%s", o.log["plan"])
	}
}

// What a pull request itself calls plan.md or plan.json is no plan, also where none could be made.
func TestGitHub_committedPlanIsNotTaken(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	k.snapshot(t)
	k.repo.git(t, "checkout", "--quiet", "-B", "change")
	k.repo.write(t, "plan.md", "<!-- rollcall:plan -->\nNo changes")
	k.repo.write(t, "plan.json", "{}")
	o, _ := k.propose(t, hanakosRole, strings.Replace(hanakosNew, "Lead", "Nobody", 1), false)
	written := by(bot, k.hub.comments)
	if o.succeeded["plan"] || len(written) != 1 || strings.Contains(written[0].Body, "No changes") {
		t.Errorf("comments %+v", written)
	}
	for _, a := range k.hub.artefacts {
		if a.files["plan.json"] != "" {
			t.Errorf("artefact %s has a plan that rollcall did not make", a.Name)
		}
	}
}

// The artefact is made by a job that runs what the pull request says: nothing of it but the plan is taken, and that for no
// more than the merged roster says.
func TestGitHub_forgedArtefact(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	k.snapshot(t)
	_, head := k.propose(t, hanakosRole, hanakosNew, false)
	for _, a := range k.hub.artefacts {
		if a.Name == "rollcall-plan-"+head {
			a.files["approved"] = "the-board\nenvironment=production"
			a.files["merged"] = "8 " + head
		}
	}
	o := k.run(t, "rollcall-apply.yml", k.merge(t, head))
	o.ok(t, "apply", "approved")
	if got := k.report(t).Run.Labels["approved_by"]; got != "ines,max" || o.environment["apply"] != "testrail" {
		t.Errorf("approved by %q in the environment %q", got, o.environment["apply"])
	}
}

// A pull request into another branch may be merged by other rules: its plan is not one that was approved for this branch.
func TestGitHub_planForAnotherBranchIsNotTaken(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	k.snapshot(t)
	_, head := k.propose(t, hanakosRole, hanakosNew, false)
	push := k.merge(t, head)
	k.hub.pulls[push.sha][0].Base.Ref = "unprotected"
	if o := k.run(t, "rollcall-apply.yml", push); o.environment["apply"] != "testrail-approval" {
		t.Errorf("environment %q", o.environment["apply"])
	}
}

// Two merges whose first apply had to wait: what the later one takes back is not done, and where it wants something else of
// the same person, the first run stops and the second one does what was approved last.
func TestGitHub_laterMergeWins(t *testing.T) {
	for _, tt := range []struct {
		name  string
		later string // the second pull request makes the first one's line this
		first bool   // the first run succeeds
		role  string
	}{
		{"the second takes the first one back", hanakosRole, true, "Designer"},
		{"the second wants another role", hanakosNewest, false, "Read-only"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			k := newTeam(t)
			k.snapshot(t)
			_, head := k.propose(t, hanakosRole, hanakosNew, false)
			first := k.merge(t, head)
			_, head = k.propose(t, hanakosNew, tt.later, false)
			second := k.merge(t, head)
			before := k.live.account(t, hanako).Role
			if o := k.run(t, "rollcall-apply.yml", first); o.succeeded["apply"] != tt.first {
				t.Errorf("the first run: %v\n%s", o.succeeded, o.log["apply"])
			}
			if got := k.live.account(t, hanako).Role; got != before {
				t.Errorf("what the branch no longer wants was done: the role is %q", got)
			}
			k.run(t, "rollcall-apply.yml", second)
			if got := k.live.account(t, hanako).Role; got != tt.role {
				t.Errorf("the role is %q, want %q", got, tt.role)
			}
		})
	}
}

func TestGitHub_mergeAppliesThePlanOfThePullRequest(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	k.snapshot(t)
	_, head := k.propose(t, hanakosRole, hanakosNew, false)
	k.live.rename(t, dana, "Somebody Else")             // a plan that is made now would take this back
	k.hub.artefacts = append(k.hub.artefacts, artefact{ // of another pull request, which may call its artefacts what it likes
		Name: "rollcall-plan-" + head, CreatedAt: "9", Run: artefactRun{ID: 1, Head: "another"}, files: map[string]string{"plan.json": "{}"},
	})

	o := k.run(t, "rollcall-apply.yml", k.merge(t, head))
	o.ok(t, "apply", "approved")
	if o.environment["apply"] != "testrail" || o.keyed["approved"] {
		t.Errorf("environment %q, keyed %v", o.environment["apply"], o.keyed)
	}
	if got := k.live.account(t, dana).Name; got != "Somebody Else" {
		t.Errorf("what nobody approved was done: the name is %q", got)
	}
	report := k.report(t)
	done := map[string]string{}
	for _, a := range report.Actions {
		done[a.Subject] = a.Status
	}
	if want := map[string]string{hanako: "done", dana: "not_run"}; !maps.Equal(done, want) {
		t.Errorf("actions %v, want %v", done, want)
	}
	labels := report.Run.Labels
	if labels["pull_request"] != "7" || labels["approved_by"] != "ines,max" || labels["roster"] != k.repo.git(t, "rev-parse", "main") {
		t.Errorf("labels %v", labels)
	}
	if last := k.hub.artefacts[len(k.hub.artefacts)-1]; last.Name != "rollcall-snapshot" {
		t.Errorf("the last artefact is %s, and the next pull request is planned against what was there before", last.Name)
	}
}

func TestGitHub_pushWithoutAPlanAsks(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	k.snapshot(t)
	push := func() outcome {
		return k.run(t, "rollcall-apply.yml", event{name: "push", ref: "main", sha: k.repo.git(t, "rev-parse", "main")})
	}
	push().ok(t, "approved") // there is nothing to apply

	k.repo.edit(t, hanakosRole, hanakosNewest)
	k.repo.commit(t, "pushed past the review")
	o := push()
	o.ok(t, "apply", "approved")
	if got := o.environment["apply"]; got != "testrail-approval" || !strings.Contains(o.summary, "Read-only") {
		t.Errorf("environment %q, summary\n%s", got, o.summary)
	}

	k.empty = true // nobody set the environment up, and GitHub makes an empty one
	k.repo.edit(t, hanakosNewest, hanakosNew)
	k.repo.commit(t, "once more")
	if o = push(); o.succeeded["apply"] {
		t.Error("an environment without a key has written")
	}
}

// GitHub drops an output that looks like a secret, and a name of TestRail may make it one. Nothing may be green then.
func TestGitHub_lostOutputIsRed(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	k.live.rename(t, dana, "##[add-mask]yes")
	o := k.drift(t)
	if len(o.commanded) > 0 {
		t.Errorf("a name of TestRail is a command to the runner: %q", o.commanded)
	}
	k.masked = "yes"
	o = k.run(t, "rollcall-drift.yml", event{name: "schedule", ref: "main", sha: k.base})
	if o.succeeded["issue"] || by(bot, k.hub.issues)[0].State != "open" {
		t.Error("the issue was closed, though there is drift")
	}

	k.snapshot(t)
	k.repo.edit(t, hanakosRole, hanakosNew)
	push := event{name: "push", ref: "main", sha: k.repo.commit(t, "pushed past the review")}
	k.masked, k.empty = "testrail-approval", true // without an environment there is no secret
	if o = k.run(t, "rollcall-apply.yml", push); o.succeeded["apply"] || len(o.succeeded) != 2 || len(o.commanded) > 0 {
		t.Errorf("jobs %v, commands %q", o.succeeded, o.commanded)
	}
}

func TestGitHub_driftIsOneIssue(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	k.hub.add(&k.hub.issues, "ines", post{Body: "<!-- rollcall:drift is how it begins"})
	if k.drift(t); len(by(bot, k.hub.issues)) != 0 {
		t.Fatal("an issue was opened without drift")
	}

	k.live.rename(t, dana, "Somebody Else")
	o := k.drift(t)
	if len(by(bot, k.hub.issues)) != 1 || !o.keyed["drift"] || o.keyed["issue"] {
		t.Fatalf("issues %+v, keyed %v", by(bot, k.hub.issues), o.keyed)
	}
	ours := by(bot, k.hub.issues)[0]
	k.live.rename(t, dana, "Yet Another")
	k.drift(t)
	if len(by(bot, k.hub.issues)) != 1 || ours.edits != 1 || ours.State != "open" || !strings.Contains(ours.Body, "Yet Another") {
		t.Fatalf("issue %+v", ours)
	}

	k.live.rename(t, dana, "Dana Kim-Reyes")
	if k.drift(t); ours.State != "closed" || ours.edits != 2 {
		t.Fatalf("issue %+v", ours)
	}
	if k.drift(t); ours.edits != 2 {
		t.Error("a closed issue was written to")
	}
	k.live.rename(t, dana, "Once More")
	if k.drift(t); len(by(bot, k.hub.issues)) != 2 {
		t.Error("new drift opened no new issue")
	}
	if len(k.hub.refused) != 0 {
		t.Errorf("a job lacks rights: %q", k.hub.refused)
	}
}

func TestGitHub_noAnswerLeavesTheIssueAlone(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	k.live.url = "http://127.0.0.1:1"
	o := k.run(t, "rollcall-drift.yml", event{name: "schedule", ref: "main", sha: k.base})
	if o.succeeded["drift"] || len(o.succeeded) != 1 || len(k.hub.issues) != 0 {
		t.Errorf("jobs %v, issues %+v", o.succeeded, k.hub.issues)
	}
}

func TestGitHub_otherBinaryIsNotRun(t *testing.T) {
	t.Parallel()
	k := newTeam(t)
	at := ".github/actions/install-rollcall/action.yml"
	text := readFile(t, k.repo.folder, at)
	_, sum, _ := strings.Cut(text, `ROLLCALL_SHA256: "`)
	k.repo.write(t, at, strings.Replace(text, sum[:64], strings.Repeat("0", 64), 1))
	sha := k.repo.commit(t, "another checksum")
	o := k.run(t, "rollcall-snapshot.yml", event{name: "schedule", ref: "main", sha: sha})
	if o.succeeded["snapshot"] || strings.Contains(o.log["snapshot"], "saved in") {
		t.Errorf("a binary with another checksum was run:\n%s", o.log["snapshot"])
	}
}
