package cli_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rollcall/internal/cli"
	"rollcall/internal/plan"
	"rollcall/internal/sim/testrailsim"
)

// company is a served simulator and a folder with its roster.
type company struct {
	*testrailsim.Server
	url    string
	roster string
}

func newCompany(t testing.TB, options testrailsim.GenOptions) *company {
	t.Helper()
	server, err := testrailsim.New(testrailsim.Generate(7, options))
	if err != nil {
		t.Fatal(err)
	}
	c := serveCompany(t, server)
	t.Cleanup(func() { _ = server.Close() })
	c.roster = filepath.Join(t.TempDir(), "users.yaml")
	c.run(t, 0, "import", "--out", c.roster)
	return c
}

// serveCompany serves a simulator until the test ends.
func serveCompany(t testing.TB, server *testrailsim.Server) *company {
	t.Helper()
	web := httptest.NewServer(server)
	t.Cleanup(web.Close)
	return &company{Server: server, url: web.URL}
}

// getenv is the environment of somebody who works with the company.
func (c *company) getenv(name string) string {
	switch name {
	case "TESTRAIL_URL":
		return c.url
	case "TESTRAIL_USER":
		return testrailsim.DefaultAdmin
	case "TESTRAIL_API_KEY":
		return testrailsim.DefaultKey
	}
	return ""
}

// run runs rollcall in this process and returns what it printed.
func (c *company) run(t testing.TB, code int, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	got := cli.Main(cli.Env{
		Args: args, Stdin: cli.Input{Reader: strings.NewReader("")}, Stdout: cli.Output{Writer: &stdout}, Stderr: cli.Output{Writer: &stderr},
		Getenv: c.getenv,
		Now:    func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) },
	})
	if got != code {
		t.Fatalf("rollcall %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, &stdout, &stderr)
	}
	if kind, ok := printsJSON(append([]string{"rollcall"}, args...)); ok {
		if err := fits(kind, stdout.String()); err != nil {
			t.Errorf("rollcall %s: %v", strings.Join(args, " "), err)
		}
	}
	return stdout.String()
}

// edit changes the roster by regular expressions; one that matches nothing fails.
func (c *company) edit(t testing.TB, pairs ...string) {
	t.Helper()
	rewrite(t, c.roster, pairs...)
}

// rewrite replaces the first match of each regular expression in a file; one that matches nothing fails.
func rewrite(t testing.TB, file string, pairs ...string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(pairs); i += 2 {
		pattern := regexp.MustCompile(pairs[i])
		if !pattern.Match(text) {
			t.Fatalf("%s is nowhere in the roster", pairs[i])
		}
		at := pattern.FindIndex(text)
		text = append(append(bytes.Clone(text[:at[0]]), pattern.ReplaceAll(text[at[0]:at[1]], []byte(pairs[i+1]))...), text[at[1]:]...)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// sent counts the requests since the last call.
func (c *company) sent() (reads, writes int) {
	for _, r := range c.Requests() {
		if r.HTTP == "GET" {
			reads++
		} else {
			writes++
		}
	}
	c.ResetLog()
	return reads, writes
}

// A plan that deletes a group costs the projects too, page by page, and nothing else twice; its apply costs what the plan
// says. Without a group to delete the policy costs nothing.
func TestRequests_deletedGroup(t *testing.T) {
	tests := []struct {
		name     string
		options  testrailsim.GenOptions
		projects int // requests
		plan     int // reads
	}{
		{"one page of projects", testrailsim.GenOptions{Users: 600, Groups: 300}, 1, 1 + 1 + 3 + 2 + 1},
		{"two pages of projects", testrailsim.GenOptions{Users: 600, Groups: 300, Projects: 260}, 2, 1 + 1 + 3 + 2 + 2},
		{"lists that come whole", testrailsim.GenOptions{Users: 600, Groups: 300, Projects: 260, Switches: arrays(t)}, 1, 1 + 1 + 1 + 1 + 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newCompany(t, tt.options)
			c.edit(t, `(?m)^  groups: report `, "  groups: delete ")
			c.ResetLog()
			c.run(t, 0, "plan", "--detailed-exitcode", "-f", c.roster)
			if n := c.Count("get_projects"); n != 0 {
				t.Errorf("projects were read %d times for a plan that deletes nothing", n)
			}
			if reads, _ := c.sent(); reads != tt.plan-tt.projects {
				t.Errorf("plan without changes: %d reads, want %d", reads, tt.plan-tt.projects)
			}

			c.addGroup(t, "Left over")
			c.ResetLog()
			text := c.run(t, 0, "plan", "-f", c.roster, "--format", "json")
			if n := c.Count("get_projects"); n != tt.projects {
				t.Errorf("projects took %d requests, want %d", n, tt.projects)
			}
			if reads, writes := c.sent(); reads != tt.plan || writes != 0 {
				t.Errorf("plan: %d reads and %d writes, want %d and 0", reads, writes, tt.plan)
			}
			var p plan.Plan
			if err := json.Unmarshal([]byte(text), &p); err != nil {
				t.Fatal(err)
			}
			if p.Summary.ByKind[plan.DeleteGroup] != 1 || p.Summary.Actions != 1 {
				t.Fatalf("the plan is to delete one group and does %v", p.Summary.ByKind)
			}

			c.run(t, 0, "apply", "-f", c.roster, "--yes")
			if n := c.Count("get_projects"); n != tt.projects {
				t.Errorf("apply: projects took %d requests, want %d", n, tt.projects)
			}
			reads, writes := c.sent()
			final := pagesOf(600, tt.options) + pagesOf(300, tt.options)
			if want := tt.plan + 1 + final; reads != want || writes != 1 {
				t.Errorf("apply: %d reads and %d writes, want %d and 1", reads, writes, want)
			}
			if p.Cost.Reads != reads || p.Cost.Writes != writes {
				t.Errorf("the plan said %d reads and %d writes, and there were %d and %d", p.Cost.Reads, p.Cost.Writes, reads, writes)
			}
		})
	}
}

// An import reads projects only if an account manages some, and then nothing else twice.
func TestRequests_import(t *testing.T) {
	enterprise := testrailsim.Switches{Edition: testrailsim.Enterprise}
	c := newCompany(t, testrailsim.GenOptions{Users: 600, Groups: 300, Switches: enterprise})
	c.ResetLog()
	c.run(t, 0, "import")
	projects := c.Count("get_projects")
	if reads, _ := c.sent(); projects != 1 || reads != 1+1+3+2+1 {
		t.Errorf("import: %d reads, %d of them of projects, want 8 and 1", reads, projects)
	}
}

// addGroup adds a group that the roster does not name, by hand.
func (c *company) addGroup(t *testing.T, name string) {
	t.Helper()
	err := c.Edit(func(state *testrailsim.State) error {
		_, err := state.AddGroup(testrailsim.Group{Name: name})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func arrays(t *testing.T) testrailsim.Switches {
	var s testrailsim.Switches
	for _, name := range []string{"user-list", "other-lists"} {
		if err := s.Set(name, "array"); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// pagesOf is how many requests a list of the simulator takes.
func pagesOf(items int, options testrailsim.GenOptions) int {
	if options.Switches.UserList == testrailsim.Array {
		return 1
	}
	return (items + 249) / 250
}
