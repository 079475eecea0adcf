package cli_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"rollcall/internal/apply"
)

// Somebody else edits while a run is under way, just before the last look at what is written: what they add stays, what they
// remove is not undone, and the run says so.
func TestForeignEdits_areKept(t *testing.T) {
	company := firm{admins: 3, people: 6, groups: []team{{"core", ids("u", 3)}, {"web", []string{"u6"}}}}
	overProducts(t, func(t *testing.T, p product) {
		for _, tt := range []struct {
			name  string
			edits []string // of others
			want  map[string][]string
			drift bool // the next plan shows the reversal
		}{
			{"nobody edits", nil, map[string][]string{"core": ids("u", 4), "web": {"u6"}}, false},
			{"somebody joins the group that is written", []string{"join core u5"}, map[string][]string{"core": ids("u", 5), "web": {"u6"}}, true},
			{"somebody leaves it", []string{"leave core u2"}, map[string][]string{"core": {"u1", "u3", "u4"}, "web": {"u6"}}, true},
			{"the person who is written joins another group", []string{"join web u4"}, map[string][]string{"core": ids("u", 4), "web": {"u4", "u6"}}, true},
			{"everything at once", []string{"join core u5", "leave core u2", "join web u4"}, map[string][]string{"core": {"u1", "u3", "u4", "u5"}, "web": {"u4", "u6"}}, true},
		} {
			t.Run(tt.name, func(t *testing.T) {
				d := sit(t, p, company, func(d *draft) { d.group("core").members = ids("u", 4) })
				for _, edit := range tt.edits {
					words := strings.Fields(edit)
					words[2] = address(words[2])
					d.editBefore(p.reread, 1, words)
				}
				code := map[bool]int{false: 0, true: 5}[tt.drift]
				r := d.apply(t, code, "--yes")
				same(t, "actions done", []string{"update_group:core"}, ended(t, r, apply.Done))
				for group, want := range tt.want {
					same(t, "members of "+group, want, d.members(t, company, group))
				}
				same(t, "what the next plan does", map[bool][]string{true: reversed(tt.edits)}[tt.drift], planned(d.plan(t, map[bool]int{true: 2}[tt.drift], "drift")))
			})
		}
	})
}

// reversed are the actions that take edits of groups back.
func reversed(edits []string) []string {
	var actions []string
	for _, edit := range edits {
		actions = append(actions, "update_group:"+strings.Fields(edit)[1])
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// members are the short names of those in a group, by id.
func (d *desk) members(t *testing.T, f firm, group string) []string {
	t.Helper()
	state := decode[struct {
		Groups []struct {
			Name    string
			UserIDs []int `json:"user_ids"`
		}
	}](t, d.state(t))
	var names []string
	for _, g := range state.Groups {
		if g.Name == group {
			for _, id := range g.UserIDs {
				names = append(names, f.staff()[id-1])
			}
		}
	}
	return names
}

// liar answers writes as a tool would that does them, and does not do them.
type liar struct {
	*desk
	t  *testing.T
	mu sync.Mutex
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		l.desk.ServeHTTP(w, r)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	pretence, err := l.tool.begin(textOf(l.t, l.simulator))
	if err != nil {
		l.t.Error(err)
		return
	}
	defer func() { _ = pretence.Close() }()
	pretence.ServeHTTP(w, r)
}

// A tool says of every write that it is done, and does none: no run is green, and the next one knows nothing of it.
func TestLyingServer(t *testing.T) {
	overProducts(t, func(t *testing.T, p product) {
		d, report := mixedDesk(t, p)
		before := d.state(t)
		d.serve(t, &liar{desk: d, t: t})
		r := d.apply(t, 5, "--yes", "--report", report)
		if r.Result != apply.NotConverged || r.ExitCode != 5 {
			t.Errorf("result %s, exit code %d", r.Result, r.ExitCode)
		}
		if text, err := os.ReadFile(report); err != nil || !strings.Contains(string(text), `"exit_code": 5`) {
			t.Errorf("the report says otherwise: %v", err)
		}
		d.rollcall(t, 2, "drift")
		same(t, "what the tool holds", strings.Split(before, "\n"), strings.Split(d.state(t), "\n"))

		d.serve(t, d.simulator)
		d.converges(t)
		d.rollcall(t, 0, "drift")
		d.onlyOnce(t)
	})
}

// Two people apply one roster at the same moment. Nobody is there twice; nor is a group, unless the tool takes two of one name:
// then the next run says so and touches nothing. Otherwise that one converges.
func TestTwoRunsAtOnce(t *testing.T) {
	const rounds = 4
	overProducts(t, func(t *testing.T, p product) {
		codes, ambiguous := make(map[int]int), 0
		for range rounds {
			d, _ := mixedDesk(t, p)
			var both sync.WaitGroup
			ends, said := make([]int, 2), make([]string, 2)
			for i := range ends {
				both.Go(func() {
					code, stdout, stderr := d.run("apply", "--yes", "-f", d.roster)
					ends[i], said[i] = code, stdout+stderr
				})
			}
			both.Wait()
			for i, code := range ends {
				codes[code]++
				if code != 0 && code != 5 && code != 8 {
					t.Errorf("exit code %d\n%s", code, said[i])
				}
			}
			if p.twins && strings.Count(d.state(t), `"name":"release-qa"`) == 2 {
				ambiguous++
				before := d.state(t)
				d.ResetLog()
				if code, _, stderr := d.run("apply", "--yes", "-f", d.roster); code != 8 || !strings.Contains(stderr, "2 live groups bear this name") {
					t.Errorf("two groups of one name: exit code %d, want 8\n%s", code, stderr)
				}
				d.untouched(t, before)
				continue
			}
			d.converges(t)
			d.rollcall(t, 0, "drift")
			d.onlyOnce(t)
		}
		t.Logf("two runs at once: %s: %d times, exit codes %v, %d times two groups of one name", p.name, rounds, codes, ambiguous)
	})
}

// The ground of an approved plan moves: nothing of it is done, and nothing is done that nobody approved.
func TestStalePlan(t *testing.T) {
	company := firm{admins: 3, people: 4, groups: []team{{"core", ids("u", 3)}}}
	overProducts(t, func(t *testing.T, p product) {
		for _, tt := range []struct {
			name string
			edit string // of somebody else, after the approval
		}{
			{"who gets another name was deactivated", "deactivate u1"},
			{"who joins the group was deactivated", "deactivate u4"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				d := sit(t, p, company, each([]string{"u1"}, "name: Other Name"), func(d *draft) { d.group("core").members = ids("u", 4) })
				saved := filepath.Join(t.TempDir(), "plan.json")
				d.plan(t, 0, "plan", "--out", saved)
				words := strings.Fields(tt.edit)
				if err := d.edit([]string{words[0], address(words[1])}); err != nil {
					t.Fatal(err)
				}
				before := d.state(t)
				d.ResetLog()
				r := d.apply(t, 4, saved)
				if r.Result != apply.Stale {
					t.Errorf("result %s, want %s", r.Result, apply.Stale)
				}
				ended(t, r, apply.NotRun)
				d.untouched(t, before)
			})
		}
	})
}

// Whoever may not ask sees no plan and writes nothing, and what is wrong is said without the secret.
func TestBadCredentials(t *testing.T) {
	overProducts(t, func(t *testing.T, p product) {
		for name, strange := range p.strangers {
			t.Run(name, func(t *testing.T) {
				d, _ := mixedDesk(t, p)
				before := d.state(t)
				d.tool.environment = func(url string, n int) map[string]string {
					environment := p.environment(url, n)
					for name, value := range strange {
						environment[name] = value
					}
					return environment
				}
				for _, args := range [][]string{{"plan"}, {"drift"}, {"apply", "--yes", "-v"}, {"import"}} {
					d.ResetLog()
					if args[0] != "import" {
						args = append(args, "-f", d.roster)
					}
					code, stdout, stderr := d.run(args...)
					if code != 7 || stdout != "" || !strings.Contains(stderr, "hint: ") {
						t.Errorf("%s: exit code %d, want 7 and advice\n%s%s", args[0], code, stdout, stderr)
					}
					if line, found := secretIn(stdout + stderr); found {
						t.Errorf("%s shows a secret: %s", args[0], line)
					}
					for _, r := range d.lines() {
						if r.write {
							t.Errorf("%s sent %s", args[0], r.text)
						}
					}
				}
				same(t, "what the tool holds", strings.Split(before, "\n"), strings.Split(d.state(t), "\n"))
			})
		}
		t.Logf("bad credentials: %s: %d", p.name, len(p.strangers))
	})
}
